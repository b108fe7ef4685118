/**
 * Which page of RAM, if any, is behind a page of virtual addresses just now: for telling where a load went after it was
 * made. What was found out is kept until translations may have changed.
 */
import type { Cpu } from '../core/cpu.ts';
import type { Memory } from '../memory/memory.ts';
import { PAGE_SIZE } from '../memory/physical.ts';

const PAGE_BITS = Math.log2(PAGE_SIZE);
const ENTRIES = 64;
/** No page begins here. */
const EMPTY = 1;
export const NOT_RAM = -1;

export class AccessPages {
  readonly #memory: Memory;
  /** Halves of the page's virtual address, and the offset of its page of RAM or NOT_RAM. */
  readonly #low = new Int32Array(ENTRIES);
  readonly #high = new Int32Array(ENTRIES);
  readonly #offset = new Int32Array(ENTRIES);

  constructor(cpu: Cpu, memory: Memory) {
    this.#memory = memory;
    this.drop();
    cpu.onContextChange(() => this.drop());
  }

  /** Forgets everything: translations may have changed. */
  drop(): void {
    this.#low.fill(EMPTY);
  }

  /** The offset into RAM of virtual address (lo, hi), unsigned halves, for a data access that did not fault; or NOT_RAM. */
  offsetOf(lo: number, hi: number): number {
    const page = lo & -PAGE_SIZE;
    const slot = (lo >>> PAGE_BITS) & (ENTRIES - 1);
    if (this.#low[slot] !== page || this.#high[slot] !== (hi | 0)) {
      this.#low[slot] = page;
      this.#high[slot] = hi;
      this.#offset[slot] = this.#find(page >>> 0, hi);
    }
    const offset = this.#offset[slot]!;
    return offset < 0 ? NOT_RAM : offset + (lo & (PAGE_SIZE - 1));
  }

  #find(lo: number, hi: number): number {
    const pa = this.#memory.translate((BigInt(hi) << 32n) | BigInt(lo));
    return pa === undefined ? NOT_RAM : this.#memory.physical.offsetOf(Number(pa));
  }
}
