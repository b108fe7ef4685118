/**
 * The steps of a recording, seven bytes each and 32 more for each block of 64: which operation, in which cycle it was
 * issued and had its last result, and which effects in the log are its own.
 */
import { ByteColumn, Column } from './column.ts';
import type { EffectLog, LogPlace } from './effect-log.ts';

/** Stands for "none": the step took an interrupt, failed to fetch, or was made from outside. */
export const NONE = 0;

const BLOCK_BITS = 6;
const BLOCK_MASK = (1 << BLOCK_BITS) - 1;

export class StepLog {
  length = 0;
  readonly #effects: EffectLog;
  /** Operation numbers from 1 on, or NONE. */
  readonly #operations = new Column((length) => new Uint32Array(length));
  /**
   * Of each step: cycles from the issue of the step before, cycles from its issue to its last result, and the number of its
   * effects.
   */
  readonly #bytes = new ByteColumn();
  /** Per block: cycle of issue of its first step, and its place in the effect log. */
  readonly #blockCycle = new Column((length) => new Float64Array(length), 64);
  readonly #blockPlace = new Column((length) => new Float64Array(length), 3 * 64);
  #lastIssued = 0;

  constructor(effects: EffectLog) {
    this.#effects = effects;
  }

  /** Appends a step whose effects are the log's from `start` on. `issued` is not less than the step's before. */
  append(operation: number, issued: number, completed: number, start: LogPlace): void {
    const index = this.length;
    if (index >= this.#operations.array.length) this.#operations.grow(index);
    this.#operations.array[index] = operation;
    if ((index & BLOCK_MASK) === 0) this.#startBlock(index >>> BLOCK_BITS, issued, start);
    const count = this.#effects.end.effect - start.effect;
    this.#bytes.setThree(3 * index, issued - this.#lastIssued, completed - issued, count);
    this.#lastIssued = issued;
    this.length = index + 1;
  }

  operation(index: number): number {
    return this.#operations.array[index]!;
  }

  /** How many effects the step has. */
  count(index: number): number {
    return this.#bytes.get(3 * index + 2);
  }

  /** The cycle in which step `index` was issued. */
  issued(index: number): number {
    const first = (index >>> BLOCK_BITS) << BLOCK_BITS;
    let cycle = this.#blockCycle.array[index >>> BLOCK_BITS]!;
    for (let step = first + 1; step <= index; step++) cycle += this.issueDistance(step);
    return cycle;
  }

  /** Cycles from the issue of step `index` - 1 to that of step `index`, which is not the first. */
  issueDistance(index: number): number {
    return this.#bytes.get(3 * index);
  }

  /** Cycles from issue to the last result. */
  latency(index: number): number {
    return this.#bytes.get(3 * index + 1);
  }

  /** Where the effects of step `index` begin in the log; `index` may be the length. */
  place(index: number): LogPlace {
    if (index === this.length) return { ...this.#effects.end };
    const block = index >>> BLOCK_BITS;
    const [effect, value, address] = this.#blockPlace.array.subarray(3 * block, 3 * block + 3);
    const place = { effect: effect!, value: value!, address: address! };
    for (let step = block << BLOCK_BITS; step < index; step++) {
      for (let left = this.count(step); left > 0; left--) this.#effects.forward(place);
    }
    return place;
  }

  /** Forgets the steps from `length` on, and their effects. */
  truncate(length: number): void {
    this.#effects.truncate(this.place(length));
    this.#lastIssued = length > 0 ? this.issued(length - 1) : 0;
    this.#bytes.truncate(3 * length);
    this.length = length;
  }

  /** Bytes used. */
  get bytes(): number {
    const blocks = Math.ceil(this.length / (1 << BLOCK_BITS));
    return (
      this.#operations.bytes(this.length) +
      this.#bytes.bytes(3 * this.length) +
      this.#blockCycle.bytes(blocks) +
      this.#blockPlace.bytes(3 * blocks)
    );
  }

  #startBlock(block: number, issued: number, start: LogPlace): void {
    if (block >= this.#blockCycle.array.length) this.#blockCycle.grow(block);
    if (3 * block + 2 >= this.#blockPlace.array.length) this.#blockPlace.grow(3 * block + 2);
    this.#blockCycle.array[block] = issued;
    this.#blockPlace.array[3 * block] = start.effect;
    this.#blockPlace.array[3 * block + 1] = start.value;
    this.#blockPlace.array[3 * block + 2] = start.address;
  }
}
