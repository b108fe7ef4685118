/** Reads and writes what is kept of a guest's system register, whole or by halves. */
import type { Vcpu } from '../vcpu-state.ts';
import type { Storage } from './row.ts';

const LOW = 0xffff_ffffn;

/** The path in struct kvm_vcpu of the 64-bit field that `storage` is in. */
export function storagePath(vcpu: Vcpu, storage: Storage): string {
  if (storage.in === 'debug') return vcpu.debugRegisterPath(storage.kind, storage.n);
  return vcpu.systemRegisterPath(storage.macro);
}

/** The value; of a half, its 32 bits. */
export function readStorage(vcpu: Vcpu, storage: Storage): bigint {
  const value = vcpu.read(storagePath(vcpu, storage));
  if (storage.half === undefined) return value;
  return storage.half === 'low' ? value & LOW : value >> 32n;
}

/** Stores `value`. Of a half its low 32 bits; the other half stays. */
export function writeStorage(vcpu: Vcpu, storage: Storage, value: bigint): void {
  const path = storagePath(vcpu, storage);
  if (storage.half === undefined) {
    vcpu.write(path, value);
    return;
  }
  const old = vcpu.read(path);
  const half = value & LOW;
  vcpu.write(path, storage.half === 'low' ? (old & ~LOW) | half : (old & LOW) | (half << 32n));
}
