/**
 * Cortex-A53: eight stages, in order, two instructions a cycle. The figures are in cortex-a53-table.ts; here are the rules
 * that use them: when an instruction's operands are there, which two instructions go together, what a load or store
 * costs by the bytes it touches, and how the front end follows branches.
 *
 * Not modelled: misses of caches and TLBs (every access hits), the write buffer filling up, other cores.
 */
import type { Operation } from '../exec/operation.ts';
import { type A53Operation, prepareOperation, UNITS } from './cortex-a53-operation.ts';
import { DIVIDE, EXCEPTION, FRONT_END, MEMORY, MULTIPLY64 } from './cortex-a53-table.ts';
import { FrontEnd } from './front-end.ts';
import { NO_OPERATION, type TimedStep, type TimingModel } from './model.ts';
import { AS_ADDRESS, Scoreboard } from './scoreboard.ts';
import { StoreHazards } from './store-hazards.ts';

/** Instructions issued together at most. */
const ISSUE_WIDTH = 2;

// Units and lines are powers of two: the innermost loop shifts and masks.
const UNIT_MASK = MEMORY.loadUnitBytes.value - 1;
const UNIT_SHIFT = Math.log2(MEMORY.loadUnitBytes.value);
const LINE_MASK = MEMORY.lineBytes.value - 1;
const LINE_SHIFT = Math.log2(MEMORY.lineBytes.value);
const STORE_UNIT = MEMORY.storeUnitBytes.value;

export class CortexA53 implements TimingModel {
  readonly name = 'cortex-a53';
  issuedAt = 0;
  completedAt = 0;
  readonly #operations: A53Operation[] = [];
  /** What was worked out for each instruction word: it does not depend on where the instruction lies. */
  readonly #byWord = new Map<number, number>();
  readonly #scoreboard = new Scoreboard();
  readonly #frontEnd = new FrontEnd(valuesOf(FRONT_END));
  readonly #stores = new StoreHazards();
  /** Cycle from which each unit can be taken. */
  readonly #unitFree = new Float64Array(UNITS.length);
  /** The cycle in which the last instruction was issued, or held the issue stage last, and how many were issued in it. */
  #cycle = 0;
  #issued = 0;
  /** The cycle in which the last of all results so far is there. */
  #lastResult = 0;

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
    const number = this.#operations.push(prepareOperation(operation)) - 1;
    this.#byWord.set(word, number);
    return number;
  }

  issue(step: TimedStep): void {
    if (step.operation === NO_OPERATION) {
      this.#passWithoutInstruction(step);
      return;
    }
    const operation = this.#operations[step.operation]!;
    const issue = this.#issueCycle(operation, step);
    const busy = operation.isFixed ? operation.busy : this.#busyCycles(operation, step);
    this.issuedAt = issue;
    this.#take(operation, issue, busy);
    this.#writeResults(operation, step, issue);
    if (operation.access === 'store') this.#stores.store(step.address, operation.bytes, issue, busy);
    if (this.completedAt > this.#lastResult) this.#lastResult = this.completedAt;
    this.#frontEnd.issued(issue);
    if (operation.branch !== 'none')
      this.#frontEnd.follow(operation.branch, step.pc, step.nextPc, isTaken(operation, step), issue);
    if (step.exception === 'entry') this.#frontEnd.refetch(issue + EXCEPTION.entry.value);
    else if (operation.refetches) this.#frontEnd.refetch(this.#lastResult + EXCEPTION.refetch.value);
  }

  /** An interrupt, or a fetch that failed: it is taken when the instructions before it are issued. */
  #passWithoutInstruction(step: TimedStep): void {
    this.issuedAt = this.#cycle;
    this.completedAt = this.#cycle;
    if (step.exception === 'entry') this.#frontEnd.refetch(this.#cycle + EXCEPTION.entry.value);
  }

  /** The first cycle in which fetch, order, operands, unit, earlier stores and pairing all let the instruction be issued. */
  #issueCycle(operation: A53Operation, step: TimedStep): number {
    let cycle = this.#frontEnd.fetch(operation.branch, step.pc);
    if (cycle < this.#cycle) cycle = this.#cycle;
    const { operands, unit } = operation;
    const { ready } = this.#scoreboard;
    for (let n = 0; n < operands.length; n += 2) {
      const earliest = ready[operands[n]!]! - operands[n + 1]!;
      if (earliest > cycle) cycle = earliest;
    }
    if (unit >= 0 && this.#unitFree[unit]! > cycle) cycle = this.#unitFree[unit]!;
    if (operation.drains && this.#lastResult > cycle) cycle = this.#lastResult;
    if (operation.access === 'load') cycle = this.#stores.clearOf(step.address, operation.bytes, cycle);
    const isFull = this.#issued >= ISSUE_WIDTH || (this.#issued > 0 && !operation.isSecond);
    return cycle === this.#cycle && isFull ? cycle + 1 : cycle;
  }

  /** Cycles for which the instruction's unit is taken. */
  #busyCycles(operation: A53Operation, step: TimedStep): number {
    const { access, bytes, factors } = operation;
    if (access === 'load') return step.device ? MEMORY.deviceLoad.value : unitsTouched(step.address, bytes);
    if (access === 'store') return step.device ? MEMORY.deviceStore.value : storeCycles(step.address, bytes);
    if (factors === undefined) return operation.busy;
    if (operation.division !== 'none') return operation.busy + extraDivideCycles(operation, step.before);
    return multiply64(factors, step.before).busy;
  }

  /** Takes the unit and a place in the issue cycle, and holds the issue stage where that takes several cycles. */
  #take(operation: A53Operation, issue: number, busy: number): void {
    if (operation.unit >= 0) this.#unitFree[operation.unit] = issue + busy;
    const held = operation.access !== 'none' && busy > operation.holds ? busy : operation.holds;
    const last = issue + held - 1;
    if (operation.isAlone || held > busy) this.#issued = ISSUE_WIDTH;
    else this.#issued = last > this.#cycle ? 1 : this.#issued + 1;
    this.#cycle = last;
  }

  /** Notes when the results are there; the last of them completes the instruction. */
  #writeResults(operation: A53Operation, step: TimedStep, issue: number): void {
    const { computed, writtenBack, loaded } = operation;
    const { ready } = this.#scoreboard;
    const there = issue + (operation.isFixed ? operation.latency : this.#latency(operation, step));
    let last = issue;
    for (let n = 0; n < computed.length; n++) {
      const place = computed[n]!;
      ready[place] = there;
      ready[place + AS_ADDRESS] = there;
    }
    for (let n = 0; n < writtenBack.length; n++) {
      const place = writtenBack[n]!;
      ready[place] = issue + MEMORY.writebackResult.value;
      ready[place + AS_ADDRESS] = issue + MEMORY.writebackToAddress.value;
      last = issue + MEMORY.writebackResult.value;
    }
    if (loaded.length > 0) last = Math.max(last, this.#writeLoaded(operation, step, issue, there));
    const isComputed = computed.length > 0 || (writtenBack.length === 0 && loaded.length === 0);
    this.completedAt = isComputed && there > last ? there : last;
  }

  /** The same for what is loaded, which from its first byte on is there from cycle `first` on; returns the last cycle. */
  #writeLoaded(operation: A53Operation, step: TimedStep, issue: number, first: number): number {
    const { loaded } = operation;
    const { ready } = this.#scoreboard;
    const delay = operation.isVectorLoad ? this.#dataDelay(operation, step, issue) : 0;
    const isAligned = (step.address & UNIT_MASK) === 0 && !step.device;
    let last = 0;
    for (let n = 0; n < loaded.length; n++) {
      const { place, lastByte, extra, isPointer } = loaded[n]!;
      const position = unitsOn(step.address, lastByte) + extra;
      const there = first + position + delay;
      ready[place] = there;
      ready[place + AS_ADDRESS] = isPointer && isAligned ? issue + MEMORY.pointerResult.value + position : there;
      if (there > last) last = there;
    }
    return last;
  }

  /** Cycles by which earlier stores delay a vector load's data after its issue in cycle `issue`. */
  #dataDelay(operation: A53Operation, step: TimedStep, issue: number): number {
    return this.#stores.dataClearOf(step.address, operation.bytes, issue) - issue;
  }

  /** Cycles to the result, before what a load's position adds. */
  #latency(operation: A53Operation, step: TimedStep): number {
    const { latency, factors } = operation;
    if (step.device && operation.access === 'load') return latency + MEMORY.deviceLoad.value;
    if (factors === undefined) return latency;
    if (operation.division !== 'none') return latency + extraDivideCycles(operation, step.before);
    return multiply64(factors, step.before).result;
  }
}

type ValuesOf<Figures> = { readonly [Name in keyof Figures]: number };

function valuesOf<Figures extends Readonly<Record<string, { readonly value: number }>>>(
  figures: Figures,
): ValuesOf<Figures> {
  return Object.fromEntries(Object.entries(figures).map(([name, { value }]) => [name, value])) as ValuesOf<Figures>;
}

/** Of a branch: whether it goes anywhere but on. A branch to the next instruction is taken where its condition holds. */
function isTaken(operation: A53Operation, step: TimedStep): boolean {
  if (step.nextPc !== (step.pc + 4) >>> 0) return true;
  if (operation.condition !== undefined) return operation.condition(step.before);
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
