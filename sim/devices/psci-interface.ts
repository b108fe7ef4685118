/**
 * The numbers of the Power State Coordination Interface (Arm DEN 0022D: functions in 5.1, return codes in 5.2.2), for the
 * firmware of a board and for what KVM makes of a guest's calls.
 */

/** Function identifiers of 32-bit calls. Version 1.0 added `features`. */
export const PSCI = {
  version: 0x8400_0000,
  cpuSuspend: 0x8400_0001,
  cpuOff: 0x8400_0002,
  cpuOn: 0x8400_0003,
  affinityInfo: 0x8400_0004,
  migrateInfoType: 0x8400_0006,
  systemOff: 0x8400_0008,
  systemReset: 0x8400_0009,
  features: 0x8400_000a,
} as const;

/** The bit that the identifier of the same function's 64-bit call has set besides. */
export const SMC64 = 0x4000_0000;

/** Functions that have a 64-bit call. */
export const functionsWith64: ReadonlySet<number> = new Set([PSCI.cpuSuspend, PSCI.cpuOn, PSCI.affinityInfo]);

export const PSCI_RETURN = {
  success: 0n,
  notSupported: -1n,
  invalidParameters: -2n,
  alreadyOn: -4n,
  internalFailure: -6n,
} as const;

/** What AFFINITY_INFO says of a core. */
export const AFFINITY = { on: 0n, off: 1n } as const;

/** MIGRATE_INFO_TYPE: there is no trusted OS that would have to be migrated. */
export const NO_TRUSTED_OS = 2n;
