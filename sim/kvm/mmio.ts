/**
 * Accesses of a guest to addresses where it has no memory: what the syndrome says of the load or store becomes kvm_run's
 * `mmio` record, and user space's answer becomes the register's value at the next entry (Linux: arch/arm/kvm/mmio.c;
 * Documentation/virtual/kvm/api.txt, KVM_EXIT_MMIO).
 */
import { abortSyndrome } from './exit-class.ts';
import { injectDataAbort } from './inject.ts';
import { type ExitOutcome, exitToUser, failed, RESUME } from './outcome.ts';
import { skipInstruction } from './skip-instruction.ts';
import type { Vcpu } from './vcpu-state.ts';

const ISS_WNR = 1 << 6;
/** ISS.SF of the abort, which stays in fault.esr_el2 until the access is complete. */
const ISS_SF = 1 << 15;

/** Hands the access of the last exit, at guest physical address `ipa`, to user space. */
export function beginMmio(vcpu: Vcpu, ipa: bigint): ExitOutcome {
  const { isWrite, s1ptw, external, access } = abortSyndrome(vcpu.esr);
  // A device cannot hold page tables: the guest is told, and may look at its TTBR.
  if (s1ptw || external) {
    injectDataAbort(vcpu, vcpu.far);
    return RESUME;
  }
  if (access === undefined)
    return failed('ENOSYS', 'an access to a device whose syndrome does not describe it (ISV is 0)');
  const { size, signExtend, rt } = access;
  vcpu.write('arch.mmio_decode.rt', BigInt(rt));
  vcpu.write('arch.mmio_decode.sign_extend', signExtend ? 1n : 0n);
  vcpu.writeRun('mmio.phys_addr', ipa);
  vcpu.writeRun('mmio.len', BigInt(size));
  vcpu.writeRun('mmio.is_write', isWrite ? 1n : 0n);
  if (isWrite) writeData(vcpu, memoryBytes(vcpu.general(rt), size, vcpu.isBigEndian));
  return exitToUser(vcpu, 'KVM_EXIT_MMIO');
}

/** What user space answered goes to the guest, and the load or store is behind it (Linux: kvm_handle_mmio_return). */
export function completeMmio(vcpu: Vcpu): void {
  if (vcpu.readRun('mmio.is_write') === 0n) {
    const size = Number(vcpu.readRun('mmio.len'));
    const value = loadedValue(readData(vcpu, size), vcpu.isBigEndian);
    vcpu.setGeneral(Number(vcpu.read('arch.mmio_decode.rt')), extended(vcpu, value, size));
  }
  skipInstruction(vcpu);
}

/** Whether the data abort of the vcpu's last exit was a write (ISS.WnR). */
export function isWriteAbort(vcpu: Vcpu): boolean {
  return (vcpu.esr & ISS_WNR) !== 0;
}

/** A sign-extended load fills a W or an X register, as the instruction had it. */
function extended(vcpu: Vcpu, value: bigint, size: number): bigint {
  if (vcpu.read('arch.mmio_decode.sign_extend') === 0n) return value;
  const width = (vcpu.esr & ISS_SF) !== 0 ? 64 : 32;
  return BigInt.asUintN(width, BigInt.asIntN(8 * size, value));
}

/** The bytes that a store of the low `size` bytes of `value` leaves in memory, lowest address first. */
export function memoryBytes(value: bigint, size: number, bigEndian: boolean): number[] {
  const bytes = [...Array(size).keys()].map((n) => Number((value >> BigInt(8 * n)) & 0xffn));
  return bigEndian ? bytes.reverse() : bytes;
}

/** What a load of `bytes` gives. */
export function loadedValue(bytes: readonly number[], bigEndian: boolean): bigint {
  const fromHighest = bigEndian ? bytes : bytes.toReversed();
  return fromHighest.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** kvm_run.mmio.data, by bytes in the order of memory. */
export function writeData(vcpu: Vcpu, bytes: readonly number[]): void {
  bytes.forEach((byte, n) => {
    vcpu.writeRun(`mmio.data[${n}]`, BigInt(byte));
  });
}

export function readData(vcpu: Vcpu, size: number): number[] {
  return [...Array(size).keys()].map((n) => Number(vcpu.readRun(`mmio.data[${n}]`)));
}
