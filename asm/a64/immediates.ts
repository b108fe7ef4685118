/**
 * How A64 packs immediates into words: shifted 12-bit, bitmask, wide-move and 8-bit floating-point immediates (Arm ARM,
 * J1 shared pseudocode: DecodeBitMasks, MoveWidePreferred, VFPExpandImm).
 */

const ONES_64 = 0xffff_ffff_ffff_ffffn;
const ONES_32 = 0xffff_ffffn;

/**
 * `value` as a register of the given width holds it, or undefined where it does not fit. As in GNU as, a 32-bit value may
 * stand with its upper 32 bits all zeros or all ones, so that `~0x80000000` is a 32-bit constant.
 */
export function inRegister(value: bigint, wide: boolean): bigint | undefined {
  if (value > ONES_64 || value < -(1n << 63n)) return undefined;
  const content = value & ONES_64;
  if (wide) return content;
  const upper = content >> 32n;
  return upper === 0n || upper === ONES_32 ? content & ONES_32 : undefined;
}

/** The `sh` and `imm12` of an add or subtract immediate, or undefined where `value` (not negative) has no such form. */
export function encodeAddImmediate(value: bigint): { sh: number; imm12: number } | undefined {
  if (value >= 0n && value < 0x1000n) return { sh: 0, imm12: Number(value) };
  if (value >= 0n && value < 0x1000000n && (value & 0xfffn) === 0n) return { sh: 1, imm12: Number(value >> 12n) };
  return undefined;
}

/** A bitmask immediate's fields. */
export interface Bitmask {
  readonly N: number;
  readonly immr: number;
  readonly imms: number;
}

function isRunOfOnes(value: bigint): boolean {
  return value !== 0n && ((value + 1n) & value) === 0n;
}

/** The fields whose DecodeBitMasks is `value`, a register's content of the given width; undefined where there are none. */
export function encodeBitmask(value: bigint, wide: boolean): Bitmask | undefined {
  let size = wide ? 64 : 32;
  let element = value;
  while (size > 2) {
    const half = BigInt(size >> 1);
    const low = element & ((1n << half) - 1n);
    if (low !== element >> half) break;
    element = low;
    size >>= 1;
  }
  const ones = (1n << BigInt(size)) - 1n;
  if (element === 0n || element === ones) return undefined;
  for (let rotation = 0; rotation < size; rotation++) {
    const shift = BigInt(rotation);
    const turned = ((element << shift) | (element >> BigInt(size - rotation))) & ones;
    if (!isRunOfOnes(turned)) continue;
    const count = turned.toString(2).length;
    const imms = (size === 64 ? 0 : ~(size * 2 - 1) & 0x3f) | (count - 1);
    return { N: size === 64 ? 1 : 0, immr: rotation, imms };
  }
  return undefined;
}

/** The value of a bitmask immediate (DecodeBitMasks, immediate = TRUE), or undefined where the fields are reserved. */
export function decodeBitmask({ N, immr, imms }: Bitmask, wide: boolean): bigint | undefined {
  if (N === 1 && !wide) return undefined;
  const selector = (N << 6) | (~imms & 0x3f);
  if (selector < 2) return undefined;
  const size = 1 << (31 - Math.clz32(selector));
  const levels = size - 1;
  const s = imms & levels;
  if (s === levels) return undefined;
  const r = immr & levels;
  const run = (1n << BigInt(s + 1)) - 1n;
  const ones = (1n << BigInt(size)) - 1n;
  const element = ((run >> BigInt(r)) | (run << BigInt(size - r))) & ones;
  let value = 0n;
  for (let at = 0; at < (wide ? 64 : 32); at += size) value |= element << BigInt(at);
  return value;
}

/** The `hw` and `imm16` of a MOVZ that makes `value`, a register's content; undefined where one MOVZ cannot. */
export function encodeMoveWide(value: bigint, wide: boolean): { hw: number; imm16: number } | undefined {
  for (let hw = 0; hw < (wide ? 4 : 2); hw++) {
    const shift = BigInt(hw * 16);
    const imm16 = (value >> shift) & 0xffffn;
    if (imm16 << shift === value) return { hw, imm16: Number(imm16) };
  }
  return undefined;
}

/** All bits of a register of the given width inverted. */
export function invert(value: bigint, wide: boolean): bigint {
  return ~value & (wide ? ONES_64 : ONES_32);
}

/** Whether one MOVZ or one MOVN makes `value`, a register's content (MoveWidePreferred read as a question of value). */
export function isMoveWide(value: bigint, wide: boolean): boolean {
  return encodeMoveWide(value, wide) !== undefined || encodeMoveWide(invert(value, wide), wide) !== undefined;
}

/** The number an 8-bit floating-point immediate stands for (VFPExpandImm). */
export function decodeFloat8(imm8: number): number {
  const sign = imm8 & 0x80 ? -1 : 1;
  const exponent = ((imm8 >> 4) & 7) ^ 4;
  return sign * (1 + (imm8 & 0xf) / 16) * 2 ** (exponent - 3);
}

const float8Codes: ReadonlyMap<number, number> = new Map(
  Array.from({ length: 256 }, (_, imm8): [number, number] => [decodeFloat8(imm8), imm8]),
);

/** The 8-bit immediate that stands for `value`, or undefined where none does. */
export function encodeFloat8(value: number): number | undefined {
  return float8Codes.get(value);
}

/** A 64-bit immediate whose every byte is 0x00 or 0xff, from one bit for each byte (AdvSIMDExpandImm, cmode 1110, op 1). */
export function decodeByteMask(imm8: number): bigint {
  let value = 0n;
  for (let i = 0; i < 8; i++) if (imm8 & (1 << i)) value |= 0xffn << BigInt(i * 8);
  return value;
}

/** The inverse of decodeByteMask; undefined where a byte of `value` is neither 0x00 nor 0xff. */
export function encodeByteMask(value: bigint): number | undefined {
  let imm8 = 0;
  for (let i = 0; i < 8; i++) {
    const byte = (value >> BigInt(i * 8)) & 0xffn;
    if (byte === 0xffn) imm8 |= 1 << i;
    else if (byte !== 0n) return undefined;
  }
  return imm8;
}
