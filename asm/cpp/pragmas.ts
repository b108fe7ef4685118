/** #pragma (C11 6.10.6; GNU cpp manual, chapter 7): those of the preprocessor itself, and those passed on. */
import type { Diagnostics } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import type { Expander } from './expander.ts';
import type { LexedFile } from './lexed-file.ts';
import { Macro, POISONED } from './macro.ts';
import type { Part } from './parts.ts';
import { PASSED_LINE, PpToken, withFlags, withSpace } from './pp-token.ts';
import type { Reader } from './reader.ts';
import { CLOSE_PAREN, HASH, intern, OPEN_PAREN } from './spelling.ts';

export class Pragmas {
  /** Where pragmas and #ident lines go that are not the preprocessor's own: as tokens, `#` first. */
  onPass: (line: readonly PpToken[]) => void = () => {};
  readonly #reader: Reader;
  readonly #expander: Expander;
  readonly #diagnostics: Diagnostics;
  readonly #once = new Set<string>();
  readonly #pushed = new Map<number, (Macro | undefined)[]>();

  constructor(reader: Reader, expander: Expander, diagnostics: Diagnostics) {
    this.#reader = reader;
    this.#expander = expander;
    this.#diagnostics = diagnostics;
  }

  /** Whether #pragma once or #import says that `lexed`, known by its content, is not to be read again. */
  isOnce(lexed: LexedFile): boolean {
    return this.#once.size > 0 && this.#once.has(lexed.source);
  }

  markOnce(lexed: LexedFile): void {
    this.#once.add(lexed.source);
  }

  /** Runs the #pragma `part`, the tokens of whose line are to be read. */
  run(part: Part): void {
    const reading = this.#reader.reading!;
    this.runTokens(this.#reader.restOfLine(), { file: reading.file, offset: part.start });
  }

  /** Runs the pragma that `line` spells. */
  runTokens(line: readonly PpToken[], place: Place): void {
    const [first, second] = line;
    if (first?.text === 'once') this.markOnce(this.#reader.reading!.lexed);
    else if (first?.text === 'push_macro') this.#pushOrPop(line, place, true);
    else if (first?.text === 'pop_macro') this.#pushOrPop(line, place, false);
    else if (first?.text === 'GCC' && second !== undefined && this.#gcc(line, second, place)) return;
    else this.pass('pragma', line, place);
  }

  /** Gives the line `# name line` to whoever reads pragmas. */
  pass(name: string, line: readonly PpToken[], place: Place): void {
    const hash = new PpToken('punctuator', '#', place.file, place.offset, place.use, false, true, HASH, PASSED_LINE);
    const word = new PpToken('identifier', name, place.file, place.offset, place.use, false, false, intern(name), 0);
    const rest = line.map((token, i) => (i === 0 ? withSpace(token, true) : token));
    this.onPass([hash, word, ...rest].map((token) => withFlags(token, PASSED_LINE)));
  }

  /** The pragmas `GCC name` of the preprocessor. Returns whether it was one. */
  #gcc(line: readonly PpToken[], name: PpToken, place: Place): boolean {
    switch (name.text) {
      case 'poison':
        this.#poison(line.slice(2));
        return true;
      case 'system_header':
        this.#systemHeader(place);
        return true;
      case 'error':
      case 'warning': {
        const text = line[2]?.kind === 'string' ? line[2].text.slice(1, -1) : undefined;
        if (text === undefined) this.#diagnostics.error(`invalid #pragma GCC ${name.text} directive`, place);
        else if (name.text === 'error') this.#diagnostics.error(text, place);
        else this.#diagnostics.warning(text, place);
        return true;
      }
      case 'dependency':
        // It compares dates of files, which a FileReader does not know.
        return true;
      default:
        return false;
    }
  }

  #poison(names: readonly PpToken[]): void {
    for (const name of names) {
      if (name.kind !== 'identifier') {
        this.#diagnostics.error('invalid #pragma GCC poison directive', name);
        return;
      }
      const standing = this.#expander.macros[name.id];
      if (standing?.builtin !== POISONED && standing !== undefined)
        this.#diagnostics.warning(`poisoning existing macro '${name.text}'`, name);
      this.#expander.define(name.id, new Macro(undefined, POISONED));
    }
  }

  #systemHeader(place: Place): void {
    const reading = this.#reader.reading!;
    if (reading.outer === undefined)
      this.#diagnostics.warning('#pragma system_header ignored outside include file', place);
    else reading.system = true;
  }

  /** push_macro ( "name" ) and pop_macro ( "name" ). */
  #pushOrPop(line: readonly PpToken[], place: Place, push: boolean): void {
    const [operator, open, string, close] = line;
    if (open?.id !== OPEN_PAREN || string?.kind !== 'string' || close?.id !== CLOSE_PAREN) {
      this.#diagnostics.error(`invalid #pragma ${operator!.text} directive`, place);
      return;
    }
    const id = intern(string.text.slice(1, -1).trim());
    const stack = this.#pushed.get(id) ?? [];
    this.#pushed.set(id, stack);
    if (push) stack.push(this.#expander.macros[id]);
    else if (stack.length > 0) this.#expander.define(id, stack.pop());
  }
}
