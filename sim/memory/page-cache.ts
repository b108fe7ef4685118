/**
 * Recently used translations in the form the fast path of loads, stores and fetches wants: from the page of a virtual
 * address straight to an offset into RAM, for one kind of access at one privilege. Direct-mapped, no allocation. Only a
 * cache of what the TLB, the tables and the registers say: it is dropped whenever one of them may have changed.
 *
 * Entry e is at words 4e to 4e + 3: low half of the page's address, high half, RAM offset of the page, 1 where its memory
 * is of Device type. An empty entry has a low half that no page address has, whatever alignment bits are looked at. The
 * last word is 1 unless all entries are empty.
 */
export type PageCache = Int32Array;

const ENTRIES = 256;
const EMPTY = 0x800;
const IN_USE = 4 * ENTRIES;

/** Word index of the entry for the address whose low half is `lo`. */
export function entryOf(lo: number): number {
  return (lo >>> 10) & (4 * ENTRIES - 4);
}

export function makePageCache(): PageCache {
  const cache = new Int32Array(4 * ENTRIES + 1).fill(EMPTY);
  cache[IN_USE] = 0;
  return cache;
}

/** A page cache that stays empty. */
export const NO_PAGES: PageCache = makePageCache();

export function dropAll(cache: PageCache): void {
  if (cache[IN_USE] === 0) return;
  cache.fill(EMPTY);
  cache[IN_USE] = 0;
}

/** Drops the entry that page number `page` (bits 55:12 of an address) may have. */
export function dropPage(cache: PageCache, page: number): void {
  cache[4 * (page % ENTRIES)] = EMPTY;
}

/** Drops every entry that leads to the page of RAM at `offset`. */
export function dropRamPage(cache: PageCache, offset: number): void {
  for (let entry = 0; entry < IN_USE; entry += 4) if (cache[entry + 2] === offset) cache[entry] = EMPTY;
}

/** Makes the entry for the page of (lo, hi), which is at RAM offset `offset`. */
export function fillPage(cache: PageCache, lo: number, hi: number, offset: number, device: boolean): void {
  const entry = entryOf(lo);
  cache[entry] = lo & ~0xfff;
  cache[entry + 1] = hi;
  cache[entry + 2] = offset;
  cache[entry + 3] = device ? 1 : 0;
  cache[IN_USE] = 1;
}
