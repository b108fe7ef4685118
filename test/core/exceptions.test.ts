import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dataAbort, NotModelled, pcAlignment } from '../../sim/core/exceptions.ts';
import type { ExceptionEvent } from '../../sim/core/journal.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { CODE, DATA, Processor } from '../exec/processor.ts';

const EL1_VECTORS = 0x4001_1000n;
const EL2_VECTORS = 0x4001_2000n;
const TGE = 1n << 27n;
const RW = 1n << 31n;

/** A processor at `el` with vector bases and HCR_EL2 set. */
function at(el: 0 | 1 | 2, hcr = RW, model = cpuModel('cortex-a57')): Processor {
  const processor = new Processor({ model });
  processor.write({ vbar_el1: EL1_VECTORS, vbar_el2: EL2_VECTORS, hcr_el2: hcr });
  processor.enter(el);
  return processor;
}

const entry = suite('exception entry');

entry(
  'SVC at EL0 goes to EL1: vector for a lower level, return to the next instruction, immediate in the syndrome',
  () => {
    const processor = at(0);
    processor.flags = 'NzCv';
    processor.write({ daif: 0 });
    processor.execute('svc #0x1234');
    assert.is(processor.read('pc'), EL1_VECTORS + 0x400n);
    assert.is(processor.read('elr_el1'), CODE + 4n);
    assert.is(processor.read('esr_el1'), 0x5600_1234n);
    assert.is(processor.read('spsr_el1'), 0xa000_0000n);
    assert.is(processor.read('currentel'), 4n);
    assert.is(processor.read('spsel'), 1n);
    assert.is(processor.read('daif'), 0x3c0n);
  },
);

entry('the condition flags are left alone', () => {
  const processor = at(1);
  processor.flags = 'NzCV';
  processor.execute('svc #0');
  assert.is(processor.flags, 'NzCV');
});

entry('SVC at EL0 goes to EL2 under HCR_EL2.TGE', () => {
  const processor = at(0, RW | TGE);
  processor.execute('svc #1');
  assert.is(processor.read('pc'), EL2_VECTORS + 0x400n);
  assert.is(processor.read('esr_el2'), 0x5600_0001n);
});

entry('an exception from the same level takes the vector of the stack pointer in use', () => {
  const withSpX = at(1);
  withSpX.execute('svc #0');
  assert.is(withSpX.read('pc'), EL1_VECTORS + 0x200n);
  const withSp0 = at(1);
  withSp0.write({ spsel: 0 });
  withSp0.execute('svc #0');
  assert.is(withSp0.read('pc'), EL1_VECTORS);
  assert.is(withSp0.read('spsr_el1') & 0xfn, 4n);
  assert.is(withSp0.read('spsel'), 1n);
});

entry('HVC at EL1 goes to EL2, and is UNDEFINED at EL0 and under HCR_EL2.HCD', () => {
  const processor = at(1);
  processor.execute('hvc #7');
  assert.is(processor.read('pc'), EL2_VECTORS + 0x400n);
  assert.is(processor.read('esr_el2'), 0x5a00_0007n);
  assert.is(processor.read('elr_el2'), CODE + 4n);
  const user = at(0);
  user.execute('hvc #7');
  assert.is(user.read('esr_el1'), 0x0200_0000n);
  assert.is(user.read('elr_el1'), CODE);
  const disabled = at(1, RW | (1n << 29n));
  disabled.execute('hvc #7');
  assert.is(disabled.read('esr_el1'), 0x0200_0000n);
});

entry('SMC at EL1 is trapped by HCR_EL2.TSC, to return to itself, and else UNDEFINED', () => {
  const trapped = at(1, RW | (1n << 19n));
  trapped.execute('smc #9');
  assert.is(trapped.read('esr_el2'), 0x5e00_0009n);
  assert.is(trapped.read('elr_el2'), CODE);
  const without = at(1);
  without.execute('smc #9');
  assert.is(without.read('esr_el1'), 0x0200_0000n);
});

entry('BRK goes to EL1, or to EL2 by MDCR_EL2.TDE', () => {
  const processor = at(1);
  processor.execute('brk #3');
  assert.is(processor.read('esr_el1'), 0xf200_0003n);
  assert.is(processor.read('elr_el1'), CODE);
  const routed = at(1);
  routed.write({ mdcr_el2: 1 << 8 });
  routed.execute('brk #3');
  assert.is(routed.read('esr_el2'), 0xf200_0003n);
});

entry('an abort of stage 2 goes to EL2 with FAR_EL2 and the page of the IPA in HPFAR_EL2', () => {
  const processor = at(1);
  const { machine } = processor;
  machine.exceptions.take(
    dataAbort({
      status: 0b000111,
      far: 0xffff_0000_1234_5678n,
      write: true,
      stage2: { ipa: 0x80_9abc_d678n, s1ptw: false },
    }),
  );
  assert.is(processor.read('esr_el2'), 0x9200_0047n);
  assert.is(processor.read('far_el2'), 0xffff_0000_1234_5678n);
  assert.is(processor.read('hpfar_el2'), 0x809_abcd0n);
  assert.is(processor.read('far_el1'), 0n);
});

entry('an abort at the level that takes it has the exception class of its own level', () => {
  const processor = at(2);
  processor.machine.exceptions.take(dataAbort({ status: 0b000101, far: 0n, write: false }));
  assert.is(processor.read('esr_el2'), 0x9600_0005n);
});

entry('a PC that is no multiple of 4 is reported with the PC in FAR and ELR', () => {
  const processor = at(1);
  processor.write({ pc: CODE + 2n });
  processor.step();
  assert.is(processor.read('esr_el1'), 0x8a00_0000n);
  assert.is(processor.read('far_el1'), CODE + 2n);
  assert.is(processor.read('elr_el1'), CODE + 2n);
  assert.is(pcAlignment(1n).ec, 0x22);
});

entry('a load by a misaligned stack pointer faults where SCTLR_ELx.SA is set', () => {
  const processor = at(1);
  processor.write({ sctlr_el1: 0x30d0_0808n, sp_el1: DATA + 8n });
  processor.execute('ldr x0, [sp]');
  assert.is(processor.read('esr_el1'), 0x9a00_0000n);
  const unchecked = at(1);
  unchecked.write({ sctlr_el1: 0x30d0_0800n, sp_el1: DATA + 8n });
  unchecked.execute('ldr x0, [sp]');
  assert.is(unchecked.read('pc'), CODE + 4n);
});

entry('a stage 2 abort by a load of one register describes the register and the size', () => {
  const processor = at(1);
  // Stage 2 with no table: a translation fault at level 1.
  processor.write({ hcr_el2: RW | 1n, vtcr_el2: 0x8000_3559n, vttbr_el2: DATA });
  processor.machine.physical.write64(DATA + 8n, 0x4000_07fdn);
  processor.write({ x1: 0x8000_0000n });
  processor.execute('ldrsh x17, [x1, #2]');
  // ISV, SAS 1, SSE, SRT 17, SF, translation fault.
  assert.is(processor.read('esr_el2') & 0x1ff_ffc0n, 0x171_8000n);
  const pair = at(1);
  pair.write({ hcr_el2: RW | 1n, vtcr_el2: 0x8000_3559n, vttbr_el2: DATA });
  pair.machine.physical.write64(DATA + 8n, 0x4000_07fdn);
  pair.write({ x1: 0x8000_0000n });
  pair.execute('ldp x2, x3, [x1]');
  assert.is(pair.read('esr_el2') & 0x1ff_ffc0n, 0n);
});

entry('PSTATE.PAN is set on an exception to EL1 while SCTLR_EL1.SPAN is 0, and saved', () => {
  const model = cpuModel('neoverse-n1');
  const processor = at(0, RW, model);
  processor.write({ sctlr_el1: 0x3050_0800n });
  processor.execute('svc #0');
  assert.is(processor.read('pan'), 1n << 22n);
  assert.is(processor.read('spsr_el1') & (1n << 22n), 0n);
  const kept = at(0, RW, model);
  kept.write({ sctlr_el1: 0x30d0_0800n });
  kept.execute('svc #0');
  assert.is(kept.read('pan'), 0n);
});

entry('the journal is told of the exception as it was taken', () => {
  const processor = at(1);
  const events: ExceptionEvent[] = [];
  processor.load(['hvc #7']);
  processor.machine.cpu.journal = { cell: () => {}, memory: () => {}, exception: (event) => events.push(event) };
  processor.step();
  assert.equal(events, [
    { kind: 'sync', from: 1, to: 2, esr: 0x5a00_0007n, elr: CODE + 4n, vector: EL2_VECTORS + 0x400n },
  ]);
});

const returns = suite('exception return');

/** An ERET at `el` with the given SPSR. */
function eret(el: 1 | 2, spsr: bigint, hcr = RW): Processor {
  const processor = at(el, hcr);
  processor.write({ [`spsr_el${el}`]: spsr, [`elr_el${el}`]: CODE + 0x100n });
  processor.execute('eret');
  return processor;
}

returns('PSTATE comes from SPSR, the PC from ELR, and the exclusive monitor is opened', () => {
  const processor = at(2);
  processor.write({ x1: DATA, spsr_el2: 0x6000_0204n, elr_el2: CODE + 0x100n });
  processor.execute('ldxr x0, [x1]', 'eret');
  assert.is(processor.read('pc'), CODE + 0x100n);
  assert.is(processor.read('currentel'), 4n);
  assert.is(processor.read('spsel'), 0n);
  assert.is(processor.read('daif'), 0x200n);
  assert.is(processor.flags, 'nZCv');
  assert.is(processor.read('exclusive.size'), 0n);
});

for (const [what, el, spsr, hcr] of [
  ['a higher level', 1, 0x3c9n, RW],
  ['EL3', 2, 0x3cdn, RW],
  ['a reserved mode', 2, 0x3c6n, RW],
  ['EL0 with SP_EL1', 1, 0x3c1n, RW],
  ['EL1 under HCR_EL2.TGE', 2, 0x3c5n, RW | TGE],
  ['AArch64 EL1 while HCR_EL2.RW is 0', 2, 0x3c5n, 0n],
  ['AArch32 EL1 while HCR_EL2.RW is 1', 2, 0x3d3n, RW],
  ['AArch32 Hyp mode', 2, 0x3dan, RW],
] as const) {
  returns(
    `a return to ${what} is illegal: level and stack pointer stay, PSTATE.IL is set, the PC comes from ELR`,
    () => {
      const processor = eret(el, spsr | 0x8000_0000n, hcr);
      assert.is(processor.read('currentel'), BigInt(el << 2));
      assert.is(processor.read('spsel'), 1n);
      assert.is(processor.read('pstate.il'), 1n << 20n);
      assert.is(processor.read('pc'), CODE + 0x100n);
      assert.is(processor.flags, 'Nzcv');
    },
  );
}

returns('an instruction under PSTATE.IL takes an Illegal Execution state exception, which saves and clears it', () => {
  const processor = eret(2, 0x3cdn);
  processor.execute('nop');
  assert.is(processor.read('esr_el2'), 0x3a00_0000n);
  assert.is(processor.read('elr_el2'), CODE + 0x100n);
  assert.is(processor.read('spsr_el2') & (1n << 20n), 1n << 20n);
  assert.is(processor.read('pstate.il'), 0n);
});

returns('a legal return to AArch32 state is not modelled, and says so', () => {
  assert.throws(
    () => eret(2, 0x1d3n, 0n),
    (error: unknown) => error instanceof NotModelled && /AArch32/.test(error.message),
  );
  assert.throws(
    () => eret(1, 0x1d0n),
    (error: unknown) => error instanceof NotModelled,
  );
});

returns('ERET at EL0 is UNDEFINED', () => {
  const processor = at(0);
  processor.execute('eret');
  assert.is(processor.read('esr_el1'), 0x0200_0000n);
});

returns('a tagged address loses its tag where TCR_ELx.TBI says so', () => {
  const processor = at(1);
  processor.write({ spsr_el1: 0x3c0n, elr_el1: 0xab00_0000_4000_0100n, tcr_el1: 1n << 37n });
  processor.execute('eret');
  assert.is(processor.read('pc'), CODE + 0x100n);
});

entry.run();
returns.run();
