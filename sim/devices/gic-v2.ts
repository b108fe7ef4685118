/**
 * GICv2 virtualization (IHI 0048B): the virtual interface control registers, GICH, for the hypervisor, and the virtual
 * CPU interface, GICV, which a guest sees as its GICC.
 */
import type { Cpu } from '../core/cpu.ts';
import type { MemoryMappedDevice } from './device.ts';
import {
  type ListRegister,
  SPURIOUS,
  SPURIOUS_GROUP1,
  VirtualInterface,
  type VirtualInterfaceLayout,
} from './virtual-interface.ts';

/** The fields of GICH_LR (5.3.11): state in 29:28, priority (five bits) in 27:23, HW, Grp1. */
function decodeListRegister(value: bigint): ListRegister {
  const word = Number(value);
  return {
    id: word & 0x3ff,
    priority: ((word >>> 23) & 0x1f) << 3,
    group: ((word >>> 30) & 1) as 0 | 1,
    state: (word >>> 28) & 3,
    hardware: word >>> 31 === 1,
    physicalId: (word >>> 10) & 0x3ff,
    eoi: ((word >>> 19) & 1) === 1,
    source: word >>> 31 === 1 ? 0 : (word >>> 10) & 7,
  };
}

function withState(value: bigint, state: number): bigint {
  return (value & ~(3n << 28n)) | (BigInt(state) << 28n);
}

/** Writable bits; the rest is reserved. */
const HCR_MASK = 0xf800_00ffn;
const VMCR_MASK = 0xf8fc_021fn;
const LR_MASK = 0xff8f_ffffn;
const WORD = 0xffff_ffffn;

/** The smallest binary points that five priority bits allow, which reset sets; less than that is never held (4.4.3). */
const MIN_BPR = 2n;
const MIN_ABPR = 3n;
const BPR_SHIFT = 21n;
const ABPR_SHIFT = 18n;
const VMCR_RESET = (MIN_BPR << BPR_SHIFT) | (MIN_ABPR << ABPR_SHIFT);

/** The binary point field at `shift` of `value`, raised to `minimum`. */
function binaryPoint(value: bigint, shift: bigint, minimum: bigint): bigint {
  const point = (value >> shift) & 7n;
  return (point < minimum ? minimum : point) << shift;
}

/** What GICH_VMCR holds after a write of `value`; its fields are those of GICV_BPR and GICV_ABPR (5.3.3). */
function virtualMachineControl(value: bigint): bigint {
  const rest = value & VMCR_MASK & ~((7n << BPR_SHIFT) | (7n << ABPR_SHIFT));
  return rest | binaryPoint(value, BPR_SHIFT, MIN_BPR) | binaryPoint(value, ABPR_SHIFT, MIN_ABPR);
}

/** GICH_VTR: five priority bits, five preemption bits. */
function typeRegister(listRegisters: number): bigint {
  return (4n << 29n) | (4n << 26n) | BigInt(listRegisters - 1);
}

/** What the two register pages of one virtual interface share. */
export class GicV2VirtualInterface {
  readonly #cpu: Cpu;
  readonly #layout: VirtualInterfaceLayout;
  readonly #type: bigint;
  readonly engine: VirtualInterface;

  constructor(cpu: Cpu, listRegisters = 4) {
    if (!Number.isInteger(listRegisters) || listRegisters < 1 || listRegisters > 64) {
      throw new RangeError(`${listRegisters} list registers: a GICv2 has 1 to 64`);
    }
    const activePriorities = cpu.cell('gich_apr');
    this.#cpu = cpu;
    this.#type = typeRegister(listRegisters);
    this.#layout = {
      hcr: cpu.cell('gich_hcr'),
      vmcr: cpu.cell('gich_vmcr'),
      activePriorities: [activePriorities, activePriorities],
      listRegisters: Array.from({ length: listRegisters }, (_, n) => cpu.cell(`gich_lr${n}`)),
      decode: decodeListRegister,
      withState,
      fiqAlways: false,
    };
    cpu.cells[this.#layout.vmcr] = VMCR_RESET;
    this.engine = new VirtualInterface(cpu, this.#layout);
  }

  /** GICH at physical address `base`. */
  control(base: bigint): MemoryMappedDevice {
    return {
      name: 'gich',
      base,
      size: 0x1000,
      read: (offset, size) => narrow(this.#readControl(offset & ~3), offset, size),
      write: (offset, size, value) => {
        if (size >= 4) this.#writeControl(offset, value & WORD);
      },
    };
  }

  #readControl(offset: number): bigint {
    const { cells } = this.#cpu;
    const { hcr, vmcr, activePriorities, listRegisters } = this.#layout;
    switch (offset) {
      case 0x00:
        return cells[hcr]!;
      case 0x04:
        return this.#type;
      case 0x08:
        return cells[vmcr]!;
      case 0x10:
        return this.engine.maintenanceStatus;
      case 0x20:
        return this.engine.ended & WORD;
      case 0x24:
        return this.engine.ended >> 32n;
      case 0x30:
        return this.engine.empty & WORD;
      case 0x34:
        return this.engine.empty >> 32n;
      case 0xf0:
        return cells[activePriorities[0]]!;
      default: {
        const list = listRegisters[(offset - 0x100) / 4];
        return offset >= 0x100 && list !== undefined ? cells[list]! : 0n;
      }
    }
  }

  #writeControl(offset: number, value: bigint): void {
    const { hcr, vmcr, activePriorities, listRegisters } = this.#layout;
    switch (offset) {
      case 0x00:
        this.engine.write(hcr, value & HCR_MASK);
        break;
      case 0x08:
        this.engine.write(vmcr, virtualMachineControl(value));
        break;
      case 0xf0:
        this.engine.write(activePriorities[0], value);
        break;
      default: {
        const list = listRegisters[(offset - 0x100) / 4];
        if (offset >= 0x100 && list !== undefined) this.engine.write(list, value & LR_MASK);
      }
    }
  }

  /** GICV at physical address `base`: two pages, of which the second holds GICV_DIR. */
  cpuInterface(base: bigint): MemoryMappedDevice {
    return {
      name: 'gicv',
      base,
      size: 0x2000,
      read: (offset, size) => narrow(this.#readInterface(offset & ~3), offset, size),
      write: (offset, size, value) => {
        if (size >= 4) this.#writeInterface(offset, value & WORD);
      },
    };
  }

  #readInterface(offset: number): bigint {
    const { cells } = this.#cpu;
    const vmcr = cells[this.#layout.vmcr]!;
    switch (offset) {
      case 0x00:
        return vmcr & CONTROL_BITS;
      case 0x04:
        return (vmcr >> 24n) & 0xf8n;
      case 0x08:
        return (vmcr >> 21n) & 7n;
      case 0x0c:
        return BigInt(this.#acknowledge());
      case 0x14:
        return BigInt(this.engine.runningPriority);
      case 0x18:
        return BigInt(this.#highestPending());
      case 0x1c:
        return (vmcr >> 18n) & 7n;
      case 0x20:
        return BigInt(acknowledged(this.engine.acknowledge(({ group }) => group === 1)));
      case 0x28:
        return BigInt(acknowledged(this.engine.highestPending?.group === 1 ? this.engine.highestPending : undefined));
      case 0xd0:
        return cells[this.#layout.activePriorities[0]]!;
      case 0xfc:
        return IIDR;
      default:
        return 0n;
    }
  }

  #writeInterface(offset: number, value: bigint): void {
    const { vmcr, activePriorities } = this.#layout;
    const old = this.#cpu.cells[vmcr]!;
    const replace = (mask: bigint, bits: bigint) => this.engine.write(vmcr, (old & ~mask) | (bits & mask));
    switch (offset) {
      case 0x00:
        replace(CONTROL_BITS, value);
        break;
      case 0x04:
        replace(0xf8n << 24n, value << 24n);
        break;
      case 0x08:
        replace(7n << BPR_SHIFT, binaryPoint(value << BPR_SHIFT, BPR_SHIFT, MIN_BPR));
        break;
      case 0x1c:
        replace(7n << ABPR_SHIFT, binaryPoint(value << ABPR_SHIFT, ABPR_SHIFT, MIN_ABPR));
        break;
      case 0x10:
      case 0x24:
        this.engine.end(Number(value & 0x3ffn));
        break;
      case 0xd0:
        this.engine.write(activePriorities[0], value);
        break;
      case 0x1000:
        this.engine.deactivateById(Number(value & 0x3ffn));
        break;
    }
  }

  /** GICV_IAR: Group 1 is acknowledged here where GICV_CTLR.AckCtl says so. */
  #acknowledge(): number {
    const ackCtl = (this.#cpu.cells[this.#layout.vmcr]! & ACK_CTL) !== 0n;
    if (!ackCtl && this.engine.signalledGroup() === 1) return SPURIOUS_GROUP1;
    return acknowledged(this.engine.acknowledge(() => true));
  }

  #highestPending(): number {
    const ackCtl = (this.#cpu.cells[this.#layout.vmcr]! & ACK_CTL) !== 0n;
    const pending = this.engine.highestPending;
    return pending?.group === 1 && !ackCtl ? SPURIOUS_GROUP1 : acknowledged(pending);
  }
}

/** GICV_CTLR: EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR, EOImode, which lie in GICH_VMCR at the same places. */
const CONTROL_BITS = 0x21fn;
const ACK_CTL = 1n << 2n;
/** GICV_IIDR: a GIC-400 (its manual DDI 0471, 3.4). */
const IIDR = 0x0202_143bn;

/** GICV_IAR: the interrupt with the processor that asked for it, or the spurious one. */
function acknowledged(list: ListRegister | undefined): number {
  return list === undefined ? SPURIOUS : (list.source << 10) | list.id;
}

/** The bytes of a word register that a narrower access reads. */
function narrow(word: bigint, offset: number, size: number): bigint {
  return size >= 4 ? word : (word >> BigInt(8 * (offset & 3))) & ((1n << BigInt(8 * size)) - 1n);
}
