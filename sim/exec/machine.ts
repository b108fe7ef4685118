/**
 * A machine that runs: fetches, decodes once, executes, takes exceptions. Order of what may happen at one instruction:
 * Arm ARM D1.3.5 "Synchronous exception types, prioritization", with interrupts first.
 */
import type { ContextScope } from '../core/cpu.ts';
import { ArchException, illegalState, mayDescribeInstruction, NotModelled } from '../core/exceptions.ts';
import { AARCH32, ACCESS_ADDRESS, IL, PC, SS } from '../core/registers.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import { type CodePage, CodePages } from './code-pages.ts';
import { Hardware, type MachineOptions } from './hardware.ts';
import type { Access, Operation } from './operation.ts';
import { STRETCH_STEPS, Stretch } from './stretch.ts';

const PC_LOW = 2 * PC;
const PC_HIGH = PC_LOW + 1;
const ADDRESS_LOW = 2 * ACCESS_ADDRESS;

/** The most steps of one call of a translation: the host goes over to better code of a function only between calls. */
const TRANSLATED_STEPS = 100_000;

const TRANSLATE_AFTER = 5000;

/** The load or store of the last step. */
export interface LastAccess extends Access {
  /** Halves of the virtual address, unsigned. */
  readonly lo: number;
  readonly hi: number;
}

/** Told of a step after it: of the operation it executed, completed or not, if any. Returns true to end a run. */
export type Until = (operation: Operation | undefined) => boolean;

export class Machine extends Hardware {
  /** Whether a step advances the clock by one cycle. A timing model that advances it itself sets this to false. */
  countsCycles = true;
  /**
   * How often control enters a piece of code before it is translated, for runs that nobody watches; Infinity: never. To
   * translate takes a millisecond or two, as long as to interpret some 100,000 instructions.
   */
  translateAfter = TRANSLATE_AFTER;
  /** Steps that translations made. */
  translatedSteps = 0;
  /** What `runStretch` executed last. */
  readonly stretch = new Stretch();
  readonly #code: CodePages;
  /** Set when something happened that the fast loop must look at before the next instruction. */
  #interrupted = false;
  /** Set when a run was told to end. */
  #isOver = false;
  #last: Operation | undefined;
  /** Whether breakpoints, watchpoints or software step are in use, and watchpoints. Derived: see #selectDebug. */
  #isDebugged = false;
  #isWatched = false;
  /** The time, in cycles, at which the timer is to be looked at. */
  #nextEvent = Number.POSITIVE_INFINITY;

  constructor(options: MachineOptions) {
    super(options);
    this.#code = new CodePages(this);
    this.memory.onCodeWrite((page) => {
      this.#code.drop(page);
      this.#interrupted = true;
    });
    this.memory.onDeviceAccess(() => {
      this.stretch.devices[this.stretch.length] = 1;
    });
    this.timer.rescheduled = () => {
      this.#nextEvent = this.timer.nextEvent;
      this.#interrupted = true;
    };
    this.cpu.onContextChange((scope) => this.#contextChanged(scope));
    this.cpu.onRefresh(() => this.timer.rescheduled());
    this.cpu.onLineChange(() => {
      this.#interrupted = true;
    });
    this.cpu.refresh();
  }

  /**
   * As Hardware's. Instructions that were decoded stay so where they are found again, which saves most of the time that a
   * new machine takes.
   */
  override reset(model = this.model): void {
    super.reset(model);
    this.#code.dropAll();
    this.countsCycles = true;
    this.translateAfter = TRANSLATE_AFTER;
    this.translatedSteps = 0;
    this.#last = undefined;
  }

  /**
   * The operation that the next step executes: undefined where its fetch faults, no instruction is there, or an interrupt,
   * a debug exception or PSTATE.IL comes first. Has no effects.
   */
  next(): Operation | undefined {
    const { words } = this.cpu;
    if (this.interrupts.pending() !== undefined || words[2 * IL] !== 0 || words[2 * AARCH32] !== 0) return undefined;
    if (this.#isDebugged && (this.debug.pendingStep() ?? this.debug.breakpoint()) !== undefined) return undefined;
    const offset = this.memory.peekFetchOffset(words[PC_LOW]!, words[PC_LOW + 1]!);
    if (offset < 0) return undefined;
    try {
      return this.#code.operationAt(offset);
    } catch (reason) {
      if (reason instanceof ArchException || reason instanceof NotModelled) return undefined;
      throw reason;
    }
  }

  /**
   * One step: takes an interrupt, or executes one instruction and takes the exception it raises, or takes the exception
   * of its fetch. Returns the operation that was executed, completed or not; undefined where none was. Throws NotModelled.
   */
  step(): Operation | undefined {
    const { cpu } = this;
    this.#last = undefined;
    if (cpu.clock.cycles >= this.#nextEvent) this.timer.update();
    if (this.countsCycles) cpu.clock.cycles++;
    if (this.#takeBeforeInstruction()) return undefined;
    try {
      this.#execute();
    } catch (reason) {
      this.#takeThrown(reason, this.#last);
    }
    return this.#last;
  }

  /**
   * Steps up to `limit` times, or until `until` returns true, which is told after each step what `step` would return.
   * Returns the number of steps made. Throws NotModelled.
   */
  run(limit: number, until?: Until): number {
    let done = 0;
    this.#isOver = false;
    while (done < limit && !this.#isOver) {
      if (!this.#isPlain()) {
        this.step();
        done++;
        this.#isOver = until?.(this.#last) ?? false;
      } else if (until === undefined) {
        done += this.#runBlock(Math.min(limit - done, this.#untilEvent()));
      } else {
        done += this.#runBlockUntil(limit - done, until);
      }
    }
    return done;
  }

  /**
   * Executes code in one go, up to `limit` instructions, with the clock standing still, and leaves in `stretch` what was
   * executed. It ends before an instruction that is timed by its operands, where an instruction at one of the `stops` (low
   * halves of addresses) would be the next, and before an event of the timer that could come if each step took `longest`
   * cycles. Returns the number of steps made: 0 where `step` or `run` has to make the next one. Throws NotModelled; then
   * `stretch` has the steps made before.
   */
  runStretch(limit: number, longest: number, stops: readonly number[]): number {
    const { cpu, stretch } = this;
    const { words } = cpu;
    const high = words[PC_HIGH]!;
    stretch.begin(high);
    if (!this.#isPlain()) return 0;
    const untilEvent = Math.ceil((this.#nextEvent - cpu.clock.cycles) / longest) - 1;
    const most = Math.min(limit, STRETCH_STEPS, untilEvent);
    this.#interrupted = false;
    this.#last = undefined;
    try {
      let goesOn = true;
      while (goesOn && stretch.length < most) goesOn = this.#runPiece(most, stops) && words[PC_HIGH] === high;
      if (stretch.length > 0) this.#last = stretch.operations[stretch.length - 1];
    } catch (reason) {
      this.#takeThrown(reason, this.#last);
      stretch.addresses[stretch.length] = words[ADDRESS_LOW]!;
      stretch.devices[stretch.length] = 0;
      stretch.length++;
    }
    stretch.last = this.#last;
    return stretch.length;
  }

  /** Executes straight-line code until `stretch` has `most` steps at most. Returns whether code may be executed after it. */
  #runPiece(most: number, stops: readonly number[]): boolean {
    const { stretch } = this;
    const { words } = this.cpu;
    const { operations, addresses, devices } = stretch;
    const pc = words[PC_LOW]!;
    let n = stretch.length;
    let end = most;
    for (let stop = 0; stop < stops.length; stop++) {
      const steps = (stops[stop]! - pc) >>> 2;
      if (steps === 0 && n > 0) return false;
      if (steps !== 0 && n + steps < end) end = n + steps;
    }
    stretch.beginPiece(pc);
    this.#last = undefined;
    const offset = this.memory.fetchOffset(pc, words[PC_HIGH]!);
    const page = this.#code.at(offset);
    let index = (offset & (PAGE_SIZE - 1)) >>> 2;
    if (n + PAGE_SIZE / 4 - index < end) end = n + PAGE_SIZE / 4 - index;
    let operation: Operation;
    do {
      operation = page.operations[index] ?? this.#decode((offset & -PAGE_SIZE) + 4 * index);
      if (operation.isTimedByOperands) return false;
      this.#last = operation;
      operations[n] = operation;
      devices[n] = 0;
      operation.execute();
      addresses[n] = words[ADDRESS_LOW]!;
      if (!operation.writesPc) movePcOn(words);
      stretch.length = ++n;
      index++;
    } while (n < end && !operation.endsBlock && !this.#interrupted);
    return !this.#interrupted && (operation.isBranch || !operation.endsBlock);
  }

  #decode(offset: number): Operation {
    this.#last = undefined;
    return this.#code.operationAt(offset);
  }

  /** The access of the last step to memory, if it made one. */
  get lastAccess(): LastAccess | undefined {
    const access = this.#last?.access;
    if (access === undefined) return undefined;
    const { words } = this.cpu;
    return { ...access, lo: words[2 * ACCESS_ADDRESS]!, hi: words[2 * ACCESS_ADDRESS + 1]! };
  }

  /** What may come before an instruction does not ask what it is: a breakpoint, then PSTATE.IL, before it is decoded. */
  #execute(): void {
    const { cpu, memory } = this;
    const { words, cells } = cpu;
    const offset = memory.fetchOffset(words[PC_LOW]!, words[PC_LOW + 1]!);
    const breakpoint = this.#isDebugged ? this.debug.breakpoint() : undefined;
    if (breakpoint !== undefined) throw breakpoint;
    if (words[2 * IL] !== 0) throw illegalState();
    const operation = this.#code.operationAt(offset);
    this.#last = operation;
    if (this.#isDebugged && this.debug.isStepping) this.#executeStepped(operation);
    else operation.execute();
    if (!operation.writesPc) cells[PC] = cells[PC]! + 4n;
  }

  #executeStepped(operation: Operation): void {
    try {
      operation.execute();
    } catch (reason) {
      // SVC, HVC and SMC are stepped when they are taken; what else is taken was not executed.
      if (reason instanceof ArchException && reason.returnOffset !== 0) this.cpu.write(SS, 0n);
      throw reason;
    }
    this.debug.stepped(operation.instruction.encoding.timing === 'load-exclusive');
  }

  /** Takes a software step exception or an interrupt, if there is one. */
  #takeBeforeInstruction(): boolean {
    const step = this.#isDebugged ? this.debug.pendingStep() : undefined;
    const interrupt = this.interrupts.pending();
    // The end of a stepped instruction comes before interrupts; a step that has not begun comes after them.
    if (step !== undefined && (interrupt === undefined || this.debug.hasStepped)) {
      this.#take(step);
      return true;
    }
    if (interrupt === undefined) return this.cpu.words[2 * AARCH32] !== 0 && this.#leaveAArch32();
    this.interrupts.acknowledge(interrupt);
    this.#take(interrupt);
    return true;
  }

  #leaveAArch32(): true {
    const exception = this.aarch32?.leave();
    if (exception === undefined) throw new NotModelled(`AArch32 code at 0x${this.cpu.pc.toString(16)}`);
    this.#take(exception);
    return true;
  }

  #take(exception: ArchException): void {
    this.debug.forgetStep();
    this.exceptions.take(exception);
  }

  /** A loop through straight-line code has to look up, where the next instruction may be another, or something come before it. */
  #contextChanged(scope: ContextScope): void {
    if (scope === 'el1') {
      this.#interrupted ||= this.cpu.el < 2;
      return;
    }
    const wasDebugged = this.#isDebugged;
    this.#selectDebug();
    this.#interrupted ||= scope === 'all' || this.#isDebugged !== wasDebugged;
  }

  #selectDebug(): void {
    this.#isDebugged = this.debug.isInUse;
    const isWatched = this.#isDebugged && this.debug.usesWatchpoints;
    if (isWatched === this.#isWatched) return;
    this.#isWatched = isWatched;
    this.memory.watch(isWatched ? (...access) => this.debug.checkAccess(...access) : undefined);
  }

  /** Whether nothing but the next instruction itself can happen at it. */
  #isPlain(): boolean {
    const { cpu } = this;
    if (cpu.clock.cycles >= this.#nextEvent) this.timer.update();
    return (
      !this.#isDebugged &&
      cpu.words[2 * IL] === 0 &&
      cpu.words[2 * AARCH32] === 0 &&
      this.interrupts.pending() === undefined
    );
  }

  /** Steps up to the next event of the timer, at least one. */
  #untilEvent(): number {
    return this.countsCycles
      ? Math.max(1, Math.ceil(this.#nextEvent - this.cpu.clock.cycles))
      : Number.POSITIVE_INFINITY;
  }

  /** Executes straight-line code, or what is translated, but not more than `limit` instructions. Returns how many. */
  #runBlock(limit: number): number {
    const { cpu } = this;
    const { words, clock } = cpu;
    const tick = this.countsCycles ? 1 : 0;
    let operation: Operation | undefined;
    let done = 0;
    try {
      const offset = this.memory.fetchOffset(words[PC_LOW]!, words[PC_LOW + 1]!);
      const page = this.#code.at(offset);
      done = this.#runTranslated(page, offset, limit);
      if (done !== 0) return done;
      const { operations } = page;
      let index = (offset & (PAGE_SIZE - 1)) >>> 2;
      const end = Math.min(PAGE_SIZE / 4, index + limit);
      this.#interrupted = false;
      do {
        operation = operations[index] ?? this.#code.operationAt(offset - (offset & (PAGE_SIZE - 1)) + 4 * index);
        done++;
        clock.cycles += tick;
        operation.execute();
        if (operation.writesPc) return done;
        words[PC_LOW]! += 4;
        index++;
      } while (index < end && !operation.endsBlock && !this.#interrupted);
      if (words[PC_LOW] === 0) words[PC_LOW + 1]! += 1;
    } catch (reason) {
      // A failed fetch is a step too.
      if (done === 0) {
        clock.cycles += tick;
        done = 1;
      }
      this.#takeThrown(reason, operation);
    }
    return done;
  }

  /** Executes the translation of the code at RAM offset `offset` if there is one. Returns how many instructions. */
  #runTranslated(page: CodePage, offset: number, limit: number): number {
    const { cpu } = this;
    const translation = this.#code.translationAt(page, offset, this.translateAfter);
    if (translation === undefined || translation.length > limit || cpu.journal !== undefined) return 0;
    const budget = Math.min(limit, TRANSLATED_STEPS);
    const done = budget - translation.run(budget, 8 * cpu.sp);
    if (this.countsCycles) cpu.clock.cycles += done;
    this.translatedSteps += done;
    return done;
  }

  /** The same, asking `until` after each instruction; the clock may be moved by it. */
  #runBlockUntil(limit: number, until: Until): number {
    const { cpu } = this;
    const { words, clock } = cpu;
    const tick = this.countsCycles ? 1 : 0;
    let done = 0;
    this.#last = undefined;
    try {
      const offset = this.memory.fetchOffset(words[PC_LOW]!, words[PC_LOW + 1]!);
      const { operations } = this.#code.at(offset);
      let index = (offset & (PAGE_SIZE - 1)) >>> 2;
      const end = Math.min(PAGE_SIZE / 4, index + limit);
      let operation: Operation;
      this.#interrupted = false;
      do {
        this.#last = undefined;
        operation = operations[index] ?? this.#code.operationAt(offset - (offset & (PAGE_SIZE - 1)) + 4 * index);
        this.#last = operation;
        clock.cycles += tick;
        operation.execute();
        if (!operation.writesPc) movePcOn(words);
        done++;
        index++;
        this.#isOver = until(operation);
      } while (
        index < end &&
        !(this.#isOver || operation.endsBlock || this.#interrupted || clock.cycles >= this.#nextEvent)
      );
    } catch (reason) {
      // A failed fetch is a step too.
      if (this.#last === undefined) clock.cycles += tick;
      this.#takeThrown(reason, this.#last);
      done++;
      this.#isOver = until(this.#last);
    }
    return done;
  }

  #takeThrown(reason: unknown, operation: Operation | undefined): void {
    if (!(reason instanceof ArchException)) throw reason;
    if (operation !== undefined && mayDescribeInstruction(reason)) reason.iss |= operation.abortSyndrome;
    this.#take(reason);
  }
}

function movePcOn(words: Uint32Array): void {
  words[PC_LOW]! += 4;
  if (words[PC_LOW] === 0) words[PC_LOW + 1]! += 1;
}
