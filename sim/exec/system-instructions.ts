/**
 * MRS, MSR and the barriers (Arm ARM C4.1.87, C5.2; instructions in C6.2). Register rows and trap controls are in core/; cache,
 * TLB and address translation instructions in system-operations.ts.
 */
import type { Fields } from '../../asm/a64/table/row.ts';
import { EC, trap, undefinedInstruction } from '../core/exceptions.ts';
import { DAIF_MASK, PSTATE_BITS, writePstateField } from '../core/pstate.ts';
import { CURRENT_EL, DAIF, EXCLUSIVE_SIZE, NZCV, PAN, SPSEL, SSBS, UAO } from '../core/registers.ts';
import { accessSyndrome, activity } from '../core/system-registers.ts';
import { TIDCP, UMA } from '../core/traps.ts';
import { highHalf, lowHalf } from '../memory/halves.ts';
import { destination, source } from './operands.ts';
import type { Builder, Environment, SemanticsTable } from './operation.ts';

/** Where CurrentEL holds the level. */
const EL_SHIFT = 2;

/** Sixteen bits of a system register's name from the fields of MRS and MSR (register). */
function codeOf(fields: Fields): number {
  return ((2 + fields.o0) << 14) | (fields.op1 << 11) | (fields.CRn << 7) | (fields.CRm << 3) | fields.op2;
}

/** What an access to an encoding without a register raises: UNDEFINED, or a trap of the IMPLEMENTATION DEFINED space. */
export function accessToNothing(on: Environment, code: number, isWrite: boolean, rt: number): () => void {
  const CRn = (code >> 7) & 15;
  const isImplementationDefined = (code >> 14) % 2 === 1 && (CRn === 11 || CRn === 15);
  const isTrapped = activity(on.cpu, TIDCP);
  return () => {
    if (isImplementationDefined && on.cpu.el === 1 && isTrapped()) {
      throw trap(EC.systemRegister, accessSyndrome(code, isWrite, rt), 2);
    }
    throw undefinedInstruction();
  };
}

const readSystemRegister: Builder = (fields, on) => {
  const { cells, words } = on.cpu;
  const register = on.systemRegisters.encoded(codeOf(fields), false);
  if (register === undefined) return accessToNothing(on, codeOf(fields), false, fields.Rt);
  const t = destination(fields.Rt);
  const { Rt } = fields;
  const free = register.readFreelyFrom << EL_SHIFT;
  if (!register.readsCell) {
    return () => {
      if (words[2 * CURRENT_EL]! < free) register.check(false, Rt);
      cells[t] = register.read();
    };
  }
  const [from, to] = [2 * register.id, 2 * t];
  return () => {
    if (words[2 * CURRENT_EL]! < free) register.check(false, Rt);
    words[to] = words[from]!;
    words[to + 1] = words[from + 1]!;
  };
};

const writeSystemRegister: Builder = (fields, on) => {
  const { cpu } = on;
  const { cells, words } = cpu;
  const register = on.systemRegisters.encoded(codeOf(fields), true);
  if (register === undefined) return accessToNothing(on, codeOf(fields), true, fields.Rt);
  const t = source(fields.Rt);
  const { Rt } = fields;
  const free = register.writtenFreelyFrom << EL_SHIFT;
  if (!register.writesCell) {
    return () => {
      if (words[2 * CURRENT_EL]! < free) register.check(true, Rt);
      register.write(cells[t]!);
    };
  }
  const { id, row } = register;
  const { context } = row;
  const [from, to] = [2 * t, 2 * id];
  const [maskLow, maskHigh] = [lowHalf(row.mask), highHalf(row.mask)];
  const [fixedLow, fixedHigh] = [lowHalf(row.fixed), highHalf(row.fixed)];
  return () => {
    if (words[2 * CURRENT_EL]! < free) register.check(true, Rt);
    cpu.journal?.cell(id);
    words[to] = (words[from]! & maskLow) | fixedLow;
    words[to + 1] = (words[from + 1]! & maskHigh) | fixedHigh;
    if (context !== undefined) cpu.contextChanged(context);
  };
};

/** op1:op2 of the PSTATE fields of MSR (immediate). */
const SPSEL_FIELD = 0b000_101;
const PAN_FIELD = 0b000_100;
const UAO_FIELD = 0b000_011;
const SSBS_FIELD = 0b011_001;
const DAIFSET = 0b011_110;
const DAIFCLR = 0b011_111;

const writePstateImmediate: Builder = (fields, on) => {
  const { cpu } = on;
  const imm = fields.CRm;
  switch ((fields.op1 << 3) | fields.op2) {
    case SPSEL_FIELD:
      return privileged(on, true, () => {
        writePstateField(cpu, SPSEL, imm & 1);
        cpu.selectStackPointer();
      });
    case PAN_FIELD:
      return privileged(on, on.features.has('pan'), () => {
        writePstateField(cpu, PAN, imm & 1 ? PSTATE_BITS.pan : 0);
        cpu.contextChanged();
      });
    case UAO_FIELD:
      return privileged(on, on.features.has('uao'), () => {
        writePstateField(cpu, UAO, imm & 1 ? PSTATE_BITS.uao : 0);
        cpu.contextChanged();
      });
    case SSBS_FIELD:
      if (!on.features.has('ssbs2')) return accessToNothing(on, 0, true, 31);
      return () => writePstateField(cpu, SSBS, imm & 1 ? PSTATE_BITS.ssbs : 0);
    case DAIFSET:
      return maskImmediate(on, fields, (mask) => mask | (imm << 6));
    case DAIFCLR:
      return maskImmediate(on, fields, (mask) => mask & ~(imm << 6));
    default:
      return accessToNothing(on, 0, true, 31);
  }
};

/** `execute` where the PE has the field and is not at EL0, else UNDEFINED. */
function privileged(on: Environment, exists: boolean, execute: () => void): () => void {
  return () => {
    if (!exists || on.cpu.el === 0) throw undefinedInstruction();
    execute();
  };
}

/** DAIFSet and DAIFClr: at EL0 they are trapped unless SCTLR_EL1.UMA allows them. */
function maskImmediate(on: Environment, fields: Fields, change: (mask: number) => number): () => void {
  const { cpu } = on;
  const isTrapped = activity(cpu, UMA);
  const code = (fields.op1 << 11) | (4 << 7) | (fields.CRm << 3) | fields.op2;
  return () => {
    if (cpu.el === 0 && isTrapped()) throw trap(EC.systemRegister, accessSyndrome(code, true, 31), undefined);
    writePstateField(cpu, DAIF, change(cpu.words[2 * DAIF]!) & DAIF_MASK);
  };
}

/** CFINV (FEAT_FlagM). */
const invertCarry: Builder = (_fields, on) => () => {
  on.cpu.words[2 * NZCV]! ^= 0x2000_0000;
};

const clearExclusive: Builder =
  (_fields, { cpu }) =>
  () => {
    if (cpu.words[2 * EXCLUSIVE_SIZE] !== 0) cpu.write(EXCLUSIVE_SIZE, 0n);
  };

const nothing: Builder = () => () => {};

export const systemInstructions: SemanticsTable = {
  MRS: { build: readSystemRegister },
  // Where a register decides about what comes next, the machine is told by its write.
  'MSR (register)': { build: writeSystemRegister },
  'MSR (immediate)': { build: writePstateImmediate, flow: 'context' },
  CFINV: { build: invertCarry },
  CLREX: { build: clearExclusive },
  // One processor sees its own accesses in program order, so barriers have nothing to do.
  DSB: { build: nothing },
  DMB: { build: nothing },
  ISB: { build: nothing, flow: 'context' },
  SB: { build: nothing },
};
