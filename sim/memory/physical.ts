/**
 * The physical address map: one region of RAM and the devices beside it. Everything here takes physical addresses and
 * knows nothing of translation; nothing here is journalled (see Memory.poke for writes that are).
 *
 * Memory is little-endian as seen through these views, as on every host that runs JavaScript.
 */

/** A peripheral: `size` bytes of physical address space from `base` on, both multiples of 4 KB. */
export interface Device {
  readonly name: string;
  readonly base: bigint;
  readonly size: number;
  /** Reads `size` bytes (1, 2, 4 or 8) at `offset` from the base; the access is aligned to its size. */
  read(offset: number, size: number): bigint;
  write(offset: number, size: number, value: bigint): void;
}

/** Bytes of the translation granule, and of the unit in which code is marked. */
export const PAGE_SIZE = 4096;

/** The most RAM: offsets into it stay inside an int32, which keeps address arithmetic in machine integers. */
export const MAX_RAM_SIZE = 2 ** 31 - PAGE_SIZE;

export class PhysicalMemory {
  /** Physical address of the first byte of RAM. Physical addresses have at most 48 bits: exact as numbers. */
  readonly base: number;
  /** Bytes of RAM. */
  readonly size: number;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly u64: BigUint64Array;
  readonly view: DataView;
  readonly #devices: Device[] = [];
  /** By page: 1 where it may hold other bytes than zeros. */
  readonly #used: Uint8Array;

  /**
   * RAM of `size` bytes at `base`, all zero. Throws RangeError unless both are multiples of 4 KB within limits.
   */
  constructor(base: bigint, size: number) {
    if (base % BigInt(PAGE_SIZE) !== 0n || base < 0n || base >= 1n << 48n) {
      throw new RangeError(`RAM base ${hex(base)} is not a multiple of 4 KB below 2^48`);
    }
    if (size % PAGE_SIZE !== 0 || size <= 0 || size > MAX_RAM_SIZE) {
      throw new RangeError(`RAM size ${size} is not a multiple of 4 KB up to ${MAX_RAM_SIZE} bytes`);
    }
    this.base = Number(base);
    this.size = size;
    const buffer = new ArrayBuffer(size);
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    this.view = new DataView(buffer);
    this.#used = new Uint8Array(size / PAGE_SIZE);
  }

  /**
   * To be told before `length` bytes of RAM from `offset` on are written through one of the views, so that `clear` finds
   * them; the methods that write tell it themselves.
   */
  use(offset: number, length: number): void {
    for (let page = offset >>> 12; page <= (offset + length - 1) >>> 12; page++) this.#used[page] = 1;
  }

  /** Makes RAM all zero again. Few programs use more than a small part of it, and to zero all took longer than to run them. */
  clear(): void {
    for (let page = this.#used.indexOf(1); page >= 0; page = this.#used.indexOf(1, page + 1)) {
      this.u8.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
      this.#used[page] = 0;
    }
  }

  get devices(): readonly Device[] {
    return this.#devices;
  }

  /** Puts `device` into the map. Throws RangeError where it overlaps RAM or another device, or is not page-aligned. */
  addDevice(device: Device): void {
    const base = Number(device.base);
    if (base % PAGE_SIZE !== 0 || device.size % PAGE_SIZE !== 0 || device.size <= 0) {
      throw new RangeError(`device ${device.name} at ${hex(device.base)} is not made of whole 4 KB pages`);
    }
    const overlaps = (otherBase: number, otherSize: number) =>
      base < otherBase + otherSize && otherBase < base + device.size;
    if (overlaps(this.base, this.size)) throw new RangeError(`device ${device.name} overlaps RAM`);
    const other = this.#devices.find((candidate) => overlaps(Number(candidate.base), candidate.size));
    if (other !== undefined) throw new RangeError(`device ${device.name} overlaps device ${other.name}`);
    this.#devices.push(device);
  }

  /** The offset into RAM of physical address `pa`, or -1 where no RAM is. */
  offsetOf(pa: number): number {
    const offset = pa - this.base;
    return offset >= 0 && offset < this.size ? offset : -1;
  }

  /** The device that answers at physical address `pa`, or undefined. */
  deviceAt(pa: number): Device | undefined {
    for (const device of this.#devices) {
      const offset = pa - Number(device.base);
      if (offset >= 0 && offset < device.size) return device;
    }
    return undefined;
  }

  /** True where RAM has all of the `length` bytes at `pa`. */
  hasRam(pa: bigint, length: number): boolean {
    const offset = Number(pa) - this.base;
    return offset >= 0 && offset + length <= this.size;
  }

  /** A copy of `length` bytes of RAM. Throws RangeError where some of them are not RAM. */
  readBytes(pa: bigint, length: number): Uint8Array {
    const offset = this.#ramOffset(pa, length);
    return this.u8.slice(offset, offset + length);
  }

  /** Throws RangeError where some of the bytes at `pa` are not RAM; then none is written. */
  writeBytes(pa: bigint, bytes: Uint8Array): void {
    this.u8.set(bytes, this.#offsetToWrite(pa, bytes.length));
  }

  /** The little-endian value of `size` bytes (1, 2, 4 or 8) of RAM, of any alignment. Throws RangeError as readBytes. */
  read(pa: bigint, size: number): bigint {
    return readView(this.view, this.#ramOffset(pa, size), size);
  }

  /** Writes the low `size` bytes of `value`, little-endian. Throws RangeError as readBytes. */
  write(pa: bigint, size: number, value: bigint): void {
    writeView(this.view, this.#offsetToWrite(pa, size), size, value);
  }

  read32(pa: bigint): number {
    return this.view.getUint32(this.#ramOffset(pa, 4), true);
  }

  write32(pa: bigint, value: number): void {
    this.view.setUint32(this.#offsetToWrite(pa, 4), value, true);
  }

  read64(pa: bigint): bigint {
    return this.view.getBigUint64(this.#ramOffset(pa, 8), true);
  }

  write64(pa: bigint, value: bigint): void {
    this.view.setBigUint64(this.#offsetToWrite(pa, 8), value, true);
  }

  #offsetToWrite(pa: bigint, length: number): number {
    const offset = this.#ramOffset(pa, length);
    this.use(offset, length);
    return offset;
  }

  #ramOffset(pa: bigint, length: number): number {
    if (!this.hasRam(pa, length)) {
      const end = hex(BigInt(this.base) + BigInt(this.size));
      throw new RangeError(
        `${length} bytes at physical address ${hex(pa)} are outside RAM (${hex(BigInt(this.base))} to ${end})`,
      );
    }
    return Number(pa) - this.base;
  }
}

/** `size` bytes (1, 2, 4 or 8) of `view` at `offset`, little-endian. */
export function readView(view: DataView, offset: number, size: number): bigint {
  switch (size) {
    case 1:
      return BigInt(view.getUint8(offset));
    case 2:
      return BigInt(view.getUint16(offset, true));
    case 4:
      return BigInt(view.getUint32(offset, true));
    default:
      return view.getBigUint64(offset, true);
  }
}

/** Writes the low `size` bytes (1, 2, 4 or 8) of `value` to `view` at `offset`, little-endian. */
export function writeView(view: DataView, offset: number, size: number, value: bigint): void {
  switch (size) {
    case 1:
      view.setUint8(offset, Number(value & 0xffn));
      break;
    case 2:
      view.setUint16(offset, Number(value & 0xffffn), true);
      break;
    case 4:
      view.setUint32(offset, Number(value & 0xffff_ffffn), true);
      break;
    default:
      view.setBigUint64(offset, value, true);
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
