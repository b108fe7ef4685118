/**
 * Preprocessing tokens (C11 6.4): what the preprocessor makes and the C front end reads.
 */
import type { MacroUse, Place, SourceFile } from '../source/source-file.ts';

/**
 * - identifier, number (a pp-number), string and character literals with their prefix and quotes, punctuator
 * - other: a character that is none of these (a lone quote or backtick in assembler text)
 * - newline: the end of a logical line; only the assembler's output has these
 * - end: the end of the input
 */
export type TokenKind = 'identifier' | 'number' | 'string' | 'character' | 'punctuator' | 'other' | 'newline' | 'end';

/** A token is its own Place: where it is spelt, and the macro use that brought it there. */
export interface Token extends Place {
  readonly kind: TokenKind;
  readonly text: string;
  readonly file: SourceFile;
  readonly offset: number;
  readonly use?: MacroUse;
  /** White space (or a comment) stood before it. */
  readonly spaced: boolean;
  /** It is the first token of its logical line. */
  readonly startsLine: boolean;
}
