/**
 * The physical side of a GICv3 (IHI 0069, chapter 12) for one processor with one Security state and affinity routing:
 * distributor, GICD, redistributor, GICR, and what stands behind the CPU interface's system registers. No LPIs.
 */
import type { Cpu } from '../core/cpu.ts';
import type { MemoryMappedDevice } from './device.ts';
import { Distributor, SGIS } from './distributor.ts';
import { registers } from './gic-v2-physical.ts';
import type { PhysicalInterrupts } from './gic-v3.ts';
import { PhysicalInterface } from './physical-interface.ts';
import { SPURIOUS } from './virtual-interface.ts';

const INTERRUPTS = 256;
/** SGIs and PPIs, which the redistributor has. */
const PRIVATE = 32;
/** GICD_CTLR: ARE and DS read as one. */
const CTLR_FIXED = 0x50;
/** GICD_TYPER: no 1 of N, A3V, 16-bit INTIDs. */
const TYPER = 0x0378_0000 | (INTERRUPTS / 32 - 1);
const IIDR = 0x43b;
/** GICR_TYPER: Last, affinity 0. */
const REDISTRIBUTOR_TYPER = 1 << 4;
/** GICR_WAKER: ProcessorSleep, which ChildrenAsleep follows at once. */
const PROCESSOR_SLEEP = 1 << 1;
const ASLEEP = 0x6;
/** From offset 0xffd0 on: PIDR4-7, PIDR0-3, CIDR0-3 of a GICv3 by Arm; the part number differs. */
const identification = (part: number): readonly number[] => [
  0x44,
  0,
  0,
  0,
  part,
  0xb4,
  0x3b,
  0,
  0x0d,
  0xf0,
  0x05,
  0xb1,
];
const GICD_IDENTIFICATION = identification(0x92);
const GICR_IDENTIFICATION = identification(0x93);
const IDENTIFICATION = 0xffd0;
/** GICD_IROUTER<n>: Aff3, the interrupt routing mode, Aff2 to Aff0. */
const ROUTERS = 0x6000;
const ROUTERS_END = 0x8000;
const ROUTER_MASKS = [0x80ff_ffff, 0xff];
const FRAME = 0x1_0000;
/** ICC_CTLR_EL1. */
const CBPR = 1n << 0n;
const EOI_MODE = 1n << 1n;
/** ICC_SGI0R_EL1: INTID, all but this processor, and the affinity that must be zero to be this one. */
const SGI_ID = 24n;
const SGI_OTHERS = 1n << 40n;
const SGI_AFFINITIES = 0x00ff_00ff_00ff_0000n;

export class GicV3 implements PhysicalInterrupts {
  readonly distributor: Distributor;
  readonly interface: PhysicalInterface;
  readonly #cpu: Cpu;
  readonly #control: number;
  readonly #waker: number;
  /** Cells of GICD_IROUTER<n>. */
  readonly #routers: readonly number[];

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#control = cpu.cell('gicd_ctlr');
    this.#waker = cpu.cell('gicr_waker');
    cpu.cells[this.#waker] = BigInt(ASLEEP);
    this.#routers = Array.from({ length: INTERRUPTS }, (_, id) => cpu.cell(`gicd_irouter${id}`));
    this.distributor = new Distributor(cpu, { interrupts: INTERRUPTS, fixedSgis: false });
    const active = [0, 1].map((group) => [cpu.cell(`icc_ap${group}r0_el1`)]);
    this.interface = new PhysicalInterface(cpu, this.distributor, this.#settings(), [active[0]!, active[1]!]);
  }

  /** GICD at physical address `base`, 64 KB. */
  distributorRegisters(base: bigint): MemoryMappedDevice {
    return registers(
      'gicd',
      base,
      FRAME,
      (offset) => this.#readDistributor(offset),
      (offset, value, mask) => this.#writeDistributor(offset, value, mask),
    );
  }

  /** GICR at physical address `base`: the frames RD_base and SGI_base, 64 KB each. */
  redistributorRegisters(base: bigint): MemoryMappedDevice {
    return registers(
      'gicr',
      base,
      2 * FRAME,
      (offset) => this.#readRedistributor(offset),
      (offset, value, mask) => this.#writeRedistributor(offset, value, mask),
    );
  }

  // What the system registers of the CPU interface ask for.

  acknowledge(group: 0 | 1): number {
    return this.interface.acknowledge((pending) => pending.group === group)?.id ?? SPURIOUS;
  }

  highestPending(group: 0 | 1): number {
    const pending = this.interface.highestPending;
    return pending?.group === group ? pending.id : SPURIOUS;
  }

  end(group: 0 | 1, id: number): void {
    this.interface.end(group, id);
  }

  deactivate(id: number): void {
    this.interface.deactivate(id);
  }

  get runningPriority(): number {
    return this.interface.runningPriority;
  }

  generate(register: string, value: bigint): void {
    const isHere = (value & (SGI_AFFINITIES | SGI_OTHERS)) === 0n && (value & 1n) !== 0n;
    // ICC_ASGI1R_EL1 is for the other Security state.
    if (!isHere || register === 'icc_asgi1r_el1') return;
    this.distributor.generate(Number(value >> SGI_ID) & (SGIS - 1), register === 'icc_sgi0r_el1' ? 0 : 1);
  }

  changed(): void {
    this.interface.update();
  }

  #get(cell: number): number {
    return this.#cpu.words[2 * cell]! | 0;
  }

  #settings() {
    const { cells } = this.#cpu;
    const get = (cell: number) => this.#get(cell);
    const cell = (name: string) => this.#cpu.cell(name);
    const [mask, settings] = [cell('icc_pmr_el1'), cell('icc_ctlr_el1')];
    const points = [cell('icc_bpr0_el1'), cell('icc_bpr1_el1')];
    const enables = [cell('icc_igrpen0_el1'), cell('icc_igrpen1_el1')];
    const [control, waker] = [this.#control, this.#waker];
    return {
      get forwarded() {
        // A processor asleep is sent nothing (IHI 0069, 11.1).
        return (get(waker) & PROCESSOR_SLEEP) !== 0 ? 0 : get(control) & 3;
      },
      get enabled() {
        return (get(enables[0]!) & 1) | ((get(enables[1]!) & 1) << 1);
      },
      get priorityMask() {
        return get(mask);
      },
      get isSplit() {
        return (cells[settings]! & EOI_MODE) !== 0n;
      },
      groupMask: (group: 0 | 1) => {
        const isCommon = group === 0 || (cells[settings]! & CBPR) !== 0n;
        const point = isCommon ? get(points[0]!) : get(points[1]!) - 1;
        return (0xff << (point + 1)) & 0xff;
      },
      // Group 0 goes by FIQ, and Group 1 of the processor's own Security state by IRQ (4.6.2).
      isFiq: (group: 0 | 1) => group === 0,
    };
  }

  #readDistributor(offset: number): number {
    const shared = this.distributor.read(offset, PRIVATE, INTERRUPTS);
    if (shared !== undefined) return shared;
    if (offset >= ROUTERS && offset < ROUTERS_END) return this.#readRouter(offset);
    switch (offset) {
      case 0x000:
        return this.#get(this.#control) | CTLR_FIXED;
      case 0x004:
        return TYPER;
      case 0x008:
        return IIDR;
      default:
        return offset >= IDENTIFICATION ? GICD_IDENTIFICATION[(offset - IDENTIFICATION) / 4]! : 0;
    }
  }

  #writeDistributor(offset: number, value: number, mask: number): void {
    if (this.distributor.write(offset, value, mask, PRIVATE, INTERRUPTS)) return;
    if (mask !== -1) return;
    if (offset >= ROUTERS && offset < ROUTERS_END) {
      this.#writeRouter(offset, value);
    } else if (offset === 0x000) {
      this.#cpu.write(this.#control, BigInt(value & 3));
      this.interface.update();
    }
  }

  /** Where an SPI would be routed, if there were anywhere else to go. */
  #readRouter(offset: number): number {
    const id = (offset - ROUTERS) >>> 3;
    const router = id < PRIVATE ? undefined : this.#routers[id];
    return router === undefined ? 0 : this.#cpu.words[2 * router + ((offset >>> 2) & 1)]! | 0;
  }

  #writeRouter(offset: number, value: number): void {
    const id = (offset - ROUTERS) >>> 3;
    const router = id < PRIVATE ? undefined : this.#routers[id];
    if (router === undefined) return;
    const half = (offset >>> 2) & 1;
    const shift = BigInt(32 * half);
    const kept = this.#cpu.cells[router]! & ~(0xffff_ffffn << shift);
    this.#cpu.write(router, kept | (BigInt((value & ROUTER_MASKS[half]!) >>> 0) << shift));
  }

  #readRedistributor(offset: number): number {
    if (offset >= FRAME) return this.distributor.read(offset - FRAME, 0, PRIVATE) ?? 0;
    switch (offset) {
      case 0x004:
        return IIDR;
      case 0x008:
        return REDISTRIBUTOR_TYPER;
      case 0x014:
        return this.#get(this.#waker);
      default:
        return offset >= IDENTIFICATION ? GICR_IDENTIFICATION[(offset - IDENTIFICATION) / 4]! : 0;
    }
  }

  #writeRedistributor(offset: number, value: number, mask: number): void {
    if (offset >= FRAME) {
      this.distributor.write(offset - FRAME, value, mask, 0, PRIVATE);
    } else if (offset === 0x014 && mask === -1) {
      this.#cpu.write(this.#waker, (value & PROCESSOR_SLEEP) !== 0 ? BigInt(ASLEEP) : 0n);
      this.interface.update();
    }
  }
}
