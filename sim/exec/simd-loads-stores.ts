/** Loads and stores of SIMD&FP registers, one or a pair (Arm ARM C4.1.88, instructions in C7.2). */
import type { Fields } from '../../asm/a64/table/row.ts';
import { ACCESS_ADDRESS, SCRATCH, V0 } from '../core/registers.ts';
import { type Addressing, access, baseAndOffset, literal, postIndex, preIndex, registerOffset } from './addressing.ts';
import { loadPair, makeLoad, makeStore, storePair } from './loads-stores.ts';
import { signExtend } from './operands.ts';
import type { Builder, Environment, Semantics, SemanticsTable } from './operation.ts';

const ADDRESS = 2 * ACCESS_ADDRESS;
const PAGE_SIZE = 4096;
const QUADWORD = 4;

/** The cell of the low half of V<n>; the high half follows. */
export function vectorCell(n: number): number {
  return V0 + 2 * n;
}

/** log2 of the bytes of one register, B to Q: opc<1>:size. */
function scaleOf({ opc, size }: Fields): number {
  return ((opc & 2) << 1) | size;
}

/** `execute` after the check that FP and SIMD may be used. */
function whereEnabled(on: Environment, execute: () => void): () => void {
  const { checkFp } = on;
  return () => {
    checkFp();
    execute();
  };
}

/** A load of one register: what lies above the bytes read becomes zero. */
function loadVector(on: Environment, scale: number, t: number): () => void {
  const { memory } = on;
  const { cells, words } = on.cpu;
  const low = vectorCell(t);
  if (scale === QUADWORD) return () => memory.load128(low, words[ADDRESS]!, words[ADDRESS + 1]!);
  const load = makeLoad(on, scale, low);
  return () => {
    load();
    cells[low + 1] = 0n;
  };
}

function storeVector(on: Environment, scale: number, t: number): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  const low = vectorCell(t);
  if (scale === QUADWORD) return () => memory.store128(low, words[ADDRESS]!, words[ADDRESS + 1]!);
  return makeStore(on, scale, low);
}

type AddressBuilder = (on: Environment, fields: Fields) => Addressing;

const scaledOffset: AddressBuilder = (on, fields) => baseAndOffset(on, fields.Rn, fields.imm12 << scaleOf(fields));
const unscaledOffset: AddressBuilder = (on, { Rn, imm9 }) => baseAndOffset(on, Rn, signExtend(imm9, 9));
const preIndexed: AddressBuilder = (on, { Rn, imm9 }) => preIndex(on, Rn, signExtend(imm9, 9));
const postIndexed: AddressBuilder = (on, { Rn, imm9 }) => postIndex(on, Rn, signExtend(imm9, 9));
const extendedOffset: AddressBuilder = (on, fields) => registerOffset(on, fields, fields.S === 1 ? scaleOf(fields) : 0);

/** A load or store of one register; opc<0> tells which. */
function single(address: AddressBuilder): Semantics {
  const build: Builder = (fields, on) => {
    const scale = scaleOf(fields);
    const transfer = (fields.opc & 1) === 1 ? loadVector(on, scale, fields.Rt) : storeVector(on, scale, fields.Rt);
    return whereEnabled(on, access(address(on, fields), transfer));
  };
  return {
    build,
    access: (fields) => ({ kind: (fields.opc & 1) === 1 ? 'load' : 'store', size: 1 << scaleOf(fields) }),
  };
}

const loadLiteral: Semantics = {
  build: (fields, on) => {
    const transfer = loadVector(on, 2 + fields.opc, fields.Rt);
    return whereEnabled(on, access(literal(on, signExtend(fields.imm19, 19) * 4), transfer));
  },
  access: ({ opc }) => ({ kind: 'load', size: 4 << opc }),
};

function loadVectorPair(on: Environment, scale: number, Rt: number, Rt2: number): () => void {
  const { memory } = on;
  const { cells, words } = on.cpu;
  const t = vectorCell(Rt);
  const t2 = vectorCell(Rt2);
  if (scale < QUADWORD) {
    const load = loadPair(on, scale, t, t2, false);
    return () => {
      load();
      cells[t + 1] = 0n;
      cells[t2 + 1] = 0n;
    };
  }
  const NEXT = SCRATCH + 2;
  return () => {
    memory.load128(SCRATCH, words[ADDRESS]!, words[ADDRESS + 1]!);
    cells[NEXT] = cells[ACCESS_ADDRESS]! + 16n;
    memory.load128(t2, words[2 * NEXT]!, words[2 * NEXT + 1]!);
    cells[t] = cells[SCRATCH]!;
    cells[t + 1] = cells[SCRATCH + 1]!;
  };
}

function storeVectorPair(on: Environment, scale: number, Rt: number, Rt2: number): () => void {
  const { memory } = on;
  const { cells, words } = on.cpu;
  const t = vectorCell(Rt);
  const t2 = vectorCell(Rt2);
  if (scale < QUADWORD) return storePair(on, scale, t, t2);
  const NEXT = SCRATCH + 2;
  return () => {
    const lo = words[ADDRESS]!;
    const hi = words[ADDRESS + 1]!;
    if ((lo & (PAGE_SIZE - 1)) > PAGE_SIZE - 32) memory.checkStore(lo, hi, 32);
    cells[NEXT] = cells[ACCESS_ADDRESS]! + 16n;
    memory.store128(t, lo, hi);
    memory.store128(t2, words[2 * NEXT]!, words[2 * NEXT + 1]!);
  };
}

type PairAddress = (on: Environment, Rn: number, offset: number) => Addressing;

function pair(address: PairAddress, load: boolean): Semantics {
  const build: Builder = (fields, on) => {
    const scale = 2 + fields.opc;
    const transfer = (load ? loadVectorPair : storeVectorPair)(on, scale, fields.Rt, fields.Rt2);
    return whereEnabled(on, access(address(on, fields.Rn, signExtend(fields.imm7, 7) << scale), transfer));
  };
  return { build, access: ({ opc }) => ({ kind: load ? 'load' : 'store', size: 8 << opc }) };
}

function forms(stem: 'LDR' | 'STR', unscaled: string): SemanticsTable {
  return {
    [`${stem} (immediate, SIMD&FP)/Unsigned offset`]: single(scaledOffset),
    [`${stem} (immediate, SIMD&FP)/Pre-index`]: single(preIndexed),
    [`${stem} (immediate, SIMD&FP)/Post-index`]: single(postIndexed),
    [`${stem} (register, SIMD&FP)`]: single(extendedOffset),
    [`${unscaled} (SIMD&FP)`]: single(unscaledOffset),
  };
}

function pairForms(stem: 'LD' | 'ST'): SemanticsTable {
  const load = stem === 'LD';
  return {
    [`${stem}P (SIMD&FP)/Signed offset`]: pair(baseAndOffset, load),
    [`${stem}P (SIMD&FP)/Pre-index`]: pair(preIndex, load),
    [`${stem}P (SIMD&FP)/Post-index`]: pair(postIndex, load),
    [`${stem}NP (SIMD&FP)`]: pair(baseAndOffset, load),
  };
}

export const simdLoadsStores: SemanticsTable = {
  ...forms('LDR', 'LDUR'),
  ...forms('STR', 'STUR'),
  ...pairForms('LD'),
  ...pairForms('ST'),
  'LDR (literal, SIMD&FP)': loadLiteral,
};
