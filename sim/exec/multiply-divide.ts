/** Multiplication, division and CRC32 checksums (Arm ARM C4.1.95, instructions in C6.2). */
import { destination, source } from './operands.ts';
import type { Builder, Semantics, SemanticsTable } from './operation.ts';

function of(build: Builder): Semantics {
  return { build };
}

/** MADD, MSUB. */
function multiplyAdd(subtract: boolean): Builder {
  return (fields, on) => {
    const { cells, words } = on.cpu;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const m = source(fields.Rm);
    const a = source(fields.Ra);
    if (fields.sf === 1) {
      if (subtract)
        return () => {
          cells[d] = cells[a]! - cells[n]! * cells[m]!;
        };
      return () => {
        cells[d] = cells[a]! + cells[n]! * cells[m]!;
      };
    }
    return () => {
      const product = Math.imul(words[2 * n]!, words[2 * m]!);
      words[2 * d] = subtract ? words[2 * a]! - product : words[2 * a]! + product;
      words[2 * d + 1] = 0;
    };
  };
}

/** SMADDL, SMSUBL, UMADDL, UMSUBL: the product of two 32-bit registers. */
function multiplyLong(signed: boolean, subtract: boolean): Builder {
  return (fields, on) => {
    const { cells } = on.cpu;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const m = source(fields.Rm);
    const a = source(fields.Ra);
    const extend = signed ? BigInt.asIntN : BigInt.asUintN;
    return () => {
      const product = extend(32, cells[n]!) * extend(32, cells[m]!);
      cells[d] = subtract ? cells[a]! - product : cells[a]! + product;
    };
  };
}

/** SMULH, UMULH: bits 127 to 64 of the product. */
function multiplyHigh(signed: boolean): Builder {
  return (fields, on) => {
    const { cells } = on.cpu;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const m = source(fields.Rm);
    const extend = signed ? BigInt.asIntN : BigInt.asUintN;
    return () => {
      cells[d] = (extend(64, cells[n]!) * extend(64, cells[m]!)) >> 64n;
    };
  };
}

/** UDIV, SDIV: rounds towards zero; the quotient of a division by zero is 0. */
function divide(signed: boolean): Builder {
  return (fields, on) => {
    const { cells } = on.cpu;
    const d = destination(fields.Rd);
    const n = source(fields.Rn);
    const m = source(fields.Rm);
    const width = fields.sf === 1 ? 64 : 32;
    const extend = signed ? BigInt.asIntN : BigInt.asUintN;
    return () => {
      const divisor = extend(width, cells[m]!);
      cells[d] = divisor === 0n ? 0n : BigInt.asUintN(width, extend(width, cells[n]!) / divisor);
    };
  };
}

/** The checksum of each byte, for a generator polynomial with its bits in reversed order. */
function checksumTable(reversedPolynomial: number): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1) !== 0 ? (sum >>> 1) ^ reversedPolynomial : sum >>> 1;
    table[byte] = sum;
  }
  return table;
}

/** The polynomials 0x04C11DB7 and 0x1EDC6F41 (CRC32, CRC32C), reversed. */
const CRC32 = checksumTable(0xedb8_8320);
const CRC32C = checksumTable(0x82f6_3b78);

/** CRC32 and CRC32C of the low 1 << sz bytes of Rm, continuing the sum in Rn. */
const checksum: Builder = (fields, on) => {
  const { words } = on.cpu;
  const d = 2 * destination(fields.Rd);
  const n = 2 * source(fields.Rn);
  const m = 2 * source(fields.Rm);
  const table = fields.C === 0 ? CRC32 : CRC32C;
  const bytes = 1 << fields.sz;
  return () => {
    let sum = words[n]!;
    for (let i = 0; i < bytes; i++) {
      const data = words[m + (i >> 2)]! >>> ((i & 3) * 8);
      sum = (sum >>> 8) ^ table[(sum ^ data) & 0xff]!;
    }
    words[d] = sum;
    words[d + 1] = 0;
  };
};

export const multiplyDivide: SemanticsTable = {
  MADD: of(multiplyAdd(false)),
  MSUB: of(multiplyAdd(true)),
  SMADDL: of(multiplyLong(true, false)),
  SMSUBL: of(multiplyLong(true, true)),
  UMADDL: of(multiplyLong(false, false)),
  UMSUBL: of(multiplyLong(false, true)),
  SMULH: of(multiplyHigh(true)),
  UMULH: of(multiplyHigh(false)),
  UDIV: of(divide(false)),
  SDIV: of(divide(true)),
  'CRC32B, CRC32H, CRC32W, CRC32X': of(checksum),
  'CRC32CB, CRC32CH, CRC32CW, CRC32CX': of(checksum),
};
