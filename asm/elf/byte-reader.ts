/** Bytes of a file read in either byte order; what lies outside is one diagnostic that names the file and the offset. */
import { SourceError } from '../source/diagnostics.ts';

export class ByteReader {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly bigEndian: boolean;
  readonly #view: DataView;
  /** Offset of `bytes` in the file, for messages. */
  readonly #base: number;
  /** Offset of the next byte. */
  at = 0;

  constructor(name: string, bytes: Uint8Array, bigEndian: boolean, base = 0) {
    this.name = name;
    this.bytes = bytes;
    this.bigEndian = bigEndian;
    this.#base = base;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  fault(message: string, offset = this.at): SourceError {
    return new SourceError(`${this.name}: ${message} (at byte offset 0x${(this.#base + offset).toString(16)})`);
  }

  #take(count: number): number {
    const from = this.at;
    if (count < 0 || from + count > this.bytes.length) throw this.fault('the file ends in the middle of a structure');
    this.at = from + count;
    return from;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), !this.bigEndian);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), !this.bigEndian);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), !this.bigEndian);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), !this.bigEndian);
  }

  /** A 64-bit size or offset, which must be one that a file can have. */
  size(): number {
    const from = this.at;
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw this.fault(`size or offset 0x${value.toString(16)} is too large`, from);
    return Number(value);
  }

  i8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  uleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift > 70n) throw this.fault('a LEB128 number is too long');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }

  sleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift > 70n) throw this.fault('a LEB128 number is too long');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, byte & 0x40 ? value - (1n << (shift + 7n)) : value);
    }
  }

  take(count: number): Uint8Array {
    const from = this.#take(count);
    return this.bytes.subarray(from, from + count);
  }

  /** A string up to its zero. */
  string(): string {
    const from = this.at;
    const end = this.bytes.indexOf(0, from);
    if (end < 0) throw this.fault('a string has no end');
    this.at = end + 1;
    return decode(this.bytes.subarray(from, end));
  }

  /** The string at `offset` of these bytes. */
  stringAt(offset: number): string {
    if (offset < 0 || offset >= this.bytes.length)
      throw this.fault('a string lies outside its table', Math.max(0, offset));
    const end = this.bytes.indexOf(0, offset);
    if (end < 0) throw this.fault('a string has no end', offset);
    return decode(this.bytes.subarray(offset, end));
  }
}

const DECODER = new TextDecoder();

function decode(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}
