/**
 * ELF files read: relocatable objects, executables and shared objects for AArch64, of either byte order.
 *
 * Source: System V ABI, "Object Files" and "Program Loading". Whatever a file says is checked against its size; a fault is one
 * SourceError with the file's name and the byte offset.
 */
import { SourceError } from '../source/diagnostics.ts';
import { ByteReader } from './byte-reader.ts';
import { EM_AARCH64, ET, GRP_COMDAT, SHF, SHN, SHT, STB, STT } from './constants.ts';
import { readLines } from './dwarf-line-reader.ts';
import type { ElfFile, ElfSymbol, LineRow, ProgramHeader, Relocation, Section, SectionGroup } from './object-file.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface SectionHeader {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

/** Whether `bytes` begin as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** The file `bytes`, called `name` in messages. The line table is read when it is first asked for. */
export function readElf(bytes: Uint8Array, name = 'ELF file'): ElfFile {
  return new FileReader(bytes, name).read();
}

class FileReader {
  readonly #name: string;
  readonly #bytes: Uint8Array;
  readonly #file: ByteReader;
  #headers: readonly SectionHeader[] = [];
  readonly #sections = new Map<number, Mutable<Section>>();
  readonly #groups = new Map<number, Mutable<SectionGroup>>();

  constructor(bytes: Uint8Array, name: string) {
    this.#name = name;
    this.#bytes = bytes;
    if (!isElf(bytes)) throw new SourceError(`${name}: not an ELF file (at byte offset 0x0)`);
    if (bytes[4] !== 2) throw new SourceError(`${name}: not a 64-bit ELF file (at byte offset 0x4)`);
    if (bytes[5] !== 1 && bytes[5] !== 2) throw new SourceError(`${name}: unknown byte order (at byte offset 0x5)`);
    this.#file = new ByteReader(name, bytes, bytes[5] === 2);
  }

  read(): ElfFile {
    const file = this.#file;
    file.at = 16;
    const type = file.u16();
    const machine = file.u16();
    if (machine !== EM_AARCH64) throw file.fault(`machine ${machine} is not AArch64 (${EM_AARCH64})`, 18);
    file.at = 24;
    const entry = file.u64();
    const programOffset = file.size();
    const sectionOffset = file.size();
    file.at = 54;
    const programSize = file.u16();
    const programCount = file.u16();
    const sectionSize = file.u16();
    const sectionCount = file.u16();
    const namesIndex = file.u16();
    const programHeaders = this.#programHeaders(programOffset, programSize, programCount);
    this.#headers = this.#sectionHeaders(sectionOffset, sectionSize, sectionCount, namesIndex);
    this.#makeSections();
    const symbols = this.#symbols();
    this.#finishGroups(symbols);
    this.#relocations(symbols, type);
    const listed = symbols.slice(1) as ElfSymbol[];
    const { bigEndian } = file;
    const sections = [...this.#sections.values()];
    let lines: readonly LineRow[] | undefined;
    return {
      name: this.#name,
      bigEndian,
      sections,
      symbols: listed,
      groups: [...this.#groups.values()],
      origins: [],
      type,
      machine,
      entry,
      programHeaders,
      get lines(): readonly LineRow[] {
        lines ??= readLines(this);
        return lines;
      },
    };
  }

  /** The bytes of the file from `offset` on, which must be there. */
  #part(offset: number, size: number, what: string): Uint8Array {
    if (offset > this.#bytes.length || size > this.#bytes.length - offset)
      throw this.#file.fault(`${what} of ${size} bytes lies beyond the end of the file`, offset);
    return this.#bytes.subarray(offset, offset + size);
  }

  #programHeaders(offset: number, size: number, count: number): ProgramHeader[] {
    if (count === 0) return [];
    if (size < 56) throw this.#file.fault(`program headers of ${size} bytes are too small`, 54);
    this.#part(offset, size * count, 'the program header table');
    return Array.from({ length: count }, (_, i) => {
      const file = this.#file;
      file.at = offset + i * size;
      const type = file.u32();
      const flags = file.u32();
      const fileOffset = file.size();
      const virtualAddress = file.u64();
      const physicalAddress = file.u64();
      const fileSize = file.size();
      const memorySize = file.u64();
      const alignment = file.u64();
      const data = this.#part(fileOffset, fileSize, 'a segment');
      return {
        type,
        flags,
        offset: fileOffset,
        virtualAddress,
        physicalAddress,
        fileSize,
        memorySize,
        alignment,
        data,
      };
    });
  }

  #sectionHeaders(offset: number, size: number, count: number, namesIndex: number): SectionHeader[] {
    if (offset === 0) return [];
    if (size < 64) throw this.#file.fault(`section headers of ${size} bytes are too small`, 58);
    this.#part(offset, size * Math.max(1, count), 'the section header table');
    // With very many sections the count and the index stand in the first header.
    const first = this.#sectionHeader(offset, undefined);
    const total = count === 0 ? first.size : count;
    const names = namesIndex === SHN.XINDEX ? first.link : namesIndex;
    this.#part(offset, size * total, 'the section header table');
    if (names >= total) throw this.#file.fault(`section ${names}, which holds the names, does not exist`, 62);
    const table = this.#sectionHeader(offset + names * size, undefined);
    const strings = this.#reader(table.offset, this.#part(table.offset, table.size, 'the table of section names'));
    return Array.from({ length: total }, (_, i) =>
      this.#sectionHeader(offset + i * size, total > 0 && names > 0 ? strings : undefined),
    );
  }

  #sectionHeader(offset: number, names: ByteReader | undefined): SectionHeader {
    const file = this.#file;
    file.at = offset;
    const nameOffset = file.u32();
    const type = file.u32();
    const flags = Number(file.u64());
    const address = file.u64();
    const start = file.size();
    const size = file.size();
    const link = file.u32();
    const info = file.u32();
    const alignment = file.size();
    const entrySize = file.size();
    const name = names === undefined || type === SHT.NULL ? '' : names.stringAt(nameOffset);
    return { name, type, flags, address, offset: start, size, link, info, alignment, entrySize };
  }

  #reader(offset: number, bytes: Uint8Array): ByteReader {
    return new ByteReader(this.#name, bytes, this.#file.bigEndian, offset);
  }

  #contents(header: SectionHeader): ByteReader {
    const what = `section '${header.name}'`;
    return this.#reader(header.offset, this.#part(header.offset, header.size, what));
  }

  /** The sections of the model: not the tables that only serve the format. */
  #makeSections(): void {
    this.#headers.forEach((header, i) => {
      if (header.type === SHT.GROUP) {
        this.#groups.set(i, { signature: undefined as unknown as ElfSymbol, comdat: false, members: [] });
        return;
      }
      if (isFormatTable(header)) return;
      const empty = header.type === SHT.NOBITS;
      if (header.alignment > 1 && (header.alignment & (header.alignment - 1)) !== 0 && header.alignment < 2 ** 31)
        throw this.#file.fault(
          `section '${header.name}' has the alignment ${header.alignment}, no power of two`,
          header.offset,
        );
      this.#sections.set(i, {
        name: header.name,
        type: header.type,
        flags: header.flags,
        entrySize: header.entrySize,
        alignment: Math.max(1, header.alignment),
        size: header.size,
        data: empty ? new Uint8Array(0) : this.#part(header.offset, header.size, `section '${header.name}'`),
        address: header.address,
        info: header.info === 0 ? undefined : header.info,
        relocations: [],
      });
    });
    for (const [i, section] of this.#sections) {
      const header = this.#headers[i]!;
      if (header.flags & SHF.LINK_ORDER) section.linkedTo = this.#sections.get(header.link);
    }
  }

  // --- Symbols ------------------------------------------------------------------------------------------------------

  /** By index in the symbol table; the first is undefined. */
  #symbols(): (ElfSymbol | undefined)[] {
    let at = this.#headers.findIndex(({ type }) => type === SHT.SYMTAB);
    if (at < 0) at = this.#headers.findIndex(({ type }) => type === SHT.DYNSYM);
    if (at < 0) return [undefined];
    const header = this.#headers[at]!;
    if (header.entrySize !== 24) throw this.#file.fault(`symbols of ${header.entrySize} bytes, not 24`, header.offset);
    const names = this.#headers[header.link];
    if (names === undefined || names.type !== SHT.STRTAB)
      throw this.#file.fault(`section '${header.name}' has no string table`, header.offset);
    const strings = this.#contents(names);
    const extended = this.#headers.find(({ type, link }) => type === SHT.SYMTAB_SHNDX && link === at);
    const indices = extended === undefined ? undefined : this.#contents(extended);
    const table = this.#contents(header);
    const symbols: (ElfSymbol | undefined)[] = [];
    for (let i = 0; i < Math.floor(header.size / 24); i++) symbols.push(this.#symbol(table, strings, indices));
    if (symbols.length > 0) symbols[0] = undefined;
    return symbols.length === 0 ? [undefined] : symbols;
  }

  #symbol(table: ByteReader, strings: ByteReader, indices: ByteReader | undefined): ElfSymbol {
    const start = table.at;
    const name = strings.stringAt(table.u32());
    const info = table.u8();
    const other = table.u8();
    let index = table.u16();
    const extendedIndex = indices === undefined || indices.atEnd ? 0 : indices.u32();
    if (index === SHN.XINDEX) index = extendedIndex;
    const value = table.u64();
    const size = table.u64();
    const section = this.#symbolSection(index);
    if (section === undefined)
      throw table.fault(`symbol '${name}' is in section ${index}, which does not exist`, start);
    return {
      name,
      value,
      size,
      binding: info >> 4,
      type: info & 15,
      visibility: other & 3,
      other: other & ~3,
      section,
    };
  }

  #symbolSection(index: number): ElfSymbol['section'] | undefined {
    if (index === SHN.UNDEF) return 'undefined';
    if (index === SHN.ABS) return 'absolute';
    if (index === SHN.COMMON) return 'common';
    const section = this.#sections.get(index) ?? this.#groups.get(index);
    if (section !== undefined) return section;
    // Symbols of the format's own tables say nothing to a reader.
    return this.#headers[index] === undefined && index < SHN.LORESERVE ? undefined : 'absolute';
  }

  #finishGroups(symbols: readonly (ElfSymbol | undefined)[]): void {
    for (const [i, group] of this.#groups) {
      const header = this.#headers[i]!;
      const words = this.#contents(header);
      const signature = symbols[header.info];
      if (signature === undefined) throw words.fault(`a section group has no signature symbol`, 0);
      group.signature = signatureOf(signature);
      group.comdat = header.size >= 4 && (words.u32() & GRP_COMDAT) !== 0;
      const members: Section[] = [];
      while (!words.atEnd) {
        const member = this.#sections.get(words.u32());
        if (member !== undefined) members.push(member);
      }
      group.members = members;
    }
  }

  // --- Relocations --------------------------------------------------------------------------------------------------

  #relocations(symbols: readonly (ElfSymbol | undefined)[], type: number): void {
    for (const header of this.#headers) {
      if (header.type === SHT.REL && this.#sections.has(header.info))
        throw this.#file.fault(`section '${header.name}' has relocations without addends`, header.offset);
      if (header.type !== SHT.RELA || (header.flags & SHF.ALLOC) !== 0) continue;
      const section = this.#sections.get(header.info);
      if (section === undefined) continue;
      section.relocations = this.#relocationList(header, symbols, type === ET.REL ? 0n : section.address);
    }
  }

  /** `base`: what the places are counted from; in linked files they are addresses. */
  #relocationList(header: SectionHeader, symbols: readonly (ElfSymbol | undefined)[], base: bigint): Relocation[] {
    if (header.entrySize !== 24)
      throw this.#file.fault(`relocations of ${header.entrySize} bytes, not 24`, header.offset);
    const table = this.#contents(header);
    const list: Relocation[] = [];
    for (let i = 0; i < Math.floor(header.size / 24); i++) {
      const start = table.at;
      const place = table.u64() - base;
      if (place < 0n || place > Number.MAX_SAFE_INTEGER)
        throw table.fault(
          `a relocation lies at ${place < 0n ? '-' : ''}0x${(place < 0n ? -place : place).toString(16)}, outside its section`,
          start,
        );
      const offset = Number(place);
      const info = table.u64();
      const addend = table.i64();
      const index = Number(info >> 32n);
      if (index >= symbols.length) throw table.fault(`a relocation names symbol ${index}, which does not exist`, start);
      list.push({ offset, type: Number(info & 0xffffffffn), symbol: symbols[index], addend });
    }
    return list;
  }
}

/** String, symbol and relocation tables that are not loaded. */
function isFormatTable(header: SectionHeader): boolean {
  const { type, flags } = header;
  if (type === SHT.NULL || type === SHT.SYMTAB || type === SHT.SYMTAB_SHNDX) return true;
  const tables: readonly number[] = [SHT.STRTAB, SHT.RELA, SHT.REL];
  return tables.includes(type) && (flags & SHF.ALLOC) === 0;
}

/** A group named by a section symbol has that section's name. */
function signatureOf(symbol: ElfSymbol): ElfSymbol {
  const { section } = symbol;
  if (symbol.type !== STT.SECTION || symbol.name !== '' || typeof section === 'string' || 'members' in section)
    return symbol;
  return { ...symbol, name: section.name, binding: STB.LOCAL };
}
