/** Branches (Arm ARM C4.1.87, instructions in C6.2). Each sets the PC, taken or not. */
import type { Cpu } from '../core/cpu.ts';
import { LR, NZCV, PC } from '../core/registers.ts';
import { conditionTable } from './flags.ts';
import { signExtend, source } from './operands.ts';
import type { Builder, Environment, Semantics, SemanticsTable } from './operation.ts';

const FLAGS = 2 * NZCV;
const PC_LOW = 2 * PC;
const PC_HIGH = PC_LOW + 1;

function branch(build: Builder): Semantics {
  return { build, flow: 'branch' };
}

/** The distance of a branch, in bytes, from its signed field of `bits` bits. */
function distance(field: number, bits: number): number {
  return signExtend(field, bits) * 4;
}

/** Moves the PC by `offset` bytes, less than 2^32 either way. By halves: a bigint would be an object for each branch. */
function movePc(words: Uint32Array, offset: number): void {
  const low = words[PC_LOW]! + offset;
  words[PC_LOW] = low;
  if (low < 0) words[PC_HIGH]! -= 1;
  else if (low > 0xffffffff) words[PC_HIGH]! += 1;
}

/** Puts the address of the next instruction in the link register. */
function link(words: Uint32Array): void {
  const low = (words[PC_LOW]! + 4) >>> 0;
  words[2 * LR] = low;
  words[2 * LR + 1] = words[PC_HIGH]! + (low === 0 ? 1 : 0);
}

const branchAlways: Builder = (fields, on) => {
  const { words } = on.cpu;
  const offset = distance(fields.imm26, 26);
  return () => movePc(words, offset);
};

const branchWithLink: Builder = (fields, on) => {
  const { words } = on.cpu;
  const offset = distance(fields.imm26, 26);
  return () => {
    link(words);
    movePc(words, offset);
  };
};

const branchConditional: Builder = (fields, on) => {
  const { words } = on.cpu;
  const offset = distance(fields.imm19, 19);
  const table = conditionTable(fields.cond);
  return () => {
    const holds = (table >>> (words[FLAGS]! >>> 28)) & 1;
    movePc(words, holds === 1 ? offset : 4);
  };
};

/** CBZ, CBNZ. */
function compareAndBranch(nonzero: boolean): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const t = 2 * source(fields.Rt);
    const offset = distance(fields.imm19, 19);
    const wide = fields.sf === 1;
    return () => {
      const isZero = (words[t]! | (wide ? words[t + 1]! : 0)) === 0;
      movePc(words, isZero !== nonzero ? offset : 4);
    };
  };
}

/** TBZ, TBNZ. */
function testAndBranch(nonzero: boolean): Builder {
  return (fields, on) => {
    const { words } = on.cpu;
    const t = 2 * source(fields.Rt) + fields.b5;
    const bit = 1 << fields.b40;
    const offset = distance(fields.imm14, 14);
    return () => {
      const isSet = (words[t]! & bit) !== 0;
      movePc(words, isSet === nonzero ? offset : 4);
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
  // An address whose top nine bits are alike has no tag, but at EL2, where bit 55 does not say that they are ones.
  if (top === 0 || (top === 0x1ff && cpu.el !== 2)) {
    words[PC_LOW] = words[2 * n]!;
    words[PC_HIGH] = words[2 * n + 1]!;
  } else {
    cells[PC] = branchAddress(cpu, cells[n]!);
  }
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
    // The link register may itself say where to go.
    const next = cells[PC]! + 4n;
    branchToCell(on, n);
    cells[LR] = next;
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
