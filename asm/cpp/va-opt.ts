/**
 * __VA_OPT__ ( tokens ) in the replacement list of a variadic macro (C23 6.10.4.1): its tokens stand only where the
 * variable arguments do, after replacement, hold any token.
 */
import type { Place } from '../source/source-file.ts';
import { type PpToken, STRINGIFY } from './pp-token.ts';
import { CLOSE_PAREN, OPEN_PAREN, PASTE, VA_OPT } from './spelling.ts';

/** A fault in a definition: the macro is not defined. */
export interface DefinitionFault {
  readonly message: string;
  readonly place: Place;
}

/** What to do with a token of the list: it stands, it is dropped, it begins or ends a __VA_OPT__, or is at fault. */
export type Verdict = 'stands' | 'dropped' | 'begins' | 'ends' | 'fault';

/** Follows __VA_OPT__ through a replacement list, token by token. */
export class OptionalTokens {
  fault: DefinitionFault | undefined;
  /** `#` stands before the __VA_OPT__ that was begun last. */
  stringified = false;
  readonly #variadic: boolean;
  readonly #present: (() => boolean) | undefined;
  /** 0 outside; 1 after the name; 2 after its parenthesis; more: 3 and the depth of parentheses. */
  #state = 0;
  #afterPaste = false;
  #verdict: Verdict | undefined;
  #begin: PpToken | undefined;

  /** `present` tells whether the variable arguments hold any token; while a definition is read there are none. */
  constructor(variadic: boolean, present: (() => boolean) | undefined) {
    this.#variadic = variadic;
    this.#present = present;
  }

  update(token: PpToken): Verdict {
    if (!this.#variadic) return 'stands';
    if (token.id === VA_OPT) return this.#beginAt(token);
    if (this.#state === 1) return this.#openAt(token);
    if (this.#state >= 2) return this.#insideAt(token);
    return 'stands';
  }

  /** Whether the list ended outside any __VA_OPT__. */
  complete(): boolean {
    if (this.#state === 0) return true;
    this.#fail('unterminated __VA_OPT__', this.#begin!);
    return false;
  }

  #beginAt(token: PpToken): Verdict {
    if (this.#state > 0) return this.#fail('__VA_OPT__ may not appear in a __VA_OPT__', token);
    this.#state = 1;
    this.#begin = token;
    this.stringified = (token.flags & STRINGIFY) !== 0;
    return 'begins';
  }

  #openAt(token: PpToken): Verdict {
    if (token.id !== OPEN_PAREN) return this.#fail('__VA_OPT__ must be followed by an open parenthesis', this.#begin!);
    this.#state = 2;
    this.#verdict ??= this.#present === undefined || this.#present() ? 'stands' : 'dropped';
    return 'dropped';
  }

  #insideAt(token: PpToken): Verdict {
    if (this.#state === 2 && token.id === PASTE) return this.#failPaste(token);
    if (this.#state === 2) this.#state = 3;
    const afterPaste = this.#afterPaste;
    this.#afterPaste = token.id === PASTE;
    if (token.id === OPEN_PAREN) this.#state++;
    else if (token.id === CLOSE_PAREN && --this.#state === 2) {
      this.#state = 0;
      return afterPaste ? this.#failPaste(token) : 'ends';
    }
    return this.#verdict!;
  }

  #failPaste(token: PpToken): Verdict {
    return this.#fail("'##' cannot appear at either end of __VA_OPT__", token);
  }

  #fail(message: string, place: PpToken): Verdict {
    this.fault = { message, place };
    return 'fault';
  }
}
