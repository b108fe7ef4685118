/**
 * Follows calls, returns and exceptions: which depths of nesting are open. Returns are matched with what they return from by
 * address and exception level, so that one may skip depths, or find none.
 *
 * A guest whose vectors hold no code takes an exception at each step, and a program may recurse without end: what is
 * nested deeper than DEEPEST counts as the phase at that depth. A higher exception level that such code is taken to has
 * ROOM_ABOVE further depths, since what it does is rarely the guest's nesting: it may go on beside what entered the guest.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import { highHalf, lowHalf } from '../memory/halves.ts';

/** One depth of nesting. */
export interface Depth<Phase> {
  /** Phases of this depth, in order, after those that were called from the same phase before. */
  readonly siblings: Phase[];
  /** The last phase of this depth; undefined until its first instruction. */
  phase: Phase | undefined;
  /** It is too deep to have phases of its own: `phase` is that of the depth around it. */
  readonly isFolded: boolean;
}

/** Where code goes on: an exception level, NOWHERE for no place, and the unsigned halves of an address. */
export interface Place {
  readonly el: number;
  readonly lo: number;
  readonly hi: number;
}

interface Frame<Phase> extends Depth<Phase> {
  readonly kind: 'start' | 'call' | 'exception' | 'eret';
  /** Where a return from this depth leads. */
  readonly returnsTo: Place;
  /** For `exception`: the level it was taken to; for `eret`: the level that executed it. */
  readonly handlerEl: number;
  /** How many phases `siblings` had before the first of this depth. */
  readonly first: number;
  /** How many phases this depth's are nested in, and how many those of it and of what it calls may be. */
  readonly level: number;
  readonly deepest: number;
}

const DEEPEST = 250;
const ROOM_ABOVE = 50;
/** Depths that are kept at the same time, but for those of a higher exception level. */
const MOST_DEPTHS = 200_000;

/** Below so many depths, all are looked at faster than it is counted where they return to. */
const UNCOUNTED = 64;

const NOWHERE: Place = { el: -1, lo: 0, hi: 0 };

export class DepthStack<Phase extends { readonly children: Phase[] }> {
  readonly #frames: Frame<Phase>[];
  readonly #settle: (phases: Phase[]) => void;
  /** Of the depths from UNCOUNTED on, how many return to the places of each hash. */
  readonly #returns = new Map<number, number>();
  /** How many depths an ERET of each exception level has begun. */
  readonly #erets = [0, 0, 0, 0];
  /** Where the last step has led to, if it was a return or a jump to an address in a register. */
  #leavingFor = NOWHERE;
  #isReturn = false;

  /** `settle` is told phases that nothing comes to any more but others behind them; it may take some out. */
  constructor(roots: Phase[], settle: (phases: Phase[]) => void) {
    this.#settle = settle;
    const start = { kind: 'start', returnsTo: NOWHERE, handlerEl: 0 } as const;
    const nothing = { siblings: roots, first: 0, phase: undefined, isFolded: false };
    this.#frames = [{ ...start, ...nothing, level: 0, deepest: DEEPEST }];
  }

  get top(): Depth<Phase> {
    return this.#frames.at(-1)!;
  }

  /** Outermost first. */
  get all(): readonly Depth<Phase>[] {
    return this.#frames;
  }

  /** A further step begins: a return or branch before it has led somewhere. */
  arrive(): void {
    const place = this.#leavingFor;
    if (place === NOWHERE) return;
    this.#leavingFor = NOWHERE;
    // A branch through a register is a return only where it leads back to the call at hand.
    if (this.#isReturn) this.#returnTo(place, 'call');
    else if (leadsTo(this.#frames.at(-1)!, 'call', place)) this.#popTo(this.#frames.length - 1);
  }

  /** A step has taken an exception, or returned from one. */
  follow({ kind, from, to, elr }: ExceptionEvent): void {
    const place = { el: kind === 'return' ? to : from, lo: lowHalf(elr), hi: highHalf(elr) };
    if (kind !== 'return') this.#push('exception', place, to);
    else if (!this.#returnTo(place, 'exception')) this.#push('eret', NOWHERE, from);
  }

  /** A step was a call, which returns to `place`. */
  call(place: Place): void {
    this.#push('call', place, 0);
  }

  /** A step was a return, or a jump to an address in a register, and has led to `place`. */
  leaveFor(place: Place, isReturn: boolean): void {
    this.#leavingFor = place;
    this.#isReturn = isReturn;
  }

  /** Nothing comes any more: all depths but the first are closed. */
  end(): void {
    this.#popTo(1);
  }

  #push(kind: Frame<Phase>['kind'], place: Place, handlerEl: number): void {
    const outer = this.#frames.at(-1)!;
    const { phase, siblings } = outer;
    const isUpwards = kind === 'exception' && handlerEl > place.el;
    if (this.#frames.length >= MOST_DEPTHS && !isUpwards) return;
    let { deepest } = outer;
    if (isUpwards) deepest = DEEPEST + ROOM_ABOVE;
    else if (kind === 'eret') deepest = DEEPEST;
    const isFolded = phase !== undefined && outer.level >= deepest;
    // Nothing called before from the same phase is open any more.
    if (phase !== undefined) this.#settle(phase.children);
    // What follows an exception taken before any instruction stands where the instruction would have stood.
    const into = phase?.children ?? siblings;
    this.#frames.push({
      kind,
      returnsTo: place,
      handlerEl,
      siblings: into,
      first: into.length,
      phase: isFolded ? phase : undefined,
      isFolded,
      level: phase === undefined || isFolded ? outer.level : outer.level + 1,
      deepest,
    });
    if (this.#frames.length > UNCOUNTED) this.#count(place, 1);
    if (kind === 'eret') this.#erets[handlerEl]!++;
  }

  /** Closes depths up to the innermost one of `kind` that returns to `place`; false where there is none. */
  #returnTo(place: Place, kind: Frame<Phase>['kind']): boolean {
    let at = this.#frames.length - 1;
    // Without the count a program that recurses deep, and leaves for other places, would have all depths looked at each time.
    if (at >= UNCOUNTED && (this.#returns.get(hashOf(place)) ?? 0) === 0) at = UNCOUNTED - 1;
    while (at >= 0 && !leadsTo(this.#frames[at]!, kind, place)) at--;
    if (at >= 0) this.#popTo(at);
    return at >= 0;
  }

  #count(place: Place, change: 1 | -1): void {
    const hash = hashOf(place);
    this.#returns.set(hash, (this.#returns.get(hash) ?? 0) + change);
  }

  /** Closes the depths from number `depth` on, innermost first. */
  #popTo(depth: number): void {
    while (this.#frames.length > depth) {
      const frame = this.#frames.pop()!;
      if (this.#frames.length >= UNCOUNTED) this.#count(frame.returnsTo, -1);
      if (frame.kind === 'eret') this.#erets[frame.handlerEl]!--;
      if (frame.kind === 'exception' && this.#frames.length > depth) this.#hoist(frame, depth);
    }
  }

  /**
   * An exception that was not returned from, taken to the level that had entered by ERET what it came from: its phases go
   * to where the ERET was. Looks among the depths that are being closed, from number `depth` on.
   */
  #hoist(frame: Frame<Phase>, depth: number): void {
    // Without the count a program that takes exceptions without end would have all depths looked at for each.
    if (this.#erets[frame.handlerEl] === 0) return;
    const at = this.#frames.findLastIndex((outer) => outer.kind === 'eret' && outer.handlerEl === frame.handlerEl);
    if (at < depth) return;
    const beside = this.#frames[at - 1]!;
    beside.siblings.push(...frame.siblings.splice(frame.first));
    beside.phase = beside.siblings.at(-1);
  }
}

function leadsTo(frame: Frame<unknown>, kind: Frame<unknown>['kind'], { el, lo, hi }: Place): boolean {
  const { returnsTo } = frame;
  return frame.kind === kind && returnsTo.lo === lo && returnsTo.hi === hi && returnsTo.el === el;
}

/** Instructions have addresses that are multiples of 4. */
function hashOf({ el, lo, hi }: Place): number {
  return (lo + el) ^ hi;
}
