/**
 * The C preprocessor (C11 6.10 with GNU extensions) for C and for assembler sources: it gives the token stream of
 * `aarch64-linux-gnu-gcc -E` (gcc 12.2).
 */
import { SourceErrors } from '../source/diagnostics.ts';
import { type MappedText, SourceFile } from '../source/source-file.ts';
import type { LexedFile } from './lexed-file.ts';
import { lexedBytes, lexedText } from './library.ts';
import type { PreprocessorOptions } from './options.ts';
import { Printer, type PrintOptions } from './printer.ts';
import { Run } from './run.ts';
import type { Token } from './token.ts';

export type { PreprocessorOptions } from './options.ts';

export interface Preprocessed {
  /**
   * The next token after preprocessing; of kind `end` for ever after the last. No newline tokens: a token tells whether
   * it is the first of its line. In C a #pragma that is not the preprocessor's own, and #ident, come as the tokens of
   * their line, the `#` being the first of it; in assembler sources, as with gcc, they vanish.
   */
  next(): Token;
}

/**
 * Preprocesses the file at `file`. Faults go to the diagnostics; SourceErrors is thrown where they end the run (a
 * missing file, a limit).
 */
export function preprocess(file: string, options: PreprocessorOptions): Preprocessed {
  return new TokenStream(startRun(file, options));
}

/** The same for text already at hand. Its name is where "..." includes are looked for from. */
export function preprocessSource(source: SourceFile, options: PreprocessorOptions): Preprocessed {
  return new TokenStream(new Run(lexedText(source.name, source.text, options.language), source, options));
}

/**
 * The text that the assembler reads, every offset of it mapped to the place in the sources. A line of it is a line of
 * the source; lines without tokens are left out, and lines that a macro's arguments span are one.
 */
export function preprocessToText(file: string, options: PreprocessorOptions): MappedText {
  return new Printer(startRun(file, options), {}).print();
}

/** The same for text already at hand. */
export function preprocessSourceToText(source: SourceFile, options: PreprocessorOptions): MappedText {
  const lexed = lexedText(source.name, source.text, options.language);
  return new Printer(new Run(lexed, source, options), {}).print();
}

/** The text that gcc -E prints, up to line markers and empty lines: with `lineMarkers` also those that place lines. */
export function printPreprocessed(file: string, options: PreprocessorOptions, print: PrintOptions = {}): string {
  return new Printer(startRun(file, options), print).print().text;
}

/**
 * The value of the macro `name` as it stands where `preprocessed` has got to, replaced and evaluated as a #if
 * expression (a 64-bit integer); undefined where there is no such macro or it is no such expression.
 */
export function macroConstant(preprocessed: Preprocessed, name: string): bigint | undefined {
  if (!(preprocessed instanceof TokenStream)) return undefined;
  return preprocessed.run.macroConstant(name);
}

/** The value of `text` as a #if expression over the macros as macroConstant sees them; undefined where it is none. */
export function macroExpression(preprocessed: Preprocessed, text: string): bigint | undefined {
  if (!(preprocessed instanceof TokenStream)) return undefined;
  return preprocessed.run.expressionValue(text);
}

class TokenStream implements Preprocessed {
  readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  next(): Token {
    for (;;) {
      const token = this.run.next();
      if (token.id !== 0 || token.kind === 'end') return token;
    }
  }
}

function startRun(path: string, options: PreprocessorOptions): Run {
  const bytes = options.files.read(path);
  if (bytes === undefined) {
    options.diagnostics.error(`${path}: no such file`);
    throw new SourceErrors(options.diagnostics.list);
  }
  const lexed: LexedFile = lexedBytes(path, bytes, options.language);
  return new Run(lexed, new SourceFile(path, lexed.source), options);
}
