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

export class Scoreboard {
  /** Cycle in which an operand needed at stage 0 could be used. */
  readonly value = new Float64Array(CELL_COUNT);
  /** The same for an operand that is an address: some results are there for addresses at another time. */
  readonly address = new Float64Array(CELL_COUNT);

  reset(cycle: number): void {
    this.value.fill(cycle);
    this.address.fill(cycle);
  }
}
