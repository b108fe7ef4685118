/** Moves into, out of and between SIMD&FP registers, and vector immediates (Arm ARM C4.1.97, instructions in C7.2). */
import { decodeByteMask } from '../../asm/a64/immediates.ts';
import type { Fields } from '../../asm/a64/table/row.ts';
import { undefinedOperation } from './exception-instructions.ts';
import { destination, source } from './operands.ts';
import type { Builder, Environment, Semantics, SemanticsTable } from './operation.ts';
import { vectorCell } from './simd-loads-stores.ts';

function of(build: Builder): Semantics {
  return {
    build: (fields, on) => {
      const { checkFp } = on;
      const execute = build(fields, on);
      if (execute === undefinedOperation) return execute;
      return () => {
        checkFp();
        execute();
      };
    },
  };
}

/** imm5: its lowest set bit tells the element size (log2 of bytes), the bits above it the lane. */
function laneOf(imm5: number): { scale: number; lane: number } {
  const scale = 31 - Math.clz32(imm5 & -imm5);
  return { scale, lane: imm5 >> (scale + 1) };
}

/** A lane as the cell it is in and its place there, in bits. */
interface Lane {
  readonly cell: number;
  readonly shift: bigint;
  readonly mask: bigint;
}

function laneAt(register: number, scale: number, lane: number): Lane {
  const bit = lane * (8 << scale);
  return {
    cell: vectorCell(register) + (bit >> 6),
    shift: BigInt(bit & 63),
    mask: (1n << BigInt(8 << scale)) - 1n,
  };
}

function reader(on: Environment, { cell, shift, mask }: Lane): () => bigint {
  const { cells } = on.cpu;
  return () => (cells[cell]! >> shift) & mask;
}

/** Changes the lane and leaves the rest of the register. */
function writer(on: Environment, { cell, shift, mask }: Lane): (value: bigint) => void {
  const { cells } = on.cpu;
  const keep = ~(mask << shift);
  return (value) => {
    cells[cell] = (cells[cell]! & keep) | ((value & mask) << shift);
  };
}

/** The element `value` of 8 << scale bits in every lane of 64 bits. */
function replicate(value: bigint, scale: number): bigint {
  let all = value;
  for (let bits = 8 << scale; bits < 64; bits *= 2) all |= all << BigInt(bits);
  return BigInt.asUintN(64, all);
}

const duplicateScalar: Builder = ({ imm5, Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const { scale, lane } = laneOf(imm5);
  const read = reader(on, laneAt(Rn, scale, lane));
  const d = vectorCell(Rd);
  return () => {
    cells[d] = read();
    cells[d + 1] = 0n;
  };
};

/** Writes what `read` gives to all lanes of a 64-bit or 128-bit vector. */
function toAllLanes(on: Environment, { Q, Rd }: Fields, scale: number, read: () => bigint): () => void {
  const { cells } = on.cpu;
  const d = vectorCell(Rd);
  return () => {
    const value = replicate(read(), scale);
    cells[d] = value;
    cells[d + 1] = Q === 1 ? value : 0n;
  };
}

const duplicateElement: Builder = (fields, on) => {
  const { scale, lane } = laneOf(fields.imm5);
  return toAllLanes(on, fields, scale, reader(on, laneAt(fields.Rn, scale, lane)));
};

const duplicateGeneral: Builder = (fields, on) => {
  const { cells } = on.cpu;
  const { scale } = laneOf(fields.imm5);
  const n = source(fields.Rn);
  return toAllLanes(on, fields, scale, () => BigInt.asUintN(8 << scale, cells[n]!));
};

/** SMOV, UMOV. */
function moveToGeneral(signed: boolean): Builder {
  return ({ Q, imm5, Rn, Rd }, on) => {
    const { cells } = on.cpu;
    const { scale, lane } = laneOf(imm5);
    const read = reader(on, laneAt(Rn, scale, lane));
    const d = destination(Rd);
    const width = Q === 1 ? 64 : 32;
    return () => {
      cells[d] = signed ? BigInt.asUintN(width, BigInt.asIntN(8 << scale, read())) : read();
    };
  };
}

const insertGeneral: Builder = ({ imm5, Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const { scale, lane } = laneOf(imm5);
  const write = writer(on, laneAt(Rd, scale, lane));
  const n = source(Rn);
  return () => write(cells[n]!);
};

const insertElement: Builder = ({ imm5, imm4, Rn, Rd }, on) => {
  const { scale, lane } = laneOf(imm5);
  const read = reader(on, laneAt(Rn, scale, imm4 >> scale));
  const write = writer(on, laneAt(Rd, scale, lane));
  return () => write(read());
};

const orrVector: Builder = ({ Q, Rm, Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const m = vectorCell(Rm);
  const n = vectorCell(Rn);
  const d = vectorCell(Rd);
  return () => {
    cells[d] = cells[n]! | cells[m]!;
    cells[d + 1] = Q === 1 ? cells[n + 1]! | cells[m + 1]! : 0n;
  };
};

/** A vector immediate: the same 64 bits in both halves, or in the low one (AdvSIMDExpandImm). */
function vectorImmediate(immediateOf: (fields: Fields, imm8: number) => bigint): Builder {
  return (fields, on) => {
    const { cells } = on.cpu;
    const d = vectorCell(fields.Rd);
    const value = immediateOf(fields, (fields.abc << 5) | fields.defgh);
    const high = fields.Q === 1 ? value : 0n;
    return () => {
      cells[d] = value;
      cells[d + 1] = high;
    };
  };
}

/** The immediate of MOVI before MVNI inverts it, by cmode. */
function expandImmediate({ cmode, op }: Fields, imm8: number): bigint {
  const value = BigInt(imm8);
  if (cmode < 8) return replicate(value << BigInt(8 * (cmode >> 1)), 2);
  if (cmode < 12) return replicate(value << BigInt(8 * ((cmode >> 1) & 1)), 1);
  if (cmode < 14) return replicate(cmode === 12 ? (value << 8n) | 0xffn : (value << 16n) | 0xffffn, 2);
  return op === 1 ? decodeByteMask(imm8) : replicate(value, 0);
}

/** Exponent and fraction bits of the floating-point formats, by log2 of their bytes. */
const formats: Readonly<Record<number, { exponent: number; fraction: number }>> = {
  1: { exponent: 5, fraction: 10 },
  2: { exponent: 8, fraction: 23 },
  3: { exponent: 11, fraction: 52 },
};

/** VFPExpandImm: an 8-bit immediate as a number of 1 << scale bytes. */
function expandFloat(imm8: number, scale: number): bigint {
  const { exponent, fraction } = formats[scale]!;
  const sign = BigInt(imm8 >> 7);
  const b = (imm8 >> 6) & 1;
  const repeated = b === 1 ? (1n << BigInt(exponent - 3)) - 1n : 0n;
  const exponentBits = (BigInt(1 - b) << BigInt(exponent - 1)) | (repeated << 2n) | BigInt((imm8 >> 4) & 3);
  const fractionBits = BigInt(imm8 & 0xf) << BigInt(fraction - 4);
  return (sign << BigInt(exponent + fraction)) | (exponentBits << BigInt(fraction)) | fractionBits;
}

/** log2 of the bytes of the scalar that ftype names: single, double, (none), half. */
function scaleOfType(ftype: number): number {
  return ftype === 3 ? 1 : 2 + ftype;
}

/** `build`, UNDEFINED where it is of half precision and the processor lacks that. */
function scalar(build: Builder): Builder {
  return (fields, on) => (fields.ftype === 3 && !on.features.has('fp16') ? undefinedOperation : build(fields, on));
}

const moveScalar: Builder = ({ ftype, Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const n = vectorCell(Rn);
  const d = vectorCell(Rd);
  const bits = 8 << scaleOfType(ftype);
  return () => {
    cells[d] = BigInt.asUintN(bits, cells[n]!);
    cells[d + 1] = 0n;
  };
};

const moveScalarImmediate: Builder = ({ ftype, imm8, Rd }, on) => {
  const { cells } = on.cpu;
  const d = vectorCell(Rd);
  const value = expandFloat(imm8, scaleOfType(ftype));
  return () => {
    cells[d] = value;
    cells[d + 1] = 0n;
  };
};

/** FMOV to a general-purpose register. */
const moveBitsToGeneral: Builder = ({ ftype, Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const n = vectorCell(Rn);
  const d = destination(Rd);
  const bits = 8 << scaleOfType(ftype);
  return () => {
    cells[d] = BigInt.asUintN(bits, cells[n]!);
  };
};

const moveBitsFromGeneral: Builder = ({ ftype, Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const n = source(Rn);
  const d = vectorCell(Rd);
  const bits = 8 << scaleOfType(ftype);
  return () => {
    cells[d] = BigInt.asUintN(bits, cells[n]!);
    cells[d + 1] = 0n;
  };
};

const moveTopToGeneral: Builder = ({ Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const n = vectorCell(Rn) + 1;
  const d = destination(Rd);
  return () => {
    cells[d] = cells[n]!;
  };
};

/** The lower half of the vector stays. */
const moveTopFromGeneral: Builder = ({ Rn, Rd }, on) => {
  const { cells } = on.cpu;
  const n = source(Rn);
  const d = vectorCell(Rd) + 1;
  return () => {
    cells[d] = cells[n]!;
  };
};

export const simdMoves: SemanticsTable = {
  'DUP (element)/Scalar': of(duplicateScalar),
  'DUP (element)/Vector': of(duplicateElement),
  'DUP (general)': of(duplicateGeneral),
  SMOV: of(moveToGeneral(true)),
  UMOV: of(moveToGeneral(false)),
  'INS (general)': of(insertGeneral),
  'INS (element)': of(insertElement),
  'ORR (vector, register)': of(orrVector),
  MOVI: of(vectorImmediate(expandImmediate)),
  MVNI: of(vectorImmediate((fields, imm8) => BigInt.asUintN(64, ~expandImmediate(fields, imm8)))),
  'FMOV (vector, immediate)/Single-precision and double-precision': of(
    vectorImmediate(({ op }, imm8) => replicate(expandFloat(imm8, 2 + op), 2 + op)),
  ),
  'FMOV (vector, immediate)/Half-precision': of(vectorImmediate((_fields, imm8) => replicate(expandFloat(imm8, 1), 1))),
  'FMOV (register)': of(scalar(moveScalar)),
  'FMOV (scalar, immediate)': of(scalar(moveScalarImmediate)),
  'FMOV (general)/To general-purpose register': of(scalar(moveBitsToGeneral)),
  'FMOV (general)/From general-purpose register': of(scalar(moveBitsFromGeneral)),
  'FMOV (general)/Top half to general-purpose register': of(moveTopToGeneral),
  'FMOV (general)/Top half from general-purpose register': of(moveTopFromGeneral),
};
