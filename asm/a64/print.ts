/** From an instruction word to text, in the spelling of GNU objdump. */
import { fieldsOf } from './compile.ts';
import { decode, type Instruction, outsideInstruction } from './decode.ts';
import type { Form } from './form.ts';
import { type PrintOptions, WordView } from './operands/word-view.ts';

export type { PrintOptions } from './operands/word-view.ts';

/** The preferred way to write `instruction`: the first alias whose conditions hold, or its own syntax. */
export function preferredForm({ encoding, word }: Instruction): Form {
  const fields = fieldsOf(encoding, word);
  for (const form of encoding.forms) {
    if (!form.printed || (word & form.mask) >>> 0 !== form.value) continue;
    if (form.requires?.(fields) === false || form.when?.(fields) === false) continue;
    return form;
  }
  throw new Error(`${encoding.name} has no syntax for 0x${word.toString(16)}`);
}

function hex8(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}

/**
 * `word` as objdump writes it: mnemonic, a tab, operands; `.inst\t0x... ; undefined` where it is unallocated. Of an
 * instruction that the table leaves out only the name is told. With `options.comments`, followed by the comment objdump
 * adds, if any.
 */
export function disassemble(word: number, options: PrintOptions = {}): string {
  const instruction = decode(word >>> 0);
  return instruction === undefined ? unknownWord(word >>> 0) : printInstruction(instruction, options);
}

function unknownWord(word: number): string {
  const outside = outsideInstruction(word);
  const unallocated = isReservedForAles(word) ? 'NYI' : 'undefined';
  return `.inst\t${hex8(word)} ; ${outside === undefined ? unallocated : `not supported: ${outside.mnemonic}`}`;
}

/** A region that objdump sets apart from what is undefined (GNU opcodes/aarch64-dis.c: "RESERVED for ALES"). */
function isReservedForAles(word: number): boolean {
  return ((word >>> 21) & 0x3ff) === 1;
}

/** As disassemble, of an instruction already decoded. */
export function printInstruction(instruction: Instruction, options: PrintOptions = {}): string {
  const form = preferredForm(instruction);
  const view = new WordView(instruction.encoding, instruction.word, options);
  const operands: string[] = [];
  for (const operand of form.operands) {
    const text = operand.print(view);
    if (text !== undefined) operands.push(text);
  }
  const text = operands.length === 0 ? form.mnemonic : `${form.mnemonic}\t${operands.join(', ')}`;
  return options.comments === true ? text + comments(form, view) : text;
}

function comments(form: Form, view: WordView): string {
  const { synonyms = [] } = form;
  const text = synonyms.length === 0 ? '' : `  // ${synonyms.join(', ')}`;
  return view.comment === undefined ? text : text + view.comment;
}
