import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { Processor, type Registers } from '../exec/processor.ts';

const monitors = suite('performance monitors');

const CYCLE = 1n << 31n;
/** Count at EL2, not at EL1 and EL0. */
const EL2_ONLY = 0xc800_0000n;

monitors('PMCCNTR_EL0 counts cycles while PMCR_EL0.E and its enable are set', () => {
  const processor = new Processor();
  processor.write({ x1: CYCLE, x2: 1, x3: 1n << 27n });
  processor.execute(
    'msr pmccfiltr_el0, x3',
    'msr pmcntenset_el0, x1',
    'msr pmcr_el0, x2',
    'nop',
    'nop',
    'mrs x0, pmccntr_el0',
  );
  assert.is(processor.read('x0'), 3n);
  processor.execute('msr pmcr_el0, xzr', 'nop', 'nop', 'mrs x0, pmccntr_el0');
  assert.is(processor.read('x0'), 4n);
});

monitors('it does not count at a level that its filter leaves out', () => {
  const processor = new Processor();
  processor.write({ x1: CYCLE, x2: 1, x3: EL2_ONLY, hcr_el2: 1n << 31n, vbar_el2: 0x4000_1000n });
  processor.load(['mrs x0, pmccntr_el0'], 0x4000_1400n);
  processor.write({ spsr_el2: 0x3c5, elr_el2: 0x4000_2000n });
  processor.load(['nop', 'nop', 'nop', 'hvc #0'], 0x4000_2000n);
  processor.execute('msr pmccfiltr_el0, x3', 'msr pmcntenset_el0, x1', 'msr pmcr_el0, x2', 'eret');
  processor.step(5);
  // The ERET and the MRS were at EL2, four instructions were not.
  assert.is(processor.read('x0'), 2n);
});

monitors('an event counter counts cycles or software increments, and overflows at 32 bits', () => {
  const processor = new Processor();
  processor.write({ x1: 3, x2: 1, x3: (1n << 27n) | 0x11n, x4: 1n << 27n, x5: 0xffff_fffen });
  processor.execute(
    ...['msr pmevtyper0_el0, x3', 'msr pmevtyper1_el0, x4', 'msr pmevcntr0_el0, x5', 'msr pmcntenset_el0, x1'],
    ...[
      'msr pmcr_el0, x2',
      'msr pmswinc_el0, x1',
      'nop',
      'mrs x6, pmevcntr0_el0',
      'mrs x7, pmevcntr1_el0',
      'mrs x8, pmovsset_el0',
    ],
  );
  assert.is(processor.read('x6'), 1n);
  assert.is(processor.read('x7'), 1n);
  assert.is(processor.read('x8'), 1n);
});

monitors('PMCR_EL0.N is MDCR_EL2.HPMN below EL2, and the counters above are hidden there', () => {
  const processor = new Processor();
  processor.write({ mdcr_el2: 2, hcr_el2: 1n << 31n, x1: 0xffff_ffffn });
  processor.execute('mrs x0, pmcr_el0', 'msr pmevcntr1_el0, x1', 'msr pmevcntr2_el0, x1');
  assert.is((processor.read('x0') >> 11n) & 0x1fn, 6n);
  processor.enter(1);
  processor.execute('mrs x0, pmcr_el0', 'mrs x2, pmevcntr1_el0', 'mrs x3, pmevcntr2_el0');
  assert.is((processor.read('x0') >> 11n) & 0x1fn, 2n);
  assert.is(processor.read('x2'), 0xffff_ffffn);
  assert.is(processor.read('x3'), 0n);
});

monitors('PMSELR_EL0 chooses what PMXEVTYPER_EL0 and PMXEVCNTR_EL0 are', () => {
  const processor = new Processor();
  processor.write({ x1: 3, x2: 0x11, x3: 77, x4: 31, x5: 1n << 30n });
  processor.execute('msr pmselr_el0, x1', 'msr pmxevtyper_el0, x2', 'msr pmxevcntr_el0, x3');
  processor.execute('mrs x6, pmevtyper3_el0', 'mrs x7, pmevcntr3_el0', 'msr pmselr_el0, x4', 'msr pmxevtyper_el0, x5');
  processor.execute('mrs x8, pmccfiltr_el0');
  assert.is(processor.read('x6'), 0x11n);
  assert.is(processor.read('x7'), 77n);
  assert.is(processor.read('x8'), 1n << 30n);
});

monitors('PMCR_EL0.P and C reset counters', () => {
  const processor = new Processor();
  processor.write({ x1: 9, x2: 6 });
  processor.execute(
    'msr pmevcntr0_el0, x1',
    'msr pmccntr_el0, x1',
    'msr pmcr_el0, x2',
    'mrs x3, pmevcntr0_el0',
    'mrs x4, pmccntr_el0',
  );
  assert.is(processor.read('x3'), 0n);
  assert.is(processor.read('x4'), 0n);
});

/** What PMCCNTR_EL0, or an event counter, has counted after three instructions at `el`: 0 or 3. */
function counted(el: 0 | 1 | 2, registers: Registers, counter = 'pmccntr_el0', model = 'cortex-a57'): bigint {
  const processor = new Processor({ model: cpuModel(model) });
  const enabled = { pmcr_el0: 1, pmcntenset_el0: CYCLE | 0x3fn, pmuserenr_el0: 1, hcr_el2: 1n << 31n, mdcr_el2: 6 };
  processor.write({ ...enabled, ...registers });
  processor.enter(el);
  processor.execute('nop', 'nop', `mrs x0, ${counter}`);
  return processor.read('x0');
}

const P = 1n << 31n;
const U = 1n << 30n;
const NSH = 1n << 27n;

monitors('PMCCFILTR_EL0.P leaves EL1 out, U EL0, and NSH lets EL2 in', () => {
  for (const [filter, ...levels] of [
    [0n, 3n, 3n, 0n],
    [P, 3n, 0n, 0n],
    [U, 0n, 3n, 0n],
    [NSH, 3n, 3n, 3n],
    [P | U | NSH, 0n, 0n, 3n],
  ] as const) {
    const counts = ([0, 1, 2] as const).map((el) => counted(el, { pmccfiltr_el0: filter }));
    assert.equal(counts, levels, `filter 0x${filter.toString(16)}`);
    const events = ([0, 1, 2] as const).map((el) => counted(el, { pmevtyper0_el0: filter | 0x11n }, 'pmevcntr0_el0'));
    assert.equal(events, levels, `event counter, filter 0x${filter.toString(16)}`);
  }
});

monitors('nothing counts without PMCR_EL0.E, its bit in PMCNTENSET_EL0, or an event that is counted', () => {
  assert.is(counted(1, { pmcr_el0: 0 }), 0n);
  assert.is(counted(1, { pmcntenset_el0: 0x3f }), 0n);
  assert.is(counted(1, { pmevtyper0_el0: 0x11, pmcntenset_el0: CYCLE }, 'pmevcntr0_el0'), 0n);
  // SW_INCR, and an event that the core does not have.
  assert.is(counted(1, { pmevtyper0_el0: 0 }, 'pmevcntr0_el0'), 0n);
  assert.is(counted(1, { pmevtyper0_el0: 0x3 }, 'pmevcntr0_el0'), 0n);
});

monitors("counters from MDCR_EL2.HPMN on are EL2's: MDCR_EL2.HPME enables them, and PMCR_EL0.E does not", () => {
  const HPME = 1n << 7n;
  const counter = (n: number, registers: Registers) =>
    counted(2, { [`pmevtyper${n}_el0`]: NSH | 0x11n, ...registers }, `pmevcntr${n}_el0`);
  assert.equal([counter(1, { mdcr_el2: 2 }), counter(2, { mdcr_el2: 2 })], [3n, 0n]);
  const byHpme = { mdcr_el2: HPME | 2n, pmcr_el0: 0 };
  assert.equal([counter(1, byHpme), counter(2, byHpme)], [0n, 3n]);
  assert.is(counted(2, { ...byHpme, pmccfiltr_el0: NSH }), 0n);
});

monitors('software increments count where their counter would', () => {
  const increments = (el: 1 | 2, registers: Registers) => {
    const processor = new Processor();
    const enabled = { pmcr_el0: 1, pmcntenset_el0: 4, hcr_el2: 1n << 31n, mdcr_el2: 6, x1: 0xff };
    processor.write({ ...enabled, ...registers });
    processor.enter(el);
    processor.execute('msr pmswinc_el0, x1', 'msr pmswinc_el0, x1', 'mrs x0, pmevcntr2_el0');
    return processor.read('x0');
  };
  assert.is(increments(1, {}), 2n);
  assert.is(increments(1, { pmevtyper2_el0: P }), 0n);
  assert.is(increments(2, {}), 0n);
  assert.is(increments(2, { pmevtyper2_el0: NSH }), 2n);
  assert.is(increments(1, { pmcr_el0: 0 }), 0n);
  assert.is(increments(1, { pmcntenset_el0: 3 }), 0n);
  assert.is(increments(2, { pmevtyper2_el0: NSH, mdcr_el2: 2 }), 0n);
  assert.is(increments(2, { pmevtyper2_el0: NSH, mdcr_el2: 0x82, pmcr_el0: 0 }), 2n);
  // Below EL2 the counters of EL2 are not there.
  assert.is(increments(1, { mdcr_el2: 0x82 }), 0n);
});

monitors('MDCR_EL2.HPMD stops event counters at EL2, and with PMCR_EL0.DP the cycle counter (FEAT_PMUv3p1)', () => {
  const HPMD = 1n << 17n;
  const DP = 1n << 5n;
  const count = (registers: Registers, counter?: string) =>
    counted(2, { mdcr_el2: HPMD | 2n, pmccfiltr_el0: NSH, ...registers }, counter, 'neoverse-n1');
  const events = { pmevtyper0_el0: NSH | 0x11n, pmevtyper2_el0: NSH | 0x11n };
  assert.is(count(events, 'pmevcntr0_el0'), 0n);
  assert.is(count({ ...events, mdcr_el2: 6 }, 'pmevcntr0_el0'), 3n);
  // One of EL2's own goes on.
  assert.is(count({ ...events, mdcr_el2: HPMD | 0x82n }, 'pmevcntr2_el0'), 3n);
  assert.is(count({}), 3n);
  assert.is(count({ pmcr_el0: 1n | DP }), 0n);
  assert.is(count({ pmcr_el0: 1n | DP, mdcr_el2: 6 }), 3n);
  assert.is(counted(1, { mdcr_el2: HPMD | 6n, pmcr_el0: 1n | DP }, undefined, 'neoverse-n1'), 3n);
});

monitors('PMCR_EL0.D counts every 64th cycle unless LC is set, and LC says where the counter overflows', () => {
  const D = 1n << 3n;
  const LC = 1n << 6n;
  const run = (pmcr: bigint, start: bigint) => {
    const processor = new Processor();
    processor.write({ pmcr_el0: 1n | pmcr, pmcntenset_el0: CYCLE, pmccfiltr_el0: NSH, pmccntr_el0: start });
    processor.load(Array(256).fill('nop'));
    processor.step(254);
    processor.execute('mrs x0, pmccntr_el0', 'mrs x1, pmovsset_el0');
    return [processor.read('x0'), processor.read('x1')];
  };
  assert.equal(run(0n, 0n), [255n, 0n]);
  assert.equal(run(D, 0n), [3n, 0n]);
  assert.equal(run(D | LC, 0n), [255n, 0n]);
  assert.equal(run(0n, 0xffff_fff0n), [0x1_0000_00efn, CYCLE]);
  assert.equal(run(LC, 0xffff_fff0n), [0x1_0000_00efn, 0n]);
  assert.equal(run(LC, 0xffff_ffff_ffff_fff0n), [0xefn, CYCLE]);
});

monitors('enables, overflows and interrupt enables are set by one name and cleared by another', () => {
  for (const [set, clear] of [
    ['pmcntenset_el0', 'pmcntenclr_el0'],
    ['pmovsset_el0', 'pmovsclr_el0'],
    ['pmintenset_el1', 'pmintenclr_el1'],
  ]) {
    const processor = new Processor();
    processor.write({ x1: 0xffff_ffff_ffff_ffffn, x2: CYCLE | 5n });
    processor.execute(`msr ${set}, x1`, `mrs x3, ${clear}`, `msr ${clear}, x2`, `mrs x4, ${set}`);
    // Six event counters and the cycle counter.
    assert.is(processor.read('x3'), CYCLE | 0x3fn);
    assert.is(processor.read('x4'), 0x3an);
    processor.write({ mdcr_el2: 2, hcr_el2: 1n << 31n });
    processor.enter(1);
    processor.execute(`mrs x5, ${set}`, `msr ${clear}, x1`);
    assert.is(processor.read('x5'), 2n);
    processor.enter(2);
    processor.execute(`mrs x6, ${set}`);
    assert.is(processor.read('x6'), 0x38n);
  }
});

monitors('PMCR_EL0.D counts whole 64ths of the time, wherever counting began', () => {
  const processor = new Processor();
  processor.machine.cpu.clock.cycles = 60;
  processor.write({ pmcr_el0: 9n, pmcntenset_el0: CYCLE, pmccfiltr_el0: NSH, x1: 7 });
  processor.execute('msr pmccntr_el0, x1', 'nop', 'nop', 'nop', 'mrs x0, pmccntr_el0');
  // The clock has gone from 61 to 65.
  assert.is(processor.read('x0'), 8n);
});

monitors('an event counter keeps 32 bits, the cycle counter 64', () => {
  const processor = new Processor();
  processor.write({ x1: 0x1234_5678_9abc_def0n });
  processor.execute('msr pmevcntr0_el0, x1', 'mrs x2, pmevcntr0_el0', 'msr pmccntr_el0, x1', 'mrs x3, pmccntr_el0');
  assert.equal([processor.read('x2'), processor.read('x3')], [0x9abc_def0n, 0x1234_5678_9abc_def0n]);
});

monitors(
  'below EL2 the counters of EL2 have no type, no enable and no selection, and EL2 keeps what it gave them',
  () => {
    const processor = new Processor();
    const ofEl2 = { pmevtyper3_el0: 0x11, pmevcntr3_el0: 5, pmcntenset_el0: 8 };
    processor.write({ ...ofEl2, mdcr_el2: 2, hcr_el2: 1n << 31n, x1: 0xffff_ffffn, x2: 3 });
    processor.enter(1);
    processor.execute(
      'msr pmselr_el0, x2',
      'mrs x3, pmevtyper3_el0',
      'mrs x4, pmxevtyper_el0',
      'mrs x5, pmxevcntr_el0',
    );
    processor.execute('msr pmevtyper3_el0, x1', 'msr pmxevcntr_el0, x1', 'msr pmcntenset_el0, x1');
    assert.equal(
      ['x3', 'x4', 'x5'].map((name) => processor.read(name)),
      [0n, 0n, 0n],
    );
    assert.equal(
      ['pmevtyper3_el0', 'pmevcntr3_el0', 'pmcntenset_el0'].map((name) => processor.read(name)),
      [0x11n, 5n, CYCLE | 0xbn],
    );
  },
);

monitors('a selection of no counter reads 0, and PMXEVCNTR_EL0 does not reach the cycle counter', () => {
  const read = (selection: number) => {
    const processor = new Processor();
    processor.write({ x1: selection, x2: 0x11, pmccntr_el0: 99 });
    processor.execute('msr pmselr_el0, x1', 'msr pmxevtyper_el0, x2', 'msr pmxevcntr_el0, x2');
    processor.execute('mrs x3, pmxevtyper_el0', 'mrs x4, pmxevcntr_el0');
    assert.is(processor.read('pmccntr_el0'), 99n);
    return [processor.read('x3'), processor.read('x4')];
  };
  assert.equal(read(6), [0n, 0n]);
  assert.equal(read(31), [0n, 0n]);
  assert.equal(read(5), [0x11n, 0x11n]);
});

monitors.run();
