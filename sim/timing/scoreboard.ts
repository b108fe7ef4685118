/**
 * When each register's value is there. Cells are those of sim/core/registers.ts; the stack pointers share one place,
 * since an operation names the one in use and not its cell.
 */
import { CELL_COUNT, SP_EL0, SP_EL2 } from '../core/registers.ts';
import { CURRENT_SP } from '../exec/operation.ts';

/** The place of cell `cell` in a Scoreboard. */
export function placeOf(cell: number): number {
  return cell === CURRENT_SP || (cell >= SP_EL0 && cell <= SP_EL2) ? SP_EL0 : cell;
}

/** Added to a place: the same register as an address. Some results are there for addresses at another time. */
export const AS_ADDRESS = CELL_COUNT;

export class Scoreboard {
  /** By place, and by place + AS_ADDRESS: the cycle in which an operand needed at stage 0 could be used. */
  readonly ready = new Float64Array(2 * CELL_COUNT);

  reset(cycle: number): void {
    this.ready.fill(cycle);
  }
}
