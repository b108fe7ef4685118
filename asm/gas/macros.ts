/** The macros that are defined, and the texts their uses put into the input. */
import type { MappedText } from '../source/source-file.ts';
import type { Assembler } from './assembler.ts';
import { Cursor, StatementError } from './cursor.ts';
import { UsedText } from './input.ts';
import type { Macro } from './macro.ts';
import { type ArgumentScope, readArguments } from './macro-arguments.ts';
import { expandBody } from './macro-expansion.ts';
import { scrub } from './scrub.ts';
import { JoinedText } from './text-builder.ts';

export class Macros implements ArgumentScope {
  readonly #asm: Assembler;
  /** By name in small letters. */
  readonly #macros = new Map<string, Macro>();
  /** .altmacro is on. */
  alternate = false;
  /** Uses so far: what `\@` stands for. */
  #uses = 0;
  #localNames = 0;

  constructor(asm: Assembler) {
    this.#asm = asm;
  }

  /** Returns false where the name is taken. */
  define(macro: Macro): boolean {
    if (this.#macros.has(macro.name)) return false;
    this.#macros.set(macro.name, macro);
    return true;
  }

  /** Returns false where there is no such macro. */
  purge(name: string): boolean {
    return this.#macros.delete(name);
  }

  /** Expands the macro `name` with the arguments at the cursor; false where there is none. */
  use(cursor: Cursor, name: string): boolean {
    const macro = this.#macros.get(name);
    if (macro === undefined) return false;
    const base = cursor.at;
    const actuals = readArguments(macro, cursor.text.slice(base, cursor.end), this);
    if ('message' in actuals)
      throw new StatementError(actuals.message, actuals.offset === undefined ? undefined : base + actuals.offset);
    const text = expandBody(macro.body, {
      actuals,
      number: this.#uses,
      alternate: this.alternate,
      localName: () => `.LL${(++this.#localNames).toString(16).padStart(4, '0')}`,
    });
    if ('message' in text) throw new StatementError(text.message);
    this.#uses++;
    this.#push('macro', macro.name, text, 1);
    return true;
  }

  /** Reads a body `rounds` times next. */
  repeat(directive: string, body: MappedText, rounds: number): void {
    this.#push('repeat', directive, body, rounds);
  }

  /** Reads a body next once for each value of the parameter `name`. */
  repeatWith(directive: string, body: MappedText, name: string, values: readonly string[]): void {
    const rounds = values.map((value) => {
      const text = expandBody(body, {
        actuals: new Map([[name, value]]),
        number: this.#uses,
        alternate: this.alternate,
        localName: undefined,
      });
      if ('message' in text) throw new StatementError(text.message);
      return text;
    });
    this.#push('repeat', directive, rounds.length === 1 ? rounds[0]! : new JoinedText(rounds), 1);
  }

  #push(kind: 'macro' | 'repeat', name: string, text: MappedText, rounds: number): void {
    const { statement, diagnostics, input } = this.#asm;
    const use = { name, kind, at: statement.place() };
    const limit = input.pushExpansion(kind, scrub(new UsedText(text, use), diagnostics), rounds);
    if (limit === undefined) return;
    diagnostics.error(limit, statement.place());
    this.#asm.stop();
  }

  /** .exitm: leaves the innermost macro or repetition. */
  exit(): void {
    const { input, conditionals } = this.#asm;
    if (input.depth === 0) {
      this.#asm.warn('.exitm outside a macro');
      return;
    }
    conditionals.dropFrom(input.depth);
    while (input.top?.kind === 'file') input.pop();
    input.pop();
  }

  /** The innermost text has been read to its end. */
  leaveText(): void {
    const { input, conditionals, diagnostics } = this.#asm;
    const frame = input.pop()!;
    if (frame.kind !== 'macro') return;
    const open = conditionals.dropFrom(frame.depth);
    if (open !== undefined) diagnostics.error('.if without .endif before the end of the macro', open.place());
  }

  /** `%expr` in arguments under .altmacro. */
  number(text: string, offset: number): { value: bigint; end: number } {
    const cursor = new Cursor(text, offset);
    return { value: this.#asm.absolute(cursor), end: cursor.at };
  }
}
