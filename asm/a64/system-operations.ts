/**
 * The named operations of SYS (AT, DC, IC, TLBI; Arm ARM C5.4, C5.5) and the fields of MSR (immediate) (C6.2 "MSR
 * (immediate)"). The features are those under which GNU as 2.40 knows a name.
 */
import type { Feature } from './features.ts';

export interface SystemOperation {
  /** Lower case. */
  readonly name: string;
  readonly op1: number;
  readonly crn: number;
  readonly crm: number;
  readonly op2: number;
  /** Whether the instruction names a register <Xt>. */
  readonly register: boolean;
  readonly feature?: Feature;
}

type Row = readonly [
  name: string,
  op1: number,
  crn: number,
  crm: number,
  op2: number,
  register: boolean,
  feature?: Feature,
];

function operations(rows: readonly Row[]): readonly SystemOperation[] {
  return rows.map(([name, op1, crn, crm, op2, register, feature]) => ({ name, op1, crn, crm, op2, register, feature }));
}

/** AT */
export const atOperations: readonly SystemOperation[] = operations([
  ['s1e1r', 0, 7, 8, 0, true],
  ['s1e1w', 0, 7, 8, 1, true],
  ['s1e0r', 0, 7, 8, 2, true],
  ['s1e0w', 0, 7, 8, 3, true],
  ['s1e1rp', 0, 7, 9, 0, true, 'v8.2'],
  ['s1e1wp', 0, 7, 9, 1, true, 'v8.2'],
  ['s1e2r', 4, 7, 8, 0, true],
  ['s1e2w', 4, 7, 8, 1, true],
  ['s12e1r', 4, 7, 8, 4, true],
  ['s12e1w', 4, 7, 8, 5, true],
  ['s12e0r', 4, 7, 8, 6, true],
  ['s12e0w', 4, 7, 8, 7, true],
  ['s1e3r', 6, 7, 8, 0, true],
  ['s1e3w', 6, 7, 8, 1, true],
]);

/** DC */
export const dcOperations: readonly SystemOperation[] = operations([
  ['ivac', 0, 7, 6, 1, true],
  ['isw', 0, 7, 6, 2, true],
  ['igvac', 0, 7, 6, 3, true, 'memtag'],
  ['igsw', 0, 7, 6, 4, true, 'memtag'],
  ['igdvac', 0, 7, 6, 5, true, 'memtag'],
  ['igdsw', 0, 7, 6, 6, true, 'memtag'],
  ['csw', 0, 7, 10, 2, true],
  ['cgsw', 0, 7, 10, 4, true, 'memtag'],
  ['cgdsw', 0, 7, 10, 6, true, 'memtag'],
  ['cisw', 0, 7, 14, 2, true],
  ['cigsw', 0, 7, 14, 4, true, 'memtag'],
  ['cigdsw', 0, 7, 14, 6, true, 'memtag'],
  ['zva', 3, 7, 4, 1, true],
  ['gva', 3, 7, 4, 3, true, 'memtag'],
  ['gzva', 3, 7, 4, 4, true, 'memtag'],
  ['cvac', 3, 7, 10, 1, true],
  ['cgvac', 3, 7, 10, 3, true, 'memtag'],
  ['cgdvac', 3, 7, 10, 5, true, 'memtag'],
  ['cvau', 3, 7, 11, 1, true],
  ['cvap', 3, 7, 12, 1, true, 'v8.2'],
  ['cgvap', 3, 7, 12, 3, true, 'memtag'],
  ['cgdvap', 3, 7, 12, 5, true, 'memtag'],
  ['cvadp', 3, 7, 13, 1, true, 'v8.5'],
  ['cgvadp', 3, 7, 13, 3, true, 'memtag'],
  ['cgdvadp', 3, 7, 13, 5, true, 'memtag'],
  ['civac', 3, 7, 14, 1, true],
  ['cigvac', 3, 7, 14, 3, true, 'memtag'],
  ['cigdvac', 3, 7, 14, 5, true, 'memtag'],
  ['cipapa', 6, 7, 14, 1, true],
  ['cigdpapa', 6, 7, 14, 5, true],
]);

/** IC */
export const icOperations: readonly SystemOperation[] = operations([
  ['ialluis', 0, 7, 1, 0, false],
  ['iallu', 0, 7, 5, 0, false],
  ['ivau', 3, 7, 5, 1, true],
]);

/** TLBI */
export const tlbiOperations: readonly SystemOperation[] = operations([
  ['vmalle1os', 0, 8, 1, 0, false, 'v8.4'],
  ['vae1os', 0, 8, 1, 1, true, 'v8.4'],
  ['aside1os', 0, 8, 1, 2, true, 'v8.4'],
  ['vaae1os', 0, 8, 1, 3, true, 'v8.4'],
  ['vale1os', 0, 8, 1, 5, true, 'v8.4'],
  ['vaale1os', 0, 8, 1, 7, true, 'v8.4'],
  ['rvae1is', 0, 8, 2, 1, true, 'v8.4'],
  ['rvaae1is', 0, 8, 2, 3, true, 'v8.4'],
  ['rvale1is', 0, 8, 2, 5, true, 'v8.4'],
  ['rvaale1is', 0, 8, 2, 7, true, 'v8.4'],
  ['vmalle1is', 0, 8, 3, 0, false],
  ['vae1is', 0, 8, 3, 1, true],
  ['aside1is', 0, 8, 3, 2, true],
  ['vaae1is', 0, 8, 3, 3, true],
  ['vale1is', 0, 8, 3, 5, true],
  ['vaale1is', 0, 8, 3, 7, true],
  ['rvae1os', 0, 8, 5, 1, true, 'v8.4'],
  ['rvaae1os', 0, 8, 5, 3, true, 'v8.4'],
  ['rvale1os', 0, 8, 5, 5, true, 'v8.4'],
  ['rvaale1os', 0, 8, 5, 7, true, 'v8.4'],
  ['rvae1', 0, 8, 6, 1, true, 'v8.4'],
  ['rvaae1', 0, 8, 6, 3, true, 'v8.4'],
  ['rvale1', 0, 8, 6, 5, true, 'v8.4'],
  ['rvaale1', 0, 8, 6, 7, true, 'v8.4'],
  ['vmalle1', 0, 8, 7, 0, false],
  ['vae1', 0, 8, 7, 1, true],
  ['aside1', 0, 8, 7, 2, true],
  ['vaae1', 0, 8, 7, 3, true],
  ['vale1', 0, 8, 7, 5, true],
  ['vaale1', 0, 8, 7, 7, true],
  ['ipas2e1is', 4, 8, 0, 1, true],
  ['ripas2e1is', 4, 8, 0, 2, true, 'v8.4'],
  ['ipas2le1is', 4, 8, 0, 5, true],
  ['ripas2le1is', 4, 8, 0, 6, true, 'v8.4'],
  ['alle2os', 4, 8, 1, 0, false, 'v8.4'],
  ['vae2os', 4, 8, 1, 1, true, 'v8.4'],
  ['alle1os', 4, 8, 1, 4, false, 'v8.4'],
  ['vale2os', 4, 8, 1, 5, true, 'v8.4'],
  ['vmalls12e1os', 4, 8, 1, 6, false, 'v8.4'],
  ['rvae2is', 4, 8, 2, 1, true, 'v8.4'],
  ['rvale2is', 4, 8, 2, 5, true, 'v8.4'],
  ['alle2is', 4, 8, 3, 0, false],
  ['vae2is', 4, 8, 3, 1, true],
  ['alle1is', 4, 8, 3, 4, false],
  ['vale2is', 4, 8, 3, 5, true],
  ['vmalls12e1is', 4, 8, 3, 6, false],
  ['ipas2e1os', 4, 8, 4, 0, true, 'v8.4'],
  ['ipas2e1', 4, 8, 4, 1, true],
  ['ripas2e1', 4, 8, 4, 2, true, 'v8.4'],
  ['ripas2e1os', 4, 8, 4, 3, true, 'v8.4'],
  ['ipas2le1os', 4, 8, 4, 4, true, 'v8.4'],
  ['ipas2le1', 4, 8, 4, 5, true],
  ['ripas2le1', 4, 8, 4, 6, true, 'v8.4'],
  ['ripas2le1os', 4, 8, 4, 7, true, 'v8.4'],
  ['rvae2os', 4, 8, 5, 1, true, 'v8.4'],
  ['rvale2os', 4, 8, 5, 5, true, 'v8.4'],
  ['rvae2', 4, 8, 6, 1, true, 'v8.4'],
  ['rvale2', 4, 8, 6, 5, true, 'v8.4'],
  ['alle2', 4, 8, 7, 0, false],
  ['vae2', 4, 8, 7, 1, true],
  ['alle1', 4, 8, 7, 4, false],
  ['vale2', 4, 8, 7, 5, true],
  ['vmalls12e1', 4, 8, 7, 6, false],
  ['alle3os', 6, 8, 1, 0, false, 'v8.4'],
  ['vae3os', 6, 8, 1, 1, true, 'v8.4'],
  ['paallos', 6, 8, 1, 4, false],
  ['vale3os', 6, 8, 1, 5, true, 'v8.4'],
  ['rvae3is', 6, 8, 2, 1, true, 'v8.4'],
  ['rvale3is', 6, 8, 2, 5, true, 'v8.4'],
  ['alle3is', 6, 8, 3, 0, false],
  ['vae3is', 6, 8, 3, 1, true],
  ['vale3is', 6, 8, 3, 5, true],
  ['rpaos', 6, 8, 4, 3, true],
  ['rpalos', 6, 8, 4, 7, true],
  ['rvae3os', 6, 8, 5, 1, true, 'v8.4'],
  ['rvale3os', 6, 8, 5, 5, true, 'v8.4'],
  ['rvae3', 6, 8, 6, 1, true, 'v8.4'],
  ['rvale3', 6, 8, 6, 5, true, 'v8.4'],
  ['alle3', 6, 8, 7, 0, false],
  ['vae3', 6, 8, 7, 1, true],
  ['paall', 6, 8, 7, 4, false],
  ['vale3', 6, 8, 7, 5, true],
]);

export interface PstateField {
  /** Lower case. */
  readonly name: string;
  readonly op1: number;
  readonly op2: number;
  /** The greatest immediate that has a syntax. The processor ignores bits above it. */
  readonly high: number;
  readonly feature?: Feature;
}

export const pstateFields: readonly PstateField[] = [
  { name: 'uao', op1: 0, op2: 3, high: 1, feature: 'v8.2' },
  { name: 'pan', op1: 0, op2: 4, high: 1, feature: 'pan' },
  { name: 'spsel', op1: 0, op2: 5, high: 1 },
  { name: 'ssbs', op1: 3, op2: 1, high: 1, feature: 'ssbs' },
  { name: 'dit', op1: 3, op2: 2, high: 1, feature: 'v8.4' },
  { name: 'tco', op1: 3, op2: 4, high: 1, feature: 'memtag' },
  { name: 'daifset', op1: 3, op2: 6, high: 15 },
  { name: 'daifclr', op1: 3, op2: 7, high: 15 },
];
