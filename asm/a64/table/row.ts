/**
 * What one row of the instruction table holds. A row is one encoding diagram of the Arm ARM (DDI 0487, C4 and C6, C7): the
 * manual's section title, its bits from bit 31 down to bit 0 with the manual's field names, its assembly syntax, and
 * the aliases of its section with their conditions.
 */
import type { Feature } from '../features.ts';
import type { TimingClass } from '../timing-class.ts';

/** Fields that number a register. */
type RegisterField = 'Rd' | 'Rn' | 'Rm' | 'Ra' | 'Rt' | 'Rt2' | 'Rs' | 'Xd' | 'Xn' | 'Xm' | 'Xt' | 'Xt2';

/** Fields that hold a number or a part of one. */
type ImmediateField =
  | SplitImmediateField
  | `imm${2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 12 | 14 | 16 | 19 | 26}`
  | `uimm${4 | 6}`;
type SplitImmediateField =
  | 'immlo'
  | 'immhi'
  | 'immr'
  | 'imms'
  | 'N'
  | 'b5'
  | 'b40'
  | 'abc'
  | 'defgh'
  | 'simm7'
  | 'sh'
  | 'hw';

/** Fields that choose among the variants of an instruction. */
type SizeField = 'sf' | 'sz' | 'size' | 'Q' | 'ftype';
type OpcodeField =
  | 'op'
  | 'op0'
  | 'op1'
  | 'op2'
  | 'op3'
  | 'opc'
  | 'opcode'
  | 'o0'
  | 'o1'
  | 'o2'
  | 'o3'
  | 'rmode'
  | 'cmode'
  | 'LL';
type FlagField = 'A' | 'C' | 'D' | 'L' | 'M' | 'R' | 'S' | 'U' | 'V' | 'W' | 'Z';
type OptionField = 'cond' | 'nzcv' | 'mask' | 'shift' | 'option' | 'CRn' | 'CRm';

/** The names of fields in the manual's diagrams. */
export type FieldName = RegisterField | ImmediateField | SizeField | OpcodeField | FlagField | OptionField;

/** The values of a word's fields, by the names its row gives them. Only names the row has may be read. */
export type Fields = Readonly<Record<FieldName, number>>;

/** A condition of the manual over the fields of one encoding. */
export type Condition = (fields: Fields) => boolean;

/** One way to write an encoding, as the manual's "Assembler symbols" give it. */
export interface Syntax {
  /** Mnemonic, a space, and the operands in the notation of operands/. */
  readonly syntax: string;
  /** Field values this way of writing stands for: `A=1 R=0`, binary, `x` for either. */
  readonly where?: string;
  /** What this way of writing needs beyond the row's own feature. */
  readonly feature?: Feature;
}

/** An alias section of the manual. */
export interface Alias extends Syntax {
  /** The title of the alias's own section. */
  readonly name: string;
  /** Beyond `where`: when the manual prefers the alias for disassembly. Left out: always. */
  readonly when?: Condition;
  /** What operands must satisfy for the alias to be this encoding at all, in both directions. */
  readonly requires?: Condition;
  /** Accepted by assemblers but never the preferred disassembly. */
  readonly unprinted?: true;
}

/** Which registers an instruction touches that its operands do not show: 0-30, 31 for SP. */
export interface ImplicitRegisters {
  readonly reads?: readonly number[];
  readonly writes?: readonly number[];
}

export interface Row {
  /** The title of the section: `ADD (immediate)`. */
  readonly name: string;
  /** Which of the section's diagrams, where it has several: `Post-index`. */
  readonly variant?: string;
  /**
   * Bits 31 to 0, in pieces separated by spaces: `0110` fixed bits, `sf` a field of one bit, `imm12:12` a wider one, `opc=1x` a
   * field with fixed bits, `Rs=(11111)` a field whose bits should have that value and are not looked at by decoding.
   */
  readonly bits: string;
  readonly syntax: string | readonly Syntax[];
  readonly aliases?: readonly Alias[];
  readonly feature?: Feature;
  readonly timing: TimingClass;
  /** The field value that makes operands written <R...> 64 bits wide; `sf=1` where the row has an sf field. */
  readonly wide?: string;
  /** The fields of registers that are written, separated by spaces. Left out: Rd or Xd, if there is one. */
  readonly writes?: string;
  /** The fields of registers that are read. Left out: all that are not written. */
  readonly reads?: string;
  /** What happens to the condition flags: read, written, or both. */
  readonly flags?: 'r' | 'w' | 'rw';
  readonly implicit?: ImplicitRegisters;
  /** The manual's "UNDEFINED" and "reserved" conditions: words that satisfy it are not this instruction. */
  readonly undefinedWhen?: Condition;
  /** What GNU as warns of: a CONSTRAINED UNPREDICTABLE choice of registers. The text of the warning, or undefined. */
  readonly unpredictable?: (fields: Fields) => string | undefined;
  /** The row whose encoding space this row lies in (NOP in HINT): decoding tries this row first. */
  readonly specialCaseOf?: string;
}
