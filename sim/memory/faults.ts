/**
 * Faults of address translation and memory access, and the aborts they become. Fault status codes follow the Arm ARM
 * (DDI 0487), D17.2.37 "ESR_EL1", field DFSC, which EncodeLDFSC of the pseudocode (J1.1) computes.
 */
import { type ArchException, dataAbort, instructionAbort } from '../core/exceptions.ts';

/** The kind of a fault: its status code at level 0. The level is added for all but the last three. */
export const FAULT = {
  addressSize: 0b000000,
  translation: 0b000100,
  accessFlag: 0b001000,
  permission: 0b001100,
  externalOnWalk: 0b010100,
  external: 0b010000,
  alignment: 0b100001,
} as const;

export type FaultKind = (typeof FAULT)[keyof typeof FAULT];

export interface Fault {
  readonly fault: FaultKind;
  /** Level of the look-up that failed; 0 where the kind has none. */
  readonly level: number;
  /** What stage 2 was translating, where stage 2 failed. */
  readonly stage2?: {
    readonly ipa: number;
    /** The access was that of a stage 1 table walk. */
    readonly s1ptw: boolean;
  };
}

/** A fault of stage 1, or of no stage. */
export function stage1Fault(fault: FaultKind, level = 0): Fault {
  return { fault, level };
}

/** The fault status code, 6 bits: ESR_ELx.ISS[5:0], and PAR_EL1.FST. */
export function faultStatus({ fault, level }: Fault): number {
  return fault === FAULT.external || fault === FAULT.alignment ? fault : fault + level;
}

/** Who made the access that failed, as far as the syndrome says. */
export interface FaultingAccess {
  readonly fetch: boolean;
  readonly write: boolean;
  /** A cache maintenance or address translation instruction. */
  readonly maintenance: boolean;
}

/** The abort that `fault` raises for an access to the virtual address `va`. */
export function abortOf(fault: Fault, va: bigint, access: FaultingAccess): ArchException {
  const stage2 = fault.stage2 && {
    ipa: BigInt(fault.stage2.ipa),
    s1ptw: fault.stage2.s1ptw,
  };
  const details = { status: faultStatus(fault), far: va, stage2 };
  if (access.fetch) return instructionAbort(details);
  return dataAbort({
    ...details,
    write: access.write,
    maintenance: access.maintenance,
  });
}
