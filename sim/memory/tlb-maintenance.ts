/**
 * The TLB maintenance instructions, TLBI: Arm ARM (DDI 0487), C5 "A64 System instructions for TLB maintenance" and D8
 * "TLB maintenance". With one processor the Inner Shareable forms do what the plain ones do; with no table entries cached
 * the "last level" forms do what the others do.
 */
import { NotModelled } from '../core/exceptions.ts';
import type { Mmu } from './mmu.ts';
import { coversIpa, coversPage, GLOBAL, type TlbEntry } from './tlb.ts';

/** What an operation takes out; `value` is its register argument. */
type Operation = (mmu: Mmu, value: bigint) => void;

/** By the name without IS. */
const operations: Readonly<Record<string, Operation>> = {
  vmalle1: (mmu) => invalidateEl1(mmu, () => true),
  vae1: invalidateByVa,
  vale1: invalidateByVa,
  aside1: (mmu, value) => invalidateEl1(mmu, (entry) => entry.asid === asidOf(mmu, value)),
  vaae1: invalidateByVaAllAsids,
  vaale1: invalidateByVaAllAsids,
  vmalls12e1: (mmu) => {
    invalidateEl1(mmu, () => true);
    mmu.tlb.invalidateIpa((entry) => entry.vmid === mmu.stage2().vmid);
  },
  ipas2e1: invalidateByIpa,
  ipas2le1: invalidateByIpa,
  alle1: (mmu) => {
    mmu.tlb.invalidate((entry) => entry.regime === 1);
    mmu.tlb.invalidateIpa(() => true);
  },
  alle2: (mmu) => mmu.tlb.invalidate((entry) => entry.regime === 2),
  vae2: invalidateEl2ByVa,
  vale2: invalidateEl2ByVa,
};

/** Does TLBI `name` (lower case) with register argument `value`. Throws NotModelled for an operation not listed here. */
export function invalidateTlb(mmu: Mmu, name: string, value: bigint): void {
  const operation = operations[name.replace(/is$/, '')];
  if (operation === undefined) throw new NotModelled(`the TLB maintenance instruction TLBI ${name.toUpperCase()}`);
  operation(mmu, value);
}

/** Entries of EL1&0 under the current VMID. */
function invalidateEl1(mmu: Mmu, matches: (entry: TlbEntry) => boolean): void {
  const { vmid } = mmu.stage2();
  mmu.tlb.invalidate((entry) => entry.regime === 1 && entry.vmid === vmid && matches(entry));
}

/** VA[55:12] in bits 43:0, ASID in bits 63:48. */
function invalidateByVa(mmu: Mmu, value: bigint): void {
  const page = pageOf(value);
  const asid = asidOf(mmu, value);
  invalidateEl1(mmu, (entry) => (entry.asid === GLOBAL || entry.asid === asid) && coversPage(entry, page));
}

function invalidateByVaAllAsids(mmu: Mmu, value: bigint): void {
  const page = pageOf(value);
  invalidateEl1(mmu, (entry) => coversPage(entry, page));
}

/**
 * IPA[47:12] in bits 35:0. Only what is cached of stage 2 alone goes: a translation through both stages stays until its
 * stage 1 is invalidated as well.
 */
function invalidateByIpa(mmu: Mmu, value: bigint): void {
  const page = Number(BigInt.asUintN(36, value));
  const { vmid } = mmu.stage2();
  mmu.tlb.invalidateIpa((entry) => entry.vmid === vmid && coversIpa(entry, page));
}

function invalidateEl2ByVa(mmu: Mmu, value: bigint): void {
  const page = pageOf(value);
  mmu.tlb.invalidate((entry) => entry.regime === 2 && coversPage(entry, page));
}

function pageOf(value: bigint): number {
  return Number(BigInt.asUintN(44, value));
}

/** With 8-bit ASIDs the upper eight bits are not looked at. */
function asidOf(mmu: Mmu, value: bigint): number {
  return Number(BigInt.asUintN(64, value) >> 48n) & mmu.stage1(1).asidMask;
}
