/** What comes of an exit: the guest goes on, user space has something to do, or KVM_RUN fails. */
import type { ErrnoName } from './kvm-host.ts';
import type { Vcpu } from './vcpu-state.ts';

/** Reasons of kvm_run.exit_reason that an exit here can have (Linux: uapi/linux/kvm.h). */
export type ExitReason =
  | 'KVM_EXIT_UNKNOWN'
  | 'KVM_EXIT_DEBUG'
  | 'KVM_EXIT_MMIO'
  | 'KVM_EXIT_INTR'
  | 'KVM_EXIT_INTERNAL_ERROR'
  | 'KVM_EXIT_SYSTEM_EVENT';

export type ExitOutcome =
  | { readonly kind: 'resume' }
  | { readonly kind: 'user'; readonly reason: ExitReason }
  | { readonly kind: 'error'; readonly code: ErrnoName; readonly what: string };

export const RESUME: ExitOutcome = { kind: 'resume' };

/** KVM_RUN returns 0 with `reason` in the vcpu's kvm_run. */
export function exitToUser(vcpu: Vcpu, reason: ExitReason): ExitOutcome {
  vcpu.writeRun('exit_reason', vcpu.host.facts.constant(reason));
  return { kind: 'user', reason };
}

/** KVM_RUN returns -1 with errno `code`. */
export function failed(code: ErrnoName, what: string): ExitOutcome {
  return { kind: 'error', code, what };
}
