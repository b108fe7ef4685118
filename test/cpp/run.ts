/** What the tests of the preprocessor have in common: a run over files in memory. */
import {
  macroConstant,
  type Preprocessed,
  type PreprocessorOptions,
  preprocess,
  preprocessToText,
} from '../../asm/cpp/preprocess.ts';
import type { Token } from '../../asm/cpp/token.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import type { MappedText } from '../../asm/source/source-file.ts';

export type Options = Partial<Omit<PreprocessorOptions, 'files' | 'diagnostics'>>;
export type Files = Readonly<Record<string, string>>;

/** The tokens of t.c, without the end. */
export function tokens(text: string, options: Options = {}, files: Files = {}): Token[] {
  return all(stream(text, options, files));
}

export function stream(text: string, options: Options = {}, files: Files = {}): Preprocessed {
  const diagnostics = new Diagnostics();
  const reader = new MemoryFiles({ 't.c': text, ...files });
  return preprocess('t.c', { files: reader, language: 'c', diagnostics, ...options });
}

export function all(from: Preprocessed): Token[] {
  const list: Token[] = [];
  for (let token = from.next(); token.kind !== 'end'; token = from.next()) list.push(token);
  return list;
}

/** The spellings of the tokens of t.c, with a space between each two. */
export function words(text: string, options: Options = {}, files: Files = {}): string {
  return tokens(text, options, files)
    .map((token) => token.text)
    .join(' ');
}

/** The text of t.S that the assembler reads. */
export function assemblerText(text: string, options: Options = {}, files: Files = {}): MappedText {
  const diagnostics = new Diagnostics();
  const reader = new MemoryFiles({ 't.S': text, ...files });
  return preprocessToText('t.S', { files: reader, language: 'assembler', diagnostics, ...options });
}

/** What a run over t.c complains of: the first line of each diagnostic and of each of its own notes. */
export function complaints(text: string, options: Options = {}, files: Files = {}): string[] {
  const diagnostics = new Diagnostics();
  const reader = new MemoryFiles({ 't.c': text, ...files });
  try {
    all(preprocess('t.c', { files: reader, language: 'c', diagnostics, ...options }));
  } catch (error) {
    if (diagnosticsOf(error) === undefined) throw error;
  }
  return diagnostics.list.flatMap((diagnostic) =>
    formatDiagnostic(diagnostic)
      .split('\n')
      .filter((line) => /: (error|warning|note): /.test(line)),
  );
}

/** The value of the macro `name` after a run over `text`. */
export function constantAfter(text: string, name: string): bigint | undefined {
  const from = stream(text);
  all(from);
  return macroConstant(from, name);
}
