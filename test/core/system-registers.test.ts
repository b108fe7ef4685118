import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NotModelled } from '../../sim/core/exceptions.ts';
import { cpuModel, debugRegisterCounts, featuresOf } from '../../sim/core/models.ts';
import { CODE, Processor } from '../exec/processor.ts';

const UNDEFINED = 0x0200_0000n;
const ONES = 0xffff_ffff_ffff_ffffn;

/** What `mrs x0, name` reads at EL2 after `value` was written to it. */
function readBack(name: string, value: bigint): bigint {
  const processor = new Processor();
  processor.write({ x1: value });
  processor.execute(`msr ${name}, x1`, `mrs x0, ${name}`);
  return processor.read('x0');
}

/** Whether `line` is UNDEFINED at `el`. */
function isUndefined(line: string, el: 0 | 1 | 2, model = cpuModel('cortex-a57')): boolean {
  const processor = new Processor({ model });
  processor.write({
    hcr_el2: 1n << 31n,
    mdcr_el2: 6,
    cptr_el2: 0x33ff,
    cnthctl_el2: 3,
    cntkctl_el1: 0x303,
    pmuserenr_el0: 1,
  });
  processor.enter(el);
  processor.execute(line);
  return processor.read('pc') !== CODE + 4n && processor.read(el === 2 ? 'esr_el2' : 'esr_el1') === UNDEFINED;
}

const reserved = suite('reserved bits');

for (const [name, mask, res1] of [
  ['hcr_el2', 0x3_ffff_ffffn, 0n],
  ['cptr_el2', 0x8010_0400n, 0x33ffn],
  ['mdcr_el2', 0xfffn, 0n],
  ['hstr_el2', 0xbfefn, 0n],
  ['vbar_el1', ~0x7ffn, 0n],
  ['esr_el2', 0xffff_ffffn, 0n],
  ['hpfar_el2', 0xff_ffff_fff0n, 0n],
  ['tcr_el2', 0x0017_ff3fn, 0x8080_0000n],
  ['vtcr_el2', 0x0007_ffffn, 0x8000_0000n],
  ['cpacr_el1', 0x1030_0000n, 0n],
  ['dbgwcr0_el1', 0x1f1f_ffffn, 0n],
  ['mdccint_el1', 0x6000_0000n, 0n],
  ['fpexc32_el2', 0x4000_0000n, 0x700n],
  ['csselr_el1', 0xfn, 0n],
  ['actlr_el1', 0n, 0n],
] as const) {
  reserved(`${name} keeps the bits the manual gives a meaning; RES0 reads 0, RES1 reads 1`, () => {
    assert.is(readBack(name, ONES), (BigInt.asUintN(64, mask) & ONES) | res1);
    assert.is(readBack(name, 0n), res1);
  });
}

const resets = suite('reset');

// The cores' Technical Reference Manuals, chapter 4, "AArch64 register summary"; with no value there, what the Arm ARM has in
// "reset value" of each register for a PE whose highest level is EL2.
for (const [model, values] of [
  ['cortex-a53', { midr_el1: 0x410f_d034n, pmcr_el0: 0x4103_3000n, sctlr_el1: 0x00c5_0838n, ctr_el0: 0x8444_8004n }],
  ['cortex-a57', { midr_el1: 0x411f_d070n, pmcr_el0: 0x4101_3000n, sctlr_el1: 0x00c5_0838n, ctr_el0: 0x8444_c004n }],
  ['cortex-a72', { midr_el1: 0x410f_d083n, pmcr_el0: 0x4102_3000n, sctlr_el1: 0x00c5_0838n, ctr_el0: 0x8444_c004n }],
] as const) {
  resets(`${model} starts at EL2h with everything masked, traps and timers as the manuals say`, () => {
    const processor = new Processor({ model: cpuModel(model) });
    const read = (name: string) => processor.machine.systemRegisters.named(name)!.read();
    for (const [name, value] of Object.entries({
      ...values,
      vpidr_el2: values.midr_el1,
      vmpidr_el2: 0x8000_0000n,
      mdcr_el2: 6n,
      cptr_el2: 0x33ffn,
      hstr_el2: 0n,
      cpacr_el1: 0n,
      hcr_el2: 0n,
      cnthctl_el2: 3n,
      oslsr_el1: 0xan,
      currentel: 8n,
      spsel: 1n,
      daif: 0x3c0n,
    })) {
      assert.is(read(name), value, name);
    }
    // M, C and I are 0 in both.
    assert.is((read('sctlr_el1') | read('sctlr_el2')) & 0x1005n, 0n);
  });
}

const access = suite('access rules');

access('a register of a higher level is UNDEFINED, and so is one that can only be read or only be written', () => {
  assert.ok(isUndefined('mrs x0, hcr_el2', 1));
  assert.ok(isUndefined('mrs x0, sctlr_el1', 0));
  assert.ok(isUndefined('msr midr_el1, x0', 2));
  assert.ok(isUndefined('msr currentel, x0', 2));
  assert.ok(isUndefined('mrs x0, oslar_el1', 2));
  assert.ok(isUndefined('msr tpidrro_el0, x0', 0));
  assert.not.ok(isUndefined('mrs x0, tpidrro_el0', 0));
  assert.not.ok(isUndefined('mrs x0, sctlr_el1', 2));
});

access('EL3 and what this processor lacks are UNDEFINED', () => {
  for (const line of [
    'mrs x0, scr_el3',
    'mrs x0, elr_el3',
    'mrs x0, pan',
    'mrs x0, zcr_el1',
    'msr pan, #1',
    'tlbi alle3',
  ]) {
    assert.ok(isUndefined(line, 2), line);
  }
  assert.not.ok(isUndefined('mrs x0, pan', 2, cpuModel('neoverse-n1')));
});

access('reserved identification registers read 0', () => {
  const processor = new Processor();
  processor.write({ x0: 1 });
  processor.execute('mrs x0, s3_0_c0_c7_7');
  assert.is(processor.read('x0'), 0n);
});

access('SP_EL0 by name is UNDEFINED while it is the stack pointer, as SP', () => {
  assert.not.ok(isUndefined('mrs x0, sp_el0', 1));
  const processor = new Processor();
  processor.write({ spsel: 0 });
  processor.execute('mrs x0, sp_el0');
  assert.is(processor.read('esr_el2'), UNDEFINED);
});

access('SPSel chooses which stack pointer SP is', () => {
  const processor = new Processor();
  processor.write({ sp_el0: 0x1000, sp_el2: 0x2000 });
  processor.execute('mov x0, sp', 'msr spsel, #0', 'mov x1, sp', 'add sp, sp, #16', 'msr spsel, #1', 'mov x2, sp');
  assert.equal(
    ['x0', 'x1', 'x2', 'sp_el0'].map((name) => processor.read(name)),
    [0x2000n, 0x1000n, 0x2000n, 0x1010n],
  );
});

access('PSTATE by name: NZCV, DAIF, CurrentEL', () => {
  const processor = new Processor();
  processor.write({ x1: ONES, x2: 0 });
  processor.execute(
    'msr nzcv, x1',
    'mrs x0, nzcv',
    'msr daif, x2',
    'msr daifset, #5',
    'mrs x3, daif',
    'mrs x4, currentel',
  );
  assert.is(processor.read('x0'), 0xf000_0000n);
  assert.is(processor.read('x3'), 0x140n);
  assert.is(processor.read('x4'), 8n);
  processor.execute('msr daifclr, #4', 'mrs x3, daif');
  assert.is(processor.read('x3'), 0x40n);
});

access('HCR_EL2.E2H is not modelled, and says so', () => {
  const processor = new Processor({ model: cpuModel('neoverse-n1') });
  processor.write({ x0: 1n << 34n });
  processor.load(['msr hcr_el2, x0']);
  assert.throws(
    () => processor.step(),
    (error: unknown) => error instanceof NotModelled && /E2H/.test(error.message),
  );
});

const identity = suite('identification');

identity('EL1 reads MIDR and MPIDR as EL2 wrote them to VPIDR and VMPIDR', () => {
  const processor = new Processor();
  processor.write({ x1: 0x410f_d034n, x2: 0x8000_0103n, hcr_el2: 1n << 31n });
  processor.execute('msr vpidr_el2, x1', 'msr vmpidr_el2, x2', 'mrs x3, midr_el1');
  processor.enter(1);
  processor.execute('mrs x4, midr_el1', 'mrs x5, mpidr_el1');
  assert.is(processor.read('x3'), 0x411f_d070n);
  assert.is(processor.read('x4'), 0x410f_d034n);
  assert.is(processor.read('x5'), 0x8000_0103n);
});

identity('CCSIDR_EL1 describes the cache that CSSELR_EL1 selects', () => {
  const sizes = [0, 1, 2, 4].map((selector) => {
    const processor = new Processor();
    processor.write({ x1: selector });
    processor.execute('msr csselr_el1, x1', 'mrs x0, ccsidr_el1');
    return processor.read('x0');
  });
  assert.equal(sizes, [0x701f_e00an, 0x201f_e012n, 0x70ff_e07an, 0n]);
});

identity('DCZID_EL0.DZP tells whether DC ZVA may be used', () => {
  const read = (el: 0 | 1 | 2, hcr: bigint, sctlr: bigint) => {
    const processor = new Processor();
    processor.write({ hcr_el2: hcr, sctlr_el1: sctlr });
    processor.enter(el);
    processor.execute('mrs x0, dczid_el0');
    return processor.read('x0');
  };
  assert.is(read(2, 1n << 28n, 0n), 4n);
  assert.is(read(1, 1n << 28n, 0n), 0x14n);
  assert.is(read(0, 0n, 0n), 0x14n);
  assert.is(read(0, 0n, 1n << 14n), 4n);
});

for (let count = 1; count <= 16; count++) {
  identity(`with ${count} breakpoints and watchpoints, those below ${count} exist and the rest are UNDEFINED`, () => {
    const model = cpuModel('cortex-a57', { breakpoints: count, watchpoints: count });
    const { breakpoints, watchpoints } = debugRegisterCounts(model);
    assert.equal({ breakpoints, watchpoints }, { breakpoints: count, watchpoints: count });
    for (const stem of ['dbgbvr', 'dbgbcr', 'dbgwvr', 'dbgwcr']) {
      assert.not.ok(isUndefined(`mrs x0, ${stem}${count - 1}_el1`, 1, model));
      assert.not.ok(isUndefined(`msr ${stem}${count - 1}_el1, x0`, 1, model));
      if (count === 16) continue;
      const { machine } = new Processor({ model });
      assert.ok(isUndefined(`mrs x0, ${stem}${count}_el1`, 1, model));
      assert.is(machine.systemRegisters.named(`${stem}${count}_el1`), undefined);
      assert.is(machine.cellNamed(`${stem}${count}_el1`), undefined);
      assert.not.ok([...machine.systemRegisters.all].some(({ name }) => name === `${stem}${count}_el1`));
    }
  });
}

identity('the numbers stand in ID_AA64DFR0_EL1, with no more context-aware breakpoints than breakpoints', () => {
  const values = (breakpoints: number, watchpoints: number) =>
    cpuModel('cortex-a57', { breakpoints, watchpoints }).values.id_aa64dfr0_el1!;
  assert.is(values(6, 4), 0x1030_5106n);
  assert.is(values(16, 1), 0x1000_f106n);
  assert.is(values(1, 16), 0x00f0_0106n);
});

identity('a GICv3 and extensions show in the identification registers', () => {
  assert.is((cpuModel('cortex-a57', { gic: 'v3' }).values.id_aa64pfr0_el1! >> 24n) & 0xfn, 1n);
  assert.ok(featuresOf(cpuModel('neoverse-n1')).has('lse'));
  assert.not.ok(featuresOf(cpuModel('cortex-a72')).has('lse'));
});

identity('an unknown model and impossible numbers are refused with what would do', () => {
  assert.throws(() => cpuModel('cortex-a99'), /unknown CPU model 'cortex-a99': one of cortex-a53, cortex-a57/);
  assert.throws(() => cpuModel('cortex-a57', { breakpoints: 17 }), /17 breakpoints: a core has 1 to 16/);
  assert.throws(() => cpuModel('cortex-a57', { watchpoints: 0 }), /0 watchpoints: a core has 1 to 16/);
});

const debug = suite('debug registers');

debug('the OS lock is locked after reset, and OSLAR_EL1 opens it', () => {
  const processor = new Processor();
  processor.execute('mrs x0, oslsr_el1', 'msr oslar_el1, xzr', 'mrs x1, oslsr_el1');
  assert.is(processor.read('x0'), 0xan);
  assert.is(processor.read('x1'), 8n);
});

debug('OSLAR_EL1 locks it again, and only bit 0 counts', () => {
  const processor = new Processor();
  processor.write({ x1: 0xffff_fffen, x2: 1 });
  processor.execute('msr oslar_el1, x1', 'mrs x3, oslsr_el1', 'msr oslar_el1, x2', 'mrs x4, oslsr_el1');
  assert.is(processor.read('x3'), 8n);
  assert.is(processor.read('x4'), 0xan);
});

debug('DBGBCR<n>_EL1.BAS shows each bit for a halfword twice', () => {
  assert.is(readBack('dbgbcr0_el1', 0x20n), 0x60n);
  assert.is(readBack('dbgbcr0_el1', 0x80n), 0x180n);
  assert.is(readBack('dbgbcr0_el1', 0x140n), 0n);
  assert.is(readBack('dbgbcr0_el1', ONES), 0xff_e1e7n);
});

debug('DBGWVR<n>_EL1 is a word address, DBGBVR<n>_EL1 may hold a context ID', () => {
  assert.is(readBack('dbgwvr0_el1', ONES), ONES - 3n);
  assert.is(readBack('dbgbvr0_el1', ONES), ONES);
});

debug("MDSCR_EL1's copies of the external debugger's bits can be written only under the OS lock", () => {
  const processor = new Processor();
  processor.write({ x1: ONES });
  processor.execute(
    'msr mdscr_el1, x1',
    'mrs x0, mdscr_el1',
    'msr oslar_el1, xzr',
    'msr mdscr_el1, xzr',
    'mrs x2, mdscr_el1',
  );
  assert.is(processor.read('x0'), 0x6ce0_f041n);
  assert.is(processor.read('x2'), 0x6ce0_4040n);
});

debug('claim tags are set by one register and cleared by the other', () => {
  const processor = new Processor();
  processor.write({ x1: 0xf0f, x2: 3 });
  processor.execute(
    'msr dbgclaimset_el1, x1',
    'mrs x3, dbgclaimclr_el1',
    'msr dbgclaimclr_el1, x2',
    'mrs x4, dbgclaimclr_el1',
  );
  assert.is(processor.read('x3'), 0xfn);
  assert.is(processor.read('x4'), 0xcn);
  processor.execute('mrs x5, dbgclaimset_el1');
  assert.is(processor.read('x5'), 0xffn);
});

for (const tests of [reserved, resets, access, identity, debug]) tests.run();
