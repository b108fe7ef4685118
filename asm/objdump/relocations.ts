/** Relocations as GNU objdump shows them: beside the disassembly (-dr), or as a table (-r). */
import type { ElfSymbol, Relocation, Section } from '../elf/object-file.ts';
import { relocationText } from '../elf/relocations.ts';
import { printable } from './sorted-symbols.ts';

/** Ordered by offset; those at one offset stay as they are. */
export function sortedRelocations(section: Section): Relocation[] {
  return section.relocations.toSorted((a, b) => a.offset - b.offset);
}

/** `R_AARCH64_JUMP26\tfoo+0x4` */
export function relocationLine({ type, symbol, addend }: Relocation): string {
  return `${relocationText(type)}\t${symbolName(symbol)}${addendText(addend, 1)}`;
}

/** The lines of the table of one section, or none where it has no relocations. */
export function relocationTable(section: Section): string[] {
  if (section.relocations.length === 0) return [];
  return [
    `RELOCATION RECORDS FOR [${section.name}]:`,
    'OFFSET           TYPE              VALUE',
    ...section.relocations.map(({ offset, type, symbol, addend }) => {
      const place = offset.toString(16).padStart(16, '0');
      return `${place} ${relocationText(type).padEnd(16)}  ${symbolName(symbol)}${addendText(addend, 16)}`;
    }),
    '',
    '',
  ];
}

/** A section's symbol has the section's name; a relocation without a symbol is against the address 0. */
function symbolName(symbol: ElfSymbol | undefined): string {
  if (symbol === undefined) return '*ABS*';
  const { name, section } = symbol;
  if (name !== '') return printable(name);
  return typeof section !== 'string' && 'name' in section ? printable(section.name) : '*ABS*';
}

function addendText(addend: bigint, digits: number): string {
  if (addend === 0n) return '';
  const size = (addend < 0n ? -addend : addend).toString(16).padStart(digits, '0');
  return `${addend < 0n ? '-' : '+'}0x${size}`;
}
