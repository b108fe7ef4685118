/** Which instructions and registers each -march= of GNU as allows, and which words late values give. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AssemblerEnvironment, assemble, encodeFixup, OperandError } from '../../asm/a64/assemble.ts';
import { type Feature, featuresOfArchitecture, featuresOfExtension } from '../../asm/a64/features.ts';
import { systemRegisterRows } from '../../asm/a64/system-register-table.ts';
import { type Line, linesOfForms, Random } from './a64-generate.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const test = suite('oracle a64 architectures');
const tools = ['aarch64-linux-gnu-as', 'aarch64-linux-gnu-objcopy'];

/** Symbols are known late, and only by name. */
function environmentOf(features: ReadonlySet<Feature>): AssemblerEnvironment {
  return {
    parseExpression(text, offset) {
      const match = /^(?:([-+]?(?:0x[\da-f]+|\d+))|\.\s*[-+](?:0x[\da-f]+|\d+)|[a-z_.$][\w.$]*)/i.exec(
        text.slice(offset),
      );
      if (match === null) throw new OperandError('bad expression', offset);
      const end = offset + match[0].length;
      const digits = match[1]?.replace(/^[-+]/, '');
      if (digits === undefined) return { value: { symbolic: match[0] }, end };
      return { value: { constant: match[0].startsWith('-') ? -BigInt(digits) : BigInt(digits) }, end };
    },
    registerAlias: () => undefined,
    allows: (feature) => features.has(feature),
  };
}

function isAllowedHere({ mnemonic, operands }: Line, environment: AssemblerEnvironment): boolean {
  try {
    assemble(mnemonic, operands, environment);
    return true;
  } catch (error) {
    if (!(error instanceof OperandError)) throw error;
    return false;
  }
}

function sourceOf(lines: readonly Line[]): string {
  return lines.map(({ mnemonic, operands }) => `${mnemonic}\t${operands}\n`).join('');
}

/** The numbers (from 0) of the lines that `as` refuses. */
function refusedThere(march: string, lines: readonly Line[]): Set<number> {
  const args = [`-march=${march}`, '-W', '-o', '/dev/null', '-'];
  const { stderr } = runTool('aarch64-linux-gnu-as', args, sourceOf(lines));
  return new Set([...stderr.matchAll(/^\{standard input\}:(\d+): Error/gm)].map(([, line]) => Number(line) - 1));
}

const architectures = [
  'armv8-a',
  'armv8.1-a',
  'armv8.2-a',
  'armv8.3-a',
  'armv8.4-a',
  'armv8.5-a',
  'armv8.6-a',
  'armv8.7-a',
  'armv8.8-a',
  'armv9-a',
  'armv9.1-a',
  'armv9.2-a',
  'armv9.3-a',
];
const extensions = [
  'crc',
  'lse',
  'lor',
  'pan',
  'ras',
  'pauth',
  'rcpc',
  'flagm',
  'fp16',
  'sb',
  'ssbs',
  'predres',
  'rng',
];
const laterExtensions = ['profile', 'sve', 'sme'];

withTools(test, tools, 'an architecture and its extensions allow what GNU as allows', () => {
  const names = systemRegisterRows.filter(([, , , , , , , feature]) => feature !== 'v8-r').map(([name]) => name);
  const lines = [
    ...linesOfForms(new Random(11), 1),
    ...names.map((name): Line => ({ mnemonic: 'mrs', operands: `x0, ${name}` })),
    ...['uao', 'pan', 'spsel', 'ssbs', 'dit', 'tco', 'daifset'].map(
      (name): Line => ({ mnemonic: 'msr', operands: `${name}, #1` }),
    ),
  ];
  const everywhere = environmentOf(
    new Set([...featuresOfArchitecture('armv9.3-a')!, ...laterExtensions.flatMap(named), ...named('memtag')]),
  );
  // What is wrong with all features on is wrong for another reason.
  const right = lines.filter((line) => isAllowedHere(line, everywhere));
  const extended = [...extensions, ...laterExtensions].map((name) => `armv8-a+${name}`);
  const options = [...architectures, ...extended, 'armv8-a+memtag', 'armv8.5-a+memtag'];
  const differences: string[] = [];
  for (const march of options) {
    const [architecture, extension] = march.split('+');
    const features = new Set([...featuresOfArchitecture(architecture!)!, ...(extension ? named(extension) : [])]);
    const environment = environmentOf(features);
    const refused = refusedThere(march, right);
    for (const [i, line] of right.entries()) {
      const here = isAllowedHere(line, environment);
      if (here === refused.has(i)) {
        differences.push(`${march}: ${line.mnemonic} ${line.operands}: ${here ? 'refused by GNU as' : 'refused here'}`);
      }
    }
  }
  assert.is(differences.length, 0, differences.slice(0, 20).join('\n'));
});

function named(extension: string): readonly Feature[] {
  return featuresOfExtension(extension)!;
}

/** Operands that may be known late, with `@` for the value. */
const lateOperands: readonly (readonly [mnemonic: string, operands: string])[] = [
  ['add', 'x0, x1, @'],
  ['add', 'sp, sp, #@'],
  ['subs', 'w0, w1, @'],
  ['cmp', 'x0, #@'],
  ['and', 'x0, x1, #@'],
  ['orr', 'w0, w1, @'],
  ['tst', 'x3, @'],
  ['mov', 'x0, #@'],
  ['mov', 'w0, @'],
  ['movz', 'x0, #@'],
  ['movk', 'w0, #@, lsl #16'],
  ['movz', 'x0, #:abs_g0:@'],
  ['movz', 'x0, #:abs_g1_s:@'],
  ['movk', 'x0, #:abs_g1_nc:@'],
  ['movn', 'x0, #:abs_g2_s:@'],
  ['ldr', 'x0, [x1, @]'],
  ['ldr', 'w0, [x1, #@]'],
  ['strb', 'w0, [x1, @]'],
  ['ldrsh', 'x0, [x1, @]'],
  ['ldr', 'q0, [x1, @]'],
  ['str', 'h0, [sp, @]'],
  ['prfm', 'pldl1keep, [x0, @]'],
  ['ldur', 'x0, [x1, @]'],
  ['ldtr', 'w0, [x1, @]'],
  ['ldr', 'x0, [x1, @]!'],
  ['str', 'w0, [x1], @'],
  ['ldp', 'x0, x1, [x2, @]'],
  ['stp', 'w0, w1, [x2, @]!'],
  ['ldpsw', 'x0, x1, [x2], @'],
  ['ldp', 'q0, q1, [x2, @]'],
  ['stnp', 's0, s1, [x2, @]'],
  ['stgp', 'x0, x1, [x2, @]'],
  ['stg', 'x0, [x2, @]'],
  ['ldg', 'x0, [x2, @]'],
  ['ldraa', 'x0, [x2, @]'],
  ['svc', '#@'],
  ['brk', '@'],
  ['dcps1', '#@'],
  ['udf', '@'],
];

const lateValues = [
  0n,
  1n,
  4n,
  7n,
  8n,
  16n,
  63n,
  64n,
  255n,
  256n,
  257n,
  512n,
  1008n,
  4095n,
  4096n,
  4097n,
  8190n,
  32760n,
]
  .concat([32768n, 65520n, 65535n, 65536n, 0xff0000n, 0xffff0000n, 0xffffffffn, 0x123456n, 0x5555555555555555n])
  .concat([-1n, -4n, -8n, -16n, -64n, -255n, -256n, -257n, -512n, -1024n, -4095n, -4096n, -65537n, -0x80000000n]);

withTools(test, tools, 'a value known late gives the word GNU as gives', () => {
  const cases = lateOperands.flatMap(([mnemonic, operands]) =>
    lateValues.filter((value) => isFair(operands, value)).map((value) => ({ mnemonic, operands, value })),
  );
  const march = '-march=armv8.5-a+memtag';
  const source = (chosen: typeof cases) => {
    const lines = chosen.map(({ mnemonic, operands }, i) => `${mnemonic}\t${operands.replace('@', `value${i}`)}\n`);
    return [...lines, ...chosen.map(({ value }, i) => `.set value${i}, ${value}\n`)].join('');
  };
  const theirs = inTempFolder((folder) => {
    const as = (input: string) =>
      runTool('aarch64-linux-gnu-as', [march, '-W', '-o', 'a.o', '-'], input, folder).stderr;
    const wrong = new Set(
      [...as(source(cases)).matchAll(/^\{standard input\}:(\d+): Error/gm)].map((m) => Number(m[1]) - 1),
    );
    assert.is(as(source(cases.filter((_, i) => !wrong.has(i)))), '');
    runTool('aarch64-linux-gnu-objcopy', ['-O', 'binary', 'a.o', 'a.bin'], undefined, folder);
    const bytes = readFileSync(join(folder, 'a.bin'));
    let at = 0;
    return cases.map((_, i) => (wrong.has(i) ? undefined : bytes.readUInt32LE(4 * at++)));
  });
  const environment = environmentOf(new Set([...featuresOfArchitecture('armv8.5-a')!, ...named('memtag')]));
  const differences: string[] = [];
  for (const [i, { mnemonic, operands, value }] of cases.entries()) {
    const ours = lateWord(mnemonic, operands, value, environment);
    if (ours === theirs[i]) continue;
    differences.push(
      `${mnemonic} ${operands}, @ = ${value}: ours ${ours?.toString(16)}, as ${theirs[i]?.toString(16)}`,
    );
  }
  assert.is(differences.length, 0, differences.slice(0, 20).join('\n'));
});

/** GNU as keeps offsets of addresses in 32 bits and takes 0xffffffff for -1 there, unasked. */
function isFair(operands: string, value: bigint): boolean {
  return !operands.includes('[') || value < 0x80000000n;
}

function lateWord(mnemonic: string, operands: string, value: bigint, on: AssemblerEnvironment): number | undefined {
  const { word, fixup } = assemble(mnemonic, operands.replace('@', 'value'), on);
  try {
    return encodeFixup(word, fixup!.kind, value, fixup!.operator);
  } catch (error) {
    if (error instanceof OperandError) return undefined;
    throw error;
  }
}

test.run();
