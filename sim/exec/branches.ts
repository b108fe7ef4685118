/** Branches (Arm ARM C4.1.87, instructions in C6.2). Each sets the PC, taken or not. */
import type { Cpu } from '../core/cpu.ts';
import { LR, NZCV, PC } from '../core/registers.ts';
import { conditionTable } from './flags.ts';
import { signExtend, source } from './operands.ts';
import type { Builder, Environment, Semantics, SemanticsTable } from './operation.ts';

const FLAGS = 2 * NZCV;

function branch(build: Builder): Semantics {
  return { build, flow: 'branch' };
}

/** The distance of a branch, in bytes, from its signed field of `bits` bits. */
function distance(field: number, bits: number): bigint {
  return BigInt(signExtend(field, bits) * 4);
}

const branchAlways: Builder = (fields, on) => {
  const { cells } = on.cpu;
  const offset = distance(fields.imm26, 26);
  return () => {
    cells[PC] = cells[PC]! + offset;
  };
};

const branchWithLink: Builder = (fields, on) => {
  const { cells } = on.cpu;
  const offset = distance(fields.imm26, 26);
  return () => {
    cells[LR] = cells[PC]! + 4n;
    cells[PC] = cells[PC]! + offset;
  };
};

const branchConditional: Builder = (fields, on) => {
  const { cells, words } = on.cpu;
  const offset = distance(fields.imm19, 19);
  const table = conditionTable(fields.cond);
  return () => {
    const holds = (table >>> (words[FLAGS]! >>> 28)) & 1;
    cells[PC] = cells[PC]! + (holds === 1 ? offset : 4n);
  };
};

/** CBZ, CBNZ. */
function compareAndBranch(nonzero: boolean): Builder {
  return (fields, on) => {
    const { cells, words } = on.cpu;
    const t = 2 * source(fields.Rt);
    const offset = distance(fields.imm19, 19);
    const wide = fields.sf === 1;
    return () => {
      const isZero = (words[t]! | (wide ? words[t + 1]! : 0)) === 0;
      cells[PC] = cells[PC]! + (isZero !== nonzero ? offset : 4n);
    };
  };
}

/** TBZ, TBNZ. */
function testAndBranch(nonzero: boolean): Builder {
  return (fields, on) => {
    const { cells, words } = on.cpu;
    const t = 2 * source(fields.Rt) + fields.b5;
    const bit = 1 << fields.b40;
    const offset = distance(fields.imm14, 14);
    return () => {
      const isSet = (words[t]! & bit) !== 0;
      cells[PC] = cells[PC]! + (isSet === nonzero ? offset : 4n);
    };
  };
}

/**
 * The address a branch by register or an exception return goes to: bits 63 to 56 of a tagged address are no part of it
 * (Arm ARM J1, AArch64.BranchAddr, AddrTop).
 */
export function branchAddress(cpu: Cpu, address: bigint): bigint {
  const isUpper = (address & (1n << 55n)) !== 0n;
  const top = address >> 56n;
  if (cpu.el === 2) return top !== 0n && tagIgnored(cpu, 'tcr_el2', 20n) ? BigInt.asUintN(56, address) : address;
  if (top === (isUpper ? 0xffn : 0n)) return address;
  if (!tagIgnored(cpu, 'tcr_el1', isUpper ? 38n : 37n)) return address;
  return isUpper ? BigInt.asUintN(64, BigInt.asIntN(56, address)) : BigInt.asUintN(56, address);
}

function tagIgnored(cpu: Cpu, register: string, bit: bigint): boolean {
  return ((cpu.cells[cpu.cell(register)]! >> bit) & 1n) === 1n;
}

/** Sets the PC to what cell `n` holds. */
function branchToCell({ cpu }: Environment, n: number): void {
  const { cells, words } = cpu;
  const top = words[2 * n + 1]! >>> 23;
  // An address whose top nine bits are zero has no tag.
  cells[PC] = top === 0 ? cells[n]! : branchAddress(cpu, cells[n]!);
}

/** BR, RET. */
const branchRegister: Builder = (fields, on) => {
  const n = source(fields.Rn);
  return () => branchToCell(on, n);
};

const branchRegisterWithLink: Builder = (fields, on) => {
  const { cells } = on.cpu;
  const n = source(fields.Rn);
  return () => {
    const link = cells[PC]! + 4n;
    branchToCell(on, n);
    cells[LR] = link;
  };
};

export const branches: SemanticsTable = {
  B: branch(branchAlways),
  BL: branch(branchWithLink),
  'B.cond': branch(branchConditional),
  CBZ: branch(compareAndBranch(false)),
  CBNZ: branch(compareAndBranch(true)),
  TBZ: branch(testAndBranch(false)),
  TBNZ: branch(testAndBranch(true)),
  BR: branch(branchRegister),
  BLR: branch(branchRegisterWithLink),
  RET: branch(branchRegister),
};
