/**
 * Random settings of the control registers of translation, with random tables of all three kinds for them: legal ones
 * mostly, and now and then one that is not.
 */
import { LAYOUT, type listRegisters } from './memory-program.ts';
import { type Random, RandomTables, type TableSpace } from './memory-tables.ts';

/** Bits of SCTLR_ELx. */
const M = 1n;
export const SCTLR_A = 1n << 1n;
const WXN = 1n << 19n;
const EE = 1n << 25n;
/** SCTLR_EL2 with the MMU off. */
export const SCTLR_EL2_RES1 = 0x30c5_0830n;
const SCTLR_EL1_RES1 = 0x30d0_0800n;
const HCR_RW = 1n << 31n;

/** Attribute bytes that the architecture defines (D17.2, MAIR_EL1), without the transient ones, with which QEMU differs. */
const mairBytes = [0x00, 0x04, 0x08, 0x0c, 0x44, 0xff, 0xbb, 0xee, 0x4f, 0xf4, 0xaa, 0xfb, 0xcc];

type Register = (typeof listRegisters)[number];

/** One setting of all control registers, with the tables they point to already in memory. */
export interface Setting {
  readonly registers: Map<Register, bigint>;
  readonly stage1On: boolean;
  readonly lowerBits: number;
  readonly upperBits: number;
  readonly el2Bits: number;
  readonly stage2Bits: number;
}

const bits = (percent: number, random: Random, position: number) =>
  random.chance(percent) ? 1n << BigInt(position) : 0n;

/** A TxSZ that resolves `inputBits`, or rarely one that is not legal. */
function txsz(random: Random, inputBits: number): bigint {
  return BigInt(random.chance(4) ? random.pick([0, 12, 15, 40, 44, 63]) : 64 - inputBits);
}

function randomMair(random: Random): bigint {
  return BigUint64Array.from([...Array(8)].map((_, n) => BigInt(random.pick(mairBytes)) << BigInt(8 * n))).reduce(
    (one, other) => one | other,
  );
}

/** An address to send something to: mostly the scratch data, else anything of `width` bits. */
function output(random: Random, width: number, level: number): bigint {
  if (level === 1 || !random.chance(60)) return random.wide(width);
  return BigInt(LAYOUT.scratch) + BigInt(random.below(LAYOUT.scratchSize));
}

function makeEl2(random: Random, space: TableSpace, registers: Map<Register, bigint>): number {
  const inputBits = 31 + random.below(18);
  const startLevel = 3 - Math.floor((inputBits - 13) / 9);
  const options = { stage2: false, startLevel, inputBits, bigEndian: false, spare: 30 };
  const tables = new RandomTables(random, space, { ...options, output: (level) => output(random, 40, level) });
  // The program itself: code read-only, so that WXN does not stop it, data not executable.
  const block = 1n | (1n << 10n) | (1n << 6n);
  for (let address: number = LAYOUT.ram; address < LAYOUT.ram + LAYOUT.ramSize; address += 2 << 20) {
    const attributes = address === LAYOUT.code ? 1n << 7n : 1n << 54n;
    tables.force(BigInt(address), 2, BigInt(address) | block | attributes);
  }
  registers.set('ttbr0_el2', tables.root);
  const ps = BigInt(random.below(6)) << 16n;
  registers.set('tcr_el2', (1n << 31n) | (1n << 23n) | bits(50, random, 20) | ps | BigInt(64 - inputBits));
  registers.set('mair_el2', randomMair(random));
  registers.set('sctlr_el2', SCTLR_EL2_RES1 | M | (random.chance(50) ? WXN : 0n));
  return inputBits;
}

interface Stage1 {
  readonly lower: RandomTables;
  readonly upper: RandomTables;
  readonly lowerBits: number;
  readonly upperBits: number;
}

function makeStage1(
  random: Random,
  space: TableSpace,
  registers: Map<Register, bigint>,
  outputBits: number,
  runs: boolean,
): Stage1 {
  const bigEndian = random.chance(20);
  const [lowerBits, upperBits] = [runs ? 31 + random.below(18) : 25 + random.below(24), 25 + random.below(24)];
  const make = (inputBits: number) => {
    const startLevel = 3 - Math.floor((inputBits - 13) / 9);
    const width = random.chance(80) ? outputBits : 48;
    const options = { stage2: false, startLevel, inputBits, bigEndian, spare: 30 };
    return new RandomTables(random, space, { ...options, output: (level) => output(random, width, level) });
  };
  const lower = make(lowerBits);
  const upper = make(upperBits);
  registers.set('ttbr0_el1', lower.root | (random.wide(8) << 48n));
  registers.set('ttbr1_el1', upper.root | (random.wide(8) << 48n));
  const t0sz = runs ? BigInt(64 - lowerBits) : txsz(random, lowerBits);
  const epd = (runs ? 0n : bits(4, random, 7)) | bits(4, random, 23);
  const ips = BigInt(random.below(6)) << 32n;
  const flags = bits(50, random, 22) | bits(50, random, 36) | bits(50, random, 37) | bits(50, random, 38);
  registers.set('tcr_el1', flags | ips | (2n << 30n) | epd | (txsz(random, upperBits) << 16n) | t0sz);
  registers.set('mair_el1', randomMair(random));
  const sctlr = SCTLR_EL1_RES1 | bits(92, random, 0) | bits(50, random, 19) | (bigEndian ? EE : 0n);
  registers.set('sctlr_el1', sctlr | (runs ? bits(30, random, 1) | bits(20, random, 24) : 0n));
  return { lower, upper, lowerBits, upperBits };
}

function makeStage2(
  random: Random,
  space: TableSpace,
  registers: Map<Register, bigint>,
  physicalBits: number,
): { tables: RandomTables; inputBits: number } {
  const inputBits = 31 + random.below(physicalBits - 30);
  const levels = [0, 1, 2].filter((level) => {
    const least = 12 + 9 * (3 - level) + 1;
    return inputBits >= least && inputBits <= least + 12 && (level > 0 || physicalBits >= 44);
  });
  const startLevel = random.pick(levels);
  const options = { stage2: true, startLevel, inputBits, bigEndian: false, spare: 60 };
  const tables = new RandomTables(random, space, { ...options, output: (level) => output(random, 40, level) });
  registers.set('vttbr_el2', tables.root | (random.wide(8) << 48n));
  const sizes = [32, 36, 40, 42, 44, 48];
  const ps =
    BigInt(sizes.indexOf(random.pick(sizes.filter((size) => size >= (startLevel === 0 ? 44 : inputBits))))) << 16n;
  registers.set('vtcr_el2', (1n << 31n) | ps | (BigInt(2 - startLevel) << 6n) | BigInt(64 - inputBits));
  return { tables, inputBits };
}

/** Makes the stage 1 tables visible through stage 2: those the program needs without restrictions, others with some. */
function mapTables(random: Random, stage2: RandomTables, stage1: RandomTables, runs: boolean): void {
  const page = 3n;
  for (const { pa, forced } of stage1.tables) {
    const open = (runs && forced) || random.chance(75);
    if (!open && random.chance(30)) {
      stage2.force(pa, 3, 0n);
      continue;
    }
    const attributes = open
      ? (1n << 10n) | (3n << 6n) | (15n << 2n)
      : bits(70, random, 10) | bits(60, random, 6) | (BigInt(random.pick([0, 1, 5, 15])) << 2n);
    stage2.force(pa, 3, pa | page | attributes);
  }
}

/** `runs`: code at EL1 and EL0 must work under this setting. */
export function makeSetting(random: Random, space: TableSpace, physicalBits: number, runs: boolean): Setting {
  const registers = new Map<Register, bigint>();
  const el2Bits = runs ? 48 : makeEl2(random, space, registers);
  if (runs) registers.set('sctlr_el2', SCTLR_EL2_RES1);
  const stage2 = makeStage2(random, space, registers, physicalBits);
  const stage1 = makeStage1(random, space, registers, stage2.inputBits, runs);
  for (const tables of [stage1.lower, stage1.upper]) mapTables(random, stage2.tables, tables, runs);
  const stages = bits(70, random, 0) | bits(8, random, 12);
  const walks = stages === 0n ? 0n : bits(30, random, 2);
  registers.set('hcr_el2', HCR_RW | stages | walks | bits(10, random, 32));
  if (runs) {
    for (let n = 0; n < LAYOUT.codePages; n++) {
      const page = BigInt(LAYOUT.code + 4096 * n);
      // Read-only and executable at both levels; in stage 2 everything allowed.
      stage1.lower.force(page, 3, page | 3n | (1n << 10n) | (3n << 6n));
      stage2.tables.force(page, 3, page | 3n | (1n << 10n) | (3n << 6n) | (15n << 2n));
    }
    // The tables made for that must be readable through stage 2 as well.
    for (const { pa } of stage1.lower.tables.filter(({ forced }) => forced)) {
      stage2.tables.force(pa, 3, pa | 3n | (1n << 10n) | (3n << 6n) | (15n << 2n));
    }
  }
  const stage1On = (registers.get('sctlr_el1')! & M) !== 0n;
  const { lowerBits, upperBits } = stage1;
  return { registers, stage1On, lowerBits, upperBits, el2Bits, stage2Bits: stage2.inputBits };
}

/** An address in one of the two ranges; rarely one that is in none, and rarely with a tag. */
export function randomVa(random: Random, setting: Setting, align: bigint): bigint {
  const upper = random.chance(40);
  const width = upper ? setting.upperBits : setting.stage1On ? setting.lowerBits : setting.stage2Bits;
  const offset = random.wide(width) & -align;
  let va = upper ? ((1n << 64n) - (1n << BigInt(width))) | offset : offset;
  if (random.chance(8)) va ^= random.wide(8) << 56n;
  if (random.chance(4)) va ^= 1n << BigInt(random.below(64));
  return va & -align;
}
