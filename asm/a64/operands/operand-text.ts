/**
 * The operand text of one instruction cut into pieces at its commas, each with the pieces inside its brackets or
 * braces. Nothing is known here of what a piece means.
 */
import { OperandError } from '../operand-error.ts';

/** One comma-separated part of the text, without the spaces around it. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** The opening bracket where the piece begins with one: `[x0, #8]!`, `{v0.8b, v1.8b}[1]`. */
  readonly bracket: '[' | '{' | undefined;
  /** The parts inside that bracket; empty elsewhere, and in a bracket within a bracket. */
  readonly inner: readonly Piece[];
  /** Where the text after the closing bracket begins; `end` where there is no bracket. */
  readonly after: number;
}

const COMMA = 0x2c;
const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;

const closing: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')' };

/** Whether `code` is a space or a tab. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The offset after a character constant (`'a`, `'a'`, `'\n'`) or string that begins at `at`. */
function skipQuoted(text: string, at: number): number {
  if (text.charCodeAt(at) === DOUBLE_QUOTE) {
    for (let i = at + 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === BACKSLASH) i++;
      else if (code === DOUBLE_QUOTE) return i + 1;
    }
    return text.length;
  }
  const last = text.charCodeAt(at + 1) === BACKSLASH ? at + 2 : at + 1;
  return text.charCodeAt(last + 1) === QUOTE ? last + 2 : last + 1;
}

/** The offset of the bracket that closes the one at `open`; throws OperandError where there is none. */
function matching(text: string, open: number, end: number): number {
  const expected: string[] = [];
  for (let i = open; i < end; i++) {
    const char = text[i]!;
    if (char === "'" || char === '"') i = skipQuoted(text, i) - 1;
    else if (closing[char] !== undefined) expected.push(closing[char]!);
    else if (char === ']' || char === '}' || char === ')') {
      if (expected.pop() !== char) throw new OperandError(`unbalanced '${char}'`, i);
      if (expected.length === 0) return i;
    }
  }
  throw new OperandError(`'${text[open]}' is not closed`, open);
}

/** `nested`: within another bracket, where what a bracket holds does not matter any more. */
function makePiece(text: string, from: number, to: number, nested: boolean): Piece {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  const first = text[start];
  if (start === end || (first !== '[' && first !== '{')) {
    return { start, end, bracket: undefined, inner: [], after: end };
  }
  const close = matching(text, start, end);
  let after = close + 1;
  while (after < end && isSpace(text.charCodeAt(after))) after++;
  const inner = nested ? [] : splitRange(text, start + 1, close, true);
  return { start, end, bracket: first, inner, after };
}

function splitRange(text: string, from: number, to: number, nested: boolean): Piece[] {
  const pieces: Piece[] = [];
  let start = from;
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (code === COMMA) {
      pieces.push(makePiece(text, start, at, nested));
      at++;
      start = at;
    } else if (code === QUOTE || code === DOUBLE_QUOTE) at = skipQuoted(text, at);
    else if (code === 0x5b || code === 0x7b || code === 0x28) at = matching(text, at, to) + 1;
    else at++;
  }
  const last = makePiece(text, start, to, nested);
  if (pieces.length > 0 || last.start < last.end) pieces.push(last);
  return pieces;
}

/** The pieces of `text`; none where it is blank. Throws OperandError where brackets do not match. */
export function splitOperands(text: string): Piece[] {
  return splitRange(text, 0, text.length, false);
}
