/**
 * The virtual interface of a GIC: list registers, and the virtual CPU interface that acknowledges and ends the interrupts in
 * them. One engine serves GICv2 (IHI 0048B, chapter 5 "Support for Virtualization") and GICv3 (IHI 0069, chapter 6 "Virtual
 * Interrupt Handling and Prioritization"), which differ in where the fields of a list register lie. Both have 32 levels
 * of preemption here: five priority bits.
 */
import type { Cpu } from '../core/cpu.ts';
import { VFIQ, VIRQ } from '../core/registers.ts';
import type { InterruptOutput } from './device.ts';

/** ICH_HCR_EL2, GICH_HCR. */
export const HCR = {
  en: 1n << 0n,
  uie: 1n << 1n,
  lrenpie: 1n << 2n,
  npie: 1n << 3n,
  grp0Enabled: 1n << 4n,
  grp0Disabled: 1n << 5n,
  grp1Enabled: 1n << 6n,
  grp1Disabled: 1n << 7n,
} as const;
const EOI_COUNT_SHIFT = 27n;
const EOI_COUNT = 0x1fn << EOI_COUNT_SHIFT;

/** ICH_VMCR_EL2, GICH_VMCR. */
const VMCR = {
  grp0: 1n << 0n,
  grp1: 1n << 1n,
  ackCtl: 1n << 2n,
  fiqEn: 1n << 3n,
  cbpr: 1n << 4n,
  eoiMode: 1n << 9n,
} as const;
const BPR1_SHIFT = 18n;
const BPR0_SHIFT = 21n;
const PRIORITY_MASK_SHIFT = 24n;

/** The state of a list register; active and pending is both. */
const PENDING = 1;
const ACTIVE = 2;

export const SPURIOUS = 1023;
/** What GICv2 answers where a Group 1 interrupt is pending and only Group 0 was asked for. */
export const SPURIOUS_GROUP1 = 1022;
const IDLE_PRIORITY = 0xff;

export interface ListRegister {
  readonly id: number;
  /** 0 is the highest; the low three bits are 0. */
  readonly priority: number;
  readonly group: 0 | 1;
  readonly state: number;
  /** A physical interrupt stands behind it; else `eoi` asks for maintenance when it has ended. */
  readonly hardware: boolean;
  readonly physicalId: number;
  readonly eoi: boolean;
  /** GICv2: the processor that asked for a software interrupt. */
  readonly source: number;
}

/** Where one architecture keeps the engine's state. */
export interface VirtualInterfaceLayout {
  readonly hcr: number;
  readonly vmcr: number;
  /** Active priorities of Group 0 and Group 1; GICv2 has one register for both. */
  readonly activePriorities: readonly [number, number];
  readonly listRegisters: readonly number[];
  decode(value: bigint): ListRegister;
  withState(value: bigint, state: number): bigint;
  /** Group 0 goes by FIQ always (GICv3), or where VMCR.VFIQEn says so (GICv2). */
  readonly fiqAlways: boolean;
}

/** ICH_MISR_EL2, GICH_MISR: why there is a maintenance interrupt. */
const MISR = {
  eoi: 1n << 0n,
  u: 1n << 1n,
  lrenp: 1n << 2n,
  np: 1n << 3n,
  grp0Enabled: 1n << 4n,
  grp0Disabled: 1n << 5n,
  grp1Enabled: 1n << 6n,
  grp1Disabled: 1n << 7n,
} as const;

const isPending = (list: ListRegister) => list.state === PENDING;
const isValid = (list: ListRegister) => list.state !== 0;
/** Its interrupt has ended, and it asked for maintenance. */
const hasEnded = (list: ListRegister) => list.state === 0 && !list.hardware && list.eoi;

const nobody = () => {};

export class VirtualInterface {
  readonly #cpu: Cpu;
  readonly #layout: VirtualInterfaceLayout;
  /** The list registers as they were decoded last, and the halves of the values they were decoded from. */
  readonly #decoded: ListRegister[];
  readonly #from: Uint32Array;
  /** The maintenance interrupt. */
  maintenance: InterruptOutput = nobody;
  /** Told to deactivate a physical interrupt: its virtual one, with HW set, has ended. */
  deactivate: (physicalId: number) => void = nobody;

  constructor(cpu: Cpu, layout: VirtualInterfaceLayout) {
    this.#cpu = cpu;
    this.#layout = layout;
    this.#decoded = layout.listRegisters.map(() => layout.decode(0n));
    this.#from = new Uint32Array(2 * layout.listRegisters.length);
  }

  /** Nobody is told of anything any more. */
  disconnect(): void {
    this.maintenance = nobody;
    this.deactivate = nobody;
  }

  get #hcr(): bigint {
    return this.#cpu.cells[this.#layout.hcr]!;
  }

  get #vmcr(): bigint {
    return this.#cpu.cells[this.#layout.vmcr]!;
  }

  /** Writes a register of the interface, and puts the interrupt lines to what follows from it. */
  write(cell: number, value: bigint): void {
    const isChange = this.#cpu.cells[cell] !== value;
    this.#cpu.write(cell, value);
    if (isChange) this.update();
  }

  /** List register `n`. */
  list(n: number): ListRegister {
    return this.#lists[n]!;
  }

  get #lists(): readonly ListRegister[] {
    const { words, cells } = this.#cpu;
    const { listRegisters } = this.#layout;
    const from = this.#from;
    for (let n = 0; n < listRegisters.length; n++) {
      const cell = listRegisters[n]!;
      if (words[2 * cell] === from[2 * n] && words[2 * cell + 1] === from[2 * n + 1]) continue;
      from[2 * n] = words[2 * cell]!;
      from[2 * n + 1] = words[2 * cell + 1]!;
      this.#decoded[n] = this.#layout.decode(cells[cell]!);
    }
    return this.#decoded;
  }

  /** One bit for each list register that `matches`. */
  #bits(matches: (list: ListRegister) => boolean): bigint {
    return this.#lists.reduce((bits, list, n) => (matches(list) ? bits | (1n << BigInt(n)) : bits), 0n);
  }

  /** Empty list registers (ELRSR): invalid, and no maintenance interrupt left to report. */
  get empty(): bigint {
    return this.#bits((list) => list.state === 0 && (list.hardware || !list.eoi));
  }

  /** List registers whose interrupt has ended and that asked for maintenance (EISR). */
  get ended(): bigint {
    return this.#bits(hasEnded);
  }

  /** Why there is a maintenance interrupt (MISR). */
  get maintenanceStatus(): bigint {
    const hcr = this.#hcr;
    const vmcr = this.#vmcr;
    const lists = this.#lists;
    const grp0 = (vmcr & VMCR.grp0) !== 0n;
    const grp1 = (vmcr & VMCR.grp1) !== 0n;
    let status = lists.some(hasEnded) ? MISR.eoi : 0n;
    if ((hcr & HCR.uie) !== 0n && lists.filter(isValid).length <= 1) status |= MISR.u;
    if ((hcr & HCR.lrenpie) !== 0n && (hcr & EOI_COUNT) !== 0n) status |= MISR.lrenp;
    if ((hcr & HCR.npie) !== 0n && !lists.some(isPending)) status |= MISR.np;
    if ((hcr & HCR.grp0Enabled) !== 0n && grp0) status |= MISR.grp0Enabled;
    if ((hcr & HCR.grp0Disabled) !== 0n && !grp0) status |= MISR.grp0Disabled;
    if ((hcr & HCR.grp1Enabled) !== 0n && grp1) status |= MISR.grp1Enabled;
    if ((hcr & HCR.grp1Disabled) !== 0n && !grp1) status |= MISR.grp1Disabled;
    return status;
  }

  /** Puts the virtual IRQ and FIQ lines and the maintenance interrupt to what the registers say. */
  update(): void {
    const signalled = this.#signalled();
    const isFiq =
      signalled !== undefined && signalled.group === 0 && (this.#layout.fiqAlways || (this.#vmcr & VMCR.fiqEn) !== 0n);
    this.#cpu.setLine(VIRQ, signalled !== undefined && !isFiq);
    this.#cpu.setLine(VFIQ, isFiq);
    this.maintenance((this.#hcr & HCR.en) !== 0n && this.maintenanceStatus !== 0n);
  }

  /** The priority of what is active, or the idle priority (RPR). */
  get runningPriority(): number {
    const active = this.#activePriority(0) | this.#activePriority(1);
    return active === 0 ? IDLE_PRIORITY : lowestBit(active) << 3;
  }

  /** The pending interrupt of the highest priority in an enabled group, or undefined (HPPIR looks at it too). */
  get highestPending(): ListRegister | undefined {
    const vmcr = this.#vmcr;
    let best: ListRegister | undefined;
    for (const list of this.#lists) {
      const enabled = (vmcr & (list.group === 0 ? VMCR.grp0 : VMCR.grp1)) !== 0n;
      if (list.state === PENDING && enabled && (best === undefined || list.priority < best.priority)) best = list;
    }
    return best;
  }

  /** The interrupt that is signalled to the processor: it passes the priority mask and preempts what is active. */
  #signalled(): ListRegister | undefined {
    if ((this.#hcr & HCR.en) === 0n) return undefined;
    const best = this.highestPending;
    if (best === undefined || best.priority >= this.priorityMask) return undefined;
    const running = this.runningPriority;
    const mask = this.#groupMask(best.group);
    return running === IDLE_PRIORITY || (best.priority & mask) < (running & mask) ? best : undefined;
  }

  get priorityMask(): number {
    return Number((this.#vmcr >> PRIORITY_MASK_SHIFT) & 0xffn);
  }

  /** The priority bits that decide about preemption, by the binary point of the group. */
  #groupMask(group: 0 | 1): number {
    const vmcr = this.#vmcr;
    const common = group === 0 || (vmcr & VMCR.cbpr) !== 0n;
    const point = Number((vmcr >> (common ? BPR0_SHIFT : BPR1_SHIFT)) & 7n) - (common ? 0 : 1);
    return (0xff << (Math.max(point, 0) + 1)) & 0xff;
  }

  #activePriority(group: 0 | 1): number {
    const [cell0, cell1] = this.#layout.activePriorities;
    return this.#cpu.words[2 * (group === 0 ? cell0 : cell1)]!;
  }

  /** Whether group 1 is signalled where an acknowledge of group 0 alone was asked for. */
  signalledGroup(): 0 | 1 | undefined {
    return this.#signalled()?.group;
  }

  /** Acknowledges the signalled interrupt: it becomes active. Undefined where none is signalled or `accepts` refuses it. */
  acknowledge(accepts: (list: ListRegister) => boolean): ListRegister | undefined {
    const signalled = this.#signalled();
    if (signalled === undefined || !accepts(signalled)) return undefined;
    const n = this.#find(
      (list) => list.id === signalled.id && list.state === PENDING && list.group === signalled.group,
    );
    const preemption = (signalled.priority & this.#groupMask(signalled.group)) >> 3;
    const priorities = this.#layout.activePriorities[signalled.group];
    this.#cpu.write(priorities, this.#cpu.cells[priorities]! | (1n << BigInt(preemption)));
    this.#setState(n, ACTIVE);
    this.update();
    return signalled;
  }

  /** Ends an interrupt: priority drop, and without EOImode deactivation too. Special INTIDs, from 1020 to 1023, end nothing. */
  end(id: number): void {
    if (isSpecial(id) || !this.#dropPriority()) return;
    if ((this.#vmcr & VMCR.eoiMode) === 0n) this.#deactivateList(id);
    this.update();
  }

  /** Deactivates an interrupt whose priority was dropped (DIR); without EOImode there is nothing to do. */
  deactivateById(id: number): void {
    if (isSpecial(id) || (this.#vmcr & VMCR.eoiMode) === 0n) return;
    this.#deactivateList(id);
    this.update();
  }

  /** Clears the highest active priority. False where nothing is active. */
  #dropPriority(): boolean {
    const [cell0, cell1] = this.#layout.activePriorities;
    const active0 = this.#activePriority(0);
    const active = active0 | this.#activePriority(1);
    if (active === 0) return false;
    const highest = lowestBit(active);
    const cell = ((active0 >>> highest) & 1) === 1 ? cell0 : cell1;
    this.#cpu.write(cell, this.#cpu.cells[cell]! & ~(1n << BigInt(highest)));
    return true;
  }

  #deactivateList(id: number): void {
    const n = this.#find((list) => list.id === id && (list.state & ACTIVE) !== 0);
    if (n < 0) {
      const hcr = this.#hcr;
      const count = (((hcr & EOI_COUNT) >> EOI_COUNT_SHIFT) + 1n) & 0x1fn;
      this.#cpu.write(this.#layout.hcr, (hcr & ~EOI_COUNT) | (count << EOI_COUNT_SHIFT));
      return;
    }
    const list = this.list(n);
    this.#setState(n, list.state & ~ACTIVE);
    if (list.hardware) this.deactivate(list.physicalId);
  }

  #find(matches: (list: ListRegister) => boolean): number {
    return this.#lists.findIndex(matches);
  }

  #setState(n: number, state: number): void {
    const cell = this.#layout.listRegisters[n]!;
    this.#cpu.write(cell, this.#layout.withState(this.#cpu.cells[cell]!, state));
  }
}

function isSpecial(id: number): boolean {
  return id >= 1020 && id <= SPURIOUS;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
