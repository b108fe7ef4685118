import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { FIQ, IRQ, SERROR, VFIQ, VIRQ } from '../../sim/core/registers.ts';
import { CODE, Processor } from '../exec/processor.ts';

const RW = 1n << 31n;
const FMO = 1n << 3n;
const IMO = 1n << 4n;
const AMO = 1n << 5n;
const VF = 1n << 6n;
const VI = 1n << 7n;
const VSE = 1n << 8n;
const TGE = 1n << 27n;

const ALL_ROUTES = FMO | IMO | AMO;

const I = 1n << 7n;

const interrupts = suite('interrupts');

/** Where one step from `el` ends with interrupt line `line` asserted: `el<n>+offset` of a vector, or `on` for no interrupt. */
function stepWith(line: number | undefined, el: 0 | 1 | 2, hcr: bigint, daif = 0n): string {
  const processor = new Processor();
  processor.write({ vbar_el1: 0x4001_1000n, vbar_el2: 0x4001_2000n, hcr_el2: RW | hcr, daif });
  processor.load(['nop']);
  processor.enter(el);
  if (line !== undefined) processor.machine.cpu.setLine(line, true);
  processor.step();
  const pc = processor.read('pc');
  if (pc === CODE + 4n) return 'on';
  return `el${pc >= 0x4001_2000n ? 2 : 1}+0x${(pc & 0xfffn).toString(16)}`;
}

interrupts('a physical IRQ goes to EL1, and is masked by PSTATE.I there and at EL0', () => {
  assert.is(stepWith(IRQ, 0, 0n), 'el1+0x480');
  assert.is(stepWith(IRQ, 1, 0n), 'el1+0x280');
  assert.is(stepWith(IRQ, 0, 0n, I), 'on');
  assert.is(stepWith(IRQ, 1, 0n, I), 'on');
});

interrupts('one that goes to EL1 stays pending at EL2', () => {
  assert.is(stepWith(IRQ, 2, 0n), 'on');
});

interrupts('HCR_EL2.IMO sends it to EL2, whatever PSTATE.I says below', () => {
  assert.is(stepWith(IRQ, 0, IMO, I), 'el2+0x480');
  assert.is(stepWith(IRQ, 1, IMO, I), 'el2+0x480');
  assert.is(stepWith(IRQ, 2, IMO), 'el2+0x280');
  assert.is(stepWith(IRQ, 2, IMO, I), 'on');
});

interrupts('HCR_EL2.TGE routes as IMO, FMO and AMO do', () => {
  assert.is(stepWith(IRQ, 0, TGE, I), 'el2+0x480');
  assert.is(stepWith(FIQ, 0, TGE), 'el2+0x500');
  assert.is(stepWith(SERROR, 0, TGE), 'el2+0x580');
  assert.is(stepWith(FIQ, 0, TGE, 1n << 6n), 'el2+0x500');
  assert.is(stepWith(SERROR, 0, TGE, 1n << 8n), 'el2+0x580');
  assert.is(stepWith(IRQ, 2, TGE), 'el2+0x280');
  assert.is(stepWith(IRQ, 2, TGE, I), 'on');
});

interrupts('FIQ and SError have routes and masks of their own', () => {
  assert.is(stepWith(FIQ, 1, FMO), 'el2+0x500');
  assert.is(stepWith(FIQ, 1, IMO), 'el1+0x300');
  assert.is(stepWith(FIQ, 1, 0n, 1n << 6n), 'on');
  assert.is(stepWith(SERROR, 1, AMO), 'el2+0x580');
  assert.is(stepWith(SERROR, 1, 0n), 'el1+0x380');
  assert.is(stepWith(SERROR, 1, 0n, 1n << 8n), 'on');
});

interrupts('a virtual interrupt goes to EL1 while its physical one goes to EL2', () => {
  assert.is(stepWith(undefined, 1, IMO | VI), 'el1+0x280');
  assert.is(stepWith(undefined, 0, IMO | VI), 'el1+0x480');
  assert.is(stepWith(undefined, 1, IMO | VI, I), 'on');
  assert.is(stepWith(undefined, 1, VI), 'on');
  assert.is(stepWith(undefined, 2, IMO | VI), 'on');
  assert.is(stepWith(undefined, 1, FMO | VF), 'el1+0x300');
  assert.is(stepWith(VIRQ, 1, IMO), 'el1+0x280');
  assert.is(stepWith(VFIQ, 1, FMO), 'el1+0x300');
  assert.is(stepWith(VIRQ, 1, 0n), 'on');
});

interrupts('without its route to EL2 no virtual interrupt is pending, and under HCR_EL2.TGE none is', () => {
  for (const [route, pending] of [
    [IMO, VI],
    [FMO, VF],
    [AMO, VSE],
  ] as const) {
    assert.not.equal(stepWith(undefined, 0, route | pending), 'on');
    assert.is(stepWith(undefined, 1, (ALL_ROUTES & ~route) | pending), 'on');
    assert.is(stepWith(undefined, 0, ALL_ROUTES | pending | TGE), 'on');
    assert.is(stepWith(undefined, 2, ALL_ROUTES | pending), 'on');
  }
  assert.is(stepWith(VIRQ, 0, IMO | TGE), 'on');
  assert.is(stepWith(VFIQ, 1, IMO), 'on');
});

interrupts('virtual FIQ and SError have masks of their own', () => {
  assert.is(stepWith(undefined, 1, FMO | VF, 1n << 6n), 'on');
  assert.is(stepWith(undefined, 1, AMO | VSE, 1n << 8n), 'on');
  assert.is(stepWith(undefined, 1, FMO | VF, I | (1n << 8n)), 'el1+0x300');
  assert.is(stepWith(undefined, 1, AMO | VSE, I | (1n << 6n)), 'el1+0x380');
});

interrupts('an interrupt saves PSTATE with its masks, and masks everything', () => {
  const processor = new Processor();
  processor.write({ vbar_el2: 0x4001_2000n, hcr_el2: RW | IMO, daif: 0x140 });
  processor.flags = 'nZCv';
  processor.enter(1);
  processor.machine.cpu.setLine(IRQ, true);
  processor.step();
  assert.is(processor.read('spsr_el2'), 0x6000_0145n);
  assert.is(processor.read('daif'), 0x3c0n);
  assert.is(processor.read('elr_el2'), CODE);
});

interrupts('a physical SError is pending until it is taken, and then not any more', () => {
  const processor = new Processor();
  processor.write({ vbar_el2: 0x4001_2000n, hcr_el2: RW | AMO | VSE, daif: 0x1c0 });
  processor.load(['nop']);
  processor.machine.cpu.setLine(SERROR, true);
  processor.step();
  assert.is(processor.read('serror'), 1n);
  processor.enter(1);
  processor.step();
  assert.is(processor.read('pc'), 0x4001_2580n);
  assert.is(processor.read('esr_el2'), 0xbe00_0000n);
  assert.is(processor.read('serror'), 0n);
  // The virtual one is still to come.
  assert.is(processor.read('hcr_el2'), RW | AMO | VSE);
});

interrupts('one that EL1 takes is the physical one while HCR_EL2.AMO is 0, whatever HCR_EL2.VSE says', () => {
  const processor = new Processor();
  processor.write({ vbar_el1: 0x4001_1000n, hcr_el2: RW | VSE, daif: 0 });
  processor.enter(1);
  processor.machine.cpu.setLine(SERROR, true);
  processor.step();
  assert.is(processor.read('pc'), 0x4001_1380n);
  assert.is(processor.read('serror'), 0n);
  assert.is(processor.read('hcr_el2'), RW | VSE);
});

interrupts('with FEAT_RAS the syndrome of a virtual SError is VSESR_EL2', () => {
  const processor = new Processor({ model: cpuModel('neoverse-n1') });
  processor.write({ vbar_el1: 0x4001_1000n, hcr_el2: RW | AMO | VSE, vsesr_el2: 0x100_0011n, daif: 0 });
  processor.enter(1);
  processor.step();
  assert.is(processor.read('esr_el1'), 0xbf00_0011n);
});

interrupts('a virtual SError is pending once', () => {
  const processor = new Processor();
  processor.write({ vbar_el1: 0x4001_1000n, hcr_el2: RW | AMO | VSE, daif: 0 });
  processor.enter(1);
  processor.step();
  assert.is(processor.read('pc'), 0x4001_1380n);
  assert.is(processor.read('esr_el1'), 0xbe00_0000n);
  assert.is(processor.read('hcr_el2'), RW | AMO);
});

interrupts('an interrupt leaves ESR alone and returns to the instruction it came before', () => {
  const processor = new Processor();
  processor.write({ esr_el1: 0x123, hcr_el2: RW, daif: 0 });
  processor.enter(1);
  processor.machine.cpu.setLine(IRQ, true);
  assert.is(processor.machine.next(), undefined);
  assert.is(processor.machine.step(), undefined);
  assert.is(processor.read('esr_el1'), 0x123n);
  assert.is(processor.read('elr_el1'), CODE);
});

interrupts('the fast loop takes an interrupt where stepping does', () => {
  for (const limit of [1, 2, 3, 10]) {
    const ends = [true, false].map((fast) => {
      const processor = new Processor();
      processor.write({ vbar_el1: 0x4000_1000n, hcr_el2: RW, daif: I });
      processor.load(['nop', 'msr daifclr, #2', 'nop', 'nop']);
      processor.load(['nop', 'nop', 'nop', 'nop', 'nop', 'nop', 'nop', 'nop', 'nop'], 0x4000_1280n);
      processor.enter(1);
      processor.machine.cpu.setLine(IRQ, true);
      if (fast) processor.machine.run(limit);
      else processor.step(limit);
      return processor.read('pc');
    });
    assert.is(ends[0], ends[1], `after ${limit} steps`);
  }
});

interrupts('ISR_EL1 shows what is pending: at EL1 the virtual one where HCR_EL2 routes the physical one away', () => {
  const processor = new Processor();
  processor.write({ hcr_el2: RW | IMO | VI, daif: 0x3c0 });
  processor.enter(1);
  processor.execute('mrs x0, isr_el1');
  assert.is(processor.read('x0'), I);
  processor.enter(2);
  processor.execute('mrs x0, isr_el1');
  assert.is(processor.read('x0'), 0n);
  processor.machine.cpu.setLine(IRQ, true);
  processor.execute('mrs x0, isr_el1');
  assert.is(processor.read('x0'), I);
});

interrupts('ISR_EL1 has a bit for each type, from its own line and its own HCR_EL2 bit', () => {
  const status = (el: 1 | 2, hcr: bigint, ...lines: number[]) => {
    const processor = new Processor();
    processor.write({ hcr_el2: RW | hcr, daif: 0x3c0 });
    processor.enter(el);
    for (const line of lines) processor.machine.cpu.setLine(line, true);
    // Registers may be read while an interrupt that nothing masks is pending.
    return processor.machine.systemRegisters.named('isr_el1')!.read();
  };
  const [F, A] = [1n << 6n, 1n << 8n];
  assert.equal([status(1, 0n, IRQ), status(1, 0n, FIQ), status(1, 0n, SERROR)], [I, F, A]);
  assert.equal([status(1, IMO, IRQ), status(1, FMO, FIQ), status(1, AMO, SERROR)], [0n, 0n, 0n]);
  assert.equal([status(1, IMO, VIRQ), status(1, FMO, VFIQ)], [I, F]);
  assert.equal([status(1, IMO | VI), status(1, FMO | VF), status(1, AMO | VSE)], [I, F, A]);
  assert.equal([status(1, VI), status(1, VF), status(1, VSE), status(1, 0n, VIRQ)], [0n, 0n, 0n, 0n]);
  assert.equal([status(2, ALL_ROUTES, IRQ, FIQ, SERROR), status(2, ALL_ROUTES | VI | VF | VSE)], [I | F | A, 0n]);
});

interrupts.run();
