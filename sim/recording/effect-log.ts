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
  #valueBytes = new Uint8Array(this.#values.array.buffer);
  /** As AddressPages encodes them. */
  readonly #addresses = new Column((length) => new Uint32Array(length));

  /** Appends the write of cell `id`, which held (lo, hi). */
  cell(id: number, lo: number, hi: number): void {
    this.#target(id);
    this.#value(lo, hi);
  }

  /** Appends a write of `size` bytes, which were (lo, hi). */
  write(addressCode: number, size: number, lo: number, hi: number): void {
    this.#target(MEMORY_WRITE | size);
    this.#value(lo, hi);
    this.#address(addressCode);
  }

  /** Appends a read of `size` bytes. */
  read(addressCode: number, size: number): void {
    this.#target(MEMORY_READ | size);
    this.#address(addressCode);
  }

  target(effect: number): number {
    return this.#targets.array[effect]!;
  }

  /** The value that the log keeps, as an unsigned 64-bit number. */
  value(value: number): bigint {
    return (BigInt(this.#values.array[2 * value + 1]!) << 32n) | BigInt(this.#values.array[2 * value]!);
  }

  addressCode(address: number): number {
    return this.#addresses.array[address]!;
  }

  /** Moves `place` over the next effect, whose target it returns. */
  forward(place: LogPlace): number {
    const target = this.#targets.array[place.effect++]!;
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
    const target = this.#targets.array[--place.effect]!;
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
    const values = this.#values.array;
    const lo = words[2 * id]!;
    const hi = words[2 * id + 1]!;
    words[2 * id] = values[2 * value]!;
    words[2 * id + 1] = values[2 * value + 1]!;
    values[2 * value] = lo;
    values[2 * value + 1] = hi;
  }

  /** Exchanges `size` bytes of `memory` at `offset` with the log's. */
  swapBytes(value: number, memory: Uint8Array, offset: number, size: number): void {
    const bytes = this.#valueBytes;
    for (let n = 0; n < size; n++) {
      const byte = memory[offset + n]!;
      memory[offset + n] = bytes[8 * value + n]!;
      bytes[8 * value + n] = byte;
    }
  }

  setValue(value: number, to: bigint): void {
    this.#values.array[2 * value] = Number(BigInt.asUintN(32, to));
    this.#values.array[2 * value + 1] = Number(to >> 32n);
  }

  /** Forgets everything from `place` on. */
  truncate(place: LogPlace): void {
    Object.assign(this.end, place);
  }

  /** Bytes used. */
  get bytes(): number {
    const { effect, value, address } = this.end;
    return this.#targets.bytes(effect) + this.#values.bytes(2 * value) + this.#addresses.bytes(address);
  }

  #target(target: number): void {
    const index = this.end.effect++;
    if (index >= this.#targets.array.length) this.#targets.grow(index);
    this.#targets.array[index] = target;
  }

  #value(lo: number, hi: number): void {
    const index = 2 * this.end.value++;
    if (index + 1 >= this.#values.array.length) {
      this.#values.grow(index + 1);
      this.#valueBytes = new Uint8Array(this.#values.array.buffer);
    }
    this.#values.array[index] = lo;
    this.#values.array[index + 1] = hi;
  }

  #address(code: number): void {
    const index = this.end.address++;
    if (index >= this.#addresses.array.length) this.#addresses.grow(index);
    this.#addresses.array[index] = code;
  }
}
