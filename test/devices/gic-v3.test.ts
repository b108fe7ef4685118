import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { VIRQ } from '../../sim/core/registers.ts';
import { CODE, Processor, type Registers } from '../exec/processor.ts';

const RW = 1n << 31n;
const IMO = 1n << 4n;
const FMO = 1n << 3n;
const PENDING = 1n << 62n;
const ACTIVE = 2n << 62n;
const GROUP1 = 1n << 60n;
const EOI = 1n << 41n;

function priority(value: number): bigint {
  return BigInt(value) << 48n;
}

/** A GICv3 core with the virtual interface on, Group 1 enabled, priorities up to 0xf0. */
function withGic(registers: Registers = {}): Processor {
  const processor = new Processor({ model: cpuModel('cortex-a57', { gic: 'v3' }) });
  processor.write({ x1: 1, x2: 0xf04c_000an, hcr_el2: RW | IMO | FMO, ...registers });
  processor.execute('msr ich_hcr_el2, x1', 'msr ich_vmcr_el2, x2');
  return processor;
}

const gic = suite('GICv3 CPU interface');

gic('has four list registers, five priority bits and one active-priorities register of each group', () => {
  const processor = withGic();
  processor.execute('mrs x0, ich_vtr_el2', 'mrs x3, ich_elrsr_el2');
  assert.is(processor.read('x0'), 0x90b8_0003n);
  assert.is(processor.read('x3'), 0xfn);
  for (const line of ['mrs x0, ich_lr4_el2', 'mrs x0, ich_ap0r1_el2', 'msr ich_ap1r1_el2, x0']) {
    const other = withGic();
    other.execute(line);
    assert.is(other.read('esr_el2'), 0x0200_0000n, line);
  }
});

gic('a guest acknowledges and ends what is in a list register by the names ICC_*', () => {
  const processor = withGic({ x5: PENDING | GROUP1 | priority(0x80) | 27n });
  processor.execute('msr ich_lr0_el2, x5');
  assert.is(processor.machine.cpu.cells[VIRQ], 1n);
  processor.enter(1);
  processor.execute('mrs x0, icc_hppir1_el1', 'mrs x6, icc_iar1_el1', 'mrs x7, icc_rpr_el1', 'mrs x8, icc_iar1_el1');
  assert.equal(
    ['x0', 'x6', 'x7', 'x8'].map((name) => processor.read(name)),
    [27n, 27n, 0x80n, 1023n],
  );
  assert.is(processor.read('ich_lr0_el2'), ACTIVE | GROUP1 | priority(0x80) | 27n);
  assert.is(processor.read('ich_ap1r0_el2'), 1n << 16n);
  assert.is(processor.machine.cpu.cells[VIRQ], 0n);
  processor.execute('msr icc_eoir1_el1, x6');
  assert.is(processor.read('ich_lr0_el2'), GROUP1 | priority(0x80) | 27n);
  assert.is(processor.read('ich_ap1r0_el2'), 0n);
});

gic('an end that asks for maintenance shows in EISR and MISR', () => {
  const processor = withGic({ x5: PENDING | GROUP1 | EOI | 27n });
  processor.execute('msr ich_lr2_el2, x5');
  processor.enter(1);
  processor.execute('mrs x6, icc_iar1_el1', 'msr icc_eoir1_el1, x6');
  processor.enter(2);
  processor.execute('mrs x0, ich_eisr_el2', 'mrs x3, ich_elrsr_el2', 'mrs x4, ich_misr_el2');
  assert.equal(
    ['x0', 'x3', 'x4'].map((name) => processor.read(name)),
    [4n, 0b1011n, 1n],
  );
});

gic("a guest's settings are fields of ICH_VMCR_EL2", () => {
  const processor = withGic({ x5: 0xa8, x6: 2, x7: 5, x8: 1 });
  processor.enter(1);
  processor.execute('msr icc_pmr_el1, x5', 'msr icc_ctlr_el1, x6', 'msr icc_bpr1_el1, x7', 'msr icc_igrpen0_el1, x8');
  processor.execute('mrs x0, icc_ctlr_el1', 'mrs x3, icc_bpr0_el1');
  assert.is(processor.read('x0'), 0x8c02n);
  assert.is(processor.read('x3'), 2n);
  // VPMR, VBPR0 2, VBPR1 5, VEOIM, VFIQEn, VENG1, VENG0.
  assert.is(processor.read('ich_vmcr_el2'), 0xa854_020bn);
  processor.enter(2);
  processor.execute('mrs x0, icc_pmr_el1');
  assert.is(processor.read('x0'), 0n, 'the physical one is another');
});

for (const el of [1, 2] as const) {
  gic(
    `with a common binary point, ICC_BPR1_EL1 is one more than ICC_BPR0_EL1 and cannot be written, at EL${el}`,
    () => {
      const processor = withGic({ x5: 1, x6: 4, x7: 7 });
      processor.enter(el);
      processor.execute('msr icc_ctlr_el1, x5', 'msr icc_bpr0_el1, x6', 'msr icc_bpr1_el1, x7', 'mrs x0, icc_bpr1_el1');
      assert.is(processor.read('x0'), 5n);
      processor.execute(
        'msr icc_bpr0_el1, x7',
        'mrs x0, icc_bpr1_el1',
        'msr icc_ctlr_el1, xzr',
        'mrs x3, icc_bpr1_el1',
      );
      assert.is(processor.read('x0'), 7n);
      assert.is(processor.read('x3'), 3n);
    },
  );
}

gic('with EOImode the priority drop and the deactivation are two writes', () => {
  const processor = withGic({ x5: PENDING | GROUP1 | 27n, x6: 2 });
  processor.execute('msr ich_lr0_el2, x5');
  processor.enter(1);
  processor.execute('msr icc_ctlr_el1, x6', 'mrs x7, icc_iar1_el1', 'msr icc_eoir1_el1, x7');
  assert.is(processor.read('ich_lr0_el2'), ACTIVE | GROUP1 | 27n);
  assert.is(processor.read('ich_ap1r0_el2'), 0n);
  processor.execute('msr icc_dir_el1, x7');
  assert.is(processor.read('ich_lr0_el2'), GROUP1 | 27n);
});

gic('the physical names reach whatever distributor is behind them', () => {
  const processor = withGic({ hcr_el2: RW, x5: 0xf0, x6: 1 });
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      calls.push([name, ...args].join(' '));
  processor.machine.gicV3!.physical = {
    acknowledge: (group) => 30 + group,
    highestPending: (group) => 40 + group,
    end: note('end'),
    deactivate: note('deactivate'),
    runningPriority: 0x60,
    generate: note('generate'),
    changed: note('changed'),
  };
  processor.enter(1);
  processor.execute('mrs x0, icc_iar1_el1', 'mrs x3, icc_hppir0_el1', 'mrs x4, icc_rpr_el1', 'msr icc_pmr_el1, x5');
  processor.execute('msr icc_eoir1_el1, x0', 'msr icc_dir_el1, x0', 'msr icc_sgi1r_el1, x6', 'msr icc_ap1r0_el1, x6');
  assert.equal(
    ['x0', 'x3', 'x4'].map((name) => processor.read(name)),
    [31n, 40n, 0x60n],
  );
  assert.equal(calls, ['changed', 'end 1 31', 'deactivate 31', 'generate icc_sgi1r_el1 1', 'changed']);
  assert.is(processor.read('icc_pmr_el1'), 0xf0n);
  assert.is(processor.read('icc_ap1r0_el1'), 1n);
});

gic('without HCR_EL2.IMO the names are the physical interface, where nothing is pending', () => {
  const processor = withGic({ hcr_el2: RW, x5: PENDING | GROUP1 | 27n });
  processor.execute('msr ich_lr0_el2, x5');
  processor.enter(1);
  processor.execute('mrs x0, icc_iar1_el1', 'mrs x3, icc_hppir1_el1', 'mrs x4, icc_rpr_el1');
  assert.equal(
    ['x0', 'x3', 'x4'].map((name) => processor.read(name)),
    [1023n, 1023n, 0xffn],
  );
});

for (const [control, bit, trapped, allowed] of [
  ['TC', 10n, 'mrs x0, icc_pmr_el1', 'mrs x0, icc_iar1_el1'],
  ['TALL0', 11n, 'mrs x0, icc_iar0_el1', 'mrs x0, icc_iar1_el1'],
  ['TALL1', 12n, 'mrs x0, icc_iar1_el1', 'mrs x0, icc_iar0_el1'],
  ['TDIR', 14n, 'msr icc_dir_el1, x0', 'mrs x0, icc_pmr_el1'],
] as const) {
  gic(`ICH_HCR_EL2.${control} traps EL1's accesses to EL2`, () => {
    const run = (line: string) => {
      const processor = withGic({ x1: 1n << bit });
      processor.enter(1);
      processor.execute(line);
      return processor.read('esr_el2') >> 26n;
    };
    assert.is(run(trapped), 0x18n);
    assert.is(run(allowed), 0n);
  });
}

gic('EL1 may not send interrupts while EL2 takes them', () => {
  const processor = withGic();
  processor.enter(1);
  processor.execute('msr icc_sgi1r_el1, x0');
  assert.is(processor.read('esr_el2') >> 26n, 0x18n);
});

gic('with the system-register interface off, accesses are trapped to their own level', () => {
  const processor = withGic();
  processor.write({ vbar_el1: 0x4001_1000n });
  processor.execute('msr icc_sre_el1, xzr');
  processor.enter(1);
  processor.execute('mrs x0, icc_pmr_el1');
  assert.is(processor.read('esr_el1') >> 26n, 0x18n);
  const el2 = withGic();
  el2.execute('msr icc_sre_el2, xzr', 'mrs x0, ich_lr0_el2');
  assert.is(el2.read('esr_el2') >> 26n, 0x18n);
  const el1 = withGic({ x1: 1 });
  el1.execute('msr icc_sre_el2, x1');
  el1.enter(1);
  el1.write({ pc: CODE + 0x100n });
  el1.execute('mrs x0, icc_sre_el1');
  assert.is(el1.read('esr_el2') >> 26n, 0x18n, 'ICC_SRE_EL2.Enable');
});

gic('the registers do not exist on a core without a GICv3', () => {
  const processor = new Processor();
  processor.execute('mrs x0, ich_vtr_el2');
  assert.is(processor.read('esr_el2'), 0x0200_0000n);
});

gic.run();
