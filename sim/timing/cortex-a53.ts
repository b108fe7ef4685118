/**
 * Cortex-A53: eight stages, in order, two instructions a cycle. The figures are in cortex-a53-table.ts; here are the rules
 * that use them: when an instruction's operands are there, which two instructions go together, what a load or store
 * costs by the bytes it touches, and how the front end follows branches.
 *
 * Not modelled: misses of caches and TLBs (every access hits), the write buffer filling up, other cores.
 */
import { UNSET } from '../core/cpu.ts';
import type { Operation } from '../exec/operation.ts';
import { type A53Operation, prepareOperation, UNITS } from './cortex-a53-operation.ts';
import {
  CLASSES,
  DIVIDE,
  EXCEPTION,
  EXCEPTIONS_TO_CLASSES,
  FRONT_END,
  MEMORY,
  MULTIPLY64,
} from './cortex-a53-table.ts';
import { BRANCH_KINDS, FrontEnd } from './front-end.ts';
import { NO_OPERATION, type TimedRow, type TimedStep, type TimingModel } from './model.ts';
import {
  BRANCH,
  BUSY,
  BYTES,
  COMPUTED_END,
  FLAG,
  FLAGS,
  HOLDS,
  LATENCY,
  LOADED_END,
  LOADED_WORDS,
  OPERAND_WORDS,
  OPERANDS,
  OPERANDS_END,
  packed,
  UNIT,
  WRITTEN_BACK_END,
} from './packed-operations.ts';
import { AS_ADDRESS, Scoreboard } from './scoreboard.ts';
import { StoreHazards } from './store-hazards.ts';
import { WordRecords } from './word-records.ts';

/** Stands for cells that nobody looks at. */
const NO_CELLS = new Uint32Array(0);

/** Instructions issued together at most. */
const ISSUE_WIDTH = 2;

// Units and lines are powers of two: the innermost loop shifts and masks.
const UNIT_MASK = MEMORY.loadUnitBytes.value - 1;
const UNIT_SHIFT = Math.log2(MEMORY.loadUnitBytes.value);
const LINE_MASK = MEMORY.lineBytes.value - 1;
const LINE_SHIFT = Math.log2(MEMORY.lineBytes.value);
/** What LD4 and ST4 of whole registers access. */
const MOST_BYTES = 64;
const STORE_UNIT = MEMORY.storeUnitBytes.value;

/**
 * No rule adds more to a cycle than the figures it uses, each counted here with the largest there is: the time at which a step
 * is issued, or makes anything ready or free, is no later than this after the latest such time before it.
 */
const LONGEST_STEP = longestStep();

export class CortexA53 implements TimingModel {
  readonly name = 'cortex-a53';
  readonly longestStep = LONGEST_STEP;
  issuedAt = UNSET;
  completedAt = UNSET;
  /** What was worked out for each instruction word: it does not depend on where the instruction lies. */
  readonly #byWord = new Map<number, number>();
  readonly #packed = new WordRecords();
  /** By where the packed records begin: for what few instructions need. */
  readonly #whole = new Map<number, A53Operation>();
  readonly #scoreboard = new Scoreboard();
  readonly #frontEnd = new FrontEnd(valuesOf(FRONT_END));
  readonly #stores = new StoreHazards();
  /** Cycle from which each unit can be taken. */
  readonly #unitFree = new Float64Array(UNITS.length);
  /** The cycle in which the last instruction was issued, or held the issue stage last, and how many were issued in it. */
  #cycle = UNSET;
  #issued = 0;
  /** The cycle in which the last of all results so far is there. */
  #lastResult = UNSET;

  constructor() {
    this.reset(0);
  }

  reset(cycle: number): void {
    this.#cycle = cycle;
    this.#issued = 0;
    this.#lastResult = cycle;
    this.issuedAt = cycle;
    this.completedAt = cycle;
    this.#scoreboard.reset(cycle);
    this.#frontEnd.reset(cycle);
    this.#stores.reset();
    this.#unitFree.fill(cycle);
  }

  prepare(operation: Operation): number {
    const { word } = operation.instruction;
    const known = this.#byWord.get(word);
    if (known !== undefined) return known;
    const prepared = prepareOperation(operation);
    const start = this.#packed.add(packed(prepared));
    this.#whole.set(start, prepared);
    this.#byWord.set(word, start);
    return start;
  }

  issue(step: TimedStep): void {
    const { operation, pc, address, device, before } = step;
    if (operation === NO_OPERATION) {
      this.#passWithoutInstruction();
    } else {
      const flags = this.#issueInstruction(operation, pc, address, device, before);
      if ((flags & FLAG.isBranch) !== 0) this.#follow(operation, pc, step.nextPc, before);
    }
    if (step.exception === 'entry') this.#frontEnd.refetch(this.issuedAt + EXCEPTION.entry.value);
  }

  issueRow(row: TimedRow, from: number, end: number): void {
    const { operations, addresses, devices, cycles } = row;
    let flags = 0;
    for (let n = from; n < end; n++) {
      const operation = operations[n]!;
      const pc = (row.pc + 4 * n) >>> 0;
      if (operation === NO_OPERATION) this.#passWithoutInstruction();
      else flags = this.#issueInstruction(operation, pc, addresses[n]!, devices[n] !== 0, NO_CELLS);
      cycles[n] = this.issuedAt;
    }
    if (end === from) return;
    const last = operations[end - 1]!;
    const branches = last !== NO_OPERATION && (flags & FLAG.isBranch) !== 0;
    if (branches) this.#follow(last, (row.pc + 4 * (end - 1)) >>> 0, row.nextPc, NO_CELLS);
    if (row.exception === 'entry') this.#frontEnd.refetch(this.issuedAt + EXCEPTION.entry.value);
  }

  /** An interrupt, or a fetch that failed: it is taken when the instructions before it are issued. */
  #passWithoutInstruction(): void {
    this.issuedAt = this.#cycle;
    this.completedAt = this.#cycle;
  }

  /** The front end goes on after the branch at `pc` whose record begins at `start`. */
  #follow(start: number, pc: number, nextPc: number, before: Uint32Array): void {
    const isTaken = nextPc !== (pc + 4) >>> 0 || isTakenToNext(this.#whole.get(start)!, before);
    this.#frontEnd.follow(BRANCH_KINDS[this.#packed.words[start + BRANCH]!]!, pc, nextPc, isTaken, this.issuedAt);
  }

  /** Times the instruction whose record begins at `start`, but for what a branch does to the front end; returns its flags. */
  #issueInstruction(start: number, pc: number, address: number, isDevice: boolean, before: Uint32Array): number {
    const { words } = this.#packed;
    const flags = words[start + FLAGS]!;
    const isFixed = (flags & FLAG.isFixed) !== 0;
    const issue = this.#issueCycle(words, start, flags, pc, address);
    const busy = isFixed ? words[start + BUSY]! : this.#busyCycles(words, start, address, isDevice, before);
    const latency = isFixed ? words[start + LATENCY]! : this.#latency(words, start, isDevice, before);
    this.issuedAt = issue;
    this.#take(words, start, flags, issue, busy);
    this.#writeResults(words, start, address, isDevice, issue, issue + latency);
    if ((flags & FLAG.isStore) !== 0) this.#stores.store(address, words[start + BYTES]!, issue, busy);
    if (this.completedAt > this.#lastResult) this.#lastResult = this.completedAt;
    this.#frontEnd.issued(issue);
    if ((flags & FLAG.refetches) !== 0) this.#frontEnd.refetch(this.#lastResult + EXCEPTION.refetch.value);
    return flags;
  }

  /** The first cycle in which fetch, order, operands, unit, earlier stores and pairing all let the instruction be issued. */
  #issueCycle(words: Int32Array, start: number, flags: number, pc: number, address: number): number {
    let cycle = this.#frontEnd.fetch((flags & FLAG.isBranch) !== 0, pc);
    if (cycle < this.#cycle) cycle = this.#cycle;
    const { ready } = this.#scoreboard;
    const end = start + words[start + OPERANDS_END]!;
    for (let at = start + OPERANDS; at < end; at += OPERAND_WORDS) {
      const earliest = ready[words[at]!]! - words[at + 1]!;
      if (earliest > cycle) cycle = earliest;
    }
    const unit = words[start + UNIT]!;
    if (unit >= 0 && this.#unitFree[unit]! > cycle) cycle = this.#unitFree[unit]!;
    if ((flags & FLAG.drains) !== 0 && this.#lastResult > cycle) cycle = this.#lastResult;
    if ((flags & FLAG.isLoad) !== 0) cycle = this.#stores.clearOf(address, words[start + BYTES]!, cycle);
    const isFull = this.#issued >= ISSUE_WIDTH || (this.#issued > 0 && (flags & FLAG.isSecond) === 0);
    return cycle === this.#cycle && isFull ? cycle + 1 : cycle;
  }

  /** Cycles for which the instruction's unit is taken, where bytes or operands have a say in it. */
  #busyCycles(words: Int32Array, start: number, address: number, isDevice: boolean, before: Uint32Array): number {
    const flags = words[start + FLAGS]!;
    const bytes = words[start + BYTES]!;
    if ((flags & FLAG.isLoad) !== 0) return isDevice ? MEMORY.deviceLoad.value : unitsTouched(address, bytes);
    if ((flags & FLAG.isStore) !== 0) return isDevice ? MEMORY.deviceStore.value : storeCycles(address, bytes);
    const operation = this.#whole.get(start)!;
    if (operation.division !== 'none') return words[start + BUSY]! + extraDivideCycles(operation, before);
    return multiply64(operation.factors!, before).busy;
  }

  /** Takes the unit and a place in the issue cycle, and holds the issue stage where that takes several cycles. */
  #take(words: Int32Array, start: number, flags: number, issue: number, busy: number): void {
    const unit = words[start + UNIT]!;
    const holds = words[start + HOLDS]!;
    if (unit >= 0) this.#unitFree[unit] = issue + busy;
    const held = (flags & (FLAG.isLoad | FLAG.isStore)) !== 0 && busy > holds ? busy : holds;
    const last = issue + held - 1;
    if ((flags & FLAG.isAlone) !== 0 || held > busy) this.#issued = ISSUE_WIDTH;
    else this.#issued = last > this.#cycle ? 1 : this.#issued + 1;
    this.#cycle = last;
  }

  /** Notes when the results are there, the computed ones in cycle `there`; the last of them completes the instruction. */
  #writeResults(
    words: Int32Array,
    start: number,
    address: number,
    isDevice: boolean,
    issue: number,
    there: number,
  ): void {
    const { ready } = this.#scoreboard;
    const computedEnd = start + words[start + COMPUTED_END]!;
    const writtenBackEnd = start + words[start + WRITTEN_BACK_END]!;
    let at = start + words[start + OPERANDS_END]!;
    const hasComputed = at < computedEnd;
    let last = issue;
    for (; at < computedEnd; at++) {
      const place = words[at]!;
      ready[place] = there;
      ready[place + AS_ADDRESS] = there;
    }
    for (; at < writtenBackEnd; at++) {
      const place = words[at]!;
      ready[place] = issue + MEMORY.writebackResult.value;
      ready[place + AS_ADDRESS] = issue + MEMORY.writebackToAddress.value;
      last = issue + MEMORY.writebackResult.value;
    }
    const loadedEnd = start + words[start + LOADED_END]!;
    if (at < loadedEnd) last = Math.max(last, this.#writeLoaded(words, start, address, isDevice, issue, there));
    const isComputed = hasComputed || loadedEnd === computedEnd;
    this.completedAt = isComputed && there > last ? there : last;
  }

  /** The same for what is loaded, which from its first byte on is there from cycle `first` on; returns the last cycle. */
  #writeLoaded(
    words: Int32Array,
    start: number,
    address: number,
    isDevice: boolean,
    issue: number,
    first: number,
  ): number {
    const { ready } = this.#scoreboard;
    const isVector = (words[start + FLAGS]! & FLAG.isVectorLoad) !== 0;
    // Earlier stores delay the data of a vector load, not its issue.
    const delay = isVector ? this.#stores.dataClearOf(address, words[start + BYTES]!, issue) - issue : 0;
    const isAligned = (address & UNIT_MASK) === 0 && !isDevice;
    const end = start + words[start + LOADED_END]!;
    let last = 0;
    for (let at = start + words[start + WRITTEN_BACK_END]!; at < end; at += LOADED_WORDS) {
      const place = words[at]!;
      const position = unitsOn(address, words[at + 1]!) + words[at + 2]!;
      const isPointer = words[at + 3] !== 0;
      const there = first + position + delay;
      ready[place] = there;
      ready[place + AS_ADDRESS] = isPointer && isAligned ? issue + MEMORY.pointerResult.value + position : there;
      if (there > last) last = there;
    }
    return last;
  }

  /** Cycles to the result, before what a load's position adds. */
  #latency(words: Int32Array, start: number, isDevice: boolean, before: Uint32Array): number {
    const flags = words[start + FLAGS]!;
    const latency = words[start + LATENCY]!;
    if (isDevice && (flags & FLAG.isLoad) !== 0) return latency + MEMORY.deviceLoad.value;
    if ((flags & FLAG.hasFactors) === 0) return latency;
    const operation = this.#whole.get(start)!;
    if (operation.division !== 'none') return latency + extraDivideCycles(operation, before);
    return multiply64(operation.factors!, before).result;
  }
}

function longestStep(): number {
  const rows = [...Object.values(CLASSES), ...Object.values(EXCEPTIONS_TO_CLASSES)];
  const ofClass = Math.max(...rows.map(({ result = 0, busy = 1, holds = 1 }) => result + busy + holds));
  const ofOperands = MULTIPLY64.wide.result + MULTIPLY64.wide.busy + 64 / DIVIDE.quotientBitsPerCycle.value;
  const { deviceLoad, deviceStore, storeToLoadOfEnd, writebackResult, vectorPairFirst } = MEMORY;
  const ofAccess = [deviceLoad, deviceStore, storeToLoadOfEnd, writebackResult, vectorPairFirst];
  const ofFlow = [EXCEPTION.entry, EXCEPTION.refetch, FRONT_END.mispredicted, FRONT_END.indirect, FRONT_END.taken];
  const figures = [...ofAccess, ...ofFlow].reduce((sum, { value }) => sum + value, 0);
  return ofClass + ofOperands + figures + unitsTouched(UNIT_MASK, MOST_BYTES) + 1;
}

type ValuesOf<Figures> = { readonly [Name in keyof Figures]: number };

function valuesOf<Figures extends Readonly<Record<string, { readonly value: number }>>>(
  figures: Figures,
): ValuesOf<Figures> {
  return Object.fromEntries(Object.entries(figures).map(([name, { value }]) => [name, value])) as ValuesOf<Figures>;
}

/** Whether a branch that is followed by the next instruction was taken: one that leads there is where its condition holds. */
function isTakenToNext(operation: A53Operation, before: Uint32Array): boolean {
  if (operation.condition !== undefined) return operation.condition(before);
  return operation.branch !== 'conditional-forward' && operation.branch !== 'conditional-backward';
}

/** How many units further on the byte lies that is `bytes` after `address`. */
function unitsOn(address: number, bytes: number): number {
  return ((address & UNIT_MASK) + bytes) >>> UNIT_SHIFT;
}

function unitsTouched(address: number, bytes: number): number {
  return unitsOn(address, bytes - 1) + 1;
}

function storeCycles(address: number, bytes: number): number {
  const linesCrossed = ((address & LINE_MASK) + bytes - 1) >>> LINE_SHIFT;
  return (bytes <= STORE_UNIT ? 1 : Math.ceil(bytes / STORE_UNIT)) + linesCrossed;
}

function multiply64(factors: readonly [number, number], before: Uint32Array): { result: number; busy: number } {
  const isNarrow = before[2 * factors[0] + 1] === 0 && before[2 * factors[1] + 1] === 0;
  return isNarrow ? MULTIPLY64.narrow : MULTIPLY64.wide;
}

/** Cycles a division takes for the bits of its quotient beyond the first. */
function extraDivideCycles(operation: A53Operation, before: Uint32Array): number {
  const [dividend, divisor] = operation.factors!;
  const bits = significantBits(operation, dividend, before) - significantBits(operation, divisor, before);
  return bits <= 0 ? 0 : Math.ceil(bits / DIVIDE.quotientBitsPerCycle.value);
}

/** Bits of the value of a cell up to its highest that is set; of a negative one, up to its highest that is clear. */
function significantBits({ isWide, division }: A53Operation, cell: number, before: Uint32Array): number {
  const top = before[isWide ? 2 * cell + 1 : 2 * cell]!;
  const sign = division === 'signed' ? top >> 31 : 0;
  const high = isWide ? top ^ sign : 0;
  return high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(before[2 * cell]! ^ sign);
}
