/**
 * Follows calls, returns and exceptions: which depths of nesting are open. Returns are matched with what they return from by
 * address and exception level, so that one may skip depths, or find none.
 */
import type { TimingClass } from '../../asm/a64/timing-class.ts';
import type { ExceptionEvent } from '../core/journal.ts';
import { CURRENT_EL, PC, X0 } from '../core/registers.ts';

/** One depth of nesting. */
export interface Depth<Phase> {
  /** Phases of this depth, in order, after those that were called from the same phase before. */
  readonly siblings: Phase[];
  /** The last phase of this depth; undefined until its first instruction. */
  phase: Phase | undefined;
}

interface Frame<Phase> extends Depth<Phase> {
  readonly kind: 'start' | 'call' | 'exception' | 'eret';
  /** Where a return from this depth leads, as `placeKey` writes it; empty where none does. */
  readonly returnsTo: string;
  /** For `exception`: the level it was taken to; for `eret`: the level that executed it. */
  readonly handlerEl: number;
  /** How many phases `siblings` had before the first of this depth. */
  readonly first: number;
}

/** The link register. */
const LR = X0 + 30;

/** Instructions that leave for an address in a register. */
const leavers: Partial<Record<TimingClass, 'return' | 'jump'>> = { return: 'return', 'branch-register': 'jump' };

export class DepthStack<Phase extends { readonly children: Phase[] }> {
  readonly #frames: Frame<Phase>[];
  readonly #settle: (phases: Phase[]) => void;
  /** How many depths return to each place. */
  readonly #returns = new Map<string, number>();
  /** Where the last step has led to, if it was one of `leavers`. */
  #leaving: { readonly how: 'return' | 'jump'; readonly place: string } | undefined;

  /** `settle` is told phases that nothing comes to any more but others behind them; it may take some out. */
  constructor(roots: Phase[], settle: (phases: Phase[]) => void) {
    this.#settle = settle;
    this.#frames = [{ kind: 'start', returnsTo: '', handlerEl: 0, siblings: roots, first: 0, phase: undefined }];
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
    if (this.#leaving === undefined) return;
    const { how, place } = this.#leaving;
    this.#leaving = undefined;
    // A branch through a register is a return only where it leads back to the call at hand.
    if (how === 'return') this.#returnTo(place, 'call');
    else if (this.#frames.at(-1)!.kind === 'call' && this.#frames.at(-1)!.returnsTo === place)
      this.#popTo(this.#frames.length - 1);
  }

  /**
   * A step has executed an instruction of class `timing`, and taken or left an exception; it has left the cells as `words`
   * has them.
   */
  leave(timing: TimingClass | undefined, exception: ExceptionEvent | undefined, words: Uint32Array): void {
    if (exception !== undefined) {
      this.#followException(exception);
    } else if (timing === 'call' || timing === 'call-register') {
      this.#push('call', placeIn(words, LR), 0);
    } else if (timing !== undefined) {
      const how = leavers[timing];
      if (how !== undefined) this.#leaving = { how, place: placeIn(words, PC) };
    }
  }

  /** Nothing comes any more: all depths but the first are closed. */
  end(): void {
    this.#popTo(1);
  }

  #followException({ kind, from, to, elr }: ExceptionEvent): void {
    const lo = Number(BigInt.asUintN(32, elr));
    const hi = Number(elr >> 32n);
    if (kind !== 'return') this.#push('exception', placeKey(lo, hi, from), to);
    else if (!this.#returnTo(placeKey(lo, hi, to), 'exception')) this.#push('eret', '', from);
  }

  #push(kind: Frame<Phase>['kind'], returnsTo: string, handlerEl: number): void {
    const { phase, siblings } = this.#frames.at(-1)!;
    // Nothing called before from the same phase is open any more.
    if (phase !== undefined) this.#settle(phase.children);
    // What follows an exception taken before any instruction stands where the instruction would have stood.
    const into = phase?.children ?? siblings;
    this.#frames.push({ kind, returnsTo, handlerEl, siblings: into, first: into.length, phase: undefined });
    if (returnsTo !== '') this.#returns.set(returnsTo, (this.#returns.get(returnsTo) ?? 0) + 1);
  }

  /** Closes depths up to the innermost one of `kind` that returns to `place`; false where there is none. */
  #returnTo(place: string, kind: Frame<Phase>['kind']): boolean {
    if ((this.#returns.get(place) ?? 0) === 0) return false;
    const at = this.#frames.findLastIndex((frame) => frame.kind === kind && frame.returnsTo === place);
    if (at >= 0) this.#popTo(at);
    return at >= 0;
  }

  /** Closes the depths from number `depth` on, innermost first. */
  #popTo(depth: number): void {
    while (this.#frames.length > depth) {
      const frame = this.#frames.pop()!;
      if (frame.returnsTo !== '') this.#returns.set(frame.returnsTo, this.#returns.get(frame.returnsTo)! - 1);
      if (frame.kind === 'exception' && this.#frames.length > depth) this.#hoist(frame, depth);
    }
  }

  /**
   * An exception that was not returned from, taken to the level that had entered by ERET what it came from: its phases go
   * to where the ERET was. Looks among the depths that are being closed, from number `depth` on.
   */
  #hoist(frame: Frame<Phase>, depth: number): void {
    const at = this.#frames.findLastIndex((outer) => outer.kind === 'eret' && outer.handlerEl === frame.handlerEl);
    if (at < depth) return;
    const beside = this.#frames[at - 1]!;
    beside.siblings.push(...frame.siblings.splice(frame.first));
    beside.phase = beside.siblings.at(-1);
  }
}

/** The place whose address is in the cell `id`, at the present exception level. */
function placeIn(words: Uint32Array, id: number): string {
  return placeKey(words[2 * id]!, words[2 * id + 1]!, words[2 * CURRENT_EL]! >>> 2);
}

function placeKey(lo: number, hi: number, el: number): string {
  return `${el}:${hi}:${lo}`;
}
