/**
 * Which architectural register lives where in KVM's structs (Linux: arch/arm64/include/asm/kvm_host.h, kvm_asm.h and
 * uapi/asm/ptrace.h). The same table sets a vcpu up and checks that the world switch carried every register across.
 */
import { MOST_COMPARATORS } from '../core/models.ts';
import type { KernelFacts } from './kernel-facts.ts';

/**
 * - general: X0-X30, stack pointers, return state; switched on every entry and exit
 * - system: sys_regs[]; switched on every entry and exit
 * - fp: V0-V31, FPCR, FPSR; switched when the guest first touches them
 * - debug: breakpoints and watchpoints; switched while KVM_ARM64_DEBUG_DIRTY is set
 * - aarch32: state that only a 32-bit guest has; switched when HCR_EL2.RW is 0
 */
export type ContextGroup = 'general' | 'system' | 'fp' | 'debug' | 'aarch32';

export interface ContextRegister {
  /** Cell name (sim/core/registers.ts). A guest's PC and PSTATE are found in ELR_EL2 and SPSR_EL2 when it has exited. */
  readonly cell: string;
  readonly group: ContextGroup;
  /** Path of its field: from contextRegisters inside struct kvm_cpu_context, from vcpuRegisters inside struct kvm_vcpu. */
  readonly path: string;
}

/** sys_regs[] index macros whose register has another name. The guest's MPIDR_EL1 is what VMPIDR_EL2 makes it read. */
const renamed: Readonly<Record<string, string>> = { MPIDR_EL1: 'vmpidr_el2' };

const systemIndexes = [
  ...['MPIDR_EL1', 'CSSELR_EL1', 'SCTLR_EL1', 'ACTLR_EL1', 'CPACR_EL1', 'TTBR0_EL1', 'TTBR1_EL1', 'TCR_EL1'],
  ...['ESR_EL1', 'AFSR0_EL1', 'AFSR1_EL1', 'FAR_EL1', 'MAIR_EL1', 'VBAR_EL1', 'CONTEXTIDR_EL1', 'TPIDR_EL0'],
  ...['TPIDRRO_EL0', 'TPIDR_EL1', 'AMAIR_EL1', 'CNTKCTL_EL1', 'PAR_EL1', 'MDSCR_EL1'],
];
const aarch32Indexes = ['DACR32_EL2', 'IFSR32_EL2', 'FPEXC32_EL2', 'DBGVCR32_EL2', 'TEECR32_EL1', 'TEEHBR32_EL1'];
/** struct kvm_regs.spsr[], in the order of the KVM_SPSR_* indexes (uapi/asm/kvm.h). */
const bankedSpsr = ['spsr_abt', 'spsr_und', 'spsr_irq', 'spsr_fiq'];

const debugArrays = [
  { of: 'breakpoint', cell: 'dbgbcr', field: 'dbg_bcr', index: 'DBGBCR0_EL1' },
  { of: 'breakpoint', cell: 'dbgbvr', field: 'dbg_bvr', index: 'DBGBVR0_EL1' },
  { of: 'watchpoint', cell: 'dbgwcr', field: 'dbg_wcr', index: 'DBGWCR0_EL1' },
  { of: 'watchpoint', cell: 'dbgwvr', field: 'dbg_wvr', index: 'DBGWVR0_EL1' },
] as const;

/** Whether the kernel keeps debug registers in a struct behind vcpu->arch.debug_ptr, rather than in sys_regs[]. */
export function hasDebugPointer(facts: KernelFacts): boolean {
  return facts.hasField('struct kvm_vcpu', 'arch.debug_ptr');
}

/** Every register of struct kvm_cpu_context, with its path there. Throws SourceError where the headers lack one. */
export const contextRegisters = oncePerKernel((facts): readonly ContextRegister[] => {
  const registers: ContextRegister[] = [];
  const add = (group: ContextGroup, cell: string, path: string) => registers.push({ cell, group, path });

  for (let n = 0; n <= 30; n++) add('general', `x${n}`, `gp_regs.regs.regs[${n}]`);
  add('general', 'sp_el0', 'gp_regs.regs.sp');
  add('general', 'elr_el2', 'gp_regs.regs.pc');
  add('general', 'spsr_el2', 'gp_regs.regs.pstate');
  add('general', 'sp_el1', 'gp_regs.sp_el1');
  add('general', 'elr_el1', 'gp_regs.elr_el1');
  add('general', 'spsr_el1', 'gp_regs.spsr[0]');
  bankedSpsr.forEach((cell, n) => {
    add('aarch32', cell, `gp_regs.spsr[${n + 1}]`);
  });

  const addSystem = (group: ContextGroup, macro: string) => {
    add(group, renamed[macro] ?? macro.toLowerCase(), `sys_regs[${facts.constant(macro)}]`);
  };
  for (const macro of systemIndexes) addSystem('system', macro);
  addSystem('debug', 'MDCCINT_EL1');
  // ThumbEE left the architecture, and later kernels, before the rest of the 32-bit state did.
  for (const macro of aarch32Indexes) if (facts.hasConstant(macro)) addSystem('aarch32', macro);

  for (let n = 0; n < 32; n++) {
    add('fp', `v${n}.d0`, `gp_regs.fp_regs.vregs[${n}]`);
    add('fp', `v${n}.d1`, `gp_regs.fp_regs.vregs[${n}]`);
  }
  add('fp', 'fpsr', 'gp_regs.fp_regs.fpsr');
  add('fp', 'fpcr', 'gp_regs.fp_regs.fpcr');
  return registers;
});

/** One debug register: its cell name and where a set of debug registers keeps it. */
export interface DebugRegister {
  readonly cell: string;
  /** In struct kvm_guest_debug_arch where the kernel has debug_ptr, else in struct kvm_cpu_context. */
  readonly path: string;
}

/** Those of a breakpoint or watchpoint that a machine may have, and its number. */
interface ComparatorRegister extends DebugRegister {
  readonly of: 'breakpoint' | 'watchpoint';
  readonly number: number;
}

const comparatorRegisters = oncePerKernel((facts): readonly ComparatorRegister[] => {
  const behindPointer = hasDebugPointer(facts);
  return debugArrays.flatMap(({ of, cell, field, index }) => {
    const first = behindPointer ? 0n : facts.constant(index);
    return [...Array(MOST_COMPARATORS).keys()].map((number) => ({
      of,
      number,
      cell: `${cell}${number}_el1`,
      path: behindPointer ? `${field}[${number}]` : `sys_regs[${first + BigInt(number)}]`,
    }));
  });
});

/** The debug registers of a machine with `breakpoints` and `watchpoints` (1 to 16 each), and their paths. */
export function debugRegisters(facts: KernelFacts, breakpoints: number, watchpoints: number): DebugRegister[] {
  return comparatorRegisters(facts).filter(isAmong(breakpoints, watchpoints));
}

function isAmong(breakpoints: number, watchpoints: number): (register: ComparatorRegister) => boolean {
  return ({ of, number }) => number < (of === 'breakpoint' ? breakpoints : watchpoints);
}

/** The same with their paths from struct kvm_vcpu on. */
const vcpuComparators = oncePerKernel((facts) => {
  const prefix = hasDebugPointer(facts) ? 'arch.debug_ptr->' : 'arch.ctxt.';
  return comparatorRegisters(facts).map((one) => ({ ...one, group: 'debug' as const, path: `${prefix}${one.path}` }));
});

/** The registers of contextRegisters with their paths from struct kvm_vcpu on. */
export const vcpuContext = oncePerKernel((facts) =>
  contextRegisters(facts).map((one) => ({ ...one, path: `arch.ctxt.${one.path}` })),
);

/** The vcpu's own debug registers, wherever its debug_ptr points, with their paths from struct kvm_vcpu on. */
const ownComparators = oncePerKernel((facts) => {
  const prefix = hasDebugPointer(facts) ? 'arch.vcpu_debug_state.' : 'arch.ctxt.';
  return comparatorRegisters(facts).map((one) => ({ ...one, path: `${prefix}${one.path}` }));
});

/** Those of a machine with `breakpoints` and `watchpoints`. */
export function ownDebugRegisters(facts: KernelFacts, breakpoints: number, watchpoints: number): DebugRegister[] {
  return ownComparators(facts).filter(isAmong(breakpoints, watchpoints));
}

/**
 * Every register of a guest that struct kvm_vcpu keeps, on a machine with `breakpoints` and `watchpoints`, with its path
 * from the struct on: `arch.ctxt.gp_regs.regs.regs[5]`, `arch.debug_ptr->dbg_bcr[2]`.
 */
export function vcpuRegisters(facts: KernelFacts, breakpoints: number, watchpoints: number): ContextRegister[] {
  return [...vcpuContext(facts), ...vcpuComparators(facts).filter(isAmong(breakpoints, watchpoints))];
}

/** `make`, which makes what it returns once for each kernel: scenarios by the dozen are run on one. */
function oncePerKernel<T>(make: (facts: KernelFacts) => T): (facts: KernelFacts) => T {
  const known = new WeakMap<KernelFacts, T>();
  return (facts) => {
    const made = known.get(facts) ?? make(facts);
    known.set(facts, made);
    return made;
  };
}

/** The 64 bits of the register `cell` out of the field that keeps it: a vector register is one field and two cells. */
export function cellOfField(cell: string, field: bigint): bigint {
  return BigInt.asUintN(64, cell.endsWith('.d1') ? field >> 64n : field);
}
