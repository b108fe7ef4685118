/** A VM on a machine of its own, for tests of KVM's C part: nothing runs. */
import { NodeFiles } from '../../asm/source/node-files.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { handleExit } from '../../sim/kvm/exit-handling.ts';
import { HostMemory } from '../../sim/kvm/host-memory.ts';
import type { KernelFacts } from '../../sim/kvm/kernel-facts.ts';
import type { ExitOutcome } from '../../sim/kvm/outcome.ts';
import { VirtualMachine, type VmOptions } from '../../sim/kvm/vcpu.ts';
import type { Vcpu } from '../../sim/kvm/vcpu-state.ts';
import { TypedMemory } from '../../sim/memory/typed.ts';
import { readKernel } from '../../sim/scenario/kernel-build.ts';
import { fixtureSources } from '../../sim/scenario/kernel-sources.ts';

const fixtures = new URL('../../fixtures', import.meta.url).pathname;
const facts = new Map<string, KernelFacts>();

/** The headers that come with hypstep, with debug_ptr or without. */
export function kernelFacts(variant: 'after' | 'before' = 'after'): KernelFacts {
  const files = new NodeFiles();
  let known = facts.get(variant);
  if (known === undefined) {
    known = readKernel(fixtureSources(fixtures, variant, files), files).facts;
    facts.set(variant, known);
  }
  return known;
}

export const GUEST = 0x8000_0000n;

export interface VmSetup extends Partial<Omit<VmOptions, 'guest' | 'gic'>> {
  readonly variant?: 'after' | 'before';
  readonly gic?: 'v2' | 'v3';
}

export function makeVm({ variant = 'after', gic = 'v2', ...options }: VmSetup = {}): VirtualMachine {
  const kernel = kernelFacts(variant);
  const model = cpuModel('cortex-a53', { breakpoints: 6, watchpoints: 4, gic });
  const machine = new Machine({ model, ram: { base: 0x4000_0000n, size: 8 << 20 } });
  const memory = new HostMemory(machine.physical, kernel, 4096);
  const typed = new TypedMemory(machine.memory, (address) => memory.resolve(address));
  const pa = memory.allocate(4096);
  const guest = { address: GUEST, pa, size: 4096, entry: GUEST };
  return new VirtualMachine(machine, memory, typed, kernel, { ...options, guest, gic: { listRegisters: 4 } });
}

export function makeVcpu(setup: VmSetup = {}): Vcpu {
  return makeVm(setup).vcpus[0]!;
}

/** What an exit leaves in fault: the exception class, its ISS, and the addresses. */
export interface Fault {
  readonly ec: number;
  readonly iss?: number;
  readonly far?: bigint;
  readonly ipa?: bigint;
  /** A T32 instruction of 16 bits. */
  readonly isShort?: boolean;
}

/** Has the vcpu exit with the fault, and the host handle it. */
export function exit(vcpu: Vcpu, { ec, iss = 0, far = 0n, ipa = 0n, isShort = false }: Fault): ExitOutcome {
  vcpu.write('arch.fault.esr_el2', (BigInt(ec) << 26n) | (isShort ? 0n : 1n << 25n) | BigInt(iss));
  vcpu.write('arch.fault.far_el2', far);
  vcpu.write('arch.fault.hpfar_el2', (ipa >> 12n) << 4n);
  return handleExit(vcpu, vcpu.host.facts.constant('ARM_EXCEPTION_TRAP'));
}

/** ISS of a trapped MSR or MRS (D17.2.37): op0, op1, CRn, CRm, op2. */
export function issOf([op0, op1, crn, crm, op2]: readonly number[], rt: number, isRead: boolean): number {
  return (op0! << 20) | (op2! << 17) | (op1! << 14) | (crn! << 10) | (rt << 5) | (crm! << 1) | (isRead ? 1 : 0);
}

/** ISS of a trapped MCR or MRC whose condition is "always": opc1, CRn, CRm, opc2. */
export function copIss([op1, crn, crm, op2]: readonly number[], rt: number, isRead: boolean): number {
  const always = (1 << 24) | (0xe << 20);
  return always | (op2! << 17) | (op1! << 14) | (crn! << 10) | (rt << 5) | (crm! << 1) | (isRead ? 1 : 0);
}
