/**
 * The guest's memory as user space gave it to the VM, slot by slot, and the stage 2 tables that KVM fills in as the guest
 * faults (Linux: virt/kvm/kvm_main.c, memslots; arch/arm/kvm/mmu.c, user_mem_abort).
 */
import type { Memory } from '../memory/memory.ts';
import { PageTables } from '../memory/page-tables.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import type { HostMemory } from './host-memory.ts';

/** Bits of a guest physical address (Linux: KVM_PHYS_SHIFT). */
export const GUEST_PHYSICAL_BITS = 40;
const PAGE = BigInt(PAGE_SIZE);

/** A piece of guest physical memory with RAM behind it (Linux: KVM_SET_USER_MEMORY_REGION). */
export interface MemorySlot {
  /** Guest physical address and bytes, multiples of 4 KB. */
  readonly address: bigint;
  readonly size: number;
  /** KVM_MEM_READONLY: writes are not done but go to user space as MMIO. */
  readonly readonly: boolean;
}

interface BackedSlot extends MemorySlot {
  /** Physical address of the RAM behind it. */
  readonly pa: bigint;
}

export class GuestMemory {
  readonly tables: PageTables;
  /** How many times TLBs were flushed. */
  flushes = 0;
  readonly #slots: BackedSlot[] = [];
  readonly #host: HostMemory;
  readonly #memory: Memory;

  /** Tables with nothing in them. They are written through `memory`'s journal. */
  constructor(host: HostMemory, memory: Memory) {
    this.#host = host;
    this.#memory = memory;
    const { physical } = host;
    const journalled = {
      read64: (pa: bigint) => physical.read64(pa),
      write64: (pa: bigint, value: bigint) => memory.poke(pa, 8, value),
    };
    this.tables = new PageTables(journalled, (size) => host.allocate(size, size), {
      kind: 'stage2',
      inputBits: GUEST_PHYSICAL_BITS,
    });
  }

  /** Adds a slot with zeroed RAM, or with the RAM at `pa`; nothing is mapped yet. Throws RangeError where two would overlap. */
  addSlot(slot: MemorySlot, pa = this.#host.allocatePages(slot.size)): void {
    const end = slot.address + BigInt(slot.size);
    const other = this.#slots.find(({ address, size }) => address < end && slot.address < address + BigInt(size));
    if (other !== undefined) {
      throw new RangeError(
        `guest memory at 0x${slot.address.toString(16)} overlaps that at 0x${other.address.toString(16)}`,
      );
    }
    this.#slots.push({ ...slot, pa });
  }

  /** The slot that has guest physical address `ipa`, or undefined. */
  slotAt(ipa: bigint): MemorySlot | undefined {
    return this.#backed(ipa);
  }

  /** The physical address behind guest physical address `ipa`, or undefined where no slot has it. */
  physicalAddress(ipa: bigint): bigint | undefined {
    const slot = this.#backed(ipa);
    return slot === undefined ? undefined : slot.pa + (ipa - slot.address);
  }

  /**
   * Maps the page of `ipa` for the guest; what TLBs hold of an older mapping goes (Linux: kvm_tlb_flush_vmid_ipa, which is a
   * call to EL2; here it costs no time). Throws RangeError where no slot has it. */
  mapPage(ipa: bigint, writable: boolean): void {
    const page = ipa - (ipa % PAGE);
    const pa = this.physicalAddress(page);
    if (pa === undefined) throw new RangeError(`no guest memory at 0x${ipa.toString(16)}`);
    const wasMapped = (this.tables.find(page).value & 1n) === 1n;
    this.tables.map(page, pa, PAGE, { write: writable }, true);
    if (!wasMapped) return;
    this.#memory.tlbi('alle1', 0n);
    this.flushes++;
  }

  /** Maps all of the slot at `address`. */
  mapSlot(address: bigint, writable: boolean): void {
    const slot = this.#backed(address);
    for (let offset = 0n; slot !== undefined && offset < BigInt(slot.size); offset += PAGE) {
      this.mapPage(slot.address + offset, writable && !slot.readonly);
    }
  }

  #backed(ipa: bigint): BackedSlot | undefined {
    return this.#slots.find(({ address, size }) => ipa >= address && ipa < address + BigInt(size));
  }
}
