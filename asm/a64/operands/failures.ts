/**
 * Why no form of an instruction fitted its operands. Every form that fails notes how far it came; the error tells of the
 * failures furthest on, since they come from the forms that were most likely meant.
 */
import { OperandError } from '../operand-error.ts';

/** How much a failure says: that text is left over, that it is of another kind, or of the right kind and wrong in value. */
const EXTRA = 0;
const KIND = 1;
const VALUE = 2;

interface Expectation {
  readonly what: string;
  readonly item: string;
}

export class Failures {
  #place = -1;
  /** Where the message points: the place of the failure, but for text after a bracket. */
  #shownAt = 0;
  #rank = EXTRA;
  #message = '';
  readonly #expected: Expectation[] = [];

  /** `what` was expected at `offset`. A `%` in it stands for `item`; what differs in items alone is told together. */
  expected(offset: number, what: string, item = ''): false {
    if (this.#betters(offset, KIND)) this.#expected.length = 0;
    else if (offset !== this.#place || this.#rank !== KIND) return false;
    this.#expected.push({ what, item });
    return false;
  }

  /** What stands at `offset` is of the right kind, and wrong in the way `message` says. */
  value(offset: number, message: string): false {
    if (this.#betters(offset, VALUE)) this.#message = message;
    return false;
  }

  /** `text` at `offset` is one operand too many; shown at `shownAt`. */
  extra(offset: number, text: string, shownAt: number): false {
    if (!this.#betters(offset, EXTRA)) return false;
    this.#message = `unexpected '${text}'`;
    this.#shownAt = shownAt;
    return false;
  }

  /** The error to show; `textAt` gives the operand text at an offset. */
  error(textAt: (offset: number) => string): OperandError {
    if (this.#rank !== KIND) return new OperandError(this.#message, this.#shownAt);
    const text = textAt(this.#place);
    const found = text === '' ? 'nothing' : `'${text}'`;
    return new OperandError(`expected ${alternatives(this.#expected)}, found ${found}`, this.#shownAt);
  }

  #betters(offset: number, rank: number): boolean {
    if (offset < this.#place || (offset === this.#place && rank <= this.#rank)) return false;
    this.#place = offset;
    this.#shownAt = offset;
    this.#rank = rank;
    return true;
  }
}

function listOf(items: readonly string[]): string {
  return items.length === 1 ? items[0]! : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

/** The expectations of all forms as one phrase, none of which is part of another. */
function alternatives(expected: readonly Expectation[]): string {
  const items = new Map<string, Set<string>>();
  for (const { what, item } of expected) items.set(what, (items.get(what) ?? new Set()).add(item));
  const phrases = [...items].map(([what, choices]) => what.replace('%', listOf([...choices])));
  return listOf(phrases.filter((phrase) => !phrases.some((other) => other.startsWith(`${phrase} or `))));
}
