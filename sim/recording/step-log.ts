/**
 * The steps of a recording, seven bytes each and 32 more for each block of 64: which operation, in which cycle it was
 * issued and had its last result, and which effects in the log are its own.
 */
import type { EffectLog, LogPlace } from './effect-log.ts';

/** Stands for "none": the step took an interrupt, failed to fetch, or was made from outside. */
export const NONE = 0;

const CHUNK_BITS = 12;
const CHUNK_STEPS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_STEPS - 1;
const BLOCK_BITS = 6;
const BLOCK_MASK = (1 << BLOCK_BITS) - 1;
const CHUNK_BLOCKS = CHUNK_STEPS >> BLOCK_BITS;
const BYTES_PER_STEP = 7;
const BYTES_PER_BLOCK = 32;

/** What an entry of a Map costs, about. */
const MAP_ENTRY_BYTES = 40;

/**
 * The columns, each with what stands there for a number that does not fit and is kept aside. An access to a device takes
 * hundreds of cycles, and a world switch makes dozens: times have 16 bits.
 */
const LARGE = { operation: 0xffff, distance: 0xffff, latency: 0xffff, count: 0xff } as const;

type ColumnName = keyof typeof LARGE;

/** Some thousand steps after one another. */
class Chunk {
  /** Operation numbers from 1 on, or NONE. */
  readonly operation = new Uint16Array(CHUNK_STEPS);
  /** Cycles from the issue of the step before. */
  readonly distance = new Uint16Array(CHUNK_STEPS);
  /** Cycles from its issue to its last result. */
  readonly latency = new Uint16Array(CHUNK_STEPS);
  /** The number of its effects. */
  readonly count = new Uint8Array(CHUNK_STEPS);
  /** Per block: cycle of issue of its first step, and its place in the effect log. */
  readonly blockCycle = new Float64Array(CHUNK_BLOCKS);
  readonly blockPlace = new Float64Array(3 * CHUNK_BLOCKS);
}

export class StepLog {
  length = 0;
  readonly #effects: EffectLog;
  readonly #chunks: Chunk[] = [];
  /** The chunk that the last step is in. */
  #last = new Chunk();
  /** The numbers that do not fit, by step. */
  readonly #large: Readonly<Record<ColumnName, Map<number, number>>> = {
    operation: new Map(),
    distance: new Map(),
    latency: new Map(),
    count: new Map(),
  };
  #lastIssued = 0;

  constructor(effects: EffectLog) {
    this.#effects = effects;
  }

  /** Appends a step whose effects are the log's from `start` on. `issued` is not less than the step's before. */
  append(operation: number, issued: number, completed: number, start: LogPlace): void {
    const index = this.length;
    const at = index & CHUNK_MASK;
    if (at === 0) this.#startChunk(index);
    const chunk = this.#last;
    if ((at & BLOCK_MASK) === 0) startBlock(chunk, at >>> BLOCK_BITS, issued, start);
    const distance = issued - this.#lastIssued;
    const latency = completed - issued;
    const count = this.#effects.end.effect - start.effect;
    chunk.operation[at] = operation < LARGE.operation ? operation : this.#aside('operation', index, operation);
    chunk.distance[at] = distance < LARGE.distance ? distance : this.#aside('distance', index, distance);
    chunk.latency[at] = latency < LARGE.latency ? latency : this.#aside('latency', index, latency);
    chunk.count[at] = count < LARGE.count ? count : this.#aside('count', index, count);
    this.#lastIssued = issued;
    this.length = index + 1;
  }

  operation(index: number): number {
    return this.#number('operation', index);
  }

  /** How many effects the step has. */
  count(index: number): number {
    return this.#number('count', index);
  }

  /** The cycle in which step `index` was issued. */
  issued(index: number): number {
    const chunk = this.#chunks[index >>> CHUNK_BITS]!;
    const first = (index >>> BLOCK_BITS) << BLOCK_BITS;
    let cycle = chunk.blockCycle[(index & CHUNK_MASK) >>> BLOCK_BITS]!;
    for (let step = first + 1; step <= index; step++) cycle += this.issueDistance(step);
    return cycle;
  }

  /** Cycles from the issue of step `index` - 1 to that of step `index`, which is not the first. */
  issueDistance(index: number): number {
    return this.#number('distance', index);
  }

  /** Cycles from issue to the last result. */
  latency(index: number): number {
    return this.#number('latency', index);
  }

  /** Where the effects of step `index` begin in the log; `index` may be the length. */
  place(index: number): LogPlace {
    if (index === this.length) return { ...this.#effects.end };
    const block = (index & CHUNK_MASK) >>> BLOCK_BITS;
    const { blockPlace } = this.#chunks[index >>> CHUNK_BITS]!;
    const [effect, value, address] = blockPlace.subarray(3 * block, 3 * block + 3);
    const place = { effect: effect!, value: value!, address: address! };
    for (let step = (index >>> BLOCK_BITS) << BLOCK_BITS; step < index; step++) {
      for (let left = this.count(step); left > 0; left--) this.#effects.forward(place);
    }
    return place;
  }

  /** Forgets the steps from `length` on, and their effects. */
  truncate(length: number): void {
    this.#effects.truncate(this.place(length));
    this.#lastIssued = length > 0 ? this.issued(length - 1) : 0;
    for (const large of Object.values(this.#large)) {
      for (const index of large.keys()) if (index >= length) large.delete(index);
    }
    this.#chunks.length = (length + CHUNK_MASK) >>> CHUNK_BITS;
    this.#last = this.#chunks.at(-1) ?? this.#last;
    this.length = length;
  }

  /** Bytes used. */
  get bytes(): number {
    const blocks = Math.ceil(this.length / (1 << BLOCK_BITS));
    const large = Object.values(this.#large).reduce((sum, { size }) => sum + size, 0);
    return this.length * BYTES_PER_STEP + blocks * BYTES_PER_BLOCK + large * MAP_ENTRY_BYTES;
  }

  #number(column: ColumnName, index: number): number {
    const value = this.#chunks[index >>> CHUNK_BITS]![column][index & CHUNK_MASK]!;
    return value < LARGE[column] ? value : this.#large[column].get(index)!;
  }

  /** Keeps a number aside; returns what stands for it in its column. */
  #aside(column: ColumnName, index: number, value: number): number {
    this.#large[column].set(index, value);
    return LARGE[column];
  }

  #startChunk(index: number): void {
    if (index > 0) this.#last = new Chunk();
    this.#chunks[index >>> CHUNK_BITS] = this.#last;
  }
}

function startBlock(chunk: Chunk, block: number, issued: number, { effect, value, address }: LogPlace): void {
  chunk.blockCycle[block] = issued;
  chunk.blockPlace[3 * block] = effect;
  chunk.blockPlace[3 * block + 1] = value;
  chunk.blockPlace[3 * block + 2] = address;
}
