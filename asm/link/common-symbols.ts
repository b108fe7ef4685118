/** Room for common symbols: the largest size and alignment asked for, where no object defines the name. */
import { SHF, SHT, STB, STT } from '../elf/constants.ts';
import type { ElfSymbol, ObjectFile, Section } from '../elf/object-file.ts';

/** A section for the common symbols of `objects` and the symbols that name their places; undefined where there are none. */
export function commonSection(
  objects: readonly ObjectFile[],
): { readonly section: Section; readonly symbols: readonly ElfSymbol[] } | undefined {
  const wanted = new Map<string, { size: bigint; alignment: bigint }>();
  const defined = new Set<string>();
  for (const { symbols } of objects)
    for (const { name, binding, section, size, value } of symbols) {
      if (binding === STB.LOCAL) continue;
      if (section === 'common') {
        const other = wanted.get(name);
        wanted.set(name, {
          size: larger(size, other?.size),
          alignment: larger(value, other?.alignment),
        });
      } else if (section !== 'undefined') defined.add(name);
    }
  for (const name of defined) wanted.delete(name);
  return wanted.size === 0 ? undefined : allot(wanted);
}

function allot(wanted: ReadonlyMap<string, { size: bigint; alignment: bigint }>): {
  section: Section;
  symbols: ElfSymbol[];
} {
  const places: [string, bigint, bigint][] = [];
  let at = 0n;
  let alignment = 1n;
  for (const [name, request] of wanted) {
    const unit = request.alignment === 0n ? 1n : request.alignment;
    alignment = larger(alignment, unit);
    at = ((at + unit - 1n) / unit) * unit;
    places.push([name, at, request.size]);
    at += request.size;
  }
  const section: Section = {
    name: '.bss',
    type: SHT.NOBITS,
    flags: SHF.ALLOC | SHF.WRITE,
    entrySize: 0,
    alignment: Number(alignment),
    size: Number(at),
    data: new Uint8Array(0),
    address: 0n,
    relocations: [],
  };
  const symbols = places.map(([name, value, size]) => ({
    name,
    value,
    size,
    binding: STB.GLOBAL,
    type: STT.OBJECT,
    visibility: 0,
    other: 0,
    section,
  }));
  return { section, symbols };
}

function larger(a: bigint, b: bigint | undefined): bigint {
  return b === undefined || a > b ? a : b;
}
