/** Instructions worked out, as the model's innermost loop reads them: as WordRecords. */
import type { A53Operation } from './cortex-a53-operation.ts';
import { BRANCH_KINDS } from './front-end.ts';

// Where the members of a record are, from its begin. Lists come last: operands (place, stage), then places of results:
// computed, written back, loaded (place, last byte, extra cycles, whether it is a pointer).
export const FLAGS = 0;
/** -1 where it takes no unit. */
export const UNIT = 1;
export const BUSY = 2;
export const LATENCY = 3;
export const HOLDS = 4;
export const BYTES = 5;
/** Index into BRANCH_KINDS. */
export const BRANCH = 6;
/** Where each list ends, from the begin of the record. */
export const OPERANDS_END = 7;
export const COMPUTED_END = 8;
export const WRITTEN_BACK_END = 9;
export const LOADED_END = 10;
export const OPERANDS = 11;
/** Words of an operand, and of what is loaded. */
export const OPERAND_WORDS = 2;
export const LOADED_WORDS = 4;

/** Bits of FLAGS: what A53Operation says under the same name. */
export const FLAG = {
  isSecond: 1 << 0,
  isAlone: 1 << 1,
  drains: 1 << 2,
  refetches: 1 << 3,
  isFixed: 1 << 4,
  isLoad: 1 << 5,
  isStore: 1 << 6,
  isVectorLoad: 1 << 7,
  isBranch: 1 << 8,
  hasFactors: 1 << 9,
} as const;

/** The record of an instruction. */
export function packed(operation: A53Operation): number[] {
  const { unit, busy, latency, holds, bytes, branch, operands, computed, writtenBack, loaded } = operation;
  const operandsEnd = OPERANDS + operands.length;
  const computedEnd = operandsEnd + computed.length;
  const writtenBackEnd = computedEnd + writtenBack.length;
  const loadedEnd = writtenBackEnd + LOADED_WORDS * loaded.length;
  return [
    ...[flagsOf(operation), unit, busy, latency, holds, bytes, BRANCH_KINDS.indexOf(branch)],
    ...[operandsEnd, computedEnd, writtenBackEnd, loadedEnd],
    ...operands,
    ...computed,
    ...writtenBack,
    ...loaded.flatMap(({ place, lastByte, extra, isPointer }) => [place, lastByte, extra, isPointer ? 1 : 0]),
  ];
}

function flagsOf(operation: A53Operation): number {
  const { isSecond, isAlone, drains, refetches, isFixed, access, isVectorLoad, branch, factors } = operation;
  const isSet: Record<keyof typeof FLAG, boolean> = {
    isSecond,
    isAlone,
    drains,
    refetches,
    isFixed,
    isLoad: access === 'load',
    isStore: access === 'store',
    isVectorLoad,
    isBranch: branch !== 'none',
    hasFactors: factors !== undefined,
  };
  return Object.entries(isSet).reduce(
    (flags, [name, set]) => (set ? flags | FLAG[name as keyof typeof FLAG] : flags),
    0,
  );
}
