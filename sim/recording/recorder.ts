/**
 * Executes steps and appends them to a log. General registers, vector registers and flags are written in place by the
 * machine, so their old values come from a copy kept here; everything else is reported to the Journal as it is written.
 * The PC is kept as an effect only where it does not move on by 4.
 */
import type { Cpu } from '../core/cpu.ts';
import type { ExceptionEvent, Journal } from '../core/journal.ts';
import { ACCESS_ADDRESS, FIRST_FREE, PC } from '../core/registers.ts';
import type { Operation } from '../exec/operation.ts';
import type { PhysicalMemory } from '../memory/physical.ts';
import { NOT_RAM } from '../memory/slow-access.ts';
import type { TimingModel } from '../timing/model.ts';
import type { Cursor } from './cursor.ts';
import type { EffectLog, LogPlace } from './effect-log.ts';
import type { Log } from './log.ts';
import { NONE } from './step-log.ts';
import { NOTHING, NUMBER, READS, type SteppedMachine, StepTimer, WRITES, WRITES_END } from './step-timer.ts';
import type { UntilStep } from './stepper.ts';

const PC_LOW = 2 * PC;
const PC_HIGH = PC_LOW + 1;
const ADDRESS_LOW = 2 * ACCESS_ADDRESS;
const ADDRESS_HIGH = ADDRESS_LOW + 1;

export class Recorder implements Journal {
  readonly keeps = true;
  readonly #log: Log;
  readonly #effects: EffectLog;
  readonly #cursor: Cursor;
  readonly #machine: SteppedMachine;
  readonly #physical: PhysicalMemory;
  readonly #cpu: Cpu;
  readonly #words: Uint32Array;
  readonly #timing: TimingModel;
  readonly #timer: StepTimer;
  /** The timer's: the cells of the fixed part as they were before the step at hand. */
  readonly #before: Uint32Array;
  /** Where the effects of the step at hand begin. */
  readonly #start: LogPlace = { effect: 0, value: 0, address: 0 };
  /** Of the step at hand: the exception taken or returned from, and whether a cell of the fixed part was reported. */
  #event: ExceptionEvent | undefined;
  #hasReportedCells = false;

  constructor(log: Log, cursor: Cursor, machine: SteppedMachine, timing: TimingModel) {
    this.#log = log;
    this.#effects = log.effects;
    this.#cursor = cursor;
    this.#machine = machine;
    this.#physical = machine.memory.physical;
    this.#cpu = machine.cpu;
    this.#words = machine.cpu.words;
    this.#timing = timing;
    // The log numbers operations as the timer does.
    this.#timer = new StepTimer(machine, timing, (operation) => log.operations.push(operation));
    this.#before = this.#timer.before;
  }

  /** To be called after the machine's state was changed by anybody else. */
  copyState(): void {
    this.#timer.copyState();
  }

  /**
   * Executes up to `limit` steps and appends them; ends when `until` returns true after one. Returns how many. Throws what
   * the machine throws; then the state is that before the step that threw.
   */
  record(limit: number, until: UntilStep): number {
    if (this.#log.steps.length === 0) this.copyState();
    else if (this.#hasMoved()) throw new Error('the PC was changed behind the back of the recording: see intervene');
    this.#begin();
    this.#cpu.journal = this;
    try {
      return this.#machine.run(limit, (operation) => {
        const event = this.#event;
        this.#appendExecuted(operation);
        return until(event, operation);
      });
    } catch (error) {
      this.#cpu.journal = undefined;
      this.#cursor.takeBack(this.#start);
      this.#words.set(this.#before);
      this.#cpu.refresh();
      throw error;
    } finally {
      this.#cpu.journal = undefined;
    }
  }

  /** Appends what `change` changes as a step without an instruction, in cycle `cycle`. */
  recordChange(change: () => void, cycle: number): void {
    this.#begin();
    this.#cpu.journal = this;
    try {
      change();
    } finally {
      this.#cpu.journal = undefined;
    }
    this.#append(NONE, cycle, cycle);
    this.copyState();
  }

  cell(id: number): void {
    this.#effects.cell(id, this.#words[2 * id]!, this.#words[2 * id + 1]!);
    if (id < FIRST_FREE) this.#hasReportedCells = true;
  }

  memory(lo: number, hi: number, offset: number, size: number): void {
    const { u8, u16, u32 } = this.#physical;
    const code = this.#log.pages.encode(lo, hi, offset);
    if (size === 8) this.#effects.write(code, 8, u32[offset >>> 2]!, u32[(offset >>> 2) + 1]!);
    else if (size === 4) this.#effects.write(code, 4, u32[offset >>> 2]!, 0);
    else this.#effects.write(code, size, size === 2 ? u16[offset >>> 1]! : u8[offset]!, 0);
  }

  exception(event: ExceptionEvent): void {
    this.#event = event;
  }

  /** A step begins. */
  #begin(): void {
    const { end } = this.#effects;
    this.#start.effect = end.effect;
    this.#start.value = end.value;
    this.#start.address = end.address;
    this.#event = undefined;
    this.#hasReportedCells = false;
  }

  /** Whether the PC is not what the last step left. */
  #hasMoved(): boolean {
    return this.#words[PC_LOW] !== this.#before[PC_LOW] || this.#words[PC_HIGH] !== this.#before[PC_HIGH];
  }

  /** Appends a step that was just made; `operation` is what it executed, completed or not. */
  #appendExecuted(operation: Operation | undefined): void {
    const event = this.#event;
    const timer = this.#timer;
    const start = timer.of(operation);
    const isNothing = start === NOTHING;
    const offset = timer.time(start, event);
    if (this.#hasReportedCells) this.#copyReported();
    const { records } = timer;
    if (!isNothing && (event === undefined || event.kind === 'return')) {
      this.#logRegisters(records, start);
      const reads = records[start + READS]!;
      if (reads !== 0 && offset !== NOT_RAM) this.#logLoad(reads, offset);
    }
    this.#logPc(!isNothing);
    this.#append(isNothing ? NONE : records[start + NUMBER]!, this.#timing.issuedAt, this.#timing.completedAt);
    timer.next();
    this.#begin();
  }

  /** Cells that were reported have new values in the copy, too. */
  #copyReported(): void {
    for (let effect = this.#start.effect; effect < this.#effects.end.effect; effect++) {
      const target = this.#effects.target(effect);
      if (target < FIRST_FREE) this.#timer.copyCell(target);
    }
  }

  /** Logs the cells that the operation whose record begins at `start` of `records` writes in place. */
  #logRegisters(records: Int32Array, start: number): void {
    const end = start + records[start + WRITES_END]!;
    for (let at = start + WRITES; at < end; at++) {
      const id = this.#timer.cellOf(records[at]!);
      this.#effects.cell(id, this.#before[2 * id]!, this.#before[2 * id + 1]!);
      this.#timer.copyCell(id);
    }
  }

  #logLoad(size: number, offset: number): void {
    this.#effects.read(this.#log.pages.encode(this.#words[ADDRESS_LOW]!, this.#words[ADDRESS_HIGH]!, offset), size);
  }

  /** The PC moves on by 4 past an instruction, and stays where there was none; all else is an effect. */
  #logPc(hasOperation: boolean): void {
    const lo = this.#before[PC_LOW]!;
    const hi = this.#before[PC_HIGH]!;
    const expectedLo = hasOperation ? (lo + 4) >>> 0 : lo;
    const expectedHi = expectedLo < lo ? (hi + 1) >>> 0 : hi;
    if (this.#words[PC_LOW] !== expectedLo || this.#words[PC_HIGH] !== expectedHi) this.#effects.cell(PC, lo, hi);
  }

  #append(operation: number, issued: number, completed: number): void {
    if (this.#event !== undefined) this.#log.addException(this.#event);
    this.#log.steps.append(operation, issued, completed, this.#start);
  }
}
