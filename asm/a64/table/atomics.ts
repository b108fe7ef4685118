/** Atomic memory operations (Arm ARM C4.1.88.11, "Compare and swap", "Atomic memory operations"; FEAT_LSE, FEAT_LRCPC). */
import type { Alias, Row, Syntax } from './row.ts';

const sizes = [
  { suffix: 'B', size: '00', register: 'W', wide: undefined },
  { suffix: 'H', size: '01', register: 'W', wide: undefined },
  { suffix: '', size: '1x', register: 'R', wide: 'size=11' },
] as const;

/** The orderings of an atomic: letters after the stem, and the values of its acquire and release bits. */
const orderings = [
  ['', '0', '0'],
  ['L', '0', '1'],
  ['A', '1', '0'],
  ['AL', '1', '1'],
] as const;

/** One syntax for each ordering, the manual's title naming them all. */
function syntaxes(stem: string, suffix: string, acquire: string, release: string, operands: string): Syntax[] {
  return orderings.map(([letters, a, r]) => ({
    syntax: `${stem}${letters}${suffix} ${operands}`,
    where: `${acquire}=${a} ${release}=${r}`,
  }));
}

function titleOf(stem: string, suffix: string): string {
  return ['', 'A', 'AL', 'L'].map((letters) => stem + letters + suffix).join(', ');
}

function compareAndSwap(): Row[] {
  return sizes.map(({ suffix, size, register, wide }) => ({
    name: titleOf('CAS', suffix),
    bits: `size=${size} 001000 1 L 1 Rs:5 o0 Rt2=11111 Rn:5 Rt:5`,
    syntax: syntaxes('CAS', suffix, 'L', 'o0', `<${register}s>, <${register}t>, [<Xn|SP>{, #0}]`),
    wide,
    writes: 'Rs',
    reads: 'Rs Rt Rn',
    feature: 'lse',
    timing: 'atomic',
  }));
}

const compareAndSwapPair: Row = {
  name: 'CASP, CASPA, CASPAL, CASPL',
  bits: '0 sz 001000 0 L 1 Rs:5 o0 Rt2=11111 Rn:5 Rt:5',
  syntax: syntaxes('CASP', '', 'L', 'o0', '<Rs>, <R(s+1)>, <Rt>, <R(t+1)>, [<Xn|SP>{, #0}]'),
  wide: 'sz=1',
  writes: 'Rs',
  reads: 'Rs Rt Rn',
  undefinedWhen: ({ Rs, Rt }) => (Rs & 1) === 1 || (Rt & 1) === 1,
  feature: 'lse',
  timing: 'atomic',
};

/** STADD for LDADD: the old value is not wanted and the load has no acquire ordering. */
function storeAliases(operation: string, suffix: string, register: string): Alias[] {
  return (
    [
      ['', '0'],
      ['L', '1'],
    ] as const
  ).map(([letters, R]) => ({
    name: `ST${operation}${suffix}, ST${operation}L${suffix}`,
    syntax: `ST${operation}${letters}${suffix} <${register}s>, [<Xn|SP>]`,
    where: `A=0 R=${R} Rt=11111`,
  }));
}

function loadOperation(operation: string, opc: string): Row[] {
  return sizes.map(({ suffix, size, register, wide }) => ({
    name: titleOf(`LD${operation}`, suffix),
    bits: `size=${size} 111 V=0 00 A R 1 Rs:5 o3=0 opc=${opc} 00 Rn:5 Rt:5`,
    syntax: syntaxes(`LD${operation}`, suffix, 'A', 'R', `<${register}s>, <${register}t>, [<Xn|SP>]`),
    aliases: storeAliases(operation, suffix, register),
    wide,
    writes: 'Rt',
    feature: 'lse',
    timing: 'atomic',
  }));
}

function swap(): Row[] {
  return sizes.map(({ suffix, size, register, wide }) => ({
    name: titleOf('SWP', suffix),
    bits: `size=${size} 111 V=0 00 A R 1 Rs:5 o3=1 opc=000 00 Rn:5 Rt:5`,
    syntax: syntaxes('SWP', suffix, 'A', 'R', `<${register}s>, <${register}t>, [<Xn|SP>]`),
    wide,
    writes: 'Rt',
    feature: 'lse',
    timing: 'atomic',
  }));
}

function loadAcquireRcpc(): Row[] {
  return sizes.map(({ suffix, size, register, wide }) => ({
    name: `LDAPR${suffix}`,
    bits: `size=${size} 111 V=0 00 A=1 R=0 1 Rs=11111 o3=1 opc=100 00 Rn:5 Rt:5`,
    syntax: `LDAPR${suffix} <${register}t>, [<Xn|SP>{, #0}]`,
    wide,
    writes: 'Rt',
    feature: 'rcpc',
    timing: 'load-acquire',
  }));
}

export const atomics: readonly Row[] = [
  ...compareAndSwap(),
  compareAndSwapPair,
  ...loadOperation('ADD', '000'),
  ...loadOperation('CLR', '001'),
  ...loadOperation('EOR', '010'),
  ...loadOperation('SET', '011'),
  ...loadOperation('SMAX', '100'),
  ...loadOperation('SMIN', '101'),
  ...loadOperation('UMAX', '110'),
  ...loadOperation('UMIN', '111'),
  ...swap(),
  ...loadAcquireRcpc(),
];
