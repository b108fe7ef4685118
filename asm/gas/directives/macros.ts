/** Macros and repetition (Using as, ".macro", ".altmacro", ".rept", ".irp", ".irpc"). */
import type { MappedText } from '../../source/source-file.ts';
import type { Assembler } from '../assembler.ts';
import { type Cursor, StatementError } from '../cursor.ts';
import { readIrpcValues, readIrpHead, readIrpValues, readMacroHead } from '../macro-arguments.ts';
import { findBlock } from '../macro-block.ts';
import { TextPart } from '../text-builder.ts';
import { type Directive, ignored } from './directive.ts';

/** Rounds one .rept may have. */
export const REPEAT_LIMIT = 500_000;

/** The body that begins behind this statement; the input goes on behind the directive that closes it. */
function takeBody(asm: Assembler, kind: 'macro' | 'repetition'): MappedText {
  const frame = asm.input.top!;
  const { source } = frame;
  const from = Math.min(frame.at, source.text.length);
  const block = findBlock(source.text, from, kind);
  if (block === undefined) {
    frame.at = source.text.length;
    throw new StatementError(kind === 'macro' ? '.macro without .endm' : '.rept, .irp or .irpc without .endr');
  }
  frame.at = block.next;
  return new TextPart(source, from, block.bodyEnd);
}

const macro: Directive = (asm, cursor) => {
  const body = takeBody(asm, 'macro');
  const head = readMacroHead(cursor.rest(), asm.macros);
  if ('message' in head) throw cursor.fault(head.message, cursor.at + (head.offset ?? 0));
  if (!asm.macros.define({ ...head, body })) throw cursor.fault(`macro '${head.name}' is already defined`);
};

const purge: Directive = (asm, cursor) => {
  if (cursor.atEnd()) return;
  do {
    const name = cursor.expectName('the name of a macro').toLowerCase();
    if (!asm.macros.purge(name)) asm.warn(`there is no macro '${name}' to purge`);
  } while (cursor.accept(','));
  cursor.expectEnd();
};

const repeat: Directive = (asm, cursor) => {
  // The body is taken even where the count is faulty: it is no code of its own.
  const body = takeBody(asm, 'repetition');
  const count = asm.absolute(cursor);
  cursor.expectEnd();
  if (count < 0n) throw cursor.fault(`.rept with the negative count ${count}`, asm.statement.start);
  if (count > BigInt(REPEAT_LIMIT))
    throw cursor.fault(`.rept with more than the limit of ${REPEAT_LIMIT} rounds`, asm.statement.start);
  asm.macros.repeat('.rept', body, Number(count));
};

/** .irp and .irpc: one round for each value. */
function repeatWithValues(name: string, valuesOf: (text: string, asm: Assembler) => string[]): Directive {
  return (asm, cursor) => {
    const body = takeBody(asm, 'repetition');
    const head = readIrpHead(cursor.rest(), asm.macros);
    if (head.name === '') throw cursor.fault(`expected a parameter name after ${name}`);
    asm.macros.repeatWith(name, body, head.name, valuesOf(head.values, asm));
  };
}

const exit: Directive = (asm) => asm.macros.exit();

function strayEnd(name: string, opener: string): Directive {
  return (asm: Assembler, cursor: Cursor) => {
    asm.warn(`${name} without ${opener}`);
    cursor.expectEnd();
  };
}

export const MACRO_DIRECTIVES: Readonly<Record<string, Directive>> = {
  macro,
  endm: strayEnd('.endm', '.macro'),
  endr: strayEnd('.endr', '.rept, .irp or .irpc'),
  purgem: purge,
  exitm: exit,
  mexit: exit,
  rept: repeat,
  rep: repeat,
  irp: repeatWithValues('.irp', (text, asm) => readIrpValues(text, asm.macros)),
  irep: repeatWithValues('.irp', (text, asm) => readIrpValues(text, asm.macros)),
  irpc: repeatWithValues('.irpc', (text) => readIrpcValues(text)),
  irepc: repeatWithValues('.irpc', (text) => readIrpcValues(text)),
  altmacro: (asm, cursor) => {
    cursor.expectEnd();
    asm.macros.alternate = true;
  },
  noaltmacro: (asm, cursor) => {
    cursor.expectEnd();
    asm.macros.alternate = false;
  },
  mri: ignored,
};
