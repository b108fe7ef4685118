/**
 * Memory seen through C types: `vcpu.arch.debug_ptr->dbg_bcr[2]` to a physical address, a type and a value, and a
 * physical address back to `vcpu.arch.vcpu_debug_state.dbg_bcr[2]`. The layout is asm/c's; where objects begin is told
 * to `add`, and where a pointer leads to the function given to the constructor.
 */
import { sizeOf } from '../../asm/c/layout.ts';
import { type Located, OffsetNames, resolveSteps } from '../../asm/c/path.ts';
import { typeText } from '../../asm/c/type-text.ts';
import { bare, type CType } from '../../asm/c/types.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { Memory } from './memory.ts';

/** An object in memory that paths may begin with. */
export interface TypedRegion {
  readonly name: string;
  readonly pa: bigint;
  readonly type: CType;
  /** Its integers have their most significant byte first. Default: the last. */
  readonly bigEndian?: boolean;
}

/** What a path names. */
export interface TypedPlace {
  readonly pa: bigint;
  /** Bytes; of a bit-field, of its storage unit. */
  readonly size: number;
  readonly type: CType;
  /** Only of a bit-field: its lowest bit in the storage unit, and how many bits it has. */
  readonly bitOffset?: number;
  readonly bitWidth?: number;
  readonly bigEndian: boolean;
}

/** An object in memory by itself. */
export interface TypedObject {
  read(member: string): bigint;
  write(member: string, value: bigint): void;
}

interface NamedRegion {
  readonly region: TypedRegion;
  readonly size: bigint;
  readonly names: OffsetNames;
}

/** A path inside a type, worked out. */
interface Member {
  readonly path: string;
  /** The places of its pointers, then its own, each at its offset from where the one before leads, the first from the object. */
  readonly parts: readonly TypedPlace[];
  readonly own: TypedPlace;
  readonly isScalar: boolean;
}

/** A path worked out: what remains to be done each time is to follow the pointers on its way. */
interface KnownPath {
  /** The object it begins with. */
  readonly region: TypedRegion;
  readonly member: Member;
  /** What it names, where there is no pointer on the way. */
  readonly place: TypedPlace | undefined;
}

/** Bytes of the largest scalar: an unsigned __int128, or a vector register. */
const LARGEST_SCALAR = 16;

export class TypedMemory {
  readonly #memory: Memory;
  readonly #follow: (address: bigint) => bigint | undefined;
  readonly #regions = new Map<string, NamedRegion>();
  /** The paths that were asked for before. */
  readonly #paths = new Map<string, KnownPath>();

  /** `follow` gives the physical address that a pointer's value leads to, or undefined where it leads nowhere. */
  constructor(memory: Memory, follow: (address: bigint) => bigint | undefined) {
    this.#memory = memory;
    this.#follow = follow;
  }

  /** Names an object. Of objects that overlap the one added last names the bytes. Throws RangeError for a second `name`. */
  add(region: TypedRegion): void {
    if (this.#regions.has(region.name)) throw new RangeError(`'${region.name}' names an object already`);
    const size = BigInt(sizeOf(region.type));
    this.#regions.set(region.name, { region, size, names: new OffsetNames(region.type) });
  }

  get regions(): readonly TypedRegion[] {
    return [...this.#regions.values()].map(({ region }) => region);
  }

  /** The path of the `size` bytes at physical address `pa` (see describeOffset of asm/c), or undefined outside all objects. */
  fieldAt(pa: bigint, size: number): string | undefined {
    let found: NamedRegion | undefined;
    for (const candidate of this.#regions.values()) {
      const offset = pa - candidate.region.pa;
      if (offset >= 0n && offset < candidate.size) found = candidate;
    }
    if (found === undefined) return undefined;
    const { region, names } = found;
    const path = names.at(Number(pa - region.pa), size);
    return path === undefined || path === '' || /^[[+]/.test(path)
      ? `${region.name}${path ?? ''}`
      : `${region.name}.${path}`;
  }

  /** Throws SourceError where `path` begins with no object, or names no member; where pointers lead is not looked at. */
  check(path: string): void {
    this.#known(path);
  }

  /**
   * What `path` names. Throws SourceError where there is no such object or member, an index is past the end, or a pointer
   * on the way leads nowhere.
   */
  resolve(path: string): TypedPlace {
    return this.#placeOf(this.#known(path));
  }

  /**
   * The value of the integer, pointer, enumeration, bit-field or vector that `path` names, as an unsigned number. Throws
   * SourceError as `resolve` does, and for a struct, union or array.
   */
  read(path: string): bigint {
    return this.#readPlace(this.#scalar(this.#known(path)));
  }

  /**
   * Writes the low bits of `value` to what `path` names; journalled, as a store by physical address. Throws SourceError as
   * `read` does.
   */
  write(path: string, value: bigint): void {
    this.#writePlace(this.#scalar(this.#known(path)), value);
  }

  #readPlace(place: TypedPlace): bigint {
    return bitField(place, this.#readUnit(place));
  }

  #writePlace(place: TypedPlace, value: bigint): void {
    const bits = BigInt.asUintN(place.bitWidth ?? 8 * place.size, value);
    const others = place.bitWidth === undefined ? 0n : this.#readUnit(place) & ~fieldMask(place);
    this.#writeUnit(place, others | (bits << BigInt(place.bitOffset ?? 0)));
  }

  /**
   * Reads and writes members of the object called `name` by paths inside it, as `read` and `write` do with the name before
   * them, for who asks often.
   */
  object(name: string): TypedObject {
    const known = new Map<string, KnownPath>();
    const find = (member: string) => {
      let found = known.get(member);
      if (found === undefined) {
        found = this.#workOut(name, member);
        known.set(member, found);
      }
      return found;
    };
    return {
      read: (member) => this.#readPlace(this.#scalar(find(member))),
      write: (member, value) => this.#writePlace(this.#scalar(find(member)), value),
    };
  }

  #known(path: string): KnownPath {
    let known = this.#paths.get(path);
    if (known === undefined) {
      const name = /^[A-Za-z_$][A-Za-z0-9_$]*/.exec(path)?.[0] ?? '';
      known = this.#workOut(name, path.slice(name.length).replace(/^\./, ''), path);
      this.#paths.set(path, known);
    }
    return known;
  }

  #workOut(name: string, inside: string, path = `${name}.${inside}`): KnownPath {
    const found = this.#regions.get(name);
    if (found === undefined) {
      const known = [...this.#regions.keys()].join(', ');
      throw new SourceError(`'${path}' begins with no known object; there are ${known || 'none'}`);
    }
    const { region } = found;
    const member = memberOf(region, inside);
    const place = member.parts.length === 1 ? movedBy(member.own, region.pa) : undefined;
    return { region, member, place };
  }

  #placeOf(known: KnownPath): TypedPlace {
    if (known.place !== undefined) return known.place;
    const { parts, own } = known.member;
    let base = known.region.pa;
    for (let n = 0; n < parts.length - 1; n++) base = this.#target(known, movedBy(parts[n]!, base));
    return movedBy(own, base);
  }

  #scalar(known: KnownPath): TypedPlace {
    const place = this.#placeOf(known);
    if (!known.member.isScalar) throw new SourceError(notScalar(pathOf(known), known.member.own));
    this.#requireRam(known, place);
    return place;
  }

  /** Where the pointer at `place`, on the way of a path, leads. */
  #target(known: KnownPath, place: TypedPlace): bigint {
    this.#requireRam(known, place);
    const address = this.#readUnit(place);
    const target = this.#follow(address);
    if (target !== undefined) return target;
    const pointer = this.fieldAt(place.pa, place.size) ?? 'a pointer';
    const value = `0x${address.toString(16)}`;
    throw new SourceError(`in the path '${pathOf(known)}', ${pointer} is ${value}, which leads nowhere`);
  }

  #requireRam(known: KnownPath, { pa, size }: TypedPlace): void {
    if (this.#memory.physical.hasRam(pa, size)) return;
    throw new SourceError(`'${pathOf(known)}' is at physical address 0x${pa.toString(16)}, where there is no RAM`);
  }

  #readUnit({ pa, size, bigEndian }: TypedPlace): bigint {
    const { physical } = this.#memory;
    if (!bigEndian && size === 16) return (physical.read(pa + 8n, 8) << 64n) | physical.read(pa, 8);
    if (!bigEndian && (size === 8 || size === 4 || size === 2 || size === 1)) return physical.read(pa, size);
    const bytes = physical.readBytes(pa, size);
    if (!bigEndian) bytes.reverse();
    return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  #writeUnit({ pa, size, bigEndian }: TypedPlace, value: bigint): void {
    // Pieces of up to 8 bytes, lowest address first; a size that is no power of two goes byte by byte.
    const step = [1, 2, 4, 8, 16].includes(size) ? Math.min(size, 8) : 1;
    for (let offset = 0; offset < size; offset += step) {
      const shift = BigInt(8 * (bigEndian ? size - step - offset : offset));
      const piece = BigInt.asUintN(8 * step, value >> shift);
      this.#memory.poke(pa + BigInt(offset), step, bigEndian ? swapBytes(piece, step) : piece);
    }
  }
}

/** The members of types in each byte order that were asked for before: machines of one kernel share its types. */
const knownMembers = {
  little: new WeakMap<CType, Map<string, Member>>(),
  big: new WeakMap<CType, Map<string, Member>>(),
};

/** What `path` names inside an object of the region's type. */
function memberOf({ type, bigEndian = false }: TypedRegion, path: string): Member {
  const byType = bigEndian ? knownMembers.big : knownMembers.little;
  let byPath = byType.get(type);
  if (byPath === undefined) {
    byPath = new Map();
    byType.set(type, byPath);
  }
  let member = byPath.get(path);
  if (member === undefined) {
    const parts = resolveSteps(type, path).map((step) => placeOf(step, bigEndian));
    const own = parts.at(-1)!;
    member = { path, parts, own, isScalar: isScalar(own) };
    byPath.set(path, member);
  }
  return member;
}

function pathOf({ region, member: { path } }: KnownPath): string {
  return path === '' || path.startsWith('[') ? `${region.name}${path}` : `${region.name}.${path}`;
}

/** A part of a path as a place from where it begins. */
function placeOf({ offset, type, bitOffset, bitWidth, unitSize }: Located, bigEndian: boolean): TypedPlace {
  const place = { pa: BigInt(offset), size: unitSize ?? sizeOf(type), type, bigEndian };
  return bitWidth === undefined ? place : { ...place, bitOffset, bitWidth };
}

function movedBy({ pa, size, type, bitOffset, bitWidth, bigEndian }: TypedPlace, base: bigint): TypedPlace {
  return { pa: pa + base, size, type, bitOffset, bitWidth, bigEndian };
}

function hasParts(type: CType): boolean {
  return ['record', 'array', 'function', 'void'].includes(bare(type).kind);
}

function isScalar({ type, size }: TypedPlace): boolean {
  return !hasParts(type) && size <= LARGEST_SCALAR;
}

/** Says why what `path` names is no scalar. */
function notScalar(path: string, { type, size }: TypedPlace): string {
  if (hasParts(type)) return `'${path}' is of type '${typeText(type)}' and has no single value`;
  return `'${path}' has ${size} bytes, too many for one value`;
}

function fieldMask({ bitOffset = 0, bitWidth = 0 }: TypedPlace): bigint {
  return ((1n << BigInt(bitWidth)) - 1n) << BigInt(bitOffset);
}

function bitField(place: TypedPlace, unit: bigint): bigint {
  return place.bitWidth === undefined ? unit : (unit & fieldMask(place)) >> BigInt(place.bitOffset ?? 0);
}

function swapBytes(value: bigint, size: number): bigint {
  let swapped = 0n;
  for (let n = 0; n < size; n++) swapped = (swapped << 8n) | ((value >> BigInt(8 * n)) & 0xffn);
  return swapped;
}
