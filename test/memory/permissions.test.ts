/** Every combination of permission bits against the tables of the Arm ARM (DDI 0487), D8.4 "Memory access control". */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { abortOf, Bench, HCR_RW, RAM, SCTLR_M, SCTLR_WXN } from './test-bench.ts';

const VA = 0x1000n;
const PA = RAM;
const AF = 1n << 10n;
const PAGE = 3n;
const PXN = 1n << 53n;
const UXN = 1n << 54n;

/** Which of a load, a store and a fetch get through, as 'rwx' with '-' for those that do not. */
function allowed(bench: Bench, va = VA): string {
  const can = (letter: string, body: () => unknown) => {
    try {
      body();
      return letter;
    } catch {
      return '-';
    }
  };
  return can('r', () => bench.load(va)) + can('w', () => bench.store(va, 0n)) + can('x', () => bench.fetch(va));
}

/**
 * Stage 1 of EL1&0: UXN, PXN, AP[2:1], WXN (x: either); what EL1 may do; what EL0 may do. Writable at EL0 is never
 * executable at EL1.
 */
const el1Table: readonly [number, number, number, number | 'x', string, string][] = [
  [0, 0, 0b00, 0, 'rwx', '--x'],
  [0, 0, 0b00, 1, 'rw-', '--x'],
  [0, 0, 0b01, 0, 'rw-', 'rwx'],
  [0, 0, 0b01, 1, 'rw-', 'rw-'],
  [0, 0, 0b10, 'x', 'r-x', '--x'],
  [0, 0, 0b11, 'x', 'r-x', 'r-x'],
  [0, 1, 0b00, 'x', 'rw-', '--x'],
  [0, 1, 0b01, 0, 'rw-', 'rwx'],
  [0, 1, 0b01, 1, 'rw-', 'rw-'],
  [0, 1, 0b10, 'x', 'r--', '--x'],
  [0, 1, 0b11, 'x', 'r--', 'r-x'],
  [1, 0, 0b00, 0, 'rwx', '---'],
  [1, 0, 0b00, 1, 'rw-', '---'],
  [1, 0, 0b01, 'x', 'rw-', 'rw-'],
  [1, 0, 0b10, 'x', 'r-x', '---'],
  [1, 0, 0b11, 'x', 'r-x', 'r--'],
  [1, 1, 0b00, 'x', 'rw-', '---'],
  [1, 1, 0b01, 'x', 'rw-', 'rw-'],
  [1, 1, 0b10, 'x', 'r--', '---'],
  [1, 1, 0b11, 'x', 'r--', 'r--'],
];

function el1Leaf(uxn: number, pxn: number, ap: number): bigint {
  return PA | PAGE | AF | (uxn ? UXN : 0n) | (pxn ? PXN : 0n) | (BigInt(ap) << 6n);
}

test('stage 1 of EL1&0 gives what AP, UXN, PXN and WXN say, for EL1 and for EL0', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(VA, PA, 0x1000n);
  const page = lower.find(VA);
  let rows = 0;
  for (const [uxn, pxn, ap, wxns, el1, el0] of el1Table) {
    for (const wxn of wxns === 'x' ? [0, 1] : [wxns]) {
      bench.set('sctlr_el1', SCTLR_M | (wxn ? SCTLR_WXN : 0n));
      lower.write(page, el1Leaf(uxn, pxn, ap));
      bench.memory.tlbi('vmalle1', 0n);
      const row = `UXN ${uxn} PXN ${pxn} AP ${ap} WXN ${wxn}`;
      bench.enter(1);
      assert.is(allowed(bench), el1, `EL1, ${row}`);
      bench.enter(0);
      assert.is(allowed(bench), el0, `EL0, ${row}`);
      rows++;
    }
  }
  assert.is(rows, 32);
});

test('PSTATE.PAN bars EL1 from data that EL0 may read or write, and from nothing else', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(VA, PA, 0x1000n);
  const page = lower.find(VA);
  for (const [uxn, pxn, ap, wxns, el1, el0] of el1Table) {
    if (wxns === 1) continue;
    lower.write(page, el1Leaf(uxn, pxn, ap));
    bench.memory.tlbi('vmalle1', 0n);
    bench.enter(1, true);
    const barred = (ap & 1) !== 0;
    assert.is(allowed(bench), barred ? `--${el1[2]}` : el1, `UXN ${uxn} PXN ${pxn} AP ${ap}`);
    bench.enter(0, true);
    assert.is(allowed(bench), el0);
  }
});

test('unprivileged loads and stores have the permissions of EL0 at EL1, those of EL1 with PSTATE.UAO, those of EL2 at EL2', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  bench.enableEl2().map(VA, PA, 0x1000n);
  lower.map(VA, PA, 0x1000n);
  const page = lower.find(VA);
  const unprivileged = () =>
    ['r', 'w']
      .map((kind) => {
        try {
          if (kind === 'r') bench.memory.loadUnprivileged(0, Number(VA), 0, 3);
          else bench.memory.storeUnprivileged(0, Number(VA), 0, 3);
          return kind;
        } catch {
          return '-';
        }
      })
      .join('');
  const rows = ['--', 'rw', '--', 'r-'];
  const privileged = ['rw', 'rw', 'r-', 'r-'];
  for (const [ap, el0] of rows.entries()) {
    lower.write(page, el1Leaf(0, 0, ap));
    bench.memory.tlbi('vmalle1', 0n);
    bench.enter(1);
    assert.is(unprivileged(), el0, `AP ${ap}`);
    // PAN is about privileged accesses.
    bench.enter(1, true);
    assert.is(unprivileged(), el0, `AP ${ap} with PAN`);
    bench.enter(1);
    bench.set('uao', 1n << 23n);
    assert.is(unprivileged(), privileged[ap], `AP ${ap} with UAO`);
    bench.set('uao', 0n);
    bench.enter(2);
    assert.is(unprivileged(), 'rw');
  }
});

test('the EL2 regime has one privilege: AP[2], XN and WXN count; AP[1] and PXN do not', () => {
  // XN, AP[2], WXN.
  const table: readonly [number, number, number, string][] = [
    [0, 0, 0, 'rwx'],
    [0, 0, 1, 'rw-'],
    [0, 1, 0, 'r-x'],
    [0, 1, 1, 'r-x'],
    [1, 0, 0, 'rw-'],
    [1, 0, 1, 'rw-'],
    [1, 1, 0, 'r--'],
    [1, 1, 1, 'r--'],
  ];
  const bench = new Bench();
  const tables = bench.enableEl2();
  tables.map(VA, PA, 0x1000n);
  const page = tables.find(VA);
  for (const [xn, readOnly, wxn, expected] of table) {
    bench.set('sctlr_el2', SCTLR_M | (wxn ? SCTLR_WXN : 0n));
    for (const ap1 of [0, 1]) {
      for (const pxn of [0, 1]) {
        tables.write(page, el1Leaf(xn, pxn, (readOnly << 1) | ap1));
        bench.memory.tlbi('alle2', 0n);
        assert.is(allowed(bench), expected, `XN ${xn} AP[2] ${readOnly} WXN ${wxn} AP[1] ${ap1} PXN ${pxn}`);
      }
    }
  }
});

test('table descriptors take permissions away below them: APTable, UXNTable, PXNTable, and never give any', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1(39);
  lower.map(VA, PA, 0x1000n);
  const page = lower.find(VA);
  const table = { pa: lower.root };
  const pointer = bench.physical.read64(lower.root);
  for (const [uxn, pxn, ap, wxns] of el1Table) {
    if (wxns === 1) continue;
    lower.write(page, el1Leaf(uxn, pxn, ap));
    for (let bits = 0; bits < 16; bits++) {
      const [pxnTable, uxnTable, noEl0, readOnly] = [bits & 1, (bits >> 1) & 1, (bits >> 2) & 1, (bits >> 3) & 1];
      lower.write(table, pointer | (BigInt(bits) << 59n));
      bench.memory.tlbi('vmalle1', 0n);
      const effective = [uxn | uxnTable, pxn | pxnTable, (noEl0 ? ap & 2 : ap) | (readOnly << 1)];
      const row = el1Table.find((other) => other[3] !== 1 && effective.every((bit, n) => bit === other[n]))!;
      bench.enter(1);
      assert.is(allowed(bench), row[4], `AP ${ap} UXN ${uxn} PXN ${pxn} table ${bits}`);
      bench.enter(0);
      assert.is(allowed(bench), row[5], `AP ${ap} UXN ${uxn} PXN ${pxn} table ${bits}`);
    }
  }
});

test('in the EL2 regime XNTable and APTable[1] count, PXNTable and APTable[0] do not', () => {
  const bench = new Bench();
  const tables = bench.enableEl2(39);
  tables.map(VA, PA, 0x1000n);
  const pointer = bench.physical.read64(tables.root);
  for (let bits = 0; bits < 16; bits++) {
    tables.write({ pa: tables.root }, pointer | (BigInt(bits) << 59n));
    bench.memory.tlbi('alle2', 0n);
    assert.is(allowed(bench), `r${bits & 8 ? '-' : 'w'}${bits & 2 ? '-' : 'x'}`, `table ${bits}`);
  }
});

test('stage 2: S2AP lets reads and writes through one by one, XN bars fetches, the levels are alike', () => {
  const table = ['---', 'r--', '-w-', 'rw-'];
  const bench = new Bench();
  const stage2 = bench.enableStage2();
  stage2.map(PA, PA, 0x1000n);
  const page = stage2.find(PA);
  for (const [s2ap, data] of table.entries()) {
    for (const xn of [0, 1]) {
      stage2.write(page, PA | PAGE | AF | (0xfn << 2n) | (BigInt(s2ap) << 6n) | (xn ? UXN : 0n));
      bench.memory.tlbi('vmalls12e1', 0n);
      for (const el of [0, 1] as const) {
        bench.enter(el);
        assert.is(allowed(bench, PA), xn ? data : `${data.slice(0, 2)}x`, `S2AP ${s2ap} XN ${xn} EL${el}`);
      }
    }
  }
});

test('with FEAT_XNX stage 2 bars EL1 and EL0 from fetching one by one', () => {
  const bench = new Bench();
  bench.set('id_aa64mmfr1_el1', 1n << 28n);
  const stage2 = bench.enableStage2();
  stage2.map(PA, PA, 0x1000n);
  // XN[1:0]: what EL1 and EL0 may do.
  for (const [xn, el1, el0] of [
    [0b00n, 'rwx', 'rwx'],
    [0b01n, 'rw-', 'rwx'],
    [0b10n, 'rw-', 'rw-'],
    [0b11n, 'rwx', 'rw-'],
  ] as const) {
    stage2.write(stage2.find(PA), PA | PAGE | AF | (0xfn << 2n) | (3n << 6n) | (xn << 53n));
    bench.memory.tlbi('vmalls12e1', 0n);
    bench.enter(1);
    assert.is(allowed(bench, PA), el1, `XN ${xn} EL1`);
    bench.enter(0);
    assert.is(allowed(bench, PA), el0, `XN ${xn} EL0`);
  }
});

test('with HPD table descriptors take nothing away, range by range', () => {
  const bench = new Bench();
  const { lower, upper } = bench.enableEl1();
  const [low, high] = [0x1000n, 0xffff_ff80_0000_1000n];
  for (const [tables, va] of [
    [lower, low],
    [upper, high],
  ] as const) {
    tables.map(va, PA, 0x1000n);
    const at = { pa: tables.root };
    tables.write(at, bench.physical.read64(at.pa) | (0xfn << 59n));
  }
  bench.enter(1);
  const allow = () => [allowed(bench, low), allowed(bench, high)];
  assert.equal(allow(), ['r--', 'r--']);
  for (const [bit, ...expected] of [
    [41n, 'rw', 'r-'],
    [42n, 'r-', 'rw'],
  ] as const) {
    bench.set('tcr_el1', (bench.get('tcr_el1') & ~(3n << 41n)) | (1n << bit));
    bench.memory.tlbi('vmalle1', 0n);
    assert.equal(
      allow().map((all) => all.slice(0, 2)),
      expected,
    );
  }
  const el2 = bench.enableEl2();
  el2.map(low, PA, 0x1000n);
  el2.write({ pa: el2.root }, bench.physical.read64(el2.root) | (1n << 62n));
  bench.enter(2);
  assert.is(allowed(bench).slice(0, 2), 'r-');
  bench.set('tcr_el2', bench.get('tcr_el2') | (1n << 24n));
  bench.memory.tlbi('alle2', 0n);
  assert.is(allowed(bench).slice(0, 2), 'rw');
});

test('both stages must allow an access, and stage 1 is asked first', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  const stage2 = bench.identityStage2();
  lower.map(VA, PA, 0x1000n, { write: false });
  stage2.map(PA, PA, 0x1000n, { write: false });
  bench.enter(1);
  assert.equal(
    abortOf(() => bench.store(VA, 0n)),
    { ec: 0x24, status: 0b001111, far: VA, write: true },
  );
  lower.map(VA, PA, 0x1000n);
  bench.memory.tlbi('vmalle1', 0n);
  const stage2Fault = { ec: 0x24, status: 0b001111, far: VA, write: true, ipa: PA, targetEl: 2 };
  assert.equal(
    abortOf(() => bench.store(VA, 0n)),
    stage2Fault,
  );
});

test('cache maintenance: cleaning needs read permission at EL0 and none at EL1, invalidating needs write permission', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(VA, PA, 0x1000n);
  const page = lower.find(VA);
  // AP[2:1]: what EL1 and EL0 may do.
  const table: readonly [number, string, string][] = [
    [0b00, 'clean invalidate', ''],
    [0b01, 'clean invalidate', 'clean invalidate'],
    [0b10, 'clean', ''],
    [0b11, 'clean', 'clean'],
  ];
  for (const [ap, ...expected] of table) {
    lower.write(page, el1Leaf(0, 0, ap));
    bench.memory.tlbi('vmalle1', 0n);
    for (const el of [1, 0] as const) {
      bench.enter(el);
      const done = (['clean', 'invalidate'] as const).filter((kind) => {
        try {
          bench.memory.maintainCache(kind, Number(VA), 0, 64);
          return true;
        } catch {
          return false;
        }
      });
      assert.is(done.join(' '), expected[1 - el], `AP ${ap} EL${el}`);
    }
  }
});

test('stage 2: cleaning needs read permission at EL0 and none at EL1, invalidating needs write permission', () => {
  const bench = new Bench();
  const stage2 = bench.enableStage2();
  stage2.map(PA, PA, 0x1000n);
  // S2AP: what EL1 and EL0 may do.
  const table: readonly [bigint, string, string][] = [
    [0b00n, 'clean', ''],
    [0b01n, 'clean', 'clean'],
    [0b10n, 'clean invalidate', 'invalidate'],
    [0b11n, 'clean invalidate', 'clean invalidate'],
  ];
  for (const [s2ap, ...expected] of table) {
    stage2.write(stage2.find(PA), PA | PAGE | AF | (0xfn << 2n) | (s2ap << 6n));
    bench.memory.tlbi('vmalls12e1', 0n);
    for (const el of [1, 0] as const) {
      bench.enter(el);
      const done = (['clean', 'invalidate'] as const).filter((kind) => {
        try {
          bench.memory.maintainCache(kind, Number(PA), 0, 64);
          return true;
        } catch {
          return false;
        }
      });
      assert.is(done.join(' '), expected[1 - el], `S2AP ${s2ap} EL${el}`);
    }
  }
});

test('a fault of cache maintenance is a data abort with CM and WnR', () => {
  const bench = new Bench();
  bench.enableEl1();
  bench.enter(1);
  const expected = { ec: 0x24, status: 0b000101, far: 0x5678n, write: true, maintenance: true };
  assert.equal(
    abortOf(() => bench.memory.maintainCache('clean', 0x5678, 0, 64)),
    expected,
  );
  assert.ok(bench.get('hcr_el2') & HCR_RW);
});

test.run();
