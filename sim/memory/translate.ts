/**
 * The table walks of VMSAv8-64, 4 KB granule: AArch64.S1Walk and AArch64.S2Walk of the pseudocode (Arm ARM DDI 0487,
 * J1.1). Hardware update of the access flag and dirty state (FEAT_HAFDBS) is not modelled: where it would happen, the walk
 * stops with that message. Permissions are not looked at here.
 */
import { NotModelled } from '../core/exceptions.ts';
import {
  addressField,
  DESCRIPTOR_BLOCK,
  DESCRIPTOR_PAGE,
  DESCRIPTOR_TABLE,
  entrySize,
  LEAF_HIGH,
  LEAF_LOW,
  type Stage1Leaf,
  type Stage2Leaf,
  TABLE_HIGH,
} from './descriptors.ts';
import { FAULT, type Fault, type FaultKind } from './faults.ts';
import { isDevice, NORMAL_NON_CACHEABLE, stage2Attributes } from './memory-attributes.ts';
import type { AddressRange, Stage1Parameters, Stage2Parameters, WalkStart } from './regime.ts';

/** Where a walk reads its descriptors. */
export interface DescriptorSource {
  /** The halves of the descriptor read last. */
  readonly low: number;
  readonly high: number;
  /**
   * Reads the descriptor at `address` into `low` and `high` and returns true. Returns false where no memory answers, and
   * a fault where stage 2 does not let the walk through.
   */
  read(address: number): boolean | Fault;
}

/** A valid block or page descriptor as a walk found it. */
interface FoundLeaf {
  readonly level: number;
  readonly low: number;
  readonly high: number;
  readonly base: number;
  /** The attributes of all tables on the way, or-ed together: bits of TABLE_HIGH. */
  readonly tableAttributes: number;
}

/** Walks stage 1 tables for `input`, the offset into the range. A fault is returned, not thrown. */
export function walkStage1(
  source: DescriptorSource,
  start: AddressRange,
  regime: Stage1Parameters,
  input: number,
): Stage1Leaf | Fault {
  const found = walk(source, start, input, (fault, level) => ({
    fault,
    level,
  }));
  if ('fault' in found) return found;
  if (isModifiable(found) && (found.low & LEAF_LOW.ap2) !== 0) refuseUpdate(start.managesDirtyState);
  return stage1Leaf(start.ignoresTableAttributes ? { ...found, tableAttributes: 0 } : found, regime);
}

/** Walks stage 2 tables for `ipa`. `s1ptw`: on behalf of a stage 1 walk. A fault is returned, not thrown. */
export function walkStage2(
  source: DescriptorSource,
  parameters: Stage2Parameters,
  ipa: number,
  s1ptw: boolean,
): Stage2Leaf | Fault {
  const fail = (fault: FaultKind, level: number): Fault => ({
    fault,
    level,
    stage2: { ipa, s1ptw },
  });
  const { start } = parameters;
  if (start.inputBits === undefined || ipa >= 2 ** start.inputBits) return fail(FAULT.translation, 0);
  const found = walk(source, start, ipa, fail);
  if ('fault' in found) return found;
  if (isModifiable(found) && (found.low & LEAF_LOW.ap2) === 0) refuseUpdate(start.managesDirtyState);
  return stage2Leaf(found, parameters);
}

/** DBM: hardware may make the page writable. */
function isModifiable({ high }: FoundLeaf): boolean {
  return (high & LEAF_HIGH.dbm) !== 0;
}

/** Stops the run where hardware would update a descriptor, as control bit `manager` has it do. */
function refuseUpdate(manager: string | undefined): void {
  if (manager !== undefined) throw new NotModelled(`hardware that updates descriptors (${manager} = 1)`);
}

function walk(
  source: DescriptorSource,
  start: WalkStart,
  input: number,
  fail: (kind: FaultKind, level: number) => Fault,
): FoundLeaf | Fault {
  if (start.otherGranule !== undefined) {
    throw new NotModelled(`a translation granule other than 4 KB (${start.otherGranule})`);
  }
  const limit = 2 ** start.outputBits;
  let table = start.tableBase;
  let tableAttributes = 0;
  if (table >= limit) return fail(FAULT.addressSize, 0);
  for (let level = start.startLevel; ; level++) {
    // The first table may have fewer entries than 512, or, with concatenation, up to 8192.
    const entry = Math.floor(input / entrySize(level));
    const index = level === start.startLevel ? entry : entry & 511;
    const answer = source.read(table + 8 * index);
    if (answer === false) return fail(FAULT.externalOnWalk, level);
    if (answer !== true) return answer;
    const { low, high } = source;
    if (level < 3 && (low & 0b11) === DESCRIPTOR_TABLE) {
      table = addressField(low, high);
      if (table >= limit) return fail(FAULT.addressSize, level);
      tableAttributes |= high & TABLE_HIGH.all;
      continue;
    }
    const isLeaf = level === 3 ? (low & 0b11) === DESCRIPTOR_PAGE : level > 0 && (low & 0b11) === DESCRIPTOR_BLOCK;
    if (!isLeaf) return fail(FAULT.translation, level);
    const address = addressField(low, high);
    if (address >= limit) return fail(FAULT.addressSize, level);
    if ((low & LEAF_LOW.af) === 0) {
      refuseUpdate(start.managesAccessFlag);
      return fail(FAULT.accessFlag, level);
    }
    const size = entrySize(level);
    return { level, low, high, base: Math.floor(address / size) * size, tableAttributes };
  }
}

function stage1Leaf({ level, low, high, base, tableAttributes }: FoundLeaf, regime: Stage1Parameters): Stage1Leaf {
  let ap = (low >>> LEAF_LOW.apShift) & 0b11;
  if (tableAttributes & TABLE_HIGH.apTableNoEl0) ap &= 0b10;
  if (tableAttributes & TABLE_HIGH.apTableReadOnly) ap |= 0b10;
  return {
    level,
    base,
    ap,
    pxn: (high & LEAF_HIGH.pxn) !== 0 || (tableAttributes & TABLE_HIGH.pxnTable) !== 0,
    uxn: (high & LEAF_HIGH.uxn) !== 0 || (tableAttributes & TABLE_HIGH.uxnTable) !== 0,
    notGlobal: regime.unprivileged && (low & LEAF_LOW.ng) !== 0,
    attributes: mairByte(regime, (low >>> LEAF_LOW.attrIndxShift) & 0b111),
    shareability: (low >>> LEAF_LOW.shShift) & 0b11,
  };
}

function mairByte({ mairLow, mairHigh }: Stage1Parameters, index: number): number {
  return ((index < 4 ? mairLow : mairHigh) >>> (8 * (index % 4))) & 0xff;
}

/** XN[1] forbids EL1 and EL0 to execute; under FEAT_XNX, XN[0] turns that round for EL1. */
function stage2Leaf(
  { level, low, high, base }: FoundLeaf,
  { cacheDisabled, separateExecution }: Stage2Parameters,
): Stage2Leaf {
  const xn1 = (high & LEAF_HIGH.uxn) !== 0;
  const xn0 = separateExecution && (high & LEAF_HIGH.pxn) !== 0;
  const s2ap = (low >>> LEAF_LOW.apShift) & 0b11;
  const attributes = stage2Attributes((low >>> LEAF_LOW.memAttrShift) & 0xf);
  return {
    level,
    base,
    readable: (s2ap & 0b01) !== 0,
    writable: (s2ap & 0b10) !== 0,
    el1Xn: xn1 !== xn0,
    el0Xn: xn1,
    attributes: cacheDisabled && !isDevice(attributes) ? NORMAL_NON_CACHEABLE : attributes,
    shareability: (low >>> LEAF_LOW.shShift) & 0b11,
  };
}
