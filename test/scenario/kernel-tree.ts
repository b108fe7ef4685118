/** The fixtures laid out as a Linux tree that is configured for arm64, for tests of --kernel. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fixtures } from './world-switch.ts';

export type TreeFiles = Record<string, string>;

const FOLDERS = [
  ['asm/', 'arch/arm64/include/asm/'],
  ['uapi/asm/', 'arch/arm64/include/uapi/asm/'],
  ['uapi/', 'include/uapi/'],
  ['', 'include/'],
] as const;

/** The files of the tree, by their paths in it. */
export function treeFiles(variant: 'before' | 'after' = 'after'): TreeFiles {
  const files: TreeFiles = {
    Makefile: `VERSION = 4\nPATCHLEVEL = ${variant === 'after' ? 3 : 2}\nSUBLEVEL = 0\n`,
    'include/generated/autoconf.h': '#define CONFIG_ARM64 1\n#define CONFIG_KVM_ARM_HOST 1\n',
    'arch/arm64/include/asm/asm-offsets.h': '#include <generated/asm-offsets.h>\n',
  };
  for (const set of [variant, 'common']) {
    const folder = join(fixtures, 'include', set);
    for (const path of filesBelow(folder)) files[placeInTree(path)] ??= readFileSync(join(folder, path), 'utf8');
  }
  const hyp = join(fixtures, 'hyp', variant);
  for (const path of filesBelow(hyp)) files[`arch/arm64/kvm/${path}`] = readFileSync(join(hyp, path), 'utf8');
  return files;
}

/** Writes the files of a tree below `folder`. */
export function writeTree(folder: string, files: TreeFiles): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function placeInTree(path: string): string {
  if (path === 'asm-offsets.c') return 'arch/arm64/kernel/asm-offsets.c';
  const [from, to] = FOLDERS.find(([prefix]) => path.startsWith(prefix))!;
  return to + path.slice(from.length);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
