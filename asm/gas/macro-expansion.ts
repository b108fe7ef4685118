/**
 * The expansion of a body: parameters replaced by their values (Using as, ".macro" and ".altmacro"; GNU as 2.40).
 */
import type { MappedText } from '../source/source-file.ts';
import { isNamePart, isNameStart, skipSpace } from './cursor.ts';
import type { MacroFault } from './macro.ts';
import { TextBuilder } from './text-builder.ts';

/** What a body is expanded with. */
export interface Expansion {
  readonly actuals: ReadonlyMap<string, string>;
  /** What `\@` stands for. */
  readonly number: number;
  readonly alternate: boolean;
  /** The next name for LOCAL; undefined in bodies of repetitions, which know no LOCAL. */
  readonly localName: (() => string) | undefined;
}

/** `body` with the parameters replaced. Every character is told to come from the body. */
export function expandBody(body: MappedText, expansion: Expansion): MappedText | MacroFault {
  return new Expander(body, expansion).run();
}

class Expander {
  readonly #text: string;
  readonly #to: number;
  readonly #expansion: Expansion;
  readonly #out: TextBuilder;
  readonly #locals = new Map<string, string>();
  #at = 0;
  #quoted = false;

  constructor(body: MappedText, expansion: Expansion) {
    this.#text = body.text;
    this.#to = body.text.length;
    this.#expansion = expansion;
    this.#out = new TextBuilder(body);
  }

  run(): MappedText | MacroFault {
    while (this.#at < this.#to) {
      const c = this.#text.charCodeAt(this.#at);
      if (c === 0x26) this.#ampersand();
      else if (c === 0x5c) {
        const fault = this.#backslash();
        if (fault !== undefined) return fault;
      } else if (this.#expansion.alternate && isNameStart(c)) this.#bareName();
      else {
        if (c === 0x22) this.#quoted = !this.#quoted;
        this.#plainRun();
      }
    }
    return this.#out.finish();
  }

  /** Copies characters up to the next one that may begin a parameter. */
  #plainRun(): void {
    const from = this.#at++;
    const { alternate } = this.#expansion;
    while (this.#at < this.#to) {
      const c = this.#text.charCodeAt(this.#at);
      if (c === 0x26 || c === 0x5c || (alternate && (c === 0x22 || isNameStart(c)))) break;
      this.#at++;
    }
    this.#out.copy(from, this.#at);
  }

  #valueOf(name: string): string | undefined {
    return this.#locals.get(name) ?? this.#expansion.actuals.get(name);
  }

  /** The name at the cursor, stepped over; under .altmacro also one `&` behind it. */
  #token(): string {
    const from = this.#at;
    if (this.#at < this.#to && isNameStart(this.#text.charCodeAt(this.#at))) {
      this.#at++;
      while (this.#at < this.#to && isNamePart(this.#text.charCodeAt(this.#at))) this.#at++;
    }
    const name = this.#text.slice(from, this.#at);
    if (this.#expansion.alternate && this.#text[this.#at] === '&' && this.#at < this.#to) this.#at++;
    return name;
  }

  /** `&name` and `&name&`. */
  #ampersand(): void {
    const from = this.#at++;
    const name = this.#token();
    if (this.#text[this.#at] === '&' && this.#at < this.#to) this.#at++;
    const value = this.#valueOf(name);
    if (value === undefined) this.#out.copy(from, this.#at);
    else this.#out.insert(value, from);
  }

  #backslash(): MacroFault | undefined {
    const from = this.#at++;
    const c = this.#at < this.#to ? this.#text[this.#at]! : '';
    if (c === '(') {
      const close = this.#text.indexOf(')', this.#at);
      if (close < 0 || close >= this.#to) return { message: "expected ')' after '\\('", offset: from };
      this.#out.copy(this.#at + 1, close);
      this.#at = close + 1;
    } else if (c === '@') {
      this.#out.insert(String(this.#expansion.number), from);
      this.#at++;
    } else if (c === '&') {
      this.#out.copy(from, ++this.#at);
    } else {
      const name = this.#token();
      const nameEnd = this.#at;
      // An apostrophe right behind a parameter only marks its end.
      if (this.#text[this.#at] === "'" && this.#at < this.#to) this.#at++;
      const value = this.#valueOf(name);
      if (value === undefined) this.#out.copy(from, nameEnd);
      else this.#out.insert(value, from);
    }
    return undefined;
  }

  /** Under .altmacro a parameter needs no mark, and LOCAL makes names of this expansion's own. */
  #bareName(): void {
    const from = this.#at;
    const local = this.#text.slice(from, from + 6);
    if (this.#expansion.localName !== undefined && !this.#quoted && /^LOCAL[ \t]$/i.test(local)) {
      this.#at = from + 6;
      this.#localNames(this.#expansion.localName);
      return;
    }
    const name = this.#token();
    if (this.#text[this.#at] === "'" && this.#at < this.#to) this.#at++;
    this.#out.insert(this.#valueOf(name) ?? name, from);
  }

  #localNames(next: () => string): void {
    for (;;) {
      this.#at = skipSpace(this.#text, this.#at, this.#to);
      const name = this.#token();
      if (name === '') return;
      this.#locals.set(name, next());
      this.#at = skipSpace(this.#text, this.#at, this.#to);
      if (this.#text[this.#at] === ',') this.#at++;
    }
  }
}
