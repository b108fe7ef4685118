/** What a memory-mapped device is to the physical address map (sim/memory/physical.ts takes it as it is). */

export interface MemoryMappedDevice {
  readonly name: string;
  /** Physical address and bytes, both multiples of 4 KB. */
  readonly base: bigint;
  readonly size: number;
  /** Reads `size` bytes (1, 2, 4 or 8) at `offset` from the base; aligned to its size. */
  read(offset: number, size: number): bigint;
  write(offset: number, size: number, value: bigint): void;
}

/** Told the level of an interrupt output whenever it changes. */
export type InterruptOutput = (asserted: boolean) => void;
