/** The assembler's and the C front end's stages, put together for commands that take gcc's flags. */
import { asmOffsets, printAsmOffsets } from '../../asm/c/asm-offsets.ts';
import { parseTranslationUnit, type TranslationUnit } from '../../asm/c/parse.ts';
import { type PreprocessorOptions, preprocess, preprocessToText } from '../../asm/cpp/preprocess.ts';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { decodeText } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { printDiagnostics } from './exit.ts';
import type { GccFlags } from './gcc-flags.ts';

const files = new NodeFiles();

function preprocessorOptions(
  flags: GccFlags,
  language: PreprocessorOptions['language'],
  diagnostics: Diagnostics,
): PreprocessorOptions {
  const { includeDirs, quoteDirs, systemDirs, includes, defines, undefines, bigEndian } = flags;
  return {
    ...{ files, language, includeDirs, quoteDirs, systemDirs, includes, defines, undefines, bigEndian },
    diagnostics,
  };
}

/** Throws where `diagnostics` holds errors; prints its warnings otherwise. */
function settle(diagnostics: Diagnostics): void {
  diagnostics.throwIfErrors();
  printDiagnostics(diagnostics.list);
}

/** Parses a C file with all its headers. Throws SourceErrors. */
export function parseC(file: string, flags: GccFlags): TranslationUnit {
  const diagnostics = new Diagnostics();
  const tokens = preprocess(file, preprocessorOptions(flags, 'c', diagnostics));
  const unit = parseTranslationUnit(tokens, { diagnostics, bigEndian: flags.bigEndian });
  settle(diagnostics);
  return unit;
}

/** The text of asm-offsets.h for an asm-offsets.c. Throws SourceErrors. */
export function offsetsText(file: string, flags: GccFlags): string {
  return printAsmOffsets(asmOffsets(parseC(file, flags)));
}

/** Assembles `file`: a .S file is preprocessed first, any other is taken as it is. Throws SourceErrors. */
export function assembleFile(file: string, flags: GccFlags): ObjectFile {
  const diagnostics = new Diagnostics();
  const text = /\.(S|sx)$/.test(file)
    ? preprocessToText(file, preprocessorOptions(flags, 'assembler', diagnostics))
    : wholeFile(new SourceFile(file, readText(file)));
  // What the assembler would say of text that was not preprocessed right helps nobody.
  diagnostics.throwIfErrors();
  const { includeDirs, bigEndian, march, debug } = flags;
  const object = assembleText(text, { file, files, includeDirs, diagnostics, bigEndian, march, debug });
  settle(diagnostics);
  return object;
}

function readText(file: string): string {
  const bytes = files.read(file);
  if (bytes === undefined) throw new SourceError(`${file}: no such file`);
  return decodeText(bytes);
}
