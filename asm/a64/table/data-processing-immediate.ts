/** Data Processing -- Immediate (Arm ARM C4.1.86; instructions in C6.2). */
import { decodeBitmask, isMoveWide } from '../immediates.ts';
import type { Condition, Row } from './row.ts';

const ZR = 31;

/** sf=0 && N=1, and the element of all ones: DecodeBitMasks ends in UNDEFINED. */
const reservedBitmask: Condition = ({ sf, N, immr, imms }) => decodeBitmask({ N, immr, imms }, sf === 1) === undefined;

/** sf and N must agree, and a 32-bit field has positions up to 31. */
const reservedBitfield: Condition = ({ sf, N, immr, imms }) => sf !== N || (sf === 0 && (immr > 31 || imms > 31));

const usesStackPointer: Condition = ({ Rd, Rn }) => Rd === 31 || Rn === 31;

/** Bit 5 of the datasize - 1, in a field of six bits. */
const highest = (sf: number): number => (sf === 1 ? 63 : 31);

/** BFXPreferred(sf, uns, imms, immr) of the shared pseudocode: not one of SBFIZ, ASR, LSR, SXTB, SXTH, SXTW, UXTB, UXTH. */
function isExtractPreferred(sf: number, unsigned: boolean, imms: number, immr: number): boolean {
  if (imms < immr || imms === highest(sf)) return false;
  if (immr !== 0) return true;
  if (sf === 0) return imms !== 7 && imms !== 15;
  return unsigned || (imms !== 7 && imms !== 15 && imms !== 31);
}

export const dataProcessingImmediate: readonly Row[] = [
  {
    name: 'ADR',
    bits: 'op=0 immlo:2 10000 immhi:19 Rd:5',
    syntax: 'ADR <Xd>, <label>',
    timing: 'address',
  },
  {
    name: 'ADRP',
    bits: 'op=1 immlo:2 10000 immhi:19 Rd:5',
    syntax: 'ADRP <Xd>, <label>',
    timing: 'address',
  },
  {
    name: 'ADD (immediate)',
    bits: 'sf op=0 S=0 100010 sh imm12:12 Rn:5 Rd:5',
    syntax: 'ADD <Rd|SP>, <Rn|SP>, #<imm>{, <shift>}',
    aliases: [
      {
        name: 'MOV (to/from SP)',
        syntax: 'MOV <Rd|SP>, <Rn|SP>',
        where: 'sh=0 imm12=0',
        requires: usesStackPointer,
      },
    ],
    timing: 'alu',
  },
  {
    name: 'ADDS (immediate)',
    bits: 'sf op=0 S=1 100010 sh imm12:12 Rn:5 Rd:5',
    syntax: 'ADDS <Rd>, <Rn|SP>, #<imm>{, <shift>}',
    aliases: [{ name: 'CMN (immediate)', syntax: 'CMN <Rn|SP>, #<imm>{, <shift>}', where: 'Rd=11111' }],
    flags: 'w',
    timing: 'alu-flags',
  },
  {
    name: 'SUB (immediate)',
    bits: 'sf op=1 S=0 100010 sh imm12:12 Rn:5 Rd:5',
    syntax: 'SUB <Rd|SP>, <Rn|SP>, #<imm>{, <shift>}',
    timing: 'alu',
  },
  {
    name: 'SUBS (immediate)',
    bits: 'sf op=1 S=1 100010 sh imm12:12 Rn:5 Rd:5',
    syntax: 'SUBS <Rd>, <Rn|SP>, #<imm>{, <shift>}',
    aliases: [{ name: 'CMP (immediate)', syntax: 'CMP <Rn|SP>, #<imm>{, <shift>}', where: 'Rd=11111' }],
    flags: 'w',
    timing: 'alu-flags',
  },
  {
    name: 'ADDG',
    bits: '1 op=0 0 100011 0 uimm6:6 op3=00 uimm4:4 Xn:5 Xd:5',
    syntax: 'ADDG <Xd|SP>, <Xn|SP>, #<uimm6>, #<uimm4>',
    feature: 'memtag',
    timing: 'tag',
  },
  {
    name: 'SUBG',
    bits: '1 op=1 0 100011 0 uimm6:6 op3=00 uimm4:4 Xn:5 Xd:5',
    syntax: 'SUBG <Xd|SP>, <Xn|SP>, #<uimm6>, #<uimm4>',
    feature: 'memtag',
    timing: 'tag',
  },
  {
    name: 'AND (immediate)',
    bits: 'sf opc=00 100100 N immr:6 imms:6 Rn:5 Rd:5',
    syntax: 'AND <Rd|SP>, <Rn>, #<bitmask>',
    undefinedWhen: reservedBitmask,
    aliases: [{ name: 'BIC (immediate)', syntax: 'BIC <Rd|SP>, <Rn>, #<~bitmask>', unprinted: true }],
    timing: 'logical',
  },
  {
    name: 'ORR (immediate)',
    bits: 'sf opc=01 100100 N immr:6 imms:6 Rn:5 Rd:5',
    syntax: 'ORR <Rd|SP>, <Rn>, #<bitmask>',
    aliases: [
      {
        name: 'MOV (bitmask immediate)',
        syntax: 'MOV <Rd|SP>, #<imm bitmask>',
        where: 'Rn=11111',
        when: ({ sf, N, immr, imms, Rd }) =>
          Rd === ZR || !isMoveWide(decodeBitmask({ N, immr, imms }, sf === 1)!, sf === 1),
      },
    ],
    undefinedWhen: reservedBitmask,
    timing: 'logical',
  },
  {
    name: 'EOR (immediate)',
    bits: 'sf opc=10 100100 N immr:6 imms:6 Rn:5 Rd:5',
    syntax: 'EOR <Rd|SP>, <Rn>, #<bitmask>',
    undefinedWhen: reservedBitmask,
    timing: 'logical',
  },
  {
    name: 'ANDS (immediate)',
    bits: 'sf opc=11 100100 N immr:6 imms:6 Rn:5 Rd:5',
    syntax: 'ANDS <Rd>, <Rn>, #<bitmask>',
    aliases: [{ name: 'TST (immediate)', syntax: 'TST <Rn>, #<bitmask>', where: 'Rd=11111' }],
    undefinedWhen: reservedBitmask,
    flags: 'w',
    timing: 'logical',
  },
  {
    name: 'MOVN',
    bits: 'sf opc=00 100101 hw:2 imm16:16 Rd:5',
    syntax: 'MOVN <Rd>, #<imm16>{, LSL #<shift>}',
    aliases: [
      {
        name: 'MOV (inverted wide immediate)',
        syntax: 'MOV <Rd>, #<imm inverted>',
        when: ({ sf, hw, imm16 }) => !(imm16 === 0 && hw !== 0) && !(sf === 0 && imm16 === 0xffff),
      },
    ],
    undefinedWhen: ({ sf, hw }) => sf === 0 && hw > 1,
    timing: 'move-wide',
  },
  {
    name: 'MOVZ',
    bits: 'sf opc=10 100101 hw:2 imm16:16 Rd:5',
    syntax: 'MOVZ <Rd>, #<imm16>{, LSL #<shift>}',
    aliases: [
      {
        name: 'MOV (wide immediate)',
        syntax: 'MOV <Rd>, #<imm wide>',
        when: ({ hw, imm16 }) => !(imm16 === 0 && hw !== 0),
      },
    ],
    undefinedWhen: ({ sf, hw }) => sf === 0 && hw > 1,
    timing: 'move-wide',
  },
  {
    name: 'MOVK',
    bits: 'sf opc=11 100101 hw:2 imm16:16 Rd:5',
    syntax: 'MOVK <Rd>, #<imm16>{, LSL #<shift>}',
    undefinedWhen: ({ sf, hw }) => sf === 0 && hw > 1,
    reads: 'Rd',
    timing: 'move-wide',
  },
  {
    name: 'SBFM',
    bits: 'sf opc=00 100110 N immr:6 imms:6 Rn:5 Rd:5',
    syntax: 'SBFM <Rd>, <Rn>, #<immr>, #<imms>',
    aliases: [
      {
        name: 'ASR (immediate)',
        syntax: 'ASR <Rd>, <Rn>, #<shift>',
        when: ({ sf, imms }) => imms === highest(sf),
      },
      {
        name: 'SBFIZ',
        syntax: 'SBFIZ <Rd>, <Rn>, #<lsb>, #<width> inserted',
        when: ({ immr, imms }) => imms < immr,
      },
      {
        name: 'SBFX',
        syntax: 'SBFX <Rd>, <Rn>, #<lsb>, #<width> extracted',
        when: ({ sf, immr, imms }) => isExtractPreferred(sf, false, imms, immr),
      },
      { name: 'SXTB', syntax: 'SXTB <Rd>, <Wn>', where: 'immr=000000 imms=000111' },
      { name: 'SXTH', syntax: 'SXTH <Rd>, <Wn>', where: 'immr=000000 imms=001111' },
      { name: 'SXTW', syntax: 'SXTW <Xd>, <Wn>', where: 'sf=1 N=1 immr=000000 imms=011111' },
    ],
    wide: 'sf=1 N=1',
    undefinedWhen: reservedBitfield,
    timing: 'bitfield',
  },
  {
    name: 'BFM',
    bits: 'sf opc=01 100110 N immr:6 imms:6 Rn:5 Rd:5',
    syntax: 'BFM <Rd>, <Rn>, #<immr>, #<imms>',
    aliases: [
      {
        name: 'BFC',
        syntax: 'BFC <Rd>, #<lsb>, #<width> inserted',
        where: 'Rn=11111',
        when: ({ immr, imms }) => imms < immr,
        feature: 'v8.2',
      },
      {
        name: 'BFI',
        syntax: 'BFI <Rd>, <Rn>, #<lsb>, #<width> inserted',
        when: ({ immr, imms }) => imms < immr,
      },
      {
        name: 'BFXIL',
        syntax: 'BFXIL <Rd>, <Rn>, #<lsb>, #<width> extracted',
        when: ({ immr, imms }) => imms >= immr,
      },
    ],
    wide: 'sf=1 N=1',
    undefinedWhen: reservedBitfield,
    reads: 'Rn Rd',
    timing: 'bitfield',
  },
  {
    name: 'UBFM',
    bits: 'sf opc=10 100110 N immr:6 imms:6 Rn:5 Rd:5',
    syntax: 'UBFM <Rd>, <Rn>, #<immr>, #<imms>',
    aliases: [
      {
        name: 'LSL (immediate)',
        syntax: 'LSL <Rd>, <Rn>, #<shift left>',
        when: ({ sf, immr, imms }) => imms !== highest(sf) && imms + 1 === immr,
      },
      {
        name: 'LSR (immediate)',
        syntax: 'LSR <Rd>, <Rn>, #<shift>',
        when: ({ sf, imms }) => imms === highest(sf),
      },
      {
        name: 'UBFIZ',
        syntax: 'UBFIZ <Rd>, <Rn>, #<lsb>, #<width> inserted',
        when: ({ immr, imms }) => imms < immr,
      },
      {
        name: 'UBFX',
        syntax: 'UBFX <Rd>, <Rn>, #<lsb>, #<width> extracted',
        when: ({ sf, immr, imms }) => isExtractPreferred(sf, true, imms, immr),
      },
      { name: 'UXTB', syntax: 'UXTB <Wd>, <Wn>', where: 'sf=0 N=0 immr=000000 imms=000111' },
      { name: 'UXTH', syntax: 'UXTH <Wd>, <Wn>', where: 'sf=0 N=0 immr=000000 imms=001111' },
      // The upper half of <Xd> becomes zero anyway, so assemblers take it for <Wd>.
      { name: 'UXTB', syntax: 'UXTB <Xd>, <Wn>', where: 'sf=0 N=0 immr=000000 imms=000111', unprinted: true },
      { name: 'UXTH', syntax: 'UXTH <Xd>, <Wn>', where: 'sf=0 N=0 immr=000000 imms=001111', unprinted: true },
    ],
    wide: 'sf=1 N=1',
    undefinedWhen: reservedBitfield,
    timing: 'bitfield',
  },
  {
    name: 'EXTR',
    bits: 'sf 00 100111 N 0 Rm:5 imms:6 Rn:5 Rd:5',
    syntax: 'EXTR <Rd>, <Rn>, <Rm>, #<lsb>',
    aliases: [
      {
        name: 'ROR (immediate)',
        syntax: 'ROR <Rd>, <Rn=Rm>, #<lsb>',
        when: ({ Rn, Rm }) => Rn === Rm,
      },
    ],
    wide: 'sf=1 N=1',
    undefinedWhen: ({ sf, N, imms }) => sf !== N || (sf === 0 && imms > 31),
    timing: 'extract',
  },
];
