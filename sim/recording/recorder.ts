/**
 * Executes steps and appends them to a log. General registers, vector registers and flags are written in place by the
 * machine, so their old values come from a copy kept here; everything else is reported to the Journal as it is written.
 * The PC is kept as an effect only where it does not move on by 4.
 */
import type { Cpu } from '../core/cpu.ts';
import type { ExceptionEvent, Journal } from '../core/journal.ts';
import { ACCESS_ADDRESS, FIRST_FREE, PC, SINK } from '../core/registers.ts';
import { CURRENT_SP, type Operation } from '../exec/operation.ts';
import type { Memory } from '../memory/memory.ts';
import { PAGE_SIZE, type PhysicalMemory } from '../memory/physical.ts';
import { emptyTimedStep, NO_OPERATION, type TimedStep, type TimingModel } from '../timing/model.ts';
import { AccessPages, NOT_RAM } from './access-pages.ts';
import type { Cursor } from './cursor.ts';
import type { EffectLog, LogPlace } from './effect-log.ts';
import type { Log } from './log.ts';
import { NONE } from './step-log.ts';

/** What a recording needs of a machine. */
export interface RecordedMachine {
  readonly cpu: Cpu;
  readonly memory: Memory;
  /** Whether a step advances the clock itself; set to false, since the timing model does. */
  countsCycles: boolean;
  /**
   * Executes up to `limit` steps, and tells `until` after each the operation executed, or undefined where there was none;
   * ends when that returns true.
   */
  run(limit: number, until: (operation: Operation | undefined) => boolean): number;
}

/**
 * Told of a step after it was recorded: the exception it took or returned from, and the operation it executed, if any.
 * Returns true to end the run. It may look at the machine, and changes nothing.
 */
export type UntilRecorded = (event: ExceptionEvent | undefined, operation: Operation | undefined) => boolean;

const PAGE_BITS = Math.log2(PAGE_SIZE);
const PC_LOW = 2 * PC;
const PC_HIGH = PC_LOW + 1;
const ADDRESS_LOW = 2 * ACCESS_ADDRESS;
const ADDRESS_HIGH = ADDRESS_LOW + 1;

/** What is worked out once of an operation. */
interface RecordedOperation {
  readonly operation: Operation;
  /** Its numbers in the log and for the timing model. */
  readonly number: number;
  readonly timed: number;
  /** The cells it writes in place, which nobody reports; CURRENT_SP among them. */
  readonly writes: readonly number[];
  readonly accesses: boolean;
  /** Bytes it reads; 0 for what is no load. */
  readonly reads: number;
  /** TLBI. Changed control registers and exceptions are reported as changes of context. */
  readonly mayInvalidate: boolean;
}

export class Recorder implements Journal {
  readonly #log: Log;
  readonly #effects: EffectLog;
  readonly #cursor: Cursor;
  readonly #machine: RecordedMachine;
  readonly #physical: PhysicalMemory;
  readonly #cpu: Cpu;
  readonly #words: Uint32Array;
  readonly #timing: TimingModel;
  readonly #accessPages: AccessPages;
  /** By page of RAM and word in it. */
  readonly #operations: ((RecordedOperation | undefined)[] | undefined)[];
  readonly #timedStep: TimedStep;
  /** The cells of the fixed part as they are before the next step, and the cell of the stack pointer then in use. */
  readonly #before = new Uint32Array(2 * FIRST_FREE);
  #stackPointer = 0;
  /** Where the effects of the step at hand begin. */
  readonly #start: LogPlace = { effect: 0, value: 0, address: 0 };
  /** Of the step at hand: the exception taken or returned from, and whether a cell of the fixed part was reported. */
  #event: ExceptionEvent | undefined;
  #hasReportedCells = false;

  constructor(log: Log, cursor: Cursor, machine: RecordedMachine, timing: TimingModel) {
    this.#log = log;
    this.#effects = log.effects;
    this.#cursor = cursor;
    this.#machine = machine;
    this.#physical = machine.memory.physical;
    // Not sparse: V8 would make a hash table of it.
    this.#operations = Array.from({ length: this.#physical.size / PAGE_SIZE }, () => undefined);
    this.#cpu = machine.cpu;
    this.#words = machine.cpu.words;
    this.#timing = timing;
    this.#accessPages = new AccessPages(machine.cpu, machine.memory);
    this.#timedStep = emptyTimedStep(this.#before);
    machine.countsCycles = false;
    this.copyState();
  }

  /** To be called after the machine's state was changed by anybody else. */
  copyState(): void {
    this.#before.set(this.#words.subarray(0, this.#before.length));
    this.#stackPointer = this.#cpu.sp;
  }

  /**
   * Executes up to `limit` steps and appends them; ends when `until` returns true after one. Returns how many. Throws what
   * the machine throws; then the state is that before the step that threw.
   */
  record(limit: number, until: UntilRecorded): number {
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
    const recorded = operation === undefined ? undefined : this.#recordedOf(operation);
    const completed = event === undefined || event.kind === 'return' ? recorded : undefined;
    const offset = completed?.accesses ? this.#accessOffset() : 0;
    this.#time(recorded === undefined ? NO_OPERATION : recorded.timed, offset === NOT_RAM);
    if (this.#hasReportedCells) this.#copyReported();
    if (completed !== undefined) {
      this.#logRegisters(completed.writes);
      if (completed.reads !== 0 && offset !== NOT_RAM) this.#logLoad(completed.reads, offset);
      if (completed.mayInvalidate) this.#accessPages.drop();
    }
    this.#logPc(recorded !== undefined);
    this.#append(recorded === undefined ? NONE : recorded.number, this.#timing.issuedAt, this.#timing.completedAt);
    this.#stackPointer = this.#cpu.sp;
    this.#begin();
  }

  #recordedOf(operation: Operation): RecordedOperation {
    const { pa } = operation;
    const recorded = this.#operations[pa >>> PAGE_BITS]?.[(pa & (PAGE_SIZE - 1)) >>> 2];
    return recorded !== undefined && recorded.operation === operation ? recorded : this.#learn(operation);
  }

  #learn(operation: Operation): RecordedOperation {
    const { pa, access } = operation;
    const recorded = {
      operation,
      number: this.#log.operations.push(operation) - 1,
      timed: this.#timing.prepare(operation),
      writes: operation.writes.filter((cell) => cell !== SINK),
      accesses: access !== undefined,
      reads: access === undefined || access.kind === 'store' ? 0 : access.size,
      mayInvalidate: operation.endsBlock && operation.instruction.encoding.timing === 'system-operation',
    };
    const page = pa >>> PAGE_BITS;
    this.#operations[page] ??= Array.from({ length: PAGE_SIZE / 4 }, () => undefined);
    this.#operations[page][(pa & (PAGE_SIZE - 1)) >>> 2] = recorded;
    this.#cursor.holdsCode(pa);
    return recorded;
  }

  /** Where in RAM the step's load or store went, or NOT_RAM. */
  #accessOffset(): number {
    return this.#accessPages.offsetOf(this.#words[ADDRESS_LOW]!, this.#words[ADDRESS_HIGH]!);
  }

  #time(timed: number, device: boolean): void {
    const step = this.#timedStep;
    step.operation = timed;
    step.pc = this.#before[PC_LOW]!;
    step.nextPc = this.#words[PC_LOW]!;
    step.address = this.#words[ADDRESS_LOW]!;
    step.device = device;
    step.exception = this.#event === undefined ? 'none' : this.#event.kind === 'return' ? 'return' : 'entry';
    this.#timing.issue(step);
    this.#cpu.clock.cycles = this.#timing.issuedAt;
  }

  /** Cells that were reported have new values in the copy, too. */
  #copyReported(): void {
    for (let effect = this.#start.effect; effect < this.#effects.end.effect; effect++) {
      const target = this.#effects.target(effect);
      if (target < FIRST_FREE) this.#copyCell(target);
    }
  }

  #copyCell(id: number): void {
    this.#before[2 * id] = this.#words[2 * id]!;
    this.#before[2 * id + 1] = this.#words[2 * id + 1]!;
  }

  #logRegisters(writes: readonly number[]): void {
    for (let n = 0; n < writes.length; n++) {
      const cell = writes[n]!;
      const id = cell === CURRENT_SP ? this.#stackPointer : cell;
      this.#effects.cell(id, this.#before[2 * id]!, this.#before[2 * id + 1]!);
      this.#copyCell(id);
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
    this.#copyCell(PC);
  }

  #append(operation: number, issued: number, completed: number): void {
    if (this.#event !== undefined) this.#log.addException(this.#event);
    this.#log.steps.append(operation, issued, completed, this.#start);
  }
}
