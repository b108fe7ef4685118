/** AT instructions: the fields of PAR_EL1 (Arm ARM DDI 0487, D17.2 "PAR_EL1"), and when they take an exception. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NotModelled } from '../../sim/core/exceptions.ts';
import {
  combineAttributes,
  combineShareability,
  effectiveShareability,
  stage2Attributes,
} from '../../sim/memory/memory-attributes.ts';
import { abortOf, Bench, HCR_DC, RAM, SCTLR_M } from './test-bench.ts';

const PA = RAM + 0x3000n;
const VA = 0x4000n;

/** The fields that a PAR_EL1 consists of. */
function fields(par: bigint) {
  if ((par & 1n) === 0n) {
    return {
      address: par & 0x0000_ffff_ffff_f000n,
      attributes: Number(par >> 56n),
      shareability: Number((par >> 7n) & 3n),
    };
  }
  return { status: Number((par >> 1n) & 0x3fn), stage2: (par >> 9n) & 1n, s1ptw: (par >> 8n) & 1n };
}

function guest() {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(VA, PA, 0x1000n, { el0: true, write: false });
  return { bench, lower };
}

test('a translation gives address, MAIR attributes and shareability, with bit 11 set', () => {
  const { bench } = guest();
  assert.is(bench.at('s1e1r', VA + 0x123n), 0xff00_0000_4000_3b80n);
  assert.equal(fields(bench.at('s1e0r', VA)), { address: PA, attributes: 0xff, shareability: 3 });
  assert.equal(fields(bench.at('s12e1r', VA)), { address: PA, attributes: 0xff, shareability: 3 }, 'stage 2 is off');
});

test('a fault gives its status, and bit 11', () => {
  const { bench } = guest();
  assert.is(bench.at('s1e1w', VA), 0x81fn, 'permission, level 3');
  assert.equal(fields(bench.at('s1e0w', VA)), { status: 0b001111, stage2: 0n, s1ptw: 0n });
  assert.equal(fields(bench.at('s1e1r', 0x9000n)), { status: 0b000111, stage2: 0n, s1ptw: 0n });
  assert.equal(fields(bench.at('s1e1r', 1n << 60n)), { status: 0b000100, stage2: 0n, s1ptw: 0n });
});

test('S1E2 translates by the EL2 regime, from EL2', () => {
  const bench = new Bench();
  bench.enableEl2().map(VA, PA, 0x1000n, { write: false, memory: 'non-cacheable' });
  assert.equal(fields(bench.at('s1e2r', VA)), { address: PA, attributes: 0x44, shareability: 2 });
  assert.equal(fields(bench.at('s1e2w', VA)), { status: 0b001111, stage2: 0n, s1ptw: 0n });
});

test('S12 goes through stage 2, S1 stops at the IPA', () => {
  const { bench, lower } = guest();
  lower.map(VA, 0x8000_0000n, 0x1000n, { el0: true });
  const stage2 = bench.identityStage2();
  stage2.map(0x8000_0000n, PA, 0x1000n, { write: false });
  assert.equal(fields(bench.at('s1e1r', VA)), { address: 0x8000_0000n, attributes: 0xff, shareability: 3 });
  for (const name of ['s12e1r', 's12e0r']) {
    assert.equal(fields(bench.at(name, VA)), { address: PA, attributes: 0xff, shareability: 3 });
  }
  for (const name of ['s12e1w', 's12e0w']) {
    assert.equal(fields(bench.at(name, VA)), { status: 0b001111, stage2: 1n, s1ptw: 0n }, name);
  }
  stage2.unmap(0x8000_0000n, 0x1000n);
  bench.memory.tlbi('alle1', 0n);
  assert.equal(fields(bench.at('s12e1r', VA)), { status: 0b000111, stage2: 1n, s1ptw: 0n });
});

test('a stage 2 fault on the stage 1 walk: at EL2 in PAR_EL1, at EL1 a data abort to EL2 with CM, PAR_EL1 as it was', () => {
  const { bench, lower } = guest();
  const stage2 = bench.identityStage2();
  stage2.unmap(lower.root, 0x1000n);
  assert.equal(fields(bench.at('s1e1r', VA)), { status: 0b000111, stage2: 1n, s1ptw: 1n });
  bench.set('par_el1', 0x5555n);
  bench.enter(1);
  const expected = { ec: 0x24, status: 0b000111, far: VA, write: true, maintenance: true, s1ptw: true };
  assert.equal(
    abortOf(() => bench.at('s1e1r', VA)),
    { ...expected, ipa: lower.root, targetEl: 2 },
  );
  assert.is(bench.get('par_el1'), 0x5555n);
});

test('an external abort on the walk is taken as an exception', () => {
  const { bench, lower } = guest();
  lower.write({ pa: lower.root }, 0x1000_0003n);
  const expected = { ec: 0x24, status: 0b010110, far: VA, write: true, maintenance: true };
  assert.equal(
    abortOf(() => bench.at('s1e1r', VA)),
    expected,
  );
});

test('S1E1R does not look at PSTATE.PAN, S1E1RP and S1E1WP do', () => {
  const { bench, lower } = guest();
  lower.map(VA, PA, 0x1000n, { el0: true });
  bench.enter(1, true);
  assert.equal(fields(bench.at('s1e1r', VA)), { address: PA, attributes: 0xff, shareability: 3 });
  for (const name of ['s1e1rp', 's1e1wp']) {
    assert.equal(fields(bench.at(name, VA)), { status: 0b001111, stage2: 0n, s1ptw: 0n });
  }
  bench.enter(1, false);
  assert.equal(fields(bench.at('s1e1wp', VA)), { address: PA, attributes: 0xff, shareability: 3 });
});

test('with stage 1 off the result is the address, Device-nGnRnE, or with HCR_EL2.DC Normal write-back', () => {
  const { bench } = guest();
  bench.set('sctlr_el1', 0n);
  assert.equal(fields(bench.at('s1e1w', PA)), { address: PA, attributes: 0, shareability: 2 });
  bench.set('sctlr_el1', SCTLR_M);
  bench.identityStage2();
  bench.set('hcr_el2', HCR_DC);
  assert.equal(fields(bench.at('s1e1w', PA)), { address: PA, attributes: 0xff, shareability: 0 });
  assert.equal(fields(bench.at('s12e1w', PA)), { address: PA, attributes: 0xff, shareability: 3 });
});

test('with HCR_EL2.CD Normal memory of stage 2 is non-cacheable', () => {
  const { bench } = guest();
  bench.identityStage2();
  bench.set('hcr_el2', bench.get('hcr_el2') | (1n << 32n));
  assert.equal(fields(bench.at('s12e1r', VA)), { address: PA, attributes: 0x44, shareability: 2 });
});

test('an AT that is not there is not modelled', () => {
  const { bench } = guest();
  assert.throws(
    () => bench.at('s1e3r', VA),
    (error: Error) => error instanceof NotModelled && error.message.includes('AT S1E3R'),
  );
});

test('attributes of two stages combine to the stricter type and the less cacheable policy, with the hints of stage 1', () => {
  // MAIR byte of stage 1, MemAttr of stage 2, result: S2CombineS1MemAttrs.
  const table: readonly [number, number, number][] = [
    // Device with Device: the stricter; with Normal: the Device one.
    [0x0c, 0b0000, 0x00],
    [0x0c, 0b0001, 0x04],
    [0x08, 0b0011, 0x08],
    [0x0c, 0b1111, 0x0c],
    [0x0c, 0b0101, 0x0c],
    [0xff, 0b0010, 0x08],
    [0xf4, 0b0011, 0x0c],
    // Non-cacheable wins, in each half on its own.
    [0x44, 0b1111, 0x44],
    [0xff, 0b0101, 0x44],
    [0xff, 0b0111, 0x4f],
    [0xf4, 0b1111, 0xf4],
    // Write-through wins over write-back and keeps the hints of stage 1.
    [0xff, 0b1010, 0xbb],
    [0xee, 0b1011, 0xae],
    [0xbb, 0b1111, 0xbb],
    [0xdc, 0b1111, 0xdc],
    // Transient is a hint as well.
    [0x77, 0b1010, 0x33],
    [0x77, 0b1111, 0x77],
  ];
  for (const [stage1, memAttr, expected] of table) {
    const found = combineAttributes(stage1, stage2Attributes(memAttr));
    assert.is(found.toString(16), expected.toString(16), `0x${stage1.toString(16)} with 0b${memAttr.toString(2)}`);
  }
});

test('the wider shareability wins, and Device and non-cacheable memory are outer shareable', () => {
  const [NSH, OSH, ISH] = [0b00, 0b10, 0b11];
  const table: readonly [number, number, number][] = [
    [NSH, NSH, NSH],
    [NSH, ISH, ISH],
    [ISH, NSH, ISH],
    [ISH, ISH, ISH],
    [ISH, OSH, OSH],
    [OSH, NSH, OSH],
  ];
  for (const [one, other, both] of table) assert.is(combineShareability(one, other), both);
  for (const attributes of [0x00, 0x0c, 0x44]) assert.is(effectiveShareability(attributes, NSH), OSH);
  for (const attributes of [0x4f, 0xff]) assert.is(effectiveShareability(attributes, NSH), NSH);
});

test.run();
