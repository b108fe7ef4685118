/** Faults of every kind at every level of both stages, ranges, and what translation does while it is off. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NotModelled } from '../../sim/core/exceptions.ts';
import type { PageTables } from '../../sim/memory/page-tables.ts';
import { abortOf, Bench, HCR_PTW, HCR_TGE, RAM } from './test-bench.ts';

const AF = 1n << 10n;
const DBM = 1n << 51n;

/** Bytes that an entry of `level` covers. */
const entrySize = (level: number) => 1n << BigInt(12 + 9 * (3 - level));

/** Makes the entry for `va` at `level` and gives its descriptor's address. */
function entryAt(tables: PageTables, va: bigint, level: number): { pa: bigint } {
  const aligned = va & -entrySize(level);
  if (level > 0) tables.map(aligned, RAM & -entrySize(level), entrySize(level));
  return level === 0 ? { pa: tables.root + 8n * ((va >> 39n) & 511n) } : tables.find(va);
}

interface Regime {
  readonly name: string;
  /** Sets a machine up; the tables under test, and an address they resolve from level 0 on. */
  readonly make: (bench: Bench) => { tables: PageTables; va: bigint; stage2: boolean };
}

const regimes: readonly Regime[] = [
  {
    name: 'EL2',
    make: (bench) => ({ tables: bench.enableEl2(48), va: 0x8123_4567_8000n, stage2: false }),
  },
  {
    name: 'EL1&0, lower range',
    make: (bench) => {
      const { lower } = bench.enableEl1(48);
      bench.enter(1);
      return { tables: lower, va: 0x8123_4567_8000n, stage2: false };
    },
  },
  {
    name: 'EL1&0, upper range',
    make: (bench) => {
      const { upper } = bench.enableEl1(48);
      bench.enter(1);
      return { tables: upper, va: 0xffff_8123_4567_8000n, stage2: false };
    },
  },
  {
    name: 'stage 2',
    make: (bench) => {
      const tables = bench.enableStage2(48, 1n, 0);
      bench.enter(1);
      return { tables, va: 0x8123_4567_8000n, stage2: true };
    },
  },
];

for (const { name, make } of regimes) {
  const fault = (va: bigint, stage2: boolean, status: number) => ({
    ec: 0x24,
    status,
    far: va,
    ...(stage2 ? { ipa: va, targetEl: 2 } : {}),
  });

  test(`${name}: an invalid descriptor at level 0 to 3 is a translation fault of that level`, () => {
    for (const level of [0, 1, 2, 3]) {
      const bench = new Bench();
      const { tables, va, stage2 } = make(bench);
      const entry = entryAt(tables, va, level);
      // Bits 1:0 are 0b00 or 0b10; 0b01 is a block, which levels 0 and 3 do not have.
      for (const type of level === 0 || level === 3 ? [0n, 1n, 2n] : [0n, 2n]) {
        tables.write(entry, RAM | AF | (3n << 6n) | type);
        assert.equal(
          abortOf(() => bench.load(va)),
          fault(va, stage2, 0b000100 + level),
          `level ${level} type ${type}`,
        );
      }
    }
  });

  test(`${name}: a block or page whose access flag is 0 is an access flag fault of its level`, () => {
    for (const level of [1, 2, 3]) {
      const bench = new Bench();
      const { tables, va, stage2 } = make(bench);
      const entry = entryAt(tables, va, level);
      tables.write(entry, bench.physical.read64(entry.pa) & ~AF);
      assert.equal(
        abortOf(() => bench.load(va)),
        fault(va, stage2, 0b001000 + level),
        `level ${level}`,
      );
    }
  });

  test(`${name}: a refused permission is a permission fault of the level of the block or page`, () => {
    for (const level of [1, 2, 3]) {
      const bench = new Bench();
      const { tables, va, stage2 } = make(bench);
      const size = entrySize(level);
      tables.map(va & -size, RAM & -size, size, { write: false });
      const expected = { ...fault(va, stage2, 0b001100 + level), write: true };
      assert.equal(
        abortOf(() => bench.store(va, 0n)),
        expected,
        `level ${level}`,
      );
    }
  });

  test(`${name}: an output or table address beyond the output size is an address size fault of the descriptor's level`, () => {
    for (const level of [0, 1, 2, 3]) {
      const bench = new Bench();
      const { tables, va, stage2 } = make(bench);
      const entry = entryAt(tables, va, level);
      // 40 bits of output in TCR_EL2.PS, TCR_EL1.IPS and VTCR_EL2.PS.
      bench.set('tcr_el2', (bench.get('tcr_el2') & ~(7n << 16n)) | (2n << 16n));
      bench.set('tcr_el1', (bench.get('tcr_el1') & ~(7n << 32n)) | (2n << 32n));
      bench.set('vtcr_el2', (bench.get('vtcr_el2') & ~(7n << 16n)) | (2n << 16n));
      if (level > 0) {
        tables.write(entry, bench.physical.read64(entry.pa) | (1n << 40n));
        assert.equal(
          abortOf(() => bench.load(va)),
          fault(va, stage2, level),
          `block or page at level ${level}`,
        );
      }
      if (level < 3) {
        tables.write(entry, RAM | (1n << 40n) | 3n);
        assert.equal(
          abortOf(() => bench.load(va)),
          fault(va, stage2, level),
          `table at level ${level}`,
        );
      }
    }
  });

  test(`${name}: a table base beyond the output size is an address size fault of level 0`, () => {
    const bench = new Bench();
    const { va, stage2 } = make(bench);
    for (const register of ['tcr_el2', 'vtcr_el2'])
      bench.set(register, (bench.get(register) & ~(7n << 16n)) | (2n << 16n));
    bench.set('tcr_el1', (bench.get('tcr_el1') & ~(7n << 32n)) | (2n << 32n));
    for (const register of ['ttbr0_el2', 'ttbr0_el1', 'ttbr1_el1', 'vttbr_el2']) {
      bench.set(register, bench.get(register) | (1n << 44n));
    }
    assert.equal(
      abortOf(() => bench.load(va)),
      fault(va, stage2, 0),
    );
  });

  test(`${name}: a table where no RAM is gives an external abort on the walk, of the level that was to be read`, () => {
    for (const level of [0, 1, 2]) {
      const bench = new Bench();
      const { tables, va, stage2 } = make(bench);
      tables.write(entryAt(tables, va, level), 0x1000_0003n);
      assert.equal(
        abortOf(() => bench.load(va)),
        fault(va, stage2, 0b010100 + level + 1),
        `table at level ${level}`,
      );
    }
  });

  test(`${name}: blocks of 1 GB and 2 MB and pages of 4 KB lead where they say`, () => {
    for (const level of [1, 2, 3]) {
      const bench = new Bench();
      const { tables, va } = make(bench);
      const size = entrySize(level);
      tables.map(va & -size, RAM & -size, size);
      const pa = (RAM & -size) + (va & (size - 1n));
      assert.is(bench.memory.translate(va + 0x128n), pa + 0x128n, `level ${level}`);
    }
  });

  test(`${name}: a fetch is an instruction abort with the same status`, () => {
    const bench = new Bench();
    const { va, stage2 } = make(bench);
    assert.equal(
      abortOf(() => bench.fetch(va)),
      { ...fault(va, stage2, 0b000100), ec: 0x20 },
    );
  });

  test(`${name}: hardware that would update a descriptor is not modelled, and says which bit asks for it`, () => {
    const bench = new Bench();
    const { tables, va, stage2 } = make(bench);
    const entry = entryAt(tables, va, 3);
    const descriptor = bench.physical.read64(entry.pa);
    const readOnly = stage2 ? descriptor & ~(1n << 7n) : descriptor | (1n << 7n);
    const refused = (bit: string) => (error: Error) =>
      error instanceof NotModelled &&
      new RegExp(`updates descriptors \\(V?TCR_EL[12]\\.${bit} = 1\\)`).test(error.message);
    const set = (value: bigint, ha: bigint, hd: bigint) => {
      tables.write(entry, value);
      for (const [register, lsb] of [
        ['tcr_el2', 21n],
        ['tcr_el1', 39n],
        ['vtcr_el2', 21n],
      ] as const) {
        bench.set(register, (bench.get(register) & ~(3n << lsb)) | (ha << lsb) | (hd << (lsb + 1n)));
      }
    };
    set(descriptor & ~AF, 1n, 0n);
    assert.throws(() => bench.load(va), refused('HA'));
    set(readOnly | DBM, 0n, 1n);
    assert.throws(() => bench.load(va), refused('HD'));
    // Nothing to update: the page was accessed, and is writable or not managed.
    for (const value of [descriptor | DBM, readOnly]) {
      set(value, 1n, 1n);
      bench.load(va);
      bench.memory.tlbi('alle2', 0n);
      bench.memory.tlbi('alle1', 0n);
    }
  });

  test(`${name}: another granule than 4 KB is not modelled, and says which field asks for it`, () => {
    const bench = new Bench();
    const { va } = make(bench);
    for (const register of ['tcr_el2', 'tcr_el1', 'vtcr_el2']) {
      // 64 KB in TG0 and in TG1.
      bench.set(register, bench.get(register) | (1n << 14n) | (register === 'tcr_el1' ? 3n << 30n : 0n));
    }
    assert.throws(
      () => bench.load(va),
      (error: Error) =>
        error instanceof NotModelled && /granule other than 4 KB \(V?TCR_EL[12]\.TG[01] = 0b/.test(error.message),
    );
  });
}

test('a stage 2 fault on a stage 1 walk goes to EL2 with S1PTW, the level of stage 2, and the IPA of the descriptor', () => {
  const make = () => {
    const bench = new Bench();
    const { lower } = bench.enableEl1(39);
    lower.map(0x1000n, RAM, 0x1000n);
    const stage2 = bench.identityStage2();
    bench.enter(1);
    return { bench, lower, stage2, table: lower.root };
  };
  const expected = (status: number, table: bigint, more = {}) => ({
    ec: 0x24,
    status,
    far: 0x1008n,
    s1ptw: true,
    ipa: table,
    targetEl: 2,
    ...more,
  });
  {
    const { bench, stage2, table } = make();
    stage2.unmap(table, 0x1000n);
    assert.equal(
      abortOf(() => bench.load(0x1008n)),
      expected(0b000111, table),
      'translation',
    );
    assert.equal(
      abortOf(() => bench.store(0x1008n, 0n)),
      expected(0b000111, table, { write: true }),
      'WnR is the access',
    );
    assert.equal(
      abortOf(() => bench.fetch(0x1008n)),
      expected(0b000111, table, { ec: 0x20 }),
      'fetch',
    );
  }
  {
    const { bench, stage2, table } = make();
    stage2.map(table, table, 0x1000n, { accessFlag: false });
    assert.equal(
      abortOf(() => bench.load(0x1008n)),
      expected(0b001011, table),
      'access flag',
    );
  }
  {
    const { bench, stage2, table } = make();
    stage2.map(table, table, 0x1000n, { read: false });
    assert.equal(
      abortOf(() => bench.load(0x1008n)),
      expected(0b001111, table),
      'permission',
    );
  }
  {
    const { bench, stage2, table } = make();
    stage2.map(table, table, 0x1000n, { memory: 'device' });
    assert.is(bench.load(0x1008n), 0n, 'a walk through Device memory');
    bench.set('hcr_el2', bench.get('hcr_el2') | HCR_PTW);
    bench.memory.tlbi('vmalle1', 0n);
    assert.equal(
      abortOf(() => bench.load(0x1008n)),
      expected(0b001111, table),
      'with HCR_EL2.PTW',
    );
    bench.set('hcr_el2', bench.get('hcr_el2') | HCR_TGE);
    bench.enter(0);
    assert.is(bench.memory.translate(0x1008n), undefined, 'TGE: stage 1 off, so 0x1008 is an IPA nobody mapped');
  }
  {
    const { bench, lower, stage2 } = make();
    const second = bench.physical.read64(lower.root) & 0xffff_ffff_f000n;
    stage2.unmap(second, 0x1000n);
    assert.equal(
      abortOf(() => bench.load(0x1008n)),
      expected(0b000111, second),
      'the second table',
    );
  }
});

test('the page of a descriptor that is not the first is in the IPA of an S1PTW fault', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1(39);
  const stage2 = bench.identityStage2();
  stage2.unmap(lower.root, 0x1000n);
  bench.enter(1);
  const va = 5n << 30n;
  assert.is(abortOf(() => bench.load(va)).ipa, lower.root + 40n);
});

test('a stage 2 fault gives the whole IPA, not the page alone', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1(39);
  bench.identityStage2();
  lower.map(0x2000n, 0x1_2345_6000n, 0x1000n);
  bench.enter(1);
  assert.equal(
    abortOf(() => bench.load(0x2ab8n)),
    {
      ec: 0x24,
      status: 0b000101,
      far: 0x2ab8n,
      ipa: 0x1_2345_6ab8n,
      targetEl: 2,
    },
  );
});

test.run();
