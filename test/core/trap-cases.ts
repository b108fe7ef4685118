/** Every trap control: what it traps, from where, to where. Sources: those of sim/core/traps.ts. */
import { cpuModel } from '../../sim/core/models.ts';
import { CODE, DATA, Processor, type Registers } from '../exec/processor.ts';

export const RW = 1n << 31n;
/** Everything allowed: what a test changes is the one control it is about. */
export const open: Registers = {
  hcr_el2: RW,
  cptr_el2: 0x33ff,
  mdcr_el2: 6,
  cnthctl_el2: 3,
  cntkctl_el1: 0x303,
  cpacr_el1: 3 << 20,
  pmuserenr_el0: 1,
  sctlr_el1: 0x30d0_0800n | (1n << 9n) | (1n << 14n) | (1n << 15n) | (1n << 16n) | (1n << 18n) | (1n << 26n),
};

/** Who takes an exception when `line` is executed at `el`, and its exception class; `none` where it is executed. */
export function outcome(line: string, el: 0 | 1 | 2, registers: Registers, model = cpuModel('cortex-a57')): string {
  const processor = new Processor({ model });
  processor.write({ ...open, vbar_el1: 0x4001_1000n, vbar_el2: 0x4001_2000n, x1: DATA, ...registers });
  processor.enter(el);
  processor.execute(line);
  const pc = processor.read('pc');
  if (pc === CODE + 4n) return 'none';
  const target = pc >= 0x4001_2000n ? 2 : 1;
  return `EL${target} 0x${(processor.read(`esr_el${target}`) >> 26n).toString(16)}`;
}

export interface TrapCase {
  readonly control: string;
  /** The register and the bits of it that are set (or, with `clears`, cleared) to trap. */
  readonly register: string;
  readonly bits: bigint;
  readonly clears?: true;
  readonly to: 1 | 2;
  readonly exceptionClass?: string;
  /** What is trapped, by the levels it is trapped from. */
  readonly trapped: readonly (readonly [el: 0 | 1 | 2, ...lines: string[]])[];
  /** What is not. */
  readonly allowed?: readonly (readonly [el: 0 | 1 | 2, ...lines: string[]])[];
  readonly model?: string;
}

const virtualMemory = ['sctlr', 'ttbr0', 'ttbr1', 'tcr', 'esr', 'far', 'afsr0', 'afsr1', 'mair', 'amair', 'contextidr'];
const identification = [
  'id_pfr0_el1',
  'id_isar5_el1',
  'mvfr0_el1',
  'id_aa64dfr0_el1',
  'id_aa64mmfr2_el1',
  's3_0_c0_c7_7',
];
const debugRegisters = [
  'mdscr_el1',
  'dbgbvr0_el1',
  'dbgbcr5_el1',
  'dbgwvr0_el1',
  'dbgwcr3_el1',
  'mdccint_el1',
  'dbgclaimset_el1',
];

function reads(...names: string[]): string[] {
  return names.map((name) => `mrs x0, ${name}`);
}

function writes(...names: string[]): string[] {
  return names.map((name) => `msr ${name}, x0`);
}

export const cases: readonly TrapCase[] = [
  {
    control: 'HCR_EL2.TVM',
    register: 'hcr_el2',
    bits: 1n << 26n,
    to: 2,
    trapped: [[1, ...writes(...virtualMemory.map((stem) => `${stem}_el1`))]],
    allowed: [
      [1, ...reads('sctlr_el1', 'esr_el1')],
      [1, ...writes('tpidr_el1')],
    ],
  },
  {
    control: 'HCR_EL2.TRVM',
    register: 'hcr_el2',
    bits: 1n << 30n,
    to: 2,
    trapped: [[1, ...reads(...virtualMemory.map((stem) => `${stem}_el1`))]],
    allowed: [[1, ...writes('ttbr0_el1', 'mair_el1')]],
  },
  {
    control: 'HCR_EL2.TID1',
    register: 'hcr_el2',
    bits: 1n << 16n,
    to: 2,
    trapped: [[1, ...reads('revidr_el1', 'aidr_el1')]],
    allowed: [[1, ...reads('midr_el1', 'mpidr_el1')]],
  },
  {
    control: 'HCR_EL2.TID2',
    register: 'hcr_el2',
    bits: 1n << 17n,
    to: 2,
    trapped: [
      [1, ...reads('ctr_el0', 'ccsidr_el1', 'clidr_el1', 'csselr_el1'), ...writes('csselr_el1')],
      [0, ...reads('ctr_el0')],
    ],
  },
  {
    control: 'HCR_EL2.TID3',
    register: 'hcr_el2',
    bits: 1n << 18n,
    to: 2,
    trapped: [[1, ...reads(...identification)]],
    allowed: [[2, ...reads('id_aa64pfr0_el1')]],
  },
  // TID0 and TID0's registers are AArch32's.
  {
    control: 'HCR_EL2.TID0',
    register: 'hcr_el2',
    bits: 1n << 15n,
    to: 2,
    trapped: [],
    allowed: [[1, ...reads('id_pfr0_el1', 'midr_el1')]],
  },
  {
    control: 'HCR_EL2.TIDCP',
    register: 'hcr_el2',
    bits: 1n << 20n,
    to: 2,
    trapped: [[1, 'mrs x0, s3_1_c15_c2_1', 'msr s3_1_c15_c2_1, x0', 'mrs x0, s3_0_c11_c5_3', 'sys #1, c15, c0, #0']],
  },
  {
    control: 'HCR_EL2.TACR',
    register: 'hcr_el2',
    bits: 1n << 21n,
    to: 2,
    trapped: [[1, 'mrs x0, actlr_el1', 'msr actlr_el1, x0']],
  },
  {
    control: 'HCR_EL2.TSW',
    register: 'hcr_el2',
    bits: 1n << 22n,
    to: 2,
    trapped: [[1, 'dc isw, x1', 'dc csw, x1', 'dc cisw, x1']],
    allowed: [[1, 'dc civac, x1']],
  },
  {
    control: 'HCR_EL2.TPC',
    register: 'hcr_el2',
    bits: 1n << 23n,
    to: 2,
    trapped: [
      [1, 'dc ivac, x1', 'dc civac, x1', 'dc cvac, x1'],
      [0, 'dc civac, x1', 'dc cvac, x1'],
    ],
    allowed: [[1, 'dc cvau, x1', 'dc cisw, x1']],
  },
  {
    control: 'HCR_EL2.TPU',
    register: 'hcr_el2',
    bits: 1n << 24n,
    to: 2,
    trapped: [
      [1, 'ic ialluis', 'ic iallu', 'ic ivau, x1', 'dc cvau, x1'],
      [0, 'ic ivau, x1', 'dc cvau, x1'],
    ],
    allowed: [[1, 'dc cvac, x1']],
  },
  {
    control: 'HCR_EL2.TTLB',
    register: 'hcr_el2',
    bits: 1n << 25n,
    to: 2,
    trapped: [[1, 'tlbi vmalle1', 'tlbi vmalle1is', 'tlbi vae1, x1', 'tlbi aside1is, x1', 'tlbi vaale1, x1']],
    allowed: [[2, 'tlbi vmalle1', 'tlbi alle2']],
  },
  {
    control: 'HCR_EL2.TDZ',
    register: 'hcr_el2',
    bits: 1n << 28n,
    to: 2,
    trapped: [
      [1, 'dc zva, x1'],
      [0, 'dc zva, x1'],
    ],
  },
  {
    control: 'HCR_EL2.TSC',
    register: 'hcr_el2',
    bits: 1n << 19n,
    to: 2,
    exceptionClass: '0x17',
    trapped: [[1, 'smc #0']],
  },
  {
    control: 'HCR_EL2.TWI',
    register: 'hcr_el2',
    bits: 1n << 13n,
    to: 2,
    exceptionClass: '0x1',
    trapped: [
      [0, 'wfi'],
      [1, 'wfi'],
    ],
    allowed: [
      [1, 'wfe', 'yield'],
      [2, 'wfi'],
    ],
  },
  {
    control: 'HCR_EL2.TWE',
    register: 'hcr_el2',
    bits: 1n << 14n,
    to: 2,
    exceptionClass: '0x1',
    trapped: [
      [0, 'wfe'],
      [1, 'wfe'],
    ],
    allowed: [[1, 'wfi', 'sev']],
  },
  {
    control: 'HCR_EL2.TLOR',
    register: 'hcr_el2',
    bits: 1n << 35n,
    to: 2,
    trapped: [[1, 'mrs x0, lorc_el1', 'msr lorsa_el1, x0', 'mrs x0, lorid_el1']],
    model: 'neoverse-n1',
  },
  {
    control: 'HCR_EL2.TERR',
    register: 'hcr_el2',
    bits: 1n << 36n,
    to: 2,
    trapped: [[1, 'mrs x0, erridr_el1']],
    model: 'neoverse-n1',
  },
  {
    control: 'CPTR_EL2.TCPAC',
    register: 'cptr_el2',
    bits: 1n << 31n,
    to: 2,
    trapped: [[1, 'mrs x0, cpacr_el1', 'msr cpacr_el1, x0']],
    allowed: [[2, 'mrs x0, cpacr_el1']],
  },
  {
    control: 'CPTR_EL2.TFP',
    register: 'cptr_el2',
    bits: 1n << 10n,
    to: 2,
    exceptionClass: '0x7',
    trapped: [
      [0, 'fmov d0, x0', 'mrs x0, fpcr', 'msr fpsr, x0'],
      [1, 'fmov d0, x0', 'mrs x0, fpcr', 'ldr q0, [x1]'],
      [2, 'fmov d0, x0', 'msr fpexc32_el2, x0'],
    ],
  },
  {
    control: 'CPACR_EL1.FPEN',
    register: 'cpacr_el1',
    bits: 3n << 20n,
    clears: true,
    to: 1,
    exceptionClass: '0x7',
    trapped: [
      [0, 'fmov d0, x0', 'mrs x0, fpsr'],
      [1, 'fmov d0, x0'],
    ],
    allowed: [[2, 'fmov d0, x0']],
  },
  // HSTR_EL2 traps AArch32 accesses.
  {
    control: 'HSTR_EL2',
    register: 'hstr_el2',
    bits: 0xffffn,
    to: 2,
    trapped: [],
    allowed: [[1, ...reads('sctlr_el1', 'ttbr0_el1', 'far_el1', 'id_pfr0_el1')]],
  },
  {
    control: 'MDCR_EL2.TDA',
    register: 'mdcr_el2',
    bits: 1n << 9n,
    to: 2,
    trapped: [
      [1, ...reads(...debugRegisters), ...writes(...debugRegisters)],
      [0, 'mrs x0, mdccsr_el0'],
    ],
    allowed: [[1, ...reads('mdrar_el1', 'oslsr_el1')]],
  },
  {
    control: 'MDCR_EL2.TDOSA',
    register: 'mdcr_el2',
    bits: 1n << 10n,
    to: 2,
    trapped: [[1, 'mrs x0, oslsr_el1', 'msr oslar_el1, x0', 'mrs x0, osdlr_el1', 'mrs x0, dbgprcr_el1']],
    allowed: [[1, ...reads('mdscr_el1')]],
  },
  {
    control: 'MDCR_EL2.TDRA',
    register: 'mdcr_el2',
    bits: 1n << 11n,
    to: 2,
    trapped: [[1, 'mrs x0, mdrar_el1']],
    allowed: [[1, ...reads('mdscr_el1')]],
  },
  {
    control: 'MDCR_EL2.TDE (as TDA, TDOSA and TDRA)',
    register: 'mdcr_el2',
    bits: 1n << 8n,
    to: 2,
    trapped: [
      [1, 'mrs x0, dbgbcr0_el1', 'mrs x0, oslsr_el1', 'mrs x0, mdrar_el1'],
      [0, 'mrs x0, mdccsr_el0', 'mrs x0, dbgdtr_el0', 'msr dbgdtrtx_el0, x0'],
    ],
    allowed: [[2, 'mrs x0, dbgbcr0_el1', 'mrs x0, oslsr_el1', 'mrs x0, mdrar_el1']],
  },
  {
    control: 'HCR_EL2.TGE (as TDA)',
    register: 'hcr_el2',
    bits: 1n << 27n,
    to: 2,
    trapped: [[0, 'mrs x0, mdccsr_el0', 'mrs x0, dbgdtr_el0', 'msr dbgdtrtx_el0, x0']],
    allowed: [[0, 'mrs x0, pmccntr_el0', 'mrs x0, ctr_el0']],
  },
  {
    control: 'MDCR_EL2.TPM',
    register: 'mdcr_el2',
    bits: 1n << 6n,
    to: 2,
    trapped: [
      [
        1,
        ...reads('pmcr_el0', 'pmccntr_el0', 'pmevtyper0_el0', 'pmintenset_el1', 'pmuserenr_el0'),
        ...writes('pmswinc_el0'),
      ],
      [0, ...reads('pmcr_el0', 'pmccntr_el0', 'pmevcntr0_el0')],
    ],
  },
  {
    control: 'MDCR_EL2.TPMCR',
    register: 'mdcr_el2',
    bits: 1n << 5n,
    to: 2,
    trapped: [
      [1, 'mrs x0, pmcr_el0', 'msr pmcr_el0, x0'],
      [0, 'mrs x0, pmcr_el0'],
    ],
    allowed: [[1, 'mrs x0, pmccntr_el0']],
  },
  {
    control: 'MDSCR_EL1.TDCC',
    register: 'mdscr_el1',
    bits: 1n << 12n,
    to: 1,
    trapped: [[0, 'mrs x0, mdccsr_el0', 'mrs x0, dbgdtr_el0', 'msr dbgdtrtx_el0, x0']],
    allowed: [[1, 'mrs x0, mdccsr_el0']],
  },
  {
    control: 'CNTHCTL_EL2.EL1PCTEN',
    register: 'cnthctl_el2',
    bits: 1n,
    clears: true,
    to: 2,
    trapped: [
      [0, 'mrs x0, cntpct_el0'],
      [1, 'mrs x0, cntpct_el0'],
    ],
    allowed: [[1, 'mrs x0, cntvct_el0', 'mrs x0, cntp_ctl_el0']],
  },
  {
    control: 'CNTHCTL_EL2.EL1PCEN',
    register: 'cnthctl_el2',
    bits: 2n,
    clears: true,
    to: 2,
    trapped: [
      [0, 'mrs x0, cntp_tval_el0'],
      [1, 'mrs x0, cntp_ctl_el0', 'msr cntp_cval_el0, x0', 'msr cntp_tval_el0, x0'],
    ],
    allowed: [[1, 'mrs x0, cntv_ctl_el0', 'mrs x0, cntpct_el0']],
  },
  {
    control: 'CNTKCTL_EL1.EL0PTEN',
    register: 'cntkctl_el1',
    bits: 1n << 9n,
    clears: true,
    to: 1,
    trapped: [[0, 'mrs x0, cntp_ctl_el0']],
    allowed: [[1, 'mrs x0, cntp_ctl_el0']],
  },
  {
    control: 'CNTKCTL_EL1.EL0VTEN',
    register: 'cntkctl_el1',
    bits: 1n << 8n,
    clears: true,
    to: 1,
    trapped: [[0, 'mrs x0, cntv_ctl_el0', 'msr cntv_cval_el0, x0']],
  },
  {
    control: 'CNTKCTL_EL1.EL0VCTEN',
    register: 'cntkctl_el1',
    bits: 2n,
    clears: true,
    to: 1,
    trapped: [[0, 'mrs x0, cntvct_el0']],
    allowed: [[0, 'mrs x0, cntpct_el0', 'mrs x0, cntfrq_el0']],
  },
  {
    control: 'CNTKCTL_EL1.EL0PCTEN and EL0VCTEN',
    register: 'cntkctl_el1',
    bits: 3n,
    clears: true,
    to: 1,
    trapped: [[0, 'mrs x0, cntpct_el0', 'mrs x0, cntfrq_el0']],
  },
  {
    control: 'PMUSERENR_EL0.EN',
    register: 'pmuserenr_el0',
    bits: 1n,
    clears: true,
    to: 1,
    trapped: [[0, ...reads('pmcr_el0', 'pmccntr_el0', 'pmselr_el0'), ...writes('pmswinc_el0', 'pmcntenset_el0')]],
    allowed: [
      [0, 'mrs x0, pmuserenr_el0'],
      [1, 'mrs x0, pmcr_el0'],
    ],
  },
  {
    control: 'SCTLR_EL1.UMA',
    register: 'sctlr_el1',
    bits: 1n << 9n,
    clears: true,
    to: 1,
    trapped: [[0, 'mrs x0, daif', 'msr daif, x0', 'msr daifset, #2', 'msr daifclr, #2']],
  },
  {
    control: 'SCTLR_EL1.UCT',
    register: 'sctlr_el1',
    bits: 1n << 15n,
    clears: true,
    to: 1,
    trapped: [[0, 'mrs x0, ctr_el0']],
  },
  {
    control: 'SCTLR_EL1.UCI',
    register: 'sctlr_el1',
    bits: 1n << 26n,
    clears: true,
    to: 1,
    trapped: [[0, 'dc cvac, x1', 'dc civac, x1', 'dc cvau, x1', 'ic ivau, x1']],
    allowed: [[1, 'dc cvac, x1']],
  },
  {
    control: 'SCTLR_EL1.DZE',
    register: 'sctlr_el1',
    bits: 1n << 14n,
    clears: true,
    to: 1,
    trapped: [[0, 'dc zva, x1']],
  },
  {
    control: 'SCTLR_EL1.nTWI',
    register: 'sctlr_el1',
    bits: 1n << 16n,
    clears: true,
    to: 1,
    exceptionClass: '0x1',
    trapped: [[0, 'wfi']],
    allowed: [[1, 'wfi']],
  },
  {
    control: 'SCTLR_EL1.nTWE',
    register: 'sctlr_el1',
    bits: 1n << 18n,
    clears: true,
    to: 1,
    exceptionClass: '0x1',
    trapped: [[0, 'wfe']],
  },
];
