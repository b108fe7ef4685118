/**
 * What the host does around each run of a vcpu (Linux: arch/arm/kvm/arm.c, kvm_arch_vcpu_ioctl_run): before the entry the
 * interrupts and the debug state, after the exit the reverse, and then the exit itself.
 */
import { clearDebug, setupDebug } from './debug.ts';
import { handleExit } from './exit-handling.ts';
import { completeMmio } from './mmio.ts';
import type { ExitOutcome } from './outcome.ts';
import { syncTimer } from './timer.ts';
import type { Vcpu } from './vcpu-state.ts';
import { flushVgic, syncVgic } from './vgic.ts';

/** The begin of KVM_RUN: what user space was asked for by the last exit is there now. */
export function enterFromUser(vcpu: Vcpu): void {
  if (vcpu.readRun('exit_reason') === vcpu.host.facts.constant('KVM_EXIT_MMIO')) completeMmio(vcpu);
}

/** The last things before __kvm_vcpu_run is called. */
export function prepareEntry(vcpu: Vcpu): void {
  syncTimer(vcpu);
  flushVgic(vcpu);
  setupDebug(vcpu);
}

/** All that follows the return of __kvm_vcpu_run, which was `code`, up to the decision what is next. */
export function finishExit(vcpu: Vcpu, code: bigint): ExitOutcome {
  clearDebug(vcpu);
  syncTimer(vcpu);
  syncVgic(vcpu);
  return handleExit(vcpu, code);
}
