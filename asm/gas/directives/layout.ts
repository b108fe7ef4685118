/** Alignment, .org, and room: .fill, .space, .zero (Using as, "Pseudo Ops"). */
import type { Assembler } from '../assembler.ts';
import type { Cursor } from '../cursor.ts';
import { constant, type Expression } from '../expression.ts';
import { ABSOLUTE, EXPRESSION, UNDEFINED } from '../frag.ts';
import { expressionSymbol, type GasSymbol, shownName } from '../symbol.ts';
import { emitNumber, readFloat, toBytes } from './data.ts';
import type { Directive } from './directive.ts';

/** The largest alignment, as a power of two. */
const ALIGNMENT_LIMIT = 63;
/** Bytes one section may come to by a single directive. */
export const ROOM_LIMIT = 256 * 1024 * 1024;

/** `patternSize` is the size of the fill value in bytes. */
function alignment(unit: 'power' | 'bytes', patternSize: number): Directive {
  return (asm, cursor) => {
    let value = cursor.atEnd() ? 0n : asm.absolute(cursor);
    if (unit === 'bytes') value = powerOf(value, cursor);
    if (value < 0n || value > BigInt(ALIGNMENT_LIMIT)) {
      asm.warn(`alignment too large: 2 ** ${ALIGNMENT_LIMIT} is taken`);
      value = BigInt(ALIGNMENT_LIMIT);
    }
    let pattern: Uint8Array | undefined;
    let limit = 0n;
    if (cursor.accept(',')) {
      if (cursor.peek() !== 0x2c) pattern = toBytes(asm.absolute(cursor), patternSize, asm.bigEndian);
      if (cursor.accept(',')) limit = asm.absolute(cursor);
    }
    cursor.expectEnd();
    alignTo(asm, Number(value), pattern, Number(BigInt.asUintN(32, limit)));
  };
}

function powerOf(value: bigint, cursor: Cursor): bigint {
  if (value === 0n) return 0n;
  const unsigned = BigInt.asUintN(64, value);
  const power = unsigned.toString(2).length - 1;
  if (1n << BigInt(power) !== unsigned) throw cursor.fault(`alignment ${value} is not a power of two`);
  return BigInt(power);
}

function alignTo(asm: Assembler, power: number, pattern: Uint8Array | undefined, limit: number): void {
  const { output } = asm;
  if (output.section === ABSOLUTE) {
    const unit = 1n << BigInt(power);
    const aligned = ((output.absoluteOffset + unit - 1n) / unit) * unit;
    if (limit === 0 || aligned - output.absoluteOffset <= BigInt(limit)) output.absoluteOffset = aligned;
    return;
  }
  let fill = pattern;
  if (fill !== undefined && output.section.bss) {
    if (fill.some((byte) => byte !== 0)) asm.warn(`the fill value is ignored in section '${output.section.name}'`);
    fill = undefined;
  }
  if (power > 0) output.align(power, fill, limit);
  output.section.recordAlignment(power);
}

/** Moves the location counter to `target` (.org, `. = target`). */
export function moveTo(asm: Assembler, target: Expression, fill: number, cursor: Cursor): void {
  const { output } = asm;
  if (target.op === 'absent' || target.op === 'big') throw cursor.fault('expected an address');
  if (output.section === ABSOLUTE) {
    if (target.op !== 'constant') throw cursor.fault('only a number can be given in the absolute section');
    output.absoluteOffset = target.number;
    return;
  }
  const section = target.op === 'symbol' ? target.add!.section : undefined;
  const later = undefinedSymbol(target);
  if (later !== undefined) throw cursor.fault(`symbol '${shownName(later)}' is used in .org before it is defined`);
  if (section !== undefined && section !== output.section && section !== ABSOLUTE && section !== EXPRESSION)
    throw cursor.fault(`the address is in section '${section.name}', not in '${output.section.name}'`);
  if (fill !== 0 && output.section.bss) asm.warn(`the fill value is ignored in section '${output.section.name}'`);
  const known = target.op === 'constant';
  output.close({
    kind: 'org',
    target: known ? undefined : expressionSymbol(target),
    offset: known ? BigInt.asIntN(64, target.number) : 0n,
    fill: output.section.bss ? 0 : fill & 0xff,
  });
}

/** A symbol of `expression` that has no value yet. */
function undefinedSymbol({ add, sub }: Expression): GasSymbol | undefined {
  for (const symbol of [add, sub]) {
    if (symbol === undefined) continue;
    const found = symbol.isEquated ? undefinedSymbol(symbol.value) : symbol;
    if (found?.section === UNDEFINED) return found;
  }
  return undefined;
}

const org: Directive = (asm, cursor) => {
  const target = asm.expression(cursor);
  const fill = cursor.accept(',') ? asm.absolute(cursor) : 0n;
  cursor.expectEnd();
  moveTo(asm, target, Number(BigInt.asIntN(32, fill)), cursor);
};

/** .fill repeat, size, value */
const fill: Directive = (asm, cursor) => {
  const { output } = asm;
  output.enterData();
  const repeat = asm.expression(cursor);
  let size = cursor.accept(',') ? asm.absolute(cursor) : 1n;
  const value = cursor.accept(',') ? asm.absolute(cursor) : 0n;
  cursor.expectEnd();
  if (size > 8n) asm.warn('.fill puts out at most 8 bytes at a time');
  if (size < 0n) asm.warn('.fill with a negative size puts out nothing');
  size = size > 8n ? 8n : size;
  const known = repeat.op === 'constant' || repeat.op === 'absent';
  if (known && repeat.number < 0n) asm.warn('.fill with a negative count puts out nothing');
  if (size <= 0n || (known && repeat.number <= 0n)) return;
  if (output.section === ABSOLUTE) {
    if (!known) throw cursor.fault('only a known count can be given in the absolute section');
    if (value !== 0n) throw cursor.fault('data other than zero cannot be put into the absolute section');
    output.absoluteOffset += repeat.number * size;
    return;
  }
  if (value !== 0n && output.section.bss)
    throw cursor.fault(`data other than zero cannot be put into section '${output.section.name}'`);
  // Only four bytes of the value count, whatever the size.
  const pattern = new Uint8Array(Number(size));
  pattern.set(toBytes(value, Math.min(4, Number(size)), asm.bigEndian));
  room(asm, repeat, pattern, cursor);
};

/** `count` times `pattern`. */
function room(asm: Assembler, count: Expression, pattern: Uint8Array, cursor: Cursor): void {
  if (count.op === 'constant' || count.op === 'absent') {
    if (count.number * BigInt(pattern.length) > BigInt(ROOM_LIMIT))
      throw cursor.fault(`room of more than the limit of ${ROOM_LIMIT} bytes`);
    asm.output.close({ kind: 'fill', pattern, count: Number(count.number) });
    return;
  }
  const size = expressionSymbol(constant(BigInt(pattern.length)));
  const total: Expression =
    pattern.length === 1
      ? count
      : {
          op: '*',
          add: expressionSymbol(count),
          sub: size,
          number: 0n,
          unsigned: true,
        };
  asm.output.close({ kind: 'space', count: expressionSymbol(total), pattern });
}

/** .space count, fill: `unit` bytes each, filled with a byte. */
function space(unit: number): Directive {
  return (asm, cursor) => {
    const { output } = asm;
    output.enterData();
    const count = asm.expression(cursor);
    const value = cursor.accept(',') ? asm.expression(cursor) : constant(0n);
    cursor.expectEnd();
    const byte = value.op === 'constant' && value.number >= -0x80n && value.number <= 0xffn;
    const plain = byte && (unit <= 1 || value.number === 0n);
    if (!plain && output.section !== ABSOLUTE && !output.section.bss) {
      repeated(asm, count, value, Math.max(1, unit), cursor);
      return;
    }
    const known = output.section === ABSOLUTE ? asm.absoluteOrUndefined(count) : knownCount(count);
    if (known === undefined) {
      if (output.section === ABSOLUTE) throw cursor.fault('only a known count can be given in the absolute section');
      output.close({
        kind: 'space',
        count: expressionSymbol(count),
        pattern: byteOf(asm, value),
      });
      return;
    }
    const total = known * BigInt(Math.max(1, unit));
    if (total <= 0n) asm.warn('room for nothing');
    else if (output.section === ABSOLUTE) output.absoluteOffset += total;
    else room(asm, constant(total), byteOf(asm, value), cursor);
  };
}

function knownCount(count: Expression): bigint | undefined {
  return count.op === 'constant' || count.op === 'absent' ? BigInt.asIntN(64, count.number) : undefined;
}

function byteOf(asm: Assembler, value: Expression): Uint8Array {
  if (!asm.output.section.bss) return toBytes(value.number, 1, false);
  if (value.number !== 0n) asm.warn(`the fill value is ignored in section '${asm.output.section.name}'`);
  return new Uint8Array(1);
}

/** Values that are no byte are put out one by one, a thousand at most. */
function repeated(asm: Assembler, count: Expression, value: Expression, unit: number, cursor: Cursor): void {
  const known = asm.absoluteOrUndefined(count);
  if (known === undefined) throw cursor.fault('the count must be known where the fill value is not one byte');
  if (known < 0n || known > 1024n) throw cursor.fault(`count ${known} is not between 0 and the limit of 1024`);
  for (let i = 0n; i < known; i++) emitNumber(asm, value, unit);
}

/** .dcb.s count, value: floating-point numbers. */
function floatSpace(kind: 'f' | 'd'): Directive {
  return (asm, cursor) => {
    asm.output.enterData();
    const count = asm.absolute(cursor);
    const bytes = cursor.accept(',') ? readFloat(asm, cursor, kind) : new Uint8Array(kind === 'f' ? 4 : 8);
    cursor.expectEnd();
    if (count * BigInt(bytes.length) > BigInt(ROOM_LIMIT))
      throw cursor.fault(`room of more than the limit of ${ROOM_LIMIT} bytes`);
    for (let i = 0n; i < count; i++) asm.output.append(bytes);
  };
}

export const LAYOUT_DIRECTIVES: Readonly<Record<string, Directive>> = {
  align: alignment('power', 1),
  p2align: alignment('power', 1),
  p2alignw: alignment('power', 2),
  p2alignl: alignment('power', 4),
  balign: alignment('bytes', 1),
  balignw: alignment('bytes', 2),
  balignl: alignment('bytes', 4),
  even: (asm, cursor) => {
    asm.output.close({
      kind: 'align',
      power: 1,
      pattern: new Uint8Array(1),
      limit: 0,
      code: false,
    });
    asm.output.section.recordAlignment(1);
    cursor.expectEnd();
  },
  org,
  fill,
  space: space(0),
  skip: space(0),
  zero: space(0),
  ds: space(2),
  'ds.b': space(1),
  'ds.d': space(8),
  'ds.l': space(4),
  'ds.p': space(12),
  'ds.s': space(4),
  'ds.w': space(2),
  'ds.x': space(12),
  dcb: space(2),
  'dcb.b': space(1),
  'dcb.l': space(4),
  'dcb.w': space(2),
  'dcb.s': floatSpace('f'),
  'dcb.d': floatSpace('d'),
};
