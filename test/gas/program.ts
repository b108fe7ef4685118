/** Small programs assembled for tests. */
import type { ElfSymbol, ObjectFile, Section } from '../../asm/elf/object-file.ts';
import { type AssemblerOptions, assembleText } from '../../asm/gas/assemble.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';

export interface ProgramOptions extends Partial<AssemblerOptions> {
  /** Files for .include and .incbin. */
  readonly others?: Readonly<Record<string, string | Uint8Array>>;
}

/** The object of a program called t.s. */
export function assemble(text: string, options: ProgramOptions = {}): ObjectFile {
  return assembleText(wholeFile(new SourceFile('t.s', text)), {
    file: 't.s',
    diagnostics: new Diagnostics(),
    files: new MemoryFiles(options.others),
    ...options,
  });
}

/** The printed diagnostics of a program that has errors; fails where it has none. */
export function errorsOf(text: string, options: ProgramOptions = {}): string[] {
  try {
    assemble(text, options);
  } catch (error) {
    const found = diagnosticsOf(error);
    if (found === undefined) throw error;
    return found.map(formatDiagnostic);
  }
  throw new Error('the program has no error');
}

/** The first lines (`file:line:column: error: ...`) of the diagnostics of a program that has errors. */
export function errorLines(text: string, options: ProgramOptions = {}): string[] {
  return errorsOf(text, options).map((printed) => printed.split('\n')[0]!);
}

export function section(object: ObjectFile, name: string): Section {
  const found = object.sections.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no section ${name}`);
  return found;
}

export function symbol(object: ObjectFile, name: string): ElfSymbol {
  const found = object.symbols.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no symbol ${name}`);
  return found;
}

/** The contents of a section as text. */
export function textOf(object: ObjectFile, name = '.text'): string {
  return new TextDecoder().decode(section(object, name).data);
}

/** The contents of a section as 32-bit little-endian words in hexadecimal. */
export function words(object: ObjectFile, name = '.text'): string[] {
  const { data } = section(object, name);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / 4 }, (_, i) =>
    view
      .getUint32(i * 4, true)
      .toString(16)
      .padStart(8, '0'),
  );
}

/** The contents of a section as 64-bit little-endian numbers, signed. */
export function quads(object: ObjectFile, name = '.text'): bigint[] {
  const { data } = section(object, name);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / 8 }, (_, i) => view.getBigInt64(i * 8, true));
}
