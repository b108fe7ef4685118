/**
 * The instruction set against GNU as and objdump: words to text, text to words, text that must be refused, and words that
 * are no instruction. One run of each tool for a whole batch.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AssembledInstruction,
  type AssemblerEnvironment,
  assemble,
  encodeFixup,
  OperandError,
} from '../../asm/a64/assemble.ts';
import { classifyUnknown, decode, outsideInstruction } from '../../asm/a64/decode.ts';
import { encodings } from '../../asm/a64/encoding.ts';
import { disassemble } from '../../asm/a64/print.ts';
import { brokenLines, isArmv8R, type Line, linesOfForms, Random, wordsOfTable } from './a64-generate.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const test = suite('oracle a64');
const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? 1);
const seed = Number(process.env.HYPSTEP_SEED ?? 20_240_601);
const tools = ['aarch64-linux-gnu-as', 'aarch64-linux-gnu-objdump', 'aarch64-linux-gnu-objcopy'];

/** Words of the whole table, the same number of each encoding. */
const WORDS_OF_EACH = Math.ceil((30_000 / encodings.length) * scale);

const everything =
  '-march=armv8.8-a+memtag+profile+rng+sve+sme+crypto+fp16+predres+ssbs+sb+flagm+pauth+lse+ras+rcpc+lor+pan+crc';

/** An environment of numbers, `.` with a distance, and symbols nobody defines. */
const environment: AssemblerEnvironment = {
  parseExpression(text, offset) {
    const match = /^(?:([-+]?(?:0x[\da-f]+|\d+))|\.\s*([-+](?:0x[\da-f]+|\d+))|[a-z_.$][\w.$]*)/i.exec(
      text.slice(offset),
    );
    if (match === null) throw new OperandError('bad expression', offset);
    const end = offset + match[0].length;
    if (match[1] !== undefined) return { value: { constant: parseInteger(match[1]) }, end };
    const distance = match[2] === undefined ? undefined : parseInteger(match[2]);
    return { value: { symbolic: { distance } }, end };
  },
  registerAlias: () => undefined,
  allows: (feature) => feature !== 'v8-r',
};

function parseInteger(text: string): bigint {
  const digits = text.replace(/^[-+]/, '');
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

/** The word with a known distance put in; undefined where it needs a symbol that is no label. */
function finished({ word, fixup }: AssembledInstruction): number | undefined {
  if (fixup === undefined || fixup.kind === 'adrp21') return word;
  const { distance } = fixup.symbolic as { distance: bigint | undefined };
  if (distance !== undefined) return encodeFixup(word, fixup.kind, distance);
  return /branch|call|literal|adr/.test(fixup.kind) ? word : undefined;
}

type Outcome = { readonly word: number } | { readonly error: string; readonly notSupported: boolean };

function assembleHere({ mnemonic, operands }: Line): Outcome {
  try {
    const word = finished(assemble(mnemonic, operands, environment));
    return word === undefined ? { error: 'undefined symbol', notSupported: false } : { word };
  } catch (error) {
    if (!(error instanceof OperandError)) throw error;
    return { error: error.message, notSupported: error.kind === 'not-supported' };
  }
}

/** What GNU as makes of each line by itself: its word, or undefined for an error. */
function assembleThere(lines: readonly Line[]): (number | undefined)[] {
  return inTempFolder((folder) => {
    const source = (chosen: readonly Line[]) =>
      chosen.map(({ mnemonic, operands }) => `${mnemonic}\t${operands}\n`).join('');
    const as = (input: string) =>
      runTool('aarch64-linux-gnu-as', [everything, '-W', '-o', 'a.o', '-'], input, folder).stderr;
    const wrong = new Set<number>();
    for (const [, line] of as(source(lines)).matchAll(/^\{standard input\}:(\d+): Error/gm))
      wrong.add(Number(line) - 1);
    const right = lines.filter((_, i) => !wrong.has(i));
    assert.is(as(source(right)), '');
    runTool('aarch64-linux-gnu-objcopy', ['-O', 'binary', 'a.o', 'a.bin'], undefined, folder);
    const bytes = readFileSync(join(folder, 'a.bin'));
    let at = 0;
    return lines.map((_, i) => (wrong.has(i) ? undefined : bytes.readUInt32LE(4 * at++)));
  });
}

/** objdump's text of each word, the words lying one after another from address 0. */
function disassembleThere(words: readonly number[]): string[] {
  return inTempFolder((folder) => {
    const bytes = Buffer.alloc(4 * words.length);
    for (const [i, word] of words.entries()) bytes.writeUInt32LE(word, 4 * i);
    writeFileSync(join(folder, 'a.bin'), bytes);
    const args = ['-D', '-z', '-b', 'binary', '-m', 'aarch64', 'a.bin'];
    const { stdout } = runTool('aarch64-linux-gnu-objdump', args, undefined, folder);
    const lines = stdout.split('\n').filter((line) => /^ +[\da-f]+:\t/.test(line));
    assert.is(lines.length, words.length);
    return lines.map((line) => line.split('\t').slice(2).join('\t'));
  });
}

function disassembleHere(word: number, index: number): string {
  return disassemble(word, { address: BigInt(4 * index), comments: true });
}

const isUndefined = (text: string) => / ; (undefined|NYI)$/.test(text);

/** Where our text and objdump's may differ, and why. */
const agreed: readonly { readonly why: string; readonly holds: (word: number, theirs: string) => boolean }[] = [
  {
    why: 'objdump calls LDPSW undefined where its registers make it CONSTRAINED UNPREDICTABLE; the Arm ARM decodes it',
    holds: (word, theirs) => decode(word)?.encoding.name === 'LDPSW' && isUndefined(theirs),
  },
  {
    why: 'objdump looks at should-be-one bits in LDAR, though not in its neighbours; without them it is CONSTRAINED UNPREDICTABLE',
    holds: (word, theirs) => /^LDAR[BH]?$/.test(decode(word)!.encoding.name) && isUndefined(theirs),
  },
  {
    why: 'objdump drops the register of an operation that takes none, as if Rt were 31; ours shows the SYS it is',
    holds: (word, theirs) => decode(word)?.encoding.name === 'SYS' && /^(ic|tlbi)\t\w+$/.test(theirs),
  },
];

function isAgreed(word: number, theirs: string): boolean {
  return agreed.some(({ holds }) => holds(word, theirs));
}

/** The first few differences, to be shown. */
function report(differences: readonly string[]): void {
  const more = differences.length > 20 ? `\n... ${differences.length} in all` : '';
  assert.is(differences.length, 0, `seed ${seed}:\n${differences.slice(0, 20).join('\n')}${more}`);
}

const hex = (word: number | undefined) => (word === undefined ? 'error' : word.toString(16).padStart(8, '0'));

/** Encodings with words that no text stands for: bits of theirs do not matter, and an assembler puts zeros there. */
const withIdleBits = new Set([
  'AND (immediate)',
  'ANDS (immediate)',
  'EOR (immediate)',
  'ORR (immediate)',
  'DUP (general)',
  'INS (element)',
]);

const described = `${WORDS_OF_EACH * encodings.length} words, ${WORDS_OF_EACH} of each of ${encodings.length} encodings`;
withTools(test, tools, `${described}: the text is objdump’s, and both assemblers make the word of it`, () => {
  const words = wordsOfTable(new Random(seed), WORDS_OF_EACH);
  const theirs = disassembleThere(words);
  const lines = words.map((word): Line => {
    const [mnemonic, operands = ''] = disassemble(word).split('\t');
    return { mnemonic: mnemonic!, operands };
  });
  const assembled = assembleThere(lines);
  const differences: string[] = [];
  for (const [i, word] of words.entries()) {
    const text = disassembleHere(word, i);
    if (text !== theirs[i] && !isAgreed(word, theirs[i]!)) {
      differences.push(`${hex(word)}: ours '${text}', objdump '${theirs[i]}'`);
    }
    if (isArmv8R(decode(word)!.encoding, word)) continue;
    const { mnemonic, operands } = lines[i]!;
    const outcome = assembleHere(lines[i]!);
    const ours = 'word' in outcome ? outcome.word : undefined;
    if (ours !== assembled[i]) differences.push(`${mnemonic} ${operands}: ours ${hex(ours)}, as ${hex(assembled[i])}`);
    const name = decode(word)!.encoding.name;
    // The page distance of ADRP is the linker's, in both.
    const expected = name === 'ADRP' ? (word & 0x9f00001f) >>> 0 : word;
    if (ours !== expected && !withIdleBits.has(name)) {
      differences.push(`${hex(word)} is '${mnemonic} ${operands}', which is ${hex(ours)}`);
    }
  }
  report(differences);
});

/** GNU as looks at the arrangement of a range's first register alone, and takes `{v0.8b-v3.2d}`; that is no list. */
function isMixedRange(operands: string): boolean {
  const [, first, last] = /\.(\w+)\s*-\s*v\d+\.(\w+)/i.exec(operands) ?? [];
  return first !== undefined && first.toLowerCase() !== last!.toLowerCase();
}

function compareLines(lines: readonly Line[]): void {
  const theirs = assembleThere(lines);
  const differences: string[] = [];
  for (const [i, line] of lines.entries()) {
    const outcome = assembleHere(line);
    if ('error' in outcome && outcome.notSupported) continue;
    const ours = 'word' in outcome ? outcome.word : undefined;
    if (ours === theirs[i] || isMixedRange(line.operands)) continue;
    const message = 'error' in outcome ? ` (${outcome.error})` : '';
    differences.push(`${line.mnemonic} ${line.operands}: ours ${hex(ours)}${message}, as ${hex(theirs[i])}`);
  }
  report(differences);
}

withTools(test, tools, 'every form in every spelling makes the word GNU as makes', () => {
  compareLines(linesOfForms(new Random(seed), Math.ceil(12 * scale)));
});

withTools(test, tools, 'operands that are wrong for GNU as are wrong here, and right ones right', () => {
  const random = new Random(seed + 1);
  compareLines(brokenLines(random, linesOfForms(random, Math.ceil(12 * scale))));
});

withTools(test, tools, 'random words are instructions, unallocated, or outside the table where objdump says so', () => {
  const random = new Random(seed + 2);
  const words = Array.from({ length: 60_000 * scale }, () => random.word());
  const theirs = disassembleThere(words);
  const differences: string[] = [];
  for (const [i, word] of words.entries()) {
    const text = theirs[i]!;
    if (decode(word) !== undefined) {
      const ours = disassembleHere(word, i);
      if (ours !== text && !isAgreed(word, text)) differences.push(`${hex(word)}: ours '${ours}', objdump '${text}'`);
    } else if (classifyUnknown(word) === 'unallocated' && !isUndefined(text) && !isGenericRegister(text)) {
      differences.push(`${hex(word)}: ours unallocated, objdump '${text}'`);
    } else if (isUndefined(text) && !isByRegion(word)) {
      const name = outsideInstruction(word)?.mnemonic;
      if (name !== undefined) differences.push(`${hex(word)}: ours '${name}', outside the table, objdump undefined`);
    }
  }
  report(differences);
});

/** objdump shows any word of the system space as a move of a register with a generic name, also where op0 is 0. */
function isGenericRegister(text: string): boolean {
  return /^m(rs|sr)\t.*\bs0_\d_c\d+_c\d+_\d/.test(text);
}

/** SVE and SME are told by region, and the memory copy and set instructions without their register constraints. */
function isByRegion(word: number): boolean {
  const feature = outsideInstruction(word)?.feature;
  return feature === 'sve' || feature === 'sme' || feature === 'mops' || feature === 'ls64';
}

withTools(test, tools, 'every word of the system register space is named as objdump names it', () => {
  // Bits 31 to 20: MSR and MRS; every op0 of 2 and 3, op1, CRn, CRm and op2, with X0.
  const words = [0xd51, 0xd53].flatMap((top) =>
    Array.from({ length: 1 << 15 }, (_, code) => ((top << 20) | (code << 5)) >>> 0),
  );
  const theirs = disassembleThere(words);
  report(
    words.flatMap((word, i) => {
      const ours = disassembleHere(word, i);
      return ours === theirs[i] ? [] : [`${hex(word)}: ours '${ours}', objdump '${theirs[i]}'`];
    }),
  );
});

test.run();
