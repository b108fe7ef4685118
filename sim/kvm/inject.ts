/**
 * Exceptions that KVM has a guest take: UNDEFINED, and data and prefetch aborts that look like external ones. What the
 * vcpu's registers become is what the processor itself does on such an exception (Arm ARM, J1: AArch64.TakeException,
 * AArch32.EnterMode; AArch32 vectors: G1.12, Table G1-4; fault status of a synchronous external abort: D17.2.37 and G8,
 * "DFSR"). Linux has this in arch/arm64/kvm/inject_fault.c.
 */
import { EXIT_CLASS, EXTERNAL_ABORT, isWideInstruction } from './exit-class.ts';
import { MODE32, type Vcpu } from './vcpu-state.ts';

const ESR_IL = 1n << 25n;
/** PSTATE of a 64-bit guest at its vector: EL1h, all masked. */
const EL1H_MASKED = 0x3c5n;
const MODE_EL1T = 0x4n;

export function injectUndefined(vcpu: Vcpu): void {
  if (vcpu.hasAArch32Kernel) enterMode32(vcpu, MODE32.und, 4n, 0n);
  else take64(vcpu, BigInt(EXIT_CLASS.unknown));
}

/** A data abort at guest virtual address `far`. */
export function injectDataAbort(vcpu: Vcpu, far: bigint): void {
  if (vcpu.hasAArch32Kernel) abort32(vcpu, 'data', far);
  else abort64(vcpu, EXIT_CLASS.dataAbort, far);
}

/** The abort of an instruction fetch at guest virtual address `far`. */
export function injectPrefetchAbort(vcpu: Vcpu, far: bigint): void {
  if (vcpu.hasAArch32Kernel) abort32(vcpu, 'prefetch', far);
  else abort64(vcpu, EXIT_CLASS.instructionAbort, far);
}

function abort64(vcpu: Vcpu, lowerLevelClass: number, far: bigint): void {
  const fromKernel = isEl1(vcpu);
  take64(vcpu, BigInt(fromKernel ? lowerLevelClass + 1 : lowerLevelClass), BigInt(EXTERNAL_ABORT));
  vcpu.setSystemRegister('FAR_EL1', far);
}

function isEl1(vcpu: Vcpu): boolean {
  return !vcpu.isAArch32 && (vcpu.pstate & 0xcn) !== 0n;
}

function take64(vcpu: Vcpu, exceptionClass: bigint, iss = 0n): void {
  const { pstate } = vcpu;
  const il = isWideInstruction(vcpu.esr) ? ESR_IL : 0n;
  const offset = vectorOffset64(vcpu);
  vcpu.write('arch.ctxt.gp_regs.spsr[0]', pstate);
  vcpu.write('arch.ctxt.gp_regs.elr_el1', vcpu.pc);
  vcpu.setSystemRegister('ESR_EL1', (exceptionClass << 26n) | il | iss);
  vcpu.pstate = EL1H_MASKED;
  vcpu.pc = BigInt.asUintN(64, vcpu.systemRegister('VBAR_EL1') + offset);
}

/** Which group of vectors, by where the guest was (D1.3, Table D1-5); KVM's exceptions are all synchronous. */
function vectorOffset64(vcpu: Vcpu): bigint {
  if (vcpu.isAArch32) return 0x600n;
  if (!isEl1(vcpu)) return 0x400n;
  return (vcpu.pstate & 0xfn) === MODE_EL1T ? 0x000n : 0x200n;
}

const SCTLR_V = 1n << 13n;
const SCTLR_EE = 1n << 25n;
const SCTLR_TE = 1n << 30n;
const CPSR_T = 1n << 5n;
const CPSR_I = 1n << 7n;
const CPSR_A = 1n << 8n;
const CPSR_E = 1n << 9n;
const HIGH_VECTORS = 0xffff_0000n;
/** What an exception leaves as it is: N, Z, C, V, Q, GE, A and F. */
const CPSR_KEPT = 0xf80f_0140n;

/** `masked`: the interrupt bits that are set besides I. */
function enterMode32(vcpu: Vcpu, mode: number, vector: bigint, masked: bigint, returnOffset?: bigint): void {
  const { pstate, pc } = vcpu;
  const sctlr = vcpu.systemRegister('SCTLR_EL1');
  const thumb = (sctlr & SCTLR_TE) !== 0n ? CPSR_T : 0n;
  const endian = (sctlr & SCTLR_EE) !== 0n ? CPSR_E : 0n;
  // An undefined instruction's preferred return address is the one behind it: 2 bytes on in T32, 4 in A32.
  const link = pc + (returnOffset ?? ((pstate & CPSR_T) !== 0n ? 2n : 4n));
  vcpu.pstate = (pstate & CPSR_KEPT) | BigInt(mode) | CPSR_I | masked | thumb | endian;
  // From here on these are the new mode's own.
  vcpu.write(vcpu.spsrPath, pstate);
  vcpu.setGeneral(14, link);
  const base = (sctlr & SCTLR_V) !== 0n ? HIGH_VECTORS : vcpu.systemRegister('VBAR_EL1');
  vcpu.pc = BigInt.asUintN(32, base + vector);
}

/** TTBCR.EAE: long descriptors, and their form of the fault status registers. */
const TTBCR_EAE = 1n << 31n;
const LONG_FORMAT_STATUS = (1n << 9n) | BigInt(EXTERNAL_ABORT);
/** Short format: FS[4:0] 0b01000, a synchronous external abort. */
const SHORT_FORMAT_STATUS = 0x08n;

function abort32(vcpu: Vcpu, kind: 'data' | 'prefetch', far: bigint): void {
  // LR_abt is 8 bytes past the aborted instruction for data, 4 for a fetch, in A32 and T32 alike.
  if (kind === 'data') enterMode32(vcpu, MODE32.abt, 16n, CPSR_A, 8n);
  else enterMode32(vcpu, MODE32.abt, 12n, CPSR_A, 4n);
  const status = (vcpu.systemRegister('TCR_EL1') & TTBCR_EAE) !== 0n ? LONG_FORMAT_STATUS : SHORT_FORMAT_STATUS;
  const old = vcpu.systemRegister('FAR_EL1');
  const address = BigInt.asUintN(32, far);
  // DFAR is FAR_EL1[31:0], IFAR is FAR_EL1[63:32]; DFSR is in ESR_EL1, IFSR in IFSR32_EL2.
  if (kind === 'data') {
    vcpu.setSystemRegister('FAR_EL1', (old & ~0xffff_ffffn) | address);
    vcpu.setSystemRegister('ESR_EL1', status);
  } else {
    vcpu.setSystemRegister('FAR_EL1', (old & 0xffff_ffffn) | (address << 32n));
    vcpu.setSystemRegister('IFSR32_EL2', status);
  }
}
