/** Trapped system registers and CP14 and CP15 registers: encodings from the Arm ARM (D17, G8). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolvePath } from '../../asm/c/path.ts';
import { copIss, exit, GUEST, issOf, makeVcpu } from './vm.ts';

const SYS64 = 0x18;
const CP15 = 0x03;
const CP15_PAIR = 0x04;
const CP14 = 0x05;
const VALUE = 0x1122_3344_5566_7788n;

const DIRTY = 1n;

/** op2 of CRn 0, CRm n, op0 2, op1 0. */
const debugRegisters = { bvr: 4, bcr: 5, wvr: 6, wcr: 7 } as const;

for (const variant of ['after', 'before'] as const) {
  test(`a write of each debug register is kept and marks the state dirty, a read of it does not (${variant})`, () => {
    for (const [kind, op2] of Object.entries(debugRegisters)) {
      for (const n of [0, 5, 15]) {
        const vcpu = makeVcpu({ variant });
        const path =
          variant === 'after'
            ? `arch.vcpu_debug_state.dbg_${kind}[${n}]`
            : `arch.ctxt.sys_regs[${vcpu.host.facts.constant(`DBG${kind.toUpperCase()}0_EL1`) + BigInt(n)}]`;
        vcpu.setGeneral(3, VALUE);
        assert.is(exit(vcpu, { ec: SYS64, iss: issOf([2, 0, 0, n, op2], 3, false) }).kind, 'resume');
        assert.is(vcpu.read(path), VALUE);
        assert.is(vcpu.read('arch.debug_flags'), DIRTY);
        assert.is(vcpu.pc, GUEST + 4n);

        vcpu.write('arch.debug_flags', 0n);
        exit(vcpu, { ec: SYS64, iss: issOf([2, 0, 0, n, op2], 4, true) });
        assert.is(vcpu.general(4), VALUE);
        assert.is(vcpu.read('arch.debug_flags'), 0n);
      }
    }
  });
}

test('a store from the zero register stores 0, and a load into it goes nowhere', () => {
  const vcpu = makeVcpu();
  const sp = vcpu.read('arch.ctxt.gp_regs.regs.sp');
  exit(vcpu, { ec: SYS64, iss: issOf([2, 0, 0, 1, 4], 31, false) });
  assert.is(vcpu.read('arch.vcpu_debug_state.dbg_bvr[1]'), 0n);
  vcpu.write('arch.vcpu_debug_state.dbg_bvr[1]', VALUE);
  exit(vcpu, { ec: SYS64, iss: issOf([2, 0, 0, 1, 4], 31, true) });
  assert.is(vcpu.read('arch.ctxt.gp_regs.regs.sp'), sp);
});

test('OSLSR_EL1 says that there is an OS lock and it is open; OSLAR, OSDLR, DBGPRCR, DBGCLAIM and MDRAR read 0', () => {
  const vcpu = makeVcpu();
  exit(vcpu, { ec: SYS64, iss: issOf([2, 0, 1, 1, 4], 0, true) });
  assert.is(vcpu.general(0), 8n);
  for (const encoding of [
    [2, 0, 1, 3, 4],
    [2, 0, 1, 4, 4],
    [2, 0, 7, 8, 6],
    [2, 0, 7, 9, 6],
    [2, 0, 1, 0, 0],
  ]) {
    vcpu.setGeneral(0, VALUE);
    exit(vcpu, { ec: SYS64, iss: issOf(encoding, 0, true) });
    assert.is(vcpu.general(0), 0n, encoding.join());
    exit(vcpu, { ec: SYS64, iss: issOf(encoding, 0, false) });
  }
});

test('performance monitors read 0 and ignore writes', () => {
  const vcpu = makeVcpu();
  vcpu.setGeneral(1, VALUE);
  exit(vcpu, { ec: SYS64, iss: issOf([3, 3, 9, 12, 0], 1, false) });
  exit(vcpu, { ec: SYS64, iss: issOf([3, 3, 9, 12, 0], 1, true) });
  assert.is(vcpu.general(1), 0n);
});

test('writes of the stage 1 registers go through, and trap no longer once MMU and caches are both on', () => {
  const vcpu = makeVcpu();
  const tvm = 1n << 26n;
  vcpu.setGeneral(2, VALUE);
  exit(vcpu, { ec: SYS64, iss: issOf([3, 0, 2, 0, 0], 2, false) });
  assert.is(vcpu.systemRegister('TTBR0_EL1'), VALUE);
  assert.is(vcpu.read('arch.hcr_el2') & tvm, tvm);
  vcpu.setGeneral(2, 0x00c5_0079n);
  exit(vcpu, { ec: SYS64, iss: issOf([3, 0, 1, 0, 0], 2, false) });
  assert.is(vcpu.read('arch.hcr_el2') & tvm, tvm, 'the MMU alone');
  vcpu.setGeneral(2, 0x00c5_007dn);
  exit(vcpu, { ec: SYS64, iss: issOf([3, 0, 1, 0, 0], 2, false) });
  assert.is(vcpu.read('arch.hcr_el2') & tvm, 0n);
  // DC CISW: the guest is about to change its mind.
  exit(vcpu, { ec: SYS64, iss: issOf([1, 0, 7, 14, 2], 2, false) });
  assert.is(vcpu.read('arch.hcr_el2') & tvm, tvm);
});

test('ACTLR_EL1 reads what the vcpu has, and a write is UNDEFINED', () => {
  const vcpu = makeVcpu();
  vcpu.setSystemRegister('ACTLR_EL1', VALUE);
  exit(vcpu, { ec: SYS64, iss: issOf([3, 0, 1, 0, 1], 7, true) });
  assert.is(vcpu.general(7), VALUE);
  const at = vcpu.pc;
  exit(vcpu, { ec: SYS64, iss: issOf([3, 0, 1, 0, 1], 7, false) });
  assert.is(vcpu.read('arch.ctxt.gp_regs.elr_el1'), at);
  assert.is(vcpu.systemRegister('ESR_EL1'), 1n << 25n);
});

test('ICC_SGI1R_EL1 pends the software interrupt at the vcpus of its target list', () => {
  const vcpu = makeVcpu({ vcpus: 3, gic: 'v3' });
  vcpu.setGeneral(1, (5n << 24n) | 0b110n);
  exit(vcpu, { ec: SYS64, iss: issOf([3, 0, 12, 11, 5], 1, false) });
  const pending = vcpu.host.vcpus.map((one) => one.read('arch.vgic_cpu.pending_percpu[0]'));
  assert.equal(pending, [0n, 1n << 5n, 1n << 5n]);
});

for (const bigEndian of [false, true]) {
  const host = bigEndian ? 'a big-endian' : 'a little-endian';

  test(`on ${host} host CP14 registers are the halves of the 64-bit ones`, () => {
    const vcpu = makeVcpu({ aarch32: true, bigEndian });
    const cases = [
      ['dbg_bvr[2]', [0, 0, 2, 4], 0x1122_3344_aaaa_5555n],
      ['dbg_bvr[2]', [0, 1, 2, 1], 0xaaaa_5555_5566_7788n],
      ['dbg_bcr[2]', [0, 0, 2, 5], 0x1122_3344_aaaa_5555n],
      ['dbg_wvr[2]', [0, 0, 2, 6], 0x1122_3344_aaaa_5555n],
      ['dbg_wcr[2]', [0, 0, 2, 7], 0x1122_3344_aaaa_5555n],
    ] as const;
    for (const [path, encoding, written] of cases) {
      vcpu.write(`arch.vcpu_debug_state.${path}`, VALUE);
      vcpu.setGeneral(1, 0xaaaa_5555n);
      exit(vcpu, { ec: CP14, iss: copIss(encoding, 1, false) });
      assert.is(vcpu.read(`arch.vcpu_debug_state.${path}`), written, `${path} ${encoding}`);
      assert.is(vcpu.read('arch.debug_flags'), DIRTY);
      exit(vcpu, { ec: CP14, iss: copIss(encoding, 5, true) });
      assert.is(vcpu.general(5), 0xaaaa_5555n);
    }
  });
}

/**
 * The mapping of the patch as it was posted: a 32-bit access at the register's offset, to which the offset of the low half
 * was added for value registers alone.
 */
function patchOffset(kind: 'bvr' | 'bcr' | 'wvr' | 'wcr', n: number, bigEndian: boolean): number {
  const { facts } = makeVcpu().host;
  const { offset } = resolvePath(facts.type('struct kvm_guest_debug_arch'), `dbg_${kind}[${n}]`);
  const lowHalf = bigEndian ? 4 : 0;
  return offset + (kind.endsWith('vr') ? lowHalf : 0);
}

test('the mapping as posted puts a big-endian host’s control registers into the upper half, where no breakpoint looks', () => {
  for (const kind of ['bvr', 'bcr', 'wvr', 'wcr'] as const) {
    for (const bigEndian of [false, true]) {
      const vcpu = makeVcpu({ aarch32: true, bigEndian });
      const { typed, machine } = vcpu.host;
      const state = typed.resolve('vcpu.arch.vcpu_debug_state').pa;
      vcpu.write(`arch.vcpu_debug_state.dbg_${kind}[3]`, 0n);
      const bytes = [0x1e, 0x50, 0, 0];
      if (bigEndian) bytes.reverse();
      machine.physical.writeBytes(state + BigInt(patchOffset(kind, 3, bigEndian)), Uint8Array.from(bytes));
      const found = vcpu.read(`arch.vcpu_debug_state.dbg_${kind}[3]`);
      const isWrong = bigEndian && kind.endsWith('cr');
      assert.is(found, isWrong ? 0x501en << 32n : 0x501en, `${kind}, big-endian ${bigEndian}`);
    }
  }
});

test('DBGDIDR is made from ID_AA64DFR0_EL1: 4 watchpoints, 6 breakpoints, v8 debug', () => {
  const vcpu = makeVcpu({ aarch32: true });
  exit(vcpu, { ec: CP14, iss: copIss([0, 0, 0, 0], 0, true) });
  assert.is(vcpu.general(0) >> 28n, 3n);
  assert.is((vcpu.general(0) >> 24n) & 0xfn, 5n);
  assert.is((vcpu.general(0) >> 16n) & 0xfn, 6n);
});

test('CP15: IFAR is the upper half of FAR_EL1, TTBR0 by MCRR the whole of TTBR0_EL1', () => {
  const vcpu = makeVcpu({ aarch32: true });
  vcpu.setSystemRegister('FAR_EL1', VALUE);
  vcpu.setGeneral(1, 0xcafe_f00dn);
  exit(vcpu, { ec: CP15, iss: copIss([0, 6, 0, 2], 1, false) });
  assert.is(vcpu.systemRegister('FAR_EL1'), 0xcafe_f00d_5566_7788n);
  vcpu.setGeneral(2, 0x12n);
  const always = (1 << 24) | (0xe << 20);
  exit(vcpu, { ec: CP15_PAIR, iss: always | (2 << 10) | (1 << 5) | (2 << 1) });
  assert.is(vcpu.systemRegister('TTBR0_EL1'), 0x12_cafe_f00dn);
});

test('a CP14 register that nobody knows is UNDEFINED, and so is LDC', () => {
  for (const [ec, iss] of [
    [CP14, copIss([3, 3, 3, 3], 0, true)],
    [0x06, (1 << 24) | (0xe << 20)],
  ] as const) {
    const vcpu = makeVcpu({ aarch32: true });
    exit(vcpu, { ec, iss });
    assert.is(vcpu.pstate & 0x1fn, 0x1bn);
  }
});

test.run();
