/**
 * Tokens as the preprocessor itself handles them: a Token, and what macro replacement must know about it
 * (C11 6.10.3.4: a name once found not replaceable stays so; 6.10.3.2 and .3: `#` and `##`).
 */
import type { MacroUse, SourceFile } from '../source/source-file.ts';
import { DIGRAPHS, LAST_DIGRAPH, LAST_PUNCTUATOR, spellings } from './spelling.ts';
import type { Token, TokenKind } from './token.ts';

/** The name was met inside its own replacement: it is never replaced again. */
export const NO_EXPAND = 1;
/** `##` follows: to be joined with the token after it. */
export const PASTE_LEFT = 2;
/** A parameter with `#` before it. */
export const STRINGIFY = 4;
/** Of a #pragma or #ident line that is passed on. */
export const PASSED_LINE = 8;
/** A parameter of the macro: its position, counted from 1, is held in the flags from this bit on. */
export const PARAMETER_SHIFT = 4;

export class PpToken implements Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly file: SourceFile;
  readonly offset: number;
  readonly use: MacroUse | undefined;
  readonly spaced: boolean;
  readonly startsLine: boolean;
  /** The number of its spelling (of what it stands for, in case of a digraph); 0 for padding and ends. */
  readonly id: number;
  readonly flags: number;

  constructor(
    kind: TokenKind,
    text: string,
    file: SourceFile,
    offset: number,
    use: MacroUse | undefined,
    spaced: boolean,
    startsLine: boolean,
    id: number,
    flags: number,
  ) {
    this.kind = kind;
    this.text = text;
    this.file = file;
    this.offset = offset;
    this.use = use;
    this.spaced = spaced;
    this.startsLine = startsLine;
    this.id = id;
    this.flags = flags;
  }
}

/** The meaning of a spelling: digraphs stand for other punctuators. */
export function meaningOf(id: number): number {
  return id > LAST_PUNCTUATOR && id <= LAST_DIGRAPH ? (DIGRAPHS.get(id) ?? id) : id;
}

/** `token` with other flags. */
export function withFlags(token: PpToken, flags: number): PpToken {
  if (token.flags === flags) return token;
  return new PpToken(
    token.kind,
    token.text,
    token.file,
    token.offset,
    token.use,
    token.spaced,
    token.startsLine,
    token.id,
    flags,
  );
}

/** `token` of a macro's replacement list, as brought by `use`. */
export function broughtBy(token: PpToken, use: MacroUse): PpToken {
  return new PpToken(token.kind, token.text, token.file, token.offset, use, token.spaced, false, token.id, token.flags);
}

/** `token` as the first of a line. */
export function atLineStart(token: PpToken): PpToken {
  if (token.startsLine) return token;
  return new PpToken(
    token.kind,
    token.text,
    token.file,
    token.offset,
    token.use,
    token.spaced,
    true,
    token.id,
    token.flags,
  );
}

/** `token` with white space before it or none. */
export function withSpace(token: PpToken, spaced: boolean): PpToken {
  if (token.spaced === spaced) return token;
  return new PpToken(
    token.kind,
    token.text,
    token.file,
    token.offset,
    token.use,
    spaced,
    token.startsLine,
    token.id,
    token.flags,
  );
}

/** A token of `kind` spelt as number `id`, at the place of `at`. */
export function madeToken(kind: TokenKind, id: number, at: PpToken, flags: number): PpToken {
  return new PpToken(kind, spellings[id]!, at.file, at.offset, at.use, at.spaced, at.startsLine, meaningOf(id), flags);
}
