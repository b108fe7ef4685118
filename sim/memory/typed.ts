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
import { readView } from './physical.ts';

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

/** An object in memory by itself: as TypedMemory's methods, with paths inside the object. */
export interface TypedObject {
  resolve(member: string): TypedPlace;
  read(member: string): bigint;
  write(member: string, value: bigint): void;
}

interface NamedRegion {
  readonly region: TypedRegion;
  /** Physical address, and size in bytes. */
  readonly base: number;
  readonly size: number;
  readonly names: OffsetNames;
  /** What was asked for in objects of this type and byte order before, by path. */
  readonly members: Map<string, Member>;
}

/** What a TypedPlace says, at an offset in bytes. */
interface Part extends Omit<TypedPlace, 'pa'> {
  readonly offset: number;
}

/** A path inside a type, worked out. */
interface Member {
  readonly path: string;
  /** Its pointers, then what it names itself, each at its offset from where the one before leads, the first from the object. */
  readonly parts: readonly Part[];
  readonly own: Part;
  readonly isScalar: boolean;
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
    const { name, pa, type } = region;
    const names = new OffsetNames(type);
    this.#regions.set(name, { region, base: Number(pa), size: sizeOf(type), names, members: membersOf(region) });
  }

  get regions(): readonly TypedRegion[] {
    return [...this.#regions.values()].map(({ region }) => region);
  }

  /** The path of the `size` bytes at physical address `pa` (see describeOffset of asm/c), or undefined outside all objects. */
  fieldAt(pa: bigint, size: number): string | undefined {
    let found: NamedRegion | undefined;
    for (const candidate of this.#regions.values()) {
      const offset = Number(pa) - candidate.base;
      if (offset >= 0 && offset < candidate.size) found = candidate;
    }
    if (found === undefined) return undefined;
    const { region, base, names } = found;
    const path = names.at(Number(pa) - base, size);
    return path === undefined || path === '' || /^[[+]/.test(path)
      ? `${region.name}${path ?? ''}`
      : `${region.name}.${path}`;
  }

  /** Throws SourceError where `path` begins with no object, or names no member; where pointers lead is not looked at. */
  check(path: string): void {
    const { name, inside } = partsOf(path);
    memberOf(this.#region(name, path), inside);
  }

  /**
   * What `path` names. Throws SourceError where there is no such object or member, an index is past the end, or a pointer
   * on the way leads nowhere.
   */
  resolve(path: string): TypedPlace {
    const { name, inside } = partsOf(path);
    return this.#resolve(this.#region(name, path), inside);
  }

  /**
   * The value of the integer, pointer, enumeration, bit-field or vector that `path` names, as an unsigned number. Throws
   * SourceError as `resolve` does, and for a struct, union or array.
   */
  read(path: string): bigint {
    const { name, inside } = partsOf(path);
    return this.#read(this.#region(name, path), inside);
  }

  /**
   * Writes the low bits of `value` to what `path` names; journalled, as a store by physical address. Throws SourceError as
   * `read` does.
   */
  write(path: string, value: bigint): void {
    const { name, inside } = partsOf(path);
    this.#write(this.#region(name, path), inside, value);
  }

  /** The object called `name`, for who asks for its members often. It may be added later. */
  object(name: string): TypedObject {
    let known: NamedRegion | undefined;
    const find = (path: string) => {
      known ??= this.#region(name, `${name}.${path}`);
      return known;
    };
    return {
      resolve: (path) => this.#resolve(find(path), path),
      read: (path) => this.#read(find(path), path),
      write: (path, value) => this.#write(find(path), path, value),
    };
  }

  #resolve(object: NamedRegion, path: string): TypedPlace {
    const member = memberOf(object, path);
    const { offset, size, type, bitOffset, bitWidth, bigEndian } = member.own;
    const pa = BigInt(this.#baseOf(object, member) + offset);
    return { pa, size, type, bitOffset, bitWidth, bigEndian };
  }

  #read(object: NamedRegion, path: string): bigint {
    const member = memberOf(object, path);
    const { own } = member;
    const unit = this.#readUnit(own, this.#scalarOffset(object, member));
    return own.bitWidth === undefined ? unit : (unit & fieldMask(own)) >> BigInt(own.bitOffset ?? 0);
  }

  #write(object: NamedRegion, path: string, value: bigint): void {
    const member = memberOf(object, path);
    const { own } = member;
    const offset = this.#scalarOffset(object, member);
    if (own.bitWidth === undefined) {
      this.#writeUnit(own, offset, value);
    } else {
      const others = this.#readUnit(own, offset) & ~fieldMask(own);
      this.#writeUnit(own, offset, others | (BigInt.asUintN(own.bitWidth, value) << BigInt(own.bitOffset ?? 0)));
    }
  }

  /** The object called `name`, with which `path` begins. */
  #region(name: string, path: string): NamedRegion {
    const found = this.#regions.get(name);
    if (found !== undefined) return found;
    const known = [...this.#regions.keys()].join(', ');
    throw new SourceError(`'${path}' begins with no known object; there are ${known || 'none'}`);
  }

  /** The physical address from which the path's last part is counted: that of its object, or where its last pointer leads. */
  #baseOf(object: NamedRegion, member: Member): number {
    const { parts } = member;
    let { base } = object;
    for (let n = 0; n < parts.length - 1; n++) base = this.#target(object, member, parts[n]!, base);
    return base;
  }

  /** Where in RAM the path's last part is, which is a scalar. */
  #scalarOffset(object: NamedRegion, member: Member): number {
    const base = this.#baseOf(object, member);
    if (!member.isScalar) throw new SourceError(notScalar(pathOf(object, member), member.own));
    return this.#ramOffset(object, member, member.own, base);
  }

  /** Where the pointer leads that is `part`, on the way of a path. */
  #target(object: NamedRegion, member: Member, part: Part, base: number): number {
    const address = this.#readUnit(part, this.#ramOffset(object, member, part, base));
    const target = this.#follow(address);
    if (target !== undefined) return Number(target);
    const pointer = this.fieldAt(BigInt(base + part.offset), part.size) ?? 'a pointer';
    const value = `0x${address.toString(16)}`;
    throw new SourceError(`in the path '${pathOf(object, member)}', ${pointer} is ${value}, which leads nowhere`);
  }

  #ramOffset(object: NamedRegion, member: Member, part: Part, base: number): number {
    const { physical } = this.#memory;
    const pa = base + part.offset;
    const offset = physical.offsetOf(pa);
    if (offset >= 0 && offset + part.size <= physical.size) return offset;
    const path = pathOf(object, member);
    throw new SourceError(`'${path}' is at physical address 0x${pa.toString(16)}, where there is no RAM`);
  }

  #readUnit({ size, bigEndian }: Part, offset: number): bigint {
    const { physical } = this.#memory;
    if (!bigEndian && (size === 8 || size === 4 || size === 2 || size === 1)) {
      return readView(physical.view, offset, size);
    }
    if (!bigEndian && size === 16) {
      return (readView(physical.view, offset + 8, 8) << 64n) | readView(physical.view, offset, 8);
    }
    const bytes = physical.u8.slice(offset, offset + size);
    if (!bigEndian) bytes.reverse();
    return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  /** Writes the low bytes of `value`. */
  #writeUnit({ size, bigEndian }: Part, offset: number, value: bigint): void {
    if (!bigEndian && (size === 8 || size === 4 || size === 2 || size === 1)) {
      this.#memory.pokeRam(offset, size, value);
      return;
    }
    // Pieces of up to 8 bytes, lowest address first; a size that is no power of two goes byte by byte.
    const step = [1, 2, 4, 8, 16].includes(size) ? Math.min(size, 8) : 1;
    for (let done = 0; done < size; done += step) {
      const shift = BigInt(8 * (bigEndian ? size - step - done : done));
      const piece = BigInt.asUintN(8 * step, value >> shift);
      this.#memory.pokeRam(offset + done, step, bigEndian ? swapBytes(piece, step) : piece);
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

function membersOf({ type, bigEndian = false }: TypedRegion): Map<string, Member> {
  const byType = bigEndian ? knownMembers.big : knownMembers.little;
  let members = byType.get(type);
  if (members === undefined) {
    members = new Map();
    byType.set(type, members);
  }
  return members;
}

/** What `path` names inside `object`. */
function memberOf({ region, members }: NamedRegion, path: string): Member {
  let member = members.get(path);
  if (member === undefined) {
    const { type, bigEndian = false } = region;
    const parts = resolveSteps(type, path).map((step) => partOf(step, bigEndian));
    const own = parts.at(-1)!;
    member = { path, parts, own, isScalar: isScalar(own) };
    members.set(path, member);
  }
  return member;
}

function pathOf({ region }: NamedRegion, { path }: Member): string {
  return path === '' || path.startsWith('[') ? `${region.name}${path}` : `${region.name}.${path}`;
}

/** A part of a path at its offset from where it begins. */
function partOf({ offset, type, bitOffset, bitWidth, unitSize }: Located, bigEndian: boolean): Part {
  return { offset, size: unitSize ?? sizeOf(type), type, bitOffset, bitWidth, bigEndian };
}

function hasParts(type: CType): boolean {
  return ['record', 'array', 'function', 'void'].includes(bare(type).kind);
}

function isScalar({ type, size }: Part): boolean {
  return !hasParts(type) && size <= LARGEST_SCALAR;
}

/** Says why what `path` names is no scalar. */
function notScalar(path: string, { type, size }: Part): string {
  if (hasParts(type)) return `'${path}' is of type '${typeText(type)}' and has no single value`;
  return `'${path}' has ${size} bytes, too many for one value`;
}

function fieldMask({ bitOffset = 0, bitWidth = 0 }: Part): bigint {
  return ((1n << BigInt(bitWidth)) - 1n) << BigInt(bitOffset);
}

function swapBytes(value: bigint, size: number): bigint {
  let swapped = 0n;
  for (let n = 0; n < size; n++) swapped = (swapped << 8n) | ((value >> BigInt(8 * n)) & 0xffn);
  return swapped;
}
