/** List registers around a run (GICv2: IHI 0048B 5.3.7; GICv3: IHI 0069 8.4, "ICH_LR<n>_EL2"). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { syncTimer } from '../../sim/kvm/timer.ts';
import { flushVgic, injectVirtualInterrupt, syncVgic } from '../../sim/kvm/vgic.ts';
import { makeVcpu } from './vm.ts';

test('GICv2: pending interrupts go into list registers, lowest number first', () => {
  const vcpu = makeVcpu();
  for (const interrupt of [40, 27]) injectVirtualInterrupt(vcpu, interrupt);
  flushVgic(vcpu);
  const list = (n: number) => vcpu.read(`arch.vgic_cpu.vgic_v2.vgic_lr[${n}]`);
  assert.is(list(0) & 0x3000_03ffn, (1n << 28n) | 27n);
  assert.is(list(1) & 0x3000_03ffn, (1n << 28n) | 40n);
  assert.is(list(2), 0n);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v2.vgic_hcr'), 1n);
});

test('GICv3: list register n is entry 15 - n, in group 1', () => {
  const vcpu = makeVcpu({ gic: 'v3' });
  injectVirtualInterrupt(vcpu, 27);
  flushVgic(vcpu);
  const value = vcpu.read('arch.vgic_cpu.vgic_v3.vgic_lr[15]');
  assert.is(value >> 62n, 1n);
  assert.is((value >> 60n) & 1n, 1n);
  assert.is(value & 0xffff_ffffn, 27n);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v3.vgic_sre'), 1n);
});

test('more interrupts than list registers: the rest wait, and underflow is asked for until they are in', () => {
  const vcpu = makeVcpu();
  for (const interrupt of [32, 33, 34, 35, 36]) injectVirtualInterrupt(vcpu, interrupt);
  flushVgic(vcpu);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v2.vgic_hcr'), 3n);
  // The guest has ended the second one.
  vcpu.write('arch.vgic_cpu.vgic_v2.vgic_lr[1]', 0n);
  vcpu.write('arch.vgic_cpu.vgic_v2.vgic_elrsr', 0b10n);
  syncVgic(vcpu);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v2.vgic_hcr'), 1n);
  flushVgic(vcpu);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v2.vgic_lr[1]') & 0x3ffn, 36n);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v2.vgic_hcr'), 1n);
});

test('an interrupt that comes again while it is active is active and pending in one list register', () => {
  const vcpu = makeVcpu();
  vcpu.write('arch.vgic_cpu.vgic_v2.vgic_lr[2]', (2n << 28n) | 40n);
  injectVirtualInterrupt(vcpu, 40);
  flushVgic(vcpu);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v2.vgic_lr[2]'), (3n << 28n) | 40n);
  assert.is(vcpu.read('arch.vgic_cpu.vgic_v2.vgic_lr[0]'), 0n);
});

test('a timer whose time has come pends interrupt 27 and is masked; one that is off or masked does not', () => {
  for (const [control, fires] of [
    [1n, true],
    [0n, false],
    [3n, false],
  ] as const) {
    const vcpu = makeVcpu();
    vcpu.host.typed.write('kvm.arch.timer.cntvoff', 0n);
    vcpu.write('arch.timer_cpu.cntv_ctl', control);
    vcpu.write('arch.timer_cpu.cntv_cval', 0n);
    syncTimer(vcpu);
    assert.is(vcpu.read('arch.vgic_cpu.pending_percpu[0]'), fires ? 1n << 27n : 0n);
    assert.is(vcpu.read('arch.timer_cpu.cntv_ctl'), fires ? 3n : control);
  }
});

test.run();
