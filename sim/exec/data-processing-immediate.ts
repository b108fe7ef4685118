/** Data Processing -- Immediate (Arm ARM C4.1.86, instructions in C6.2). */
import { decodeBitmask } from '../../asm/a64/immediates.ts';
import type { Fields } from '../../asm/a64/table/row.ts';
import { PC } from '../core/registers.ts';
import { addWithCarry32, addWithCarry64, logicalFlags32, logicalFlags64 } from './flags.ts';
import { asRegister, destination, signExtendBig, source } from './operands.ts';
import type { Builder, Semantics, SemanticsTable } from './operation.ts';

function of(build: Builder): Semantics {
  return { build };
}

/** ADR, ADRP: `pageBits` low bits of the PC are cleared, and the immediate counts units of that size. */
function address(pageBits: bigint): Builder {
  return (fields, on) => {
    const { cells } = on.cpu;
    const d = destination(fields.Rd);
    const offset = signExtendBig(fields.immhi * 4 + fields.immlo, 21) << pageBits;
    return () => {
      cells[d] = ((cells[PC]! >> pageBits) << pageBits) + offset;
    };
  };
}

/** ADD and SUB, where 31 is the stack pointer. */
function addImmediate(subtract: boolean): Builder {
  return (fields, on) => {
    const { cpu } = on;
    const { cells, words } = cpu;
    const { Rd, Rn } = fields;
    const imm = fields.imm12 << (fields.sh * 12);
    if (fields.sf === 1) {
      const value = asRegister(BigInt(subtract ? -imm : imm));
      return () => {
        cells[Rd === 31 ? cpu.sp : Rd] = cells[Rn === 31 ? cpu.sp : Rn]! + value;
      };
    }
    const value = subtract ? -imm : imm;
    return () => {
      const d = 2 * (Rd === 31 ? cpu.sp : Rd);
      words[d] = words[2 * (Rn === 31 ? cpu.sp : Rn)]! + value;
      words[d + 1] = 0;
    };
  };
}

/** ADDS and SUBS: Rn 31 is the stack pointer, Rd 31 the zero register. */
function addImmediateFlags(subtract: boolean): Builder {
  return (fields, on) => {
    const { cpu } = on;
    const { words } = cpu;
    const d = 2 * destination(fields.Rd);
    const { Rn } = fields;
    const imm = fields.imm12 << (fields.sh * 12);
    const low = subtract ? ~imm : imm;
    const high = subtract ? -1 : 0;
    const carry = subtract ? 1 : 0;
    const wide = fields.sf === 1;
    if (Rn === 31) {
      return () => {
        const n = 2 * cpu.sp;
        if (wide) addWithCarry64(words, d, words[n]!, words[n + 1]!, low, high, carry);
        else addWithCarry32(words, d, words[n]!, low, carry);
      };
    }
    const n = 2 * Rn;
    if (wide) return () => addWithCarry64(words, d, words[n]!, words[n + 1]!, low, high, carry);
    return () => addWithCarry32(words, d, words[n]!, low, carry);
  };
}

/** The halves of a bitmask immediate as 32-bit patterns; the upper one is 0 for a 32-bit instruction. */
function bitmaskHalves(fields: Fields): { low: number; high: number } {
  const imm = decodeBitmask(fields, fields.sf === 1)!;
  return { low: Number(imm & 0xffff_ffffn) | 0, high: Number(imm >> 32n) | 0 };
}

/** AND with a bitmask: Rd 31 is the stack pointer. */
const andImmediate: Builder = (fields, on) => {
  const { cpu } = on;
  const { words } = cpu;
  const { Rd } = fields;
  const n = 2 * source(fields.Rn);
  const { low, high } = bitmaskHalves(fields);
  return () => {
    const d = 2 * (Rd === 31 ? cpu.sp : Rd);
    words[d] = words[n]! & low;
    words[d + 1] = words[n + 1]! & high;
  };
};

const orrImmediate: Builder = (fields, on) => {
  const { cpu } = on;
  const { words } = cpu;
  const { Rd } = fields;
  const n = 2 * source(fields.Rn);
  const { low, high } = bitmaskHalves(fields);
  const upper = fields.sf === 1 ? -1 : 0;
  return () => {
    const d = 2 * (Rd === 31 ? cpu.sp : Rd);
    words[d] = words[n]! | low;
    words[d + 1] = (words[n + 1]! | high) & upper;
  };
};

const eorImmediate: Builder = (fields, on) => {
  const { cpu } = on;
  const { words } = cpu;
  const { Rd } = fields;
  const n = 2 * source(fields.Rn);
  const { low, high } = bitmaskHalves(fields);
  const upper = fields.sf === 1 ? -1 : 0;
  return () => {
    const d = 2 * (Rd === 31 ? cpu.sp : Rd);
    words[d] = words[n]! ^ low;
    words[d + 1] = (words[n + 1]! ^ high) & upper;
  };
};

/** ANDS with a bitmask: Rd 31 is the zero register. */
const testImmediate: Builder = (fields, on) => {
  const { words } = on.cpu;
  const d = 2 * destination(fields.Rd);
  const n = 2 * source(fields.Rn);
  const { low, high } = bitmaskHalves(fields);
  if (fields.sf === 1) {
    return () => {
      const l = words[n]! & low;
      const h = words[n + 1]! & high;
      words[d] = l;
      words[d + 1] = h;
      logicalFlags64(words, l, h);
    };
  }
  return () => {
    const l = words[n]! & low;
    words[d] = l;
    words[d + 1] = 0;
    logicalFlags32(words, l);
  };
};

/** MOVZ and MOVN: a constant. */
function moveWide(inverted: boolean): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const d = 2 * destination(fields.Rd);
    const shifted = BigInt(fields.imm16) << BigInt(fields.hw * 16);
    const value = BigInt.asUintN(fields.sf === 1 ? 64 : 32, inverted ? ~shifted : shifted);
    const low = Number(value & 0xffff_ffffn) | 0;
    const high = Number(value >> 32n) | 0;
    return () => {
      words[d] = low;
      words[d + 1] = high;
    };
  };
}

const moveKeep: Builder = (fields, on) => {
  const { words } = on.cpu;
  const wide = fields.sf === 1;
  const n = 2 * source(fields.Rd) + (fields.hw >> 1);
  const d = 2 * destination(fields.Rd) + (fields.hw >> 1);
  const high = 2 * destination(fields.Rd) + 1;
  const shift = (fields.hw & 1) * 16;
  const keep = ~(0xffff << shift);
  const bits = fields.imm16 << shift;
  return () => {
    words[d] = (words[n]! & keep) | bits;
    if (!wide) words[high] = 0;
  };
};

function ones(width: number): bigint {
  return (1n << BigInt(width)) - 1n;
}

function ones32(width: number): number {
  return width === 32 ? -1 : (1 << width) - 1;
}

/** UBFM: a field moved down to bit 0 (imms >= immr), or the low bits moved up; the rest is zero. */
const unsignedBitfield: Builder = (fields, on) => {
  const { cells, words } = on.cpu;
  const { immr, imms } = fields;
  const n = source(fields.Rn);
  const d = destination(fields.Rd);
  const down = imms >= immr;
  if (fields.sf === 0) {
    const mask = ones32(down ? imms - immr + 1 : imms + 1);
    return () => {
      words[2 * d] = down ? (words[2 * n]! >>> immr) & mask : (words[2 * n]! & mask) << (32 - immr);
      words[2 * d + 1] = 0;
    };
  }
  const mask = ones(down ? imms - immr + 1 : imms + 1);
  if (down) {
    const right = BigInt(immr);
    return () => {
      cells[d] = (cells[n]! >> right) & mask;
    };
  }
  const left = BigInt(64 - immr);
  return () => {
    cells[d] = (cells[n]! & mask) << left;
  };
};

/** SBFM: as UBFM, with the field's top bit copied into the bits above it. */
const signedBitfield: Builder = (fields, on) => {
  const { cells, words } = on.cpu;
  const { immr, imms } = fields;
  const n = source(fields.Rn);
  const d = destination(fields.Rd);
  const down = imms >= immr;
  if (fields.sf === 0) {
    const top = 31 - imms;
    return () => {
      const aligned = words[2 * n]! << top;
      words[2 * d] = down ? aligned >> (top + immr) : (aligned >> top) << (32 - immr);
      words[2 * d + 1] = 0;
    };
  }
  const width = imms + 1;
  if (down) {
    const right = BigInt(immr);
    return () => {
      cells[d] = BigInt.asIntN(width, cells[n]!) >> right;
    };
  }
  const left = BigInt(64 - immr);
  return () => {
    cells[d] = BigInt.asIntN(width, cells[n]!) << left;
  };
};

/** BFM: the field replaces bits of the destination. */
const insertBitfield: Builder = (fields, on) => {
  const { cells } = on.cpu;
  const { immr, imms, sf } = fields;
  const n = source(fields.Rn);
  const old = source(fields.Rd);
  const d = destination(fields.Rd);
  const down = imms >= immr;
  const right = BigInt(down ? immr : 0);
  const left = BigInt(down ? 0 : (sf === 1 ? 64 : 32) - immr);
  const field = ones(down ? imms - immr + 1 : imms + 1);
  const keep = (sf === 1 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn) & ~(field << left);
  return () => {
    cells[d] = (cells[old]! & keep) | (((cells[n]! >> right) & field) << left);
  };
};

/** EXTR: Rn:Rm shifted right. */
const extract: Builder = (fields, on) => {
  const { cells, words } = on.cpu;
  const n = source(fields.Rn);
  const m = source(fields.Rm);
  const d = destination(fields.Rd);
  const lsb = fields.imms;
  if (fields.sf === 0) {
    return () => {
      words[2 * d] = lsb === 0 ? words[2 * m]! : (words[2 * m]! >>> lsb) | (words[2 * n]! << (32 - lsb));
      words[2 * d + 1] = 0;
    };
  }
  const right = BigInt(lsb);
  const left = BigInt(64 - lsb);
  return () => {
    cells[d] = (cells[m]! >> right) | (cells[n]! << left);
  };
};

export const dataProcessingImmediate: SemanticsTable = {
  ADR: of(address(0n)),
  ADRP: of(address(12n)),
  'ADD (immediate)': of(addImmediate(false)),
  'SUB (immediate)': of(addImmediate(true)),
  'ADDS (immediate)': of(addImmediateFlags(false)),
  'SUBS (immediate)': of(addImmediateFlags(true)),
  'AND (immediate)': of(andImmediate),
  'ORR (immediate)': of(orrImmediate),
  'EOR (immediate)': of(eorImmediate),
  'ANDS (immediate)': of(testImmediate),
  MOVN: of(moveWide(true)),
  MOVZ: of(moveWide(false)),
  MOVK: of(moveKeep),
  SBFM: of(signedBitfield),
  BFM: of(insertBitfield),
  UBFM: of(unsignedBitfield),
  EXTR: of(extract),
};
