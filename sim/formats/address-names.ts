/**
 * Names for values that are addresses. A value counts as one where it lies in RAM under one of the mappings that code was
 * seen to run under: the distance from an instruction's physical address to its virtual one. Of code the routine is
 * named, of typed data the member, of the rest of RAM the page, numbered as pages come up.
 */
import type { PhysicalMemory } from '../memory/physical.ts';
import { type Annotations, symbolText } from '../recording/annotations.ts';
import type { Recording } from '../recording/recording.ts';

const PAGE_BITS = 12n;
const PAGE_MASK = (1n << PAGE_BITS) - 1n;
/** Smaller values may well be something else that only looks like an address: of these, only pages already seen count. */
const SURELY_ADDRESS = 1n << 32n;

export class AddressNames {
  readonly #annotations: Annotations;
  readonly #physical: PhysicalMemory;
  /** Virtual less physical address, modulo 2^64, in the order in which they were seen. */
  readonly #displacements: bigint[] = [];
  readonly #pages = new Map<bigint, number>();

  constructor({ annotations, machine }: Recording) {
    this.#annotations = annotations;
    this.#physical = machine.memory.physical;
  }

  /** An instruction at virtual address `va` was executed from physical address `pa`. */
  learn(va: bigint, pa: bigint): void {
    const displacement = BigInt.asUintN(64, va - pa);
    if (!this.#displacements.includes(displacement)) this.#displacements.push(displacement);
  }

  /** The symbol that the instruction at `pa` belongs to. */
  routineAt(pa: bigint | undefined): string | undefined {
    return pa === undefined ? undefined : this.#annotations.symbolAt(pa)?.name;
  }

  /** A name for `value`, in angle brackets, where it is an address. */
  nameOf(value: bigint): string | undefined {
    for (const displacement of this.#displacements) {
      const pa = BigInt.asUintN(64, value - displacement);
      if (!this.#physical.hasRam(pa, 1)) continue;
      const name = this.#nameAt(pa) ?? this.#knownPage(pa);
      if (name !== undefined) return `<${name}>`;
      if (value >= SURELY_ADDRESS) return `<${this.#page(pa)}>`;
    }
    return undefined;
  }

  /** What memory at `pa` is called where it is written and is no member of a struct. */
  placeOf(pa: bigint): string {
    const symbol = this.#annotations.symbolAt(pa);
    return `[${symbol === undefined ? this.#page(pa) : symbolText(symbol)}]`;
  }

  #nameAt(pa: bigint): string | undefined {
    return this.#annotations.symbolAt(pa)?.name ?? this.#annotations.fieldAt(pa, 1);
  }

  /** The place in a page that has a number, or at its very end, where an empty stack points. */
  #knownPage(pa: bigint): string | undefined {
    const page = pa >> PAGE_BITS;
    if (this.#pages.has(page)) return this.#page(pa);
    const isEnd = (pa & PAGE_MASK) === 0n && this.#pages.has(page - 1n);
    return isEnd ? `page ${this.#pages.get(page - 1n)}+0x1000` : undefined;
  }

  #page(pa: bigint): string {
    const page = pa >> PAGE_BITS;
    const number = this.#pages.get(page) ?? this.#pages.size + 1;
    this.#pages.set(page, number);
    return `page ${number}+0x${(pa & PAGE_MASK).toString(16)}`;
  }
}
