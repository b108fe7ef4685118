/** Data: numbers, strings, floating point, LEB128, .incbin (Using as, "Pseudo Ops"). */

import { sleb128, uleb128 } from '../../elf/leb128.ts';
import type { Assembler } from '../assembler.ts';
import { type Cursor, StatementError } from '../cursor.ts';
import { constant, type Expression, signed64 } from '../expression.ts';
import { parseOperand } from '../expression-parser.ts';
import { fixupTerms } from '../fixup.ts';
import { type FloatKind, floatBits } from '../float.ts';
import { ABSOLUTE } from '../frag.ts';
import { expressionSymbol } from '../symbol.ts';
import type { Directive } from './directive.ts';

/** Comma-separated expressions of `size` bytes each. */
function numbers(size: number): Directive {
  return (asm, cursor) => {
    if (cursor.atEnd()) return;
    asm.output.enterData();
    do emitNumber(asm, asm.expression(cursor), size);
    while (cursor.accept(','));
    cursor.expectEnd();
  };
}

/** Puts out one datum: a number at once, anything else as a fixup. */
export function emitNumber(asm: Assembler, written: Expression, size: number): void {
  const { output } = asm;
  let expression = written;
  if (expression.op === 'absent') {
    asm.warn('no expression: 0 is put out');
    expression = constant(0n);
  }
  const zero = expression.op === 'constant' && expression.number === 0n;
  if (output.section === ABSOLUTE) {
    if (!zero) throw new StatementError('data other than zero cannot be put into the absolute section');
    output.absoluteOffset += BigInt(size);
    return;
  }
  if (!zero && output.section.bss)
    throw new StatementError(`data other than zero cannot be put into section '${output.section.name}'`);
  if (expression.op === 'constant' || expression.op === 'big') {
    output.append(numberBytes(asm, expression, size));
    return;
  }
  if (size > 8) throw new StatementError(`a datum of ${size} bytes cannot be relocated`);
  const { frag, offset } = output;
  output.append(new Uint8Array(size));
  output.addFixup({
    ...fixupTerms(expression),
    frag,
    where: offset,
    size,
    pcRelative: false,
    patch: { kind: 'data' },
    statement: asm.statement,
  });
}

/** The bytes of a number, cut to `size` with a warning where it does not fit. */
function numberBytes(asm: Assembler, expression: Expression, size: number): Uint8Array {
  let value = expression.op === 'big' ? expression.number : signed64(expression);
  if (expression.op === 'constant' && size > 8 && expression.unsigned) value = BigInt.asUintN(64, value);
  const bits = BigInt(size * 8);
  const limit = 1n << bits;
  if (value >= limit || value <= -limit)
    if (!(size === 8 && value < 0n)) asm.warn(`number ${value} cut to ${size} byte${size === 1 ? '' : 's'}`);
  return toBytes(value, size, asm.bigEndian);
}

/** The low `size` bytes of `value`. */
export function toBytes(value: bigint, size: number, bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let i = 0; i < size; i++) {
    bytes[bigEndian ? size - 1 - i : i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Strings; `width` bytes a character, with a zero behind each where `terminated`. */
function strings(width: number, terminated: boolean): Directive {
  return (asm, cursor) => putStrings(asm, cursor, width, terminated);
}

export function putStrings(asm: Assembler, cursor: Cursor, width: number, terminated: boolean): void {
  const { output } = asm;
  output.enterData();
  if (output.section === ABSOLUTE) throw new StatementError('a string cannot be put into the absolute section');
  if (cursor.atEnd()) return;
  do {
    if (cursor.peek() === 0x2c || cursor.atEnd()) continue;
    const bytes = cursor.peek() === 0x3c ? characterByNumber(asm, cursor) : adjacentStrings(cursor, terminated);
    if (output.section.bss && bytes.some((byte) => byte !== 0))
      throw new StatementError(`data other than zero cannot be put into section '${output.section.name}'`);
    output.append(widened(bytes, width, asm.bigEndian));
    cursor.skipSpace();
  } while (cursor.accept(',') || cursor.peek() === 0x22 || cursor.peek() === 0x3c);
  cursor.expectEnd();
}

/** "a" "b" is "ab", with one zero behind it where `terminated`. */
function adjacentStrings(cursor: Cursor, terminated: boolean): number[] {
  const bytes = cursor.stringBytes();
  if (bytes === undefined) throw cursor.fault('expected a string in double quotes');
  for (let more = cursor.stringBytes(); more !== undefined; more = cursor.stringBytes()) bytes.push(...more);
  if (terminated) bytes.push(0);
  return bytes;
}

/** `<13>` */
function characterByNumber(asm: Assembler, cursor: Cursor): number[] {
  cursor.at++;
  const value = signed64(parseOperand(cursor, asm));
  if (cursor.peek() !== 0x3e) throw cursor.fault("expected '>' after the number of a character");
  cursor.at++;
  return [Number(BigInt.asUintN(8, value))];
}

function widened(bytes: readonly number[], width: number, bigEndian: boolean): ArrayLike<number> {
  if (width === 1) return bytes;
  const out = new Uint8Array(bytes.length * width);
  bytes.forEach((byte, i) => {
    out[i * width + (bigEndian ? width - 1 : 0)] = byte;
  });
  return out;
}

function floats(kind: FloatKind): Directive {
  return (asm, cursor) => {
    if (cursor.atEnd()) return;
    asm.output.enterData();
    do asm.output.append(readFloat(asm, cursor, kind));
    while (cursor.accept(','));
    cursor.expectEnd();
  };
}

/** A floating-point number up to the next comma. */
export function readFloat(asm: Assembler, cursor: Cursor, kind: FloatKind): Uint8Array {
  const from = cursor.at;
  while (cursor.at < cursor.end && cursor.peek() !== 0x2c) cursor.at++;
  const text = cursor.text.slice(from, cursor.at).trim();
  const bits = floatBits(text, kind);
  if (bits === undefined) throw cursor.fault(`expected a floating-point number, found '${text}'`, from);
  if (bits === 'overflow') throw cursor.fault(`the floating-point number ${text} is too large`, from);
  return toBytes(bits.value, bits.size, asm.bigEndian);
}

function leb128(signed: boolean): Directive {
  return (asm, cursor) => {
    do emitLeb128(asm, asm.expression(cursor), signed);
    while (cursor.accept(','));
    cursor.expectEnd();
  };
}

/** GNU as negates a number of more than 64 bits within so many (SIZE_OF_LARGE_NUMBER in its expr.h). */
const BIG_NUMBER_BITS = 320;

function emitLeb128(asm: Assembler, expression: Expression, signed: boolean): void {
  const { output } = asm;
  if (expression.op === 'absent') asm.warn('no expression: 0 is put out');
  const zero = expression.op === 'absent' || (expression.op === 'constant' && expression.number === 0n);
  if (output.section === ABSOLUTE) {
    if (!zero) throw new StatementError('data other than zero cannot be put into the absolute section');
    output.absoluteOffset += 1n;
    return;
  }
  if (!zero && output.section.bss)
    throw new StatementError(`data other than zero cannot be put into section '${output.section.name}'`);
  output.enterData();
  const known = asm.absoluteOrUndefined(expression);
  if (expression.op === 'big')
    output.append(signed ? sleb128(expression.number) : uleb128(BigInt.asUintN(BIG_NUMBER_BITS, expression.number)));
  else if (known === undefined) output.close({ kind: 'leb128', value: expressionSymbol(expression), signed });
  else output.append(signed ? sleb128(knownSigned(expression, known)) : uleb128(BigInt.asUintN(64, known)));
}

/** A constant written without a minus keeps its 64th bit as a positive number. */
function knownSigned(expression: Expression, known: bigint): bigint {
  return expression.op === 'constant' ? expression.number : known;
}

const incbin: Directive = (asm, cursor) => {
  asm.output.enterData();
  const start = cursor.at;
  const name = cursor.expectString('the name of a file');
  const skip = cursor.accept(',') ? asm.absolute(cursor) : 0n;
  const given = cursor.accept(',') ? asm.absolute(cursor) : 0n;
  cursor.expectEnd();
  const file = asm.readFile(name);
  if (file === undefined) throw cursor.fault(`cannot read the file '${name}'`, start);
  const size = BigInt(file.bytes.length);
  const count = given === 0n ? size - skip : given;
  if (skip < 0n || count < 0n || skip + count > size)
    throw cursor.fault(`skip ${skip} and count ${count} go beyond the ${size} bytes of '${name}'`, start);
  asm.output.append(file.bytes.subarray(Number(skip), Number(skip + count)));
};

export const DATA_DIRECTIVES: Readonly<Record<string, Directive>> = {
  byte: numbers(1),
  'dc.b': numbers(1),
  '2byte': numbers(2),
  short: numbers(2),
  hword: numbers(2),
  dc: numbers(2),
  'dc.w': numbers(2),
  '4byte': numbers(4),
  word: numbers(4),
  long: numbers(4),
  int: numbers(4),
  'dc.l': numbers(4),
  '8byte': numbers(8),
  quad: numbers(8),
  xword: numbers(8),
  dword: numbers(8),
  'dc.a': numbers(8),
  octa: numbers(16),
  ascii: strings(1, false),
  asciz: strings(1, true),
  string: strings(1, true),
  string8: strings(1, true),
  string16: strings(2, true),
  string32: strings(4, true),
  string64: strings(8, true),
  float: floats('f'),
  single: floats('f'),
  'dc.s': floats('f'),
  double: floats('d'),
  'dc.d': floats('d'),
  float16: floats('h'),
  bfloat16: floats('b'),
  sleb128: leb128(true),
  uleb128: leb128(false),
  incbin,
};
