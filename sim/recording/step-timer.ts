/**
 * Tells a timing model of each step after it was made, and sets the clock by what it says. Latencies depend on operands:
 * what the cells of the fixed part of the numbering were before the step comes from a copy kept here.
 */
import type { Cpu } from '../core/cpu.ts';
import type { ExceptionEvent } from '../core/journal.ts';
import { ACCESS_ADDRESS, FIRST_FREE, PC, SINK } from '../core/registers.ts';
import { CURRENT_SP, keepByNumber, type Operation } from '../exec/operation.ts';
import type { Memory } from '../memory/memory.ts';
import { NOT_RAM } from '../memory/slow-access.ts';
import { emptyTimedStep, NO_OPERATION, type TimedStep, type TimingModel } from '../timing/model.ts';
import { WordRecords } from '../timing/word-records.ts';

/** What steps are made with. */
export interface SteppedMachine {
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

const PC_LOW = 2 * PC;
const ADDRESS_LOW = 2 * ACCESS_ADDRESS;
const ADDRESS_HIGH = ADDRESS_LOW + 1;

// What is worked out once of an operation is a record of words. Where its members are, from its begin:

/** Its number: from 1 on, in the order in which operations were met here. */
export const NUMBER = 0;
/** Its number for the timing model. */
const TIMED = 1;
/** 1 where it accesses memory. */
const ACCESSES = 2;
/** Bytes it reads; 0 for what is no load. */
export const READS = 3;
/** Where the list ends, from the begin of the record, of the cells that it writes in place and nobody reports. */
export const WRITES_END = 4;
/** The first of them; CURRENT_SP may be among them. */
export const WRITES = 5;

/** Stands for the record of no operation. */
export const NOTHING = -1;

/** What a timing model is told of a step that took or left `event`. */
export function exceptionOf(event: ExceptionEvent | undefined): TimedStep['exception'] {
  if (event === undefined) return 'none';
  return event.kind === 'return' ? 'return' : 'entry';
}

export class StepTimer {
  /** The cells of the fixed part as they were before the step at hand, as halves. */
  readonly before = new Uint32Array(2 * FIRST_FREE);
  readonly #cpu: Cpu;
  readonly #words: Uint32Array;
  readonly #timing: TimingModel;
  readonly #memory: Memory;
  readonly #step: TimedStep;
  readonly #records = new WordRecords();
  /** Where the records are, by the operations' own numbers. */
  readonly #starts: (number | undefined)[] = [];
  readonly #learnt: (operation: Operation) => unknown;
  #count = 0;
  /** The cell of the stack pointer in use before the step at hand. */
  #stackPointer = 0;

  /** `learnt` is told each operation when it is met first, in the order of their numbers. */
  constructor(machine: SteppedMachine, timing: TimingModel, learnt: (operation: Operation) => unknown = () => {}) {
    const { cpu, memory } = machine;
    this.#cpu = cpu;
    this.#words = cpu.words;
    this.#timing = timing;
    this.#memory = memory;
    this.#step = emptyTimedStep(this.before);
    this.#learnt = learnt;
    machine.countsCycles = false;
    this.copyState();
  }

  /** To be called after the machine's state was changed by anybody else. */
  copyState(): void {
    this.before.set(this.#words.subarray(0, this.before.length));
    this.#stackPointer = this.#cpu.sp;
  }

  /** The words of all records. Another array after an `of`. */
  get records(): Int32Array {
    return this.#records.words;
  }

  /** Where the record of `operation` begins; NOTHING for undefined. */
  of(operation: Operation | undefined): number {
    if (operation === undefined) return NOTHING;
    return this.#starts[operation.number] ?? this.#learn(operation);
  }

  /**
   * Times the step just made, which executed the operation whose record begins at `start`, completed or not, and took or
   * left `event`, if any. Returns where in RAM its load or store went, or NOT_RAM; without meaning for other steps.
   */
  time(start: number, event: ExceptionEvent | undefined): number {
    const step = this.#step;
    const { records } = this;
    const isCompleted = event === undefined || event.kind === 'return';
    const offset = isCompleted && start !== NOTHING && records[start + ACCESSES] !== 0 ? this.#accessOffset() : 0;
    step.operation = start === NOTHING ? NO_OPERATION : records[start + TIMED]!;
    step.pc = this.before[PC_LOW]!;
    step.nextPc = this.#words[PC_LOW]!;
    step.address = this.#words[ADDRESS_LOW]!;
    step.device = offset === NOT_RAM;
    step.exception = exceptionOf(event);
    this.#timing.issue(step);
    this.#cpu.clock.cycles = this.#timing.issuedAt;
    return offset;
  }

  /** The cell that `cell`, one that an operation writes, stood for in the step at hand. */
  cellOf(cell: number): number {
    return cell === CURRENT_SP ? this.#stackPointer : cell;
  }

  /** The new value of a cell of the fixed part goes into the copy. */
  copyCell(id: number): void {
    this.before[2 * id] = this.#words[2 * id]!;
    this.before[2 * id + 1] = this.#words[2 * id + 1]!;
  }

  /** The step at hand is over, and all cells it changed are copied but the PC. */
  next(): void {
    this.copyCell(PC);
    this.#stackPointer = this.#cpu.sp;
  }

  /** Where in RAM the step's load or store went, or NOT_RAM. */
  #accessOffset(): number {
    return this.#memory.accessOffset(this.#words[ADDRESS_LOW]!, this.#words[ADDRESS_HIGH]!);
  }

  #learn(operation: Operation): number {
    const { access } = operation;
    const writes = operation.writes.filter((cell) => cell !== SINK);
    const reads = access === undefined || access.kind === 'store' ? 0 : access.size;
    const start = this.#records.add([
      ++this.#count,
      this.#timing.prepare(operation),
      access === undefined ? 0 : 1,
      reads,
      WRITES + writes.length,
      ...writes,
    ]);
    keepByNumber(this.#starts, operation, start);
    this.#learnt(operation);
    return start;
  }
}
