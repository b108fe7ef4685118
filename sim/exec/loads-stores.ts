/** Loads and stores of general-purpose registers, one or a pair (Arm ARM C4.1.88, instructions in C6.2). */
import type { Fields } from '../../asm/a64/table/row.ts';
import { ACCESS_ADDRESS, SCRATCH } from '../core/registers.ts';
import { type Addressing, access, baseAndOffset, literal, postIndex, preIndex, registerOffset } from './addressing.ts';
import { destination, signExtend, source } from './operands.ts';
import type { Access, Builder, Environment, Semantics, SemanticsTable } from './operation.ts';

const ADDRESS = 2 * ACCESS_ADDRESS;
const PAGE_SIZE = 4096;

/** What a load makes of the bytes it reads. */
type Extension = 'zero' | 'signed to 64' | 'signed to 32';

/** The size and direction of an access to one register, as the size and opc fields say. */
interface Transfer {
  readonly sizeLog2: number;
  /** Undefined for a store. */
  readonly load: Extension | undefined;
}

const loads: readonly (Extension | undefined)[] = [undefined, 'zero', 'signed to 64', 'signed to 32'];

function transferOf({ size, opc }: Fields): Transfer {
  return { sizeLog2: size, load: loads[opc] };
}

/** The closure that makes the access at ACCESS_ADDRESS. */
function makeTransfer(on: Environment, { sizeLog2, load }: Transfer, Rt: number): () => void {
  if (load === undefined) return makeStore(on, sizeLog2, source(Rt));
  if (load === 'zero') return makeLoad(on, sizeLog2, destination(Rt));
  return makeSignedLoad(on, sizeLog2, destination(Rt), load === 'signed to 64');
}

/** A load of 1 << sizeLog2 bytes, zero-extended, from the address in cell `at`. */
export function makeLoad(on: Environment, sizeLog2: number, t: number, at = ACCESS_ADDRESS): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  const lo = 2 * at;
  const hi = lo + 1;
  switch (sizeLog2) {
    case 0:
      return () => memory.load8(t, words[lo]!, words[hi]!);
    case 1:
      return () => memory.load16(t, words[lo]!, words[hi]!);
    case 2:
      return () => memory.load32(t, words[lo]!, words[hi]!);
    default:
      return () => memory.load64(t, words[lo]!, words[hi]!);
  }
}

/** A store of 1 << sizeLog2 bytes to the address in cell `at`. */
export function makeStore(on: Environment, sizeLog2: number, t: number, at = ACCESS_ADDRESS): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  const lo = 2 * at;
  const hi = lo + 1;
  switch (sizeLog2) {
    case 0:
      return () => memory.store8(t, words[lo]!, words[hi]!);
    case 1:
      return () => memory.store16(t, words[lo]!, words[hi]!);
    case 2:
      return () => memory.store32(t, words[lo]!, words[hi]!);
    default:
      return () => memory.store64(t, words[lo]!, words[hi]!);
  }
}

/** A sign-extending load. */
function makeSignedLoad(on: Environment, sizeLog2: number, t: number, to64: boolean, at = ACCESS_ADDRESS): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  const lo = 2 * at;
  return () => memory.loadSigned(t, words[lo]!, words[lo + 1]!, sizeLog2, to64);
}

/** LDTR, STTR and their kin. */
function makeUnprivileged(on: Environment, { sizeLog2, load }: Transfer, Rt: number): () => void {
  const { memory } = on;
  const { words } = on.cpu;
  if (load === undefined) {
    const t = source(Rt);
    return () => memory.storeUnprivileged(t, words[ADDRESS]!, words[ADDRESS + 1]!, sizeLog2);
  }
  const t = destination(Rt);
  if (load === 'zero') return () => memory.loadUnprivileged(t, words[ADDRESS]!, words[ADDRESS + 1]!, sizeLog2);
  const to64 = load === 'signed to 64';
  return () => memory.loadUnprivilegedSigned(t, words[ADDRESS]!, words[ADDRESS + 1]!, sizeLog2, to64);
}

const ISV = 1 << 24;

/**
 * ISS bits 24 to 14 of a stage 2 abort by a load or store of one register without write-back (D17.2.37 "ISS encoding
 * for an exception from a Data Abort"): ISV, SAS, SSE, SRT, SF, and AR for a load-acquire or store-release.
 */
export function describeTransfer(sizeLog2: number, load: Extension | undefined, Rt: number, ordered = false): number {
  const isSigned = load === 'signed to 64' || load === 'signed to 32';
  const isWide = load === 'signed to 64' || (sizeLog2 === 3 && !isSigned);
  return (
    ISV | (sizeLog2 << 22) | (isSigned ? 1 << 21 : 0) | (Rt << 16) | (isWide ? 1 << 15 : 0) | (ordered ? 1 << 14 : 0)
  );
}

function accessOf(fields: Fields): Access {
  const { sizeLog2, load } = transferOf(fields);
  return { kind: load === undefined ? 'store' : 'load', size: 1 << sizeLog2 };
}

function syndromeOf(fields: Fields): number {
  const { sizeLog2, load } = transferOf(fields);
  return describeTransfer(sizeLog2, load, fields.Rt);
}

type AddressBuilder = (on: Environment, fields: Fields) => Addressing;

const scaledOffset: AddressBuilder = (on, { Rn, imm12, size }) => baseAndOffset(on, Rn, imm12 << size);
const unscaledOffset: AddressBuilder = (on, { Rn, imm9 }) => baseAndOffset(on, Rn, signExtend(imm9, 9));
const preIndexed: AddressBuilder = (on, { Rn, imm9 }) => preIndex(on, Rn, signExtend(imm9, 9));
const postIndexed: AddressBuilder = (on, { Rn, imm9 }) => postIndex(on, Rn, signExtend(imm9, 9));
const extendedOffset: AddressBuilder = (on, fields) => registerOffset(on, fields, fields.S === 1 ? fields.size : 0);

/** A load or store of one register. */
function single(address: AddressBuilder): Semantics {
  const build: Builder = (fields, on) => access(address(on, fields), makeTransfer(on, transferOf(fields), fields.Rt));
  return { build, access: accessOf, abortSyndrome: syndromeOf };
}

function singleWithWriteBack(address: AddressBuilder): Semantics {
  return { ...single(address), abortSyndrome: undefined };
}

/**
 * The commonest loads and stores, those of a whole register at a base register and an offset, in one closure without
 * calls to others.
 */
function plain(address: AddressBuilder, offsetOf: (fields: Fields) => number): Semantics {
  const general = single(address);
  const build: Builder = (fields, on) => {
    const { load, sizeLog2 } = transferOf(fields);
    if (fields.Rn === 31 || sizeLog2 < 2 || load?.startsWith('signed')) return general.build(fields, on);
    const offset = BigInt.asUintN(64, BigInt(offsetOf(fields)));
    return load === undefined
      ? plainStore(on, sizeLog2, source(fields.Rt), fields.Rn, offset)
      : plainLoad(on, sizeLog2, destination(fields.Rt), fields.Rn, offset);
  };
  return { ...general, build };
}

function plainLoad(on: Environment, sizeLog2: number, t: number, n: number, offset: bigint): () => void {
  const { memory } = on;
  const { cells, words } = on.cpu;
  if (sizeLog2 === 3) {
    return () => {
      cells[ACCESS_ADDRESS] = cells[n]! + offset;
      memory.load64(t, words[ADDRESS]!, words[ADDRESS + 1]!);
    };
  }
  return () => {
    cells[ACCESS_ADDRESS] = cells[n]! + offset;
    memory.load32(t, words[ADDRESS]!, words[ADDRESS + 1]!);
  };
}

function plainStore(on: Environment, sizeLog2: number, t: number, n: number, offset: bigint): () => void {
  const { memory } = on;
  const { cells, words } = on.cpu;
  if (sizeLog2 === 3) {
    return () => {
      cells[ACCESS_ADDRESS] = cells[n]! + offset;
      memory.store64(t, words[ADDRESS]!, words[ADDRESS + 1]!);
    };
  }
  return () => {
    cells[ACCESS_ADDRESS] = cells[n]! + offset;
    memory.store32(t, words[ADDRESS]!, words[ADDRESS + 1]!);
  };
}

const unprivileged: Semantics = {
  build: (fields, on) => access(unscaledOffset(on, fields), makeUnprivileged(on, transferOf(fields), fields.Rt)),
  access: accessOf,
  abortSyndrome: syndromeOf,
};

/** LDR (literal) and LDRSW (literal): opc says the size. */
function loadLiteral(load: Extension, sizeOf: (fields: Fields) => number): Semantics {
  return {
    build: (fields, on) => {
      const transfer = makeTransfer(on, { sizeLog2: sizeOf(fields), load }, fields.Rt);
      return access(literal(on, signExtend(fields.imm19, 19) * 4), transfer);
    },
    access: (fields) => ({ kind: 'load', size: 1 << sizeOf(fields) }),
    abortSyndrome: (fields) => describeTransfer(sizeOf(fields), load, fields.Rt),
  };
}

/** The size of each register of a pair: opc is 00 for words, 01 for LDPSW, 10 for doublewords. */
function pairSizeLog2({ opc }: Fields): number {
  return opc === 2 ? 3 : 2;
}

/** Where the first of two loads is kept, and the address of the second. */
const FIRST = SCRATCH;
const NEXT = SCRATCH + 1;

/** Two loads. The first register is written when the second load has not faulted. */
export function loadPair(on: Environment, sizeLog2: number, t: number, t2: number, signed: boolean): () => void {
  const { cells } = on.cpu;
  const size = BigInt(1 << sizeLog2);
  const first = signed ? makeSignedLoad(on, sizeLog2, FIRST, true) : makeLoad(on, sizeLog2, FIRST);
  const second = signed ? makeSignedLoad(on, sizeLog2, t2, true, NEXT) : makeLoad(on, sizeLog2, t2, NEXT);
  return () => {
    first();
    cells[NEXT] = cells[ACCESS_ADDRESS]! + size;
    second();
    cells[t] = cells[FIRST]!;
  };
}

/** Two stores. Neither is made where the second would fault. */
export function storePair(on: Environment, sizeLog2: number, t: number, t2: number): () => void {
  const { memory } = on;
  const { cells, words } = on.cpu;
  const size = 1 << sizeLog2;
  const step = BigInt(size);
  const first = makeStore(on, sizeLog2, t);
  const second = makeStore(on, sizeLog2, t2, NEXT);
  return () => {
    const lo = words[ADDRESS]!;
    if ((lo & (PAGE_SIZE - 1)) > PAGE_SIZE - 2 * size) memory.checkStore(lo, words[ADDRESS + 1]!, 2 * size);
    cells[NEXT] = cells[ACCESS_ADDRESS]! + step;
    first();
    second();
  };
}

type PairAddress = (on: Environment, Rn: number, offset: number) => Addressing;

function pair(address: PairAddress, load: boolean, signed = false): Semantics {
  const build: Builder = (fields, on) => {
    const sizeLog2 = pairSizeLog2(fields);
    const transfer = load
      ? loadPair(on, sizeLog2, destination(fields.Rt), destination(fields.Rt2), signed)
      : storePair(on, sizeLog2, source(fields.Rt), source(fields.Rt2));
    return access(address(on, fields.Rn, signExtend(fields.imm7, 7) << sizeLog2), transfer);
  };
  return {
    build,
    access: (fields) => ({ kind: load ? 'load' : 'store', size: 2 << pairSizeLog2(fields) }),
  };
}

function pairs(mnemonic: string, load: boolean, signed = false): SemanticsTable {
  return {
    [`${mnemonic}/Signed offset`]: pair(baseAndOffset, load, signed),
    [`${mnemonic}/Pre-index`]: pair(preIndex, load, signed),
    [`${mnemonic}/Post-index`]: pair(postIndex, load, signed),
  };
}

const mnemonics = ['STRB', 'LDRB', 'LDRSB', 'STRH', 'LDRH', 'LDRSH', 'STR', 'LDR', 'LDRSW'] as const;

/** LDUR for LDR: the same letters around another stem. */
function renamed(mnemonic: string, middle: string): string {
  return mnemonic.slice(0, 2) + middle + mnemonic.slice(3);
}

/** Every addressing form of one mnemonic. */
function forms(mnemonic: string): SemanticsTable {
  return {
    [`${mnemonic} (immediate)/Unsigned offset`]: plain(scaledOffset, ({ imm12, size }) => imm12 << size),
    [`${mnemonic} (immediate)/Pre-index`]: singleWithWriteBack(preIndexed),
    [`${mnemonic} (immediate)/Post-index`]: singleWithWriteBack(postIndexed),
    [`${mnemonic} (register)`]: single(extendedOffset),
    [renamed(mnemonic, 'UR')]: plain(unscaledOffset, ({ imm9 }) => signExtend(imm9, 9)),
    [renamed(mnemonic, 'TR')]: unprivileged,
  };
}

const nothing: Semantics = { build: () => () => {} };

export const loadsStores: SemanticsTable = {
  ...Object.assign({}, ...mnemonics.map(forms)),
  'LDR (literal)': loadLiteral('zero', ({ opc }) => 2 + opc),
  'LDRSW (literal)': loadLiteral('signed to 64', () => 2),
  ...pairs('LDP', true),
  ...pairs('LDPSW', true, true),
  ...pairs('STP', false),
  LDNP: pair(baseAndOffset, true),
  STNP: pair(baseAndOffset, false),
  // A prefetch may do nothing, and never faults.
  'PRFM (immediate)': nothing,
  'PRFM (literal)': nothing,
  'PRFM (register)': nothing,
  PRFUM: nothing,
};
