/** The table builder: which descriptors it writes, and what it refuses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { vtcr } from '../../sim/memory/page-tables.ts';
import { Bench, RAM } from './test-bench.ts';

const MB = 1n << 20n;

test('a mapping takes the largest blocks that fit', () => {
  const tables = new Bench().tables({ kind: 'el2', inputBits: 39 });
  // From one page below 2 MB to one page above 1 GB + 4 MB.
  const [start, end] = [2n * MB - 0x1000n, 1028n * MB + 0x1000n];
  tables.map(start, start, end - start);
  const levels: readonly [bigint, number][] = [
    [start, 3],
    [2n * MB, 2],
    [1022n * MB, 2],
    [1024n * MB, 2],
    [1026n * MB, 2],
    [1028n * MB, 3],
  ];
  for (const [va, level] of levels) assert.is(tables.find(va).level, level, `0x${va.toString(16)}`);
  for (const va of [start - 0x1000n, end]) assert.is(tables.find(va).value & 1n, 0n);
  tables.map(1n << 30n, 1n << 30n, 1n << 30n);
  assert.is(tables.find(1n << 30n).level, 1);
});

test('an output that is not aligned as the input is takes smaller entries', () => {
  const tables = new Bench().tables({ kind: 'el2', inputBits: 39 });
  tables.map(4n * MB, RAM + 0x1000n, 2n * MB);
  assert.is(tables.find(4n * MB).level, 3);
  assert.is(tables.find(4n * MB + 0x5000n).value & 0xffff_ffff_f000n, RAM + 0x6000n);
});

test('pages only, where asked for', () => {
  const tables = new Bench().tables({ kind: 'el2', inputBits: 39 });
  tables.map(2n * MB, RAM, 2n * MB, {}, true);
  assert.is(tables.find(2n * MB).level, 3);
});

test('a part of a block mapped anew leaves the rest of the block as it was', () => {
  const tables = new Bench().tables({ kind: 'el2', inputBits: 39 });
  tables.map(1n << 30n, 1n << 30n, 1n << 30n, { write: false });
  const attributes = tables.find(1n << 30n).value & 0xfffn & ~3n;
  tables.map((1n << 30n) + 0x1000n, RAM, 0x1000n);
  for (const [offset, level] of [
    [0n, 3],
    [0x2000n, 3],
    [2n * MB, 2],
    [1022n * MB, 2],
  ] as const) {
    const { level: found, value } = tables.find((1n << 30n) + offset);
    assert.is(found, level);
    assert.is(value, ((1n << 30n) + offset) | attributes | (level === 3 ? 3n : 1n));
  }
  assert.is(tables.find((1n << 30n) + 0x1000n).value & 0xffff_ffff_f000n, RAM);
});

test('unmap takes away what it is told and nothing else', () => {
  const tables = new Bench().tables({ kind: 'el2', inputBits: 39 });
  tables.map(0n, 0n, 4n * MB);
  tables.unmap(0x1000n, 0x1000n);
  assert.is(tables.find(0x1000n).value, 0n);
  assert.is(tables.find(0x2000n).value & 3n, 3n);
  assert.is(tables.find(2n * MB).value & 3n, 1n);
});

test('attributes land where the descriptor formats have them', () => {
  const bench = new Bench();
  const el2 = bench.tables({ kind: 'el2', inputBits: 39 });
  const lower = bench.tables({ kind: 'el1-lower', inputBits: 39 });
  const stage2 = bench.tables({ kind: 'stage2', inputBits: 40 });
  const descriptor = (tables: typeof el2, attributes: object) => {
    tables.map(0x1000n, 0x5000n, 0x1000n, attributes);
    return `0x${tables.find(0x1000n).value.toString(16)}`;
  };
  assert.is(descriptor(el2, {}), '0x5743');
  assert.is(descriptor(el2, { write: false, execute: false, memory: 'device' }), '0x400000000056c7');
  assert.is(descriptor(lower, {}), '0x40000000005703');
  assert.is(descriptor(lower, { el0: true, el0Execute: true, global: false }), '0x5f43');
  assert.is(descriptor(lower, { execute: false, accessFlag: false, memory: 'non-cacheable' }), '0x6000000000520b');
  assert.is(descriptor(stage2, {}), '0x57ff');
  assert.is(descriptor(stage2, { read: false, execute: false }), '0x400000000057bf');
  assert.is(descriptor(stage2, { write: false, memory: 'device' }), '0x5647');
});

test('VTCR_EL2 names the start level and the size', () => {
  const stage2 = new Bench().tables({ kind: 'stage2', inputBits: 40 });
  assert.is(stage2.startLevel, 1);
  assert.is(stage2.root % 8192n, 0n, 'two tables side by side, aligned to both');
  assert.is(`0x${vtcr(stage2, 40).toString(16)}`, '0x80023558');
});

test('what does not fit is refused with the reason', () => {
  const bench = new Bench();
  const tables = bench.tables({ kind: 'el1-upper', inputBits: 39 });
  assert.throws(() => tables.map(0x1001n, 0n, 0x1000n), /not made of 4 KB pages/);
  assert.throws(() => tables.map(0x1000n, 0n, 0x1000n), /0x1000 is outside the range of the el1-upper tables/);
  assert.throws(() => tables.map(0xffff_ffff_ffff_f000n, 0n, 0x2000n), /leave the range of the el1-upper tables/);
  assert.throws(() => bench.tables({ kind: 'el2', inputBits: 24 }), /no el2 tables resolve 24 address bits/);
  assert.throws(() => bench.tables({ kind: 'stage2', inputBits: 44, startLevel: 1 }), /from level 1 on/);
  assert.throws(() => vtcr(bench.tables({ kind: 'stage2', inputBits: 40 }), 41), /no physical address size of 41 bits/);
});

test.run();
