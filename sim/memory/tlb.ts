/**
 * The architectural TLB: translations that were once walked and stay, whatever the tables say since, until a TLBI or a
 * replacement takes them out (Arm ARM DDI 0487, D8 "Translation Lookaside Buffers"). Two structures, of the sizes
 * of the Cortex-A53 (TRM DDI 0500, 5.2 "TLB organization"): a main TLB of whole translations, 512 entries in 4 ways, and
 * an IPA cache of stage 2 translations, 64 entries in 4 ways. An entry covers 4 KB; one made from a block remembers the
 * block, and a TLBI for any address in it takes it out.
 *
 * Contents can be taken back in time: every change has a number, and `moveTo` restores what was there after any change
 * since `forget`. So a run that is rewound and goes on meets the very stale entries it met the first time.
 */
import { entrySize, type Stage1Leaf, type Stage2Leaf } from './descriptors.ts';

/** ASID of an entry that serves all. */
export const GLOBAL = -1;

/** A whole translation, through the stages that were on. */
export interface TlbEntry {
  /** 2 for the EL2 regime, 1 for EL1&0. */
  readonly regime: 1 | 2;
  readonly vmid: number;
  readonly asid: number;
  /** Bits 55:12 of the virtual address. */
  readonly page: number;
  /** Undefined where stage 1 was off. */
  readonly stage1: Stage1Leaf | undefined;
  /** Undefined where stage 2 was off, and in the EL2 regime. */
  readonly stage2: Stage2Leaf | undefined;
  /** The page's IPA, or PA where there is no stage 2. */
  readonly ipa: number;
  /** Physical address of the page. */
  readonly pa: number;
}

/** A stage 2 translation. */
export interface IpaEntry {
  readonly vmid: number;
  /** Intermediate physical address / 4096. */
  readonly page: number;
  readonly stage2: Stage2Leaf;
  /** Physical address of the page. */
  readonly pa: number;
}

const WAYS = 4;
const MAIN_SETS = 128;
const IPA_SETS = 16;
const IPA_SLOTS = WAYS * MAIN_SETS;

type Slot = { readonly entry: TlbEntry | IpaEntry; readonly filledAt: number } | undefined;

interface Change {
  readonly slot: number;
  readonly before: Slot;
  readonly after: Slot;
}

export class Tlb {
  /** First the main TLB, set by set, then the IPA cache. */
  readonly #slots: Slot[] = new Array<Slot>(WAYS * (MAIN_SETS + IPA_SETS)).fill(undefined);
  /** Changes number #first, #first + 1, ...; those from `sequence` on are undone at present. */
  #changes: Change[] = [];
  #first = 0;
  #sequence = 0;

  /** How many changes were made so far; what `moveTo` takes. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The translation of `page` for these tags, with the stages that are on now, or undefined. */
  find(
    regime: 1 | 2,
    vmid: number,
    asid: number,
    page: number,
    stage1: boolean,
    stage2: boolean,
  ): TlbEntry | undefined {
    const first = WAYS * (page & (MAIN_SETS - 1));
    for (let slot = first; slot < first + WAYS; slot++) {
      const entry = this.#slots[slot]?.entry as TlbEntry | undefined;
      if (
        entry !== undefined &&
        entry.page === page &&
        entry.regime === regime &&
        entry.vmid === vmid &&
        (entry.asid === GLOBAL || entry.asid === asid) &&
        (entry.stage1 !== undefined) === stage1 &&
        (entry.stage2 !== undefined) === stage2
      ) {
        return entry;
      }
    }
    return undefined;
  }

  /** The stage 2 translation of page number `page`, or undefined. */
  findIpa(vmid: number, page: number): IpaEntry | undefined {
    const first = IPA_SLOTS + WAYS * (page & (IPA_SETS - 1));
    for (let slot = first; slot < first + WAYS; slot++) {
      const entry = this.#slots[slot]?.entry as IpaEntry | undefined;
      if (entry !== undefined && entry.page === page && entry.vmid === vmid) return entry;
    }
    return undefined;
  }

  /** Puts a translation in; returns the entry that had to go, if any. */
  insert(entry: TlbEntry): TlbEntry | undefined {
    return this.#fill(WAYS * (entry.page & (MAIN_SETS - 1)), entry) as TlbEntry | undefined;
  }

  /** Puts a stage 2 translation in. */
  insertIpa(entry: IpaEntry): void {
    this.#fill(IPA_SLOTS + WAYS * (entry.page & (IPA_SETS - 1)), entry);
  }

  /** Takes out the whole translations that `matches` names. */
  invalidate(matches: (entry: TlbEntry) => boolean): void {
    for (let slot = 0; slot < IPA_SLOTS; slot++) {
      const held = this.#slots[slot];
      if (held !== undefined && matches(held.entry as TlbEntry)) this.#change(slot, undefined);
    }
  }

  /** Takes out the stage 2 translations that `matches` names. */
  invalidateIpa(matches: (entry: IpaEntry) => boolean): void {
    for (let slot = IPA_SLOTS; slot < this.#slots.length; slot++) {
      const held = this.#slots[slot];
      if (held !== undefined && matches(held.entry as IpaEntry)) this.#change(slot, undefined);
    }
  }

  /** Restores the contents after change number `sequence`; where that is no longer known the TLB is emptied. */
  moveTo(sequence: number): void {
    if (sequence < this.#first || sequence > this.#first + this.#changes.length) {
      this.#slots.fill(undefined);
      this.#changes = [];
      this.#first = sequence;
      this.#sequence = sequence;
      return;
    }
    while (this.#sequence > sequence) {
      const { slot, before } = this.#changes[--this.#sequence - this.#first]!;
      this.#slots[slot] = before;
    }
    while (this.#sequence < sequence) {
      const { slot, after } = this.#changes[this.#sequence++ - this.#first]!;
      this.#slots[slot] = after;
    }
  }

  /** Gives up the way back to anything before the present. */
  forget(): void {
    if (this.#changes.length > 0) this.#changes = [];
    this.#first = this.#sequence;
  }

  /** Fills a free way of the set that begins at slot `first`, or replaces the oldest entry, which is returned. */
  #fill(first: number, entry: TlbEntry | IpaEntry): TlbEntry | IpaEntry | undefined {
    let chosen = first;
    for (let slot = first; slot < first + WAYS; slot++) {
      const held = this.#slots[slot];
      if (held === undefined) {
        chosen = slot;
        break;
      }
      if (held.filledAt < this.#slots[chosen]!.filledAt) chosen = slot;
    }
    const replaced = this.#slots[chosen];
    this.#change(chosen, { entry, filledAt: this.#sequence });
    return replaced?.entry;
  }

  #change(slot: number, after: Slot): void {
    // What was undone and is now overwritten by another course of events can not come back.
    this.#changes.length = this.#sequence - this.#first;
    this.#changes.push({ slot, before: this.#slots[slot], after });
    this.#sequence++;
    this.#slots[slot] = after;
  }
}

/** True where the stage 1 block or page of `entry`, or its page where stage 1 was off, holds page number `page`. */
export function coversPage(entry: TlbEntry, page: number): boolean {
  return samePages(entry.page, page, entry.stage1?.level ?? 3);
}

/** True where the stage 2 block or page of `entry` holds page number `page`. */
export function coversIpa(entry: IpaEntry, page: number): boolean {
  return samePages(entry.page, page, entry.stage2.level);
}

function samePages(one: number, other: number, level: number): boolean {
  const pages = entrySize(level) / entrySize(3);
  return Math.floor(one / pages) === Math.floor(other / pages);
}
