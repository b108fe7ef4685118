import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Processor } from '../exec/processor.ts';

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

monitors.run();
