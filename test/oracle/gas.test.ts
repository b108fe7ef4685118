/**
 * The assembler's language against GNU as: the small programs of gas-corpus/, each of which holds one behaviour, give the
 * same sections, relocations and symbols, or an error in both. A program's first line may give options.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { difference, objectText } from './object-text.ts';
import { runTool, withTools } from './tools.ts';

const CORPUS = new URL('gas-corpus/', import.meta.url).pathname;
const AS = 'aarch64-linux-gnu-as';
const test = suite('the assembler and GNU as agree');

const programs = readdirSync(CORPUS)
  .filter((file) => file.endsWith('.s'))
  .sort();

interface Reference {
  /** The object, or undefined where GNU as rejects the program. */
  readonly object: ObjectFile | undefined;
  readonly messages: string;
}

let references: Map<string, Reference> | undefined;

/** What GNU as makes of every program, in one run of a shell. */
function reference(program: string): Reference {
  references ??= assembleAll();
  return references.get(program)!;
}

function assembleAll(): Map<string, Reference> {
  const folder = mkdtempSync(join(tmpdir(), 'hypstep-corpus-'));
  try {
    const lines = programs.map((file) => {
      const output = join(folder, file);
      return `${AS} ${optionsOf(file).join(' ')} ${file} -o ${output}.o >/dev/null 2>${output}.log || rm -f ${output}.o`;
    });
    runTool('sh', ['-s'], lines.join('\n'), CORPUS);
    const made = new Set(readdirSync(folder));
    return new Map(
      programs.map((file) => {
        const path = join(folder, file);
        const object = made.has(`${file}.o`) ? readElf(readFileSync(`${path}.o`), file) : undefined;
        return [file, { object, messages: readFileSync(`${path}.log`, 'utf8') }];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function optionsOf(file: string): string[] {
  const match = /^\/\/ options: (.*)/.exec(readFileSync(join(CORPUS, file), 'utf8'));
  return match === null ? [] : match[1]!.split(' ');
}

/** Our object for a program, written to bytes and read again; or our diagnostics. */
function assembleHere(file: string): {
  readonly object?: ObjectFile;
  readonly messages: string;
  readonly warnings: number;
} {
  const options = optionsOf(file);
  const diagnostics = new Diagnostics();
  const source = new SourceFile(file, readFileSync(join(CORPUS, file), 'utf8'));
  const warnings = () => diagnostics.list.filter(({ severity }) => severity === 'warning').length;
  try {
    const object = assembleText(wholeFile(source), {
      file,
      diagnostics,
      files: new NodeFiles(),
      includeDirs: [CORPUS],
      bigEndian: options.includes('-EB'),
      march: options.find((option) => option.startsWith('-march='))?.slice('-march='.length),
    });
    return { object: readElf(writeObject(object), file), messages: '', warnings: warnings() };
  } catch (error) {
    const found = diagnosticsOf(error);
    if (found === undefined) throw error;
    return { messages: found.map(formatDiagnostic).join('\n'), warnings: warnings() };
  }
}

for (const program of programs) {
  const name = program.slice(0, -'.s'.length).replaceAll('-', ' ');
  withTools(test, [AS, 'sh'], name, () => {
    const { object, messages } = reference(program);
    const ours = assembleHere(program);
    if (program.startsWith('error-')) assert.is(object, undefined, `GNU as accepts ${program}`);
    if (object === undefined) {
      assert.is(ours.object, undefined, `GNU as rejects ${program}:\n${messages}`);
      return;
    }
    assert.ok(ours.object, `rejected here: ${ours.messages}`);
    const unequal = difference(objectText(ours.object), objectText(object));
    assert.is(unequal, undefined, unequal);
    assert.is(ours.warnings > 0, /Warning/.test(messages), `warnings of GNU as: ${messages}`);
  });
}

test.run();
