/** Load/store exclusive, ordered, and with unscaled offset and ordering (Arm ARM C4.1.88, C6.2; FEAT_LOR, FEAT_LRCPC2). */
import { pairFault } from './faults.ts';
import type { Fields, Row } from './row.ts';

/** The sizes of exclusive and ordered accesses. */
const ordered = [
  { suffix: 'B', size: '00', register: '<Wt>', wide: undefined },
  { suffix: 'H', size: '01', register: '<Wt>', wide: undefined },
  { suffix: '', size: '1x', register: '<Rt>', wide: 'size=11' },
] as const;

/** The status register of a store-exclusive is also one it stores, or the base. */
function statusFault({ Rs, Rt, Rn }: Fields): string | undefined {
  if (Rs === Rt) return 'unpredictable: the status register is also stored';
  return Rs === Rn && Rn !== 31 ? 'unpredictable: the status register is also the base' : undefined;
}

function statusPairFault(fields: Fields): string | undefined {
  return fields.Rs === fields.Rt2 ? 'unpredictable: the status register is also stored' : statusFault(fields);
}

function exclusiveRows(): Row[] {
  return ordered.flatMap(({ suffix, size, register, wide }): Row[] => [
    ...(['STXR', 'STLXR'] as const).map(
      (stem, o0): Row => ({
        name: stem + suffix,
        bits: `size=${size} 001000 0 L=0 0 Rs:5 o0=${o0} Rt2=(11111) Rn:5 Rt:5`,
        syntax: `${stem}${suffix} <Ws>, ${register}, [<Xn|SP>{, #0}]`,
        wide,
        writes: 'Rs',
        unpredictable: statusFault,
        timing: 'store-exclusive',
      }),
    ),
    ...(['LDXR', 'LDAXR'] as const).map(
      (stem, o0): Row => ({
        name: stem + suffix,
        bits: `size=${size} 001000 0 L=1 0 Rs=(11111) o0=${o0} Rt2=(11111) Rn:5 Rt:5`,
        syntax: `${stem}${suffix} ${register}, [<Xn|SP>{, #0}]`,
        wide,
        writes: 'Rt',
        timing: 'load-exclusive',
      }),
    ),
  ]);
}

function exclusivePairRows(): Row[] {
  return [
    ...(['STXP', 'STLXP'] as const).map(
      (name, o0): Row => ({
        name,
        bits: `1 sz 001000 0 L=0 1 Rs:5 o0=${o0} Rt2:5 Rn:5 Rt:5`,
        syntax: `${name} <Ws>, <Rt>, <Rt2>, [<Xn|SP>{, #0}]`,
        wide: 'sz=1',
        writes: 'Rs',
        unpredictable: statusPairFault,
        timing: 'store-exclusive',
      }),
    ),
    ...(['LDXP', 'LDAXP'] as const).map(
      (name, o0): Row => ({
        name,
        bits: `1 sz 001000 0 L=1 1 Rs=(11111) o0=${o0} Rt2:5 Rn:5 Rt:5`,
        syntax: `${name} <Rt>, <Rt2>, [<Xn|SP>{, #0}]`,
        wide: 'sz=1',
        writes: 'Rt Rt2',
        unpredictable: pairFault(true, false),
        timing: 'load-exclusive',
      }),
    ),
  ];
}

function orderedRows(): Row[] {
  return ordered.flatMap(({ suffix, size, register, wide }): Row[] => {
    const row = (stem: string, L: string, o0: string): Row => ({
      name: stem + suffix,
      bits: `size=${size} 001000 1 L=${L} 0 Rs=(11111) o0=${o0} Rt2=(11111) Rn:5 Rt:5`,
      syntax: `${stem}${suffix} ${register}, [<Xn|SP>{, #0}]`,
      wide,
      writes: L === '1' ? 'Rt' : '',
      feature: o0 === '0' ? 'lor' : undefined,
      timing: L === '1' ? 'load-acquire' : 'store-release',
    });
    return [row('STLLR', '0', '0'), row('STLR', '0', '1'), row('LDLAR', '1', '0'), row('LDAR', '1', '1')];
  });
}

/** LDAPUR and STLUR: mnemonic, size, opc. */
function releaseConsistentRows(): Row[] {
  const row = (name: string, size: string, opc: string, register: string, wide?: string): Row => ({
    name,
    bits: `size=${size} 011001 opc=${opc} 0 imm9:9 00 Rn:5 Rt:5`,
    syntax: `${name} ${register}, [<Xn|SP>{, #<simm>}]`,
    wide,
    writes: name.startsWith('LD') ? 'Rt' : '',
    feature: 'v8.4',
    timing: name.startsWith('LD') ? 'load-acquire' : 'store-release',
  });
  return [
    row('STLURB', '00', '00', '<Wt>'),
    row('LDAPURB', '00', '01', '<Wt>'),
    row('LDAPURSB', '00', '1x', '<Rt>', 'opc=10'),
    row('STLURH', '01', '00', '<Wt>'),
    row('LDAPURH', '01', '01', '<Wt>'),
    row('LDAPURSH', '01', '1x', '<Rt>', 'opc=10'),
    row('STLUR', '1x', '00', '<Rt>', 'size=11'),
    row('LDAPUR', '1x', '01', '<Rt>', 'size=11'),
    row('LDAPURSW', '10', '10', '<Xt>'),
  ];
}

export const exclusiveOrdered: readonly Row[] = [
  ...exclusiveRows(),
  ...exclusivePairRows(),
  ...orderedRows(),
  ...releaseConsistentRows(),
];
