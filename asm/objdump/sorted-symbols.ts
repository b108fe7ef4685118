/**
 * An object's symbols in the order GNU objdump sorts them, and the choice of the one that names an address (GNU Binary
 * Utilities 2.40, binutils/objdump.c: which of several symbols with one address is shown depends on that order).
 */
import { STB, STT } from '../elf/constants.ts';
import type { ElfSymbol, ObjectFile, Section } from '../elf/object-file.ts';

/** What a mapping symbol says of the bytes behind it (AAELF64 section 5.5.2). */
export type ByteKind = 'instructions' | 'data';

export class SortedSymbols {
  /** Ordered by address; of those with one address, the one to be shown first. */
  readonly list: readonly ElfSymbol[];
  readonly #section: Section;
  /** Whether a symbol of another section may not name an address of this one. */
  readonly #relocatable: boolean;
  /** The symbols of this section that tell instructions from data, by address. */
  readonly #marks: readonly { readonly value: bigint; readonly kind: ByteKind }[];

  /** The symbols of `object` as they are sorted to show `section`. */
  constructor(object: ObjectFile, section: Section) {
    this.list = object.symbols.filter(isShown).sort((a, b) => compare(a, b, section));
    this.#section = section;
    this.#relocatable = object.sections.some(({ relocations }) => relocations.length > 0);
    this.#marks = this.list.flatMap((symbol) => {
      const kind = symbol.section === section ? markOf(symbol) : undefined;
      return kind === undefined ? [] : [{ value: symbol.value, kind }];
    });
  }

  /** What lies at `address`, or undefined where no symbol tells. */
  kindAt(address: bigint): ByteKind | undefined {
    return this.#marks[countUpTo(this.#marks, address) - 1]?.kind;
  }

  /** The first address above `address` that any symbol has, be it of another section; undefined where there is none. */
  nextAddress(address: bigint): bigint | undefined {
    return this.list[countUpTo(this.list, address)]?.value;
  }

  /** The next symbol of a section called as this one, above the address `after`. */
  nextInSection(after: bigint): ElfSymbol | undefined {
    for (let i = countUpTo(this.list, after); i < this.list.length; i++) {
      const symbol = this.list[i]!;
      if (isNamedAs(symbol, this.#section) && isName(symbol)) return symbol;
    }
    return undefined;
  }

  /**
   * The symbol that names `address`: one with that very address, or the nearest below, or else above. One of this section is
   * preferred, and demanded with `ownOnly` or where the file is to be linked and the address could lie in the section.
   */
  at(address: bigint, ownOnly: boolean): ElfSymbol | undefined {
    const { list } = this;
    if (list.length === 0) return undefined;
    const end = Math.max(1, countUpTo(list, address));
    const first = this.#firstAtSameAddress(end - 1);
    for (let i = first; i < list.length && list[i]!.value === list[first]!.value; i++)
      if (this.#isFit(list[i]!, true)) return list[i];
    const { address: start, size } = this.#section;
    const mayLieHere = this.#relocatable && address >= start && address < start + BigInt(size);
    return this.#nearest(first, end, ownOnly || mayLieHere);
  }

  #nearest(first: number, end: number, own: boolean): ElfSymbol | undefined {
    const { list } = this;
    if (this.#isFit(list[first]!, own)) return list[first];
    let below: ElfSymbol | undefined;
    for (let i = end - 1; i >= 0; i--) {
      const symbol = list[i]!;
      if (!this.#isFit(symbol, own)) continue;
      if (below !== undefined && symbol.value !== below.value) break;
      below = symbol;
    }
    return below ?? list.slice(first + 1).find((symbol) => this.#isFit(symbol, own));
  }

  #firstAtSameAddress(index: number): number {
    let first = index;
    while (first > 0 && this.list[first - 1]!.value === this.list[index]!.value) first--;
    return first;
  }

  #isFit(symbol: ElfSymbol, own: boolean): boolean {
    return (!own || symbol.section === this.#section) && isName(symbol);
  }
}

/** How many of `list`, which is ordered, have an address of at most `address`. */
function countUpTo(list: readonly { readonly value: bigint }[], address: bigint): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.value <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isShown({ name, type, section }: ElfSymbol): boolean {
  return name !== '' && type !== STT.SECTION && type !== STT.FILE && section !== 'undefined' && section !== 'common';
}

/** Mapping symbols name nothing, nor do the tags of the Arm ABIs (`$m`, `$f`, `$p`). */
function isName({ name }: ElfSymbol): boolean {
  return !/^\$[xdmfp](\.|$)/.test(name);
}

function isNamedAs({ section }: ElfSymbol, { name }: Section): boolean {
  return typeof section !== 'string' && 'name' in section && section.name === name;
}

/** A function's symbol marks instructions, too. */
function markOf({ name, type }: ElfSymbol): ByteKind | undefined {
  if (type === STT.FUNC) return 'instructions';
  if (/^\$x(\.|$)/.test(name)) return 'instructions';
  return /^\$d(\.|$)/.test(name) ? 'data' : undefined;
}

/** A symbol's name or a section's, with control characters as `^A`. */
export function printable(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return name.replace(/[\0-\x1f\x7f]/g, (character) => `^${String.fromCharCode(character.charCodeAt(0) ^ 0x40)}`);
}

export function isFunction({ type }: ElfSymbol): boolean {
  return type === STT.FUNC || type === STT.GNU_IFUNC;
}

export function isObject({ type }: ElfSymbol): boolean {
  return type === STT.OBJECT || type === STT.COMMON;
}

const byBytes = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Puts the symbol for which `holds` before the other. */
function before(a: ElfSymbol, b: ElfSymbol, holds: (symbol: ElfSymbol) => boolean): number {
  return Number(holds(b)) - Number(holds(a));
}

function compare(a: ElfSymbol, b: ElfSymbol, section: Section): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return (
    before(a, b, (symbol) => isNamedAs(symbol, section)) ||
    before(b, a, ({ name }) => /gnu_compiled|gcc2_compiled/.test(name)) ||
    before(b, a, ({ name }) => /.\.[oa]$/s.test(name)) ||
    before(a, b, isFunction) ||
    before(a, b, isObject) ||
    before(b, a, ({ binding }) => binding === STB.LOCAL) ||
    before(a, b, ({ binding }) => binding === STB.GLOBAL) ||
    (a.size === b.size ? 0 : a.size > b.size ? -1 : 1) ||
    before(b, a, ({ name }) => name.startsWith('.')) ||
    byBytes(a.name, b.name)
  );
}
