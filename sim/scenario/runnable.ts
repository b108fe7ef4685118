/** What run, trace, step and debuggers work on, whatever it was made from: a scenario, or an ELF file on a board. */
import type { FileReader } from '../../asm/source/files.ts';
import type { Machine } from '../exec/machine.ts';
import type { TypedMemory } from '../memory/typed.ts';
import type { Recording } from '../recording/recording.ts';
import type { CodeMap } from './code-map.ts';

/** A machine ready to run, with its history and with names for what is in it. */
export interface Runnable {
  readonly machine: Machine;
  readonly recording: Recording;
  readonly code: CodeMap;
  readonly typed: TypedMemory;
  /** Finds the physical address behind an address as the code's world sees it; undefined where nothing is. */
  readonly memory: { resolve(address: bigint): bigint | undefined };
  /** Reads source files, for listings. */
  readonly files: FileReader;
}

/** The run of a Runnable, a step at a time. */
export interface Run {
  readonly ready: Runnable;
  /** How the run ended, for a reader; undefined while it has not. */
  readonly endingText: string | undefined;
  /** What a shell is to be told of it: 0 where it ended as it should; undefined while it has not. */
  readonly status: number | undefined;
  /**
   * Records one more step, or up to `limit`: fewer where something outside the machine takes part, and at the end. False
   * where the run has ended before, and nothing was done. Throws NotModelled.
   */
  advance(limit?: number): boolean;
}

/** Steps between two reports of progress. */
const REPORTED = 0x10000;

/** Runs `run` to its end; `progress` is told the number of steps now and then. Throws NotModelled. */
export function runToEnd(run: Run, progress?: (steps: number) => void): void {
  const { recording } = run.ready;
  let next = REPORTED;
  while (run.advance(Math.max(1, next - recording.length))) {
    if (recording.length < next) continue;
    progress?.(recording.length);
    next += REPORTED;
  }
}
