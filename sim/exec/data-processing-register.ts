/** Data Processing -- Register (Arm ARM C4.1.95, instructions in C6.2), but for multiplication and checksums. */
import { NZCV, SCRATCH } from '../core/registers.ts';
import { addWithCarry32, addWithCarry64, carryOf, conditionTable, logicalFlags32, logicalFlags64 } from './flags.ts';
import { after, destination, extendedRegister, shiftedRegister, source } from './operands.ts';
import type { Builder, Semantics, SemanticsTable } from './operation.ts';

const FLAGS = 2 * NZCV;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

function of(build: Builder): Semantics {
  return { build };
}

type Logical = 'and' | 'orr' | 'eor';

/** AND, ORR, EOR, and with `invert` BIC, ORN, EON: the flags are left alone. */
function logicalShifted(operation: Logical, invert: boolean): Builder {
  return (fields, on) => {
    const { cells, words } = on.cpu;
    const wide = fields.sf === 1;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const operand = shiftedRegister(on, fields.Rm, fields.shift, fields.imm6, wide);
    const m = operand.cell;
    if (wide) {
      const flip = invert ? ALL_ONES : 0n;
      if (operation === 'and')
        return after(operand, () => {
          cells[d] = cells[n]! & (cells[m]! ^ flip);
        });
      if (operation === 'eor')
        return after(operand, () => {
          cells[d] = cells[n]! ^ cells[m]! ^ flip;
        });
      // MOV (register) is ORR with the zero register.
      if (fields.Rn === 31 && !invert)
        return after(operand, () => {
          cells[d] = cells[m]!;
        });
      return after(operand, () => {
        cells[d] = cells[n]! | (cells[m]! ^ flip);
      });
    }
    const flip = invert ? -1 : 0;
    return after(operand, () => {
      const right = words[2 * m]! ^ flip;
      const left = words[2 * n]!;
      words[2 * d] = operation === 'and' ? left & right : operation === 'orr' ? left | right : left ^ right;
      words[2 * d + 1] = 0;
    });
  };
}

/** ANDS, and with `invert` BICS. */
function logicalFlags(invert: boolean): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const wide = fields.sf === 1;
    const d = 2 * destination(fields.Rd);
    const n = 2 * source(fields.Rn);
    const operand = shiftedRegister(on, fields.Rm, fields.shift, fields.imm6, wide);
    const m = 2 * operand.cell;
    const flip = invert ? -1 : 0;
    return after(operand, () => {
      const low = words[n]! & (words[m]! ^ flip);
      const high = wide ? words[n + 1]! & (words[m + 1]! ^ flip) : 0;
      words[d] = low;
      words[d + 1] = high;
      if (wide) logicalFlags64(words, low, high);
      else logicalFlags32(words, low);
    });
  };
}

/** ADD and SUB of a shifted register: 31 is the zero register. */
function addShifted(subtract: boolean): Builder {
  return (fields, on) => {
    const { cells, words } = on.cpu;
    const wide = fields.sf === 1;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const operand = shiftedRegister(on, fields.Rm, fields.shift, fields.imm6, wide);
    const m = operand.cell;
    if (wide) {
      if (subtract)
        return after(operand, () => {
          cells[d] = cells[n]! - cells[m]!;
        });
      return after(operand, () => {
        cells[d] = cells[n]! + cells[m]!;
      });
    }
    return after(operand, () => {
      words[2 * d] = subtract ? words[2 * n]! - words[2 * m]! : words[2 * n]! + words[2 * m]!;
      words[2 * d + 1] = 0;
    });
  };
}

/** ADDS and SUBS of a shifted register. */
function addShiftedFlags(subtract: boolean): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const wide = fields.sf === 1;
    const d = 2 * destination(fields.Rd);
    const n = 2 * source(fields.Rn);
    const operand = shiftedRegister(on, fields.Rm, fields.shift, fields.imm6, wide);
    const m = 2 * operand.cell;
    const flip = subtract ? -1 : 0;
    const carry = subtract ? 1 : 0;
    if (wide) {
      return after(operand, () => {
        addWithCarry64(words, d, words[n]!, words[n + 1]!, words[m]! ^ flip, words[m + 1]! ^ flip, carry);
      });
    }
    return after(operand, () => addWithCarry32(words, d, words[n]!, words[m]! ^ flip, carry));
  };
}

/** ADD and SUB of an extended register: Rd and Rn 31 are the stack pointer. */
function addExtended(subtract: boolean): Builder {
  return (fields, on) => {
    const { cpu } = on;
    const { cells, words } = cpu;
    const { Rd, Rn } = fields;
    const wide = fields.sf === 1;
    const operand = extendedRegister(on, fields.Rm, fields.option, fields.imm3);
    const m = operand.cell;
    return after(operand, () => {
      const d = Rd === 31 ? cpu.sp : Rd;
      const n = Rn === 31 ? cpu.sp : Rn;
      cells[d] = subtract ? cells[n]! - cells[m]! : cells[n]! + cells[m]!;
      if (!wide) words[2 * d + 1] = 0;
    });
  };
}

/** ADDS and SUBS of an extended register: Rn 31 is the stack pointer. */
function addExtendedFlags(subtract: boolean): Builder {
  return (fields, on) => {
    const { cpu } = on;
    const { words } = cpu;
    const { Rn } = fields;
    const wide = fields.sf === 1;
    const d = 2 * destination(fields.Rd);
    const operand = extendedRegister(on, fields.Rm, fields.option, fields.imm3);
    const m = 2 * operand.cell;
    const flip = subtract ? -1 : 0;
    const carry = subtract ? 1 : 0;
    return after(operand, () => {
      const n = 2 * (Rn === 31 ? cpu.sp : Rn);
      if (wide) addWithCarry64(words, d, words[n]!, words[n + 1]!, words[m]! ^ flip, words[m + 1]! ^ flip, carry);
      else addWithCarry32(words, d, words[n]!, words[m]! ^ flip, carry);
    });
  };
}

/** ADC, SBC, and with `setFlags` ADCS, SBCS. */
function addCarry(subtract: boolean, setFlags: boolean): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const wide = fields.sf === 1;
    const d = 2 * destination(fields.Rd);
    const n = 2 * source(fields.Rn);
    const m = 2 * source(fields.Rm);
    const flip = subtract ? -1 : 0;
    return () => {
      const old = words[FLAGS]!;
      const carry = carryOf(words);
      if (wide) addWithCarry64(words, d, words[n]!, words[n + 1]!, words[m]! ^ flip, words[m + 1]! ^ flip, carry);
      else addWithCarry32(words, d, words[n]!, words[m]! ^ flip, carry);
      if (!setFlags) words[FLAGS] = old;
    };
  };
}

/** CCMN and CCMP: compares where the condition holds, else sets the flags to `nzcv`. */
function compareConditional(subtract: boolean, immediate: boolean): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const wide = fields.sf === 1;
    const sink = 2 * SCRATCH;
    const n = 2 * source(fields.Rn);
    const m = immediate ? 0 : 2 * source(fields.Rm);
    const value = immediate ? fields.imm5 : 0;
    const table = conditionTable(fields.cond);
    const otherwise = fields.nzcv << 28;
    const flip = subtract ? -1 : 0;
    const carry = subtract ? 1 : 0;
    return () => {
      if (((table >>> (words[FLAGS]! >>> 28)) & 1) === 0) {
        words[FLAGS] = otherwise;
        return;
      }
      const low = immediate ? value : words[m]!;
      const high = immediate ? 0 : words[m + 1]!;
      if (wide) addWithCarry64(words, sink, words[n]!, words[n + 1]!, low ^ flip, high ^ flip, carry);
      else addWithCarry32(words, sink, words[n]!, low ^ flip, carry);
    };
  };
}

/** CSEL, CSINC, CSINV, CSNEG: Rn, or else Rm, inverted or not, plus 0 or 1. */
function select(invert: boolean, increment: number): Builder {
  return (fields, on) => {
    const { cells, words } = on.cpu;
    const wide = fields.sf === 1;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const m = source(fields.Rm);
    const table = conditionTable(fields.cond);
    const flip = invert ? ALL_ONES : 0n;
    const add = BigInt(increment);
    return () => {
      const holds = (table >>> (words[FLAGS]! >>> 28)) & 1;
      if (holds === 1) cells[d] = cells[n]!;
      else cells[d] = (cells[m]! ^ flip) + add;
      if (!wide) words[2 * d + 1] = 0;
    };
  };
}

type Shift = 'lsl' | 'lsr' | 'asr' | 'ror';

/** LSLV, LSRV, ASRV, RORV: by Rm modulo the register's width. */
function shiftVariable(shift: Shift): Builder {
  return (fields, on) => {
    const { cells, words } = on.cpu;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const m = source(fields.Rm);
    if (fields.sf === 0) {
      return () => {
        const value = words[2 * n]!;
        const by = words[2 * m]! & 31;
        words[2 * d] = shifted32(shift, value, by);
        words[2 * d + 1] = 0;
      };
    }
    switch (shift) {
      case 'lsl':
        return () => {
          cells[d] = cells[n]! << (cells[m]! & 63n);
        };
      case 'lsr':
        return () => {
          cells[d] = cells[n]! >> (cells[m]! & 63n);
        };
      case 'asr':
        return () => {
          cells[d] = BigInt.asIntN(64, cells[n]!) >> (cells[m]! & 63n);
        };
      default:
        return () => {
          const by = cells[m]! & 63n;
          cells[d] = (cells[n]! >> by) | (cells[n]! << (64n - by));
        };
    }
  };
}

function shifted32(shift: Shift, value: number, by: number): number {
  switch (shift) {
    case 'lsl':
      return value << by;
    case 'lsr':
      return value >>> by;
    case 'asr':
      return value >> by;
    default:
      return (value >>> by) | (value << (32 - by));
  }
}

/** An instruction of one source that works on 32-bit halves: `low` and `high` are the halves of the result. */
function halves(
  wide: (low: number, high: number) => readonly [low: number, high: number],
  narrow: (low: number) => number,
): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const d = 2 * destination(fields.Rd);
    const n = 2 * source(fields.Rn);
    // REV32 and the 64-bit REV have no sf field, and REV's 32-bit form has one that is 0.
    if (fields.sf === 1) {
      return () => {
        const [low, high] = wide(words[n]!, words[n + 1]!);
        words[d] = low;
        words[d + 1] = high;
      };
    }
    return () => {
      words[d] = narrow(words[n]!);
      words[d + 1] = 0;
    };
  };
}

function reverseBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function reverseHalfwordBytes(word: number): number {
  return ((word & 0x00ff_00ff) << 8) | ((word >>> 8) & 0x00ff_00ff);
}

function reverseBits(word: number): number {
  let bits = word;
  bits = ((bits >>> 1) & 0x5555_5555) | ((bits & 0x5555_5555) << 1);
  bits = ((bits >>> 2) & 0x3333_3333) | ((bits & 0x3333_3333) << 2);
  bits = ((bits >>> 4) & 0x0f0f_0f0f) | ((bits & 0x0f0f_0f0f) << 4);
  return reverseBytes(bits);
}

/** How many bits below the top one equal it: the leading zeros of the value with neighbouring bits compared, less one. */
function leadingSignBits(word: number): number {
  return Math.clz32((word ^ (word << 1)) | 1);
}

function leadingSignBits64(low: number, high: number): number {
  const upper = high ^ ((high << 1) | (low >>> 31));
  return upper !== 0 ? Math.clz32(upper) : 32 + Math.clz32((low ^ (low << 1)) | 1);
}

/** RMIF: flags from a rotated register, those that `mask` names (FEAT_FlagM). */
const rotateIntoFlags: Builder = (fields, on) => {
  const { cells, words } = on.cpu;
  const n = source(fields.Rn);
  const right = BigInt(fields.imm6);
  const mask = (fields.mask << 28) >>> 0;
  return () => {
    const rotated = Number(((cells[n]! >> right) | (cells[n]! << (64n - right))) & 0xfn);
    words[FLAGS] = (words[FLAGS]! & ~mask) | ((rotated << 28) & mask);
  };
};

/** SETF8, SETF16: N, Z and V as an addition of that size would have left them in the register (FEAT_FlagM). */
const setFlagsFromNarrow: Builder = (fields, on) => {
  const { words } = on.cpu;
  const n = 2 * source(fields.Rn);
  const top = fields.sz === 0 ? 7 : 15;
  return () => {
    const value = words[n]!;
    const sign = (value >>> top) & 1;
    const zero = (value & ((2 << top) - 1)) === 0 ? 1 : 0;
    const overflow = ((value >>> (top + 1)) & 1) ^ sign;
    words[FLAGS] = (words[FLAGS]! & 0x2000_0000) | (sign << 31) | (zero << 30) | (overflow << 28);
  };
};

export const dataProcessingRegister: SemanticsTable = {
  'AND (shifted register)': of(logicalShifted('and', false)),
  'BIC (shifted register)': of(logicalShifted('and', true)),
  'ORR (shifted register)': of(logicalShifted('orr', false)),
  'ORN (shifted register)': of(logicalShifted('orr', true)),
  'EOR (shifted register)': of(logicalShifted('eor', false)),
  'EON (shifted register)': of(logicalShifted('eor', true)),
  'ANDS (shifted register)': of(logicalFlags(false)),
  'BICS (shifted register)': of(logicalFlags(true)),
  'ADD (shifted register)': of(addShifted(false)),
  'SUB (shifted register)': of(addShifted(true)),
  'ADDS (shifted register)': of(addShiftedFlags(false)),
  'SUBS (shifted register)': of(addShiftedFlags(true)),
  'ADD (extended register)': of(addExtended(false)),
  'SUB (extended register)': of(addExtended(true)),
  'ADDS (extended register)': of(addExtendedFlags(false)),
  'SUBS (extended register)': of(addExtendedFlags(true)),
  ADC: of(addCarry(false, false)),
  ADCS: of(addCarry(false, true)),
  SBC: of(addCarry(true, false)),
  SBCS: of(addCarry(true, true)),
  'CCMN (immediate)': of(compareConditional(false, true)),
  'CCMN (register)': of(compareConditional(false, false)),
  'CCMP (immediate)': of(compareConditional(true, true)),
  'CCMP (register)': of(compareConditional(true, false)),
  CSEL: of(select(false, 0)),
  CSINC: of(select(false, 1)),
  CSINV: of(select(true, 0)),
  CSNEG: of(select(true, 1)),
  LSLV: of(shiftVariable('lsl')),
  LSRV: of(shiftVariable('lsr')),
  ASRV: of(shiftVariable('asr')),
  RORV: of(shiftVariable('ror')),
  RBIT: of(halves((low, high) => [reverseBits(high), reverseBits(low)], reverseBits)),
  REV16: of(halves((low, high) => [reverseHalfwordBytes(low), reverseHalfwordBytes(high)], reverseHalfwordBytes)),
  REV32: of(halves((low, high) => [reverseBytes(low), reverseBytes(high)], reverseBytes)),
  REV: of(halves((low, high) => [reverseBytes(high), reverseBytes(low)], reverseBytes)),
  CLZ: of(halves((low, high) => [high !== 0 ? Math.clz32(high) : 32 + Math.clz32(low), 0], Math.clz32)),
  CLS: of(halves((low, high) => [leadingSignBits64(low, high), 0], leadingSignBits)),
  RMIF: of(rotateIntoFlags),
  'SETF8, SETF16': of(setFlagsFromNarrow),
};
