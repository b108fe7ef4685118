/**
 * Where the members of a record go: AAPCS64 (2023Q3) 5.9 "Bit-fields", and GCC 12's rules where the procedure call
 * standard is silent: the attributes packed and aligned, `#pragma pack`, over-aligned types of bit-fields (the manual's
 * "Common Type Attributes" and "Structure-Layout Pragmas"; stor-layout.c for how they go together).
 */
import type { RecordType } from './types.ts';
import { BIGGEST_ALIGNMENT } from './types.ts';

/** What the place of a member depends on; sizes and alignments in bytes. */
export interface MeasuredMember {
  readonly size: number;
  readonly typeAlign: number;
  /** Whether the alignment of its type was asked for. */
  readonly typeOwnAlign: boolean;
  readonly bitWidth: number | undefined;
  readonly packed: boolean;
  /** Asked for by an attribute of the member; 0 where nothing is asked. */
  readonly align: number;
}

export interface MemberPlace {
  /** Bits from the start of the record. */
  readonly bit: number;
  /** Bits the member itself is aligned to. */
  readonly align: number;
  /** Whether that alignment was asked for. */
  readonly ownAlign: boolean;
}

/**
 * Where the next member of a record goes; all in bits. The position is kept as GCC keeps it, a whole number of
 * `unit` bits and the rest, because an over-aligned bit-field type rounds up the rest alone.
 */
export class LayoutCursor {
  readonly #union: boolean;
  readonly #recordPacked: boolean;
  /** Bits, from `#pragma pack`; 0 is none. */
  readonly #limit: number;
  readonly #unit: number;
  #base = 0;
  #rest = 0;
  #largest = 0;
  /** Bits the record is aligned to, as far as its members were placed. */
  align: number;
  /** Whether an alignment was asked for, of the record or of a member. */
  ownAlign: boolean;

  constructor(record: RecordType) {
    this.#union = record.union;
    this.#recordPacked = record.packed;
    this.#limit = record.packLimit * 8;
    this.align = Math.max(1, record.minimumAlign) * 8;
    this.ownAlign = record.minimumAlign !== 0;
    this.#unit = Math.max(this.align, BIGGEST_ALIGNMENT * 8);
  }

  /** Bits taken so far. */
  get bits(): number {
    return this.#union ? this.#largest : this.#base + this.#rest;
  }

  /** Takes the place of the next member. */
  place(member: MeasuredMember): MemberPlace {
    const width = member.bitWidth;
    const typeAlign = member.typeAlign * 8;
    const packed = member.packed || (this.#recordPacked && (width !== undefined || typeAlign > 8));
    const known = this.#union ? 0 : this.#knownAlign();
    // A bit-field that is just a machine integer where it would lie is laid out as one.
    const machine = width === undefined ? 0 : integerModeAlign(width);
    const whole = machine !== 0 && !(machine > 8 && packed) && (known === 0 || known >= machine);
    const align = this.#wantedAlign(member, typeAlign, packed, whole ? machine : 1);
    const ownAlign = asksForAlign(member, packed);
    this.#raiseAlign(align, width, typeAlign, packed);
    this.ownAlign ||= ownAlign || (width !== undefined && member.typeOwnAlign);
    if (this.#union) {
      this.#largest = Math.max(this.#largest, roundUp(width ?? member.size * 8, 8));
      return { bit: 0, align, ownAlign };
    }
    if ((known === 0 ? Math.max(BIGGEST_ALIGNMENT * 8, this.align) : known) < align) this.#alignTo(align);
    if (width !== undefined && width > 0 && !whole && !packed && this.#limit === 0) {
      this.#keepInContainer(width, member.size * 8, typeAlign);
    }
    this.#normalize();
    const bit = this.#base + this.#rest;
    this.#rest += width ?? member.size * 8;
    this.#normalize();
    return { bit, align, ownAlign };
  }

  /** A bit-field does not span more containers of its type's alignment than its type does (AAPCS64 5.9.2). */
  #keepInContainer(width: number, typeSize: number, typeAlign: number): void {
    const inUnit = (this.#base + this.#rest) % typeAlign;
    const spanned = Math.ceil((inUnit + width) / typeAlign);
    if (spanned > Math.floor(typeSize / typeAlign)) this.#rest = roundUp(this.#rest, typeAlign);
  }

  /** What the position so far is a multiple of; 0 at the very start. */
  #knownAlign(): number {
    if (this.#rest !== 0) return lowestBit(this.#rest);
    return this.#base === 0 ? 0 : lowestBit(this.#base);
  }

  /** The alignment of the member itself; 1 for a bit-field that may follow its predecessor directly. */
  #wantedAlign(member: MeasuredMember, typeAlign: number, packed: boolean, least: number): number {
    let align = Math.max(1, member.align * 8);
    if (member.bitWidth === undefined) {
      if (packed) align = member.align === 0 ? Math.min(typeAlign, 8) : align;
      else align = Math.max(align, typeAlign);
    } else if (member.bitWidth === 0) {
      // A zero-width bit-field ends its container whatever is packed.
      return Math.max(align, typeAlign);
    } else {
      align = Math.max(align, least);
      if (packed && member.align === 0) align = Math.min(align, 8);
    }
    return this.#limit === 0 ? align : Math.min(align, this.#limit);
  }

  /** A bit-field, named or not, gives the record the alignment of its container type (AAPCS64 5.9.3). */
  #raiseAlign(wanted: number, width: number | undefined, typeAlign: number, packed: boolean): void {
    this.align = Math.max(this.align, wanted);
    if (width === undefined) return;
    let implied = typeAlign;
    if (width > 0 && this.#limit !== 0) implied = Math.min(implied, this.#limit);
    else if (width > 0 && packed) implied = Math.min(implied, 8);
    this.align = Math.max(this.align, implied);
  }

  #alignTo(align: number): void {
    if (align < this.#unit) this.#rest = roundUp(this.#rest, align);
    else {
      this.#base = roundUp(this.#base + roundUp(this.#rest, 8), align);
      this.#rest = 0;
    }
  }

  #normalize(): void {
    if (this.#rest < this.#unit) return;
    const whole = Math.floor(this.#rest / this.#unit) * this.#unit;
    this.#base += whole;
    this.#rest -= whole;
  }
}

/**
 * Whether the alignment of `member` counts as asked for: by an attribute of its own, unless its type's, which is not
 * asked for, is stricter; or by one of its type.
 */
function asksForAlign(member: MeasuredMember, packed: boolean): boolean {
  const own = member.align !== 0;
  if ((member.bitWidth !== undefined && member.bitWidth !== 0) || (packed && own)) return own;
  return member.typeAlign > member.align ? member.typeOwnAlign : own;
}

/** The alignment, in bits, of the machine integer of exactly `width` bits; 0 where there is none. */
function integerModeAlign(width: number): number {
  return width === 8 || width === 16 || width === 32 || width === 64 || width === 128 ? width : 0;
}

function lowestBit(n: number): number {
  // Beyond 32 bits the bit operators do not reach; the low word decides unless it is zero.
  const low = n % 2 ** 32;
  return low !== 0 ? (low & -low) >>> 0 : 2 ** 32;
}

export function roundUp(n: number, to: number): number {
  return Math.ceil(n / to) * to;
}
