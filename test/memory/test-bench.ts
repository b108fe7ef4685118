/**
 * A processor and its memory without an interpreter, for the tests of sim/memory: RAM at 0x40000000 as on QEMU's virt
 * machine, registers set by name.
 */

import { Cpu } from '../../sim/core/cpu.ts';
import { ArchException } from '../../sim/core/exceptions.ts';
import { CURRENT_EL, PAN, RegisterMap } from '../../sim/core/registers.ts';
import { Memory } from '../../sim/memory/memory.ts';
import {
  MAIR,
  type MapAttributes,
  PageTables,
  type TableOptions,
  tcrEl1,
  tcrEl2,
  vtcr,
} from '../../sim/memory/page-tables.ts';
import { PhysicalMemory } from '../../sim/memory/physical.ts';

export const RAM = 0x4000_0000n;
export const RAM_SIZE = 4 << 20;
/** Tables are built from here on; what is below is the tests' own. */
const TABLES = RAM + 0x20_0000n;

export const SCTLR_M = 1n << 0n;
export const SCTLR_A = 1n << 1n;
export const SCTLR_WXN = 1n << 19n;
export const SCTLR_E0E = 1n << 24n;
export const SCTLR_EE = 1n << 25n;
export const HCR_VM = 1n << 0n;
export const HCR_PTW = 1n << 2n;
export const HCR_DC = 1n << 12n;
export const HCR_TGE = 1n << 27n;
export const HCR_RW = 1n << 31n;

/** ID_AA64MMFR0_EL1 with 48-bit physical addresses and 16-bit ASIDs. */
const MMFR0 = 0x25n;

export class Bench {
  readonly physical: PhysicalMemory;
  readonly cpu = new Cpu(new RegisterMap());
  readonly memory: Memory;
  #free = TABLES;

  constructor(physicalRange = MMFR0) {
    this.physical = new PhysicalMemory(RAM, RAM_SIZE);
    this.set('id_aa64mmfr0_el1', physicalRange);
    this.memory = new Memory(this.cpu, this.physical);
    this.set('hcr_el2', HCR_RW);
    this.enter(2);
  }

  /** Sets a register, and tells what depends on it, as MSR does. */
  set(name: string, value: bigint): void {
    this.cpu.cells[this.cpu.registers.allocate(name)] = value;
    this.cpu.contextChanged();
  }

  get(name: string): bigint {
    return this.cpu.cells[this.cpu.registers.allocate(name)]!;
  }

  enter(el: 0 | 1 | 2, pan = false): void {
    this.cpu.cells[CURRENT_EL] = BigInt(el << 2);
    this.cpu.cells[PAN] = pan ? 1n << 22n : 0n;
    this.cpu.contextChanged();
  }

  /** `size` zeroed bytes aligned to `size`. */
  allocate(size: number): bigint {
    const align = BigInt(size);
    const at = (this.#free + align - 1n) & -align;
    this.#free = at + align;
    return at;
  }

  tables(options: TableOptions): PageTables {
    return new PageTables(this.physical, (size) => this.allocate(size), options);
  }

  /** Turns the EL2 regime on with tables of `inputBits`. */
  enableEl2(inputBits = 39): PageTables {
    const tables = this.tables({ kind: 'el2', inputBits });
    this.set('mair_el2', MAIR);
    this.set('tcr_el2', tcrEl2(inputBits, 48));
    this.set('ttbr0_el2', tables.root);
    this.set('sctlr_el2', SCTLR_M);
    return tables;
  }

  /** Turns stage 1 of EL1&0 on with a lower and an upper range of `inputBits`, ASIDs in TTBR0_EL1. */
  enableEl1(inputBits = 39): { lower: PageTables; upper: PageTables } {
    const lower = this.tables({ kind: 'el1-lower', inputBits });
    const upper = this.tables({ kind: 'el1-upper', inputBits });
    this.set('mair_el1', MAIR);
    this.set('tcr_el1', tcrEl1(inputBits, 48, true));
    this.set('ttbr0_el1', lower.root);
    this.set('ttbr1_el1', upper.root);
    this.set('sctlr_el1', SCTLR_M);
    return { lower, upper };
  }

  /** Turns stage 2 on with VMID `vmid`. */
  enableStage2(inputBits = 40, vmid = 1n, startLevel?: number): PageTables {
    const tables = this.tables({ kind: 'stage2', inputBits, startLevel });
    this.set('vtcr_el2', vtcr(tables, 48));
    this.set('vttbr_el2', tables.root | (vmid << 48n));
    this.set('hcr_el2', this.get('hcr_el2') | HCR_VM);
    return tables;
  }

  /** Stage 2 that maps all of RAM to itself. */
  identityStage2(attributes: MapAttributes = {}, vmid = 1n): PageTables {
    const tables = this.enableStage2(40, vmid);
    tables.map(RAM, RAM, BigInt(RAM_SIZE), attributes);
    return tables;
  }

  load(va: bigint, size = 8): bigint {
    const { memory } = this;
    const [lo, hi] = halves(va);
    if (size === 1) memory.load8(0, lo, hi);
    else if (size === 2) memory.load16(0, lo, hi);
    else if (size === 4) memory.load32(0, lo, hi);
    else memory.load64(0, lo, hi);
    return this.cpu.cells[0]!;
  }

  store(va: bigint, value: bigint, size = 8): void {
    const { memory } = this;
    const [lo, hi] = halves(va);
    this.cpu.cells[1] = value;
    if (size === 1) memory.store8(1, lo, hi);
    else if (size === 2) memory.store16(1, lo, hi);
    else if (size === 4) memory.store32(1, lo, hi);
    else memory.store64(1, lo, hi);
  }

  /** Physical address that an instruction fetch from `va` reaches. */
  fetch(va: bigint): bigint {
    const [lo, hi] = halves(va);
    return RAM + BigInt(this.memory.fetchOffset(lo, hi));
  }

  /** PAR_EL1 after AT `name`. */
  at(name: string, va: bigint): bigint {
    const [lo, hi] = halves(va);
    this.memory.at(name, lo, hi);
    return this.get('par_el1');
  }
}

/** Halves of an address as unsigned numbers, which is how the interpreter passes them. */
export function halves(va: bigint): [number, number] {
  return [Number(BigInt.asUintN(32, va)), Number(BigInt.asUintN(32, va >> 32n))];
}

/** The exception that `body` throws; throws an Error where it throws none, or something else. */
export function exceptionOf(body: () => unknown): ArchException {
  try {
    body();
  } catch (error) {
    if (error instanceof ArchException) return error;
    throw error;
  }
  throw new Error('no exception was thrown');
}

/** What an abort says, short: ESR_ELx class and status, S1PTW, WnR, CM, target and addresses. */
export interface AbortSummary {
  readonly ec: number;
  readonly status: number;
  readonly far: bigint;
  readonly write?: true;
  readonly s1ptw?: true;
  readonly maintenance?: true;
  readonly ipa?: bigint;
  readonly targetEl?: number;
}

export function abortOf(body: () => unknown): AbortSummary {
  const { ec, iss, far, ipa, targetEl } = exceptionOf(body);
  return {
    ec,
    status: iss & 0x3f,
    far: far!,
    ...(iss & (1 << 6) ? { write: true } : {}),
    ...(iss & (1 << 7) ? { s1ptw: true } : {}),
    ...(iss & (1 << 8) ? { maintenance: true } : {}),
    ...(ipa === undefined ? {} : { ipa }),
    ...(targetEl === undefined ? {} : { targetEl }),
  };
}
