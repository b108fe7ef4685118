/** Data Processing -- Immediate (Arm ARM C4.1.86, instructions in C6.2), translated. */
import { decodeBitmask } from '../../../asm/a64/immediates.ts';
import { signExtend } from '../operands.ts';
import {
  type Emit,
  of,
  type RuleTable,
  setLogicalFlags,
  signExtended,
  sumWithFlags,
  typeOf,
  zeroExtended,
} from './rule.ts';
import { i64 } from './wasm.ts';

const PAGE_BITS = 12n;

const address: Emit = ({ immhi, immlo, Rd }, on) => on.write(i64, Rd, on.address(signExtend(immhi * 4 + immlo, 21)));

const pageAddress: Emit = ({ immhi, immlo, Rd }, on) => {
  const page = i64.and(on.address(0), i64.const(-1n << PAGE_BITS));
  const offset = BigInt(signExtend(immhi * 4 + immlo, 21)) << PAGE_BITS;
  return on.write(i64, Rd, i64.add(page, i64.const(offset)));
};

/** ADD and SUB, where 31 is the stack pointer. */
function addImmediate(subtract: boolean): Emit {
  return ({ sf, Rd, Rn, imm12, sh }, on) => {
    const type = typeOf(sf);
    const imm = BigInt(imm12 << (sh * 12));
    return on.writeOrSp(type, Rd, type.add(on.readOrSp(type, Rn), type.const(subtract ? -imm : imm)));
  };
}

/** ADDS and SUBS: Rn 31 is the stack pointer, Rd 31 the zero register. */
function addImmediateFlags(subtract: boolean): Emit {
  return ({ sf, Rd, Rn, imm12, sh }, on) => {
    const type = typeOf(sf);
    const imm = type.const(BigInt(imm12 << (sh * 12)));
    const { code, value } = sumWithFlags(type, on, subtract, on.readOrSp(type, Rn), imm);
    return [...code, ...on.write(type, Rd, value)];
  };
}

/** AND, ORR and EOR with a bitmask: Rd 31 is the stack pointer. */
function logicalImmediate(operation: 'and' | 'or' | 'xor'): Emit {
  return (fields, on) => {
    const type = typeOf(fields.sf);
    const mask = type.const(decodeBitmask(fields, fields.sf === 1)!);
    return on.writeOrSp(type, fields.Rd, type[operation](on.read(type, fields.Rn), mask));
  };
}

/** ANDS with a bitmask: Rd 31 is the zero register. */
const testImmediate: Emit = (fields, on) => {
  const type = typeOf(fields.sf);
  const mask = type.const(decodeBitmask(fields, fields.sf === 1)!);
  const { code, value } = on.hold(type, type.and(on.read(type, fields.Rn), mask));
  return [...code, ...setLogicalFlags(type, on, value), ...on.write(type, fields.Rd, value)];
};

/** MOVZ and MOVN. */
function moveWide(inverted: boolean): Emit {
  return ({ sf, Rd, imm16, hw }, on) => {
    const value = BigInt(imm16) << BigInt(hw * 16);
    return on.write(typeOf(sf), Rd, typeOf(sf).const(inverted ? ~value : value));
  };
}

const moveKeep: Emit = ({ sf, Rd, imm16, hw }, on) => {
  const type = typeOf(sf);
  const shift = BigInt(hw * 16);
  const kept = type.and(on.read(type, Rd), type.const(~(0xffffn << shift)));
  return on.write(type, Rd, type.or(kept, type.const(BigInt(imm16) << shift)));
};

/** UBFM and SBFM: a field moved down to bit 0 (imms >= immr), or the low bits moved up. */
function bitfield(signed: boolean): Emit {
  return ({ sf, Rd, Rn, immr, imms }, on) => {
    const type = typeOf(sf);
    const extended = signed ? signExtended : zeroExtended;
    const field = extended(type, on.read(type, Rn), imms + 1);
    const down = signed ? type.shrS : type.shrU;
    const isDown = imms >= immr;
    const by = type.const(BigInt(isDown ? immr : type.bits - immr));
    return on.write(type, Rd, isDown ? down(field, by) : type.shl(field, by));
  };
}

/** BFM: the field replaces bits of the destination. */
const insertBitfield: Emit = ({ sf, Rd, Rn, immr, imms }, on) => {
  const type = typeOf(sf);
  const down = imms >= immr;
  const width = down ? imms - immr + 1 : imms + 1;
  const left = BigInt(down ? 0 : type.bits - immr);
  const moved = down ? type.shrU(on.read(type, Rn), type.const(BigInt(immr))) : on.read(type, Rn);
  const field = type.shl(zeroExtended(type, moved, width), type.const(left));
  const kept = type.and(on.read(type, Rd), type.const(~(((1n << BigInt(width)) - 1n) << left)));
  return on.write(type, Rd, type.or(kept, field));
};

/** EXTR: Rn:Rm shifted right; of one register that is ROR (immediate). */
const extract: Emit = ({ sf, Rd, Rn, Rm, imms }, on) => {
  const type = typeOf(sf);
  const right = type.const(BigInt(imms));
  const low = on.read(type, Rm);
  if (imms === 0) return on.write(type, Rd, low);
  if (Rn === Rm) return on.write(type, Rd, type.rotr(low, right));
  const high = type.shl(on.read(type, Rn), type.const(BigInt(type.bits - imms)));
  return on.write(type, Rd, type.or(type.shrU(low, right), high));
};

export const dataProcessingImmediate: RuleTable = {
  ADR: of(address),
  ADRP: of(pageAddress),
  'ADD (immediate)': of(addImmediate(false)),
  'SUB (immediate)': of(addImmediate(true)),
  'ADDS (immediate)': of(addImmediateFlags(false)),
  'SUBS (immediate)': of(addImmediateFlags(true)),
  'AND (immediate)': of(logicalImmediate('and')),
  'ORR (immediate)': of(logicalImmediate('or')),
  'EOR (immediate)': of(logicalImmediate('xor')),
  'ANDS (immediate)': of(testImmediate),
  MOVN: of(moveWide(true)),
  MOVZ: of(moveWide(false)),
  MOVK: of(moveKeep),
  SBFM: of(bitfield(true)),
  BFM: of(insertBitfield),
  UBFM: of(bitfield(false)),
  EXTR: of(extract),
};
