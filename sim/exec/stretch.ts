/**
 * A stretch of straight-line code, executed in one go, with what is asked of its steps afterwards. All steps but the last
 * have executed an instruction and gone on to the next one.
 */
import { UNSET } from '../core/cpu.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import type { Operation } from './operation.ts';

const MOST_STEPS = PAGE_SIZE / 4;

export class Stretch {
  /** Low half of the address of the first instruction. */
  pc = UNSET;
  /** The operations of its page, by word of the page, and the index of the first that was executed. */
  operations: readonly (Operation | undefined)[] = [];
  first = 0;
  /** Steps that are made; while one is under way, those before it. */
  length = 0;
  /** What the last step executed, completed or not; undefined where its instruction could not be fetched or decoded. */
  last: Operation | undefined;
  /** By step: low half of the virtual address that it accessed; without meaning where it accessed none. */
  readonly addresses = new Uint32Array(MOST_STEPS);
  /** By step: 1 where it accessed a device, and took no exception. */
  readonly devices = new Uint8Array(MOST_STEPS);

  /** What step `n`, not the last one, has executed. */
  operationOf(n: number): Operation {
    return this.operations[this.first + n]!;
  }
}
