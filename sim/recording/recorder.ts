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
import { PAGE_SIZE } from '../memory/physical.ts';
import { emptyTimedStep, NO_OPERATION, type TimedStep, type TimingModel } from '../timing/model.ts';
import { AccessPages, NOT_RAM } from './access-pages.ts';
import type { Cursor } from './cursor.ts';
import type { LogPlace } from './effect-log.ts';
import type { Log } from './log.ts';
import { NONE } from './step-log.ts';

/** What a recording needs of a machine. */
export interface RecordedMachine {
  readonly cpu: Cpu;
  readonly memory: Memory;
  /** Whether a step advances the clock itself; set to false, since the timing model does. */
  countsCycles: boolean;
  /** Executes one step; returns the operation executed, or undefined where there was none. */
  step(): Operation | undefined;
}

const PAGE_BITS = 12;

/** A bigint's halves, without an allocation. */
const scratch = new BigUint64Array(2);
const halves = new Uint32Array(scratch.buffer);

export class Recorder implements Journal {
  readonly #log: Log;
  readonly #cursor: Cursor;
  readonly #machine: RecordedMachine;
  readonly #cpu: Cpu;
  readonly #words: Uint32Array;
  readonly #timing: TimingModel;
  readonly #accessPages: AccessPages;
  /** Numbers of operations by page of RAM and word in it. */
  readonly #numbers: (Uint32Array | undefined)[] = [];
  /** The timing model's number of each operation. */
  readonly #timed: number[] = [NO_OPERATION];
  readonly #timedStep: TimedStep;
  /** The cells of the fixed part as they are before the next step, and the cell of the stack pointer then in use. */
  readonly #before = new Uint32Array(2 * FIRST_FREE);
  #stackPointer = 0;
  readonly #start: LogPlace = { effect: 0, value: 0, address: 0 };
  #event: ExceptionEvent | undefined;

  constructor(log: Log, cursor: Cursor, machine: RecordedMachine, timing: TimingModel) {
    this.#log = log;
    this.#cursor = cursor;
    this.#machine = machine;
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

  /** Executes a step and appends it. Throws what the machine throws; then the state is as before. */
  record(): void {
    if (this.#log.steps.length === 0) this.copyState();
    else if (this.#hasMoved()) throw new Error('the PC was changed behind the back of the recording: see intervene');
    const start = this.#markStart();
    const operation = this.#execute(start);
    const number = operation === undefined ? NONE : this.#numberOf(operation);
    const isCompleted = operation !== undefined && (this.#event === undefined || this.#event.kind === 'return');
    const offset = isCompleted && operation.access !== undefined ? this.#accessOffset() : 0;
    this.#time(number, offset === NOT_RAM);
    this.#copyJournalled(start);
    if (isCompleted) {
      this.#logRegisters(operation);
      this.#logLoad(operation, offset);
      // TLBI. Changed control registers and exceptions are reported as changes of context.
      const mayInvalidate = operation.endsBlock && operation.instruction.encoding.timing === 'system-operation';
      if (mayInvalidate) this.#accessPages.drop();
    }
    this.#logPc(operation);
    this.#append(number, this.#timing.issuedAt, this.#timing.completedAt, start);
    this.#stackPointer = this.#cpu.sp;
  }

  /** Appends what `change` changes as a step without an instruction, in cycle `cycle`. */
  recordChange(change: () => void, cycle: number): void {
    const start = this.#markStart();
    this.#event = undefined;
    this.#cpu.journal = this;
    try {
      change();
    } finally {
      this.#cpu.journal = undefined;
    }
    this.#append(NONE, cycle, cycle, start);
    this.copyState();
  }

  cell(id: number, _old: bigint): void {
    this.#log.effects.cell(id, this.#words[2 * id]!, this.#words[2 * id + 1]!);
  }

  memory(va: bigint, pa: bigint, size: number, old: bigint): void {
    scratch[0] = va;
    scratch[1] = old;
    const offset = Number(pa) - this.#machine.memory.physical.base;
    const code = this.#log.pages.encode(halves[0]!, halves[1]!, offset);
    this.#log.effects.write(code, size, halves[2]!, halves[3]!);
  }

  exception(event: ExceptionEvent): void {
    this.#event = event;
  }

  /** Where the effects of the step begin that comes next. One object serves all steps. */
  #markStart(): LogPlace {
    const { end } = this.#log.effects;
    this.#start.effect = end.effect;
    this.#start.value = end.value;
    this.#start.address = end.address;
    return this.#start;
  }

  /** Whether the PC is not what the last step left. */
  #hasMoved(): boolean {
    const lo = 2 * PC;
    return this.#words[lo] !== this.#before[lo] || this.#words[lo + 1] !== this.#before[lo + 1];
  }

  #execute(start: LogPlace): Operation | undefined {
    this.#event = undefined;
    this.#cpu.journal = this;
    try {
      return this.#machine.step();
    } catch (error) {
      this.#cpu.journal = undefined;
      this.#cursor.takeBack(start);
      this.#words.set(this.#before);
      this.#cpu.refresh();
      throw error;
    } finally {
      this.#cpu.journal = undefined;
    }
  }

  #numberOf(operation: Operation): number {
    const { pa } = operation;
    const number = this.#numbers[pa >>> PAGE_BITS]?.[(pa & (PAGE_SIZE - 1)) >>> 2];
    return number !== undefined && this.#log.operations[number] === operation ? number : this.#learn(operation);
  }

  #learn(operation: Operation): number {
    const { pa } = operation;
    const page = pa >>> PAGE_BITS;
    const number = this.#log.operations.push(operation) - 1;
    this.#timed.push(this.#timing.prepare(operation));
    this.#numbers[page] ??= new Uint32Array(PAGE_SIZE / 4);
    this.#numbers[page][(pa & (PAGE_SIZE - 1)) >>> 2] = number;
    this.#cursor.holdsCode(pa);
    return number;
  }

  /** Where in RAM the step's load or store went, or NOT_RAM. */
  #accessOffset(): number {
    return this.#accessPages.offsetOf(this.#words[2 * ACCESS_ADDRESS]!, this.#words[2 * ACCESS_ADDRESS + 1]!);
  }

  #time(number: number, device: boolean): void {
    const step = this.#timedStep;
    step.operation = this.#timed[number]!;
    step.pc = this.#before[2 * PC]!;
    step.nextPc = this.#words[2 * PC]!;
    step.address = this.#words[2 * ACCESS_ADDRESS]!;
    step.device = device;
    step.exception = this.#event === undefined ? 'none' : this.#event.kind === 'return' ? 'return' : 'entry';
    this.#timing.issue(step);
    this.#cpu.clock.cycles = this.#timing.issuedAt;
  }

  /** Cells that were journalled have new values in the copy, too. */
  #copyJournalled(start: LogPlace): void {
    const { effects } = this.#log;
    for (let effect = start.effect; effect < effects.end.effect; effect++) {
      const target = effects.target(effect);
      if (target < FIRST_FREE) this.#copyCell(target);
    }
  }

  #copyCell(id: number): void {
    this.#before[2 * id] = this.#words[2 * id]!;
    this.#before[2 * id + 1] = this.#words[2 * id + 1]!;
  }

  #logRegisters(operation: Operation): void {
    for (const cell of operation.writes) {
      const id = cell === CURRENT_SP ? this.#stackPointer : cell;
      if (id === SINK) continue;
      this.#log.effects.cell(id, this.#before[2 * id]!, this.#before[2 * id + 1]!);
      this.#copyCell(id);
    }
  }

  #logLoad({ access }: Operation, offset: number): void {
    if (access === undefined || access.kind === 'store' || offset === NOT_RAM) return;
    const lo = this.#words[2 * ACCESS_ADDRESS]!;
    const hi = this.#words[2 * ACCESS_ADDRESS + 1]!;
    this.#log.effects.read(this.#log.pages.encode(lo, hi, offset), access.size);
  }

  #logPc(operation: Operation | undefined): void {
    const lo = this.#before[2 * PC]!;
    const hi = this.#before[2 * PC + 1]!;
    const expectedLo = operation === undefined ? lo : (lo + 4) >>> 0;
    const expectedHi = expectedLo < lo ? (hi + 1) >>> 0 : hi;
    if (this.#words[2 * PC] !== expectedLo || this.#words[2 * PC + 1] !== expectedHi)
      this.#log.effects.cell(PC, lo, hi);
    this.#copyCell(PC);
  }

  #append(operation: number, issued: number, completed: number, start: LogPlace): void {
    if (this.#event !== undefined) this.#log.addException(this.#event);
    this.#log.steps.append(operation, issued, completed, start);
    this.#cursor.setToEnd();
  }
}
