/** The run of a bare-metal program, until it ends, waits for what cannot come, or has had enough steps. */
import type { ExceptionEvent } from '../core/journal.ts';
import { PSTATE_BITS } from '../core/pstate.ts';
import { DAIF, EVENT, PC } from '../core/registers.ts';
import type { Machine } from '../exec/machine.ts';
import type { Operation } from '../exec/operation.ts';
import type { BareMetal, RecordedBareMetal } from './bare-metal.ts';
import type { PowerOff } from './board.ts';
import { type Run, type RunObserver, runToEnd } from './runnable.ts';
import { StepLimit } from './step-limit.ts';

export type BareMetalEnding =
  | PowerOff
  /** Nothing will ever happen again: WFI or WFE without anything that could wake the core, or a branch to itself. */
  | { readonly kind: 'halted' }
  /** An exception's vector cannot be fetched, which is an exception to the same vector, and so on. */
  | { readonly kind: 'stuck'; readonly vector: bigint }
  | { readonly kind: 'limit'; readonly steps: number; readonly where: string };

/** Steps after which a run ends where nothing else is said. */
export const DEFAULT_STEPS = 10_000_000;

/** The PC, by halves, and whether the event register was set. */
interface Noted {
  low: number;
  high: number;
  hasEvent: boolean;
}

export class BareMetalRun<Ready extends BareMetal = RecordedBareMetal> implements Run<Ready> {
  readonly ready: Ready;
  #ending: BareMetalEnding | undefined;
  readonly #limit: StepLimit;
  readonly #observer: Required<Pick<RunObserver, 'onStep'>> | undefined;
  /** The last step that executed WFE without an event, and where. */
  #wait = { step: -1, pc: 0n };
  /** Before the last step and after it. */
  #before: Noted = { low: 0, high: 0, hasEvent: false };
  #after: Noted = { low: 0, high: 0, hasEvent: false };

  /** `limit`: the most steps, at least 1. `observer` is told of each. */
  constructor(ready: Ready, limit = DEFAULT_STEPS, observer?: Required<Pick<RunObserver, 'onStep'>>) {
    this.ready = ready;
    this.#observer = observer;
    this.#limit = new StepLimit(ready, limit, (el) => `EL${el}`);
  }

  /** How the run ended; undefined while it has not. */
  get ending(): BareMetalEnding | undefined {
    return this.#ending;
  }

  get endingText(): string | undefined {
    return this.#ending && endingText(this.#ending, this.ready);
  }

  get status(): number | undefined {
    return this.#ending && statusOf(this.#ending);
  }

  advance(limit = 1): boolean {
    if (this.#ending !== undefined) return false;
    const { steps, board } = this.ready;
    this.#note(this.#after);
    this.#limit.run(limit, this.#isLookedAt);
    this.#ending = board.off ?? this.#endlessness();
    if (this.#ending === undefined && this.#limit.isReached) {
      this.#ending = { kind: 'limit', steps: steps.length, where: this.#limit.whereText };
    }
    return true;
  }

  /** Runs to the end. Throws NotModelled. */
  finish(progress?: (steps: number) => void): BareMetalEnding {
    runToEnd(this, progress);
    return this.#ending!;
  }

  #note(state: Noted): void {
    const { words } = this.ready.machine.cpu;
    state.low = words[2 * PC]!;
    state.high = words[2 * PC + 1]!;
    state.hasEvent = words[2 * EVENT] !== 0;
  }

  get #isSamePc(): boolean {
    return this.#after.low === this.#before.low && this.#after.high === this.#before.high;
  }

  /** Says of a step whether it may be one of those that `#endlessness` looks for, or has ended the program. */
  readonly #isLookedAt = (event: ExceptionEvent | undefined, operation: Operation | undefined): boolean => {
    const { steps, machine } = this.ready;
    this.#observer?.onStep(steps.length - 1, operation, event, machine.cpu.clock.cycles);
    const before = this.#after;
    this.#after = this.#before;
    this.#before = before;
    this.#note(this.#after);
    if (operation === undefined || this.#isSamePc || this.ready.board.off !== undefined) return true;
    return operation.endsBlock && !operation.writesPc && mayWait(operation);
  };

  /** Looks whether the last step was one after which nothing new can happen; lets time pass where it waits. */
  #endlessness(): BareMetalEnding | undefined {
    const { steps, machine } = this.ready;
    const { pc } = machine.cpu;
    const isSamePc = this.#isSamePc;
    const name = steps.lastOperation?.instruction.encoding.name;
    if (name === undefined) {
      return isSamePc && steps.lastException?.kind === 'sync' ? { kind: 'stuck', vector: pc } : undefined;
    }
    if (isSamePc) return this.#mayBeInterrupted() ? undefined : { kind: 'halted' };
    if (name === 'WFI') return this.#waitForInterrupt();
    if (name === 'WFE' && !this.#before.hasEvent) return this.#waitForEvent(pc, steps.length - 1);
    return undefined;
  }

  /** Lets the time pass until the timer says something. */
  #waitForInterrupt(): BareMetalEnding | undefined {
    const { machine, steps } = this.ready;
    if (steps.lastException !== undefined || machine.interrupts.wakesFromWfi()) return undefined;
    const next = machine.timer.nextEvent;
    if (next === Number.POSITIVE_INFINITY) return { kind: 'halted' };
    steps.passTime(next);
    return undefined;
  }

  /** WFE may end at any time; met again with nothing but a branch between, it is a loop that waits for good. */
  #waitForEvent(pc: bigint, step: number): BareMetalEnding | undefined {
    const { machine } = this.ready;
    const isAgain = this.#wait.pc === pc && step - this.#wait.step <= 2;
    this.#wait = { step, pc };
    const mayWake = machine.interrupts.wakesFromWfi() || machine.timer.nextEvent !== Number.POSITIVE_INFINITY;
    return isAgain && !mayWake ? { kind: 'halted' } : undefined;
  }

  /** Whether an interrupt may still be taken at the instruction at hand. */
  #mayBeInterrupted(): boolean {
    const { machine } = this.ready;
    if (areInterruptsMasked(machine)) return false;
    return machine.interrupts.pending() !== undefined || machine.timer.nextEvent !== Number.POSITIVE_INFINITY;
  }
}

function mayWait({ instruction }: Operation): boolean {
  const { name } = instruction.encoding;
  return name === 'WFI' || name === 'WFE';
}

/** At EL2 PSTATE masks every IRQ and FIQ there can be; at lower levels one may be taken to EL2 whatever PSTATE says. */
function areInterruptsMasked({ cpu }: Machine): boolean {
  const masks = PSTATE_BITS.i | PSTATE_BITS.f;
  return cpu.el === 2 && (cpu.words[2 * DAIF]! & masks) === masks;
}

/** The program's own status; 0 where it turned the machine off or halted, 1 where it did not end. */
function statusOf(ending: BareMetalEnding): number {
  switch (ending.kind) {
    case 'exit':
      return ending.status;
    case 'power':
    case 'halted':
      return 0;
    case 'stuck':
    case 'limit':
      return 1;
  }
}

function endingText(ending: BareMetalEnding, { steps: { length }, code, machine }: BareMetal): string {
  const steps = `${length} steps`;
  const place = () => {
    const pa = machine.memory.translate(machine.cpu.pc);
    return pa === undefined ? `0x${machine.cpu.pc.toString(16)}` : code.nameOf(pa);
  };
  switch (ending.kind) {
    case 'exit':
      return `the program has ended with status ${ending.status} after ${steps} (${ending.call})`;
    case 'power':
      return `the program has ended after ${steps} (PSCI ${ending.call})`;
    case 'halted':
      return `the program has halted after ${steps}: it waits at ${place()}, and nothing can wake it`;
    case 'stuck':
      return `the run has ended after ${steps}: there is no code at the exception vector 0x${ending.vector.toString(16)}`;
    case 'limit':
      return `the run has been stopped at its limit of ${ending.steps} steps: ${ending.where}; --steps sets another`;
  }
}
