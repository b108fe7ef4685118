/**
 * What steps changed, as a swap log. For each cell or piece of memory that a step wrote the log keeps one 64-bit value: the
 * one that the target does not hold at the moment. Undoing an effect exchanges the two, and so does doing it again.
 *
 * Loads are kept too, without a value: they change nothing, but tell who read what.
 */
import { Column } from './column.ts';

/** A target below this is a cell; otherwise it is memory. */
const MEMORY_WRITE = 0x8000;
const MEMORY_READ = 0xc000;
const SIZE_MASK = 0x3fff;

/** A place in the log: before the effect with this number, and the numbers of its value and its address. */
export interface LogPlace {
  effect: number;
  value: number;
  address: number;
}

export const isCell = (target: number): boolean => target < MEMORY_WRITE;
export const isRead = (target: number): boolean => target >= MEMORY_READ;
/** Bytes of a memory target. */
export const sizeOf = (target: number): number => target & SIZE_MASK;

export class EffectLog {
  /** The end of the log. */
  readonly end: LogPlace = { effect: 0, value: 0, address: 0 };
  /** A cell number (16 bits), or a kind of access and its size. */
  readonly #targets = new Column((length) => new Uint16Array(length));
  /** Low and high halves of values. */
  readonly #values = new Column((length) => new Uint32Array(length));
  /** As AddressPages encodes them. */
  readonly #addresses = new Column((length) => new Uint32Array(length));

  /** Appends the write of cell `id`, which held (lo, hi). */
  cell(id: number, lo: number, hi: number): void {
    const { end } = this;
    this.#targets.append(end.effect++, id);
    this.#values.appendTwo(2 * end.value++, lo, hi);
  }

  /** Appends a write of `size` bytes, which were (lo, hi). */
  write(addressCode: number, size: number, lo: number, hi: number): void {
    const { end } = this;
    this.#targets.append(end.effect++, MEMORY_WRITE | size);
    this.#values.appendTwo(2 * end.value++, lo, hi);
    this.#addresses.append(end.address++, addressCode);
  }

  /** Appends a read of `size` bytes. */
  read(addressCode: number, size: number): void {
    const { end } = this;
    this.#targets.append(end.effect++, MEMORY_READ | size);
    this.#addresses.append(end.address++, addressCode);
  }

  target(effect: number): number {
    return this.#targets.get(effect);
  }

  /** The value that the log keeps, as an unsigned 64-bit number. */
  value(value: number): bigint {
    return (BigInt(this.#values.get(2 * value + 1)) << 32n) | BigInt(this.#values.get(2 * value));
  }

  addressCode(address: number): number {
    return this.#addresses.get(address);
  }

  /** Moves `place` over the next effect, whose target it returns. */
  forward(place: LogPlace): number {
    const target = this.#targets.get(place.effect++);
    if (isCell(target)) {
      place.value++;
    } else {
      place.address++;
      if (!isRead(target)) place.value++;
    }
    return target;
  }

  /** Moves `place` back over the effect before it, whose target it returns. */
  backward(place: LogPlace): number {
    const target = this.#targets.get(--place.effect);
    if (isCell(target)) {
      place.value--;
    } else {
      place.address--;
      if (!isRead(target)) place.value--;
    }
    return target;
  }

  /** Exchanges a cell's value with the log's; `words` are the cells' halves. */
  swapCell(id: number, value: number, words: Uint32Array): void {
    for (let half = 0; half < 2; half++) {
      const held = words[2 * id + half]!;
      words[2 * id + half] = this.#values.get(2 * value + half);
      this.#values.set(2 * value + half, held);
    }
  }

  /** Exchanges `size` bytes of `memory` at `offset` with the log's. */
  swapBytes(value: number, memory: Uint8Array, offset: number, size: number): void {
    for (let done = 0; done < size; done += 4) {
      let kept = this.#values.get(2 * value + (done >> 2));
      let held = 0;
      for (let n = 0; n < Math.min(size, 4); n++) {
        held |= memory[offset + done + n]! << (8 * n);
        memory[offset + done + n] = kept;
        kept >>>= 8;
      }
      this.#values.set(2 * value + (done >> 2), held);
    }
  }

  setValue(value: number, to: bigint): void {
    this.#values.set(2 * value, Number(BigInt.asUintN(32, to)));
    this.#values.set(2 * value + 1, Number(to >> 32n));
  }

  /** Forgets everything from `place` on. */
  truncate(place: LogPlace): void {
    Object.assign(this.end, place);
    this.#targets.truncate(place.effect);
    this.#values.truncate(2 * place.value);
    this.#addresses.truncate(place.address);
  }

  /** Bytes used. */
  get bytes(): number {
    const { effect, value, address } = this.end;
    return this.#targets.bytes(effect) + this.#values.bytes(2 * value) + this.#addresses.bytes(address);
  }
}
