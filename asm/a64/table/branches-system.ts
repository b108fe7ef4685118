/** Branches, Exception generating and System instructions, and the reserved UDF (Arm ARM C4.1.1, C4.1.87). */

import type { Feature } from '../features.ts';
import { isOperation } from '../operands/system.ts';
import { atOperations, dcOperations, icOperations, pstateFields, tlbiOperations } from '../sysregs.ts';
import type { ImplicitRegisters, Row } from './row.ts';

const LINK = 30;
const SP = 31;

function exceptionCall(mnemonic: string, opc: string, LL: string): Row {
  return {
    name: mnemonic,
    bits: `11010100 opc=${opc} imm16:16 000 LL=${LL}`,
    syntax: `${mnemonic} #<imm16>`,
    timing: 'exception',
  };
}

function debugCall(mnemonic: string, LL: string): Row {
  return {
    name: mnemonic,
    bits: `11010100 opc=101 imm16:16 000 LL=${LL}`,
    syntax: `${mnemonic} {#<imm16>}`,
    timing: 'exception',
  };
}

interface HintRow {
  readonly feature?: Feature;
  readonly implicit?: ImplicitRegisters;
  readonly syntax?: string;
  readonly timing?: Row['timing'];
}

/** One instruction of the hint space: `number` is CRm:op2. */
function hint(name: string, number: number, more: HintRow = {}): Row {
  const bits = number.toString(2).padStart(7, '0');
  return {
    name,
    bits: `1101010100 0 00 011 0010 CRm=${bits.slice(0, 4)} op2=${bits.slice(4)} 11111`,
    syntax: name,
    timing: 'hint',
    specialCaseOf: 'HINT',
    ...more,
  };
}

/** Pointer authentication in the hint space: it needs no feature to be written, and does nothing without FEAT_PAuth. */
function authenticationHint(name: string, number: number, reads: readonly number[], writes: number): Row {
  return hint(name, number, { implicit: { reads, writes: [writes] }, timing: 'pauth' });
}

function branchRegister(name: string, opc: string, timing: Row['timing'], implicit?: ImplicitRegisters): Row {
  return {
    name,
    bits: `1101011 0 0 op=${opc} 11111 0000 A=0 M=0 Rn:5 00000`,
    syntax: `${name} <Xn>`,
    implicit,
    timing,
  };
}

/** BRAA, BLRAA and their kin: Z = 0 means the modifier is zero. */
function branchAuthenticated(stem: string, op: string, timing: Row['timing'], implicit?: ImplicitRegisters): Row {
  return {
    name: `${stem}AA, ${stem}AAZ, ${stem}AB, ${stem}ABZ`,
    bits: `1101011 Z 0 op=${op} 11111 0000 A=1 M Rn:5 Rm:5`,
    syntax: [
      { syntax: `${stem}AAZ <Xn>`, where: 'Z=0 M=0 Rm=11111' },
      { syntax: `${stem}AA <Xn>, <Xm|SP>`, where: 'Z=1 M=0' },
      { syntax: `${stem}ABZ <Xn>`, where: 'Z=0 M=1 Rm=11111' },
      { syntax: `${stem}AB <Xn>, <Xm|SP>`, where: 'Z=1 M=1' },
    ],
    undefinedWhen: ({ Z, Rm }) => Z === 0 && Rm !== 31,
    implicit,
    feature: 'pauth',
    timing,
  };
}

function compareBranch(mnemonic: string, op: string): Row {
  return {
    name: mnemonic,
    bits: `sf 011010 op=${op} imm19:19 Rt:5`,
    syntax: `${mnemonic} <Rt>, <label>`,
    timing: 'branch-compare',
  };
}

function testBranch(mnemonic: string, op: string): Row {
  return {
    name: mnemonic,
    bits: `b5 011011 op=${op} b40:5 imm14:14 Rt:5`,
    syntax: `${mnemonic} <R><t>, #<imm>, <label>`,
    wide: 'b5=1',
    timing: 'branch-compare',
  };
}

export const branchesSystem: readonly Row[] = [
  {
    name: 'UDF',
    bits: '0000000000000000 imm16:16',
    syntax: 'UDF #<imm16> undefined',
    timing: 'undefined',
  },
  {
    name: 'B.cond',
    bits: '0101010 0 imm19:19 0 cond:4',
    syntax: 'B.<cond> <label>',
    aliases: [{ name: 'B<cond>', syntax: 'B<cond> <label>', unprinted: true }],
    flags: 'r',
    timing: 'branch-conditional',
  },
  exceptionCall('SVC', '000', '01'),
  exceptionCall('HVC', '000', '10'),
  exceptionCall('SMC', '000', '11'),
  exceptionCall('BRK', '001', '00'),
  exceptionCall('HLT', '010', '00'),
  debugCall('DCPS1', '01'),
  debugCall('DCPS2', '10'),
  debugCall('DCPS3', '11'),
  hint('NOP', 0),
  hint('YIELD', 1),
  hint('WFE', 2),
  hint('WFI', 3),
  hint('SEV', 4),
  hint('SEVL', 5),
  hint('XPACLRI', 7, { implicit: { reads: [LINK], writes: [LINK] }, timing: 'pauth' }),
  authenticationHint('PACIA1716', 8, [16, 17], 17),
  authenticationHint('PACIB1716', 10, [16, 17], 17),
  authenticationHint('AUTIA1716', 12, [16, 17], 17),
  authenticationHint('AUTIB1716', 14, [16, 17], 17),
  hint('ESB', 16, { timing: 'barrier' }),
  hint('PSB CSYNC', 17, { syntax: 'PSB CSYNC', timing: 'barrier' }),
  hint('TSB CSYNC', 18, { syntax: 'TSB CSYNC', timing: 'barrier' }),
  hint('CSDB', 20, { timing: 'barrier' }),
  hint('CLRBHB', 22, { syntax: 'CLEARBHB', timing: 'barrier' }),
  authenticationHint('PACIAZ', 24, [LINK], LINK),
  authenticationHint('PACIASP', 25, [LINK, SP], LINK),
  authenticationHint('PACIBZ', 26, [LINK], LINK),
  authenticationHint('PACIBSP', 27, [LINK, SP], LINK),
  authenticationHint('AUTIAZ', 28, [LINK], LINK),
  authenticationHint('AUTIASP', 29, [LINK, SP], LINK),
  authenticationHint('AUTIBZ', 30, [LINK], LINK),
  authenticationHint('AUTIBSP', 31, [LINK, SP], LINK),
  {
    name: 'BTI',
    bits: '1101010100 0 00 011 0010 CRm=0100 op2=xx0 11111',
    syntax: 'BTI {<targets>}',
    timing: 'hint',
    specialCaseOf: 'HINT',
  },
  {
    name: 'HINT',
    bits: '1101010100 0 00 011 0010 CRm:4 op2:3 11111',
    syntax: 'HINT #<imm7>',
    aliases: [{ name: 'DGH', syntax: 'DGH', where: 'CRm=0000 op2=110', unprinted: true }],
    timing: 'hint',
  },
  {
    name: 'CLREX',
    bits: '1101010100 0 00 011 0011 CRm:4 010 11111',
    syntax: 'CLREX {#<CRm>}',
    timing: 'barrier',
  },
  {
    name: 'DSB',
    bits: '1101010100 0 00 011 0011 CRm:4 1 opc=00 11111',
    syntax: 'DSB <option>|#<imm>',
    aliases: [
      { name: 'SSBB', syntax: 'SSBB', where: 'CRm=0000' },
      { name: 'PSSBB', syntax: 'PSSBB', where: 'CRm=0100' },
      { name: 'DFB', syntax: 'DFB', where: 'CRm=1100', feature: 'v8-r', unprinted: true },
    ],
    timing: 'barrier',
  },
  {
    name: 'DSB',
    variant: 'Memory nXS barrier',
    bits: '1101010100 0 00 011 0011 imm2:2 10 001 11111',
    syntax: 'DSB <option>nXS',
    feature: 'v8.7',
    timing: 'barrier',
  },
  {
    name: 'DMB',
    bits: '1101010100 0 00 011 0011 CRm:4 1 opc=01 11111',
    syntax: 'DMB <option>|#<imm>',
    timing: 'barrier',
  },
  {
    name: 'ISB',
    bits: '1101010100 0 00 011 0011 CRm:4 1 opc=10 11111',
    syntax: 'ISB {<option>|#<imm>}',
    timing: 'barrier',
  },
  {
    name: 'SB',
    bits: '1101010100 0 00 011 0011 CRm=0000 1 opc=11 11111',
    syntax: 'SB',
    feature: 'sb',
    timing: 'barrier',
  },
  {
    name: 'MSR (immediate)',
    bits: '1101010100 0 00 op1:3 0100 CRm:4 op2:3 11111',
    syntax: 'MSR <pstatefield>, #<imm>',
    undefinedWhen: ({ op1, op2 }) => !pstateFields.some((field) => field.op1 === op1 && field.op2 === op2),
    timing: 'system-write',
  },
  {
    name: 'CFINV',
    bits: '1101010100 0 00 op1=000 0100 CRm=0000 op2=000 11111',
    syntax: 'CFINV',
    flags: 'rw',
    feature: 'flagm',
    timing: 'alu-flags',
    specialCaseOf: 'MSR (immediate)',
  },
  {
    name: 'XAFLAG',
    bits: '1101010100 0 00 op1=000 0100 CRm=0000 op2=001 11111',
    syntax: 'XAFLAG',
    flags: 'rw',
    feature: 'v8.5',
    timing: 'alu-flags',
    specialCaseOf: 'MSR (immediate)',
  },
  {
    name: 'AXFLAG',
    bits: '1101010100 0 00 op1=000 0100 CRm=0000 op2=010 11111',
    syntax: 'AXFLAG',
    flags: 'rw',
    feature: 'v8.5',
    timing: 'alu-flags',
    specialCaseOf: 'MSR (immediate)',
  },
  {
    name: 'SYS',
    bits: '1101010100 L=0 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5',
    syntax: 'SYS #<op1>, <Cn>, <Cm>, #<op2>{, <Xt>}',
    aliases: [
      { name: 'AT', syntax: 'AT <at_op>, <Xt>', when: isOperation(atOperations) },
      { name: 'DC', syntax: 'DC <dc_op>, <Xt>', when: isOperation(dcOperations) },
      { name: 'IC', syntax: 'IC <ic_op>{, <Xt>}', when: isOperation(icOperations) },
      { name: 'TLBI', syntax: 'TLBI <tlbi_op>{, <Xt>}', when: isOperation(tlbiOperations) },
      { name: 'CFP', syntax: 'CFP RCTX, <Xt>', where: 'op1=011 CRn=0111 CRm=0011 op2=100', feature: 'predres' },
      { name: 'DVP', syntax: 'DVP RCTX, <Xt>', where: 'op1=011 CRn=0111 CRm=0011 op2=101', feature: 'predres' },
      { name: 'CPP', syntax: 'CPP RCTX, <Xt>', where: 'op1=011 CRn=0111 CRm=0011 op2=111', feature: 'predres' },
      { name: 'MSR (op0 = 1)', syntax: 'MSR <S1_op1_Cn_Cm_op2>, <Xt>', unprinted: true },
    ],
    timing: 'system-operation',
  },
  {
    name: 'SYSL',
    bits: '1101010100 L=1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5',
    syntax: 'SYSL <Xt>, #<op1>, <Cn>, <Cm>, #<op2>',
    aliases: [{ name: 'MRS (op0 = 1)', syntax: 'MRS <Xt>, <S1_op1_Cn_Cm_op2>', unprinted: true }],
    writes: 'Rt',
    timing: 'system-operation',
  },
  {
    name: 'MSR (register)',
    bits: '1101010100 L=0 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt:5',
    syntax: 'MSR <systemreg written>, <Xt>',
    timing: 'system-write',
  },
  {
    name: 'MRS',
    bits: '1101010100 L=1 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt:5',
    syntax: 'MRS <Xt>, <systemreg>',
    writes: 'Rt',
    timing: 'system-read',
  },
  branchRegister('BR', '00', 'branch-register'),
  branchRegister('BLR', '01', 'call-register', { writes: [LINK] }),
  {
    name: 'RET',
    bits: '1101011 0 0 op=10 11111 0000 A=0 M=0 Rn:5 00000',
    syntax: 'RET {<Xn>}',
    timing: 'return',
  },
  branchAuthenticated('BR', '00', 'branch-register'),
  branchAuthenticated('BLR', '01', 'call-register', { writes: [LINK] }),
  {
    name: 'RETAA, RETAB',
    bits: '1101011 0 0 op=10 11111 0000 A=1 M 11111 11111',
    syntax: [
      { syntax: 'RETAA', where: 'M=0' },
      { syntax: 'RETAB', where: 'M=1' },
    ],
    implicit: { reads: [LINK, SP] },
    feature: 'pauth',
    timing: 'return',
  },
  {
    name: 'ERET',
    bits: '1101011 0 100 11111 0000 A=0 M=0 11111 00000',
    syntax: 'ERET',
    timing: 'exception-return',
  },
  {
    name: 'ERETAA, ERETAB',
    bits: '1101011 0 100 11111 0000 A=1 M 11111 11111',
    syntax: [
      { syntax: 'ERETAA', where: 'M=0' },
      { syntax: 'ERETAB', where: 'M=1' },
    ],
    implicit: { reads: [SP] },
    feature: 'pauth',
    timing: 'exception-return',
  },
  {
    name: 'DRPS',
    bits: '1101011 0101 11111 000000 11111 00000',
    syntax: 'DRPS',
    timing: 'exception-return',
  },
  { name: 'B', bits: 'op=0 00101 imm26:26', syntax: 'B <label>', timing: 'branch' },
  { name: 'BL', bits: 'op=1 00101 imm26:26', syntax: 'BL <label>', implicit: { writes: [LINK] }, timing: 'call' },
  compareBranch('CBZ', '0'),
  compareBranch('CBNZ', '1'),
  testBranch('TBZ', '0'),
  testBranch('TBNZ', '1'),
];
