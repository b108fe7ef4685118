/** From a mnemonic and its operands to an instruction word. */

import { fieldsOf } from './compile.ts';
import { type Encoding, encodings } from './encoding.ts';
import type { Feature } from './features.ts';
import type { Fixup } from './fixup.ts';
import type { Form } from './form.ts';
import { OperandError } from './operand-error.ts';
import { Draft } from './operands/draft.ts';
import { type AssemblerEnvironment, OperandReader } from './operands/operand-reader.ts';
import { isOutsideMnemonic } from './outside.ts';

export { encodeFixup, type Fixup, type FixupKind } from './fixup.ts';
export { OperandError, type OperandErrorKind } from './operand-error.ts';
export type { AssemblerEnvironment, ExpressionValue } from './operands/operand-reader.ts';

export interface AssembledInstruction {
  /** Unsigned 32 bit; an operand that is known late is left zero. */
  readonly word: number;
  readonly encoding: Encoding;
  readonly fixup?: Fixup;
  readonly warnings?: readonly string[];
}

/** The encodings that have a form with each mnemonic, in the order of the table. */
const encodingsOf: ReadonlyMap<string, readonly Encoding[]> = encodingsByMnemonic();

function encodingsByMnemonic(): Map<string, Encoding[]> {
  const found = new Map<string, Encoding[]>();
  for (const encoding of encodings) {
    for (const mnemonic of encoding.mnemonics) {
      const list = found.get(mnemonic);
      if (list === undefined) found.set(mnemonic, [encoding]);
      else if (list.at(-1) !== encoding) list.push(encoding);
    }
  }
  return found;
}

/** The forms of each mnemonic met so far. */
const formsMet = new Map<string, readonly Form[]>();

/** The forms with the mnemonic `name` (lower case), or undefined where there are none. */
function formsOf(name: string): readonly Form[] | undefined {
  const met = formsMet.get(name);
  if (met !== undefined) return met;
  const forms = encodingsOf.get(name)?.flatMap((encoding) => encoding.forms.filter((form) => form.mnemonic === name));
  if (forms !== undefined) formsMet.set(name, forms);
  return forms;
}

/**
 * The instruction that `mnemonic` and `operands` (any case) name. Throws OperandError where there is no such mnemonic, where
 * the table lacks it, or where the operands do not fit; its offset is into `operands`.
 */
export function assemble(mnemonic: string, operands: string, environment: AssemblerEnvironment): AssembledInstruction {
  const name = mnemonic.toLowerCase();
  const candidates = formsOf(name);
  if (candidates === undefined) throw unknownMnemonic(mnemonic, name);
  const reader = new OperandReader(operands, environment);
  const draft = new Draft();
  for (const form of candidates) {
    reader.rewind();
    draft.begin(form);
    if (!fits(form, reader, draft)) continue;
    return finish(name, form, draft, environment);
  }
  if (isOutside(name, operands)) throw notSupported(`'${mnemonic}' with these operands is not supported by hypstep`);
  throw reader.error();
}

function notSupported(message: string): OperandError {
  return new OperandError(message, undefined, 'not-supported');
}

function unknownMnemonic(mnemonic: string, name: string): OperandError {
  if (isOutsideMnemonic(name)) return notSupported(`instruction '${mnemonic}' is not supported by hypstep`);
  return new OperandError(`unknown instruction '${mnemonic}'`, undefined, 'unknown-instruction');
}

/** A register that only instructions outside the table have with some mnemonics: SIMD&FP, or of SVE and SME. */
const vectorRegister =
  /(?:^|[\s,{[])(?:[bhsdqv](?:\d|[12]\d|3[01])|z(?:\d|[12]\d|3[01])|p(?:\d|1[0-5])|za\d*)(?![\w$])/i;
const scalableRegister = /(?:^|[\s,{[])(?:z(?:\d|[12]\d|3[01])|p(?:\d|1[0-5])|za\d*)(?![\w$])/i;

/** Whether a mnemonic the table has stands with operands of an instruction the table lacks. */
function isOutside(name: string, operands: string): boolean {
  return scalableRegister.test(operands) || (isOutsideMnemonic(name) && vectorRegister.test(operands));
}

function fits(form: Form, reader: OperandReader, draft: Draft): boolean {
  for (const operand of form.operands) if (!operand.encode(reader, draft)) return false;
  if (!reader.finished()) return false;
  const { requires, encoding } = form;
  if (requires === undefined && encoding.undefinedWhen === undefined) return true;
  const fields = fieldsOf(encoding, draft.word);
  if (requires?.(fields) !== false && !encoding.undefinedWhen?.(fields)) return true;
  return reader.fail('these operands do not go together');
}

function finish(name: string, form: Form, draft: Draft, environment: AssemblerEnvironment): AssembledInstruction {
  const { encoding } = form;
  // GNU as takes the tagging instructions only where Armv8.5 is allowed as well; their registers need memtag alone.
  const version: Feature | undefined = encoding.feature === 'memtag' ? 'v8.5' : undefined;
  for (const feature of [encoding.feature, form.feature, version]) {
    if (feature === undefined || environment.allows(feature)) continue;
    throw notSupported(`'${name}' needs '${feature}', which the selected architecture does not have`);
  }
  const fault = encoding.unpredictable?.(fieldsOf(encoding, draft.word));
  const warnings = fault === undefined ? draft.warnings : [...draft.warnings, fault];
  return { word: draft.word, encoding, fixup: draft.fixup, warnings: warnings.length > 0 ? [...warnings] : undefined };
}
