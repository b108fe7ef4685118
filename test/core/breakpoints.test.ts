import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { CODE, type Registers } from '../exec/processor.ts';
import { BREAKPOINT, debugged, firesAt, KDE, MDE, TDE } from './debugged.ts';
import { EL2_VECTORS, RW, TGE } from './levels.ts';

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

breakpoints('one that MSR sets counts from the next instruction on, and so do MDSCR_EL1 and the OS lock', () => {
  const enable = ['msr dbgbcr0_el1, x0', 'msr mdscr_el1, x1', 'msr oslar_el1, xzr'];
  for (const last of [0, 1, 2]) {
    const lines = [...enable.slice(0, last), ...enable.slice(last + 1), enable[last]!, 'nop'];
    const at = CODE + 12n;
    const processor = debugged({ dbgbvr0_el1: at, mdscr_el1: 0, oslsr_el1: 0xa, x0: BREAKPOINT, x1: MDE | KDE });
    processor.execute(...lines);
    assert.is(processor.read('elr_el1'), at, enable[last]);
  }
});

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

/** The levels where a breakpoint with DBGBCR `control` fires. */
function levels(control: bigint, registers: Registers = {}): number[] {
  const set = { dbgbvr0_el1: CODE, dbgbcr0_el1: control, ...registers };
  return ([0, 1, 2] as const).filter((el) => firesAt(el, 'nop', set));
}

/** HMC, SSC and PMC of DBGBCR, with E and BAS. */
function forState(hmc: number, ssc: number, pmc: number): bigint {
  return BigInt((hmc << 13) | (ssc << 14) | (pmc << 1)) | 0x1e1n;
}

// Arm ARM, D2.8.3 "Execution conditions for which a breakpoint generates Breakpoint exceptions", the rows that are there
// without EL3.
for (const [hmc, ssc, pmc, where] of [
  [0, 0b00, 0b01, [1]],
  [0, 0b00, 0b10, [0]],
  [0, 0b00, 0b11, [0, 1]],
  [1, 0b00, 0b01, [1, 2]],
  [1, 0b00, 0b11, [0, 1, 2]],
  [1, 0b11, 0b00, [2]],
] as const) {
  breakpoints(`HMC ${hmc}, SSC ${ssc}, PMC ${pmc} is for EL${where.join(', EL')}`, () => {
    assert.equal(levels(forState(hmc, ssc, pmc)), where);
  });
}

breakpoints('one for Secure state never fires', () => {
  for (const [hmc, pmc] of [
    [0, 0b11],
    [1, 0b11],
    [1, 0b00],
  ] as const) {
    assert.equal(levels(forState(hmc, 0b10, pmc)), []);
  }
});

breakpoints(
  'EL2 takes its own while it takes those of the levels below, unless PSTATE.D or MDSCR_EL1.KDE forbids it',
  () => {
    const ofEl2 = { dbgbvr0_el1: CODE, dbgbcr0_el1: forState(1, 0, 0b11) };
    const run = (registers: Registers) => {
      const processor = debugged({ ...ofEl2, mdcr_el2: TDE, ...registers });
      processor.enter(2);
      processor.execute('nop');
      return processor;
    };
    const taken = run({});
    assert.is(taken.read('pc'), EL2_VECTORS + 0x200n);
    assert.is(taken.read('esr_el2'), 0xc600_0022n);
    for (const registers of [{ daif: 0x3c0n }, { mdscr_el1: MDE }, { mdcr_el2: 0n }] as Registers[]) {
      assert.is(run(registers).read('pc'), CODE + 4n);
    }
  },
);

breakpoints('HCR_EL2.TGE sends those of EL0 to EL2', () => {
  const processor = debugged({ dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT, hcr_el2: RW | TGE });
  processor.enter(0);
  processor.execute('nop');
  assert.is(processor.read('pc'), EL2_VECTORS + 0x400n);
  assert.is(processor.read('esr_el2'), 0xc200_0022n);
});

breakpoints('the OS double lock holds them back unless DBGPRCR_EL1.CORENPDRQ is set', () => {
  const set = { dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT, osdlr_el1: 1 };
  assert.not.ok(firesAt(1, 'nop', set));
  assert.ok(firesAt(1, 'nop', { ...set, dbgprcr_el1: 1 }));
});

breakpoints('the address and the halfword that an instruction begins with have to match', () => {
  const fires = (value: bigint, control: bigint) => firesAt(1, 'nop', { dbgbvr0_el1: value, dbgbcr0_el1: control });
  for (const bit of [2n, 12n, 31n, 32n, 40n, 48n]) assert.not.ok(fires(CODE ^ (1n << bit), BREAKPOINT), `bit ${bit}`);
  assert.ok(fires(CODE | 3n, BREAKPOINT));
  const lowerHalf = 0b0011n << 5n;
  const upperHalf = 0b1100n << 5n;
  assert.ok(fires(CODE, 7n | lowerHalf));
  assert.not.ok(fires(CODE, 7n | upperHalf));
});

/** DBGBCR with breakpoint type `type`, and LBN. */
function ofType(type: number, linkedTo = 0): bigint {
  return BREAKPOINT | BigInt((type << 20) | (linkedTo << 16));
}

const CONTEXT = 0b0010;
const VMID = 0b1000;
const BOTH = 0b1010;
const LINKED = 1;

breakpoints('one that matches a context fires at each instruction of it: CONTEXTIDR_EL1, VMID, or both', () => {
  const fires = (type: number, contextidr: number, vmid: bigint) =>
    firesAt(1, 'nop', {
      dbgbvr5_el1: (9n << 32n) | 7n,
      dbgbcr5_el1: ofType(type),
      contextidr_el1: contextidr,
      vttbr_el2: vmid << 48n,
    });
  assert.equal([fires(CONTEXT, 7, 0n), fires(CONTEXT, 8, 9n)], [true, false]);
  assert.equal([fires(VMID, 0, 9n), fires(VMID, 7, 8n)], [true, false]);
  assert.equal([fires(BOTH, 7, 9n), fires(BOTH, 8, 9n), fires(BOTH, 7, 8n)], [true, false, false]);
});

breakpoints('EL2 has no context', () => {
  const set = { dbgbvr5_el1: 7, contextidr_el1: 7, vttbr_el2: 0 };
  assert.equal(levels(0n, { ...set, dbgbcr5_el1: ofType(CONTEXT) | (1n << 13n) }), [0, 1]);
  assert.equal(levels(0n, { ...set, dbgbcr5_el1: ofType(VMID) | (1n << 13n) }), [0, 1]);
});

breakpoints('only the last ones, as many as ID_AA64DFR0_EL1.CTX_CMPs tells, can match a context', () => {
  for (const [n, fires] of [
    [3, false],
    [4, true],
    [5, true],
  ] as const) {
    const set = { [`dbgbvr${n}_el1`]: 7, [`dbgbcr${n}_el1`]: ofType(CONTEXT), contextidr_el1: 7 };
    assert.is(firesAt(1, 'nop', set), fires, `breakpoint ${n}`);
  }
});

for (const [what, type] of [
  ['CONTEXTIDR_EL1', CONTEXT],
  ['the VMID', VMID],
  ['both', BOTH],
] as const) {
  breakpoints(`an address linked to ${what} fires there only, and what it is linked to not by itself`, () => {
    const linked = { dbgbvr0_el1: CODE, dbgbcr0_el1: ofType(LINKED, 5) };
    // Its own level bits do not count.
    const control = ofType(type | LINKED) & ~6n;
    const context = { dbgbvr5_el1: (9n << 32n) | 7n, dbgbcr5_el1: control };
    const there = { contextidr_el1: 7, vttbr_el2: 9n << 48n };
    const elsewhere = { contextidr_el1: 8, vttbr_el2: 8n << 48n };
    assert.ok(firesAt(1, 'nop', { ...linked, ...context, ...there }));
    assert.not.ok(firesAt(1, 'nop', { ...linked, ...context, ...elsewhere }));
    assert.not.ok(firesAt(1, 'nop', { ...context, ...there, dbgbcr5_el1: ofType(type | LINKED, 5) }));
  });
}

breakpoints('one that is disabled does not fire while another is enabled', () => {
  const other = { dbgbvr1_el1: CODE + 0x100n, dbgbcr1_el1: BREAKPOINT };
  assert.not.ok(firesAt(1, 'nop', { ...other, dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT & ~1n }));
});

breakpoints('a link to what is disabled, not there, or no linked context match never fires', () => {
  const context = { dbgbvr5_el1: 7, contextidr_el1: 7, dbgbvr0_el1: CODE };
  const fires = (linkedTo: number, control: bigint) =>
    firesAt(1, 'nop', { ...context, dbgbcr0_el1: ofType(LINKED, linkedTo), dbgbcr5_el1: control });
  assert.ok(fires(5, ofType(CONTEXT | LINKED)));
  assert.not.ok(fires(5, ofType(CONTEXT | LINKED) & ~1n));
  assert.not.ok(fires(6, ofType(CONTEXT | LINKED)));
  assert.not.ok(fires(1, ofType(CONTEXT | LINKED)));
  // An unlinked match, of the context at EL0 alone; an address.
  assert.not.ok(fires(5, ofType(CONTEXT) & ~2n));
  assert.not.ok(fires(5, ofType(LINKED)));
});

breakpoints('types that are reserved in AArch64 state, or without FEAT_VHE, never fire', () => {
  for (const type of [0b0100, 0b0101, 0b0110, 0b1100, 0b1110]) {
    const set = { dbgbvr5_el1: CODE | (7n << 32n), dbgbcr5_el1: ofType(type), contextidr_el1: CODE };
    assert.equal(levels(0n, set), [], `type ${type}`);
  }
});

breakpoints('with FEAT_VHE contexts are CONTEXTIDR_EL2 too, and VMIDs have 16 bits where VTCR_EL2.VS says so', () => {
  const fires = (type: number, registers: Registers) => {
    const set = { dbgbvr5_el1: (0x109n << 32n) | 7n, dbgbcr5_el1: ofType(type), ...registers };
    const processor = debugged(set, { model: cpuModel('neoverse-n1') });
    processor.execute('nop');
    return processor.read('pc') !== CODE + 4n;
  };
  const both = { contextidr_el1: 7, contextidr_el2: 0x109 };
  assert.ok(fires(0b0110, both));
  assert.ok(fires(0b1100, both));
  assert.ok(fires(0b1110, both));
  assert.not.ok(fires(0b0110, { ...both, contextidr_el1: 8 }));
  assert.not.ok(fires(0b1100, { ...both, contextidr_el2: 9 }));
  assert.not.ok(fires(0b1110, { ...both, contextidr_el1: 8 }));
  assert.ok(fires(VMID, { vttbr_el2: 0x209n << 48n }));
  assert.not.ok(fires(VMID, { vttbr_el2: 0x209n << 48n, vtcr_el2: 1 << 19 }));
  assert.ok(fires(VMID, { vttbr_el2: 0x109n << 48n, vtcr_el2: 1 << 19 }));
});

/** A word that is no instruction, of a group that the instruction table does not name as UDF does. */
const UNALLOCATED = 0x0200_0000n;

breakpoints('they come after the abort of the fetch, and before PSTATE.IL and the instruction, whatever it is', () => {
  const syndromeOf = (registers: Registers) => {
    const processor = debugged({ dbgbvr0_el1: CODE, dbgbcr0_el1: BREAKPOINT, ...registers });
    processor.machine.memory.poke(CODE, 4, UNALLOCATED);
    processor.step();
    return processor.read('esr_el1') >> 26n;
  };
  assert.is(syndromeOf({}), 0x31n);
  assert.is(syndromeOf({ 'pstate.il': 1 << 20 }), 0x31n);
  assert.is(syndromeOf({ 'pstate.il': 1 << 20, dbgbcr0_el1: 0 }), 0xen);
  assert.is(syndromeOf({ dbgbcr0_el1: 0 }), 0n);
  const nowhere = 0x1000n;
  assert.is(syndromeOf({ pc: nowhere, dbgbvr0_el1: nowhere }), 0x21n);
});

breakpoints.run();
