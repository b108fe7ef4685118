import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchException } from '../../sim/core/exceptions.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { CODE, DATA, type Processor, type Registers } from '../exec/processor.ts';
import { debugged, firesAt, KDE, MDE, TDE, WATCHPOINT } from './debugged.ts';

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

const LOADS = (WATCHPOINT & ~(3n << 3n)) | (1n << 3n);
const BOTH = WATCHPOINT | (3n << 3n);

/** A processor at EL1 that watches the doubleword at DATA as `control` says, after `lines`. */
function watched(control: bigint, lines: readonly string[], registers: Registers = {}): Processor {
  const processor = debugged({ dbgwvr0_el1: DATA, dbgwcr0_el1: control, x1: DATA, ...registers });
  processor.execute(...lines);
  return processor;
}

/** ESR_EL1 after `line`, or 0 where no watchpoint fires. */
function syndrome(control: bigint, line: string, registers: Registers = {}): bigint {
  return watched(control, [line], registers).read('esr_el1');
}

/** Watchpoint exception from EL1 to EL1: for a load, and with WnR for a store. */
const OF_LOAD = 0xd600_0022n;
const OF_STORE = 0xd600_0062n;

watchpoints('WnR tells a store of a watchpoint on both', () => {
  assert.is(syndrome(BOTH, 'ldr x0, [x1]'), OF_LOAD);
  assert.is(syndrome(BOTH, 'str x0, [x1]'), OF_STORE);
  assert.is(syndrome(BOTH & ~(3n << 3n), 'str x0, [x1]'), 0n);
});

watchpoints('one of EL0 goes to EL1 as from a lower level, and all go to EL2 by MDCR_EL2.TDE', () => {
  const user = debugged({ dbgwvr0_el1: DATA, dbgwcr0_el1: WATCHPOINT, x1: DATA });
  user.enter(0);
  user.execute('str x0, [x1]');
  assert.is(user.read('esr_el1'), 0xd200_0062n);
  const routed = watched(WATCHPOINT, ['str x0, [x1]'], { mdcr_el2: TDE });
  assert.is(routed.read('esr_el2'), 0xd200_0062n);
  assert.is(routed.read('far_el2'), DATA);
});

for (const [what, registers] of [
  ['MDSCR_EL1.MDE', { mdscr_el1: KDE }],
  ['MDSCR_EL1.KDE at the level that takes it', { mdscr_el1: MDE }],
  ['DBGWCR.E', { dbgwcr0_el1: WATCHPOINT & ~1n }],
  ['PSTATE.D clear', { daif: 0x3c0 }],
  ['the OS lock open', { oslsr_el1: 0xa }],
  ['the OS double lock open', { osdlr_el1: 1 }],
] as const satisfies readonly (readonly [string, Registers])[]) {
  watchpoints(`without ${what} nothing happens`, () => {
    assert.is(watched(WATCHPOINT, ['str x0, [x1]'], registers).read('pc'), CODE + 4n);
  });
}

/** HMC, SSC and PAC of DBGWCR, with E, stores and all bytes. */
function forState(hmc: number, ssc: number, pac: number): bigint {
  return BigInt((hmc << 13) | (ssc << 14) | (pac << 1)) | 0x1ff1n;
}

// Arm ARM, D2.10.4 "Execution conditions for which a watchpoint generates Watchpoint exceptions", without EL3.
for (const [hmc, ssc, pac, where] of [
  [0, 0b00, 0b01, [1]],
  [0, 0b00, 0b10, [0]],
  [0, 0b00, 0b11, [0, 1]],
  [1, 0b00, 0b01, [1, 2]],
  [1, 0b00, 0b11, [0, 1, 2]],
  [1, 0b11, 0b00, [2]],
  [0, 0b10, 0b11, []],
] as const) {
  watchpoints(`HMC ${hmc}, SSC ${ssc}, PAC ${pac}: ${where.map((el) => `EL${el}`).join(', ') || 'no level'}`, () => {
    const set = { dbgwvr0_el1: DATA, dbgwcr0_el1: forState(hmc, ssc, pac), x1: DATA };
    assert.equal(
      ([0, 1, 2] as const).filter((el) => firesAt(el, 'str x0, [x1]', set)),
      where,
    );
  });
}

watchpoints("LDTR and STTR at EL1 are EL0's accesses, and LDR and STR are not", () => {
  const ofEl0 = BOTH & ~2n;
  const ofEl1 = BOTH & ~4n;
  for (const [line, unprivileged] of [
    ['sttr x0, [x1]', true],
    ['ldtr x0, [x1]', true],
    ['ldtrsb x0, [x1]', true],
    ['str x0, [x1]', false],
    ['ldr x0, [x1]', false],
  ] as const) {
    assert.is(syndrome(ofEl0, line) !== 0n, unprivileged, line);
    assert.is(syndrome(ofEl1, line) !== 0n, !unprivileged, line);
  }
});

watchpoints('a linked one fires in the context that its breakpoint matches', () => {
  const linked = WATCHPOINT | (1n << 20n) | (5n << 16n);
  const context = { dbgbvr5_el1: 7, dbgbcr5_el1: 0x0030_01e1n };
  assert.is(syndrome(linked, 'str x0, [x1]', { ...context, contextidr_el1: 7 }), OF_STORE);
  assert.is(syndrome(linked, 'str x0, [x1]', { ...context, contextidr_el1: 8 }), 0n);
  // Not linked, the number does not matter.
  assert.is(syndrome(WATCHPOINT | (4n << 16n), 'str x0, [x1]', { contextidr_el1: 8 }), OF_STORE);
});

watchpoints('at a word that is no doubleword BAS selects among four bytes', () => {
  const word = { dbgwvr0_el1: DATA + 4n };
  const second = (WATCHPOINT & ~(0xffn << 5n)) | (0b10n << 5n);
  assert.is(syndrome(second, 'strb w0, [x1, #5]', word), OF_STORE);
  for (const line of ['strb w0, [x1, #1]', 'strb w0, [x1, #4]', 'strb w0, [x1, #6]', 'strb w0, [x1, #9]']) {
    assert.is(syndrome(second, line, word), 0n, line);
  }
});

watchpoints('an access that begins before what is watched fires too, and FAR names the first watched byte', () => {
  const upper = (WATCHPOINT & ~(0xffn << 5n)) | (0xf0n << 5n);
  const processor = watched(upper, ['stp x2, x3, [x1, #-8]']);
  assert.is(processor.read('far_el1'), DATA + 4n);
  assert.is(watched(WATCHPOINT, ['str x0, [x1, #-8]']).read('pc'), CODE + 4n);
});

watchpoints('MASK makes the low bits of the address not count, and no others', () => {
  const block = WATCHPOINT | (8n << 24n);
  const fires = (offset: bigint) => syndrome(block, 'strb w0, [x1]', { x1: DATA + offset }) !== 0n;
  assert.equal([-1n, 0n, 255n, 256n].map(fires), [false, true, true, false]);
});

watchpoints('all bits of an address up to bit 48 count, and the tag does not', () => {
  for (const bit of [13n, 31n, 32n, 40n, 48n]) {
    assert.is(syndrome(WATCHPOINT, 'str x0, [x1]', { dbgwvr0_el1: DATA ^ (1n << bit) }), 0n, `bit ${bit}`);
  }
  assert.is(syndrome(WATCHPOINT, 'str x0, [x1]', { x1: DATA | (0xabn << 56n), tcr_el1: 1n << 37n }), OF_STORE);
});

watchpoints('a load-exclusive is a load and a store-exclusive a store, where its monitor lets it be one', () => {
  assert.is(syndrome(LOADS, 'ldxr x0, [x1]'), OF_LOAD);
  assert.is(syndrome(WATCHPOINT, 'ldxr x0, [x1]'), 0n);
  const pairs = [
    ['ldxr x0, [x1]', 'stxr w2, x3, [x1]'],
    ['ldxp x0, x4, [x1]', 'stxp w2, x3, x5, [x1]'],
  ];
  for (const [load, store] of pairs) {
    const marked = debugged({ x1: DATA, dbgwvr0_el1: DATA, dbgwcr0_el1: LOADS & ~1n });
    marked.execute(load!);
    marked.write({ dbgwcr0_el1: LOADS });
    marked.execute(store!);
    assert.is(marked.read('esr_el1'), 0n);
    assert.is(marked.read('x2'), 0n);
    const stored = watched(WATCHPOINT, [load!, store!]);
    assert.is(stored.read('esr_el1'), OF_STORE);
    assert.is(stored.read('elr_el1'), CODE + 4n);
  }
  assert.is(watched(WATCHPOINT, ['stxr w2, x3, [x1]']).read('x2'), 1n);
});

watchpoints('an atomic is a load first, and a store where only stores are watched', () => {
  const run = (control: bigint) => {
    const model = cpuModel('neoverse-n1');
    const processor = debugged({ dbgwvr0_el1: DATA, dbgwcr0_el1: control, x1: DATA }, { model });
    processor.execute('ldadd x0, x2, [x1]');
    return processor.read('esr_el1');
  };
  assert.is(run(BOTH), OF_LOAD);
  assert.is(run(WATCHPOINT), OF_STORE);
});

watchpoints('DC IVAC is a store to its cache line, told by CM; what cleans is not watched', () => {
  const line = { dbgwvr0_el1: DATA + 0x38n };
  assert.is(syndrome(WATCHPOINT, 'dc ivac, x1', line), OF_STORE | (1n << 8n));
  assert.is(syndrome(LOADS, 'dc ivac, x1', line), 0n);
  assert.is(syndrome(WATCHPOINT, 'dc ivac, x1', { dbgwvr0_el1: DATA + 0x40n }), 0n);
  for (const operation of ['dc cvac', 'dc civac', 'dc cvau', 'ic ivau']) {
    assert.is(syndrome(BOTH, `${operation}, x1`), 0n, operation);
  }
});

watchpoints('DC ZVA is a store to its block', () => {
  const fires = (at: bigint) => {
    const processor = debugged({ dbgwvr0_el1: at, dbgwcr0_el1: forState(1, 0, 0b11), mdcr_el2: TDE, x1: DATA + 8n });
    processor.machine.physical.write64(DATA + 0x1008n, 0x4000_0701n);
    processor.write({ ttbr0_el2: DATA + 0x1000n, mair_el2: 0xff, tcr_el2: 0x8082_3519n, sctlr_el2: 0x30c5_1831n });
    processor.enter(2);
    processor.execute('dc zva, x1');
    return processor.read('esr_el2');
  };
  assert.is(fires(DATA), OF_STORE);
  assert.is(fires(DATA + 0x38n), OF_STORE);
  assert.is(fires(DATA + 0x40n), 0n);
});

watchpoints('one that is disabled does not fire while another is enabled', () => {
  const other = { dbgwvr1_el1: DATA + 0x100n, dbgwcr1_el1: WATCHPOINT };
  assert.is(syndrome(WATCHPOINT & ~1n, 'str x0, [x1]', other), 0n);
});

watchpoints('an address in the upper half is the same as signed and as unsigned halves', () => {
  const kernel = 0xffff_ff80_8000_1000n;
  const processor = debugged({ dbgwvr0_el1: kernel, dbgwcr0_el1: WATCHPOINT });
  const far = (lo: number, hi: number) => {
    try {
      processor.machine.debug.checkAccess(lo, hi, 8, { kind: 'write', el: 1 });
    } catch (thrown) {
      return (thrown as ArchException).far;
    }
    return undefined;
  };
  assert.is(far(0x8000_1000, 0xffff_ff80), kernel);
  assert.is(far(0x8000_1000 | 0, -128), kernel);
  assert.is(far(0x8000_0ffc, 0xffff_ff80), kernel);
  assert.is(far(0x8000_1000, 0xff80), undefined);
});

watchpoints('a fault of the access comes before them', () => {
  const beyond = 1n << 45n;
  // Address size fault, level 0, of a store.
  assert.is(syndrome(WATCHPOINT, 'str x0, [x1]', { x1: beyond, dbgwvr0_el1: beyond }), 0x9600_0040n);
});

watchpoints.run();
