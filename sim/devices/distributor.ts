/**
 * The distributor of a GIC with one processor: the state of every interrupt, and which is to be signalled. One engine serves
 * GICv2 (IHI 0048B, chapters 3 and 4.3) and GICv3 (IHI 0069, chapters 4 and 12.9 to 12.11), whose registers for groups,
 * enables, pending and active state, priorities and configuration are laid out alike.
 */
import type { Cpu } from '../core/cpu.ts';

/** Interrupts whose state one 32-bit register holds. */
const WORD_BITS = 32;
export const SGIS = 16;
const SGI_MASK = 0xffff;

export interface PendingInterrupt {
  readonly id: number;
  /** 0 is the highest. */
  readonly priority: number;
  readonly group: 0 | 1;
}

export interface DistributorOptions {
  /** SGIs, PPIs and SPIs: a multiple of 32. */
  readonly interrupts: number;
  /** GICv2: software can neither disable an SGI nor set its pending state by GICD_ISPENDR (IHI 0048B, 4.3.5 and 4.3.7). */
  readonly fixedSgis: boolean;
}

/** The banks of registers with a bit for each interrupt, by offset (both architectures). */
const banks = {
  128: 'group',
  256: 'setEnable',
  384: 'clearEnable',
  512: 'setPending',
  640: 'clearPending',
  768: 'setActive',
  896: 'clearActive',
} as const;
const BANKS_END = 0x400;
const PRIORITIES = 0x400;
const PRIORITIES_END = 0x800;
const CONFIGURATION = 0xc00;
const CONFIGURATION_END = 0xd00;
/** GICD_ICFGR: the upper bit of an interrupt's two says edge-triggered, the lower is reserved. */
const EDGE_BITS = 0xaaaa_aaaa;

/** Cells of the registers of 32 interrupts. */
interface WordCells {
  readonly group: number;
  readonly enabled: number;
  readonly pending: number;
  readonly active: number;
  /** The levels of the inputs. */
  readonly level: number;
  /** Four interrupts each. */
  readonly priorities: readonly number[];
  /** Sixteen interrupts each. */
  readonly configuration: readonly number[];
}

export class Distributor {
  /** Told that what is pending may have changed. */
  changed: () => void = () => {};
  readonly #cpu: Cpu;
  readonly #words: readonly WordCells[];
  readonly #fixedSgis: boolean;

  constructor(cpu: Cpu, { interrupts, fixedSgis }: DistributorOptions) {
    this.#cpu = cpu;
    this.#fixedSgis = fixedSgis;
    this.#words = Array.from({ length: interrupts / WORD_BITS }, (_, n) => ({
      group: cpu.cell(`gicd_igroupr${n}`),
      enabled: cpu.cell(`gicd_isenabler${n}`),
      pending: cpu.cell(`gicd_ispendr${n}`),
      active: cpu.cell(`gicd_isactiver${n}`),
      level: cpu.cell(`gic.level${n}`),
      priorities: Array.from({ length: 8 }, (_, i) => cpu.cell(`gicd_ipriorityr${8 * n + i}`)),
      configuration: [cpu.cell(`gicd_icfgr${2 * n}`), cpu.cell(`gicd_icfgr${2 * n + 1}`)],
    }));
    // SGIs are edge-triggered.
    cpu.cells[this.#words[0]!.configuration[0]!] = BigInt(EDGE_BITS >>> 0);
    if (fixedSgis) cpu.cells[this.#words[0]!.enabled] = BigInt(SGI_MASK);
  }

  /** How many interrupts there are. */
  get interrupts(): number {
    return WORD_BITS * this.#words.length;
  }

  /** Sets the input of a PPI or SPI. */
  setLine(id: number, asserted: boolean): void {
    const word = this.#words[id >>> 5]!;
    const bit = 1 << (id & 31);
    const level = this.#get(word.level);
    if (((level & bit) !== 0) === asserted) return;
    this.#set(word.level, asserted ? level | bit : level & ~bit);
    if (asserted && (this.#edges(word) & bit) !== 0) this.#set(word.pending, this.#get(word.pending) | bit);
    this.changed();
  }

  /** Makes SGI `id` pending, if it is in `group` or that is undefined. */
  generate(id: number, group?: 0 | 1): void {
    if (group !== undefined && this.groupOf(id) !== group) return;
    this.setPending(id, true);
  }

  /** Sets or clears what makes an interrupt pending apart from its input. */
  setPending(id: number, pending: boolean): void {
    const { pending: cell } = this.#words[id >>> 5]!;
    const bit = 1 << (id & 31);
    this.#set(cell, pending ? this.#get(cell) | bit : this.#get(cell) & ~bit);
    this.changed();
  }

  isPending(id: number): boolean {
    return (this.#pendingBits(this.#words[id >>> 5]!) & (1 << (id & 31))) !== 0;
  }

  groupOf(id: number): 0 | 1 {
    return ((this.#get(this.#words[id >>> 5]!.group) >>> (id & 31)) & 1) as 0 | 1;
  }

  priorityOf(id: number): number {
    return (this.#get(this.#words[id >>> 5]!.priorities[(id & 31) >>> 2]!) >>> (8 * (id & 3))) & 0xff;
  }

  /**
   * The enabled interrupt of the highest priority that is pending and not active, the lowest INTID of several; of the groups
   * in `groups` (bit 0: Group 0, bit 1: Group 1).
   */
  highestPending(groups: number): PendingInterrupt | undefined {
    let best: PendingInterrupt | undefined;
    this.#words.forEach((word, n) => {
      const grouped = this.#get(word.group);
      const wanted = ((groups & 1) !== 0 ? ~grouped : 0) | ((groups & 2) !== 0 ? grouped : 0);
      let bits = wanted & this.#get(word.enabled) & this.#pendingBits(word) & ~this.#get(word.active);
      for (; bits !== 0; bits &= bits - 1) {
        const id = WORD_BITS * n + 31 - Math.clz32(bits & -bits);
        const priority = this.priorityOf(id);
        if (best === undefined || priority < best.priority) best = { id, priority, group: this.groupOf(id) };
      }
    });
    return best;
  }

  /** Acknowledges an interrupt: it becomes active; it stays pending only while its level-sensitive input is asserted. */
  activate(id: number): void {
    const { active, pending } = this.#words[id >>> 5]!;
    const bit = 1 << (id & 31);
    this.#set(active, this.#get(active) | bit);
    this.#set(pending, this.#get(pending) & ~bit);
    this.changed();
  }

  /** Ends an interrupt's active state. An INTID that there is not is let pass. */
  deactivate(id: number): void {
    const word = this.#words[id >>> 5];
    if (word === undefined) return;
    this.#set(word.active, this.#get(word.active) & ~(1 << (id & 31)));
    this.changed();
  }

  /**
   * The 32-bit register at `offset`, of interrupts `from` up to, not including, `to` (multiples of 32); undefined where it is
   * none of those that both architectures have.
   */
  read(offset: number, from: number, to: number): number | undefined {
    const at = this.#locate(offset, from, to);
    if (at === undefined) return undefined;
    const { word, bank, index } = at;
    if (word === undefined) return 0;
    switch (bank) {
      case 'priority':
        return this.#get(word.priorities[index]!);
      case 'configuration':
        return this.#get(word.configuration[index]!);
      case 'group':
        return this.#get(word.group);
      case 'setEnable':
      case 'clearEnable':
        return this.#get(word.enabled);
      case 'setPending':
      case 'clearPending':
        return this.#pendingBits(word);
      default:
        return this.#get(word.active);
    }
  }

  /** Writes it; `mask` has the bits of the bytes written. False where `read` would tell of no register. */
  write(offset: number, value: number, mask: number, from: number, to: number): boolean {
    const at = this.#locate(offset, from, to);
    if (at === undefined) return false;
    const { word, bank, index } = at;
    const isWord = mask === 0xffff_ffff || mask === -1;
    // Of these only priorities can be written by bytes (IHI 0048B, 4.1.4).
    if (word === undefined || (!isWord && bank !== 'priority')) return true;
    this.#writeBank(word, bank, index, value, mask);
    this.changed();
    return true;
  }

  #writeBank(word: WordCells, bank: Bank, index: number, value: number, mask: number): void {
    const fixed = word === this.#words[0] && this.#fixedSgis ? SGI_MASK : 0;
    const change = (cell: number, set: number, clear: number) => this.#set(cell, (this.#get(cell) & ~clear) | set);
    switch (bank) {
      case 'priority':
        change(word.priorities[index]!, value & mask, mask);
        break;
      case 'configuration':
        if (word !== this.#words[0] || index !== 0) change(word.configuration[index]!, value & EDGE_BITS, -1);
        break;
      case 'group':
        change(word.group, value, -1);
        break;
      case 'setEnable':
        change(word.enabled, value, 0);
        break;
      case 'clearEnable':
        change(word.enabled, 0, value & ~fixed);
        break;
      case 'setPending':
        change(word.pending, value & ~fixed, 0);
        break;
      case 'clearPending':
        change(word.pending, 0, value & ~fixed);
        break;
      case 'setActive':
        change(word.active, value, 0);
        break;
      case 'clearActive':
        change(word.active, 0, value);
        break;
    }
  }

  /** Which register is at `offset`; its `word` is undefined for interrupts that there are not. */
  #locate(
    offset: number,
    from: number,
    to: number,
  ): { word: WordCells | undefined; bank: Bank; index: number } | undefined {
    const wordOf = (first: number) => (first >= from && first < to ? this.#words[first >>> 5] : undefined);
    if (offset >= PRIORITIES && offset < PRIORITIES_END) {
      const first = offset - PRIORITIES;
      return { word: wordOf(first), bank: 'priority', index: (first & 31) >>> 2 };
    }
    if (offset >= CONFIGURATION && offset < CONFIGURATION_END) {
      const first = (offset - CONFIGURATION) * 4;
      return { word: wordOf(first), bank: 'configuration', index: (first & 31) >>> 4 };
    }
    const bank = offset < BANKS_END ? (banks as Readonly<Record<number, Bank>>)[offset & ~0x7f] : undefined;
    return bank && { word: wordOf((offset & 0x7f) * 8), bank, index: 0 };
  }

  /** What is pending: what was made so, and what a level-sensitive input asserts. */
  #pendingBits(word: WordCells): number {
    return this.#get(word.pending) | (this.#get(word.level) & ~this.#edges(word));
  }

  /** One bit for each edge-triggered interrupt. */
  #edges(word: WordCells): number {
    const [low, high] = word.configuration;
    return everySecond(this.#get(low!)) | (everySecond(this.#get(high!)) << 16);
  }

  #get(cell: number): number {
    return this.#cpu.words[2 * cell]! | 0;
  }

  #set(cell: number, value: number): void {
    const next = BigInt(value >>> 0);
    if (this.#cpu.cells[cell] !== next) this.#cpu.write(cell, next);
  }
}

type Bank = (typeof banks)[keyof typeof banks] | 'priority' | 'configuration';

/** Bits 1, 3, 5, ... 31 of `value`, as bits 0 to 15. */
function everySecond(value: number): number {
  let bits = (value >>> 1) & 0x5555_5555;
  bits = (bits | (bits >>> 1)) & 0x3333_3333;
  bits = (bits | (bits >>> 2)) & 0x0f0f_0f0f;
  bits = (bits | (bits >>> 4)) & 0x00ff_00ff;
  return (bits | (bits >>> 8)) & 0xffff;
}
