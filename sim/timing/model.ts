/**
 * What a pipeline model is to the rest of the program: it is told of every step, in program order, and says in which
 * cycle the step's instruction was issued and in which its last result was there.
 *
 * A model of a processor that executes out of order fits the same door: steps still come in program order, and
 * `issuedAt` never goes back.
 */
import type { Operation } from '../exec/operation.ts';

/**
 * Steps as a model sees them: straight-line code, of which only the last step may have branched or met an exception. The
 * caller keeps one object and fills it anew.
 */
export interface TimedRow {
  /** By step: what `prepare` returned for the operation executed, or NO_OPERATION where the step executed none. */
  readonly operations: Int32Array;
  /** By step: low 32 bits of the virtual address that a load or store went to; without meaning for other instructions. */
  readonly addresses: Uint32Array;
  /** By step: 1 where the load or store went to a device and not to RAM. */
  readonly devices: Uint8Array;
  /** By step: where the model puts the cycle in which it was issued. */
  readonly cycles: Float64Array;
  /** Low 32 bits of the address of the first step's instruction; those of the others follow it. */
  pc: number;
  /** Low 32 bits of the address of the instruction after the last step timed. */
  nextPc: number;
  /** An exception was taken in the last step timed, or returned from. */
  exception: 'none' | 'entry' | 'return';
  /**
   * The cells as they were before the last step timed, as 32-bit halves (see Cpu.words); only the fixed part of the
   * numbering need be there. For latencies that depend on operands: steps with such are timed one by one.
   */
  readonly before: Uint32Array;
}

/** Stands for "no instruction" in TimedRow: an interrupt was taken, or the fetch failed. */
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
   * Works out once what the model needs to know of `operation`; the number returned goes into TimedRow.operations, and
   * stays valid after `reset`.
   */
  prepare(operation: Operation): number;
  /** Times the steps of `row` from number `from` up to, not including, `end`. Keeps nothing of `row`. */
  issue(row: TimedRow, from: number, end: number): void;
}

/** A row with room for `length` steps and nothing in it, for a caller to fill; `accesses` is where the accesses are noted. */
export function emptyTimedRow(
  length: number,
  before: Uint32Array,
  accesses: Pick<TimedRow, 'addresses' | 'devices'> = {
    addresses: new Uint32Array(length),
    devices: new Uint8Array(length),
  },
): TimedRow {
  const { addresses, devices } = accesses;
  return {
    operations: new Int32Array(length),
    addresses,
    devices,
    cycles: new Float64Array(length),
    pc: 0,
    nextPc: 0,
    exception: 'none',
    before,
  };
}
