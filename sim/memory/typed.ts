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

/** A path worked out: what remains to be done each time is to follow the pointers on its way. */
interface KnownPath {
  /** Physical address of the object it begins with. */
  readonly start: bigint;
  /** The places of its pointers, then its own, each at its offset from where the one before leads, the first from `start`. */
  readonly parts: readonly TypedPlace[];
  /** What it names, where there is no pointer on the way. */
  readonly place: TypedPlace | undefined;
  /** Why it has no single value, or undefined. */
  readonly notScalar: string | undefined;
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
    return this.#placeOf(path, this.#known(path));
  }

  /**
   * The value of the integer, pointer, enumeration, bit-field or vector that `path` names, as an unsigned number. Throws
   * SourceError as `resolve` does, and for a struct, union or array.
   */
  read(path: string): bigint {
    return this.#readPlace(this.#scalar(path));
  }

  /**
   * Writes the low bits of `value` to what `path` names; journalled, as a store by physical address. Throws SourceError as
   * `read` does.
   */
  write(path: string, value: bigint): void {
    this.#writePlace(this.#scalar(path), value);
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
    const known = new Map<string, { readonly path: string; readonly known: KnownPath }>();
    const find = (member: string) => {
      let found = known.get(member);
      if (found === undefined) {
        const path = `${name}.${member}`;
        found = { path, known: this.#known(path) };
        known.set(member, found);
      }
      return found;
    };
    return {
      read: (member) => {
        const { path, known } = find(member);
        return this.#readPlace(this.#scalar(path, known));
      },
      write: (member, value) => {
        const { path, known } = find(member);
        this.#writePlace(this.#scalar(path, known), value);
      },
    };
  }

  #known(path: string): KnownPath {
    let known = this.#paths.get(path);
    if (known === undefined) {
      known = this.#workOut(path);
      this.#paths.set(path, known);
    }
    return known;
  }

  #workOut(path: string): KnownPath {
    const name = /^[A-Za-z_$][A-Za-z0-9_$]*/.exec(path)?.[0] ?? '';
    const found = this.#regions.get(name);
    if (found === undefined) {
      const known = [...this.#regions.keys()].join(', ');
      throw new SourceError(`'${path}' begins with no known object; there are ${known || 'none'}`);
    }
    const { region } = found;
    const start = region.pa;
    const parts = partsOf(region.type, path.slice(name.length).replace(/^\./, ''), region.bigEndian ?? false);
    const own = parts.at(-1)!;
    const place = parts.length === 1 ? movedBy(own, start) : undefined;
    return { start, parts, place, notScalar: whyNotScalar(path, own) };
  }

  #placeOf(path: string, { start, parts, place }: KnownPath): TypedPlace {
    if (place !== undefined) return place;
    let base = start;
    for (let n = 0; n < parts.length - 1; n++) base = this.#target(path, movedBy(parts[n]!, base));
    return movedBy(parts.at(-1)!, base);
  }

  #scalar(path: string, known = this.#known(path)): TypedPlace {
    const place = this.#placeOf(path, known);
    if (known.notScalar !== undefined) throw new SourceError(known.notScalar);
    this.#requireRam(path, place);
    return place;
  }

  /** Where the pointer at `place` leads. */
  #target(path: string, place: TypedPlace): bigint {
    this.#requireRam(path, place);
    const address = this.#readUnit(place);
    const target = this.#follow(address);
    if (target !== undefined) return target;
    const pointer = this.fieldAt(place.pa, place.size) ?? 'a pointer';
    throw new SourceError(`in the path '${path}', ${pointer} is 0x${address.toString(16)}, which leads nowhere`);
  }

  #requireRam(path: string, { pa, size }: TypedPlace): void {
    if (this.#memory.physical.hasRam(pa, size)) return;
    throw new SourceError(`'${path}' is at physical address 0x${pa.toString(16)}, where there is no RAM`);
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

/** The parts of paths in types of each byte order that were asked for before: machines of one kernel share its types. */
const knownParts = {
  little: new WeakMap<CType, Map<string, TypedPlace[]>>(),
  big: new WeakMap<CType, Map<string, TypedPlace[]>>(),
};

/** The places of the pointers of a path inside an object of type `type`, then that of what it names. */
function partsOf(type: CType, path: string, bigEndian: boolean): readonly TypedPlace[] {
  const byType = bigEndian ? knownParts.big : knownParts.little;
  const byPath = byType.get(type) ?? new Map<string, TypedPlace[]>();
  byType.set(type, byPath);
  const known = byPath.get(path);
  if (known !== undefined) return known;
  const parts = resolveSteps(type, path).map((step) => placeOf(step, bigEndian));
  byPath.set(path, parts);
  return parts;
}

/** A part of a path as a place from where it begins. */
function placeOf({ offset, type, bitOffset, bitWidth, unitSize }: Located, bigEndian: boolean): TypedPlace {
  const place = { pa: BigInt(offset), size: unitSize ?? sizeOf(type), type, bigEndian };
  return bitWidth === undefined ? place : { ...place, bitOffset, bitWidth };
}

function movedBy(place: TypedPlace, base: bigint): TypedPlace {
  return { ...place, pa: place.pa + base };
}

function whyNotScalar(path: string, { type, size }: TypedPlace): string | undefined {
  const { kind } = bare(type);
  if (kind === 'record' || kind === 'array' || kind === 'function' || kind === 'void')
    return `'${path}' is of type '${typeText(type)}' and has no single value`;
  return size > LARGEST_SCALAR ? `'${path}' has ${size} bytes, too many for one value` : undefined;
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
