/**
 * Tokens read one after another with a little look-ahead. Digraphs are read as what they mean (C11 6.4.6, 3), and a
 * `#pragma` line that the preprocessor passed on is taken out: the grammar does not see it.
 */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import { noteAt } from './notes.ts';

export interface TokenSource {
  next(): Token;
}

const DIGRAPHS: ReadonlyMap<string, string> = new Map([
  ['<:', '['],
  [':>', ']'],
  ['<%', '{'],
  ['%>', '}'],
]);

const OPENERS: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

const CLOSERS: ReadonlySet<string> = new Set(OPENERS.values());

export class TokenReader {
  /** The token the grammar looks at. */
  current: Token;
  /** The token behind the current one, where it was looked at. */
  #ahead: Token | undefined;
  readonly #source: TokenSource;
  readonly #pragma: (line: readonly Token[]) => void;
  /** Read behind a `#` line, and not yet given out. */
  #behind: Token | undefined;

  /** `pragma` is called with every line of #pragma or #ident that the preprocessor passed on: the tokens behind '#'. */
  constructor(source: TokenSource, pragma: (line: readonly Token[]) => void) {
    this.#source = source;
    this.#pragma = pragma;
    this.current = this.#read();
  }

  /** Steps to the next token and returns the one that was current. */
  advance(): Token {
    const token = this.current;
    this.current = this.#ahead ?? this.#read();
    this.#ahead = undefined;
    return token;
  }

  /** The token after the current one. */
  peek(): Token {
    this.#ahead ??= this.#read();
    return this.#ahead;
  }

  /** Whether the current token is the punctuator or keyword `text`. */
  is(text: string): boolean {
    // A string or character token never reads like one: its quotes are part of its text.
    return this.current.text === text;
  }

  /** Steps over the current token where it is `text`; says whether it was. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  /** Steps over `text`; `where` completes the message "expected ')' ...". Throws SourceError at any other token. */
  expect(text: string, where: string): Token {
    if (!this.is(text)) throw this.unexpected(`'${text}' ${where}`);
    return this.advance();
  }

  /** A SourceError at the current token: "expected ... before '...'". */
  unexpected(expected: string): SourceError {
    const found = this.current.kind === 'end' ? 'at the end of the input' : `before '${this.current.text}'`;
    return new SourceError(`expected ${expected} ${found}`, this.current);
  }

  /**
   * Steps over a bracket and all up to its partner; the current token is the opening bracket. All these tokens are
   * added to `kept`. Throws SourceError where a bracket inside has no partner.
   */
  skipBrackets(kept?: Token[]): void {
    const open: Token[] = [];
    do {
      const token = this.current;
      if (token.kind === 'punctuator') {
        if (OPENERS.has(token.text)) open.push(token);
        else if (CLOSERS.has(token.text)) {
          const opener = open.pop()!;
          if (OPENERS.get(opener.text) !== token.text) throw mismatch(opener, token);
        }
      } else if (token.kind === 'end') throw this.unclosed(open[open.length - 1]!);
      kept?.push(token);
      this.advance();
    } while (open.length > 0);
  }

  /** After a fault: steps behind the next ';' that is not inside braces, or up to a '}' or the end of the input. */
  skipStatement(): void {
    for (let depth = 0; this.current.kind !== 'end'; this.advance()) {
      if (this.current.kind !== 'punctuator') continue;
      if (this.current.text === '{') depth++;
      else if (this.current.text === '}' && depth-- === 0) return;
      else if (this.current.text === ';' && depth === 0) break;
    }
    this.advance();
  }

  /** A SourceError for the end of the input inside brackets. */
  unclosed(opener: Token): SourceError {
    const note = noteAt(`to match this '${opener.text}'`, opener);
    return new SourceError(`expected '${OPENERS.get(opener.text)}' at the end of the input`, this.current, [note]);
  }

  #read(): Token {
    for (;;) {
      const token = this.#behind ?? this.#source.next();
      this.#behind = undefined;
      if (token.kind !== 'punctuator') return token;
      if (token.startsLine && token.text === '#') this.#directive();
      else if (token.text.length === 2) {
        const meant = DIGRAPHS.get(token.text);
        return meant === undefined ? token : { ...token, text: meant };
      } else return token;
    }
  }

  #directive(): void {
    const line: Token[] = [];
    let token = this.#source.next();
    while (!token.startsLine && token.kind !== 'end') {
      line.push(token);
      token = this.#source.next();
    }
    this.#behind = token;
    this.#pragma(line);
  }
}

function mismatch(opener: Token, closer: Token): SourceError {
  const note = noteAt(`to match this '${opener.text}'`, opener);
  return new SourceError(`expected '${OPENERS.get(opener.text)}' before '${closer.text}'`, closer, [note]);
}

/** The tokens of `list`, then the end of the input for ever, told at the place of the last token or at `fallback`. */
export function tokensOf(list: readonly Token[], fallback: Token): TokenSource {
  const last = list[list.length - 1] ?? fallback;
  const end: Token = {
    ...last,
    kind: 'end',
    text: '',
    spaced: false,
    startsLine: true,
  };
  let index = 0;
  return { next: () => list[index++] ?? end };
}
