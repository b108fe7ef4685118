/** What makes a machine's steps and times them: a Recording, which keeps them, or TimedSteps, which do not. */
import type { ExceptionEvent } from '../core/journal.ts';
import type { Operation } from '../exec/operation.ts';
import type { TimingModel } from '../timing/model.ts';

/**
 * Told of a step after it: the exception it took or returned from, and the operation it executed, if any. Returns true to
 * end the run. It may look at the machine, and changes nothing.
 */
export type UntilStep = (event: ExceptionEvent | undefined, operation: Operation | undefined) => boolean;

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
  /** Makes up to `limit` steps; ends when `until` returns true, which is asked after each. Returns how many. */
  run(limit: number, until?: UntilStep): number;
  /** Has `change` change the machine's state through the journalled ways (Cpu.write, Memory.poke) as one step. */
  intervene(change: () => void): void;
  /** Lets the processor stand idle until cycle `cycle`. */
  passTime(cycle: number): void;
}
