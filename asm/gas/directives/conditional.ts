/** The .if family (Using as, ".if", ".else", ".elseif", ".endif"). */
import type { Assembler } from '../assembler.ts';
import type { Cursor } from '../cursor.ts';
import type { Directive } from './directive.ts';

/** Opens a block by a test that is made only where the block is not passed over; a faulty test passes it over. */
function opening(test: (asm: Assembler, cursor: Cursor) => boolean): Directive {
  return (asm, cursor) => {
    const { conditionals, input, statement } = asm;
    if (conditionals.ignoring) {
      conditionals.open(false, input.depth, statement);
      return;
    }
    let taken = false;
    try {
      taken = test(asm, cursor);
    } finally {
      conditionals.open(taken, input.depth, statement);
    }
  };
}

function byNumber(holds: (value: bigint) => boolean): Directive {
  return opening((asm, cursor) => {
    const taken = holds(asm.absolute(cursor));
    cursor.expectEnd();
    return taken;
  });
}

/** Defined means: has a value; a symbol only mentioned has none. */
function byDefinition(wanted: boolean): Directive {
  return opening((asm, cursor) => {
    const symbol = asm.symbols.find(cursor.expectName());
    cursor.expectEnd();
    return (symbol?.isDefinedOrEquated ?? false) === wanted;
  });
}

function byBlank(wanted: boolean): Directive {
  return opening((_asm, cursor) => cursor.atEnd() === wanted);
}

/** .ifc compares the operands as they are written, without white space around them. */
function byText(wanted: boolean): Directive {
  return opening((_asm, cursor) => {
    const first = comparand(cursor, 0x2c);
    cursor.expect(',', 'between the two strings');
    const second = comparand(cursor, 0x3b);
    cursor.expectEnd();
    return (first === second) === wanted;
  });
}

/** Up to `terminator`, without white space around it. */
function comparand(cursor: Cursor, terminator: number): string {
  cursor.skipSpace();
  const from = cursor.at;
  while (cursor.at < cursor.end && cursor.peek() !== terminator) cursor.at++;
  return cursor.text.slice(from, cursor.at).trimEnd();
}

function byString(wanted: boolean): Directive {
  return opening((_asm, cursor) => {
    const first = cursor.expectString();
    cursor.expect(',', 'between the two strings');
    const second = cursor.expectString();
    cursor.expectEnd();
    return (first === second) === wanted;
  });
}

const otherwise: Directive = (asm, cursor) => {
  const fault = asm.conditionals.otherwise();
  if (fault !== undefined) throw cursor.fault(fault, asm.statement.start);
  if (!asm.conditionals.ignoring) cursor.expectEnd();
};

const elseIf: Directive = (asm, cursor) => {
  const fault = asm.conditionals.elseIf(() => {
    const taken = asm.absolute(cursor) !== 0n;
    cursor.expectEnd();
    return taken;
  });
  if (fault !== undefined) throw cursor.fault(fault, asm.statement.start);
};

const endIf: Directive = (asm, cursor) => {
  if (!asm.conditionals.close()) throw cursor.fault('.endif without .if', asm.statement.start);
  cursor.expectEnd();
};

export const CONDITIONAL_DIRECTIVES: Readonly<Record<string, Directive>> = {
  if: byNumber((value) => value !== 0n),
  ifne: byNumber((value) => value !== 0n),
  ifeq: byNumber((value) => value === 0n),
  ifge: byNumber((value) => value >= 0n),
  ifgt: byNumber((value) => value > 0n),
  ifle: byNumber((value) => value <= 0n),
  iflt: byNumber((value) => value < 0n),
  ifdef: byDefinition(true),
  ifndef: byDefinition(false),
  ifnotdef: byDefinition(false),
  ifb: byBlank(true),
  ifnb: byBlank(false),
  ifc: byText(true),
  ifnc: byText(false),
  ifeqs: byString(true),
  ifnes: byString(false),
  else: otherwise,
  elsec: otherwise,
  elseif: elseIf,
  endif: endIf,
  endc: endIf,
};
