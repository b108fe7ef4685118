/**
 * Loads that come too soon after a store to the same bytes. Bytes are compared by the 8-byte units that hold them, by
 * virtual address.
 */
import { UNSET } from '../core/cpu.ts';
import { MEMORY } from './cortex-a53-table.ts';

/** More stores than can be issued within the longest wait. */
const KEPT = 4;

const UNIT = MEMORY.loadUnitBytes.value;
const PIECE = MEMORY.storeUnitBytes.value;
const LINE = MEMORY.lineBytes.value;
/** Before all units: no store. */
const NO_UNIT = -1;
const WAIT_FOR_END = MEMORY.storeToLoadOfEnd.value;
const WAIT = MEMORY.storeToLoad.value;

export class StoreHazards {
  /** The last stores: first byte, bytes and cycle of issue. */
  readonly #address = new Float64Array(KEPT);
  readonly #bytes = new Float64Array(KEPT);
  readonly #issue = new Float64Array(KEPT);
  /** The units of its first and its last byte. */
  readonly #firstUnit = new Int32Array(KEPT);
  readonly #lastUnit = new Int32Array(KEPT);
  #next = 0;
  /** The cycle from which no load has to wait any more. */
  #allClear = UNSET;

  reset(): void {
    this.#lastUnit.fill(NO_UNIT);
    this.#allClear = 0;
  }

  /** A store of `bytes` at `address` was issued in cycle `issue` and takes `cycles`: a piece a cycle. */
  store(address: number, bytes: number, issue: number, cycles: number): void {
    const slot = this.#next;
    this.#address[slot] = address;
    this.#bytes[slot] = bytes;
    this.#issue[slot] = issue;
    this.#firstUnit[slot] = unitOf(address);
    this.#lastUnit[slot] = unitOf(address + bytes - 1);
    this.#next = slot + 1 === KEPT ? 0 : slot + 1;
    this.#allClear = issue + cycles - 1 + WAIT_FOR_END;
  }

  /** The first cycle from `cycle` on in which a load of `bytes` at `address` can be issued for what was stored before it. */
  clearOf(address: number, bytes: number, cycle: number): number {
    return cycle >= this.#allClear ? cycle : this.#clear(address, bytes, cycle, WAIT);
  }

  /** The first cycle from `cycle` on from which the load's data is on its way, where it need not wait itself. */
  dataClearOf(address: number, bytes: number, cycle: number): number {
    return cycle >= this.#allClear ? cycle : this.#clear(address, bytes, cycle, WAIT_FOR_END);
  }

  /** The end of all waits for stores with bytes of the load's: `other` cycles for pieces in which the store does not end. */
  #clear(address: number, bytes: number, cycle: number, other: number): number {
    const first = unitOf(address);
    const last = unitOf(address + bytes - 1);
    let clear = cycle;
    for (let slot = 0; slot < KEPT; slot++) {
      const endUnit = this.#lastUnit[slot]!;
      if (endUnit < first || this.#firstUnit[slot]! > last) continue;
      const end = this.#address[slot]! + this.#bytes[slot]!;
      let piece = this.#issue[slot]!;
      for (let at = this.#address[slot]!; at < end; piece++) {
        const stop = Math.min(end, at + PIECE, (Math.floor(at / LINE) + 1) * LINE);
        if (unitOf(at) <= last && unitOf(stop - 1) >= first) {
          const readsEnd = stop === end && endUnit >= first && endUnit <= last;
          clear = Math.max(clear, piece + (readsEnd ? WAIT_FOR_END : other));
        }
        at = stop;
      }
    }
    return clear;
  }
}

function unitOf(address: number): number {
  return Math.floor(address / UNIT);
}
