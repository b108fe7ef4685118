/** What run, trace, step and debuggers work on, whatever it was made from: a scenario, or an ELF file on a board. */
import type { FileReader } from '../../asm/source/files.ts';
import type { ExceptionEvent } from '../core/journal.ts';
import type { Machine } from '../exec/machine.ts';
import type { Operation } from '../exec/operation.ts';
import type { Stretch } from '../exec/stretch.ts';
import type { TypedMemory } from '../memory/typed.ts';
import { Recording } from '../recording/recording.ts';
import type { Stepper } from '../recording/stepper.ts';
import { TimedSteps } from '../recording/timed-steps.ts';
import { CortexA53 } from '../timing/cortex-a53.ts';
import type { CodeMap } from './code-map.ts';

/** A machine with names for what is in it. */
export interface NamedMachine {
  readonly machine: Machine;
  readonly code: CodeMap;
  readonly typed: TypedMemory;
  /** Finds the physical address behind an address as the code's world sees it; undefined where nothing is. */
  readonly memory: { resolve(address: bigint): bigint | undefined };
  /** Reads source files, for listings. */
  readonly files: FileReader;
}

/** The same ready to run, step by step. */
export interface Runnable extends NamedMachine {
  readonly steps: Stepper;
}

/** The same where the steps are kept, so that one can go back. */
export interface Recorded extends Runnable {
  readonly steps: Recording;
  readonly recording: Recording;
}

/** The run of a Runnable, a step at a time. */
export interface Run<Ready extends Runnable = Runnable> {
  readonly ready: Ready;
  /** How the run ended, for a reader; undefined while it has not. */
  readonly endingText: string | undefined;
  /** What a shell is to be told of it: 0 where it ended as it should; undefined while it has not. */
  readonly status: number | undefined;
  /**
   * Makes one more step, or up to `limit`: fewer where something outside the machine takes part, and at the end. False
   * where the run has ended before, and nothing was done. Throws NotModelled.
   */
  advance(limit?: number): boolean;
}

/** Told of what happens in a run, as it happens. */
export interface RunObserver {
  /** Step `index`, issued in cycle `cycle`, executed `operation` and took or left `exception`; it only looks. */
  onStep?(index: number, operation: Operation | undefined, exception: ExceptionEvent | undefined, cycle: number): void;
  /** Several steps, of which onStep is not told: as Unwatched.passed. Who has onStep has this. */
  onSteps?(index: number, stretch: Stretch, count: number, cycles: Float64Array): void;
  onException?(event: ExceptionEvent): void;
}

/** `named` ready to run with its steps kept. */
export function recorded<Named extends NamedMachine>(named: Named): Named & Recorded {
  const recording = new Recording(named.machine, new CortexA53());
  recording.annotations = named.code;
  return { ...named, steps: recording, recording };
}

/** `named` ready to run, timed alike, with no step kept. */
export function unrecorded<Named extends NamedMachine>(named: Named): Named & Runnable {
  return { ...named, steps: new TimedSteps(named.machine, new CortexA53()) };
}

/**
 * Does what `unrecorded` does, for machines that are reset and run again: what was learnt of their operations stays. Of the
 * runs on one machine only the last one's steps are good.
 */
export function reusedSteps(): <Named extends NamedMachine>(named: Named) => Named & Runnable {
  const known = new WeakMap<Machine, TimedSteps>();
  return (named) => {
    const steps = known.get(named.machine);
    if (steps !== undefined) {
      steps.restart();
      return { ...named, steps };
    }
    const made = new TimedSteps(named.machine, new CortexA53());
    known.set(named.machine, made);
    return { ...named, steps: made };
  };
}

/** Steps between two reports of progress. */
const REPORTED = 0x10000;

/** Runs `run` to its end; `progress` is told the number of steps now and then. Throws NotModelled. */
export function runToEnd(run: Run, progress?: (steps: number) => void): void {
  const { steps } = run.ready;
  let next = REPORTED;
  while (run.advance(Math.max(1, next - steps.length))) {
    if (steps.length < next) continue;
    progress?.(steps.length);
    next += REPORTED;
  }
}
