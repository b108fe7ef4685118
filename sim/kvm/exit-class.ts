/**
 * ESR_EL2 of a guest's exit: exception classes, and the fields of the syndrome that KVM's C code looks at. Source of
 * every number: Arm ARM (DDI 0487), D17.2.37 "ESR_EL2".
 */

/** ESR_EL2.EC of exceptions that a guest's exit can have. */
export const EXIT_CLASS = {
  unknown: 0x00,
  wfx: 0x01,
  cp15: 0x03,
  cp15Pair: 0x04,
  cp14: 0x05,
  cp14LoadStore: 0x06,
  fpAccess: 0x07,
  cp14Pair: 0x0c,
  hvc32: 0x12,
  smc32: 0x13,
  hvc64: 0x16,
  smc64: 0x17,
  systemRegister: 0x18,
  instructionAbort: 0x20,
  dataAbort: 0x24,
  serror: 0x2f,
  breakpoint: 0x30,
  softwareStep: 0x32,
  watchpoint: 0x34,
  bkpt32: 0x38,
  brk64: 0x3c,
} as const;

/** ISS.CV: the condition field of an AArch32 instruction is valid; it stands in bits 23:20. */
const CONDITION_VALID = 1 << 24;

export function exitClass(esr: number): number {
  return esr >>> 26;
}

/** ESR_EL2.IL: the instruction has 32 bits; else it is a T32 one of 16. */
export function isWideInstruction(esr: number): boolean {
  return (esr & (1 << 25)) !== 0;
}

/** The condition of a trapped AArch32 instruction, 0 to 14; undefined where ISS.CV says there is none. */
export function conditionOf(esr: number): number | undefined {
  return (esr & CONDITION_VALID) === 0 ? undefined : (esr >>> 20) & 0xf;
}

/** ISS of WFI and WFE: TI, bit 0. */
export function isWaitForEvent(esr: number): boolean {
  return (esr & 1) !== 0;
}

/** A trapped access to one register of the system, as its instruction encodes it. */
export interface RegisterAccess {
  readonly op0: number;
  readonly op1: number;
  readonly crn: number;
  readonly crm: number;
  readonly op2: number;
  /** The general-purpose register, and of MCRR and MRRC the one for the upper half. */
  readonly rt: number;
  readonly rt2?: number;
  readonly isWrite: boolean;
}

/** ISS of a trapped MSR, MRS or system instruction (EC 0x18). */
export function systemRegisterAccess(esr: number): RegisterAccess {
  return {
    op0: (esr >>> 20) & 3,
    op2: (esr >>> 17) & 7,
    op1: (esr >>> 14) & 7,
    crn: (esr >>> 10) & 0xf,
    rt: (esr >>> 5) & 0x1f,
    crm: (esr >>> 1) & 0xf,
    isWrite: (esr & 1) === 0,
  };
}

/** ISS of a trapped MCR or MRC (EC 0x03, 0x05). op0 does not exist in AArch32 and is 0. */
export function coprocessorAccess(esr: number): RegisterAccess {
  return { ...systemRegisterAccess(esr), op0: 0 };
}

/** ISS of a trapped MCRR or MRRC (EC 0x04, 0x0c): two general-purpose registers, no CRn and no opc2. */
export function coprocessorPairAccess(esr: number): RegisterAccess {
  return {
    op0: 0,
    op1: (esr >>> 16) & 0xf,
    crn: 0,
    crm: (esr >>> 1) & 0xf,
    op2: 0,
    rt: (esr >>> 5) & 0x1f,
    rt2: (esr >>> 10) & 0x1f,
    isWrite: (esr & 1) === 0,
  };
}

/** Kinds of fault, by the fault status code without its level (ISS bits 5:2). */
export const FAULT = { translation: 0b0001, accessFlag: 0b0010, permission: 0b0011 } as const;
/** Fault status code of a synchronous external abort that was not met on a table walk. */
export const EXTERNAL_ABORT = 0b010000;

/** ISS of a data or instruction abort. */
export interface AbortSyndrome {
  /** Fault status code without the level. */
  readonly fault: number;
  readonly isWrite: boolean;
  /** Met while walking stage 1 tables. */
  readonly s1ptw: boolean;
  /** By a cache maintenance or address translation instruction. */
  readonly maintenance: boolean;
  readonly external: boolean;
  /** What the instruction was; undefined where ISV says that the rest does not describe it. */
  readonly access?: LoadStore;
}

export interface LoadStore {
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  readonly signExtend: boolean;
  /** The register loaded or stored, 31 for the zero register. */
  readonly rt: number;
  /** The register is a 64-bit one. */
  readonly wide: boolean;
}

export function abortSyndrome(esr: number): AbortSyndrome {
  const bit = (n: number) => ((esr >>> n) & 1) === 1;
  const abort = {
    fault: (esr >>> 2) & 0xf,
    isWrite: exitClass(esr) === EXIT_CLASS.dataAbort && bit(6),
    s1ptw: bit(7),
    maintenance: bit(8),
    external: ((esr >>> 0) & 0x3f) === EXTERNAL_ABORT,
  };
  if (exitClass(esr) !== EXIT_CLASS.dataAbort || !bit(24)) return abort;
  const access = { size: 1 << ((esr >>> 22) & 3), signExtend: bit(21), rt: (esr >>> 16) & 0x1f, wide: bit(15) };
  return { ...abort, access };
}
