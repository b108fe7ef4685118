/**
 * Holes and padding of a struct as pahole 1.24 counts them from DWARF 5 data, and which structs it takes for packed
 * (DWARF does not say). A bit-field's storage unit is that of its declared type, whether or not the struct has it.
 */
import { alignOf, type Field, fieldsOf, hasOwnAlign, sizeOf } from './layout.ts';
import type { CType, RecordType } from './types.ts';
import { bare, POINTER_SIZE } from './types.ts';

export interface Row {
  readonly field: Field;
  /** Of a bit-field: of its storage unit. */
  readonly offset: number;
  readonly size: number;
  /** Bits from the start of the struct. */
  readonly bit: number;
  /** Bits of a bit-field; 0 for any other member. */
  readonly width: number;
  /** Bytes unused behind it. */
  hole: number;
  /** Bits unused behind it. */
  bitHole: number;
}

export interface Holes {
  readonly rows: readonly Row[];
  /** Before the first member. */
  readonly first: { readonly hole: number; readonly bitHole: number };
  readonly holes: number;
  readonly bitHoles: number;
  /** Bytes at the end. */
  readonly padding: number;
  /** Bits at the end of the last storage unit. */
  readonly bitPadding: number;
}

/** The members of `record` as rows, without holes. */
export function rowsOf(record: RecordType): Row[] {
  return fieldsOf(record).map((field) => {
    const type = bare(field.type);
    const flexible = type.kind === 'array' && type.length === undefined;
    const size = flexible ? 0 : shownSize(field.type);
    const width = field.bitWidth ?? 0;
    const bit = field.layoutBit ?? field.offset * 8;
    const offset = width === 0 ? field.offset : Math.floor(bit / (size * 8)) * size;
    return { field, offset, size, bit, width, hole: 0, bitHole: 0 };
  });
}

/** Bytes of `type`; a record of one byte without members counts as an empty one, as it is in C++. */
export function shownSize(type: CType): number {
  const size = sizeOf(type);
  const at = bare(type);
  return size === 1 && at.kind === 'record' && fieldsOf(at).length === 0 ? 0 : size;
}

/** The holes of the struct `record`. */
export function findHoles(record: RecordType): Holes {
  const rows = rowsOf(record);
  const seen = new BitCursor(sizeOf(record) * 8);
  let first = { hole: 0, bitHole: 0 };
  let holes = 0;
  let bitHoles = 0;
  for (const [i, row] of rows.entries()) {
    const before = seen.pass(row);
    if (i === 0) first = before;
    else Object.assign(rows[i - 1]!, before);
    if (before.hole !== 0) holes++;
    if (before.bitHole !== 0) bitHoles++;
  }
  return { rows, first, holes, bitHoles, ...seen.end() };
}

/** Goes over the bits of a struct member by member. */
class BitCursor {
  readonly #size: number;
  #last = 0;
  #inBitField = false;
  /** The storage unit of the bit-fields being passed: its bits, and where it ends. */
  #unitSize = 0;
  #unitEnd: number;

  constructor(size: number) {
    this.#size = size;
    this.#unitEnd = size;
  }

  /** Passes over `row`; returns what is unused before it. */
  pass(row: Row): { hole: number; bitHole: number } {
    let hole = 0;
    let bitHole = 0;
    if (this.#inBitField) {
      const end = Math.min(row.bit, this.#unitEnd);
      bitHole = end - this.#last;
      this.#last = end;
    }
    if (row.width !== 0) {
      const unit = row.offset * 8;
      if (this.#last < unit && unit <= row.bit) {
        hole = row.offset - Math.floor(this.#last / 8);
        this.#last = unit;
      }
      bitHole += row.bit - this.#last;
      this.#last = row.bit + row.width;
      this.#enterUnit(row);
    } else {
      hole = Math.floor(row.bit / 8) - Math.floor(this.#last / 8);
      this.#last = row.bit + row.size * 8;
      this.#inBitField = false;
      this.#unitSize = 0;
      this.#unitEnd = this.#last;
    }
    return { hole, bitHole };
  }

  /** What is unused at the end of the struct. */
  end(): { padding: number; bitPadding: number } {
    let bitPadding = 0;
    if (this.#inBitField) {
      const end = Math.min(this.#size, this.#unitEnd);
      bitPadding = end - this.#last;
      this.#last = end;
    }
    return { padding: this.#size / 8 - Math.floor(this.#last / 8), bitPadding };
  }

  #enterUnit(row: Row): void {
    this.#inBitField = true;
    const size = row.size * 8;
    if (this.#last <= this.#unitEnd && size <= this.#unitSize) return;
    this.#unitSize = size;
    this.#unitEnd = row.offset * 8 + size;
    // A bit-field that begins in the unit before ends in the next one.
    if (this.#last > this.#unitEnd) this.#unitEnd += size;
  }
}

/** Which structs pahole takes for packed, each judged once and then remembered. */
export class PackedStructs {
  readonly #known = new Map<RecordType, boolean>();
  readonly #unions = new Set<RecordType>();

  /** Whether the struct `record` looks packed: without holes, but with members out of their natural alignment. */
  isPacked(record: RecordType): boolean {
    const known = this.#known.get(record);
    if (known !== undefined) return known;
    const { padding, holes, rows } = findHoles(record);
    let packed = false;
    if (padding !== 0 || holes !== 0) this.#markMisplaced(rows);
    else packed = looksPacked(record, rows);
    this.#known.set(record, packed);
    return packed;
  }

  /** Takes note of a union: a struct whose alignment the union's size breaks must be packed. */
  enterUnion(record: RecordType): void {
    if (this.#unions.has(record)) return;
    this.#unions.add(record);
    const size = sizeOf(record);
    for (const { type } of fieldsOf(record)) {
      const struct = asStruct(type);
      if (struct !== undefined && size % naturalAlign(struct) !== 0) this.#known.set(struct, true);
    }
  }

  #markMisplaced(rows: readonly Row[]): void {
    for (const { field, offset } of rows) {
      const struct = asStruct(field.type);
      if (struct !== undefined && offset % naturalAlign(struct) !== 0) this.#known.set(struct, true);
    }
  }
}

function asStruct(type: CType): RecordType | undefined {
  const at = bare(type);
  return at.kind === 'record' && !at.union ? at : undefined;
}

function looksPacked(record: RecordType, rows: readonly Row[]): boolean {
  let largest = 1;
  for (const { field, offset } of rows) {
    const align = naturalAlign(field.type);
    largest = Math.max(largest, align);
    if (offset % align !== 0) return true;
  }
  const alignedToOne = hasOwnAlign(record) && alignOf(record) === 1;
  return (largest !== 1 && alignedToOne) || sizeOf(record) % largest !== 0;
}

/** The alignment that pahole expects of `type`: of a base type, its size. */
function naturalAlign(type: CType): number {
  const at = bare(type);
  switch (at.kind) {
    case 'pointer':
      return POINTER_SIZE;
    case 'array':
      return naturalAlign(at.element);
    case 'vector':
      return naturalAlign(at.element);
    case 'record':
      return fieldsOf(at).reduce((most, field) => Math.max(most, naturalAlign(field.type)), 1);
    case 'integer':
    case 'float':
    case 'complex':
    case 'enum':
      return sizeOf(at);
    default:
      return 1;
  }
}
