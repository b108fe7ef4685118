/** Atomic memory operations (FEAT_LSE; Arm ARM C4.1.88 "Atomic memory operations", "Compare and swap"). */
import type { Fields } from '../../asm/a64/table/row.ts';
import { ACCESS_ADDRESS, SCRATCH } from '../core/registers.ts';
import { access, baseAndOffset } from './addressing.ts';
import { alignmentCheck } from './exclusives.ts';
import { loadPair, makeLoad, makeStore, storePair } from './loads-stores.ts';
import { destination, source } from './operands.ts';
import type { Builder, Environment, Semantics, SemanticsTable } from './operation.ts';

/** What is stored, from what memory held and the operand, both of `bits` bits and unsigned. */
type Operation = (old: bigint, operand: bigint, bits: number) => bigint;

/** Where the old value is kept until the store has not faulted, and the new one from which it is made. */
const OLD = SCRATCH;
const NEW = SCRATCH + 2;

/** LD<op> and SWP: the operand is Rs, the old value goes to Rt. */
function readModifyWrite(operation: Operation): Semantics {
  const build: Builder = (fields, on) => {
    const { cells } = on.cpu;
    const { size } = fields;
    const bits = 8 << size;
    const s = source(fields.Rs);
    const t = destination(fields.Rt);
    const check = alignmentCheck(on, 1 << size, true);
    const load = makeLoad(on, size, OLD);
    const store = makeStore(on, size, NEW);
    return access(baseAndOffset(on, fields.Rn, 0), () => {
      check();
      load();
      cells[NEW] = operation(cells[OLD]!, BigInt.asUintN(bits, cells[s]!), bits);
      store();
      cells[t] = cells[OLD]!;
    });
  };
  return { build, access: ({ size }) => ({ kind: 'atomic', size: 1 << size }) };
}

/** A function that throws what a store of `size` bytes would: memory that is not swapped has to be writable all the same. */
function storeCheck(on: Environment, size: number): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  return () => memory.checkStore(words[2 * ACCESS_ADDRESS]!, words[2 * ACCESS_ADDRESS + 1]!, size);
}

/** CAS: Rs is compared and gets the old value, Rt is stored where they are equal. */
const compareAndSwap: Builder = (fields, on) => {
  const { cells } = on.cpu;
  const { size } = fields;
  const bits = 8 << size;
  const compared = source(fields.Rs);
  const s = destination(fields.Rs);
  const check = alignmentCheck(on, 1 << size, true);
  const load = makeLoad(on, size, OLD);
  const store = makeStore(on, size, source(fields.Rt));
  const checkStore = storeCheck(on, 1 << size);
  return access(baseAndOffset(on, fields.Rn, 0), () => {
    check();
    load();
    if (cells[OLD] === BigInt.asUintN(bits, cells[compared]!)) store();
    else checkStore();
    cells[s] = cells[OLD]!;
  });
};

/** CASP: pairs of registers, the first of each with an even number. */
const compareAndSwapPair: Builder = (fields: Fields, on) => {
  const { cells } = on.cpu;
  const sizeLog2 = 2 + fields.sz;
  const bits = 8 << sizeLog2;
  const { Rs, Rt } = fields;
  const check = alignmentCheck(on, 2 << sizeLog2, true);
  const load = loadPair(on, sizeLog2, SCRATCH + 2, SCRATCH + 1, false);
  const store = storePair(on, sizeLog2, source(Rt), source(Rt + 1));
  const checkStore = storeCheck(on, 2 << sizeLog2);
  return access(baseAndOffset(on, fields.Rn, 0), () => {
    check();
    load();
    const low = cells[SCRATCH + 2]!;
    const high = cells[SCRATCH + 1]!;
    const isEqual =
      low === BigInt.asUintN(bits, cells[source(Rs)]!) && high === BigInt.asUintN(bits, cells[source(Rs + 1)]!);
    if (isEqual) store();
    else checkStore();
    cells[destination(Rs)] = low;
    cells[destination(Rs + 1)] = high;
  });
};

/** The operand whose `key` is the greatest (`order` 1) or the smallest (-1). */
function extreme(order: 1n | -1n, key: (bits: number, value: bigint) => bigint): Operation {
  return (old, operand, bits) => ((key(bits, old) - key(bits, operand)) * order > 0n ? old : operand);
}

const operations: Readonly<Record<string, Operation>> = {
  LDADD: (old, operand, bits) => BigInt.asUintN(bits, old + operand),
  LDCLR: (old, operand) => old & ~operand,
  LDEOR: (old, operand) => old ^ operand,
  LDSET: (old, operand) => old | operand,
  LDSMAX: extreme(1n, BigInt.asIntN),
  LDSMIN: extreme(-1n, BigInt.asIntN),
  LDUMAX: extreme(1n, BigInt.asUintN),
  LDUMIN: extreme(-1n, BigInt.asUintN),
  SWP: (_old, operand) => operand,
};

/** The manual's title of an operation and size, which names all four orderings. */
function titleOf(stem: string, suffix: string): string {
  return ['', 'A', 'AL', 'L'].map((letters) => stem + letters + suffix).join(', ');
}

const suffixes = ['B', 'H', ''] as const;

const swaps: Semantics = { build: compareAndSwap, access: ({ size }) => ({ kind: 'atomic', size: 1 << size }) };

export const atomics: SemanticsTable = {
  ...Object.fromEntries(
    Object.entries(operations).flatMap(([stem, operation]) =>
      suffixes.map((suffix) => [titleOf(stem, suffix), readModifyWrite(operation)]),
    ),
  ),
  ...Object.fromEntries(suffixes.map((suffix) => [titleOf('CAS', suffix), swaps])),
  'CASP, CASPA, CASPAL, CASPL': {
    build: compareAndSwapPair,
    access: ({ sz }) => ({ kind: 'atomic', size: 8 << sz }),
  },
};
