/**
 * The guest's calls to what it takes for firmware (ARM DEN 0022, "Power State Coordination Interface", 0.2, chapter 5;
 * Linux: arch/arm/kvm/psci.c, and uapi/asm/kvm.h for the numbers of KVM's own 0.1).
 */
import { EXIT_CLASS, exitClass } from './exit-class.ts';
import { type ExitOutcome, exitToUser, RESUME } from './outcome.ts';
import type { Vcpu } from './vcpu-state.ts';

/** Return codes (DEN 0022 5.2.2). */
const SUCCESS = 0n;
const NOT_SUPPORTED = -1n;
const INVALID_PARAMETERS = -2n;
const ALREADY_ON = -4n;
const INTERNAL_FAILURE = -6n;

const VERSION_0_2 = 2n;
/** MIGRATE_INFO_TYPE: no trusted OS that would have to be moved. */
const NO_MIGRATION = 2n;
const AFFINITY_ON = 0n;
const AFFINITY_OFF = 1n;
/** Affinity fields of MPIDR_EL1. */
const AFFINITY_MASK = 0xff_00ff_ffffn;

/** Function numbers of 0.2; 64-bit calls have bit 30 set as well. */
const SMC64 = 0x4000_0000;
const FUNCTION = {
  version: 0x8400_0000,
  cpuSuspend: 0x8400_0001,
  cpuOff: 0x8400_0002,
  cpuOn: 0x8400_0003,
  affinityInfo: 0x8400_0004,
  migrateInfoType: 0x8400_0006,
  systemOff: 0x8400_0008,
  systemReset: 0x8400_0009,
} as const;
/** Functions that have a 64-bit form. */
const wideFunctions: ReadonlySet<number> = new Set([FUNCTION.cpuSuspend, FUNCTION.cpuOn, FUNCTION.affinityInfo]);

/** KVM's PSCI 0.1 (Linux: KVM_PSCI_FN_*). */
const FUNCTION_0_1 = { cpuOff: 0x95c1_ba5f, cpuOn: 0x95c1_ba60 } as const;

/** Handles an HVC: a PSCI function, or NOT_SUPPORTED in X0. The guest goes on behind the HVC, where its PC is already. */
export function handleHypervisorCall(vcpu: Vcpu): ExitOutcome {
  const number = Number(vcpu.general(0) & 0xffff_ffffn);
  if (!hasPsci02(vcpu)) {
    vcpu.setGeneral(0, call01(vcpu, number));
    return RESUME;
  }
  const isWide = (number & SMC64) !== 0;
  const narrow = (number & ~SMC64) >>> 0;
  // A 64-bit call from AArch32 is NOT_SUPPORTED, as is a 64-bit form of a function that has none.
  if (isWide && (!wideFunctions.has(narrow) || exitClass(vcpu.esr) === EXIT_CLASS.hvc32)) {
    vcpu.setGeneral(0, NOT_SUPPORTED);
    return RESUME;
  }
  if (narrow === FUNCTION.systemOff || narrow === FUNCTION.systemReset) return systemEvent(vcpu, narrow);
  vcpu.setGeneral(0, call02(vcpu, narrow));
  return RESUME;
}

/** Whether the vcpu has been turned off, by itself or before it ever ran. */
export function isPoweredOff(vcpu: Vcpu): boolean {
  return vcpu.read(powerField(vcpu)) !== 0n;
}

export function setPoweredOff(vcpu: Vcpu, off: boolean): void {
  vcpu.write(powerField(vcpu), off ? 1n : 0n);
}

/** power_off, which kernels before 4.4 call pause. */
function powerField(vcpu: Vcpu): string {
  return vcpu.has('arch.power_off') ? 'arch.power_off' : 'arch.pause';
}

function hasPsci02(vcpu: Vcpu): boolean {
  const bit = vcpu.host.facts.constant('KVM_ARM_VCPU_PSCI_0_2');
  return ((vcpu.read('arch.features[0]') >> bit) & 1n) === 1n;
}

function call01(vcpu: Vcpu, number: number): bigint {
  if (number === FUNCTION_0_1.cpuOn) return cpuOn(vcpu, INVALID_PARAMETERS);
  if (number !== FUNCTION_0_1.cpuOff) return NOT_SUPPORTED;
  setPoweredOff(vcpu, true);
  return SUCCESS;
}

function call02(vcpu: Vcpu, number: number): bigint {
  switch (number) {
    case FUNCTION.version:
      return VERSION_0_2;
    case FUNCTION.cpuSuspend:
      // As a WFI.
      return SUCCESS;
    case FUNCTION.cpuOff:
      setPoweredOff(vcpu, true);
      return SUCCESS;
    case FUNCTION.cpuOn:
      return cpuOn(vcpu, ALREADY_ON);
    case FUNCTION.affinityInfo:
      return affinityInfo(vcpu);
    case FUNCTION.migrateInfoType:
      return NO_MIGRATION;
    default:
      return NOT_SUPPORTED;
  }
}

/** CPU_ON: X1 names the target, X2 is its entry point, X3 what it finds in X0. */
function cpuOn(source: Vcpu, whenOn: bigint): bigint {
  const wanted = source.general(1) & AFFINITY_MASK;
  const target = source.host.vcpus.find((vcpu) => (vcpu.systemRegister('MPIDR_EL1') & AFFINITY_MASK) === wanted);
  if (target === undefined) return INVALID_PARAMETERS;
  if (!isPoweredOff(target)) return whenOn;
  const [entry, context] = [source.general(2), source.general(3)];
  const { isBigEndian } = source;
  source.host.reset(target);
  // A caller in AArch32 may name a T32 entry point.
  const thumb = target.isAArch32 && (entry & 1n) === 1n;
  if (thumb) target.pstate |= 1n << 5n;
  target.pc = thumb ? entry & ~1n : entry;
  if (isBigEndian) setBigEndian(target);
  target.setGeneral(0, context);
  setPoweredOff(target, false);
  return SUCCESS;
}

function setBigEndian(vcpu: Vcpu): void {
  if (vcpu.isAArch32) vcpu.pstate |= 1n << 9n;
  else vcpu.setSystemRegister('SCTLR_EL1', vcpu.systemRegister('SCTLR_EL1') | (1n << 25n));
}

/** AFFINITY_INFO: X1 is the affinity, X2 the lowest level of it that counts. */
function affinityInfo(vcpu: Vcpu): bigint {
  const level = vcpu.general(2);
  if (level > 3n) return INVALID_PARAMETERS;
  const mask = AFFINITY_MASK & ~((1n << (level === 3n ? 32n : 8n * level)) - 1n);
  const wanted = vcpu.general(1) & mask;
  const matching = vcpu.host.vcpus.filter((one) => (one.systemRegister('MPIDR_EL1') & mask) === wanted);
  if (matching.length === 0) return INVALID_PARAMETERS;
  return matching.some((one) => !isPoweredOff(one)) ? AFFINITY_ON : AFFINITY_OFF;
}

/** SYSTEM_OFF and SYSTEM_RESET are user space's affair. A vcpu that is run again all the same finds that they failed. */
function systemEvent(vcpu: Vcpu, number: number): ExitOutcome {
  for (const one of vcpu.host.vcpus) setPoweredOff(one, true);
  const type = number === FUNCTION.systemOff ? 'KVM_SYSTEM_EVENT_SHUTDOWN' : 'KVM_SYSTEM_EVENT_RESET';
  vcpu.writeRun('system_event.type', vcpu.host.facts.constant(type));
  vcpu.writeRun('system_event.flags', 0n);
  vcpu.setGeneral(0, INTERNAL_FAILURE);
  return exitToUser(vcpu, 'KVM_EXIT_SYSTEM_EVENT');
}
