/**
 * The guest's debug state around a run (Linux: arch/arm64/kvm/debug.c): which debug accesses trap, and what a debugger
 * outside the guest puts in place of the guest's own. Kernels whose structs have no place for that cannot be asked for it.
 */
import { hasDebugPointer } from './context.ts';
import { KvmError } from './kvm-host.ts';
import type { DebugRegisterKind, Vcpu } from './vcpu-state.ts';

/** MDSCR_EL1 and SPSR bits of software step and monitor debug (Arm ARM D17.3 "MDSCR_EL1", D2.11). */
const MDSCR_SS = 1n << 0n;
const MDSCR_MDE = 1n << 15n;
const SPSR_SS = 1n << 21n;

/** MDCR_EL2 controls that every guest runs with. */
const GUEST_TRAPS = ['MDCR_EL2_TPM', 'MDCR_EL2_TPMCR', 'MDCR_EL2_TDRA', 'MDCR_EL2_TDOSA'];

/** What a debugger asks for by KVM_SET_GUEST_DEBUG (Linux: Documentation/virtual/kvm/api.txt, 4.87). */
export interface GuestDebug {
  /** KVM_GUESTDBG_* bits. */
  readonly control: bigint;
  /** Breakpoint and watchpoint registers for KVM_GUESTDBG_USE_HW, by number. */
  readonly registers?: readonly { readonly kind: DebugRegisterKind; readonly n: number; readonly value: bigint }[];
}

/** Where debug_ptr leads while nobody outside debugs the guest (Linux: kvm_arm_reset_debug_ptr). */
export function resetDebugPointer(vcpu: Vcpu): void {
  if (!hasDebugPointer(vcpu.host.facts)) return;
  pointDebugAt(vcpu, 'arch.vcpu_debug_state');
}

/** KVM_SET_GUEST_DEBUG. Throws KvmError EINVAL where the kernel cannot debug a guest, or for bits it does not know. */
export function setGuestDebug(vcpu: Vcpu, { control, registers = [] }: GuestDebug): void {
  if (!vcpu.has('arch.guest_debug_preserved.mdscr_el1')) {
    throw new KvmError('EINVAL', 'this kernel has no KVM_SET_GUEST_DEBUG: it cannot keep the guest’s own MDSCR_EL1');
  }
  const known = flag(vcpu, 'ENABLE') | flag(vcpu, 'SINGLESTEP') | flag(vcpu, 'USE_SW_BP') | flag(vcpu, 'USE_HW');
  if ((control & ~known) !== 0n)
    throw new KvmError('EINVAL', `unknown KVM_GUESTDBG bits 0x${(control & ~known).toString(16)}`);
  const enabled = (control & flag(vcpu, 'ENABLE')) !== 0n;
  const usesHardware = enabled && (control & flag(vcpu, 'USE_HW')) !== 0n;
  if (usesHardware && !vcpu.has('arch.external_debug_state')) {
    throw new KvmError('EINVAL', 'this kernel has no external_debug_state for KVM_GUESTDBG_USE_HW');
  }
  vcpu.write('guest_debug', enabled ? control : 0n);
  if (!usesHardware) return;
  for (const { kind, n, value } of registers) vcpu.write(`arch.external_debug_state.dbg_${kind}[${n}]`, value);
}

/**
 * Before each entry (Linux: kvm_arm_setup_debug). Debug accesses trap until the guest's state is dirty. While a debugger
 * outside is at work they always trap, debug exceptions come to EL2, and MDSCR_EL1, PSTATE.SS and debug_ptr are its.
 */
export function setupDebug(vcpu: Vcpu): void {
  // Kernels before 4.3 have no such field: hyp.S makes MDCR_EL2 up by itself.
  if (!vcpu.has('arch.mdcr_el2')) return;
  const { machine, facts } = vcpu.host;
  const guestDebug = vcpu.read('guest_debug');
  const preserves = vcpu.has('arch.guest_debug_preserved.mdscr_el1');
  let traps = GUEST_TRAPS.map((name) => facts.constant(name));
  let trapsAccesses = !isDirty(vcpu);

  if (guestDebug !== 0n && preserves) {
    traps = [...traps, facts.constant('MDCR_EL2_TDE')];
    const mdscr = vcpu.systemRegister('MDSCR_EL1');
    vcpu.write('arch.guest_debug_preserved.mdscr_el1', mdscr);
    vcpu.setSystemRegister('MDSCR_EL1', debuggersMdscr(vcpu, mdscr, guestDebug));
    if ((guestDebug & flag(vcpu, 'SINGLESTEP')) !== 0n) vcpu.pstate |= SPSR_SS;
    if ((guestDebug & flag(vcpu, 'USE_HW')) !== 0n) {
      pointDebugAt(vcpu, 'arch.external_debug_state');
      markDirty(vcpu);
      trapsAccesses = true;
    }
  }
  if (trapsAccesses) traps = [...traps, facts.constant('MDCR_EL2_TDA')];
  const counters = machine.cpu.cells[machine.cpu.cell('mdcr_el2')]! & facts.constant('MDCR_EL2_HPMN_MASK');
  vcpu.write(
    'arch.mdcr_el2',
    traps.reduce((value, bits) => value | bits, counters),
  );
}

/** After each exit (Linux: kvm_arm_clear_debug): the guest gets its own MDSCR_EL1 and debug registers back. */
export function clearDebug(vcpu: Vcpu): void {
  const guestDebug = vcpu.read('guest_debug');
  if (guestDebug === 0n || !vcpu.has('arch.guest_debug_preserved.mdscr_el1')) return;
  vcpu.setSystemRegister('MDSCR_EL1', vcpu.read('arch.guest_debug_preserved.mdscr_el1'));
  if ((guestDebug & flag(vcpu, 'USE_HW')) !== 0n) resetDebugPointer(vcpu);
}

/** The guest has written a debug register: from the next entry on all of them are switched. */
export function markDirty(vcpu: Vcpu): void {
  vcpu.change('arch.debug_flags', vcpu.host.facts.constant('KVM_ARM64_DEBUG_DIRTY'));
}

function isDirty(vcpu: Vcpu): boolean {
  return (vcpu.read('arch.debug_flags') & vcpu.host.facts.constant('KVM_ARM64_DEBUG_DIRTY')) !== 0n;
}

/** The guest's MDSCR_EL1 with what the debugger needs; the guest cannot step by itself meanwhile. */
function debuggersMdscr(vcpu: Vcpu, mdscr: bigint, guestDebug: bigint): bigint {
  const step = (guestDebug & flag(vcpu, 'SINGLESTEP')) !== 0n ? MDSCR_SS : 0n;
  const monitor = (guestDebug & flag(vcpu, 'USE_HW')) !== 0n ? MDSCR_MDE : 0n;
  return (mdscr & ~MDSCR_SS) | step | monitor;
}

function pointDebugAt(vcpu: Vcpu, path: string): void {
  const { typed, memory } = vcpu.host;
  vcpu.write('arch.debug_ptr', memory.kernelAddress(typed.resolve(`${vcpu.name}.${path}`).pa));
}

function flag(vcpu: Vcpu, name: string): bigint {
  return vcpu.host.facts.constant(`KVM_GUESTDBG_${name}`);
}
