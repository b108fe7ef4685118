/**
 * Random translation tables: every entry of every table is filled, so that any input address leads somewhere
 * interesting. Entries that a test depends on are put in afterwards with `force`.
 */

/** Marsaglia's xorshift32: the same numbers on every machine for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  /** 0 to limit - 1. */
  below(limit: number): number {
    return this.bits() % limit;
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** `count` random bits, 0 to 64. */
  wide(count: number): bigint {
    return ((BigInt(this.bits()) << 32n) | BigInt(this.bits())) & ((1n << BigInt(count)) - 1n);
  }
}

export interface RandomTableOptions {
  readonly stage2: boolean;
  readonly startLevel: number;
  readonly inputBits: number;
  readonly bigEndian: boolean;
  /** A random output address of `level`; not yet cut to its size. */
  readonly output: (level: number) => bigint;
  /** Percent of leaves that let everything through but have random attributes otherwise. */
  readonly spare: number;
}

const entrySize = (level: number) => 1n << BigInt(12 + 9 * (3 - level));

/** A piece of memory in which tables are made, one after the other. */
export class TableSpace {
  readonly base: number;
  readonly words: Uint32Array;
  #used = 0;

  constructor(base: number, size: number) {
    this.base = base;
    this.words = new Uint32Array(size / 4);
  }

  /** Address of `size` fresh bytes, aligned to their size. */
  allocate(size: number): bigint {
    this.#used = Math.ceil(this.#used / size) * size + size;
    if (this.#used > this.words.byteLength) throw new RangeError('table space is full');
    return BigInt(this.base + this.#used - size);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.words.buffer, 0, this.#used);
  }
}

export class RandomTables {
  readonly root: bigint;
  /** All tables made, for a stage 2 that has to let walks through. */
  readonly tables: { readonly pa: bigint; readonly forced: boolean }[] = [];
  readonly #random: Random;
  readonly #space: TableSpace;
  readonly #options: RandomTableOptions;
  /** By level: tables that random table descriptors may lead to. */
  readonly #pool: bigint[][] = [[], [], [], []];
  readonly #forced = new Set<bigint>();

  constructor(random: Random, space: TableSpace, options: RandomTableOptions) {
    this.#random = random;
    this.#space = space;
    this.#options = options;
    for (let level = 3; level > options.startLevel; level--) {
      for (let n = 0; n < 3; n++) this.#pool[level]!.push(this.#makeTable(level, 512, false));
    }
    const rootEntries = 2 ** (options.inputBits - (12 + 9 * (3 - options.startLevel)));
    this.root = this.#makeTable(options.startLevel, rootEntries, true);
  }

  /** Makes the entry for `input` at `level` `descriptor`, and every table on the way one without restrictions. */
  force(input: bigint, level: number, descriptor: bigint): void {
    let table = this.root;
    for (let current = this.#options.startLevel; ; current++) {
      const index = input / entrySize(current);
      const entry = table + 8n * (current === this.#options.startLevel ? index : index & 511n);
      if (current === level) {
        this.#forced.add(entry);
        this.#write(entry, descriptor);
        return;
      }
      if (!this.#forced.has(entry)) {
        this.#forced.add(entry);
        this.#write(entry, this.#makeTable(current + 1, 512, true) | 3n);
      }
      table = this.#read(entry) & 0xffff_ffff_f000n;
    }
  }

  #makeTable(level: number, entries: number, forced: boolean): bigint {
    const pa = this.#space.allocate(Math.max(4096, entries * 8));
    for (let n = 0; n < entries; n++) this.#write(pa + 8n * BigInt(n), this.#descriptor(level));
    for (let page = 0; page < entries * 8; page += 4096) this.tables.push({ pa: pa + BigInt(page), forced });
    return pa;
  }

  #descriptor(level: number): bigint {
    const random = this.#random;
    // A block at level 0 is not among the invalid ones: see the deviations in memory.test.ts.
    if (random.chance(8)) return (random.wide(62) << 2n) | BigInt(random.pick([0, 2, level === 3 ? 1 : 0]));
    const deeper = level === 0 || (level < 3 && random.chance(60));
    return deeper ? this.#tableDescriptor(level) : this.#leaf(level);
  }

  #tableDescriptor(level: number): bigint {
    const random = this.#random;
    // Sometimes out of the output range, which is an address size fault before anything is read there.
    const address = random.chance(3) ? 0xff00_0000_0000n : random.pick(this.#pool[level + 1]!);
    const attributes = random.chance(25) && !this.#options.stage2 ? BigInt(random.below(32)) << 59n : 0n;
    return attributes | (random.wide(7) << 52n) | address | (random.wide(10) << 2n) | 3n;
  }

  #leaf(level: number): bigint {
    const random = this.#random;
    const address = this.#options.output(level) & 0xffff_ffff_f000n & -entrySize(level);
    const type = level === 3 ? 3n : 1n;
    const flags = (random.chance(93) ? 1n << 10n : 0n) | (BigInt(random.pick([0, 2, 3])) << 8n);
    const type2 = this.#options.stage2 ? this.#stage2Bits() : this.#stage1Bits();
    return address | type | flags | type2;
  }

  /** AttrIndx, NS, AP, nG; PXN, UXN; contiguous, DBM and the bits that software may use. */
  #stage1Bits(): bigint {
    const random = this.#random;
    const free = random.chance(this.#options.spare);
    const ap = free ? 1 : random.below(4);
    const execute = free ? 0n : BigInt(random.below(4)) << 53n;
    const unused = (random.wide(4) << 55n) | (random.wide(2) << 51n);
    return unused | execute | (BigInt(random.below(2)) << 11n) | (BigInt(ap) << 6n) | (BigInt(random.below(16)) << 2n);
  }

  /** MemAttr (no reserved value), S2AP; XN. Without FEAT_XNX bit 53 has no effect. */
  #stage2Bits(): bigint {
    const random = this.#random;
    const free = random.chance(this.#options.spare);
    const s2ap = free ? 3 : random.below(4);
    const execute = free ? 0n : BigInt(random.below(4)) << 53n;
    const memAttr = free ? 15 : random.pick([0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15]);
    return (random.wide(4) << 55n) | execute | (BigInt(s2ap) << 6n) | (BigInt(memAttr) << 2n);
  }

  #write(pa: bigint, value: bigint): void {
    const at = (Number(pa) - this.#space.base) / 4;
    const low = Number(value & 0xffff_ffffn);
    const high = Number((value >> 32n) & 0xffff_ffffn);
    this.#space.words[at] = this.#options.bigEndian ? swap(high) : low;
    this.#space.words[at + 1] = this.#options.bigEndian ? swap(low) : high;
  }

  #read(pa: bigint): bigint {
    const at = (Number(pa) - this.#space.base) / 4;
    const first = this.#space.words[at]!;
    const second = this.#space.words[at + 1]!;
    const [low, high] = this.#options.bigEndian ? [swap(second), swap(first)] : [first, second];
    return (BigInt(high) << 32n) | BigInt(low);
  }
}

/** The bytes of a 32-bit word in the other order. */
function swap(word: number): number {
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff_0000) | (word << 24)) >>> 0;
}
