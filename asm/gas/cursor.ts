/** A place in one statement, read from left to right by the directives and the expression parser. */

/** A fault in a statement. The statement is given up, and the assembler goes on with the next one. */
export class StatementError extends Error {
  /** Offset into the statement's text, where it is known better than the whole statement. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.name = 'StatementError';
    this.offset = offset;
  }
}

/** Characters of symbol names: letters, digits, `_`, `.`, `$`, and all beyond ASCII (Using as, "Symbol Names"). */
const NAME_PART = new Uint8Array(128);
const NAME_START = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const text = String.fromCharCode(c);
  if (/[A-Za-z0-9_.$]/.test(text)) NAME_PART[c] = 1;
  if (/[A-Za-z_.$]/.test(text)) NAME_START[c] = 1;
}

export function isNameStart(c: number): boolean {
  return c < 128 ? NAME_START[c] === 1 : c >= 128;
}

export function isNamePart(c: number): boolean {
  return c < 128 ? NAME_PART[c] === 1 : c >= 128;
}

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** The offset of the first character of `text` from `at` on that is no white space, at most `end`. */
export function skipSpace(text: string, at: number, end: number): number {
  let next = at;
  while (next < end && (text.charCodeAt(next) === 0x20 || text.charCodeAt(next) === 0x09)) next++;
  return next;
}

export class Cursor {
  readonly text: string;
  /** Offset of the next character. */
  at: number;
  /** Offset of the end of the statement. */
  readonly end: number;

  constructor(text: string, at = 0, end = text.length) {
    this.text = text;
    this.at = at;
    this.end = end;
  }

  /** The next character, or 0 at the end. */
  peek(): number {
    return this.at < this.end ? this.text.charCodeAt(this.at) : 0;
  }

  /** The character `ahead` places on, or 0 beyond the end. */
  peekAt(ahead: number): number {
    return this.at + ahead < this.end ? this.text.charCodeAt(this.at + ahead) : 0;
  }

  skipSpace(): void {
    while (this.at < this.end) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 0x20 && c !== 0x09) return;
      this.at++;
    }
  }

  atEnd(): boolean {
    this.skipSpace();
    return this.at >= this.end;
  }

  /** Steps over `character` (a single one), with white space around it. */
  accept(character: string): boolean {
    this.skipSpace();
    if (this.peek() !== character.charCodeAt(0)) return false;
    this.at++;
    this.skipSpace();
    return true;
  }

  expect(character: string, where: string): void {
    if (!this.accept(character)) throw this.fault(`expected '${character}' ${where}`);
  }

  /** What is left, without leading white space. */
  rest(): string {
    this.skipSpace();
    return this.text.slice(this.at, this.end);
  }

  expectEnd(): void {
    if (this.atEnd()) return;
    throw this.fault(
      `unexpected '${String.fromCodePoint(this.text.codePointAt(this.at)!)}' at the end of the statement`,
    );
  }

  fault(message: string, offset = this.at): StatementError {
    return new StatementError(message, offset);
  }

  /** A symbol name, plain or in quotes; undefined where none begins here. */
  name(): string | undefined {
    const c = this.peek();
    if (c === 0x22) return this.#quotedName();
    if (!isNameStart(c) || this.at >= this.end) return undefined;
    const from = this.at++;
    while (this.at < this.end && isNamePart(this.text.charCodeAt(this.at))) this.at++;
    return this.text.slice(from, this.at);
  }

  expectName(what = 'a symbol name'): string {
    this.skipSpace();
    const name = this.name();
    if (name === undefined || name === '') throw this.fault(`expected ${what}`);
    return name;
  }

  /** Like `"a\"b"`: only `\"` and `\\` are escapes; neighbouring strings are joined. */
  #quotedName(): string {
    const open = this.at++;
    let name = '';
    while (this.at < this.end) {
      const c = this.text[this.at++]!;
      if (c === '"') {
        const after = this.at;
        this.skipSpace();
        if (this.peek() === 0x22) {
          this.at++;
          continue;
        }
        this.at = after;
        return name;
      }
      if (c === '\\' && (this.peek() === 0x22 || this.peek() === 0x5c)) name += this.text[this.at++]!;
      else name += c;
    }
    throw this.fault('unterminated name: a closing " was expected', open);
  }

  /** The text of a string with its escapes (Using as, "Strings"); undefined where none begins here. */
  string(): string | undefined {
    const bytes = this.stringBytes();
    return bytes === undefined ? undefined : new TextDecoder().decode(Uint8Array.from(bytes));
  }

  /** The bytes a string stands for: text as UTF-8, an escape given by number as that byte. */
  stringBytes(): number[] | undefined {
    this.skipSpace();
    if (this.peek() !== 0x22) return undefined;
    const open = this.at++;
    const bytes: number[] = [];
    while (this.at < this.end) {
      const c = this.text.charCodeAt(this.at++);
      if (c === 0x22) return bytes;
      if (c === 0x5c) bytes.push(this.#escape());
      else if (c < 0x80) bytes.push(c);
      else this.#encode(bytes);
    }
    throw this.fault('unterminated string: a closing " was expected', open);
  }

  /** Adds the UTF-8 bytes of the character behind the cursor, which is beyond ASCII. */
  #encode(bytes: number[]): void {
    const code = this.text.codePointAt(this.at - 1)!;
    if (code > 0xffff) this.at++;
    bytes.push(...new TextEncoder().encode(String.fromCodePoint(code)));
  }

  expectString(what = 'a string'): string {
    const value = this.string();
    if (value === undefined) throw this.fault(`expected ${what} in double quotes`);
    return value;
  }

  /** The byte an escape stands for; the backslash is behind the cursor. */
  #escape(): number {
    const c = this.peek();
    this.at++;
    if (isDigit(c)) {
      let value = c - 0x30;
      for (let count = 1; count < 3 && isDigit(this.peek()); count++)
        value = value * 8 + this.text.charCodeAt(this.at++) - 0x30;
      return value & 0xff;
    }
    if (c === 0x78 || c === 0x58) {
      let value = 0;
      for (let digit = hexDigit(this.peek()); digit >= 0; digit = hexDigit(this.peek())) {
        value = (value * 16 + digit) & 0xff;
        this.at++;
      }
      return value;
    }
    return SIMPLE_ESCAPES.get(c) ?? c & 0xff;
  }
}

/** \b \f \n \r \t \v; any other character stands for itself. */
const SIMPLE_ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x62, 8],
  [0x66, 12],
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
  [0x76, 11],
]);

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
