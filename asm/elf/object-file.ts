/**
 * An object file in memory: what the assembler makes, the linker takes, and ELF files are read into.
 *
 * The model follows ELF64 (System V ABI, "Object Files") without its indices: sections and symbols refer to each
 * other directly, and the tables that only serve the file format (string tables, the symbol table section,
 * relocation sections, group sections) are not among `sections`.
 */
import type { Place } from '../source/source-file.ts';

export interface ObjectFile {
  /** Name for messages: the source file it was made from, or the path of the ELF file. */
  readonly name: string;
  readonly bigEndian: boolean;
  readonly sections: readonly Section[];
  /** Local symbols first, as ELF wants; the null symbol is not among them. */
  readonly symbols: readonly ElfSymbol[];
  readonly groups: readonly SectionGroup[];
  /** Line-table rows of the executable sections, ordered by section and offset; empty where nothing is known. */
  readonly lines: readonly LineRow[];
  /** Where each emitted instruction and datum came from; empty for files read from disk. */
  readonly origins: readonly Origin[];
}

export interface Section {
  readonly name: string;
  /** SHT_* */
  readonly type: number;
  /** SHF_* */
  readonly flags: number;
  /** Size in bytes of one entry of a table or merged section, or 0. */
  readonly entrySize: number;
  /** In bytes, a power of two, at least 1. */
  readonly alignment: number;
  /** In bytes; for SHT_NOBITS the size in memory. */
  readonly size: number;
  /** The contents; empty for SHT_NOBITS. */
  readonly data: Uint8Array;
  /** sh_addr: 0 in relocatable files. */
  readonly address: bigint;
  /** The section this one is ordered by (SHF_LINK_ORDER). */
  readonly linkedTo?: Section;
  /** sh_link as written, where it was given as a number. */
  readonly linkIndex?: number;
  /** sh_info as written; only GNU_MBIND sections use it. */
  readonly info?: number;
  readonly relocations: readonly Relocation[];
}

export interface Relocation {
  /** In bytes from the start of the section. */
  readonly offset: number;
  /** R_AARCH64_*, see relocations.ts. */
  readonly type: number;
  /** Left out where the relocation is against no symbol (symbol index 0). */
  readonly symbol?: ElfSymbol;
  readonly addend: bigint;
  /** The statement that asked for it, where known. */
  readonly place?: Place;
}

export interface ElfSymbol {
  /** Empty for the symbol of a section. */
  readonly name: string;
  /** Offset into `section` in relocatable files, an address in executable ones; the alignment for common symbols. */
  readonly value: bigint;
  /** In bytes. */
  readonly size: bigint;
  /** STB_* */
  readonly binding: number;
  /** STT_* */
  readonly type: number;
  /** STV_* */
  readonly visibility: number;
  /** The bits of st_other above the visibility. */
  readonly other: number;
  /** A group where the symbol only names it, as its signature. */
  readonly section: Section | SectionGroup | 'undefined' | 'absolute' | 'common';
}

export interface SectionGroup {
  readonly signature: ElfSymbol;
  readonly comdat: boolean;
  readonly members: readonly Section[];
}

/** One row of the line table: from `offset` on, the code comes from `line` of `file`. */
export interface LineRow {
  readonly section: Section;
  readonly offset: number;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Set on the row that ends a run of rows: the first offset that no longer belongs to it. */
  readonly end?: boolean;
}

/** What one statement emitted. */
export interface Origin {
  readonly section: Section;
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
  readonly kind: 'instruction' | 'data';
  /** The innermost place: a line of a macro's body has a `use` that leads outwards. */
  readonly place: Place;
}

export interface ProgramHeader {
  /** PT_* */
  readonly type: number;
  /** PF_* */
  readonly flags: number;
  readonly offset: number;
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly fileSize: number;
  readonly memorySize: bigint;
  readonly alignment: bigint;
  /** The bytes the file holds for it. */
  readonly data: Uint8Array;
}

/** An ELF file as read: a relocatable file has no program headers, an executable has an entry point. */
export interface ElfFile extends ObjectFile {
  /** ET_* */
  readonly type: number;
  /** EM_* */
  readonly machine: number;
  readonly entry: bigint;
  readonly programHeaders: readonly ProgramHeader[];
}
