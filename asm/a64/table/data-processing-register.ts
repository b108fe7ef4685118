/** Data Processing -- Register (Arm ARM C4.1.95; instructions in C6.2). */
import type { Alias, Condition, Row } from './row.ts';

/** A shift of 32 or more on a 32-bit register. */
const longShift: Condition = ({ sf, imm6 }) => sf === 0 && imm6 > 31;

/** ROR is no shift of the arithmetic instructions. */
const reservedShift: Condition = ({ sf, shift, imm6 }) => shift === 3 || (sf === 0 && imm6 > 31);

const longExtendShift: Condition = ({ imm3 }) => imm3 > 4;

const notAlways: Condition = ({ cond }) => cond < 14;

/** Variable shifts: the manual's section, the assembler's usual name. */
function variableShift(name: string, alias: string, op2: string): Row {
  return {
    name,
    bits: `sf 0 0 11010110 Rm:5 0010 op2=${op2} Rn:5 Rd:5`,
    syntax: `${name} <Rd>, <Rn>, <Rm>`,
    aliases: [{ name: `${alias} (register)`, syntax: `${alias} <Rd>, <Rn>, <Rm>` }],
    timing: 'alu-variable-shift',
  };
}

/** CRC32 and CRC32C of one size: only the doubleword form has a 64-bit data register. */
function checksum(suffix: string, sz: string, data: string): Row[] {
  const sf = sz === '11' ? '1' : '0';
  return [
    {
      name: 'CRC32B, CRC32H, CRC32W, CRC32X',
      variant: `CRC32${suffix}`,
      bits: `sf=${sf} 0 0 11010110 Rm:5 010 C=0 sz=${sz} Rn:5 Rd:5`,
      syntax: `CRC32${suffix} <Wd>, <Wn>, ${data}`,
      feature: 'crc',
      timing: 'crc',
    },
    {
      name: 'CRC32CB, CRC32CH, CRC32CW, CRC32CX',
      variant: `CRC32C${suffix}`,
      bits: `sf=${sf} 0 0 11010110 Rm:5 010 C=1 sz=${sz} Rn:5 Rd:5`,
      syntax: `CRC32C${suffix} <Wd>, <Wn>, ${data}`,
      feature: 'crc',
      timing: 'crc',
    },
  ];
}

/** The instructions of one source (RBIT, CLZ, ...). */
function oneSource(name: string, bits: string, timing: Row['timing'], more: Partial<Row> = {}): Row {
  return {
    name,
    bits: `${bits} Rn:5 Rd:5`,
    syntax: `${name} <Rd>, <Rn>`,
    timing,
    ...more,
  };
}

/**
 * The pointer authentication instructions of one operation and key: with a modifier register (Z = 0) and with the modifier
 * zero (Z = 1, Rn = 11111).
 */
function authenticate(mnemonic: string, zero: string, opcode: string): Row {
  return {
    name: `${mnemonic}, ${zero}`,
    bits: `1 1 0 11010110 00001 0 0 Z ${opcode} Rn:5 Rd:5`,
    syntax: [
      { syntax: `${mnemonic} <Xd>, <Xn|SP>`, where: 'Z=0' },
      { syntax: `${zero} <Xd>`, where: 'Z=1 Rn=11111' },
    ],
    reads: 'Rd Rn',
    undefinedWhen: ({ Z, Rn }) => Z === 1 && Rn !== 31,
    feature: 'pauth',
    timing: 'pauth',
  };
}

function stripCode(mnemonic: string, D: string): Row {
  return {
    name: 'XPACD, XPACI, XPACLRI',
    variant: mnemonic,
    bits: `1 1 0 11010110 00001 0 1 000 D=${D} Rn=11111 Rd:5`,
    syntax: `${mnemonic} <Xd>`,
    reads: 'Rd',
    feature: 'pauth',
    timing: 'pauth',
  };
}

function logicalShifted(mnemonic: string, opc: string, N: string, aliases: readonly Alias[] = []): Row {
  return {
    name: `${mnemonic} (shifted register)`,
    bits: `sf opc=${opc} 01010 shift:2 N=${N} Rm:5 imm6:6 Rn:5 Rd:5`,
    syntax: `${mnemonic} <Rd>, <Rn>, <Rm>{, <shift> #<amount>}`,
    aliases,
    undefinedWhen: longShift,
    flags: opc === '11' ? 'w' : undefined,
    timing: 'logical-shifted',
  };
}

/** Assemblers take a shift in MOV too; it is then no MOV to the manual. */
const toShiftedRegister: Alias = {
  name: 'MOV (register)',
  syntax: 'MOV <Rd>, <Rm>{, <shift> #<amount>}',
  where: 'Rn=11111',
  unprinted: true,
};

const toRegister: Alias = {
  name: 'MOV (register)',
  syntax: 'MOV <Rd>, <Rm>',
  where: 'shift=00 imm6=000000 Rn=11111',
};

const invertRegister: Alias = {
  name: 'MVN',
  syntax: 'MVN <Rd>, <Rm>{, <shift> #<amount>}',
  where: 'Rn=11111',
};

const testRegister: Alias = {
  name: 'TST (shifted register)',
  syntax: 'TST <Rn>, <Rm>{, <shift> #<amount>}',
  where: 'Rd=11111',
};

function addShifted(mnemonic: string, op: string, S: string, aliases: readonly Alias[] = []): Row {
  return {
    name: `${mnemonic} (shifted register)`,
    bits: `sf op=${op} S=${S} 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5`,
    syntax: `${mnemonic} <Rd>, <Rn>, <Rm>{, <arithmetic shift> #<amount>}`,
    aliases,
    undefinedWhen: reservedShift,
    flags: S === '1' ? 'w' : undefined,
    timing: 'alu-shifted',
  };
}

function compareShifted(mnemonic: string): Alias {
  return {
    name: `${mnemonic} (shifted register)`,
    syntax: `${mnemonic} <Rn>, <Rm>{, <arithmetic shift> #<amount>}`,
    where: 'Rd=11111',
  };
}

function negateShifted(mnemonic: string, name: string): Alias {
  return { name, syntax: `${mnemonic} <Rd>, <Rm>{, <arithmetic shift> #<amount>}`, where: 'Rn=11111' };
}

function addExtended(mnemonic: string, op: string, S: string, aliases: readonly Alias[] = []): Row {
  return {
    name: `${mnemonic} (extended register)`,
    bits: `sf op=${op} S=${S} 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5`,
    syntax: `${mnemonic} ${S === '1' ? '<Rd>' : '<Rd|SP>'}, <Rn|SP>, <Rm>{, <extend> {#<amount>}}`,
    aliases,
    undefinedWhen: longExtendShift,
    flags: S === '1' ? 'w' : undefined,
    timing: 'alu-extended',
  };
}

function compareExtended(mnemonic: string): Alias {
  return {
    name: `${mnemonic} (extended register)`,
    syntax: `${mnemonic} <Rn|SP>, <Rm>{, <extend> {#<amount>}}`,
    where: 'Rd=11111',
  };
}

function withCarry(mnemonic: string, op: string, S: string, aliases: readonly Alias[] = []): Row {
  return {
    name: mnemonic,
    bits: `sf op=${op} S=${S} 11010000 Rm:5 000000 Rn:5 Rd:5`,
    syntax: `${mnemonic} <Rd>, <Rn>, <Rm>`,
    aliases,
    flags: S === '1' ? 'rw' : 'r',
    timing: 'alu-carry',
  };
}

function compareConditional(mnemonic: string, op: string): Row[] {
  return [
    {
      name: `${mnemonic} (immediate)`,
      bits: `sf op=${op} 1 11010010 imm5:5 cond:4 1 0 Rn:5 0 nzcv:4`,
      syntax: `${mnemonic} <Rn>, #<imm5>, #<nzcv>, <cond>`,
      flags: 'rw',
      timing: 'conditional',
    },
    {
      name: `${mnemonic} (register)`,
      bits: `sf op=${op} 1 11010010 Rm:5 cond:4 0 0 Rn:5 0 nzcv:4`,
      syntax: `${mnemonic} <Rn>, <Rm>, #<nzcv>, <cond>`,
      flags: 'rw',
      timing: 'conditional',
    },
  ];
}

function select(mnemonic: string, op: string, o2: string, aliases: readonly Alias[] = []): Row {
  return {
    name: mnemonic,
    bits: `sf op=${op} 0 11010100 Rm:5 cond:4 0 o2=${o2} Rn:5 Rd:5`,
    syntax: `${mnemonic} <Rd>, <Rn>, <Rm>, <cond>`,
    aliases,
    flags: 'r',
    timing: 'conditional',
  };
}

/** CSET, CSETM: both sources zero. */
function setConditional(mnemonic: string): Alias {
  return {
    name: mnemonic,
    syntax: `${mnemonic} <Rd>, <cond inverted>`,
    where: 'Rm=11111 Rn=11111',
    when: notAlways,
  };
}

/** CINC, CINV, CNEG: both sources the same register. */
function changeConditional(mnemonic: string): Alias {
  return {
    name: mnemonic,
    syntax: `${mnemonic} <Rd>, <Rn=Rm>, <cond inverted>`,
    when: (fields) => fields.Rn === fields.Rm && notAlways(fields),
  };
}

function multiplyAdd(mnemonic: string, alias: string, o0: string): Row {
  return {
    name: mnemonic,
    bits: `sf 00 11011 000 Rm:5 o0=${o0} Ra:5 Rn:5 Rd:5`,
    syntax: `${mnemonic} <Rd>, <Rn>, <Rm>, <Ra>`,
    aliases: [{ name: alias, syntax: `${alias} <Rd>, <Rn>, <Rm>`, where: 'Ra=11111' }],
    timing: 'multiply',
  };
}

function multiplyLong(mnemonic: string, alias: string, U: string, o0: string): Row {
  return {
    name: mnemonic,
    bits: `1 00 11011 U=${U} 01 Rm:5 o0=${o0} Ra:5 Rn:5 Rd:5`,
    syntax: `${mnemonic} <Xd>, <Wn>, <Wm>, <Xa>`,
    aliases: [{ name: alias, syntax: `${alias} <Xd>, <Wn>, <Wm>`, where: 'Ra=11111' }],
    timing: 'multiply-long',
  };
}

function multiplyHigh(mnemonic: string, U: string): Row {
  return {
    name: mnemonic,
    bits: `1 00 11011 U=${U} 10 Rm:5 0 Ra=(11111) Rn:5 Rd:5`,
    syntax: `${mnemonic} <Xd>, <Xn>, <Xm>`,
    reads: 'Rn Rm',
    timing: 'multiply-high',
  };
}

export const dataProcessingRegister: readonly Row[] = [
  ...(['UDIV', 'SDIV'] as const).map(
    (name, o1): Row => ({
      name,
      bits: `sf 0 0 11010110 Rm:5 00001 o1=${o1} Rn:5 Rd:5`,
      syntax: `${name} <Rd>, <Rn>, <Rm>`,
      timing: 'divide',
    }),
  ),
  variableShift('LSLV', 'LSL', '00'),
  variableShift('LSRV', 'LSR', '01'),
  variableShift('ASRV', 'ASR', '10'),
  variableShift('RORV', 'ROR', '11'),
  ...checksum('B', '00', '<Wm>'),
  ...checksum('H', '01', '<Wm>'),
  ...checksum('W', '10', '<Wm>'),
  ...checksum('X', '11', '<Xm>'),
  {
    name: 'SUBP',
    bits: '1 0 0 11010110 Xm:5 0000 0 0 Xn:5 Xd:5',
    syntax: 'SUBP <Xd>, <Xn|SP>, <Xm|SP>',
    feature: 'memtag',
    timing: 'tag',
  },
  {
    name: 'SUBPS',
    bits: '1 0 1 11010110 Xm:5 0000 0 0 Xn:5 Xd:5',
    syntax: 'SUBPS <Xd>, <Xn|SP>, <Xm|SP>',
    aliases: [{ name: 'CMPP', syntax: 'CMPP <Xn|SP>, <Xm|SP>', where: 'Xd=11111' }],
    flags: 'w',
    feature: 'memtag',
    timing: 'tag',
  },
  {
    name: 'IRG',
    bits: '1 0 0 11010110 Xm:5 0001 0 0 Xn:5 Xd:5',
    syntax: 'IRG <Xd|SP>, <Xn|SP>{, <Xm>}',
    feature: 'memtag',
    timing: 'tag',
  },
  {
    name: 'GMI',
    bits: '1 0 0 11010110 Xm:5 0001 0 1 Xn:5 Xd:5',
    syntax: 'GMI <Xd>, <Xn|SP>, <Xm>',
    feature: 'memtag',
    timing: 'tag',
  },
  {
    name: 'PACGA',
    bits: '1 0 0 11010110 Rm:5 001100 Rn:5 Rd:5',
    syntax: 'PACGA <Xd>, <Xn>, <Xm|SP>',
    feature: 'pauth',
    timing: 'pauth',
  },
  oneSource('RBIT', 'sf 1 0 11010110 00000 0000 00', 'bit-reverse'),
  oneSource('REV16', 'sf 1 0 11010110 00000 0000 opc=01', 'bit-reverse'),
  {
    name: 'REV',
    variant: '32-bit',
    bits: 'sf=0 1 0 11010110 00000 0000 opc=10 Rn:5 Rd:5',
    syntax: 'REV <Wd>, <Wn>',
    timing: 'bit-reverse',
  },
  {
    name: 'REV32',
    bits: 'sf=1 1 0 11010110 00000 0000 opc=10 Rn:5 Rd:5',
    syntax: 'REV32 <Xd>, <Xn>',
    timing: 'bit-reverse',
  },
  {
    name: 'REV',
    variant: '64-bit',
    bits: 'sf=1 1 0 11010110 00000 0000 opc=11 Rn:5 Rd:5',
    syntax: 'REV <Xd>, <Xn>',
    aliases: [{ name: 'REV64', syntax: 'REV64 <Xd>, <Xn>', unprinted: true, feature: 'v8.2' }],
    timing: 'bit-reverse',
  },
  oneSource('CLZ', 'sf 1 0 11010110 00000 00010 op=0', 'count-leading'),
  oneSource('CLS', 'sf 1 0 11010110 00000 00010 op=1', 'count-leading'),
  authenticate('PACIA', 'PACIZA', '000'),
  authenticate('PACIB', 'PACIZB', '001'),
  authenticate('PACDA', 'PACDZA', '010'),
  authenticate('PACDB', 'PACDZB', '011'),
  authenticate('AUTIA', 'AUTIZA', '100'),
  authenticate('AUTIB', 'AUTIZB', '101'),
  authenticate('AUTDA', 'AUTDZA', '110'),
  authenticate('AUTDB', 'AUTDZB', '111'),
  stripCode('XPACI', '0'),
  stripCode('XPACD', '1'),
  logicalShifted('AND', '00', '0'),
  logicalShifted('BIC', '00', '1'),
  logicalShifted('ORR', '01', '0', [
    toRegister,
    toShiftedRegister,
    { name: 'UXTW', syntax: 'UXTW <Wd>, <Wm>', where: 'sf=0 shift=00 imm6=000000 Rn=11111', unprinted: true },
    { name: 'UXTW', syntax: 'UXTW <Xd>, <Wm>', where: 'sf=0 shift=00 imm6=000000 Rn=11111', unprinted: true },
  ]),
  logicalShifted('ORN', '01', '1', [invertRegister]),
  logicalShifted('EOR', '10', '0'),
  logicalShifted('EON', '10', '1'),
  logicalShifted('ANDS', '11', '0', [testRegister]),
  logicalShifted('BICS', '11', '1'),
  addShifted('ADD', '0', '0'),
  addShifted('ADDS', '0', '1', [compareShifted('CMN')]),
  addShifted('SUB', '1', '0', [negateShifted('NEG', 'NEG (shifted register)')]),
  addShifted('SUBS', '1', '1', [compareShifted('CMP'), negateShifted('NEGS', 'NEGS')]),
  addExtended('ADD', '0', '0'),
  addExtended('ADDS', '0', '1', [compareExtended('CMN')]),
  addExtended('SUB', '1', '0'),
  addExtended('SUBS', '1', '1', [compareExtended('CMP')]),
  withCarry('ADC', '0', '0'),
  withCarry('ADCS', '0', '1'),
  withCarry('SBC', '1', '0', [{ name: 'NGC', syntax: 'NGC <Rd>, <Rm>', where: 'Rn=11111' }]),
  withCarry('SBCS', '1', '1', [{ name: 'NGCS', syntax: 'NGCS <Rd>, <Rm>', where: 'Rn=11111' }]),
  {
    name: 'RMIF',
    bits: '1 0 1 11010000 imm6:6 00001 Rn:5 0 mask:4',
    syntax: 'RMIF <Xn>, #<imm6>, #<mask>',
    flags: 'rw',
    feature: 'flagm',
    timing: 'alu-flags',
  },
  {
    name: 'SETF8, SETF16',
    bits: '0 0 1 11010000 000000 sz 0010 Rn:5 0 1101',
    syntax: [
      { syntax: 'SETF8 <Wn>', where: 'sz=0' },
      { syntax: 'SETF16 <Wn>', where: 'sz=1' },
    ],
    flags: 'rw',
    feature: 'flagm',
    timing: 'alu-flags',
  },
  ...compareConditional('CCMN', '0'),
  ...compareConditional('CCMP', '1'),
  select('CSEL', '0', '0'),
  select('CSINC', '0', '1', [setConditional('CSET'), changeConditional('CINC')]),
  select('CSINV', '1', '0', [setConditional('CSETM'), changeConditional('CINV')]),
  select('CSNEG', '1', '1', [changeConditional('CNEG')]),
  multiplyAdd('MADD', 'MUL', '0'),
  multiplyAdd('MSUB', 'MNEG', '1'),
  multiplyLong('SMADDL', 'SMULL', '0', '0'),
  multiplyLong('SMSUBL', 'SMNEGL', '0', '1'),
  multiplyHigh('SMULH', '0'),
  multiplyLong('UMADDL', 'UMULL', '1', '0'),
  multiplyLong('UMSUBL', 'UMNEGL', '1', '1'),
  multiplyHigh('UMULH', '1'),
];
