/** The scenario's interrupts from outside: when each is due, and the lines they raise. */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { FIQ, IRQ, SERROR } from '../core/registers.ts';
import type { ReadyMachine } from './ready.ts';
import type { Scenario } from './schema.ts';

const lines = { irq: IRQ, fiq: FIQ, serror: SERROR } as const;

type Event = Scenario['events'][number];

interface Waiting {
  readonly event: Event;
  readonly number: number;
  /** Virtual addresses at which its symbol may be reached. */
  readonly addresses: ReadonlySet<bigint>;
  arrivals: number;
}

export class EventQueue {
  readonly #ready: ReadyMachine;
  #waiting: Waiting[];

  /** Throws SourceError for a symbol that no code defines. */
  constructor(ready: ReadyMachine) {
    this.#ready = ready;
    this.#waiting = ready.scenario.events.map((event, number) => ({
      event,
      number,
      addresses: addressesOf(ready, event, number),
      arrivals: 0,
    }));
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether one may be due now; `due` says. Changes nothing. */
  mayBeDue(): boolean {
    return this.#waiting.length > 0 && this.#waiting.some((one) => this.#mayBeDue(one));
  }

  /** Takes the lines out that are due now, before the next step. To be called once after each step. */
  due(): readonly number[] {
    if (this.#waiting.length === 0) return [];
    const due = this.#waiting.filter((one) => this.#isDue(one));
    if (due.length > 0) this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    return due.map(({ event }) => lines[event.raise]);
  }

  /** A line for each event that has not come: `scenario.yaml:20:5: the irq at symbol x has not come`. */
  get missed(): readonly string[] {
    return this.#waiting.map(({ event, number }) => {
      const { name, line, column } = positionOf(this.#ready.loaded.placeOf('events', number));
      return `${name}:${line}:${column}: the ${event.raise} ${whenText(event)} never came`;
    });
  }

  #mayBeDue({ event, addresses }: Waiting): boolean {
    const { steps, machine } = this.#ready;
    const { step, cycle } = event.at;
    if (step !== undefined) return steps.length >= step;
    if (cycle !== undefined) return machine.cpu.clock.cycles >= cycle;
    return addresses.has(machine.cpu.pc);
  }

  #isDue(waiting: Waiting): boolean {
    if (!this.#mayBeDue(waiting)) return false;
    const { symbol, occurrence } = waiting.event.at;
    if (symbol !== undefined) waiting.arrivals++;
    return symbol === undefined || waiting.arrivals >= occurrence;
  }
}

function addressesOf(ready: ReadyMachine, { at }: Event, number: number): ReadonlySet<bigint> {
  const found = new Set<bigint>();
  if (at.symbol === undefined) return found;
  const kernel = ready.kernel.symbol(at.symbol)?.address;
  if (kernel !== undefined) found.add(kernel).add(ready.memory.hypAddress(kernel));
  const guest = ready.guest?.symbol(at.symbol)?.address;
  if (guest !== undefined) found.add(guest);
  if (found.size === 0) {
    const place = ready.loaded.placeOf('events', number, 'at', 'symbol');
    throw new SourceError(`neither host, hyp nor guest code defines a symbol '${at.symbol}'`, place);
  }
  return found;
}

function whenText({ at }: Event): string {
  if (at.step !== undefined) return `at step ${at.step}`;
  if (at.cycle !== undefined) return `at cycle ${at.cycle}`;
  return at.occurrence === 1 ? `at ${at.symbol}` : `at arrival ${at.occurrence} at ${at.symbol}`;
}
