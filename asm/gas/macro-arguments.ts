/**
 * The parameters of a macro's definition and the arguments of its uses: how the text behind a name is taken apart.
 *
 * Sources: Using as, ".macro", ".altmacro", ".irp"; where those are silent, the behaviour of GNU as 2.40.
 */
import { isNamePart, isNameStart, skipSpace } from './cursor.ts';
import type { Formal, Macro, MacroFault } from './macro.ts';

/** What the reader of arguments needs of the assembler. */
export interface ArgumentScope {
  /** .altmacro is on. */
  readonly alternate: boolean;
  /** The number `%` and an expression stand for, and the offset behind it. */
  number(text: string, offset: number): { readonly value: bigint; readonly end: number };
}

/** What follows .macro: the name and the formals. */
export function readMacroHead(
  head: string,
  scope: ArgumentScope,
): { readonly name: string; readonly formals: Formal[] } | MacroFault {
  const reader = new ArgumentReader(head, scope);
  const name = reader.token();
  if (name === '') return { message: 'expected the name of the macro' };
  reader.skipComma();
  const formals: Formal[] = [];
  while (!reader.atEnd()) {
    const offset = reader.at;
    const formal = readFormal(reader);
    if ('message' in formal) return { ...formal, offset };
    if (formals.some((other) => other.name === formal.name))
      return {
        message: `a parameter '${formal.name}' exists already for macro '${name}'`,
        offset,
      };
    formals.push(formal);
    if (formal.kind === 'rest') break;
    reader.skipComma();
  }
  if (!reader.atEnd())
    return {
      message: `unexpected text after the parameters of macro '${name}'`,
      offset: reader.at,
    };
  return { name: name.toLowerCase(), formals };
}

function readFormal(reader: ArgumentReader): Formal | MacroFault {
  const name = reader.token();
  if (name === '') return { message: 'expected a parameter name' };
  let kind: Formal['kind'] = 'optional';
  reader.skipSpace();
  if (reader.peek() === 0x3a) {
    reader.at++;
    reader.skipSpace();
    const qualifier = reader.token();
    if (qualifier === 'req') kind = 'required';
    else if (qualifier === 'vararg') kind = 'rest';
    else
      return {
        message: `expected 'req' or 'vararg' after '${name}:', found '${qualifier}'`,
      };
    reader.skipSpace();
  }
  if (reader.peek() !== 0x3d) return { name, kind, standard: '' };
  reader.at++;
  const standard = reader.argument();
  reader.skipSpace();
  return { name, kind, standard: kind === 'required' ? '' : standard };
}

/** The value of each formal for a use with the arguments `text`; a formal left out has its standard value. */
export function readArguments(macro: Macro, text: string, scope: ArgumentScope): Map<string, string> | MacroFault {
  const reader = new ArgumentReader(text, scope);
  const actuals = new Map<string, string>();
  let position = 0;
  let keywords = false;
  reader.skipSpace();
  while (!reader.atEnd()) {
    const offset = reader.at;
    const keyword = reader.keyword();
    if (keyword !== undefined) {
      keywords = true;
      if (!macro.formals.some((formal) => formal.name === keyword))
        return {
          message: `macro '${macro.name}' has no parameter '${keyword}'`,
          offset,
        };
      actuals.set(keyword, reader.argument());
    } else {
      if (keywords)
        return {
          message: 'a positional argument cannot follow a keyword argument',
          offset,
        };
      const formal = macro.formals[position++];
      if (formal === undefined)
        return {
          message: `too many arguments: macro '${macro.name}' takes ${macro.formals.length}`,
          offset,
        };
      actuals.set(formal.name, formal.kind === 'rest' ? reader.takeRest() : reader.argument());
    }
    reader.skipComma();
  }
  for (const formal of macro.formals) {
    if ((actuals.get(formal.name) ?? '') !== '') continue;
    if (formal.kind === 'required')
      return {
        message: `macro '${macro.name}' needs a value for its parameter '${formal.name}'`,
      };
    actuals.set(formal.name, formal.standard);
  }
  return actuals;
}

/** The values .irp runs through: at least one, which may be empty. */
export function readIrpValues(text: string, scope: ArgumentScope): string[] {
  const reader = new ArgumentReader(text, scope);
  const values: string[] = [];
  do {
    values.push(reader.argument());
    reader.skipComma();
  } while (!reader.atEnd());
  return values;
}

/** The characters .irpc runs through; quotes around them do not count, white space counts only inside quotes. */
export function readIrpcValues(text: string): string[] {
  const values: string[] = [];
  let quoted = text.startsWith('"');
  let at = quoted ? 1 : 0;
  if (at >= text.length && !quoted) return [''];
  while (at < text.length) {
    if (text[at] === '"') {
      quoted = !quoted;
      if (skipSpace(text, at + 1, text.length) >= text.length) break;
    }
    values.push(text[at++]!);
    if (!quoted) at = skipSpace(text, at, text.length);
  }
  return values;
}

/** The name .irp and .irpc begin with, and the text of the values behind it. */
export function readIrpHead(text: string, scope: ArgumentScope): { readonly name: string; readonly values: string } {
  const reader = new ArgumentReader(text, scope);
  reader.skipSpace();
  const name = reader.token();
  reader.skipComma();
  return { name, values: reader.takeRest() };
}

/** Takes arguments apart: they are separated by commas or white space; quotes and brackets hold them together. */
class ArgumentReader {
  readonly #text: string;
  readonly #scope: ArgumentScope;
  at = 0;

  constructor(text: string, scope: ArgumentScope) {
    this.#text = text;
    this.#scope = scope;
    this.skipSpace();
  }

  peek(): number {
    return this.at < this.#text.length ? this.#text.charCodeAt(this.at) : 0;
  }

  atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  skipSpace(): void {
    this.at = skipSpace(this.#text, this.at, this.#text.length);
  }

  skipComma(): void {
    this.skipSpace();
    if (this.peek() === 0x2c) this.at++;
    this.skipSpace();
  }

  takeRest(): string {
    const rest = this.#text.slice(this.at);
    this.at = this.#text.length;
    return rest;
  }

  token(): string {
    const from = this.at;
    if (!this.atEnd() && isNameStart(this.peek())) {
      this.at++;
      while (!this.atEnd() && isNamePart(this.peek())) this.at++;
    }
    const name = this.#text.slice(from, this.at);
    if (this.#scope.alternate && this.peek() === 0x26) this.at++;
    return name;
  }

  /** Steps over `name=` and returns the name; undefined where the argument is positional. */
  keyword(): string | undefined {
    if (this.#scope.alternate) return undefined;
    let scan = this.at;
    while (scan < this.#text.length && !isSeparator(this.#text.charCodeAt(scan)) && this.#text[scan] !== '=') scan++;
    if (this.#text[scan] !== '=') return undefined;
    const from = this.at;
    const name = this.token();
    if (this.peek() === 0x3d) {
      this.at++;
      return name;
    }
    this.at = from;
    return undefined;
  }

  argument(): string {
    this.skipSpace();
    if (this.atEnd()) return '';
    const text = this.#text;
    const { alternate } = this.#scope;
    const c = this.peek();
    if (text[this.at + 1] === "'" && /[bBqQhHdD]/.test(text[this.at]!) && this.at + 2 < text.length)
      return this.#based();
    if (alternate && c === 0x25) {
      const { value, end } = this.#scope.number(text, this.at + 1);
      this.at = end;
      return value.toString();
    }
    if (c === 0x22 || (alternate && c === 0x27)) {
      const value = this.#quoted();
      return alternate ? `"${value}"` : value;
    }
    return alternate && c === 0x3c ? this.#quoted() : this.#plain();
  }

  /** `h'1f`: up to the next separator. */
  #based(): string {
    const from = this.at;
    while (!this.atEnd() && !isSeparator(this.peek())) this.at++;
    return this.#text.slice(from, this.at);
  }

  /** Neighbouring strings without their quotes, `<...>` among them under .altmacro. */
  #quoted(): string {
    let value = '';
    for (;;) {
      const c = this.peek();
      if (c === 0x22 || (c === 0x27 && this.#scope.alternate)) value += this.#string(c);
      else if (c === 0x3c && this.#scope.alternate) value += this.#angled();
      else return value;
    }
  }

  #string(quote: number): string {
    const text = this.#text;
    let value = '';
    this.at++;
    let escaped = false;
    while (!this.atEnd()) {
      escaped = text[this.at - 1] === '\\' && !escaped;
      const c = this.peek();
      if (this.#scope.alternate && c === 0x21) {
        value += text[this.at + 1] ?? '';
        this.at += 2;
        continue;
      }
      if (c === quote && !escaped) {
        this.at++;
        // A doubled quote is one quote.
        if (this.peek() !== quote) return value;
      }
      value += text[this.at++] ?? '';
    }
    return value;
  }

  #angled(): string {
    const text = this.#text;
    let value = '';
    let nest = 0;
    this.at++;
    while (!this.atEnd() && (text[this.at] !== '>' || nest > 0)) {
      if (text[this.at] === '!') this.at++;
      else if (text[this.at] === '<') nest++;
      else if (text[this.at] === '>') nest--;
      value += text[this.at++] ?? '';
    }
    this.at++;
    return value;
  }

  /** Up to a comma, or to white space outside brackets. */
  #plain(): string {
    const text = this.#text;
    const from = this.at;
    const open: string[] = [];
    while (!this.atEnd()) {
      const c = text[this.at]!;
      if (c === ',' || ((c === ' ' || c === '\t') && open.length === 0)) break;
      if (c === '<' && this.#scope.alternate) break;
      if (c === '"' || c === "'") {
        const close = text.indexOf(c, this.at + 1);
        if (close < 0) return this.#through(from, text.length);
        this.at = close;
      } else if (c === '(' || c === '[') open.push(c);
      else if ((c === ')' && open.at(-1) === '(') || (c === ']' && open.at(-1) === '[')) open.pop();
      this.at++;
    }
    return this.#through(from, this.at);
  }

  #through(from: number, to: number): string {
    this.at = to;
    return this.#text.slice(from, to);
  }
}

function isSeparator(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x2c || c === 0x22 || c === 0x3b;
}
