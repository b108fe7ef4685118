/**
 * An Image: code and data at their addresses, with the symbols and source lines that name them. It is what a linker or an
 * executable file gives, and what a machine loads.
 */
import { type Place, positionOf } from '../source/source-file.ts';

/** Consecutive bytes of one section. */
export interface Segment {
  /** Virtual address of the first byte. */
  readonly address: bigint;
  /** The contents in memory: zeros where the file holds none. */
  readonly bytes: Uint8Array;
  /** Name of the section. */
  readonly section: string;
  readonly writable: boolean;
  readonly executable: boolean;
}

export interface ImageSymbol {
  readonly name: string;
  readonly address: bigint;
  /** In bytes, 0 where none was given. */
  readonly size: bigint;
  readonly binding: 'local' | 'global' | 'weak';
  readonly type: 'none' | 'object' | 'function';
}

/** From `address` on, the code comes from `line` of `file`; a row with `end` says where it no longer does. */
export interface ImageLine {
  readonly address: bigint;
  readonly file: string;
  readonly line: number;
  readonly end: boolean;
}

/** What one statement of a source put at `address`. */
export interface ImageOrigin {
  readonly address: bigint;
  /** In bytes. */
  readonly size: number;
  readonly kind: 'instruction' | 'data';
  /** The innermost place, with the macros that led there. */
  readonly place: Place;
}

export interface ImageParts {
  readonly segments: readonly Segment[];
  readonly symbols: readonly ImageSymbol[];
  readonly lines: readonly ImageLine[];
  readonly origins: readonly ImageOrigin[];
  /** Where execution begins, where that is known. */
  readonly entry?: bigint;
}

/** A place in an image, by the symbol it lies in. */
export interface SymbolPlace {
  readonly name: string;
  /** In bytes from the symbol. */
  readonly offset: number;
  /** Bytes from the symbol to the next one, or to the end of the segment. */
  readonly size: number;
}

export class Image {
  /** Ordered by address. */
  readonly segments: readonly Segment[];
  /** Ordered by address. */
  readonly symbols: readonly ImageSymbol[];
  /** Ordered by address. */
  readonly lines: readonly ImageLine[];
  /** Ordered by address. */
  readonly origins: readonly ImageOrigin[];
  readonly entry: bigint | undefined;
  readonly #byName = new Map<string, ImageSymbol>();
  /** Symbols fit to name an address: one for each address, the best where there are several. */
  readonly #names: readonly ImageSymbol[];

  constructor(parts: ImageParts) {
    this.segments = parts.segments.toSorted(byAddress);
    this.symbols = parts.symbols.toSorted(byAddress);
    this.lines = parts.lines.toSorted((a, b) => byAddress(a, b) || Number(b.end) - Number(a.end));
    this.origins = parts.origins.toSorted(byAddress);
    this.entry = parts.entry;
    for (const symbol of this.symbols) {
      const other = this.#byName.get(symbol.name);
      if (other === undefined || (other.binding === 'local' && symbol.binding !== 'local'))
        this.#byName.set(symbol.name, symbol);
    }
    this.#names = namesByAddress(this.symbols);
  }

  /** The lowest address, 0 for an empty image. */
  get base(): bigint {
    return this.segments[0]?.address ?? 0n;
  }

  /** The first address behind all segments. */
  get end(): bigint {
    let end = this.base;
    for (const segment of this.segments) {
      const segmentEnd = segment.address + BigInt(segment.bytes.length);
      if (segmentEnd > end) end = segmentEnd;
    }
    return end;
  }

  /** The symbol called `name`: a global one before a local one. */
  symbol(name: string): ImageSymbol | undefined {
    return this.#byName.get(name);
  }

  /** The nearest symbol at or before `address` in the same segment, and the distance to it in bytes. */
  symbolAt(address: bigint): SymbolPlace | undefined {
    const after = countUpTo(this.#names, address);
    const symbol = this.#names[after - 1];
    const segment = this.segmentAt(address);
    if (symbol === undefined || segment === undefined || symbol.address < segment.address) return undefined;
    const segmentEnd = segment.address + BigInt(segment.bytes.length);
    const next = this.#names[after]?.address ?? segmentEnd;
    const end = next < segmentEnd ? next : segmentEnd;
    return { name: symbol.name, offset: Number(address - symbol.address), size: Number(end - symbol.address) };
  }

  segmentAt(address: bigint): Segment | undefined {
    const segment = lastUpTo(this.segments, address);
    return segment !== undefined && address - segment.address < BigInt(segment.bytes.length) ? segment : undefined;
  }

  /** The source line of the instruction at `address`: of a macro's instruction, the line that used the macro. */
  lineAt(address: bigint): { file: string; line: number } | undefined {
    const row = lastUpTo(this.lines, address);
    return row === undefined || row.end ? undefined : { file: row.file, line: row.line };
  }

  /** What was put at `address` by which statement, where the sources were assembled here. */
  originAt(address: bigint): ImageOrigin | undefined {
    const origin = lastUpTo(this.origins, address);
    return origin !== undefined && address - origin.address < BigInt(origin.size) ? origin : undefined;
  }

  /**
   * The addresses at which code of `line` (from 1) of a file begins, one for each run of instructions. `file` is a path or the
   * end of one. A line in a macro's body has those of every use.
   */
  addressesOf(file: string, line: number): bigint[] {
    const starts: bigint[] = [];
    let previous = false;
    for (const row of this.lines) {
      const matches = !row.end && row.line === line && isPathEnd(row.file, file);
      if (matches && !previous) starts.push(row.address);
      previous = matches;
    }
    return starts.length > 0 ? starts : this.#addressesInMacros(file, line);
  }

  #addressesInMacros(file: string, line: number): bigint[] {
    return this.origins
      .filter(({ kind, place }) => {
        if (kind !== 'instruction' || place.use === undefined) return false;
        const position = positionOf(place);
        return position.line === line && isPathEnd(position.name, file);
      })
      .map(({ address }) => address);
  }
}

function byAddress(a: { readonly address: bigint }, b: { readonly address: bigint }): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}

/** The last element at or before `address` of a list ordered by address. */
function lastUpTo<T extends { readonly address: bigint }>(list: readonly T[], address: bigint): T | undefined {
  return list[countUpTo(list, address) - 1];
}

/** How many of `list`, which is ordered by address, are not above `address`. */
function countUpTo(list: readonly { readonly address: bigint }[], address: bigint): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mapping symbols and temporary labels name nothing for a reader. */
function namesByAddress(symbols: readonly ImageSymbol[]): ImageSymbol[] {
  const names: ImageSymbol[] = [];
  for (const symbol of symbols) {
    if (/^(\$[xdt](\.|$)|\.L)/.test(symbol.name) || symbol.name === '') continue;
    const last = names.at(-1);
    if (last === undefined || last.address !== symbol.address) names.push(symbol);
    else if (rank(symbol) > rank(last)) names[names.length - 1] = symbol;
  }
  return names;
}

function rank(symbol: ImageSymbol): number {
  const binding = symbol.binding === 'global' ? 2 : symbol.binding === 'weak' ? 1 : 0;
  return binding * 2 + (symbol.type === 'function' ? 1 : 0);
}

function isPathEnd(path: string, end: string): boolean {
  return path === end || path.endsWith(end.startsWith('/') ? end : `/${end}`);
}
