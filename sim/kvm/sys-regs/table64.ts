/**
 * The AArch64 system registers that KVM keeps for a guest or whose accesses it handles (Linux: arch/arm64/kvm/sys_regs.c
 * and sys_regs_generic_v8.c). Encodings: asm/a64's system-register table.
 */
import { inSysRegs, RowIndex, row64, type SysRegRow } from './row.ts';

const ZERO = { value: 0n } as const;
/** SCTLR_EL1 with MMU and caches off, and the bits that are RES1 (D17.2.118). */
const SCTLR_RESET = { value: 0x00c5_0078n } as const;

const numbers = [...Array(16).keys()];

const debug: SysRegRow[] = numbers.flatMap((n) =>
  (['bvr', 'bcr', 'wvr', 'wcr'] as const).map((kind) =>
    row64(`dbg${kind}${n}_el1`, { access: 'debug', storage: { in: 'debug', kind, n }, reset: ZERO }),
  ),
);

/** Debug registers of which KVM has no model: they read 0. */
const debugRazWi = [
  ...['mdrar_el1', 'oslar_el1', 'osdlr_el1', 'dbgprcr_el1', 'dbgclaimset_el1', 'dbgclaimclr_el1'],
  ...['mdccsr_el0', 'dbgdtr_el0', 'dbgdtrrx_el0'],
];

/** Performance monitors: the guest is told that there are none. */
const monitorsRazWi = [
  ...['pmintenset_el1', 'pmintenclr_el1', 'pmcr_el0', 'pmcntenset_el0', 'pmcntenclr_el0', 'pmovsclr_el0'],
  ...['pmswinc_el0', 'pmselr_el0', 'pmceid0_el0', 'pmceid1_el0', 'pmccntr_el0', 'pmxevtyper_el0', 'pmxevcntr_el0'],
  ...['pmuserenr_el0', 'pmovsset_el0', 'pmccfiltr_el0'],
];

/** The registers of which HCR_EL2.TVM traps writes. */
const virtualMemory: readonly (readonly [name: string, reset: SysRegRow['reset']])[] = [
  ['sctlr_el1', SCTLR_RESET],
  ['ttbr0_el1', 'unknown'],
  ['ttbr1_el1', 'unknown'],
  ['tcr_el1', ZERO],
  ['afsr0_el1', 'unknown'],
  ['afsr1_el1', 'unknown'],
  ['esr_el1', 'unknown'],
  ['far_el1', 'unknown'],
  ['mair_el1', 'unknown'],
  ['amair_el1', 'host'],
  ['contextidr_el1', ZERO],
];

/** Kept for the guest, and never trapped. */
const untrapped: readonly (readonly [name: string, reset: SysRegRow['reset']])[] = [
  ['mpidr_el1', 'mpidr'],
  ['cpacr_el1', ZERO],
  ['par_el1', 'unknown'],
  ['vbar_el1', ZERO],
  ['tpidr_el1', 'unknown'],
  ['cntkctl_el1', ZERO],
  ['csselr_el1', 'unknown'],
  ['tpidr_el0', 'unknown'],
  ['tpidrro_el0', 'unknown'],
  ['dbgvcr32_el2', ZERO],
  ['dacr32_el2', 'unknown'],
  ['ifsr32_el2', 'unknown'],
  ['fpexc32_el2', { value: 0x70n }],
];

const kept = (name: string) => inSysRegs(name.toUpperCase());

/** DC ISW, CSW and CISW, which are system instructions: op1 0, CRn 7, op2 2. */
const setWay: SysRegRow[] = [
  { name: 'dc isw', op0: 1, op1: 0, crn: 7, crm: 6, op2: 2, access: 'set-way' },
  { name: 'dc csw', op0: 1, op1: 0, crn: 7, crm: 10, op2: 2, access: 'set-way' },
  { name: 'dc cisw', op0: 1, op1: 0, crn: 7, crm: 14, op2: 2, access: 'set-way' },
];

export const table64: readonly SysRegRow[] = [
  ...setWay,
  ...debug,
  row64('mdccint_el1', { access: 'debug', storage: kept('mdccint_el1'), reset: ZERO }),
  row64('mdscr_el1', { access: 'debug', storage: kept('mdscr_el1'), reset: ZERO }),
  row64('oslsr_el1', { access: 'oslsr' }),
  row64('dbgauthstatus_el1', { access: 'dbgauthstatus' }),
  ...debugRazWi.map((name) => row64(name, { access: 'raz-wi' })),
  ...virtualMemory.map(([name, reset]) => row64(name, { access: 'vm', storage: kept(name), reset })),
  ...untrapped.map(([name, reset]) => row64(name, { storage: kept(name), reset })),
  row64('actlr_el1', { access: 'read', storage: kept('actlr_el1'), reset: 'host' }),
  ...monitorsRazWi.map((name) => row64(name, { access: 'raz-wi' })),
  row64('icc_sgi1r_el1', { access: 'sgi' }),
  row64('icc_sre_el1', { access: 'raz-wi' }),
];

export const index64 = new RowIndex(table64);

/**
 * Registers that tell of the processor: user space may read them, and write back what it read (Linux: invariant_sys_regs).
 * Those of KVM's list that the guest reads without a trap.
 */
export const invariantRegisters: readonly string[] = [
  ...['midr_el1', 'revidr_el1', 'id_pfr0_el1', 'id_pfr1_el1', 'id_dfr0_el1', 'id_afr0_el1', 'id_mmfr0_el1'],
  ...['id_mmfr1_el1', 'id_mmfr2_el1', 'id_mmfr3_el1', 'id_isar0_el1', 'id_isar1_el1', 'id_isar2_el1'],
  ...['id_isar3_el1', 'id_isar4_el1', 'id_isar5_el1', 'clidr_el1', 'aidr_el1', 'ctr_el0'],
];
