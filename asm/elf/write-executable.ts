/**
 * Executable files as bytes: ELF64 for AArch64, one loadable segment for each section that has memory.
 *
 * Source: System V ABI, "Object Files" and "Program Loading".
 */
import { SourceError } from '../source/diagnostics.ts';
import { ByteWriter } from './byte-writer.ts';
import { ELFOSABI, EM_AARCH64, ET, PF, PT, SHF, SHN, SHT, STB } from './constants.ts';
import type { ElfSymbol, ObjectFile, Section } from './object-file.ts';
import { relocationNamed } from './relocations.ts';
import { StringTable } from './string-table.ts';

const HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
/** A segment's offset in the file and its address agree modulo this. */
const PAGE = 4096;

const ABS32 = relocationNamed('ABS32').number;
const ABS64 = relocationNamed('ABS64').number;

/**
 * An executable file whose sections stand at their addresses, virtual and physical ones alike, and which begins at `entry`.
 * The values of symbols are addresses. Of relocations only those of debug sections may be left (R_AARCH64_ABS32 and ABS64); they
 * are applied. Throws SourceError for any other, or for too many sections.
 */
export function writeExecutable(object: ObjectFile, entry: bigint): Uint8Array {
  const { bigEndian, sections } = object;
  if (sections.length + 4 >= SHN.LORESERVE)
    throw new SourceError(`${object.name}: more than the limit of ${SHN.LORESERVE - 5} sections`);
  const loaded = sections.filter(isLoaded);
  const out = new ByteWriter(bigEndian);
  out.bytes(new Uint8Array(HEADER_SIZE + loaded.length * PROGRAM_HEADER_SIZE));
  const offsets = new Map<Section, number>();
  for (const section of sections) {
    const phase = isLoaded(section) ? Number(section.address % BigInt(PAGE)) : 0;
    const modulus = isLoaded(section) ? PAGE : Math.min(section.alignment, PAGE);
    out.bytes(new Uint8Array((modulus + phase - (out.length % modulus)) % modulus));
    offsets.set(section, out.length);
    if (section.type !== SHT.NOBITS) out.bytes(contentsOf(section, object));
  }
  const tables = new Tables(object);
  const placed = tables.write(out);
  out.align(8);
  const sectionHeaders = out.length;
  writeSectionHeaders(out, object, offsets, placed);
  const bytes = out.finish();
  const header = fileHeader(bigEndian, entry, loaded.length, sectionHeaders, sections.length + 4);
  bytes.set(header);
  bytes.set(programHeaders(loaded, offsets, bigEndian), HEADER_SIZE);
  return bytes;
}

function isLoaded({ flags, size }: Section): boolean {
  return (flags & SHF.ALLOC) !== 0 && size > 0;
}

/** The bytes of `section` with its relocations applied. */
function contentsOf(section: Section, object: ObjectFile): Uint8Array {
  if (section.relocations.length === 0) return section.data;
  const bytes = section.data.slice();
  const view = new DataView(bytes.buffer);
  for (const { offset, type, symbol, addend } of section.relocations) {
    const value = BigInt.asUintN(64, (symbol?.value ?? 0n) + addend);
    if (type === ABS64) view.setBigUint64(offset, value, !object.bigEndian);
    else if (type === ABS32) view.setUint32(offset, Number(value & 0xffff_ffffn), !object.bigEndian);
    else throw new SourceError(`${object.name}: ${section.name}: a relocation of type ${type} in an executable file`);
  }
  return bytes;
}

interface PlacedTable {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly info: number;
}

/** The symbol table and the two string tables, which stand behind all sections. */
class Tables {
  readonly #object: ObjectFile;

  constructor(object: ObjectFile) {
    this.#object = object;
  }

  write(out: ByteWriter): { tables: PlacedTable[]; names: StringTable } {
    const strings = new StringTable();
    const names = new StringTable();
    for (const { name } of this.#object.sections) names.add(name);
    for (const name of ['.symtab', '.strtab', '.shstrtab']) names.add(name);
    const locals = this.#object.symbols.filter(({ binding }) => binding === STB.LOCAL);
    const others = this.#object.symbols.filter(({ binding }) => binding !== STB.LOCAL);
    out.align(8);
    const symbols = out.length;
    out.bytes(new Uint8Array(SYMBOL_SIZE));
    for (const symbol of [...locals, ...others]) this.#symbol(out, strings, symbol);
    const tables = [
      { name: '.symtab', type: SHT.SYMTAB, offset: symbols, size: out.length - symbols, info: locals.length + 1 },
      placeStrings(out, '.strtab', strings),
      placeStrings(out, '.shstrtab', names),
    ];
    return { tables, names };
  }

  #symbol(out: ByteWriter, strings: StringTable, symbol: ElfSymbol): void {
    out.u32(strings.add(symbol.name));
    out.u8((symbol.binding << 4) | symbol.type);
    out.u8(symbol.visibility | symbol.other);
    out.u16(this.#sectionIndex(symbol));
    out.u64(symbol.value);
    out.u64(symbol.size);
  }

  #sectionIndex({ section }: ElfSymbol): number {
    if (section === 'undefined') return SHN.UNDEF;
    if (typeof section === 'string' || 'signature' in section) return SHN.ABS;
    return this.#object.sections.indexOf(section) + 1;
  }
}

function placeStrings(out: ByteWriter, name: string, table: StringTable): PlacedTable {
  const bytes = table.bytes();
  const offset = out.length;
  out.bytes(bytes);
  return { name, type: SHT.STRTAB, offset, size: bytes.length, info: 0 };
}

function writeSectionHeaders(
  out: ByteWriter,
  { sections }: ObjectFile,
  offsets: ReadonlyMap<Section, number>,
  { tables, names }: { tables: readonly PlacedTable[]; names: StringTable },
): void {
  out.bytes(new Uint8Array(SECTION_HEADER_SIZE));
  for (const section of sections) {
    out.u32(names.add(section.name));
    out.u32(section.type);
    out.u64(section.flags);
    out.u64(section.address);
    out.u64(offsets.get(section)!);
    out.u64(section.size);
    out.u32(0);
    out.u32(0);
    out.u64(section.alignment);
    out.u64(section.entrySize);
  }
  for (const { name, type, offset, size, info } of tables) {
    const isSymbols = type === SHT.SYMTAB;
    out.u32(names.add(name));
    out.u32(type);
    out.u64(0);
    out.u64(0);
    out.u64(offset);
    out.u64(size);
    out.u32(isSymbols ? sections.length + 2 : 0);
    out.u32(info);
    out.u64(isSymbols ? 8 : 1);
    out.u64(isSymbols ? SYMBOL_SIZE : 0);
  }
}

function programHeaders(
  loaded: readonly Section[],
  offsets: ReadonlyMap<Section, number>,
  bigEndian: boolean,
): Uint8Array {
  const out = new ByteWriter(bigEndian);
  for (const section of loaded) {
    const { flags, address, size, data, type } = section;
    out.u32(PT.LOAD);
    out.u32(PF.R | (flags & SHF.WRITE ? PF.W : 0) | (flags & SHF.EXECINSTR ? PF.X : 0));
    out.u64(offsets.get(section)!);
    out.u64(address);
    out.u64(address);
    out.u64(type === SHT.NOBITS ? 0 : data.length);
    out.u64(size);
    out.u64(PAGE);
  }
  return out.finish();
}

function fileHeader(
  bigEndian: boolean,
  entry: bigint,
  segments: number,
  sectionHeaders: number,
  sections: number,
): Uint8Array {
  const out = new ByteWriter(bigEndian);
  out.bytes([0x7f, 0x45, 0x4c, 0x46, 2, bigEndian ? 2 : 1, 1, ELFOSABI.NONE, 0, 0, 0, 0, 0, 0, 0, 0]);
  out.u16(ET.EXEC);
  out.u16(EM_AARCH64);
  out.u32(1);
  out.u64(entry);
  out.u64(HEADER_SIZE);
  out.u64(sectionHeaders);
  out.u32(0);
  out.u16(HEADER_SIZE);
  out.u16(PROGRAM_HEADER_SIZE);
  out.u16(segments);
  out.u16(SECTION_HEADER_SIZE);
  out.u16(sections);
  out.u16(sections - 1);
  return out.finish();
}
