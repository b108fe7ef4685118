/**
 * A virtual machine with its vcpus, as KVM's C code leaves it before the first run (Linux: virt/kvm, arch/arm/kvm/arm.c,
 * arch/arm64/kvm/{reset,sys_regs,debug}.c). All of it is written through the layout of the kernel's own structs.
 */
import { sizeOf } from '../../asm/c/layout.ts';
import type { CType } from '../../asm/c/types.ts';
import { debugRegisterCounts } from '../core/models.ts';
import type { Machine } from '../exec/machine.ts';
import { vtcr } from '../memory/page-tables.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import type { TypedMemory } from '../memory/typed.ts';
import { ownDebugRegisters, vcpuContext } from './context.ts';
import { resetDebugPointer } from './debug.ts';
import type { HostMemory } from './host-memory.ts';
import { asWritten, PHYSICAL_BITS, patternMask, setRegister } from './host-state.ts';
import type { KernelFacts } from './kernel-facts.ts';
import type { KvmHost } from './kvm-host.ts';
import { patternFor } from './patterns.ts';
import { GuestMemory, type MemorySlot } from './stage2.ts';
import { mpidrOf, resetSystemRegisters } from './sys-regs/reset.ts';
import { UserMemory } from './user-memory.ts';
import { Vcpu } from './vcpu-state.ts';
import { createVgic } from './vgic.ts';

/** The VMID of the one virtual machine. */
const VMID = 1n;
const VTTBR_VMID_SHIFT = 48n;
/** PSTATE at a guest's entry: EL1h, or Supervisor mode, interrupts masked (Linux: arch/arm64/kvm/reset.c). */
const RESET_PSTATE = 0x3c5n;
const RESET_PSTATE32 = 0x1d3n;
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

/** Kernel address of the virtual interface control registers (GICH_*), where the machine has a GICv2. */
export interface VirtualGic {
  readonly listRegisters: number;
  readonly control?: bigint;
  /** Physical address of the virtual CPU interface (GICV), and where the guest finds it. */
  readonly cpuInterface?: { readonly pa: bigint; readonly address: bigint };
}

/** A memory slot, and how much of it is mapped before the guest touches it. */
export interface Slot extends MemorySlot {
  readonly mapped: 'none' | 'read' | 'all';
}

export interface VmOptions {
  readonly guest: GuestCode;
  readonly gic: VirtualGic;
  /** How many vcpus. Left out: one. */
  readonly vcpus?: number;
  /** Memory besides that of the guest's code. */
  readonly slots?: readonly Slot[];
  /** The guest is a 32-bit one (Linux: KVM_ARM_VCPU_EL1_32BIT). */
  readonly aarch32?: boolean;
  /**
   * What a vcpu's registers hold that the guest does not need to start: a value of its own each, so that one that is lost or
   * exchanged shows, or what KVM resets them to. Default: patterns.
   */
  readonly registers?: 'patterns' | 'reset';
  /** The host is big-endian: so are the integers of its structs (Linux: CONFIG_CPU_BIG_ENDIAN). Default false. */
  readonly bigEndian?: boolean;
}

export class VirtualMachine implements KvmHost {
  readonly machine: Machine;
  readonly memory: HostMemory;
  readonly typed: TypedMemory;
  readonly facts: KernelFacts;
  readonly vcpus: readonly Vcpu[];
  readonly guestMemory: GuestMemory;
  readonly userMemory: UserMemory;
  readonly bigEndian: boolean;
  /** Kernel addresses of struct kvm and of the first struct kvm_vcpu. */
  readonly kvm: bigint;
  readonly vcpu: bigint;
  readonly #options: VmOptions;
  /** While the machine is as after its reset: see patternsAtResetOf. */
  #patternsAtReset: PatternsAtReset | undefined;

  /**
   * Allocates the structs, names them 'kvm', 'host_context', and for each vcpu 'vcpu' and 'run' ('vcpu1' and 'run1', and so
   * on) in `typed`, and fills them in.
   */
  constructor(machine: Machine, memory: HostMemory, typed: TypedMemory, facts: KernelFacts, options: VmOptions) {
    this.machine = machine;
    this.memory = memory;
    this.typed = typed;
    this.facts = facts;
    this.bigEndian = options.bigEndian ?? false;
    this.#options = options;
    this.kvm = this.#allocateStruct('kvm', 'struct kvm');
    const numbers = [...Array(options.vcpus ?? 1).keys()];
    this.vcpus = numbers.map((id) => this.#allocateVcpu(id));
    this.vcpu = this.vcpus[0]!.address;
    const hostContext = this.#allocateStruct('host_context', 'struct kvm_cpu_context');
    this.guestMemory = this.#createGuestMemory();
    this.userMemory = new UserMemory(memory, machine.memory);
    this.#initialiseKvm();
    this.#patternsAtReset = patternsAtResetOf(machine);
    for (const vcpu of this.vcpus) this.#initialiseVcpu(vcpu, hostContext);
    this.#patternsAtReset = undefined;
  }

  /** Gives a vcpu's registers what KVM resets them to; those that the architecture leaves unknown get a pattern. */
  reset(vcpu: Vcpu): void {
    this.#fillWithPatterns(vcpu, this.#startingValues(vcpu));
    resetSystemRegisters(
      vcpu,
      (name) => this.#pattern(name),
      (name, value) => asWritten(this.machine, name, value),
    );
  }

  #allocateVcpu(id: number): Vcpu {
    const name = id === 0 ? 'vcpu' : `vcpu${id}`;
    return new Vcpu(this, id, this.#allocateStruct(name, 'struct kvm_vcpu'));
  }

  /** A struct on pages of its own, mapped for EL2 as KVM does; its kernel address. */
  #allocateStruct(name: string, typeName: string): bigint {
    const { memory, typed, facts, bigEndian } = this;
    const type = facts.type(typeName);
    const size = sizeOf(type);
    const pa = memory.allocatePages(size);
    memory.mapForHyp(pa, size, { execute: false });
    typed.add({ name, pa, type, bigEndian });
    return memory.kernelAddress(pa);
  }

  /** The page that the vcpu shares with user space, which EL2 never sees; undefined where the headers do not declare it. */
  #allocateRun(vcpu: Vcpu): bigint | undefined {
    const { memory, typed, facts, bigEndian } = this;
    if (!facts.hasField('struct kvm_run', 'exit_reason')) return undefined;
    const type = facts.type('struct kvm_run');
    const pa = memory.allocatePages(sizeOf(type));
    typed.add({ name: vcpu.runName, pa, type, bigEndian });
    return memory.kernelAddress(pa);
  }

  #createGuestMemory(): GuestMemory {
    const { guest, gic, slots = [] } = this.#options;
    const guestMemory = new GuestMemory(this.memory, this.machine.memory);
    guestMemory.addSlot({ address: guest.address, size: guest.size, readonly: false }, guest.pa);
    guestMemory.mapSlot(guest.address, true);
    for (const slot of slots) {
      guestMemory.addSlot(slot);
      if (slot.mapped !== 'none') guestMemory.mapSlot(slot.address, slot.mapped === 'all');
    }
    if (gic.cpuInterface !== undefined) {
      const { address, pa } = gic.cpuInterface;
      guestMemory.tables.map(address, pa, BigInt(PAGE_SIZE), { memory: 'device', execute: false }, true);
    }
    return guestMemory;
  }

  #initialiseKvm(): void {
    const { machine, typed, guestMemory } = this;
    const { gic } = this.#options;
    setRegister(machine, 'vtcr_el2', vtcr(guestMemory.tables, PHYSICAL_BITS));
    typed.write('kvm.arch.vttbr', (VMID << VTTBR_VMID_SHIFT) | guestMemory.tables.root);
    typed.write('kvm.arch.timer.enabled', 1n);
    typed.write('kvm.arch.timer.cntvoff', patternFor('guest', 'cntvoff_el2', 0xffffn));
    if (gic.control !== undefined) typed.write('kvm.arch.vgic.vctrl_base', gic.control);
    if (gic.cpuInterface !== undefined) typed.write('kvm.arch.vgic.vgic_cpu_base', gic.cpuInterface.address);
  }

  #initialiseVcpu(vcpu: Vcpu, hostContext: bigint): void {
    const { memory, facts } = this;
    const { gic, aarch32 = false, registers = 'patterns' } = this.#options;
    const run = this.#allocateRun(vcpu);
    vcpu.write('kvm', this.kvm);
    vcpu.write('vcpu_id', BigInt(vcpu.id));
    if (run !== undefined) vcpu.write('run', run);
    vcpu.write('arch.host_cpu_context', hostContext);
    vcpu.write('arch.vgic_cpu.nr_lr', BigInt(gic.listRegisters));
    createVgic(vcpu, memory);
    const flags = facts.constant('HCR_GUEST_FLAGS');
    vcpu.write('arch.hcr_el2', aarch32 ? flags & ~facts.constant('HCR_RW') : flags);
    vcpu.write('arch.features[0]', featureBits(facts, aarch32));
    resetDebugPointer(vcpu);
    if (registers === 'reset') this.reset(vcpu);
    else this.#fillWithPatterns(vcpu, this.#startingValues(vcpu));
  }

  /** The registers that matter to a guest that starts. */
  #startingValues(vcpu: Vcpu): Readonly<Record<string, bigint>> {
    const { guest, aarch32 = false } = this.#options;
    return {
      elr_el2: guest.entry,
      spsr_el2: aarch32 ? RESET_PSTATE32 : RESET_PSTATE,
      vmpidr_el2: mpidrOf(vcpu.id),
      sctlr_el1: RESET_SCTLR,
      cpacr_el1: 0n,
      mdscr_el1: 0n,
      csselr_el1: 0n,
    };
  }

  #fillWithPatterns(vcpu: Vcpu, values: Readonly<Record<string, bigint>>): void {
    const { machine, facts } = this;
    this.#fillContext(vcpu);
    for (const { cell, path } of vcpuContext(facts)) {
      if (cell in values) vcpu.write(path, asWritten(machine, cell, values[cell]!));
    }
    const { breakpoints, watchpoints } = debugRegisterCounts(machine.model);
    for (const { cell, path } of ownDebugRegisters(facts, breakpoints, watchpoints)) {
      vcpu.write(path, this.#pattern(cell));
    }
  }

  /** Gives all registers of the vcpu's context patterns. */
  #fillContext(vcpu: Vcpu): void {
    const { machine, facts, typed } = this;
    const { pa, type, size } = typed.resolve(`${vcpu.name}.arch.ctxt`);
    const contexts = this.bigEndian ? undefined : this.#patternsAtReset?.contexts;
    const known = contexts?.get(type);
    if (known !== undefined) {
      machine.physical.writeBytes(pa, known);
      return;
    }
    // The low half of a vector register comes before its high one, and both are one field.
    let low = 0n;
    for (const { cell, path } of vcpuContext(facts)) {
      const value = this.#pattern(cell);
      if (cell.endsWith('.d0')) low = value;
      else vcpu.write(path, cell.endsWith('.d1') ? (value << 64n) | low : value);
    }
    contexts?.set(type, machine.physical.readBytes(pa, size));
  }

  /** A value of its own for the guest's register `name`, as the register would hold it. */
  #pattern(name: string): bigint {
    const known = this.#patternsAtReset?.values.get(name);
    if (known !== undefined) return known;
    const value = asWritten(this.machine, name, patternFor('guest', name, patternMask(this.machine, name)));
    this.#patternsAtReset?.values.set(name, value);
    return value;
  }
}

/** Patterns of a machine's registers that were made while it was as after a reset. */
interface PatternsAtReset {
  /** By the registers' names. */
  readonly values: Map<string, bigint>;
  /** By type of a vcpu's context, its bytes with all of them, little-endian. */
  readonly contexts: Map<CType, Uint8Array>;
}

const patternsAtReset = new WeakMap<Machine, PatternsAtReset>();

/** Those of `machine`. What a register makes of a value may depend on others, but each reset leaves them alike. */
function patternsAtResetOf(machine: Machine): PatternsAtReset {
  const known = patternsAtReset.get(machine) ?? { values: new Map(), contexts: new Map() };
  patternsAtReset.set(machine, known);
  return known;
}

/** KVM_ARM_VCPU_INIT's features: PSCI 0.2, and a 32-bit EL1. */
function featureBits(facts: KernelFacts, aarch32: boolean): bigint {
  const bit = (name: string) => (facts.hasConstant(name) ? 1n << facts.constant(name) : 0n);
  return bit('KVM_ARM_VCPU_PSCI_0_2') | (aarch32 ? bit('KVM_ARM_VCPU_EL1_32BIT') : 0n);
}
