/** Loads and Stores of SIMD&FP registers (Arm ARM C4.1.88; instructions in C7.2). */
import type { Alias, Condition, Row, Syntax } from './row.ts';

/** Scalar classes by size and opc<1>: Q has size 00 and opc<1> set. */
const classes = [
  { letter: 'B', size: '00', high: '0' },
  { letter: 'H', size: '01', high: '0' },
  { letter: 'S', size: '10', high: '0' },
  { letter: 'D', size: '11', high: '0' },
  { letter: 'Q', size: '00', high: '1' },
] as const;

const reservedSize: Condition = ({ opc, size }) => (opc & 2) !== 0 && size !== 0;

function timingOf(load: boolean): Row['timing'] {
  return load ? 'vector-load' : 'vector-store';
}

/** One syntax for each class of register. */
function scalarSyntaxes(mnemonic: string, L: string, address: string): Syntax[] {
  return classes.map(({ letter, size, high }) => ({
    syntax: `${mnemonic} <${letter}t>, ${address}`,
    where: `size=${size} opc=${high}${L}`,
  }));
}

function singleRows(L: '0' | '1'): Row[] {
  const stem = L === '1' ? 'LDR' : 'STR';
  const unscaled = L === '1' ? 'LDUR' : 'STUR';
  const common = {
    feature: 'fp',
    writes: L === '1' ? 'Rt' : '',
    undefinedWhen: reservedSize,
    timing: timingOf(L === '1'),
  } as const;
  const start = `size:2 111 V=1`;
  const plain: Alias[] = scalarSyntaxes(stem, L, '[<Xn|SP>{, #<simm>}]').map((syntax) => ({
    name: `${stem} (immediate, SIMD&FP, unscaled offset)`,
    unprinted: true,
    ...syntax,
  }));
  return [
    {
      name: `${stem} (immediate, SIMD&FP)`,
      variant: 'Post-index',
      bits: `${start} 00 opc=x${L} 0 imm9:9 01 Rn:5 Rt:5`,
      syntax: scalarSyntaxes(stem, L, '[<Xn|SP>], #<simm>'),
      ...common,
    },
    {
      name: `${stem} (immediate, SIMD&FP)`,
      variant: 'Pre-index',
      bits: `${start} 00 opc=x${L} 0 imm9:9 11 Rn:5 Rt:5`,
      syntax: scalarSyntaxes(stem, L, '[<Xn|SP>, #<simm>]!'),
      ...common,
    },
    {
      name: `${stem} (immediate, SIMD&FP)`,
      variant: 'Unsigned offset',
      bits: `${start} 01 opc=x${L} imm12:12 Rn:5 Rt:5`,
      syntax: scalarSyntaxes(stem, L, '[<Xn|SP>{, #<pimm>}]'),
      ...common,
    },
    {
      name: `${unscaled} (SIMD&FP)`,
      bits: `${start} 00 opc=x${L} 0 imm9:9 00 Rn:5 Rt:5`,
      syntax: scalarSyntaxes(unscaled, L, '[<Xn|SP>{, #<simm>}]'),
      aliases: plain,
      ...common,
    },
    {
      name: `${stem} (register, SIMD&FP)`,
      bits: `${start} 00 opc=x${L} 1 Rm:5 option:3 S 10 Rn:5 Rt:5`,
      syntax: scalarSyntaxes(stem, L, '[<Xn|SP>, (<Wm>|<Xm>){, <extend> {<amount>}}]'),
      ...common,
      undefinedWhen: (fields) => reservedSize(fields) || (fields.option & 2) === 0,
    },
  ];
}

/** Pairs: opc 00, 01, 10 for S, D, Q. */
const pairClasses = [
  ['S', '00'],
  ['D', '01'],
  ['Q', '10'],
] as const;

const samePair: Row['unpredictable'] = ({ Rt, Rt2 }) =>
  Rt === Rt2 ? 'unpredictable: both registers loaded are the same' : undefined;

function pairRow(mnemonic: string, L: '0' | '1', mode: string, address: string, variant?: string): Row {
  return {
    name: `${mnemonic} (SIMD&FP)`,
    variant,
    bits: `opc:2 101 V=1 ${mode} L=${L} imm7:7 Rt2:5 Rn:5 Rt:5`,
    syntax: pairClasses.map(([letter, opc]) => ({
      syntax: `${mnemonic} <${letter}t>, <${letter}t2>, ${address}`,
      where: `opc=${opc}`,
    })),
    undefinedWhen: ({ opc }) => opc === 3,
    writes: L === '1' ? 'Rt Rt2' : '',
    unpredictable: L === '1' ? samePair : undefined,
    feature: 'fp',
    timing: L === '1' ? 'vector-load-pair' : 'vector-store-pair',
  };
}

function pairRows(L: '0' | '1'): Row[] {
  const stem = L === '1' ? 'LD' : 'ST';
  return [
    pairRow(`${stem}NP`, L, '000', '[<Xn|SP>{, #<imm>}]'),
    pairRow(`${stem}P`, L, '001', '[<Xn|SP>], #<imm>', 'Post-index'),
    pairRow(`${stem}P`, L, '011', '[<Xn|SP>, #<imm>]!', 'Pre-index'),
    pairRow(`${stem}P`, L, '010', '[<Xn|SP>{, #<imm>}]', 'Signed offset'),
  ];
}

/** The two ways of adding to the address afterwards: by the size of the transfer (Rm = 31), or by a register. */
function postIndexed(mnemonic: string, list: string, size: string, where: string): Syntax[] {
  const and = where === '' ? '' : ` ${where}`;
  return [
    { syntax: `${mnemonic} ${list}, [<Xn|SP>] post, #<${size}>`, where: `Rm=11111${and}` },
    { syntax: `${mnemonic} ${list}, [<Xn|SP>] post, <Xm> increment`, where: where === '' ? undefined : where },
  ];
}

/** LD1 to LD4 and ST1 to ST4 (multiple structures): the opcode tells how many registers. */
interface Multiple {
  readonly structures: number;
  readonly opcode: string;
  readonly lists: readonly (readonly [registers: number, opcode: string])[];
}

const multiples: readonly Multiple[] = [
  {
    structures: 1,
    opcode: 'xx1x',
    lists: [
      [1, '0111'],
      [2, '1010'],
      [3, '0110'],
      [4, '0010'],
    ],
  },
  { structures: 2, opcode: '1000', lists: [[2, '1000']] },
  { structures: 3, opcode: '0100', lists: [[3, '0100']] },
  { structures: 4, opcode: '0000', lists: [[4, '0000']] },
];

function multipleRows({ structures, opcode, lists }: Multiple, L: '0' | '1'): Row[] {
  const mnemonic = `${L === '1' ? 'LD' : 'ST'}${structures}`;
  const interleaved = structures > 1 ? ' interleaved' : '';
  const codes = lists.map(([, code]) => Number.parseInt(code, 2));
  const common = {
    name: `${mnemonic} (multiple structures)`,
    writes: L === '1' ? 'Rt' : '',
    feature: 'simd',
    // A doubleword for each register leaves nothing to interleave.
    undefinedWhen: ({ Q, size, opcode: code }) => !codes.includes(code) || (structures > 1 && size === 3 && Q === 0),
    timing: L === '1' ? 'vector-load-structure' : 'vector-store-structure',
  } satisfies Partial<Row>;
  return [
    {
      ...common,
      variant: 'No offset',
      bits: `0 Q 0011000 L=${L} 000000 opcode=${opcode} size:2 Rn:5 Rt:5`,
      syntax: lists.map(([count, code]) => ({
        syntax: `${mnemonic} {<Vt>.<T> x${count}}${interleaved}, [<Xn|SP>] plain`,
        where: `opcode=${code}`,
      })),
    },
    {
      ...common,
      variant: 'Post-index',
      bits: `0 Q 0011001 L=${L} 0 Rm:5 opcode=${opcode} size:2 Rn:5 Rt:5`,
      syntax: lists.flatMap(([count, code]) =>
        postIndexed(mnemonic, `{<Vt>.<T> x${count}}${interleaved}`, `${count} vectors`, `opcode=${code}`),
      ),
    },
  ];
}

/** Lanes: opcode<2:1>, the fixed bits of size and S, by element size. */
const lanes = [
  { letter: 'B', high: '00', where: '' },
  { letter: 'H', high: '01', where: ' size=x0' },
  { letter: 'S', high: '10', where: ' size=00' },
  { letter: 'D', high: '10', where: ' S=0 size=01' },
] as const;

/** R and opcode<0> tell how many registers a single structure has. */
function structureBits(count: number): { R: string; low: string } {
  return { R: String((count - 1) & 1), low: String((count - 1) >> 1) };
}

function singleRowsOf(count: number, L: '0' | '1'): Row[] {
  const mnemonic = `${L === '1' ? 'LD' : 'ST'}${count}`;
  const { R, low } = structureBits(count);
  const common = {
    name: `${mnemonic} (single structure)`,
    writes: L === '1' ? 'Rt' : '',
    feature: 'simd',
    undefinedWhen: ({ opcode, size, S }) => isReservedLane(opcode >> 1, size, S),
    timing: L === '1' ? 'vector-load-structure' : 'vector-store-structure',
  } satisfies Partial<Row>;
  return [
    {
      ...common,
      variant: 'No offset',
      bits: `0 Q 0011010 L=${L} R=${R} 00000 opcode=xx${low} S size:2 Rn:5 Rt:5`,
      syntax: lanes.map(({ letter, high, where }) => ({
        syntax: `${mnemonic} {<Vt>.${letter} x${count}}[<index>], [<Xn|SP>] plain`,
        where: `opcode=${high}${low}${where}`,
      })),
    },
    {
      ...common,
      variant: 'Post-index',
      bits: `0 Q 0011011 L=${L} R=${R} Rm:5 opcode=xx${low} S size:2 Rn:5 Rt:5`,
      syntax: lanes.flatMap(({ letter, high, where }) =>
        postIndexed(
          mnemonic,
          `{<Vt>.${letter} x${count}}[<index>]`,
          `${count} ${letter}`,
          `opcode=${high}${low}${where}`,
        ),
      ),
    },
  ];
}

function isReservedLane(scale: number, size: number, S: number): boolean {
  if (scale === 3) return true;
  if (scale === 1) return (size & 1) === 1;
  if (scale === 2) return size > 1 || (size === 1 && S === 1);
  return false;
}

function replicateRows(count: number): Row[] {
  const mnemonic = `LD${count}R`;
  const { R, low } = structureBits(count);
  const common = {
    name: mnemonic,
    writes: 'Rt',
    feature: 'simd',
    timing: 'vector-load-structure',
  } satisfies Partial<Row>;
  return [
    {
      ...common,
      variant: 'No offset',
      bits: `0 Q 0011010 L=1 R=${R} 00000 opcode=11${low} S=0 size:2 Rn:5 Rt:5`,
      syntax: `${mnemonic} {<Vt>.<T> x${count}}, [<Xn|SP>] plain`,
    },
    {
      ...common,
      variant: 'Post-index',
      bits: `0 Q 0011011 L=1 R=${R} Rm:5 opcode=11${low} S=0 size:2 Rn:5 Rt:5`,
      syntax: postIndexed(mnemonic, `{<Vt>.<T> x${count}}`, `${count} elements`, ''),
    },
  ];
}

const counts = [1, 2, 3, 4] as const;

export const simdLoadsStores: readonly Row[] = [
  ...multiples.flatMap((multiple) => multipleRows(multiple, '0')),
  ...multiples.flatMap((multiple) => multipleRows(multiple, '1')),
  ...counts.flatMap((count) => singleRowsOf(count, '0')),
  ...counts.flatMap((count) => singleRowsOf(count, '1')),
  ...counts.flatMap(replicateRows),
  {
    name: 'LDR (literal, SIMD&FP)',
    bits: 'opc:2 011 V=1 00 imm19:19 Rt:5',
    syntax: pairClasses.map(([letter, opc]) => ({ syntax: `LDR <${letter}t>, <label>`, where: `opc=${opc}` })),
    undefinedWhen: ({ opc }) => opc === 3,
    writes: 'Rt',
    feature: 'fp',
    timing: 'vector-load',
  },
  ...pairRows('0'),
  ...pairRows('1'),
  ...singleRows('0'),
  ...singleRows('1'),
];
