/**
 * Which interrupt, if any, is taken before the next instruction: physical and virtual IRQ, FIQ and SError with their
 * routing by HCR_EL2 and masking by PSTATE (Arm ARM, D1.3.6 "Asynchronous exception routing" and "masking").
 */
import type { Cpu } from './cpu.ts';
import { ArchException, EC } from './exceptions.ts';
import { PSTATE_BITS } from './pstate.ts';
import { DAIF, FIQ, IRQ, SERROR, VFIQ, VIRQ } from './registers.ts';

const HCR = {
  fmo: 1 << 3,
  imo: 1 << 4,
  amo: 1 << 5,
  vf: 1 << 6,
  vi: 1 << 7,
  vse: 1 << 8,
  tge: 1 << 27,
} as const;

interface InterruptType {
  readonly kind: 'irq' | 'fiq' | 'serror';
  /** The cells of its physical and virtual lines; a virtual SError has no line. */
  readonly line: number;
  readonly virtualLine: number | undefined;
  /** The HCR_EL2 bits that route the physical one to EL2, and that pend the virtual one. */
  readonly route: number;
  readonly virtualPending: number;
  /** The PSTATE bit that masks it. */
  readonly mask: number;
}

const irq: InterruptType = {
  kind: 'irq',
  line: IRQ,
  virtualLine: VIRQ,
  route: HCR.imo,
  virtualPending: HCR.vi,
  mask: PSTATE_BITS.i,
};
const fiq: InterruptType = {
  kind: 'fiq',
  line: FIQ,
  virtualLine: VFIQ,
  route: HCR.fmo,
  virtualPending: HCR.vf,
  mask: PSTATE_BITS.f,
};
const serror: InterruptType = {
  kind: 'serror',
  line: SERROR,
  virtualLine: undefined,
  route: HCR.amo,
  virtualPending: HCR.vse,
  mask: PSTATE_BITS.a,
};

/** In the order they are taken where several may be, which the architecture leaves to the implementation; QEMU's order. */
const physicalTypes: readonly InterruptType[] = [fiq, irq, serror];
const virtualTypes: readonly InterruptType[] = [irq, fiq, serror];

/** Finds pending interrupts of one processor. */
export class InterruptUnit {
  readonly #cpu: Cpu;
  readonly #hcr: number;
  readonly #vsesr: number;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#hcr = cpu.cell('hcr_el2');
    this.#vsesr = cpu.cell('vsesr_el2');
  }

  /** The interrupt to take before the next instruction, or undefined. Has no effects; see `acknowledge`. */
  pending(): ArchException | undefined {
    const { words } = this.#cpu;
    const hcr = words[2 * this.#hcr]!;
    const lines = words[2 * IRQ]! | words[2 * FIQ]! | words[2 * SERROR]! | words[2 * VIRQ]! | words[2 * VFIQ]!;
    if (lines === 0 && (hcr & (HCR.vi | HCR.vf | HCR.vse)) === 0) return undefined;
    for (const type of physicalTypes) {
      if (words[2 * type.line] !== 0 && this.#takesPhysical(type, hcr)) {
        const targetEl = (hcr & (type.route | HCR.tge)) !== 0 ? 2 : 1;
        return new ArchException(type.kind, EC.serror, 0, { targetEl });
      }
    }
    for (const type of virtualTypes) {
      if (this.#takesVirtual(type, hcr)) return this.#virtual(type);
    }
    return undefined;
  }

  /** Whether any interrupt is pending at the PE, masked or not, as wakes it from WFI (D1.6.2). */
  wakesFromWfi(): boolean {
    const { words } = this.#cpu;
    const hcr = words[2 * this.#hcr]!;
    return physicalTypes.some((type) => words[2 * type.line] !== 0 || this.#virtualPends(type, hcr));
  }

  /** To be called when a pending interrupt is taken: an SError, physical or virtual, is pending once. */
  acknowledge(taken: ArchException): void {
    if (taken.kind !== 'serror') return;
    const cpu = this.#cpu;
    const hcr = cpu.cells[this.#hcr]!;
    const isVirtual = taken.targetEl === 1 && (hcr & BigInt(HCR.amo)) !== 0n;
    if (isVirtual) cpu.write(this.#hcr, hcr & ~BigInt(HCR.vse));
    else cpu.write(SERROR, 0n);
  }

  #takesPhysical(type: InterruptType, hcr: number): boolean {
    const cpu = this.#cpu;
    const target = (hcr & (type.route | HCR.tge)) !== 0 ? 2 : 1;
    if (target < cpu.el) return false;
    // PSTATE masks what goes to the current level, and at EL0 what goes to EL1; nothing below EL2 masks what goes there.
    if (target === 2 && cpu.el < 2) return true;
    return (cpu.words[2 * DAIF]! & type.mask) === 0;
  }

  #virtualPends(type: InterruptType, hcr: number): boolean {
    if ((hcr & type.route) === 0 || (hcr & HCR.tge) !== 0) return false;
    const line = type.virtualLine !== undefined && this.#cpu.words[2 * type.virtualLine] !== 0;
    return line || (hcr & type.virtualPending) !== 0;
  }

  #takesVirtual(type: InterruptType, hcr: number): boolean {
    return this.#cpu.el < 2 && this.#virtualPends(type, hcr) && (this.#cpu.words[2 * DAIF]! & type.mask) === 0;
  }

  #virtual(type: InterruptType): ArchException {
    const iss = type.kind === 'serror' ? this.#cpu.words[2 * this.#vsesr]! & 0x1ff_ffff : 0;
    return new ArchException(type.kind, EC.serror, iss, { targetEl: 1 });
  }
}
