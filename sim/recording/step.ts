/** One step of a recording, as debuggers, checks and formats see it. */
import type { Instruction } from '../../asm/a64/decode.ts';
import type { ExceptionEvent } from '../core/journal.ts';

export interface RegisterEffect {
  readonly kind: 'register';
  /** Cell number (sim/core/registers.ts). */
  readonly id: number;
  /** The architecture's name, in lower case: `x0`, `sp_el2`, `dbgbcr0_el1`, `nzcv`; `v0.d1` for half a vector register. */
  readonly name: string;
  readonly old: bigint;
  readonly new: bigint;
}

export interface MemoryEffect {
  readonly kind: 'memory';
  readonly va: bigint;
  readonly pa: bigint;
  /** Bytes: 1, 2, 4 or 8. `pa` is a multiple of it. */
  readonly size: number;
  /** Little-endian, whatever the byte order of the access. */
  readonly old: bigint;
  readonly new: bigint;
  /** The struct member written, where the annotations know one. */
  readonly field?: string;
}

export type Effect = RegisterEffect | MemoryEffect;

/** What a step read from memory; RAM only, and of an access that crosses pages the first page. */
export interface Load {
  readonly va: bigint;
  readonly pa: bigint;
  readonly size: number;
}

export interface Step {
  readonly index: number;
  /** Cycle in which the instruction was issued. */
  readonly cycle: number;
  /** Cycle in which its last result was there. */
  readonly completion: number;
  /** Exception level at which the step began. */
  readonly el: number;
  /** Address of the instruction, executed or not. */
  readonly pc: bigint;
  /** Left out, with `instruction`, where the step executed none: an interrupt was taken, or the fetch failed. */
  readonly pa?: bigint;
  readonly instruction?: Instruction;
  /** Mnemonic, a space, operands; branch targets with their symbols. Empty where no instruction was executed. */
  readonly text: string;
  /** In the order in which they were made. The PC is not among them: it is the next step's `pc`. */
  readonly effects: readonly Effect[];
  readonly load?: Load;
  readonly exception?: ExceptionEvent;
}
