/**
 * The physical side of a GICv2 (IHI 0048B, chapter 4) for one processor, without the Security Extensions: distributor, GICD,
 * and CPU interface, GICC. Eight priority bits and as many interrupts as QEMU's virt machine has.
 */
import type { Cpu } from '../core/cpu.ts';
import type { MemoryMappedDevice } from './device.ts';
import { Distributor, type PendingInterrupt, SGIS } from './distributor.ts';
import { PhysicalInterface } from './physical-interface.ts';
import { SPURIOUS, SPURIOUS_GROUP1 } from './virtual-interface.ts';

const INTERRUPTS = 288;
/** GICD_TYPER: one processor, no Security Extensions. */
const TYPER = INTERRUPTS / 32 - 1;
/** GICD_IIDR and GICC_IIDR: implementer Arm, no product; of the CPU interface architecture version 2 too. */
const GICD_IIDR = 0x43b;
const GICC_IIDR = 0x2_043b;
/** GICD_PIDR4-7, GICD_PIDR0-3, GICD_CIDR0-3, from offset 0xfd0 on: a GICv2 by Arm. */
const IDENTIFICATION = [0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 0x05, 0xb1];

/** GICC_CTLR: EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR, EOImodeNS at bit 9. */
const CTLR_MASK = 0x21f;
const ACK_CTL = 1 << 2;
const FIQ_EN = 1 << 3;
const CBPR = 1 << 4;
const EOI_MODE = 1 << 9;
/** The smallest binary point of Group 1, with seven bits of preemption. */
const MIN_ABPR = 1;
const ID_MASK = 0x3ff;

export class GicV2 {
  readonly distributor: Distributor;
  readonly interface: PhysicalInterface;
  readonly #cpu: Cpu;
  readonly #distributorControl: number;
  readonly #control: number;
  readonly #priorityMask: number;
  readonly #binaryPoint: number;
  readonly #binaryPoint1: number;
  readonly #activePriorities: readonly [readonly number[], readonly number[]];

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#distributorControl = cpu.cell('gicd_ctlr');
    this.#control = cpu.cell('gicc_ctlr');
    this.#priorityMask = cpu.cell('gicc_pmr');
    this.#binaryPoint = cpu.cell('gicc_bpr');
    this.#binaryPoint1 = cpu.cell('gicc_abpr');
    cpu.cells[this.#binaryPoint1] = BigInt(MIN_ABPR);
    const four = [0, 1, 2, 3];
    this.#activePriorities = [four.map((n) => cpu.cell(`gicc_apr${n}`)), four.map((n) => cpu.cell(`gicc_nsapr${n}`))];
    this.distributor = new Distributor(cpu, { interrupts: INTERRUPTS, fixedSgis: true });
    this.interface = new PhysicalInterface(cpu, this.distributor, this.#settings(), this.#activePriorities);
  }

  /** GICD at physical address `base`. */
  distributorRegisters(base: bigint): MemoryMappedDevice {
    return registers(
      'gicd',
      base,
      0x1000,
      (offset) => this.#readDistributor(offset),
      (offset, value, mask) => this.#writeDistributor(offset, value, mask),
    );
  }

  /** GICC at physical address `base`: two pages, of which the second holds GICC_DIR. */
  interfaceRegisters(base: bigint): MemoryMappedDevice {
    return registers(
      'gicc',
      base,
      0x2000,
      (offset) => this.#readInterface(offset),
      (offset, value, mask) => {
        if (mask === -1) this.#writeInterface(offset, value);
      },
    );
  }

  #get(cell: number): number {
    return this.#cpu.words[2 * cell]! | 0;
  }

  #settings() {
    const get = (cell: number) => this.#get(cell);
    const [distributor, control, mask] = [this.#distributorControl, this.#control, this.#priorityMask];
    const groupMask = (group: 0 | 1) => {
      const isCommon = group === 0 || (get(control) & CBPR) !== 0;
      const point = isCommon ? get(this.#binaryPoint) : get(this.#binaryPoint1) - 1;
      return (0xff << (point + 1)) & 0xff;
    };
    return {
      get forwarded() {
        return get(distributor) & 3;
      },
      get enabled() {
        return get(control) & 3;
      },
      get priorityMask() {
        return get(mask);
      },
      get isSplit() {
        return (get(control) & EOI_MODE) !== 0;
      },
      groupMask,
      isFiq: (group: 0 | 1) => group === 0 && (get(control) & FIQ_EN) !== 0,
    };
  }

  #readDistributor(offset: number): number {
    const shared = this.distributor.read(offset, 0, INTERRUPTS);
    if (shared !== undefined) return shared;
    switch (offset) {
      case 0x000:
        return this.#get(this.#distributorControl);
      case 0x004:
        return TYPER;
      case 0x008:
        return GICD_IIDR;
      default:
        // GICD_ITARGETSR reads as zero on a uniprocessor (4.3.12).
        if (offset >= 0xf10 && offset < 0xf30) return this.#softwarePending((offset & 0xf) / 4);
        return offset >= 0xfd0 ? IDENTIFICATION[(offset - 0xfd0) / 4]! : 0;
    }
  }

  #writeDistributor(offset: number, value: number, mask: number): void {
    if (this.distributor.write(offset, value, mask, 0, INTERRUPTS)) return;
    if (offset === 0x000 && mask === -1) {
      this.#cpu.write(this.#distributorControl, BigInt(value & 3));
      this.interface.update();
    } else if (offset === 0xf00 && mask === -1) {
      this.#generate(value);
    } else if (offset >= 0xf10 && offset < 0xf30) {
      this.#setSoftwarePending(offset, value & mask);
    }
  }

  /** GICD_SPENDSGIR<n> and GICD_CPENDSGIR<n>: a byte for each SGI, a bit in it for each processor that asked for it. */
  #softwarePending(n: number): number {
    let value = 0;
    for (let i = 0; i < 4; i++) if (this.distributor.isPending(4 * n + i)) value |= 1 << (8 * i);
    return value;
  }

  #setSoftwarePending(offset: number, value: number): void {
    for (let i = 0; i < 4; i++) {
      if (((value >>> (8 * i)) & 1) !== 0) this.distributor.setPending((offset & 0xf) + i, offset >= 0xf20);
    }
  }

  /** GICD_SGIR: to the processors of a list, to all others, of which there are none, or to this one. */
  #generate(value: number): void {
    const filter = (value >>> 24) & 3;
    const isListed = ((value >>> 16) & 1) !== 0;
    if (filter === 2 || (filter === 0 && isListed)) this.distributor.generate(value & (SGIS - 1));
  }

  #readInterface(offset: number): number {
    const acknowledgesAll = (this.#get(this.#control) & ACK_CTL) !== 0;
    switch (offset) {
      case 0x00:
        return this.#get(this.#control);
      case 0x04:
        return this.#get(this.#priorityMask);
      case 0x08:
        return this.#get(this.#binaryPoint);
      case 0x0c:
        if (!acknowledgesAll && this.interface.signalled?.group === 1) return SPURIOUS_GROUP1;
        return idOf(this.interface.acknowledge(() => true));
      case 0x14:
        return this.interface.runningPriority;
      case 0x18: {
        const pending = this.interface.highestPending;
        return pending?.group === 1 && !acknowledgesAll ? SPURIOUS_GROUP1 : idOf(pending);
      }
      case 0x1c:
        return this.#get(this.#binaryPoint1);
      case 0x20:
        return idOf(this.interface.acknowledge(({ group }) => group === 1));
      case 0x28:
        return this.interface.highestPending?.group === 1 ? idOf(this.interface.highestPending) : SPURIOUS;
      case 0xfc:
        return GICC_IIDR;
      default: {
        const cell = this.#activePriorityAt(offset);
        return cell === undefined ? 0 : this.#get(cell);
      }
    }
  }

  #writeInterface(offset: number, value: number): void {
    const set = (cell: number, to: number) => {
      this.#cpu.write(cell, BigInt(to >>> 0));
      this.interface.update();
    };
    switch (offset) {
      case 0x00:
        set(this.#control, value & CTLR_MASK);
        break;
      case 0x04:
        set(this.#priorityMask, value & 0xff);
        break;
      case 0x08:
        set(this.#binaryPoint, value & 7);
        break;
      case 0x1c:
        set(this.#binaryPoint1, Math.max(value & 7, MIN_ABPR));
        break;
      case 0x10:
        this.#end(value & ID_MASK);
        break;
      case 0x24:
        this.interface.end(1, value & ID_MASK);
        break;
      case 0x1000:
        this.interface.deactivate(value & ID_MASK);
        break;
      default: {
        const cell = this.#activePriorityAt(offset);
        if (cell !== undefined) set(cell, value);
      }
    }
  }

  #end(id: number): void {
    if (id < INTERRUPTS) this.interface.end(this.distributor.groupOf(id), id);
  }

  /** GICC_APR<n> and GICC_NSAPR<n>. */
  #activePriorityAt(offset: number): number | undefined {
    if (offset >= 0xd0 && offset < 0xe0) return this.#activePriorities[0][(offset - 0xd0) / 4];
    return offset >= 0xe0 && offset < 0xf0 ? this.#activePriorities[1][(offset - 0xe0) / 4] : undefined;
  }
}

function idOf(pending: PendingInterrupt | undefined): number {
  return pending?.id ?? SPURIOUS;
}

/**
 * A device of 32-bit registers. `read` and `write` are told the offset of a register, and `write` which bits of it are
 * written: -1 for all of them. An access of 64 bits is made to two registers.
 */
export function registers(
  name: string,
  base: bigint,
  size: number,
  read: (offset: number) => number,
  write: (offset: number, value: number, mask: number) => void,
): MemoryMappedDevice {
  const word = (offset: number) => BigInt(read(offset) >>> 0);
  return {
    name,
    base,
    size,
    read: (offset, bytes) => {
      if (bytes === 8) return word(offset) | (word(offset + 4) << 32n);
      return (word(offset & ~3) >> BigInt(8 * (offset & 3))) & ((1n << BigInt(8 * bytes)) - 1n);
    },
    write: (offset, bytes, value) => {
      const low = Number(value & 0xffff_ffffn) | 0;
      if (bytes >= 4) write(offset, low, -1);
      if (bytes === 8) write(offset + 4, Number(value >> 32n) | 0, -1);
      if (bytes < 4) write(offset & ~3, low << (8 * (offset & 3)), ((1 << (8 * bytes)) - 1) << (8 * (offset & 3)));
    },
  };
}
