/**
 * The host kernel's memory as far as a world switch needs it: RAM mapped one to one from PAGE_OFFSET on (Linux:
 * Documentation/arm64/memory.txt), and EL2's own tables, in which KVM maps page by page what hyp code may touch (Linux:
 * create_hyp_mappings).
 */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { type MapAttributes, PageTables } from '../memory/page-tables.ts';
import { PAGE_SIZE, type PhysicalMemory } from '../memory/physical.ts';
import type { KernelFacts } from './kernel-facts.ts';

/** Where in RAM the kernel image begins (Linux: TEXT_OFFSET). */
export const TEXT_OFFSET = 0x80000n;
/** Kernel virtual address range for device mappings, below the one-to-one map: offset from the start of TTBR1's range. */
const IOREMAP_OFFSET = 0x10000n;

/** What is to be in RAM at the same time does not fit. */
export class NoRoomError extends SourceError {
  constructor(bytes: number) {
    super(`no room in RAM for ${bytes} bytes: give the machine more (key 'machine.ram', in MiB)`);
    this.name = 'NoRoomError';
  }
}

export class HostMemory {
  readonly physical: PhysicalMemory;
  /** TTBR1_EL1's tables: the kernel. */
  readonly kernelTables: PageTables;
  /** TTBR0_EL2's tables: what EL2 sees. */
  readonly hypTables: PageTables;
  /** Bits of a kernel virtual address that differ (Linux: VA_BITS). */
  readonly addressBits: number;
  /** Whether EL1's host and EL2 run with their MMUs on; off, all their addresses are physical ones. */
  readonly mmu: boolean;
  readonly #pageOffset: bigint;
  readonly #hypMask: bigint;
  #free: bigint;
  #freeIo: bigint;

  /**
   * Maps all of RAM for the kernel. RAM is given out from the end of the image on, `imageBytes` after TEXT_OFFSET. Throws
   * NoRoomError where the image does not fit.
   */
  constructor(physical: PhysicalMemory, facts: KernelFacts, imageBytes: number, mmu = true) {
    this.physical = physical;
    this.mmu = mmu;
    this.addressBits = Number(facts.constant('VA_BITS'));
    this.#pageOffset = mmu ? pageOffset(facts) : BigInt(physical.base);
    this.#hypMask = BigInt.asUintN(64, facts.constant('HYP_PAGE_OFFSET_MASK'));
    const image = BigInt(physical.base) + TEXT_OFFSET;
    if (!physical.hasRam(image, imageBytes)) throw new NoRoomError(imageBytes);
    this.#free = image + BigInt(imageBytes);
    const allocateTable = (size: number) => this.allocate(size, size);
    this.kernelTables = new PageTables(physical, allocateTable, { kind: 'el1-upper', inputBits: this.addressBits });
    this.hypTables = new PageTables(physical, allocateTable, { kind: 'el2', inputBits: this.addressBits });
    this.#freeIo = (1n << 64n) - (1n << BigInt(this.addressBits)) + IOREMAP_OFFSET;
    if (mmu) this.kernelTables.map(this.#pageOffset, BigInt(physical.base), BigInt(physical.size));
  }

  /** `size` bytes of zeroed RAM; the physical address. Throws NoRoomError when RAM is used up. */
  allocate(size: number, alignment = PAGE_SIZE): bigint {
    const mask = BigInt(alignment) - 1n;
    const pa = (this.#free + mask) & ~mask;
    if (!this.physical.hasRam(pa, size)) throw new NoRoomError(size);
    this.#free = pa + BigInt(size);
    return pa;
  }

  /** Whole pages of zeroed RAM for a struct of `size` bytes, so that nothing else shares them. */
  allocatePages(size: number): bigint {
    return this.allocate(Math.ceil(size / PAGE_SIZE) * PAGE_SIZE);
  }

  /** Kernel virtual address of a physical address in RAM. */
  kernelAddress(pa: bigint): bigint {
    return pa - BigInt(this.physical.base) + this.#pageOffset;
  }

  /** Physical address of a kernel virtual address of the one-to-one map, or undefined. */
  physicalAddress(kernelAddress: bigint): bigint | undefined {
    const offset = kernelAddress - this.#pageOffset;
    if (offset < 0n || offset >= BigInt(this.physical.size)) return undefined;
    return offset + BigInt(this.physical.base);
  }

  /** EL2's address for a kernel address: what the macro kern_hyp_va makes of it. */
  hypAddress(kernelAddress: bigint): bigint {
    return kernelAddress & this.#hypMask;
  }

  /** Physical address behind a kernel or hyp address of the one-to-one map, or undefined. */
  resolve(address: bigint): bigint | undefined {
    return (
      this.physicalAddress(address) ??
      this.physicalAddress((address & this.#hypMask) | (this.#pageOffset & ~this.#hypMask))
    );
  }

  /** Lets EL2 reach the pages that hold `size` bytes at physical address `pa`, at their hyp address. */
  mapForHyp(pa: bigint, size: number, attributes: MapAttributes = {}): void {
    this.#mapForHyp(this.hypAddress(this.kernelAddress(pa)), pa, size, attributes);
  }

  /** Lets EL2 reach them at their physical address as well, which code needs that turns EL2's MMU on or off. */
  mapIdentityForHyp(pa: bigint, size: number): void {
    this.#mapForHyp(pa, pa, size, {});
  }

  #mapForHyp(address: bigint, pa: bigint, size: number, attributes: MapAttributes): void {
    if (!this.mmu) return;
    const page = BigInt(PAGE_SIZE);
    const first = pa - (pa % page);
    const end = pa + BigInt(size);
    const bytes = end - first + ((page - (end % page)) % page);
    this.hypTables.map(address - (address % page), first, bytes, attributes, true);
  }

  /** Maps a device for the kernel and for EL2 (Linux: create_hyp_io_mappings); its kernel address. */
  mapDevice(base: bigint, size: number): bigint {
    if (!this.mmu) return base;
    const address = this.#freeIo;
    this.#freeIo += BigInt(size);
    this.kernelTables.map(address, base, BigInt(size), { memory: 'device', execute: false });
    this.hypTables.map(this.hypAddress(address), base, BigInt(size), { memory: 'device', execute: false });
    return address;
  }
}

/** Where the kernel's one-to-one map of RAM begins (Linux: PAGE_OFFSET). */
export function pageOffset(facts: KernelFacts): bigint {
  return BigInt.asUintN(64, facts.constant('PAGE_OFFSET'));
}
