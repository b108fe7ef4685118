/**
 * Loads and stores in full: alignment, translation page by page, devices, byte order, watchers. Data passes through
 * `bytes`, in the order in which the processor sees it: least significant first.
 */
import type { Cpu } from '../core/cpu.ts';
import { abortOf, FAULT, type Fault, stage1Fault } from './faults.ts';
import { addressOf } from './halves.ts';
import type { Mmu } from './mmu.ts';
import { entryOf, fillPage, type PageCache } from './page-cache.ts';
import type { Access } from './permissions.ts';
import { type Device, PAGE_SIZE, type PhysicalMemory, readView, writeView } from './physical.ts';
import type { PrivilegeView } from './privilege-views.ts';
import { RamWriter } from './ram-writer.ts';

/**
 * Told of each load, store and DC IVAC that translation lets through, before it is made; may throw to prevent it. The kind
 * of `access` is 'read', 'write' or 'invalidate'.
 */
export type AccessListener = (lo: number, hi: number, size: number, access: Access) => void;

const PAGE_MASK = PAGE_SIZE - 1;
/** Stands for an offset into RAM where there is none. */
export const NOT_RAM = -1;
/** No page begins here. */
const NO_PAGE = 1;

export class SlowAccess {
  readonly bytes = new Uint8Array(16);
  readonly words = new Uint32Array(this.bytes.buffer);
  readonly writer: RamWriter;
  /** SCTLR_ELx.EE or E0E, and A, as they apply now. */
  bigEndian = false;
  alignmentChecked = false;
  watch: AccessListener | undefined;
  /** Called for each load and store that goes to a device, before it is made. */
  deviceAccessed: () => void = () => {};
  readonly #physical: PhysicalMemory;
  readonly #mmu: Mmu;
  /** The virtual page of the last access that was looked up here, as signed halves, where it went to a device. */
  #devicePage = NO_PAGE;
  #devicePageHigh = 0;
  /** Where that page is, a physical address. */
  #devicePa = 0;
  readonly #byteView = new DataView(this.bytes.buffer);

  constructor(cpu: Cpu, physical: PhysicalMemory, mmu: Mmu) {
    this.#physical = physical;
    this.#mmu = mmu;
    this.writer = new RamWriter(cpu, physical);
  }

  /** Loads `size` bytes, 1 to 16, into `bytes`, and zeroes the rest of it. */
  load(lo: number, hi: number, size: number, view: PrivilegeView): void {
    this.#read(lo, hi, size, view.accesses.read, view.read);
  }

  /** Loads what a store of the same bytes would replace: it faults, and is watched, as that store is. */
  loadReplaced(lo: number, hi: number, size: number, view: PrivilegeView): void {
    this.#read(lo, hi, size, view.accesses.write, view.write);
  }

  #read(lo: number, hi: number, size: number, access: Access, cache: PageCache): void {
    const aligned = this.#checkAlignment(lo, hi, size, access);
    const first = Math.min(size, PAGE_SIZE - (lo & PAGE_MASK));
    const offset = this.#offset(lo, hi, access, cache, aligned);
    const rest = first < size ? this.#nextPage(lo, hi, access, cache) : 0;
    this.watch?.(lo, hi, size, access);
    this.words[0] = this.words[1] = this.words[2] = this.words[3] = 0;
    if (offset === NOT_RAM) this.#readDevice(lo, hi, size, access);
    else if (aligned && size >= 4) this.#readWords(offset, size);
    else this.#readBytes(offset, first, rest, size);
    if (this.bigEndian) this.bytes.subarray(0, size).reverse();
  }

  /** Stores the first `size` bytes, 1 to 16, of `bytes`, which it may reorder. Nothing is written where it faults. */
  store(lo: number, hi: number, size: number, view: PrivilegeView): void {
    const access = view.accesses.write;
    const aligned = this.#checkAlignment(lo, hi, size, access);
    const first = Math.min(size, PAGE_SIZE - (lo & PAGE_MASK));
    const offset = this.#offset(lo, hi, access, view.write, aligned);
    const rest = first < size ? this.#nextPage(lo, hi, access, view.write) : 0;
    this.watch?.(lo, hi, size, access);
    if (this.bigEndian) this.bytes.subarray(0, size).reverse();
    if (offset === NOT_RAM) {
      this.#writeDevice(lo, hi, size, access);
      return;
    }
    this.writer.write(lo, hi, offset, this.bytes, 0, first);
    if (first < size) this.writer.write(lo + first, carried(lo + first, hi), rest, this.bytes, first, size - first);
  }

  /**
   * RAM offset of (lo, hi) for `access`, whose page cache is `cache`. Throws the abort where the access faults, and an
   * external abort where there is no RAM.
   */
  ramOffset(lo: number, hi: number, access: Access, cache: PageCache, aligned: boolean): number {
    const offset = this.#offset(lo, hi, access, cache, aligned);
    if (offset === NOT_RAM) this.raise(stage1Fault(FAULT.external), lo, hi, access);
    return offset;
  }

  /** Throws the abort that `fault` is for `access` to (lo, hi). */
  raise(fault: Fault, lo: number, hi: number, access: Access): never {
    const { kind } = access;
    const maintenance = kind === 'clean' || kind === 'invalidate';
    throw abortOf(fault, addressOf(lo, hi), {
      fetch: kind === 'fetch',
      write: kind === 'write',
      maintenance,
    });
  }

  /** Whether the last access was looked up here, is of the page that (lo, hi) is in, and went to a device. */
  wasDevice(lo: number, hi: number): boolean {
    return this.#devicePage === (lo & ~PAGE_MASK) && this.#devicePageHigh === (hi | 0);
  }

  /** Whether the access is a multiple of its size; throws the alignment fault where that is asked for. */
  #checkAlignment(lo: number, hi: number, size: number, access: Access): boolean {
    const aligned = (lo & (size - 1)) === 0;
    if (!aligned && this.alignmentChecked) this.raise(stage1Fault(FAULT.alignment), lo, hi, access);
    return aligned;
  }

  /** RAM offset of (lo, hi), or NOT_RAM. Fills `cache`. Throws the abort where translation faults. */
  #offset(lo: number, hi: number, access: Access, cache: PageCache, aligned: boolean): number {
    const entry = entryOf(lo);
    const cached = cache[entry] === (lo & ~PAGE_MASK) && cache[entry + 1] === (hi | 0);
    if (cached && (aligned || cache[entry + 3] === 0)) return cache[entry + 2]! + (lo & PAGE_MASK);
    const page = this.#mmu.translate(lo, hi, access, aligned);
    this.#mmu.commit();
    if ('fault' in page) this.raise(page, lo, hi, access);
    const offset = this.#physical.offsetOf(page.pa);
    if (offset < 0) {
      this.#devicePage = lo & ~PAGE_MASK;
      this.#devicePageHigh = hi | 0;
      this.#devicePa = page.pa;
      return NOT_RAM;
    }
    this.#devicePage = NO_PAGE;
    const isWrite = access.kind === 'write';
    // What finds the page in the cache writes without a word.
    if (isWrite) this.#physical.use(offset, 1);
    const marked = isWrite && this.writer.isMarked(offset / PAGE_SIZE);
    if (!marked) fillPage(cache, lo, hi, offset, page.device);
    return offset + (lo & PAGE_MASK);
  }

  /** RAM offset of the page after that of (lo, hi), for the rest of an access that crosses into it. */
  #nextPage(lo: number, hi: number, access: Access, cache: PageCache): number {
    const next = (lo | PAGE_MASK) + 1;
    return this.ramOffset(next, carried(next, hi), access, cache, false);
  }

  #readWords(offset: number, size: number): void {
    const { u32 } = this.#physical;
    for (let n = 0; n < size >>> 2; n++) this.words[n] = u32[(offset >>> 2) + n]!;
  }

  /** `first` bytes at `offset`, and what is left of `size` at `rest`. */
  #readBytes(offset: number, first: number, rest: number, size: number): void {
    const { u8 } = this.#physical;
    for (let n = 0; n < first; n++) this.bytes[n] = u8[offset + n]!;
    for (let n = first; n < size; n++) this.bytes[n] = u8[rest + n - first]!;
  }

  #readDevice(lo: number, hi: number, size: number, access: Access): void {
    const { device, offset } = this.#deviceAt(lo, hi, size, access);
    this.deviceAccessed();
    for (let n = 0; n < size; n += 8) {
      writeView(this.#byteView, n, Math.min(size, 8), device.read(offset + n, Math.min(size, 8)));
    }
  }

  #writeDevice(lo: number, hi: number, size: number, access: Access): void {
    const { device, offset } = this.#deviceAt(lo, hi, size, access);
    this.deviceAccessed();
    for (let n = 0; n < size; n += 8) {
      device.write(offset + n, Math.min(size, 8), readView(this.#byteView, n, Math.min(size, 8)));
    }
  }

  /**
   * The device behind (lo, hi), which was looked up last, or the external abort of an address where nothing answers, or not to
   * such an access.
   */
  #deviceAt(lo: number, hi: number, size: number, access: Access): { device: Device; offset: number } {
    const pa = this.#devicePa + (lo & PAGE_MASK);
    const device = this.#physical.deviceAt(pa);
    if (device === undefined || (lo & (size - 1)) !== 0) this.raise(stage1Fault(FAULT.external), lo, hi, access);
    return { device, offset: pa - Number(device.base) };
  }
}

/** The high half of an address whose low half became `lo` by counting up from (.., hi): one more where it came past 2^32. */
function carried(lo: number, hi: number): number {
  return (lo | 0) === 0 ? hi + 1 : hi;
}
