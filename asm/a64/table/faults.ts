/** Register choices that make a load or store CONSTRAINED UNPREDICTABLE (Arm ARM K1.2), as GNU as warns of them. */
import type { Row } from './row.ts';

/** The register transferred is also the base that is written back. */
export const sameAsBase: Row['unpredictable'] = ({ Rt, Rn }) =>
  Rt === Rn && Rn !== 31 ? 'unpredictable: the register transferred is also the base written back' : undefined;

/** Both registers of a load are the same, or one is also the base that is written back. */
export function pairFault(load: boolean, writeback: boolean): Row['unpredictable'] {
  return ({ Rt, Rt2, Rn }) => {
    if (load && Rt === Rt2) return 'unpredictable: both registers loaded are the same';
    if (writeback && Rn !== 31 && (Rt === Rn || Rt2 === Rn)) {
      return 'unpredictable: a register transferred is also the base written back';
    }
    return undefined;
  };
}
