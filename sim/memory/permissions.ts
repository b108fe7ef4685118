/**
 * Who may do what with a page: Arm ARM (DDI 0487), D8.4 "Memory access control", as AArch64.S1CheckPermissions and
 * AArch64.S2CheckPermissions of the pseudocode state it.
 */
import type { Stage1Leaf, Stage2Leaf } from './descriptors.ts';

/**
 * - read, write: loads and stores; an atomic does one after the other
 * - fetch: of an instruction
 * - clean: DC CVAC, CVAU, CIVAC and IC IVAU, which need read permission at EL0 and none above
 * - invalidate: DC IVAC, which needs write permission
 */
export type AccessKind = 'read' | 'write' | 'fetch' | 'clean' | 'invalidate';

export interface Access {
  readonly kind: AccessKind;
  /** The Exception level whose permissions count: 0 for an unprivileged load or store at EL1. */
  readonly el: number;
  /** PSTATE.PAN applies and is 1. */
  readonly pan: boolean;
}

/** What of stage 1 permissions lies outside the descriptors. */
export interface Stage1Controls {
  /** The regime serves EL1 and EL0, which then have permissions of their own. */
  readonly unprivileged: boolean;
  /** SCTLR_ELx.WXN. */
  readonly wxn: boolean;
}

/** Whether stage 1 lets `access` through. */
export function stage1Permits(leaf: Stage1Leaf, controls: Stage1Controls, access: Access): boolean {
  const writableAbove = (leaf.ap & 0b10) === 0;
  const el0 = controls.unprivileged && (leaf.ap & 0b01) !== 0;
  const barred = access.pan && el0;
  const user = controls.unprivileged && access.el === 0;
  const readable = user ? el0 : !barred;
  const writable = user ? el0 && writableAbove : !barred && writableAbove;
  switch (access.kind) {
    case 'read':
      return readable;
    case 'write':
    case 'invalidate':
      return writable;
    case 'clean':
      return !user || readable;
    case 'fetch':
      return executable(leaf, controls, user) && !(controls.wxn && writable);
  }
}

function executable(leaf: Stage1Leaf, controls: Stage1Controls, user: boolean): boolean {
  if (!controls.unprivileged || user) return !leaf.uxn;
  const writableByEl0 = (leaf.ap & 0b11) === 0b01;
  return !leaf.pxn && !writableByEl0;
}

/** Whether stage 2 lets `access` through. */
export function stage2Permits(leaf: Stage2Leaf, access: Access): boolean {
  switch (access.kind) {
    case 'read':
      return leaf.readable;
    case 'write':
    case 'invalidate':
      return leaf.writable;
    case 'clean':
      return access.el !== 0 || leaf.readable;
    case 'fetch':
      return !(access.el === 0 ? leaf.el0Xn : leaf.el1Xn);
  }
}
