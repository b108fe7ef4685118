/** Multiplication and division (Arm ARM C4.1.95, instructions in C6.2), translated. */
import type { Emitter } from './emitter.ts';
import { type Emit, of, type RuleTable, typeOf } from './rule.ts';
import { type Code, choose, extendS, extendU, i32, i64 } from './wasm.ts';

/** MADD, MSUB. */
function multiplyAdd(operation: 'add' | 'sub'): Emit {
  return ({ sf, Rd, Rn, Rm, Ra }, on) => {
    const type = typeOf(sf);
    return on.write(type, Rd, type[operation](on.read(type, Ra), type.mul(on.read(type, Rn), on.read(type, Rm))));
  };
}

/** SMADDL, SMSUBL, UMADDL, UMSUBL: the product of two 32-bit registers. */
function multiplyLong(extend: typeof extendS, operation: 'add' | 'sub'): Emit {
  return ({ Rd, Rn, Rm, Ra }, on) => {
    const product = i64.mul(extend(on.read(i32, Rn)), extend(on.read(i32, Rm)));
    return on.write(i64, Rd, i64[operation](on.read(i64, Ra), product));
  };
}

const HALF = i64.const(32n);

function low(value: Code): Code {
  return i64.and(value, i64.const(0xffff_ffffn));
}

function high(value: Code): Code {
  return i64.shrU(value, HALF);
}

/** Bits 127 to 64 of the unsigned product, from the products of halves. */
function highProduct(on: Emitter, a: Code, b: Code): { code: Code; value: Code } {
  const first = on.hold(i64, i64.mul(low(a), low(b)));
  const second = on.hold(i64, i64.add(i64.mul(high(a), low(b)), high(first.value)));
  const third = on.hold(i64, i64.add(i64.mul(low(a), high(b)), low(second.value)));
  const value = i64.add(i64.add(i64.mul(high(a), high(b)), high(second.value)), high(third.value));
  return { code: [...first.code, ...second.code, ...third.code], value };
}

const unsignedMultiplyHigh: Emit = ({ Rd, Rn, Rm }, on) => {
  const { code, value } = highProduct(on, on.read(i64, Rn), on.read(i64, Rm));
  return [...code, ...on.write(i64, Rd, value)];
};

/** A negative factor is less by 2^64 than its bits say: the high half of the product is less by the other factor. */
const signedMultiplyHigh: Emit = ({ Rd, Rn, Rm }, on) => {
  const a = on.read(i64, Rn);
  const b = on.read(i64, Rm);
  const sign = (value: Code) => i64.shrS(value, i64.const(63n));
  const { code, value } = highProduct(on, a, b);
  const corrected = i64.sub(i64.sub(value, i64.and(sign(a), b)), i64.and(sign(b), a));
  return [...code, ...on.write(i64, Rd, corrected)];
};

/** The quotient of a division by zero is 0; WebAssembly would trap. */
const unsignedDivide: Emit = ({ sf, Rd, Rn, Rm }, on) => {
  const type = typeOf(sf);
  const divisor = on.read(type, Rm);
  const quotient = type.divU(on.read(type, Rn), divisor);
  return on.write(type, Rd, choose(type, type.eqz(divisor), type.const(0n), quotient));
};

/** The quotient of a division by 0 or -1 is the product, of the lowest number and -1 too, where WebAssembly would trap. */
const signedDivide: Emit = ({ sf, Rd, Rn, Rm }, on) => {
  const type = typeOf(sf);
  const dividend = on.read(type, Rn);
  const divisor = on.read(type, Rm);
  const isSpecial = type.ltU(type.add(divisor, type.const(1n)), type.const(2n));
  return on.write(type, Rd, choose(type, isSpecial, type.mul(dividend, divisor), type.divS(dividend, divisor)));
};

export const multiplyDivide: RuleTable = {
  MADD: of(multiplyAdd('add')),
  MSUB: of(multiplyAdd('sub')),
  SMADDL: of(multiplyLong(extendS, 'add')),
  SMSUBL: of(multiplyLong(extendS, 'sub')),
  UMADDL: of(multiplyLong(extendU, 'add')),
  UMSUBL: of(multiplyLong(extendU, 'sub')),
  SMULH: of(signedMultiplyHigh),
  UMULH: of(unsignedMultiplyHigh),
  UDIV: of(unsignedDivide),
  SDIV: of(signedDivide),
};
