/**
 * The scrubber: comments taken out, white space reduced, character constants turned into numbers.
 *
 * What counts as one macro argument, and what `\()` and string comparisons see, depends on the text after this pass, so
 * it follows GNU as: white space survives at the start of a line, after the mnemonic, and between two characters
 * that could otherwise run together (Using as, "Preprocessing" and "Whitespace"; AArch64: "Special Characters").
 * Text that a macro produced is scrubbed again.
 */
import type { Diagnostics } from '../source/diagnostics.ts';
import type { MappedText } from '../source/source-file.ts';
import { TextBuilder } from './text-builder.ts';

/** Where in a statement the scan is; what happens to white space depends on it. */
const LINE_START = 0;
const AFTER_INDENT = 1;
const IN_MNEMONIC = 2;
const IN_OPERANDS = 3;
/** The last character could be part of a symbol. */
const AFTER_SYMBOL = 4;
/** As before, and white space followed it. */
const AFTER_SYMBOL_AND_SPACE = 5;
/** In a word at the very start of a line, which may turn out to be a label. */
const IN_FIRST_WORD = 6;

const SYMBOL = 1;
const SPACE = 2;
const SEPARATOR = 3;
const NEWLINE = 4;
const QUOTE = 5;
const APOSTROPHE = 6;
const COLON = 7;
const SLASH = 8;
const HASH = 9;

const CLASS = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  if (/[$._A-Za-z0-9]/.test(String.fromCharCode(c))) CLASS[c] = SYMBOL;
}
CLASS[0x20] = CLASS[0x09] = CLASS[0x0d] = SPACE;
CLASS[0x0a] = NEWLINE;
CLASS[0x3b] = SEPARATOR;
CLASS[0x22] = QUOTE;
CLASS[0x27] = APOSTROPHE;
CLASS[0x3a] = COLON;
CLASS[0x2f] = SLASH;
CLASS[0x23] = HASH;

const BACKSLASH = 0x5c;

function classOf(c: number): number {
  return c < 128 ? CLASS[c]! : SYMBOL;
}

/**
 * `source` scrubbed, ending in a newline unless it is empty. Line markers (`# 12 "file"`) of a file are applied to it
 * and taken out. An unterminated comment or string is an error in `diagnostics`.
 */
export function scrub(source: MappedText, diagnostics: Diagnostics): MappedText {
  return new Scrubber(source, diagnostics).run();
}

class Scrubber {
  readonly #source: MappedText;
  readonly #text: string;
  readonly #out: TextBuilder;
  readonly #diagnostics: Diagnostics;
  #state = LINE_START;
  #at = 0;

  constructor(source: MappedText, diagnostics: Diagnostics) {
    this.#source = source;
    this.#text = source.text;
    this.#out = new TextBuilder(source);
    this.#diagnostics = diagnostics;
  }

  run(): MappedText {
    const length = this.#text.length;
    while (this.#at < length) this.#step(this.#text.charCodeAt(this.#at));
    if (this.#state !== LINE_START) this.#out.insert('\n', Math.max(0, length - 1));
    return this.#out.finish();
  }

  #step(c: number): void {
    switch (classOf(c)) {
      case SPACE:
        this.#space();
        break;
      case NEWLINE:
      case SEPARATOR:
        this.#state = LINE_START;
        this.#keep(1);
        break;
      case QUOTE:
        this.#string();
        break;
      case APOSTROPHE:
        this.#character();
        break;
      case COLON:
        this.#colon();
        break;
      case SLASH:
        this.#slash();
        break;
      case HASH:
        this.#hash();
        break;
      case SYMBOL:
        this.#symbol();
        break;
      default:
        this.#plain(c);
    }
  }

  #keep(count: number): void {
    this.#out.copy(this.#at, this.#at + count);
    this.#at += count;
  }

  /** White space, or a comment that counts as white space, ending before `#at`. */
  #spaceSeen(): void {
    const text = this.#text;
    while (this.#at < text.length && classOf(text.charCodeAt(this.#at)) === SPACE) this.#at++;
    const next = this.#at < text.length ? text.charCodeAt(this.#at) : 0x0a;
    if (this.#state === LINE_START) {
      this.#state = AFTER_INDENT;
      this.#putSpace();
      return;
    }
    if (next === 0x3b) return;
    if ((this.#state === IN_MNEMONIC || this.#state === IN_FIRST_WORD) && next === 0x3a) {
      // White space between a label and its colon.
      this.#state = AFTER_INDENT;
      this.#keep(1);
      return;
    }
    if (this.#state === IN_MNEMONIC || this.#state === IN_FIRST_WORD) {
      this.#state = IN_OPERANDS;
      this.#putSpace();
    } else if (this.#state === AFTER_SYMBOL) this.#state = AFTER_SYMBOL_AND_SPACE;
  }

  #putSpace(): void {
    this.#out.insert(' ', Math.max(0, this.#at - 1));
  }

  #space(): void {
    this.#at++;
    this.#spaceSeen();
  }

  #symbol(): void {
    const text = this.#text;
    if (this.#state === AFTER_SYMBOL_AND_SPACE) {
      this.#putSpace();
      this.#state = AFTER_SYMBOL;
    } else if (this.#state === IN_OPERANDS) this.#state = AFTER_SYMBOL;
    else if (this.#state === LINE_START) this.#state = IN_FIRST_WORD;
    else if (this.#state === AFTER_INDENT) this.#state = IN_MNEMONIC;
    let end = this.#at + 1;
    while (end < text.length && classOf(text.charCodeAt(end)) === SYMBOL) end++;
    this.#keep(end - this.#at);
  }

  #plain(c: number): void {
    if (this.#state === LINE_START) this.#state = IN_FIRST_WORD;
    else if (this.#state === AFTER_INDENT) this.#state = IN_MNEMONIC;
    else if (this.#state === AFTER_SYMBOL) this.#state = IN_OPERANDS;
    else if (this.#state === AFTER_SYMBOL_AND_SPACE) {
      // A backslash may begin a macro parameter, which may expand to a symbol.
      if (c === BACKSLASH) this.#putSpace();
      this.#state = IN_OPERANDS;
    }
    this.#keep(1);
  }

  #colon(): void {
    if (this.#state === AFTER_SYMBOL || this.#state === AFTER_SYMBOL_AND_SPACE) this.#state = IN_OPERANDS;
    else if (this.#state !== IN_OPERANDS) this.#state = AFTER_INDENT;
    this.#keep(1);
  }

  #slash(): void {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next === 0x2a) {
      const close = this.#text.indexOf('*/', this.#at + 2);
      if (close < 0) {
        this.#diagnostics.error('unterminated comment: a closing */ was expected', this.#source.place(this.#at));
        this.#at = this.#text.length;
        return;
      }
      this.#at = close + 2;
      this.#spaceSeen();
    } else if (next === 0x2f) this.#skipLine();
    else {
      if (this.#state === AFTER_SYMBOL || this.#state === AFTER_SYMBOL_AND_SPACE) this.#state = IN_OPERANDS;
      this.#keep(1);
    }
  }

  #skipLine(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    this.#at = newline < 0 ? this.#text.length : newline;
    if (newline >= 0) this.#keep(1);
    else if (this.#state !== LINE_START) this.#out.insert('\n', this.#text.length - 1);
    this.#state = LINE_START;
  }

  /** `#` opens a comment only as the first character of a line; elsewhere it stands before an immediate. */
  #hash(): void {
    if (this.#state !== LINE_START && this.#state !== AFTER_INDENT) {
      this.#plain(0x23);
      return;
    }
    if (this.#state === LINE_START) this.#lineMarker();
    this.#skipLine();
  }

  /** `# 12 "file" flags`: the next line is line 12 of that file. */
  #lineMarker(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    const line = this.#text.slice(this.#at, newline < 0 ? this.#text.length : newline);
    const marker = /^#[ \t]*(\d+)[ \t]+"((?:[^"\\]|\\.)*)"/.exec(line);
    if (marker === null) return;
    const place = this.#source.place(this.#at);
    if (place.use !== undefined) return;
    place.file.rename(place.file.lineOf(place.offset), Number(marker[1]), marker[2]!.replace(/\\(.)/g, '$1'));
  }

  #string(): void {
    const text = this.#text;
    if (this.#state === AFTER_SYMBOL_AND_SPACE) this.#putSpace();
    if (this.#state === IN_OPERANDS || this.#state === AFTER_SYMBOL_AND_SPACE) this.#state = AFTER_SYMBOL;
    let end = this.#at + 1;
    let c = text.charCodeAt(end);
    while (end < text.length && c !== 0x22) {
      end += c === BACKSLASH ? 2 : 1;
      c = text.charCodeAt(end);
    }
    if (end >= text.length) {
      this.#diagnostics.error('unterminated string: a closing " was expected', this.#source.place(this.#at));
      this.#at = text.length;
      return;
    }
    this.#keep(end + 1 - this.#at);
  }

  /** `'c`, `'c'` and `'\n'` become the number of the character. */
  #character(): void {
    if (this.#state === AFTER_SYMBOL_AND_SPACE) {
      this.#putSpace();
      this.#state = IN_OPERANDS;
    }
    const text = this.#text;
    let end = this.#at + 1;
    let value = end < text.length ? text.codePointAt(end)! : 0;
    end += value > 0xffff ? 2 : 1;
    if (value === BACKSLASH && end < text.length) {
      value = escapedCharacter(text.charCodeAt(end));
      end++;
    }
    if (text.charCodeAt(end) === 0x27) end++;
    this.#out.insert(String(value & 0xff), this.#at);
    this.#at = end;
    if (this.#state === AFTER_SYMBOL) this.#state = IN_OPERANDS;
  }
}

/** The character `\c` stands for in a character constant. */
function escapedCharacter(c: number): number {
  switch (c) {
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return c;
  }
}
