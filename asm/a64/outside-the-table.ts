/**
 * The instructions of A64 that the instruction table leaves out: names, bit patterns (from bit 31 to bit 0, `x` for either) and
 * the feature each needs. An assembler that meets one must not call it misspelt, and a decoder must not call it unallocated.
 * The patterns are what GNU objdump 2.40 decodes, folded; SVE and SME, which fill whole regions of the encoding space (Arm
 * ARM C4.1), are told by region.
 */
import type { Feature } from './features.ts';

/** Names that share an encoding or differ in one bit of it (`sshll sshll2 sxtl`), and their patterns. */
export type OutsideInstruction = readonly [mnemonics: string, patterns: string];

/** CPYFP to CPYE: prologue, main and epilogue, with each combination of unprivileged and non-temporal accesses. */
function copyNames(stem: string): string {
  const options = ['', 'wt', 'rt', 't'].flatMap((access) => ['', 'wn', 'rn', 'n'].map((hint) => access + hint));
  return ['p', 'm', 'e'].flatMap((stage) => options.map((option) => stem + stage + option)).join(' ');
}

/** SETP to SETGE. */
function setNames(stem: string): string {
  return ['p', 'm', 'e'].flatMap((stage) => ['', 't', 'n', 'tn'].map((option) => stem + stage + option)).join(' ');
}

export const outsideInstructions: Readonly<Partial<Record<Feature, readonly OutsideInstruction[]>>> = {
  simd: [
    [
      'abs',
      '0x0011100x100000101110xxxxxxxxxx 0x001110x0100000101110xxxxxxxxxx 01001110xx100000101110xxxxxxxxxx 010x111011100000101110xxxxxxxxxx',
    ],
    [
      'add',
      '0x0011100x1xxxxx100001xxxxxxxxxx 0x001110x01xxxxx100001xxxxxxxxxx 01001110xx1xxxxx100001xxxxxxxxxx 010x1110111xxxxx100001xxxxxxxxxx',
    ],
    ['addhn addhn2', '0x0011100x1xxxxx010000xxxxxxxxxx 0x001110x01xxxxx010000xxxxxxxxxx'],
    [
      'addp',
      '0x0011100x1xxxxx101111xxxxxxxxxx 0x001110x01xxxxx101111xxxxxxxxxx 01001110xx1xxxxx101111xxxxxxxxxx 0101111011110001101110xxxxxxxxxx',
    ],
    ['addv', '0x0011100x110001101110xxxxxxxxxx 01001110x0110001101110xxxxxxxxxx'],
    ['and', '0x001110001xxxxx000111xxxxxxxxxx'],
    ['bic', '0x001110011xxxxx000111xxxxxxxxxx 0x10111100000xxx0xx101xxxxxxxxxx 0x10111100000xxxx0x101xxxxxxxxxx'],
    ['bif', '0x101110111xxxxx000111xxxxxxxxxx'],
    ['bit', '0x101110101xxxxx000111xxxxxxxxxx'],
    ['bsl', '0x101110011xxxxx000111xxxxxxxxxx'],
    ['cls', '0x0011100x100000010010xxxxxxxxxx 0x001110x0100000010010xxxxxxxxxx'],
    ['clz', '0x1011100x100000010010xxxxxxxxxx 0x101110x0100000010010xxxxxxxxxx'],
    [
      'cmeq',
      '0x0011100x100000100110xxxxxxxxxx 0x001110x0100000100110xxxxxxxxxx 0x1011100x1xxxxx100011xxxxxxxxxx 0x101110x01xxxxx100011xxxxxxxxxx 01001110xx100000100110xxxxxxxxxx 010x111011100000100110xxxxxxxxxx 01101110xx1xxxxx100011xxxxxxxxxx 011x1110111xxxxx100011xxxxxxxxxx',
    ],
    [
      'cmge cmle',
      '0x0011100x1xxxxx001111xxxxxxxxxx 0x001110x01xxxxx001111xxxxxxxxxx 0x1011100x100000100010xxxxxxxxxx 0x101110x0100000100010xxxxxxxxxx 01001110xx1xxxxx001111xxxxxxxxxx 010x1110111xxxxx001111xxxxxxxxxx 01101110xx100000100010xxxxxxxxxx 011x111011100000100010xxxxxxxxxx',
    ],
    [
      'cmgt cmlt',
      '0x0011100x1xxxxx001101xxxxxxxxxx 0x001110x01xxxxx001101xxxxxxxxxx 0x0011100x100000100010xxxxxxxxxx 0x001110x0100000100010xxxxxxxxxx 01001110xx1xxxxx001101xxxxxxxxxx 01001110xx100000100010xxxxxxxxxx 010x1110111xxxxx001101xxxxxxxxxx 010x111011100000100010xxxxxxxxxx',
    ],
    [
      'cmhi cmlo',
      '0x1011100x1xxxxx001101xxxxxxxxxx 0x101110x01xxxxx001101xxxxxxxxxx 01101110xx1xxxxx001101xxxxxxxxxx 011x1110111xxxxx001101xxxxxxxxxx',
    ],
    [
      'cmhs cmls',
      '0x1011100x1xxxxx001111xxxxxxxxxx 0x101110x01xxxxx001111xxxxxxxxxx 01101110xx1xxxxx001111xxxxxxxxxx 011x1110111xxxxx001111xxxxxxxxxx',
    ],
    [
      'cmle',
      '0x1011100x100000100110xxxxxxxxxx 0x101110x0100000100110xxxxxxxxxx 01101110xx100000100110xxxxxxxxxx 011x111011100000100110xxxxxxxxxx',
    ],
    [
      'cmlt',
      '0x0011100x100000101010xxxxxxxxxx 0x001110x0100000101010xxxxxxxxxx 01001110xx100000101010xxxxxxxxxx 010x111011100000101010xxxxxxxxxx',
    ],
    [
      'cmtst',
      '0x0011100x1xxxxx100011xxxxxxxxxx 0x001110x01xxxxx100011xxxxxxxxxx 01001110xx1xxxxx100011xxxxxxxxxx 010x1110111xxxxx100011xxxxxxxxxx',
    ],
    ['cnt', '0x00111000100000010110xxxxxxxxxx'],
    ['eor', '0x101110001xxxxx000111xxxxxxxxxx'],
    ['ext', '0x101110000xxxxx00xxx0xxxxxxxxxx 01101110000xxxxx0xxxx0xxxxxxxxxx'],
    ['fabd', '0x101110101xxxxx110101xxxxxxxxxx 011x11101x1xxxxx110101xxxxxxxxxx'],
    [
      'fabs',
      '0x00111010100000111110xxxxxxxxxx 000111100x100000110000xxxxxxxxxx 00011110x1100000110000xxxxxxxxxx 010011101x100000111110xxxxxxxxxx',
    ],
    ['facge facle', '0x101110001xxxxx111011xxxxxxxxxx 011x11100x1xxxxx111011xxxxxxxxxx'],
    ['facgt faclt', '0x101110101xxxxx111011xxxxxxxxxx 011x11101x1xxxxx111011xxxxxxxxxx'],
    [
      'fadd',
      '0x001110001xxxxx110101xxxxxxxxxx 000111100x1xxxxx001010xxxxxxxxxx 00011110x11xxxxx001010xxxxxxxxxx 010011100x1xxxxx110101xxxxxxxxxx',
    ],
    ['faddp', '0x101110001xxxxx110101xxxxxxxxxx 011011100x1xxxxx110101xxxxxxxxxx 011111100x110000110110xxxxxxxxxx'],
    ['fccmp', '000111100x1xxxxxxxxx01xxxxxxxxxx 00011110x11xxxxxxxxx01xxxxxxxxxx'],
    ['fccmpe', '000111100x1xxxxxxxxx01xxxxxxxxxx 00011110x11xxxxxxxxx01xxxxxxxxxx'],
    [
      'fcmeq',
      '0x001110001xxxxx111001xxxxxxxxxx 0x00111010100000110110xxxxxxxxxx 010x11100x1xxxxx111001xxxxxxxxxx 010x11101x100000110110xxxxxxxxxx',
    ],
    [
      'fcmge fcmle',
      '0x101110001xxxxx111001xxxxxxxxxx 0x10111010100000110010xxxxxxxxxx 011x11100x1xxxxx111001xxxxxxxxxx 011x11101x100000110010xxxxxxxxxx',
    ],
    [
      'fcmgt fcmlt',
      '0x00111010100000110010xxxxxxxxxx 0x101110101xxxxx111001xxxxxxxxxx 010x11101x100000110010xxxxxxxxxx 011x11101x1xxxxx111001xxxxxxxxxx',
    ],
    ['fcmle', '0x10111010100000110110xxxxxxxxxx 011x11101x100000110110xxxxxxxxxx'],
    ['fcmlt', '0x00111010100000111010xxxxxxxxxx 010x11101x100000111010xxxxxxxxxx'],
    ['fcmp', '000111100x1xxxxx001000xxxxx0x000 00011110x11xxxxx001000xxxxx0x000'],
    ['fcmpe', '000111100x1xxxxx001000xxxxx1x000 00011110x11xxxxx001000xxxxx1x000'],
    ['fcsel', '000111100x1xxxxxxxxx11xxxxxxxxxx 00011110x11xxxxxxxxx11xxxxxxxxxx'],
    [
      'fcvt',
      '000111100010001x110000xxxxxxxxxx 000111100x100011110000xxxxxxxxxx 00011110x1100010010000xxxxxxxxxx 0001111011100010x10000xxxxxxxxxx',
    ],
    [
      'fcvtas',
      '0x00111000100001110010xxxxxxxxxx x00111100x100100000000xxxxxxxxxx x0011110x1100100000000xxxxxxxxxx 010x11100x100001110010xxxxxxxxxx',
    ],
    [
      'fcvtau',
      'x00111100x100101000000xxxxxxxxxx x0011110x1100101000000xxxxxxxxxx 0x10111000100001110010xxxxxxxxxx 011x11100x100001110010xxxxxxxxxx',
    ],
    ['fcvtl fcvtl2', '0x0011100x100001011110xxxxxxxxxx'],
    [
      'fcvtms',
      '0x00111000100001101110xxxxxxxxxx x00111100x110000000000xxxxxxxxxx x0011110x1110000000000xxxxxxxxxx 010x11100x100001101110xxxxxxxxxx',
    ],
    [
      'fcvtmu',
      'x00111100x110001000000xxxxxxxxxx x0011110x1110001000000xxxxxxxxxx 0x10111000100001101110xxxxxxxxxx 011x11100x100001101110xxxxxxxxxx',
    ],
    ['fcvtn fcvtn2', '0x0011100x100001011010xxxxxxxxxx'],
    [
      'fcvtns',
      '0x00111000100001101010xxxxxxxxxx x00111100x100000000000xxxxxxxxxx x0011110x1100000000000xxxxxxxxxx 010x11100x100001101010xxxxxxxxxx',
    ],
    [
      'fcvtnu',
      'x00111100x100001000000xxxxxxxxxx x0011110x1100001000000xxxxxxxxxx 0x10111000100001101010xxxxxxxxxx 011x11100x100001101010xxxxxxxxxx',
    ],
    [
      'fcvtps',
      '0x00111010100001101010xxxxxxxxxx x00111100x101000000000xxxxxxxxxx x0011110x1101000000000xxxxxxxxxx 010x11101x100001101010xxxxxxxxxx',
    ],
    [
      'fcvtpu',
      'x00111100x101001000000xxxxxxxxxx x0011110x1101001000000xxxxxxxxxx 0x10111010100001101010xxxxxxxxxx 011x11101x100001101010xxxxxxxxxx',
    ],
    ['fcvtxn fcvtxn2', '0x10111001100001011010xxxxxxxxxx 011x111001100001011010xxxxxxxxxx'],
    [
      'fcvtzs',
      '0x00111010100001101110xxxxxxxxxx 0x001111001xxxxx111111xxxxxxxxxx x00111100x0110001xxxxxxxxxxxxxxx x00111100x111000000000xxxxxxxxxx x0011110x10110001xxxxxxxxxxxxxxx x0011110x1111000000000xxxxxxxxxx 010x11101x100001101110xxxxxxxxxx 010x11110x1xxxxx111111xxxxxxxxxx 010x111101xxxxxx111111xxxxxxxxxx 100111100x011000xxxxxxxxxxxxxxxx 10011110x1011000xxxxxxxxxxxxxxxx',
    ],
    [
      'fcvtzu',
      'x00111100x0110011xxxxxxxxxxxxxxx x00111100x111001000000xxxxxxxxxx x0011110x10110011xxxxxxxxxxxxxxx x0011110x1111001000000xxxxxxxxxx 0x10111010100001101110xxxxxxxxxx 0x101111001xxxxx111111xxxxxxxxxx 011x11101x100001101110xxxxxxxxxx 011x11110x1xxxxx111111xxxxxxxxxx 011x111101xxxxxx111111xxxxxxxxxx 100111100x011001xxxxxxxxxxxxxxxx 10011110x1011001xxxxxxxxxxxxxxxx',
    ],
    [
      'fdiv',
      '000111100x1xxxxx000110xxxxxxxxxx 00011110x11xxxxx000110xxxxxxxxxx 0x101110001xxxxx111111xxxxxxxxxx 011011100x1xxxxx111111xxxxxxxxxx',
    ],
    ['fmadd', '000111110x0xxxxx0xxxxxxxxxxxxxxx 00011111x10xxxxx0xxxxxxxxxxxxxxx'],
    [
      'fmax',
      '0x001110001xxxxx111101xxxxxxxxxx 000111100x1xxxxx010010xxxxxxxxxx 00011110x11xxxxx010010xxxxxxxxxx 010011100x1xxxxx111101xxxxxxxxxx',
    ],
    [
      'fmaxnm',
      '0x001110001xxxxx110001xxxxxxxxxx 000111100x1xxxxx011010xxxxxxxxxx 00011110x11xxxxx011010xxxxxxxxxx 010011100x1xxxxx110001xxxxxxxxxx',
    ],
    ['fmaxnmp', '0x101110001xxxxx110001xxxxxxxxxx 011011100x1xxxxx110001xxxxxxxxxx 011111100x110000110010xxxxxxxxxx'],
    ['fmaxp', '0x101110001xxxxx111101xxxxxxxxxx 011011100x1xxxxx111101xxxxxxxxxx 011111100x110000111110xxxxxxxxxx'],
    [
      'fmin',
      '0x001110101xxxxx111101xxxxxxxxxx 000111100x1xxxxx010110xxxxxxxxxx 00011110x11xxxxx010110xxxxxxxxxx 010011101x1xxxxx111101xxxxxxxxxx',
    ],
    [
      'fminnm',
      '0x001110101xxxxx110001xxxxxxxxxx 000111100x1xxxxx011110xxxxxxxxxx 00011110x11xxxxx011110xxxxxxxxxx 010011101x1xxxxx110001xxxxxxxxxx',
    ],
    ['fminnmp', '0x101110101xxxxx110001xxxxxxxxxx 011011101x1xxxxx110001xxxxxxxxxx 011111101x110000110010xxxxxxxxxx'],
    ['fminp', '0x101110101xxxxx111101xxxxxxxxxx 011011101x1xxxxx111101xxxxxxxxxx 011111101x110000111110xxxxxxxxxx'],
    ['fmla', '0x001110001xxxxx110011xxxxxxxxxx 010011100x1xxxxx110011xxxxxxxxxx 010x11111x0xxxxx0001x0xxxxxxxxxx'],
    ['fmls', '0x001110101xxxxx110011xxxxxxxxxx 010011101x1xxxxx110011xxxxxxxxxx 010x11111x0xxxxx0101x0xxxxxxxxxx'],
    ['fmsub', '000111110x0xxxxx1xxxxxxxxxxxxxxx 00011111x10xxxxx1xxxxxxxxxxxxxxx'],
    [
      'fmul',
      '000111100x1xxxxx000010xxxxxxxxxx 00011110x11xxxxx000010xxxxxxxxxx 0x101110001xxxxx110111xxxxxxxxxx 010x11111x0xxxxx1001x0xxxxxxxxxx 011011100x1xxxxx110111xxxxxxxxxx',
    ],
    ['fmulx', '0x001110001xxxxx110111xxxxxxxxxx 010x11100x1xxxxx110111xxxxxxxxxx 011x11111x0xxxxx1001x0xxxxxxxxxx'],
    [
      'fneg',
      '000111100x100001010000xxxxxxxxxx 00011110x1100001010000xxxxxxxxxx 0x10111010100000111110xxxxxxxxxx 011011101x100000111110xxxxxxxxxx',
    ],
    ['fnmadd', '000111110x1xxxxx0xxxxxxxxxxxxxxx 00011111x11xxxxx0xxxxxxxxxxxxxxx'],
    ['fnmsub', '000111110x1xxxxx1xxxxxxxxxxxxxxx 00011111x11xxxxx1xxxxxxxxxxxxxxx'],
    ['fnmul', '000111100x1xxxxx100010xxxxxxxxxx 00011110x11xxxxx100010xxxxxxxxxx'],
    ['frecpe', '0x00111010100001110110xxxxxxxxxx 010x11101x100001110110xxxxxxxxxx'],
    ['frecps', '0x001110001xxxxx111111xxxxxxxxxx 010x11100x1xxxxx111111xxxxxxxxxx'],
    ['frecpx', '010111101x100001111110xxxxxxxxxx'],
    [
      'frinta',
      '000111100x100110010000xxxxxxxxxx 00011110x1100110010000xxxxxxxxxx 0x10111000100001100010xxxxxxxxxx 011011100x100001100010xxxxxxxxxx',
    ],
    [
      'frinti',
      '000111100x100111110000xxxxxxxxxx 00011110x1100111110000xxxxxxxxxx 0x10111010100001100110xxxxxxxxxx 011011101x100001100110xxxxxxxxxx',
    ],
    [
      'frintm',
      '0x00111000100001100110xxxxxxxxxx 000111100x100101010000xxxxxxxxxx 00011110x1100101010000xxxxxxxxxx 010011100x100001100110xxxxxxxxxx',
    ],
    [
      'frintn',
      '0x00111000100001100010xxxxxxxxxx 000111100x100100010000xxxxxxxxxx 00011110x1100100010000xxxxxxxxxx 010011100x100001100010xxxxxxxxxx',
    ],
    [
      'frintp',
      '0x00111010100001100010xxxxxxxxxx 000111100x100100110000xxxxxxxxxx 00011110x1100100110000xxxxxxxxxx 010011101x100001100010xxxxxxxxxx',
    ],
    [
      'frintx',
      '000111100x100111010000xxxxxxxxxx 00011110x1100111010000xxxxxxxxxx 0x10111000100001100110xxxxxxxxxx 011011100x100001100110xxxxxxxxxx',
    ],
    [
      'frintz',
      '0x00111010100001100110xxxxxxxxxx 000111100x100101110000xxxxxxxxxx 00011110x1100101110000xxxxxxxxxx 010011101x100001100110xxxxxxxxxx',
    ],
    ['frsqrte', '0x10111010100001110110xxxxxxxxxx 011x11101x100001110110xxxxxxxxxx'],
    ['frsqrts', '0x001110101xxxxx111111xxxxxxxxxx 010x11101x1xxxxx111111xxxxxxxxxx'],
    [
      'fsqrt',
      '000111100x100001110000xxxxxxxxxx 00011110x1100001110000xxxxxxxxxx 0x10111010100001111110xxxxxxxxxx 011011101x100001111110xxxxxxxxxx',
    ],
    [
      'fsub',
      '0x001110101xxxxx110101xxxxxxxxxx 000111100x1xxxxx001110xxxxxxxxxx 00011110x11xxxxx001110xxxxxxxxxx 010011101x1xxxxx110101xxxxxxxxxx',
    ],
    [
      'mla',
      '0x0011100x1xxxxx100101xxxxxxxxxx 0x001110x01xxxxx100101xxxxxxxxxx 0x10111101xxxxxx0000x0xxxxxxxxxx 0x10111110xxxxxx0000x0xxxxxxxxxx',
    ],
    [
      'mls',
      '0x1011100x1xxxxx100101xxxxxxxxxx 0x101110x01xxxxx100101xxxxxxxxxx 0x10111101xxxxxx0100x0xxxxxxxxxx 0x10111110xxxxxx0100x0xxxxxxxxxx',
    ],
    [
      'mul',
      '0x0011100x1xxxxx100111xxxxxxxxxx 0x001110x01xxxxx100111xxxxxxxxxx 0x00111101xxxxxx1000x0xxxxxxxxxx 0x00111110xxxxxx1000x0xxxxxxxxxx',
    ],
    [
      'neg',
      '0x1011100x100000101110xxxxxxxxxx 0x101110x0100000101110xxxxxxxxxx 01101110xx100000101110xxxxxxxxxx 011x111011100000101110xxxxxxxxxx',
    ],
    ['not mvn', '0x10111000100000010110xxxxxxxxxx'],
    ['orn', '0x001110111xxxxx000111xxxxxxxxxx'],
    ['orr', '0x00111100000xxx0xx101xxxxxxxxxx 0x00111100000xxxx0x101xxxxxxxxxx'],
    ['pmul', '0x101110001xxxxx100111xxxxxxxxxx'],
    ['pmull pmull2', '0x001110001xxxxx111000xxxxxxxxxx'],
    ['raddhn raddhn2', '0x1011100x1xxxxx010000xxxxxxxxxx 0x101110x01xxxxx010000xxxxxxxxxx'],
    ['rbit', '0x10111001100000010110xxxxxxxxxx'],
    ['rev16', '0x00111000100000000110xxxxxxxxxx'],
    ['rev32', '0x1011100x100000000010xxxxxxxxxx'],
    ['rev64', '0x0011100x100000000010xxxxxxxxxx 0x001110x0100000000010xxxxxxxxxx'],
    [
      'rshrn rshrn2',
      '0x00111100xx1xxx100011xxxxxxxxxx 0x00111100x1xxxx100011xxxxxxxxxx 0x001111001xxxxx100011xxxxxxxxxx',
    ],
    ['rsubhn rsubhn2', '0x1011100x1xxxxx011000xxxxxxxxxx 0x101110x01xxxxx011000xxxxxxxxxx'],
    ['saba', '0x0011100x1xxxxx011111xxxxxxxxxx 0x001110x01xxxxx011111xxxxxxxxxx'],
    ['sabal sabal2', '0x0011100x1xxxxx010100xxxxxxxxxx 0x001110x01xxxxx010100xxxxxxxxxx'],
    ['sabd', '0x0011100x1xxxxx011101xxxxxxxxxx 0x001110x01xxxxx011101xxxxxxxxxx'],
    ['sabdl sabdl2', '0x0011100x1xxxxx011100xxxxxxxxxx 0x001110x01xxxxx011100xxxxxxxxxx'],
    ['sadalp', '0x0011100x100000011010xxxxxxxxxx 0x001110x0100000011010xxxxxxxxxx'],
    ['saddl saddl2', '0x0011100x1xxxxx000000xxxxxxxxxx 0x001110x01xxxxx000000xxxxxxxxxx'],
    ['saddlp', '0x0011100x100000001010xxxxxxxxxx 0x001110x0100000001010xxxxxxxxxx'],
    ['saddlv', '0x0011100x110000001110xxxxxxxxxx 01001110x0110000001110xxxxxxxxxx'],
    ['saddw saddw2', '0x0011100x1xxxxx000100xxxxxxxxxx 0x001110x01xxxxx000100xxxxxxxxxx'],
    [
      'scvtf',
      '0x00111000100001110110xxxxxxxxxx 0x001111001xxxxx111001xxxxxxxxxx x00111100x0000101xxxxxxxxxxxxxxx x00111100x100010000000xxxxxxxxxx x0011110x10000101xxxxxxxxxxxxxxx x0011110x1100010000000xxxxxxxxxx 010x11100x100001110110xxxxxxxxxx 010x11110x1xxxxx111001xxxxxxxxxx 010x111101xxxxxx111001xxxxxxxxxx 100111100x000010xxxxxxxxxxxxxxxx 10011110x1000010xxxxxxxxxxxxxxxx',
    ],
    ['shadd', '0x0011100x1xxxxx000001xxxxxxxxxx 0x001110x01xxxxx000001xxxxxxxxxx'],
    [
      'shl',
      '0x00111100xx1xxx010101xxxxxxxxxx 0x00111100x1xxxx010101xxxxxxxxxx 0x001111001xxxxx010101xxxxxxxxxx 010x111101xxxxxx010101xxxxxxxxxx',
    ],
    ['shll shll2', '0x1011100x100001001110xxxxxxxxxx 0x101110x0100001001110xxxxxxxxxx'],
    [
      'shrn shrn2',
      '0x00111100xx1xxx100001xxxxxxxxxx 0x00111100x1xxxx100001xxxxxxxxxx 0x001111001xxxxx100001xxxxxxxxxx',
    ],
    ['shsub', '0x0011100x1xxxxx001001xxxxxxxxxx 0x001110x01xxxxx001001xxxxxxxxxx'],
    [
      'sli',
      '0x10111100xx1xxx010101xxxxxxxxxx 0x10111100x1xxxx010101xxxxxxxxxx 0x101111001xxxxx010101xxxxxxxxxx 011x111101xxxxxx010101xxxxxxxxxx',
    ],
    ['smax', '0x0011100x1xxxxx011001xxxxxxxxxx 0x001110x01xxxxx011001xxxxxxxxxx'],
    ['smaxp', '0x0011100x1xxxxx101001xxxxxxxxxx 0x001110x01xxxxx101001xxxxxxxxxx'],
    ['smaxv', '0x0011100x110000101010xxxxxxxxxx 01001110x0110000101010xxxxxxxxxx'],
    ['smin', '0x0011100x1xxxxx011011xxxxxxxxxx 0x001110x01xxxxx011011xxxxxxxxxx'],
    ['sminp', '0x0011100x1xxxxx101011xxxxxxxxxx 0x001110x01xxxxx101011xxxxxxxxxx'],
    ['sminv', '0x0011100x110001101010xxxxxxxxxx 01001110x0110001101010xxxxxxxxxx'],
    [
      'smlal smlal2',
      '0x0011100x1xxxxx100000xxxxxxxxxx 0x001110x01xxxxx100000xxxxxxxxxx 0x00111101xxxxxx0010x0xxxxxxxxxx 0x00111110xxxxxx0010x0xxxxxxxxxx',
    ],
    [
      'smlsl smlsl2',
      '0x0011100x1xxxxx101000xxxxxxxxxx 0x001110x01xxxxx101000xxxxxxxxxx 0x00111101xxxxxx0110x0xxxxxxxxxx 0x00111110xxxxxx0110x0xxxxxxxxxx',
    ],
    [
      'smull smull2',
      '0x0011100x1xxxxx110000xxxxxxxxxx 0x001110x01xxxxx110000xxxxxxxxxx 0x00111101xxxxxx1010x0xxxxxxxxxx 0x00111110xxxxxx1010x0xxxxxxxxxx',
    ],
    ['sqabs', '0x0011100x100000011110xxxxxxxxxx 0x001110x0100000011110xxxxxxxxxx 010x1110xx100000011110xxxxxxxxxx'],
    ['sqadd', '0x0011100x1xxxxx000011xxxxxxxxxx 0x001110x01xxxxx000011xxxxxxxxxx 010x1110xx1xxxxx000011xxxxxxxxxx'],
    [
      'sqdmlal sqdmlal2',
      '0x001110011xxxxx100100xxxxxxxxxx 0x001110101xxxxx100100xxxxxxxxxx 0x00111101xxxxxx0011x0xxxxxxxxxx 0x00111110xxxxxx0011x0xxxxxxxxxx 010x1110011xxxxx100100xxxxxxxxxx 010x1110101xxxxx100100xxxxxxxxxx 010x111101xxxxxx0011x0xxxxxxxxxx 010x111110xxxxxx0011x0xxxxxxxxxx',
    ],
    [
      'sqdmlsl sqdmlsl2',
      '0x001110011xxxxx101100xxxxxxxxxx 0x001110101xxxxx101100xxxxxxxxxx 0x00111101xxxxxx0111x0xxxxxxxxxx 0x00111110xxxxxx0111x0xxxxxxxxxx 010x1110011xxxxx101100xxxxxxxxxx 010x1110101xxxxx101100xxxxxxxxxx 010x111101xxxxxx0111x0xxxxxxxxxx 010x111110xxxxxx0111x0xxxxxxxxxx',
    ],
    [
      'sqdmulh',
      '0x001110011xxxxx101101xxxxxxxxxx 0x001110101xxxxx101101xxxxxxxxxx 0x00111101xxxxxx1100x0xxxxxxxxxx 0x00111110xxxxxx1100x0xxxxxxxxxx 010x1110011xxxxx101101xxxxxxxxxx 010x1110101xxxxx101101xxxxxxxxxx 010x111101xxxxxx1100x0xxxxxxxxxx 010x111110xxxxxx1100x0xxxxxxxxxx',
    ],
    [
      'sqdmull sqdmull2',
      '0x001110011xxxxx110100xxxxxxxxxx 0x001110101xxxxx110100xxxxxxxxxx 0x00111101xxxxxx1011x0xxxxxxxxxx 0x00111110xxxxxx1011x0xxxxxxxxxx 010x1110011xxxxx110100xxxxxxxxxx 010x1110101xxxxx110100xxxxxxxxxx 010x111101xxxxxx1011x0xxxxxxxxxx 010x111110xxxxxx1011x0xxxxxxxxxx',
    ],
    ['sqneg', '0x1011100x100000011110xxxxxxxxxx 0x101110x0100000011110xxxxxxxxxx 011x1110xx100000011110xxxxxxxxxx'],
    [
      'sqrdmulh',
      '0x00111101xxxxxx1101x0xxxxxxxxxx 0x00111110xxxxxx1101x0xxxxxxxxxx 0x101110011xxxxx101101xxxxxxxxxx 0x101110101xxxxx101101xxxxxxxxxx 010x111101xxxxxx1101x0xxxxxxxxxx 010x111110xxxxxx1101x0xxxxxxxxxx 011x1110011xxxxx101101xxxxxxxxxx 011x1110101xxxxx101101xxxxxxxxxx',
    ],
    ['sqrshl', '0x0011100x1xxxxx010111xxxxxxxxxx 0x001110x01xxxxx010111xxxxxxxxxx 010x1110xx1xxxxx010111xxxxxxxxxx'],
    [
      'sqrshrn sqrshrn2',
      '0x00111100xx1xxx100111xxxxxxxxxx 0x00111100x1xxxx100111xxxxxxxxxx 0x001111001xxxxx100111xxxxxxxxxx 010x111100xx1xxx100111xxxxxxxxxx 010x111100x1xxxx100111xxxxxxxxxx 010x1111001xxxxx100111xxxxxxxxxx',
    ],
    [
      'sqrshrun sqrshrun2',
      '0x10111100xx1xxx100011xxxxxxxxxx 0x10111100x1xxxx100011xxxxxxxxxx 0x101111001xxxxx100011xxxxxxxxxx 011x111100xx1xxx100011xxxxxxxxxx 011x111100x1xxxx100011xxxxxxxxxx 011x1111001xxxxx100011xxxxxxxxxx',
    ],
    [
      'sqshl',
      '0x0011100x1xxxxx010011xxxxxxxxxx 0x001110x01xxxxx010011xxxxxxxxxx 0x00111100xx1xxx011101xxxxxxxxxx 0x00111100x1xxxx011101xxxxxxxxxx 0x001111001xxxxx011101xxxxxxxxxx 010x1110xx1xxxxx010011xxxxxxxxxx 010x11110xxx1xxx011101xxxxxxxxxx 010x11110xx1xxxx011101xxxxxxxxxx 010x11110x1xxxxx011101xxxxxxxxxx 010x111101xxxxxx011101xxxxxxxxxx',
    ],
    [
      'sqshlu',
      '0x10111100xx1xxx011001xxxxxxxxxx 0x10111100x1xxxx011001xxxxxxxxxx 0x101111001xxxxx011001xxxxxxxxxx 011x11110xxx1xxx011001xxxxxxxxxx 011x11110xx1xxxx011001xxxxxxxxxx 011x11110x1xxxxx011001xxxxxxxxxx 011x111101xxxxxx011001xxxxxxxxxx',
    ],
    [
      'sqshrn sqshrn2',
      '0x00111100xx1xxx100101xxxxxxxxxx 0x00111100x1xxxx100101xxxxxxxxxx 0x001111001xxxxx100101xxxxxxxxxx 010x111100xx1xxx100101xxxxxxxxxx 010x111100x1xxxx100101xxxxxxxxxx 010x1111001xxxxx100101xxxxxxxxxx',
    ],
    [
      'sqshrun sqshrun2',
      '0x10111100xx1xxx100001xxxxxxxxxx 0x10111100x1xxxx100001xxxxxxxxxx 0x101111001xxxxx100001xxxxxxxxxx 011x111100xx1xxx100001xxxxxxxxxx 011x111100x1xxxx100001xxxxxxxxxx 011x1111001xxxxx100001xxxxxxxxxx',
    ],
    ['sqsub', '0x0011100x1xxxxx001011xxxxxxxxxx 0x001110x01xxxxx001011xxxxxxxxxx 010x1110xx1xxxxx001011xxxxxxxxxx'],
    [
      'sqxtn sqxtn2',
      '0x0011100x100001010010xxxxxxxxxx 0x001110x0100001010010xxxxxxxxxx 010x11100x100001010010xxxxxxxxxx 010x1110x0100001010010xxxxxxxxxx',
    ],
    [
      'sqxtun sqxtun2',
      '0x1011100x100001001010xxxxxxxxxx 0x101110x0100001001010xxxxxxxxxx 011x11100x100001001010xxxxxxxxxx 011x1110x0100001001010xxxxxxxxxx',
    ],
    ['srhadd', '0x0011100x1xxxxx000101xxxxxxxxxx 0x001110x01xxxxx000101xxxxxxxxxx'],
    [
      'sri',
      '0x10111100xx1xxx010001xxxxxxxxxx 0x10111100x1xxxx010001xxxxxxxxxx 0x101111001xxxxx010001xxxxxxxxxx 011x111101xxxxxx010001xxxxxxxxxx',
    ],
    [
      'srshl',
      '0x0011100x1xxxxx010101xxxxxxxxxx 0x001110x01xxxxx010101xxxxxxxxxx 01001110xx1xxxxx010101xxxxxxxxxx 010x1110111xxxxx010101xxxxxxxxxx',
    ],
    [
      'srshr',
      '0x00111100xx1xxx001001xxxxxxxxxx 0x00111100x1xxxx001001xxxxxxxxxx 0x001111001xxxxx001001xxxxxxxxxx 010x111101xxxxxx001001xxxxxxxxxx',
    ],
    [
      'srsra',
      '0x00111100xx1xxx001101xxxxxxxxxx 0x00111100x1xxxx001101xxxxxxxxxx 0x001111001xxxxx001101xxxxxxxxxx 010x111101xxxxxx001101xxxxxxxxxx',
    ],
    [
      'sshl',
      '0x0011100x1xxxxx010001xxxxxxxxxx 0x001110x01xxxxx010001xxxxxxxxxx 01001110xx1xxxxx010001xxxxxxxxxx 010x1110111xxxxx010001xxxxxxxxxx',
    ],
    [
      'sshll sxtl sxtl2 sshll2',
      '0x00111100xx1xxx101001xxxxxxxxxx 0x00111100x1xxxx101001xxxxxxxxxx 0x001111001xxxxx101001xxxxxxxxxx',
    ],
    [
      'sshr',
      '0x00111100xx1xxx000001xxxxxxxxxx 0x00111100x1xxxx000001xxxxxxxxxx 0x001111001xxxxx000001xxxxxxxxxx 010x111101xxxxxx000001xxxxxxxxxx',
    ],
    [
      'ssra',
      '0x00111100xx1xxx000101xxxxxxxxxx 0x00111100x1xxxx000101xxxxxxxxxx 0x001111001xxxxx000101xxxxxxxxxx 010x111101xxxxxx000101xxxxxxxxxx',
    ],
    ['ssubl ssubl2', '0x0011100x1xxxxx001000xxxxxxxxxx 0x001110x01xxxxx001000xxxxxxxxxx'],
    ['ssubw ssubw2', '0x0011100x1xxxxx001100xxxxxxxxxx 0x001110x01xxxxx001100xxxxxxxxxx'],
    [
      'sub',
      '0x1011100x1xxxxx100001xxxxxxxxxx 0x101110x01xxxxx100001xxxxxxxxxx 01101110xx1xxxxx100001xxxxxxxxxx 011x1110111xxxxx100001xxxxxxxxxx',
    ],
    ['subhn subhn2', '0x0011100x1xxxxx011000xxxxxxxxxx 0x001110x01xxxxx011000xxxxxxxxxx'],
    ['suqadd', '0x0011100x100000001110xxxxxxxxxx 0x001110x0100000001110xxxxxxxxxx 010x1110xx100000001110xxxxxxxxxx'],
    ['tbl', '0x001110000xxxxx0xx000xxxxxxxxxx'],
    ['tbx', '0x001110000xxxxx0xx100xxxxxxxxxx'],
    ['trn1', '0x0011100x0xxxxx001010xxxxxxxxxx 0x001110x00xxxxx001010xxxxxxxxxx 01001110xx0xxxxx001010xxxxxxxxxx'],
    ['trn2', '0x0011100x0xxxxx011010xxxxxxxxxx 0x001110x00xxxxx011010xxxxxxxxxx 01001110xx0xxxxx011010xxxxxxxxxx'],
    ['uaba', '0x1011100x1xxxxx011111xxxxxxxxxx 0x101110x01xxxxx011111xxxxxxxxxx'],
    ['uabal uabal2', '0x1011100x1xxxxx010100xxxxxxxxxx 0x101110x01xxxxx010100xxxxxxxxxx'],
    ['uabd', '0x1011100x1xxxxx011101xxxxxxxxxx 0x101110x01xxxxx011101xxxxxxxxxx'],
    ['uabdl uabdl2', '0x1011100x1xxxxx011100xxxxxxxxxx 0x101110x01xxxxx011100xxxxxxxxxx'],
    ['uadalp', '0x1011100x100000011010xxxxxxxxxx 0x101110x0100000011010xxxxxxxxxx'],
    ['uaddl uaddl2', '0x1011100x1xxxxx000000xxxxxxxxxx 0x101110x01xxxxx000000xxxxxxxxxx'],
    ['uaddlp', '0x1011100x100000001010xxxxxxxxxx 0x101110x0100000001010xxxxxxxxxx'],
    ['uaddlv', '0x1011100x110000001110xxxxxxxxxx 01101110x0110000001110xxxxxxxxxx'],
    ['uaddw uaddw2', '0x1011100x1xxxxx000100xxxxxxxxxx 0x101110x01xxxxx000100xxxxxxxxxx'],
    [
      'ucvtf',
      'x00111100x0000111xxxxxxxxxxxxxxx x00111100x100011000000xxxxxxxxxx x0011110x10000111xxxxxxxxxxxxxxx x0011110x1100011000000xxxxxxxxxx 0x10111000100001110110xxxxxxxxxx 0x101111001xxxxx111001xxxxxxxxxx 011x11100x100001110110xxxxxxxxxx 011x11110x1xxxxx111001xxxxxxxxxx 011x111101xxxxxx111001xxxxxxxxxx 100111100x000011xxxxxxxxxxxxxxxx 10011110x1000011xxxxxxxxxxxxxxxx',
    ],
    ['uhadd', '0x1011100x1xxxxx000001xxxxxxxxxx 0x101110x01xxxxx000001xxxxxxxxxx'],
    ['uhsub', '0x1011100x1xxxxx001001xxxxxxxxxx 0x101110x01xxxxx001001xxxxxxxxxx'],
    ['umax', '0x1011100x1xxxxx011001xxxxxxxxxx 0x101110x01xxxxx011001xxxxxxxxxx'],
    ['umaxp', '0x1011100x1xxxxx101001xxxxxxxxxx 0x101110x01xxxxx101001xxxxxxxxxx'],
    ['umaxv', '0x1011100x110000101010xxxxxxxxxx 01101110x0110000101010xxxxxxxxxx'],
    ['umin', '0x1011100x1xxxxx011011xxxxxxxxxx 0x101110x01xxxxx011011xxxxxxxxxx'],
    ['uminp', '0x1011100x1xxxxx101011xxxxxxxxxx 0x101110x01xxxxx101011xxxxxxxxxx'],
    ['uminv', '0x1011100x110001101010xxxxxxxxxx 01101110x0110001101010xxxxxxxxxx'],
    [
      'umlal umlal2',
      '0x1011100x1xxxxx100000xxxxxxxxxx 0x101110x01xxxxx100000xxxxxxxxxx 0x10111101xxxxxx0010x0xxxxxxxxxx 0x10111110xxxxxx0010x0xxxxxxxxxx',
    ],
    [
      'umlsl umlsl2',
      '0x1011100x1xxxxx101000xxxxxxxxxx 0x101110x01xxxxx101000xxxxxxxxxx 0x10111101xxxxxx0110x0xxxxxxxxxx 0x10111110xxxxxx0110x0xxxxxxxxxx',
    ],
    [
      'umull umull2',
      '0x1011100x1xxxxx110000xxxxxxxxxx 0x101110x01xxxxx110000xxxxxxxxxx 0x10111101xxxxxx1010x0xxxxxxxxxx 0x10111110xxxxxx1010x0xxxxxxxxxx',
    ],
    ['uqadd', '0x1011100x1xxxxx000011xxxxxxxxxx 0x101110x01xxxxx000011xxxxxxxxxx 011x1110xx1xxxxx000011xxxxxxxxxx'],
    ['uqrshl', '0x1011100x1xxxxx010111xxxxxxxxxx 0x101110x01xxxxx010111xxxxxxxxxx 011x1110xx1xxxxx010111xxxxxxxxxx'],
    [
      'uqrshrn uqrshrn2',
      '0x10111100xx1xxx100111xxxxxxxxxx 0x10111100x1xxxx100111xxxxxxxxxx 0x101111001xxxxx100111xxxxxxxxxx 011x111100xx1xxx100111xxxxxxxxxx 011x111100x1xxxx100111xxxxxxxxxx 011x1111001xxxxx100111xxxxxxxxxx',
    ],
    [
      'uqshl',
      '0x1011100x1xxxxx010011xxxxxxxxxx 0x101110x01xxxxx010011xxxxxxxxxx 0x10111100xx1xxx011101xxxxxxxxxx 0x10111100x1xxxx011101xxxxxxxxxx 0x101111001xxxxx011101xxxxxxxxxx 011x1110xx1xxxxx010011xxxxxxxxxx 011x11110xxx1xxx011101xxxxxxxxxx 011x11110xx1xxxx011101xxxxxxxxxx 011x11110x1xxxxx011101xxxxxxxxxx 011x111101xxxxxx011101xxxxxxxxxx',
    ],
    [
      'uqshrn uqshrn2',
      '0x10111100xx1xxx100101xxxxxxxxxx 0x10111100x1xxxx100101xxxxxxxxxx 0x101111001xxxxx100101xxxxxxxxxx 011x111100xx1xxx100101xxxxxxxxxx 011x111100x1xxxx100101xxxxxxxxxx 011x1111001xxxxx100101xxxxxxxxxx',
    ],
    ['uqsub', '0x1011100x1xxxxx001011xxxxxxxxxx 0x101110x01xxxxx001011xxxxxxxxxx 011x1110xx1xxxxx001011xxxxxxxxxx'],
    [
      'uqxtn uqxtn2',
      '0x1011100x100001010010xxxxxxxxxx 0x101110x0100001010010xxxxxxxxxx 011x11100x100001010010xxxxxxxxxx 011x1110x0100001010010xxxxxxxxxx',
    ],
    ['urecpe', '0x00111010100001110010xxxxxxxxxx'],
    ['urhadd', '0x1011100x1xxxxx000101xxxxxxxxxx 0x101110x01xxxxx000101xxxxxxxxxx'],
    [
      'urshl',
      '0x1011100x1xxxxx010101xxxxxxxxxx 0x101110x01xxxxx010101xxxxxxxxxx 01101110xx1xxxxx010101xxxxxxxxxx 011x1110111xxxxx010101xxxxxxxxxx',
    ],
    [
      'urshr',
      '0x10111100xx1xxx001001xxxxxxxxxx 0x10111100x1xxxx001001xxxxxxxxxx 0x101111001xxxxx001001xxxxxxxxxx 011x111101xxxxxx001001xxxxxxxxxx',
    ],
    ['ursqrte', '0x10111010100001110010xxxxxxxxxx'],
    [
      'ursra',
      '0x10111100xx1xxx001101xxxxxxxxxx 0x10111100x1xxxx001101xxxxxxxxxx 0x101111001xxxxx001101xxxxxxxxxx 011x111101xxxxxx001101xxxxxxxxxx',
    ],
    [
      'ushl',
      '0x1011100x1xxxxx010001xxxxxxxxxx 0x101110x01xxxxx010001xxxxxxxxxx 01101110xx1xxxxx010001xxxxxxxxxx 011x1110111xxxxx010001xxxxxxxxxx',
    ],
    [
      'ushll uxtl uxtl2 ushll2',
      '0x10111100xx1xxx101001xxxxxxxxxx 0x10111100x1xxxx101001xxxxxxxxxx 0x101111001xxxxx101001xxxxxxxxxx',
    ],
    [
      'ushr',
      '0x10111100xx1xxx000001xxxxxxxxxx 0x10111100x1xxxx000001xxxxxxxxxx 0x101111001xxxxx000001xxxxxxxxxx 011x111101xxxxxx000001xxxxxxxxxx',
    ],
    ['usqadd', '0x1011100x100000001110xxxxxxxxxx 0x101110x0100000001110xxxxxxxxxx 011x1110xx100000001110xxxxxxxxxx'],
    [
      'usra',
      '0x10111100xx1xxx000101xxxxxxxxxx 0x10111100x1xxxx000101xxxxxxxxxx 0x101111001xxxxx000101xxxxxxxxxx 011x111101xxxxxx000101xxxxxxxxxx',
    ],
    ['usubl usubl2', '0x1011100x1xxxxx001000xxxxxxxxxx 0x101110x01xxxxx001000xxxxxxxxxx'],
    ['usubw usubw2', '0x1011100x1xxxxx001100xxxxxxxxxx 0x101110x01xxxxx001100xxxxxxxxxx'],
    ['uzp1', '0x0011100x0xxxxx000110xxxxxxxxxx 0x001110x00xxxxx000110xxxxxxxxxx 01001110xx0xxxxx000110xxxxxxxxxx'],
    ['uzp2', '0x0011100x0xxxxx010110xxxxxxxxxx 0x001110x00xxxxx010110xxxxxxxxxx 01001110xx0xxxxx010110xxxxxxxxxx'],
    ['xtn xtn2', '0x0011100x100001001010xxxxxxxxxx 0x001110x0100001001010xxxxxxxxxx'],
    ['zip1', '0x0011100x0xxxxx001110xxxxxxxxxx 0x001110x00xxxxx001110xxxxxxxxxx 01001110xx0xxxxx001110xxxxxxxxxx'],
    ['zip2', '0x0011100x0xxxxx011110xxxxxxxxxx 0x001110x00xxxxx011110xxxxxxxxxx 01001110xx0xxxxx011110xxxxxxxxxx'],
  ],
  fp16: [
    ['fabd', '0x101110110xxxxx000101xxxxxxxxxx 011x1110110xxxxx000101xxxxxxxxxx'],
    ['fabs', '0x00111011111000111110xxxxxxxxxx'],
    ['facge', '0x101110010xxxxx001011xxxxxxxxxx 011x1110010xxxxx001011xxxxxxxxxx'],
    ['facgt', '0x101110110xxxxx001011xxxxxxxxxx 011x1110110xxxxx001011xxxxxxxxxx'],
    ['fadd', '0x001110010xxxxx000101xxxxxxxxxx'],
    ['faddp', '0x101110010xxxxx000101xxxxxxxxxx 01x1111000110000110110xxxxxxxxxx'],
    [
      'fcmeq',
      '0x001110010xxxxx001001xxxxxxxxxx 0x00111011111000110110xxxxxxxxxx 010x1110010xxxxx001001xxxxxxxxxx 010x111011111000110110xxxxxxxxxx',
    ],
    [
      'fcmge',
      '0x101110010xxxxx001001xxxxxxxxxx 0x10111011111000110010xxxxxxxxxx 011x1110010xxxxx001001xxxxxxxxxx 011x111011111000110010xxxxxxxxxx',
    ],
    [
      'fcmgt',
      '0x00111011111000110010xxxxxxxxxx 0x101110110xxxxx001001xxxxxxxxxx 010x111011111000110010xxxxxxxxxx 011x1110110xxxxx001001xxxxxxxxxx',
    ],
    ['fcmle', '0x10111011111000110110xxxxxxxxxx 011x111011111000110110xxxxxxxxxx'],
    ['fcmlt', '0x00111011111000111010xxxxxxxxxx 010x111011111000111010xxxxxxxxxx'],
    ['fcvtas', '0x00111001111001110010xxxxxxxxxx 010x111001111001110010xxxxxxxxxx'],
    ['fcvtau', '0x10111001111001110010xxxxxxxxxx 011x111001111001110010xxxxxxxxxx'],
    ['fcvtms', '0x00111001111001101110xxxxxxxxxx 010x111001111001101110xxxxxxxxxx'],
    ['fcvtmu', '0x10111001111001101110xxxxxxxxxx 011x111001111001101110xxxxxxxxxx'],
    ['fcvtns', '0x00111001111001101010xxxxxxxxxx 010x111001111001101010xxxxxxxxxx'],
    ['fcvtnu', '0x10111001111001101010xxxxxxxxxx 011x111001111001101010xxxxxxxxxx'],
    ['fcvtps', '0x00111011111001101010xxxxxxxxxx 010x111011111001101010xxxxxxxxxx'],
    ['fcvtpu', '0x10111011111001101010xxxxxxxxxx 011x111011111001101010xxxxxxxxxx'],
    [
      'fcvtzs',
      '0x00111011111001101110xxxxxxxxxx 0x00111100x1xxxx111111xxxxxxxxxx 010x111011111001101110xxxxxxxxxx 010x11110xx1xxxx111111xxxxxxxxxx',
    ],
    [
      'fcvtzu',
      '0x10111011111001101110xxxxxxxxxx 0x10111100x1xxxx111111xxxxxxxxxx 011x111011111001101110xxxxxxxxxx 011x11110xx1xxxx111111xxxxxxxxxx',
    ],
    ['fdiv', '0x101110010xxxxx001111xxxxxxxxxx'],
    ['fmax', '0x001110010xxxxx001101xxxxxxxxxx'],
    ['fmaxnm', '0x001110010xxxxx000001xxxxxxxxxx'],
    ['fmaxnmp', '0x101110010xxxxx000001xxxxxxxxxx 01x1111000110000110010xxxxxxxxxx'],
    ['fmaxnmv', '0x00111000110000110010xxxxxxxxxx 01x0111000110000110010xxxxxxxxxx'],
    ['fmaxp', '0x101110010xxxxx001101xxxxxxxxxx 01x1111000110000111110xxxxxxxxxx'],
    ['fmaxv', '0x00111000110000111110xxxxxxxxxx 01x0111000110000111110xxxxxxxxxx'],
    ['fmin', '0x001110110xxxxx001101xxxxxxxxxx'],
    ['fminnm', '0x001110110xxxxx000001xxxxxxxxxx'],
    ['fminnmp', '0x101110110xxxxx000001xxxxxxxxxx 01x1111010110000110010xxxxxxxxxx'],
    ['fminnmv', '0x00111010110000110010xxxxxxxxxx 01x0111010110000110010xxxxxxxxxx'],
    ['fminp', '0x101110110xxxxx001101xxxxxxxxxx 01x1111010110000111110xxxxxxxxxx'],
    ['fminv', '0x00111010110000111110xxxxxxxxxx 01x0111010110000111110xxxxxxxxxx'],
    ['fmla', '0x001110010xxxxx000011xxxxxxxxxx 0x001111x0xxxxxx0001x0xxxxxxxxxx 010x1111x0xxxxxx0001x0xxxxxxxxxx'],
    ['fmul', '0x001111x0xxxxxx1001x0xxxxxxxxxx 0x101110010xxxxx000111xxxxxxxxxx 010x1111x0xxxxxx1001x0xxxxxxxxxx'],
    [
      'fmulx',
      '0x001110010xxxxx000111xxxxxxxxxx 0x101111x0xxxxxx1001x0xxxxxxxxxx 010x1110010xxxxx000111xxxxxxxxxx 011x1111x0xxxxxx1001x0xxxxxxxxxx',
    ],
    ['fneg', '0x10111011111000111110xxxxxxxxxx'],
    ['frecpe', '0x00111011111001110110xxxxxxxxxx 010x111011111001110110xxxxxxxxxx'],
    ['frecps', '0x001110010xxxxx001111xxxxxxxxxx 010x1110010xxxxx001111xxxxxxxxxx'],
    ['frecpx', '0101111011111001111110xxxxxxxxxx'],
    ['frsqrte', '0x10111011111001110110xxxxxxxxxx 011x111011111001110110xxxxxxxxxx'],
    ['frsqrts', '0x001110110xxxxx001111xxxxxxxxxx 010x1110110xxxxx001111xxxxxxxxxx'],
    ['fsqrt', '0x10111011111001111110xxxxxxxxxx'],
    ['fsub', '0x001110110xxxxx000101xxxxxxxxxx'],
    [
      'scvtf',
      '0x00111001111001110110xxxxxxxxxx 0x00111100x1xxxx111001xxxxxxxxxx 010x111001111001110110xxxxxxxxxx 010x11110xx1xxxx111001xxxxxxxxxx',
    ],
    [
      'ucvtf',
      '0x10111001111001110110xxxxxxxxxx 0x10111100x1xxxx111001xxxxxxxxxx 011x111001111001110110xxxxxxxxxx 011x11110xx1xxxx111001xxxxxxxxxx',
    ],
  ],
  aes: [
    ['aesd', '0100111000101000010110xxxxxxxxxx'],
    ['aese', '0100111000101000010010xxxxxxxxxx'],
    ['aesimc', '0100111000101000011110xxxxxxxxxx'],
    ['aesmc', '0100111000101000011010xxxxxxxxxx'],
    ['pmull pmull2', '0x001110111xxxxx111000xxxxxxxxxx'],
  ],
  sha2: [
    ['sha1c', '01011110000xxxxx000000xxxxxxxxxx'],
    ['sha1h', '0101111000101000000010xxxxxxxxxx'],
    ['sha1m', '01011110000xxxxx001000xxxxxxxxxx'],
    ['sha1p', '01011110000xxxxx000100xxxxxxxxxx'],
    ['sha1su0', '01011110000xxxxx001100xxxxxxxxxx'],
    ['sha1su1', '0101111000101000000110xxxxxxxxxx'],
    ['sha256h', '01011110000xxxxx010000xxxxxxxxxx'],
    ['sha256h2', '01011110000xxxxx010100xxxxxxxxxx'],
    ['sha256su0', '0101111000101000001010xxxxxxxxxx'],
    ['sha256su1', '01011110000xxxxx011000xxxxxxxxxx'],
  ],
  rdma: [
    [
      'sqrdmlah',
      '0x101110010xxxxx100001xxxxxxxxxx 0x101110100xxxxx100001xxxxxxxxxx 0x10111101xxxxxx1101x0xxxxxxxxxx 0x10111110xxxxxx1101x0xxxxxxxxxx 011x1110010xxxxx100001xxxxxxxxxx 011x1110100xxxxx100001xxxxxxxxxx 011x111101xxxxxx1101x0xxxxxxxxxx 011x111110xxxxxx1101x0xxxxxxxxxx',
    ],
    [
      'sqrdmlsh',
      '0x101110010xxxxx100011xxxxxxxxxx 0x101110100xxxxx100011xxxxxxxxxx 0x10111101xxxxxx1111x0xxxxxxxxxx 0x10111110xxxxxx1111x0xxxxxxxxxx 011x1110010xxxxx100011xxxxxxxxxx 011x1110100xxxxx100011xxxxxxxxxx 011x111101xxxxxx1111x0xxxxxxxxxx 011x111110xxxxxx1111x0xxxxxxxxxx',
    ],
  ],
  sha3: [
    ['bcax', '11001110001xxxxx0xxxxxxxxxxxxxxx'],
    ['eor3', '11001110000xxxxx0xxxxxxxxxxxxxxx'],
    ['rax1', '11001110011xxxxx100011xxxxxxxxxx'],
    ['sha512h', '11001110011xxxxx100000xxxxxxxxxx'],
    ['sha512h2', '11001110011xxxxx100001xxxxxxxxxx'],
    ['sha512su0', '1100111011000000100000xxxxxxxxxx'],
    ['sha512su1', '11001110011xxxxx100010xxxxxxxxxx'],
    ['xar', '11001110100xxxxxxxxxxxxxxxxxxxxx'],
  ],
  sm4: [
    ['sm3partw1', '11001110011xxxxx110000xxxxxxxxxx'],
    ['sm3partw2', '11001110011xxxxx110001xxxxxxxxxx'],
    ['sm3ss1', '11001110010xxxxx0xxxxxxxxxxxxxxx'],
    ['sm3tt1a', '11001110010xxxxx10xx00xxxxxxxxxx'],
    ['sm3tt1b', '11001110010xxxxx10xx01xxxxxxxxxx'],
    ['sm3tt2a', '11001110010xxxxx10xx10xxxxxxxxxx'],
    ['sm3tt2b', '11001110010xxxxx10xx11xxxxxxxxxx'],
    ['sm4e', '1100111011000000100001xxxxxxxxxx'],
    ['sm4ekey', '11001110011xxxxx110010xxxxxxxxxx'],
  ],
  dotprod: [
    ['sdot', '0x001110100xxxxx100101xxxxxxxxxx 0x00111110xxxxxx1110x0xxxxxxxxxx'],
    ['udot', '0x101110100xxxxx100101xxxxxxxxxx 0x10111110xxxxxx1110x0xxxxxxxxxx'],
  ],
  fp16fml: [
    [
      'fmlal fmlal2',
      '0x0011100x1xxxxx111011xxxxxxxxxx 0x00111110xxxxxx0000x0xxxxxxxxxx 0x1011100x1xxxxx110011xxxxxxxxxx 0x10111110xxxxxx1000x0xxxxxxxxxx',
    ],
    ['fmls', '0x001110110xxxxx000011xxxxxxxxxx 0x001111x0xxxxxx0101x0xxxxxxxxxx 010x1111x0xxxxxx0101x0xxxxxxxxxx'],
    [
      'fmlsl fmlsl2',
      '0x0011101x1xxxxx111011xxxxxxxxxx 0x00111110xxxxxx0100x0xxxxxxxxxx 0x1011101x1xxxxx110011xxxxxxxxxx 0x10111110xxxxxx1100x0xxxxxxxxxx',
    ],
  ],
  compnum: [
    ['fcadd', '0x101110010xxxxx111x01xxxxxxxxxx 0x101110100xxxxx111x01xxxxxxxxxx 011011101x0xxxxx111x01xxxxxxxxxx'],
    [
      'fcmla',
      '0x101110010xxxxx110xx1xxxxxxxxxx 0x101110100xxxxx110xx1xxxxxxxxxx 0x10111101xxxxxx0xx100xxxxxxxxxx 011011101x0xxxxx110xx1xxxxxxxxxx 0110111101xxxxxx0xx1x0xxxxxxxxxx 01101111100xxxxx0xx1x0xxxxxxxxxx',
    ],
  ],
  'v8.3': [['fjcvtzs', '0001111001111110000000xxxxxxxxxx']],
  'v8.5': [
    ['frint32x', '000111100x101000110000xxxxxxxxxx 0x10111000100001111010xxxxxxxxxx 011011100x100001111010xxxxxxxxxx'],
    ['frint32z', '0x00111000100001111010xxxxxxxxxx 000111100x101000010000xxxxxxxxxx 010011100x100001111010xxxxxxxxxx'],
    ['frint64x', '000111100x101001110000xxxxxxxxxx 0x10111000100001111110xxxxxxxxxx 011011100x100001111110xxxxxxxxxx'],
    ['frint64z', '0x00111000100001111110xxxxxxxxxx 000111100x101001010000xxxxxxxxxx 010011100x100001111110xxxxxxxxxx'],
    ['frinta', '0x10111001111001100010xxxxxxxxxx'],
    ['frinti', '0x10111011111001100110xxxxxxxxxx'],
    ['frintm', '0x00111001111001100110xxxxxxxxxx'],
    ['frintn', '0x00111001111001100010xxxxxxxxxx'],
    ['frintp', '0x00111011111001100010xxxxxxxxxx'],
    ['frintx', '0x10111001111001100110xxxxxxxxxx'],
    ['frintz', '0x00111011111001100110xxxxxxxxxx'],
  ],
  bf16: [
    ['bfcvt', '0001111001100011010000xxxxxxxxxx'],
    ['bfcvtn bfcvtn2', '0x00111010100001011010xxxxxxxxxx'],
    ['bfdot', '0x00111101xxxxxx1111x0xxxxxxxxxx 0x101110010xxxxx111111xxxxxxxxxx'],
    ['bfmlalb', '0000111111xxxxxx1111x0xxxxxxxxxx 00101110110xxxxx111111xxxxxxxxxx'],
    ['bfmlalt', '0100111111xxxxxx1111x0xxxxxxxxxx 01101110110xxxxx111111xxxxxxxxxx'],
    ['bfmmla', '01101110010xxxxx111011xxxxxxxxxx'],
  ],
  i8mm: [
    ['smmla', '01001110100xxxxx101001xxxxxxxxxx'],
    ['sudot', '0x00111100xxxxxx1111x0xxxxxxxxxx'],
    ['ummla', '01101110100xxxxx101001xxxxxxxxxx'],
    ['usdot', '0x001110100xxxxx100111xxxxxxxxxx 0x00111110xxxxxx1111x0xxxxxxxxxx'],
    ['usmmla', '01001110100xxxxx101011xxxxxxxxxx'],
  ],
  cssc: [
    ['abs', 'x101101011000000001000xxxxxxxxxx'],
    ['cnt', 'x101101011000000000111xxxxxxxxxx'],
    ['ctz', 'x101101011000000000110xxxxxxxxxx'],
    ['smax', 'x0010001110000xxxxxxxxxxxxxxxxxx x0011010110xxxxx011000xxxxxxxxxx'],
    ['smin', 'x0010001110010xxxxxxxxxxxxxxxxxx x0011010110xxxxx011010xxxxxxxxxx'],
    ['umax', 'x0010001110001xxxxxxxxxxxxxxxxxx x0011010110xxxxx011001xxxxxxxxxx'],
    ['umin', 'x0010001110011xxxxxxxxxxxxxxxxxx x0011010110xxxxx011011xxxxxxxxxx'],
  ],
  ls64: [
    ['ld64b', '1111100000111111110100xxxxxxxxxx'],
    ['st64b', '1111100000111111100100xxxxxxxxxx'],
    ['st64bv', '11111000001xxxxx101100xxxxxxxxxx'],
    ['st64bv0', '11111000001xxxxx101000xxxxxxxxxx'],
  ],
  'v8.7': [
    ['wfet', '110101010000001100010000000xxxxx'],
    ['wfit', '110101010000001100010000001xxxxx'],
  ],
  'v8.8': [['msr', '11010101000000010100000x00011111']],
  hbc: [['bc.<cond>', '01010100xxxxxxxxxxxxxxxxxxx1xxxx']],
  tme: [
    ['tcancel', '11010100011xxxxxxxxxxxxxxxx00000'],
    ['tcommit', '11010101000000110011000001111111'],
    ['tstart', '110101010010001100110000011xxxxx'],
    ['ttest', '110101010010001100110001011xxxxx'],
  ],
  mops: [
    [
      copyNames('cpyf'),
      '00011001000xxxxxxxxx01xxxxxxxxxx 00011001010xxxxxxxxx01xxxxxxxxxx 00011001100xxxxxxxxx01xxxxxxxxxx',
    ],
    [
      copyNames('cpy'),
      '00011101000xxxxxxxxx01xxxxxxxxxx 00011101010xxxxxxxxx01xxxxxxxxxx 00011101100xxxxxxxxx01xxxxxxxxxx',
    ],
    [setNames('set'), '00011001110xxxxx0xxx01xxxxxxxxxx 00011001110xxxxx10xx01xxxxxxxxxx'],
    [setNames('setg'), '00011101110xxxxx0xxx01xxxxxxxxxx 00011101110xxxxx10xx01xxxxxxxxxx'],
  ],
  sve: [
    [
      [
        'adclb adclt addhnb addhnt addpl addvl andv asrd asrr bdep bext bfcvtnt bgrp brka brkas brkb brkbs brkn brkns',
        'brkpa brkpas brkpb brkpbs bsl1n bsl2n cadd cdot clasta clastb cmla cmpeq cmpge cmpgt cmphi cmphs cmple cmplo',
        'cmpls cmplt cmpne cnot cntb cntd cnth cntp cntw compact cpy ctermeq ctermne decb decd dech decp decw dupm',
        'eorbt eors eortb eorv fadda faddv fcmne fcmuo fcpy fcvtlt fcvtnt fcvtx fcvtxnt fdivr fdup fexpa flogb fmad',
        'fmlalb fmlalt fmlslb fmlslt fmmla fmsb fnmad fnmla fnmls fnmsb fscale fsubr ftmad ftsmul ftssel histcnt',
        'histseg incb incd inch incp incw insr lasta lastb ld1b ld1d ld1h ld1rb ld1rd ld1rh ld1rob ld1rod ld1roh ld1row',
        'ld1rqb ld1rqd ld1rqh ld1rqw ld1rsb ld1rsh ld1rsw ld1rw ld1sb ld1sh ld1sw ld1w ld2b ld2d ld2h ld2w ld3b ld3d',
        'ld3h ld3w ld4b ld4d ld4h ld4w ldff1b ldff1d ldff1h ldff1sb ldff1sh ldff1sw ldff1w ldnf1b ldnf1d ldnf1h ldnf1sb',
        'ldnf1sh ldnf1sw ldnf1w ldnt1b ldnt1d ldnt1h ldnt1sb ldnt1sh ldnt1sw ldnt1w lslr lsrr mad match movprfx movs',
        'msb nand nands nbsl nmatch nor nors nots orns orrs orv pfalse pfirst pmullb pmullt pnext prfb prfd prfh prfw',
        'ptest ptrue ptrues punpkhi punpklo raddhnb raddhnt rdffr rdffrs rdvl revb revh revw rshrnb rshrnt rsubhnb',
        'rsubhnt sabalb sabalt sabdlb sabdlt saddlb saddlbt saddlt saddv saddwb saddwt sbclb sbclt sdivr sel setffr',
        'shrnb shrnt shsubr smlalb smlalt smlslb smlslt smullb smullt splice sqcadd sqdecb sqdecd sqdech sqdecp sqdecw',
        'sqdmlalb sqdmlalbt sqdmlalt sqdmlslb sqdmlslbt sqdmlslt sqdmullb sqdmullt sqincb sqincd sqinch sqincp sqincw',
        'sqrdcmlah sqrshlr sqrshrnb sqrshrnt sqrshrunb sqrshrunt sqshlr sqshrnb sqshrnt sqshrunb sqshrunt sqsubr sqxtnb',
        'sqxtnt sqxtunb sqxtunt srshlr sshllb sshllt ssublb ssublbt ssublt ssubltb ssubwb ssubwt st1b st1d st1h st1w',
        'st2b st2d st2h st2w st3b st3d st3h st3w st4b st4d st4h st4w stnt1b stnt1d stnt1h stnt1w subhnb subhnt subr',
        'sunpkhi sunpklo uabalb uabalt uabdlb uabdlt uaddlb uaddlt uaddv uaddwb uaddwt udivr uhsubr umlalb umlalt',
        'umlslb umlslt umullb umullt uqdecb uqdecd uqdech uqdecp uqdecw uqincb uqincd uqinch uqincp uqincw uqrshlr',
        'uqrshrnb uqrshrnt uqshlr uqshrnb uqshrnt uqsubr uqxtnb uqxtnt urshlr ushllb ushllt usublb usublt usubwb usubwt',
        'uunpkhi uunpklo whilege whilegt whilehi whilehs whilele whilelo whilels whilelt whilerw whilewr wrffr',
      ].join(' '),
      'xxx0010xxxxxxxxxxxxxxxxxxxxxxxxx',
    ],
  ],
  sme: [
    [
      [
        'addha addspl addsvl addva bfmopa bfmops fmopa fmops ld1q mova psel rdsvl revd sclamp smopa smops smstart',
        'smstop st1q sumopa sumops uclamp umopa umops usmopa usmops zero',
      ].join(' '),
      '1xx0000xxxxxxxxxxxxxxxxxxxxxxxxx 11010101000000110100001x01111111 1101010100000011010001xx01111111',
    ],
  ],
};
