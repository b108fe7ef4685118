/**
 * What a step changed, as the interpreter reports it. Recorder and TimedSteps (sim/recording) implement Journal; without one
 * attached the interpreter reports nothing and runs at full speed.
 */

export interface ExceptionEvent {
  readonly kind: 'sync' | 'irq' | 'fiq' | 'serror' | 'return';
  /** Exception levels, 0 to 2. */
  readonly from: number;
  readonly to: number;
  /** ESR_ELx as written; for an ERET undefined, as for interrupts, which leave ESR_ELx alone. */
  readonly esr?: bigint;
  /** ELR_ELx as written (for an ERET: as read). */
  readonly elr: bigint;
  /** Address of the vector taken; undefined for an ERET. */
  readonly vector?: bigint;
}

export interface Journal {
  /** It keeps what it is told, to go back: then the TLB has to keep its own changes as well. Left out: it does not. */
  readonly keeps?: boolean;
  /** Cell `id` is about to be written; what it holds is still there. */
  cell(id: number): void;
  /**
   * Memory is about to be written: `size` bytes (1, 2, 4 or 8) at RAM offset `offset`, a multiple of `size`, reached by the
   * virtual address with the halves (lo, hi), signed or unsigned. What the bytes were is still there.
   */
  memory(lo: number, hi: number, offset: number, size: number): void;
  exception(event: ExceptionEvent): void;
}
