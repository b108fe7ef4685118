/**
 * Macro definitions (C11 6.10.3), with GNU's named variable arguments (`args...`) and C23's __VA_OPT__.
 */
import type { Place } from '../source/source-file.ts';
import { NO_EXPAND, PARAMETER_SHIFT, PASTE_LEFT, type PpToken, STRINGIFY, withFlags, withSpace } from './pp-token.ts';
import { CLOSE_PAREN, COMMA, ELLIPSIS, HASH, OPEN_PAREN, PASTE, VA_ARGS, VA_OPT } from './spelling.ts';
import { type DefinitionFault, OptionalTokens } from './va-opt.ts';

/** A definition never changes; a run's macro table points at it. */
export interface Definition {
  readonly name: string;
  /** The number of the name's spelling. */
  readonly id: number;
  readonly functionLike: boolean;
  /** The parameters' spelling numbers; the last one of a variadic macro gets all arguments left. */
  readonly parameters: readonly number[];
  readonly variadic: boolean;
  /** The replacement list; parameters, `#` and `##` are held in the tokens' flags. */
  readonly body: readonly PpToken[];
  readonly place: Place;
}

/** A macro as it stands in a run: one that a #define line defines, or one that the preprocessor replaces itself. */
export class Macro {
  /** The name of a macro whose replacement the preprocessor makes: __LINE__ and its like. */
  readonly builtin: string | undefined;
  /** It is being replaced: its name is not replaceable now. */
  disabled = false;
  readonly line: { readonly definition: Definition } | undefined;

  constructor(line: { readonly definition: Definition } | undefined, builtin?: string) {
    this.line = line;
    this.builtin = builtin;
  }
}

/** The name, among built-in macros, of what an identifier is that #pragma GCC poison forbids. */
export const POISONED = 'poisoned';

export interface ReadDefinition {
  readonly definition?: Definition;
  readonly fault?: DefinitionFault;
  readonly warnings: readonly DefinitionFault[];
}

/**
 * Reads what follows #define: `line` is the rest of its line, `end` the place after it. In assembler sources a `#`
 * that no parameter follows is left alone (GNU cpp manual, "Stringizing").
 */
export function readDefinition(line: readonly PpToken[], end: Place, inC: boolean): ReadDefinition {
  const name = line[0];
  if (name === undefined) return fault('no macro name given in #define directive', end);
  if (name.kind !== 'identifier') return fault('macro names must be identifiers', name);
  if (name.text === 'defined') return fault("'defined' cannot be used as a macro name", name);
  return new DefinitionReader(line, end, inC).read(name);
}

function fault(message: string, place: Place): ReadDefinition {
  return { fault: { message, place }, warnings: [] };
}

class DefinitionReader {
  readonly #line: readonly PpToken[];
  readonly #end: Place;
  readonly #inC: boolean;
  readonly #parameters: number[] = [];
  readonly #warnings: DefinitionFault[] = [];
  #variadic = false;

  constructor(line: readonly PpToken[], end: Place, inC: boolean) {
    this.#line = line;
    this.#end = end;
    this.#inC = inC;
  }

  read(name: PpToken): ReadDefinition {
    const first = this.#line[1];
    let at = 1;
    let functionLike = false;
    if (first !== undefined && !first.spaced) {
      if (first.id === OPEN_PAREN) {
        functionLike = true;
        const result = this.#readParameters();
        if (typeof result !== 'number') return fault(result.message, result.place);
        at = result;
      } else this.#warn('missing white space after the macro name', first);
    }
    const body = this.#readBody(at, functionLike);
    if ('message' in body) return fault(body.message, body.place);
    const definition: Definition = {
      name: name.text,
      id: name.id,
      functionLike,
      parameters: this.#parameters,
      variadic: this.#variadic,
      body,
      place: name,
    };
    return { definition, warnings: this.#warnings };
  }

  #warn(message: string, place: Place): void {
    this.#warnings.push({ message, place });
  }

  /**
   * '(' [ identifier { ',' identifier } ] [ ',' ] [ [identifier] '...' ] ')'
   * Returns the index of the first token after it.
   */
  #readParameters(): number | DefinitionFault {
    let afterName = false;
    for (let at = 2; ; at++) {
      const token = this.#line[at];
      if (token === undefined)
        return { message: `expected ${afterName ? "')'" : 'parameter name'} before end of line`, place: this.#end };
      if (token.id === CLOSE_PAREN && (afterName || this.#variadic || this.#parameters.length === 0)) return at + 1;
      if (this.#variadic) return { message: "expected ')' after '...'", place: token };
      if (token.kind === 'identifier' && !afterName) {
        if (this.#parameters.includes(token.id))
          return { message: `duplicate macro parameter '${token.text}'`, place: token };
        this.#parameters.push(token.id);
        if (token.id === VA_ARGS) this.#warn('__VA_ARGS__ cannot be the name of a parameter', token);
        afterName = true;
      } else if (token.id === COMMA && afterName) afterName = false;
      else if (token.id === ELLIPSIS) {
        this.#variadic = true;
        if (!afterName) this.#parameters.push(VA_ARGS);
      } else {
        const expected = afterName ? "',' or ')'" : 'parameter name';
        return { message: `expected ${expected}, found '${token.text}'`, place: token };
      }
    }
  }

  #readBody(from: number, functionLike: boolean): PpToken[] | DefinitionFault {
    const body: PpToken[] = [];
    const optional = new OptionalTokens(this.#variadic, undefined);
    let afterPaste = false;
    for (let at = from; at < this.#line.length; at++) {
      const token = this.#bodyToken(this.#line[at]!, body.length === 0);
      const previous = body[body.length - 1];
      const stringified = functionLike && previous?.id === HASH && previous.flags === 0;
      if (stringified) {
        if (token.flags >> PARAMETER_SHIFT !== 0 || (this.#variadic && token.id === VA_OPT)) {
          body[body.length - 1] = withSpace(withFlags(token, token.flags | STRINGIFY), previous.spaced);
          const state = optional.update(body[body.length - 1]!);
          if (state === 'fault') return optional.fault!;
          afterPaste = false;
          continue;
        }
        if (this.#inC) return { message: "'#' is not followed by a macro parameter", place: previous };
      }
      if (token.id === PASTE) {
        if (body.length === 0) return pasteAtEnd(token);
        if (!afterPaste) body[body.length - 1] = withFlags(previous!, previous!.flags | PASTE_LEFT);
        afterPaste = true;
      } else {
        body.push(token);
        afterPaste = false;
      }
      if (optional.update(token) === 'fault') return optional.fault!;
    }
    const last = body[body.length - 1];
    if (afterPaste) return pasteAtEnd(last!);
    if (this.#inC && functionLike && last?.id === HASH && last.flags === 0)
      return { message: "'#' is not followed by a macro parameter", place: last };
    if (!optional.complete()) return optional.fault!;
    return body;
  }

  #bodyToken(token: PpToken, first: boolean): PpToken {
    const plain = first ? withSpace(token, false) : token;
    if (token.kind !== 'identifier') return plain;
    const parameter = this.#parameters.indexOf(token.id);
    if (parameter >= 0) return withFlags(plain, (parameter + 1) << PARAMETER_SHIFT);
    if (token.id === VA_ARGS && this.#parameters[this.#parameters.length - 1] !== VA_ARGS)
      this.#warn('__VA_ARGS__ can only appear in the expansion of a variadic macro', token);
    if (token.id === VA_OPT && !this.#variadic)
      this.#warn('__VA_OPT__ can only appear in the expansion of a variadic macro', token);
    return plain;
  }
}

function pasteAtEnd(place: Place): DefinitionFault {
  return { message: "'##' cannot appear at either end of a macro expansion", place };
}

/** Whether two definitions say the same (C11 6.10.3 paragraph 2). */
export function sameDefinition(a: Definition, b: Definition): boolean {
  if (a === b) return true;
  if (a.functionLike !== b.functionLike || a.variadic !== b.variadic || a.body.length !== b.body.length) return false;
  if (a.parameters.length !== b.parameters.length || a.parameters.some((id, i) => id !== b.parameters[i])) return false;
  return a.body.every((token, i) => {
    const other = b.body[i]!;
    const flags = (token.flags ^ other.flags) & ~NO_EXPAND;
    return token.text === other.text && token.spaced === other.spaced && flags === 0;
  });
}
