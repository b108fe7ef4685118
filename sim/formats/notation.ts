/** Notations that both forms of the text trace use. */
import type { Step } from '../recording/step.ts';

/** In hexadecimal, with at least as many digits as `bytes` bytes have. */
export function hex(value: bigint, bytes = 0): string {
  return `0x${value.toString(16).padStart(2 * bytes, '0')}`;
}

/** What stands for the instruction of a step that executed none. */
export function withoutInstruction({ exception }: Step): string {
  if (exception === undefined) return '(changed by the simulator)';
  return exception.kind === 'sync' ? '(no instruction)' : '(interrupt)';
}

/** What was or is in memory: of less than 8 bytes with as many digits as they have, which tells the size. */
export function memoryHex(value: bigint, size: number): string {
  return hex(value, size < 8 ? size : 0);
}
