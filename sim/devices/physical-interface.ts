/**
 * A physical CPU interface of a GIC: what the distributor has pending is signalled, acknowledged, ended and deactivated by
 * priority mask, preemption and groups. One engine serves GICv2 (IHI 0048B, 3.3 "Interrupt prioritization" and 4.4) and GICv3
 * (IHI 0069, 4.8 and 12.2), which keep the settings in different registers.
 */
import type { Cpu } from '../core/cpu.ts';
import { FIQ, IRQ } from '../core/registers.ts';
import type { Distributor, PendingInterrupt } from './distributor.ts';

const IDLE_PRIORITY = 0xff;

/** The settings, as they are at present. */
export interface InterfaceSettings {
  /** GICD_CTLR: bit 0 forwards Group 0, bit 1 Group 1. */
  readonly forwarded: number;
  /** The same for the CPU interface. */
  readonly enabled: number;
  /** Priorities from here on are not signalled. */
  readonly priorityMask: number;
  /** A priority's bits that decide about preemption, for interrupts of `group`. */
  groupMask(group: 0 | 1): number;
  /** Ending an interrupt only drops the priority. */
  readonly isSplit: boolean;
  /** Whether interrupts of `group` are signalled as FIQ. */
  isFiq(group: 0 | 1): boolean;
}

export class PhysicalInterface {
  readonly #cpu: Cpu;
  readonly #distributor: Distributor;
  readonly #settings: InterfaceSettings;
  readonly #activePriorities: readonly [readonly number[], readonly number[]];
  /** Bits of a priority below the smallest step of preemption. */
  readonly #shift: number;

  /**
   * `activePriorities`: for each group the cells that hold one bit for each level of preemption, 32 a cell: one cell for
   * five bits of preemption, four for seven.
   */
  constructor(
    cpu: Cpu,
    distributor: Distributor,
    settings: InterfaceSettings,
    activePriorities: readonly [readonly number[], readonly number[]],
  ) {
    this.#cpu = cpu;
    this.#distributor = distributor;
    this.#settings = settings;
    this.#activePriorities = activePriorities;
    this.#shift = activePriorities[0].length === 1 ? 3 : 1;
    distributor.changed = () => this.update();
  }

  /** Puts the processor's IRQ and FIQ inputs to what the registers say. */
  update(): void {
    const signalled = this.#signalled();
    const isFiq = signalled !== undefined && this.#settings.isFiq(signalled.group);
    this.#cpu.setLine(IRQ, signalled !== undefined && !isFiq);
    this.#cpu.setLine(FIQ, isFiq);
  }

  /** The priority of what is active (GICC_RPR, ICC_RPR_EL1). */
  get runningPriority(): number {
    return Math.min(this.#highestActive(0), this.#highestActive(1));
  }

  /** The pending interrupt of the highest priority, of the groups that are forwarded; whatever the mask (HPPIR). */
  get highestPending(): PendingInterrupt | undefined {
    const pending = this.#distributor.highestPending(this.#settings.forwarded);
    return pending !== undefined && ((this.#settings.enabled >> pending.group) & 1) !== 0 ? pending : undefined;
  }

  /** Acknowledges the signalled interrupt, which becomes active; undefined where none is signalled or `accepts` refuses it. */
  acknowledge(accepts: (pending: PendingInterrupt) => boolean): PendingInterrupt | undefined {
    const signalled = this.#signalled();
    if (signalled === undefined || !accepts(signalled)) return undefined;
    const level = (signalled.priority & this.#settings.groupMask(signalled.group)) >>> this.#shift;
    const cell = this.#activePriorities[signalled.group][level >>> 5]!;
    this.#cpu.write(cell, this.#cpu.cells[cell]! | (1n << BigInt(level & 31)));
    this.#distributor.activate(signalled.id);
    return signalled;
  }

  /** The interrupt that an acknowledge would find, whoever asks. */
  get signalled(): PendingInterrupt | undefined {
    return this.#signalled();
  }

  /** Ends interrupt `id` of `group`: drops the priority, and deactivates where that is not split. Special INTIDs end nothing. */
  end(group: 0 | 1, id: number): void {
    if (id >= this.#distributor.interrupts || !this.#dropPriority(group)) return;
    if (this.#settings.isSplit) this.update();
    else this.#distributor.deactivate(id);
  }

  /** Deactivates interrupt `id`, where ending it did not (DIR). */
  deactivate(id: number): void {
    if (this.#settings.isSplit) this.#distributor.deactivate(id);
  }

  #signalled(): PendingInterrupt | undefined {
    const { priorityMask } = this.#settings;
    const best = this.highestPending;
    if (best === undefined || best.priority >= priorityMask) return undefined;
    const running = this.runningPriority;
    const isPreempting = (best.priority & this.#settings.groupMask(best.group)) < running;
    return running === IDLE_PRIORITY || isPreempting ? best : undefined;
  }

  /** The highest active priority of `group`, or the idle priority. */
  #highestActive(group: 0 | 1): number {
    const cells = this.#activePriorities[group];
    for (let n = 0; n < cells.length; n++) {
      const bits = this.#cpu.words[2 * cells[n]!]! | 0;
      if (bits !== 0) return (32 * n + 31 - Math.clz32(bits & -bits)) << this.#shift;
    }
    return IDLE_PRIORITY;
  }

  /** Clears the highest active priority of `group`. False where there is none. */
  #dropPriority(group: 0 | 1): boolean {
    const { cells } = this.#cpu;
    const cell = this.#activePriorities[group].find((one) => cells[one] !== 0n);
    if (cell === undefined) return false;
    this.#cpu.write(cell, cells[cell]! & (cells[cell]! - 1n));
    return true;
  }
}
