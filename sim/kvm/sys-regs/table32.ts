/**
 * The AArch32 system registers of a guest, CP14 (debug, G8.3) and CP15, as views of AArch64 ones (Arm ARM D17.1,
 * "architectural mapping" of each register; Linux: cp14_regs, cp15_regs and their 64-bit relatives in sys_regs.c).
 *
 * AArch32 DBGBVRn is DBGBVRn_EL1[31:0] and DBGBXVRn is DBGBVRn_EL1[63:32]; control registers and DBGWVRn are the low halves
 * of theirs. A half is taken from the 64-bit value, so that it does not matter which half comes first in memory.
 */
import type { DebugRegisterKind } from '../vcpu-state.ts';
import { inSysRegs, RowIndex, row32, type SysRegRow } from './row.ts';

const numbers = [...Array(16).keys()];

/** opc2 of CRn 0, CRm n. */
const debugOperations: readonly (readonly [kind: DebugRegisterKind, op2: number])[] = [
  ['bvr', 4],
  ['bcr', 5],
  ['wvr', 6],
  ['wcr', 7],
];

const debug: SysRegRow[] = numbers.flatMap((n) => [
  ...debugOperations.map(([kind, op2]) =>
    row32(`dbg${kind}${n}`, [0, 0, n, op2], { access: 'debug', storage: { in: 'debug', kind, n, half: 'low' } }),
  ),
  row32(`dbgbxvr${n}`, [0, 1, n, 1], { access: 'debug', storage: { in: 'debug', kind: 'bvr', n, half: 'high' } }),
]);

const razWi14: readonly (readonly [name: string, encoding: readonly [number, number, number, number]])[] = [
  ['dbgdtrrxext', [0, 0, 0, 2]],
  ['dbgdscrint', [0, 0, 1, 0]],
  ['dbgdtrrxint', [0, 0, 5, 0]],
  ['dbgdtrtxext', [0, 0, 3, 2]],
  ['dbgwfar', [0, 0, 6, 0]],
  ['dbgoseccr', [0, 0, 6, 2]],
  ['dbgdrar', [0, 1, 0, 0]],
  ['dbgoslar', [0, 1, 0, 4]],
  ['dbgosdlr', [0, 1, 3, 4]],
  ['dbgprcr', [0, 1, 4, 4]],
  ['dbgdsar', [0, 2, 0, 0]],
  ['dbgdevid2', [0, 7, 0, 7]],
  ['dbgdevid1', [0, 7, 1, 7]],
  ['dbgdevid', [0, 7, 2, 7]],
  ['dbgclaimset', [0, 7, 8, 6]],
  ['dbgclaimclr', [0, 7, 9, 6]],
];

export const table14: readonly SysRegRow[] = [
  row32('dbgdidr', [0, 0, 0, 0], { access: 'dbgdidr' }),
  ...debug,
  row32('dbgdccint', [0, 0, 2, 0], { access: 'debug', storage: inSysRegs('MDCCINT_EL1', 'low') }),
  row32('dbgdscrext', [0, 0, 2, 2], { access: 'debug', storage: inSysRegs('MDSCR_EL1', 'low') }),
  row32('dbgvcr', [0, 0, 7, 0], { access: 'debug', storage: inSysRegs('DBGVCR32_EL2', 'low') }),
  row32('dbgoslsr', [0, 1, 1, 4], { access: 'oslsr' }),
  row32('dbgauthstatus', [0, 7, 14, 6], { access: 'dbgauthstatus' }),
  ...razWi14.map(([name, encoding]) => row32(name, encoding, { access: 'raz-wi' })),
];

/** By MCRR and MRRC: opc1 and CRm only. */
export const table14Pair: readonly SysRegRow[] = [
  row32('dbgdrar', [0, 0, 1, 0], { access: 'raz-wi' }),
  row32('dbgdsar', [0, 0, 2, 0], { access: 'raz-wi' }),
];

/** CP15 registers whose writes HCR_EL2.TVM traps, and what each is a view of. */
const virtualMemory: readonly (readonly [
  name: string,
  encoding: readonly [number, number, number, number],
  macro: string,
  half: 'low' | 'high',
])[] = [
  ['sctlr', [0, 1, 0, 0], 'SCTLR_EL1', 'low'],
  ['ttbr0', [0, 2, 0, 0], 'TTBR0_EL1', 'low'],
  ['ttbr1', [0, 2, 0, 1], 'TTBR1_EL1', 'low'],
  ['ttbcr', [0, 2, 0, 2], 'TCR_EL1', 'low'],
  ['dacr', [0, 3, 0, 0], 'DACR32_EL2', 'low'],
  ['dfsr', [0, 5, 0, 0], 'ESR_EL1', 'low'],
  ['ifsr', [0, 5, 0, 1], 'IFSR32_EL2', 'low'],
  ['adfsr', [0, 5, 1, 0], 'AFSR0_EL1', 'low'],
  ['aifsr', [0, 5, 1, 1], 'AFSR1_EL1', 'low'],
  ['dfar', [0, 6, 0, 0], 'FAR_EL1', 'low'],
  ['ifar', [0, 6, 0, 2], 'FAR_EL1', 'high'],
  ['prrr', [0, 10, 2, 0], 'MAIR_EL1', 'low'],
  ['nmrr', [0, 10, 2, 1], 'MAIR_EL1', 'high'],
  ['amair0', [0, 10, 3, 0], 'AMAIR_EL1', 'low'],
  ['amair1', [0, 10, 3, 1], 'AMAIR_EL1', 'high'],
  ['contextidr', [0, 13, 0, 1], 'CONTEXTIDR_EL1', 'low'],
];

/** Performance monitors: CRn 9, by CRm and opc2. */
const monitors: SysRegRow[] = (
  [
    [12, [0, 1, 2, 3, 4, 5, 6, 7]],
    [13, [0, 1, 2]],
    [14, [0, 1, 2, 3]],
  ] as const
).flatMap(([crm, operations]) =>
  operations.map((op2) => row32(`c9,c${crm},${op2}`, [0, 9, crm, op2], { access: 'raz-wi' })),
);

export const table15: readonly SysRegRow[] = [
  ...virtualMemory.map(([name, encoding, macro, half]) =>
    row32(name, encoding, { access: 'vm', storage: inSysRegs(macro, half) }),
  ),
  row32('actlr', [0, 1, 0, 1], { access: 'read', storage: inSysRegs('ACTLR_EL1', 'low') }),
  row32('dcisw', [0, 7, 6, 2], { access: 'set-way' }),
  row32('dccsw', [0, 7, 10, 2], { access: 'set-way' }),
  row32('dccisw', [0, 7, 14, 2], { access: 'set-way' }),
  ...monitors,
  row32('icc_sre', [0, 12, 12, 5], { access: 'raz-wi' }),
];

/** By MCRR and MRRC: whole 64-bit registers. */
export const table15Pair: readonly SysRegRow[] = [
  row32('ttbr0', [0, 0, 2, 0], { access: 'vm', storage: inSysRegs('TTBR0_EL1') }),
  row32('ttbr1', [1, 0, 2, 0], { access: 'vm', storage: inSysRegs('TTBR1_EL1') }),
  row32('icc_sgi1r', [0, 0, 12, 0], { access: 'sgi' }),
];

export const index14 = new RowIndex(table14);
export const index14Pair = new RowIndex(table14Pair);
export const index15 = new RowIndex(table15);
export const index15Pair = new RowIndex(table15Pair);
