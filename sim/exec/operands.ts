/**
 * How register fields name cells, and the operand forms that instruction classes share: shifted and extended registers
 * (Arm ARM J1, ShiftReg, ExtendReg), sign extension of immediates.
 */
import { SCRATCH, SINK, ZERO } from '../core/registers.ts';
import type { Environment } from './operation.ts';

/** The cell that register field `n` reads; 31 is the zero register. */
export function source(n: number): number {
  return n === 31 ? ZERO : n;
}

/** The cell that register field `n` writes; 31 is the zero register, whose writes are lost. */
export function destination(n: number): number {
  return n === 31 ? SINK : n;
}

/** The low `bits` bits of `value` as a signed number. */
export function signExtend(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}

/** The low `bits` bits of `value` (at most 53 bits) as a signed bigint. */
export function signExtendBig(value: number, bits: number): bigint {
  return BigInt.asIntN(bits, BigInt(value));
}

/** A number as the 64-bit register holds it. */
export function asRegister(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** An operand computed before the instruction proper: the cell it is in, and what puts it there (undefined: it is there). */
export interface Operand {
  readonly cell: number;
  readonly prepare: (() => void) | undefined;
}

const LSL = 0;
const LSR = 1;
const ASR = 2;

/** Register `Rm` shifted: `type` is LSL, LSR, ASR or ROR, 0 to 3. */
export function shiftedRegister(on: Environment, Rm: number, type: number, amount: number, wide: boolean): Operand {
  const m = source(Rm);
  if (amount === 0) return { cell: m, prepare: undefined };
  return { cell: SCRATCH, prepare: wide ? shift64(on, m, type, amount) : shift32(on, m, type, amount) };
}

function shift64(on: Environment, m: number, type: number, amount: number): () => void {
  const { cells } = on.cpu;
  const right = BigInt(amount);
  const left = BigInt(64 - amount);
  switch (type) {
    case LSL:
      return () => {
        cells[SCRATCH] = cells[m]! << right;
      };
    case LSR:
      return () => {
        cells[SCRATCH] = cells[m]! >> right;
      };
    case ASR:
      return () => {
        cells[SCRATCH] = BigInt.asIntN(64, cells[m]!) >> right;
      };
    default:
      return () => {
        cells[SCRATCH] = (cells[m]! >> right) | (cells[m]! << left);
      };
  }
}

function shift32(on: Environment, m: number, type: number, amount: number): () => void {
  const { words } = on.cpu;
  const from = 2 * m;
  const to = 2 * SCRATCH;
  words[to + 1] = 0;
  switch (type) {
    case LSL:
      return () => {
        words[to] = words[from]! << amount;
      };
    case LSR:
      return () => {
        words[to] = words[from]! >>> amount;
      };
    case ASR:
      return () => {
        words[to] = words[from]! >> amount;
      };
    default:
      return () => {
        words[to] = (words[from]! >>> amount) | (words[from]! << (32 - amount));
      };
  }
}

/**
 * Register `Rm` extended as `option` says (UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW, SXTX: 0 to 7) and shifted left by
 * `shift` (0 to 4). The result has 64 bits; a 32-bit instruction uses its low half.
 */
export function extendedRegister(on: Environment, Rm: number, option: number, shift: number): Operand {
  const { cells } = on.cpu;
  const m = source(Rm);
  const left = BigInt(shift);
  const size = 8 << (option & 3);
  if (size === 64 && shift === 0) return { cell: m, prepare: undefined };
  if (option === 0b010) {
    return {
      cell: SCRATCH,
      prepare: () => {
        cells[SCRATCH] = BigInt.asUintN(32, cells[m]!) << left;
      },
    };
  }
  if (option === 0b110) {
    return {
      cell: SCRATCH,
      prepare: () => {
        cells[SCRATCH] = BigInt.asIntN(32, cells[m]!) << left;
      },
    };
  }
  const extend = option < 4 ? BigInt.asUintN : BigInt.asIntN;
  return {
    cell: SCRATCH,
    prepare: () => {
      cells[SCRATCH] = extend(size, cells[m]!) << left;
    },
  };
}

/** `execute` after the preparation of its operand. */
export function after(operand: Operand, execute: () => void): () => void {
  const { prepare } = operand;
  if (prepare === undefined) return execute;
  return () => {
    prepare();
    execute();
  };
}
