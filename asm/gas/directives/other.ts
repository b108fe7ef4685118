/** Messages, files, targets, instructions by number, notes and what is read but means nothing here. */

import { SHF, SHT } from '../../elf/constants.ts';
import { findRelocation, type RelocationName, relocationNamed } from '../../elf/relocations.ts';
import type { Assembler } from '../assembler.ts';
import { signed64, symbolPlus } from '../expression.ts';
import { fixupTerms } from '../fixup.ts';
import { emitInstructionWord } from '../instruction.ts';
import { dumpPools } from '../pools.ts';
import { expressionSymbol } from '../symbol.ts';
import { putStrings, toBytes } from './data.ts';
import { type Directive, ignored } from './directive.ts';

const fail: Directive = (asm, cursor) => {
  cursor.expectEnd();
  throw cursor.fault('.err', asm.statement.start);
};

function message(kind: 'error' | 'warning'): Directive {
  return (asm, cursor) => {
    const text = cursor.atEnd() ? `.${kind}` : cursor.expectString();
    cursor.expectEnd();
    if (kind === 'warning') asm.warn(text);
    else throw cursor.fault(text, asm.statement.start);
  };
}

const print: Directive = (asm, cursor) => {
  const text = cursor.expectString();
  cursor.expectEnd();
  asm.diagnostics.add({
    severity: 'note',
    message: text,
    place: asm.statement.place(),
  });
};

/** .fail: an error for numbers below 500, else a warning. */
const failNumber: Directive = (asm, cursor) => {
  const number = asm.absolute(cursor);
  cursor.expectEnd();
  if (number >= 500n) asm.warn(`.fail ${number}`);
  else throw cursor.fault(`.fail ${number}`, asm.statement.start);
};

const abort: Directive = (asm) => {
  asm.error('.abort');
  asm.stop();
};

const include: Directive = (asm, cursor) => {
  const name = cursor.expectString('the name of a file');
  cursor.expectEnd();
  asm.include(name);
};

// --- Target ---------------------------------------------------------------------------------------------------------

function target(choose: (asm: Assembler, name: string) => string | undefined): Directive {
  return (asm, cursor) => {
    const name = cursor.rest().trim();
    if (name === '') throw cursor.fault('expected a name');
    const fault = choose(asm, name);
    if (fault !== undefined) throw cursor.fault(fault);
  };
}

/** .inst word, word: put out as code. */
const inst: Directive = (asm, cursor) => {
  if (cursor.atEnd()) return;
  do {
    const value = asm.expression(cursor);
    if (value.op !== 'constant') throw cursor.fault('expected a number', asm.statement.start);
    if (value.number > 0xffffffffn || signed64(value) < -0x80000000n) asm.warn(`number ${value.number} cut to 4 bytes`);
    emitInstructionWord(asm, Number(BigInt.asUintN(32, value.number)));
  } while (cursor.accept(','));
  cursor.expectEnd();
};

const unreq: Directive = (asm, cursor) => {
  const name = cursor.rest().trim();
  if (name === '') throw cursor.fault('expected the name of a register alias');
  if (!asm.aliases.remove(name)) throw cursor.fault(`there is no register alias '${name}'`);
};

/** .tlsdesccall symbol and the like: a relocation on the next instruction. */
function mark(name: RelocationName): Directive {
  return (asm, cursor) => {
    const value = asm.expression(cursor);
    cursor.expectEnd();
    asm.output.addFixup({
      ...fixupTerms(value),
      frag: asm.output.frag,
      where: asm.output.offset,
      size: 4,
      pcRelative: false,
      patch: { kind: 'field', relocation: relocationNamed(name), forced: true },
      statement: asm.statement,
    });
  };
}

/** .reloc offset, type, expression */
const reloc: Directive = (asm, cursor) => {
  const offset = asm.expression(cursor);
  if (offset.op === 'absent' || offset.op === 'big') throw cursor.fault('expected an offset');
  cursor.expect(',', 'after the offset');
  const name = cursor.expectName('the name of a relocation');
  const relocation = findRelocation(name) ?? genericRelocation(name);
  if (relocation === undefined) throw cursor.fault(`unknown relocation '${name}'`);
  const value = cursor.accept(',') ? asm.expression(cursor) : undefined;
  cursor.expectEnd();
  if (value?.op === 'big') throw cursor.fault('a number of more than 64 bits is not allowed here');
  const { section } = asm.output;
  asm.relocations.push({
    offset:
      offset.op === 'constant' ? expressionSymbol(symbolPlus(section.symbol, offset.number)) : expressionSymbol(offset),
    relocation,
    value,
    statement: asm.statement,
  });
};

/** BFD_RELOC_32 and the like. */
function genericRelocation(name: string): ReturnType<typeof findRelocation> {
  const match = /^BFD_RELOC_(NONE|16|32|64)$/i.exec(name);
  if (match === null) return undefined;
  return relocationNamed(
    match[1]!.toUpperCase() === 'NONE' ? 'NONE' : (`ABS${match[1]}` as 'ABS16' | 'ABS32' | 'ABS64'),
  );
}

// --- Notes ----------------------------------------------------------------------------------------------------------

/** .ident "text": a string in .comment, which begins with an empty one. */
const ident: Directive = (asm, cursor) => {
  const { output } = asm;
  const { section, subsection } = output;
  const found = output.find('.comment');
  const comment = found ?? output.make('.comment', SHT.PROGBITS, SHF.MERGE | SHF.STRINGS, false);
  comment.entrySize = 1;
  output.enter(comment, 0);
  if (found === undefined) output.append([0]);
  try {
    putStrings(asm, cursor, 1, true);
  } finally {
    output.enter(section, subsection.number);
  }
};

/** .version "text": a note without a descriptor (type 1). */
const version: Directive = (asm, cursor) => {
  const text = [...new TextEncoder().encode(cursor.expectString()), 0];
  cursor.expectEnd();
  const { output } = asm;
  const { section, subsection } = output;
  const note = output.find('.note') ?? output.make('.note', SHT.NOTE, 0, false);
  note.recordAlignment(2);
  output.enter(note, 0);
  for (const word of [text.length, 0, 1]) output.append(toBytes(BigInt(word), 4, asm.bigEndian));
  output.append(text);
  output.close({
    kind: 'align',
    power: 2,
    pattern: new Uint8Array(1),
    limit: 0,
    code: false,
  });
  output.enter(section, subsection.number);
};

const dump: Directive = (asm, cursor) => {
  cursor.expectEnd();
  dumpPools(asm);
};

/** .nops is rejected by GNU as for this architecture. */
const nops: Directive = (asm, cursor) => {
  throw cursor.fault('.nops is not available for AArch64', asm.statement.start);
};

export const OTHER_DIRECTIVES: Readonly<Record<string, Directive>> = {
  err: fail,
  error: message('error'),
  warning: message('warning'),
  print,
  fail: failNumber,
  abort,
  end: (asm) => asm.stop(),
  include,
  arch: target((asm, name) => asm.architecture.setArchitecture(name)),
  cpu: target((asm, name) => asm.architecture.setCpu(name)),
  arch_extension: target((asm, name) => asm.architecture.extend(name)),
  inst,
  req: (_asm, cursor) => {
    throw cursor.fault('.req stands between a new name and a register');
  },
  unreq,
  ltorg: dump,
  pool: dump,
  tlsdescadd: mark('TLSDESC_ADD'),
  tlsdesccall: mark('TLSDESC_CALL'),
  tlsdescldr: mark('TLSDESC_LDR'),
  reloc,
  ident,
  version,
  nops,
  gnu_attribute: ignored,
  linkonce: (asm) => asm.warn('.linkonce means nothing in an ELF file'),
  vtable_inherit: ignored,
  vtable_entry: ignored,
};
