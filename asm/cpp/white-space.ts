/**
 * What stands between tokens (C11 5.1.1.2, translation phases 2 and 3): white space, comments and line splices; and
 * whole lines that are passed over because their group is left out.
 */
import { BACKSLASH, BLANK, CLASSES, NEWLINE, SLASH, STAR } from './characters.ts';
import { type Language, Scanner, spliceEnd } from './scanner.ts';

export class WhiteSpace {
  /** White space or a comment was passed over. Whoever uses that sets it back. */
  seen = false;
  /** Where a comment began that nothing ends; -1 where there is none. */
  unterminatedComment = -1;
  /** There are line splices in the text. */
  readonly spliced: boolean;
  readonly #text: string;
  readonly #language: Language;

  constructor(text: string, language: Language) {
    this.#text = text;
    this.#language = language;
    this.spliced = /\\[ \t\v\f]*\n/.test(text);
  }

  /** Whether a logical line ends at `at`. */
  endsLine(at: number): boolean {
    return at >= this.#text.length || this.#text.charCodeAt(at) === NEWLINE;
  }

  /** Passes over white space, comments and splices of a logical line; `seen` is set where there were any. */
  skip(from: number): number {
    const text = this.#text;
    let at = from;
    for (;;) {
      const c = text.charCodeAt(at);
      if (c === SLASH) {
        let next = at + 1;
        if (text.charCodeAt(next) === BACKSLASH) next = this.#afterSplices(next);
        const second = text.charCodeAt(next);
        if (second !== STAR && second !== SLASH) return at;
        at = this.skipComment(at, next);
        this.seen = true;
      } else if (c < 128 && CLASSES[c] === BLANK) {
        this.seen = true;
        at++;
      } else if (c === BACKSLASH) {
        const end = spliceEnd(text, at);
        if (end < 0) return at;
        at = end;
      } else return at;
    }
  }

  /** The offset after the line splices at `from`. */
  #afterSplices(from: number): number {
    let at = from;
    while (this.#text.charCodeAt(at) === BACKSLASH) {
      const end = spliceEnd(this.#text, at);
      if (end < 0) return at;
      at = end;
    }
    return at;
  }

  /** The offset after the comment at `at`, whose second character is at `second`; of `//`, the end of its line. */
  skipComment(at: number, second: number): number {
    const text = this.#text;
    if (text.charCodeAt(second) === SLASH) return this.#endOfLogicalLine(second);
    let from = second + 1;
    for (;;) {
      const star = this.spliced ? text.indexOf('*', from) : text.indexOf('*/', from);
      if (star < 0) break;
      const close = this.spliced ? this.#afterSplices(star + 1) : star + 1;
      if (text.charCodeAt(close) === SLASH) return close + 1;
      from = star + 1;
    }
    this.unterminatedComment = at;
    return text.length;
  }

  /** The offset of the newline that ends the logical line of `from`, whatever stands in it. */
  #endOfLogicalLine(from: number): number {
    let end = from;
    for (;;) {
      end = this.#text.indexOf('\n', end);
      if (end < 0) return this.#text.length;
      if (!this.spliced) return end;
      let before = end - 1;
      while (before >= from && CLASSES[this.#text.charCodeAt(before)] === BLANK) before--;
      if (before < from || this.#text.charCodeAt(before) !== BACKSLASH) return end;
      end++;
    }
  }

  /** Passes over white space and ends of lines. `seen` tells of the last line. */
  skipLines(from: number): number {
    let at = from;
    for (;;) {
      this.seen = false;
      at = this.skip(at);
      if (at >= this.#text.length || this.#text.charCodeAt(at) !== NEWLINE) return at;
      at++;
    }
  }

  /** The start of the line after the logical line of `from`: comments and literals are seen, tokens not made. */
  skipLine(from: number): number {
    const text = this.#text;
    let at = from;
    while (at < text.length) {
      const c = text.charCodeAt(at);
      if (c === NEWLINE) return at + 1;
      if (c === SLASH) {
        const space = this.seen;
        const end = this.skip(at);
        this.seen = space;
        at = end === at ? at + 1 : end;
      } else if (c === 34 || c === 39) {
        at = this.#skipLiteral(at);
      } else if (c === BACKSLASH) {
        const end = spliceEnd(text, at);
        at = end < 0 ? at + 1 : end;
      } else at++;
    }
    return at;
  }

  #skipLiteral(at: number): number {
    const quote = this.#text.charCodeAt(at);
    if (quote === 34 && this.#language === 'c' && at > 0 && this.#text.charCodeAt(at - 1) === 82)
      return this.#skipRawString(at);
    for (let i = at + 1; i < this.#text.length; i++) {
      const c = this.#text.charCodeAt(i);
      if (c === quote) return i + 1;
      if (c === NEWLINE) return i;
      if (c === BACKSLASH) {
        const end = spliceEnd(this.#text, i);
        i = end < 0 ? i + 1 : end - 1;
      }
    }
    return this.#text.length;
  }

  /** A raw string may hold newlines; what precedes its quote must be nothing but its prefix. */
  #skipRawString(at: number): number {
    let start = at - 1;
    while (start > 0 && /[A-Za-z0-9_$]/.test(this.#text[start - 1]!)) start--;
    const scanner = new Scanner(this.#language);
    scanner.text = this.#text;
    scanner.scan(start);
    return scanner.end > at ? scanner.end : at + 1;
  }
}
