/** Branches, and the hints that do nothing (Arm ARM C4.1.87, instructions in C6.2), translated. */
import type { Fields } from '../../../asm/a64/table/row.ts';
import { signExtend } from '../operands.ts';
import type { Emitter } from './emitter.ts';
import { type Emit, of, type Rule, type RuleTable, typeOf } from './rule.ts';
import { type Code, i32, i64, wrap } from './wasm.ts';

type Distance = (fields: Fields) => number;

const distance26: Distance = ({ imm26 }) => 4 * signExtend(imm26, 26);
const distance19: Distance = ({ imm19 }) => 4 * signExtend(imm19, 19);
const distance14: Distance = ({ imm14 }) => 4 * signExtend(imm14, 14);

function conditional(distance: Distance, condition: (fields: Fields, on: Emitter) => Code): Rule {
  return { distance, emit: (fields, on) => on.branchIf(condition(fields, on), distance(fields)) };
}

/** CBZ: whether Rt is zero; CBNZ: whether it is not. */
function isZero(expected: boolean): (fields: Fields, on: Emitter) => Code {
  return ({ sf, Rt }, on) => {
    const zero = typeOf(sf).eqz(on.read(typeOf(sf), Rt));
    return expected ? zero : i32.eqz(zero);
  };
}

/** TBZ: whether the bit is zero; TBNZ: whether it is not. */
function isBitZero(expected: boolean): (fields: Fields, on: Emitter) => Code {
  return ({ b5, b40, Rt }, on) => {
    const shiftedDown = i64.shrU(on.read(i64, Rt), i64.const(BigInt(32 * b5 + b40)));
    const bit = i32.and(wrap(shiftedDown), i32.const(1n));
    return expected ? i32.eqz(bit) : bit;
  };
}

/** An address with a bit among the top nine may have a tag: what becomes of it is left to the interpreter. */
function unlessTagged(on: Emitter, address: Code): Code {
  return on.giveUpIf(i32.eqz(i64.eqz(i64.shrU(address, i64.const(55n)))));
}

/** BR, RET. */
const branchRegister: Emit = ({ Rn }, on) => {
  const address = on.read(i64, Rn);
  return [...unlessTagged(on, address), ...on.branchTo(address)];
};

const branchRegisterWithLink: Emit = ({ Rn }, on) => {
  const { code, value } = on.hold(i64, on.read(i64, Rn));
  return [...code, ...unlessTagged(on, value), ...on.link(), ...on.branchTo(value)];
};

const nothing = of(() => []);

export const branches: RuleTable = {
  B: { distance: distance26, always: true, emit: (fields, on) => on.branch(distance26(fields)) },
  BL: {
    distance: distance26,
    always: true,
    emit: (fields, on) => [...on.link(), ...on.branch(distance26(fields))],
  },
  'B.cond': conditional(distance19, ({ cond }, on) => on.condition(cond)),
  CBZ: conditional(distance19, isZero(true)),
  CBNZ: conditional(distance19, isZero(false)),
  TBZ: conditional(distance14, isBitZero(true)),
  TBNZ: conditional(distance14, isBitZero(false)),
  BR: { always: true, emit: branchRegister },
  BLR: { always: true, emit: branchRegisterWithLink },
  RET: { always: true, emit: branchRegister },
  NOP: nothing,
  YIELD: nothing,
  'PSB CSYNC': nothing,
  'TSB CSYNC': nothing,
  CSDB: nothing,
  CLRBHB: nothing,
  BTI: nothing,
  HINT: nothing,
};
