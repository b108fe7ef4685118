/**
 * One processing element's state: cells (see registers.ts), and what is derived from them.
 */
import type { Journal } from './journal.ts';
import { CELL_COUNT, CURRENT_EL, PC, type RegisterMap, SP_EL0, SPSEL } from './registers.ts';
import { hostWebAssembly, type WasmMemory } from './web-assembly.ts';

/** What a change may concern: `el1` translation regime EL1&0, `debug` debug exceptions, `all` both and everything else. */
export type ContextScope = 'el1' | 'debug' | 'all';

/**
 * What a member holds before its first cycle or address. Those can be more than a small integer, or come out of arithmetic on
 * doubles; to V8 the two are different, and where a member that began as the one becomes the other it throws away what
 * it has optimized for all objects alike.
 */
export const UNSET = Number.NaN;

export class Clock {
  cycles = UNSET;

  constructor() {
    this.cycles = 0;
  }
}

export class Cpu {
  readonly registers: RegisterMap;
  /** All state outside memory, by cell number. Read and written in place by the interpreter's closures. */
  readonly cells: BigUint64Array;
  /** The same cells as 32-bit halves: words[2 * id] is the low half of cell `id` (hosts of JavaScript are little-endian). */
  readonly words: Uint32Array;
  /** What holds the cells, from its first byte on, for code that is translated; undefined where the host has none. */
  readonly memory: WasmMemory | undefined;
  /** Cell number of the current stack pointer: SP_EL0, or SP_ELx where PSTATE.SP is 1. Derived: see `refresh`. */
  sp = SP_EL0;
  /** Attached while steps are recorded. */
  journal: Journal | undefined;
  /** Time, in cycles of the core. Whoever owns time advances it. */
  readonly clock = new Clock();
  /** Brings `clock` up to the step at hand, where its owner lets it fall behind for some steps; undefined where not. */
  catchUp: (() => void) | undefined;
  readonly #refreshListeners: (() => void)[] = [];
  readonly #contextListeners: ((scope: ContextScope) => void)[] = [];
  readonly #lineListeners: (() => void)[] = [];

  /** `translated`: the cells are to be where translated code can reach them, if the host has such a place. */
  constructor(registers: RegisterMap, translated = true) {
    this.registers = registers;
    this.memory = translated ? cellMemory() : undefined;
    this.cells = new BigUint64Array(this.memory?.buffer ?? new ArrayBuffer(8 * CELL_COUNT), 0, CELL_COUNT);
    this.words = new Uint32Array(this.cells.buffer, 0, 2 * CELL_COUNT);
  }

  /** The current exception level, 0 to 2. CurrentEL holds it in bits 3:2. */
  get el(): number {
    return this.words[2 * CURRENT_EL]! >>> 2;
  }

  get pc(): bigint {
    return this.cells[PC]!;
  }

  /** The time as an instruction finds it, in cycles: what timers and the cycle counter read. */
  get now(): number {
    this.catchUp?.();
    return this.clock.cycles;
  }

  /** The cell number of the system register, PSTATE field or device register called `name`. */
  cell(name: string): number {
    return this.registers.allocate(name);
  }

  /** Writes a cell and reports it to the journal before. The way for all writes that a step's fixed write set lacks. */
  write(id: number, value: bigint): void {
    this.journal?.cell(id);
    this.cells[id] = value;
  }

  /** Calls `listener` whenever state is changed from outside the interpreter (undo, a debugger), after the change. */
  onRefresh(listener: () => void): void {
    this.#refreshListeners.push(listener);
  }

  /**
   * Calls `listener` after every change of what translation, traps or interrupt routing may depend on: an exception
   * entry or return, and a write of a system register whose table row says so. It is told what may be another.
   */
  onContextChange(listener: (scope: ContextScope) => void): void {
    this.#contextListeners.push(listener);
  }

  /** Reports such a change. */
  contextChanged(scope: ContextScope = 'all'): void {
    const listeners = this.#contextListeners;
    for (let n = 0; n < listeners.length; n++) listeners[n]!(scope);
  }

  /** Sets one of the interrupt lines, IRQ to VFIQ in registers.ts. */
  setLine(line: number, asserted: boolean): void {
    const level = asserted ? 1n : 0n;
    if (this.cells[line] === level) return;
    this.write(line, level);
    for (const listener of this.#lineListeners) listener();
  }

  /** Calls `listener` whenever an interrupt line has changed. */
  onLineChange(listener: () => void): void {
    this.#lineListeners.push(listener);
  }

  /** Makes everything derived from cells anew: the stack pointer in use, translations, pending interrupts. */
  refresh(): void {
    this.selectStackPointer();
    for (const listener of this.#refreshListeners) listener();
    this.contextChanged();
  }

  /** Sets `sp` from CurrentEL and SPSel; to be called after either changes. */
  selectStackPointer(): void {
    this.sp = this.words[2 * SPSEL]! & 1 ? SP_EL0 + this.el : SP_EL0;
  }
}

/** Memory for CELL_COUNT cells. A host may lack WebAssembly, or the address space that it reserves around each memory. */
function cellMemory(): WasmMemory | undefined {
  const webAssembly = hostWebAssembly();
  try {
    return webAssembly && new webAssembly.Memory({ initial: 1, maximum: 1 });
  } catch {
    return undefined;
  }
}
