/** Bytes written one after the other, in either byte order. */
import { sleb128, uleb128 } from './leb128.ts';

export class ByteWriter {
  readonly #bigEndian: boolean;
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  constructor(bigEndian = false) {
    this.#bigEndian = bigEndian;
  }

  /** Bytes written so far; the offset of the next one. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#grow(1);
    this.#view.setUint8(this.#length++, value & 0xff);
  }

  u16(value: number): void {
    this.#grow(2);
    this.#view.setUint16(this.#length, value, !this.#bigEndian);
    this.#length += 2;
  }

  u32(value: number): void {
    this.#grow(4);
    this.#view.setUint32(this.#length, value, !this.#bigEndian);
    this.#length += 4;
  }

  u64(value: bigint | number): void {
    this.#grow(8);
    this.#view.setBigUint64(this.#length, BigInt.asUintN(64, BigInt(value)), !this.#bigEndian);
    this.#length += 8;
  }

  uleb(value: number | bigint): void {
    this.bytes(uleb128(BigInt(value)));
  }

  sleb(value: number | bigint): void {
    this.bytes(sleb128(BigInt(value)));
  }

  bytes(bytes: ArrayLike<number>): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** UTF-8 with a zero behind it. */
  string(text: string): void {
    this.bytes(new TextEncoder().encode(text));
    this.u8(0);
  }

  /** Zeros up to a multiple of `unit` bytes. */
  align(unit: number): void {
    if (unit <= 1) return;
    const padding = (unit - (this.#length % unit)) % unit;
    this.#grow(padding);
    this.#length += padding;
  }

  /** Overwrites the four bytes at `offset`. */
  setU32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, !this.#bigEndian);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#length + count, this.#bytes.length * 2));
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}
