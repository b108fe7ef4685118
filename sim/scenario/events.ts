/** The scenario's interrupts from outside: when each is due, and the lines they raise. */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { FIQ, IRQ, PC, SERROR } from '../core/registers.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import { noSymbolText } from './code-map.ts';
import type { ReadyMachine } from './ready.ts';
import type { Scenario } from './schema.ts';

const lines = { irq: IRQ, fiq: FIQ, serror: SERROR } as const;

type Event = Scenario['events'][number];

interface Waiting {
  readonly event: Event;
  readonly number: number;
  /**
   * Where the instructions at its symbol are, as offsets into RAM: by virtual address each could be mistaken for one of
   * another world, and a guest may have it at any.
   */
  readonly places: readonly number[];
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
      places: placesOf(ready, event, number),
      arrivals: 0,
    }));
  }

  /** Whether there are any that have not come yet. */
  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether one may be due now; `due` says. Changes nothing. */
  mayBeDue(): boolean {
    return this.areWaiting && this.#waiting.some((one) => this.#mayBeDue(one));
  }

  /** Takes the lines out that are due now, before the next step. To be called once after each step. */
  due(): readonly number[] {
    if (this.#waiting.length === 0) return [];
    const due = this.#waiting.filter((one) => this.#isDue(one));
    if (due.length > 0) this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    return due.map(({ event }) => lines[event.raise]);
  }

  /** A line for each event that has not come: `a.yaml:20:5: event 2 never came: irq at x; the run has not come there`. */
  get missed(): readonly string[] {
    return this.#waiting.map((waiting) => {
      const { event, number } = waiting;
      const { name, line, column } = positionOf(this.#ready.loaded.placeOf('events', number));
      const what = `event ${number + 1} never came: ${event.raise} ${this.#whenText(waiting)}`;
      return `${name}:${line}:${column}: ${what}`;
    });
  }

  #mayBeDue({ event, places }: Waiting): boolean {
    const { steps, machine } = this.#ready;
    const { step, cycle } = event.at;
    if (step !== undefined) return steps.length >= step;
    if (cycle !== undefined) return machine.cpu.clock.cycles >= cycle;
    return this.#isNext(places);
  }

  /** Whether the next instruction is at one of `places`. */
  #isNext(places: readonly number[]): boolean {
    const { memory, cpu } = this.#ready.machine;
    const lo = cpu.words[2 * PC]!;
    // Translation leaves the offset into the page alone.
    if (!places.some((place) => ((place ^ lo) & (PAGE_SIZE - 1)) === 0)) return false;
    return places.includes(memory.peekFetchOffset(lo, cpu.words[2 * PC + 1]!));
  }

  #isDue(waiting: Waiting): boolean {
    if (!this.#mayBeDue(waiting)) return false;
    const { symbol, occurrence } = waiting.event.at;
    if (symbol !== undefined) waiting.arrivals++;
    return symbol === undefined || waiting.arrivals >= occurrence;
  }

  /** What an event waits for, and how far the run has got. */
  #whenText({ event: { at }, arrivals }: Waiting): string {
    const { steps, machine } = this.#ready;
    if (at.step !== undefined) return `at step ${at.step}; the run has ended after ${steps.length} steps`;
    if (at.cycle !== undefined) return `at cycle ${at.cycle}; the run has ended in cycle ${machine.cpu.clock.cycles}`;
    const which = at.occurrence === 1 ? '' : `arrival ${at.occurrence} at `;
    const times =
      arrivals === 0 ? 'has not come there' : `has come there ${arrivals} ${arrivals === 1 ? 'time' : 'times'}`;
    return `at ${which}${at.symbol}; the run ${times}`;
  }
}

/** Throws SourceError where no code defines the event's symbol. */
function placesOf(
  { kernel, guest, memory, vm, machine, loaded }: ReadyMachine,
  { at }: Event,
  number: number,
): number[] {
  if (at.symbol === undefined) return [];
  const inKernel = kernel.symbol(at.symbol)?.address;
  const inGuest = guest?.symbol(at.symbol)?.address;
  const places = [
    inKernel === undefined ? undefined : memory.physicalAddress(inKernel),
    inGuest === undefined ? undefined : vm.guestMemory.physicalAddress(inGuest),
  ];
  const found = places.filter((pa) => pa !== undefined).map((pa) => Number(pa) - machine.physical.base);
  if (found.length === 0) {
    const place = loaded.placeOf('events', number, 'at', 'symbol');
    throw new SourceError(noSymbolText(at.symbol), place);
  }
  return found;
}
