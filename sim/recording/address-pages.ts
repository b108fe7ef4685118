/**
 * Addresses of memory accesses in 32 bits: which page of virtual addresses was seen at which page of RAM, and the offset
 * into it. A program uses few such pairs of pages.
 */
import { PAGE_SIZE } from '../memory/physical.ts';

const PAGE_BITS = Math.log2(PAGE_SIZE);
const PAGE_MASK = PAGE_SIZE - 1;
const MAX_PAIRS = 2 ** (32 - PAGE_BITS);
/** Pairs found without a search, by the low bits of the page of RAM. */
const RECENT = 64;

export class AddressPages {
  /** Of each pair: the halves of the virtual address of its page, signed, and the offset of its page into RAM. */
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #offset: number[] = [];
  readonly #byPages = new Map<string, number>();
  readonly #recent = new Int32Array(RECENT).fill(-1);

  /**
   * The 32-bit code for virtual address (lo, hi) at offset `offset` into RAM. Throws RangeError after a million pairs of
   * pages.
   */
  encode(lo: number, hi: number, offset: number): number {
    const low = lo & ~PAGE_MASK;
    const high = hi | 0;
    const page = offset & ~PAGE_MASK;
    const slot = (offset >>> PAGE_BITS) & (RECENT - 1);
    let pair = this.#recent[slot]!;
    if (pair < 0 || this.#low[pair] !== low || this.#high[pair] !== high || this.#offset[pair] !== page) {
      pair = this.#find(low, high, page);
      this.#recent[slot] = pair;
    }
    return ((pair << PAGE_BITS) | (offset & PAGE_MASK)) >>> 0;
  }

  /** The offset into RAM. */
  offset(code: number): number {
    return this.#offset[code >>> PAGE_BITS]! + (code & PAGE_MASK);
  }

  va(code: number): bigint {
    const pair = code >>> PAGE_BITS;
    const low = (this.#low[pair]! | (code & PAGE_MASK)) >>> 0;
    return (BigInt(this.#high[pair]! >>> 0) << 32n) | BigInt(low);
  }

  #find(low: number, high: number, page: number): number {
    const key = `${high}:${low}:${page}`;
    const known = this.#byPages.get(key);
    if (known !== undefined) return known;
    const pair = this.#offset.length;
    if (pair === MAX_PAIRS) throw new RangeError(`more than ${MAX_PAIRS} pairs of pages accessed in one recording`);
    this.#low.push(low);
    this.#high.push(high);
    this.#offset.push(page);
    this.#byPages.set(key, pair);
    return pair;
  }
}
