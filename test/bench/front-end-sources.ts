/** What the benches of asm/ read: a .S file and an asm-offsets.c, from the fixtures or from a kernel tree. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPILER_HEADERS, withCompilerHeaders } from '../../asm/cpp/compiler-headers.ts';
import { kernelFlags } from '../../asm/cpp/kernel-flags.ts';
import type { Language } from '../../asm/cpp/scanner.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { offsetsText } from '../../sim/cli/front-end.ts';
import { parseGccFlags } from '../../sim/cli/gcc-flags.ts';
import { fixtures } from '../scenario/world-switch.ts';

/** A source with the flags that Kbuild passes for it, in words that hypstep and gcc both take. */
export interface BenchSource {
  readonly name: string;
  readonly words: readonly string[];
}

export interface BenchSources {
  /** Where they are from. */
  readonly title: string;
  readonly assembly: BenchSource;
  readonly offsets: BenchSource;
}

/** The trees named by `--kernel TREE` and HYPSTEP_KERNEL_TREES (separated by colons); else none. */
export function kernelTrees(): string[] {
  const words = process.argv.filter((_, n) => process.argv[n - 1] === '--kernel');
  return words.length > 0 ? words : (process.env.HYPSTEP_KERNEL_TREES ?? '').split(':').filter((tree) => tree !== '');
}

/** The world switch that comes with hypstep; `folder` gets its asm/asm-offsets.h. */
export function fixtureSources(folder: string): BenchSources {
  const include = ['after', 'common', 'common/uapi'].map((name) => `-I${fixtures}/include/${name}`);
  const offsets = ['-nostdinc', '-D__KERNEL__', ...include, `${fixtures}/include/after/asm-offsets.c`];
  mkdirSync(join(folder, 'asm'));
  writeFileSync(join(folder, 'asm/asm-offsets.h'), offsetsOf(offsets));
  const macros = ['-nostdinc', '-D__KERNEL__', '-D__ASSEMBLY__'];
  const assembly = [...macros, ...include, `-I${folder}`, `${fixtures}/hyp/after/hyp.S`];
  return {
    title: 'fixtures/hyp/after',
    assembly: { name: 'hyp.S', words: assembly },
    offsets: { name: 'asm-offsets.c', words: offsets },
  };
}

function offsetsOf(words: readonly string[]): string {
  const flags = parseGccFlags(words);
  return offsetsText(flags.rest[0]!, flags);
}

/** The world switch's entry by its path in trees of different age. */
const ENTRIES = ['arch/arm64/kvm/hyp.S', 'arch/arm64/kvm/hyp/entry.S'];

/** A configured tree's own files, with all the kernel headers they include. */
export function treeSources(tree: string): BenchSources {
  const entry = ENTRIES.find((path) => existsSync(join(tree, path)));
  if (entry === undefined) throw new Error(`${tree}: neither of ${ENTRIES.join(', ')} is there`);
  return {
    title: tree,
    assembly: kernelSource(tree, entry, 'assembler'),
    offsets: kernelSource(tree, 'arch/arm64/kernel/asm-offsets.c', 'c'),
  };
}

function kernelSource(tree: string, path: string, language: Language): BenchSource {
  const files = withCompilerHeaders(new NodeFiles());
  const flags = kernelFlags({ files, path: tree, compilerHeaders: COMPILER_HEADERS }, path, language);
  const words = [
    '-nostdinc',
    ...flags.includeDirs.map((folder) => `-I${folder}`),
    ...flags.systemDirs.flatMap((folder) => ['-isystem', folder]),
    ...flags.defines.map((macro) => `-D${macro}`),
    ...flags.includes.flatMap((file) => ['-include', file]),
    // The others change code, not what is read here.
    ...flags.flags.filter((flag) => flag.startsWith('-std=')),
    join(tree, path),
  ];
  return { name: path.slice(path.lastIndexOf('/') + 1), words };
}
