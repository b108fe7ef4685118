/**
 * Loads, stores and instruction fetches by virtual address, as the processor makes them. An address travels as two
 * 32-bit halves (lo, hi), signed or unsigned; data goes straight between memory and cells: nothing is allocated where the
 * page is known and the access aligned. Everything else takes the slow path (slow-access.ts): the first access to a page,
 * unaligned and page-crossing accesses, devices, big-endian data, watched accesses.
 *
 * Faults are thrown as ArchException. Alignment and byte order follow the Arm ARM (DDI 0487), B2.5 "Alignment support"
 * and B2.6 "Endian support".
 */
import type { Cpu } from '../core/cpu.ts';
import { pcAlignment } from '../core/exceptions.ts';
import { CURRENT_EL, PAN, UAO } from '../core/registers.ts';
import { translateAddress } from './address-translation.ts';
import { FAULT, stage1Fault } from './faults.ts';
import { addressOf, highHalf, lowHalf } from './halves.ts';
import { Mmu } from './mmu.ts';
import { entryOf, NO_PAGES, type PageCache } from './page-cache.ts';
import { PAGE_SIZE, type PhysicalMemory, writeView } from './physical.ts';
import { type PrivilegeView, PrivilegeViews } from './privilege-views.ts';
import type { CodeWriteListener } from './ram-writer.ts';
import { SCTLR } from './regime.ts';
import { type AccessListener, NOT_RAM, SlowAccess } from './slow-access.ts';
import { invalidateTlb } from './tlb-maintenance.ts';

const PAGE_MASK = PAGE_SIZE - 1;

export class Memory {
  readonly physical: PhysicalMemory;
  readonly #cpu: Cpu;
  readonly #words: Uint32Array;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  readonly #mmu: Mmu;
  readonly #slow: SlowAccess;
  readonly #views = new PrivilegeViews();
  /** The value that poke writes. */
  readonly #poked = new Uint8Array(8);
  readonly #pokedView = new DataView(this.#poked.buffer);

  // Follow from PSTATE and SCTLR_ELx, see #select. The caches of data in use are empty ones while every access has to
  // take the slow path.
  #view: PrivilegeView = this.#views.of(2, false);
  #read: PageCache = NO_PAGES;
  #write: PageCache = NO_PAGES;
  #fetch: PageCache = NO_PAGES;

  constructor(cpu: Cpu, physical: PhysicalMemory) {
    this.physical = physical;
    this.#cpu = cpu;
    this.#words = cpu.words;
    this.#u8 = physical.u8;
    this.#u16 = physical.u16;
    this.#u32 = physical.u32;
    this.#mmu = new Mmu(cpu, physical, (page) => this.#views.dropPage(page));
    this.#slow = new SlowAccess(cpu, physical, this.#mmu);
    cpu.onRefresh(() => this.#refresh());
    cpu.onContextChange((scope) => {
      if (scope === 'debug') return;
      if (scope === 'el1' && cpu.el === 2) this.#el1Changed();
      else this.#contextChanged();
    });
    this.#contextChanged();
  }

  /**
   * RAM offset of the instruction at (lo, hi). Throws ArchException: PC alignment fault, instruction abort. An
   * instruction that is not in RAM is an external abort.
   */
  fetchOffset(lo: number, hi: number): number {
    const cache = this.#fetch;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 3)) && cache[entry + 1] === (hi | 0)) {
      return cache[entry + 2]! + (lo & PAGE_MASK);
    }
    if ((lo & 3) !== 0) throw pcAlignment(addressOf(lo, hi));
    return this.#slow.ramOffset(lo, hi, this.#view.accesses.fetch, this.#view.fetch, true);
  }

  /** As `fetchOffset` but without any effect, on the TLB either; -1 where that would throw. */
  peekFetchOffset(lo: number, hi: number): number {
    if ((lo & 3) !== 0) return -1;
    const page = this.#mmu.probe(lo, hi, this.#view.accesses.fetch);
    if ('fault' in page) return -1;
    const offset = this.physical.offsetOf(page.pa);
    return offset < 0 ? -1 : offset + (lo & PAGE_MASK);
  }

  // Loads zero-extend into cell `dst`; stores take the low bytes of cell `src`.

  load8(dst: number, lo: number, hi: number): void {
    const cache = this.#read;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~PAGE_MASK) && cache[entry + 1] === (hi | 0)) {
      this.#words[2 * dst] = this.#u8[cache[entry + 2]! + (lo & PAGE_MASK)]!;
      this.#words[2 * dst + 1] = 0;
    } else {
      this.#load(dst, lo, hi, 1, this.#view);
    }
  }

  load16(dst: number, lo: number, hi: number): void {
    const cache = this.#read;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 1)) && cache[entry + 1] === (hi | 0)) {
      this.#words[2 * dst] = this.#u16[(cache[entry + 2]! + (lo & PAGE_MASK)) >>> 1]!;
      this.#words[2 * dst + 1] = 0;
    } else {
      this.#load(dst, lo, hi, 2, this.#view);
    }
  }

  load32(dst: number, lo: number, hi: number): void {
    const cache = this.#read;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 3)) && cache[entry + 1] === (hi | 0)) {
      this.#words[2 * dst] = this.#u32[(cache[entry + 2]! + (lo & PAGE_MASK)) >>> 2]!;
      this.#words[2 * dst + 1] = 0;
    } else {
      this.#load(dst, lo, hi, 4, this.#view);
    }
  }

  load64(dst: number, lo: number, hi: number): void {
    const cache = this.#read;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 7)) && cache[entry + 1] === (hi | 0)) {
      const word = (cache[entry + 2]! + (lo & PAGE_MASK)) >>> 2;
      this.#words[2 * dst] = this.#u32[word]!;
      this.#words[2 * dst + 1] = this.#u32[word + 1]!;
    } else {
      this.#load(dst, lo, hi, 8, this.#view);
    }
  }

  /** A 128-bit access, into cells `dst` (bits 63:0) and `dst + 1`. */
  load128(dst: number, lo: number, hi: number): void {
    const cache = this.#read;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 15)) && cache[entry + 1] === (hi | 0)) {
      const word = (cache[entry + 2]! + (lo & PAGE_MASK)) >>> 2;
      for (let n = 0; n < 4; n++) this.#words[2 * dst + n] = this.#u32[word + n]!;
    } else {
      this.#slow.load(lo, hi, 16, this.#view);
      for (let n = 0; n < 4; n++) this.#words[2 * dst + n] = this.#slow.words[n]!;
    }
  }

  /** A load of 1 << sizeLog2 bytes, sign-extended to 64 bits or to 32. */
  loadSigned(dst: number, lo: number, hi: number, sizeLog2: number, to64: boolean): void {
    if (sizeLog2 === 0) this.load8(dst, lo, hi);
    else if (sizeLog2 === 1) this.load16(dst, lo, hi);
    else this.load32(dst, lo, hi);
    this.#signExtend(dst, sizeLog2, to64);
  }

  /** A load of 1 << sizeLog2 bytes with EL0's permissions (LDTR): at EL1, unless PSTATE.UAO is 1. */
  loadUnprivileged(dst: number, lo: number, hi: number, sizeLog2: number): void {
    this.#load(dst, lo, hi, 1 << sizeLog2, this.#unprivilegedView());
  }

  loadUnprivilegedSigned(dst: number, lo: number, hi: number, sizeLog2: number, to64: boolean): void {
    this.loadUnprivileged(dst, lo, hi, sizeLog2);
    this.#signExtend(dst, sizeLog2, to64);
  }

  store8(src: number, lo: number, hi: number): void {
    const cache = this.#write;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~PAGE_MASK) && cache[entry + 1] === (hi | 0)) {
      const offset = cache[entry + 2]! + (lo & PAGE_MASK);
      this.#cpu.journal?.memory(lo, hi, offset, 1);
      this.#u8[offset] = this.#words[2 * src]!;
    } else {
      this.#store(src, lo, hi, 1, this.#view);
    }
  }

  store16(src: number, lo: number, hi: number): void {
    const cache = this.#write;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 1)) && cache[entry + 1] === (hi | 0)) {
      const offset = cache[entry + 2]! + (lo & PAGE_MASK);
      this.#cpu.journal?.memory(lo, hi, offset, 2);
      this.#u16[offset >>> 1] = this.#words[2 * src]!;
    } else {
      this.#store(src, lo, hi, 2, this.#view);
    }
  }

  store32(src: number, lo: number, hi: number): void {
    const cache = this.#write;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 3)) && cache[entry + 1] === (hi | 0)) {
      const offset = cache[entry + 2]! + (lo & PAGE_MASK);
      this.#cpu.journal?.memory(lo, hi, offset, 4);
      this.#u32[offset >>> 2] = this.#words[2 * src]!;
    } else {
      this.#store(src, lo, hi, 4, this.#view);
    }
  }

  store64(src: number, lo: number, hi: number): void {
    const cache = this.#write;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 7)) && cache[entry + 1] === (hi | 0)) {
      const offset = cache[entry + 2]! + (lo & PAGE_MASK);
      this.#cpu.journal?.memory(lo, hi, offset, 8);
      const word = offset >>> 2;
      this.#u32[word] = this.#words[2 * src]!;
      this.#u32[word + 1] = this.#words[2 * src + 1]!;
    } else {
      this.#store(src, lo, hi, 8, this.#view);
    }
  }

  /** A 128-bit access, from cells `src` (bits 63:0) and `src + 1`. */
  store128(src: number, lo: number, hi: number): void {
    const cache = this.#write;
    const entry = entryOf(lo);
    if (cache[entry] === (lo & ~(PAGE_MASK - 15)) && cache[entry + 1] === (hi | 0)) {
      const offset = cache[entry + 2]! + (lo & PAGE_MASK);
      this.#cpu.journal?.memory(lo, hi, offset, 8);
      this.#cpu.journal?.memory(lo + 8, hi, offset + 8, 8);
      const word = offset >>> 2;
      for (let n = 0; n < 4; n++) this.#u32[word + n] = this.#words[2 * src + n]!;
    } else {
      for (let n = 0; n < 4; n++) this.#slow.words[n] = this.#words[2 * src + n]!;
      this.#slow.store(lo, hi, 16, this.#view);
    }
  }

  /** A store of 1 << sizeLog2 bytes with EL0's permissions (STTR), as `loadUnprivileged`. */
  storeUnprivileged(src: number, lo: number, hi: number, sizeLog2: number): void {
    this.#store(src, lo, hi, 1 << sizeLog2, this.#unprivilegedView());
  }

  /**
   * Loads, zero-extended, what a store of `size` bytes (1 to 8) would replace: it faults, and is watched, as that store is.
   * What a store-exclusive compares.
   */
  loadReplaced(dst: number, lo: number, hi: number, size: number): void {
    this.#slow.loadReplaced(lo, hi, size, this.#view);
    this.#takeLoaded(dst);
  }

  /** DC ZVA: zeroes the aligned block of `size` bytes (8 to 2048) that (lo, hi) is in. Device memory refuses it. */
  zeroBlock(lo: number, hi: number, size: number): void {
    const { accesses, write } = this.#view;
    // Device memory lets nothing through that is not aligned, and no DC ZVA.
    const offset = this.#slow.ramOffset(lo, hi, accesses.write, write, false) & -size;
    this.#slow.watch?.(lo & -size, hi, size, accesses.write);
    this.#slow.writer.write(lo & -size, hi, offset, new Uint8Array(size), 0, size);
  }

  /** Throws the alignment fault of a load-acquire, store-release, exclusive or atomic access that is not aligned. */
  requireAligned(lo: number, hi: number, size: number, write: boolean): void {
    if ((lo & (size - 1)) === 0) return;
    const { accesses } = this.#view;
    this.#slow.raise(stage1Fault(FAULT.alignment), lo, hi, write ? accesses.write : accesses.read);
  }

  /** Throws what a store of `size` bytes (at most a page) would throw, alignment aside; writes nothing. */
  checkStore(lo: number, hi: number, size: number): void {
    const { accesses, write } = this.#view;
    const check = (atLo: number, atHi: number) => {
      const page = this.#mmu.translate(atLo, atHi, accesses.write, true);
      this.#mmu.commit();
      if ('fault' in page) this.#slow.raise(page, atLo, atHi, accesses.write);
    };
    const entry = entryOf(lo);
    const cached = write[entry] === (lo & ~PAGE_MASK) && write[entry + 1] === (hi | 0);
    if (!cached) check(lo, hi);
    const next = (lo | PAGE_MASK) + 1;
    if ((lo & PAGE_MASK) + size > PAGE_SIZE) check(next, next === 0 ? hi + 1 : hi);
  }

  /**
   * The memory side of DC CVAC, DC CVAU, DC CIVAC and IC IVAU ('clean') and of DC IVAC ('invalidate') on a line of `line`
   * bytes: there are no caches to maintain, but the address is translated and may fault, and watchpoints take DC IVAC for
   * a store to the line.
   */
  maintainCache(kind: 'clean' | 'invalidate', lo: number, hi: number, line: number): void {
    const access = this.#view.accesses[kind];
    const page = this.#mmu.translate(lo, hi, access, true);
    this.#mmu.commit();
    if ('fault' in page) this.#slow.raise(page, lo, hi, access);
    if (kind === 'invalidate') this.#slow.watch?.(lo & -line, hi, line, access);
  }

  /** TLBI `name` (lower case, such as 'vae1is') with its register argument. Throws NotModelled for a name it lacks. */
  tlbi(name: string, value: bigint): void {
    invalidateTlb(this.#mmu, name, value);
    this.#mmu.commit();
    this.#views.drop({ el1: true, el2: true });
  }

  /** AT `name` (lower case, such as 's12e1r') for the address (lo, hi): writes PAR_EL1, or throws ArchException. */
  at(name: string, lo: number, hi: number): void {
    const par = translateAddress(this.#mmu, name, lo, hi, this.#cpu);
    this.#mmu.commit();
    this.#cpu.write(this.#cpu.cell('par_el1'), par);
  }

  /**
   * The physical address behind `va` for a data read at exception level `el` (0 to 2), or undefined where it faults. Stale
   * TLB entries count; nothing is changed.
   */
  translate(va: bigint, el: number = this.#cpu.el): bigint | undefined {
    const lo = lowHalf(va);
    const page = this.#mmu.probe(lo, highHalf(va), this.#views.of(el, false).accesses.read);
    return 'fault' in page ? undefined : BigInt(page.pa + (lo & PAGE_MASK));
  }

  /**
   * Where in RAM the load or store went that was made last, at (lo, hi): an offset, or NOT_RAM for a device. To be asked before
   * anything else happens.
   */
  accessOffset(lo: number, hi: number): number {
    const entry = entryOf(lo);
    const page = lo & ~PAGE_MASK;
    const { read, write } = this.#view;
    if (read[entry] === page && read[entry + 1] === (hi | 0)) return read[entry + 2]! + (lo & PAGE_MASK);
    if (write[entry] === page && write[entry + 1] === (hi | 0)) return write[entry + 2]! + (lo & PAGE_MASK);
    if (this.#slow.wasDevice(lo, hi)) return NOT_RAM;
    const pa = this.translate(addressOf(lo, hi));
    return pa === undefined ? NOT_RAM : this.physical.offsetOf(Number(pa));
  }

  /**
   * Writes the low `size` bytes (1, 2, 4 or 8) of `value` by physical address, little-endian, journalled. Throws
   * RangeError where there is no RAM.
   */
  poke(pa: bigint, size: number, value: bigint): void {
    if (!this.physical.hasRam(pa, size)) throw new RangeError(`no RAM at physical address 0x${pa.toString(16)}`);
    this.pokeRam(this.physical.offsetOf(Number(pa)), size, value);
  }

  /** The same by the offset of bytes into RAM, which has to have all of them. */
  pokeRam(offset: number, size: number, value: bigint): void {
    writeView(this.#pokedView, 0, 8, value);
    const first = Math.min(size, PAGE_SIZE - (offset & PAGE_MASK));
    this.#writePoked(offset, 0, first);
    if (first < size) this.#writePoked(offset + first, first, size - first);
  }

  /** Writes bytes of #poked from `start` on to RAM, all in one page. */
  #writePoked(offset: number, start: number, length: number): void {
    const pa = this.physical.base + offset;
    this.#slow.writer.write(pa >>> 0, Math.floor(pa / 2 ** 32), offset, this.#poked, start, length);
  }

  /** Whether somebody holds what was decoded of page number `page` of RAM (see markCode). */
  isCode(page: number): boolean {
    return this.#slow.writer.isMarked(page);
  }

  /** Asks for reports of writes to page number `page` of RAM (see onCodeWrite). */
  markCode(page: number): void {
    if (this.isCode(page)) return;
    this.#slow.writer.mark(page, true);
    this.#views.dropWritesTo(page * PAGE_SIZE);
  }

  /** Ends what markCode began. */
  unmarkCode(page: number): void {
    this.#slow.writer.mark(page, false);
  }

  /** Calls `listener` after each store, block zeroing and poke to a page that `markCode` was called for. */
  onCodeWrite(listener: CodeWriteListener): void {
    this.#slow.writer.onMarkedWrite(listener);
  }

  /** Has `listener` called for every load and store, as watchpoints need it; undefined ends it. */
  watch(listener: AccessListener | undefined): void {
    this.#slow.watch = listener;
    this.#select();
  }

  /** Calls `listener` for each load and store that goes to a device, before it is made. */
  onDeviceAccess(listener: () => void): void {
    this.#slow.deviceAccessed = listener;
  }

  #load(dst: number, lo: number, hi: number, size: number, view: PrivilegeView): void {
    this.#slow.load(lo, hi, size, view);
    this.#takeLoaded(dst);
  }

  #takeLoaded(dst: number): void {
    this.#words[2 * dst] = this.#slow.words[0]!;
    this.#words[2 * dst + 1] = this.#slow.words[1]!;
  }

  #store(src: number, lo: number, hi: number, size: number, view: PrivilegeView): void {
    this.#slow.words[0] = this.#words[2 * src]!;
    this.#slow.words[1] = this.#words[2 * src + 1]!;
    this.#slow.store(lo, hi, size, view);
  }

  #signExtend(dst: number, sizeLog2: number, to64: boolean): void {
    const shift = 32 - (8 << sizeLog2);
    const value = (this.#words[2 * dst]! << shift) >> shift;
    this.#words[2 * dst] = value;
    this.#words[2 * dst + 1] = to64 ? value >> 31 : 0;
  }

  #unprivilegedView(): PrivilegeView {
    return this.#cpu.el === 1 && this.#words[2 * UAO] === 0 ? this.#views.of(0, false) : this.#view;
  }

  #contextChanged(): void {
    this.#views.drop(this.#mmu.contextChanged());
    this.#select();
  }

  #el1Changed(): void {
    this.#mmu.el1Changed();
    this.#views.drop({ el1: true, el2: false });
  }

  /** State was changed from outside: the TLB goes where its cell says, and what follows from it is made anew. */
  #refresh(): void {
    this.#mmu.refresh();
    this.#views.drop({ el1: true, el2: true });
  }

  #select(): void {
    const el = this.#words[2 * CURRENT_EL]! >>> 2;
    const sctlr = this.#mmu.registers.sctlr(el);
    const slow = this.#slow;
    slow.bigEndian = (sctlr & (el === 0 ? SCTLR.e0e : SCTLR.ee)) !== 0;
    slow.alignmentChecked = (sctlr & SCTLR.a) !== 0;
    this.#view = this.#views.of(el, this.#words[2 * PAN] !== 0);
    const allSlow = slow.bigEndian || slow.watch !== undefined;
    this.#read = allSlow ? NO_PAGES : this.#view.read;
    this.#write = allSlow ? NO_PAGES : this.#view.write;
    this.#fetch = this.#view.fetch;
  }
}
