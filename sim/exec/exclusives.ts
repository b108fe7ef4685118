/**
 * Load-exclusive and store-exclusive, load-acquire and store-release (Arm ARM C4.1.88, B2.9 "Synchronization and
 * semaphores"). With one processor, ordering is program order. The local monitor holds the address, the size and the data of
 * the last load-exclusive; a store-exclusive succeeds where all three still match memory.
 */
import type { Fields } from '../../asm/a64/table/row.ts';
import { ACCESS_ADDRESS, EXCLUSIVE_ADDRESS, EXCLUSIVE_DATA, EXCLUSIVE_SIZE, SCRATCH } from '../core/registers.ts';
import { access, baseAndOffset } from './addressing.ts';
import { describeTransfer, loadPair, makeLoad, makeStore, storePair } from './loads-stores.ts';
import { destination, source } from './operands.ts';
import type { Builder, Environment, Semantics, SemanticsTable } from './operation.ts';

const ADDRESS = 2 * ACCESS_ADDRESS;

/** A function that throws the alignment fault of an access of `size` bytes that is not aligned. */
export function alignmentCheck(on: Environment, size: number, write: boolean): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  return () => memory.requireAligned(words[ADDRESS]!, words[ADDRESS + 1]!, size, write);
}

/** Marks ACCESS_ADDRESS as exclusive, with the data that cells `t` and `t2` (undefined: one register) were loaded with. */
function markExclusive(on: Environment, size: number, t: number, t2: number | undefined): () => void {
  const { cpu } = on;
  const { cells } = cpu;
  const bytes = BigInt(size);
  return () => {
    cpu.write(EXCLUSIVE_ADDRESS, cells[ACCESS_ADDRESS]!);
    cpu.write(EXCLUSIVE_SIZE, bytes);
    cpu.write(EXCLUSIVE_DATA, cells[t]!);
    if (t2 !== undefined) cpu.write(EXCLUSIVE_DATA + 1, cells[t2]!);
  };
}

/** LDXR, LDAXR and their kin. */
const loadExclusive: Builder = (fields, on) => {
  const { cells } = on.cpu;
  const { size } = fields;
  const t = destination(fields.Rt);
  const check = alignmentCheck(on, 1 << size, false);
  const load = makeLoad(on, size, SCRATCH);
  const mark = markExclusive(on, 1 << size, SCRATCH, undefined);
  return access(baseAndOffset(on, fields.Rn, 0), () => {
    check();
    load();
    mark();
    cells[t] = cells[SCRATCH]!;
  });
};

/** LDXP, LDAXP: the pair is one access of twice the size. */
const loadExclusivePair: Builder = (fields, on) => {
  const sizeLog2 = 2 + fields.sz;
  const { cells } = on.cpu;
  const t = destination(fields.Rt);
  const t2 = destination(fields.Rt2);
  const check = alignmentCheck(on, 2 << sizeLog2, false);
  const load = loadPair(on, sizeLog2, SCRATCH + 2, SCRATCH + 1, false);
  const mark = markExclusive(on, 2 << sizeLog2, SCRATCH + 2, SCRATCH + 1);
  return access(baseAndOffset(on, fields.Rn, 0), () => {
    check();
    load();
    mark();
    cells[t] = cells[SCRATCH + 2]!;
    cells[t2] = cells[SCRATCH + 1]!;
  });
};

/** A function that loads 1 << sizeLog2 bytes that a store-exclusive would replace, at the address in cell `at`. */
function makeReplacedLoad(on: Environment, sizeLog2: number, t: number, at = ACCESS_ADDRESS): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  return () => memory.loadReplaced(t, words[2 * at]!, words[2 * at + 1]!, 1 << sizeLog2);
}

/** A store-exclusive of `size` bytes: `load` reads what is there into cells `now`, `store` makes the store. */
function storeWhereExclusive(
  on: Environment,
  fields: Fields,
  size: number,
  now: readonly number[],
  load: () => void,
  store: () => void,
): () => void {
  const { cpu } = on;
  const { cells, words } = cpu;
  const s = destination(fields.Rs);
  const check = alignmentCheck(on, size, true);
  return access(baseAndOffset(on, fields.Rn, 0), () => {
    check();
    const marked = words[2 * EXCLUSIVE_SIZE] === size && cells[EXCLUSIVE_ADDRESS] === cells[ACCESS_ADDRESS];
    let passed = marked;
    if (marked) {
      load();
      passed = now.every((cell, i) => cells[cell] === cells[EXCLUSIVE_DATA + i]);
    }
    if (passed) store();
    if (words[2 * EXCLUSIVE_SIZE] !== 0) cpu.write(EXCLUSIVE_SIZE, 0n);
    cells[s] = passed ? 0n : 1n;
  });
}

/** STXR, STLXR and their kin. */
const storeExclusive: Builder = (fields, on) => {
  const { size } = fields;
  const load = makeReplacedLoad(on, size, SCRATCH);
  const store = makeStore(on, size, source(fields.Rt));
  return storeWhereExclusive(on, fields, 1 << size, [SCRATCH], load, store);
};

/** What the two registers of STXP would replace; the second cell holds the address before. */
const FIRST = SCRATCH + 2;
const SECOND = SCRATCH + 1;

/** STXP, STLXP. */
const storeExclusivePair: Builder = (fields, on) => {
  const sizeLog2 = 2 + fields.sz;
  const { cells } = on.cpu;
  const loadFirst = makeReplacedLoad(on, sizeLog2, FIRST);
  const loadSecond = makeReplacedLoad(on, sizeLog2, SECOND, SECOND);
  const load = () => {
    loadFirst();
    cells[SECOND] = cells[ACCESS_ADDRESS]! + BigInt(1 << sizeLog2);
    loadSecond();
  };
  const store = storePair(on, sizeLog2, source(fields.Rt), source(fields.Rt2));
  return storeWhereExclusive(on, fields, 2 << sizeLog2, [FIRST, SECOND], load, store);
};

const exclusiveLoad: Semantics = { build: loadExclusive, access: ({ size }) => ({ kind: 'load', size: 1 << size }) };
const exclusiveStore: Semantics = { build: storeExclusive, access: ({ size }) => ({ kind: 'store', size: 1 << size }) };
const exclusivePairLoad: Semantics = {
  build: loadExclusivePair,
  access: ({ sz }) => ({ kind: 'load', size: 8 << sz }),
};
const exclusivePairStore: Semantics = {
  build: storeExclusivePair,
  access: ({ sz }) => ({ kind: 'store', size: 8 << sz }),
};

/** Load-acquire and store-release of one register, aligned or not allowed. */
const ordered = (load: boolean): Semantics => ({
  build: (fields, on) => {
    const { size } = fields;
    const check = alignmentCheck(on, 1 << size, !load);
    const transfer = load ? makeLoad(on, size, destination(fields.Rt)) : makeStore(on, size, source(fields.Rt));
    return access(baseAndOffset(on, fields.Rn, 0), () => {
      check();
      transfer();
    });
  },
  access: ({ size }) => ({ kind: load ? 'load' : 'store', size: 1 << size }),
  abortSyndrome: ({ size, Rt }) => describeTransfer(size, load ? 'zero' : undefined, Rt, true),
});

const acquire = ordered(true);
const release = ordered(false);

/** A word or doubleword has one row, bytes and halfwords one each. */
function sizes(mnemonic: string, semantics: Semantics): SemanticsTable {
  return { [`${mnemonic}B`]: semantics, [`${mnemonic}H`]: semantics, [mnemonic]: semantics };
}

export const exclusives: SemanticsTable = {
  ...sizes('LDXR', exclusiveLoad),
  ...sizes('LDAXR', exclusiveLoad),
  ...sizes('STXR', exclusiveStore),
  ...sizes('STLXR', exclusiveStore),
  LDXP: exclusivePairLoad,
  LDAXP: exclusivePairLoad,
  STXP: exclusivePairStore,
  STLXP: exclusivePairStore,
  ...sizes('LDAR', acquire),
  ...sizes('STLR', release),
  ...sizes('LDLAR', acquire),
  ...sizes('STLLR', release),
  ...sizes('LDAPR', acquire),
};
