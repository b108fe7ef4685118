/**
 * A virtual machine with one vcpu, as KVM's C code leaves it before the first run (Linux: virt/kvm, arch/arm/kvm/arm.c,
 * arch/arm64/kvm/{reset,sys_regs,debug}.c). All of it is written through the layout of the kernel's own structs.
 */
import { sizeOf } from '../../asm/c/layout.ts';
import { debugRegisterCounts } from '../core/models.ts';
import type { Machine } from '../exec/machine.ts';
import { type MapAttributes, PageTables, vtcr } from '../memory/page-tables.ts';
import type { TypedMemory } from '../memory/typed.ts';
import { contextRegisters, debugRegisters, hasDebugPointer } from './context.ts';
import type { HostMemory } from './host-memory.ts';
import { asWritten, PHYSICAL_BITS, patternMask, setRegister } from './host-state.ts';
import type { KernelFacts } from './kernel-facts.ts';
import { patternFor } from './patterns.ts';

/** Bits of a guest physical address (Linux: KVM_PHYS_SHIFT). */
const GUEST_PHYSICAL_BITS = 40;
/** The VMID of the one virtual machine. */
const VMID = 1n;
const VTTBR_VMID_SHIFT = 48n;
/** PSTATE at the guest's entry: EL1h, all interrupts masked (Linux: arch/arm64/kvm/reset.c). */
const RESET_PSTATE = 0x3c5n;
/** SCTLR_EL1 at reset: MMU and caches off (Linux: arch/arm64/kvm/sys_regs.c). */
const RESET_SCTLR = 0x00c50078n;

export interface GuestCode {
  /** Guest physical address of its first byte. */
  readonly address: bigint;
  /** Physical address of the RAM behind it, and bytes of it. */
  readonly pa: bigint;
  readonly size: number;
  readonly entry: bigint;
}

export interface VirtualMachine {
  /** Kernel addresses of struct kvm and struct kvm_vcpu. */
  readonly kvm: bigint;
  readonly vcpu: bigint;
  readonly stage2: PageTables;
}

/** Kernel address of the virtual interface control registers (GICH_*), where the machine has a GICv2. */
export interface VirtualGic {
  readonly listRegisters: number;
  readonly control?: bigint;
}

/** Allocates the structs, names them 'kvm', 'vcpu' and 'host_context' in `typed`, and fills them in. */
export function createVm(
  machine: Machine,
  memory: HostMemory,
  typed: TypedMemory,
  facts: KernelFacts,
  guest: GuestCode,
  gic: VirtualGic,
): VirtualMachine {
  const kvm = allocateStruct(memory, typed, facts, 'kvm', 'struct kvm');
  const vcpu = allocateStruct(memory, typed, facts, 'vcpu', 'struct kvm_vcpu');
  const hostContext = allocateStruct(memory, typed, facts, 'host_context', 'struct kvm_cpu_context');

  const stage2 = new PageTables(memory.physical, (size) => memory.allocate(size, size), {
    kind: 'stage2',
    inputBits: GUEST_PHYSICAL_BITS,
  });
  mapGuest(stage2, guest);
  setRegister(machine, 'vtcr_el2', vtcr(stage2, PHYSICAL_BITS));
  typed.write('kvm.arch.vttbr', (VMID << VTTBR_VMID_SHIFT) | stage2.root);
  typed.write('kvm.arch.timer.enabled', 1n);
  typed.write('kvm.arch.timer.cntvoff', patternFor('guest', 'cntvoff_el2', 0xffffn));
  if (gic.control !== undefined) typed.write('kvm.arch.vgic.vctrl_base', gic.control);

  typed.write('vcpu.kvm', kvm);
  typed.write('vcpu.arch.host_cpu_context', hostContext);
  typed.write('vcpu.arch.vgic_cpu.nr_lr', BigInt(gic.listRegisters));
  typed.write('vcpu.arch.hcr_el2', facts.constant('HCR_GUEST_FLAGS'));
  if (hasDebugPointer(facts)) {
    typed.write('vcpu.arch.debug_ptr', memory.kernelAddress(typed.resolve('vcpu.arch.vcpu_debug_state').pa));
  }
  resetContext(machine, typed, facts, guest.entry);
  return { kvm, vcpu, stage2 };
}

/** Lets the guest reach its RAM at its own address (Linux: user_mem_abort, here ahead of the fault). */
function mapGuest(stage2: PageTables, guest: GuestCode, attributes: MapAttributes = {}): void {
  stage2.map(guest.address, guest.pa, BigInt(guest.size), attributes, true);
}

/** A struct on pages of its own, mapped for EL2 as KVM does; its kernel address. */
function allocateStruct(
  memory: HostMemory,
  typed: TypedMemory,
  facts: KernelFacts,
  name: string,
  typeName: string,
): bigint {
  const type = facts.type(typeName);
  const size = sizeOf(type);
  const pa = memory.allocatePages(size);
  memory.mapForHyp(pa, size, { execute: false });
  typed.add({ name, pa, type });
  return memory.kernelAddress(pa);
}

/** The guest's registers: those that matter to it as at reset, a pattern in each other. */
function resetContext(machine: Machine, typed: TypedMemory, facts: KernelFacts, entry: bigint): void {
  const reset: Readonly<Record<string, bigint>> = {
    elr_el2: entry,
    spsr_el2: RESET_PSTATE,
    vmpidr_el2: 0x80000000n,
    sctlr_el1: RESET_SCTLR,
    cpacr_el1: 0n,
    mdscr_el1: 0n,
    csselr_el1: 0n,
  };
  const vectorHalves = new Map<string, bigint>();
  for (const { cell, path } of contextRegisters(facts)) {
    const value = asWritten(machine, cell, reset[cell] ?? patternFor('guest', cell, patternMask(machine, cell)));
    const half = /^(v\d+)\.d([01])$/.exec(cell);
    if (half === null) {
      typed.write(`vcpu.arch.ctxt.${path}`, value);
    } else {
      const whole = (vectorHalves.get(path) ?? 0n) | (value << (half[2] === '1' ? 64n : 0n));
      vectorHalves.set(path, whole);
      typed.write(`vcpu.arch.ctxt.${path}`, whole);
    }
  }
  const { breakpoints, watchpoints } = debugRegisterCounts(machine.model);
  const prefix = hasDebugPointer(facts) ? 'vcpu.arch.vcpu_debug_state' : 'vcpu.arch.ctxt';
  for (const { cell, path } of debugRegisters(facts, breakpoints, watchpoints)) {
    typed.write(`${prefix}.${path}`, asWritten(machine, cell, patternFor('guest', cell, patternMask(machine, cell))));
  }
}

/** KVM_ARM64_DEBUG_DIRTY of vcpu->arch.debug_flags: the debug registers are switched, and the guest may use them. */
const DEBUG_DIRTY = 1n;
/** MDCR_EL2 controls that every guest runs with, and the one that only a guest with clean debug state has. */
const GUEST_TRAPS = ['MDCR_EL2_TPM', 'MDCR_EL2_TPMCR', 'MDCR_EL2_TDRA', 'MDCR_EL2_TDOSA'];
const CLEAN_TRAP = 'MDCR_EL2_TDA';

/**
 * What the host does before each entry: the guest's debug accesses trap until its state is dirty (Linux:
 * arch/arm64/kvm/debug.c, kvm_arm_setup_debug). Before 4.3 there is no such field: hyp.S makes up MDCR_EL2 by itself.
 */
export function setupDebug(machine: Machine, typed: TypedMemory, facts: KernelFacts): void {
  if (!facts.hasField('struct kvm_vcpu', 'arch.mdcr_el2')) return;
  const hostValue = machine.cpu.cells[machine.cpu.cell('mdcr_el2')]!;
  const dirty = (typed.read('vcpu.arch.debug_flags') & DEBUG_DIRTY) !== 0n;
  const traps = dirty ? GUEST_TRAPS : [...GUEST_TRAPS, CLEAN_TRAP];
  const counters = hostValue & facts.constant('MDCR_EL2_HPMN_MASK');
  typed.write(
    'vcpu.arch.mdcr_el2',
    traps.reduce((value, name) => value | facts.constant(name), counters),
  );
}
