/** The assembler's and the C front end's stages, put together for commands that take gcc's flags. */
import { readFileSync } from 'node:fs';
import { asmOffsets, printAsmOffsets } from '../../asm/c/asm-offsets.ts';
import { parseTranslationUnit, type TranslationUnit } from '../../asm/c/parse.ts';
import { withCompilerHeaders } from '../../asm/cpp/compiler-headers.ts';
import { type PreprocessorOptions, preprocess, preprocessToText, printPreprocessed } from '../../asm/cpp/preprocess.ts';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { architectureOfCpu } from '../../asm/gas/cpus.ts';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { decodeText, type FileReader } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { staleOffsets } from '../scenario/built-offsets.ts';
import { fixtureSources, type KernelHeaders, type SourceUnit } from '../scenario/kernel-sources.ts';
import { treeHeaders } from '../scenario/kernel-tree.ts';
import { printDiagnostics } from './exit.ts';
import type { GccFlags } from './gcc-flags.ts';
import { fixturesFolder } from './paths.ts';

/** gcc's name for standard input. */
const STANDARD_INPUT = '<stdin>';

const onDisk = withCompilerHeaders(new NodeFiles());

/**
 * Files as all commands see them, with the headers that a compiler brings along; standard input is a file of them, read when a
 * command names it `-`.
 */
export const sourceFiles: FileReader = {
  read: (path) => (path === STANDARD_INPUT ? standardInput() : onDisk.read(path)),
};

type Flags = Omit<GccFlags, 'rest'> & Pick<PreprocessorOptions, 'flags'>;

let inputBytes: Uint8Array | undefined;

function standardInput(): Uint8Array {
  inputBytes ??= readFileSync(0);
  return inputBytes;
}

function preprocessorOptions(
  flags: Flags,
  language: PreprocessorOptions['language'],
  diagnostics: Diagnostics,
): PreprocessorOptions {
  const { includeDirs, quoteDirs, includes, defines, undefines, bigEndian } = flags;
  const systemDirs = [...flags.systemDirs, ...flags.afterDirs];
  return {
    ...{ files: sourceFiles, language, diagnostics, flags: flags.flags },
    ...{ includeDirs, quoteDirs, systemDirs, includes, defines, undefines, bigEndian },
  };
}

/** Throws where `diagnostics` holds errors; prints its warnings otherwise. */
function settle(diagnostics: Diagnostics): void {
  diagnostics.throwIfErrors();
  printDiagnostics(diagnostics.list);
}

/** What is passed for a kernel's own source, with what the user gave behind it. */
function withUserFlags({ flags }: SourceUnit, user: GccFlags): Flags {
  return {
    ...user,
    includeDirs: [...user.includeDirs, ...flags.includeDirs],
    systemDirs: [...user.systemDirs, ...flags.systemDirs],
    includes: [...flags.includes, ...user.includes],
    defines: [...flags.defines, ...user.defines],
    bigEndian: flags.bigEndian || user.bigEndian,
    flags: flags.flags,
  };
}

/**
 * A set of kernel headers by name: `after` or `before` for those that come with hypstep, else the folder of a tree. Throws
 * SourceError where that is none.
 */
export function headersNamed(name: string): KernelHeaders {
  if (name === 'after' || name === 'before') return fixtureSources(fixturesFolder(), name, sourceFiles);
  return treeHeaders(name, sourceFiles);
}

/** All that a set of headers declares, through its asm-offsets.c. Throws SourceErrors. */
export function parseHeaders({ offsets }: KernelHeaders, flags: GccFlags): TranslationUnit {
  return parseC(offsets.path, withUserFlags(offsets, flags));
}

/** Parses a C file with all its headers. Throws SourceErrors. */
export function parseC(file: string, flags: Flags): TranslationUnit {
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

/** The same for a set of headers. Where a build has left another, a warning says so. */
export function headersOffsetsText(headers: KernelHeaders, flags: GccFlags): string {
  const entries = asmOffsets(parseHeaders(headers, flags));
  const { builtOffsets } = headers;
  const warning = builtOffsets === undefined ? undefined : staleOffsets(builtOffsets, entries, sourceFiles);
  if (warning !== undefined) printDiagnostics([warning]);
  return printAsmOffsets(entries);
}

/** Whether the C preprocessor goes first: -x says so, or else the name. */
function isPreprocessed(file: string, { language }: GccFlags): boolean {
  if (language !== undefined && language !== 'none') return language !== 'assembler';
  return /\.(S|sx)$/.test(file);
}

/** The text that `gcc -E` prints for `name`, `-` being standard input. Throws SourceErrors. */
export function preprocessedText(name: string, flags: GccFlags): string {
  const file = name === '-' ? STANDARD_INPUT : name;
  const isC = flags.language === 'c' || (flags.language === undefined && /\.[ch]$/.test(file));
  const diagnostics = new Diagnostics();
  const options = preprocessorOptions(flags, isC ? 'c' : 'assembler', diagnostics);
  const text = printPreprocessed(file, options, { lineMarkers: !flags.withoutMarkers });
  settle(diagnostics);
  return text;
}

/**
 * Assembles `name`, `-` being standard input: a .S file is preprocessed first, any other is taken as it is. Throws
 * SourceErrors.
 */
export function assembleFile(name: string, flags: GccFlags): ObjectFile {
  const file = name === '-' ? STANDARD_INPUT : name;
  const diagnostics = new Diagnostics();
  const text = isPreprocessed(file, flags)
    ? preprocessToText(file, preprocessorOptions(flags, 'assembler', diagnostics))
    : wholeFile(new SourceFile(file, readText(file)));
  // What the assembler would say of text that was not preprocessed right helps nobody.
  diagnostics.throwIfErrors();
  const { includeDirs, bigEndian, debug } = flags;
  const march = architectureOf(flags);
  const directory = process.cwd();
  const options = { file, files: sourceFiles, includeDirs, diagnostics, bigEndian, march, debug, directory };
  const object = assembleText(text, options);
  settle(diagnostics);
  return object;
}

/** The architecture that -march= gives, or else the core after -mcpu=. Throws SourceError for a core nobody knows. */
function architectureOf({ march, mcpu }: GccFlags): string | undefined {
  if (march !== undefined || mcpu === undefined) return march;
  const [core, ...extensions] = mcpu.split('+');
  const architecture = architectureOfCpu(core!.toLowerCase());
  if (architecture === undefined) throw new SourceError(`-mcpu=${mcpu}: unknown cpu '${core}'`);
  return [architecture, ...extensions].join('+');
}

function readText(file: string): string {
  const bytes = sourceFiles.read(file);
  if (bytes === undefined) throw new SourceError(`${file}: no such file`);
  return decodeText(bytes);
}
