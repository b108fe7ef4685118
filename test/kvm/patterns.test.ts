import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { patternMask } from '../../sim/kvm/host-state.ts';
import { patternFor } from '../../sim/kvm/patterns.ts';

const ALL = 2n ** 64n - 1n;

test('a full-width pattern tells its side and differs by register', () => {
  const host = patternFor('host', 'far_el1', ALL);
  assert.is(host >> 32n, 0x484f5354n);
  assert.is(patternFor('guest', 'far_el1', ALL) >> 32n, 0x47554553n);
  assert.is.not(host, patternFor('host', 'tpidr_el1', ALL));
  assert.is(host, patternFor('host', 'far_el1', ALL));
});

test('a pattern keeps to the writable bits, and the sides still differ where two bits are left', () => {
  for (const mask of [0xffff_ffffn, 0x3n, 0x6000_0000n, 0x8000_0000_0000_0001n]) {
    const [host, guest] = [patternFor('host', 'mdccint_el1', mask), patternFor('guest', 'mdccint_el1', mask)];
    assert.is(host & ~mask, 0n);
    assert.is(guest & ~mask, 0n);
    assert.is.not(host, 0n);
    assert.is.not(guest, 0n);
    assert.is.not(host, guest);
  }
});

test('a register with no writable bit has no pattern', () => {
  assert.is(patternFor('guest', 'afsr0_el1', 0n), 0n);
});

test('no pattern enables a breakpoint or a watchpoint', () => {
  const machine = new Machine({ model: cpuModel('cortex-a53'), ram: { base: 0n, size: 4096 } });
  for (const name of ['dbgbcr0_el1', 'dbgbcr5_el1', 'dbgwcr0_el1', 'dbgwcr3_el1']) {
    const mask = patternMask(machine, name);
    assert.is(mask & 1n, 0n, name);
    assert.is.not(mask, 0n, name);
  }
});

test.run();
