/**
 * The address translation instructions, AT: what PAR_EL1 gets. Arm ARM (DDI 0487), C5 "A64 System
 * instructions for address translation", D17.2 "PAR_EL1", and AArch64.AT of the pseudocode.
 */
import type { Cpu } from '../core/cpu.ts';
import { NotModelled } from '../core/exceptions.ts';
import { PAN } from '../core/registers.ts';
import { abortOf, FAULT, type Fault, faultStatus } from './faults.ts';
import { addressOf } from './halves.ts';
import {
  combineAttributes,
  combineShareability,
  DEVICE_NGNRNE,
  effectiveShareability,
  NON_SHAREABLE,
  NORMAL_WRITE_BACK,
  OUTER_SHAREABLE,
} from './memory-attributes.ts';
import { type Mmu, stage2Check, type WalkResult } from './mmu.ts';
import type { Access } from './permissions.ts';

interface AtOperation {
  readonly el: 0 | 1 | 2;
  readonly write: boolean;
  /** Through stage 2 as well, where that is on. */
  readonly stage2?: boolean;
  /** PSTATE.PAN counts (FEAT_PAN2). */
  readonly pan?: boolean;
}

const operations: Readonly<Record<string, AtOperation>> = {
  s1e0r: { el: 0, write: false },
  s1e0w: { el: 0, write: true },
  s1e1r: { el: 1, write: false },
  s1e1w: { el: 1, write: true },
  s1e1rp: { el: 1, write: false, pan: true },
  s1e1wp: { el: 1, write: true, pan: true },
  s1e2r: { el: 2, write: false },
  s1e2w: { el: 2, write: true },
  s12e0r: { el: 0, write: false, stage2: true },
  s12e0w: { el: 0, write: true, stage2: true },
  s12e1r: { el: 1, write: false, stage2: true },
  s12e1w: { el: 1, write: true, stage2: true },
};

/** Fields of PAR_EL1. */
const PAR = {
  f: 1n,
  ptw: 1n << 8n,
  s: 1n << 9n,
  ns: 1n << 9n,
  res1: 1n << 11n,
  shShift: 7n,
  attrShift: 56n,
};

/**
 * The value of PAR_EL1 after AT `name` for the address (lo, hi). The tables are walked anew, as an implementation may.
 * Throws ArchException where the fault is to be taken instead: an external abort, and at EL1 a stage 2 fault on the
 * stage 1 walk. Throws NotModelled for another name.
 */
export function translateAddress(mmu: Mmu, name: string, lo: number, hi: number, cpu: Cpu): bigint {
  const operation = operations[name];
  if (operation === undefined) throw new NotModelled(`the address translation instruction AT ${name.toUpperCase()}`);
  const pan = operation.pan === true && cpu.words[2 * PAN] !== 0;
  const access: Access = {
    kind: operation.write ? 'write' : 'read',
    el: operation.el,
    pan,
  };
  const walked = mmu.walk(lo, hi, access, true, operation.stage2 === true);
  const fault = 'fault' in walked ? walked : stage2Fault(walked, lo, access);
  if (fault === undefined) return parOf(mmu, walked as WalkResult, access);
  const external = fault.fault === FAULT.externalOnWalk;
  if (external || (cpu.el === 1 && fault.stage2?.s1ptw)) {
    throw abortOf(fault, addressOf(lo, hi), {
      fetch: false,
      write: operation.write,
      maintenance: true,
    });
  }
  return parOfFault(fault);
}

function stage2Fault({ stage2, ipa }: WalkResult, lo: number, access: Access): Fault | undefined {
  return stage2 && stage2Check(stage2.stage2, ipa + (lo & 0xfff), access, true);
}

function parOfFault(fault: Fault): bigint {
  const stage2 = (fault.stage2 ? PAR.s : 0n) | (fault.stage2?.s1ptw ? PAR.ptw : 0n);
  return PAR.f | (BigInt(faultStatus(fault)) << 1n) | stage2 | PAR.res1;
}

/** NS is UNKNOWN in Non-secure state; 1 is what it would be with security states told apart. */
function parOf(mmu: Mmu, walked: WalkResult, access: Access): bigint {
  const { attributes, shareability } = attributesOf(mmu, walked, access);
  const address = BigInt(walked.stage2?.pa ?? walked.ipa);
  return (
    (BigInt(attributes) << PAR.attrShift) |
    address |
    PAR.res1 |
    PAR.ns |
    (BigInt(effectiveShareability(attributes, shareability)) << PAR.shShift)
  );
}

function attributesOf(
  mmu: Mmu,
  { stage1, stage2 }: WalkResult,
  access: Access,
): { attributes: number; shareability: number } {
  const off = mmu.stage1(access.el === 2 ? 2 : 1).defaultCacheable
    ? { attributes: NORMAL_WRITE_BACK, shareability: NON_SHAREABLE }
    : { attributes: DEVICE_NGNRNE, shareability: OUTER_SHAREABLE };
  const first = stage1 ?? off;
  if (stage2 === undefined) return first;
  const second = stage2.stage2;
  return {
    attributes: combineAttributes(first.attributes, second.attributes),
    shareability: combineShareability(
      effectiveShareability(first.attributes, first.shareability),
      effectiveShareability(second.attributes, second.shareability),
    ),
  };
}
