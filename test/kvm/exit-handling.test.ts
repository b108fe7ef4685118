/** What the host does about each class of exit. Syndromes: Arm ARM D17.2.37; exits to user space: KVM's API document. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeMmio } from '../../sim/kvm/mmio.ts';
import { exit, GUEST, makeVcpu } from './vm.ts';

const HVC64 = 0x16;
const DABT = 0x24;
const IABT = 0x20;
const ISV = 1 << 24;
const WNR = 1 << 6;
const TRANSLATION = 0b000111;
const PERMISSION = 0b001111;

/** ISS of a described data abort: log2 of the size, register. */
const loadStore = (size: number, rt: number, extra = 0) => ISV | (size << 22) | (rt << 16) | extra;

test('HVC: an unknown function is NOT_SUPPORTED, and the guest goes on where its PC is', () => {
  const vcpu = makeVcpu();
  vcpu.setGeneral(0, 0x1234n);
  assert.is(exit(vcpu, { ec: HVC64, iss: 7 }).kind, 'resume');
  assert.is(vcpu.general(0), 2n ** 64n - 1n);
  assert.is(vcpu.pc, GUEST);
});

test('PSCI: version 0.2, and SYSTEM_OFF goes to user space with every vcpu off', () => {
  const vcpu = makeVcpu({ vcpus: 2 });
  vcpu.setGeneral(0, 0x8400_0000n);
  exit(vcpu, { ec: HVC64 });
  assert.is(vcpu.general(0), 2n);
  vcpu.setGeneral(0, 0x8400_0008n);
  assert.equal(exit(vcpu, { ec: HVC64 }), { kind: 'user', reason: 'KVM_EXIT_SYSTEM_EVENT' });
  assert.is(vcpu.readRun('system_event.type'), 1n);
  assert.equal(
    vcpu.host.vcpus.map((one) => one.read('arch.pause')),
    [1n, 1n],
  );
});

test('PSCI: CPU_ON starts a vcpu that is off at the entry point, with the context in X0; twice is ALREADY_ON', () => {
  const vcpu = makeVcpu({ vcpus: 2 });
  const other = vcpu.host.vcpus[1]!;
  other.write('arch.pause', 1n);
  const callOn = () => {
    [0xc400_0003n, 1n, 0x9000n, 0x77n].forEach((value, n) => {
      vcpu.setGeneral(n, value);
    });
    exit(vcpu, { ec: HVC64 });
    return vcpu.general(0);
  };
  assert.is(callOn(), 0n);
  assert.is(other.pc, 0x9000n);
  assert.is(other.general(0), 0x77n);
  assert.is(other.read('arch.pause'), 0n);
  assert.is(other.systemRegister('MPIDR_EL1'), 0x8000_0001n);
  assert.is(other.systemRegister('TCR_EL1'), 0n, 'as reset');
  assert.is(callOn(), 2n ** 64n - 4n);
});

test('SMC, FP exceptions and unknown classes are UNDEFINED for the guest', () => {
  for (const ec of [0x17, 0x00, 0x2c, 0x1f]) {
    const vcpu = makeVcpu();
    vcpu.setSystemRegister('VBAR_EL1', 0x10_0000n);
    exit(vcpu, { ec });
    assert.is(vcpu.pc, 0x10_0200n, `class ${ec}`);
    assert.is(vcpu.pstate, 0x3c5n);
  }
});

test('an exception injected at EL0 or with SP_EL0 uses the vectors for that', () => {
  for (const [pstate, offset] of [
    [0x0n, 0x400n],
    [0x4n, 0x000n],
    [0x5n, 0x200n],
    [0x10n, 0x600n],
  ] as const) {
    const vcpu = makeVcpu();
    vcpu.setSystemRegister('VBAR_EL1', 0x10_0000n);
    vcpu.pstate = pstate;
    exit(vcpu, { ec: 0x17 });
    assert.is(vcpu.pc, 0x10_0000n + offset);
    assert.is(vcpu.read('arch.ctxt.gp_regs.spsr[0]'), pstate);
  }
});

test('a 32-bit guest takes UNDEFINED in Undefined mode, LR 4 bytes on in A32 and 2 in T32', () => {
  for (const [cpsr, link] of [
    [0x1d3n, 4n],
    [0x1f3n, 2n],
  ] as const) {
    const vcpu = makeVcpu({ aarch32: true });
    vcpu.setSystemRegister('SCTLR_EL1', 1n << 13n);
    vcpu.pstate = cpsr;
    exit(vcpu, { ec: 0x13 });
    assert.is(vcpu.pc, 0xffff_0004n);
    assert.is(vcpu.pstate, 0x1dbn);
    // LR_und is X22, SPSR_und is spsr[2].
    assert.is(vcpu.read('arch.ctxt.gp_regs.regs.regs[22]'), GUEST + link);
    assert.is(vcpu.read('arch.ctxt.gp_regs.spsr[2]'), cpsr);
  }
});

test('WFI and WFE are skipped', () => {
  for (const iss of [0, 1]) {
    const vcpu = makeVcpu();
    assert.is(exit(vcpu, { ec: 0x01, iss }).kind, 'resume');
    assert.is(vcpu.pc, GUEST + 4n);
  }
});

test('a trapped AArch32 instruction whose condition fails is skipped and does nothing', () => {
  const vcpu = makeVcpu({ aarch32: true });
  // MCREQ of DBGBVR0 with Z clear.
  vcpu.setGeneral(0, 0x99n);
  vcpu.write('arch.vcpu_debug_state.dbg_bvr[0]', 0n);
  exit(vcpu, { ec: 0x05, iss: (1 << 24) | (4 << 17) });
  assert.is(vcpu.read('arch.vcpu_debug_state.dbg_bvr[0]'), 0n);
  assert.is(vcpu.pc, GUEST + 4n);
  vcpu.pstate |= 1n << 30n;
  exit(vcpu, { ec: 0x05, iss: (1 << 24) | (4 << 17) });
  assert.is(vcpu.read('arch.vcpu_debug_state.dbg_bvr[0]'), 0x99n);
});

test('going past a T32 instruction takes 2 or 4 bytes and moves the IT state on', () => {
  const vcpu = makeVcpu({ aarch32: true });
  // ITSTATE of an ITTT EQ block at its first instruction: 0000 0010 in IT[7:0] = cond 0000, mask 0010.
  const withIt = (it: bigint) => 0x40_0001f3n | (1n << 30n) | ((it & 0xfcn) << 8n) | ((it & 3n) << 25n);
  vcpu.pstate = withIt(0b0000_0010n);
  exit(vcpu, { ec: 0x01, isShort: true });
  assert.is(vcpu.pc, GUEST + 2n);
  assert.is(vcpu.pstate, withIt(0b0000_0100n));
  exit(vcpu, { ec: 0x01 });
  assert.is(vcpu.pc, GUEST + 6n);
  assert.is(vcpu.pstate, withIt(0b0000_1000n), 'the last one');
  exit(vcpu, { ec: 0x01, isShort: true });
  assert.is(vcpu.pstate, withIt(0n));
});

test('a translation fault in a slot maps its page, a later write makes it writable', () => {
  const slots = [{ address: 0x9000_0000n, size: 0x4000, readonly: false, mapped: 'none' }] as const;
  const vcpu = makeVcpu({ slots });
  const { tables, physicalAddress } = {
    tables: vcpu.host.guestMemory.tables,
    physicalAddress: (ipa: bigint) => vcpu.host.guestMemory.physicalAddress(ipa),
  };
  const found = () => tables.find(0x9000_1000n).value;
  assert.is(found() & 1n, 0n);
  assert.is(exit(vcpu, { ec: DABT, iss: loadStore(3, 1) | TRANSLATION, ipa: 0x9000_1000n }).kind, 'resume');
  // Stage 2 descriptor (D8.3): valid page, S2AP in bits 7:6 read-only, address in 47:12.
  assert.is(found() & 0xc3n, 0x43n);
  assert.is(found() & 0xffff_ffff_f000n, physicalAddress(0x9000_1000n));
  assert.is(vcpu.pc, GUEST, 'the access is tried again');
  exit(vcpu, { ec: DABT, iss: loadStore(3, 1, WNR) | PERMISSION, ipa: 0x9000_1000n });
  assert.is(found() & 0xc3n, 0xc3n);
  assert.is(tables.find(0x9000_2000n).value & 1n, 0n, 'its neighbour stays');
});

test('a fetch from a slot maps it; a fetch from nowhere is a prefetch abort of the guest', () => {
  const vcpu = makeVcpu({ slots: [{ address: 0x9000_0000n, size: 0x1000, readonly: false, mapped: 'none' }] });
  exit(vcpu, { ec: IABT, iss: TRANSLATION, ipa: 0x9000_0000n });
  assert.is(vcpu.host.guestMemory.tables.find(0x9000_0000n).value & 3n, 3n);
  exit(vcpu, { ec: IABT, iss: TRANSLATION, ipa: 0xa000_0000n, far: 0xa000_0010n });
  assert.is(vcpu.systemRegister('FAR_EL1'), 0xa000_0010n);
  // Instruction abort from EL1 itself, synchronous external abort, 32-bit instruction.
  assert.is(vcpu.systemRegister('ESR_EL1'), 0x8600_0010n);
});

test('a store to a device is an MMIO exit with its bytes; the next entry goes past it', () => {
  const vcpu = makeVcpu();
  vcpu.setGeneral(9, 0x1122_3344_5566_7788n);
  const outcome = exit(vcpu, {
    ec: DABT,
    iss: loadStore(2, 9, WNR) | TRANSLATION,
    ipa: 0x0900_0000n,
    far: 0xffff_0000_0900_0018n,
  });
  assert.equal(outcome, { kind: 'user', reason: 'KVM_EXIT_MMIO' });
  assert.is(vcpu.readRun('mmio.phys_addr'), 0x0900_0018n);
  assert.is(vcpu.readRun('mmio.len'), 4n);
  assert.is(vcpu.readRun('mmio.is_write'), 1n);
  assert.equal(
    [0, 1, 2, 3].map((n) => vcpu.readRun(`mmio.data[${n}]`)),
    [0x88n, 0x77n, 0x66n, 0x55n],
  );
  completeMmio(vcpu);
  assert.is(vcpu.pc, GUEST + 4n);
});

test('a load from a device is completed with size, sign, width and the guest’s endianness', () => {
  const SSE = 1 << 21;
  const SF = 1 << 15;
  // [log2 size, ISS bits, big-endian guest, bytes of the answer, register]
  const cases = [
    [0, 0, false, [0x80], 0x80n],
    [0, SSE, false, [0x80], 0xffff_ff80n],
    [0, SSE | SF, false, [0x80], 0xffff_ffff_ffff_ff80n],
    [1, 0, false, [0x34, 0x12], 0x1234n],
    [1, 0, true, [0x12, 0x34], 0x1234n],
    [2, SSE | SF, true, [0x80, 0, 0, 1], 0xffff_ffff_8000_0001n],
    [3, SF, true, [1, 2, 3, 4, 5, 6, 7, 8], 0x0102_0304_0506_0708n],
  ] as const;
  for (const [size, bits, bigEndian, answer, value] of cases) {
    const vcpu = makeVcpu();
    // SCTLR_EL1.EE.
    if (bigEndian) vcpu.setSystemRegister('SCTLR_EL1', 1n << 25n);
    exit(vcpu, { ec: DABT, iss: loadStore(size, 4, bits) | TRANSLATION, ipa: 0x0900_0000n });
    answer.forEach((byte, n) => {
      vcpu.writeRun(`mmio.data[${n}]`, BigInt(byte));
    });
    completeMmio(vcpu);
    assert.is(vcpu.general(4), value);
  }
});

test('a device access that the syndrome does not describe fails KVM_RUN; a walk into a device is the guest’s abort', () => {
  const vcpu = makeVcpu();
  const outcome = exit(vcpu, { ec: DABT, iss: TRANSLATION, ipa: 0x0900_0000n });
  assert.is(outcome.kind === 'error' && outcome.code, 'ENOSYS');
  const S1PTW = 1 << 7;
  assert.is(exit(vcpu, { ec: DABT, iss: S1PTW | TRANSLATION, ipa: 0x0900_0000n, far: 0x123n }).kind, 'resume');
  assert.is(vcpu.systemRegister('FAR_EL1'), 0x123n);
  assert.is(vcpu.systemRegister('ESR_EL1'), 0x9600_0010n);
});

test('a write to read-only memory is MMIO, a read of it is not', () => {
  const vcpu = makeVcpu({ slots: [{ address: 0x9000_0000n, size: 0x1000, readonly: true, mapped: 'all' }] });
  assert.is(vcpu.host.guestMemory.tables.find(0x9000_0000n).value & 0xc0n, 0x40n);
  const outcome = exit(vcpu, { ec: DABT, iss: loadStore(2, 1, WNR) | PERMISSION, ipa: 0x9000_0000n });
  assert.equal(outcome, { kind: 'user', reason: 'KVM_EXIT_MMIO' });
});

test('debug exceptions go to user space with the syndrome, a watchpoint’s with its address', () => {
  for (const ec of [0x30, 0x32, 0x34, 0x38, 0x3c]) {
    const vcpu = makeVcpu();
    assert.equal(exit(vcpu, { ec, iss: 0x22, far: 0xabcn }), { kind: 'user', reason: 'KVM_EXIT_DEBUG' });
    assert.is(vcpu.readRun('debug.arch.hsr') >> 26n, BigInt(ec));
    assert.is(vcpu.readRun('debug.arch.far'), ec === 0x34 ? 0xabcn : 0n);
  }
});

test.run();
