/**
 * Loads that come too soon after a store to the same bytes. A store's pieces are kept until a load no longer has to wait for
 * them; bytes are compared by the 8-byte units that hold them, by virtual address.
 */
import { MEMORY } from './cortex-a53-table.ts';

/** More pieces than can be issued within the longest wait. */
const KEPT = 8;

const UNIT = MEMORY.loadUnitBytes.value;

export class StoreHazards {
  readonly #firstUnit = new Float64Array(KEPT);
  readonly #lastUnit = new Float64Array(KEPT);
  /** The unit in which the store's data ends, or -1 where another piece holds it. */
  readonly #endUnit = new Float64Array(KEPT);
  readonly #cycle = new Float64Array(KEPT);
  #next = 0;
  /** The cycle from which no load has to wait any more. */
  #allClear = 0;

  reset(): void {
    this.#cycle.fill(Number.NEGATIVE_INFINITY);
    this.#allClear = 0;
  }

  /** A store of `bytes` at `address`, issued in cycle `issue`: one piece a cycle. */
  store(address: number, bytes: number, issue: number): void {
    const end = address + bytes;
    let cycle = issue;
    for (let at = address; at < end; cycle++) {
      const stop = Math.min(end, at + MEMORY.storeUnitBytes.value, lineEnd(at));
      this.#keep(at, stop, stop === end, cycle);
      at = stop;
    }
  }

  #keep(start: number, stop: number, isEnd: boolean, cycle: number): void {
    const slot = this.#next;
    this.#firstUnit[slot] = Math.floor(start / UNIT);
    this.#lastUnit[slot] = Math.floor((stop - 1) / UNIT);
    this.#endUnit[slot] = isEnd ? this.#lastUnit[slot]! : -1;
    this.#cycle[slot] = cycle;
    this.#next = (slot + 1) % KEPT;
    this.#allClear = cycle + MEMORY.storeToLoadOfEnd.value;
  }

  /** The first cycle from `cycle` on in which a load of `bytes` at `address` can be issued for what was stored before it. */
  clearOf(address: number, bytes: number, cycle: number): number {
    return cycle >= this.#allClear ? cycle : this.#clear(address, bytes, cycle, MEMORY.storeToLoad.value);
  }

  /** The first cycle from `cycle` on from which the load's data is on its way, where it need not wait itself. */
  dataClearOf(address: number, bytes: number, cycle: number): number {
    return cycle >= this.#allClear ? cycle : this.#clear(address, bytes, cycle, MEMORY.storeToLoadOfEnd.value);
  }

  /** The end of all waits for pieces with bytes of the load's: `other` cycles where the store ends elsewhere. */
  #clear(address: number, bytes: number, cycle: number, other: number): number {
    const first = Math.floor(address / UNIT);
    const last = Math.floor((address + bytes - 1) / UNIT);
    let clear = cycle;
    for (let slot = 0; slot < KEPT; slot++) {
      if (this.#lastUnit[slot]! < first || this.#firstUnit[slot]! > last) continue;
      const endUnit = this.#endUnit[slot]!;
      const readsEnd = endUnit >= first && endUnit <= last;
      const end = this.#cycle[slot]! + (readsEnd ? MEMORY.storeToLoadOfEnd.value : other);
      if (end > clear) clear = end;
    }
    return clear;
  }
}

function lineEnd(address: number): number {
  const line = MEMORY.lineBytes.value;
  return (Math.floor(address / line) + 1) * line;
}
