/**
 * From a folder of hyp sources and a set of headers to objects: asm-offsets.h is made from the C structs, and hyp.S and
 * its friends are assembled with it.
 */
import { type AsmOffsetsEntry, asmOffsets, printAsmOffsets } from '../../asm/c/asm-offsets.ts';
import { parseTranslationUnit } from '../../asm/c/parse.ts';
import { macroConstant, preprocessSource, preprocessToText } from '../../asm/cpp/preprocess.ts';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { type FileReader, joinPath, MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';
import { KernelFacts } from '../kvm/kernel-facts.ts';

/** Where the sources of a world switch are. */
export interface KernelPaths {
  /** Folder with hyp.S and its friends. */
  readonly hyp: string;
  /** Include folders, in the order they are searched. */
  readonly include: readonly string[];
  /** The asm-offsets.c. */
  readonly offsets: string;
}

/** What a world switch is made of, in the order it is linked. */
const hypFiles = ['hyp.S', 'vgic-v2-switch.S', 'vgic-v3-switch.S'];

/** The include folder that exists only in memory, with the generated asm-offsets.h. */
const GENERATED = '<generated>';

/** The source made here that brings asm-offsets.c and the headers below into one translation unit. */
const FACTS = '<kernel facts>';

/** Headers whose constants set-up and scenarios use, and which asm-offsets.c need not include. */
const factHeaders = ['asm/kvm_arm.h', 'asm/kvm_asm.h', 'asm/kvm_mmu.h', 'asm/memory.h', 'asm/cpufeature.h'];

function factsSource(paths: KernelPaths): string {
  const headers = factHeaders.map((name) => `#if __has_include(<${name}>)\n#include <${name}>\n#endif\n`);
  return `#include "${paths.offsets}"\n${headers.join('')}`;
}

export interface KernelOffsets {
  readonly facts: KernelFacts;
  readonly entries: readonly AsmOffsetsEntry[];
  /** The text of asm-offsets.h. */
  readonly text: string;
  /** The values of the expressions that were asked for. */
  readonly values: ReadonlyMap<string, bigint>;
}

/** The paths of one of the two world switches that come with hypstep, below its `fixtures` folder. */
export function fixturePaths(fixtures: string, variant: 'before' | 'after'): KernelPaths {
  const include = joinPath(fixtures, 'include');
  return {
    hyp: joinPath(fixtures, `hyp/${variant}`),
    include: [joinPath(include, variant), joinPath(include, 'common'), joinPath(include, 'common/uapi')],
    offsets: joinPath(include, `${variant}/asm-offsets.c`),
  };
}

/**
 * Reads the kernel's headers through its asm-offsets.c: offsets, types, constants, and the values of `expressions` (C
 * integer expressions as in #if, over the headers' constants). Throws SourceErrors on any fault of the sources.
 */
export function readKernel(paths: KernelPaths, files: FileReader, expressions: readonly string[] = []): KernelOffsets {
  const diagnostics = new Diagnostics();
  const tokens = preprocessSource(new SourceFile(FACTS, factsSource(paths)), {
    files,
    language: 'c',
    includeDirs: paths.include,
    defines: ['__KERNEL__', ...expressions.map((text, n) => `${expressionMacro(n)}=(${text})`)],
    diagnostics,
  });
  const unit = parseTranslationUnit(tokens, { diagnostics });
  const entries = asmOffsets(unit);
  diagnostics.throwIfErrors();
  const facts = new KernelFacts(unit, (name) => macroConstant(tokens, name), paths.offsets);
  const values = new Map(expressions.map((text, n) => [text, expressionValue(text, n, facts)]));
  return { facts, entries, text: printAsmOffsets(entries), values };
}

function expressionMacro(n: number): string {
  return `__hypstep_expression_${n}`;
}

/** The value of expression `n`; an identifier that #if would take for 0 is an error here. */
function expressionValue(text: string, n: number, facts: KernelFacts): bigint {
  for (const [name] of text.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)) {
    if (facts.hasConstant(name)) continue;
    throw new SourceError(`'${text}': the kernel's headers define no integer constant '${name}'`);
  }
  return BigInt.asUintN(64, facts.constant(expressionMacro(n)));
}

/** Assembles the world switch with the given offsets. Throws SourceErrors with all faults of the first file that has any. */
export function assembleKernel(paths: KernelPaths, files: FileReader, offsets: KernelOffsets): ObjectFile[] {
  return hypFiles.map((name) => assembleWith(joinPath(paths.hyp, name), paths, files, offsets));
}

/** Assembles one source file with the kernel's include folders and generated offsets. */
export function assembleWith(file: string, paths: KernelPaths, files: FileReader, offsets: KernelOffsets): ObjectFile {
  const diagnostics = new Diagnostics();
  const overlay = new MemoryFiles(
    {
      [joinPath(GENERATED, 'asm/asm-offsets.h')]: offsets.text,
      [joinPath(GENERATED, 'generated/asm-offsets.h')]: offsets.text,
    },
    files,
  );
  const includeDirs = [...paths.include, GENERATED];
  const text = preprocessToText(file, {
    files: overlay,
    language: 'assembler',
    includeDirs,
    defines: ['__KERNEL__', '__ASSEMBLY__'],
    diagnostics,
  });
  diagnostics.throwIfErrors();
  const object = assembleText(text, { file, files: overlay, includeDirs, diagnostics });
  diagnostics.throwIfErrors();
  return object;
}
