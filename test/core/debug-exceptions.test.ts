import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CODE, DATA, Processor, type Registers } from '../exec/processor.ts';

const EL1_VECTORS = 0x4001_1000n;
const EL2_VECTORS = 0x4001_2000n;
const MDE = 1n << 15n;
const KDE = 1n << 13n;
const SS = 1n;
const TDE = 1n << 8n;
const STEPPED = 1n << 21n;
/** Enabled, all four bytes, EL1 and EL0. */
const BREAKPOINT = 0x1e7n;
/** Enabled, stores, all bytes, EL1 and EL0. */
const WATCHPOINT = 0x1ff7n;

/** A processor at EL1 with debug open: the OS lock unlocked, PSTATE.D clear. */
function debugged(registers: Registers): Processor {
  const processor = new Processor();
  processor.write({
    vbar_el1: EL1_VECTORS,
    vbar_el2: EL2_VECTORS,
    hcr_el2: 1n << 31n,
    oslsr_el1: 8,
    daif: 0x1c0,
    mdscr_el1: MDE | KDE,
    ...registers,
  });
  processor.enter(1);
  return processor;
}

const breakpoints = suite('breakpoints');

breakpoints('a matching address ends in a breakpoint exception before the instruction', () => {
  const processor = debugged({ dbgbvr0_el1: CODE + 4n, dbgbcr0_el1: BREAKPOINT });
  processor.execute('mov x0, #1', 'mov x0, #2');
  assert.is(processor.read('x0'), 1n);
  assert.is(processor.read('esr_el1'), 0xc600_0022n);
  assert.is(processor.read('elr_el1'), CODE + 4n);
});

breakpoints('from a lower level it goes to EL1, or to EL2 by MDCR_EL2.TDE', () => {
  const toEl1 = debugged({ dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT });
  toEl1.enter(0);
  toEl1.execute('nop');
  assert.is(toEl1.read('esr_el1'), 0xc200_0022n);
  const toEl2 = debugged({ dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT, mdcr_el2: TDE, mdscr_el1: MDE });
  toEl2.execute('nop');
  assert.is(toEl2.read('esr_el2'), 0xc200_0022n);
});

for (const [what, registers] of [
  ['MDSCR_EL1.MDE', { mdscr_el1: KDE }],
  ['MDSCR_EL1.KDE at the level that takes it', { mdscr_el1: MDE }],
  ['DBGBCR.E', { dbgbcr0_el1: BREAKPOINT & ~1n }],
  ['PSTATE.D clear', { daif: 0x3c0 }],
  ['the OS lock open', { oslsr_el1: 0xa }],
  ['the level in PMC', { dbgbcr0_el1: 0x1e5n }],
] as const satisfies readonly (readonly [string, Registers])[]) {
  breakpoints(`without ${what} nothing happens`, () => {
    const processor = debugged({ dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT, ...registers });
    processor.execute('nop');
    assert.is(processor.read('pc'), CODE + 4n);
  });
}

breakpoints('a guest breakpoint never fires at EL2', () => {
  const processor = debugged({ dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT });
  processor.enter(2);
  processor.execute('nop');
  assert.is(processor.read('pc'), CODE + 4n);
});

breakpoints('one that is linked to a context fires in that context only', () => {
  const linked = { dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT | (1n << 20n) | (5n << 16n) };
  const context = { dbgbvr5_el1: 7, dbgbcr5_el1: BREAKPOINT | (3n << 20n) };
  for (const [contextidr_el1, fires] of [
    [7, true],
    [8, false],
  ] as const) {
    const processor = debugged({ ...linked, ...context, contextidr_el1 });
    processor.execute('nop');
    assert.is(processor.read('pc') !== CODE + 4n, fires);
  }
});

breakpoints('the instruction is not the next operation while its breakpoint comes first', () => {
  const processor = debugged({ dbgbvr0_el1: CODE + 4n, dbgbcr0_el1: BREAKPOINT });
  processor.load(['nop', 'nop']);
  assert.is.not(processor.machine.next(), undefined);
  processor.step();
  assert.is(processor.machine.next(), undefined);
  assert.is(processor.machine.step(), undefined);
});

breakpoints('the fast loop stops for them too', () => {
  const processor = debugged({ dbgbvr0_el1: CODE + 8n, dbgbcr0_el1: BREAKPOINT });
  processor.load(['nop', 'nop', 'nop', 'nop']);
  processor.machine.run(3);
  assert.is(processor.read('elr_el1'), CODE + 8n);
});

const watchpoints = suite('watchpoints');

watchpoints('a store to a watched byte ends in a watchpoint exception and is not made', () => {
  const processor = debugged({ dbgwvr0_el1: DATA + 8n, dbgwcr0_el1: WATCHPOINT, x0: 5, x1: DATA });
  processor.execute('str x0, [x1]', 'str x0, [x1, #8]');
  assert.is(processor.read('esr_el1'), 0xd600_0062n);
  assert.is(processor.read('far_el1'), DATA + 8n);
  assert.is(processor.read('elr_el1'), CODE + 4n);
  assert.is(processor.machine.physical.read64(DATA), 5n);
  assert.is(processor.machine.physical.read64(DATA + 8n), 0n);
});

watchpoints('loads are watched by LSC, and bytes by BAS', () => {
  const fires = (control: bigint, line: string) => {
    const processor = debugged({ dbgwvr0_el1: DATA, dbgwcr0_el1: control, x1: DATA });
    processor.execute(line);
    return processor.read('pc') !== CODE + 4n;
  };
  const loads = (WATCHPOINT & ~(3n << 3n)) | (1n << 3n);
  assert.not.ok(fires(WATCHPOINT, 'ldr x0, [x1]'));
  assert.ok(fires(loads, 'ldr x0, [x1]'));
  const upperHalf = (WATCHPOINT & ~(0xffn << 5n)) | (0xf0n << 5n);
  assert.not.ok(fires(upperHalf, 'str w0, [x1]'));
  assert.ok(fires(upperHalf, 'strb w0, [x1, #4]'));
  assert.ok(fires(upperHalf, 'str x0, [x1]'));
});

watchpoints('MASK widens a watchpoint to a block', () => {
  const processor = debugged({ dbgwvr0_el1: DATA, dbgwcr0_el1: WATCHPOINT | (8n << 24n), x1: DATA });
  processor.execute('str xzr, [x1, #256]', 'str xzr, [x1, #248]');
  assert.is(processor.read('far_el1'), DATA + 248n);
});

const steps = suite('software step');

/** An ERET from EL2 to EL1 code with software step on, debug exceptions going to EL2. */
function stepping(spsr: bigint): Processor {
  const processor = debugged({ mdscr_el1: SS, mdcr_el2: TDE, spsr_el2: spsr, elr_el2: CODE + 0x100n, currentel: 8 });
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

for (const tests of [breakpoints, watchpoints, steps]) tests.run();
