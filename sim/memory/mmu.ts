/**
 * The memory management unit: a virtual address to a physical one through the TLB and, where that has nothing, through
 * the tables. AArch64.FullTranslate of the pseudocode (Arm ARM DDI 0487, J1.1) for the EL2 and EL1&0 regimes; which
 * faults come before which others is D8 "Prioritization of MMU aborts".
 */
import type { Cpu } from '../core/cpu.ts';
import { entrySize, type Stage1Leaf, type Stage2Leaf } from './descriptors.ts';
import { FAULT, type Fault, type FaultKind, stage1Fault } from './faults.ts';
import { isDevice } from './memory-attributes.ts';
import { type Access, stage1Permits, stage2Permits } from './permissions.ts';
import type { PhysicalMemory } from './physical.ts';
import {
  type AddressRange,
  ControlRegisters,
  EL1_REGISTERS,
  EL1_STAGE1,
  EL2_REGISTERS,
  RegisterWatch,
  Remembered,
  STAGE2,
  type Stage1Parameters,
  type Stage2Parameters,
} from './regime.ts';
import { GLOBAL, type IpaEntry, Tlb, type TlbEntry } from './tlb.ts';
import { type DescriptorSource, walkStage1, walkStage2 } from './translate.ts';

/**
 * Cell that counts the changes of the TLB. It is no register of the architecture: it is there so that undo, which
 * restores cells, restores the TLB with them.
 */
export const TLB_CELL = 'tlb';

const PAGE = 4096;

/** Where a page is, and whether its memory is of Device type for the access asked about. */
export interface PageTranslation {
  /** Physical address of the page. */
  readonly pa: number;
  readonly device: boolean;
}

/** What the walks of both stages found for one page. */
export interface WalkResult {
  /** Undefined where stage 1 is off. */
  readonly stage1: Stage1Leaf | undefined;
  /** Output address of stage 1: the page's IPA, or PA where stage 2 is off. */
  readonly ipa: number;
  /** Undefined where stage 2 is off. */
  readonly stage2: IpaEntry | undefined;
}

export class Mmu {
  readonly registers: ControlRegisters;
  readonly tlb = new Tlb();
  readonly #cpu: Cpu;
  readonly #tlbCell: number;
  readonly #el1Watch: RegisterWatch;
  readonly #el2Watch: RegisterWatch;
  readonly #tables: PhysicalTables;
  readonly #stage2Tables: PhysicalTables;
  readonly #guestTables: GuestTables;
  /** As the registers have it; undefined where they may have changed since. */
  #el1: Stage1Parameters | undefined;
  #el2: Stage1Parameters | undefined;
  #stage2: Stage2Parameters | undefined;
  readonly #knownEl1: Remembered<Stage1Parameters>;
  readonly #knownEl2: Remembered<Stage1Parameters>;
  readonly #knownStage2: Remembered<Stage2Parameters>;
  /** While set, nothing is put into the TLB. */
  #probing = false;
  readonly #onEvict: (page: number) => void;

  /** `onEvict` is told the page number of every translation that is replaced in the TLB. */
  constructor(cpu: Cpu, physical: PhysicalMemory, onEvict: (page: number) => void) {
    this.#cpu = cpu;
    const registers = new ControlRegisters(cpu);
    this.registers = registers;
    this.#knownEl1 = new Remembered(cpu, EL1_STAGE1, () => registers.el1());
    this.#knownEl2 = new Remembered(cpu, EL2_REGISTERS, () => registers.el2());
    this.#knownStage2 = new Remembered(cpu, STAGE2, () => registers.stage2());
    this.#tlbCell = cpu.registers.allocate(TLB_CELL);
    this.#el1Watch = new RegisterWatch(cpu, EL1_REGISTERS);
    this.#el2Watch = new RegisterWatch(cpu, EL2_REGISTERS);
    this.#tables = new PhysicalTables(physical);
    this.#stage2Tables = new PhysicalTables(physical);
    this.#guestTables = new GuestTables(this.#tables, (ipa) => this.#walkThroughStage2(ipa));
    this.#onEvict = onEvict;
  }

  /** Notices changed control registers. Returns the regimes whose translations may be others than before. */
  contextChanged(): { el1: boolean; el2: boolean } {
    const el1 = this.#el1Watch.changed();
    const el2 = this.#el2Watch.changed();
    if (el1) this.#el1 = this.#stage2 = undefined;
    if (el2) this.#el2 = undefined;
    return { el1, el2 };
  }

  /** Something of EL1&0's regime alone was changed, while it is not in use: what follows from it is read when it is wanted. */
  el1Changed(): void {
    this.#el1 = this.#stage2 = undefined;
  }

  /** Takes the TLB to where the cells are: after undo, redo or reset. */
  refresh(): void {
    this.tlb.moveTo(Number(this.#cpu.cells[this.#tlbCell]!));
    this.#el1 = this.#el2 = this.#stage2 = undefined;
  }

  /** Stage 1 of EL1&0 (1) or EL2 (2) as the registers have it. */
  stage1(regime: 1 | 2): Stage1Parameters {
    if (regime === 2) {
      this.#el2 ??= this.#knownEl2.get();
      return this.#el2;
    }
    this.#el1 ??= this.#knownEl1.get();
    return this.#el1;
  }

  stage2(): Stage2Parameters {
    this.#stage2 ??= this.#knownStage2.get();
    return this.#stage2;
  }

  /**
   * Translates the page of the virtual address (hi, lo) for `access`; `aligned`: the access is a multiple of its size.
   * Fills the TLB. A fault is returned, not thrown.
   */
  translate(lo: number, hi: number, access: Access, aligned: boolean): PageTranslation | Fault {
    const regime = access.el === 2 ? 2 : 1;
    const stage1 = this.stage1(regime);
    const stage2 = regime === 1 && this.stage2().enabled ? this.stage2() : undefined;
    const beyond = this.#rangeFault(stage1, lo, hi);
    if (beyond !== undefined) return beyond;
    if (!stage1.enabled && stage2 === undefined) {
      const device = offIsDevice(stage1, access);
      return device && !aligned ? stage1Fault(FAULT.alignment) : { pa: flatPage(lo, hi), device };
    }
    const vmid = regime === 1 ? this.stage2().vmid : 0;
    const page = pageNumber(lo, hi);
    let entry = this.tlb.find(regime, vmid, stage1.asid, page, stage1.enabled, stage2 !== undefined);
    if (entry === undefined) {
      const walked = this.walk(lo, hi, access, aligned, true);
      if ('fault' in walked) return walked;
      entry = this.#remember(regime, vmid, stage1.asid, page, walked);
    }
    const fault =
      this.#stage1Check(entry.stage1, stage1, access, aligned) ??
      (entry.stage2 && stage2Check(entry.stage2, entry.ipa + (lo & 0xfff), access, aligned));
    if (fault !== undefined) return fault;
    const device =
      (entry.stage1 === undefined ? offIsDevice(stage1, access) : isDevice(entry.stage1.attributes)) ||
      (entry.stage2 !== undefined && isDevice(entry.stage2.attributes));
    return { pa: entry.pa, device };
  }

  /** As `translate`, without any effect on the TLB. */
  probe(lo: number, hi: number, access: Access): PageTranslation | Fault {
    this.#probing = true;
    try {
      return this.translate(lo, hi, access, true);
    } finally {
      this.#probing = false;
    }
  }

  /**
   * Walks the tables for the page of (hi, lo), never looking into the main TLB. Stage 1 permissions are checked, those of
   * the last stage 2 look-up, which is left out unless `toPhysical`, are not. A fault is returned, not thrown.
   */
  walk(lo: number, hi: number, access: Access, aligned: boolean, toPhysical: boolean): WalkResult | Fault {
    const regime = access.el === 2 ? 2 : 1;
    const parameters = this.stage1(regime);
    const beyond = this.#rangeFault(parameters, lo, hi);
    if (beyond !== undefined) return beyond;
    const usesStage2 = regime === 1 && this.stage2().enabled;
    const stage1 = parameters.enabled ? this.#walkStage1(parameters, lo, hi, usesStage2) : undefined;
    if (stage1 !== undefined && 'fault' in stage1) return stage1;
    const fault = this.#stage1Check(stage1, parameters, access, aligned);
    if (fault !== undefined) return fault;
    const ipa = stage1 === undefined ? flatPage(lo, hi) : pageOf(stage1, stage1Input(rangeOf(parameters, hi), lo, hi));
    if (!usesStage2 || !toPhysical) return { stage1, ipa, stage2: undefined };
    const stage2 = this.#ipaEntry(ipa + (lo & 0xfff), false);
    return 'fault' in stage2 ? stage2 : { stage1, ipa, stage2 };
  }

  /** Reports changes of the TLB since the last call as a write of its cell; to be called when translating is done. */
  commit(): void {
    const { tlb } = this;
    const cell = this.#tlbCell;
    if (this.#cpu.words[2 * cell] === tlb.sequence) return;
    if (!this.#cpu.journal?.keeps) tlb.forget();
    this.#cpu.write(cell, BigInt(tlb.sequence));
  }

  /** Address size fault with stage 1 off, translation fault of level 0 with it on, for an address out of its range. */
  #rangeFault(stage1: Stage1Parameters, lo: number, hi: number): Fault | undefined {
    const range = rangeOf(stage1, hi);
    if (stage1.enabled) {
      const upper = stage1.upper !== undefined && range === stage1.upper;
      return isCanonical(range, lo, hi, upper) ? undefined : stage1Fault(FAULT.translation);
    }
    const high = range.ignoreTopByte ? hi & 0xff_ffff : hi;
    return high >>> (stage1.physicalBits - 32) === 0 ? undefined : stage1Fault(FAULT.addressSize);
  }

  #walkStage1(parameters: Stage1Parameters, lo: number, hi: number, usesStage2: boolean): Stage1Leaf | Fault {
    const range = rangeOf(parameters, hi);
    if (range.walksDisabled) return stage1Fault(FAULT.translation);
    this.#tables.bigEndian = parameters.bigEndian;
    const source = usesStage2 ? this.#guestTables : this.#tables;
    return walkStage1(source, range, parameters, stage1Input(range, lo, hi));
  }

  #stage1Check(
    leaf: Stage1Leaf | undefined,
    parameters: Stage1Parameters,
    access: Access,
    aligned: boolean,
  ): Fault | undefined {
    const device = leaf === undefined ? offIsDevice(parameters, access) : isDevice(leaf.attributes);
    if (device && !aligned) return stage1Fault(FAULT.alignment);
    if (leaf === undefined || stage1Permits(leaf, parameters, access)) return undefined;
    return stage1Fault(FAULT.permission, leaf.level);
  }

  /** The physical address of a stage 1 descriptor at `ipa`, checked as the read of a table walk. */
  #walkThroughStage2(ipa: number): number | Fault {
    const entry = this.#ipaEntry(ipa, true);
    if ('fault' in entry) return entry;
    const { stage2, pa } = entry;
    const barred = this.stage2().protectedTableWalk && isDevice(stage2.attributes);
    if (!barred && stage2.readable) return pa + (ipa & (PAGE - 1));
    return {
      fault: FAULT.permission,
      level: stage2.level,
      stage2: { ipa, s1ptw: true },
    };
  }

  /** The stage 2 translation of the page of `ipa`, from the IPA cache or the tables. */
  #ipaEntry(ipa: number, s1ptw: boolean): IpaEntry | Fault {
    const parameters = this.stage2();
    const page = Math.floor(ipa / PAGE);
    const known = this.tlb.findIpa(parameters.vmid, page);
    if (known !== undefined) return known;
    this.#stage2Tables.bigEndian = parameters.bigEndian;
    const stage2 = walkStage2(this.#stage2Tables, parameters, ipa, s1ptw);
    if ('fault' in stage2) return stage2;
    const entry = {
      vmid: parameters.vmid,
      page,
      stage2,
      pa: pageOf(stage2, ipa),
    };
    if (!this.#probing) this.tlb.insertIpa(entry);
    return entry;
  }

  #remember(regime: 1 | 2, vmid: number, asid: number, page: number, walked: WalkResult): TlbEntry {
    const { stage1, ipa } = walked;
    const entry: TlbEntry = {
      regime,
      vmid,
      asid: stage1?.notGlobal ? asid : GLOBAL,
      page,
      stage1,
      stage2: walked.stage2?.stage2,
      ipa,
      pa: walked.stage2?.pa ?? ipa,
    };
    if (!this.#probing) {
      const evicted = this.tlb.insert(entry);
      if (evicted !== undefined) this.#onEvict(evicted.page);
    }
    return entry;
  }
}

/** Device alignment and permissions of stage 2, for the access to `ipa`. */
export function stage2Check(leaf: Stage2Leaf, ipa: number, access: Access, aligned: boolean): Fault | undefined {
  const fail = (fault: FaultKind, level: number): Fault => ({
    fault,
    level,
    stage2: { ipa, s1ptw: false },
  });
  if (access.kind !== 'fetch' && !aligned && isDevice(leaf.attributes)) return fail(FAULT.alignment, 0);
  return stage2Permits(leaf, access) ? undefined : fail(FAULT.permission, leaf.level);
}

/** Bits 55:12 of a virtual address. */
export function pageNumber(lo: number, hi: number): number {
  return (hi & 0xff_ffff) * 2 ** 20 + (lo >>> 12);
}

/** With stage 1 off, data is Device-nGnRnE unless HCR_EL2.DC is 1; instructions are fetched as from Normal memory. */
function offIsDevice(parameters: Stage1Parameters, access: Access): boolean {
  return !parameters.defaultCacheable && access.kind !== 'fetch';
}

/** Bit 55 selects the range where there are two. */
function rangeOf(stage1: Stage1Parameters, hi: number): AddressRange {
  return stage1.upper !== undefined && (hi & (1 << 23)) !== 0 ? stage1.upper : stage1.lower;
}

/** Whether all bits above the ones that the tables resolve are copies of the range's bit 55. */
function isCanonical(range: AddressRange, lo: number, hi: number, upper: boolean): boolean {
  if (range.inputBits === undefined) return false;
  const expected = upper ? -1 : 0;
  const high = range.ignoreTopByte ? (hi << 8) >> 8 : hi | 0;
  if (range.inputBits >= 32) return high >> (range.inputBits - 32) === expected;
  return high === expected && (lo | 0) >> range.inputBits === expected;
}

/** The bits of (hi, lo) that the tables of `range` resolve. */
function stage1Input({ inputBits = 0 }: AddressRange, lo: number, hi: number): number {
  if (inputBits <= 32) return (lo >>> 0) % 2 ** inputBits;
  return (hi & (2 ** (inputBits - 32) - 1)) * 2 ** 32 + (lo >>> 0);
}

/** Physical address of the page that (hi, lo) is in while nothing translates it. */
function flatPage(lo: number, hi: number): number {
  return (hi & 0xffff) * 2 ** 32 + ((lo & ~0xfff) >>> 0);
}

/** Output address of the page at `input`, which `leaf` maps. */
function pageOf(leaf: Stage1Leaf | Stage2Leaf, input: number): number {
  const size = entrySize(leaf.level);
  const page = Math.floor(input / PAGE) * PAGE;
  return leaf.base + page - Math.floor(page / size) * size;
}

/** Tables at physical addresses. */
class PhysicalTables implements DescriptorSource {
  low = 0;
  high = 0;
  bigEndian = false;
  readonly #physical: PhysicalMemory;

  constructor(physical: PhysicalMemory) {
    this.#physical = physical;
  }

  read(address: number): boolean {
    const offset = this.#physical.offsetOf(address);
    if (offset < 0) return false;
    this.low = this.#physical.view.getUint32(this.bigEndian ? offset + 4 : offset, !this.bigEndian);
    this.high = this.#physical.view.getUint32(this.bigEndian ? offset : offset + 4, !this.bigEndian);
    return true;
  }
}

/** Stage 1 tables of a guest: their addresses are IPAs. */
class GuestTables implements DescriptorSource {
  readonly #physical: PhysicalTables;
  readonly #translate: (ipa: number) => number | Fault;

  constructor(physical: PhysicalTables, translate: (ipa: number) => number | Fault) {
    this.#physical = physical;
    this.#translate = translate;
  }

  get low(): number {
    return this.#physical.low;
  }

  get high(): number {
    return this.#physical.high;
  }

  read(ipa: number): boolean | Fault {
    const address = this.#translate(ipa);
    return typeof address === 'number' ? this.#physical.read(address) : address;
  }
}
