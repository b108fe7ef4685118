/**
 * Steps that are made and timed, and of which only the last is known: for runs that are judged by where they lead. They
 * take the cycles that a Recording of them tells, and no memory.
 */
import { UNSET } from '../core/cpu.ts';
import type { ExceptionEvent, Journal } from '../core/journal.ts';
import { FIRST_FREE } from '../core/registers.ts';
import type { Operation } from '../exec/operation.ts';
import type { TimingModel } from '../timing/model.ts';
import { NOTHING, StepTimer, WRITES, WRITES_END } from './step-timer.ts';
import type { Stepper, UntilStep, Unwatched } from './stepper.ts';
import { type StretchingMachine, StretchTimer } from './stretch-timer.ts';

export class TimedSteps implements Stepper, Journal {
  readonly timing: TimingModel;
  length = 0;
  issuedAt = UNSET;
  completedAt = UNSET;
  lastOperation: Operation | undefined;
  lastException: ExceptionEvent | undefined;
  readonly #machine: StretchingMachine;
  readonly #timer: StepTimer;
  /** Of the step at hand: the exception taken or returned from, and the cells of the fixed part that were reported. */
  #event: ExceptionEvent | undefined;
  readonly #reported: number[] = [];
  readonly #stretches: StretchTimer;
  readonly #eventOf = () => this.#event;
  #isInStretch = false;
  /** A run was told to end. */
  #isOver = false;

  /** Times `machine` by `timing`, which is reset, from its present state on. */
  constructor(machine: StretchingMachine, timing: TimingModel) {
    this.timing = timing;
    this.#machine = machine;
    this.#timer = new StepTimer(machine, timing);
    this.#stretches = new StretchTimer(machine, timing);
    this.restart();
  }

  /** Begins anew, from the machine's present state on: there were no steps. What was learnt of its operations stays. */
  restart(): void {
    const { clock } = this.#machine.cpu;
    this.length = 0;
    this.issuedAt = clock.cycles;
    this.completedAt = clock.cycles;
    this.lastOperation = undefined;
    this.lastException = undefined;
    this.timing.reset(clock.cycles);
    this.#machine.countsCycles = false;
  }

  /** Throws what the machine throws where it cannot go on (NotModelled); its state is then that in the middle of the step. */
  run(limit: number, until: UntilStep = () => false, unwatched?: Unwatched): number {
    const { cpu } = this.#machine;
    if (this.length === 0) this.#timer.copyState();
    this.#begin();
    cpu.journal = this;
    try {
      return unwatched === undefined ? this.#runWatched(limit, until) : this.#runUnwatched(limit, until, unwatched);
    } finally {
      cpu.journal = undefined;
    }
  }

  #runWatched(limit: number, until: UntilStep): number {
    return this.#machine.run(limit, (operation) => {
      const event = this.#event;
      this.#pass(operation, event);
      this.#isOver = until(event, operation);
      return this.#isOver;
    });
  }

  #runUnwatched(limit: number, until: UntilStep, unwatched: Unwatched): number {
    let done = 0;
    this.#isOver = false;
    while (done < limit && !this.#isOver) {
      const made = unwatched.watchesAll() ? 0 : this.#runStretch(limit - done, unwatched);
      if (made > 0) this.#isOver = until(this.lastException, this.lastOperation);
      done += made > 0 ? made : this.#runOne(until);
    }
    return done;
  }

  /** Makes up to `limit` steps in one go and tells of all but the last; returns how many, 0 where that cannot be. */
  #runStretch(limit: number, unwatched: Unwatched): number {
    const { stretch } = this.#machine;
    const stretches = this.#stretches;
    this.#isInStretch = true;
    let made = 0;
    try {
      made = stretches.run(limit, unwatched.stops, this.#eventOf);
    } finally {
      this.#isInStretch = false;
      this.length += stretch.length;
    }
    if (made === 0) return 0;
    if (made > 1) unwatched.passed(this.length - made, stretch, made - 1, stretches.cycles);
    this.issuedAt = this.timing.issuedAt;
    this.completedAt = this.timing.completedAt;
    this.lastOperation = stretch.last;
    this.lastException = this.#event;
    this.#event = undefined;
    return made;
  }

  /** Makes one step, after others that may have been made in one go. */
  #runOne(until: UntilStep): number {
    this.#timer.copyState();
    return this.#runWatched(1, until);
  }

  intervene(change: () => void): void {
    const { cpu } = this.#machine;
    change();
    cpu.refresh();
    this.#timer.copyState();
    this.length++;
    this.completedAt = this.issuedAt;
    this.lastOperation = undefined;
    this.lastException = undefined;
  }

  passTime(cycle: number): void {
    const { clock } = this.#machine.cpu;
    if (cycle <= clock.cycles) return;
    clock.cycles = cycle;
    this.timing.reset(cycle);
  }

  cell(id: number): void {
    if (id < FIRST_FREE && !this.#isInStretch) this.#reported.push(id);
  }

  memory(): void {}

  exception(event: ExceptionEvent): void {
    this.#event = event;
  }

  #begin(): void {
    this.#event = undefined;
    this.#reported.length = 0;
  }

  #pass(operation: Operation | undefined, event: ExceptionEvent | undefined): void {
    const timer = this.#timer;
    const start = timer.of(operation);
    timer.time(start, event);
    for (let n = 0; n < this.#reported.length; n++) timer.copyCell(this.#reported[n]!);
    if (start !== NOTHING && (event === undefined || event.kind === 'return')) {
      const { records } = timer;
      const end = start + records[start + WRITES_END]!;
      for (let at = start + WRITES; at < end; at++) timer.copyCell(timer.cellOf(records[at]!));
    }
    timer.next();
    this.length++;
    this.issuedAt = this.timing.issuedAt;
    this.completedAt = this.timing.completedAt;
    this.lastOperation = operation;
    this.lastException = event;
    if (this.#reported.length > 0 || event !== undefined) this.#begin();
  }
}
