/**
 * From kernel sources to facts and objects: asm-offsets.h is made from the C structs, and hyp.S and its friends are
 * assembled with it.
 */
import { type AsmOffsetsEntry, asmOffsets, printAsmOffsets } from '../../asm/c/asm-offsets.ts';
import { parseTranslationUnit } from '../../asm/c/parse.ts';
import { withCompilerHeaders } from '../../asm/cpp/compiler-headers.ts';
import { preprocessSource, preprocessToText } from '../../asm/cpp/preprocess.ts';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { type Diagnostic, Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { type FileReader, MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';
import { KernelFacts } from '../kvm/kernel-facts.ts';
import { staleOffsets } from './built-offsets.ts';
import type { KernelHeaders, KernelSources, SourceUnit } from './kernel-sources.ts';

/** The source made here that brings asm-offsets.c and the headers below into one translation unit. */
const FACTS = '<kernel facts>';

/** Headers whose constants set-up and scenarios use, and which asm-offsets.c need not include. */
const factHeaders = ['asm/kvm_arm.h', 'asm/kvm_asm.h', 'asm/kvm_mmu.h', 'asm/memory.h', 'asm/cpufeature.h'];

function factsSource(offsets: string): string {
  const headers = factHeaders.map((name) => `#if __has_include(<${name}>)\n#include <${name}>\n#endif\n`);
  return `#include "${offsets}"\n${headers.join('')}`;
}

export interface KernelOffsets {
  readonly facts: KernelFacts;
  readonly entries: readonly AsmOffsetsEntry[];
  /** The text of asm-offsets.h. */
  readonly text: string;
  /** That a build's own asm-offsets.h differs. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads the kernel's headers through its asm-offsets.c: offsets, types and constants. Throws SourceErrors on any fault of
 * the sources.
 */
export function readKernel(headers: KernelHeaders, files: FileReader): KernelOffsets {
  const { path, flags } = headers.offsets;
  if (files.read(path) === undefined) throw new SourceError(`${path}: no such file`);
  const diagnostics = new Diagnostics();
  const tokens = preprocessSource(new SourceFile(FACTS, factsSource(path)), {
    ...flags,
    files: withCompilerHeaders(files),
    language: 'c',
    diagnostics,
  });
  const unit = parseTranslationUnit(tokens, { diagnostics, bigEndian: flags.bigEndian });
  const entries = asmOffsets(unit);
  diagnostics.throwIfErrors();
  const facts = new KernelFacts(unit, tokens, path);
  return { facts, entries, text: printAsmOffsets(entries), warnings: staleWarnings(headers, entries, files) };
}

function staleWarnings(
  { builtOffsets }: KernelHeaders,
  entries: readonly AsmOffsetsEntry[],
  files: FileReader,
): Diagnostic[] {
  const warning = builtOffsets === undefined ? undefined : staleOffsets(builtOffsets, entries, files);
  return warning === undefined ? [] : [warning];
}

/** Assembles the world switch with the given offsets. Throws SourceErrors with all faults of the first file that has any. */
export function assembleKernel(sources: KernelSources, files: FileReader, offsets: KernelOffsets): ObjectFile[] {
  return sources.hypUnits.map((unit) => assembleUnit(unit, sources, files, offsets));
}

/** Assembles a source that is not the kernel's own, with its headers and generated offsets. */
export function assembleBeside(
  path: string,
  sources: KernelSources,
  files: FileReader,
  offsets: KernelOffsets,
): ObjectFile {
  return assembleUnit({ path, flags: sources.hostFlags }, sources, files, offsets);
}

function assembleUnit(
  { path, flags }: SourceUnit,
  { offsetsHeaders }: KernelSources,
  under: FileReader,
  offsets: KernelOffsets,
): ObjectFile {
  const diagnostics = new Diagnostics();
  // Over what the tree may have: an asm-offsets.h from before the last change of a struct is worse than none.
  const generated = Object.fromEntries(offsetsHeaders.map((header) => [header, offsets.text]));
  const files = new MemoryFiles(generated, withCompilerHeaders(under));
  const text = preprocessToText(path, { ...flags, files, language: 'assembler', diagnostics });
  diagnostics.throwIfErrors();
  const { includeDirs, bigEndian } = flags;
  const object = assembleText(text, { file: path, files, includeDirs, bigEndian, diagnostics });
  diagnostics.throwIfErrors();
  return object;
}
