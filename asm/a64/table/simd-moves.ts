/** Moves into, out of and between SIMD&FP registers (Arm ARM C4.1.97; instructions in C7.2). */
import { elementSize } from '../operands/vector.ts';
import type { Condition, Row, Syntax } from './row.ts';

const reservedElement: Condition = ({ imm5 }) => elementSize(imm5) > 3;

/** A vector of one doubleword is not an arrangement of these instructions. */
const reservedVector: Condition = ({ imm5, Q }) => elementSize(imm5) > 3 || (elementSize(imm5) === 3 && Q === 0);

/** The scalar classes that FMOV moves: ftype, and the feature of half precision. */
const floats = [
  { letter: 'S', ftype: '00' },
  { letter: 'D', ftype: '01' },
  { letter: 'H', ftype: '11', feature: 'fp16' },
] as const;

const reservedType: Condition = ({ ftype }) => ftype === 2;

/** FMOV (general), one direction: which register pairs there are, by sf and ftype. */
function generalMove(pair: (general: string, scalar: string) => string): Syntax[] {
  return [
    { syntax: `FMOV ${pair('W', 'H')}`, where: 'sf=0 ftype=11', feature: 'fp16' },
    { syntax: `FMOV ${pair('X', 'H')}`, where: 'sf=1 ftype=11', feature: 'fp16' },
    { syntax: `FMOV ${pair('W', 'S')}`, where: 'sf=0 ftype=00' },
    { syntax: `FMOV ${pair('X', 'D')}`, where: 'sf=1 ftype=01' },
  ];
}

/** Half precision goes with either width; single and double with their own. */
const reservedGeneralMove: Condition = ({ sf, ftype }) => ftype !== 3 && ftype !== sf;

/** The modified immediates of MOVI (op = 0) and MVNI (op = 1) that both have. */
function shiftedSyntaxes(mnemonic: string, op: string): Syntax[] {
  return [
    ...vectors(mnemonic, op, '10x0', ['4H', '8H'], '#<imm8>{, LSL #<0|8>}'),
    ...vectors(mnemonic, op, '0xx0', ['2S', '4S'], '#<imm8>{, LSL #<0|8|16|24>}'),
    ...vectors(mnemonic, op, '110x', ['2S', '4S'], '#<imm8>, MSL #<8|16>'),
  ];
}

function vectors(
  mnemonic: string,
  op: string,
  cmode: string,
  arrangements: readonly string[],
  immediate: string,
): Syntax[] {
  return arrangements.map((arrangement, Q) => ({
    syntax: `${mnemonic} <Vd>.${arrangement}, ${immediate}`,
    where: `Q=${Q} op=${op} cmode=${cmode}`,
  }));
}

/** cmode xxx1 below 1100 is ORR or BIC, 1110 with op = 1 a 64-bit MOVI. */
const isMovi: Condition = ({ op, cmode }) =>
  (cmode & 0b1001) === 0 || (cmode & 0b1101) === 0b1000 || (cmode & 0b1110) === 0b1100 || (cmode === 14 && op === 0);

export const simdMoves: readonly Row[] = [
  {
    name: 'DUP (element)',
    variant: 'Scalar',
    bits: '01 0 11110000 imm5:5 0 0000 1 Rn:5 Rd:5',
    syntax: 'DUP <V><d>, <Vn>.<Ts>[<index>] sized',
    aliases: [{ name: 'MOV (scalar)', syntax: 'MOV <V><d>, <Vn>.<Ts>[<index>] sized' }],
    undefinedWhen: reservedElement,
    feature: 'simd',
    timing: 'vector-move',
  },
  {
    name: 'DUP (element)',
    variant: 'Vector',
    bits: '0 Q 0 01110000 imm5:5 0 0000 1 Rn:5 Rd:5',
    syntax: 'DUP <Vd>.<T> by imm5, <Vn>.<Ts>[<index>] sized',
    undefinedWhen: reservedVector,
    feature: 'simd',
    timing: 'vector-move',
  },
  {
    name: 'DUP (general)',
    bits: '0 Q 0 01110000 imm5:5 0 0001 1 Rn:5 Rd:5',
    syntax: 'DUP <Vd>.<T> by imm5, <R><n>',
    undefinedWhen: reservedVector,
    feature: 'simd',
    timing: 'vector-from-general',
  },
  {
    name: 'SMOV',
    bits: '0 Q 0 01110000 imm5:5 0 0101 1 Rn:5 Rd:5',
    syntax: 'SMOV <Rd>, <Vn>.<Ts>[<index>] sign-extended',
    wide: 'Q=1',
    undefinedWhen: ({ imm5, Q }) => elementSize(imm5) > (Q === 1 ? 2 : 1),
    feature: 'simd',
    timing: 'vector-to-general',
  },
  {
    name: 'UMOV',
    bits: '0 Q 0 01110000 imm5:5 0 0111 1 Rn:5 Rd:5',
    syntax: 'UMOV <Rd>, <Vn>.<Ts>[<index>] zero-extended',
    aliases: [
      {
        name: 'MOV (to general)',
        syntax: 'MOV <Rd>, <Vn>.<Ts>[<index>] whole',
        requires: ({ imm5, Q }) => elementSize(imm5) === (Q === 1 ? 3 : 2),
      },
    ],
    wide: 'Q=1',
    undefinedWhen: ({ imm5, Q }) => (Q === 1 ? elementSize(imm5) !== 3 : elementSize(imm5) > 2),
    feature: 'simd',
    timing: 'vector-to-general',
  },
  {
    name: 'INS (general)',
    bits: '0 1 0 01110000 imm5:5 0 0011 1 Rn:5 Rd:5',
    syntax: 'INS <Vd>.<Ts>[<index>], <R><n>',
    aliases: [{ name: 'MOV (from general)', syntax: 'MOV <Vd>.<Ts>[<index>], <R><n>' }],
    undefinedWhen: reservedElement,
    feature: 'simd',
    timing: 'vector-from-general',
  },
  {
    name: 'INS (element)',
    bits: '0 1 1 01110000 imm5:5 0 imm4:4 1 Rn:5 Rd:5',
    syntax: 'INS <Vd>.<Ts>[<index>], <Vn>.<Ts>[<index2>]',
    aliases: [{ name: 'MOV (element)', syntax: 'MOV <Vd>.<Ts>[<index>], <Vn>.<Ts>[<index2>]' }],
    undefinedWhen: reservedElement,
    feature: 'simd',
    timing: 'vector-move',
  },
  {
    name: 'ORR (vector, register)',
    bits: '0 Q 0 01110 10 1 Rm:5 00011 1 Rn:5 Rd:5',
    syntax: 'ORR <Vd>.<T>, <Vn>.<T>, <Vm>.<T>',
    aliases: [{ name: 'MOV (vector)', syntax: 'MOV <Vd>.<T>, <Vm=Vn>.<T>', when: ({ Rm, Rn }) => Rm === Rn }],
    feature: 'simd',
    timing: 'vector-move',
  },
  {
    name: 'MOVI',
    bits: '0 Q op 0111100000 abc:3 cmode:4 0 1 defgh:5 Rd:5',
    syntax: [
      ...vectors('MOVI', '0', '1110', ['8B', '16B'], '#<imm8>'),
      ...shiftedSyntaxes('MOVI', '0'),
      { syntax: 'MOVI <Dd>, #<imm64>', where: 'Q=0 op=1 cmode=1110' },
      { syntax: 'MOVI <Vd>.2D, #<imm64>', where: 'Q=1 op=1 cmode=1110' },
    ],
    undefinedWhen: (fields) => !(fields.op === 0 ? isMovi(fields) : fields.cmode === 14),
    feature: 'simd',
    timing: 'vector-immediate',
  },
  {
    name: 'MVNI',
    bits: '0 Q op=1 0111100000 abc:3 cmode:4 0 1 defgh:5 Rd:5',
    syntax: shiftedSyntaxes('MVNI', '1'),
    undefinedWhen: (fields) => !isMovi(fields),
    specialCaseOf: 'MOVI',
    feature: 'simd',
    timing: 'vector-immediate',
  },
  {
    name: 'FMOV (vector, immediate)',
    variant: 'Single-precision and double-precision',
    bits: '0 Q op 0111100000 abc:3 cmode=1111 0 1 defgh:5 Rd:5',
    syntax: [
      { syntax: 'FMOV <Vd>.2S, #<fimm>', where: 'Q=0 op=0' },
      { syntax: 'FMOV <Vd>.4S, #<fimm>', where: 'Q=1 op=0' },
      { syntax: 'FMOV <Vd>.2D, #<fimm>', where: 'Q=1 op=1' },
    ],
    undefinedWhen: ({ Q, op }) => Q === 0 && op === 1,
    specialCaseOf: 'MOVI',
    feature: 'simd',
    timing: 'vector-immediate',
  },
  {
    name: 'FMOV (vector, immediate)',
    variant: 'Half-precision',
    bits: '0 Q 0 0111100000 abc:3 1111 1 1 defgh:5 Rd:5',
    syntax: [
      { syntax: 'FMOV <Vd>.4H, #<fimm>', where: 'Q=0' },
      { syntax: 'FMOV <Vd>.8H, #<fimm>', where: 'Q=1' },
    ],
    feature: 'fp16',
    timing: 'vector-immediate',
  },
  {
    name: 'FMOV (register)',
    bits: '0 0 0 11110 ftype:2 1 0000 00 10000 Rn:5 Rd:5',
    syntax: floats.map(({ letter, ftype, ...more }) => ({
      syntax: `FMOV <${letter}d>, <${letter}n>`,
      where: `ftype=${ftype}`,
      ...more,
    })),
    undefinedWhen: reservedType,
    feature: 'fp',
    timing: 'vector-move',
  },
  {
    name: 'FMOV (general)',
    variant: 'To general-purpose register',
    bits: 'sf 0 0 11110 ftype:2 1 rmode=00 opcode=110 000000 Rn:5 Rd:5',
    syntax: generalMove((general, scalar) => `<${general}d>, <${scalar}n>`),
    undefinedWhen: reservedGeneralMove,
    feature: 'fp',
    timing: 'vector-to-general',
  },
  {
    name: 'FMOV (general)',
    variant: 'From general-purpose register',
    bits: 'sf 0 0 11110 ftype:2 1 rmode=00 opcode=111 000000 Rn:5 Rd:5',
    syntax: generalMove((general, scalar) => `<${scalar}d>, <${general}n>`),
    undefinedWhen: reservedGeneralMove,
    feature: 'fp',
    timing: 'vector-from-general',
  },
  {
    name: 'FMOV (general)',
    variant: 'Top half to general-purpose register',
    bits: 'sf=1 0 0 11110 ftype=10 1 rmode=01 opcode=110 000000 Rn:5 Rd:5',
    syntax: 'FMOV <Xd>, <Vn>.D[1]',
    feature: 'fp',
    timing: 'vector-to-general',
  },
  {
    name: 'FMOV (general)',
    variant: 'Top half from general-purpose register',
    bits: 'sf=1 0 0 11110 ftype=10 1 rmode=01 opcode=111 000000 Rn:5 Rd:5',
    syntax: 'FMOV <Vd>.D[1], <Xn>',
    feature: 'fp',
    timing: 'vector-from-general',
  },
  {
    name: 'FMOV (scalar, immediate)',
    bits: '0 0 0 11110 ftype:2 1 imm8:8 100 00000 Rd:5',
    syntax: floats.map(({ letter, ftype, ...more }) => ({
      syntax: `FMOV <${letter}d>, #<fimm>`,
      where: `ftype=${ftype}`,
      ...more,
    })),
    undefinedWhen: reservedType,
    feature: 'fp',
    timing: 'vector-immediate',
  },
];
