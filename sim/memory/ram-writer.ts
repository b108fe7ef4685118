/**
 * Writes to RAM as steps make them: reported to the journal, and to whoever holds decoded instructions of the page.
 */
import type { Cpu } from '../core/cpu.ts';
import { PAGE_SIZE, type PhysicalMemory } from './physical.ts';

/** Told that `size` bytes at RAM offset `offset` were written, in page number `page` of RAM, which was marked. */
export type CodeWriteListener = (page: number, offset: number, size: number) => void;

export class RamWriter {
  readonly #cpu: Cpu;
  readonly #physical: PhysicalMemory;
  /** Per page of RAM: 1 where writes are reported to the listeners. */
  readonly #marked: Uint8Array;
  readonly #listeners: CodeWriteListener[] = [];

  constructor(cpu: Cpu, physical: PhysicalMemory) {
    this.#cpu = cpu;
    this.#physical = physical;
    this.#marked = new Uint8Array(physical.size / PAGE_SIZE);
  }

  /**
   * Copies `length` bytes of `bytes` from index `from` on to RAM offset `offset`; they stay within one page. The program
   * sees them at (lo, hi).
   */
  write(lo: number, hi: number, offset: number, bytes: Uint8Array, from: number, length: number): void {
    if (this.#cpu.journal !== undefined) this.#report(lo, hi, offset, length);
    const { u8 } = this.#physical;
    this.#physical.use(offset, length);
    for (let n = 0; n < length; n++) u8[offset + n] = bytes[from + n]!;
    const page = Math.floor(offset / PAGE_SIZE);
    if (this.#marked[page] === 1) for (const listener of this.#listeners) listener(page, offset, length);
  }

  isMarked(page: number): boolean {
    return this.#marked[page] === 1;
  }

  mark(page: number, marked: boolean): void {
    this.#marked[page] = marked ? 1 : 0;
  }

  onMarkedWrite(listener: CodeWriteListener): void {
    this.#listeners.push(listener);
  }

  /** Tells the journal in pieces that are aligned to their size, so that none crosses an 8-byte line. */
  #report(lo: number, hi: number, offset: number, length: number): void {
    const journal = this.#cpu.journal!;
    for (let done = 0; done < length; ) {
      const at = offset + done;
      let size = 8;
      while (at % size !== 0 || size > length - done) size /= 2;
      journal.memory(lo + done, hi, at, size);
      done += size;
    }
  }
}
