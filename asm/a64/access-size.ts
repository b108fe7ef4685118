/** The access sizes of loads and stores, told from the word (Arm ARM C4, "Loads and Stores"). */

/** log2 of the bytes that a load or store of one register moves, as its size, V and opc bits say. */
export function accessScale(word: number): number {
  const vector = (word >>> 26) & 1;
  return vector === 1 && (word >>> 23) & 1 ? 4 : word >>> 30;
}

/** log2 of the bytes of each register of a load or store pair, or of the tag granule for STGP. */
export function pairScale(word: number): number {
  const opc = word >>> 30;
  const vector = (word >>> 26) & 1;
  if (vector === 1) return opc + 2;
  const load = (word >>> 22) & 1;
  if (opc === 1) return load === 1 ? 2 : 4;
  return opc === 2 ? 3 : 2;
}
