/**
 * Reads the operands of one instruction: hands pieces of its text to operand kinds as registers, immediates or names. Forms
 * are tried one after another on the same text, so what a piece was found to be is kept with the piece.
 */
import type { Feature } from '../features.ts';
import { OperandError } from '../operand-error.ts';
import { type Register, registerNamed } from '../registers.ts';
import { Failures } from './failures.ts';
import { isSpace, type Piece, splitOperands } from './operand-text.ts';

/**
 * A value known at once, or only when sections are laid out (`symbolic` is the caller's own object, passed through
 * untouched).
 */
export type ExpressionValue = { readonly constant: bigint } | { readonly symbolic: unknown };

/** What the assembler around us provides. */
export interface AssemblerEnvironment {
  /**
   * Parses an expression of the assembler's language in `text` from `offset`; returns its value and the offset after it.
   * Throws OperandError. It is called at most once for a place of an instruction's text, and may be called for text
   * that then turns out to be no operand of any form.
   */
  parseExpression(text: string, offset: number): { value: ExpressionValue; end: number };
  /** The register that a .req alias stands for, if any. */
  registerAlias(name: string): string | undefined;
  allows(feature: Feature): boolean;
}

/** An immediate operand: its value, and the relocation operator written before it (`lo12`), without colons. */
export interface Immediate {
  readonly value: ExpressionValue;
  readonly operator: string | undefined;
}

/** A shift or extension after a register: `lsl #3`, `sxtw`. `amount` is undefined where none is written. */
export interface Modifier {
  readonly name: string;
  readonly amount: Immediate | undefined;
}

/** What an expression was read as, and where it ended. */
interface ReadImmediate extends Immediate {
  readonly end: number;
}

const HASH = 0x23;
const COLON = 0x3a;
const CLOSE_BRACKET = 0x5d;

export class OperandReader {
  readonly text: string;
  readonly environment: AssemblerEnvironment;
  readonly #failures = new Failures();
  readonly #top: readonly Piece[];
  #pieces: readonly Piece[];
  #at = 0;
  readonly #registers = new Map<Piece, Register | null>();
  readonly #immediates = new Map<number, ReadImmediate>();

  /** Throws OperandError where the brackets of `text` do not match. */
  constructor(text: string, environment: AssemblerEnvironment) {
    this.text = text;
    this.environment = environment;
    this.#top = splitOperands(text);
    this.#pieces = this.#top;
  }

  /** Goes back to the first piece, for another form. */
  rewind(): void {
    this.#pieces = this.#top;
    this.#at = 0;
  }

  get done(): boolean {
    return this.#at >= this.#pieces.length;
  }

  /** The offset to point a message at: the piece's beginning, or the end of the text. */
  get offset(): number {
    return this.#piece?.start ?? this.#pieces.at(-1)?.after ?? this.text.length;
  }

  /** Takes the piece, which was peeked at. */
  skip(): void {
    this.#at++;
  }

  get #piece(): Piece | undefined {
    return this.#pieces[this.#at];
  }

  /**
   * Reads inside the bracket of the piece: calls `body`, which must use up the inner pieces, and then stands after the
   * piece. False where the piece has no such bracket or the body fails.
   */
  inside(bracket: '[' | '{', what: string, body: () => boolean): boolean {
    const piece = this.#piece;
    if (piece?.bracket !== bracket) return this.expected(what);
    const outer = this.#pieces;
    const place = this.#at;
    this.#pieces = piece.inner;
    this.#at = 0;
    const fits = body() && this.finished();
    this.#pieces = outer;
    this.#at = place + 1;
    return fits;
  }

  /** Whether no piece is left; notes the one that is. */
  finished(): boolean {
    const piece = this.#piece;
    if (piece === undefined) return true;
    return this.#failures.extra(piece.start, this.text.slice(piece.start, piece.end), piece.start);
  }

  /** Whether `suffix` and nothing else follows the closing bracket of the piece. Does not take it. */
  trailedBy(suffix: '' | '!'): boolean {
    const piece = this.#piece;
    if (piece?.bracket === undefined) return true;
    const trailing = this.text.slice(piece.after, piece.end);
    // Told only where nothing better is known: what stands inside the bracket matters more.
    return trailing === suffix || this.#failures.extra(piece.start, trailing || 'end of the address', piece.after);
  }

  /** The register the piece is. Does not take it. */
  peekRegister(): Register | undefined {
    const piece = this.#piece;
    if (piece === undefined) return undefined;
    const known = this.#registers.get(piece);
    if (known !== undefined) return known ?? undefined;
    const register = this.#registerIn(piece.start, piece.end);
    this.#registers.set(piece, register ?? null);
    return register;
  }

  #registerIn(start: number, end: number): Register | undefined {
    const name = this.text.slice(start, end);
    const lower = name.toLowerCase();
    const plain = registerNamed(lower);
    if (plain !== undefined) return plain;
    const dot = name.indexOf('.');
    const alias = this.environment.registerAlias(dot < 0 ? name : name.slice(0, dot));
    if (alias === undefined) return undefined;
    return registerNamed(alias.toLowerCase() + (dot < 0 ? '' : lower.slice(dot)));
  }

  /** The piece as a lower-case word, where it is nothing but letters, digits, `_`, `.` and `$`. Does not take it. */
  peekName(): string | undefined {
    const piece = this.#piece;
    if (piece === undefined || piece.start === piece.end) return undefined;
    for (let i = piece.start; i < piece.end; i++) {
      if (!isNamePart(this.text.charCodeAt(i))) return undefined;
    }
    return this.text.slice(piece.start, piece.end).toLowerCase();
  }

  /** The text of the piece without a leading `#`, where it is no bracketed one. Does not take it. */
  peekText(): string | undefined {
    const piece = this.#piece;
    if (piece === undefined || piece.bracket !== undefined) return undefined;
    const start = this.text.charCodeAt(piece.start) === HASH ? this.#skipSpace(piece.start + 1) : piece.start;
    return this.text.slice(start, piece.end);
  }

  /** Takes the piece as an immediate; undefined, with the reason noted as `what` expected, where it is none. */
  immediate(what: string): Immediate | undefined {
    const piece = this.#piece;
    if (piece !== undefined && (this.peekRegister() !== undefined || this.#isElement(piece))) {
      this.expected(what);
      return undefined;
    }
    return this.expression(what);
  }

  #isElement({ start, end }: Piece): boolean {
    if (this.text.charCodeAt(end - 1) !== CLOSE_BRACKET) return false;
    return this.#registerIn(start, this.text.indexOf('[', start)) !== undefined;
  }

  /** As immediate, but a register's name is taken for a symbol's: a label may be called `s1`. */
  expression(what: string): Immediate | undefined {
    const piece = this.#piece;
    if (piece === undefined || piece.start === piece.end || piece.bracket !== undefined) {
      this.expected(what);
      return undefined;
    }
    const immediate = this.#immediateIn(piece.start, piece.end, what);
    if (immediate !== undefined) this.#at++;
    return immediate;
  }

  /** The immediate that is all of the text from `start` to `end`. */
  #immediateIn(start: number, end: number, what: string): Immediate | undefined {
    const known = this.#immediates.get(start);
    const immediate = known ?? this.#readImmediate(start, end);
    if (immediate === undefined) {
      this.#failures.expected(start, what);
      return undefined;
    }
    this.#immediates.set(start, immediate);
    if (this.#skipSpace(immediate.end) >= end) return immediate;
    this.failAt(immediate.end, `unexpected text after ${what}`);
    return undefined;
  }

  #readImmediate(start: number, end: number): ReadImmediate | undefined {
    let at = start;
    if (this.text.charCodeAt(at) === HASH) at = this.#skipSpace(at + 1);
    let operator: string | undefined;
    if (this.text.charCodeAt(at) === COLON) {
      const close = this.text.indexOf(':', at + 1);
      if (close < 0 || close >= end) throw new OperandError("relocation operator without its closing ':'", at);
      operator = this.text.slice(at + 1, close).toLowerCase();
      at = this.#skipSpace(close + 1);
    }
    return at >= end ? undefined : { ...this.environment.parseExpression(this.text, at), operator };
  }

  #skipSpace(at: number): number {
    let i = at;
    while (isSpace(this.text.charCodeAt(i))) i++;
    return i;
  }

  /**
   * Takes the piece as a shift or extension (`lsl #3`, `uxtw`), where its first word is one of `names`. The amount may
   * stand without `#`.
   */
  modifier(names: readonly string[]): Modifier | undefined {
    const piece = this.#piece;
    if (piece === undefined) return undefined;
    let end = piece.start;
    while (end < piece.end && isLetter(this.text.charCodeAt(end))) end++;
    const name = this.text.slice(piece.start, end).toLowerCase();
    if (!names.includes(name)) return undefined;
    const at = this.#skipSpace(end);
    const amount = at < piece.end ? this.#immediateIn(at, piece.end, 'shift amount') : undefined;
    if (at < piece.end && amount === undefined) return undefined;
    this.#at++;
    return { name, amount };
  }

  /** Takes an element of a vector register, `v3.s[1]`. */
  element(what: string): { register: Register; index: Immediate; indexOffset: number } | undefined {
    const piece = this.#piece;
    const open = piece === undefined || piece.bracket !== undefined ? -1 : this.text.indexOf('[', piece.start);
    const register = open < 0 || open >= piece!.end ? undefined : this.#registerIn(piece!.start, open);
    if (register === undefined) {
      this.expected(what);
      return undefined;
    }
    const index = this.bracketedIndex(this.text.slice(open, piece!.end), open);
    if (index === undefined) return undefined;
    this.#at++;
    return { register, index, indexOffset: open + 1 };
  }

  /** The expression in `[...]`, which is all of `text`, which begins at `offset`. */
  bracketedIndex(text: string, offset: number): Immediate | undefined {
    if (!text.startsWith('[') || !text.endsWith(']')) {
      this.#failures.expected(offset, 'an element index in brackets');
      return undefined;
    }
    return this.#immediateIn(this.#skipSpace(offset + 1), offset + text.length - 1, 'element index');
  }

  /** Takes a register list, `{v0.8b, v1.8b}` or `{v0.8b-v3.8b}`, and what follows its closing brace. */
  registerList(what: string, item: string): { registers: Register[]; after: string; afterOffset: number } | undefined {
    const piece = this.#piece;
    const registers = piece?.bracket === '{' ? this.#listed(piece) : undefined;
    if (piece === undefined || registers === undefined) {
      this.expected(what, item);
      return undefined;
    }
    this.#at++;
    return { registers, after: this.text.slice(piece.after, piece.end), afterOffset: piece.after };
  }

  #listed(list: Piece): Register[] | undefined {
    const registers: Register[] = [];
    for (const { start, end } of list.inner) {
      const hyphen = this.text.indexOf('-', start);
      const isRange = hyphen >= 0 && hyphen < end;
      const first = this.#registerIn(start, isRange ? this.#trimEnd(hyphen) : end);
      const last = isRange ? this.#registerIn(this.#skipSpace(hyphen + 1), end) : first;
      if (first === undefined || last === undefined || last.number < first.number) return undefined;
      for (let number = first.number; number < last.number; number++) registers.push({ ...first, number });
      registers.push(last);
    }
    return registers.length === 0 ? undefined : registers;
  }

  #trimEnd(end: number): number {
    let at = end;
    while (isSpace(this.text.charCodeAt(at - 1))) at--;
    return at;
  }

  /** Notes that `what` was expected at this place (`%` in it stands for `item`). Returns false, for operand kinds to return. */
  expected(what: string, item?: string): false {
    return this.#failures.expected(this.offset, what, item);
  }

  expectedAt(offset: number, what: string, item?: string): false {
    return this.#failures.expected(offset, what, item);
  }

  /** Notes that what stands at this place is of the right kind, and is wrong in the way `message` says. */
  fail(message: string): false {
    return this.#failures.value(this.offset, message);
  }

  failAt(offset: number, message: string): false {
    return this.#failures.value(offset, message);
  }

  /** The error that explains best why no form fitted. */
  error(): OperandError {
    return this.#failures.error((offset) => this.text.slice(offset, pieceEnd(this.#top, offset)).trim());
  }
}

/** Where the innermost piece that begins at `offset` ends; `offset` itself where none begins there. */
function pieceEnd(pieces: readonly Piece[], offset: number): number {
  const piece = pieces.find(({ start, end }) => start <= offset && offset < end);
  if (piece === undefined) return offset;
  return piece.start === offset || piece.inner.length === 0 ? piece.end : pieceEnd(piece.inner, offset);
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isNamePart(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2e || code === 0x24;
}
