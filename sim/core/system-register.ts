/**
 * The shape of a system register's table row, and of the trap controls a row may name.
 */
import type { ContextScope, Cpu } from './cpu.ts';
import type { CpuModel } from './models.ts';

/** Some bits of a register, by its name. */
export type RegisterBits = readonly [register: string, mask: bigint];

/**
 * A control that traps accesses. It traps while any bit of `whenSet` is set, or, where `unlessSet` is given, while all
 * of its bits are clear.
 */
export interface TrapControl {
  /** As the Arm ARM writes it: HCR_EL2.TVM. */
  readonly name: string;
  /** The levels whose accesses it traps. */
  readonly from: readonly number[];
  readonly on: 'read' | 'write' | 'access';
  /** The level that takes the trap. From EL0, 1 becomes 2 under HCR_EL2.TGE. */
  readonly to: 1 | 2;
  readonly whenSet?: readonly RegisterBits[];
  readonly unlessSet?: readonly RegisterBits[];
}

/** What a register does that storing a value does not cover. */
export interface RegisterBehaviour {
  /** The value an access at the current level reads. Left out: what the cell holds. */
  readonly read?: () => bigint;
  /** Carries out a write of `value`. Left out: the writable bits go to the cell. */
  readonly write?: (value: bigint) => void;
  /** Whether the processor has the register at all; an access to one it lacks is UNDEFINED. Left out: it has. */
  readonly exists?: () => boolean;
}

export interface SystemRegisterRow {
  /** As assemblers write it, lower case; s<op0>_<op1>_c<Cn>_c<Cm>_<op2> where it has no name. */
  readonly name: string;
  /** The lowest level that may read it, and that may write it; undefined: none may. */
  readonly readableFrom: number | undefined;
  readonly writableFrom: number | undefined;
  /** The bits a write changes. All others read as `fixed` has them: RES0 as 0, RES1 as 1. */
  readonly mask: bigint;
  readonly fixed: bigint;
  /** Value of the writable bits after reset; what the architecture leaves UNKNOWN is 0. */
  readonly reset: bigint;
  /** Controls that may trap an access, in the order they are looked at. */
  readonly traps: readonly TrapControl[];
  /** CPACR_EL1.FPEN and CPTR_EL2.TFP apply. */
  readonly floatingPoint?: boolean;
  /** What of translation, traps, debug exceptions and interrupts depends on it; left out: nothing. */
  readonly context?: ContextScope;
  /** The name of the cell, where it is not the register's own name. */
  readonly cell?: string;
  readonly behaviour?: (cpu: Cpu, model: CpuModel) => RegisterBehaviour;
}

/** A row in short: `RW` from the given level with all 64 bits writable and reset to 0, unless told otherwise. */
export interface RowDetails {
  readonly mask?: bigint;
  readonly fixed?: bigint;
  readonly reset?: bigint;
  readonly traps?: readonly TrapControl[];
  readonly floatingPoint?: boolean;
  readonly context?: ContextScope;
  readonly cell?: string;
  readonly behaviour?: (cpu: Cpu, model: CpuModel) => RegisterBehaviour;
}

/** All bits of a register. */
export const ALL = 0xffff_ffff_ffff_ffffn;

/** A register that levels from `el` up may read and write. */
export function readWrite(name: string, el: number, details: RowDetails = {}): SystemRegisterRow {
  return row(name, el, el, details);
}

/** A register that levels from `el` up may read, and none may write. */
export function readOnly(name: string, el: number, details: RowDetails = {}): SystemRegisterRow {
  return row(name, el, undefined, details);
}

/** A register that levels from `el` up may write, and none may read. */
export function writeOnly(name: string, el: number, details: RowDetails = {}): SystemRegisterRow {
  return row(name, undefined, el, details);
}

// Written out: V8 gives an object that was spread into another, and has a closure, a shape of its own, which keeps a whole
// machine from being collected for long.
function row(
  name: string,
  readableFrom: number | undefined,
  writableFrom: number | undefined,
  { mask = ALL, fixed = 0n, reset = 0n, traps = [], floatingPoint, context, cell, behaviour }: RowDetails,
): SystemRegisterRow {
  return { name, readableFrom, writableFrom, mask, fixed, reset, traps, floatingPoint, context, cell, behaviour };
}
