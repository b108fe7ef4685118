/** The values a vcpu's system registers start with (Linux: kvm_reset_sys_regs). */
import type { Vcpu } from '../vcpu-state.ts';
import { hardware } from './access.ts';
import { writeStorage } from './storage.ts';
import { table64 } from './table64.ts';

/** MPIDR_EL1 of vcpu `id`: 16 vcpus to a cluster, as ICC_SGI1R_EL1 can name them; bit 31 is RES1. */
export function mpidrOf(id: number): bigint {
  return 0x8000_0000n | BigInt(id & 0xf) | (BigInt((id >> 4) & 0xff) << 8n) | (BigInt((id >> 12) & 0xff) << 16n);
}

/**
 * Resets what the architecture or KVM gives a value; `unknown(name)` gives the others theirs. `written(name, value)` says
 * what of a value the register can hold: a vcpu's struct has no other bits once the vcpu has run.
 */
export function resetSystemRegisters(
  vcpu: Vcpu,
  unknown: (name: string) => bigint,
  written: (name: string, value: bigint) => bigint,
): void {
  for (const { name, storage, reset } of table64) {
    if (storage === undefined || reset === undefined) continue;
    if (storage.in === 'sys_regs' && !vcpu.host.facts.hasConstant(storage.macro)) continue;
    const value = resetValue(vcpu, name, reset, unknown);
    // MPIDR_EL1 and the identification registers take no writes; what they hold comes from elsewhere.
    writeStorage(vcpu, storage, reset === 'mpidr' || reset === 'host' ? value : written(name, value));
  }
}

function resetValue(
  vcpu: Vcpu,
  name: string,
  reset: NonNullable<(typeof table64)[number]['reset']>,
  unknown: (name: string) => bigint,
): bigint {
  if (reset === 'mpidr') return mpidrOf(vcpu.id);
  if (reset === 'host') return hardware(vcpu, name);
  return reset === 'unknown' ? unknown(name) : reset.value;
}
