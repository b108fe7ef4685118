/** 64-bit addresses as two 32-bit halves, which the interpreter passes on because heap-allocated bigints are slow. */

/** The address whose halves are given, as signed or unsigned numbers. */
export function addressOf(lo: number, hi: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** Low half of `address`, unsigned. */
export function lowHalf(address: bigint): number {
  return Number(BigInt.asUintN(32, address));
}

/** High half of `address`, unsigned. */
export function highHalf(address: bigint): number {
  return Number(BigInt.asUintN(32, address >> 32n));
}
