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

/** A path of this memory: an object, and what is inside it. */
interface KnownPath {
  readonly region: TypedRegion;
  readonly member: Member;
}

/** Bytes of the largest scalar: an unsigned __int128, or a vector register. */
const LARGEST_SCALAR = 16;

export class TypedMemory {
  readonly #memory: Memory;
  readonly #follow: (address: bigint) => bigint | undefined;
  readonly #regions = new Map<string, NamedRegion>();

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
    const known = this.#known(path);
    return movedBy(known.member.own, this.#baseOf(known));
  }

  /**
   * The value of the integer, pointer, enumeration, bit-field or vector that `path` names, as an unsigned number. Throws
   * SourceError as `resolve` does, and for a struct, union or array.
   */
  read(path: string): bigint {
    return this.#readAt(...this.#scalar(this.#known(path)));
  }

  /**
   * Writes the low bits of `value` to what `path` names; journalled, as a store by physical address. Throws SourceError as
   * `read` does.
   */
  write(path: string, value: bigint): void {
    this.#writeAt(...this.#scalar(this.#known(path)), value);
  }

  /**
   * Reads and writes members of the object called `name` by paths inside it, as `read` and `write` do with the name before
   * them, for who asks often. The object may be added later.
   */
  object(name: string): TypedObject {
    let region: TypedRegion | undefined;
    const find = (path: string): KnownPath => {
      region ??= this.#region(name, `${name}.${path}`);
      return { region, member: memberOf(region, path) };
    };
    return {
      read: (path) => this.#readAt(...this.#scalar(find(path))),
      write: (path, value) => this.#writeAt(...this.#scalar(find(path)), value),
    };
  }

  #known(path: string): KnownPath {
    const { name, inside } = partsOf(path);
    const region = this.#region(name, path);
    return { region, member: memberOf(region, inside) };
  }

  /** The object called `name`, with which `path` begins. */
  #region(name: string, path: string): TypedRegion {
    const found = this.#regions.get(name);
    if (found !== undefined) return found.region;
    const known = [...this.#regions.keys()].join(', ');
    throw new SourceError(`'${path}' begins with no known object; there are ${known || 'none'}`);
  }

  /** The physical address from which the path's last part is counted: that of its object, or where its last pointer leads. */
  #baseOf(known: KnownPath): bigint {
    const { parts } = known.member;
    let base = known.region.pa;
    for (let n = 0; n < parts.length - 1; n++) base = this.#target(known, parts[n]!, base);
    return base;
  }

  /** The path's last part, which is a scalar, and where it is counted from. */
  #scalar(known: KnownPath): [part: TypedPlace, base: bigint] {
    const base = this.#baseOf(known);
    const { own, isScalar } = known.member;
    if (!isScalar) throw new SourceError(notScalar(pathOf(known), own));
    this.#requireRam(known, own, base);
    return [own, base];
  }

  /** Where the pointer leads that is `part`, on the way of a path. */
  #target(known: KnownPath, part: TypedPlace, base: bigint): bigint {
    this.#requireRam(known, part, base);
    const address = this.#readUnit(part, base);
    const target = this.#follow(address);
    if (target !== undefined) return target;
    const pointer = this.fieldAt(part.pa + base, part.size) ?? 'a pointer';
    const value = `0x${address.toString(16)}`;
    throw new SourceError(`in the path '${pathOf(known)}', ${pointer} is ${value}, which leads nowhere`);
  }

  #requireRam(known: KnownPath, part: TypedPlace, base: bigint): void {
    const pa = part.pa + base;
    if (this.#memory.physical.hasRam(pa, part.size)) return;
    throw new SourceError(`'${pathOf(known)}' is at physical address 0x${pa.toString(16)}, where there is no RAM`);
  }

  #readAt(part: TypedPlace, base: bigint): bigint {
    return bitField(part, this.#readUnit(part, base));
  }

  #writeAt(part: TypedPlace, base: bigint, value: bigint): void {
    const bits = BigInt.asUintN(part.bitWidth ?? 8 * part.size, value);
    const others = part.bitWidth === undefined ? 0n : this.#readUnit(part, base) & ~fieldMask(part);
    this.#writeUnit(part, base, others | (bits << BigInt(part.bitOffset ?? 0)));
  }

  #readUnit({ pa: offset, size, bigEndian }: TypedPlace, base: bigint): bigint {
    const { physical } = this.#memory;
    const pa = base + offset;
    if (!bigEndian && size === 16) return (physical.read(pa + 8n, 8) << 64n) | physical.read(pa, 8);
    if (!bigEndian && (size === 8 || size === 4 || size === 2 || size === 1)) return physical.read(pa, size);
    const bytes = physical.readBytes(pa, size);
    if (!bigEndian) bytes.reverse();
    return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  #writeUnit({ pa: offset, size, bigEndian }: TypedPlace, base: bigint, value: bigint): void {
    const pa = base + offset;
    if (size === 8 && !bigEndian) {
      this.#memory.poke(pa, 8, value);
      return;
    }
    // Pieces of up to 8 bytes, lowest address first; a size that is no power of two goes byte by byte.
    const step = [1, 2, 4, 8, 16].includes(size) ? Math.min(size, 8) : 1;
    for (let done = 0; done < size; done += step) {
      const shift = BigInt(8 * (bigEndian ? size - step - done : done));
      const piece = BigInt.asUintN(8 * step, value >> shift);
      this.#memory.poke(pa + BigInt(done), step, bigEndian ? swapBytes(piece, step) : piece);
    }
  }
}

/** The name that a path begins with, and the rest without the dot between. */
interface PathParts {
  readonly name: string;
  readonly inside: string;
}

const knownParts = new Map<string, PathParts>();

function partsOf(path: string): PathParts {
  let parts = knownParts.get(path);
  if (parts === undefined) {
    const name = /^[A-Za-z_$][A-Za-z0-9_$]*/.exec(path)?.[0] ?? '';
    parts = { name, inside: path.slice(name.length).replace(/^\./, '') };
    knownParts.set(path, parts);
  }
  return parts;
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
