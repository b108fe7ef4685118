/**
 * The routines a recording went through: a tree, in the order in which they were entered, nested by call. A routine is a
 * symbol. Calls and returns are told by the class of the instruction (BL and BLR; RET), exceptions by their entry and
 * return; going from one symbol into another in any other way (falling through, branching) begins a new phase beside
 * the one before it.
 *
 * An ERET that returns from no exception that was seen enters what follows as a call would: so a hypervisor enters its
 * guest. Where an exception of the guest is never returned from, its handling is no call that the guest made but the
 * hypervisor going on: those phases stand beside the routine that entered the guest.
 *
 * Phases can be gathered while the machine runs, without a look back. Equal ones called after one another, with all below
 * them, are kept once, so that ten thousand switches in a row take the room of the few that differ.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import { LR, PC } from '../core/registers.ts';
import type { Operation } from '../exec/operation.ts';
import type { Stretch } from '../exec/stretch.ts';
import type { Annotations } from './annotations.ts';
import { type Depth, DepthStack, type Place } from './depth-stack.ts';
import type { Recording } from './recording.ts';
import type { SteppedMachine } from './step-timer.ts';

export interface Cost {
  /** Instructions executed. */
  readonly steps: number;
  /** Cycles from the issue of each step to the issue of what follows. */
  readonly cycles: number;
}

export interface Phase {
  /** The symbol; NO_SYMBOL where the code has none. */
  readonly name: string;
  /** Exception level. */
  readonly el: number;
  /** How many phases in a row it stands for: equal in every name and cost, here and below. */
  readonly times: number;
  /** The first step of the first, and the step after the last of the last and of all it called. */
  readonly start: number;
  readonly end: number;
  /** Of one: without the phases it called, and with them. */
  readonly own: Cost;
  readonly all: Cost;
  readonly children: readonly Phase[];
}

export const NO_SYMBOL = '(no symbol)';

/** An instruction that no symbol covers. */
const nameless = { name: NO_SYMBOL, offset: 0, size: undefined };

/** The outermost phases of a whole recording. */
export function phasesOf(recording: Recording, annotations: Annotations): Phase[] {
  const gatherer = read(recording, annotations, recording.length);
  return gatherer.finish(recording.completedAt);
}

/** The phases that are entered and not left before step `position`, outermost first. */
export function phasePath(recording: Recording, annotations: Annotations, position: number): Phase[] {
  const gatherer = read(recording, annotations, position);
  const cycle = position < recording.length ? recording.cycleAt(position) : recording.completedAt;
  return recording.peek(position, () => gatherer.path(position, paOfNext(recording, position), cycle));
}

function read(recording: Recording, annotations: Annotations, end: number): PhaseGatherer {
  const gatherer = recording.peek(0, () => new PhaseGatherer(recording.machine, annotations));
  recording.scan(0, end, (index, cycle) => {
    gatherer.onStep(index, recording.operationAt(index), recording.exceptionAt(index), cycle);
  });
  return gatherer;
}

/** Where in RAM the next instruction is: recorded already, or still to be executed. Undefined where there is none. */
function paOfNext(recording: Recording, position: number): number | undefined {
  if (position < recording.length) return recording.operationAt(position)?.pa;
  const { cpu, memory } = recording.machine;
  const pa = memory.translate(cpu.pc);
  return pa === undefined ? undefined : Number(pa) - memory.physical.base;
}

/** Code under one name: from RAM offset `start` up to `end`. */
interface Routine {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A phase while it is gathered: what a Phase says, but for what the phases it called cost. */
interface Gathered {
  readonly name: string;
  readonly el: number;
  times: number;
  readonly start: number;
  end: number;
  /** Its own, without the phases it called. */
  steps: number;
  cycles: number;
  readonly children: Gathered[];
}

/** Gathers the phases of the steps it is told of, one after the other. */
export class PhaseGatherer {
  readonly #machine: SteppedMachine;
  readonly #annotations: Annotations;
  readonly #roots: Gathered[] = [];
  readonly #depths = new DepthStack<Gathered>(this.#roots, foldLast);
  /** Routines by where in RAM they were come upon, and that of the last instruction. */
  readonly #routines = new Map<number, Routine>();
  #routine: Routine = { name: NO_SYMBOL, start: 0, end: 0 };
  /** The exception level before the next step. */
  #el: number;
  /** The phase of the last step, and the cycle from which on cycles are its own. */
  #last: Gathered | undefined;
  #since = 0;
  /** How many steps there were up to now. */
  #end = 0;
  /** The name of the last step's phase, where a next step of that name belongs to the phase as well. */
  #goesOn: string | undefined;

  /** To be made before the first step, on `machine` as it is then. */
  constructor(machine: SteppedMachine, annotations: Annotations) {
    this.#machine = machine;
    this.#annotations = annotations;
    this.#el = machine.cpu.el;
  }

  /**
   * Step `index` was issued in cycle `cycle`. It executed `operation`, if any, and took or left `exception`, if any; the
   * machine's cells are as they are after it.
   */
  onStep(index: number, operation: Operation | undefined, exception: ExceptionEvent | undefined, cycle: number): void {
    const goesOn = operation !== undefined && exception === undefined && !mayLeave(operation);
    this.#pass(index, operation, cycle, goesOn);
    if (goesOn) return;
    const { cpu } = this.#machine;
    if (exception !== undefined) this.#depths.follow(exception);
    else if (operation !== undefined) this.#leave(operation, this.#placeIn(LR), this.#placeIn(PC));
    // Nothing else changes the exception level.
    if (exception !== undefined || operation === undefined) this.#el = cpu.el;
  }

  /** As RunObserver.onSteps. */
  onSteps(index: number, stretch: Stretch, count: number, cycles: Float64Array): void {
    const { operations } = stretch;
    for (let piece = 0, n = 0; n < count; piece++) {
      const end = Math.min(stretch.endOf(piece), count);
      const last = operations[end - 1]!;
      const leaves = mayLeave(last);
      const goOn = leaves ? end - 1 : end;
      while (n < goOn) {
        n += this.#passInside(operations[n]!.pa, index + n, goOn - n);
        if (n === goOn) break;
        this.#pass(index + n, operations[n]!, cycles[n]!, true);
        n++;
      }
      if (!leaves) continue;
      this.#pass(index + n, last, cycles[n]!, false);
      this.#leave(last, this.#placeAt(stretch, piece, n + 1), this.#placeAt(stretch, piece + 1, n + 1));
      n++;
    }
  }

  /** Of `count` steps of straight-line code, of which the first is at `pa`, passes those of the routine at hand; how many. */
  #passInside(pa: number, index: number, count: number): number {
    const { name, start, end } = this.#routine;
    if (name !== this.#goesOn || pa < start || pa >= end) return 0;
    const inside = Math.min(count, Math.ceil((end - pa) / 4));
    if (this.#last !== undefined) this.#last.steps += inside;
    this.#end = index + inside;
    return inside;
  }

  /**
   * Step `index`, issued in cycle `cycle`, has executed `operation`, if any; `goesOn`: the next step is of the same depth, and
   * if it is of the same routine, of the same phase.
   */
  #pass(index: number, operation: Operation | undefined, cycle: number, goesOn: boolean): void {
    const name = operation === undefined ? undefined : this.#nameAt(operation.pa);
    if (!goesOn || name !== this.#goesOn) {
      this.#depths.arrive();
      const phase = name === undefined ? this.#depths.top.phase : this.#enter(name, index);
      if (phase !== this.#last) this.#chargeUntil(cycle, phase);
    }
    this.#end = index + 1;
    if (this.#last !== undefined && operation !== undefined) this.#last.steps++;
    this.#goesOn = goesOn ? name : undefined;
  }

  /** `operation`, for which mayLeave holds, has led to `target`; a call returns to `link`. */
  #leave({ instruction }: Operation, link: Place, target: Place): void {
    const { timing } = instruction.encoding;
    if (timing === 'call' || timing === 'call-register') this.#depths.call(link);
    else this.#depths.leaveFor(target, timing === 'return');
  }

  /** The place whose address is in the cell `id`. */
  #placeIn(id: number): Place {
    const { words } = this.#machine.cpu;
    return { el: this.#el, lo: words[2 * id]!, hi: words[2 * id + 1]! };
  }

  /** Where step `n` of piece `piece` is, or would be. */
  #placeAt({ begins, pcs, pcHigh }: Stretch, piece: number, n: number): Place {
    const lo = pcs[piece]! + 4 * (n - begins[piece]!);
    return { el: this.#el, lo: lo >>> 0, hi: lo > 0xffffffff ? (pcHigh + 1) >>> 0 : pcHigh };
  }

  /** The outermost phases; the last step's cycles go on to cycle `cycle`. */
  finish(cycle: number): Phase[] {
    this.#chargeUntil(cycle, undefined);
    this.#depths.end();
    foldTails(this.#roots);
    const complete = completed(this.#roots);
    return this.#roots.map((phase) => complete.get(phase)!);
  }

  /** The last phase of each depth. The instruction at offset `pa` of RAM, to be executed as step `position`, may begin another. */
  path(position: number, pa: number | undefined, cycle: number): Phase[] {
    this.#chargeUntil(cycle, undefined);
    this.#depths.arrive();
    if (pa !== undefined) this.#enter(this.#nameAt(pa), position);
    const complete = completed(this.#roots);
    const open = this.#depths.all.flatMap(({ phase, isFolded }) => (isFolded ? [] : (phase ?? [])));
    return open.map((phase) => complete.get(phase)!);
  }

  /** Cycles up to `cycle` were those of the last phase; from then on they are those of `next`. */
  #chargeUntil(cycle: number, next: Gathered | undefined): void {
    if (this.#last !== undefined) {
      this.#last.cycles += cycle - this.#since;
      this.#last.end = this.#end;
    }
    this.#last = next;
    this.#since = cycle;
  }

  /** The phase in which an instruction of routine `name` is executed: that at hand, or a new one. */
  #enter(name: string, index: number): Gathered {
    const depth: Depth<Gathered> = this.#depths.top;
    const { phase } = depth;
    if (phase !== undefined && depth.isFolded) return phase;
    if (phase !== undefined && phase.name === name && phase.el === this.#el) return phase;
    const entered: Gathered = {
      name,
      el: this.#el,
      times: 1,
      start: index,
      end: index,
      steps: 0,
      cycles: 0,
      children: [],
    };
    depth.siblings.push(entered);
    depth.phase = entered;
    return entered;
  }

  /** The name of the routine at RAM offset `pa`. */
  #nameAt(pa: number): string {
    if (pa < this.#routine.start || pa >= this.#routine.end) this.#routine = this.#routineAt(pa);
    return this.#routine.name;
  }

  #routineAt(pa: number): Routine {
    const known = this.#routines.get(pa);
    if (known !== undefined) return known;
    const { base } = this.#machine.memory.physical;
    const { name, offset, size = offset + 4 } = this.#annotations.symbolAt(BigInt(base + pa)) ?? nameless;
    const routine = { name, start: pa - offset, end: pa - offset + size };
    this.#routines.set(pa, routine);
    return routine;
  }
}

/** Whether `operation`, where it meets no exception, may lead to another depth. */
function mayLeave({ isBranch, instruction }: Operation): boolean {
  if (!isBranch) return false;
  const { timing } = instruction.encoding;
  return timing === 'call' || timing === 'call-register' || timing === 'return' || timing === 'branch-register';
}

/** Puts the last of `phases`, which are complete, together with the one before it where they are equal. */
function foldLast(phases: Gathered[]): void {
  const last = phases.at(-1);
  const before = phases.at(-2);
  if (last === undefined || before === undefined || !isEqual(last, before)) return;
  before.times += last.times;
  before.end = Math.max(endWithCalls(last), before.end);
  phases.pop();
}

/** What was called last from each phase has had nothing behind it that would have put it together with what is before it. */
function foldTails(roots: readonly Gathered[]): void {
  const open = [...roots];
  for (let phase = open.pop(); phase !== undefined; phase = open.pop()) {
    foldLast(phase.children);
    open.push(...phase.children);
  }
}

/** Whether one phase of each is as one of the other, with all below. */
function isEqual(one: Gathered, other: Gathered): boolean {
  if (one.name !== other.name || one.el !== other.el || one.children.length !== other.children.length) return false;
  if (one.steps !== other.steps || one.cycles !== other.cycles) return false;
  return one.children.every((child, n) => {
    const counterpart = other.children[n]!;
    return child.times === counterpart.times && isEqual(child, counterpart);
  });
}

function endWithCalls({ end, children }: Gathered): number {
  return children.reduce((latest, child) => Math.max(latest, endWithCalls(child)), end);
}

/** The phases that those gathered are, with all below them; a tree may be as deep as a program recursed. */
function completed(roots: readonly Gathered[]): Map<Gathered, Phase> {
  const inOrder: Gathered[] = [];
  const open = [...roots];
  for (let phase = open.pop(); phase !== undefined; phase = open.pop()) {
    inOrder.push(phase);
    open.push(...phase.children);
  }
  const complete = new Map<Gathered, Phase>();
  for (const phase of inOrder.reverse()) {
    const children = phase.children.map((child) => complete.get(child)!);
    complete.set(phase, completePhase(phase, children));
  }
  return complete;
}

function completePhase({ name, el, times, start, end, steps, cycles }: Gathered, children: readonly Phase[]): Phase {
  const all = { steps, cycles };
  let last = end;
  for (const child of children) {
    all.steps += child.times * child.all.steps;
    all.cycles += child.times * child.all.cycles;
    last = Math.max(last, child.end);
  }
  return { name, el, times, start, end: last, own: { steps, cycles }, all, children };
}
