/** Building what is under fixtures/ with the GNU tools, for the tests that compare with them. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runTool } from './tools.ts';

export const gcc = 'aarch64-linux-gnu-gcc';
export const objdump = 'aarch64-linux-gnu-objdump';

export const fixtures = join(import.meta.dirname, '../../fixtures');
export const variants = ['before', 'after'] as const;
export type Variant = (typeof variants)[number];

/** The files of a folder of kernel sources that make up the world switch. */
export const switchFiles = ['hyp.S', 'vgic-v2-switch.S', 'vgic-v3-switch.S'] as const;

/** gcc's flags for C files and, with -D__ASSEMBLY__, for .S files of `variant`. */
export function includeFlags(variant: Variant): string[] {
  const include = join(fixtures, 'include');
  const folders = [join(include, variant), join(include, 'common'), join(include, 'common/uapi')];
  return ['-nostdinc', ...folders.map((folder) => `-I${folder}`)];
}

/** Runs `tool`, which has to succeed and to say nothing; returns its standard output. */
export function runSilently(tool: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr } = runTool(tool, args, undefined, cwd);
  if (status !== 0 || stderr !== '') throw new Error(`${tool} ${args.join(' ')}: status ${status}\n${stderr}`);
  return stdout;
}

/**
 * The constants that DEFINE() left in gcc's output for asm-offsets.c (Linux: Kbuild's rule for asm-offsets.h), by name,
 * in order. Throws where gcc has an error or a warning.
 */
export function gccOffsets(variant: Variant, flags: readonly string[] = []): Map<string, number> {
  const source = join(fixtures, 'include', variant, 'asm-offsets.c');
  return definedConstants(['-Wall', '-Wextra', ...includeFlags(variant), ...flags, source]);
}

/** The same for any C file that uses DEFINE(); `args` are gcc's. */
export function definedConstants(args: readonly string[]): Map<string, number> {
  const assembly = runSilently(gcc, ['-S', '-o', '-', ...args]);
  const lines = assembly.matchAll(/^\s*\.ascii\s+"->(\w+) [$#]?(-?\d+) /gm);
  return new Map([...lines].map((line) => [line[1]!, Number(line[2])]));
}

/** Writes asm/asm-offsets.h under `folder`. */
export function writeOffsetsHeader(folder: string, offsets: ReadonlyMap<string, number>): void {
  mkdirSync(join(folder, 'asm'), { recursive: true });
  const lines = [...offsets].map(([name, value]) => `#define ${name} ${value}\n`);
  writeFileSync(join(folder, 'asm/asm-offsets.h'), lines.join(''));
}

/** Assembles the world switch of `variant` into `folder`; returns the object files, in the order of switchFiles. */
export function assembleSwitch(variant: Variant, folder: string, flags: readonly string[] = []): string[] {
  writeOffsetsHeader(folder, gccOffsets(variant, flags));
  return switchFiles.map((file) => {
    const object = join(folder, file.replace(/S$/, 'o'));
    const source = join(fixtures, 'hyp', variant, file);
    runSilently(gcc, ['-c', '-D__ASSEMBLY__', ...includeFlags(variant), `-I${folder}`, ...flags, '-o', object, source]);
    return object;
  });
}

/** All files under `folder`, as paths relative to it. */
export function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
