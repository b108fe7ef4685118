/**
 * The processor as the host kernel has it when it is about to run a vcpu: EL1 with its MMU on, EL2 set up by KVM's
 * initialisation (Linux: arch/arm64/kvm/hyp-init.S), and a value of its own in every register that a world switch moves.
 */

import { debugRegisterCounts } from '../core/models.ts';
import { CURRENT_EL, DAIF, PC, SP_EL1, SP_EL2, SPSEL, X0 } from '../core/registers.ts';
import type { Machine } from '../exec/machine.ts';
import { MAIR, tcrEl1, tcrEl2 } from '../memory/page-tables.ts';
import { contextRegisters, debugRegisters } from './context.ts';
import type { HostMemory } from './host-memory.ts';
import type { KernelFacts } from './kernel-facts.ts';
import { patternFor } from './patterns.ts';

/** Addresses of the parts of the kernel image that registers point to: kernel virtual addresses. */
export interface HostEntry {
  readonly start: bigint;
  readonly vectors: bigint;
  readonly hypVectors: bigint;
  /** Initial stack pointers: one past the last byte of each stack. */
  readonly stack: bigint;
  readonly hypStack: bigint;
  /** What the host code gets in X0. */
  readonly argument: bigint;
}

/** Physical addresses that the machine's page tables may give out, in bits (ID_AA64MMFR0_EL1.PARange of a Cortex-A53). */
export const PHYSICAL_BITS = 40;

// SCTLR_ELx: MMU on, alignment of SP checked, caches on (Arm ARM, D17.2.118 "SCTLR_EL1").
const SCTLR_M = 1n << 0n;
const SCTLR_C = 1n << 2n;
const SCTLR_SA = 1n << 3n;
const SCTLR_I = 1n << 12n;
/** CPACR_EL1.FPEN: FP and SIMD trap at no level. */
const CPACR_FPEN = 3n << 20n;
/** CNTHCTL_EL2.EL1PCTEN and EL1PCEN: the host uses the physical timer. */
const CNTHCTL_HOST = 3n;
/** PSTATE.DAIF all masked; CurrentEL and SPSel at EL1 with its own stack pointer (EL1h). */
const DAIF_ALL = 0x3c0n;
const EL1 = 1n << 2n;

/** Registers that the host needs to run; all others that a world switch moves get a pattern. */
function functionalValues(memory: HostMemory, entry: HostEntry, emptyTable: bigint): Record<string, bigint> {
  return {
    vmpidr_el2: 0x80000000n,
    sctlr_el1: systemControl(memory),
    cpacr_el1: CPACR_FPEN,
    ttbr0_el1: emptyTable,
    ttbr1_el1: memory.kernelTables.root,
    tcr_el1: tcrEl1(memory.addressBits, PHYSICAL_BITS),
    mair_el1: MAIR,
    vbar_el1: entry.vectors,
    mdscr_el1: 0n,
    csselr_el1: 1n,
  };
}

function systemControl({ mmu }: HostMemory): bigint {
  return SCTLR_C | SCTLR_SA | SCTLR_I | (mmu ? SCTLR_M : 0n);
}

function hypValues(memory: HostMemory, entry: HostEntry, facts: KernelFacts): Record<string, bigint> {
  return {
    sctlr_el2: systemControl(memory),
    ttbr0_el2: memory.hypTables.root,
    tcr_el2: tcrEl2(memory.addressBits, PHYSICAL_BITS),
    mair_el2: MAIR,
    vbar_el2: memory.hypAddress(entry.hypVectors),
    hcr_el2: facts.constant('HCR_RW'),
    cptr_el2: 0n,
    hstr_el2: 0n,
    mdcr_el2: 6n,
    vttbr_el2: 0n,
    cnthctl_el2: CNTHCTL_HOST,
    cntvoff_el2: 0n,
  };
}

/** What the host's code sets before it uses it, and what the entry to it sets. */
const setElsewhere = new Set([...Array.from({ length: 31 }, (_, n) => `x${n}`), 'elr_el2', 'spsr_el2', 'sp_el1']);

/** Puts the processor where the host's code begins, at EL1h with interrupts masked. */
export function enterHost(machine: Machine, memory: HostMemory, facts: KernelFacts, entry: HostEntry): void {
  const functional = functionalValues(memory, entry, memory.allocatePages(1));
  const { breakpoints, watchpoints } = debugRegisterCounts(machine.model);
  const moved = [...contextRegisters(facts), ...debugRegisters(facts, breakpoints, watchpoints)];
  for (const { cell } of moved) {
    if (setElsewhere.has(cell)) continue;
    const value = functional[cell];
    if (value !== undefined) setRegister(machine, cell, value);
    else setRegister(machine, cell, patternFor('host', cell, patternMask(machine, cell)));
  }
  for (const [name, value] of Object.entries(hypValues(memory, entry, facts))) setRegister(machine, name, value);
  // Reset has locked it, and while it is locked there are no debug exceptions (Linux: clear_os_lock).
  setRegister(machine, 'oslar_el1', 0n);

  const { cells } = machine.cpu;
  cells[SP_EL1] = entry.stack;
  cells[SP_EL2] = memory.hypAddress(entry.hypStack);
  cells[CURRENT_EL] = EL1;
  cells[SPSEL] = 1n;
  cells[DAIF] = DAIF_ALL;
  cells[PC] = entry.start;
  cells[X0] = entry.argument;
  machine.cpu.refresh();
}

/** Sets a register from outside the run, to what a write of `value` leaves there. */
export function setRegister(machine: Machine, name: string, value: bigint): void {
  const register = machine.systemRegisters.named(name);
  if (register === undefined) machine.cpu.cells[machine.cpu.cell(name)] = value;
  else register.write(value);
}

/** What a write of `value` leaves in register `name`; the register is left as it is. */
export function asWritten(machine: Machine, name: string, value: bigint): bigint {
  const { cpu } = machine;
  const { cells, journal } = cpu;
  const id = machine.systemRegisters.named(name)?.id ?? cpu.cell(name);
  const before = cells[id]!;
  cpu.journal = undefined;
  setRegister(machine, name, value);
  cpu.journal = journal;
  const written = cells[id]!;
  cells[id] = before;
  return written;
}

/** The bits that a pattern may set: what the register holds, without what would make breakpoints fire. */
export function patternMask(machine: Machine, name: string): bigint {
  const row = machine.systemRegisters.named(name)?.row;
  const mask = row === undefined ? 0xffff_ffff_ffff_ffffn : row.mask;
  // DBGBCRn_EL1.E and DBGWCRn_EL1.E.
  return name.startsWith('dbgbcr') || name.startsWith('dbgwcr') ? mask & ~1n : mask;
}
