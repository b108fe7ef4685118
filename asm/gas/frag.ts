/**
 * Fragments, subsections and sections while they are assembled.
 *
 * The contents of a section are a chain of fragments. A fragment holds bytes that are known and ends in at most one
 * part whose size is not known before layout: an alignment, an .org, a .space by a symbol, a LEB128 of a symbol.
 * Distances inside a fragment, and across fragments of known size, are known while assembling; that decides what
 * .if and .rept accept.
 */
import type { Fixup } from './fixup.ts';
import type { LiteralPool } from './literal-pool.ts';
import type { Statement } from './statement.ts';
import type { GasSymbol } from './symbol.ts';

/** What follows the known bytes of a fragment. */
export type Tail =
  /** `count` times the pattern. */
  | {
      readonly kind: 'fill';
      readonly pattern: Uint8Array;
      readonly count: number;
    }
  /** Padding to a multiple of 2 ** power, unless it would be more than `limit` bytes (0: no limit). */
  | {
      readonly kind: 'align';
      readonly power: number;
      readonly pattern: Uint8Array;
      readonly limit: number;
      /** Padding in code: zeros up to a word boundary, then NOPs. */
      readonly code: boolean;
    }
  /** Up to offset `target` + `offset` of the section. */
  | {
      readonly kind: 'org';
      readonly target: GasSymbol | undefined;
      readonly offset: bigint;
      readonly fill: number;
    }
  /** As many bytes as the value of `count`. */
  | {
      readonly kind: 'space';
      readonly count: GasSymbol;
      readonly pattern: Uint8Array;
    }
  | {
      readonly kind: 'leb128';
      readonly value: GasSymbol;
      readonly signed: boolean;
    };

const NO_TAIL: Tail = { kind: 'fill', pattern: new Uint8Array(0), count: 0 };

export class Frag {
  /** The known bytes are `bytes[0]` to `bytes[size - 1]`. */
  bytes: Uint8Array;
  size = 0;
  tail: Tail = NO_TAIL;
  next: Frag | undefined;
  /** Offset into the section, in bytes, once laid out. */
  address = 0;
  /** Size of the tail in bytes, once laid out. */
  tailSize = 0;
  /** The statement that made the tail. */
  statement: Statement | undefined;
  /** The mapping symbols at offset 0 and at the greatest offset of the fragment. */
  firstMap: GasSymbol | undefined;
  lastMap: GasSymbol | undefined;

  constructor(capacity = 32) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes, all zero, and returns the offset of the first. */
  grow(count: number): number {
    const at = this.size;
    this.size += count;
    if (this.size > this.bytes.length) {
      const wider = new Uint8Array(Math.max(this.size, this.bytes.length * 2));
      wider.set(this.bytes.subarray(0, at));
      this.bytes = wider;
    }
    return at;
  }

  append(bytes: ArrayLike<number>): void {
    const at = this.grow(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Size of the whole in bytes where it is known before layout, or undefined. */
  get fixedSize(): number | undefined {
    return this.tail.kind === 'fill' ? this.size + this.tail.pattern.length * this.tail.count : undefined;
  }
}

/**
 * The distance in bytes from the start of `from` to the start of `to` where it is known: before layout that is across
 * fragments of known size only.
 */
export function fixedDistance(from: Frag, to: Frag): number | undefined {
  if (from === to) return 0;
  return distanceForward(from, to) ?? negated(distanceForward(to, from));
}

function distanceForward(from: Frag, to: Frag): number | undefined {
  let distance = 0;
  for (let frag: Frag | undefined = from; frag !== undefined; frag = frag.next) {
    if (frag === to) return distance;
    const size = frag.fixedSize;
    if (size === undefined) return undefined;
    distance += size;
  }
  return undefined;
}

function negated(distance: number | undefined): number | undefined {
  return distance === undefined ? undefined : -distance;
}

/** The fragment of symbols that are in no section's contents. */
export const NO_FRAG = new Frag(0);

export class Subsection {
  readonly number: number;
  readonly first = new Frag();
  last: Frag = this.first;
  readonly fixups: Fixup[] = [];
  /** By size of the entries in bytes: 4, 8, 16. */
  readonly pools = new Map<number, LiteralPool>();

  constructor(number: number) {
    this.number = number;
  }

  /** Ends the last fragment with `tail` and opens a new one. */
  close(tail: Tail, statement: Statement | undefined): void {
    this.last.tail = tail;
    this.last.statement = statement;
    const next = new Frag();
    this.last.next = next;
    this.last = next;
  }
}

export type SectionKind = 'normal' | 'undefined' | 'absolute' | 'common' | 'expression' | 'register';

/** Whether a section's contents since the last mapping symbol are code or data ('none': no mapping symbol so far). */
export type MapState = 'none' | 'code' | 'data';

export class GasSection {
  readonly name: string;
  readonly kind: SectionKind;
  /** SHT_* and SHF_* */
  type = 0;
  flags = 0;
  entrySize = 0;
  /** The alignment is 2 ** alignmentPower bytes. */
  alignmentPower = 0;
  /** Contents take no room in the file: .bss and @nobits sections. */
  bss = false;
  group: string | undefined;
  comdat = false;
  linkedTo: string | undefined;
  linkIndex: number | undefined;
  info = 0;
  /** The number after `unique,`. */
  uniqueId: number | undefined;
  /** The symbol with which relocations name the section. */
  symbol!: GasSymbol;
  mapState: MapState = 'none';
  /** Ordered by number. */
  readonly subsections: Subsection[] = [];
  /** In bytes, once laid out. */
  size = 0;

  constructor(name: string, kind: SectionKind = 'normal') {
    this.name = name;
    this.kind = kind;
  }

  subsection(number: number): Subsection {
    let at = 0;
    while (at < this.subsections.length && this.subsections[at]!.number < number) at++;
    const found = this.subsections[at];
    if (found?.number === number) return found;
    const made = new Subsection(number);
    this.subsections.splice(at, 0, made);
    return made;
  }

  recordAlignment(power: number): void {
    if (power > this.alignmentPower) this.alignmentPower = power;
  }
}

export const UNDEFINED = new GasSection('*UND*', 'undefined');
export const ABSOLUTE = new GasSection('*ABS*', 'absolute');
export const COMMON = new GasSection('*COM*', 'common');
/** The section of symbols that stand for an expression. */
export const EXPRESSION = new GasSection('*EXPR*', 'expression');
