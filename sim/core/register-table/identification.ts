/**
 * Identification and cache-identification registers (Arm ARM, D17.2). Their values are the CPU model's.
 */
import type { Cpu } from '../cpu.ts';
import type { CpuModel } from '../models.ts';
import { type RowDetails, readOnly, readWrite, type SystemRegisterRow } from '../system-register.ts';
import { TACR, TID1, TID2, TID3, TIDCP, UCT } from '../traps.ts';

/** The registers at op0 3, op1 0, Cn 0: CRm 1 to 7, op2 0 to 7. Those without a name are reserved and read 0. */
const idSpace: readonly (readonly [crm: number, names: readonly (string | undefined)[]])[] = [
  [
    1,
    [
      'id_pfr0_el1',
      'id_pfr1_el1',
      'id_dfr0_el1',
      'id_afr0_el1',
      'id_mmfr0_el1',
      'id_mmfr1_el1',
      'id_mmfr2_el1',
      'id_mmfr3_el1',
    ],
  ],
  [
    2,
    [
      'id_isar0_el1',
      'id_isar1_el1',
      'id_isar2_el1',
      'id_isar3_el1',
      'id_isar4_el1',
      'id_isar5_el1',
      'id_mmfr4_el1',
      'id_isar6_el1',
    ],
  ],
  [3, ['mvfr0_el1', 'mvfr1_el1', 'mvfr2_el1', undefined, 'id_pfr2_el1', 'id_dfr1_el1', 'id_mmfr5_el1', undefined]],
  [
    4,
    [
      'id_aa64pfr0_el1',
      'id_aa64pfr1_el1',
      undefined,
      undefined,
      'id_aa64zfr0_el1',
      'id_aa64smfr0_el1',
      undefined,
      undefined,
    ],
  ],
  [
    5,
    [
      'id_aa64dfr0_el1',
      'id_aa64dfr1_el1',
      undefined,
      undefined,
      'id_aa64afr0_el1',
      'id_aa64afr1_el1',
      undefined,
      undefined,
    ],
  ],
  [6, ['id_aa64isar0_el1', 'id_aa64isar1_el1', 'id_aa64isar2_el1', ...Array<undefined>(5)]],
  [7, ['id_aa64mmfr0_el1', 'id_aa64mmfr1_el1', 'id_aa64mmfr2_el1', ...Array<undefined>(5)]],
];

/** What EL1 reads is what EL2 put into the register called `virtual`. */
function virtualisedBy(virtual: string, own: bigint): RowDetails['behaviour'] {
  return (cpu: Cpu) => {
    const cell = cpu.cell(virtual);
    return { read: () => (cpu.el === 1 ? cpu.cells[cell]! : own) };
  };
}

const DCZID_DZP = 0x10n;
const SCTLR_DZE = 1n << 14n;
const HCR_TDZ = 1n << 28n;

/** DCZID_EL0.DZP says whether DC ZVA may be used at the current level. */
function zeroingProhibited(cpu: Cpu, model: CpuModel): { read: () => bigint } {
  const sctlr = cpu.cell('sctlr_el1');
  const hcr = cpu.cell('hcr_el2');
  return {
    read: () => {
      const byEl1 = cpu.el === 0 && (cpu.cells[sctlr]! & SCTLR_DZE) === 0n;
      const byEl2 = cpu.el < 2 && (cpu.cells[hcr]! & HCR_TDZ) !== 0n;
      return model.values.dczid_el0! | (byEl1 || byEl2 ? DCZID_DZP : 0n);
    },
  };
}

/** CCSIDR_EL1 describes the cache that CSSELR_EL1 selects; one that is not there reads 0. */
function selectedCache(cpu: Cpu, model: CpuModel): { read: () => bigint } {
  const selector = cpu.cell('csselr_el1');
  return { read: () => model.cacheSizes[Number(cpu.cells[selector])] ?? 0n };
}

/** The rows of `model`: registers the model gives no value read 0. */
export function identificationRegisters(model: CpuModel): SystemRegisterRow[] {
  const constant = (name: string, el: number, details: RowDetails = {}) =>
    readOnly(name, el, { mask: 0n, fixed: model.values[name] ?? 0n, ...details });
  const reserved = idSpace.flatMap(([crm, names]) =>
    names.map((name, op2) => constant(name ?? `s3_0_c0_c${crm}_${op2}`, 1, { traps: [TID3] })),
  );
  const implementationDefined = Object.entries(model.implementationDefined).map(([name, fixed]) =>
    readWrite(name, 1, { mask: 0n, fixed, traps: [TIDCP] }),
  );
  return [
    constant('midr_el1', 1, { behaviour: virtualisedBy('vpidr_el2', model.values.midr_el1!) }),
    constant('mpidr_el1', 1, { behaviour: virtualisedBy('vmpidr_el2', model.values.mpidr_el1!) }),
    constant('revidr_el1', 1, { traps: [TID1] }),
    constant('aidr_el1', 1, { traps: [TID1] }),
    ...reserved,
    constant('clidr_el1', 1, { traps: [TID2] }),
    readOnly('ccsidr_el1', 1, { traps: [TID2], behaviour: selectedCache }),
    readWrite('csselr_el1', 1, { mask: 0xfn, traps: [TID2] }),
    constant('ctr_el0', 0, { traps: [UCT, TID2] }),
    readOnly('dczid_el0', 0, { behaviour: zeroingProhibited }),
    readWrite('actlr_el1', 1, { mask: 0n, traps: [TACR] }),
    readWrite('actlr_el2', 2, { mask: 0n }),
    readWrite('vpidr_el2', 2, { mask: 0xffff_ffffn, reset: model.values.midr_el1! }),
    readWrite('vmpidr_el2', 2, { mask: 0xff_c1ff_ffffn, fixed: 0x8000_0000n, reset: model.values.mpidr_el1! }),
    ...implementationDefined,
  ];
}
