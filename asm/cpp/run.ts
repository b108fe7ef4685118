/**
 * One run of the preprocessor: its parts put together, and what is read first, the command line's macros and files.
 */
import { Diagnostics, diagnosticsOf } from '../source/diagnostics.ts';
import { type Place, SourceFile } from '../source/source-file.ts';
import { Builtins } from './builtins.ts';
import { ConditionFault } from './condition.ts';
import { Conditionals, conditionValue } from './conditionals.ts';
import { Directives } from './directives.ts';
import { Expander } from './expander.ts';
import { LexedFile } from './lexed-file.ts';
import { lexedText } from './library.ts';
import type { PreprocessorOptions } from './options.ts';
import { isPadding } from './padding.ts';
import type { Part } from './parts.ts';
import { atLineStart, meaningOf, PpToken } from './pp-token.ts';
import { Pragmas } from './pragmas.ts';
import { predefinedText } from './predefined.ts';
import { END, Reader, Reading } from './reader.ts';
import { IncludeSearch } from './search.ts';
import { intern, spellings } from './spelling.ts';

/** The name of the file whose lines are what the command line says. */
const COMMAND_LINE = '<command-line>';

export class Run {
  readonly reader: Reader;
  readonly expander: Expander;
  readonly conditionals: Conditionals;
  /** Called after each `_Pragma`: in a printed form, what follows it begins a line. */
  onPragmaOperator: () => void = () => {};
  readonly #options: PreprocessorOptions;
  /** Tokens of passed-on lines, that come before anything else. */
  #waiting: PpToken[] = [];
  #afterPassed = false;
  readonly #pragmas: Pragmas;
  readonly #main: SourceFile;
  #ended: PpToken | undefined;

  /** Begins a run over `lexed`, known as `file`. */
  constructor(lexed: LexedFile, file: SourceFile, options: PreprocessorOptions) {
    const { language, diagnostics } = options;
    this.#options = options;
    this.#main = file;
    const reader = new Reader();
    const expander = new Expander(reader, diagnostics, language);
    const search = new IncludeSearch(options.files, options);
    const warn = (message: string, place: Place) => {
      if (reader.reading?.system !== true) diagnostics.warning(message, place);
    };
    this.reader = reader;
    this.expander = expander;
    this.conditionals = new Conditionals(reader, expander, diagnostics, warn);
    this.#pragmas = new Pragmas(reader, expander, diagnostics);
    const directives = new Directives(
      reader,
      expander,
      this.conditionals,
      this.#pragmas,
      search,
      diagnostics,
      language,
    );
    const builtins = new Builtins(
      reader,
      expander,
      search,
      diagnostics,
      file.name,
      options.now ?? new Date(),
      options.flags ?? [],
    );
    reader.onDirective = (part) => directives.run(part);
    reader.onProblems = (part) => this.#problems(part);
    reader.onFileEnd = (reading) => this.#fileEnd(reading);
    expander.onBuiltin = (name, token) => builtins.expand(name, token);
    builtins.onPragma = (text, operator) => this.#operatorPragma(text, operator);
    if (language === 'c') this.#pragmas.onPass = (line) => this.#waiting.push(...line);
    builtins.define(language);
    this.#start(lexed, file);
  }

  /** The next token, padding and passed-on lines among them; of kind `end` for ever after the last. */
  next(): PpToken {
    if (this.#waiting.length > 0) return this.#waiting.shift()!;
    const token = this.#ended ?? this.#read();
    if (this.#waiting.length === 0) return token;
    this.#waiting.push(isPadding(token) ? token : atLineStart(token));
    this.#afterPassed = isPadding(token);
    return this.#waiting.shift()!;
  }

  /** The value of the macro `name` as a #if expression; undefined where there is none, or it is no expression. */
  macroConstant(name: string): bigint | undefined {
    const line = this.expander.macros[intern(name)]?.line;
    return line === undefined || line.definition.functionLike ? undefined : this.expressionValue(name);
  }

  /** The value of `text` as a #if expression over the macros as they stand; undefined where it is none. */
  expressionValue(text: string): bigint | undefined {
    const { language } = this.#options;
    const reader = new Reader();
    reader.open(
      new Reading(new LexedFile(text, language), new SourceFile('<expression>', text), -1, false, 0, undefined),
    );
    const expander = new Expander(reader, new Diagnostics(), language, this.expander.macros);
    expander.onBuiltin = this.expander.onBuiltin;
    try {
      return conditionValue(expander, () => {}).value;
    } catch (fault) {
      if (fault instanceof ConditionFault || diagnosticsOf(fault) !== undefined) return undefined;
      throw fault;
    }
  }

  #read(): PpToken {
    const token = this.expander.next();
    if (token === END) {
      this.#ended = this.#endToken();
      return this.#ended;
    }
    if (!this.#afterPassed || isPadding(token)) return token;
    this.#afterPassed = false;
    return atLineStart(token);
  }

  #endToken(): PpToken {
    const file = this.#main;
    return new PpToken('end', '', file, file.text.length, undefined, false, true, 0, 0);
  }

  /** Opens the file, and on top of it what comes before it: predefined macros, -D and -U, -include. */
  #start(lexed: LexedFile, file: SourceFile): void {
    const { language } = this.#options;
    const main = new Reading(lexed, file, -1, false, 0, undefined);
    const command = lexedText(COMMAND_LINE, commandLineText(this.#options), language);
    const commandLine = new Reading(command, new SourceFile(COMMAND_LINE, command.source), -1, false, 0, main);
    const flags = this.#options.bigEndian === true ? ['-mbig-endian'] : [];
    const text = predefinedText(language, [...(this.#options.flags ?? []), ...flags]);
    const builtIn = lexedText('<built-in>', text, language);
    this.reader.open(new Reading(builtIn, new SourceFile('<built-in>', text), -1, true, 0, commandLine));
  }

  #problems(part: Part): void {
    const reading = this.reader.reading!;
    if (reading.system) return;
    for (const { offset, message } of part.problems!)
      this.#options.diagnostics.warning(message, { file: reading.file, offset });
  }

  #fileEnd(reading: Reading): void {
    const offset = reading.lexed.unterminatedComment;
    if (offset >= 0) this.#options.diagnostics.error('unterminated comment', { file: reading.file, offset });
    this.conditionals.end(reading);
  }

  /** Runs the pragma of a `_Pragma` operator. */
  #operatorPragma(text: string, operator: PpToken): readonly PpToken[] {
    const lexed = lexedText('_Pragma', text, this.#options.language);
    const part = lexed.first;
    const tokens: PpToken[] = [];
    if (part.kind !== 'end') {
      lexed.lex(part);
      for (let i = part.from; i < part.to; i++) {
        const { file, offset, use } = operator;
        const id = lexed.spellingOf(i);
        const text = spellings[id]!;
        tokens.push(new PpToken(lexed.kindOf(i), text, file, offset, use, lexed.isSpaced(i), false, meaningOf(id), 0));
      }
    }
    this.#pragmas.runTokens(tokens, operator);
    this.onPragmaOperator();
    return [];
  }
}

function commandLineText(options: PreprocessorOptions): string {
  const lines: string[] = [];
  for (const define of options.defines ?? []) {
    const equals = define.indexOf('=');
    lines.push(equals < 0 ? `#define ${define} 1` : `#define ${define.slice(0, equals)} ${define.slice(equals + 1)}`);
  }
  for (const name of options.undefines ?? []) lines.push(`#undef ${name}`);
  for (const path of options.includes ?? []) lines.push(`#include "${path}"`);
  return lines.map((line) => `${line.replaceAll('\n', ' ')}\n`).join('');
}
