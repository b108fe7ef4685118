/** The step limit of a run, and what is told of one that it stops: where it was, and what it went round in to the end. */
import { PC } from '../core/registers.ts';
import type { Operation } from '../exec/operation.ts';
import type { UntilStep, Unwatched } from '../recording/stepper.ts';
import type { Runnable } from './runnable.ts';

/** Steps that are noted before the limit. */
const NOTED = 1000;
/** What is executed in the last of so many parts of them may be a loop, if it is executed as many times on average. */
const ROUNDS = 4;

/** Names what runs at an exception level, at a physical address or where nothing is. */
type WorldOf = (el: number, pa: bigint | undefined) => string;

interface Noted {
  /** What was executed, where, and at which exception level; undefined where an exception came before. */
  readonly operation: Operation | undefined;
  readonly pc: bigint;
  readonly el: number;
}

type Executed = Noted & { readonly operation: Operation };

/** Makes the steps of a run up to its limit, and notes the last of them. */
export class StepLimit {
  readonly #ready: Runnable;
  readonly #limit: number;
  readonly #worldOf: WorldOf;
  /** The steps before the limit, from number #first on, without a gap. */
  #noted: Noted[] = [];
  #first = 0;

  constructor(ready: Runnable, limit: number, worldOf: WorldOf) {
    this.#ready = ready;
    this.#limit = limit;
    this.#worldOf = worldOf;
  }

  get isReached(): boolean {
    return this.#ready.steps.length >= this.#limit;
  }

  /** As Stepper.run, up to the limit; it may end before where nothing has happened. */
  run(limit: number, until: UntilStep, unwatched?: Unwatched): number {
    const { steps, machine } = this.#ready;
    const left = this.#limit - steps.length;
    if (left > NOTED) return steps.run(Math.min(limit, left - NOTED), until, unwatched);
    let { pc } = machine.cpu;
    return steps.run(Math.min(limit, left), (event, operation) => {
      this.#note({ operation, pc, el: event?.from ?? machine.cpu.el });
      pc = machine.cpu.cells[PC]!;
      return until(event, operation);
    });
  }

  #note(step: Noted): void {
    const number = this.#ready.steps.length - 1;
    if (number !== this.#first + this.#noted.length) {
      this.#noted = [];
      this.#first = number;
    }
    this.#noted.push(step);
  }

  /**
   * One of `the last 450 steps went round in EL1 from again+0x0, a.S:5, to again+0x8, a.S:7`, `at least the last 1000 steps took
   * one exception after the other, in EL1 at 0x200` and `it was in EL1 at again+0x4, a.S:6`. To be called where the limit is
   * reached.
   */
  get whereText(): string {
    const executed = this.#executedLast();
    const isOutside = ({ operation }: Noted) => operation !== undefined && !executed.has(operation.pa);
    const count = this.#noted.length - 1 - this.#noted.findLastIndex(isOutside);
    const steps = `${count === NOTED ? 'at least ' : ''}the last ${count} steps`;
    if (count < ROUNDS * executed.size) return `it was ${this.#placeText()}`;
    if (executed.size === 0) return `${steps} took one exception after the other, ${this.#placeText()}`;
    return `${steps} went round in ${this.#loopText([...executed.values()])}`;
  }

  /** What was executed in the last of the steps, by where it is. */
  #executedLast(): Map<number, Executed> {
    const executed = new Map<number, Executed>();
    for (const step of this.#noted.slice(-Math.ceil(this.#noted.length / ROUNDS))) {
      if (isExecuted(step)) executed.set(step.operation.pa, step);
    }
    return executed;
  }

  /** The loop, part by part where it goes through several worlds. */
  #loopText(executed: readonly Executed[]): string {
    const world = ({ el, operation }: Executed) => this.#worldOf(el, this.#physical(operation));
    const parts = [...new Set(executed.map(world))].map((name) => {
      const sorted = executed
        .filter((one) => world(one) === name)
        .toSorted((a, b) => a.operation.pa - b.operation.pa)
        .map(({ operation, pc }) => this.#nameOf(this.#physical(operation), pc));
      return `${name} ${sorted.length === 1 ? `at ${sorted[0]}` : `from ${sorted[0]}, to ${sorted.at(-1)}`}`;
    });
    return parts.join(', and in ');
  }

  #placeText(): string {
    const { pc, el } = this.#ready.machine.cpu;
    const pa = this.#ready.machine.memory.translate(pc);
    return `in ${this.#worldOf(el, pa)} at ${this.#nameOf(pa, pc)}`;
  }

  /** Symbol and line of the instruction at `pa`, or else its virtual address. */
  #nameOf(pa: bigint | undefined, pc: bigint): string {
    const { code } = this.#ready;
    return pa === undefined || code.symbolAt(pa) === undefined ? `0x${pc.toString(16)}` : code.nameOf(pa);
  }

  #physical({ pa }: Operation): bigint {
    return BigInt(this.#ready.machine.physical.base + pa);
  }
}

function isExecuted(step: Noted): step is Executed {
  return step.operation !== undefined;
}
