/** The object file made of what was assembled: sections with their contents, groups, the symbol table, relocations. */
import { SHF, SHT, STB, STT } from '../elf/constants.ts';
import type { ElfSymbol, ObjectFile, Relocation, Section, SectionGroup } from '../elf/object-file.ts';
import { AssembledObject } from './assembled-object.ts';
import type { Assembler } from './assembler.ts';
import { DOT } from './deferred.ts';
import { Evaluator } from './evaluate.ts';
import { constant } from './expression.ts';
import { ABSOLUTE, type GasSection, NO_FRAG } from './frag.ts';
import { sectionBytes } from './layout.ts';
import { dropIdleMappingSymbols } from './mapping.ts';
import { linesOf, originsOf } from './provenance.ts';
import type { PendingRelocation } from './resolve.ts';
import { GasSymbol, isNumericName, shownName } from './symbol.ts';
import { renameVersions } from './versions.ts';

/** Arrays of function pointers, whose entries have the size of one. */
const ARRAYS: readonly number[] = [SHT.INIT_ARRAY, SHT.FINI_ARRAY, SHT.PREINIT_ARRAY];
const POINTER_SIZE = 8;

/** Makes the object file of laid-out sections and resolved symbols. */
export class ObjectBuilder {
  readonly #asm: Assembler;
  readonly #evaluator = new Evaluator(true);
  readonly #sections = new Map<GasSection, Mutable<Section>>();
  readonly #symbols = new Map<GasSymbol, ElfSymbol>();
  readonly #problems = new Set<string>();
  /** Each group and its signature. */
  readonly #groups = new Map<Mutable<SectionGroup>, GasSymbol>();
  /** Groups whose signature only names them. */
  readonly #groupOf = new Map<GasSymbol, SectionGroup>();

  constructor(asm: Assembler) {
    this.#asm = asm;
  }

  object(relocations: readonly PendingRelocation[]): ObjectFile {
    const { output, options } = this.#asm;
    for (const section of output.sections) {
      dropIdleMappingSymbols(section);
      this.#sections.set(section, this.#section(section));
    }
    renameVersions(this.#asm, this.#evaluator);
    this.#makeGroups();
    const symbols = this.#makeSymbols();
    this.#attachRelocations(relocations);
    this.#linkSections();
    const sections = [...this.#sections.values()];
    return new AssembledObject(options.file, this.#asm.bigEndian, sections, symbols, [...this.#groups.keys()], {
      lines: () => linesOf(this.#asm, this.#sections),
      origins: () => originsOf(this.#asm, this.#sections),
    });
  }

  #section(section: GasSection): Mutable<Section> {
    return {
      name: section.name,
      type: section.type,
      flags: section.flags,
      entrySize: ARRAYS.includes(section.type) ? POINTER_SIZE : section.entrySize,
      alignment: 2 ** section.alignmentPower,
      size: section.size,
      data: sectionBytes(section),
      address: 0n,
      linkIndex: section.linkIndex,
      info: section.info === 0 ? undefined : section.info,
      relocations: [],
    };
  }

  /** The signature of a group is made where no symbol has its name. */
  #makeGroups(): void {
    const byName = new Map<string, GasSection[]>();
    for (const section of this.#asm.output.sections)
      if (section.group !== undefined) listFor(byName, section.group).push(section);
    for (const [name, members] of byName) {
      const group: Mutable<SectionGroup> = {
        signature: plainSymbol(name, STT.NOTYPE, 'absolute'),
        comdat: members.some((member) => member.comdat),
        members: members.map((member) => this.#sections.get(member)!),
      };
      let signature = this.#asm.symbols.find(name);
      if (signature === undefined) {
        signature = this.#asm.symbols.add(new GasSymbol(name, ABSOLUTE, NO_FRAG, constant(0n)));
        this.#groupOf.set(signature, group);
      }
      signature.usedInRelocation = true;
      this.#asm.symbols.keep(signature);
      this.#groups.set(group, signature);
    }
  }

  // --- Symbols ------------------------------------------------------------------------------------------------------

  #makeSymbols(): ElfSymbol[] {
    const local: ElfSymbol[] = [];
    const global: ElfSymbol[] = [];
    const { fileSymbol } = this.#asm;
    if (fileSymbol !== undefined) local.push(plainSymbol(fileSymbol, STT.FILE, 'absolute'));
    for (const symbol of this.#asm.symbols.list) {
      const made = this.#symbol(symbol);
      if (made === undefined) continue;
      this.#symbols.set(symbol, made);
      (made.binding === STB.LOCAL ? local : global).push(made);
    }
    for (const [group, signature] of this.#groups) {
      const found = this.#symbols.get(signature);
      if (found !== undefined) group.signature = found;
      local.push(plainSymbol('', STT.SECTION, group));
    }
    return [...local, ...global];
  }

  /** The symbol as the table holds it; undefined where it is left out. */
  #symbol(symbol: GasSymbol): ElfSymbol | undefined {
    if (symbol.removed || symbol.weakrefTo !== undefined || symbol.value.add === DOT) return undefined;
    const value = this.#evaluator.symbol(symbol);
    if (value === undefined) {
      this.#noValue(symbol, this.#evaluator.problem);
      return undefined;
    }
    const { kind } = value.section;
    if (symbol.isEquated && (kind === 'undefined' || kind === 'common')) return undefined;
    if (!isListed(symbol, kind === 'undefined')) return undefined;
    const common = kind === 'common';
    return {
      name: symbol.type === 'section' ? '' : symbol.name,
      value: common ? commonAlignment(symbol) : BigInt.asUintN(64, value.number),
      size: this.#size(symbol),
      binding: bindingOf(symbol, kind === 'undefined' || common),
      type: value.section.flags & SHF.TLS && symbol.type !== 'section' ? STT.TLS : ELF_TYPES[symbol.type],
      visibility: symbol.visibility,
      other: symbol.other & ~3,
      section: this.#groupOf.get(symbol) ?? this.#sections.get(value.section) ?? elfSection(kind),
    };
  }

  /** Symbols defined by one another share one fault. */
  #noValue(symbol: GasSymbol, problem: string): void {
    const kind = problem.replace(/'.*'/, '');
    if (this.#problems.has(kind)) return;
    this.#problems.add(kind);
    this.#asm.diagnostics.error(`symbol '${shownName(symbol)}' has no value: ${problem}`, symbol.assignedBy?.place());
  }

  #size(symbol: GasSymbol): bigint {
    if (typeof symbol.size === 'bigint') return BigInt.asUintN(64, symbol.size);
    const value = this.#evaluator.expression(symbol.size);
    if (value?.section === ABSOLUTE) return BigInt.asUintN(64, value.number);
    this.#asm.diagnostics.error(`the .size of '${shownName(symbol)}' is not a number`, symbol.sizedBy?.place());
    return 0n;
  }

  #attachRelocations(pending: readonly PendingRelocation[]): void {
    const lists = new Map<GasSection, Relocation[]>();
    for (const { section, offset, relocation, symbol, addend, statement } of pending) {
      const list = listFor(lists, section);
      const elfSymbol = symbol === undefined ? undefined : this.#symbols.get(symbol);
      list.push({
        offset,
        type: relocation.number,
        symbol: elfSymbol,
        addend,
        place: statement.place(),
      });
    }
    for (const [section, list] of lists) this.#sections.get(section)!.relocations = list;
  }

  #linkSections(): void {
    for (const [section, made] of this.#sections) {
      if (section.linkedTo === undefined) continue;
      const symbol = this.#asm.symbols.find(section.linkedTo);
      const target = symbol === undefined ? undefined : this.#evaluator.symbol(symbol)?.section;
      made.linkedTo = target === undefined ? undefined : this.#sections.get(target);
      if (made.linkedTo === undefined)
        this.#asm.diagnostics.error(
          `section '${section.name}' is linked to '${section.linkedTo}', which is not defined`,
        );
    }
  }
}

function listFor<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const found = lists.get(key);
  if (found !== undefined) return found;
  const made: V[] = [];
  lists.set(key, made);
  return made;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const ELF_TYPES = {
  notype: STT.NOTYPE,
  object: STT.OBJECT,
  function: STT.FUNC,
  tls: STT.TLS,
  ifunc: STT.GNU_IFUNC,
  unique: STT.OBJECT,
  section: STT.SECTION,
  file: STT.FILE,
} as const;

/** The alignment a common symbol asks for: where none is given, that of its size, and 16 bytes at most. */
function commonAlignment(symbol: GasSymbol): bigint {
  if (symbol.alignment !== 0n) return symbol.alignment;
  let alignment = 1n;
  while (alignment < 16n && alignment < (symbol.size as bigint)) alignment *= 2n;
  return alignment;
}

function plainSymbol(name: string, type: number, section: ElfSymbol['section']): ElfSymbol {
  return {
    name,
    value: 0n,
    size: 0n,
    binding: STB.LOCAL,
    type,
    visibility: 0,
    other: 0,
    section,
  };
}

function elfSection(kind: string): 'undefined' | 'absolute' | 'common' {
  if (kind === 'undefined' || kind === 'common') return kind;
  return 'absolute';
}

function bindingOf(symbol: GasSymbol, external: boolean): number {
  if (symbol.type === 'unique') return STB.GNU_UNIQUE;
  if (symbol.binding === 'weak') return STB.WEAK;
  return symbol.binding === 'global' || external ? STB.GLOBAL : STB.LOCAL;
}

/** Temporary symbols are listed where a relocation needs them, weak undefined ones where anything uses them. */
function isListed(symbol: GasSymbol, undefinedSymbol: boolean): boolean {
  if (symbol.usedInRelocation) return true;
  if (symbol.weakrefTarget && !symbol.used) return false;
  if (undefinedSymbol && symbol.binding === 'weak' && !symbol.used) return false;
  if (isNumericName(symbol.name)) return undefinedSymbol;
  return !symbol.temporary || symbol.binding === 'global';
}
