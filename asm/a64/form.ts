/**
 * The compiled shape of the instruction table: what the encoder, the decoder, the printer and the simulator read.
 * encoding.ts makes these objects from the rows of table/.
 */
import type { Feature } from './features.ts';
import type { Draft } from './operands/draft.ts';
import type { OperandReader } from './operands/operand-reader.ts';
import type { WordView } from './operands/word-view.ts';
import type { Condition, Fields, ImplicitRegisters } from './table/row.ts';
import type { TimingClass } from './timing-class.ts';

/** Where a field lies in the word. */
export interface Field {
  readonly lsb: number;
  readonly width: number;
}

/** A setting of some bits: the word has it where `(word & mask) === value`. Both unsigned 32 bit. */
export interface BitPattern {
  readonly mask: number;
  readonly value: number;
}

/** One encoding diagram. */
export interface Encoding extends BitPattern {
  readonly name: string;
  readonly variant?: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly timing: TimingClass;
  readonly feature?: Feature;
  /** The word an assembler starts from: `value` with the should-be-one bits set. */
  readonly template: number;
  /** The setting under which operands written <R...> are 64-bit registers; mask 0 where the encoding has no such choice. */
  readonly wide: BitPattern | undefined;
  readonly undefinedWhen?: Condition;
  readonly unpredictable?: (fields: Fields) => string | undefined;
  readonly flags?: 'r' | 'w' | 'rw';
  readonly implicit?: ImplicitRegisters;
  readonly registers: readonly DirectedRegister[];
  /** The mnemonics of its forms, lower case. */
  readonly mnemonics: readonly string[];
  /** Ways to write it, in order of preference: aliases first, the manual's own syntax last. */
  readonly forms: readonly Form[];
  /** The section this encoding is a stated special case of. */
  readonly specialCaseOf?: string;
  /** The prototype of objects whose properties are the fields of the word in `word`; see fieldsOf. */
  readonly fieldsPrototype: Fields;
}

/** One way to write an encoding: its own syntax or an alias. */
export interface Form extends BitPattern {
  readonly encoding: Encoding;
  /** The title of the alias's section; left out for the encoding's own syntax. */
  readonly alias?: string;
  /** Lower case. */
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
  readonly when?: Condition;
  /** What must hold of the word in both directions. */
  readonly requires?: Condition;
  /** What this form needs beyond its encoding's feature. */
  readonly feature?: Feature;
  /** False for what assemblers accept and disassemblers never print. */
  readonly printed: boolean;
  /** Other spellings of the mnemonic, which objdump tells in a comment: `b.hs` beside `b.cs`. */
  readonly synonyms?: readonly string[];
}

/** A register that an operand names: the field with its number, and which registers the number counts. */
export interface RegisterOperand {
  readonly field: string;
  /** `x`: 31 is the zero register; `sp`: 31 is the stack pointer; `v`: a SIMD&FP register. */
  readonly bank: 'x' | 'sp' | 'v';
  /** How many registers, counted on from the first (modulo 32): a pair or a list. Left out: one. */
  readonly count?: (view: WordView) => number;
  /** The register is read and written whatever the row says: the base of a pre- or post-indexed address. */
  readonly writeback?: boolean;
  /** The register is read even where the row lets the field's register be written only: one lane of it is kept. */
  readonly merged?: boolean;
}

export interface DirectedRegister extends RegisterOperand {
  readonly read: boolean;
  readonly written: boolean;
}

/** One kind of operand: how its text is read into fields, and how fields are written as text. */
export interface Operand {
  /**
   * Reads the operand at the reader's place and puts it into the draft. False where the text is not of this kind or not in
   * range; the reader was then told why.
   */
  encode(reader: OperandReader, draft: Draft): boolean;
  /** The text objdump prints; undefined where the operand is left out. */
  print(view: WordView): string | undefined;
  readonly registers?: readonly RegisterOperand[];
}
