/** asm/cpp against aarch64-linux-gnu-gcc -E: small programs, and the sources of a kernel tree. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ATOMIC_BUILTINS,
  GNU_ATTRIBUTES,
  LIBRARY_BUILTINS,
  PLAIN_BUILTINS,
  PREFIXED_BUILTINS,
  STANDARD_ATTRIBUTES,
} from '../../asm/cpp/has-table.ts';
import { kernelFlags } from '../../asm/cpp/kernel-flags.ts';
import { predefinedText } from '../../asm/cpp/predefined.ts';
import { FLAG_MACROS } from '../../asm/cpp/predefined-table.ts';
import { type PreprocessorOptions, printPreprocessed } from '../../asm/cpp/preprocess.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { PROGRAMS, type Program } from './cpp-corpus.ts';
import { randomPrograms } from './cpp-random.ts';
import { inTempFolder, runTool, withKernelTrees, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';
type Mode = 'c' | 'assembler';

interface Outcome {
  readonly text: string;
  readonly failed: boolean;
  readonly messages: string;
}

const preprocessing = suite('cpp against gcc');

withTools(preprocessing, [GCC], `${PROGRAMS.length} small programs give the same text, or an error in both`, () => {
  const faults = differences(PROGRAMS);
  assert.is(faults.length, 0, `${faults.length} programs differ\n\n${faults.join('\n\n')}`);
});

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? 1);
const seed = Number(process.env.HYPSTEP_SEED ?? 1);
const count = Math.round(40 * scale);
withTools(
  preprocessing,
  [GCC],
  `${count} random programs (seed ${seed}) give the same text, or an error in both`,
  () => {
    const faults = differences(randomPrograms(count, seed));
    assert.is(faults.length, 0, `seed ${seed}: ${faults.length} programs differ\n\n${faults.join('\n\n')}`);
  },
);

withTools(preprocessing, [GCC], "the predefined macros are gcc's, whatever flags change them", () => {
  const unwind = ['-fno-asynchronous-unwind-tables', '-fno-unwind-tables'];
  const single = FLAG_MACROS.flatMap((row) => row.flags.map((flag) => [flag]));
  const different: string[] = [];
  for (const language of ['c', 'assembler'] as const) {
    for (const flags of [[], ...single, unwind, ['-std=gnu89', '-O2', '-fno-PIE', ...unwind]]) {
      const args = ['-nostdinc', ...flags, '-dM', '-E', '-x', language === 'c' ? 'c' : 'assembler-with-cpp', '-'];
      const theirs = new Set(linesOf(runTool(GCC, args, '').stdout));
      const ours = new Set(linesOf(predefinedText(language, flags)));
      for (const line of theirs) if (!ours.delete(line)) different.push(`${flags.join(' ')}: gcc has ${line}`);
      for (const line of ours) different.push(`${flags.join(' ')}: we have ${line}`);
    }
  }
  assert.equal(different, []);
});

withTools(preprocessing, [GCC], '__has_attribute and __has_builtin know the names that gcc knows', () => {
  const attributes = new Set([...words(GNU_ATTRIBUTES), ...Object.keys(STANDARD_ATTRIBUTES)]);
  const plain = words(LIBRARY_BUILTINS + PLAIN_BUILTINS);
  const builtins = words(LIBRARY_BUILTINS + PREFIXED_BUILTINS).map((name) => `__builtin_${name}`);
  const others = [...words(ATOMIC_BUILTINS).map((name) => `__${name}`), 'nothing', '__builtin_nothing'];
  const lines = [
    ...Array.from(attributes, (name) => `"${name}" __has_attribute(${name}) __has_c_attribute(gnu::__${name}__)`),
    ...[...plain, ...builtins, ...others].map((name) => `"${name}" __has_builtin(${name})`),
  ];
  const [theirs, ours] = inTempFolder((folder) => {
    const path = join(folder, 'names.c');
    write(path, lines.join('\n'));
    return [runTool(GCC, ['-E', '-P', path]).stdout, outcomeOf(path, { language: 'c' }).text];
  });
  const expected = linesOf(theirs);
  assert.equal(
    linesOf(ours).filter((line, i) => line !== expected[i]),
    [],
  );
});

withKernelTrees(preprocessing, [GCC], 'every .S file and its headers give the same text', (tree) => {
  assert.equal(compareTree(tree), []);
});

preprocessing.run();

/** What differs between gcc and us, program by program. */
function differences(programs: readonly Program[]): string[] {
  const faults: string[] = [];
  inTempFolder((folder) => {
    for (const group of groups(programs)) {
      const results = runGcc(folder, group);
      for (const [i, { program, mode, path }] of group.entries()) {
        const fault = compare(results[i]!, runOurs(folder, path, mode, program.flags ?? []));
        if (fault !== undefined) faults.push(`${program.name} (${mode})\n${program.text}\n${fault}`);
      }
    }
  });
  return faults;
}

interface Case {
  readonly program: Program;
  readonly mode: Mode;
  readonly path: string;
}

/** The programs in the modes they are for, those with the same flags together: one run of gcc does them all. */
function groups(programs: readonly Program[]): Case[][] {
  const byFlags = new Map<string, Case[]>();
  for (const [i, program] of programs.entries()) {
    for (const mode of ['c', 'assembler'] as const) {
      if (program.only !== undefined && program.only !== mode) continue;
      const folder = program.files === undefined ? 'plain' : `p${i}`;
      const path = `${program.files === undefined ? '' : `${folder}/`}t${i}.${mode === 'c' ? 'c' : 'S'}`;
      const key = program.files === undefined ? JSON.stringify(program.flags ?? []) : folder;
      const group = byFlags.get(key) ?? [];
      group.push({ program, mode, path });
      byFlags.set(key, group);
    }
  }
  return [...byFlags.values()];
}

/** Writes the programs of `group` and runs gcc over them. A file included first prints a line that tells where each begins. */
function runGcc(folder: string, group: readonly Case[]): Outcome[] {
  for (const { program, path } of group) {
    write(join(folder, path), program.text);
    for (const [name, content] of Object.entries(program.files ?? {}))
      write(join(folder, dirname(path), name), content);
  }
  const cwd = join(folder, dirname(group[0]!.path));
  // A plain token ends the line: padding after a macro would reach into the next one.
  write(join(cwd, 'mark.h'), '%%% __BASE_FILE__ %%\n');
  const names = group.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  const flags = ['-E', '-P', '-nostdinc', '-include', 'mark.h', ...(group[0]!.program.flags ?? [])];
  const { stdout, stderr } = runTool(GCC, [...flags, ...names], undefined, cwd);
  return names.map((name) => ({
    text: sectionOf(stdout, name),
    failed: failedIn(stderr, name),
    messages: stderr
      .split('\n')
      .filter((line) => line.includes(name))
      .join('\n'),
  }));
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function sectionOf(output: string, name: string): string {
  const mark = `%%% "${name}" %%\n`;
  const start = output.indexOf(mark);
  if (start < 0) return '';
  const from = start + mark.length;
  const end = output.indexOf('\n%%% ', from - 1);
  return end < 0 ? output.slice(from) : output.slice(from, end);
}

/** Whether gcc's messages tell of an error in `name` or in a file it includes. */
function failedIn(messages: string, name: string): boolean {
  let about = '';
  for (const line of messages.split('\n')) {
    const from = /^In file included from ([^:,]+)|^ +from ([^:,]+)/.exec(line);
    if (from !== null) about = from[1] ?? from[2]!;
    const message = /^([^: ]+):(?:\d+:)*(?:\d+:)? (fatal error|error|warning):/.exec(line);
    if (message === null) continue;
    const where = about === '' ? message[1]! : about;
    about = '';
    if (where === name && message[2] !== 'warning') return true;
  }
  return false;
}

function runOurs(folder: string, path: string, mode: Mode, flags: readonly string[]): Outcome {
  const before = process.cwd();
  process.chdir(join(folder, dirname(path)));
  try {
    return outcomeOf(path.slice(path.lastIndexOf('/') + 1), { language: mode, ...optionsOf(flags) });
  } finally {
    process.chdir(before);
  }
}

function outcomeOf(path: string, options: Omit<PreprocessorOptions, 'files' | 'diagnostics'>): Outcome {
  const diagnostics = new Diagnostics();
  let text = '';
  try {
    text = printPreprocessed(path, { files: new NodeFiles(), diagnostics, ...options });
  } catch (error) {
    if (diagnosticsOf(error) === undefined) throw error;
  }
  return { text, failed: diagnostics.errorCount > 0, messages: diagnostics.list.map(formatDiagnostic).join('\n') };
}

const FLAG_OPTIONS = {
  '-D': 'defines',
  '-U': 'undefines',
  '-I': 'includeDirs',
  '-iquote': 'quoteDirs',
  '-isystem': 'systemDirs',
  '-include': 'includes',
} as const;

/** gcc's flags as options of ours. */
function optionsOf(flags: readonly string[]): Partial<Record<string, string[]>> {
  const options: Record<string, string[]> = { flags: [] };
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i]!;
    const name = (Object.keys(FLAG_OPTIONS) as (keyof typeof FLAG_OPTIONS)[]).find((each) => flag.startsWith(each));
    if (name === undefined) options.flags!.push(flag);
    else {
      const value = flag === name ? flags[++i]! : flag.slice(name.length);
      options[FLAG_OPTIONS[name]] = [...(options[FLAG_OPTIONS[name]] ?? []), value];
    }
  }
  return options;
}

function words(list: string): string[] {
  return list.trim().split(/\s+/);
}

/** The lines of `text` that hold anything, without white space at their ends. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

function compare(theirs: Outcome, ours: Outcome): string | undefined {
  if (theirs.failed !== ours.failed) return `gcc ${told(theirs)}\nours ${told(ours)}`;
  if (theirs.failed) return undefined;
  const expected = linesOf(theirs.text).join('\n');
  const got = linesOf(ours.text).join('\n');
  return expected === got ? undefined : `gcc:\n${expected}\nours:\n${got}`;
}

function told(outcome: Outcome): string {
  return `${outcome.failed ? 'fails' : 'passes'}: ${outcome.messages}`;
}

const KERNEL_FOLDERS = ['arch/arm64/kvm', 'arch/arm64/lib', 'arch/arm64/kernel'];

/** The sources of a configured kernel tree whose text differs from gcc's. */
function compareTree(tree: string): string[] {
  const before = process.cwd();
  process.chdir(tree);
  try {
    const sources = [...KERNEL_FOLDERS.flatMap(assemblerSources), 'arch/arm64/kernel/asm-offsets.c'];
    const different = sources.filter((source) => !sameAsGcc(source));
    console.log(`${tree}: ${sources.length - different.length} of ${sources.length} files the same as gcc -E`);
    return different;
  } finally {
    process.chdir(before);
  }
}

function assemblerSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.S') && !name.endsWith('.lds.S'))
    .map((name) => join(folder, name))
    .sort();
}

function sameAsGcc(source: string): boolean {
  const language = source.endsWith('.S') ? 'assembler' : 'c';
  const compilerHeaders = runTool(GCC, ['-print-file-name=include']).stdout.trim();
  const flags = kernelFlags({ files: new NodeFiles(), path: '', compilerHeaders }, source, language);
  const { status, stdout } = runTool(GCC, [
    '-E',
    '-P',
    '-nostdinc',
    ...flags.flags,
    ...flags.systemDirs.flatMap((dir) => ['-isystem', dir]),
    ...flags.includeDirs.map((dir) => `-I${dir}`),
    ...flags.defines.map((define) => `-D${define}`),
    ...flags.includes.flatMap((path) => ['-include', path]),
    source,
  ]);
  const ours = outcomeOf(source, { language, ...flags });
  return status === 0 && !ours.failed && linesOf(stdout).join('\n') === linesOf(ours.text).join('\n');
}
