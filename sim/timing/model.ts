/**
 * What a pipeline model is to the rest of the program: it is told of every step, in program order, and says in which
 * cycle the step's instruction was issued and in which its last result was there.
 *
 * A model of a processor that executes out of order fits the same door: steps still come in program order, and
 * `issuedAt` never goes back.
 */
import type { Operation } from '../exec/operation.ts';

/** One step as a model sees it. The caller keeps one object and changes it from step to step. */
export interface TimedStep {
  /** What `prepare` returned for the operation executed, or NO_OPERATION where the step executed none. */
  operation: number;
  /** Low 32 bits of the address of the instruction, and of the address of the next one. */
  pc: number;
  nextPc: number;
  /** Low 32 bits of the virtual address that a load or store went to; without meaning for other instructions. */
  address: number;
  /** The load or store went to a device and not to RAM. */
  device: boolean;
  /** An exception was taken in this step, or returned from. */
  exception: 'none' | 'entry' | 'return';
  /**
   * The cells as they were before the step, as 32-bit halves (see Cpu.words); only the fixed part of the numbering
   * need be there. For latencies that depend on operands.
   */
  readonly before: Uint32Array;
}

/**
 * Steps of straight-line code, of which none is timed by its operands and only the last may have branched or met an exception.
 * The caller keeps one object and fills it anew.
 */
export interface TimedRow {
  /** By step: what TimedStep says. */
  readonly operations: Int32Array;
  readonly addresses: Uint32Array;
  /** By step: 1 where the load or store went to a device. */
  readonly devices: Uint8Array;
  /** By step: where the model puts the cycle in which it was issued. */
  readonly cycles: Float64Array;
  /** Low 32 bits of the address of the first instruction; those of the others follow it. */
  pc: number;
  /** Of the last step timed: what TimedStep says. */
  nextPc: number;
  exception: TimedStep['exception'];
}

/** Stands for "no instruction" in TimedStep: an interrupt was taken, or the fetch failed. */
export const NO_OPERATION = -1;

export interface TimingModel {
  readonly name: string;
  /** The most cycles that can lie between the issue of one step and that of the next. */
  readonly longestStep: number;
  /** The cycle in which the last step's instruction was issued; never less than for the step before. */
  issuedAt: number;
  /** The cycle in which its last result was there; at least `issuedAt`. */
  completedAt: number;
  /** Empties the pipeline and forgets all history (branch predictors); the next instruction is fetched in cycle `cycle`. */
  reset(cycle: number): void;
  /**
   * Works out once what the model needs to know of `operation`; the number returned goes into TimedStep.operation, and
   * stays valid after `reset`.
   */
  prepare(operation: Operation): number;
  /** Times one step: sets `issuedAt` and `completedAt`. Keeps nothing of `step`. */
  issue(step: TimedStep): void;
  /** The same for the steps of `row` from number `from` up to, not including, `end`: as many in one go are timed faster. */
  issueRow(row: TimedRow, from: number, end: number): void;
}

/** A step with nothing in it, for a caller to fill. */
export function emptyTimedStep(before: Uint32Array): TimedStep {
  return {
    operation: NO_OPERATION,
    pc: 0,
    nextPc: 0,
    address: 0,
    device: false,
    exception: 'none',
    before,
  };
}

/** A row with room for `length` steps and nothing in it; `accesses` is where the caller notes what they accessed. */
export function emptyTimedRow(length: number, accesses: Pick<TimedRow, 'addresses' | 'devices'>): TimedRow {
  const { addresses, devices } = accesses;
  return {
    operations: new Int32Array(length),
    addresses,
    devices,
    cycles: new Float64Array(length),
    pc: 0,
    nextPc: 0,
    exception: 'none',
  };
}
