/**
 * A file cut into preprocessing tokens (C11 5.1.1.2, translation phases 2 and 3; 6.4).
 *
 * A lexed file knows nothing of macros and of who includes it, so it is kept and used again for every run that reads
 * the same text. It is lexed as it is read: a group that #if leaves out is passed over line by line.
 */
import { BACKSLASH, NEWLINE, SPACE } from './characters.ts';
import { DIRECTIVES, Part } from './parts.ts';
import { plainDefinition } from './plain-definition.ts';
import { KINDS, type Language, OTHER, PUNCTUATOR, Scanner, spliceEnd } from './scanner.ts';
import { ALWAYS_ALONE, HAS_INCLUDE, HAS_INCLUDE_NEXT, intern, ONE_CHARACTER, OPEN_PAREN } from './spelling.ts';
import type { TokenKind } from './token.ts';
import { WhiteSpace } from './white-space.ts';

// A token is kept as one number: its kind in the lowest bits, these two flags, then its spelling's number.
export const KIND_MASK = 7;
export const SPACED = 8;
export const STARTS_LINE = 16;
export const SPELLING_SHIFT = 5;

/** A directive's `#` and its name, which no splice can make longer. */
const PLAIN_DIRECTIVE = /#[ \t]*([a-z_]+)(?![\w$\\])/y;

export class LexedFile {
  /** The text as it was given. */
  readonly source: string;
  /** The same with every line ended by a newline alone. */
  readonly text: string;
  readonly language: Language;
  readonly words: number[] = [];
  readonly offsets: number[] = [];
  /** The macro that guards the whole file (#ifndef NAME ... #endif): the number of its name; 0 where there is none. */
  guard = 0;
  readonly #scanner: Scanner;
  readonly #white: WhiteSpace;
  readonly #start: Part;

  constructor(text: string, language: Language) {
    this.source = text;
    // Carriage returns end lines as well; offsets stay as they are.
    this.text = text.includes('\r') ? text.replace(/\r\n?/g, (end) => (end.length === 2 ? ' \n' : '\n')) : text;
    this.language = language;
    this.#scanner = new Scanner(language);
    this.#scanner.text = this.text;
    this.#white = new WhiteSpace(this.text, language);
    this.#start = this.#partAt(0);
  }

  /** Where a comment begins that nothing ends, as far as the file was read; -1 where there is none. */
  get unterminatedComment(): number {
    return this.#white.unterminatedComment;
  }

  /** The first part. */
  get first(): Part {
    return this.#start;
  }

  /** Lexes `part`, if it is not yet, and finds the part after it. */
  lex(part: Part): void {
    if (part.from >= 0) return;
    part.from = this.words.length;
    const next = part.kind === 'text' ? this.#lexText(part) : this.#lexDirective(part);
    part.to = this.words.length;
    part.next ??= next;
  }

  /** The part after `part`, without lexing `part`. */
  skip(part: Part): Part {
    if (part.next === undefined) part.next = this.#skipPart(part);
    return part.next;
  }

  /**
   * The number of the name that the #define `part` defines, if its line is so plain that its body need not be lexed
   * before the macro is used; else 0.
   */
  plainDefinition(part: Part): number {
    const plain = plainDefinition(this.text, part.body);
    if (plain === undefined) return 0;
    part.end = plain.end;
    return intern(plain.name);
  }

  /** The kind of token `index`. */
  kindOf(index: number): TokenKind {
    return KINDS[this.words[index]! & KIND_MASK]!;
  }

  /** Whether white space stands before token `index`. */
  isSpaced(index: number): boolean {
    return (this.words[index]! & SPACED) !== 0;
  }

  /** The number of the spelling of token `index`. */
  spellingOf(index: number): number {
    return this.words[index]! >> SPELLING_SHIFT;
  }

  /** The part that begins at the first token from the start of line `at` on. */
  #partAt(at: number): Part {
    const start = this.#white.skipLines(at);
    if (start >= this.text.length) return new Part('end', start, start, false);
    return this.#directiveAt(start) ?? new Part('text', start, start, this.#white.seen);
  }

  /** The directive whose `#` would be at `at`, the first token of its line; undefined where it is none. */
  #directiveAt(at: number): Part | undefined {
    const spaced = this.#white.seen;
    // Most directives are spelt without anything unusual.
    PLAIN_DIRECTIVE.lastIndex = at;
    const plain = PLAIN_DIRECTIVE.exec(this.text);
    const kind = plain === null ? undefined : DIRECTIVES.get(plain[1]!);
    if (kind !== undefined) return new Part(kind, at, PLAIN_DIRECTIVE.lastIndex, spaced);
    const inC = this.language === 'c';
    const c = this.text.charCodeAt(at);
    let body = at + 1;
    if (c === 35) {
      if (this.text.charCodeAt(body) === 35) return undefined;
    } else if (inC && c === 37 && this.text.charCodeAt(body) === 58) {
      body++;
      if (this.text.charCodeAt(body) === 37 && this.text.charCodeAt(body + 1) === 58) return undefined;
    } else return undefined;
    body = this.#white.skip(body);
    if (this.#white.endsLine(body)) return new Part('null', at, body, spaced);
    const name = this.#scanToken(body);
    const directive = DIRECTIVES.get(name);
    if (directive !== undefined) return new Part(directive, at, this.#scanner.end, spaced);
    this.#white.seen = spaced;
    if (!inC) return undefined;
    const first = name.charCodeAt(0);
    return new Part(first >= 48 && first <= 57 ? 'linemarker' : 'unknown', at, body, spaced);
  }

  #lexText(part: Part): Part {
    let at = part.start;
    this.#white.seen = part.spaced;
    for (;;) {
      at = this.#lexLine(part, at, STARTS_LINE);
      at = this.#white.skipLines(at);
      if (at >= this.text.length) return new Part('end', at, at, false);
      const c = this.text.charCodeAt(at);
      if (c === 35 || c === 37) {
        const directive = this.#directiveAt(at);
        if (directive !== undefined) return directive;
      }
    }
  }

  #lexDirective(part: Part): Part {
    if (part.kind === 'end') return part;
    this.#white.seen = false;
    return this.#partAt(this.#lexLine(part, part.body, 0));
  }

  /** Lexes from `from`, in a line, to the end of it. Returns the start of the next line. */
  #lexLine(part: Part, from: number, first: number): number {
    const text = this.text;
    const length = text.length;
    let at = from;
    let flags = first;
    for (;;) {
      let c = text.charCodeAt(at);
      // The commonest white space is passed over here; the rest of it, and comments, by WhiteSpace.
      if (c === SPACE) {
        this.#white.seen = true;
        c = text.charCodeAt(++at);
      }
      const alone = c < 128 ? ALWAYS_ALONE[c]! : 0;
      if (alone !== 0) {
        this.#push((alone << SPELLING_SHIFT) | PUNCTUATOR | flags, at++);
        flags = 0;
        continue;
      }
      at = this.#white.skip(at);
      if (at >= length || text.charCodeAt(at) === NEWLINE) return at + 1;
      const id = this.#lexToken(part, at);
      if (id === 0) this.#white.seen = true;
      else {
        this.#push((id << SPELLING_SHIFT) | this.#scanner.kind | flags, at);
        flags = 0;
      }
      at = this.#scanner.end;
    }
  }

  #push(word: number, at: number): void {
    this.words.push(this.#white.seen ? word | SPACED : word);
    this.offsets.push(at);
    this.#white.seen = false;
  }

  /** Scans the token at `at`; returns its spelling's number, or 0 where after a splice it turns out to be a comment. */
  #lexToken(part: Part, at: number): number {
    const text = this.text;
    const scanner = this.#scanner;
    if (part.kind !== 'text' && text.charCodeAt(at) === 60 && this.#wantsHeader(part) && scanner.scanHeaderName(at))
      return intern(text.slice(at, scanner.end));
    scanner.scan(at);
    const end = scanner.end;
    if (this.#white.spliced && text.charCodeAt(end) === BACKSLASH && spliceEnd(text, end) >= 0) {
      const spelling = this.#scanSpliced(at);
      return spelling === '' ? 0 : intern(spelling);
    }
    if (scanner.kind === OTHER) this.#checkQuote(part, at);
    const one = end - at === 1 && scanner.kind === PUNCTUATOR ? ONE_CHARACTER[text.charCodeAt(at)]! : 0;
    return one !== 0 ? one : intern(text.slice(at, end));
  }

  /** In the place after #include, and after __has_include in a condition, `<...>` is a header name (C11 6.4.7). */
  #wantsHeader(part: Part): boolean {
    const count = this.words.length - part.from;
    switch (part.kind) {
      case 'include':
      case 'include_next':
      case 'import':
        return count === 0;
      case 'if':
      case 'elif': {
        const last = count - 1;
        const open = last >= 0 && this.spellingOf(part.from + last) === OPEN_PAREN ? 1 : 0;
        const name = last - open < 0 ? 0 : this.spellingOf(part.from + last - open);
        return name === HAS_INCLUDE || name === HAS_INCLUDE_NEXT;
      }
      default:
        return false;
    }
  }

  /** In C a quote without its partner is worth a warning; in assembler text it is an apostrophe. */
  #checkQuote(part: Part, at: number): void {
    const quote = this.#scanner.unterminated;
    if (quote === 0 || this.language !== 'c') return;
    part.problems ??= [];
    part.problems.push({ offset: at, message: `missing terminating ${String.fromCharCode(quote)} character` });
  }

  /** Scans the token at `at` and returns its spelling, or '' where after a splice it turns out to be a comment. */
  #scanToken(at: number): string {
    const scanner = this.#scanner;
    scanner.scan(at);
    const end = scanner.end;
    if (this.#white.spliced && this.text.charCodeAt(end) === BACKSLASH && spliceEnd(this.text, end) >= 0)
      return this.#scanSpliced(at);
    return this.text.slice(at, end);
  }

  /**
   * Scans the token at `at`, which line splices may interrupt. Returns its spelling without them, or '' where a
   * comment begins there; the scanner's `end` is the offset after it.
   */
  #scanSpliced(at: number): string {
    const scanner = this.#scanner;
    // Most tokens are short, and the logical line may be long.
    for (let most = 64; ; most *= 4) {
      const { clean, offsets, whole } = withoutSplices(this.text, at, most);
      if (clean.startsWith('/*') || clean.startsWith('//')) {
        scanner.end = this.#white.skipComment(at, offsets[1]!);
        return '';
      }
      scanner.text = clean;
      scanner.scan(0);
      scanner.text = this.text;
      const length = scanner.end;
      if (length === clean.length && !whole) continue;
      // The splices after the last character are left to the passing of white space.
      scanner.end = offsets[length - 1]! + 1;
      return clean.slice(0, length);
    }
  }

  #skipPart(part: Part): Part {
    if (part.kind === 'end') return part;
    if (part.kind !== 'text') return this.#partAt(part.end >= 0 ? part.end : this.#white.skipLine(part.body));
    let at = part.start;
    for (;;) {
      at = this.#white.skipLines(this.#white.skipLine(at));
      if (at >= this.text.length) return new Part('end', at, at, false);
      const c = this.text.charCodeAt(at);
      if (c === 35 || c === 37) {
        const directive = this.#directiveAt(at);
        if (directive !== undefined) return directive;
      }
    }
  }
}

/**
 * The logical line of `text` from `at` on without its splices, or the first `most` characters of it; the offset of
 * each of them, and whether that is all.
 */
function withoutSplices(text: string, at: number, most: number): { clean: string; offsets: number[]; whole: boolean } {
  const offsets: number[] = [];
  let clean = '';
  let i = at;
  while (i < text.length && offsets.length < most) {
    const c = text.charCodeAt(i);
    if (c === NEWLINE) break;
    const end = c === BACKSLASH ? spliceEnd(text, i) : -1;
    if (end >= 0) i = end;
    else {
      clean += text[i];
      offsets.push(i++);
    }
  }
  return { clean, offsets, whole: offsets.length < most };
}
