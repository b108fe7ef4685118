import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { IRQ } from '../../sim/core/registers.ts';
import { timerInterrupts } from '../../sim/devices/generic-timer.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { CODE, Processor, RAM, RAM_SIZE } from '../exec/processor.ts';

const timers = suite('generic timer');

/** A processor whose counter is at `ticks`. */
function at(ticks: number): Processor {
  const processor = new Processor();
  processor.machine.cpu.clock.cycles = 16 * ticks;
  return processor;
}

timers('the counters count ticks of the clock, the virtual one from CNTVOFF_EL2', () => {
  const processor = at(1000);
  processor.write({ x1: 100 });
  processor.execute('msr cntvoff_el2, x1', 'mrs x0, cntpct_el0', 'mrs x2, cntvct_el0', 'mrs x3, cntfrq_el0');
  assert.is(processor.read('x0'), 1000n);
  assert.is(processor.read('x2'), 900n);
  assert.is(processor.read('x3'), 62_500_000n);
});

timers('TVAL is what is left to CVAL, 32 bits; a write is a signed distance from now', () => {
  const processor = at(1000);
  processor.write({ x1: 1010, x2: 0xffff_ffffn });
  processor.execute('msr cntp_cval_el0, x1', 'mrs x0, cntp_tval_el0', 'msr cntp_tval_el0, x2', 'mrs x3, cntp_cval_el0');
  assert.is(processor.read('x0'), 10n);
  assert.is(processor.read('x3'), 999n);
  processor.execute('mrs x0, cntp_tval_el0');
  assert.is(processor.read('x0'), 0xffff_ffffn);
});

timers('ISTATUS tells whether an enabled timer has come to its value', () => {
  const processor = at(1000);
  processor.write({ x1: 1000, x2: 3, x3: 1001 });
  processor.execute('msr cntv_cval_el0, x1', 'msr cntv_ctl_el0, x2', 'mrs x0, cntv_ctl_el0');
  assert.is(processor.read('x0'), 7n);
  processor.execute('msr cntv_cval_el0, x3', 'mrs x0, cntv_ctl_el0', 'msr cntv_ctl_el0, xzr', 'mrs x4, cntv_ctl_el0');
  assert.is(processor.read('x0'), 3n);
  assert.is(processor.read('x4'), 0n);
});

timers('the output follows ENABLE, IMASK and the comparison', () => {
  const processor = at(1000);
  const levels: boolean[] = [];
  processor.machine.timer.connect('cntv', (asserted) => levels.push(asserted));
  processor.write({ x1: 1, x2: 3, x3: 1_000_000 });
  processor.execute('msr cntv_ctl_el0, x1', 'msr cntv_ctl_el0, x2', 'msr cntv_ctl_el0, x1', 'msr cntv_cval_el0, x3');
  assert.equal(levels, [true, false, true, false]);
});

for (const fast of [true, false]) {
  timers(`an interrupt comes at its time ${fast ? 'in the fast loop' : 'when stepping'}`, () => {
    const processor = at(0);
    const { machine } = processor;
    machine.timer.connect('cntp', (asserted) => machine.cpu.setLine(IRQ, asserted));
    processor.write({ vbar_el2: CODE + 0x1000n, hcr_el2: 1n << 4n, daif: 0, x1: 2, x2: 1 });
    processor.load(['msr cntp_cval_el0, x1', 'msr cntp_ctl_el0, x2', ...Array(60).fill('nop')]);
    // Two ticks are 32 cycles: 32 instructions are executed before it.
    if (fast) machine.run(33);
    else processor.step(33);
    assert.is(processor.read('pc'), CODE + 0x1280n);
    assert.is(processor.read('elr_el2'), CODE + 4n * 32n);
  });
}

timers('undo takes the time of the next event back with the registers', () => {
  const processor = at(0);
  const { machine } = processor;
  processor.write({ x1: 2, x2: 1 });
  processor.execute('msr cntp_cval_el0, x1', 'msr cntp_ctl_el0, x2');
  assert.is(machine.timer.nextEvent, 32);
  processor.write({ cntp_ctl_el0: 0 });
  assert.is(machine.timer.nextEvent, Number.POSITIVE_INFINITY);
});

timers('frequency and ratio can be chosen', () => {
  const ram = { base: RAM, size: RAM_SIZE };
  const machine = new Machine({
    model: cpuModel('cortex-a53'),
    ram,
    timer: { frequency: 1_000_000, cyclesPerTick: 4 },
  });
  machine.cpu.clock.cycles = 9;
  assert.is(machine.timer.physicalCount, 2n);
  assert.is(machine.systemRegisters.named('cntfrq_el0')?.read(), 1_000_000n);
});

timers('each timer has its private interrupt', () => {
  assert.equal(timerInterrupts, { cntp: 30, cntv: 27, cnthp: 26, cnthv: 28 });
});

timers.run();
