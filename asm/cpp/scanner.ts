/**
 * One preprocessing token of a line (C11 6.4), as gcc reads it in C (gnu89 to gnu17) and in assembler sources:
 * there digraphs, `::` and the prefixes u, U, u8 and R do not exist and `$` is not a letter.
 *
 * A quote without its partner takes the rest of the line and is one token of kind `other`.
 */
import {
  APOSTROPHE,
  BACKSLASH,
  CLASSES,
  DIGIT,
  DOLLAR,
  IDENTIFIER_PART,
  IDENTIFIER_START,
  isExtendedPart,
  isExtendedStart,
  NEWLINE,
  QUOTE,
} from './characters.ts';
import type { TokenKind } from './token.ts';

export type Language = 'c' | 'assembler';

/** Token kinds by the small numbers in which a lexed file keeps them. */
export const KINDS: readonly TokenKind[] = ['identifier', 'number', 'string', 'character', 'punctuator', 'other'];
const IDENTIFIER = 0;
const NUMBER = 1;
const STRING = 2;
const CHARACTER = 3;
export const PUNCTUATOR = 4;
export const OTHER = 5;

/** Scans tokens of `text`. After `scan`, `kind` and `end` describe the token. */
export class Scanner {
  text = '';
  kind = OTHER;
  /** The offset after the token. */
  end = 0;
  /** The quote whose partner is missing, where that makes the token kind `other`; else 0. */
  unterminated = 0;
  readonly #c: boolean;

  constructor(language: Language) {
    this.#c = language === 'c';
  }

  /**
   * Scans the token that begins at `at`, which is no white space and no comment. A token that a spliced line may
   * continue ends at its backslash; a string or character constant that meets a splice ends there with `end` at the
   * backslash.
   */
  scan(at: number): void {
    this.unterminated = 0;
    const c = this.text.charCodeAt(at);
    if (c < 128) {
      const kind = CLASSES[c]!;
      if ((kind & IDENTIFIER_START) !== 0) this.#identifier(at, at + 1);
      else if ((kind & DIGIT) !== 0) this.#number(at + 1);
      else if (c === QUOTE) this.#quoted(at + 1, QUOTE, STRING);
      else if (c === APOSTROPHE) this.#quoted(at + 1, APOSTROPHE, CHARACTER);
      else if (c === 46 && isDigit(this.text.charCodeAt(at + 1))) this.#number(at + 2);
      else if (c === DOLLAR && this.#c) this.#identifier(at, at + 1);
      else this.#punctuator(at, c);
      if (this.kind === OTHER && c === BACKSLASH && this.#c) this.#universalName(at);
      return;
    }
    const point = this.text.codePointAt(at)!;
    const end = at + (point > 0xffff ? 2 : 1);
    if (this.#c && isExtendedStart(point)) {
      this.#identifier(at, end);
      return;
    }
    this.kind = OTHER;
    this.end = end;
  }

  /**
   * Scans a header name from the `<` at `at`. Returns whether its `>` stands on the line; if not, nothing has
   * changed.
   */
  scanHeaderName(at: number): boolean {
    for (let i = at + 1; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === NEWLINE) return false;
      if (c === 62) {
        this.kind = STRING;
        this.end = i + 1;
        return true;
      }
    }
    return false;
  }

  #identifier(start: number, from: number): void {
    const text = this.text;
    let i = from;
    for (;;) {
      const c = text.charCodeAt(i);
      if (c < 128) {
        if ((CLASSES[c]! & IDENTIFIER_PART) !== 0 || (c === DOLLAR && this.#c)) i++;
        else if (c === BACKSLASH && this.#c && universalNameLength(text, i) > 0) i += universalNameLength(text, i);
        else {
          this.kind = IDENTIFIER;
          this.end = i;
          if (c === QUOTE || c === APOSTROPHE) this.#prefixed(start, i, c);
          return;
        }
      } else {
        const point = this.#c ? text.codePointAt(i) : undefined;
        if (point === undefined || !isExtendedPart(point)) {
          this.kind = IDENTIFIER;
          this.end = i;
          return;
        }
        i += point > 0xffff ? 2 : 1;
      }
    }
  }

  /** An identifier that is the prefix of a literal (C11 6.4.5) makes one token with it. */
  #prefixed(start: number, end: number, quote: number): void {
    const length = end - start;
    if (length > 3) return;
    const prefix = this.text.slice(start, end);
    if (prefix === 'L') this.#quoted(end + 1, quote, quote === QUOTE ? STRING : CHARACTER);
    else if (!this.#c) return;
    else if (prefix === 'u' || prefix === 'U') this.#quoted(end + 1, quote, quote === QUOTE ? STRING : CHARACTER);
    else if (quote !== QUOTE) return;
    else if (prefix === 'u8') this.#quoted(end + 1, quote, STRING);
    else if (prefix === 'R' || prefix === 'LR' || prefix === 'uR' || prefix === 'UR' || prefix === 'u8R')
      this.#rawString(end + 1);
  }

  #number(from: number): void {
    const text = this.text;
    let i = from;
    for (;;) {
      const c = text.charCodeAt(i);
      if (c < 128 && (CLASSES[c]! & IDENTIFIER_PART) !== 0) {
        i++;
        // 'e', 'E', 'p' and 'P' may be followed by a sign.
        if ((c | 32) === 101 || (c | 32) === 112) {
          const sign = text.charCodeAt(i);
          if (sign === 43 || sign === 45) i++;
        }
      } else if (c === 46 || (c === DOLLAR && this.#c)) i++;
      else break;
    }
    this.kind = NUMBER;
    this.end = i;
  }

  #quoted(from: number, quote: number, kind: number): void {
    const text = this.text;
    const length = text.length;
    let i = from;
    while (i < length) {
      const c = text.charCodeAt(i);
      if (c === quote) {
        this.kind = kind;
        this.end = i + 1;
        return;
      }
      if (c === NEWLINE) break;
      if (c === BACKSLASH) {
        if (spliceEnd(text, i) >= 0) break;
        i++;
      }
      i++;
    }
    this.kind = OTHER;
    this.unterminated = quote;
    this.end = Math.min(i, length);
  }

  /** R"delimiter(any text)delimiter" (a GNU extension to C11; C++11 2.14.5). */
  #rawString(from: number): void {
    const open = this.text.indexOf('(', from);
    const delimiter = open < 0 ? '' : this.text.slice(from, open);
    const close = open < 0 || delimiter.length > 16 ? -1 : this.text.indexOf(`)${delimiter}"`, open + 1);
    if (close < 0 || /[\s\\)]/.test(delimiter)) {
      this.#quoted(from, QUOTE, STRING);
      return;
    }
    this.kind = STRING;
    this.end = close + delimiter.length + 2;
  }

  #punctuator(at: number, c: number): void {
    const length = punctuatorLength(this.text, at, c, this.#c);
    this.kind = length === 0 ? OTHER : PUNCTUATOR;
    this.end = at + (length === 0 ? 1 : length);
  }

  /** \uXXXX at the start of an identifier. */
  #universalName(at: number): void {
    const length = universalNameLength(this.text, at);
    if (length > 0) this.#identifier(at, at + length);
  }
}

/**
 * Where `text` goes on after a line splice at `at`, or -1 where there is none: a backslash, then the end of the
 * line. As in gcc, white space may come between, and a backslash at the very end of a file is none.
 */
export function spliceEnd(text: string, at: number): number {
  let i = at + 1;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c === NEWLINE) return i + 1;
    if (c === 32 || c === 9 || c === 11 || c === 12) i++;
    else return -1;
  }
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

/** The length of a universal character name (C11 6.4.3) at `at` that may stand in an identifier, or 0. */
function universalNameLength(text: string, at: number): number {
  const letter = text.charCodeAt(at + 1);
  const digits = letter === 117 ? 4 : letter === 85 ? 8 : 0;
  if (digits === 0) return 0;
  const hexadecimal = text.slice(at + 2, at + 2 + digits);
  if (hexadecimal.length < digits || !/^[0-9a-fA-F]+$/.test(hexadecimal)) return 0;
  return isExtendedPart(Number.parseInt(hexadecimal, 16)) ? digits + 2 : 0;
}

/** The length of the longest punctuator at `at`, whose first character is `c`; 0 where there is none. */
function punctuatorLength(text: string, at: number, c: number, inC: boolean): number {
  const next = text.charCodeAt(at + 1);
  switch (c) {
    case 40: // ( ) , ; ? [ ] { } ~
    case 41:
    case 44:
    case 59:
    case 63:
    case 91:
    case 93:
    case 123:
    case 125:
    case 126:
      return 1;
    case 33: // !
    case 42: // *
    case 47: // /
    case 61: // =
    case 94: // ^
      return next === 61 ? 2 : 1;
    case 35: // #
      return next === 35 ? 2 : 1;
    case 43: // +
    case 38: // &
    case 124: // |
      return next === c || next === 61 ? 2 : 1;
    case 45: // -
      return next === 45 || next === 61 || next === 62 ? 2 : 1;
    case 46: // .
      return next === 46 && text.charCodeAt(at + 2) === 46 ? 3 : 1;
    case 58: // :
      return inC && (next === 58 || next === 62) ? 2 : 1;
    case 60: // <
      return shiftLength(text, at, c, next) || (inC && (next === 58 || next === 37) ? 2 : 1);
    case 62: // >
      return shiftLength(text, at, c, next) || 1;
    case 37: // %
      return moduloLength(text, at, next, inC);
    default:
      return 0;
  }
}

/** << <<= <= and the same with >, or 0. */
function shiftLength(text: string, at: number, c: number, next: number): number {
  if (next === 61) return 2;
  if (next !== c) return 0;
  return text.charCodeAt(at + 2) === 61 ? 3 : 2;
}

/** % %= and the digraphs %> %: %:%: */
function moduloLength(text: string, at: number, next: number, inC: boolean): number {
  if (next === 61) return 2;
  if (!inC) return 1;
  if (next === 62) return 2;
  if (next !== 58) return 1;
  return text.charCodeAt(at + 2) === 37 && text.charCodeAt(at + 3) === 58 ? 4 : 2;
}
