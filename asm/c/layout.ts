/**
 * Sizes, alignments and the layout of records: AAPCS64 (2023Q3) section 5 with its bit-field rules (5.9 "Bit-fields",
 * the effect of the container type on alignment, zero-width bit-fields, over-alignment), and GNU C's types
 * without a size of their own. Where each member of a record goes is in record-layout.ts.
 */
import { SourceError } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import { noteAt } from './notes.ts';
import { LayoutCursor, type MeasuredMember, roundUp } from './record-layout.ts';
import { typeText } from './type-text.ts';
import type { ArrayType, CType, IntegerType, Member, RecordType } from './types.ts';
import { BIGGEST_ALIGNMENT, bare, POINTER_SIZE } from './types.ts';

/** A member with its place in the record. Unnamed bit-fields are no fields. */
export interface Field {
  /** '' for an anonymous struct or union. */
  readonly name: string;
  readonly type: CType;
  /** Bytes from the start of the record; for a bit-field, where its storage unit begins. */
  readonly offset: number;
  /**
   * For a bit-field: the storage unit is the integer of `unitSize` bytes at `offset`, read in the target's byte
   * order; the field's value is that integer shifted right by `bitOffset`, its low `bitWidth` bits.
   */
  readonly bitOffset?: number;
  readonly bitWidth?: number;
  readonly unitSize?: number;
  /** For a bit-field: its first bit, counted from the start of the record in the order of layout (DWARF's way). */
  readonly layoutBit?: number;
  /** Bytes the member itself is aligned to; of a bit-field its attribute's, or less than a byte's: 1. */
  readonly align: number;
  /** Whether that alignment was asked for, by an attribute of the member or of its type. */
  readonly ownAlign: boolean;
  readonly place: Place;
}

/** The largest object: offsets are told in JavaScript numbers, and in bits while a record is laid out. */
export const MAXIMUM_SIZE = 2 ** 49;

/**
 * Bytes of an object of `type` (1 for void and for a function, as in GNU C). Throws SourceError for an incomplete
 * type, placed where the size was needed (`needed`, if given) with a note of where the type was declared.
 */
export function sizeOf(type: CType, needed?: Place): number {
  switch (type.kind) {
    case 'typedef':
    case 'qualified':
      return sizeOf(type.type, needed);
    case 'void':
    case 'function':
      return 1;
    case 'integer':
    case 'float':
    case 'vector':
      return type.size;
    case 'complex':
      return 2 * type.part.size;
    case 'pointer':
      return POINTER_SIZE;
    case 'array':
      return arraySize(type, needed);
    case 'enum':
      return enumInteger(type, needed).size;
    case 'record':
      return layoutOf(type, needed).size;
  }
}

/** Bytes an object of `type` is aligned to. Throws SourceError as sizeOf does. */
export function alignOf(type: CType, needed?: Place): number {
  switch (type.kind) {
    case 'typedef':
      return alignOf(type.type, needed);
    case 'qualified':
      return type.align || (type.atomic ? atomicAlign(type.type, needed) : alignOf(type.type, needed));
    case 'void':
      return 1;
    case 'function':
      return 4;
    case 'integer':
    case 'float':
      return type.size;
    case 'vector':
      return Math.min(type.size, BIGGEST_ALIGNMENT);
    case 'complex':
      return type.part.size;
    case 'pointer':
      return POINTER_SIZE;
    case 'array':
      return alignOf(type.element, needed);
    case 'enum':
      return enumInteger(type, needed).size;
    case 'record':
      return layoutOf(type, needed).align;
  }
}

/** Whether the alignment of `type` was asked for, by an attribute or `_Alignas` on it or on a part of it. */
export function hasOwnAlign(type: CType, needed?: Place): boolean {
  switch (type.kind) {
    case 'typedef':
      return hasOwnAlign(type.type, needed);
    case 'qualified':
      return type.align !== 0 || hasOwnAlign(type.type, needed);
    case 'array':
      return hasOwnAlign(type.element, needed);
    case 'record':
      return layoutOf(type, needed).ownAlign;
    default:
      return false;
  }
}

/**
 * The fields of a struct or union in the order of the source, bit-fields included; an anonymous struct or union is
 * one field with the name ''. Throws SourceError as sizeOf does.
 */
export function fieldsOf(record: RecordType, needed?: Place): readonly Field[] {
  return layoutOf(record, needed).fields;
}

/** A field of a record or of an anonymous member of it. */
export interface FoundField {
  readonly field: Field;
  /** Bytes from the start of the record that was searched. */
  readonly offset: number;
}

/** The field called `name`, searched through anonymous members (C11 6.7.2.1, 13); undefined where there is none. */
export function findField(record: RecordType, name: string, needed?: Place): FoundField | undefined {
  for (const field of fieldsOf(record, needed)) {
    if (field.name === name) return { field, offset: field.offset };
    if (field.name !== '') continue;
    const inner = bare(field.type);
    const found = inner.kind === 'record' ? findField(inner, name, needed) : undefined;
    if (found !== undefined) return { field: found.field, offset: field.offset + found.offset };
  }
  return undefined;
}

function enumInteger(type: CType & { kind: 'enum' }, needed?: Place): IntegerType {
  if (type.enumerators === undefined) throw incomplete(type, type.place, needed);
  return type.integer;
}

function incomplete(type: CType, declared: Place, needed?: Place): SourceError {
  const note = noteAt('declared here, without its members', declared);
  return new SourceError(
    `the size of '${typeText(type)}' is needed here, but the type is incomplete`,
    needed ?? declared,
    needed === undefined ? undefined : [note],
  );
}

function arraySize(type: ArrayType, needed?: Place): number {
  const { length, place } = type;
  if (length === undefined) {
    throw new SourceError(
      `the size of '${typeText(type)}' is needed here, but the array has no length`,
      needed ?? place,
    );
  }
  const element = sizeOf(type.element, needed ?? place);
  if (element % alignOf(type.element, needed) !== 0 && length > 0) {
    throw new SourceError(`the elements of '${typeText(type)}' are aligned to more than their size`, place ?? needed);
  }
  const size = length * element;
  if (size > MAXIMUM_SIZE) {
    throw new SourceError(
      `'${typeText(type)}' is larger than the ${MAXIMUM_SIZE} bytes an object may have`,
      place ?? needed,
    );
  }
  return size;
}

/** An atomic object of a size the machine can access at once is aligned to that size (AAPCS64, "Atomic types"). */
function atomicAlign(type: CType, needed?: Place): number {
  const size = sizeOf(type, needed);
  const own = alignOf(type, needed);
  return size === 1 || size === 2 || size === 4 || size === 8 || size === 16 ? Math.max(own, size) : own;
}

interface Layout {
  readonly size: number;
  readonly align: number;
  readonly ownAlign: boolean;
  readonly fields: readonly Field[];
}

const layouts = new WeakMap<RecordType, Layout | 'begun'>();

function layoutOf(record: RecordType, needed?: Place): Layout {
  const known = layouts.get(record);
  if (known !== undefined && known !== 'begun') return known;
  // A record that needs its own size (by way of an array length) is as incomplete as one without members.
  if (record.members === undefined || known === 'begun') throw incomplete(record, record.place, needed);
  layouts.set(record, 'begun');
  try {
    const made = layOut(record, record.members);
    layouts.set(record, made);
    return made;
  } catch (error) {
    layouts.delete(record);
    throw error;
  }
}

function layOut(record: RecordType, members: readonly Member[]): Layout {
  checkMembers(record, members);
  const cursor = new LayoutCursor(record);
  const placed = members.map((member) => cursor.place(measured(member)));
  const align = cursor.align / 8;
  const size = roundUp(Math.ceil(cursor.bits / 8), align);
  if (size > MAXIMUM_SIZE) {
    throw new SourceError(
      `'${typeText(record)}' is larger than the ${MAXIMUM_SIZE} bytes an object may have`,
      record.place,
    );
  }
  const fields: Field[] = [];
  for (const [i, at] of placed.entries()) {
    const member = members[i]!;
    const { name, type, place } = member;
    const own = { name, type, place, align: Math.ceil(at.align / 8), ownAlign: at.ownAlign };
    if (member.bitWidth === undefined) fields.push({ ...own, offset: at.bit / 8 });
    else if (name !== '') fields.push({ ...own, ...storageUnit(record, member, at.bit, member.bitWidth, size) });
  }
  return { size, align, ownAlign: cursor.ownAlign, fields };
}

function measured(member: Member): MeasuredMember {
  const { type, place, bitWidth, packed, align } = member;
  const size = isFlexible(member) ? 0 : sizeOf(type, place);
  return { size, typeAlign: alignOf(type, place), typeOwnAlign: hasOwnAlign(type, place), bitWidth, packed, align };
}

function isFlexible(member: Member): boolean {
  const type = bare(member.type);
  return type.kind === 'array' && type.length === undefined;
}

/** Throws SourceError for a name given twice, and for a flexible array member that is not the last of several. */
function checkMembers(record: RecordType, members: readonly Member[]): void {
  const names = new Map<string, Member>();
  for (const member of members) addNames(member, names);
  for (const [i, member] of members.entries()) {
    if (!isFlexible(member)) continue;
    const others = members.some((other) => other !== member && (other.name !== '' || other.bitWidth === undefined));
    if (!record.union && i === members.length - 1 && others) continue;
    const why = record.union ? 'in a union' : others ? 'not at the end of its struct' : 'alone in its struct';
    throw new SourceError(`the flexible array member '${member.name}' is ${why}`, member.place);
  }
}

function addNames(member: Member, names: Map<string, Member>): void {
  const inner = bare(member.type);
  if (member.name === '') {
    if (inner.kind === 'record') for (const nested of inner.members ?? []) addNames(nested, names);
    return;
  }
  const first = names.get(member.name);
  if (first !== undefined) {
    const note = noteAt('first declared here', first.place);
    throw new SourceError(`the member '${member.name}' is declared a second time`, member.place, [note]);
  }
  names.set(member.name, member);
}

/** The storage unit: the declared type's own where the record holds it whole, else the fewest bytes that do. */
function storageUnit(
  record: RecordType,
  member: Member,
  bit: number,
  bitWidth: number,
  recordSize: number,
): Required<Pick<Field, 'offset' | 'bitOffset' | 'bitWidth' | 'unitSize' | 'layoutBit'>> {
  const container = sizeOf(member.type);
  let offset = Math.floor(bit / (container * 8)) * container;
  let unitSize = container;
  if (bit + bitWidth > (offset + unitSize) * 8 || offset + unitSize > recordSize) {
    offset = Math.floor(bit / 8);
    unitSize = Math.ceil((bit + bitWidth) / 8) - offset;
  }
  const fromStart = bit - offset * 8;
  const bitOffset = record.target.bigEndian ? unitSize * 8 - fromStart - bitWidth : fromStart;
  return { offset, bitOffset, bitWidth, unitSize, layoutBit: bit };
}
