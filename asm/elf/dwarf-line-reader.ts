/**
 * DWARF line tables read, versions 2 to 5 (DWARF 5, section 6.2; DWARF 2 to 4 for the older headers).
 */
import { ByteReader } from './byte-reader.ts';
import { SHF } from './constants.ts';
import type { ElfFile, LineRow, Section } from './object-file.ts';
import { relocationKind } from './relocations.ts';

/** Forms of attributes a version 5 header may use. */
const FORM = {
  block: 0x09,
  data1: 0x0b,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  data16: 0x1e,
  line_strp: 0x1f,
  string: 0x08,
  strp: 0x0e,
  udata: 0x0f,
} as const;

const CONTENT = { path: 1, directory: 2 } as const;

/** The rows of all line tables of `file`, ordered by section and offset. Throws SourceError for a malformed table. */
export function readLines(file: ElfFile): LineRow[] {
  const section = file.sections.find(({ name }) => name === '.debug_line');
  if (section === undefined) return [];
  const reader = new LineReader(file, section);
  return reader.read();
}

interface Header {
  readonly version: number;
  readonly minimumLength: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operandCounts: readonly number[];
  readonly files: readonly string[];
}

class LineReader {
  readonly #file: ElfFile;
  readonly #lines: ByteReader;
  /** For relocatable files: where the bytes of the table that are addresses or offsets point. */
  readonly #targets: ReadonlyMap<number, { readonly section: Section | undefined; readonly value: bigint }>;
  readonly #rows: LineRow[] = [];

  constructor(file: ElfFile, section: Section) {
    this.#file = file;
    this.#lines = new ByteReader(`${file.name}: .debug_line`, section.data, file.bigEndian);
    this.#targets = relocationTargets(section);
  }

  read(): LineRow[] {
    while (!this.#lines.atEnd) this.#unit();
    const order = new Map(this.#file.sections.map((section, i) => [section, i]));
    return this.#rows.sort(
      (a, b) =>
        order.get(a.section)! - order.get(b.section)! ||
        a.offset - b.offset ||
        Number(b.end ?? false) - Number(a.end ?? false),
    );
  }

  #unit(): void {
    const lines = this.#lines;
    const start = lines.at;
    let length = lines.u32();
    let wide = false;
    if (length === 0xffffffff) {
      wide = true;
      length = lines.size();
    }
    const end = lines.at + length;
    if (length === 0 || end > lines.bytes.length) throw lines.fault('a line table is longer than its section', start);
    const version = lines.u16();
    if (version >= 2 && version <= 5) this.#program(this.#header(version, wide), end);
    lines.at = end;
  }

  #header(version: number, wide: boolean): Header {
    const lines = this.#lines;
    if (version >= 5) lines.at += 2;
    const headerLength = wide ? lines.size() : lines.u32();
    const programStart = lines.at + headerLength;
    const minimumLength = lines.u8();
    if (version >= 4) lines.u8();
    lines.u8();
    const lineBase = lines.i8();
    const lineRange = lines.u8();
    const opcodeBase = lines.u8();
    if (lineRange === 0 || opcodeBase === 0) throw lines.fault('a line table has an empty range of lines or opcodes');
    const operandCounts = [0, ...Array.from({ length: opcodeBase - 1 }, () => lines.u8())];
    const files = version >= 5 ? this.#files5(wide) : this.#files2();
    if (programStart > lines.bytes.length) throw lines.fault('a line table has a header longer than its section');
    lines.at = programStart;
    return { version, minimumLength, lineBase, lineRange, opcodeBase, operandCounts, files };
  }

  /** Directories and files of versions 2 to 4; file numbers begin with 1. */
  #files2(): string[] {
    const lines = this.#lines;
    const directories = [''];
    for (let name = lines.string(); name !== ''; name = lines.string()) directories.push(name);
    const files = [''];
    for (let name = lines.string(); name !== ''; name = lines.string()) {
      const directory = directories[Number(lines.uleb())] ?? '';
      lines.uleb();
      lines.uleb();
      files.push(joined(directory, name));
    }
    return files;
  }

  /** Version 5: both tables tell their own form; directory 0 is the one the compiler ran in. */
  #files5(wide: boolean): string[] {
    const directories = this.#entries(wide).map(({ path }) => path);
    return this.#entries(wide).map(({ path, directory }) =>
      joined(directory === 0 ? '' : (directories[directory] ?? ''), path),
    );
  }

  #entries(wide: boolean): { path: string; directory: number }[] {
    const lines = this.#lines;
    const format = Array.from({ length: lines.u8() }, () => ({
      content: Number(lines.uleb()),
      form: Number(lines.uleb()),
    }));
    const count = Number(lines.uleb());
    if (count > lines.bytes.length) throw lines.fault('a line table has more files than bytes');
    return Array.from({ length: count }, () => {
      const entry = { path: '', directory: 0 };
      for (const { content, form } of format) {
        const value = this.#form(form, wide);
        if (content === CONTENT.path && typeof value === 'string') entry.path = value;
        else if (content === CONTENT.directory && typeof value === 'number') entry.directory = value;
      }
      return entry;
    });
  }

  #form(form: number, wide: boolean): string | number {
    const lines = this.#lines;
    switch (form) {
      case FORM.string:
        return lines.string();
      case FORM.line_strp:
        return this.#indirect('.debug_line_str', wide);
      case FORM.strp:
        return this.#indirect('.debug_str', wide);
      case FORM.udata:
        return Number(lines.uleb());
      case FORM.data1:
        return lines.u8();
      case FORM.data2:
        return lines.u16();
      case FORM.data4:
        return lines.u32();
      case FORM.data8:
        return Number(lines.u64());
      case FORM.data16:
        lines.take(16);
        return 0;
      case FORM.block:
        lines.take(Number(lines.uleb()));
        return 0;
      default:
        throw lines.fault(`a line table uses the attribute form 0x${form.toString(16)}, which is not known`);
    }
  }

  #indirect(sectionName: string, wide: boolean): string {
    const at = this.#lines.at;
    const written = wide ? this.#lines.size() : this.#lines.u32();
    const offset = Number(this.#targets.get(at)?.value ?? BigInt(written));
    const section = this.#file.sections.find(({ name }) => name === sectionName);
    if (section === undefined) throw this.#lines.fault(`there is no ${sectionName}`, at);
    return new ByteReader(`${this.#file.name}: ${sectionName}`, section.data, this.#file.bigEndian).stringAt(offset);
  }

  /** Runs the line-number program (section 6.2.5). */
  #program(header: Header, end: number): void {
    const lines = this.#lines;
    const state = new LineState(this.#file, header, this.#rows);
    while (lines.at < end) {
      const opcode = lines.u8();
      if (opcode >= header.opcodeBase) state.special(opcode - header.opcodeBase);
      else if (opcode === 0) this.#extended(state);
      else standard(opcode, lines, state, header);
    }
  }

  #extended(state: LineState): void {
    const lines = this.#lines;
    const length = Number(lines.uleb());
    const next = lines.at + length;
    if (length === 0) return;
    const opcode = lines.u8();
    if (opcode === 1) state.endSequence();
    else if (opcode === 2) {
      const at = lines.at;
      const written = length === 5 ? BigInt(lines.u32()) : lines.u64();
      const target = this.#targets.get(at);
      if (target === undefined) state.setAddress(written, undefined);
      else state.setAddress(target.value, target.section);
    }
    if (next > lines.bytes.length) throw lines.fault('an extended opcode of a line table is longer than its section');
    lines.at = next;
  }
}

const STANDARD = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;

function standard(opcode: number, lines: ByteReader, state: LineState, header: Header): void {
  switch (opcode) {
    case STANDARD.copy:
      state.emit();
      break;
    case STANDARD.advancePc:
      state.advance(Number(lines.uleb()) * header.minimumLength);
      break;
    case STANDARD.advanceLine:
      state.line += Number(lines.sleb());
      break;
    case STANDARD.setFile:
      state.file = Number(lines.uleb());
      break;
    case STANDARD.constAddPc:
      state.advance(Math.floor((255 - header.opcodeBase) / header.lineRange) * header.minimumLength);
      break;
    case STANDARD.fixedAdvancePc:
      state.advance(lines.u16());
      break;
    default:
      // Others, those of later versions among them, only have operands to step over.
      for (let i = 0; i < (header.operandCounts[opcode] ?? 0); i++) lines.uleb();
  }
}

/** The registers of the line-number program that a row is made of. */
class LineState {
  readonly #elf: ElfFile;
  readonly #header: Header;
  readonly #rows: LineRow[];
  #address = 0n;
  /** In relocatable files the section is known by relocation. */
  #section: Section | undefined;
  file = 1;
  line = 1;

  constructor(elf: ElfFile, header: Header, rows: LineRow[]) {
    this.#elf = elf;
    this.#header = header;
    this.#rows = rows;
  }

  setAddress(address: bigint, section: Section | undefined): void {
    this.#address = address;
    this.#section = section;
  }

  advance(bytes: number): void {
    this.#address += BigInt(bytes);
  }

  special(adjusted: number): void {
    const { lineBase, lineRange, minimumLength } = this.#header;
    this.advance(Math.floor(adjusted / lineRange) * minimumLength);
    this.line += lineBase + (adjusted % lineRange);
    this.emit();
  }

  emit(): void {
    this.#push(false);
  }

  endSequence(): void {
    this.#push(true);
    this.#address = 0n;
    this.#section = undefined;
    this.file = 1;
    this.line = 1;
  }

  #push(end: boolean): void {
    const section = this.#section ?? this.#holding(end);
    if (section === undefined) return;
    const offset = Number(this.#section === undefined ? this.#address - section.address : this.#address);
    const file = this.#header.files[this.file] ?? '';
    this.#rows.push(end ? { section, offset, file, line: this.line, end } : { section, offset, file, line: this.line });
  }

  /** The section of an executable that holds the address; the end of a sequence lies just behind it. */
  #holding(end: boolean): Section | undefined {
    const address = end ? this.#address - 1n : this.#address;
    return this.#elf.sections.find(
      (section) =>
        (section.flags & SHF.ALLOC) !== 0 &&
        address >= section.address &&
        address < section.address + BigInt(section.size),
    );
  }
}

/** What the absolute relocations of a section put where. */
function relocationTargets(section: Section): Map<number, { section: Section | undefined; value: bigint }> {
  const targets = new Map<number, { section: Section | undefined; value: bigint }>();
  for (const { offset, type, symbol, addend } of section.relocations) {
    if (relocationKind(type)?.operation !== 'absolute') continue;
    const own = symbol?.section;
    const target = own === undefined || typeof own === 'string' || 'members' in own ? undefined : own;
    targets.set(offset, { section: target, value: (symbol?.value ?? 0n) + addend });
  }
  return targets;
}

function joined(directory: string, name: string): string {
  if (directory === '' || name.startsWith('/')) return name;
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}
