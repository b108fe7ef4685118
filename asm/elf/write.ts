/**
 * Object files as bytes: ELF64 relocatable files for AArch64, of either byte order.
 *
 * Source: System V ABI, "Object Files"; the order of sections is that of GNU as.
 */
import { SourceError } from '../source/diagnostics.ts';
import { ByteWriter } from './byte-writer.ts';
import { ELFOSABI, EM_AARCH64, ET, GRP_COMDAT, SHF, SHN, SHT, STB, STT } from './constants.ts';
import type { ElfSymbol, ObjectFile, Relocation, Section, SectionGroup } from './object-file.ts';
import { StringTable } from './string-table.ts';

const HEADER_SIZE = 64;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
const RELA_SIZE = 24;
const FILE_ALIGNMENT_LIMIT = 4096;

/** One section of the file, with its header's fields. */
interface FileSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly alignment: number;
  readonly entrySize: number;
  readonly bytes: Uint8Array;
  /** In memory, in bytes. */
  readonly size: number;
  link: number;
  info: number;
  offset: number;
}

/** `object` as the bytes of an ELF file. Throws SourceError where it has more sections than section indices exist. */
export function writeObject(object: ObjectFile): Uint8Array {
  return new ObjectWriter(object).write();
}

class ObjectWriter {
  readonly #object: ObjectFile;
  readonly #sections: FileSection[] = [];
  readonly #indices = new Map<Section | SectionGroup, number>();
  readonly #symbolIndices = new Map<ElfSymbol, number>();
  readonly #strings = new StringTable();

  constructor(object: ObjectFile) {
    this.#object = object;
  }

  write(): Uint8Array {
    this.#number();
    const symtab = this.#sections.length;
    this.#sections.push(this.#symbolTable());
    this.#sections.push(plain('.strtab', SHT.STRTAB, this.#strings.bytes()));
    this.#sections[symtab]!.link = symtab + 1;
    this.#fillLinks(symtab);
    const names = new StringTable();
    for (const section of this.#sections) names.add(section.name);
    names.add('.shstrtab');
    this.#sections.push(plain('.shstrtab', SHT.STRTAB, names.bytes()));
    return this.#layOut(names);
  }

  /** Lists the sections: the null one, groups, then each with its relocations behind it. Contents that need indices come later. */
  #number(): void {
    const { groups, sections } = this.#object;
    this.#sections.push(plain('', SHT.NULL, new Uint8Array(0), 0));
    for (const group of groups) this.#indices.set(group, this.#sections.push(groupSection()) - 1);
    for (const section of sections) {
      this.#indices.set(section, this.#sections.length);
      this.#sections.push(contentSection(section));
      if (section.relocations.length > 0) this.#sections.push(relocationSection(section));
    }
    if (this.#sections.length + 3 >= SHN.LORESERVE)
      throw new SourceError(`${this.#object.name}: more than the limit of ${SHN.LORESERVE - 4} sections`);
  }

  #symbolTable(): FileSection {
    const out = new ByteWriter(this.#object.bigEndian);
    out.bytes(new Uint8Array(SYMBOL_SIZE));
    let locals = 1;
    this.#object.symbols.forEach((symbol, i) => {
      this.#symbolIndices.set(symbol, i + 1);
      if (symbol.binding === STB.LOCAL) locals = i + 2;
      out.u32(this.#strings.add(symbol.name));
      out.u8((symbol.binding << 4) | symbol.type);
      out.u8(symbol.visibility | symbol.other);
      out.u16(this.#sectionIndex(symbol));
      out.u64(symbol.value);
      out.u64(symbol.size);
    });
    const section = plain('.symtab', SHT.SYMTAB, out.finish(), 8, SYMBOL_SIZE);
    section.info = locals;
    return section;
  }

  #sectionIndex({ section }: ElfSymbol): number {
    if (section === 'undefined') return SHN.UNDEF;
    if (section === 'absolute') return SHN.ABS;
    return section === 'common' ? SHN.COMMON : this.#indices.get(section)!;
  }

  /** Fills in what refers to sections and symbols by index. */
  #fillLinks(symtab: number): void {
    for (const group of this.#object.groups) {
      const at = this.#indices.get(group)!;
      const made = { ...this.#sections[at]!, bytes: this.#groupBytes(group) };
      made.link = symtab;
      made.info = this.#symbolIndices.get(group.signature) ?? 0;
      this.#sections[at] = { ...made, size: made.bytes.length };
    }
    for (const section of this.#object.sections) {
      const at = this.#indices.get(section)!;
      if (section.linkedTo !== undefined) this.#sections[at]!.link = this.#indices.get(section.linkedTo) ?? 0;
      if (section.relocations.length === 0) continue;
      const bytes = this.#relocationBytes(section.relocations);
      this.#sections[at + 1] = { ...this.#sections[at + 1]!, bytes, size: bytes.length, link: symtab, info: at };
    }
  }

  #groupBytes(group: SectionGroup): Uint8Array {
    const out = new ByteWriter(this.#object.bigEndian);
    out.u32(group.comdat ? GRP_COMDAT : 0);
    for (const member of group.members) {
      const at = this.#indices.get(member)!;
      out.u32(at);
      // The relocations of a member belong to the group too.
      if (member.relocations.length > 0) out.u32(at + 1);
    }
    return out.finish();
  }

  #relocationBytes(relocations: readonly Relocation[]): Uint8Array {
    const out = new ByteWriter(this.#object.bigEndian);
    for (const { offset, type, symbol, addend } of relocations) {
      const index = symbol === undefined ? 0 : (this.#symbolIndices.get(symbol) ?? 0);
      out.u64(offset);
      out.u64((BigInt(index) << 32n) | BigInt(type));
      out.u64(addend);
    }
    return out.finish();
  }

  #layOut(names: StringTable): Uint8Array {
    const out = new ByteWriter(this.#object.bigEndian);
    out.bytes(new Uint8Array(HEADER_SIZE));
    for (const section of this.#sections) {
      if (section.type === SHT.NULL) continue;
      // The place in the file need not be as aligned as the place in memory.
      out.align(Math.min(section.alignment, FILE_ALIGNMENT_LIMIT));
      section.offset = out.length;
      if (section.type !== SHT.NOBITS) out.bytes(section.bytes);
    }
    out.align(8);
    const headers = out.length;
    for (const section of this.#sections) this.#sectionHeader(out, names, section);
    const bytes = out.finish();
    bytes.set(this.#header(headers));
    return bytes;
  }

  #sectionHeader(out: ByteWriter, names: StringTable, section: FileSection): void {
    out.u32(names.add(section.name));
    out.u32(section.type);
    out.u64(section.flags);
    out.u64(0);
    out.u64(section.offset);
    out.u64(section.size);
    out.u32(section.link);
    out.u32(section.info);
    out.u64(section.alignment);
    out.u64(section.entrySize);
  }

  #header(sectionHeaders: number): Uint8Array {
    const { bigEndian } = this.#object;
    const out = new ByteWriter(bigEndian);
    const osabi = usesGnuExtensions(this.#object) ? ELFOSABI.GNU : ELFOSABI.NONE;
    out.bytes([0x7f, 0x45, 0x4c, 0x46, 2, bigEndian ? 2 : 1, 1, osabi, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.u16(ET.REL);
    out.u16(EM_AARCH64);
    out.u32(1);
    out.u64(0);
    out.u64(0);
    out.u64(sectionHeaders);
    out.u32(0);
    out.u16(HEADER_SIZE);
    out.u16(0);
    out.u16(0);
    out.u16(SECTION_HEADER_SIZE);
    out.u16(this.#sections.length);
    out.u16(this.#sections.length - 1);
    return out.finish();
  }
}

/** GNU_IFUNC, GNU_UNIQUE and the GNU section flags have a meaning only under that OS ABI. */
function usesGnuExtensions(object: ObjectFile): boolean {
  return (
    object.symbols.some(({ type, binding }) => type === STT.GNU_IFUNC || binding === STB.GNU_UNIQUE) ||
    object.sections.some(({ flags }) => (flags & (SHF.GNU_RETAIN | SHF.GNU_MBIND)) !== 0)
  );
}

function plain(name: string, type: number, bytes: Uint8Array, alignment = 1, entrySize = 0): FileSection {
  return { name, type, flags: 0, alignment, entrySize, bytes, size: bytes.length, link: 0, info: 0, offset: 0 };
}

function groupSection(): FileSection {
  return plain('.group', SHT.GROUP, new Uint8Array(0), 4, 4);
}

function contentSection(section: Section): FileSection {
  return {
    ...plain(section.name, section.type, section.data, section.alignment, section.entrySize),
    flags: section.flags,
    size: section.size,
    link: section.linkIndex ?? 0,
    info: section.info ?? 0,
  };
}

function relocationSection(section: Section): FileSection {
  const flags = SHF.INFO_LINK | (section.flags & SHF.GROUP);
  return { ...plain(`.rela${section.name}`, SHT.RELA, new Uint8Array(0), 8, RELA_SIZE), flags };
}
