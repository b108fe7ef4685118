/**
 * The condition flags: results with flags (Arm ARM J1, AddWithCarry) and conditions (ConditionHolds, C1.2.4). Sixty-four-bit
 * results are computed on 32-bit halves, which V8 keeps in machine registers in every tier.
 */
import { NZCV } from '../core/registers.ts';

const FLAGS = 2 * NZCV;
const N = 0x8000_0000;
const Z = 0x4000_0000;
const C = 0x2000_0000;
const V = 0x1000_0000;

/**
 * a + b + carry into the cell whose low word is `words[d]`, and the flags of it. The halves of a and b are taken as
 * 32-bit patterns, signed or not; subtraction is addition of ~b with carry 1.
 */
export function addWithCarry64(
  words: Uint32Array,
  d: number,
  al: number,
  ah: number,
  bl: number,
  bh: number,
  carry: number,
): void {
  const low = (al >>> 0) + (bl >>> 0) + carry;
  const high = (ah >>> 0) + (bh >>> 0) + (low > 0xffff_ffff ? 1 : 0);
  const l = low | 0;
  const h = high | 0;
  words[d] = l;
  words[d + 1] = h;
  words[FLAGS] = (h & N) | ((l | h) === 0 ? Z : 0) | (high > 0xffff_ffff ? C : 0) | ((((ah ^ h) & (bh ^ h)) >>> 3) & V);
}

/** The same for 32-bit registers: the high half of the cell becomes zero. */
export function addWithCarry32(words: Uint32Array, d: number, a: number, b: number, carry: number): void {
  const sum = (a >>> 0) + (b >>> 0) + carry;
  const r = sum | 0;
  words[d] = r;
  words[d + 1] = 0;
  words[FLAGS] = (r & N) | (r === 0 ? Z : 0) | (sum > 0xffff_ffff ? C : 0) | ((((a ^ r) & (b ^ r)) >>> 3) & V);
}

/** The flags of a 64-bit logical result: C and V are 0. */
export function logicalFlags64(words: Uint32Array, low: number, high: number): void {
  words[FLAGS] = (high & N) | ((low | high) === 0 ? Z : 0);
}

export function logicalFlags32(words: Uint32Array, low: number): void {
  words[FLAGS] = (low & N) | (low === 0 ? Z : 0);
}

/** The carry flag, 0 or 1. */
export function carryOf(words: Uint32Array): number {
  return (words[FLAGS]! >>> 29) & 1;
}

/** What each even condition means of the flags N, Z, C, V. Odd ones are their opposites, but 15 is always, like 14. */
const conditions: readonly ((n: boolean, z: boolean, c: boolean, v: boolean) => boolean)[] = [
  (_n, z) => z,
  (_n, _z, c) => c,
  (n) => n,
  (_n, _z, _c, v) => v,
  (_n, z, c) => c && !z,
  (n, _z, _c, v) => n === v,
  (n, z, _c, v) => n === v && !z,
  () => true,
];

/**
 * The condition `cond` as 16 bits: bit NZCV is set where it holds. It holds now if
 * `(table >>> (words[2 * NZCV] >>> 28)) & 1`.
 */
export function conditionTable(cond: number): number {
  const holds = conditions[cond >> 1]!;
  const inverted = (cond & 1) === 1 && cond !== 15;
  let table = 0;
  for (let nzcv = 0; nzcv < 16; nzcv++) {
    const value = holds((nzcv & 8) !== 0, (nzcv & 4) !== 0, (nzcv & 2) !== 0, (nzcv & 1) !== 0);
    if (value !== inverted) table |= 1 << nzcv;
  }
  return table;
}
