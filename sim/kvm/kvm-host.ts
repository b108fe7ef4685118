/** The machine as KVM's C code sees it: memory by the kernel's types, the headers' constants, and the VM with its vcpus. */
import type { Machine } from '../exec/machine.ts';
import type { TypedMemory } from '../memory/typed.ts';
import type { HostMemory } from './host-memory.ts';
import type { KernelFacts } from './kernel-facts.ts';
import type { GuestMemory } from './stage2.ts';
import type { Vcpu } from './vcpu-state.ts';

export interface KvmHost {
  readonly machine: Machine;
  readonly memory: HostMemory;
  readonly typed: TypedMemory;
  readonly facts: KernelFacts;
  /** The VM's vcpus by number. */
  readonly vcpus: readonly Vcpu[];
  readonly guestMemory: GuestMemory;
  readonly bigEndian: boolean;
  /** Gives a vcpu's registers their reset values (Linux: kvm_reset_vcpu). */
  reset(vcpu: Vcpu): void;
  /** Told that a vcpu would sleep until an interrupt comes. */
  idle?(vcpu: Vcpu): void;
}

/** Error numbers of KVM's ioctls (Linux: include/uapi/asm-generic/errno-base.h and errno.h). */
export const errno = { ENOENT: 2, EAGAIN: 11, EFAULT: 14, EINVAL: 22, ENOSYS: 38, ENOEXEC: 8 } as const;
export type ErrnoName = keyof typeof errno;

/** An ioctl that was refused. */
export class KvmError extends Error {
  readonly code: ErrnoName;

  constructor(code: ErrnoName, what: string) {
    super(`-${code}: ${what}`);
    this.name = 'KvmError';
    this.code = code;
  }
}
