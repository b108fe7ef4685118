/**
 * From the notation of the table's syntax strings to operand kinds. The notation is the Arm ARM's (C1.2.1), with a word
 * added where one notation of the manual stands for different encodings: `#<shift left>`, `#<lsb>, #<width> inserted`.
 */
import type { Field, Operand } from '../form.ts';
import type { RegisterClass } from '../registers.ts';
import { addresses } from './address.ts';
import { extractedField, insertedField, leftShift, rightShift } from './bitfield.ts';
import { condition, invertedCondition } from './condition.ts';
import {
  extendedRegister,
  type GeneralWidth,
  generalRegister,
  optionalTransfer,
  registerPair,
  returnRegister,
  shiftedRegister,
  testedRegister,
} from './general.ts';
import {
  addImmediate,
  bitmaskImmediate,
  bitPosition,
  exceptionImmediate,
  fieldImmediate,
  invertedBitmask,
  optionalException,
  optionalField,
  testedBit,
  undefinedImmediate,
} from './immediate.ts';
import { labels } from './label.ts';
import { movedBitmask, movedInverted, movedWide, wideImmediate } from './move-immediate.ts';
import { structureIncrement, structureNotation } from './structure.ts';
import { hintNumber, keyword, systemOperands } from './system.ts';
import { fixedVector, scalarRegister, vectorOperands } from './vector.ts';
import { vectorImmediates } from './vector-immediate.ts';

const fixed: Readonly<Record<string, Operand>> = {
  ...addresses,
  ...systemOperands,
  ...vectorOperands,
  ...vectorImmediates,
  '<Xm> increment': structureIncrement,
  '{<Xn>}': returnRegister,
  '{, <Xt>}': optionalTransfer,
  '{, <Xm>}': optionalTagMask(),
  '<R><t>': testedRegister,
  '<Rn=Rm>': generalRegister(['Rn', 'Rm'], 'R', false),
  '<Rs>, <R(s+1)>': registerPair('Rs'),
  '<Rt>, <R(t+1)>': registerPair('Rt'),
  '<Rm>{, <shift> #<amount>}': shiftedRegister(true),
  '<Rm>{, <arithmetic shift> #<amount>}': shiftedRegister(false),
  '<Rm>{, <extend> {#<amount>}}': extendedRegister,
  '<cond>': condition,
  '<cond inverted>': invertedCondition,
  '#<imm>{, <shift>}': addImmediate,
  '#<bitmask>': bitmaskImmediate,
  '#<~bitmask>': invertedBitmask,
  '#<imm16>{, LSL #<shift>}': wideImmediate,
  '#<imm wide>': movedWide,
  '#<imm inverted>': movedInverted,
  '#<imm bitmask>': movedBitmask,
  '#<imm16>': exceptionImmediate,
  '#<imm16> undefined': undefinedImmediate,
  '{#<imm16>}': optionalException,
  '#<shift left>': leftShift,
  '#<shift>': rightShift,
  '#<lsb>, #<width> inserted': insertedField,
  '#<lsb>, #<width> extracted': extractedField,
  '#<lsb>': bitPosition('imms', 'lsb'),
  '#<immr>': bitPosition('immr', 'immr'),
  '#<imms>': bitPosition('imms', 'imms'),
  '#<imm>': testedBit,
  '#<imm5>': fieldImmediate({ field: 'imm5', radix: 'hexadecimal' }),
  '#<imm6>': fieldImmediate({ field: 'imm6', radix: 'decimal' }),
  '#<imm7>': hintNumber,
  '#<nzcv>': fieldImmediate({ field: 'nzcv', radix: 'hexadecimal', what: 'nzcv' }),
  '#<mask>': fieldImmediate({ field: 'mask', radix: 'decimal', what: 'flag mask' }),
  '#<op1>': fieldImmediate({ field: 'op1', radix: 'decimal', what: 'op1' }),
  '#<op2>': fieldImmediate({ field: 'op2', radix: 'decimal', what: 'op2' }),
  '#<uimm6>': fieldImmediate({ field: 'uimm6', radix: 'hexadecimal', scale: 4 }),
  '#<uimm4>': fieldImmediate({ field: 'uimm4', radix: 'hexadecimal', what: 'tag offset' }),
  '{#<CRm>}': optionalField({ field: 'CRm', radix: 'hexadecimal' }, 15),
};

/** `{, <Xm>}` of IRG: left out, it is XZR. */
function optionalTagMask(): Operand {
  const plain = generalRegister(['Xm'], 'X', false);
  return {
    registers: plain.registers,
    encode(reader, draft) {
      if (!reader.done) return plain.encode(reader, draft);
      draft.set('Xm', 31);
      return true;
    },
    print: (view) => (view.get('Xm') === 31 ? undefined : plain.print(view)),
  };
}

/** Which fixup `<label>` makes, as the fields of the encoding say. */
function labelOperand(fields: ReadonlyMap<string, Field>, mnemonic: string): Operand {
  if (fields.has('imm26')) return mnemonic === 'BL' ? labels.call26 : labels.branch26;
  if (fields.has('imm14')) return labels.branch14;
  if (fields.has('imm19')) return fields.has('opc') ? labels.literal19 : labels.branch19;
  return mnemonic === 'ADRP' ? labels.adrp21 : labels.adr21;
}

const scalar = /^<([BHSDQ])(d|n|m|t|t2)>$/;
const fixedArrangement = /^<Vd>\.(2S|4S|4H|8H|8B|16B|2D)$/;
const general = /^<([RWX])(d|n|m|a|s|t|t2)(\|SP)?>$/;

/**
 * The operand kind of one notation in an encoding with `fields`; undefined where there is none. Register fields are called R<x> in
 * most of the manual's diagrams and X<x> in those of the memory tagging extension.
 */
function resolve(notation: string, fields: ReadonlyMap<string, Field>, mnemonic: string): Operand | undefined {
  if (notation === '<label>') return labelOperand(fields, mnemonic);
  const known = fixed[notation];
  if (known !== undefined) return known;
  const match = general.exec(notation);
  if (match !== null) {
    const field = fields.has(`R${match[2]}`) ? `R${match[2]}` : `X${match[2]}`;
    return generalRegister([field], match[1] as GeneralWidth, match[3] !== undefined);
  }
  const scalarMatch = scalar.exec(notation);
  if (scalarMatch !== null) {
    return scalarRegister(`R${scalarMatch[2]}`, scalarMatch[1]!.toLowerCase() as RegisterClass);
  }
  const arranged = fixedArrangement.exec(notation);
  if (arranged !== null) return fixedVector('Rd', arranged[1]!.toLowerCase());
  const structure = structureNotation(notation);
  if (structure !== undefined) return structure;
  return /^[A-Z]+$/.test(notation) ? keyword(notation.toLowerCase()) : undefined;
}

/** `text` cut at the commas that are outside all brackets, and before `{, ` of an optional operand. */
function parts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (depth === 0 && i > start && text.startsWith('{, ', i)) {
      found.push(text.slice(start, i).trim());
      start = i;
    }
    if ('[{(<'.includes(char)) depth++;
    else if (']})>'.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      found.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  if (text.slice(start).trim() !== '') found.push(text.slice(start).trim());
  return found;
}

/** `left` and `right` as they stood in the syntax. */
function joined(pieces: readonly string[]): string {
  return pieces.reduce(
    (text, piece) => (text === '' ? piece : `${text}${piece.startsWith('{, ') ? '' : ', '}${piece}`),
    '',
  );
}

/**
 * The operands of a syntax string (without its mnemonic). Where several notations in a row are known together as one
 * operand, they are taken together. Throws where a notation is not known: a fault of the table.
 */
export function operandsOf(syntax: string, fields: ReadonlyMap<string, Field>, mnemonic: string): Operand[] {
  const pieces = parts(syntax);
  const operands: Operand[] = [];
  for (let at = 0; at < pieces.length; ) {
    let taken = pieces.length - at;
    let operand: Operand | undefined;
    for (; taken > 1 && operand === undefined; taken--) operand = fixed[joined(pieces.slice(at, at + taken))];
    if (operand === undefined) operand = resolve(pieces[at]!, fields, mnemonic);
    else taken++;
    if (operand === undefined) throw new Error(`no operand kind for '${pieces[at]}' of ${mnemonic} ${syntax}`);
    operands.push(operand);
    at += taken;
  }
  return operands;
}
