/** One register by its identifier, as Documentation/virtual/kvm/api.txt gives them (4.68). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ErrnoName, KvmError } from '../../sim/kvm/kvm-host.ts';
import { coreRegisterId, getOneReg, setOneReg, systemRegisterId } from '../../sim/kvm/one-reg.ts';
import type { VirtualMachine } from '../../sim/kvm/vcpu.ts';
import { makeVm } from './vm.ts';

const VALUE = 0x1122_3344_5566_7788n;
/** DBGBVR0_EL1: op0 2, op1 0, CRn 0, CRm 0, op2 4, 64 bits. */
const DBGBVR0 = 0x6030_0000_0013_8004n;

function put(vm: VirtualMachine, value: bigint, size: number): bigint {
  const bytes = Uint8Array.from({ length: size }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));
  vm.userMemory.write(vm.userMemory.base, bytes);
  return vm.userMemory.base;
}

function got(vm: VirtualMachine, size: number): bigint {
  return vm.userMemory.read(vm.userMemory.base, size).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

const refused = (code: ErrnoName, action: () => void) =>
  assert.throws(action, (error: unknown) => error instanceof KvmError && error.code === code, code);

test('identifiers are those of the API document', () => {
  assert.is(systemRegisterId('dbgbvr0_el1'), DBGBVR0);
  // x0, pc, v0 and fpsr of the document's table.
  assert.is(coreRegisterId(0, 8), 0x6030_0000_0010_0000n);
  assert.is(coreRegisterId(32 * 8, 8), 0x6030_0000_0010_0040n);
  assert.is(coreRegisterId(0x54 * 4, 16), 0x6040_0000_0010_0054n);
  assert.is(coreRegisterId(0xd4 * 4, 4), 0x6020_0000_0010_00d4n);
});

for (const variant of ['after', 'before'] as const) {
  test(`debug registers are set and read at their place (${variant})`, () => {
    const vm = makeVm({ variant });
    const vcpu = vm.vcpus[0]!;
    for (const [name, kind] of [
      ['dbgbvr3_el1', 'bvr'],
      ['dbgbcr3_el1', 'bcr'],
      ['dbgwvr3_el1', 'wvr'],
      ['dbgwcr3_el1', 'wcr'],
    ] as const) {
      setOneReg(vcpu, vm.userMemory, systemRegisterId(name), put(vm, VALUE, 8));
      assert.is(vcpu.read(vcpu.debugRegisterPath(kind, 3)), VALUE);
      put(vm, 0n, 8);
      getOneReg(vcpu, vm.userMemory, systemRegisterId(name), vm.userMemory.base);
      assert.is(got(vm, 8), VALUE);
    }
  });
}

test('copy_from_user with its arguments exchanged sets nothing: EFAULT each time, and the caller’s buffer is wiped', () => {
  const vm = makeVm();
  const vcpu = vm.vcpus[0]!;
  const path = 'vcpu.arch.vcpu_debug_state.dbg_bvr[0]';
  vm.typed.write(path, 0x99n);
  const user = put(vm, VALUE, 8);
  const register = vm.memory.kernelAddress(vm.typed.resolve(path).pa);
  // The patch: copy_from_user(uaddr, r, size). r is no user address.
  assert.is(vm.userMemory.copyFromUser(user, register, 8), 8);
  assert.is(vm.typed.read(path), 0x99n);
  assert.is(got(vm, 8), 0n);
  // Ours.
  setOneReg(vcpu, vm.userMemory, DBGBVR0, put(vm, VALUE, 8));
  assert.is(vm.typed.read(path), VALUE);
});

test('a kernel address in kvm_one_reg is EFAULT, in both directions', () => {
  const vm = makeVm();
  const vcpu = vm.vcpus[0]!;
  const kernel = vm.vcpu;
  refused('EFAULT', () => getOneReg(vcpu, vm.userMemory, DBGBVR0, kernel));
  refused('EFAULT', () => setOneReg(vcpu, vm.userMemory, DBGBVR0, kernel));
});

test('a wrong size or an unknown register is refused', () => {
  const vm = makeVm();
  const vcpu = vm.vcpus[0]!;
  const u32 = (DBGBVR0 & ~(0xfn << 52n)) | (2n << 52n);
  const get = (id: bigint) => () => getOneReg(vcpu, vm.userMemory, id, vm.userMemory.base);
  refused('ENOENT', get(u32));
  refused('ENOENT', get(0x6030_0000_0013_ffffn));
  refused('EINVAL', get(0x4030_0000_0013_8004n));
  refused('ENOENT', get(0x6030_0000_0010_1000n));
  // 32 bits of x0, and the upper half of x0.
  refused('EINVAL', get(0x6020_0000_0010_0000n));
  refused('EINVAL', get(0x6030_0000_0010_0001n));
});

test('core registers: x5, v3 with 128 bits, and a PSTATE of a mode no guest has is refused', () => {
  const vm = makeVm();
  const vcpu = vm.vcpus[0]!;
  setOneReg(vcpu, vm.userMemory, 0x6030_0000_0010_000an, put(vm, VALUE, 8));
  assert.is(vcpu.general(5), VALUE);
  const wide = (VALUE << 64n) | 1n;
  setOneReg(vcpu, vm.userMemory, 0x6040_0000_0010_0060n, put(vm, wide, 16));
  assert.is(vcpu.read('arch.ctxt.gp_regs.fp_regs.vregs[3]'), wide);
  const pstate = 0x6030_0000_0010_0042n;
  refused('EINVAL', () => setOneReg(vcpu, vm.userMemory, pstate, put(vm, 0x9n, 8)));
  setOneReg(vcpu, vm.userMemory, pstate, put(vm, 0x1d3n, 8));
  assert.is(vcpu.pstate, 0x1d3n);
});

test('identification registers can be read, and written with what they hold', () => {
  const vm = makeVm();
  const vcpu = vm.vcpus[0]!;
  const midr = systemRegisterId('midr_el1');
  getOneReg(vcpu, vm.userMemory, midr, vm.userMemory.base);
  // Cortex-A53 (its TRM, 4.3.1).
  assert.is((got(vm, 8) >> 4n) & 0xfffn, 0xd03n);
  setOneReg(vcpu, vm.userMemory, midr, vm.userMemory.base);
  refused('EINVAL', () => setOneReg(vcpu, vm.userMemory, midr, put(vm, 1n, 8)));
});

test('the timer: control, compare value, and the count', () => {
  const vm = makeVm();
  const vcpu = vm.vcpus[0]!;
  // KVM_REG_ARM_TIMER_CTL, _CVAL and _CNT of uapi/asm/kvm.h.
  setOneReg(vcpu, vm.userMemory, 0x6030_0000_0013_df02n, put(vm, 500n, 8));
  assert.is(vm.typed.read('vcpu.arch.timer_cpu.cntv_cval'), 500n);
  setOneReg(vcpu, vm.userMemory, 0x6030_0000_0013_df1an, put(vm, 77n, 8));
  getOneReg(vcpu, vm.userMemory, 0x6030_0000_0013_df1an, vm.userMemory.base);
  assert.is(got(vm, 8), 77n);
});

test.run();
