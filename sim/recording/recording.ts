/**
 * A run of a machine, step by step, that can be gone through in both directions. The machine's state is always that at
 * `position`: before step `position`, after the one before it. At the end a further step is executed and appended
 * (recorder.ts); elsewhere moving undoes and does again what the log holds (cursor.ts), and nothing is executed.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import type { Operation } from '../exec/operation.ts';
import type { TimingModel } from '../timing/model.ts';
import { type Annotations, NO_ANNOTATIONS } from './annotations.ts';
import { Cursor } from './cursor.ts';
import { Log } from './log.ts';
import { Recorder } from './recorder.ts';
import type { Step } from './step.ts';
import { StepReader } from './step-reader.ts';
import type { SteppedMachine } from './step-timer.ts';
import type { Stepper, UntilStep } from './stepper.ts';

export class Recording implements Stepper {
  readonly machine: SteppedMachine;
  readonly timing: TimingModel;
  /** Names for what steps show; they may be set at any time. */
  annotations: Annotations = NO_ANNOTATIONS;
  readonly #log = new Log();
  readonly #cursor: Cursor;
  readonly #recorder: Recorder;
  readonly #reader: StepReader;
  readonly #startCycle: number;
  /** Where time was let pass last, and until when. */
  #idle = { position: -1, until: 0 };

  /** Records `machine` from its present state on, timed by `timing`, which is reset. */
  constructor(machine: SteppedMachine, timing: TimingModel) {
    const { cpu, memory } = machine;
    this.machine = machine;
    this.timing = timing;
    this.#startCycle = cpu.clock.cycles;
    timing.reset(this.#startCycle);
    this.#cursor = new Cursor(this.#log, cpu, memory);
    this.#recorder = new Recorder(this.#log, this.#cursor, machine, timing);
    this.#reader = new StepReader(this.#log, this.#cursor, cpu, memory);
  }

  /** How many steps are recorded. */
  get length(): number {
    return this.#log.steps.length;
  }

  /** The step before which the machine stands, from 0 to `length`. */
  get position(): number {
    return this.#cursor.position;
  }

  /** The cycle in which the last recorded step was issued; the recording's first where there is none. */
  get issuedAt(): number {
    return this.#cycleBefore(this.length);
  }

  /** The cycle in which the last recorded step had its last result; the recording's first where there is none. */
  get completedAt(): number {
    return this.length === 0 ? this.#startCycle : this.completionAt(this.length - 1);
  }

  /** Bytes that the log uses. */
  get memoryUsed(): number {
    return this.#log.bytes;
  }

  /**
   * Moves one step forward: at the end a further step is executed and recorded, elsewhere the next recorded one is done
   * again. Returns whether a step was added. Throws what the machine throws where it cannot go on (NotModelled); the state is
   * then that before the step.
   */
  step(): boolean {
    if (this.position < this.length) {
      this.seek(this.position + 1);
      return false;
    }
    this.#recorder.record(1, () => true);
    return true;
  }

  /**
   * Executes and records up to `limit` further steps; ends when `until` returns true, which is asked after each and only
   * looks. Returns how many. Throws RangeError where the machine does not stand at the end (see truncate), and what the
   * machine throws where it cannot go on (NotModelled); the state is then that before the step.
   */
  run(limit: number, until: UntilStep = () => false): number {
    if (this.position !== this.length) throw new RangeError('a recording is added to only at its end');
    return this.#recorder.record(limit, until);
  }

  /** Brings the machine to the state before step `position`. Throws RangeError where that is not from 0 to `length`. */
  seek(position: number): void {
    this.#checkRange(position, this.length);
    if (position === this.position) return;
    this.#cursor.moveTo(position);
    this.machine.cpu.clock.cycles = this.#clockAt(position);
    this.machine.cpu.refresh();
    this.#recorder.copyState();
  }

  /**
   * Has `change` change the machine's state through the journalled ways (Cpu.write, Memory.poke) and records that as one
   * step, which executed no instruction. Throws RangeError where the machine does not stand at the end: see truncate.
   */
  intervene(change: () => void): void {
    if (this.position !== this.length) throw new RangeError('a recording is added to only at its end');
    this.#recorder.recordChange(change, this.#cycleBefore(this.length));
    this.machine.cpu.refresh();
    this.#recorder.copyState();
  }

  /**
   * Lets the processor stand idle until cycle `cycle`, in which the next step's instruction is fetched: what it waits for in
   * WFI. Nothing happens where that is past. Throws RangeError where the machine does not stand at the end.
   */
  passTime(cycle: number): void {
    if (this.position !== this.length) throw new RangeError('time passes only at the end of a recording');
    const { clock } = this.machine.cpu;
    if (cycle <= clock.cycles) return;
    clock.cycles = cycle;
    this.#idle = { position: this.position, until: cycle };
    this.timing.reset(cycle);
  }

  /** Forgets the steps from `position` on. The timing model begins anew there, with an empty pipeline. */
  truncate(): void {
    if (this.position === this.length) return;
    this.#log.truncate(this.position);
    this.#cursor.setToEnd();
    this.timing.reset(this.#clockAt(this.position));
  }

  /** The cycle in which step `index` was issued. Throws RangeError where there is no such step. */
  cycleAt(index: number): number {
    this.#checkRange(index, this.length - 1);
    return this.#log.steps.issued(index);
  }

  /** The cycle in which the last result of step `index` was there. Throws RangeError where there is no such step. */
  completionAt(index: number): number {
    return this.cycleAt(index) + this.#log.steps.latency(index);
  }

  /** The operation that step `index` executed, or undefined. */
  operationAt(index: number): Operation | undefined {
    this.#checkRange(index, this.length - 1);
    return this.#log.operationAt(index);
  }

  /** The exception taken or returned from in step `index`, or undefined. */
  exceptionAt(index: number): ExceptionEvent | undefined {
    return this.#log.exceptionAt(index);
  }

  /** What the last recorded step executed, or undefined. */
  get lastOperation(): Operation | undefined {
    return this.length === 0 ? undefined : this.#log.operationAt(this.length - 1);
  }

  /** The exception taken or returned from in the last recorded step, or undefined. */
  get lastException(): ExceptionEvent | undefined {
    return this.#log.lastException;
  }

  /** Step `index`. Throws RangeError where there is none. The machine is left as it is. */
  stepAt(index: number): Step {
    const cycle = this.cycleAt(index);
    const home = this.position;
    this.#cursor.moveTo(index);
    const step = this.#reader.take(cycle, this.annotations);
    this.#cursor.moveTo(home);
    return step;
  }

  /**
   * Steps `from` up to, not including, `to`. While a step is looked at, the machine's cells and memory are as they were
   * after it (what is derived from them is not made anew); when the last was taken, or the loop left, they are again what
   * they were before.
   */
  *steps(from = 0, to = this.length): Generator<Step, void, undefined> {
    this.#checkRange(to, this.length);
    this.#checkRange(from, to);
    const home = this.position;
    try {
      let cycle = from < to ? this.cycleAt(from) : 0;
      for (let index = from; index < to; index++) {
        if (index > from) cycle += this.#log.steps.issueDistance(index);
        this.#cursor.moveTo(index);
        yield this.#reader.take(cycle, this.annotations);
      }
    } finally {
      this.#cursor.moveTo(home);
    }
  }

  /**
   * Goes through steps `from` up to, not including, `to` without making Step objects: calls `look` with each step's index,
   * the cycle of its issue and that of the next step's (of its own completion, for the last step recorded), while cells and
   * memory are as they were after the step. Afterwards they are again what they were.
   */
  scan(from: number, to: number, look: (index: number, cycle: number, nextCycle: number) => void): void {
    this.#checkRange(to, this.length);
    this.#checkRange(from, to);
    const { steps } = this.#log;
    const home = this.position;
    try {
      let cycle = from < to ? this.cycleAt(from) : 0;
      for (let index = from; index < to; index++) {
        const isLast = index + 1 === this.length;
        const nextCycle = cycle + (isLast ? steps.latency(index) : steps.issueDistance(index + 1));
        this.#cursor.moveTo(index + 1);
        look(index, cycle, nextCycle);
        cycle = nextCycle;
      }
    } finally {
      this.#cursor.moveTo(home);
    }
  }

  /** What `look` returns while cells and memory are as they were before step `position`. */
  peek<T>(position: number, look: () => T): T {
    this.#checkRange(position, this.length);
    const home = this.position;
    try {
      this.#cursor.moveTo(position);
      return look();
    } finally {
      this.#cursor.moveTo(home);
    }
  }

  /** The last step before step `before` that wrote cell `id`, or undefined. The PC is not looked for. */
  lastWriteOfCell(id: number, before = this.position): number | undefined {
    return this.#log.lastWriteOfCell(id, before);
  }

  /** The last step before step `before` that wrote any of the `size` bytes at physical address `pa`, or undefined. */
  lastWriteOfMemory(pa: bigint, size: number, before = this.position): number | undefined {
    return this.#log.lastWriteOfMemory(this.#ramOffset(pa), size, before);
  }

  /** The steps that read or wrote any of the `size` bytes of RAM at physical address `pa`, in order. */
  touching(pa: bigint, size: number, access: 'read' | 'write' | 'any' = 'any'): Generator<number, void, undefined> {
    return this.#log.touching(this.#ramOffset(pa), size, access);
  }

  /** The first step from `from` on that executed an operation `wanted` accepts (asked once for each), or undefined. */
  nextStep(wanted: (operation: Operation) => boolean, from = this.position): number | undefined {
    return this.#log.nextStep(from, wanted);
  }

  /** The last step before `before` that executed an operation `wanted` accepts, or undefined. */
  previousStep(wanted: (operation: Operation) => boolean, before = this.position): number | undefined {
    return this.#log.previousStep(before, wanted);
  }

  #ramOffset(pa: bigint): number {
    return Number(pa) - this.machine.memory.physical.base;
  }

  #cycleBefore(position: number): number {
    return position === 0 ? this.#startCycle : this.cycleAt(position - 1);
  }

  /** The time before step `position` is made: that of the step before, or until which the processor was idle. */
  #clockAt(position: number): number {
    return position === this.#idle.position ? this.#idle.until : this.#cycleBefore(position);
  }

  #checkRange(index: number, last: number): void {
    if (Number.isInteger(index) && index >= 0 && index <= last) return;
    throw new RangeError(`step ${index} is not among the ${this.length} recorded`);
  }
}
