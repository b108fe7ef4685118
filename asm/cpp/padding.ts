/**
 * Padding: what stands in a token stream where a macro's replacement begins or ends, so that whoever prints the
 * tokens knows where a space belongs (GNU cppinternals, "Token Spacing").
 */
import { SourceFile } from '../source/source-file.ts';
import { PpToken } from './pp-token.ts';

const NOWHERE = new SourceFile('', '');

function padding(spaced: boolean): PpToken {
  return new PpToken('other', '', NOWHERE, 0, undefined, spaced, false, 0, 0);
}

/** Here two tokens meet that did not stand side by side: no more is known. */
export const AVOID_PASTE = padding(false);
/** The token replaced here had white space before it. */
export const PAD_SPACED = padding(true);
/** The token replaced here had none. */
export const PAD_PLAIN = padding(false);

export function isPadding(token: PpToken): boolean {
  return token.id === 0 && token.kind === 'other';
}

/** The padding that takes the place of `source`. */
export function paddingFor(source: PpToken): PpToken {
  return source.spaced ? PAD_SPACED : PAD_PLAIN;
}

/**
 * The one padding that counts of several in a row: `before` is what counted so far (undefined: nothing), `next` comes
 * after it. Undefined where none tells about white space, so that the token after them must.
 */
export function joinPadding(before: PpToken | undefined, next: PpToken): PpToken | undefined {
  const replaced = before === undefined || (before === PAD_PLAIN && next === AVOID_PASTE);
  if (!replaced) return before;
  return next === AVOID_PASTE ? undefined : next;
}
