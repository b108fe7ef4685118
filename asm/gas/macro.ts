/** What a macro is. */
import type { MappedText } from '../source/source-file.ts';

export interface Formal {
  readonly name: string;
  readonly kind: 'optional' | 'required' | 'rest';
  readonly standard: string;
}

export interface Macro {
  readonly name: string;
  readonly formals: readonly Formal[];
  /** Scrubbed text. */
  readonly body: MappedText;
}

/** A fault in a definition or a use of a macro; `offset` is into the text given. */
export interface MacroFault {
  readonly message: string;
  readonly offset?: number;
}
