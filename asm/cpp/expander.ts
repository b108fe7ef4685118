/**
 * Macro replacement (C11 6.10.3), giving gcc's tokens with gcc's spacing.
 *
 * Tokens to be rescanned lie on a stack of contexts, one for each replacement list and each argument; a macro is
 * disabled while its context is on the stack, and a disabled macro's name is marked so that it is never replaced
 * later (6.10.3.4). Padding tokens stand where a context begins and ends: a printed form needs a space there if two
 * tokens would otherwise run together (GNU cppinternals, "Token Spacing").
 */
import { type Diagnostic, type Diagnostics, SourceErrors } from '../source/diagnostics.ts';
import type { MacroUse, Place } from '../source/source-file.ts';
import type { Definition, Macro } from './macro.ts';
import { pasted } from './operators.ts';
import { AVOID_PASTE, isPadding, joinPadding, paddingFor } from './padding.ts';
import { broughtBy, NO_EXPAND, PASTE_LEFT, type PpToken, withFlags } from './pp-token.ts';
import { END, type Reader } from './reader.ts';
import type { Language } from './scanner.ts';
import { CLOSE_PAREN, COMMA, HASH, OPEN_PAREN, spellings } from './spelling.ts';
import { Argument, Substitution } from './substitution.ts';

/** The most tokens that one use of a macro outside all others may give, whatever is nested in it. */
export const EXPANSION_LIMIT = 1 << 20;
/** The deepest nesting of macro uses in each other's arguments. */
export const ARGUMENT_DEPTH_LIMIT = 200;

const END_OF_ARGUMENT = withFlags(END, NO_EXPAND);

class Context {
  readonly tokens: readonly PpToken[];
  index = 0;
  /** The use that brings the tokens, where they come straight from a definition. */
  readonly use: MacroUse | undefined;
  readonly macro: Macro | undefined;
  readonly outer: Context | undefined;

  constructor(
    tokens: readonly PpToken[],
    use: MacroUse | undefined,
    macro: Macro | undefined,
    outer: Context | undefined,
  ) {
    this.tokens = tokens;
    this.use = use;
    this.macro = macro;
    this.outer = outer;
  }
}

export class Expander {
  /** The macros standing, by the number of their name's spelling. */
  readonly macros: (Macro | undefined)[];
  /** While it is above 0, names are given as they are. */
  preventExpansion = 0;
  /**
   * Makes the replacement of a built-in macro at `token`; undefined where its name stays as it is.
   */
  onBuiltin: (name: string, token: PpToken) => readonly PpToken[] | undefined = () => undefined;
  readonly #reader: Reader;
  readonly #diagnostics: Diagnostics;
  readonly #language: Language;
  #context: Context | undefined = undefined;
  /** The use of a macro outside all others that was begun last, and how many tokens it may still give. */
  #outermost: PpToken = END;
  #budget = EXPANSION_LIMIT;
  #argumentDepth = 0;

  constructor(reader: Reader, diagnostics: Diagnostics, language: Language, macros?: (Macro | undefined)[]) {
    this.macros = macros ?? new Array<Macro | undefined>(spellings.length).fill(undefined);
    this.#reader = reader;
    this.#diagnostics = diagnostics;
    this.#language = language;
  }

  get inDirective(): boolean {
    return this.#reader.inDirective;
  }

  /** Whether an argument is being replaced before it is put in: a `_Pragma` in it must wait. */
  get inArgument(): boolean {
    return this.#argumentDepth > 0;
  }

  /** Makes `macro` (undefined: no macro) what the name of number `id` stands for. */
  define(id: number, macro: Macro | undefined): void {
    // An array without holes stays a fast one.
    while (this.macros.length <= id) this.macros.push(undefined);
    this.macros[id] = macro;
  }

  /** The next token after macro replacement. Outside directives padding tokens are among them. */
  next(): PpToken {
    for (;;) {
      const context = this.#context;
      let token: PpToken;
      if (context === undefined) token = this.#reader.next();
      else if (context.index < context.tokens.length) {
        token = context.tokens[context.index++]!;
        if (context.use !== undefined) token = broughtBy(token, context.use);
        if ((token.flags & PASTE_LEFT) !== 0) {
          this.#pasteAll(token, context);
          if (this.#reader.inDirective) continue;
          return paddingFor(token);
        }
      } else {
        this.#popContext(context);
        if (this.#reader.inDirective) continue;
        return AVOID_PASTE;
      }
      const macro = this.macros[token.id];
      if (macro === undefined || (token.flags & NO_EXPAND) !== 0) return token;
      if (macro.disabled) return withFlags(token, token.flags | NO_EXPAND);
      if (this.preventExpansion > 0 || !this.#enter(macro, token)) return token;
      if (!this.#reader.inDirective) return paddingFor(token);
    }
  }

  /** The next token after macro replacement that is no padding. */
  nextToken(): PpToken {
    for (;;) {
      const token = this.next();
      if (token.id !== 0 || token.kind === 'end') return token;
    }
  }

  /** Puts `tokens` in front of what comes next. */
  push(tokens: readonly PpToken[]): void {
    this.#context = new Context(tokens, undefined, undefined, this.#context);
  }

  /** Drops what is left of a directive's macro uses. */
  dropContexts(): void {
    while (this.#context !== undefined) this.#popContext(this.#context);
  }

  /** Reports `message` at `place` and ends the run. */
  stop(message: string, place: Place): never {
    this.#diagnostics.error(message, place);
    throw new SourceErrors(this.#diagnostics.list);
  }

  warn(message: string, place: Place): void {
    this.#diagnostics.warning(message, place);
  }

  #popContext(context: Context): void {
    if (context.macro !== undefined) context.macro.disabled = false;
    this.#context = context.outer;
  }

  #backUp(token: PpToken): void {
    if (this.#context === undefined) this.#reader.pushBack(token);
    else this.#context.index--;
  }

  /** Begins the use of `macro` named by `token`. Returns false where it is no use of it after all. */
  #enter(macro: Macro, token: PpToken): boolean {
    if (macro.line === undefined) {
      const tokens = this.onBuiltin(macro.builtin!, token);
      if (tokens === undefined) return false;
      this.push(tokens);
      return true;
    }
    const definition = macro.line.definition;
    if (this.#context === undefined) {
      this.#budget = EXPANSION_LIMIT;
      this.#outermost = token;
    }
    const use: MacroUse = { name: definition.name, kind: 'macro', at: token };
    let tokens = definition.body;
    let bodyUse: MacroUse | undefined = use;
    if (definition.functionLike) {
      const args = this.#readArguments(definition, token);
      if (args === undefined) return false;
      if (definition.parameters.length > 0) {
        tokens = new Substitution(definition, args, use, this).run();
        bodyUse = undefined;
      }
    }
    this.#spend(tokens.length);
    macro.disabled = true;
    this.#context = new Context(tokens, bodyUse, macro, this.#context);
    return true;
  }

  #spend(count: number): void {
    this.#budget -= count + 1;
    const token = this.#outermost;
    if (this.#budget < 0)
      this.stop(`macro '${token.text}' expands to more than ${EXPANSION_LIMIT} tokens, which is the limit`, token);
  }

  #readArguments(definition: Definition, name: PpToken): Argument[] | undefined {
    const reader = this.#reader;
    this.preventExpansion++;
    reader.parsingArguments = 1;
    const found = this.#findParenthesis();
    if (found) reader.parsingArguments = 2;
    const args = found ? this.#collectArguments(definition, name) : undefined;
    reader.parsingArguments = 0;
    this.preventExpansion--;
    return args;
  }

  /** Looks for `(`. Where another token comes, that and the padding before it stay to be read. */
  #findParenthesis(): boolean {
    let pad: PpToken | undefined;
    let padded = false;
    for (;;) {
      const token = this.next();
      if (token.id === OPEN_PAREN) return true;
      if (!isPadding(token)) {
        if (token !== END) {
          this.#backUp(token);
          if (padded) this.push([pad ?? AVOID_PASTE]);
        }
        return false;
      }
      padded = true;
      pad = joinPadding(pad, token);
    }
  }

  #collectArguments(definition: Definition, name: PpToken): Argument[] | undefined {
    const count = definition.parameters.length;
    const args: Argument[] = [];
    let last: PpToken;
    do {
      const arg = new Argument();
      args.push(arg);
      last = this.#collectArgument(arg.tokens, definition.variadic && args.length === count);
    } while (last.id !== CLOSE_PAREN && last.kind !== 'end');
    if (last.kind === 'end') {
      if (last === END_OF_ARGUMENT) this.#backUp(last);
      this.#diagnostics.error(`unterminated argument list invoking macro '${definition.name}'`, name);
      return undefined;
    }
    return this.#checkArguments(definition, name, args);
  }

  /**
   * Reads the tokens of one argument and returns the token that ended it. As in gcc, an assembler's `#` at the start
   * of a line ends an argument too.
   */
  #collectArgument(tokens: PpToken[], variable: boolean): PpToken {
    let depth = 0;
    for (;;) {
      const token = this.next();
      if (isPadding(token)) {
        if (tokens.length > 0) tokens.push(token);
        continue;
      }
      const ends =
        token.kind === 'end' ||
        (token.id === HASH && token.startsLine) ||
        (depth === 0 && (token.id === CLOSE_PAREN || (token.id === COMMA && !variable)));
      if (ends) {
        while (tokens.length > 0 && isPadding(tokens[tokens.length - 1]!)) tokens.pop();
        return token;
      }
      if (token.id === OPEN_PAREN) depth++;
      else if (token.id === CLOSE_PAREN) depth--;
      tokens.push(token);
    }
  }

  #checkArguments(definition: Definition, name: PpToken, args: Argument[]): Argument[] | undefined {
    const count = definition.parameters.length;
    if (count === 0 && args.length === 1 && args[0]!.tokens.length === 0) args.length = 0;
    const given = args.length;
    if (given < count && definition.variadic && given + 1 === count) args.push(new Argument());
    else if (given < count) {
      const noun = count === 1 ? 'argument' : 'arguments';
      this.#diagnostics.error(
        `macro '${definition.name}' requires ${count} ${noun}, but only ${given} given`,
        name,
        definedHere(definition),
      );
      return undefined;
    } else if (given > count) {
      this.#diagnostics.error(
        `macro '${definition.name}' passed ${given} ${given === 1 ? 'argument' : 'arguments'}, but takes just ${count}`,
        name,
        definedHere(definition),
      );
      return undefined;
    }
    if (definition.variadic) {
      const variable = args[count - 1]!;
      variable.omitted = given < count || (given === 1 && variable.tokens.length === 0);
    }
    return args;
  }

  /** The tokens of an argument, fully replaced. */
  expandArgument(argument: Argument): readonly PpToken[] {
    if (argument.expanded !== undefined) return argument.expanded;
    if (argument.tokens.every((token) => this.macros[token.id] === undefined)) {
      argument.expanded = argument.tokens;
      return argument.tokens;
    }
    const first = argument.tokens[0]!;
    if (++this.#argumentDepth > ARGUMENT_DEPTH_LIMIT)
      this.stop(`macro uses nested more than ${ARGUMENT_DEPTH_LIMIT} deep in arguments, which is the limit`, first);
    const expanded: PpToken[] = [];
    this.push([...argument.tokens, END_OF_ARGUMENT]);
    for (;;) {
      const token = this.next();
      if (token.kind === 'end') break;
      expanded.push(token);
    }
    this.#popContext(this.#context!);
    this.#argumentDepth--;
    this.#spend(expanded.length);
    argument.expanded = expanded;
    return expanded;
  }

  #pasteAll(first: PpToken, context: Context): void {
    let left = first;
    let right: PpToken;
    do {
      right = context.tokens[context.index++]!;
      if (context.use !== undefined) right = broughtBy(right, context.use);
      const joined = this.paste(left, right);
      if (joined === undefined) {
        context.index--;
        left = withFlags(left, left.flags & ~PASTE_LEFT);
        break;
      }
      left = joined;
    } while ((right.flags & PASTE_LEFT) !== 0);
    this.push([left]);
  }

  /** `left` and `right` as one token; undefined where they make none. */
  paste(left: PpToken, right: PpToken): PpToken | undefined {
    const joined = pasted(left, right, this.#language);
    if (joined === undefined && this.#language === 'c')
      this.#diagnostics.error(
        `pasting '${left.text}' and '${right.text}' does not give a valid preprocessing token`,
        left,
      );
    return joined;
  }
}

function definedHere(definition: Definition): Diagnostic[] {
  return [{ severity: 'note', message: `macro '${definition.name}' defined here`, place: definition.place }];
}
