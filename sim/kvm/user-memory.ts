/**
 * A page of the user space process that owns the VM, and the two functions by which the kernel copies to and from it
 * (Linux: arch/arm64/include/asm/uaccess.h). Which side of the address space a pointer is on decides what they do with it.
 */
import type { Memory } from '../memory/memory.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import type { HostMemory } from './host-memory.ts';

/** Where the process has its page. */
const USER_PAGE = 0x40_0000n;

export class UserMemory {
  /** User virtual address of the page. */
  readonly base = USER_PAGE;
  readonly #memory: Memory;
  readonly #host: HostMemory;
  readonly #pa: bigint;

  constructor(host: HostMemory, memory: Memory) {
    this.#host = host;
    this.#memory = memory;
    this.#pa = host.allocate(PAGE_SIZE);
  }

  /** Bytes of the page. Throws RangeError outside it. */
  read(address: bigint, size: number): Uint8Array {
    return this.#memory.physical.readBytes(this.#resolve(address, size), size);
  }

  write(address: bigint, bytes: Uint8Array): void {
    this.#store(this.#resolve(address, bytes.length), bytes);
  }

  /**
   * copy_from_user: `size` bytes from user address `from` to kernel address `to`. Returns how many were not copied: all of
   * them where `from` is no user address, and then `to` is cleared, so that a caller who goes on sees no old kernel memory.
   */
  copyFromUser(to: bigint, from: bigint, size: number): number {
    const source = this.#isUserAddress(from, size) ? this.#find(from, size) : undefined;
    const target = this.#find(to, size);
    if (target !== undefined) {
      this.#store(target, source === undefined ? new Uint8Array(size) : this.#memory.physical.readBytes(source, size));
    }
    return source === undefined || target === undefined ? size : 0;
  }

  /** copy_to_user: `size` bytes from kernel address `from` to user address `to`. Returns how many were not copied. */
  copyToUser(to: bigint, from: bigint, size: number): number {
    const target = this.#isUserAddress(to, size) ? this.#find(to, size) : undefined;
    const source = this.#find(from, size);
    if (target === undefined || source === undefined) return size;
    this.#store(target, this.#memory.physical.readBytes(source, size));
    return 0;
  }

  /** access_ok: the address is below TASK_SIZE. */
  #isUserAddress(address: bigint, size: number): boolean {
    return address + BigInt(size) <= 1n << BigInt(this.#host.addressBits);
  }

  /** The physical address behind a user or kernel address, or undefined. The kernel can reach both. */
  #find(address: bigint, size: number): bigint | undefined {
    const offset = address - this.base;
    if (offset >= 0n && offset + BigInt(size) <= BigInt(PAGE_SIZE)) return this.#pa + offset;
    return this.#host.physicalAddress(address);
  }

  #resolve(address: bigint, size: number): bigint {
    const offset = address - this.base;
    if (offset < 0n || offset + BigInt(size) > BigInt(PAGE_SIZE)) {
      throw new RangeError(`0x${address.toString(16)} is outside the user page`);
    }
    return this.#pa + offset;
  }

  #store(pa: bigint, bytes: Uint8Array): void {
    bytes.forEach((byte, n) => {
      this.#memory.poke(pa + BigInt(n), 1, BigInt(byte));
    });
  }
}
