/**
 * The controls that trap system-register accesses and system instructions, each with the bit that holds it
 * (Arm ARM: D17.2 "HCR_EL2", "CPTR_EL2", "SCTLR_EL1", "CPACR_EL1"; D17.3 "MDCR_EL2", "MDSCR_EL1"; D17.5
 * "PMUSERENR_EL0"; D17.11 "CNTHCTL_EL2", "CNTKCTL_EL1"). Three controls have no row: HSTR_EL2 and HCR_EL2.TID0 trap accesses
 * in AArch32 state only, in which nothing executes; CPTR_EL2.TTA those to trace registers, which no model has
 * (ID_AA64DFR0_EL1.TraceVer is 0), so that they are UNDEFINED. All keep what is written.
 */
import type { TrapControl } from './system-register.ts';

function bit(number: number): bigint {
  return 1n << BigInt(number);
}

/** A control of HCR_EL2: bit `number` traps accesses of EL1, and of the other levels in `from`, to EL2. */
function hcr(name: string, number: number, on: TrapControl['on'], from: readonly number[] = [1]): TrapControl {
  return { name: `HCR_EL2.${name}`, from, on, to: 2, whenSet: [['hcr_el2', bit(number)]] };
}

export const TWI = hcr('TWI', 13, 'access', [0, 1]);
export const TWE = hcr('TWE', 14, 'access', [0, 1]);
export const TID1 = hcr('TID1', 16, 'read');
export const TID2 = hcr('TID2', 17, 'access', [0, 1]);
export const TID3 = hcr('TID3', 18, 'read');
export const TSC = hcr('TSC', 19, 'access');
export const TIDCP = hcr('TIDCP', 20, 'access');
export const TACR = hcr('TACR', 21, 'access');
export const TSW = hcr('TSW', 22, 'access');
export const TPC = hcr('TPC', 23, 'access', [0, 1]);
export const TPU = hcr('TPU', 24, 'access', [0, 1]);
export const TTLB = hcr('TTLB', 25, 'access');
export const TVM = hcr('TVM', 26, 'write');
export const TDZ = hcr('TDZ', 28, 'access', [0, 1]);
export const TRVM = hcr('TRVM', 30, 'read');
export const TLOR = hcr('TLOR', 35, 'access');
export const TERR = hcr('TERR', 36, 'access');

/** What the registers of the EL1 virtual memory controls have in common. */
export const VIRTUAL_MEMORY = [TVM, TRVM];

export const TCPAC: TrapControl = {
  name: 'CPTR_EL2.TCPAC',
  from: [1],
  on: 'access',
  to: 2,
  whenSet: [['cptr_el2', bit(31)]],
};

/** MDCR_EL2.TDE and HCR_EL2.TGE act as if TDRA, TDOSA and TDA were set. */
const ALL_DEBUG_TRAPPED = [
  ['mdcr_el2', bit(8)],
  ['hcr_el2', bit(27)],
] as const;

/** A control of MDCR_EL2 over debug registers. */
function debugTrap(name: string, number: number, from: readonly number[]): TrapControl {
  return {
    name: `MDCR_EL2.${name}`,
    from,
    on: 'access',
    to: 2,
    whenSet: [['mdcr_el2', bit(number)], ...ALL_DEBUG_TRAPPED],
  };
}

export const TDA = debugTrap('TDA', 9, [0, 1]);
export const TDOSA = debugTrap('TDOSA', 10, [1]);
export const TDRA = debugTrap('TDRA', 11, [1]);

/** EL0 accesses to the Debug Communications Channel. */
export const TDCC: TrapControl = {
  name: 'MDSCR_EL1.TDCC',
  from: [0],
  on: 'access',
  to: 1,
  whenSet: [['mdscr_el1', bit(12)]],
};

function performanceTrap(name: string, number: number): TrapControl {
  return { name: `MDCR_EL2.${name}`, from: [0, 1], on: 'access', to: 2, whenSet: [['mdcr_el2', bit(number)]] };
}

export const TPMCR = performanceTrap('TPMCR', 5);
export const TPM = performanceTrap('TPM', 6);

/** EL0 accesses to performance monitors: allowed by any of the bits of PMUSERENR_EL0 in `enables`. */
function userEnable(name: string, enables: bigint, on: TrapControl['on'] = 'access'): TrapControl {
  return { name: `PMUSERENR_EL0.${name}`, from: [0], on, to: 1, unlessSet: [['pmuserenr_el0', enables]] };
}

const EN = bit(0);
const SW = bit(1);
const CR = bit(2);
const ER = bit(3);
export const PMU_EN = userEnable('EN', EN);
export const PMU_SOFTWARE_INCREMENT = userEnable('SW', SW | EN);
/** CR and ER allow reading only. */
export const PMU_CYCLE_COUNTER = [userEnable('CR', CR | EN, 'read'), userEnable('EN', EN, 'write')];
export const PMU_EVENT_COUNTER = [userEnable('ER', ER | EN, 'read'), userEnable('EN', EN, 'write')];
export const PMU_SELECTOR = userEnable('ER', ER | EN);

/** EL0 accesses that SCTLR_EL1 allows by bit `number`. */
function sctlr(name: string, number: number): TrapControl {
  return { name: `SCTLR_EL1.${name}`, from: [0], on: 'access', to: 1, unlessSet: [['sctlr_el1', bit(number)]] };
}

export const UMA = sctlr('UMA', 9);
export const DZE = sctlr('DZE', 14);
export const UCT = sctlr('UCT', 15);
export const NTWI = sctlr('nTWI', 16);
export const NTWE = sctlr('nTWE', 18);
export const UCI = sctlr('UCI', 26);

/** EL0 accesses to the timers that any of the bits of CNTKCTL_EL1 in `numbers` allows. */
function timerUserEnable(name: string, ...numbers: number[]): TrapControl {
  const mask = numbers.reduce((all, number) => all | bit(number), 0n);
  return { name: `CNTKCTL_EL1.${name}`, from: [0], on: 'access', to: 1, unlessSet: [['cntkctl_el1', mask]] };
}

export const EL0PCTEN = timerUserEnable('EL0PCTEN', 0);
export const EL0VCTEN = timerUserEnable('EL0VCTEN', 1);
export const EL0_FREQUENCY = timerUserEnable('EL0PCTEN', 0, 1);
export const EL0VTEN = timerUserEnable('EL0VTEN', 8);
export const EL0PTEN = timerUserEnable('EL0PTEN', 9);

/** EL0 and EL1 accesses to the physical timer and counter, allowed by a bit of CNTHCTL_EL2. */
function hypervisorTimerEnable(name: string, number: number): TrapControl {
  return { name: `CNTHCTL_EL2.${name}`, from: [0, 1], on: 'access', to: 2, unlessSet: [['cnthctl_el2', bit(number)]] };
}

export const EL1PCTEN = hypervisorTimerEnable('EL1PCTEN', 0);
export const EL1PCEN = hypervisorTimerEnable('EL1PCEN', 1);
