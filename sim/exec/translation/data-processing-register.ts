/** Data Processing -- Register (Arm ARM C4.1.95, instructions in C6.2), translated, but for multiplication. */
import type { Fields } from '../../../asm/a64/table/row.ts';
import type { Emitter } from './emitter.ts';
import {
  type Emit,
  inverted,
  of,
  ofFlag,
  type RuleTable,
  setLogicalFlags,
  shifted,
  signExtended,
  sumWithCarry,
  sumWithFlags,
  typeOf,
  zeroExtended,
} from './rule.ts';
import { type Code, type Integer, i32, i64, select, when, wrap } from './wasm.ts';

type Logical = 'and' | 'or' | 'xor';

/** Rm, shifted as the fields say. */
function shiftedRegister({ sf, Rm, shift, imm6 }: Fields, on: Emitter): Code {
  return shifted(typeOf(sf), on.read(typeOf(sf), Rm), shift, imm6);
}

/** Rm, extended as `option` says (UXTB to SXTX, 0 to 7) and shifted left. */
function extendedRegister({ sf, Rm, option, imm3 }: Fields, on: Emitter): Code {
  const extended = option < 4 ? zeroExtended : signExtended;
  const value = i64.shl(extended(i64, on.read(i64, Rm), 8 << (option & 3)), i64.const(BigInt(imm3)));
  return sf === 1 ? value : wrap(value);
}

/** The result of AND, ORR or EOR of a shifted register, inverted first for BIC, ORN and EON. */
function logical(operation: Logical, invert: boolean, fields: Fields, on: Emitter): Code {
  const type = typeOf(fields.sf);
  const operand = shiftedRegister(fields, on);
  return type[operation](on.read(type, fields.Rn), invert ? inverted(type, operand) : operand);
}

function logicalShifted(operation: Logical, invert: boolean): Emit {
  return (fields, on) => on.write(typeOf(fields.sf), fields.Rd, logical(operation, invert, fields, on));
}

/** ANDS, and with `invert` BICS. */
function logicalFlags(invert: boolean): Emit {
  return (fields, on) => {
    const type = typeOf(fields.sf);
    const { code, value } = on.hold(type, logical('and', invert, fields, on));
    return [...code, ...setLogicalFlags(type, on, value), ...on.write(type, fields.Rd, value)];
  };
}

/** ADD and SUB of a shifted register: 31 is the zero register. */
function addShifted(operation: 'add' | 'sub'): Emit {
  return (fields, on) => {
    const type = typeOf(fields.sf);
    return on.write(type, fields.Rd, type[operation](on.read(type, fields.Rn), shiftedRegister(fields, on)));
  };
}

function addShiftedFlags(subtract: boolean): Emit {
  return (fields, on) => {
    const type = typeOf(fields.sf);
    const { code, value } = sumWithFlags(type, on, subtract, on.read(type, fields.Rn), shiftedRegister(fields, on));
    return [...code, ...on.write(type, fields.Rd, value)];
  };
}

/** ADD and SUB of an extended register: Rd and Rn 31 are the stack pointer. */
function addExtended(operation: 'add' | 'sub'): Emit {
  return (fields, on) => {
    const type = typeOf(fields.sf);
    return on.writeOrSp(type, fields.Rd, type[operation](on.readOrSp(type, fields.Rn), extendedRegister(fields, on)));
  };
}

/** ADDS and SUBS of an extended register: Rn 31 is the stack pointer. */
function addExtendedFlags(subtract: boolean): Emit {
  return (fields, on) => {
    const type = typeOf(fields.sf);
    const { code, value } = sumWithFlags(
      type,
      on,
      subtract,
      on.readOrSp(type, fields.Rn),
      extendedRegister(fields, on),
    );
    return [...code, ...on.write(type, fields.Rd, value)];
  };
}

/** ADC, SBC. */
function addCarry(subtract: boolean): Emit {
  return ({ sf, Rd, Rn, Rm }, on) => {
    const type = typeOf(sf);
    const right = subtract ? inverted(type, on.read(type, Rm)) : on.read(type, Rm);
    return on.write(type, Rd, type.add(type.add(on.read(type, Rn), right), ofFlag(type, on.carry)));
  };
}

/** ADCS, SBCS. */
function addCarryFlags(subtract: boolean): Emit {
  return ({ sf, Rd, Rn, Rm }, on) => {
    const type = typeOf(sf);
    const right = subtract ? inverted(type, on.read(type, Rm)) : on.read(type, Rm);
    const { code, value } = sumWithCarry(type, on, on.read(type, Rn), right);
    return [...code, ...on.write(type, Rd, value)];
  };
}

/** CCMN and CCMP: compares where the condition holds, else sets the flags to `nzcv`. */
function compareConditional(subtract: boolean, immediate: boolean): Emit {
  return (fields, on) => {
    const type = typeOf(fields.sf);
    const flag = (bit: number) => i32.const(BigInt((fields.nzcv >> bit) & 1));
    const holds = on.hold(i32, on.condition(fields.cond));
    const otherwise = on.setFlags({ n: flag(3), z: flag(2), c: flag(1), v: flag(0) });
    const right = immediate ? type.const(BigInt(fields.imm5)) : on.read(type, fields.Rm);
    const compare = sumWithFlags(type, on, subtract, on.read(type, fields.Rn), right).code;
    return [...holds.code, ...otherwise, ...when(holds.value, compare)];
  };
}

/** CSEL, CSINC, CSINV, CSNEG: Rn, or else Rm, inverted or not, plus 0 or 1. */
function conditionalSelect(invert: boolean, increment: bigint): Emit {
  return ({ sf, Rd, Rn, Rm, cond }, on) => {
    const type = typeOf(sf);
    const plain = on.read(type, Rm);
    const flipped = invert ? inverted(type, plain) : plain;
    const otherwise = increment === 0n ? flipped : type.add(flipped, type.const(increment));
    return on.write(type, Rd, select(on.read(type, Rn), otherwise, on.condition(cond)));
  };
}

/** LSLV, LSRV, ASRV, RORV: by Rm modulo the register's width, as WebAssembly shifts too. */
function shiftVariable(shift: 'shl' | 'shrU' | 'shrS' | 'rotr'): Emit {
  return ({ sf, Rd, Rn, Rm }, on) => {
    const type = typeOf(sf);
    return on.write(type, Rd, type[shift](on.read(type, Rn), on.read(type, Rm)));
  };
}

/** Exchanges neighbouring groups of bits for each size in `sizes`: 1 turns bits in pairs, 8 turns bytes in halfwords. */
function reverse(sizes: (bits: number) => readonly number[]): Emit {
  return ({ sf, Rd, Rn }, on) => {
    const type = typeOf(sf);
    let value = on.read(type, Rn);
    let code: Code = [];
    for (const size of sizes(type.bits)) {
      const held = on.hold(type, value);
      code = [...code, ...held.code];
      value = exchanged(type, held.value, size);
    }
    return [...code, ...on.write(type, Rd, value)];
  };
}

function exchanged(type: Integer, value: Code, size: number): Code {
  let mask = 0n;
  for (let at = 0; at < type.bits; at += 2 * size) mask |= ((1n << BigInt(size)) - 1n) << BigInt(at);
  const low = type.const(mask);
  const by = type.const(BigInt(size));
  return type.or(type.and(type.shrU(value, by), low), type.shl(type.and(value, low), by));
}

/** The sizes from `smallest` on up to half of the `bits` that are turned round. */
function upTo(smallest: number, bits: number): number[] {
  const sizes: number[] = [];
  for (let size = smallest; size < bits; size *= 2) sizes.push(size);
  return sizes;
}

const countLeadingZeros: Emit = ({ sf, Rd, Rn }, on) => {
  const type = typeOf(sf);
  return on.write(type, Rd, type.clz(on.read(type, Rn)));
};

/** The leading zeros of the value with neighbouring bits compared; the lowest bit has no neighbour and ends the count. */
const countLeadingSigns: Emit = ({ sf, Rd, Rn }, on) => {
  const type = typeOf(sf);
  const one = type.const(1n);
  const value = on.read(type, Rn);
  return on.write(type, Rd, type.clz(type.or(type.xor(value, type.shl(value, one)), one)));
};

export const dataProcessingRegister: RuleTable = {
  'AND (shifted register)': of(logicalShifted('and', false)),
  'BIC (shifted register)': of(logicalShifted('and', true)),
  'ORR (shifted register)': of(logicalShifted('or', false)),
  'ORN (shifted register)': of(logicalShifted('or', true)),
  'EOR (shifted register)': of(logicalShifted('xor', false)),
  'EON (shifted register)': of(logicalShifted('xor', true)),
  'ANDS (shifted register)': of(logicalFlags(false)),
  'BICS (shifted register)': of(logicalFlags(true)),
  'ADD (shifted register)': of(addShifted('add')),
  'SUB (shifted register)': of(addShifted('sub')),
  'ADDS (shifted register)': of(addShiftedFlags(false)),
  'SUBS (shifted register)': of(addShiftedFlags(true)),
  'ADD (extended register)': of(addExtended('add')),
  'SUB (extended register)': of(addExtended('sub')),
  'ADDS (extended register)': of(addExtendedFlags(false)),
  'SUBS (extended register)': of(addExtendedFlags(true)),
  ADC: of(addCarry(false)),
  ADCS: of(addCarryFlags(false)),
  SBC: of(addCarry(true)),
  SBCS: of(addCarryFlags(true)),
  'CCMN (immediate)': of(compareConditional(false, true)),
  'CCMN (register)': of(compareConditional(false, false)),
  'CCMP (immediate)': of(compareConditional(true, true)),
  'CCMP (register)': of(compareConditional(true, false)),
  CSEL: of(conditionalSelect(false, 0n)),
  CSINC: of(conditionalSelect(false, 1n)),
  CSINV: of(conditionalSelect(true, 0n)),
  CSNEG: of(conditionalSelect(true, 1n)),
  LSLV: of(shiftVariable('shl')),
  LSRV: of(shiftVariable('shrU')),
  ASRV: of(shiftVariable('shrS')),
  RORV: of(shiftVariable('rotr')),
  RBIT: of(reverse((bits) => upTo(1, bits))),
  REV16: of(reverse(() => upTo(8, 16))),
  REV32: of(reverse(() => upTo(8, 32))),
  REV: of(reverse((bits) => upTo(8, bits))),
  CLZ: of(countLeadingZeros),
  CLS: of(countLeadingSigns),
};
