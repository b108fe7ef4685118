/**
 * Macros whose replacement depends on where they are used (C11 6.10.8.1; GNU cpp manual, "Standard Predefined Macros"
 * and "Common Predefined Macros"), and the `__has_` operators.
 */
import type { Diagnostics } from '../source/diagnostics.ts';
import { outermost, type Place, positionOf } from '../source/source-file.ts';
import type { Expander } from './expander.ts';
import { type HasOperator, hasAttribute, hasBuiltin, hasStandardAttribute } from './has.ts';
import { Macro, POISONED } from './macro.ts';
import { escaped } from './operators.ts';
import { madeToken, type PpToken } from './pp-token.ts';
import type { Reader } from './reader.ts';
import type { Language } from './scanner.ts';
import type { IncludeSearch } from './search.ts';
import { CLOSE_PAREN, intern, LESS, OPEN_PAREN, SCOPE } from './spelling.ts';

/** Built-in macros of C and assembler sources. */
const NAMES = [
  '__FILE__',
  '__FILE_NAME__',
  '__LINE__',
  '__BASE_FILE__',
  '__INCLUDE_LEVEL__',
  '__COUNTER__',
  '__DATE__',
  '__TIME__',
  '__TIMESTAMP__',
  '__has_include',
  '__has_include_next',
  '_Pragma',
];
/** Those which gcc knows in C alone. */
const C_NAMES = ['__has_attribute', '__has_cpp_attribute', '__has_c_attribute', '__has_builtin'];

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export class Builtins {
  readonly #reader: Reader;
  readonly #expander: Expander;
  readonly #search: IncludeSearch;
  readonly #diagnostics: Diagnostics;
  readonly #baseFile: string;
  readonly #now: Date;
  readonly #prefixMap: readonly (readonly [string, string])[];
  #counter = 0;
  /** Runs the directive that a `_Pragma` at `place` names. */
  onPragma: (text: string, operator: PpToken) => readonly PpToken[] = () => [];

  constructor(
    reader: Reader,
    expander: Expander,
    search: IncludeSearch,
    diagnostics: Diagnostics,
    baseFile: string,
    now: Date,
    flags: readonly string[],
  ) {
    this.#reader = reader;
    this.#expander = expander;
    this.#search = search;
    this.#diagnostics = diagnostics;
    this.#baseFile = baseFile;
    this.#now = now;
    this.#prefixMap = flags.flatMap((flag) => prefixMapping(flag));
  }

  /** Puts the built-in macros of `language` into the macro table. */
  define(language: Language): void {
    for (const name of language === 'c' ? [...NAMES, ...C_NAMES] : NAMES)
      this.#expander.define(intern(name), new Macro(undefined, name));
  }

  /** The replacement of the built-in macro `name` at `token`; undefined where the name stays as it is. */
  expand(name: string, token: PpToken): readonly PpToken[] | undefined {
    switch (name) {
      case '__LINE__':
        return this.#number(positionOf(outermost(token)).line, token);
      case '__COUNTER__':
        return this.#number(this.#counter++, token);
      case '__INCLUDE_LEVEL__':
        return this.#number(this.#reader.reading?.level ?? 0, token);
      case '__has_attribute':
      case '__has_cpp_attribute':
        return this.#has(name, token, hasAttribute);
      case '__has_c_attribute':
        return this.#has(name, token, hasStandardAttribute);
      case '__has_builtin':
        return this.#has(name, token, hasBuiltin);
      case '__has_include':
      case '__has_include_next':
        return this.#hasInclude(name, token);
      case '_Pragma':
        return this.#pragma(token);
      case POISONED:
        this.#error(`attempt to use poisoned '${token.text}'`, token);
        return undefined;
      default:
        return this.#string(this.#text(name, token), token);
    }
  }

  #text(name: string, token: PpToken): string {
    switch (name) {
      case '__FILE__':
        return this.#mapped(this.#presumedFile(token));
      case '__FILE_NAME__':
        return this.#presumedFile(token).replace(/^.*\//, '');
      case '__BASE_FILE__':
        return this.#mapped(this.#baseFile);
      case '__DATE__': {
        const day = String(this.#now.getDate()).padStart(2, ' ');
        return `${MONTHS[this.#now.getMonth()]} ${day} ${this.#now.getFullYear()}`;
      }
      case '__TIME__':
        return [this.#now.getHours(), this.#now.getMinutes(), this.#now.getSeconds()]
          .map((part) => String(part).padStart(2, '0'))
          .join(':');
      default:
        // A FileReader knows no times; this is what gcc says where it cannot tell either.
        return '??? ??? ?? ??:??:?? ????';
    }
  }

  /** A file's name as -fmacro-prefix-map has it; the last one given that fits counts. */
  #mapped(name: string): string {
    if (this.#reader.inDirective) return name;
    const map = this.#prefixMap.findLast(([old]) => name.startsWith(old));
    return map === undefined ? name : map[1] + name.slice(map[0].length);
  }

  /** The name of the file that is being read there, as line markers have it. */
  #presumedFile(token: PpToken): string {
    const reading = this.#reader.reading;
    if (reading === undefined) return outermost(token).file.name;
    const offset = reading.index > 0 ? reading.lexed.offsets[reading.index - 1]! : 0;
    return reading.file.position(offset).name;
  }

  #number(value: number, token: PpToken): PpToken[] {
    return [madeToken('number', intern(String(value)), token, 0)];
  }

  #string(text: string, token: PpToken): PpToken[] {
    return [madeToken('string', intern(`"${escaped(text)}"`), token, 0)];
  }

  #error(message: string, place: Place): void {
    this.#diagnostics.error(message, place);
  }

  /** ( name ) or ( scope :: name ) after `__has_attribute` and its like; macros are replaced in it. */
  #has(operator: string, token: PpToken, test: HasOperator): PpToken[] {
    return this.#number(this.#operandOfHas(operator, token, test), token);
  }

  #operandOfHas(operator: string, token: PpToken, test: HasOperator): number {
    if (this.#expander.nextToken().id !== OPEN_PAREN) {
      this.#error(`missing '(' after '${operator}'`, token);
      return 0;
    }
    let name = this.#expander.nextToken();
    if (name.kind !== 'identifier') {
      this.#error(`'${operator}' requires an identifier`, token);
      return 0;
    }
    let scope: string | undefined;
    let close = this.#expander.nextToken();
    if (close.id === SCOPE && operator !== '__has_builtin') {
      scope = name.text;
      name = this.#expander.nextToken();
      close = this.#expander.nextToken();
    }
    if (close.id !== CLOSE_PAREN) this.#error(`missing ')' after '${operator}'`, token);
    return test(name.text, scope);
  }

  #hasInclude(operator: string, token: PpToken): PpToken[] {
    if (!this.#reader.inDirective) {
      this.#error(`'${operator}' used outside of preprocessing directive`, token);
      return this.#number(0, token);
    }
    const open = this.#expander.nextToken();
    if (open.id !== OPEN_PAREN) this.#error(`missing '(' before '${operator}' operand`, token);
    const header = open.id === OPEN_PAREN ? this.#expander.nextToken() : open;
    const name = header.kind === 'string' ? header.text.slice(1, -1) : this.#gluedName(header);
    if (name === undefined) {
      this.#error(`operator '${operator}' requires a header-name`, token);
      return this.#number(0, token);
    }
    const angled = !header.text.startsWith('"');
    if (open.id === OPEN_PAREN && this.#expander.nextToken().id !== CLOSE_PAREN)
      this.#error(`missing ')' after '${operator}' operand`, token);
    return this.#number(this.#found(operator, name, angled) ? 1 : 0, token);
  }

  /** The header name that the tokens from `<` to `>` spell. */
  #gluedName(first: PpToken): string | undefined {
    return first.id === LESS ? gluedHeaderName(this.#expander) : undefined;
  }

  #found(operator: string, name: string, angled: boolean): boolean {
    const reading = this.#reader.reading!;
    if (operator === '__has_include_next' && reading.outer !== undefined)
      return this.#search.findNext(name, reading.searchIndex) !== undefined;
    return this.#search.find(name, angled, reading.file.name, reading.system) !== undefined;
  }

  /** _Pragma ( string-literal ) (C11 6.10.9). In directives and in arguments it is left as it is. */
  #pragma(token: PpToken): readonly PpToken[] | undefined {
    if (this.#reader.inDirective || this.#expander.inArgument) return undefined;
    const open = this.#expander.nextToken();
    const string = open.id === OPEN_PAREN ? this.#expander.nextToken() : open;
    const close = string.kind === 'string' ? this.#expander.nextToken() : string;
    if (open.id !== OPEN_PAREN || close.id !== CLOSE_PAREN) {
      this.#error('_Pragma takes a parenthesized string literal', token);
      return [];
    }
    const literal = string.text.slice(string.text.indexOf('"') + 1, -1);
    return this.onPragma(literal.replace(/\\(["\\])/g, '$1'), token);
  }
}

/** The old and the new prefix that a flag -fmacro-prefix-map=OLD=NEW gives, alone in an array. */
function prefixMapping(flag: string): (readonly [string, string])[] {
  const parts = /^-f(?:macro|file)-prefix-map=([^=]*)=(.*)$/.exec(flag);
  return parts === null ? [] : [[parts[1]!, parts[2]!]];
}

/** The tokens up to the next `>`, as the header name they spell; undefined where there is no `>`. */
export function gluedHeaderName(expander: Expander): string | undefined {
  let name = '';
  for (;;) {
    const token = expander.nextToken();
    if (token.text === '>') return name;
    if (token.kind === 'end') return undefined;
    name += `${token.spaced ? ' ' : ''}${token.text}`;
  }
}
