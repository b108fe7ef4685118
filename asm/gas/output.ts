/** The sections being filled, the current place in them, and what puts bytes there. */
import { SHF, SHT } from '../elf/constants.ts';
import type { Origin } from '../elf/object-file.ts';
import { constant } from './expression.ts';
import type { Fixup } from './fixup.ts';
import { ABSOLUTE, type Frag, GasSection, NO_FRAG, type Subsection, type Tail } from './frag.ts';
import { enterState, isCode, switchState } from './mapping.ts';
import type { Statement } from './statement.ts';
import { GasSymbol, type SymbolTable } from './symbol.ts';

/** What a statement put into a fragment: its known bytes from `offset` on, or its tail. */
export interface Emission {
  readonly section: GasSection;
  readonly frag: Frag;
  readonly offset: number;
  /** In bytes; 'tail' for the part of unknown size. */
  size: number | 'tail';
  readonly kind: Origin['kind'];
  readonly statement: Statement;
}

interface SavedPlace {
  readonly section: GasSection;
  readonly subsection: number;
}

export class Output {
  readonly symbols: SymbolTable;
  /** In the order in which they came to be; .text, .data and .bss first. */
  readonly sections: GasSection[] = [];
  readonly emissions: Emission[] = [];
  section: GasSection;
  subsection!: Subsection;
  /** The location counter in the absolute section (.struct), in bytes. */
  absoluteOffset = 0n;
  /** The statement being assembled. */
  statement: Statement | undefined;
  #previous: SavedPlace | undefined;
  readonly #stack: {
    readonly place: SavedPlace;
    readonly previous: SavedPlace | undefined;
  }[] = [];

  constructor(symbols: SymbolTable) {
    this.symbols = symbols;
    this.section = this.make('.text', SHT.PROGBITS, SHF.ALLOC | SHF.EXECINSTR);
    this.make('.data', SHT.PROGBITS, SHF.ALLOC | SHF.WRITE);
    this.make('.bss', SHT.NOBITS, SHF.ALLOC | SHF.WRITE).bss = true;
    this.enter(this.section, 0);
  }

  /**
   * A new section with its symbol, even where one of that name exists. `listed`: its symbol takes its place in the symbol table
   * at once, and not behind all others.
   */
  make(name: string, type: number, flags: number, listed = true): GasSection {
    const section = new GasSection(name);
    section.type = type;
    section.flags = flags;
    const { first } = section.subsection(0);
    // A symbol of the section's name that was used before becomes the section's own.
    let symbol = this.symbols.find(name);
    if (symbol === undefined || symbol.isDefinedOrEquated) {
      symbol = new GasSymbol(name, section, first, constant(0n));
      if (listed && !this.symbols.has(name)) this.symbols.add(symbol);
    }
    symbol.define(section, first, 0);
    symbol.type = 'section';
    section.symbol = symbol;
    if (listed) this.symbols.keep(symbol);
    this.sections.push(section);
    return section;
  }

  find(name: string): GasSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  enter(section: GasSection, subsection: number): void {
    this.section = section;
    if (section.kind === 'normal') this.subsection = section.subsection(subsection);
  }

  /** Enters a section by a directive: .previous comes back to where the assembler is. */
  change(section: GasSection, subsection: number): void {
    this.#previous = this.#here();
    this.enter(section, subsection);
  }

  push(): void {
    this.#stack.push({ place: this.#here(), previous: this.#previous });
  }

  /** Returns false where nothing was pushed. */
  pop(): boolean {
    const saved = this.#stack.pop();
    if (saved === undefined) return false;
    this.#previous = saved.previous;
    this.enter(saved.place.section, saved.place.subsection);
    return true;
  }

  /** Returns false where no section was entered before. */
  toPrevious(): boolean {
    const previous = this.#previous;
    if (previous === undefined) return false;
    this.#previous = this.#here();
    this.enter(previous.section, previous.subsection);
    return true;
  }

  #here(): SavedPlace {
    return { section: this.section, subsection: this.subsection.number };
  }

  /** The open fragment; NO_FRAG in the absolute section. */
  get frag(): Frag {
    return this.section === ABSOLUTE ? NO_FRAG : this.subsection.last;
  }

  /** Offset of the next byte from the start of `frag`. */
  get offset(): number {
    return this.section === ABSOLUTE ? Number(this.absoluteOffset) : this.subsection.last.size;
  }

  enterData(): void {
    if (this.section !== ABSOLUTE) enterState(this.symbols, this.section, this.subsection, 'data');
  }

  enterCode(): void {
    if (this.section !== ABSOLUTE) enterState(this.symbols, this.section, this.subsection, 'code');
  }

  append(bytes: ArrayLike<number>): void {
    const { frag } = this;
    const offset = frag.size;
    frag.append(bytes);
    this.#emitted(frag, offset, bytes.length, 'data');
  }

  /** Instructions are little-endian whatever the data are. */
  appendInstruction(word: number): void {
    const { frag } = this;
    const offset = frag.grow(4);
    const { bytes } = frag;
    bytes[offset] = word;
    bytes[offset + 1] = word >>> 8;
    bytes[offset + 2] = word >>> 16;
    bytes[offset + 3] = word >>> 24;
    this.#emitted(frag, offset, 4, 'instruction');
  }

  #emitted(frag: Frag, offset: number, size: number | 'tail', kind: Origin['kind']): void {
    const { statement } = this;
    if (statement === undefined) return;
    if (kind === 'data' && size !== 'tail') {
      const last = this.emissions.at(-1);
      const joins = last?.statement === statement && last.frag === frag && last.kind === 'data';
      if (joins && last.size !== 'tail') {
        last.size += size;
        return;
      }
    }
    this.emissions.push({ section: this.section, frag, offset, size, kind, statement });
  }

  /** Ends the open fragment with a part whose size is known later. */
  close(tail: Tail): void {
    const { frag } = this;
    const code = tail.kind === 'align' && isCode(this.section);
    if (tail.kind === 'align') switchState(this.symbols, this.section, frag, code ? 'code' : 'data');
    else if (tail.kind === 'fill') switchState(this.symbols, this.section, frag, 'data');
    this.subsection.close(tail, this.statement);
    this.#emitted(frag, frag.size, 'tail', 'data');
  }

  /** Pads to a multiple of 2 ** power bytes; in code with NOPs where no pattern is given. */
  align(power: number, pattern: Uint8Array | undefined, limit: number): void {
    const code = pattern === undefined && isCode(this.section);
    this.close({
      kind: 'align',
      power,
      pattern: pattern ?? new Uint8Array(1),
      limit,
      code,
    });
  }

  addFixup(fixup: Fixup): void {
    this.subsection.fixups.push(fixup);
  }
}
