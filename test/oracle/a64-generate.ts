/** Random instruction words and assembly text, made from the instruction table, for comparison with other tools. */
import { fieldsOf } from '../../asm/a64/compile.ts';
import { decode } from '../../asm/a64/decode.ts';
import { type Encoding, encodings, type Form } from '../../asm/a64/encoding.ts';
import { WordView } from '../../asm/a64/operands/word-view.ts';
import {
  atOperations,
  dcOperations,
  icOperations,
  pstateFields,
  type SystemOperation,
  systemRegisterByEncoding,
  tlbiOperations,
} from '../../asm/a64/sysregs.ts';

/** A small generator of random numbers (xorshift32): the same seed gives the same tests. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** An unsigned 32-bit number. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  below(limit: number): number {
    return this.word() % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** A word with the encoding's fixed bits; fields are random, and now and then all zeros or all ones. */
function randomWord(random: Random, encoding: Encoding, fixed: { mask: number; value: number }): number {
  let word = random.word();
  for (const { lsb, width } of encoding.fields.values()) {
    const mask = ((1 << width) - 1) << lsb;
    const choice = random.below(8);
    if (choice === 0) word |= mask;
    if (choice === 1) word &= ~mask;
  }
  const shouldBe = encoding.template & ~encoding.mask;
  const mask = encoding.mask | fixed.mask | shouldBe;
  return ((word & ~mask) | (encoding.value & ~fixed.mask) | fixed.value | shouldBe) >>> 0;
}

/**
 * MSR to a PSTATE field with immediate bits that the field ignores: GNU as takes it under a register's name with op0 0, which
 * names no register and is refused here.
 */
function isWithoutSyntax(encoding: Encoding, word: number): boolean {
  if (encoding.name !== 'MSR (immediate)') return false;
  const { op1, op2, CRm } = fieldsOf(encoding, word);
  return !pstateFields.some((field) => field.op1 === op1 && field.op2 === op2 && CRm <= field.high);
}

/** `count` words of each encoding of the table. Throws where an encoding has no word that decodes to it. */
export function wordsOfTable(random: Random, count: number): number[] {
  const words: number[] = [];
  for (const encoding of encodings) {
    const own = encoding.forms.filter((form) => form.printed);
    let found = 0;
    for (let tries = 0; found < count && tries < 200 * count; tries++) {
      const word = randomWord(random, encoding, random.pick(own));
      if (decode(word)?.encoding !== encoding || isWithoutSyntax(encoding, word)) continue;
      words.push(word);
      found++;
    }
    if (found < count) throw new Error(`${encoding.name}: ${found} words in ${200 * count} tries`);
  }
  return words;
}

/**
 * Whether `word` moves a register of Armv8-R: objdump knows them, no Armv8-A option of GNU as does, and GNU as 2.40 crashes
 * on some uses of them.
 */
export function isArmv8R({ name }: Encoding, word: number): boolean {
  const isMove = name === 'MRS' || name === 'MSR (register)';
  return isMove && systemRegisterByEncoding((word >>> 5) & 0xffff)?.feature === 'v8-r';
}

/** `word` written in `form`, be it preferred or not: mnemonic and operands. */
function writeIn(form: Form, word: number): [mnemonic: string, operands: string] {
  const view = new WordView(form.encoding, word);
  const texts = form.operands.map((operand) => operand.print(view));
  return [form.mnemonic, texts.filter((text) => text !== undefined).join(', ')];
}

/** A line of assembly. */
export interface Line {
  readonly mnemonic: string;
  readonly operands: string;
}

/**
 * `count` lines in each form of each encoding, aliases that are never printed among them. Every one is spelled in a random
 * way. Most are right; where a word does not satisfy the alias's conditions the text may be nonsense.
 */
export function linesOfForms(random: Random, count: number): Line[] {
  const lines: Line[] = [];
  for (const encoding of encodings) {
    for (const form of encoding.forms) {
      for (let i = 0; i < count; i++) {
        const word = fittingWord(random, encoding, form);
        if (word !== undefined) lines.push(spelled(random, ...writeIn(form, word)));
      }
    }
  }
  return lines;
}

const operationsOf: Readonly<Record<string, readonly SystemOperation[]>> = {
  at: atOperations,
  dc: dcOperations,
  ic: icOperations,
  tlbi: tlbiOperations,
};

/** Named operations are too few among the words of SYS to be found by chance. */
function operationWord(random: Random, word: number, operations: readonly SystemOperation[]): number {
  const { op1, crn, crm, op2, register } = random.pick(operations);
  const operation = (op1 << 16) | (crn << 12) | (crm << 8) | (op2 << 5);
  return ((word & ~0x7ffe0) | operation | (register ? 0 : 31)) >>> 0;
}

function fittingWord(random: Random, encoding: Encoding, form: Form): number | undefined {
  const operations = operationsOf[form.mnemonic];
  for (let tries = 0; tries < 2000; tries++) {
    const plain = randomWord(random, encoding, form);
    const word = operations === undefined ? plain : operationWord(random, plain, operations);
    const fields = fieldsOf(encoding, word);
    if (isArmv8R(encoding, word) || isWithoutSyntax(encoding, word)) continue;
    if (encoding.undefinedWhen?.(fields) || form.requires?.(fields) === false) continue;
    // An alias is written of words it is not preferred for, too, where that takes long to find by chance.
    if (tries < 1000 && form.when?.(fields) === false) continue;
    return word;
  }
  return undefined;
}

const otherNames: ReadonlyMap<string, string> = new Map([
  ['x30', 'lr'],
  ['x29', 'fp'],
  ['x16', 'ip0'],
  ['x17', 'ip1'],
  ['cs', 'hs'],
  ['cc', 'lo'],
]);

/** The same operands in another spelling: case, spaces, `#`, number base, other names of registers and conditions. */
function spelled(random: Random, mnemonic: string, operands: string): Line {
  let text = operands;
  if (random.below(3) === 0) text = text.replace(/#(?=-?[\d.])/g, '');
  if (random.below(3) === 0) {
    text = text.replace(/\b[a-z]+\d*\b/g, (name) => otherNames.get(name) ?? name);
  }
  if (random.below(4) === 0)
    text = text.replace(/(?<=#)\d+\b(?![.e])/g, (digits) => `0x${BigInt(digits).toString(16)}`);
  if (random.below(4) === 0) text = text.replace(/0x[\da-f]+/g, (digits) => BigInt(digits).toString());
  if (random.below(4) === 0) text = text.replace(/, /g, random.pick([',', ' , ', ',\t']));
  if (random.below(4) === 0) text = text.replace(/[[{]/g, '$& ').replace(/[\]}]/g, ' $&');
  const upper = random.below(4) === 0;
  return { mnemonic: upper ? mnemonic.toUpperCase() : mnemonic, operands: upper ? text.toUpperCase() : text };
}

/** Lines near those of the table that are mostly wrong: an operand changed, exchanged, dropped or doubled. */
export function brokenLines(random: Random, lines: readonly Line[]): Line[] {
  return lines.map(({ mnemonic, operands }) => ({ mnemonic, operands: random.pick(damages)(random, operands) }));
}

const damages: readonly ((random: Random, operands: string) => string)[] = [
  (_, text) => text.replace(/\bx(?=\d)/i, 'w'),
  (_, text) => text.replace(/\bw(?=\d)/i, 'x'),
  (random, text) => text.replace(/\b[xwbhsdq]\d+\b/i, random.pick(['sp', 'wsp', 'xzr', 'wzr', 'v3.8b', 'd5', 'q9'])),
  (random, text) =>
    text.replace(/#-?(0x)?[\da-f]+/i, `#${random.pick(['-1', '3', '17', '64', '256', '4096', '65536', '-300'])}`),
  (random, text) => {
    const parts = text.split(',');
    parts.splice(random.below(parts.length), 1);
    return parts.join(',');
  },
  (random, text) => {
    const parts = text.split(',');
    const at = random.below(parts.length);
    return [...parts.slice(0, at + 1), ...parts.slice(at)].join(',');
  },
  (_, text) => text.replace(/\]!?$/, (end) => (end === ']' ? ']!' : ']')),
  (random, text) =>
    text.replace(/\b(lsl|lsr|asr|ror|[us]xt[bhwx])\b/i, random.pick(['lsl', 'ror', 'uxtw', 'sxtx', 'uxtb'])),
  (random, text) => text.replace(/\.\d*[bhsd]\b/i, random.pick(['.8b', '.2d', '.1d', '.4s', '.b', '.s', '.d'])),
  (random, text) => text.replace(/\[\d+\]/, `[${random.below(20)}]`),
];
