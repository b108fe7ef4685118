/**
 * Times stretches of code after they were executed, so that neither what executes nor what times leaves its
 * loop between two steps. Whoever reads the clock in the middle of a stretch has the steps before timed first.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import { PC } from '../core/registers.ts';
import { keepByNumber, type Operation } from '../exec/operation.ts';
import { STRETCH_STEPS, type Stretch } from '../exec/stretch.ts';
import { emptyTimedRow, NO_OPERATION, type TimedRow, type TimingModel } from '../timing/model.ts';
import { exceptionOf, type SteppedMachine } from './step-timer.ts';

/** What stretches are executed with: see Machine. */
export interface StretchingMachine extends SteppedMachine {
  readonly stretch: Stretch;
  runStretch(limit: number, longest: number, stops: readonly number[]): number;
}

export class StretchTimer {
  /** By step of the stretch: the cycle in which it was issued. */
  readonly cycles: Float64Array;
  readonly #machine: StretchingMachine;
  readonly #timing: TimingModel;
  readonly #row: TimedRow;
  /** The model's numbers of operations, by their own. */
  readonly #prepared: (number | undefined)[] = [];
  /** How many steps of the stretch are timed, and the piece of the first that is not. */
  #timed = 0;
  #piece = 0;

  constructor(machine: StretchingMachine, timing: TimingModel) {
    this.#machine = machine;
    this.#timing = timing;
    this.#row = emptyTimedRow(STRETCH_STEPS, machine.stretch);
    this.cycles = this.#row.cycles;
  }

  /**
   * Executes a stretch as Machine.runStretch does, and times it; `eventOf` gives the exception that its last step took or
   * left, if any. Throws what that throws; then the steps before are timed.
   */
  run(limit: number, stops: readonly number[], eventOf: () => ExceptionEvent | undefined): number {
    const { cpu, stretch } = this.#machine;
    this.#timed = 0;
    this.#piece = 0;
    cpu.catchUp = this.#catchUp;
    try {
      const made = this.#machine.runStretch(limit, this.#timing.longestStep, stops);
      if (made > 0) this.#timeLast(eventOf());
      return made;
    } catch (error) {
      this.#timeUpTo(stretch.length);
      throw error;
    } finally {
      cpu.catchUp = undefined;
    }
  }

  readonly #catchUp = (): void => this.#timeUpTo(this.#machine.stretch.length);

  /** Times the steps before step `end` that are not timed yet; none of them is the last. */
  #timeUpTo(end: number): void {
    if (end === this.#timed) return;
    this.#gather(end);
    const { stretch } = this.#machine;
    const piece = stretch.pieces - 1;
    this.#time(end, (stretch.pcs[piece]! + 4 * (end - stretch.begins[piece]!)) >>> 0, 'none');
  }

  #timeLast(event: ExceptionEvent | undefined): void {
    const { stretch, cpu } = this.#machine;
    const n = stretch.length - 1;
    this.#gather(n);
    this.#row.operations[n] = stretch.last === undefined ? NO_OPERATION : this.#numberOf(stretch.last);
    this.#time(n + 1, cpu.words[2 * PC]!, exceptionOf(event));
  }

  /** Puts the steps before step `end` that are not timed yet into the row. */
  #gather(end: number): void {
    const { operations } = this.#machine.stretch;
    const numbers = this.#row.operations;
    for (let n = this.#timed; n < end; n++) numbers[n] = this.#numberOf(operations[n]!);
  }

  /** Times the steps before step `end` that are not timed yet; the last of them led to `nextPc`, and met `exception`. */
  #time(end: number, nextPc: number, exception: TimedRow['exception']): void {
    const { begins, pcs, pieces } = this.#machine.stretch;
    const row = this.#row;
    row.exception = 'none';
    for (; this.#piece + 1 < pieces && begins[this.#piece + 1]! <= end; this.#piece++) {
      row.nextPc = pcs[this.#piece + 1]!;
      this.#timePiece(begins[this.#piece + 1]!);
    }
    row.nextPc = nextPc;
    row.exception = exception;
    this.#timePiece(end);
    this.#machine.cpu.clock.cycles = this.#timing.issuedAt;
  }

  /** Times the steps before step `end` that are not timed yet, all of one piece. */
  #timePiece(end: number): void {
    const { begins, pcs } = this.#machine.stretch;
    this.#row.pc = (pcs[this.#piece]! - 4 * begins[this.#piece]!) >>> 0;
    this.#timing.issueRow(this.#row, this.#timed, end);
    this.#timed = end;
  }

  #numberOf(operation: Operation): number {
    return this.#prepared[operation.number] ?? this.#prepare(operation);
  }

  #prepare(operation: Operation): number {
    const number = this.#timing.prepare(operation);
    keepByNumber(this.#prepared, operation, number);
    return number;
  }
}
