/**
 * Stage 2 faults (Linux: arch/arm/kvm/mmu.c, kvm_handle_guest_abort): memory that the guest has but was not mapped is
 * mapped, memory that was mapped read-only becomes writable, and what is no memory is a device.
 */
import { abortSyndrome, EXIT_CLASS, exitClass, FAULT } from './exit-class.ts';
import { injectDataAbort, injectPrefetchAbort } from './inject.ts';
import { beginMmio, isWriteAbort } from './mmio.ts';
import { type ExitOutcome, failed, RESUME } from './outcome.ts';
import { skipInstruction } from './skip-instruction.ts';
import type { Vcpu } from './vcpu-state.ts';

const PAGE_MASK = 0xfffn;

export function handleGuestAbort(vcpu: Vcpu): ExitOutcome {
  const { guestMemory } = vcpu.host;
  const { fault, maintenance, external } = abortSyndrome(vcpu.esr);
  const isFetch = exitClass(vcpu.esr) === EXIT_CLASS.instructionAbort;
  const page = vcpu.faultPage;
  if (external) {
    if (isFetch) injectPrefetchAbort(vcpu, vcpu.far);
    else injectDataAbort(vcpu, vcpu.far);
    return RESUME;
  }
  if (fault !== FAULT.translation && fault !== FAULT.permission && fault !== FAULT.accessFlag) {
    return failed('EFAULT', `a stage 2 abort with fault status 0x${(vcpu.esr & 0x3f).toString(16)}`);
  }
  const isWrite = !isFetch && isWriteAbort(vcpu);
  const slot = guestMemory.slotAt(page);
  if (slot !== undefined && !(isWrite && slot.readonly)) {
    // A read maps the page for reading alone where a write before it has not made it writable: its first write is seen.
    guestMemory.mapPage(page, isWrite || (!slot.readonly && fault !== FAULT.translation));
    return RESUME;
  }
  if (isFetch) {
    injectPrefetchAbort(vcpu, vcpu.far);
    return RESUME;
  }
  if (maintenance) {
    // There is no cache behind a device.
    skipInstruction(vcpu);
    return RESUME;
  }
  return beginMmio(vcpu, page | (vcpu.far & PAGE_MASK));
}
