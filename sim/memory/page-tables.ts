/**
 * Builds translation tables for machine set-up: VMSAv8-64, 4 KB granule, the largest blocks that fit (Arm ARM DDI 0487,
 * D8.3 "Translation table descriptor formats"), and the register values that go with them (D17.2, TCR_ELx, VTCR_EL2,
 * MAIR_ELx).
 */
import { addressField, DESCRIPTOR_BLOCK, DESCRIPTOR_PAGE, DESCRIPTOR_TABLE, entrySizeLog2 } from './descriptors.ts';
import type { PhysicalMemory } from './physical.ts';

/** Which tables: of the EL2 regime, of EL1&0 for the lower (TTBR0) or upper (TTBR1) range, or of stage 2. */
export type TableKind = 'el2' | 'el1-lower' | 'el1-upper' | 'stage2';

export type MemoryType = 'normal' | 'device' | 'non-cacheable';

export interface MapAttributes {
  /** Default: normal, write-back, inner shareable. */
  readonly memory?: MemoryType;
  /** Default true. Stage 1 always lets EL1 and EL2 read. */
  readonly read?: boolean;
  /** Default true. */
  readonly write?: boolean;
  /** At EL1 in the EL1&0 regime, at EL2 in its own, at both levels of a guest in stage 2. Default true. */
  readonly execute?: boolean;
  /** EL1&0: EL0 may read, and write where `write`. Default false. */
  readonly el0?: boolean;
  /** EL1&0: EL0 may execute. Default false. */
  readonly el0Execute?: boolean;
  /** EL1&0: the same for all ASIDs. Default true. */
  readonly global?: boolean;
  /** Default true. */
  readonly accessFlag?: boolean;
}

export interface TableOptions {
  readonly kind: TableKind;
  /** Bits of an input address: 64 minus TxSZ, 25 to 48. */
  readonly inputBits: number;
  /** Stage 2 only: the level of the first table, or of up to 16 side by side. Default: the one with the fewest levels. */
  readonly startLevel?: number;
}

/** Where tables are kept. Tables that change while a run is recorded are written through the journal. */
export type TableMemory = Pick<PhysicalMemory, 'read64' | 'write64'>;

/** Gives out `size` zeroed bytes of RAM aligned to `size` (a power of two, at least 4096 bytes); the physical address. */
export type TableAllocator = (size: number) => bigint;

/** The MAIR_ELx that the stage 1 tables made here need: normal write-back, Device-nGnRE, normal non-cacheable. */
export const MAIR = 0x4404ffn;

const memoryTypes = {
  normal: { attrIndx: 0n, memAttr: 0b1111n, sh: 0b11n },
  device: { attrIndx: 1n, memAttr: 0b0001n, sh: 0b10n },
  'non-cacheable': { attrIndx: 2n, memAttr: 0b0101n, sh: 0b10n },
} as const;

const PAGE = 1n << 12n;

/** A descriptor found in the tables. */
export interface FoundDescriptor {
  readonly pa: bigint;
  readonly level: number;
  readonly value: bigint;
}

export class PageTables {
  readonly kind: TableKind;
  readonly inputBits: number;
  readonly startLevel: number;
  /** Physical address of the first table: what TTBRn_ELx or VTTBR_EL2 points to. */
  readonly root: bigint;
  readonly #physical: TableMemory;
  readonly #allocate: TableAllocator;

  /** Allocates the first table. Throws RangeError where the options contradict each other. */
  constructor(physical: TableMemory, allocate: TableAllocator, options: TableOptions) {
    const { kind, inputBits } = options;
    this.kind = kind;
    this.inputBits = inputBits;
    this.startLevel =
      options.startLevel ?? (kind === 'stage2' ? stage2StartLevel(inputBits) : stage1StartLevel(inputBits));
    this.#physical = physical;
    this.#allocate = allocate;
    const entriesLog2 = inputBits - entrySizeLog2(this.startLevel);
    if (inputBits < 25 || inputBits > 48 || entriesLog2 < 1 || entriesLog2 > (kind === 'stage2' ? 13 : 9)) {
      throw new RangeError(`no ${kind} tables resolve ${inputBits} address bits from level ${this.startLevel} on`);
    }
    this.root = allocate(Math.max(4096, 2 ** (entriesLog2 + 3)));
  }

  /**
   * Maps `size` bytes at `input` to `output`, replacing what was mapped there; `pages`: by pages only, no blocks. Throws
   * RangeError unless all three are multiples of 4 KB and the input is in the range of these tables.
   */
  map(input: bigint, output: bigint, size: bigint, attributes: MapAttributes = {}, pages = false): void {
    if ((input | output | size) % PAGE !== 0n) throw new RangeError(`0x${input.toString(16)}: not made of 4 KB pages`);
    this.#change(input, size, pages ? 3 : 1, (offset, level) => {
      const type = level === 3 ? DESCRIPTOR_PAGE : DESCRIPTOR_BLOCK;
      const address = output + offset;
      if (address % (1n << BigInt(entrySizeLog2(level))) !== 0n) return undefined;
      return address | this.#attributeBits(attributes) | BigInt(type);
    });
  }

  /** Takes the mapping of `size` bytes at `input` away. */
  unmap(input: bigint, size: bigint): void {
    this.#change(input, size, 1, () => 0n);
  }

  /** The descriptor at which a walk for `input` ends: of a page, a block, or none. */
  find(input: bigint): FoundDescriptor {
    let table = this.root;
    for (let level = this.startLevel; ; level++) {
      const pa = table + 8n * this.#index(this.#relative(input), level);
      const value = this.#physical.read64(pa);
      if (level === 3 || (value & 3n) !== BigInt(DESCRIPTOR_TABLE)) return { pa, level, value };
      table = tableAddress(value);
    }
  }

  /** Writes a descriptor as it is, for tables that are wrong on purpose. */
  write(descriptor: { readonly pa: bigint }, value: bigint): void {
    this.#physical.write64(descriptor.pa, value);
  }

  /**
   * Sets the entries for `size` bytes at `input`, the largest ones that fit from level `topLevel` on. `make` gives the
   * descriptor for the entry that begins `offset` bytes on, or undefined where it can not be that large.
   */
  #change(
    input: bigint,
    size: bigint,
    topLevel: number,
    make: (offset: bigint, level: number) => bigint | undefined,
  ): void {
    const first = this.#relative(input);
    if (first + size > 1n << BigInt(this.inputBits)) {
      throw new RangeError(`0x${input.toString(16)} and ${size} bytes more leave the range of the ${this.kind} tables`);
    }
    for (let offset = 0n; offset < size; ) {
      const at = first + offset;
      let level = Math.max(topLevel, this.startLevel, 1);
      let value: bigint | undefined;
      for (; level <= 3; level++) {
        const entrySize = 1n << BigInt(entrySizeLog2(level));
        if (at % entrySize !== 0n || entrySize > size - offset) continue;
        value = make(offset, level);
        if (value !== undefined) break;
      }
      this.#physical.write64(this.#entryAddress(at, level), value!);
      offset += 1n << BigInt(entrySizeLog2(level));
    }
  }

  /** Address of the entry of `level` for relative address `at`; tables that lack on the way are made. */
  #entryAddress(at: bigint, level: number): bigint {
    let table = this.root;
    for (let current = this.startLevel; ; current++) {
      const entry = table + 8n * this.#index(at, current);
      if (current === level) return entry;
      const value = this.#physical.read64(entry);
      if ((value & 3n) === BigInt(DESCRIPTOR_TABLE)) {
        table = tableAddress(value);
        continue;
      }
      table = this.#allocate(4096);
      if ((value & 1n) !== 0n) this.#split(value, current, table);
      this.#physical.write64(entry, table | BigInt(DESCRIPTOR_TABLE));
    }
  }

  /** Fills `table`, of the level below `level`, with what the block descriptor `value` mapped. */
  #split(value: bigint, level: number, table: bigint): void {
    const type = level + 1 === 3 ? DESCRIPTOR_PAGE : DESCRIPTOR_BLOCK;
    const step = 1n << BigInt(entrySizeLog2(level + 1));
    for (let n = 0n; n < 512n; n++) {
      this.#physical.write64(table + 8n * n, ((value & ~3n) + n * step) | BigInt(type));
    }
  }

  /** The offset of `input` into the range. Throws RangeError where it is outside. */
  #relative(input: bigint): bigint {
    const size = 1n << BigInt(this.inputBits);
    const relative = this.kind === 'el1-upper' ? input - ((1n << 64n) - size) : input;
    if (relative < 0n || relative >= size) {
      throw new RangeError(`0x${input.toString(16)} is outside the range of the ${this.kind} tables`);
    }
    return relative;
  }

  #index(relative: bigint, level: number): bigint {
    const entry = relative >> BigInt(entrySizeLog2(level));
    return level === this.startLevel ? entry : entry & 511n;
  }

  #attributeBits(attributes: MapAttributes): bigint {
    const { memory = 'normal', read = true, write = true, execute = true } = attributes;
    const { el0 = false, el0Execute = false, global = true, accessFlag = true } = attributes;
    const { attrIndx, memAttr, sh } = memoryTypes[memory];
    const common = (sh << 8n) | bit(accessFlag, 10n);
    if (this.kind === 'stage2') {
      return common | (memAttr << 2n) | bit(read, 6n) | bit(write, 7n) | bit(!execute, 54n);
    }
    const stage1 = common | (attrIndx << 2n) | bit(!write, 7n);
    // In the EL2 regime AP[1] is RES1, PXN and nG are RES0.
    if (this.kind === 'el2') return stage1 | bit(true, 6n) | bit(!execute, 54n);
    return stage1 | bit(el0, 6n) | bit(!global, 11n) | bit(!execute, 53n) | bit(!el0Execute, 54n);
  }
}

/** Walks are cacheable, inner shareable. */
const WALK_ATTRIBUTES = 0b11_01_01n;

/** TCR_EL2 for tables of `inputBits` and physical addresses of `physicalBits`. */
export function tcrEl2(inputBits: number, physicalBits: number): bigint {
  const res1 = (1n << 31n) | (1n << 23n);
  return res1 | (physicalSizeCode(physicalBits) << 16n) | (WALK_ATTRIBUTES << 8n) | BigInt(64 - inputBits);
}

/** TCR_EL1 for a lower and an upper range of `inputBits` each; `asid16`: ASIDs of 16 bits. */
export function tcrEl1(inputBits: number, physicalBits: number, asid16 = false): bigint {
  const txsz = BigInt(64 - inputBits);
  const lower = (WALK_ATTRIBUTES << 8n) | txsz;
  const upper = (0b10n << 30n) | (WALK_ATTRIBUTES << 24n) | (txsz << 16n);
  return bit(asid16, 36n) | (physicalSizeCode(physicalBits) << 32n) | upper | lower;
}

/** VTCR_EL2 for the stage 2 tables `tables`. */
export function vtcr(tables: PageTables, physicalBits: number): bigint {
  const res1 = 1n << 31n;
  const sl0 = BigInt(2 - tables.startLevel) << 6n;
  return res1 | (physicalSizeCode(physicalBits) << 16n) | (WALK_ATTRIBUTES << 8n) | sl0 | BigInt(64 - tables.inputBits);
}

/** The code of TCR_ELx.PS; throws RangeError where the architecture has none for `bits`. */
function physicalSizeCode(bits: number): bigint {
  const code = [32, 36, 40, 42, 44, 48].indexOf(bits);
  if (code < 0) throw new RangeError(`no physical address size of ${bits} bits`);
  return BigInt(code);
}

function stage1StartLevel(inputBits: number): number {
  return 3 - Math.floor((inputBits - 13) / 9);
}

function stage2StartLevel(inputBits: number): number {
  return inputBits <= 34 ? 2 : inputBits <= 43 ? 1 : 0;
}

function tableAddress(descriptor: bigint): bigint {
  return BigInt(addressField(Number(descriptor & 0xffff_ffffn), Number(descriptor >> 32n)));
}

function bit(value: boolean, position: bigint): bigint {
  return value ? 1n << position : 0n;
}
