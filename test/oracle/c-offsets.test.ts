/**
 * asm-offsets.h against GCC: our fixtures on both endiannesses, and every configured tree named by
 * HYPSTEP_KERNEL_TREES (separated by colons), as it is configured and with lock debugging on, which moves most structs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AsmOffsetsEntry, asmOffsets, printAsmOffsets } from '../../asm/c/asm-offsets.ts';
import { parseTranslationUnit } from '../../asm/c/parse.ts';
import { COMPILER_HEADERS, withCompilerHeaders } from '../../asm/cpp/compiler-headers.ts';
import { type KernelFlags, kernelFlags } from '../../asm/cpp/kernel-flags.ts';
import { preprocess } from '../../asm/cpp/preprocess.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { inTempFolder, runTool, withKernelTrees, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';
const SOURCE = 'arch/arm64/kernel/asm-offsets.c';
/** The other file of the kind: constants that struct page depends on. */
const BOUNDS = 'kernel/bounds.c';
const include = fileURLToPath(new URL('../../fixtures/include/', import.meta.url));

const test = suite('asm-offsets.h');

type Options = Pick<KernelFlags, 'includeDirs' | 'systemDirs' | 'defines' | 'includes' | 'flags' | 'bigEndian'>;

function ownEntries(file: string, options: Options): AsmOffsetsEntry[] {
  const files = withCompilerHeaders(new NodeFiles());
  const diagnostics = new Diagnostics();
  const tokens = preprocess(file, { ...options, files, language: 'c', diagnostics });
  const unit = parseTranslationUnit(tokens, { diagnostics, bigEndian: options.bigEndian });
  diagnostics.throwIfErrors();
  return asmOffsets(unit);
}

function ownValues(entries: readonly AsmOffsetsEntry[]): string[] {
  return entries.flatMap((entry) => (entry.kind === 'offset' ? [`${entry.name} ${entry.value}`] : []));
}

/** Names and values from the marked lines of GCC's assembly. */
function compiledValues(file: string, options: Options): string[] {
  const headers = runTool(GCC, ['-print-file-name=include']).stdout.trim();
  const { status, stdout, stderr } = runTool(GCC, [
    ...['-S', '-w', '-nostdinc', '-ffreestanding', '-o', '-', options.bigEndian ? '-mbig-endian' : '-mlittle-endian'],
    ...options.flags,
    ...options.includeDirs.flatMap((path) => ['-I', path]),
    ...options.systemDirs.flatMap((path) => ['-isystem', path === COMPILER_HEADERS ? headers : path]),
    ...options.defines.flatMap((define) => ['-D', define]),
    ...options.includes.flatMap((path) => ['-include', path]),
    file,
  ]);
  assert.is(status, 0, stderr.slice(0, 2000));
  return Array.from(stdout.matchAll(/^\.ascii "->(\w+) (-?\d+) /gm), ([, name, value]) => `${name} ${value}`);
}

for (const variant of ['before', 'after']) {
  for (const bigEndian of [false, true]) {
    withTools(test, [GCC], `fixtures ${variant}, ${bigEndian ? 'big' : 'little'}-endian`, () => {
      const file = join(include, variant, 'asm-offsets.c');
      const includeDirs = [variant, 'common', 'common/uapi'].map((path) => join(include, path));
      const none = { systemDirs: [], includes: [], flags: [] };
      const options = { ...none, includeDirs, defines: ['__KERNEL__'], bigEndian };
      const expected = compiledValues(file, options);
      assert.ok(expected.length > 40, `only ${expected.length} offsets`);
      assert.equal(ownValues(ownEntries(file, options)), expected);
    });
  }
}

/** What the lock debugging options turn on, taken together (lib/Kconfig.debug). */
const LOCK_DEBUGGING = [
  'DEBUG_SPINLOCK',
  'DEBUG_MUTEXES',
  'DEBUG_RWSEMS',
  'DEBUG_LOCK_ALLOC',
  'PROVE_LOCKING',
  'LOCKDEP',
  'STACKTRACE',
  'TRACE_IRQFLAGS',
  'TRACE_IRQFLAGS_NMI',
];

function treeOptions(tree: string, source: string): Options {
  const files = withCompilerHeaders(new NodeFiles());
  return kernelFlags({ files, path: tree, compilerHeaders: COMPILER_HEADERS }, source, 'c');
}

/** Makes `folder` an include folder in which the configuration of `tree` has lock debugging on. */
function writeDebugConfiguration(tree: string, folder: string): void {
  const config = readFileSync(join(tree, 'include/generated/autoconf.h'), 'utf8');
  const debug = LOCK_DEBUGGING.map((name) => `#undef CONFIG_${name}\n#define CONFIG_${name} 1\n`).join('');
  mkdirSync(join(folder, 'generated'));
  writeFileSync(join(folder, 'generated/autoconf.h'), config + debug);
  const options = treeOptions(tree, BOUNDS);
  const bounds = compiledValues(join(tree, BOUNDS), { ...options, includeDirs: [folder, ...options.includeDirs] });
  writeFileSync(join(folder, 'generated/bounds.h'), bounds.map((value) => `#define ${value}\n`).join(''));
}

withKernelTrees(test, [], 'the generated files, byte for byte', (tree) => {
  // Rules before 4.4 take over the comment mark that gcc ends each statement of inline assembly with.
  const generated = (file: string) =>
    readFileSync(join(tree, 'include/generated', file), 'utf8')
      .replace(/\t\/\/ \*\/$/gm, ' */')
      .replace(/^\t$/gm, '');
  const entries = ownEntries(join(tree, SOURCE), treeOptions(tree, SOURCE));
  assert.is(printAsmOffsets(entries), generated('asm-offsets.h'));
  const bounds = ownEntries(join(tree, BOUNDS), treeOptions(tree, BOUNDS));
  assert.is(printAsmOffsets(bounds, '__LINUX_BOUNDS_H__'), generated('bounds.h'));
  console.log(`${basename(tree)}: ${ownValues(entries).length} offsets identical`);
});

withKernelTrees(test, [GCC], 'every offset with lock debugging on', (tree) => {
  inTempFolder((folder) => {
    writeDebugConfiguration(tree, folder);
    const options = treeOptions(tree, SOURCE);
    const debugging = { ...options, includeDirs: [folder, ...options.includeDirs] };
    const expected = compiledValues(join(tree, SOURCE), debugging);
    const plain = ownValues(ownEntries(join(tree, SOURCE), options));
    assert.is.not(expected.join(), plain.join(), 'lock debugging moved nothing');
    assert.equal(ownValues(ownEntries(join(tree, SOURCE), debugging)), expected);
    const moved = expected.filter((value) => !plain.includes(value)).length;
    console.log(`${basename(tree)}, lock debugging: ${expected.length} offsets identical, ${moved} of them moved`);
  });
});

test.run();
