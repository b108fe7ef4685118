/** Turns a row of the table, as the manual writes it, into an Encoding. A faulty row throws: the table is at fault. */
import type { Feature } from './features.ts';
import type { BitPattern, DirectedRegister, Encoding, Field, Form, RegisterOperand } from './form.ts';
import { conditionNames } from './operands/condition.ts';
import { operandsOf } from './operands/notation.ts';
import { extract } from './operands/word-view.ts';
import type { Alias, Fields, ImplicitRegisters, Row, Syntax } from './table/row.ts';
import type { TimingClass } from './timing-class.ts';

/** A row compiled. What not every use needs is made when it is first asked for: most programs use few of the rows. */
class CompiledRow implements Encoding {
  readonly name: string;
  readonly variant: string | undefined;
  readonly mask: number;
  readonly value: number;
  readonly template: number;
  readonly fields: ReadonlyMap<string, Field>;
  readonly timing: TimingClass;
  readonly feature: Feature | undefined;
  readonly wide: BitPattern | undefined;
  readonly undefinedWhen: Row['undefinedWhen'];
  readonly unpredictable: Row['unpredictable'];
  readonly flags: Row['flags'];
  readonly implicit: ImplicitRegisters | undefined;
  readonly specialCaseOf: string | undefined;
  readonly #row: Row;
  #forms: readonly Form[] | undefined;
  #registers: readonly DirectedRegister[] | undefined;
  #prototype: Fields | undefined;

  constructor(row: Row) {
    const layout = layOut(row);
    this.name = row.name;
    this.variant = row.variant;
    this.mask = layout.mask;
    this.value = layout.value;
    this.template = layout.template;
    this.fields = layout.fields;
    this.timing = row.timing;
    this.feature = row.feature;
    this.wide = wideOf(row, layout);
    this.undefinedWhen = row.undefinedWhen;
    this.unpredictable = row.unpredictable;
    this.flags = row.flags;
    this.implicit = row.implicit;
    this.specialCaseOf = row.specialCaseOf;
    this.#row = row;
  }

  get mnemonics(): readonly string[] {
    return [...aliasesOf(this.#row), ...syntaxesOf(this.#row)].flatMap((syntax) => {
      const mnemonic = mnemonicOf(syntax).toLowerCase();
      return mnemonic.includes('<cond>') ? withConditions(mnemonic).map((named) => named.mnemonic) : [mnemonic];
    });
  }

  get forms(): readonly Form[] {
    this.#forms ??= [...aliasesOf(this.#row), ...syntaxesOf(this.#row)].flatMap((syntax) => formsOf(this, syntax));
    return this.#forms;
  }

  get registers(): readonly DirectedRegister[] {
    this.#registers ??= directRegisters(
      this.#row,
      this.forms.filter(({ alias }) => alias === undefined),
      this.fields,
    );
    return this.#registers;
  }

  get fieldsPrototype(): Fields {
    this.#prototype ??= makePrototype(this.fields);
    return this.#prototype;
  }
}

/** The encoding that `row` describes. Throws Error where the row contradicts itself, at once or when its forms are asked for. */
export function compileRow(row: Row): Encoding {
  return new CompiledRow(row);
}

function aliasesOf(row: Row): readonly Alias[] {
  return row.aliases ?? [];
}

/** The ways to write the row that are no aliases. */
function syntaxesOf(row: Row): readonly Syntax[] {
  return typeof row.syntax === 'string' ? [{ syntax: row.syntax }] : row.syntax;
}

/** The mnemonic of a syntax, in the case of the table. */
function mnemonicOf({ syntax }: Syntax): string {
  const space = syntax.indexOf(' ');
  return space < 0 ? syntax : syntax.slice(0, space);
}

/** The fields of `word` as an object with the manual's names. */
export function fieldsOf(encoding: Encoding, word: number): Fields {
  const fields = Object.create(encoding.fieldsPrototype) as { word: number };
  fields.word = word;
  return fields as unknown as Fields;
}

interface Layout extends BitPattern {
  readonly template: number;
  readonly fields: ReadonlyMap<string, Field>;
}

/** The bits of a pattern such as `1x` or `(11111)`. */
interface Pattern {
  readonly width: number;
  /** The bits that decoding compares. */
  readonly mask: number;
  readonly value: number;
}

function parsePattern(text: string): Pattern {
  const shouldBe = text.startsWith('(');
  const bits = shouldBe ? text.slice(1, -1) : text;
  let mask = 0;
  let value = 0;
  for (const bit of bits) {
    mask = mask * 2 + (bit === 'x' || shouldBe ? 0 : 1);
    value = value * 2 + (bit === '1' ? 1 : 0);
  }
  return { width: bits.length, mask, value };
}

type Piece = Pattern & { readonly name: string | undefined };

/** The pieces read so far; the rows share most of them. */
const pieces = new Map<string, Piece>();

function pieceOf(text: string): Piece {
  let piece = pieces.get(text);
  if (piece === undefined) {
    piece = parsePiece(text);
    pieces.set(text, piece);
  }
  return piece;
}

/** One piece of a row's bits: `0110`, `sf`, `imm12:12`, `opc=1x`, `Rs=(11111)`. */
function parsePiece(piece: string): Piece {
  if (/^[01]+$/.test(piece)) return { name: undefined, ...parsePattern(piece) };
  const [, name, width, pattern] = /^(\w+)(?::(\d+)|=(\(?[01x]+\)?))?$/.exec(piece) ?? [];
  if (name === undefined) throw new Error(`unreadable bits '${piece}'`);
  if (pattern !== undefined) return { name, ...parsePattern(pattern) };
  return { name, width: Number(width ?? 1), mask: 0, value: 0 };
}

function layOut(row: Row): Layout {
  const fields = new Map<string, Field>();
  let lsb = 32;
  let mask = 0;
  let template = 0;
  for (const text of row.bits.split(' ')) {
    const piece = pieceOf(text);
    lsb -= piece.width;
    if (lsb < 0) break;
    mask += piece.mask * 2 ** lsb;
    template += piece.value * 2 ** lsb;
    if (piece.name === undefined) continue;
    if (fields.has(piece.name)) throw new Error(`${row.name}: two fields ${piece.name}`);
    fields.set(piece.name, { lsb, width: piece.width });
  }
  if (lsb !== 0) throw new Error(`${row.name}: the bits do not add up to 32`);
  return { fields, mask, template, value: (template & mask) >>> 0 };
}

/** The bits that settings such as `A=1 size=1x` fix, without those the layout fixes to the same. */
function parseSettings(text: string, layout: Pick<Layout, 'mask' | 'value' | 'fields'>, name: string): BitPattern {
  let mask = 0;
  let value = 0;
  for (const setting of text.split(' ')) {
    const [field, bits] = setting.split('=');
    const place = layout.fields.get(field!);
    if (place === undefined || bits === undefined) throw new Error(`${name}: no field for '${setting}'`);
    const pattern = parsePattern(bits.padStart(place.width, '0'));
    if (pattern.width !== place.width) throw new Error(`${name}: '${setting}' is too long`);
    mask += pattern.mask * 2 ** place.lsb;
    value += pattern.value * 2 ** place.lsb;
  }
  if (((value ^ layout.value) & mask & layout.mask) !== 0) throw new Error(`${name}: '${text}' contradicts the bits`);
  return { mask: (mask & ~layout.mask) >>> 0, value: (value & ~layout.mask) >>> 0 };
}

function makePrototype(fields: ReadonlyMap<string, Field>): Fields {
  const prototype = Object.create(null) as { word: number };
  for (const [field, place] of fields) {
    Object.defineProperty(prototype, field, {
      get(this: { word: number }) {
        return extract(this.word, place);
      },
    });
  }
  return prototype as unknown as Fields;
}

const nothing: BitPattern = { mask: 0, value: 0 };

/** The forms of one syntax: one, or one for each condition of `B.<cond>`. */
function formsOf(encoding: Encoding, syntax: Syntax | Alias): Form[] {
  const mnemonic = mnemonicOf(syntax);
  const operands = operandsOf(syntax.syntax.slice(mnemonic.length + 1), encoding.fields, mnemonic);
  const settings = syntax.where === undefined ? nothing : parseSettings(syntax.where, encoding, encoding.name);
  const alias = 'name' in syntax ? syntax : undefined;
  const form: Form = {
    encoding,
    alias: alias?.name,
    mnemonic: mnemonic.toLowerCase(),
    operands,
    ...settings,
    when: alias?.when,
    requires: alias?.requires,
    feature: syntax.feature,
    printed: alias?.unprinted !== true,
  };
  return mnemonic.includes('<cond>') ? conditionForms(form, encoding.fields.get('cond')!) : [form];
}

function conditionForms(form: Form, { lsb }: Field): Form[] {
  return withConditions(form.mnemonic).map(({ mnemonic, cond, isFirst, synonyms }) => ({
    ...form,
    mnemonic,
    mask: (form.mask | (15 << lsb)) >>> 0,
    value: (form.value | (cond << lsb)) >>> 0,
    printed: form.printed && isFirst,
    synonyms,
  }));
}

/** SVE's names of conditions and AL and NV exist only after a dot. */
const DOTLESS = /^b(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)$/;

interface ConditionMnemonic {
  readonly mnemonic: string;
  readonly cond: number;
  /** Whether the condition's name is the preferred one of its value; `synonyms` are the mnemonics with the others. */
  readonly isFirst: boolean;
  readonly synonyms: readonly string[];
}

/** `template`, a mnemonic with `<cond>` in it, with the name of each condition. */
function withConditions(template: string): ConditionMnemonic[] {
  return conditionNames
    .flatMap((names, cond) => {
      const mnemonics = names.map((name) => template.replace('<cond>', name));
      return mnemonics.map((mnemonic, at) => ({ mnemonic, cond, isFirst: at === 0, synonyms: mnemonics.slice(1) }));
    })
    .filter(({ mnemonic }) => mnemonic.includes('.') || DOTLESS.test(mnemonic));
}

function wideOf(row: Row, layout: Layout): BitPattern | undefined {
  if (row.wide !== undefined) return parseSettings(row.wide, layout, row.name);
  const sf = layout.fields.get('sf');
  if (sf === undefined) return undefined;
  const bit = 2 ** sf.lsb;
  return (layout.mask & bit) === 0 ? { mask: bit, value: bit } : undefined;
}

function names(text: string): Set<string> {
  return new Set(text.split(' ').filter((name) => name !== ''));
}

/** How many registers `field` counts, where that depends on which of `forms` a word is written in (LD1 of one to four). */
function countOf(field: string, forms: readonly Form[]): RegisterOperand['count'] {
  const counts = forms.map((form) => ({
    form,
    count: form.operands.flatMap((operand) => operand.registers ?? []).find((register) => register.field === field)
      ?.count,
  }));
  if (counts.every(({ count }) => count === undefined)) return undefined;
  return (view) => counts.find(({ form }) => (view.word & form.mask) >>> 0 === form.value)?.count?.(view) ?? 1;
}

/** Which registers of the row's own syntax are read and written. */
function directRegisters(row: Row, forms: readonly Form[], fields: ReadonlyMap<string, Field>): DirectedRegister[] {
  const written = row.writes === undefined ? new Set(['Rd', 'Xd']) : names(row.writes);
  const read = row.reads === undefined ? undefined : names(row.reads);
  const directed = new Map<string, DirectedRegister>();
  for (const operand of forms.flatMap((form) => form.operands)) {
    for (const register of operand.registers ?? []) {
      const { field } = register;
      if (!fields.has(field) || directed.has(field)) continue;
      const isWritten = written.has(field) || register.writeback === true;
      const isRead = read?.has(field) ?? !written.has(field);
      directed.set(field, {
        ...register,
        count: countOf(field, forms),
        written: isWritten,
        read: isRead || register.writeback === true || register.merged === true,
      });
    }
  }
  return [...directed.values()];
}
