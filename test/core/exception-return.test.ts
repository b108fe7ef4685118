import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArchException, NotModelled } from '../../sim/core/exceptions.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { IRQ } from '../../sim/core/registers.ts';
import { CODE, DATA, type Processor } from '../exec/processor.ts';
import { at, EL1_VECTORS, EL2_VECTORS, RW, TGE } from './levels.ts';

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
  ['AArch32 Hyp mode', 2, 0x3dan, 0n],
  ['AArch32 Monitor mode', 2, 0x3d6n, 0n],
  ['an AArch32 mode that there is not', 2, 0x3d4n, 0n],
  ['AArch32 EL1 from EL1', 1, 0x3d3n, RW],
  ['AArch32 EL1 under HCR_EL2.TGE', 2, 0x3d3n, TGE],
  ['AArch64 EL0 while HCR_EL2.RW is 0', 2, 0x3c0n, 0n],
  ['EL2 with M[1]', 2, 0x3cbn, RW],
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

for (const [what, el, spsr, hcr] of [
  ['EL2 with SP_EL2', 2, 0x3c9n, 0n],
  ['EL2 with SP_EL0', 2, 0x3c8n, RW | TGE],
  ['EL1 with SP_EL1', 2, 0x3c5n, RW],
  ['EL1 with SP_EL0', 1, 0x3c4n, RW],
  ['EL0 from EL2', 2, 0x3c0n, RW],
  ['EL0 under HCR_EL2.TGE', 2, 0x3c0n, RW | TGE],
  ['EL0 from EL1', 1, 0x3c0n, RW],
] as const) {
  returns(`a return to ${what} is legal`, () => {
    const processor = eret(el, spsr, hcr);
    assert.is(processor.read('pstate.il'), 0n);
    assert.is(processor.read('currentel') | processor.read('spsel'), spsr & 0xfn);
  });
}

returns('SPSR.IL is PSTATE.IL after a legal return', () => {
  assert.is(eret(2, 0x3c5n | (1n << 20n)).read('pstate.il'), 1n << 20n);
});

returns('an illegal return takes DAIF and PAN from SPSR, and UAO not', () => {
  const processor = at(2, RW, cpuModel('neoverse-n1'));
  processor.write({ daif: 0x3c0, spsr_el2: 0x4dn | (3n << 22n), elr_el2: CODE + 0x100n });
  processor.execute('eret');
  assert.is(processor.read('daif'), 0x40n);
  assert.is(processor.read('pan'), 1n << 22n);
  assert.is(processor.read('uao'), 0n);
  assert.is(processor.read('pstate.il'), 1n << 20n);
});

returns('a legal return takes PAN, UAO and SSBS from SPSR', () => {
  const processor = at(2, RW, cpuModel('neoverse-n1'));
  processor.write({ spsr_el2: 0x5n | (3n << 22n) | (1n << 12n), elr_el2: CODE + 0x100n });
  processor.execute('eret');
  assert.equal(
    ['pan', 'uao', 'ssbs'].map((name) => processor.read(name)),
    [1n << 22n, 1n << 23n, 1n << 12n],
  );
});

returns('PSTATE.IL counts before what the instruction is, at whatever level', () => {
  for (const [el, hcr, taker] of [
    [0, RW, 1],
    [0, RW | TGE, 2],
    [1, RW, 1],
  ] as const) {
    const processor = at(el, hcr);
    processor.write({ 'pstate.il': 1n << 20n });
    processor.execute('udf #0');
    assert.is(processor.read(`esr_el${taker}`), 0x3a00_0000n);
  }
});

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

const aarch32 = suite('AArch32 below EL2');

/** SPSR_EL2 of Supervisor and User mode, A, I and F set. */
const SVC_MODE = 0x1d3n;
const USER_MODE = 0x1d0n;

/** A processor in AArch32 state after an ERET from EL2 with `spsr`; `exception` is what takes it to EL2. */
function inAArch32(
  spsr: bigint,
  hcr: bigint,
  exception = new ArchException('sync', 0x03, 0, { targetEl: 2 }),
): Processor {
  const processor = at(2, hcr);
  processor.machine.aarch32 = { hasExit: true, leave: () => exception };
  processor.write({ spsr_el2: spsr, elr_el2: CODE + 0x100n });
  processor.execute('eret');
  return processor;
}

aarch32('an exception to EL2 takes the vector for a lower level in AArch32 state where EL1 is in it', () => {
  for (const [spsr, hcr, offset] of [
    [SVC_MODE, 0n, 0x600n],
    [USER_MODE, 0n, 0x600n],
    // EL0 alone: the level just below EL2 is in AArch64 state.
    [USER_MODE, RW, 0x400n],
  ] as const) {
    const processor = inAArch32(spsr, hcr);
    processor.step();
    assert.is(processor.read('pc'), EL2_VECTORS + offset);
    assert.is(processor.read('spsr_el2'), spsr);
    assert.is(processor.read('pstate.aarch32'), 0n);
  }
});

aarch32('EL2 may return to every mode that is not Hyp or Monitor, and to no other number', () => {
  const legal = [...Array(16).keys()].filter((mode) => {
    const processor = inAArch32(BigInt(0x1d0 | mode), 0n);
    return processor.read('pstate.il') === 0n;
  });
  // User, FIQ, IRQ, Supervisor, Abort, Undefined, System (G1.9.1, Table G1-5).
  assert.equal(legal, [0x0, 0x1, 0x2, 0x3, 0x7, 0xb, 0xf]);
});

aarch32('what is D in AArch64 state is the byte order there, and masks nothing', () => {
  const processor = inAArch32(SVC_MODE | (1n << 9n), 0n);
  assert.is(processor.read('daif'), 0x1c0n);
  processor.step();
  assert.is(processor.read('spsr_el2'), SVC_MODE | (1n << 9n));
});

aarch32('one that EL1 takes from an AArch32 EL0 takes the vector for AArch32', () => {
  const processor = inAArch32(USER_MODE, RW, new ArchException('sync', 0x11, 0));
  processor.step();
  assert.is(processor.read('pc'), EL1_VECTORS + 0x600n);
});

aarch32('an interrupt takes it too, and a T32 instruction of 16 bits is told by ESR_EL2.IL', () => {
  const processor = inAArch32(SVC_MODE, 1n << 4n, new ArchException('sync', 0x12, 0, { targetEl: 2, isShort: true }));
  processor.step();
  assert.is(processor.read('esr_el2'), 0x4800_0000n);
  processor.execute('eret');
  processor.machine.cpu.setLine(IRQ, true);
  processor.step();
  assert.is(processor.read('pc'), EL2_VECTORS + 0x680n);
});

returns.run();
aarch32.run();
