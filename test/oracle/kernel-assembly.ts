/**
 * The .S files of a configured arm64 kernel tree, preprocessed and assembled here and by gcc: how many give the same
 * object. As a program it prints the table for the trees given:
 * `node --import tsx test/oracle/kernel-assembly.ts TREE...`
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COMPILER_HEADERS, withCompilerHeaders } from '../../asm/cpp/compiler-headers.ts';
import { kernelFlags } from '../../asm/cpp/kernel-flags.ts';
import { preprocessToText } from '../../asm/cpp/preprocess.ts';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import type { FileReader } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { readKernel } from '../../sim/scenario/kernel-build.ts';
import type { SourceUnit } from '../../sim/scenario/kernel-sources.ts';
import { treeHeaders } from '../../sim/scenario/kernel-tree.ts';
import { difference, objectText } from './object-text.ts';
import { inTempFolder, runTool } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';

export interface KernelFile {
  /** Relative to the tree. */
  readonly path: string;
  /** Some files are no sources of their own, or need what a build makes: gcc rejects them, and so must we. */
  readonly outcome: 'identical' | 'rejected by both' | 'different';
  /** The first difference, or diagnostics. */
  readonly detail: string;
}

/** Folders below arch/arm64 whose .S files are assembled, unless others are asked for. */
const FOLDERS = ['kvm', 'lib', 'kernel'];

/** Assembles the .S files below arch/arm64/`folders` of `tree` both ways; linker scripts are left out. */
export function compareKernel(tree: string, folders: readonly string[] = FOLDERS): KernelFile[] {
  const reader = treeFiles(tree);
  const units = unitsOf(tree, folders, reader);
  const march = marchOf(tree);
  return inTempFolder((folder) => {
    const logs = assembleThere(tree, folder, units, march);
    return units.map((unit, i) => {
      const output = join(folder, `${i}.o`);
      const theirs = existsSync(output) ? readElf(readFileSync(output), unit.path) : undefined;
      return compareFile(unit, theirs, logs[i]!, reader, march);
    });
  });
}

/** The objects gcc makes of the .S files below arch/arm64/`folders` of `tree`, in `folder`: their names. */
export function makeKernelObjects(tree: string, folder: string, folders: readonly string[] = FOLDERS): string[] {
  const units = unitsOf(tree, folders, treeFiles(tree));
  assembleThere(tree, folder, units, marchOf(tree));
  return units.map((_, i) => `${i}.o`).filter((name) => existsSync(join(folder, name)));
}

/** The sources, by their paths in the tree, and what Kbuild passes; the tree is '' there: gcc runs in its folder. */
function unitsOf(tree: string, folders: readonly string[], files: FileReader): SourceUnit[] {
  const here = { files, path: '', compilerHeaders: COMPILER_HEADERS };
  return folders
    .flatMap((folder) => sourcesBelow(join(tree, 'arch/arm64', folder)))
    .map((file) => relative(tree, file))
    .map((path) => ({ path, flags: kernelFlags(here, path, 'assembler') }));
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesBelow(path);
      return entry.name.endsWith('.S') && !entry.name.endsWith('.lds.S') ? [path] : [];
    })
    .sort();
}

/** Files by their path in the tree, so that names are the same as gcc sees when it runs there. */
function treeFiles(tree: string): FileReader {
  const files = withCompilerHeaders(new NodeFiles());
  return { read: (path) => files.read(/^[/<]/.test(path) ? path : join(tree, path)) };
}

/** The architecture that both assemblers are told: one with all that the sources of the tree's age use. */
function marchOf(tree: string): string {
  return existsSync(join(tree, 'include/linux/compiler-version.h')) ? 'armv8.5-a' : 'armv8-a';
}

function assembleThere(tree: string, folder: string, units: readonly SourceUnit[], march: string): string[] {
  const lines = units.map(({ path, flags }, i) => {
    const words = [
      ...['-nostdinc', '-fno-pic', flags.bigEndian ? '-mbig-endian' : '-mlittle-endian', ...flags.flags],
      ...flags.includeDirs.map((dir) => `-I${dir}`),
      ...flags.includes.flatMap((file) => ['-include', file]),
      ...flags.defines.map((define) => `-D'${define}'`),
    ];
    const output = join(folder, `${i}.o`);
    return `${GCC} ${words.join(' ')} -Wa,-march=${march} -c ${path} -o ${output} 2>${output}.log`;
  });
  runTool('sh', ['-s'], lines.join('\n'), tree);
  return units.map((_, i) => readFileSync(join(folder, `${i}.o.log`), 'utf8'));
}

function compareFile(
  unit: SourceUnit,
  theirs: ObjectFile | undefined,
  log: string,
  files: FileReader,
  march: string,
): KernelFile {
  const { path } = unit;
  const ours = assembleHere(unit, files, march);
  if (typeof ours === 'string') {
    if (theirs === undefined) return { path, outcome: 'rejected by both', detail: log };
    return { path, outcome: 'different', detail: ours };
  }
  if (theirs === undefined) return { path, outcome: 'different', detail: `rejected by gcc: ${log}` };
  const detail = difference(objectText(ours), objectText(theirs));
  return detail === undefined ? { path, outcome: 'identical', detail: '' } : { path, outcome: 'different', detail };
}

/** Our object, written and read again, or our diagnostics. */
function assembleHere({ path, flags }: SourceUnit, files: FileReader, march: string): ObjectFile | string {
  const diagnostics = new Diagnostics();
  try {
    const text = preprocessToText(path, {
      ...flags,
      flags: ['-fno-pic', ...flags.flags],
      files,
      language: 'assembler',
      diagnostics,
    });
    const object = assembleText(text, { file: path, diagnostics, files, march, bigEndian: flags.bigEndian });
    return readElf(writeObject(object), path);
  } catch (error) {
    const found = diagnosticsOf(error);
    if (found === undefined) throw error;
    return found.map(formatDiagnostic).join('\n');
  }
}

/**
 * How many offsets of the tree's asm-offsets.c are those of the header that its build has left (name and value; older gcc
 * rules copy other things into its comments), and those that are not.
 */
export function compareOffsets(tree: string): { identical: number; different: string[] } {
  const files = new NodeFiles();
  const { entries } = readKernel(treeHeaders(tree, files), files);
  const built = readFileSync(join(tree, 'include/generated/asm-offsets.h'), 'utf8');
  const theirs = Array.from(built.matchAll(/^#define (\w+) (-?\d+) /gm), ([, name, value]) => `${name} ${value}`);
  const ours = entries.flatMap((entry) => (entry.kind === 'offset' ? [`${entry.name} ${entry.value}`] : []));
  const different = [
    ...ours.filter((line) => !theirs.includes(line)).map((line) => `here ${line}`),
    ...theirs.filter((line) => !ours.includes(line)).map((line) => `there ${line}`),
  ];
  return { identical: ours.filter((line) => theirs.includes(line)).length, different };
}

function main(trees: readonly string[]): void {
  for (const tree of trees) {
    const results = compareKernel(tree);
    for (const { path, outcome, detail } of results) {
      console.log(`${outcome.padEnd(16)}  ${path}`);
      if (outcome === 'different') console.log(detail);
    }
    const count = (outcome: KernelFile['outcome']) => results.filter((result) => result.outcome === outcome).length;
    console.log(
      `${tree}: ${results.length} files, ${count('identical')} identical, ${count('different')} different, ${count('rejected by both')} rejected by both`,
    );
    const { identical, different } = compareOffsets(tree);
    for (const line of different) console.log(line);
    console.log(`${tree}: asm-offsets.h: ${identical} offsets identical, ${different.length} different`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  main(process.argv.slice(2));
