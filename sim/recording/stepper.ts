/** What makes a machine's steps and times them: a Recording, which keeps them, or TimedSteps, which do not. */
import type { ExceptionEvent } from '../core/journal.ts';
import type { Operation } from '../exec/operation.ts';
import type { Stretch } from '../exec/stretch.ts';
import type { TimingModel } from '../timing/model.ts';

/**
 * Told of a step after it: the exception it took or returned from, and the operation it executed, if any. Returns true to
 * end the run. It may look at the machine, and changes nothing.
 */
export type UntilStep = (event: ExceptionEvent | undefined, operation: Operation | undefined) => boolean;

/**
 * For runs in which nothing is to be decided after most steps: those may be made in one go, and `until` is only told of the
 * last of them.
 */
export interface Unwatched {
  /** `until` has to be told of each step, for now. */
  watchesAll(): boolean;
  /** Low halves of the addresses of which `until` has to be told each step that leads there. */
  readonly stops: readonly number[];
  /**
   * Told of the first `count` steps of `stretch`, before `until` is told of the one after them: the first is step `index`, and
   * step n of them was issued in cycle `cycles[n]`. None has met an exception.
   */
  passed(index: number, stretch: Stretch, count: number, cycles: Float64Array): void;
}

export interface Stepper {
  readonly timing: TimingModel;
  /** How many steps there were. */
  readonly length: number;
  /** The cycle in which the last step was issued, and that in which its last result was there; the start before the first. */
  readonly issuedAt: number;
  readonly completedAt: number;
  /** What the last step executed, and the exception it took or returned from. */
  readonly lastOperation: Operation | undefined;
  readonly lastException: ExceptionEvent | undefined;
  /**
   * Makes up to `limit` steps; ends when `until` returns true, which is asked after each. Returns how many. What keeps no
   * steps may leave `until` out as `unwatched` lets it.
   */
  run(limit: number, until?: UntilStep, unwatched?: Unwatched): number;
  /** Has `change` change the machine's state through the journalled ways (Cpu.write, Memory.poke) as one step. */
  intervene(change: () => void): void;
  /** Lets the processor stand idle until cycle `cycle`. */
  passTime(cycle: number): void;
}
