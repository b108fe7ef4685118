/** What the control registers decide: ranges, tags, start levels, byte order of the tables, and translation that is off. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Mmu } from '../../sim/memory/mmu.ts';
import type { PageTables } from '../../sim/memory/page-tables.ts';
import { EL1_REGISTERS, EL2_REGISTERS } from '../../sim/memory/regime.ts';
import { abortOf, Bench, HCR_DC, HCR_TGE, RAM, SCTLR_EE, SCTLR_M } from './test-bench.ts';

test('a VA between the ranges, or above the EL2 range, is a translation fault of level 0', () => {
  const bench = new Bench();
  bench.enableEl1(39);
  bench.enableEl2(39);
  for (const va of [0x80_0000_0000n, 0xffff_ff7f_ffff_fff8n, 0x0100_0000_0000_0000n, 0xfeff_ffff_ffff_fff8n]) {
    for (const el of [1, 2] as const) {
      bench.enter(el);
      assert.equal(
        abortOf(() => bench.load(va)),
        { ec: 0x24, status: 0b000100, far: va },
        `0x${va.toString(16)}`,
      );
    }
  }
});

test('a stage 1 range may resolve 25 to 48 bits, and its start level follows', () => {
  for (let inputBits = 25; inputBits <= 48; inputBits++) {
    const bench = new Bench();
    const { lower, upper } = bench.enableEl1(inputBits);
    bench.enter(1);
    const last = (1n << BigInt(inputBits)) - 0x1000n;
    lower.map(last, RAM, 0x1000n);
    upper.map((1n << 64n) - (1n << BigInt(inputBits)), RAM + 0x1000n, 0x1000n);
    assert.is(bench.memory.translate(last + 8n), RAM + 8n, `${inputBits} bits, lower`);
    assert.is(
      bench.memory.translate((1n << 64n) - (1n << BigInt(inputBits)) + 8n),
      RAM + 0x1008n,
      `${inputBits} bits, upper`,
    );
    assert.is(abortOf(() => bench.load(1n << BigInt(inputBits))).status, 0b000100);
    assert.is(lower.startLevel, inputBits > 39 ? 0 : inputBits > 30 ? 1 : 2);
  }
});

test('TxSZ below 16 or above 39 is a translation fault of level 0', () => {
  const bench = new Bench();
  const { lower, upper } = bench.enableEl1(39);
  lower.map(0n, RAM, 0x1000n);
  upper.map(0xffff_ff80_0000_0000n, RAM, 0x1000n);
  bench.enter(1);
  const tcr = bench.get('tcr_el1') & ~((0x3fn << 16n) | 0x3fn);
  for (const txsz of [0n, 15n, 40n, 63n]) {
    bench.set('tcr_el1', tcr | (txsz << 16n) | 25n);
    assert.is(abortOf(() => bench.load(0xffff_ff80_0000_0000n)).status, 0b000100);
    bench.set('tcr_el1', tcr | (25n << 16n) | txsz);
    assert.is(abortOf(() => bench.load(0n)).status, 0b000100);
  }
});

test('EPD0 and EPD1 turn walks of their range off: a translation fault of level 0', () => {
  const bench = new Bench();
  const { lower, upper } = bench.enableEl1(39);
  lower.map(0n, RAM, 0x1000n);
  upper.map(0xffff_ff80_0000_0000n, RAM, 0x1000n);
  bench.enter(1);
  const tcr = bench.get('tcr_el1');
  bench.set('tcr_el1', tcr | (1n << 7n));
  assert.is(abortOf(() => bench.load(0n)).status, 0b000100);
  assert.is(bench.memory.translate(0xffff_ff80_0000_0000n), RAM);
  bench.set('tcr_el1', tcr | (1n << 23n));
  assert.is(abortOf(() => bench.load(0xffff_ff80_0000_0000n)).status, 0b000100);
  assert.is(bench.memory.translate(0n), RAM);
});

test('with TBI the top byte is no part of the address, and FAR keeps it', () => {
  const bench = new Bench();
  const { lower, upper } = bench.enableEl1(39);
  const el2 = bench.enableEl2(39);
  for (const tables of [lower, el2]) tables.map(0x1000n, RAM, 0x1000n);
  upper.map(0xffff_ff80_0000_0000n, RAM, 0x1000n);
  const low = 0xab00_0000_0000_1008n;
  const high = 0x12ff_ff80_0000_0008n;
  bench.enter(1);
  for (const va of [low, high]) assert.is(abortOf(() => bench.load(va)).status, 0b000100, 'without TBI');
  bench.set('tcr_el1', bench.get('tcr_el1') | (1n << 37n));
  assert.is(bench.load(low), 0n, 'TBI0');
  assert.is(abortOf(() => bench.load(high)).status, 0b000100, 'TBI0 is for the lower range');
  bench.set('tcr_el1', bench.get('tcr_el1') | (1n << 38n));
  assert.is(bench.load(high), 0n, 'TBI1');
  assert.is(abortOf(() => bench.load(low + 0x1000n)).far, low + 0x1000n);
  bench.enter(2);
  assert.is(abortOf(() => bench.load(low)).status, 0b000100);
  bench.set('tcr_el2', bench.get('tcr_el2') | (1n << 20n));
  assert.is(bench.load(low), 0n, 'TCR_EL2.TBI');
  assert.is(abortOf(() => bench.load(high)).status, 0b000100, 'bit 55 is no part of the tag');
});

test('stage 2 tables stand side by side at the start level, up to 16 of them', () => {
  for (const [startLevel, inputBits] of [
    [1, 40],
    [1, 43],
    [2, 34],
    [2, 31],
    [1, 39],
    [0, 48],
  ] as const) {
    const bench = new Bench();
    const stage2 = bench.enableStage2(inputBits, 1n, startLevel);
    bench.enter(1);
    const last = (1n << BigInt(inputBits)) - 0x1000n;
    stage2.map(last, RAM, 0x1000n);
    assert.is(bench.memory.translate(last + 8n), RAM + 8n, `level ${startLevel}, ${inputBits} bits`);
    const beyond = 1n << BigInt(inputBits);
    if (inputBits === 48) continue;
    const expected = { ec: 0x24, status: 0b000100, far: beyond, ipa: beyond, targetEl: 2 };
    assert.equal(
      abortOf(() => bench.load(beyond)),
      expected,
    );
  }
});

test('SL0 that does not fit T0SZ, or T0SZ beyond the physical address size, is a stage 2 translation fault of level 0', () => {
  // ID_AA64MMFR0_EL1.PARange; VTCR_EL2.SL0 and input bits.
  const cases: readonly [bigint, number, number][] = [
    [5n, 3, 40],
    [5n, 0, 40],
    [5n, 0, 24],
    [5n, 1, 30],
    [5n, 1, 44],
    [5n, 2, 39],
    [2n, 2, 40],
    [2n, 1, 41],
  ];
  for (const [range, sl0, inputBits] of cases) {
    const bench = new Bench(range);
    const stage2 = bench.enableStage2(40);
    stage2.map(RAM, RAM, 0x1000n);
    bench.enter(1);
    assert.is(bench.load(RAM), 0n);
    bench.set('vtcr_el2', (bench.get('vtcr_el2') & ~0xffn) | (BigInt(sl0) << 6n) | BigInt(64 - inputBits));
    bench.memory.tlbi('vmalls12e1', 0n);
    const abort = abortOf(() => bench.load(RAM));
    assert.is(abort.status, 0b000100, `SL0 ${sl0}, ${inputBits} bits`);
    assert.is(abort.targetEl, 2);
  }
});

test('with stage 1 off an address is physical, and one beyond the physical address size is an address size fault', () => {
  const bench = new Bench(2n);
  for (const el of [0, 1, 2] as const) {
    bench.enter(el);
    assert.is(bench.memory.translate(RAM + 0x123n), RAM + 0x123n);
    const far = 1n << 40n;
    assert.equal(
      abortOf(() => bench.load(far)),
      { ec: 0x24, status: 0, far },
      `EL${el}`,
    );
    assert.is(abortOf(() => bench.load((1n << 63n) | RAM)).status, 0);
    assert.equal(
      abortOf(() => bench.fetch(far)),
      { ec: 0x20, status: 0, far },
    );
    assert.is(abortOf(() => bench.load((1n << 40n) - 8n)).status, 0b010000, 'the last one is only not there');
  }
  bench.set('tcr_el2', 1n << 20n);
  assert.is(bench.memory.translate((0xabn << 56n) | RAM), RAM, 'with TBI the tag is no part of it');
});

test('HCR_EL2.DC turns stage 1 of EL1&0 off and stage 2 on', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(RAM, RAM + 0x1000n, 0x1000n);
  const stage2 = bench.enableStage2();
  stage2.map(RAM, RAM + 0x5000n, 0x1000n);
  bench.set('hcr_el2', HCR_DC);
  bench.enter(1);
  assert.is(bench.memory.translate(RAM), RAM + 0x5000n);
  assert.is(bench.load(RAM + 1n), 0n, 'Normal memory takes unaligned accesses');
});

test('HCR_EL2.TGE turns stage 1 of EL0 off, whatever SCTLR_EL1.M says', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(RAM, RAM + 0x1000n, 0x1000n, { el0: true });
  bench.enter(0);
  assert.is(bench.memory.translate(RAM), RAM + 0x1000n);
  bench.set('hcr_el2', bench.get('hcr_el2') | HCR_TGE);
  assert.is(bench.memory.translate(RAM), RAM);
});

test('SCTLR_EL1.EE makes stage 1 tables big-endian, SCTLR_EL2.EE those of EL2 and of stage 2', () => {
  const swap = (bench: Bench, tables: PageTables, input: bigint) => {
    for (let level = tables.startLevel, table = tables.root; ; level++) {
      const shift = BigInt(12 + 9 * (3 - level));
      const at = table + 8n * ((input >> shift) & 511n);
      const value = bench.physical.read64(at);
      bench.physical.writeBytes(at, bench.physical.readBytes(at, 8).reverse());
      if ((value & 3n) !== 3n || level === 3) return;
      table = value & 0xffff_ffff_f000n;
    }
  };
  const guest = new Bench();
  const { lower } = guest.enableEl1();
  lower.map(0x1000n, RAM, 0x1000n);
  swap(guest, lower, 0x1000n);
  guest.enter(1);
  assert.is(guest.memory.translate(0x1000n), undefined);
  guest.set('sctlr_el1', SCTLR_M | SCTLR_EE);
  assert.is(guest.memory.translate(0x1000n), RAM);

  const host = new Bench();
  const el2 = host.enableEl2();
  const stage2 = host.enableStage2(39);
  el2.map(0x1000n, RAM, 0x1000n);
  stage2.map(0x2000n, RAM, 0x1000n);
  swap(host, el2, 0x1000n);
  swap(host, stage2, 0x2000n);
  host.set('sctlr_el2', SCTLR_M | SCTLR_EE);
  assert.is(host.memory.translate(0x1000n, 2), RAM);
  assert.is(host.memory.translate(0x2000n, 1), RAM);
});

test('what is remembered of a regime is what its registers say, whichever of them has changed', () => {
  const { cpu, physical } = new Bench();
  const mmu = new Mmu(cpu, physical, () => {});
  const { registers } = mmu;
  const names = [...new Set([...EL1_REGISTERS, ...EL2_REGISTERS, 'id_aa64mmfr0_el1', 'id_aa64mmfr1_el1'])];
  // Bits that something is read from, in each register; two values of each come again and again.
  const values = [0x0012_0000_0301_1025n, 0x0034_0021_b510_3519n];
  const change = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
      for (const [name, value] of changes) {
        cpu.cells[cpu.cell(name)] = value;
        mmu.refresh();
        assert.equal(mmu.stage1(1), registers.el1(), name);
        assert.equal(mmu.stage1(2), registers.el2(), name);
        assert.equal(mmu.stage2(), registers.stage2(), name);
      }
    }),
    { seed: 20150707, numRuns: 60 },
  );
});

test.run();
