/**
 * Translation tables for random system programs: stage 1 and stage 2 map the code one to one, and a window of pages with
 * random permissions, page by page (VMSAv8-64, D5.3: 4 KB granule, 39 bits, from level 1).
 */
import type { Random } from './memory-tables.ts';

const RAM = 0x4000_0000n;
const MIB = 1n << 20n;
/** What a block of level 2 maps. */
const BLOCK = 2n * MIB;
const PAGE = 4096n;
const TABLE_BYTES = 3n * PAGE;
const PAGES = 512;
/** How many of each stage there are. */
const CHOICES = 8;
const OUTPUT_40_BITS = 2n;
const T0SZ = 25n;

/**
 * Stage 1: TCR_EL1 with TTBR1_EL1 off, and MAIR_EL1: Normal memory, Write-Back and Write-Through. Of Device memory QEMU
 * leaves out in PAR_EL1.SH that it is Outer Shareable (D17.2.113).
 */
export const TCR_EL1 = (OUTPUT_40_BITS << 32n) | (1n << 23n) | T0SZ;
export const MAIR_EL1 = 0xbbffn;
/** Stage 2: VTCR_EL2, from level 1. */
export const VTCR_EL2 = (1n << 31n) | (OUTPUT_40_BITS << 16n) | (1n << 6n) | T0SZ;

const TABLE = 3n;
const ACCESS_FLAG = 1n << 10n;

/** Bytes of all tables. */
export const TABLES_SIZE = Number(TABLE_BYTES) * CHOICES * 2;

export class SystemProgramTables {
  readonly #random: Random;
  readonly #window: bigint;
  readonly #base: bigint;
  readonly #words: BigUint64Array;

  /** Tables for physical address `base`, a multiple of 4 KB; `window` is that of a block of pages, elsewhere. */
  constructor(random: Random, base: bigint, window: bigint) {
    this.#random = random;
    this.#base = base;
    this.#window = window;
    this.#words = new BigUint64Array(TABLES_SIZE / 8);
    for (let n = 0; n < 2 * CHOICES; n++) this.#make(n, n >= CHOICES);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#words.buffer);
  }

  /** A random page of the window. */
  page(): bigint {
    return this.#window + PAGE * BigInt(this.#random.below(PAGES));
  }

  /** The root of random tables of stage 1, or 2. */
  root(stage: 1 | 2): bigint {
    return this.#base + TABLE_BYTES * BigInt((stage - 1) * CHOICES + this.#random.below(CHOICES));
  }

  #make(number: number, stage2: boolean): void {
    const root = this.#base + TABLE_BYTES * BigInt(number);
    const [level2, level3] = [root + PAGE, root + 2n * PAGE];
    this.#write(root + 8n * (RAM >> 30n), level2 | TABLE);
    const open = stage2 ? (3n << 6n) | (15n << 2n) : 3n << 6n;
    for (let at = RAM; at < this.#window; at += BLOCK) {
      this.#write(level2 + 8n * ((at - RAM) / BLOCK), at | open | ACCESS_FLAG | 1n);
    }
    // APTable, UXNTable and PXNTable narrow what the pages allow.
    const narrowed = !stage2 && this.#random.chance(30) ? this.#random.wide(4) << 59n : 0n;
    this.#write(level2 + 8n * ((this.#window - RAM) / BLOCK), level3 | narrowed | TABLE);
    for (let n = 0; n < PAGES; n++) this.#write(level3 + 8n * BigInt(n), this.#page(stage2));
  }

  /** A page somewhere in the window, or none. */
  #page(stage2: boolean): bigint {
    const random = this.#random;
    if (random.chance(10)) return random.wide(62) << 2n;
    const flag = random.chance(90) ? ACCESS_FLAG : 0n;
    const permissions = random.wide(2) << 6n;
    const attributes = stage2 ? random.pick([10n, 15n]) : random.wide(1);
    const execute = stage2 ? random.wide(1) << 54n : random.wide(2) << 53n;
    return this.page() | execute | flag | permissions | (attributes << 2n) | TABLE;
  }

  #write(pa: bigint, value: bigint): void {
    this.#words[Number(pa - this.#base) / 8] = value;
  }
}
