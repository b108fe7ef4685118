/** Hints, barriers, PSTATE immediates and flag instructions (Arm ARM C5.2, C6.2). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CpuModel, cpuModel } from '../../sim/core/models.ts';
import { SERROR } from '../../sim/core/registers.ts';
import { CODE, DATA, Processor } from './processor.ts';

const system = suite('system instructions');

const RW = 1n << 31n;
const AMO = 1n << 5n;
const VSE = 1n << 8n;

/** A Neoverse N1 with FEAT_FlagM. */
function withFlagManipulation(): CpuModel {
  const model = cpuModel('neoverse-n1');
  return { ...model, values: { ...model.values, id_aa64isar0_el1: model.values.id_aa64isar0_el1! | (1n << 52n) } };
}

system('WFE takes the event that SEV, SEVL and an exception return leave', () => {
  const processor = new Processor();
  processor.execute('wfe', 'sev', 'sevl');
  assert.is(processor.read('event'), 1n);
  processor.execute('wfe');
  assert.is(processor.read('event'), 0n);
  processor.write({ spsr_el2: 0x3c9, elr_el2: CODE });
  processor.execute('eret');
  assert.is(processor.read('event'), 1n);
});

system('MSR ends straight-line code where translation, traps or interrupts may depend on the register', () => {
  /** Steps that are made in one go of an MSR of 1 to the register and of three NOPs. */
  const together = (name: string, el: 1 | 2) => {
    const processor = new Processor();
    processor.load(['mov x0, #1', `msr ${name}, x0`, 'nop', 'nop', 'nop']);
    processor.enter(el);
    processor.machine.step();
    return processor.machine.runStretch(4, 1, []);
  };
  for (const name of ['ttbr0_el2', 'hcr_el2', 'mdscr_el1', 'cntv_ctl_el0', 'daif', 's3_7_c15_c15_7']) {
    assert.is(together(name, 2), 1, name);
  }
  for (const name of ['ttbr0_el1', 'vttbr_el2', 'dbgbcr0_el1', 'contextidr_el1', 'far_el2', 'tpidr_el1']) {
    assert.is(together(name, 2), 4, name);
  }
  for (const name of ['ttbr0_el1', 'daif', 'mdscr_el1']) assert.is(together(name, 1), 1, name);
  for (const name of ['dbgbcr0_el1', 'contextidr_el1', 'tpidr_el1']) assert.is(together(name, 1), 4, name);
});

system('barriers and hints go on to the next instruction', () => {
  const processor = new Processor();
  const lines = ['dsb sy', 'dmb ish', 'isb', 'nop', 'yield', 'csdb', 'psb csync', 'tsb csync', 'hint #127', 'esb'];
  processor.execute(...lines);
  assert.is(processor.read('pc'), CODE + 4n * BigInt(lines.length));
});

system('ESB defers a masked SError to DISR_EL1, and a virtual one to VDISR_EL2', () => {
  const physical = new Processor({ model: cpuModel('neoverse-n1') });
  physical.machine.cpu.setLine(SERROR, true);
  physical.execute('esb', 'mrs x0, disr_el1', 'msr disr_el1, xzr');
  assert.is(physical.read('x0'), 1n << 31n);
  assert.is(physical.read('serror'), 0n);
  const virtual = new Processor({ model: cpuModel('neoverse-n1') });
  virtual.write({ hcr_el2: RW | AMO | VSE, vsesr_el2: 0x123 });
  virtual.enter(1);
  virtual.execute('esb', 'mrs x0, disr_el1');
  assert.is(virtual.read('x0'), (1n << 31n) | 0x123n);
  assert.is(virtual.read('vdisr_el2'), (1n << 31n) | 0x123n);
  assert.is(virtual.read('hcr_el2'), RW | AMO);
});

system(
  'ESB defers a physical SError only where it is masked: by PSTATE.A at the level that takes it, or at one above',
  () => {
    const A = 1n << 8n;
    const TGE = 1n << 27n;
    for (const [el, hcr, daif, isDeferred] of [
      [0, 0n, A, true],
      [1, 0n, A, true],
      [2, 0n, A, true],
      [2, 0n, 0n, true],
      [2, AMO, A, true],
      [1, AMO, A, false],
      [0, AMO, A, false],
      [0, TGE, A, false],
      [2, TGE, A, true],
      [1, 0n, 0x2c0n, false],
    ] as const) {
      const processor = new Processor({ model: cpuModel('neoverse-n1') });
      processor.write({ hcr_el2: RW | hcr, daif, vbar_el1: 0x4000_1000n, vbar_el2: 0x4000_1000n });
      processor.enter(el);
      processor.machine.cpu.setLine(SERROR, true);
      processor.execute('esb');
      const what = `EL${el}, HCR_EL2 0x${hcr.toString(16)}, DAIF 0x${daif.toString(16)}`;
      assert.is(processor.read('disr_el1') !== 0n, isDeferred, what);
      // Deferred or taken, it is not pending any more.
      assert.is(processor.read('serror'), 0n, what);
    }
  },
);

system('ESB defers a virtual SError only where it is pending and PSTATE.A is set', () => {
  for (const [el, hcr, daif, isDeferred] of [
    [1, AMO | VSE, 0x100n, true],
    [0, AMO | VSE, 0x100n, true],
    [1, AMO, 0x100n, false],
    [1, VSE, 0x100n, false],
    [2, AMO | VSE, 0x100n, false],
    [0, AMO | VSE | (1n << 27n), 0x100n, false],
    [1, AMO | VSE, 0x2c0n, false],
  ] as const) {
    const processor = new Processor({ model: cpuModel('neoverse-n1') });
    processor.write({ hcr_el2: RW | hcr, daif, vbar_el1: 0x4000_1000n });
    processor.enter(el);
    processor.execute('esb');
    assert.is(processor.read('vdisr_el2') !== 0n, isDeferred, `EL${el}, HCR_EL2 0x${hcr.toString(16)}`);
  }
});

system('PAN, UAO and SSBS are set by MSR (immediate) where the processor has them', () => {
  const processor = new Processor({ model: cpuModel('neoverse-n1') });
  processor.execute(
    'msr pan, #1',
    'msr uao, #1',
    'msr ssbs, #1',
    'mrs x0, pan',
    'mrs x1, uao',
    'mrs x2, ssbs',
    'msr pan, #0',
  );
  assert.is(processor.read('x0'), 1n << 22n);
  assert.is(processor.read('x1'), 1n << 23n);
  assert.is(processor.read('x2'), 1n << 12n);
  assert.is(processor.read('pan'), 0n);
  for (const line of ['msr pan, #1', 'msr uao, #1', 'msr ssbs, #1', 'msr dit, #1']) {
    const without = new Processor();
    without.execute(line);
    assert.is(without.read('esr_el2'), 0x0200_0000n, line);
  }
});

system('of the immediate of a field with one bit, the bits above it do not count', () => {
  const processor = new Processor();
  for (const [crm, spsel] of [
    [2, 0n],
    [15, 1n],
    [14, 0n],
  ] as const) {
    processor.machine.memory.poke(processor.read('pc'), 4, BigInt(0xd500_40bf | (crm << 8)));
    processor.step();
    assert.is(processor.read('spsel'), spsel, `SPSel, #${crm}`);
  }
  assert.is(processor.read('pc'), CODE + 12n);
});

system('CFINV, RMIF and SETF change the flags they name', () => {
  const flags = (line: string, before: string, x1 = 0n) => {
    const processor = new Processor({ model: withFlagManipulation() });
    processor.flags = before;
    processor.write({ x1 });
    processor.execute(line);
    return processor.flags;
  };
  assert.is(flags('cfinv', 'NzcV'), 'NzCV');
  assert.is(flags('rmif x1, #4, #9', 'nZCv', 0xf0n), 'NZCV');
  assert.is(flags('rmif x1, #0, #6', 'nZCv', 0n), 'nzcv');
  assert.is(flags('setf8 w1', 'nzCv', 0x80n), 'NzCV');
  assert.is(flags('setf8 w1', 'nzcv', 0x100n), 'nZcV');
  assert.is(flags('setf16 w1', 'NZCV', 0x1_8000n), 'NzCv');
});

system('pointer authentication that the processor has is not modelled, and says so', () => {
  const model = cpuModel('neoverse-n1');
  const values = { ...model.values, id_aa64isar1_el1: model.values.id_aa64isar1_el1! | (1n << 4n) };
  for (const line of ['paciasp', 'pacga x0, x1, x2']) {
    const processor = new Processor({ model: { ...model, values } });
    processor.load([line]);
    assert.throws(() => processor.step(), /not modelled: /);
  }
});

system('DC ZVA zeroes the block around an address in Normal memory', () => {
  const processor = new Processor();
  const { physical } = processor.machine;
  for (let i = 0n; i < 24n; i++) physical.write64(DATA + 8n * i, 0xffff_ffff_ffff_ffffn);
  physical.write64(DATA + 0x1008n, 0x4000_0701n);
  processor.write({
    x1: DATA + 0x48n,
    ttbr0_el2: DATA + 0x1000n,
    mair_el2: 0xff,
    tcr_el2: 0x8082_3519n,
    sctlr_el2: 0x30c5_1831n,
  });
  processor.execute('dc zva, x1');
  const words = Array.from({ length: 24 }, (_, i) => physical.read64(DATA + 8n * BigInt(i)));
  assert.equal(
    words.map((word) => word === 0n),
    Array.from({ length: 24 }, (_, i) => i >= 8 && i < 16),
  );
});

system('AT writes PAR_EL1; TLBI and cache maintenance by set and way go on', () => {
  const processor = new Processor();
  processor.write({ x1: DATA });
  processor.execute('at s1e2r, x1', 'mrs x0, par_el1', 'tlbi alle2', 'tlbi vae2is, x1', 'dc cisw, x1', 'ic iallu');
  assert.is(processor.read('x0') & 0xffff_f000n, DATA);
  assert.is(processor.read('x0') & 1n, 0n);
  assert.is(processor.read('pc'), CODE + 24n);
});

system('HLT #0xF000 calls semihosting where it is attached, and is UNDEFINED elsewhere', () => {
  const processor = new Processor();
  let calls = 0;
  processor.machine.semihosting = () => {
    calls++;
  };
  processor.execute('hlt #0xf000', 'nop');
  assert.is(calls, 1);
  assert.is(processor.read('pc'), CODE + 8n);
  // Another immediate; at EL0.
  processor.execute('hlt #0xf001');
  assert.is(processor.read('esr_el2'), 0x0200_0000n);
  processor.write({ pc: CODE, hcr_el2: RW });
  processor.enter(0);
  processor.execute('hlt #0xf000');
  assert.is(processor.read('esr_el1'), 0x0200_0000n);
  assert.is(calls, 1);
  const without = new Processor();
  without.execute('hlt #0xf000');
  assert.is(without.read('esr_el2'), 0x0200_0000n);
});

system.run();
