/**
 * What a decoded instruction is to the simulator: a closure over its operands, with what the recorder and the timing
 * model need to know about it.
 */
import type { Instruction } from '../../asm/a64/decode.ts';
import type { Fields } from '../../asm/a64/table/row.ts';
import type { Cpu } from '../core/cpu.ts';
import type { ExceptionUnit } from '../core/exception-entry.ts';
import type { InterruptUnit } from '../core/interrupts.ts';
import type { SystemRegisters } from '../core/system-registers.ts';
import type { Memory } from '../memory/memory.ts';

/** Stands in Operation.reads and writes for the stack pointer in use: `cells[cpu.sp]`. */
export const CURRENT_SP = -1;

/** A load or store, as the timing model sees it. */
export interface Access {
  readonly kind: 'load' | 'store' | 'atomic';
  /** Bytes in all: of both registers of a pair. */
  readonly size: number;
}

export interface Operation {
  readonly instruction: Instruction;
  /** From 0 on, in the order in which its machine has decoded operations: what others know of it is kept by that. */
  readonly number: number;
  /** Where the instruction lies: the offset into RAM, in bytes. */
  readonly pa: number;
  /** Carries the instruction out. May throw ArchException; then nothing that a recorder watches has changed. */
  readonly execute: () => void;
  /** It sets the PC itself, whether it branches or not; after any other instruction the PC moves on by 4. */
  readonly writesPc: boolean;
  /** It is a branch, and does nothing else than to set the PC and the link register. */
  readonly isBranch: boolean;
  /** What it changes may decide where or whether the next instruction is fetched. */
  readonly endsBlock: boolean;
  /** Cells read and written that the instruction names; the rest of what it writes is reported to the journal. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Left out where it makes no access to memory. Its address is in the cell ACCESS_ADDRESS after the step. */
  readonly access: Access | undefined;
  /** How long it takes may depend on what its operands are. */
  readonly isTimedByOperands: boolean;
  /** ISS bits 24 to 14 of a data abort of stage 2 that it raises (ISV and what ISV makes valid); 0: ISV is 0. */
  readonly abortSyndrome: number;
}

/** Keeps what is known of `operation` in a list by the numbers of operations, without gaps: V8 makes hash tables of those. */
export function keepByNumber<T>(list: (T | undefined)[], { number }: Operation, known: T): void {
  while (list.length <= number) list.push(undefined);
  list[number] = known;
}

/** What instructions act on. */
export interface Environment {
  readonly cpu: Cpu;
  readonly memory: Memory;
  readonly systemRegisters: SystemRegisters;
  readonly exceptions: ExceptionUnit;
  readonly interrupts: InterruptUnit;
  /** As `featuresOf` in core/models.ts names them. */
  readonly features: ReadonlySet<string>;
  /** Throws the trap where FP and SIMD are not enabled. */
  readonly checkFp: () => void;
  /** Called for HLT #0xF000, where semihosting is attached. */
  readonly semihosting: (() => void) | undefined;
  /** Called for SMC, where there is firmware that answers it. */
  readonly firmware: (() => void) | undefined;
}

/** Makes the closure of one instruction. */
export type Builder = (fields: Fields, on: Environment) => () => void;

/** What a row of the instruction table means. */
export interface Semantics {
  readonly build: Builder;
  /**
   * `branch`: sets the PC, always, and the link register. `exception`: sets the PC where it takes or leaves no exception.
   * `context`: its effects may decide how the next instruction is fetched.
   */
  readonly flow?: 'branch' | 'exception' | 'context';
  readonly access?: (fields: Fields) => Access;
  readonly abortSyndrome?: (fields: Fields) => number;
}

/** Semantics by Encoding.name, or `name/variant` where the variants of a section differ. */
export type SemanticsTable = Readonly<Record<string, Semantics>>;
