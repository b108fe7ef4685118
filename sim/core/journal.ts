/**
 * What a step changed, as the interpreter reports it. The Recording implements Journal; without one attached the
 * interpreter reports nothing and runs at full speed.
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
  /** Cell `id` is about to be written; `old` is what it holds. */
  cell(id: number, old: bigint): void;
  /**
   * Memory is about to be written: `size` bytes (1, 2, 4 or 8, never crossing an 8-byte line of physical memory)
   * at physical address `pa`, reached by virtual address `va`; `old` is what is there, little-endian.
   */
  memory(va: bigint, pa: bigint, size: number, old: bigint): void;
  exception(event: ExceptionEvent): void;
}
