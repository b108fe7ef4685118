/** Loads and Stores of general-purpose registers (Arm ARM C4.1.88; instructions in C6.2). */
import { pairFault, sameAsBase } from './faults.ts';
import type { Alias, Row, Syntax } from './row.ts';

type Timing = Row['timing'];

/** The sizes of plain loads and stores: mnemonic suffix and size field. */
const narrow = [
  ['B', '00'],
  ['H', '01'],
] as const;

/** `LDR`, `LDRB`, `LDRSB`, ...: mnemonic, size, opc, and for what has two widths the field value of the wide one. */
interface Access {
  readonly stem: string;
  readonly suffix: string;
  readonly size: string;
  readonly opc: string;
  readonly register: string;
  readonly wide?: string;
  readonly load: boolean;
}

const accesses: readonly Access[] = [
  ...narrow.flatMap(([suffix, size]): Access[] => [
    { stem: 'STR', suffix, size, opc: '00', register: '<Wt>', load: false },
    { stem: 'LDR', suffix, size, opc: '01', register: '<Wt>', load: true },
    { stem: 'LDR', suffix: `S${suffix}`, size, opc: '1x', register: '<Rt>', wide: 'opc=10', load: true },
  ]),
  { stem: 'STR', suffix: '', size: '1x', opc: '00', register: '<Rt>', wide: 'size=11', load: false },
  { stem: 'LDR', suffix: '', size: '1x', opc: '01', register: '<Rt>', wide: 'size=11', load: true },
  { stem: 'LDR', suffix: 'SW', size: '10', opc: '10', register: '<Xt>', load: true },
];

function timingOf(access: Access): Timing {
  if (!access.load) return 'store';
  return access.suffix === '' ? 'load' : 'load-narrow';
}

function common(access: Access): Pick<Row, 'wide' | 'writes' | 'timing'> {
  return { wide: access.wide, writes: access.load ? 'Rt' : '', timing: timingOf(access) };
}

/** LDUR for LDR: the same letters around another stem. */
function renamed(access: Access, middle: string): string {
  return access.stem.slice(0, 2) + middle + access.suffix;
}

function unscaledRow(access: Access): Row {
  const name = renamed(access, 'UR');
  // An offset that the scaled form cannot hold is written with the scaled form's mnemonic too.
  const plain: Alias = {
    name: `${access.stem}${access.suffix} (unscaled offset)`,
    syntax: `${access.stem}${access.suffix} ${access.register}, [<Xn|SP>{, #<simm>}]`,
    unprinted: true,
  };
  return {
    name,
    bits: `size=${access.size} 111 V=0 00 opc=${access.opc} 0 imm9:9 00 Rn:5 Rt:5`,
    syntax: `${name} ${access.register}, [<Xn|SP>{, #<simm>}]`,
    aliases: [plain],
    ...common(access),
  };
}

function indexedRows(access: Access): Row[] {
  const mnemonic = access.stem + access.suffix;
  const name = `${mnemonic} (immediate)`;
  const start = `size=${access.size} 111 V=0`;
  const written = { ...common(access), unpredictable: sameAsBase };
  return [
    {
      name,
      variant: 'Post-index',
      bits: `${start} 00 opc=${access.opc} 0 imm9:9 01 Rn:5 Rt:5`,
      syntax: `${mnemonic} ${access.register}, [<Xn|SP>], #<simm>`,
      ...written,
    },
    {
      name,
      variant: 'Pre-index',
      bits: `${start} 00 opc=${access.opc} 0 imm9:9 11 Rn:5 Rt:5`,
      syntax: `${mnemonic} ${access.register}, [<Xn|SP>, #<simm>]!`,
      ...written,
    },
    {
      name,
      variant: 'Unsigned offset',
      bits: `${start} 01 opc=${access.opc} imm12:12 Rn:5 Rt:5`,
      syntax: `${mnemonic} ${access.register}, [<Xn|SP>{, #<pimm>}]`,
      ...common(access),
    },
  ];
}

function unprivilegedRow(access: Access): Row {
  const name = renamed(access, 'TR');
  return {
    name,
    bits: `size=${access.size} 111 V=0 00 opc=${access.opc} 0 imm9:9 10 Rn:5 Rt:5`,
    syntax: `${name} ${access.register}, [<Xn|SP>{, #<simm>}]`,
    ...common(access),
  };
}

function registerRow(access: Access): Row {
  const mnemonic = access.stem + access.suffix;
  return {
    name: `${mnemonic} (register)`,
    bits: `size=${access.size} 111 V=0 00 opc=${access.opc} 1 Rm:5 option:3 S 10 Rn:5 Rt:5`,
    syntax: `${mnemonic} ${access.register}, [<Xn|SP>, (<Wm>|<Xm>){, <extend> {<amount>}}]`,
    // option<1> = 0 would be an extension of a byte or halfword.
    undefinedWhen: ({ option }) => (option & 2) === 0,
    ...common(access),
  };
}

const prefetch: readonly Row[] = [
  {
    name: 'PRFM (immediate)',
    bits: 'size=11 111 V=0 01 opc=10 imm12:12 Rn:5 Rt:5',
    syntax: 'PRFM (<prfop>|#<imm5>), [<Xn|SP>{, #<pimm>}]',
    timing: 'prefetch',
  },
  {
    name: 'PRFM (literal)',
    bits: 'opc=11 011 V=0 00 imm19:19 Rt:5',
    syntax: 'PRFM (<prfop>|#<imm5>), <label>',
    timing: 'prefetch',
  },
  {
    name: 'PRFM (register)',
    bits: 'size=11 111 V=0 00 opc=10 1 Rm:5 option:3 S 10 Rn:5 Rt:5',
    syntax: 'PRFM (<prfop>|#<imm5>), [<Xn|SP>, (<Wm>|<Xm>){, <extend> {<amount>}}]',
    undefinedWhen: ({ option }) => (option & 2) === 0,
    timing: 'prefetch',
  },
  {
    name: 'PRFUM',
    bits: 'size=11 111 V=0 00 opc=10 0 imm9:9 00 Rn:5 Rt:5',
    syntax: 'PRFUM (<prfop>|#<imm5>), [<Xn|SP>{, #<simm>}]',
    aliases: [
      {
        name: 'PRFM (unscaled offset)',
        syntax: 'PRFM (<prfop>|#<imm5>), [<Xn|SP>{, #<simm>}]',
        unprinted: true,
      },
    ],
    timing: 'prefetch',
  },
];

const literals: readonly Row[] = [
  {
    name: 'LDR (literal)',
    bits: 'opc=0x 011 V=0 00 imm19:19 Rt:5',
    syntax: 'LDR <Rt>, <label>',
    wide: 'opc=01',
    writes: 'Rt',
    timing: 'load-literal',
  },
  {
    name: 'LDRSW (literal)',
    bits: 'opc=10 011 V=0 00 imm19:19 Rt:5',
    syntax: 'LDRSW <Xt>, <label>',
    writes: 'Rt',
    timing: 'load-literal',
  },
];

interface Pair {
  readonly mnemonic: string;
  readonly opc: string;
  readonly L: string;
  readonly register: 'R' | 'X';
  readonly timing: Timing;
}

const pairs: readonly Pair[] = [
  { mnemonic: 'STP', opc: 'x0', L: '0', register: 'R', timing: 'store-pair' },
  { mnemonic: 'LDP', opc: 'x0', L: '1', register: 'R', timing: 'load-pair' },
  { mnemonic: 'LDPSW', opc: '01', L: '1', register: 'X', timing: 'load-pair' },
];

function pairRows({ mnemonic, opc, L, register, timing }: Pair): Row[] {
  const row = (variant: string, mode: string, address: string): Row => ({
    name: mnemonic,
    variant,
    bits: `opc=${opc} 101 V=0 ${mode} L=${L} imm7:7 Rt2:5 Rn:5 Rt:5`,
    syntax: `${mnemonic} <${register}t>, <${register}t2>, ${address}`,
    wide: register === 'R' ? 'opc=10' : undefined,
    writes: L === '1' ? 'Rt Rt2' : '',
    unpredictable: pairFault(L === '1', variant !== 'Signed offset'),
    timing,
  });
  return [
    row('Post-index', '001', '[<Xn|SP>], #<imm>'),
    row('Pre-index', '011', '[<Xn|SP>, #<imm>]!'),
    row('Signed offset', '010', '[<Xn|SP>{, #<imm>}]'),
  ];
}

function noAllocateRow(mnemonic: string, L: string): Row {
  return {
    name: mnemonic,
    bits: `opc=x0 101 V=0 000 L=${L} imm7:7 Rt2:5 Rn:5 Rt:5`,
    syntax: `${mnemonic} <Rt>, <Rt2>, [<Xn|SP>{, #<imm>}]`,
    wide: 'opc=10',
    writes: L === '1' ? 'Rt Rt2' : '',
    unpredictable: pairFault(L === '1', false),
    timing: L === '1' ? 'load-pair' : 'store-pair',
  };
}

function authenticatedLoads(): Row[] {
  const row = (variant: string, W: string, suffix: '' | '!'): Row => ({
    name: 'LDRAA, LDRAB',
    variant,
    bits: `11 111 V=0 00 M S 1 imm9:9 W=${W} 1 Rn:5 Rt:5`,
    syntax: (['LDRAA', 'LDRAB'] as const).map(
      (mnemonic, M): Syntax => ({
        syntax: `${mnemonic} <Xt>, [<Xn|SP>{, #<simm> authenticated}]${suffix}`,
        where: `M=${M}`,
      }),
    ),
    writes: 'Rt',
    unpredictable: W === '1' ? sameAsBase : undefined,
    feature: 'pauth',
    timing: 'load',
  });
  return [row('Offset', '0', ''), row('Pre-index', '1', '!')];
}

export const loadsStores: readonly Row[] = [
  ...literals,
  noAllocateRow('STNP', '0'),
  noAllocateRow('LDNP', '1'),
  ...pairs.flatMap(pairRows),
  ...accesses.flatMap(indexedRows),
  ...accesses.map(unscaledRow),
  ...accesses.map(unprivilegedRow),
  ...accesses.map(registerRow),
  ...prefetch,
  ...authenticatedLoads(),
];
