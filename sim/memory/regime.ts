/**
 * What the system registers say about translation, read into plain values once after they change: stage 1 of the EL2
 * regime and of the EL1&0 regime, and stage 2. Arm ARM (DDI 0487), D17.2: TCR_ELx, TTBRn_ELx, SCTLR_ELx, MAIR_ELx,
 * VTCR_EL2, VTTBR_EL2, HCR_EL2; limits and start levels from D8.2 "Translation process".
 */
import type { Cpu } from '../core/cpu.ts';
import { entrySizeLog2 } from './descriptors.ts';
import type { Stage1Controls } from './permissions.ts';

/** The registers that translation in the EL2 regime depends on. */
export const EL2_REGISTERS = ['sctlr_el2', 'tcr_el2', 'ttbr0_el2', 'mair_el2'] as const;
/** Those for stage 1 of EL1&0, and for stage 2, whose tables have the byte order of SCTLR_EL2.EE. */
export const EL1_STAGE1 = ['sctlr_el1', 'tcr_el1', 'ttbr0_el1', 'ttbr1_el1', 'mair_el1', 'hcr_el2'] as const;
export const STAGE2 = ['hcr_el2', 'vtcr_el2', 'vttbr_el2', 'sctlr_el2'] as const;
/** Those for EL1&0, both stages. */
export const EL1_REGISTERS = [...new Set([...EL1_STAGE1, ...STAGE2])];
const ID_REGISTERS = ['id_aa64mmfr0_el1', 'id_aa64mmfr1_el1'] as const;

type ControlRegister = (typeof EL2_REGISTERS | typeof EL1_REGISTERS | typeof ID_REGISTERS)[number];

/** Bits of SCTLR_ELx. */
export const SCTLR = {
  m: 1 << 0,
  a: 1 << 1,
  i: 1 << 12,
  wxn: 1 << 19,
  e0e: 1 << 24,
  ee: 1 << 25,
} as const;
/** Bits of HCR_EL2, lower half; CD in the upper half. */
const HCR = { vm: 1 << 0, ptw: 1 << 2, dc: 1 << 12, tge: 1 << 27 } as const;
const HCR_HIGH_CD = 1 << 0;

/** The most address bits with the 4 KB granule and without FEAT_LPA2. */
const MAX_ADDRESS_BITS = 48;
/** Address bits by the code that TCR_ELx.PS and ID_AA64MMFR0_EL1.PARange share. */
const PHYSICAL_SIZES = [32, 36, 40, 42, 44, 48, 48];
/** TxSZ without FEAT_TTST: 64 minus the input address bits (D8.2). */
const MIN_TXSZ = 16;
const MAX_TXSZ = 39;

/** One table walk's shape: where it starts and what it may reach. */
export interface WalkStart {
  /** Bits of the input address that the tables resolve; undefined where TxSZ or SL0 is illegal: every access faults. */
  readonly inputBits: number | undefined;
  readonly startLevel: number;
  readonly tableBase: number;
  /** Bits that output and table addresses may have. */
  readonly outputBits: number;
  /** Undefined for 4 KB; else what selects another granule. */
  readonly otherGranule: string | undefined;
  /** FEAT_HAFDBS: what has hardware set access flags, and make pages with DBM writable; undefined: nothing. */
  readonly managesAccessFlag: string | undefined;
  readonly managesDirtyState: string | undefined;
}

/** One of the two address ranges of a stage 1 regime. */
export interface AddressRange extends WalkStart {
  /** TBI: bits 63:56 of an address are no part of it. */
  readonly ignoreTopByte: boolean;
  /** EPD: no walks. */
  readonly walksDisabled: boolean;
  /** HPD (FEAT_HPDS): table descriptors take no permissions away. */
  readonly ignoresTableAttributes: boolean;
}

export interface Stage1Parameters extends Stage1Controls {
  readonly enabled: boolean;
  /** HCR_EL2.DC: with stage 1 off, memory is Normal write-back. */
  readonly defaultCacheable: boolean;
  /** Bits of a physical address. */
  readonly physicalBits: number;
  readonly lower: AddressRange;
  /** Undefined in the EL2 regime, which has one range. */
  readonly upper: AddressRange | undefined;
  /** MAIR_ELx in halves: eight attribute bytes. */
  readonly mairLow: number;
  readonly mairHigh: number;
  /** Table descriptors are big-endian. */
  readonly bigEndian: boolean;
  readonly asid: number;
  /** Which bits of an ASID count: 8 or 16 of them. */
  readonly asidMask: number;
}

export interface Stage2Parameters {
  readonly enabled: boolean;
  readonly start: WalkStart;
  /** HCR_EL2.PTW: a stage 1 walk that meets Device memory here is a fault. */
  readonly protectedTableWalk: boolean;
  /** HCR_EL2.CD: Normal memory is non-cacheable for data. */
  readonly cacheDisabled: boolean;
  readonly bigEndian: boolean;
  readonly vmid: number;
  /** FEAT_XNX: a descriptor forbids EL1 and EL0 to execute one by one. */
  readonly separateExecution: boolean;
}

/** What does not follow from a range's size, granule and table register. */
type RangeControls = Omit<AddressRange, 'inputBits' | 'startLevel' | 'tableBase' | 'outputBits' | 'otherGranule'>;

/** Tells whether any register of a group has another value than when it was last asked. */
export class RegisterWatch {
  readonly #cpu: Cpu;
  readonly #ids: readonly number[];
  readonly #seen: Uint32Array;

  constructor(cpu: Cpu, names: readonly string[]) {
    this.#cpu = cpu;
    this.#ids = names.map((name) => cpu.registers.allocate(name));
    this.#seen = new Uint32Array(2 * names.length);
  }

  changed(): boolean {
    const { words } = this.#cpu;
    const ids = this.#ids;
    const seen = this.#seen;
    let changed = false;
    for (let n = 0; n < ids.length; n++) {
      const low = words[2 * ids[n]!]!;
      const high = words[2 * ids[n]! + 1]!;
      if (seen[2 * n] === low && seen[2 * n + 1] === high) continue;
      seen[2 * n] = low;
      seen[2 * n + 1] = high;
      changed = true;
    }
    return changed;
  }
}

/** How many states of the registers are remembered: host, guest, and what is between them. */
const REMEMBERED = 4;

/** What `make` makes of some control registers, for the last states they were in: a world switch goes through the same again. */
export class Remembered<T> {
  readonly #words: Uint32Array;
  readonly #ids: readonly number[];
  readonly #make: () => T;
  /** By state: the registers' halves, low ones first, one register after the other; and what was made of them. */
  readonly #seen: Uint32Array;
  readonly #made: (T | undefined)[] = Array.from({ length: REMEMBERED }, () => undefined);
  /** Which is replaced next. */
  #next = 0;

  constructor(cpu: Cpu, names: readonly ControlRegister[], make: () => T) {
    this.#words = cpu.words;
    this.#ids = [...names, ...ID_REGISTERS].map((name) => cpu.registers.allocate(name));
    this.#make = make;
    this.#seen = new Uint32Array(REMEMBERED * 2 * this.#ids.length);
  }

  /** For the registers as they are now. */
  get(): T {
    for (let n = 0; n < REMEMBERED; n++) {
      const made = this.#made[n];
      if (made !== undefined && this.#isNow(n)) return made;
    }
    const made = this.#make();
    const n = this.#next;
    this.#next = (n + 1) % REMEMBERED;
    this.#made[n] = made;
    this.#remember(n);
    return made;
  }

  #isNow(state: number): boolean {
    const ids = this.#ids;
    let at = 2 * ids.length * state;
    for (let n = 0; n < ids.length; n++, at += 2) {
      const low = 2 * ids[n]!;
      if (this.#seen[at] !== this.#words[low] || this.#seen[at + 1] !== this.#words[low + 1]) return false;
    }
    return true;
  }

  #remember(state: number): void {
    let at = 2 * this.#ids.length * state;
    for (const id of this.#ids) {
      this.#seen[at++] = this.#words[2 * id]!;
      this.#seen[at++] = this.#words[2 * id + 1]!;
    }
  }
}

/** Reads the control registers of `cpu`. Their cells are given out here if nobody asked for them yet. */
export class ControlRegisters {
  readonly #words: Uint32Array;
  readonly #ids: Readonly<Record<ControlRegister, number>>;

  constructor(cpu: Cpu) {
    this.#words = cpu.words;
    const names = [...EL2_REGISTERS, ...EL1_REGISTERS, ...ID_REGISTERS];
    const ids = names.map((name) => [name, cpu.registers.allocate(name)] as const);
    this.#ids = Object.fromEntries(ids) as Record<ControlRegister, number>;
  }

  /** SCTLR_EL1 or SCTLR_EL2, low half, as it applies at `el`. */
  sctlr(el: number): number {
    return this.#low(el === 2 ? 'sctlr_el2' : 'sctlr_el1');
  }

  /** Stage 1 of the EL2 regime. */
  el2(): Stage1Parameters {
    const sctlr = this.#low('sctlr_el2');
    const tcr = this.#low('tcr_el2');
    const granule = granule4K((tcr >>> 14) & 0b11, 'TCR_EL2.TG0', 0b00);
    return {
      enabled: (sctlr & SCTLR.m) !== 0,
      defaultCacheable: false,
      unprivileged: false,
      wxn: (sctlr & SCTLR.wxn) !== 0,
      bigEndian: (sctlr & SCTLR.ee) !== 0,
      physicalBits: this.#physicalBits(),
      mairLow: this.#low('mair_el2'),
      mairHigh: this.#high('mair_el2'),
      lower: this.#range('ttbr0_el2', tcr & 0x3f, (tcr >>> 16) & 0b111, granule, {
        managesAccessFlag: nameIfSet('TCR_EL2.HA', tcr, 21),
        managesDirtyState: nameIfSet('TCR_EL2.HD', tcr, 22),
        ignoreTopByte: (tcr & (1 << 20)) !== 0,
        walksDisabled: false,
        ignoresTableAttributes: (tcr & (1 << 24)) !== 0,
      }),
      upper: undefined,
      asid: 0,
      asidMask: 0,
    };
  }

  /** Stage 1 of the EL1&0 regime. */
  el1(): Stage1Parameters {
    const sctlr = this.#low('sctlr_el1');
    const hcr = this.#low('hcr_el2');
    const tcr = this.#low('tcr_el1');
    const tcrHigh = this.#high('tcr_el1');
    const ips = tcrHigh & 0b111;
    const granule0 = granule4K((tcr >>> 14) & 0b11, 'TCR_EL1.TG0', 0b00);
    const granule1 = granule4K(tcr >>> 30, 'TCR_EL1.TG1', 0b10);
    const managesAccessFlag = nameIfSet('TCR_EL1.HA', tcrHigh, 7);
    const managesDirtyState = nameIfSet('TCR_EL1.HD', tcrHigh, 8);
    const a1 = (tcr & (1 << 22)) !== 0;
    const asid16 = (tcrHigh & (1 << 4)) !== 0 && ((this.#low('id_aa64mmfr0_el1') >>> 4) & 0xf) === 2;
    const asidMask = asid16 ? 0xffff : 0xff;
    return {
      enabled: (sctlr & SCTLR.m) !== 0 && (hcr & (HCR.dc | HCR.tge)) === 0,
      defaultCacheable: (hcr & HCR.dc) !== 0,
      unprivileged: true,
      wxn: (sctlr & SCTLR.wxn) !== 0,
      bigEndian: (sctlr & SCTLR.ee) !== 0,
      physicalBits: this.#physicalBits(),
      mairLow: this.#low('mair_el1'),
      mairHigh: this.#high('mair_el1'),
      lower: this.#range('ttbr0_el1', tcr & 0x3f, ips, granule0, {
        managesAccessFlag,
        managesDirtyState,
        ignoreTopByte: (tcrHigh & (1 << 5)) !== 0,
        walksDisabled: (tcr & (1 << 7)) !== 0,
        ignoresTableAttributes: (tcrHigh & (1 << 9)) !== 0,
      }),
      upper: this.#range('ttbr1_el1', (tcr >>> 16) & 0x3f, ips, granule1, {
        managesAccessFlag,
        managesDirtyState,
        ignoreTopByte: (tcrHigh & (1 << 6)) !== 0,
        walksDisabled: (tcr & (1 << 23)) !== 0,
        ignoresTableAttributes: (tcrHigh & (1 << 10)) !== 0,
      }),
      asid: (this.#high(a1 ? 'ttbr1_el1' : 'ttbr0_el1') >>> 16) & asidMask,
      asidMask,
    };
  }

  stage2(): Stage2Parameters {
    const hcr = this.#low('hcr_el2');
    const vtcr = this.#low('vtcr_el2');
    const vmid16 = (vtcr & (1 << 19)) !== 0 && ((this.#low('id_aa64mmfr1_el1') >>> 4) & 0xf) === 2;
    return {
      start: this.#stage2Start(vtcr),
      enabled: (hcr & (HCR.vm | HCR.dc)) !== 0,
      protectedTableWalk: (hcr & HCR.ptw) !== 0,
      cacheDisabled: (this.#high('hcr_el2') & HCR_HIGH_CD) !== 0,
      bigEndian: (this.#low('sctlr_el2') & SCTLR.ee) !== 0,
      vmid: (this.#high('vttbr_el2') >>> 16) & (vmid16 ? 0xffff : 0xff),
      separateExecution: this.#low('id_aa64mmfr1_el1') >>> 28 !== 0,
    };
  }

  #range(
    ttbr: ControlRegister,
    txsz: number,
    ps: number,
    otherGranule: string | undefined,
    controls: RangeControls,
  ): AddressRange {
    const legal = txsz >= MIN_TXSZ && txsz <= MAX_TXSZ;
    const inputBits = 64 - txsz;
    const startLevel = 3 - Math.floor((inputBits - 13) / 9);
    // Spread in here the controls would take ten times as long.
    return {
      inputBits: legal ? inputBits : undefined,
      startLevel,
      tableBase: legal ? this.#tableBase(ttbr, inputBits, startLevel) : 0,
      outputBits: this.#outputBits(ps),
      otherGranule,
      managesAccessFlag: controls.managesAccessFlag,
      managesDirtyState: controls.managesDirtyState,
      ignoreTopByte: controls.ignoreTopByte,
      walksDisabled: controls.walksDisabled,
      ignoresTableAttributes: controls.ignoresTableAttributes,
    };
  }

  /** VTCR_EL2.SL0 names the start level; up to 16 tables may stand side by side there (D8.2, "Concatenated tables"). */
  #stage2Start(vtcr: number): WalkStart {
    const txsz = vtcr & 0x3f;
    const inputBits = 64 - txsz;
    const startLevel = 2 - ((vtcr >>> 6) & 0b11);
    const physicalBits = this.#physicalBits();
    const minimumBits = entrySizeLog2(startLevel) + 1;
    const legal =
      startLevel >= 0 &&
      (startLevel > 0 || physicalBits >= 44) &&
      txsz <= MAX_TXSZ &&
      inputBits <= physicalBits &&
      inputBits >= minimumBits &&
      inputBits <= minimumBits + 8 + 4;
    return {
      inputBits: legal ? inputBits : undefined,
      startLevel,
      tableBase: legal ? this.#tableBase('vttbr_el2', inputBits, startLevel) : 0,
      outputBits: this.#outputBits((vtcr >>> 16) & 0b111),
      otherGranule: granule4K((vtcr >>> 14) & 0b11, 'VTCR_EL2.TG0', 0b00),
      managesAccessFlag: nameIfSet('VTCR_EL2.HA', vtcr, 21),
      managesDirtyState: nameIfSet('VTCR_EL2.HD', vtcr, 22),
    };
  }

  /** The register's base address, aligned to the size of the first table, or tables (AArch64.TTBaseAddress). */
  #tableBase(ttbr: ControlRegister, inputBits: number, startLevel: number): number {
    const tableSizeLog2 = inputBits - entrySizeLog2(startLevel) + 3;
    return (this.#high(ttbr) & 0xffff) * 2 ** 32 + ((this.#low(ttbr) & (-1 << tableSizeLog2)) >>> 0);
  }

  /** Bits of an output address: what PS asks for, as far as the implementation goes (D8.2). */
  #outputBits(ps: number): number {
    return Math.min(PHYSICAL_SIZES[ps] ?? MAX_ADDRESS_BITS, this.#physicalBits());
  }

  #physicalBits(): number {
    return PHYSICAL_SIZES[this.#low('id_aa64mmfr0_el1') & 0xf] ?? MAX_ADDRESS_BITS;
  }

  #low(name: ControlRegister): number {
    return this.#words[2 * this.#ids[name]]!;
  }

  #high(name: ControlRegister): number {
    return this.#words[2 * this.#ids[name] + 1]!;
  }
}

/** Undefined where `tg` is the code for 4 KB, `expected`; else what to tell about it. */
function granule4K(tg: number, field: string, expected: number): string | undefined {
  return tg === expected ? undefined : `${field} = 0b${tg.toString(2).padStart(2, '0')}`;
}

/** The name of bit `bit` of `value` where it is set. */
function nameIfSet(name: string, value: number, bit: number): string | undefined {
  return (value & (1 << bit)) !== 0 ? name : undefined;
}
