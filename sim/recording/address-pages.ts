/**
 * Addresses of memory accesses in 32 bits: which page of virtual addresses was seen at which page of physical ones, and
 * the offset into it. A program uses few such pairs of pages.
 */

const PAGE_BITS = 12;
const PAGE_MASK = (1 << PAGE_BITS) - 1;
const MAX_PAIRS = 2 ** (32 - PAGE_BITS);
/** Pairs found without a search, by the low bits of the physical page number. */
const RECENT = 64;

export class AddressPages {
  /** Virtual page numbers in two halves of 32 and 20 bits, physical page numbers. */
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #physical: number[] = [];
  readonly #byPages = new Map<string, number>();
  readonly #recent = new Int32Array(RECENT).fill(-1);

  /**
   * The 32-bit code for virtual address (lo, hi), unsigned halves, at physical address `pa` (exact as a number). Throws
   * RangeError after a million pairs of pages.
   */
  encode(lo: number, hi: number, pa: number): number {
    const physical = Math.floor(pa / (PAGE_MASK + 1));
    const slot = physical % RECENT;
    let pair = this.#recent[slot]!;
    if (pair < 0 || !this.#is(pair, lo >>> PAGE_BITS, hi, physical)) {
      pair = this.#find(lo >>> PAGE_BITS, hi, physical);
      this.#recent[slot] = pair;
    }
    return pair * (PAGE_MASK + 1) + (pa & PAGE_MASK);
  }

  pa(code: number): number {
    return this.#physical[code >>> PAGE_BITS]! * (PAGE_MASK + 1) + (code & PAGE_MASK);
  }

  va(code: number): bigint {
    const pair = code >>> PAGE_BITS;
    const low = ((this.#low[pair]! << PAGE_BITS) | (code & PAGE_MASK)) >>> 0;
    return (BigInt(this.#high[pair]!) << 32n) | BigInt(low);
  }

  #is(pair: number, low: number, high: number, physical: number): boolean {
    return this.#low[pair] === low && this.#high[pair] === high && this.#physical[pair] === physical;
  }

  #find(low: number, high: number, physical: number): number {
    const key = `${high}:${low}:${physical}`;
    const known = this.#byPages.get(key);
    if (known !== undefined) return known;
    const pair = this.#physical.length;
    if (pair === MAX_PAIRS) throw new RangeError(`more than ${MAX_PAIRS} pairs of pages accessed in one recording`);
    this.#low.push(low);
    this.#high.push(high);
    this.#physical.push(physical);
    this.#byPages.set(key, pair);
    return pair;
  }
}
