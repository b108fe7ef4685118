/**
 * The routines a recording went through: a tree, in the order in which they were entered, nested by call. A routine is a
 * symbol. Calls and returns are told by the class of the instruction (BL and BLR; RET), exceptions by their entry and
 * return; going from one symbol into another in any other way (falling through, branching) begins a new phase beside
 * the one before it.
 *
 * An ERET that returns from no exception that was seen enters what follows as a call would: so a hypervisor enters its
 * guest. Where an exception of the guest is never returned from, its handling is no call that the guest made but the
 * hypervisor going on: those phases stand beside the routine that entered the guest.
 */
import type { Annotations } from './annotations.ts';
import { type Depth, DepthStack } from './depth-stack.ts';
import type { Recording } from './recording.ts';

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
  /** Its first step, and the step after the last of it and of all it called. */
  readonly start: number;
  readonly end: number;
  /** Without the phases it called, and with them. */
  readonly own: Cost;
  readonly all: Cost;
  readonly children: readonly Phase[];
}

export const NO_SYMBOL = '(no symbol)';

/** The outermost phases of a whole recording. */
export function phasesOf(recording: Recording, annotations: Annotations): Phase[] {
  const builder = new PhaseBuilder(recording, annotations);
  builder.read(recording.length);
  return builder.finish();
}

/** The phases that are entered and not left before step `position`, outermost first. */
export function phasePath(recording: Recording, annotations: Annotations, position: number): Phase[] {
  const builder = new PhaseBuilder(recording, annotations);
  builder.read(position);
  return builder.path(position);
}

interface MutableCost {
  steps: number;
  cycles: number;
}

interface MutablePhase extends Phase {
  end: number;
  readonly own: MutableCost;
  readonly all: MutableCost;
  readonly children: MutablePhase[];
}

class PhaseBuilder {
  readonly #recording: Recording;
  readonly #annotations: Annotations;
  readonly #roots: MutablePhase[] = [];
  readonly #depths = new DepthStack<MutablePhase>(this.#roots);
  /** Names by the physical address of the instruction. */
  readonly #names = new Map<number, string>();

  constructor(recording: Recording, annotations: Annotations) {
    this.#recording = recording;
    this.#annotations = annotations;
  }

  /** Reads the steps up to step `end`. */
  read(end: number): void {
    const recording = this.#recording;
    const { cpu } = recording.machine;
    recording.scan(0, end, (index, cycle, nextCycle) => {
      const operation = recording.operationAt(index);
      const { el } = cpu;
      this.#depths.arrive(cpu.words);
      const phase =
        operation === undefined ? this.#depths.top.phase : this.#enter(this.#nameAt(operation.pa), el, index);
      if (phase !== undefined) {
        phase.own.steps += operation === undefined ? 0 : 1;
        phase.own.cycles += nextCycle - cycle;
        phase.end = index + 1;
      }
      this.#depths.leave(operation?.instruction.encoding.timing, recording.exceptionAt(index), cpu.words);
    });
  }

  finish(): Phase[] {
    this.#depths.end();
    addUp(this.#roots);
    return this.#roots;
  }

  /** The last phase of each depth. The instruction to be executed next may begin another. */
  path(position: number): Phase[] {
    const { cpu } = this.#recording.machine;
    this.#recording.peek(position, () => {
      this.#depths.arrive(cpu.words);
      const name = this.#nameOfNext(position);
      if (name !== undefined) this.#enter(name, cpu.el, position);
    });
    addUp(this.#roots);
    return this.#depths.all.flatMap(({ phase }) => phase ?? []);
  }

  /** The phase in which an instruction of routine `name` is executed: that at hand, or a new one. */
  #enter(name: string, el: number, index: number): MutablePhase {
    const depth: Depth<MutablePhase> = this.#depths.top;
    const { phase } = depth;
    if (phase !== undefined && phase.name === name && phase.el === el) return phase;
    const cost = () => ({ steps: 0, cycles: 0 });
    const entered = { name, el, start: index, end: index, own: cost(), all: cost(), children: [] };
    depth.siblings.push(entered);
    depth.phase = entered;
    return entered;
  }

  #nameAt(pa: number): string {
    const known = this.#names.get(pa);
    if (known !== undefined) return known;
    const { base } = this.#recording.machine.memory.physical;
    const name = this.#annotations.symbolAt(BigInt(base + pa))?.name ?? NO_SYMBOL;
    this.#names.set(pa, name);
    return name;
  }

  /** The routine of the instruction at the PC: recorded already, or still to be executed. */
  #nameOfNext(position: number): string | undefined {
    const { cpu, memory } = this.#recording.machine;
    if (position < this.#recording.length) {
      const operation = this.#recording.operationAt(position);
      return operation && this.#nameAt(operation.pa);
    }
    const pa = memory.translate(cpu.pc);
    return pa === undefined ? undefined : this.#nameAt(Number(pa) - memory.physical.base);
  }
}

/** Sets `all` and `end` of phases and of all below them; a tree may be as deep as a program recursed. */
function addUp(roots: readonly MutablePhase[]): void {
  const inOrder: MutablePhase[] = [];
  const open = [...roots];
  for (let phase = open.pop(); phase !== undefined; phase = open.pop()) {
    inOrder.push(phase);
    open.push(...phase.children);
  }
  for (const phase of inOrder.reverse()) {
    phase.all.steps = phase.own.steps;
    phase.all.cycles = phase.own.cycles;
    for (const child of phase.children) {
      phase.all.steps += child.all.steps;
      phase.all.cycles += child.all.cycles;
      phase.end = Math.max(phase.end, child.end);
    }
  }
}
