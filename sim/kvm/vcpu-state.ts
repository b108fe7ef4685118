/**
 * A vcpu that is not running, as KVM's C code reads and changes it: its registers in struct kvm_vcpu, by the kernel's own
 * layout. All changes are journalled. General-purpose registers of AArch32 modes: Arm ARM D1.20.1 "Mapping of the
 * general-purpose registers between the Execution states".
 */
import { PSTATE_BITS } from '../core/pstate.ts';
import type { TypedObject } from '../memory/typed.ts';
import { hasDebugPointer } from './context.ts';
import type { KvmHost } from './kvm-host.ts';

const LOW = 0xffff_ffffn;
const HCR_RW = 1n << 31n;
const SCTLR_EE = 1n << 25n;
const SCTLR_E0E = 1n << 24n;
/** PSTATE.E of AArch32 state. */
const AARCH32_E = 1n << 9n;
/** The zero register, where an instruction encodes it. */
const ZERO_REGISTER = 31;

/** M[4:0] of the AArch32 modes. */
export const MODE32 = { usr: 0x10, fiq: 0x11, irq: 0x12, svc: 0x13, abt: 0x17, und: 0x1b, sys: 0x1f } as const;

/** Which X register holds R8 to R14 of a mode that banks them, from the first banked one on. */
const banks: Readonly<Record<number, { first: number; at: readonly number[] }>> = {
  [MODE32.fiq]: { first: 8, at: [24, 25, 26, 27, 28, 29, 30] },
  [MODE32.irq]: { first: 13, at: [17, 16] },
  [MODE32.svc]: { first: 13, at: [19, 18] },
  [MODE32.abt]: { first: 13, at: [21, 20] },
  [MODE32.und]: { first: 13, at: [23, 22] },
};

/** Index of a mode's SPSR in kvm_regs.spsr[] (Linux: uapi/asm/kvm.h, KVM_SPSR_*). */
const spsrIndex: Readonly<Record<number, number>> = {
  [MODE32.svc]: 0,
  [MODE32.abt]: 1,
  [MODE32.und]: 2,
  [MODE32.irq]: 3,
  [MODE32.fiq]: 4,
};

export type DebugRegisterKind = 'bcr' | 'bvr' | 'wcr' | 'wvr';

export class Vcpu {
  readonly host: KvmHost;
  /** vcpu->vcpu_id. */
  readonly id: number;
  /** What paths call struct kvm_vcpu and struct kvm_run. */
  readonly name: string;
  readonly runName: string;
  /** Kernel address of struct kvm_vcpu. */
  readonly address: bigint;
  readonly #fields: TypedObject;
  readonly #runFields: TypedObject;

  constructor(host: KvmHost, id: number, address: bigint) {
    this.host = host;
    this.id = id;
    this.name = id === 0 ? 'vcpu' : `vcpu${id}`;
    this.runName = id === 0 ? 'run' : `run${id}`;
    this.address = address;
    this.#fields = host.typed.object(this.name);
    this.#runFields = host.typed.object(this.runName);
  }

  /** The field of struct kvm_vcpu that `path` names. */
  read(path: string): bigint {
    return this.#fields.read(path);
  }

  write(path: string, value: bigint): void {
    this.#fields.write(path, value);
  }

  /** Sets the bits of `set` and clears those of `clear` in a field. */
  change(path: string, set: bigint, clear = 0n): void {
    const before = this.read(path);
    const after = (before & ~clear) | set;
    if (after !== before) this.write(path, after);
  }

  /** Whether the kernel's struct kvm_vcpu has the field. */
  has(path: string): boolean {
    return this.host.facts.hasField('struct kvm_vcpu', path);
  }

  readRun(path: string): bigint {
    return this.#runFields.read(path);
  }

  writeRun(path: string, value: bigint): void {
    this.#runFields.write(path, value);
  }

  /** Where in struct kvm_vcpu sys_regs[] keeps the register that index macro `macro` stands for. */
  systemRegisterPath(macro: string): string {
    return `arch.ctxt.sys_regs[${this.host.facts.constant(macro)}]`;
  }

  systemRegister(macro: string): bigint {
    return this.read(this.systemRegisterPath(macro));
  }

  setSystemRegister(macro: string, value: bigint): void {
    this.write(this.systemRegisterPath(macro), value);
  }

  /** Where the guest's own debug register is kept: behind debug_ptr's home, or in sys_regs[] of older kernels. */
  debugRegisterPath(kind: DebugRegisterKind, n: number): string {
    const { facts } = this.host;
    if (hasDebugPointer(facts)) return `arch.vcpu_debug_state.dbg_${kind}[${n}]`;
    return `arch.ctxt.sys_regs[${facts.constant(`DBG${kind.toUpperCase()}0_EL1`) + BigInt(n)}]`;
  }

  get pc(): bigint {
    return this.read('arch.ctxt.gp_regs.regs.pc');
  }

  set pc(value: bigint) {
    this.write('arch.ctxt.gp_regs.regs.pc', value);
  }

  /** PSTATE, as SPSR_EL2 had it. */
  get pstate(): bigint {
    return this.read('arch.ctxt.gp_regs.regs.pstate');
  }

  set pstate(value: bigint) {
    this.write('arch.ctxt.gp_regs.regs.pstate', value);
  }

  get esr(): number {
    return Number(this.read('arch.fault.esr_el2'));
  }

  get far(): bigint {
    return this.read('arch.fault.far_el2');
  }

  /** The guest physical page of the last fault: HPFAR_EL2.FIPA, bits 39:4, holds bits 47:12. */
  get faultPage(): bigint {
    return (this.read('arch.fault.hpfar_el2') & 0xff_ffff_fff0n) << 8n;
  }

  /** Whether the guest was in AArch32 state. */
  get isAArch32(): boolean {
    return (this.pstate & BigInt(PSTATE_BITS.aarch32)) !== 0n;
  }

  /** Whether EL1 is AArch32: HCR_EL2.RW is 0. */
  get hasAArch32Kernel(): boolean {
    return (this.read('arch.hcr_el2') & HCR_RW) === 0n;
  }

  /**
   * General-purpose register `n` as an instruction of the guest names it: 0 to 30 and the zero register 31, or in AArch32
   * state R0 to R14 of its mode.
   */
  general(n: number): bigint {
    const index = this.#indexOf(n);
    if (index === undefined) return 0n;
    const value = this.read(`arch.ctxt.gp_regs.regs.regs[${index}]`);
    return this.isAArch32 ? value & LOW : value;
  }

  setGeneral(n: number, value: bigint): void {
    const index = this.#indexOf(n);
    if (index === undefined) return;
    this.write(`arch.ctxt.gp_regs.regs.regs[${index}]`, this.isAArch32 ? value & LOW : BigInt.asUintN(64, value));
  }

  /** Where kvm_regs.spsr[] keeps the SPSR of the mode the guest is in. */
  get spsrPath(): string {
    const mode = Number(this.pstate & 0x1fn);
    return `arch.ctxt.gp_regs.spsr[${this.isAArch32 ? (spsrIndex[mode] ?? 0) : 0}]`;
  }

  /** Whether the guest's data accesses at its present level are big-endian: SCTLR_EL1.EE or E0E, AArch32 PSTATE.E. */
  get isBigEndian(): boolean {
    const { pstate } = this;
    if (this.isAArch32) return (pstate & AARCH32_E) !== 0n;
    const bit = (pstate & 0xcn) === 0n ? SCTLR_E0E : SCTLR_EE;
    return (this.systemRegister('SCTLR_EL1') & bit) !== 0n;
  }

  #indexOf(n: number): number | undefined {
    if (!this.isAArch32) return n === ZERO_REGISTER ? undefined : n;
    const bank = banks[Number(this.pstate & 0x1fn)];
    return (bank === undefined ? undefined : bank.at[n - bank.first]) ?? n;
  }
}
