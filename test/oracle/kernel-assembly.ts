/**
 * The .S files of a configured arm64 kernel tree, preprocessed and assembled here and by gcc: how many give the same
 * object. As a program it prints the table for the trees given:
 * `node --import tsx test/oracle/kernel-assembly.ts TREE...`
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { preprocessToText } from '../../asm/cpp/preprocess.ts';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import type { FileReader } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
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

/** Flags that come from the kernel's makefiles, as far as .S files see them. */
interface KernelFlags {
  readonly include: readonly string[];
  readonly includes: readonly string[];
  readonly defines: readonly string[];
  readonly march: string;
}

/** Folders below arch/arm64 whose .S files are assembled, unless others are asked for. */
const FOLDERS = ['kvm', 'lib', 'kernel'];

/** Assembles the .S files below arch/arm64/`folders` of `tree` both ways; linker scripts are left out. */
export function compareKernel(tree: string, folders: readonly string[] = FOLDERS): KernelFile[] {
  const files = folders
    .flatMap((folder) => sourcesBelow(join(tree, 'arch/arm64', folder)))
    .map((file) => relative(tree, file));
  const reader = treeFiles(tree);
  const flags = kernelFlags(tree);
  return inTempFolder((folder) => {
    const logs = assembleThere(tree, folder, files, flags);
    return files.map((path, i) => {
      const output = join(folder, `${i}.o`);
      const theirs = existsSync(output) ? readElf(readFileSync(output), path) : undefined;
      return compareFile(path, theirs, logs[i]!, reader, flags);
    });
  });
}

/** The objects gcc makes of the .S files below arch/arm64/`folders` of `tree`, in `folder`: their names. */
export function makeKernelObjects(tree: string, folder: string, folders: readonly string[] = FOLDERS): string[] {
  const files = folders
    .flatMap((name) => sourcesBelow(join(tree, 'arch/arm64', name)))
    .map((file) => relative(tree, file));
  assembleThere(tree, folder, files, kernelFlags(tree));
  return files.map((_, i) => `${i}.o`).filter((name) => existsSync(join(folder, name)));
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
  const files = new NodeFiles();
  return { read: (path) => files.read(path.startsWith('/') ? path : join(tree, path)) };
}

function kernelFlags(tree: string): KernelFlags {
  const modern = existsSync(join(tree, 'include/linux/compiler-version.h'));
  const arch = ['arch/arm64/include', 'arch/arm64/include/generated'];
  const uapi = [
    'arch/arm64/include/uapi',
    'arch/arm64/include/generated/uapi',
    'include/uapi',
    'include/generated/uapi',
  ];
  const version = modern ? ['include/linux/compiler-version.h'] : [];
  const shared = ['__KERNEL__', '__ASSEMBLY__'];
  const own = modern ? ['KASAN_SHADOW_SCALE_SHIFT='] : ['CONFIG_AS_LSE=1', 'TEXT_OFFSET=0x00080000'];
  return {
    include: [...arch, 'include', ...uapi],
    includes: [...version, 'include/linux/kconfig.h'],
    defines: [...shared, ...own],
    march: modern ? 'armv8.5-a' : 'armv8-a',
  };
}

/** Defines for one file, which the makefile of its folder gives. */
function ownDefines(path: string): string[] {
  return path.includes('/nvhe/') ? ['__KVM_NVHE_HYPERVISOR__', '__DISABLE_EXPORTS'] : [];
}

function assembleThere(tree: string, folder: string, files: readonly string[], flags: KernelFlags): string[] {
  const fixed = [
    '-nostdinc',
    '-fno-pic',
    '-mlittle-endian',
    ...flags.include.map((path) => `-I${path}`),
    ...flags.includes.flatMap((path) => ['-include', path]),
  ];
  const lines = files.map((path, i) => {
    const defines = [...flags.defines, ...ownDefines(path)].map((define) => `-D${define}`);
    const output = join(folder, `${i}.o`);
    return `${GCC} ${[...fixed, ...defines].join(' ')} -Wa,-march=${flags.march} -c ${path} -o ${output} 2>${output}.log`;
  });
  runTool('sh', ['-s'], lines.join('\n'), tree);
  return files.map((_, i) => readFileSync(join(folder, `${i}.o.log`), 'utf8'));
}

function compareFile(
  path: string,
  theirs: ObjectFile | undefined,
  log: string,
  files: FileReader,
  flags: KernelFlags,
): KernelFile {
  const ours = assembleHere(path, files, flags);
  if (typeof ours === 'string') {
    if (theirs === undefined) return { path, outcome: 'rejected by both', detail: log };
    return { path, outcome: 'different', detail: ours };
  }
  if (theirs === undefined) return { path, outcome: 'different', detail: `rejected by gcc: ${log}` };
  const detail = difference(objectText(ours), objectText(theirs));
  return detail === undefined ? { path, outcome: 'identical', detail: '' } : { path, outcome: 'different', detail };
}

/** Our object, written and read again, or our diagnostics. */
function assembleHere(path: string, files: FileReader, flags: KernelFlags): ObjectFile | string {
  const diagnostics = new Diagnostics();
  try {
    const text = preprocessToText(path, {
      files,
      language: 'assembler',
      includeDirs: flags.include,
      includes: flags.includes,
      defines: [...flags.defines, ...ownDefines(path)],
      flags: ['-fno-pic'],
      diagnostics,
    });
    const object = assembleText(text, { file: path, diagnostics, files, march: flags.march });
    return readElf(writeObject(object), path);
  } catch (error) {
    const found = diagnosticsOf(error);
    if (found === undefined) throw error;
    return found.map(formatDiagnostic).join('\n');
  }
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
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  main(process.argv.slice(2));
