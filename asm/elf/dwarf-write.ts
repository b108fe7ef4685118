/**
 * DWARF sections that let a debugger show source lines: .debug_line, and the least of .debug_info, .debug_abbrev,
 * .debug_aranges, .debug_ranges and .debug_str that leads to it, as GNU as makes them with -g.
 *
 * Source: DWARF 4, sections 3.1 (compilation units), 6.1.2 (.debug_aranges), 6.2 (line numbers), 7.5 (abbreviations).
 */
import { ByteWriter } from './byte-writer.ts';
import { SHF, SHT, STB, STT } from './constants.ts';
import type { ElfSymbol, LineRow, ObjectFile, Relocation, Section } from './object-file.ts';
import { relocationNamed } from './relocations.ts';

const VERSION = 4;
const ADDRESS_SIZE = 8;
const ABS32 = relocationNamed('ABS32').number;
const ABS64 = relocationNamed('ABS64').number;

export interface DebugOptions {
  /** Name of the source as it was given. */
  readonly source: string;
  /** The folder the assembler runs in, by which relative names count. */
  readonly directory: string;
  readonly producer: string;
}

/** `object` with debug sections for its `lines`; `object` itself where it has none. */
export function withDebugSections(object: ObjectFile, options: DebugOptions): ObjectFile {
  if (object.lines.length === 0) return object;
  const sections = new DebugSections(object, options);
  return sections.build();
}

/** Contents of one debug section, and what is to be relocated in them. */
class Contents {
  readonly section: { -readonly [K in keyof Section]: Section[K] };
  readonly symbol: ElfSymbol;
  readonly out: ByteWriter;
  readonly relocations: Relocation[] = [];

  constructor(name: string, bigEndian: boolean, flags = 0, entrySize = 0, alignment = 1) {
    this.section = {
      name,
      type: SHT.PROGBITS,
      flags,
      entrySize,
      alignment,
      size: 0,
      data: new Uint8Array(0),
      address: 0n,
      relocations: this.relocations,
    };
    this.symbol = {
      name: '',
      value: 0n,
      size: 0n,
      binding: STB.LOCAL,
      type: STT.SECTION,
      visibility: 0,
      other: 0,
      section: this.section,
    };
    this.out = new ByteWriter(bigEndian);
  }

  /** A 4-byte offset into another debug section. */
  offset(target: Contents, addend: number): void {
    this.relocations.push({ offset: this.out.length, type: ABS32, symbol: target.symbol, addend: BigInt(addend) });
    this.out.u32(0);
  }

  address(symbol: ElfSymbol, addend: number): void {
    this.relocations.push({ offset: this.out.length, type: ABS64, symbol, addend: BigInt(addend) });
    this.out.u64(0);
  }

  /** A 4-byte length, filled in by `close`. */
  open(): number {
    this.out.u32(0);
    return this.out.length;
  }

  close(start: number): void {
    this.out.setU32(start - 4, this.out.length - start);
  }

  finish(): Section {
    this.section.data = this.out.finish();
    this.section.size = this.section.data.length;
    return this.section;
  }
}

/** Code that has line numbers. */
interface Range {
  readonly section: Section;
  readonly symbol: ElfSymbol;
  readonly rows: readonly LineRow[];
}

class DebugSections {
  readonly #object: ObjectFile;
  readonly #options: DebugOptions;
  readonly #line: Contents;
  readonly #info: Contents;
  readonly #abbrev: Contents;
  readonly #aranges: Contents;
  readonly #ranges: Contents;
  readonly #str: Contents;
  readonly #code: readonly Range[];

  constructor(object: ObjectFile, options: DebugOptions) {
    this.#object = object;
    this.#options = options;
    const { bigEndian } = object;
    this.#line = new Contents('.debug_line', bigEndian);
    this.#info = new Contents('.debug_info', bigEndian);
    this.#abbrev = new Contents('.debug_abbrev', bigEndian);
    this.#aranges = new Contents('.debug_aranges', bigEndian, 0, 0, 2 * ADDRESS_SIZE);
    this.#str = new Contents('.debug_str', bigEndian, SHF.MERGE | SHF.STRINGS, 1);
    this.#ranges = new Contents('.debug_ranges', bigEndian, 0, 0, 2 * ADDRESS_SIZE);
    this.#code = codeRanges(object);
  }

  build(): ObjectFile {
    this.#writeLine();
    this.#writeRanges();
    this.#writeAranges();
    this.#writeInfo();
    this.#writeAbbreviations();
    const made = [this.#line, this.#info, this.#abbrev, this.#aranges, this.#str, this.#ranges];
    const { symbols } = this.#object;
    const locals = symbols.filter(({ binding }) => binding === STB.LOCAL);
    const globals = symbols.filter(({ binding }) => binding !== STB.LOCAL);
    const { name, bigEndian, groups, lines, origins } = this.#object;
    return {
      name,
      bigEndian,
      groups,
      lines,
      origins,
      sections: [...this.#object.sections, ...made.map((contents) => contents.finish())],
      symbols: [...locals, ...made.map(({ symbol }) => symbol), ...globals],
    };
  }

  // --- .debug_line --------------------------------------------------------------------------------------------------

  #writeLine(): void {
    const { out } = this.#line;
    const unit = this.#line.open();
    out.u16(VERSION);
    const header = this.#line.open();
    // Instructions of 4 bytes, one operation each, statements begin everywhere.
    out.bytes([4, 1, 1]);
    out.bytes([LINE_BASE & 0xff, LINE_RANGE, OPCODE_BASE]);
    out.bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
    const numbers = this.#writeFileNames();
    this.#line.close(header);
    for (const range of this.#code) this.#writeSequence(range, numbers);
    this.#line.close(unit);
  }

  /** The tables of folders and files. Returns the number of each file. */
  #writeFileNames(): Map<string, number> {
    const { out } = this.#line;
    const folders = new Map<string, number>();
    const files = new Map<string, number>();
    for (const { rows } of this.#code)
      for (const { file } of rows) {
        if (files.has(file)) continue;
        files.set(file, files.size + 1);
        const folder = folderOf(file);
        if (folder !== '' && !folders.has(folder)) folders.set(folder, folders.size + 1);
      }
    for (const folder of folders.keys()) out.string(folder);
    out.u8(0);
    for (const file of files.keys()) {
      const folder = folderOf(file);
      out.string(folder === '' ? file : file.slice(file.lastIndexOf('/') + 1));
      out.uleb(folders.get(folder) ?? 0);
      out.bytes([0, 0]);
    }
    out.u8(0);
    return files;
  }

  /** The rows of one section, as a line-number program. */
  #writeSequence({ symbol, rows }: Range, numbers: ReadonlyMap<string, number>): void {
    const { out } = this.#line;
    let offset = rows[0]!.offset;
    let line = 1;
    let file = 1;
    out.bytes([0, 1 + ADDRESS_SIZE, EXTENDED.setAddress]);
    this.#line.address(symbol, offset);
    for (const row of rows) {
      const advance = row.offset - offset;
      offset = row.offset;
      if (row.end) {
        advancePc(out, advance);
        out.bytes([0, 1, EXTENDED.endSequence]);
        return;
      }
      const number = numbers.get(row.file)!;
      if (number !== file) {
        out.u8(STANDARD.setFile);
        out.uleb(number);
        file = number;
      }
      writeRow(out, row.line - line, advance);
      line = row.line;
    }
  }

  // --- The unit -----------------------------------------------------------------------------------------------------

  #writeRanges(): void {
    const { out } = this.#ranges;
    // What follows counts from address 0: a base address selection entry.
    out.u64(-1n);
    out.u64(0);
    for (const { section, symbol } of this.#code) {
      this.#ranges.address(symbol, 0);
      this.#ranges.address(symbol, section.size);
    }
    out.u64(0);
    out.u64(0);
  }

  #writeAranges(): void {
    const { out } = this.#aranges;
    const unit = this.#aranges.open();
    out.u16(2);
    this.#aranges.offset(this.#info, 0);
    out.bytes([ADDRESS_SIZE, 0]);
    out.align(2 * ADDRESS_SIZE);
    for (const { section, symbol } of this.#code) {
      this.#aranges.address(symbol, 0);
      out.u64(section.size);
    }
    out.u64(0);
    out.u64(0);
    this.#aranges.close(unit);
  }

  #writeInfo(): void {
    const { out } = this.#info;
    const unit = this.#info.open();
    out.u16(VERSION);
    this.#info.offset(this.#abbrev, 0);
    out.u8(ADDRESS_SIZE);
    out.uleb(ABBREVIATION.unit);
    this.#info.offset(this.#line, 0);
    this.#info.offset(this.#ranges, 0);
    out.u64(0);
    this.#string(this.#options.source);
    this.#string(this.#options.directory);
    this.#string(this.#options.producer);
    out.u16(LANGUAGE_ASSEMBLER);
    for (const symbol of this.#functions()) this.#writeFunction(symbol);
    out.u8(0);
    this.#info.close(unit);
  }

  #writeFunction(symbol: ElfSymbol): void {
    const { out } = this.#info;
    out.uleb(ABBREVIATION.subprogram);
    this.#string(symbol.name);
    out.u8(symbol.binding === STB.LOCAL ? 0 : 1);
    this.#info.address(symbol, 0);
    this.#info.address(symbol, Number(symbol.size));
  }

  /** Functions with line numbers, of which the unit tells the extent. */
  #functions(): ElfSymbol[] {
    const sections = new Set(this.#code.map(({ section }) => section));
    return this.#object.symbols.filter(
      ({ type, section }) => type === STT.FUNC && typeof section !== 'string' && sections.has(section as Section),
    );
  }

  #string(text: string): void {
    this.#info.offset(this.#str, this.#str.out.length);
    this.#str.out.string(text);
  }

  #writeAbbreviations(): void {
    const { out } = this.#abbrev;
    abbreviation(out, ABBREVIATION.unit, TAG.compileUnit, true, [
      [ATTRIBUTE.stmtList, FORM.secOffset],
      [ATTRIBUTE.ranges, FORM.secOffset],
      [ATTRIBUTE.lowPc, FORM.addr],
      [ATTRIBUTE.name, FORM.strp],
      [ATTRIBUTE.compDir, FORM.strp],
      [ATTRIBUTE.producer, FORM.strp],
      [ATTRIBUTE.language, FORM.data2],
    ]);
    abbreviation(out, ABBREVIATION.subprogram, TAG.subprogram, false, [
      [ATTRIBUTE.name, FORM.strp],
      [ATTRIBUTE.external, FORM.flag],
      [ATTRIBUTE.lowPc, FORM.addr],
      [ATTRIBUTE.highPc, FORM.addr],
    ]);
    out.u8(0);
  }
}

const ABBREVIATION = { unit: 1, subprogram: 2 } as const;
const TAG = { compileUnit: 0x11, subprogram: 0x2e } as const;
const ATTRIBUTE = {
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  compDir: 0x1b,
  producer: 0x25,
  external: 0x3f,
  ranges: 0x55,
} as const;
const FORM = { addr: 0x01, data2: 0x05, flag: 0x0c, strp: 0x0e, secOffset: 0x17 } as const;
/** DW_LANG_Mips_Assembler, which GNU tools use for every assembler. */
const LANGUAGE_ASSEMBLER = 0x8001;

function abbreviation(
  out: ByteWriter,
  number: number,
  tag: number,
  children: boolean,
  attributes: readonly (readonly [number, number])[],
): void {
  out.uleb(number);
  out.uleb(tag);
  out.u8(children ? 1 : 0);
  for (const [name, form] of attributes) {
    out.uleb(name);
    out.uleb(form);
  }
  out.bytes([0, 0]);
}

// --- Line-number programs -------------------------------------------------------------------------------------------

/** A special opcode moves the line by LINE_BASE to LINE_BASE + LINE_RANGE - 1 and the address by some instructions. */
const LINE_BASE = -5;
const LINE_RANGE = 14;
const OPCODE_BASE = 13;
const STANDARD = { copy: 1, advancePc: 2, advanceLine: 3, setFile: 4 } as const;
const EXTENDED = { endSequence: 1, setAddress: 2 } as const;

/** A row `lines` further down and `bytes` further on. */
function writeRow(out: ByteWriter, lines: number, bytes: number): void {
  let left = lines;
  if (left < LINE_BASE || left >= LINE_BASE + LINE_RANGE) {
    out.u8(STANDARD.advanceLine);
    out.sleb(left);
    left = 0;
  }
  const opcode = left - LINE_BASE + LINE_RANGE * Math.floor(bytes / 4) + OPCODE_BASE;
  if (opcode <= 255) out.u8(opcode);
  else {
    advancePc(out, bytes);
    out.u8(left - LINE_BASE + OPCODE_BASE);
  }
}

function advancePc(out: ByteWriter, bytes: number): void {
  out.u8(STANDARD.advancePc);
  out.uleb(Math.floor(bytes / 4));
}

/** The sections with line numbers, each with the symbol that stands for it. */
function codeRanges(object: ObjectFile): Range[] {
  const ranges = new Map<Section, LineRow[]>();
  for (const row of object.lines) {
    const rows = ranges.get(row.section);
    if (rows === undefined) ranges.set(row.section, [row]);
    else rows.push(row);
  }
  return [...ranges].map(([section, rows]) => {
    const symbol = object.symbols.find((candidate) => candidate.type === STT.SECTION && candidate.section === section)!;
    return { section, symbol, rows };
  });
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, Math.max(1, slash));
}
