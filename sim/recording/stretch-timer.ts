/**
 * Times stretches of straight-line code after they were executed, so that neither what executes nor what times leaves its
 * loop between two steps. Whoever reads the clock in the middle of a stretch has the steps before timed first.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import { PC } from '../core/registers.ts';
import { keepByNumber, type Operation } from '../exec/operation.ts';
import type { Stretch } from '../exec/stretch.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import { emptyTimedStep, NO_OPERATION, type TimedStep, type TimingModel } from '../timing/model.ts';
import { exceptionOf, type SteppedMachine } from './step-timer.ts';

/** What stretches are executed with: see Machine. */
export interface StretchingMachine extends SteppedMachine {
  readonly stretch: Stretch;
  runStretch(limit: number, longest: number): number;
}

export class StretchTimer {
  /** By step of the stretch: the cycle in which it was issued. */
  readonly cycles = new Float64Array(PAGE_SIZE / 4);
  readonly #machine: StretchingMachine;
  readonly #timing: TimingModel;
  /** Its operands are looked at after the step: those of branches, which change none. */
  readonly #step: TimedStep;
  /** The model's numbers of operations, by their own. */
  readonly #prepared: (number | undefined)[] = [];
  /** How many steps of the stretch are timed. */
  #timed = 0;

  constructor(machine: StretchingMachine, timing: TimingModel) {
    this.#machine = machine;
    this.#timing = timing;
    this.#step = emptyTimedStep(machine.cpu.words);
  }

  /**
   * Executes a stretch as Machine.runStretch does, and times it; `eventOf` gives the exception that its last step took or
   * left, if any. Throws what that throws; then the steps before are timed.
   */
  run(limit: number, eventOf: () => ExceptionEvent | undefined): number {
    const { cpu, stretch } = this.#machine;
    this.#timed = 0;
    cpu.catchUp = this.#catchUp;
    try {
      const made = this.#machine.runStretch(limit, this.#timing.longestStep);
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
    const { stretch, cpu } = this.#machine;
    this.#step.exception = 'none';
    for (let n = this.#timed; n < end; n++) {
      this.#time(n, stretch.operationOf(n), (stretch.pc + 4 * n + 4) >>> 0);
      this.cycles[n] = this.#timing.issuedAt;
    }
    this.#timed = end;
    cpu.clock.cycles = this.#timing.issuedAt;
  }

  #timeLast(event: ExceptionEvent | undefined): void {
    const { stretch, cpu } = this.#machine;
    const n = stretch.length - 1;
    this.#timeUpTo(n);
    this.#step.exception = exceptionOf(event);
    this.#time(n, stretch.last, cpu.words[2 * PC]!);
    cpu.clock.cycles = this.#timing.issuedAt;
  }

  /** Times step `n`, which executed `operation` and led to `nextPc`. */
  #time(n: number, operation: Operation | undefined, nextPc: number): void {
    const { stretch } = this.#machine;
    const step = this.#step;
    step.operation = operation === undefined ? NO_OPERATION : this.#numberOf(operation);
    step.pc = (stretch.pc + 4 * n) >>> 0;
    step.nextPc = nextPc;
    step.address = stretch.addresses[n]!;
    step.device = stretch.devices[n] !== 0;
    this.#timing.issue(step);
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
