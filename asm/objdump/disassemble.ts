/**
 * The text of `objdump -d`: the file's name and format, then each section of instructions, symbol by symbol, with address, word
 * and instruction. Every byte of it is that of GNU objdump 2.40 (GNU Binary Utilities manual, "objdump").
 */
import { disassemble } from '../a64/print.ts';
import { ET, SHF, SHT } from '../elf/constants.ts';
import type { ElfFile, ElfSymbol, Relocation, Section } from '../elf/object-file.ts';
import { SourceError } from '../source/diagnostics.ts';
import { relocationLine, relocationTable, sortedRelocations } from './relocations.ts';
import { isFunction, isObject, printable, SortedSymbols } from './sorted-symbols.ts';

export interface DumpOptions {
  /** Disassemble: sections of instructions, or with 'all' every section, data as if they were instructions. */
  readonly disassemble?: 'code' | 'all';
  /** Show relocations: beside the instructions, or alone as tables. */
  readonly relocations?: boolean;
  /** The sections to show, by name; left out, all that `disassemble` means. */
  readonly sections?: readonly string[];
  /** Leave out the column of words. */
  readonly hideWords?: boolean;
  /** Show runs of zeros instead of `...`. */
  readonly showZeros?: boolean;
}

/** Runs of zeros at least this long, in bytes, are shown as `...`. */
const ZEROS_SKIPPED = 8;
/** Zeros at the end of a symbol's bytes are alignment where they are fewer than this. */
const ZEROS_AT_END = 3;
const WORD = 4;
/** Bytes of a section without contents that are made to be shown. */
const ZEROS_LIMIT = 1 << 28;
/** Bytes on a line of an object's dump. */
const DUMP_LINE = 16;

/** The lines of the dump of `file`, called `path` in its heading. */
export function* dumpLines(file: ElfFile, path: string, options: DumpOptions): Generator<string> {
  yield* ['', `${path}:     file format elf64-${file.bigEndian ? 'big' : 'little'}aarch64`, ''];
  const chosen = (section: Section) => options.sections?.includes(section.name) ?? true;
  if (options.disassemble === undefined) {
    if (options.relocations) for (const section of file.sections.filter(chosen)) yield* relocationTable(section);
    return;
  }
  const dump = new Dump(file, options);
  for (const section of file.sections) {
    const shown = options.sections !== undefined || options.disassemble === 'all' || isCode(section);
    if (shown && chosen(section) && section.size > 0) yield* dump.section(section);
  }
}

/** A section without contents in the file holds zeros. Throws SourceError where they are more than can be shown. */
function contentsOf({ type, size, name, data }: Section, path: string): Uint8Array {
  if (type !== SHT.NOBITS) return data;
  if (size <= ZEROS_LIMIT) return new Uint8Array(size);
  throw new SourceError(`${path}: section '${name}' is larger than the limit of ${ZEROS_LIMIT} bytes`);
}

function isCode({ flags, type }: Section): boolean {
  return (flags & SHF.EXECINSTR) !== 0 && type !== SHT.NOBITS;
}

/** A stretch of a section from one symbol to the next. */
interface Block {
  readonly section: Section;
  readonly data: Uint8Array;
  readonly symbols: SortedSymbols;
  /** In bytes from the start of the section. */
  readonly start: number;
  readonly end: number;
  /** Characters of an address. */
  readonly width: number;
}

class Dump {
  readonly #file: ElfFile;
  readonly #options: DumpOptions;
  /** Bytes written together in the raw column, and whether the last of them comes first: as the line before left it. */
  #chunk = 1;
  #reversed: boolean;
  #relocations: readonly Relocation[] = [];
  #nextRelocation = 0;

  constructor(file: ElfFile, options: DumpOptions) {
    this.#file = file;
    this.#options = options;
    this.#reversed = !file.bigEndian;
  }

  *section(section: Section): Generator<string> {
    const symbols = new SortedSymbols(this.#file, section);
    this.#relocations = sortedRelocations(section);
    this.#nextRelocation = 0;
    const data = contentsOf(section, this.#file.name);
    const { length } = data;
    const width = addressWidth(section.address + BigInt(length));
    yield* ['', `Disassembly of section ${printable(section.name)}:`];
    let symbol = symbols.at(section.address, true);
    for (let start = 0; start < length; ) {
      const address = section.address + BigInt(start);
      yield* ['', `${hex(address, 16)} <${nameOf(symbol, section, address)}>:`];
      const isAhead = symbol !== undefined && symbol.value > address;
      const next = symbol === undefined || isAhead ? symbol : symbols.nextInSection(symbol.value);
      const stop = next === undefined ? length : Number(next.value - section.address);
      const end = stop > length || stop <= start ? length : stop;
      const block = { section, data, symbols, start, end, width };
      yield* this.#block(block, isAhead || !this.#isDumped(symbol, section));
      start = end;
      symbol = next;
    }
  }

  /** Whether the bytes of `symbol` are shown as they are: it is an object, not a function. */
  #isDumped(symbol: ElfSymbol | undefined, section: Section): boolean {
    if (this.#options.disassemble === 'all' || symbol === undefined || symbol.section !== section) return false;
    return isObject(symbol) && !isFunction(symbol);
  }

  *#block(block: Block, asInstructions: boolean): Generator<string> {
    const { data } = block;
    for (let at = block.start; at < block.end; ) {
      let size = this.#options.showZeros ? 0 : skippedZeros(data, at, block.end);
      if (size > 0) yield '\t...';
      else {
        const address = hex(block.section.address + BigInt(at)).padStart(block.width);
        const line = asInstructions ? this.#instruction(block, at) : this.#bytes(block, at);
        yield `${address}:\t${line.text}`;
        if (line.size === 0) {
          yield '';
          return;
        }
        size = line.size;
      }
      at += size;
      yield* this.#relocationsUpTo(block.section, at);
    }
  }

  *#relocationsUpTo(section: Section, end: number): Generator<string> {
    for (; this.#nextRelocation < this.#relocations.length; this.#nextRelocation++) {
      const relocation = this.#relocations[this.#nextRelocation]!;
      if (relocation.offset >= end) return;
      if (!this.#options.relocations) continue;
      yield `\t\t\t${hex(section.address + BigInt(relocation.offset))}: ${relocationLine(relocation)}`;
    }
  }

  /** Bytes of an object, sixteen on a line, and as characters. */
  #bytes({ data, end }: Block, at: number): { text: string; size: number } {
    const size = Math.min(DUMP_LINE, end - at);
    const characters = Array.from(data.subarray(at, at + size), (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    ).join('');
    const raw = this.#options.hideWords ? '' : `${this.#raw(data, at, size, end, DUMP_LINE)}    `;
    return { text: raw + characters, size };
  }

  /** One instruction or datum; `size` 0 where the block ends within an instruction. */
  #instruction(block: Block, at: number): { text: string; size: number } {
    const { section, data, symbols, end } = block;
    const address = section.address + BigInt(at);
    const isData = (symbols.kindAt(address) ?? (isCode(section) ? 'instructions' : 'data')) === 'data';
    const asData = isData && this.#options.disassemble !== 'all';
    const size = asData ? dataSize(symbols, address) : WORD;
    this.#chunk = size;
    this.#reversed = !asData || !this.#file.bigEndian;
    const limit = this.#options.disassemble !== 'all' && isCode(section) ? end : data.length;
    if (at + size > limit) return { text: `Address 0x${hex(address)} is out of bounds.`, size: 0 };
    const value = numberAt(data, at, size, this.#reversed);
    const text = asData ? datum(value, size) : this.#disassembled(block, at, value);
    return { text: this.#options.hideWords ? text : `${this.#raw(data, at, size, end, WORD)}\t${text}`, size };
  }

  #disassembled({ section, symbols }: Block, at: number, word: number): string {
    const relocation = this.#relocationAt(at);
    const symbol = relocation?.symbol;
    const undefinedName = symbol?.section === 'undefined' ? symbol.name : undefined;
    return disassemble(word, {
      address: section.address + BigInt(at),
      relocated: relocation === undefined ? undefined : (symbol?.value ?? 0n),
      target: (target) => {
        if (symbols.list.length === 0) return undefined;
        return undefinedName ?? nameOf(symbols.at(target, false), section, target);
      },
      comments: true,
    });
  }

  /** The relocation of the instruction at `at`: in a linked file it has been applied. */
  #relocationAt(at: number): Relocation | undefined {
    if (this.#file.type === ET.EXEC || this.#file.type === ET.DYN) return undefined;
    const relocation = this.#relocations[this.#nextRelocation];
    return relocation?.offset === at ? relocation : undefined;
  }

  /** `size` bytes in chunks, filled with spaces to the width of `lineSize` bytes. */
  #raw(data: Uint8Array, at: number, size: number, end: number, lineSize: number): string {
    const chunk = this.#chunk;
    let text = '';
    for (let i = at; i < at + size; i += chunk) {
      if (i + chunk <= end) {
        const bytes = data.subarray(i, i + chunk);
        text += Array.from(this.#reversed ? bytes.toReversed() : bytes, (byte) => hex(BigInt(byte), 2)).join('');
      }
      text += ' ';
    }
    for (let shown = size; shown < lineSize; shown += chunk) text += `${'  '.repeat(chunk)} `;
    return text;
  }
}

/** How many zero bytes from `at` on are shown as `...`; 0 where they are too few. */
function skippedZeros(data: Uint8Array, at: number, end: number): number {
  let to = at;
  while (to < end && data[to] === 0) to++;
  const count = to - at;
  if (count < ZEROS_SKIPPED && !(to === end && count < ZEROS_AT_END)) return 0;
  // An instruction may begin with zeros.
  return to === end ? count : count - (count % WORD);
}

/** Bytes of data shown on one line: up to the next word, and not past a symbol. */
function dataSize(symbols: SortedSymbols, address: bigint): number {
  let size = WORD - Number(address & 3n);
  const next = symbols.nextAddress(address);
  if (next !== undefined && next - address < size) size = Number(next - address);
  if (size !== 3) return size;
  return (address & 1n) === 0n ? 2 : 1;
}

function datum(value: number, size: number): string {
  const directive = { 1: '.byte', 2: '.short', 4: '.word' }[size];
  return `${directive}\t0x${hex(BigInt(value), 2 * size)}`;
}

function numberAt(data: Uint8Array, at: number, size: number, littleEndian: boolean): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + data[littleEndian ? at + size - 1 - i : at + i]!;
  return value;
}

/** `foo`, `foo+0x8` or `foo-0x8`; the section stands in for a symbol. */
function nameOf(symbol: ElfSymbol | undefined, section: Section, address: bigint): string {
  const name = printable(symbol?.name ?? section.name);
  const distance = address - (symbol?.value ?? section.address);
  if (distance === 0n) return name;
  return `${name}${distance < 0n ? '-' : '+'}0x${hex(distance < 0n ? -distance : distance)}`;
}

function hex(value: bigint, digits = 1): string {
  return value.toString(16).padStart(digits, '0');
}

/** Characters of the addresses of a section that ends at `end`: leading zeros go in fours, one stays. */
function addressWidth(end: bigint): number {
  const zeros = 16 - (end === 0n ? 0 : end.toString(16).length);
  return zeros === 0 ? 16 : 16 - ((zeros - 1) & -4);
}
