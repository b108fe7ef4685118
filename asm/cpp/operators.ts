/** The operators `#` (C11 6.10.3.2) and `##` (6.10.3.3) on tokens. */
import { isPadding, joinPadding } from './padding.ts';
import { meaningOf, PpToken } from './pp-token.ts';
import { KINDS, type Language, OTHER, Scanner } from './scanner.ts';
import { ASSIGN, DIVIDE, intern } from './spelling.ts';

const scanners = { c: new Scanner('c'), assembler: new Scanner('assembler') };

/** The one token that `left` and `right` make when written together; undefined where they make none or several. */
export function pasted(left: PpToken, right: PpToken, language: Language): PpToken | undefined {
  const rest = isPadding(right) ? '' : right.text;
  // `/` may be joined with `=` only: with another `/` or `*` it would begin a comment.
  if (left.id === DIVIDE && right.id !== ASSIGN) return undefined;
  const text = left.text + rest;
  const scanner = scanners[language];
  scanner.text = text;
  scanner.scan(0);
  if (scanner.end !== text.length) return undefined;
  const kind = scanner.kind === OTHER && left.kind === 'other' ? 'other' : KINDS[scanner.kind]!;
  const id = intern(text);
  return new PpToken(kind, text, left.file, left.offset, left.use, left.spaced, left.startsLine, meaningOf(id), 0);
}

/** What came of `#`: the string literal, and whether a backslash had to be dropped from its end. */
export interface Stringified {
  readonly text: string;
  readonly droppedBackslash: boolean;
}

/** The spelling of `tokens` as a string literal: white space between them is one space. */
export function stringified(tokens: readonly PpToken[]): Stringified {
  let text = '';
  let pad: PpToken | undefined;
  let backslashes = 0;
  for (const token of tokens) {
    if (isPadding(token)) {
      pad = joinPadding(pad, token);
      continue;
    }
    if (text !== '' && (pad ?? token).spaced) text += ' ';
    pad = undefined;
    const literal = token.kind === 'string' || token.kind === 'character';
    text += literal ? escaped(token.text) : token.text;
    backslashes = token.text.startsWith('\\') && token.kind === 'other' ? backslashes + 1 : 0;
  }
  const droppedBackslash = backslashes % 2 === 1;
  return { text: `"${droppedBackslash ? text.slice(0, -1) : text}"`, droppedBackslash };
}

/** `text` as it stands between the quotes of a string literal. */
export function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
}
