/** An object file as the assembler gives it. */
import type { ElfSymbol, LineRow, ObjectFile, Origin, Section, SectionGroup } from '../elf/object-file.ts';

interface Makers {
  readonly lines: () => LineRow[];
  readonly origins: () => Origin[];
}

/** An object whose lines and origins are found when they are first asked for: an assembly to a file needs neither. */
export class AssembledObject implements ObjectFile {
  readonly name: string;
  readonly bigEndian: boolean;
  readonly sections: readonly Section[];
  readonly symbols: readonly ElfSymbol[];
  readonly groups: readonly SectionGroup[];
  readonly #makers: Makers;
  #lines: readonly LineRow[] | undefined;
  #origins: readonly Origin[] | undefined;

  constructor(
    name: string,
    bigEndian: boolean,
    sections: readonly Section[],
    symbols: readonly ElfSymbol[],
    groups: readonly SectionGroup[],
    makers: Makers,
  ) {
    this.name = name;
    this.bigEndian = bigEndian;
    this.sections = sections;
    this.symbols = symbols;
    this.groups = groups;
    this.#makers = makers;
  }

  get lines(): readonly LineRow[] {
    this.#lines ??= this.#makers.lines();
    return this.#lines;
  }

  get origins(): readonly Origin[] {
    this.#origins ??= this.#makers.origins();
    return this.#origins;
  }
}
