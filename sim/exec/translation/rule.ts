/** What the translation of an instruction is, and the operand forms and results that rules share. */
import type { Fields } from '../../../asm/a64/table/row.ts';
import type { Emitter } from './emitter.ts';
import { type Code, extendU, type Integer, i32, i64 } from './wasm.ts';

/** The code of one instruction. Its fields are those of its row in the instruction table. */
export type Emit = (fields: Fields, on: Emitter) => Code;

export interface Rule {
  readonly emit: Emit;
  /** Of a branch to a fixed place: how many bytes away. */
  readonly distance?: (fields: Fields) => number;
  /** The next instruction is never reached from this one. */
  readonly always?: boolean;
}

/** Rules by Encoding.name, as the semantics of instructions are. */
export type RuleTable = Readonly<Record<string, Rule>>;

export function of(emit: Emit): Rule {
  return { emit };
}

/** The type that the field sf names. */
export function typeOf(sf: number): Integer {
  return sf === 1 ? i64 : i32;
}

/** `value` shifted by a constant: `shift` is LSL, LSR, ASR or ROR, 0 to 3. */
export function shifted(type: Integer, value: Code, shift: number, amount: number): Code {
  if (amount === 0) return value;
  const shifts = [type.shl, type.shrU, type.shrS, type.rotr] as const;
  return shifts[shift]!(value, type.const(BigInt(amount)));
}

/** The low `width` bits of `value`, extended by zeros. */
export function zeroExtended(type: Integer, value: Code, width: number): Code {
  return width >= type.bits ? value : type.and(value, type.const((1n << BigInt(width)) - 1n));
}

/** The low `width` bits of `value`, extended by copies of the highest of them. */
export function signExtended(type: Integer, value: Code, width: number): Code {
  const above = type.const(BigInt(type.bits - width));
  return width >= type.bits ? value : type.shrS(type.shl(value, above), above);
}

/** `value` with all bits inverted. */
export function inverted(type: Integer, value: Code): Code {
  return type.xor(value, type.const(-1n));
}

function isNegative(type: Integer, value: Code): Code {
  return type.ltS(value, type.const(0n));
}

/** Sets the flags to those of a logical result: C and V are 0. */
export function setLogicalFlags(type: Integer, on: Emitter, result: Code): Code {
  const zero = i32.const(0n);
  return on.setFlags({ n: isNegative(type, result), z: type.eqz(result), c: zero, v: zero });
}

/** Code that sets the flags, and the result, to be read after it. */
interface Sum {
  readonly code: Code;
  readonly value: Code;
}

/** a + b, or a - b, with the flags of it (Arm ARM J1, AddWithCarry). */
export function sumWithFlags(type: Integer, on: Emitter, subtract: boolean, a: Code, b: Code): Sum {
  const left = on.hold(type, a);
  const right = on.hold(type, b);
  const sum = on.hold(type, subtract ? type.sub(left.value, right.value) : type.add(left.value, right.value));
  const flags = on.setFlags({
    n: isNegative(type, sum.value),
    z: type.eqz(sum.value),
    c: subtract ? type.geU(left.value, right.value) : type.ltU(sum.value, left.value),
    v: overflow(type, sum.value, left.value, subtract ? inverted(type, right.value) : right.value),
  });
  return { code: [...left.code, ...right.code, ...sum.code, ...flags], value: sum.value };
}

/** a + b + C with the flags of it. */
export function sumWithCarry(type: Integer, on: Emitter, a: Code, b: Code): Sum {
  const left = on.hold(type, a);
  const right = on.hold(type, b);
  const carry = on.hold(i32, on.carry);
  const sum = on.hold(type, type.add(type.add(left.value, right.value), ofFlag(type, carry.value)));
  const flags = on.setFlags({
    n: isNegative(type, sum.value),
    z: type.eqz(sum.value),
    c: i32.or(type.ltU(sum.value, left.value), i32.and(type.eq(sum.value, left.value), carry.value)),
    v: overflow(type, sum.value, left.value, right.value),
  });
  return { code: [...left.code, ...right.code, ...carry.code, ...sum.code, ...flags], value: sum.value };
}

/** A flag as a number of `type`. */
export function ofFlag(type: Integer, flag: Code): Code {
  return type.bits === 64 ? extendU(flag) : flag;
}

/** Whether a + b, which is `sum`, has a sign that neither a nor b has. */
function overflow(type: Integer, sum: Code, a: Code, b: Code): Code {
  return isNegative(type, type.and(type.xor(a, sum), type.xor(b, sum)));
}
