/**
 * Fixups after layout: each is filled in, or becomes a relocation.
 *
 * What is left to the linker follows GNU as: whatever refers to an undefined, global or weak symbol or to another section,
 * the operators that name pages and tables, and every absolute address. A local symbol is replaced by its section's.
 */
import { encodeFixup, OperandError } from '../a64/assemble.ts';
import { SHF } from '../elf/constants.ts';
import {
  insertIntoWord,
  type RelocationKind,
  type RelocationName,
  relocationFault,
  relocationNamed,
} from '../elf/relocations.ts';
import type { Diagnostics } from '../source/diagnostics.ts';
import { toBytes } from './directives/data.ts';
import { Evaluator, type Value } from './evaluate.ts';
import type { Fixup } from './fixup.ts';
import { ABSOLUTE, type GasSection } from './frag.ts';
import type { Statement } from './statement.ts';
import { type GasSymbol, isNumericName, type SymbolTable, shownName } from './symbol.ts';

/** A relocation whose symbol has no index yet. */
export interface PendingRelocation {
  readonly section: GasSection;
  /** Into the section, in bytes. */
  readonly offset: number;
  readonly relocation: RelocationKind;
  readonly symbol: GasSymbol | undefined;
  readonly addend: bigint;
  readonly statement: Statement;
}

/** Where a fixup points: `symbol` + `number`, or `number` alone. */
interface Target {
  readonly symbol: GasSymbol | undefined;
  readonly section: GasSection;
  /** Added to the symbol's value where there is one. */
  readonly number: bigint;
  /** The value in its section. */
  readonly value: bigint;
}

export class Resolver {
  readonly #evaluator = new Evaluator(true);
  readonly #symbols: SymbolTable;
  readonly #diagnostics: Diagnostics;
  readonly #bigEndian: boolean;
  readonly relocations: PendingRelocation[] = [];

  constructor(symbols: SymbolTable, diagnostics: Diagnostics, bigEndian: boolean) {
    this.#symbols = symbols;
    this.#diagnostics = diagnostics;
    this.#bigEndian = bigEndian;
  }

  /** Fills in the fixups of a section and collects its relocations. */
  section(section: GasSection): void {
    for (const { fixups } of section.subsections) for (const fixup of fixups) this.#fixup(section, fixup);
  }

  #error(fixup: Fixup, message: string): void {
    this.#diagnostics.error(message, fixup.statement.place());
  }

  #fixup(section: GasSection, fixup: Fixup): void {
    const add = fixup.add === undefined ? undefined : this.#target(fixup, fixup.add);
    if (fixup.add !== undefined && add === undefined) return;
    const place = BigInt(fixup.frag.address + fixup.where);
    let offset = fixup.offset;
    let { pcRelative } = fixup;
    if (fixup.sub !== undefined) {
      const sub = this.#target(fixup, fixup.sub);
      if (sub === undefined) return;
      if (add !== undefined && add.section === sub.section && add.section.kind === 'normal') {
        this.#fill(section, fixup, add.value - sub.value + offset);
        return;
      }
      offset -= sub.value;
      if (sub.section === section) {
        offset += place;
        pcRelative = true;
      } else if (sub.section !== ABSOLUTE) {
        const name = (symbol: GasSymbol | undefined) => (symbol === undefined ? '0' : shownName(symbol));
        this.#error(fixup, `cannot compute ${name(fixup.add)} - ${name(fixup.sub)} across sections`);
        return;
      }
    }
    this.#resolve(section, fixup, add, offset, pcRelative, place);
  }

  #resolve(
    section: GasSection,
    fixup: Fixup,
    add: Target | undefined,
    offset: bigint,
    pcRelative: boolean,
    place: bigint,
  ): void {
    const { patch } = fixup;
    if (patch.kind === 'immediate') {
      this.#immediate(section, fixup, add, offset);
      return;
    }
    const known = this.#knownValue(section, fixup, add, offset, pcRelative, place);
    if (known === undefined) this.#relocate(section, fixup, add, offset, pcRelative);
    else this.#fill(section, fixup, known);
  }

  /** The value of a datum or field that is not left to the linker. */
  #knownValue(
    section: GasSection,
    { patch, size }: Fixup,
    add: Target | undefined,
    offset: bigint,
    pcRelative: boolean,
    place: bigint,
  ): bigint | undefined {
    if (patch.kind === 'field' && patch.forced) return undefined;
    if (add === undefined) return pcRelative ? undefined : offset;
    if (add.symbol !== undefined && isExternal(add.symbol)) return undefined;
    if (add.section === ABSOLUTE && !pcRelative) return add.value + offset;
    // A distance as data of four or eight bytes is left to the linker, though it is known.
    const longData = patch.kind === 'data' && size >= 4;
    return add.section === section && pcRelative && !longData ? add.value + offset - place : undefined;
  }

  /** An immediate must be a number; an offset into a section counts as one. */
  #immediate(section: GasSection, fixup: Fixup, add: Target | undefined, offset: bigint): void {
    if (add !== undefined && add.section.kind !== 'normal' && add.section !== ABSOLUTE) {
      this.#error(fixup, `the undefined symbol '${shownName(fixup.add!)}' is used as an immediate`);
      return;
    }
    if (add?.section.kind === 'normal')
      this.#diagnostics.warning(
        `the address of '${shownName(fixup.add!)}' is not known here: its offset in section '${add.section.name}' is taken`,
        fixup.statement.place(),
      );
    const external = add?.symbol !== undefined && isExternal(add.symbol) && add.section.kind === 'normal';
    this.#fill(section, fixup, external ? offset : (add?.value ?? 0n) + offset);
  }

  #target(fixup: Fixup, symbol: GasSymbol): Target | undefined {
    const value = this.#evaluator.symbol(symbol);
    if (value === undefined) {
      this.#error(fixup, this.#evaluator.problem);
      return undefined;
    }
    return this.#asTarget(value, symbol);
  }

  #asTarget(value: Value, asked: GasSymbol): Target {
    const { section, number } = value;
    if (section === ABSOLUTE && !asked.anonymous) return { symbol: asked, section, number: 0n, value: number };
    const { symbol } = value;
    if (symbol === undefined) return { symbol, section, number, value: number };
    const own = this.#evaluator.symbol(symbol)?.number ?? 0n;
    return { symbol, section, number: number - own, value: number };
  }

  /** Puts a known value into the section. */
  #fill(section: GasSection, fixup: Fixup, exact: bigint): void {
    const value = BigInt.asIntN(64, exact);
    const { patch, frag, where } = fixup;
    try {
      if (patch.kind === 'data') this.#fillData(fixup, value);
      else if (patch.kind === 'immediate')
        setWord(frag.bytes, where, encodeFixup(word(frag.bytes, where), patch.fixup, value));
      else if (patch.relocation.operation === 'none') this.#relocate(section, fixup, undefined, value, false);
      else {
        const fault = relocationFault(patch.relocation, value);
        if (fault !== undefined) this.#error(fixup, fault);
        else setWord(frag.bytes, where, insertIntoWord(patch.relocation.field, word(frag.bytes, where), value));
      }
    } catch (error) {
      if (!(error instanceof OperandError)) throw error;
      this.#error(fixup, error.message);
    }
  }

  #fillData(fixup: Fixup, value: bigint): void {
    const { frag, where, size } = fixup;
    if (!fitsData(value, size)) {
      this.#error(fixup, `value ${value} does not fit in ${size} byte${size === 1 ? '' : 's'}`);
      return;
    }
    frag.bytes.set(toBytes(value, size, this.#bigEndian), where);
  }

  #relocate(section: GasSection, fixup: Fixup, add: Target | undefined, offset: bigint, pcRelative: boolean): void {
    const relocation = this.#relocationKind(fixup, pcRelative);
    if (relocation === undefined) return;
    let symbol = add?.symbol;
    let addend = (add?.number ?? 0n) + offset;
    if (symbol !== undefined && isReplaceable(symbol, add!.section, addend, fixup)) {
      addend = add!.value + offset;
      symbol = add!.section.symbol;
    }
    if (symbol !== undefined && add?.section.kind === 'undefined' && isNumericName(symbol.name)) {
      this.#error(fixup, `the local label '${shownName(symbol)}' is not defined`);
      return;
    }
    if (symbol !== undefined) {
      symbol.usedInRelocation = true;
      this.#symbols.keep(symbol);
      if (isThreadLocal(relocation)) symbol.type = 'tls';
    }
    if (fixup.patch.kind === 'data' && !fitsData(offset, fixup.size)) {
      this.#error(fixup, `value ${offset} does not fit in ${fixup.size} bytes`);
      return;
    }
    const at = fixup.frag.address + fixup.where;
    addend = BigInt.asIntN(64, addend);
    this.relocations.push({
      section,
      offset: at,
      relocation,
      symbol,
      addend,
      statement: fixup.statement,
    });
  }

  #relocationKind(fixup: Fixup, pcRelative: boolean): RelocationKind | undefined {
    if (fixup.patch.kind === 'field') return fixup.patch.relocation;
    if (fixup.size === 1) {
      this.#error(fixup, 'no relocation exists for one byte');
      return undefined;
    }
    return relocationNamed(`${pcRelative ? 'PREL' : 'ABS'}${fixup.size * 8}` as RelocationName);
  }
}

/** Relocations keep symbols the linker may see differently: global and weak ones. */
function isExternal(symbol: GasSymbol): boolean {
  return symbol.binding !== 'local' || symbol.type === 'ifunc';
}

/** Whether a relocation names the section in place of `symbol`. */
function isReplaceable(symbol: GasSymbol, section: GasSection, addend: bigint, fixup: Fixup): boolean {
  if (section.kind !== 'normal' || symbol.type === 'section' || isExternal(symbol)) return false;
  // An address into a merged section must keep its symbol: the strings around it may move apart.
  if (section.flags & SHF.MERGE && (addend !== 0n || fixup.sub !== undefined)) return false;
  return (section.flags & SHF.TLS) === 0;
}

function isThreadLocal(relocation: RelocationKind): boolean {
  return /^(thread|module|tls)-/.test(relocation.operation) && relocation.field !== 'none';
}

/** Data may be signed or unsigned. */
function fitsData(value: bigint, size: number): boolean {
  if (size >= 8) return true;
  const limit = 1n << BigInt(size * 8);
  return value < limit && value > -limit;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function setWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
