/** Debug information: .file and .loc count, other debug directives are read and mean nothing here. */
import type { Directive } from './directive.ts';
import { ignored } from './directive.ts';

/** `.file "name"` names the source; `.file 1 "folder" "name" md5 0x...` gives a file a number. */
const file: Directive = (asm, cursor) => {
  if (cursor.peek() === 0x22) {
    asm.fileSymbol = cursor.expectString();
    cursor.expectEnd();
    return;
  }
  const number = Number(asm.absolute(cursor));
  const first = cursor.expectString('the name of a file');
  const second = cursor.string();
  asm.debugLines.name(number, second === undefined ? first : `${first}/${second}`);
};

/** `.loc file line column options` */
const loc: Directive = (asm, cursor) => {
  const number = Number(asm.absolute(cursor));
  const line = Number(asm.absolute(cursor));
  const name = asm.debugLines.fileNamed(number);
  if (name === undefined) throw cursor.fault(`file number ${number} was not given a name by .file`);
  asm.debugLines.locate(name, line);
};

/** Listing control and other directives that change nothing in the object. */
const SILENT =
  'list nolist eject title sbttl ttl psize plen llen page nopage noformat format lflags name spc extern xref stabs stabn stabd xstabs line ln appfile appline func endfunc loc_mark_labels linefile lsym this_gcc_requires_the_gnu_assembler'.split(
    ' ',
  );

export const DEBUG_DIRECTIVES: Readonly<Record<string, Directive>> = {
  file,
  loc,
  ...Object.fromEntries(SILENT.map((name) => [name, ignored])),
};
