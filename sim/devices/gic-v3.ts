/**
 * The system registers of a GICv3 CPU interface (IHI 0069): ICH_* for the hypervisor, and ICC_*, which at EL1 stand for the
 * virtual interface's ICV_* where HCR_EL2.IMO and FMO say so (IHI 0069, 8.2 and 8.3). Five priority bits, no SEIs.
 */
import type { Cpu } from '../core/cpu.ts';
import {
  type RegisterBehaviour,
  type RowDetails,
  readOnly,
  readWrite,
  type SystemRegisterRow,
  type TrapControl,
  writeOnly,
} from '../core/system-register.ts';
import { type ListRegister, SPURIOUS, VirtualInterface, type VirtualInterfaceLayout } from './virtual-interface.ts';

/** ICH_LR<n>_EL2: state in 63:62, HW, group, priority in 55:48 (three low bits RES0), pINTID (bit 41: EOI), vINTID. */
function decodeListRegister(value: bigint): ListRegister {
  const high = Number(value >> 32n);
  const hardware = ((high >>> 29) & 1) === 1;
  return {
    id: Number(value & 0xffff_ffffn),
    priority: (high >>> 16) & 0xff,
    group: ((high >>> 28) & 1) as 0 | 1,
    state: high >>> 30,
    hardware,
    physicalId: high & 0x3ff,
    eoi: !hardware && ((high >>> 9) & 1) === 1,
    source: 0,
  };
}

function withState(value: bigint, state: number): bigint {
  return (value & ~(3n << 62n)) | (BigInt(state) << 62n);
}

const LR_MASK = 0xf0f8_03ff_ffff_ffffn;
/** EOIcount, TDIR, TALL1, TALL0, TC, and the maintenance enables. */
const HCR_MASK = 0xf800_5cffn;
/** VPMR, VBPR0, VBPR1, VEOIM, VCBPR, VENG1, VENG0; VFIQEn is RES1. */
const VMCR_MASK = 0xf8fc_0213n;
const VMCR_FIQ = 1n << 3n;
const VMCR_CBPR = 1n << 4n;
const VBPR0 = 21n;
const VBPR1 = 18n;
/** The smallest binary points that five priority bits allow. */
const MIN_BPR0 = 2n;
const MIN_BPR1 = 3n;
/** ICH_VTR_EL2: five priority and preemption bits, 24-bit INTIDs, A3V, nV4, TDS. */
const VTR = 0x90b8_0000n;
/** ICC_CTLR_EL1 and ICV_CTLR_EL1: A3V, 24-bit INTIDs, five priority bits. */
const CTLR = 0x8c00n;
const CTLR_CBPR = 1n << 0n;
const CTLR_EOIMODE = 1n << 1n;
const SRE = 1n << 0n;
const SRE_ENABLE = 1n << 3n;
const SRE_BYPASS = 6n;

/** Interrupts of a distributor, as the physical CPU interface takes them. */
export interface PhysicalInterrupts {
  /** Acknowledges the highest pending interrupt of `group`; its INTID, or 1023. */
  acknowledge(group: 0 | 1): number;
  highestPending(group: 0 | 1): number;
  end(group: 0 | 1, id: number): void;
  deactivate(id: number): void;
  readonly runningPriority: number;
  /** A write of ICC_SGI0R_EL1, ICC_SGI1R_EL1 or ICC_ASGI1R_EL1. */
  generate(register: string, value: bigint): void;
  /** Told of changes of ICC_PMR_EL1, ICC_IGRPEN<n>_EL1, ICC_BPR<n>_EL1, ICC_CTLR_EL1 and ICC_AP<n>R0_EL1. */
  changed(): void;
}

/** A CPU interface with no distributor behind it: nothing is ever pending. */
const noInterrupts: PhysicalInterrupts = {
  acknowledge: () => SPURIOUS,
  highestPending: () => SPURIOUS,
  end: () => {},
  deactivate: () => {},
  runningPriority: 0xff,
  generate: () => {},
  changed: () => {},
};

/** Accesses of EL1 and EL2 while their system-register interface is off. */
const sreEl1: TrapControl = {
  name: 'ICC_SRE_EL1.SRE',
  from: [1],
  on: 'access',
  to: 1,
  unlessSet: [['icc_sre_el1', SRE]],
};
const sreEl2: TrapControl = {
  name: 'ICC_SRE_EL2.SRE',
  from: [2],
  on: 'access',
  to: 2,
  unlessSet: [['icc_sre_el2', SRE]],
};
const enable: TrapControl = {
  name: 'ICC_SRE_EL2.Enable',
  from: [1],
  on: 'access',
  to: 2,
  unlessSet: [['icc_sre_el2', SRE_ENABLE]],
};

/** A control of ICH_HCR_EL2 over EL1's accesses. */
function hypervisorTrap(name: string, bit: bigint): TrapControl {
  return { name: `ICH_HCR_EL2.${name}`, from: [1], on: 'access', to: 2, whenSet: [['ich_hcr_el2', 1n << bit]] };
}

const TC = hypervisorTrap('TC', 10n);
const TALL0 = hypervisorTrap('TALL0', 11n);
const TALL1 = hypervisorTrap('TALL1', 12n);
const TDIR = hypervisorTrap('TDIR', 14n);
/** EL1 may not send interrupts while EL2 takes them. */
const sgiTrap: TrapControl = {
  name: 'HCR_EL2.{FMO,IMO}',
  from: [1],
  on: 'access',
  to: 2,
  whenSet: [['hcr_el2', 0x18n]],
};

const common = [sreEl1, sreEl2, TC];
const group0 = [sreEl1, sreEl2, TALL0];
const group1 = [sreEl1, sreEl2, TALL1];

const HCR_FMO = 1n << 3n;
const HCR_IMO = 1n << 4n;

export class GicV3CpuInterface {
  readonly engine: VirtualInterface;
  physical: PhysicalInterrupts = noInterrupts;
  readonly #cpu: Cpu;
  readonly #layout: VirtualInterfaceLayout;
  readonly #hcr: number;

  constructor(cpu: Cpu, listRegisters = 4) {
    if (!Number.isInteger(listRegisters) || listRegisters < 1 || listRegisters > 16) {
      throw new RangeError(`${listRegisters} list registers: a GICv3 has 1 to 16`);
    }
    this.#cpu = cpu;
    this.#hcr = cpu.cell('hcr_el2');
    this.#layout = {
      hcr: cpu.cell('ich_hcr_el2'),
      vmcr: cpu.cell('ich_vmcr_el2'),
      activePriorities: [cpu.cell('ich_ap0r0_el2'), cpu.cell('ich_ap1r0_el2')],
      listRegisters: Array.from({ length: listRegisters }, (_, n) => cpu.cell(`ich_lr${n}_el2`)),
      decode: decodeListRegister,
      withState,
      fiqAlways: true,
    };
    this.engine = new VirtualInterface(cpu, this.#layout);
  }

  /** The rows of the registers. */
  rows(): SystemRegisterRow[] {
    return [...this.#enableRows(), ...this.#hypervisorRows(), ...this.#controlRows(), ...this.#interruptRows()];
  }

  #enableRows(): SystemRegisterRow[] {
    const sre2 = this.#cpu.cell('icc_sre_el2');
    const sre1 = this.#cpu.cell('icc_sre_el1');
    return [
      readWrite('icc_sre_el2', 2, { mask: 0xfn, reset: 0xfn }),
      readWrite('icc_sre_el1', 1, {
        mask: SRE,
        reset: SRE,
        traps: [enable],
        // The bypass bits are those of ICC_SRE_EL2.
        behaviour: () => ({ read: () => (this.#cpu.cells[sre1]! & SRE) | (this.#cpu.cells[sre2]! & SRE_BYPASS) }),
      }),
    ];
  }

  #hypervisorRows(): SystemRegisterRow[] {
    const { engine } = this;
    const { hcr, vmcr, activePriorities, listRegisters } = this.#layout;
    const traps = [sreEl2];
    const written = (cell: number, mask: bigint): RowDetails => ({
      mask,
      traps,
      behaviour: () => ({ write: (value) => engine.write(cell, value & mask) }),
    });
    const computed = (name: string, read: () => bigint): SystemRegisterRow =>
      readOnly(name, 2, { traps, behaviour: () => ({ read }) });
    return [
      readWrite('ich_ap0r0_el2', 2, written(activePriorities[0], 0xffff_ffffn)),
      readWrite('ich_ap1r0_el2', 2, written(activePriorities[1], 0xffff_ffffn)),
      readWrite('ich_hcr_el2', 2, written(hcr, HCR_MASK)),
      readOnly('ich_vtr_el2', 2, { mask: 0n, fixed: VTR | BigInt(listRegisters.length - 1), traps }),
      computed('ich_misr_el2', () => engine.maintenanceStatus),
      computed('ich_eisr_el2', () => engine.ended),
      computed('ich_elrsr_el2', () => engine.empty),
      readWrite('ich_vmcr_el2', 2, {
        mask: VMCR_MASK,
        fixed: VMCR_FIQ,
        reset: (MIN_BPR0 << VBPR0) | (MIN_BPR1 << VBPR1),
        traps,
        behaviour: () => ({ write: (value) => engine.write(vmcr, withBinaryPoints(value)) }),
      }),
      ...listRegisters.map((cell, n) => readWrite(`ich_lr${n}_el2`, 2, written(cell, LR_MASK))),
    ];
  }

  /** Whether an access at the current level means the virtual interface: EL1's, where any bit of HCR_EL2 in `route` is set. */
  #isVirtual(route: bigint): boolean {
    return this.#cpu.el === 1 && (this.#cpu.cells[this.#hcr]! & route) !== 0n;
  }

  /** Registers that hold settings: physical ones in cells of their own, virtual ones in fields of ICH_VMCR_EL2. */
  #controlRows(): SystemRegisterRow[] {
    const both = HCR_FMO | HCR_IMO;
    const control: RegisterBehaviour = this.#setting('icc_ctlr_el1', both, {
      fromVmcr: (vmcr) => ((vmcr >> 4n) & CTLR_CBPR) | ((vmcr >> 8n) & CTLR_EOIMODE),
      toVmcr: (vmcr, value) => (vmcr & ~0x210n) | ((value & CTLR_CBPR) << 4n) | ((value & CTLR_EOIMODE) << 8n),
    });
    const controlBits = CTLR_CBPR | CTLR_EOIMODE;
    return [
      readWrite('icc_ctlr_el1', 1, {
        mask: controlBits,
        traps: common,
        behaviour: () => ({
          read: () => control.read!() | CTLR,
          write: (value) => control.write!(value & controlBits),
        }),
      }),
      this.#settingRow('icc_pmr_el1', common, both, 24n, 0xf8n),
      this.#settingRow('icc_bpr0_el1', group0, HCR_FMO, VBPR0, 7n, MIN_BPR0),
      this.#groupOneBinaryPoint(),
      this.#settingRow('icc_igrpen0_el1', group0, HCR_FMO, 0n, 1n),
      this.#settingRow('icc_igrpen1_el1', group1, HCR_IMO, 1n, 1n),
    ];
  }

  /** A register that is one field of ICH_VMCR_EL2, at bit `shift`. */
  #settingRow(
    name: string,
    traps: readonly TrapControl[],
    route: bigint,
    shift: bigint,
    mask: bigint,
    minimum = 0n,
  ): SystemRegisterRow {
    const { read, write } = this.#setting(name, route, {
      fromVmcr: (vmcr) => (vmcr >> shift) & mask,
      toVmcr: (vmcr, value) => (vmcr & ~(mask << shift)) | (value << shift),
    });
    const atLeast = (value: bigint) => ((value & mask) < minimum ? minimum : value & mask);
    return readWrite(name, 1, {
      mask,
      reset: minimum,
      traps,
      behaviour: () => ({ read, write: (value) => write!(atLeast(value)) }),
    });
  }

  /** ICC_BPR1_EL1: while CBPR has the groups share a binary point, one more than ICC_BPR0_EL1, and not to be written. */
  #groupOneBinaryPoint(): SystemRegisterRow {
    const { cells } = this.#cpu;
    const row = this.#settingRow('icc_bpr1_el1', group1, HCR_IMO, VBPR1, 7n, MIN_BPR1);
    const { vmcr } = this.#layout;
    const control = this.#cpu.cell('icc_ctlr_el1');
    const point0 = this.#cpu.cell('icc_bpr0_el1');
    const shared = (): bigint | undefined => {
      const isVirtual = this.#isVirtual(HCR_IMO);
      const isShared = isVirtual ? (cells[vmcr]! & VMCR_CBPR) !== 0n : (cells[control]! & CTLR_CBPR) !== 0n;
      if (!isShared) return undefined;
      const point = (isVirtual ? (cells[vmcr]! >> VBPR0) & 7n : cells[point0]!) + 1n;
      return point > 7n ? 7n : point;
    };
    const behaviour: SystemRegisterRow['behaviour'] = (cpu, model) => {
      const own = row.behaviour!(cpu, model);
      return {
        read: () => shared() ?? own.read!(),
        write: (value) => {
          if (shared() === undefined) own.write!(value);
        },
      };
    };
    return { ...row, behaviour };
  }

  #setting(
    name: string,
    route: bigint,
    view: { fromVmcr: (vmcr: bigint) => bigint; toVmcr: (vmcr: bigint, value: bigint) => bigint },
  ): RegisterBehaviour {
    const cpu = this.#cpu;
    const cell = cpu.cell(name);
    const { vmcr } = this.#layout;
    return {
      read: () => (this.#isVirtual(route) ? view.fromVmcr(cpu.cells[vmcr]!) : cpu.cells[cell]!),
      write: (value) => {
        if (this.#isVirtual(route)) {
          this.engine.write(vmcr, view.toVmcr(cpu.cells[vmcr]!, value));
        } else {
          cpu.write(cell, value);
          this.physical.changed();
        }
      },
    };
  }

  /** Registers that acknowledge and end interrupts. */
  #interruptRows(): SystemRegisterRow[] {
    const both = HCR_FMO | HCR_IMO;
    return [
      ...this.#groupRows(0, group0, HCR_FMO),
      ...this.#groupRows(1, group1, HCR_IMO),
      readOnly('icc_rpr_el1', 1, {
        traps: common,
        behaviour: () => ({
          read: () => BigInt(this.#isVirtual(both) ? this.engine.runningPriority : this.physical.runningPriority),
        }),
      }),
      writeOnly('icc_dir_el1', 1, {
        traps: [...common, TDIR],
        behaviour: () => ({
          write: (value) => {
            const id = Number(value & 0xff_ffffn);
            if (this.#isVirtual(both)) this.engine.deactivateById(id);
            else this.physical.deactivate(id);
          },
        }),
      }),
      ...['icc_sgi0r_el1', 'icc_sgi1r_el1', 'icc_asgi1r_el1'].map((name) =>
        writeOnly(name, 1, {
          traps: [...common, sgiTrap],
          behaviour: () => ({ write: (value) => this.physical.generate(name, value) }),
        }),
      ),
    ];
  }

  #groupRows(group: 0 | 1, traps: readonly TrapControl[], route: bigint): SystemRegisterRow[] {
    const { engine } = this;
    const read = (virtual: () => number, physical: () => number): RowDetails => ({
      traps,
      behaviour: () => ({ read: () => BigInt(this.#isVirtual(route) ? virtual() : physical()) }),
    });
    const idOf = (list: ListRegister | undefined) => (list?.group === group ? list.id : SPURIOUS);
    return [
      readOnly(
        `icc_iar${group}_el1`,
        1,
        read(
          () => idOf(engine.acknowledge((list) => list.group === group)),
          () => this.physical.acknowledge(group),
        ),
      ),
      readOnly(
        `icc_hppir${group}_el1`,
        1,
        read(
          () => idOf(engine.highestPending),
          () => this.physical.highestPending(group),
        ),
      ),
      writeOnly(`icc_eoir${group}_el1`, 1, {
        traps,
        behaviour: () => ({
          write: (value) => {
            const id = Number(value & 0xff_ffffn);
            if (this.#isVirtual(route)) engine.end(id);
            else this.physical.end(group, id);
          },
        }),
      }),
      readWrite(`icc_ap${group}r0_el1`, 1, {
        mask: 0xffff_ffffn,
        traps,
        behaviour: () => this.#activePriorities(group, route),
      }),
    ];
  }

  #activePriorities(group: 0 | 1, route: bigint): RegisterBehaviour {
    const cpu = this.#cpu;
    const own = cpu.cell(`icc_ap${group}r0_el1`);
    const virtual = this.#layout.activePriorities[group];
    return {
      read: () => cpu.cells[this.#isVirtual(route) ? virtual : own]!,
      write: (value) => {
        if (this.#isVirtual(route)) this.engine.write(virtual, value & 0xffff_ffffn);
        else {
          cpu.write(own, value & 0xffff_ffffn);
          this.physical.changed();
        }
      },
    };
  }
}

/** A value for ICH_VMCR_EL2, with binary points no smaller than they can be. */
function withBinaryPoints(value: bigint): bigint {
  const least = (shift: bigint, minimum: bigint) => {
    const point = (value >> shift) & 7n;
    return (point < minimum ? minimum : point) << shift;
  };
  const rest = value & VMCR_MASK & ~((7n << VBPR0) | (7n << VBPR1));
  return rest | VMCR_FIQ | least(VBPR0, MIN_BPR0) | least(VBPR1, MIN_BPR1);
}
