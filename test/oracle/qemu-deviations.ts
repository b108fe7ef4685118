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
const misread: ReadonlySet<string> = new Set(['mdccint_el1', 'dbgvcr32_el2', 'icc_sre_el1', 'icc_sre_el2']);

/** Registers whose RES1 bits read as they were written in QEMU. All others of their bits are compared. */
const unfixed: ReadonlySet<string> = new Set([...['sctlr_el2', 'tcr_el2', 'vtcr_el2', 'cptr_el2', 'fpexc32_el2']]);

const ALL = 0xffff_ffff_ffff_ffffn;
/** PMCEID0_EL0: INST_RETIRED, which QEMU has where it counts instructions (-icount). */
const INST_RETIRED = 1n << 8n;

/**
 * Bits of a system register which QEMU may have otherwise than the machine, which has `value`. `fixed`: its RES1 bits that
 * read as 1.
 */
export function excusedBits(name: string, value: bigint, fixed: bigint): bigint {
  if (misread.has(name)) return ALL;
  if (unfixed.has(name)) return fixed;
  if (name === 'pmceid0_el0') return INST_RETIRED;
  return name === 'esr_el2' ? excusedSyndrome(value) : 0n;
}

const EC_INSTRUCTION_ABORT_LOWER = 0x20n;
const EC_DATA_ABORT_LOWER = 0x24n;
const EC_DATA_ABORT_SAME = 0x25n;
const ISS_S1PTW = 1n << 7n;
/** The level in IFSC and DFSC. */
const ISS_LEVEL = 3n;
/** ISV, and what it says of: SAS, SSE, SRT, SF, AR. */
const ISS_ACCESS = 0x1ff_c000n;

/**
 * Of ESR_EL2 (D17.2.37):
 * - A stage 2 fault on a stage 1 walk has the level of the stage 2 look-up (AArch64.S2Walk); QEMU before 8.2 gives the level
 *   of the look-up of stage 1.
 * - Only an abort at stage 2 has ISV ("ISS encoding for an exception from a Data Abort"); QEMU before 8.1 has it for one that
 *   EL2 takes from itself, too.
 */
function excusedSyndrome(esr: bigint): bigint {
  const exceptionClass = esr >> 26n;
  if (exceptionClass === EC_DATA_ABORT_SAME) return ISS_ACCESS;
  const isLower = exceptionClass === EC_DATA_ABORT_LOWER || exceptionClass === EC_INSTRUCTION_ABORT_LOWER;
  return isLower && (esr & ISS_S1PTW) !== 0n ? ISS_LEVEL : 0n;
}

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

/** A text of one of the files in fixtures/guests, and what to have in its place. */
export interface Edit {
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

/** How a scenario goes another way in QEMU. */
export interface ScenarioDeviation {
  readonly reason: string;
  /** Behind which instruction, by a part of what is shown of it, and when it was come to how many times. */
  readonly behind: string;
  readonly visits: number;
  /** Makes of it a scenario in which QEMU goes the same way to the end. */
  readonly without: Edit;
}

/** The host takes a page away and flushes at once, so that no entry outlives its descriptor. */
const flushesAtOnce: Edit = { file: 'host-tlb.h', text: '\tb\tenter\n\nflush:', instead: '\nflush:' };
/** The host takes no page away. */
const unmapsNothing: Edit = { file: 'host-tlb.h', text: '\tb.eq\tunmap\n', instead: '' };

function outlives(without: Edit): ScenarioDeviation {
  return {
    reason:
      'a TLB entry outlives its descriptor, which it may (D8 "TLB maintenance requirements"); QEMU has dropped it when ' +
      'VTTBR_EL2.VMID changed',
    behind: 'read_page+0x0',
    visits: 2,
    without,
  };
}

/** Scenarios in which QEMU goes another way, by file. */
export const deviatingScenarios: ReadonlyMap<string, ScenarioDeviation> = new Map([
  ['tlb-flush-all.yaml', outlives(flushesAtOnce)],
  ['tlb-flush-ipa.yaml', outlives(flushesAtOnce)],
  ['tlb-flush-other.yaml', outlives(unmapsNothing)],
  ['tlb-flush-vmid.yaml', outlives(flushesAtOnce)],
  [
    'wait.yaml',
    {
      reason: 'QEMU traps no WFE (HCR_EL2.TWE, D17.2.48)',
      // The one before it finds an event, and would not wait.
      behind: 'wfe  guest_start+0x14',
      visits: 1,
      without: { file: 'guest-wait.S', text: '\twfe\n\tmov\tx19, #4\n', instead: '' },
    },
  ],
  [
    'trapped-registers.yaml',
    {
      reason: 'QEMU has CPUACTLR_EL1 of a Cortex-A53, and lets EL1 read it whatever HCR_EL2.TIDCP says (D17.2.48)',
      behind: 'mrs\tx1, s3_1_c15_c2_0',
      visits: 1,
      without: { file: 'guest-trapped-registers.S', text: '\tmrs\tx1, s3_1_c15_c2_0', instead: '\tnop' },
    },
  ],
]);

/** Scenarios in which an ESR_EL2 that QEMU gets wrong is read: see excusedSyndrome. */
export const scenariosWithWrongSyndrome: ReadonlySet<string> = new Set([
  'panic-unmapped-debug-ptr.yaml',
  'table-walk.yaml',
]);

/** Scenarios in which the generic timer fires, so that both need one time. */
export const timedScenarios: ReadonlySet<string> = new Set(['virtual-timer.yaml']);
