/**
 * The front end of an in-order core: in which cycle each instruction leaves the fetch stage, with branch prediction as
 * the Cortex-A53 TRM (DDI 0500), 2.1.1 "Instruction Fetch Unit" describes it. Addresses are the low 32 bits of
 * virtual ones. Every fetch hits the cache.
 */

import { UNSET } from '../core/cpu.ts';

/** How a branch finds its way; `none` for an instruction that is no branch. A conditional one says where it points to. */
export const BRANCH_KINDS = [
  'none',
  'direct',
  'conditional-forward',
  'conditional-backward',
  'call',
  'jump-register',
  'call-register',
  'return',
] as const;
export type BranchKind = (typeof BRANCH_KINDS)[number];

export interface FrontEndFigures {
  readonly pairBytes: number;
  readonly queue: number;
  readonly taken: number;
  readonly takenAgain: number;
  readonly indirect: number;
  readonly mispredicted: number;
  readonly historyEntries: number;
  readonly historyBits: number;
  readonly targetEntries: number;
  readonly returnEntries: number;
}

/** A two-bit counter predicts "taken" from this value on. */
const WEAKLY_TAKEN = 2;
const STRONGLY_TAKEN = 3;
/** A counter that no branch has used yet: backward branches are then predicted taken, forward ones not. */
const UNUSED = 4;

/** No instruction has an odd address. */
const NO_ADDRESS = 1;

/** What follow() may find: the branch went elsewhere than predicted. */
const MISPREDICTED = -1;

export class FrontEnd {
  readonly #figures: FrontEndFigures;
  readonly #pairShift: number;
  /** Cycle of the current fetch, the pair of instructions it brought, and whether a branch of it was predicted. */
  #cycle = UNSET;
  #pair = -1;
  #hasPredicted = false;
  /** Cycles at which the last `queue` instructions left for issue: their places in the queue become free then. */
  readonly #issued: Float64Array;
  #slot = 0;
  #history = 0;
  readonly #counters: Uint8Array;
  readonly #targets: TargetCache;
  readonly #returns: Int32Array;
  #returnTop = 0;
  #lastTaken = UNSET;

  constructor(figures: FrontEndFigures) {
    this.#figures = figures;
    this.#pairShift = Math.log2(figures.pairBytes);
    this.#issued = new Float64Array(figures.queue);
    this.#counters = new Uint8Array(figures.historyEntries);
    this.#targets = new TargetCache(figures.targetEntries, figures.pairBytes);
    this.#returns = new Int32Array(figures.returnEntries);
    this.reset(0);
  }

  /** Forgets everything; the next fetch is in cycle `cycle`. */
  reset(cycle: number): void {
    this.refetch(cycle);
    this.#issued.fill(cycle);
    this.#history = 0;
    this.#counters.fill(UNUSED);
    this.#targets.reset();
    this.#returns.fill(NO_ADDRESS);
    this.#returnTop = 0;
    this.#lastTaken = -1;
  }

  /** Starts fetching anew in cycle `cycle`; what was predicted stays. */
  refetch(cycle: number): void {
    this.#cycle = cycle - 1;
    this.#pair = -1;
  }

  /**
   * The cycle in which the instruction at `pc`, which follows the one before it in program order, leaves the fetch stage.
   * One branch is predicted in a cycle.
   */
  fetch(isBranch: boolean, pc: number): number {
    const pair = pc >>> this.#pairShift;
    if (pair !== this.#pair || (isBranch && this.#hasPredicted)) {
      this.#cycle++;
      this.#pair = pair;
      this.#hasPredicted = false;
    }
    if (isBranch) this.#hasPredicted = true;
    const room = this.#issued[this.#slot]!;
    if (room > this.#cycle) this.#cycle = room;
    return this.#cycle;
  }

  /** The fetched instruction was issued in cycle `issue`. */
  issued(issue: number): void {
    this.#issued[this.#slot] = issue;
    this.#slot = this.#slot + 1 === this.#issued.length ? 0 : this.#slot + 1;
  }

  /**
   * The instruction issued in cycle `issue` is a branch of kind `kind` at `pc`, taken or not, and the next instruction is at
   * `next`. Decides when the fetch of that begins, and learns.
   */
  follow(kind: BranchKind, pc: number, next: number, taken: boolean, issue: number): void {
    const delay = this.#predictedDelay(kind, pc, next, taken);
    if (delay === MISPREDICTED) this.refetch(issue + this.#figures.mispredicted);
    else if (taken) this.refetch(this.#cycle + delay);
    if (kind === 'call' || kind === 'call-register') this.#pushReturn(pc + 4);
    if (taken) this.#lastTaken = pc;
  }

  /** Cycles from the fetch of a branch to that of what follows, as predicted, or MISPREDICTED. */
  #predictedDelay(kind: BranchKind, pc: number, next: number, taken: boolean): number {
    const figures = this.#figures;
    switch (kind) {
      case 'conditional-forward':
      case 'conditional-backward':
        if (this.#learnDirection(kind, pc, taken) !== taken) return MISPREDICTED;
        break;
      case 'jump-register':
      case 'call-register':
        return this.#targets.learn(pc, next) ? figures.indirect : MISPREDICTED;
      case 'return':
        return this.#popReturn() === next >> 0 ? figures.taken : MISPREDICTED;
    }
    return pc === this.#lastTaken ? figures.takenAgain : figures.taken;
  }

  /** What the pattern history table predicts for the conditional branch at `pc`; then teaches it. */
  #learnDirection(kind: BranchKind, pc: number, taken: boolean): boolean {
    const index = ((pc >>> 2) ^ this.#history) % this.#counters.length;
    let counter = this.#counters[index]!;
    if (counter === UNUSED) counter = kind === 'conditional-backward' ? WEAKLY_TAKEN : WEAKLY_TAKEN - 1;
    const learnt = taken ? Math.min(counter + 1, STRONGLY_TAKEN) : Math.max(counter - 1, 0);
    this.#counters[index] = learnt;
    this.#history = ((this.#history << 1) | (taken ? 1 : 0)) & ((1 << this.#figures.historyBits) - 1);
    return counter >= WEAKLY_TAKEN;
  }

  #pushReturn(address: number): void {
    this.#returns[this.#returnTop] = address;
    this.#returnTop = (this.#returnTop + 1) % this.#returns.length;
  }

  #popReturn(): number {
    this.#returnTop = (this.#returnTop + this.#returns.length - 1) % this.#returns.length;
    return this.#returns[this.#returnTop]!;
  }
}

/**
 * Where branches to addresses in registers went last: in sets of two entries, for the two instructions of a pair that is
 * fetched together; the entry used longer ago is replaced.
 */
class TargetCache {
  readonly #sets: number;
  readonly #pairBytes: number;
  /** Of each set the entry used last, then the other. */
  readonly #tags: Int32Array;
  readonly #targets: Int32Array;

  constructor(entries: number, pairBytes: number) {
    this.#sets = entries / 2;
    this.#pairBytes = pairBytes;
    this.#tags = new Int32Array(entries);
    this.#targets = new Int32Array(entries);
  }

  reset(): void {
    this.#tags.fill(NO_ADDRESS);
  }

  /** Whether it was known that the branch at `pc` goes to `target`; from here on it is. */
  learn(pc: number, target: number): boolean {
    const first = 2 * (Math.floor(pc / this.#pairBytes) % this.#sets);
    if (this.#tags[first] !== pc >> 0) this.#swap(first, first + 1);
    const isKnown = this.#tags[first] === pc >> 0 && this.#targets[first] === target >> 0;
    this.#tags[first] = pc;
    this.#targets[first] = target;
    return isKnown;
  }

  #swap(a: number, b: number): void {
    for (const column of [this.#tags, this.#targets]) [column[a], column[b]] = [column[b]!, column[a]!];
  }
}
