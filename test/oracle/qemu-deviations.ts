/**
 * System registers in which QEMU 7.2 differs from the Arm ARM (DDI 0487), with the reason; the unit tests of sim/core hold
 * what the manual says of them instead.
 */
const deviations: Readonly<Record<string, readonly string[]>> = {
  'lacks registers of D17.3 that exist wherever there is a debug architecture: UNDEFINED': [
    ...['osdtrrx_el1', 'osdtrtx_el1', 'oseccr_el1', 'dbgprcr_el1', 'dbgclaimset_el1', 'dbgclaimclr_el1'],
    ...['dbgauthstatus_el1', 'dbgdtr_el0', 'dbgdtrrx_el0', 'dbgdtrtx_el0'],
  ],
  'does nothing for MRS of these, which leaves the destination as it was (D17.3)': ['mdccint_el1', 'dbgvcr32_el2'],
  'has RES1 bits that hold what is written, and reset to 0; the Glossary allows either for "RES1"': [
    ...['sctlr_el2', 'tcr_el2', 'vtcr_el2', 'fpexc32_el2'],
  ],
  'lets these through with HCR_EL2.E2H = 0, where they are UNDEFINED (D17.1.3)': [
    ...['sctlr', 'cpacr', 'ttbr0', 'ttbr1', 'tcr', 'spsr', 'elr', 'afsr0', 'afsr1', 'esr', 'far', 'mair', 'amair'].map(
      (stem) => `${stem}_el12`,
    ),
    ...['vbar_el12', 'contextidr_el12', 'cntkctl_el12'],
    ...['cntp', 'cntv'].flatMap((stem) => ['tval', 'ctl', 'cval'].map((part) => `${stem}_${part}_el02`)),
  ],
  'has system-register access to the GIC that cannot be turned off, which IHI 0069, 8.2.22 allows': [
    'icc_sre_el1',
    'icc_sre_el2',
  ],
  'tells where the GIC is by an IMPLEMENTATION DEFINED register that a Neoverse N1 does not have': ['s3_1_c15_c3_0'],
  'counts real time': [
    ...['cntpct_el0', 'cntvct_el0', 'cntp_tval_el0', 'cntv_tval_el0', 'cnthp_tval_el2', 'cnthv_tval_el2'],
  ],
};

/** All of their names. */
export const deviating = new Set(Object.values(deviations).flat());

/**
 * Registers whose traps QEMU does not know: MDSCR_EL1.TDCC and MDCR_EL2.TDA for MDCCSR_EL0 (D17.3.18), HCR_EL2.TIDCP for
 * the IMPLEMENTATION DEFINED ones.
 */
export const untrapped: ReadonlySet<string> = new Set([
  'mdccsr_el0',
  ...['s3_1_c11_c0_2', 's3_1_c11_c0_3', 's3_1_c15_c0_0', 's3_1_c15_c2_0', 's3_1_c15_c2_1', 's3_1_c15_c2_2'],
  ...['s3_1_c15_c2_3', 's3_1_c15_c3_0'],
]);

/**
 * Registers of which a program reads something else in QEMU, so that the lockstep takes what an MRS reads from there: those
 * that leave the destination as it was, and those of the GIC's system-register access.
 */
export const misread: ReadonlySet<string> = new Set(['mdccint_el1', 'dbgvcr32_el2', 'icc_sre_el1', 'icc_sre_el2']);

/** Registers whose RES1 bits read as they were written in QEMU. All others of their bits are compared. */
export const unfixed: ReadonlySet<string> = new Set([
  ...['sctlr_el2', 'tcr_el2', 'vtcr_el2', 'cptr_el2', 'fpexc32_el2'],
]);

/** What QEMU's gdb stub calls registers that it shares with AArch32. */
export const stubNames: Readonly<Record<string, string>> = {
  cpacr: 'cpacr_el1',
  cntkctl: 'cntkctl_el1',
  sctlr: 'sctlr_el1',
  vbar: 'vbar_el1',
  clidr: 'clidr_el1',
  csselr: 'csselr_el1',
  aidr: 'aidr_el1',
  amair0: 'amair_el1',
  cbar_el1: 's3_1_c15_c3_0',
  ...Object.fromEntries(
    ['id_pfr0', 'id_pfr1', 'id_pfr2', 'id_dfr0', 'id_dfr1', 'id_afr0']
      .concat([0, 1, 2, 3, 4, 5].map((n) => `id_mmfr${n}`))
      .concat([0, 1, 2, 3, 4, 5, 6].map((n) => `id_isar${n}`))
      .map((name) => [name, `${name}_el1`]),
  ),
};

/** Registers whose values at the end are not compared, and why. What programs read of them is compared all the same. */
const uncompared: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^(pmccntr_el0|cnt[pv]ct_el0|cnth?[pv]_tval_el\d)$/, 'count time'],
  [/^(nzcv|daif|currentel|spsel)$/, 'are PSTATE, which is compared after every instruction'],
  [/^(pmintenclr_el1|pmxev(typer|cntr)_el0|ccsidr_el1|isr_el1)$/, 'are views of others, which the stub does not tell'],
  [
    /^(id_pfr1_el1|id_aa64pfr0_el1|midr_el1|mpidr_el1|dczid_el0)$/,
    'are computed at the read; the stub does not tell them',
  ],
  [/^(id_aa64isar2_el1|s3_0_c0_c\d_\d)$/, 'have no name or another name in the stub'],
  [/^s3_1_c1[15]_c[02]_\d$/, 'are IMPLEMENTATION DEFINED, with other names in the stub'],
  [/^(mdccint_el1|os(dtrrx|dtrtx|eccr)_el1|dbg(dtr|dtrrx)_el0|dbgvcr32_el2)$/, 'are not there in QEMU'],
  [/^dbg(prcr|claimset|claimclr|authstatus)_el1$/, 'are not there in QEMU'],
  [/^ic[ch]_/, 'the stub does not tell; hyp code reads all that a world switch moves'],
];

/** Whether a register's value at the end is not compared. */
export function isUncompared(name: string): boolean {
  return uncompared.some(([pattern]) => pattern.test(name));
}

/** Scenarios in which QEMU's machine goes another way, by file, and why. One is not explained yet. */
export const deviatingScenarios: ReadonlyMap<string, string> = new Map([
  ...['tlb-flush-all', 'tlb-flush-ipa', 'tlb-flush-other', 'tlb-flush-vmid'].map(
    (name) => [`${name}.yaml`, 'they need a TLB entry that outlives its descriptor, and QEMU has dropped it'] as const,
  ),
  ['virtual-timer.yaml', 'the timer fires at a time, and QEMU counts time otherwise'],
  ['wait.yaml', 'QEMU traps no WFE (HCR_EL2.TWE, D17.2.48)'],
  ['trapped-registers.yaml', 'QEMU lets a Cortex-A53 read S3_1_C15_C2_0 whatever HCR_EL2.TIDCP says (D17.2.48)'],
  [
    'panic-unmapped-debug-ptr.yaml',
    'QEMU sets ESR_EL2.ISV for an abort from EL2, which only stage 2 aborts have (D17.2.37, "ISS encoding for an exception from a Data Abort")',
  ],
  [
    'table-walk.yaml',
    'QEMU reports a permission fault on a table walk at level 2, where the page is of level 3: not explained',
  ],
]);
