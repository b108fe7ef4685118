/**
 * Arguments put in for parameters in a replacement list (C11 6.10.3.1 to 6.10.3.3), with GNU's deletion of the comma
 * in `, ## args` and C23's __VA_OPT__.
 */
import type { MacroUse } from '../source/source-file.ts';
import type { Definition } from './macro.ts';
import { stringified } from './operators.ts';
import { AVOID_PASTE, isPadding, paddingFor } from './padding.ts';
import { broughtBy, PARAMETER_SHIFT, PASTE_LEFT, PpToken, STRINGIFY, withFlags } from './pp-token.ts';
import { COMMA, intern } from './spelling.ts';
import { OptionalTokens } from './va-opt.ts';

/** One argument of a macro use. */
export class Argument {
  readonly tokens: PpToken[] = [];
  /** The same after replacement, once that was needed. */
  expanded: readonly PpToken[] | undefined = undefined;
  /** A variable argument left out altogether: a `, ##` before it goes too. */
  omitted = false;
}

/** What substitution needs of the expander. */
export interface ArgumentExpander {
  /** No padding is wanted in the line of a directive. */
  readonly inDirective: boolean;
  expandArgument(argument: Argument): readonly PpToken[];
  paste(left: PpToken, right: PpToken): PpToken | undefined;
  warn(message: string, place: PpToken): void;
}

export class Substitution {
  readonly #definition: Definition;
  readonly #args: readonly Argument[];
  readonly #use: MacroUse;
  readonly #expander: ArgumentExpander;
  readonly #optional: OptionalTokens | undefined;
  readonly #result: PpToken[] = [];
  /** How many tokens stood before the __VA_OPT__ that is open; -1 where none is. */
  #optionalStart = -1;

  constructor(definition: Definition, args: readonly Argument[], use: MacroUse, expander: ArgumentExpander) {
    this.#definition = definition;
    this.#args = args;
    this.#use = use;
    this.#expander = expander;
    if (definition.variadic) {
      const variable = args[args.length - 1]!;
      const present = () => expander.expandArgument(variable).some((token) => !isPadding(token));
      this.#optional = new OptionalTokens(true, present);
    }
  }

  /** The replacement list with the arguments in it. */
  run(): PpToken[] {
    const body = this.#definition.body;
    for (let i = 0; i < body.length; i++) {
      const token = body[i]!;
      const afterPaste = i > 0 && (body[i - 1]!.flags & PASTE_LEFT) !== 0;
      const verdict = this.#optional === undefined ? 'stands' : this.#optional.update(token);
      if (verdict === 'begins') this.#beginOptional(token, i > 0 && !afterPaste);
      else if (verdict === 'ends') this.#endOptional(token);
      else if (verdict === 'stands') {
        const parameter = token.flags >> PARAMETER_SHIFT;
        if (parameter === 0) this.#result.push(broughtBy(token, this.#use));
        else this.#putIn(token, parameter, i > 0, afterPaste);
      }
    }
    return this.#result;
  }

  #putIn(token: PpToken, parameter: number, hasLeft: boolean, afterPaste: boolean): void {
    const result = this.#result;
    const argument = this.#args[parameter - 1]!;
    const beforePaste = (token.flags & PASTE_LEFT) !== 0;
    // The token whose PASTE_LEFT is to become that of this parameter: its index in the result.
    let flagged = -1;
    let tokens: readonly PpToken[];
    if ((token.flags & STRINGIFY) !== 0) tokens = [this.#stringify(argument.tokens, token)];
    else if (beforePaste) tokens = argument.tokens;
    else if (afterPaste) {
      tokens = argument.tokens;
      flagged = this.#pasteOnto(argument, parameter);
    } else tokens = this.#expanded(argument);

    const opens = this.#opensOptional();
    if (!this.#expander.inDirective && hasLeft && !afterPaste && !opens) result.push(paddingFor(token));
    if (tokens.length > 0) {
      for (const each of tokens) result.push(each);
      if (beforePaste) flagged = result.length - 1;
    }
    if (!this.#expander.inDirective && !beforePaste) result.push(AVOID_PASTE);
    if (flagged >= 0) this.#flag(flagged, beforePaste);
  }

  /** Whether the next token is the first one of an open __VA_OPT__. */
  #opensOptional(): boolean {
    return this.#optionalStart >= 0 && this.#result.length === this.#optionalStart;
  }

  /** What a parameter without `#` and `##` stands for. At the beginning of a __VA_OPT__ no padding is wanted. */
  #expanded(argument: Argument): readonly PpToken[] {
    const tokens = this.#expander.expandArgument(argument);
    if (!this.#opensOptional()) return tokens;
    const first = tokens.findIndex((token) => !isPadding(token));
    return first <= 0 ? tokens : tokens.slice(first);
  }

  /**
   * Looks at what stands left of `## parameter`. Where the token before gets the parameter's own PASTE_LEFT instead of
   * its own, returns that token's index, else -1.
   */
  #pasteOnto(argument: Argument, parameter: number): number {
    const result = this.#result;
    const last = result.length - 1;
    if (last < 0) return -1;
    const variable = this.#definition.variadic && parameter === this.#definition.parameters.length;
    if (result[last]!.id === COMMA && variable) {
      if (!argument.omitted) return last;
      result.pop();
      return -1;
    }
    return argument.tokens.length === 0 ? last : -1;
  }

  #flag(index: number, pasteLeft: boolean): void {
    const token = this.#result[index]!;
    this.#result[index] = withFlags(token, pasteLeft ? token.flags | PASTE_LEFT : token.flags & ~PASTE_LEFT);
  }

  #stringify(tokens: readonly PpToken[], operator: PpToken): PpToken {
    const { text, droppedBackslash } = stringified(tokens);
    if (droppedBackslash) this.#expander.warn("invalid string literal, ignoring final '\\'", operator);
    const id = intern(text);
    const flags = operator.flags & PASTE_LEFT;
    return new PpToken('string', text, operator.file, operator.offset, this.#use, false, false, id, flags);
  }

  #beginOptional(token: PpToken, pad: boolean): void {
    if (pad) this.#result.push(paddingFor(token));
    this.#optionalStart = this.#result.length;
  }

  #endOptional(token: PpToken): void {
    const result = this.#result;
    const start = this.#optionalStart;
    this.#optionalStart = -1;
    const beforePaste = (token.flags & PASTE_LEFT) !== 0;
    if (this.#optional!.stringified) {
      const inside = this.#pasteInside(result.splice(start));
      const string = this.#stringify(inside, token);
      result.push(withFlags(string, beforePaste ? PASTE_LEFT : 0));
      return;
    }
    // Nothing came of it: what stands before is joined with nothing.
    if (result.length === start && start > 0) this.#flag(start - 1, false);
    if (!beforePaste) {
      result.push(AVOID_PASTE);
      return;
    }
    while (result.length > start && result[result.length - 1] === AVOID_PASTE) result.pop();
    const last = result.length - 1;
    if (last >= 0 && !isPadding(result[last]!)) this.#flag(last, true);
  }

  /** Does the `##` among the tokens that `#__VA_OPT__` makes a string of. */
  #pasteInside(tokens: readonly PpToken[]): PpToken[] {
    const joined: PpToken[] = [];
    for (let i = 0; i < tokens.length; i++) {
      let token = tokens[i]!;
      while ((token.flags & PASTE_LEFT) !== 0 && i + 1 < tokens.length) {
        const right = tokens[i + 1]!;
        const both = this.#expander.paste(token, right);
        if (both === undefined) break;
        token = withFlags(both, right.flags & PASTE_LEFT);
        i++;
      }
      joined.push(token);
    }
    return joined;
  }
}
