/** LEB128 numbers (DWARF 5, section 7.6). */

/** `value`, which is not negative, as unsigned LEB128. */
export function uleb128(value: bigint): number[] {
  if (value < 0n) throw new RangeError(`${value} as unsigned LEB128`);
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

/** `value` as signed LEB128. */
export function sleb128(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}
