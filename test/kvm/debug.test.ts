/** The guest's debug state around a run: MDCR_EL2, MDSCR_EL1, PSTATE.SS and debug_ptr (Arm ARM D17.3, D2.11). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clearDebug, setGuestDebug, setupDebug } from '../../sim/kvm/debug.ts';
import { KvmError } from '../../sim/kvm/kvm-host.ts';
import type { Vcpu } from '../../sim/kvm/vcpu-state.ts';
import { makeVcpu } from './vm.ts';

const TPMCR = 1n << 5n;
const TPM = 1n << 6n;
const TDE = 1n << 8n;
const TDA = 1n << 9n;
const TDOSA = 1n << 10n;
const TDRA = 1n << 11n;
const ALWAYS = TPM | TPMCR | TDRA | TDOSA;
const MDE = 1n << 15n;
const SS = 1n;

const addressOf = (vcpu: Vcpu, path: string) =>
  vcpu.host.memory.kernelAddress(vcpu.host.typed.resolve(`vcpu.${path}`).pa);
const controls = (vcpu: Vcpu) => vcpu.read('arch.mdcr_el2') & ~0x1fn;

test('a new vcpu has its own debug registers behind debug_ptr', () => {
  const vcpu = makeVcpu();
  assert.is(vcpu.read('arch.debug_ptr'), addressOf(vcpu, 'arch.vcpu_debug_state'));
});

for (const variant of ['after', 'before'] as const) {
  test(`debug accesses trap while the state is clean, and not while it is dirty (${variant})`, () => {
    const vcpu = makeVcpu({ variant });
    setupDebug(vcpu);
    assert.is(controls(vcpu), ALWAYS | TDA);
    vcpu.write('arch.debug_flags', 1n);
    setupDebug(vcpu);
    assert.is(controls(vcpu), ALWAYS);
  });
}

test('MDCR_EL2.HPMN stays as the host has it', () => {
  const vcpu = makeVcpu();
  const { cpu } = vcpu.host.machine;
  cpu.cells[cpu.cell('mdcr_el2')] = 4n | TDE;
  setupDebug(vcpu);
  assert.is(vcpu.read('arch.mdcr_el2'), ALWAYS | TDA | 4n);
});

test('hardware debugging points debug_ptr at the outside registers, and back after the exit', () => {
  const vcpu = makeVcpu();
  const { facts } = vcpu.host;
  const control = facts.constant('KVM_GUESTDBG_ENABLE') | facts.constant('KVM_GUESTDBG_USE_HW');
  setGuestDebug(vcpu, { control, registers: [{ kind: 'bcr', n: 1, value: 0x1e7n }] });
  vcpu.setSystemRegister('MDSCR_EL1', 0x1000n);
  setupDebug(vcpu);
  assert.is(controls(vcpu), ALWAYS | TDE | TDA);
  assert.is(vcpu.read('arch.debug_ptr'), addressOf(vcpu, 'arch.external_debug_state'));
  assert.is(vcpu.read('arch.debug_ptr->dbg_bcr[1]'), 0x1e7n);
  assert.is(vcpu.systemRegister('MDSCR_EL1'), 0x1000n | MDE);
  assert.is(vcpu.read('arch.debug_flags'), 1n);
  clearDebug(vcpu);
  assert.is(vcpu.read('arch.debug_ptr'), addressOf(vcpu, 'arch.vcpu_debug_state'));
  assert.is(vcpu.systemRegister('MDSCR_EL1'), 0x1000n);
});

test('single step sets MDSCR_EL1.SS and PSTATE.SS; without it the guest cannot step itself meanwhile', () => {
  const vcpu = makeVcpu();
  const { facts } = vcpu.host;
  const enable = facts.constant('KVM_GUESTDBG_ENABLE');
  setGuestDebug(vcpu, { control: enable | facts.constant('KVM_GUESTDBG_SINGLESTEP') });
  setupDebug(vcpu);
  assert.is(vcpu.systemRegister('MDSCR_EL1') & SS, SS);
  assert.is(vcpu.pstate & (1n << 21n), 1n << 21n);
  clearDebug(vcpu);
  assert.is(vcpu.systemRegister('MDSCR_EL1') & SS, 0n);

  setGuestDebug(vcpu, { control: enable });
  vcpu.setSystemRegister('MDSCR_EL1', SS);
  setupDebug(vcpu);
  assert.is(vcpu.systemRegister('MDSCR_EL1') & SS, 0n);
  clearDebug(vcpu);
  assert.is(vcpu.systemRegister('MDSCR_EL1') & SS, SS);
});

test('a kernel without a place for outside registers refuses to use them; unknown bits are refused', () => {
  const enable = 1n;
  const useHardware = 1n << 17n;
  const refused = (vcpu: Vcpu, control: bigint) =>
    assert.throws(
      () => setGuestDebug(vcpu, { control }),
      (error: unknown) => error instanceof KvmError && error.code === 'EINVAL',
    );
  refused(makeVcpu({ variant: 'before' }), enable | useHardware);
  refused(makeVcpu(), enable | (1n << 30n));
});

test.run();
