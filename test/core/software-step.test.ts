import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { IRQ } from '../../sim/core/registers.ts';
import { CODE, DATA, type Processor, type Registers } from '../exec/processor.ts';
import { BREAKPOINT, debugged, KDE, MDE, SS, STEPPED, TDE } from './debugged.ts';
import { EL1_VECTORS, EL2_VECTORS, RW, TGE } from './levels.ts';

const steps = suite('software step');

/** An ERET from EL2 to EL1 code with software step on, debug exceptions going to EL2. */
function stepping(spsr: bigint, registers: Registers = {}): Processor {
  const set = { mdscr_el1: SS, mdcr_el2: TDE, spsr_el2: spsr, elr_el2: CODE + 0x100n, ...registers };
  const processor = debugged(set);
  processor.enter(2);
  processor.load(['mov x0, #1', 'mov x0, #2'], CODE + 0x100n);
  processor.execute('eret');
  return processor;
}

steps('one instruction is executed, then a software step exception is taken', () => {
  const processor = stepping(0x3c5n | STEPPED);
  processor.step();
  assert.is(processor.read('x0'), 1n);
  processor.step();
  assert.is(processor.read('pc'), EL2_VECTORS + 0x400n);
  // ISV: an instruction was stepped.
  assert.is(processor.read('esr_el2'), 0xcb00_0022n);
  assert.is(processor.read('elr_el2'), CODE + 0x104n);
  assert.is(processor.read('spsr_el2') & STEPPED, 0n);
});

steps('without SPSR.SS the exception is taken at once', () => {
  const processor = stepping(0x3c5n);
  processor.step();
  assert.is(processor.read('x0'), 0n);
  assert.is(processor.read('esr_el2'), 0xca00_0022n);
});

steps('what was stepped before is forgotten when the next level is entered without SPSR.SS', () => {
  const processor = stepping(0x3c5n | STEPPED);
  processor.step(2);
  processor.write({ spsr_el2: 0x3c5 });
  processor.execute('eret');
  processor.step();
  // ISV is 0: nothing was stepped.
  assert.is(processor.read('esr_el2'), 0xca00_0022n);
});

steps('a load-exclusive that was stepped is told', () => {
  const processor = stepping(0x3c5n | STEPPED);
  processor.write({ x1: DATA });
  processor.load(['ldxr x0, [x1]'], CODE + 0x100n);
  processor.step(2);
  assert.is(processor.read('esr_el2'), 0xcb00_0062n);
});

steps('SVC is stepped when it is taken, and EL1 goes on being stepped', () => {
  const processor = stepping(0x3c0n | STEPPED);
  processor.load(['svc #0'], CODE + 0x100n);
  processor.step();
  assert.is(processor.read('pc'), EL1_VECTORS + 0x400n);
  assert.is(processor.read('spsr_el1') & STEPPED, 0n);
  processor.step();
  assert.is(processor.read('elr_el2'), EL1_VECTORS + 0x400n);
});

steps('each load-exclusive is told, and no load-acquire', () => {
  for (const [line, syndrome] of [
    ['ldxrb w0, [x1]', 0xcb00_0062n],
    ['ldaxrh w0, [x1]', 0xcb00_0062n],
    ['ldxp x0, x2, [x1]', 0xcb00_0062n],
    ['ldaxp w0, w2, [x1]', 0xcb00_0062n],
    ['ldar x0, [x1]', 0xcb00_0022n],
    ['stxr w0, x2, [x1]', 0xcb00_0022n],
  ] as const) {
    const processor = stepping(0x3c5n | STEPPED);
    processor.write({ x1: DATA });
    processor.load([line], CODE + 0x100n);
    processor.step(2);
    assert.is(processor.read('esr_el2'), syndrome, line);
  }
});

steps('a level that takes them itself is stepped while KDE is set and PSTATE.D is clear', () => {
  const run = (spsr: bigint, mdscr: bigint) => {
    const processor = stepping(spsr | STEPPED, { mdscr_el1: mdscr, mdcr_el2: 0 });
    processor.step(2);
    return processor;
  };
  const taken = run(0x1c5n, SS | KDE);
  // From the current level, after one instruction.
  assert.is(taken.read('esr_el1'), 0xcf00_0022n);
  assert.is(taken.read('pc'), EL1_VECTORS + 0x200n);
  assert.is(taken.read('elr_el1'), CODE + 0x104n);
  assert.is(run(0x3c5n, SS | KDE).read('pc'), CODE + 0x108n);
  assert.is(run(0x1c5n, SS).read('pc'), CODE + 0x108n);
  assert.is(run(0x3c0n, SS).read('esr_el1'), 0xcb00_0022n);
  // Where the level returned to is not stepped, PSTATE.SS is 0.
  const ss = (spsr: bigint, mdscr: bigint) =>
    stepping(spsr | STEPPED, { mdscr_el1: mdscr, mdcr_el2: 0 }).read('pstate.ss') !== 0n;
  assert.equal(
    [ss(0x1c5n, SS | KDE), ss(0x3c5n, SS | KDE), ss(0x1c5n, SS), ss(0x1c0n, SS)],
    [true, false, false, true],
  );
});

steps('HCR_EL2.TGE has EL2 step EL0', () => {
  const processor = stepping(0x3c0n | STEPPED, { mdcr_el2: 0, hcr_el2: RW | TGE });
  processor.step(2);
  assert.is(processor.read('esr_el2'), 0xcb00_0022n);
});

for (const [what, registers] of [
  ['MDSCR_EL1.SS', { mdscr_el1: 0 }],
  ['the OS lock open', { oslsr_el1: 0xa }],
  ['the OS double lock open', { osdlr_el1: 1 }],
] as const satisfies readonly (readonly [string, Registers])[]) {
  steps(`without ${what} nothing is stepped, and PSTATE.SS is not taken from SPSR`, () => {
    const processor = stepping(0x3c5n | STEPPED, registers);
    assert.is(processor.read('pstate.ss'), 0n);
    processor.step(2);
    assert.is(processor.read('pc'), CODE + 0x108n);
  });
}

steps('an exception return that is illegal does not take PSTATE.SS from SPSR', () => {
  assert.is(stepping(0x3cdn | STEPPED).read('pstate.ss'), 0n);
});

steps('nor does one at a level that is stepped itself: what it returns to is not executed', () => {
  const processor = stepping(0x1c5n | STEPPED, { mdscr_el1: SS | KDE, mdcr_el2: 0 });
  processor.write({ spsr_el1: 0x3c0n | STEPPED, elr_el1: CODE + 0x200n });
  processor.load(['eret'], CODE + 0x100n);
  processor.step();
  assert.is(processor.read('pstate.ss'), 0n);
  processor.step();
  assert.is(processor.read('elr_el1'), CODE + 0x200n);
  // From EL0, a lower level.
  assert.is(processor.read('esr_el1') & ~(1n << 24n), 0xca00_0022n);
});

steps('an instruction that is not executed leaves SS in SPSR: it is to be stepped again', () => {
  for (const line of ['udf #0', 'brk #0', 'ldr x0, [x1]', 'smc #0']) {
    const processor = stepping(0x3c5n | STEPPED, { x1: 1n << 45n });
    processor.load([line], CODE + 0x100n);
    processor.step();
    const taker = line === 'brk #0' ? 2 : 1;
    assert.is(processor.read(`spsr_el${taker}`) & STEPPED, STEPPED, line);
    assert.is(processor.read('pstate.ss'), 0n, line);
  }
});

steps('the first instruction of a handler at a level that is stepped is stepped before it is executed', () => {
  const processor = stepping(0x3c5n | STEPPED);
  processor.load(['udf #0'], CODE + 0x100n);
  processor.step(2);
  assert.is(processor.read('esr_el2') >> 26n, 0x32n);
  assert.is(processor.read('elr_el2'), EL1_VECTORS + 0x200n);
});

steps('HVC is stepped when it is taken', () => {
  const processor = stepping(0x3c5n | STEPPED);
  processor.load(['hvc #0'], CODE + 0x100n);
  processor.step();
  assert.is(processor.read('pc'), EL2_VECTORS + 0x400n);
  assert.is(processor.read('spsr_el2') & STEPPED, 0n);
});

steps('the exception comes before the breakpoint and the fetch of the next instruction', () => {
  const next = CODE + 0x104n;
  const processor = stepping(0x3c5n | STEPPED, { mdscr_el1: SS | MDE, dbgbvr0_el1: next, dbgbcr0_el1: BREAKPOINT });
  processor.step(2);
  assert.is(processor.read('esr_el2'), 0xcb00_0022n);
  const branch = stepping(0x3c5n | STEPPED, { x1: 2 });
  branch.load(['br x1'], CODE + 0x100n);
  branch.step(2);
  assert.is(branch.read('esr_el2'), 0xcb00_0022n);
  assert.is(branch.read('elr_el2'), 2n);
});

steps('an interrupt comes before an instruction that is to be stepped, and after one that was', () => {
  const before = stepping(0x345n | STEPPED);
  before.machine.cpu.setLine(IRQ, true);
  before.step();
  assert.is(before.read('pc'), EL1_VECTORS + 0x280n);
  assert.is(before.read('spsr_el1') & STEPPED, STEPPED);
  const after = stepping(0x345n | STEPPED);
  after.step();
  after.machine.cpu.setLine(IRQ, true);
  after.step();
  assert.is(after.read('esr_el2'), 0xcb00_0022n);
});

steps('undefined instructions that no table has are stepped as others are', () => {
  const processor = stepping(0x3c5n | STEPPED);
  processor.machine.memory.poke(CODE + 0x100n, 4, 0x0200_0000n);
  processor.step();
  assert.is(processor.read('esr_el1'), 0x0200_0000n);
  assert.is(processor.read('spsr_el1') & STEPPED, STEPPED);
});

steps.run();
