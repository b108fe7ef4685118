/** Executable ELF files as images (System V ABI, "Program Loading"). */
import { ET, PF, PT, SHF, STT } from '../elf/constants.ts';
import type { ElfFile, ElfSymbol, ProgramHeader, Section } from '../elf/object-file.ts';
import { SourceError } from '../source/diagnostics.ts';
import { Image, type ImageLine, type ImageSymbol, type Segment } from './image.ts';
import { IMAGE_SIZE_LIMIT } from './output-section.ts';
import { imageSymbol } from './symbols.ts';

/** The image of an executable. Throws SourceError for a file that is none, or has nothing to load. */
export function imageFromElf(file: ElfFile): Image {
  if (file.type !== ET.EXEC && file.type !== ET.DYN)
    throw new SourceError(`${file.name}: not an executable file: it is to be linked first`);
  const loaded = file.programHeaders.filter(({ type, memorySize }) => type === PT.LOAD && memorySize > 0n);
  if (loaded.length === 0) throw new SourceError(`${file.name}: no segment to load`);
  return new Image({
    segments: loaded.flatMap((header) => segmentsOf(file, header)),
    symbols: file.symbols.map(asImageSymbol).filter((symbol) => symbol !== undefined),
    lines: linesOf(file),
    origins: [],
    entry: file.entry,
  });
}

/** A segment as the sections it consists of, so that addresses can be told by them; whole where the file has none. */
function segmentsOf(file: ElfFile, header: ProgramHeader): Segment[] {
  const size = header.memorySize;
  if (size > BigInt(IMAGE_SIZE_LIMIT))
    throw new SourceError(`${file.name}: a segment of ${size} bytes is larger than the limit of ${IMAGE_SIZE_LIMIT}`);
  const memory = new Uint8Array(Number(size));
  memory.set(header.data.subarray(0, memory.length));
  const writable = (header.flags & PF.W) !== 0;
  const inside = file.sections.filter((section) => isInside(section, header)).sort(byAddress);
  const executable = (header.flags & PF.X) !== 0;
  if (inside.length === 0 || overlap(inside))
    return [{ address: header.virtualAddress, bytes: memory, section: '', writable, executable }];
  const segments: Segment[] = [];
  let at = 0;
  for (const section of inside) {
    const from = Number(section.address - header.virtualAddress);
    segments.push(...between(header, memory, at, from, writable));
    at = from + section.size;
    segments.push({
      address: section.address,
      bytes: memory.subarray(from, at),
      section: section.name,
      writable,
      executable: executable && (section.flags & SHF.EXECINSTR) !== 0,
    });
  }
  return [...segments, ...between(header, memory, at, memory.length, writable)];
}

/** What lies between two sections, the file's own headers for one; nothing where it is all zero. */
function between(header: ProgramHeader, memory: Uint8Array, from: number, to: number, writable: boolean): Segment[] {
  const bytes = memory.subarray(from, to);
  if (!bytes.some((byte) => byte !== 0)) return [];
  return [{ address: header.virtualAddress + BigInt(from), bytes, section: '', writable, executable: false }];
}

function isInside(section: Section, header: ProgramHeader): boolean {
  if ((section.flags & SHF.ALLOC) === 0 || section.size === 0) return false;
  // Thread-local data that begin as zero take no room in memory.
  if (section.flags & SHF.TLS && section.data.length === 0) return false;
  const end = header.virtualAddress + header.memorySize;
  return section.address >= header.virtualAddress && section.address + BigInt(section.size) <= end;
}

function byAddress(a: Section, b: Section): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}

function overlap(sections: readonly Section[]): boolean {
  return sections.some((section, i) => {
    const next = sections[i + 1];
    return next !== undefined && section.address + BigInt(section.size) > next.address;
  });
}

function asImageSymbol(symbol: ElfSymbol): ImageSymbol | undefined {
  if (symbol.section === 'undefined' || symbol.name === '') return undefined;
  if (symbol.type === STT.FILE || symbol.type === STT.SECTION || symbol.type === STT.TLS) return undefined;
  return imageSymbol(symbol, symbol.value);
}

function linesOf(file: ElfFile): ImageLine[] {
  return file.lines.map(({ section, offset, file: name, line, end }) => ({
    address: section.address + BigInt(offset),
    file: name,
    line,
    end: end ?? false,
  }));
}
