/**
 * The guest's calls to what it takes for firmware (ARM DEN 0022, "Power State Coordination Interface", 0.2, chapter 5;
 * Linux: arch/arm/kvm/psci.c, and uapi/asm/kvm.h for the numbers of KVM's own 0.1).
 */
import { AFFINITY, functionsWith64, NO_TRUSTED_OS, PSCI, PSCI_RETURN, SMC64 } from '../devices/psci-interface.ts';
import { EXIT_CLASS, exitClass } from './exit-class.ts';
import { type ExitOutcome, exitToUser, RESUME } from './outcome.ts';
import type { Vcpu } from './vcpu-state.ts';

const VERSION_0_2 = 2n;
/** Affinity fields of MPIDR_EL1. */
const AFFINITY_MASK = 0xff_00ff_ffffn;

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
  if (isWide && (!functionsWith64.has(narrow) || exitClass(vcpu.esr) === EXIT_CLASS.hvc32)) {
    vcpu.setGeneral(0, PSCI_RETURN.notSupported);
    return RESUME;
  }
  if (narrow === PSCI.systemOff || narrow === PSCI.systemReset) return systemEvent(vcpu, narrow);
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
  if (number === FUNCTION_0_1.cpuOn) return cpuOn(vcpu, PSCI_RETURN.invalidParameters);
  if (number !== FUNCTION_0_1.cpuOff) return PSCI_RETURN.notSupported;
  setPoweredOff(vcpu, true);
  return PSCI_RETURN.success;
}

function call02(vcpu: Vcpu, number: number): bigint {
  switch (number) {
    case PSCI.version:
      return VERSION_0_2;
    case PSCI.cpuSuspend:
      // As a WFI.
      return PSCI_RETURN.success;
    case PSCI.cpuOff:
      setPoweredOff(vcpu, true);
      return PSCI_RETURN.success;
    case PSCI.cpuOn:
      return cpuOn(vcpu, PSCI_RETURN.alreadyOn);
    case PSCI.affinityInfo:
      return affinityInfo(vcpu);
    case PSCI.migrateInfoType:
      return NO_TRUSTED_OS;
    default:
      return PSCI_RETURN.notSupported;
  }
}

/** CPU_ON: X1 names the target, X2 is its entry point, X3 what it finds in X0. */
function cpuOn(source: Vcpu, whenOn: bigint): bigint {
  const wanted = source.general(1) & AFFINITY_MASK;
  const target = source.host.vcpus.find((vcpu) => (vcpu.systemRegister('MPIDR_EL1') & AFFINITY_MASK) === wanted);
  if (target === undefined) return PSCI_RETURN.invalidParameters;
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
  return PSCI_RETURN.success;
}

function setBigEndian(vcpu: Vcpu): void {
  if (vcpu.isAArch32) vcpu.pstate |= 1n << 9n;
  else vcpu.setSystemRegister('SCTLR_EL1', vcpu.systemRegister('SCTLR_EL1') | (1n << 25n));
}

/** AFFINITY_INFO: X1 is the affinity, X2 the lowest level of it that counts. */
function affinityInfo(vcpu: Vcpu): bigint {
  const level = vcpu.general(2);
  if (level > 3n) return PSCI_RETURN.invalidParameters;
  const mask = AFFINITY_MASK & ~((1n << (level === 3n ? 32n : 8n * level)) - 1n);
  const wanted = vcpu.general(1) & mask;
  const matching = vcpu.host.vcpus.filter((one) => (one.systemRegister('MPIDR_EL1') & mask) === wanted);
  if (matching.length === 0) return PSCI_RETURN.invalidParameters;
  return matching.some((one) => !isPoweredOff(one)) ? AFFINITY.on : AFFINITY.off;
}

/** SYSTEM_OFF and SYSTEM_RESET are user space's affair. A vcpu that is run again all the same finds that they failed. */
function systemEvent(vcpu: Vcpu, number: number): ExitOutcome {
  for (const one of vcpu.host.vcpus) setPoweredOff(one, true);
  const type = number === PSCI.systemOff ? 'KVM_SYSTEM_EVENT_SHUTDOWN' : 'KVM_SYSTEM_EVENT_RESET';
  vcpu.writeRun('system_event.type', vcpu.host.facts.constant(type));
  vcpu.writeRun('system_event.flags', 0n);
  vcpu.setGeneral(0, PSCI_RETURN.internalFailure);
  return exitToUser(vcpu, 'KVM_EXIT_SYSTEM_EVENT');
}
