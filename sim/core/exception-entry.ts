/**
 * Exception entry and return (Arm ARM, J1 pseudocode AArch64.TakeException, AArch64.ExceptionReturn, ELFromSPSR and
 * IllegalExceptionReturn; vector offsets: D1.3, Table D1-5). The machine has EL0, EL1 and EL2. EL1 and EL0 may be in
 * AArch32 state, in which nothing executes: an exception to EL2 ends it.
 */
import type { Cpu } from './cpu.ts';
import { softwareStepAfterReturn } from './debug-exceptions.ts';
import { type ArchException, EC, isExternalAbort, NotModelled } from './exceptions.ts';
import { DAIF_MASK, NZCV_MASK, PSTATE_BITS, readPstate, selectLevel, writePstateField } from './pstate.ts';
import { AARCH32, DAIF, EVENT, EXCLUSIVE_SIZE, IL, NZCV, PAN, PC, SPSEL, SS, SSBS, UAO } from './registers.ts';

/** HCR_EL2.TGE: exceptions of EL0 that would go to EL1 go to EL2, and EL1 cannot be entered. */
const TGE = 1 << 27;
/** HCR_EL2.RW: EL1 is AArch64. */
const RW = 1 << 31;
/** HCR_EL2.TEA: synchronous external aborts go to EL2 (FEAT_RAS). */
const TEA = 1n << 37n;
/** SCTLR_EL1.SPAN: PSTATE.PAN is left alone on an exception to EL1. */
const SPAN = 1 << 23;
/** SCTLR_ELx.DSSBS: PSTATE.SSBS on an exception to ELx. */
const DSSBS = 1n << 44n;

const VECTOR_BY_KIND = { sync: 0x000, irq: 0x080, fiq: 0x100, serror: 0x180 } as const;
const FROM_SP_EL0 = 0x000;
const FROM_SAME_LEVEL = 0x200;
const FROM_LOWER_LEVEL = 0x400;
const FROM_LOWER_AARCH32 = 0x600;

/** The exception classes of which one says "from a lower level" and the next number "from the same level". */
const pairedClasses: ReadonlySet<number> = new Set([
  EC.instructionAbort,
  EC.dataAbort,
  EC.breakpoint,
  EC.softwareStep,
  EC.watchpoint,
]);

/** ESR_ELx.IL: the instruction is 32 bits long, as every A64 instruction is. */
const ESR_IL = 1n << 25n;

/** Cells of the registers exception entry and return use, by target level. */
interface LevelCells {
  readonly esr: number;
  readonly elr: number;
  readonly spsr: number;
  readonly far: number;
  readonly vbar: number;
  readonly sctlr: number;
}

/** Takes exceptions and returns from them on one processor. */
export class ExceptionUnit {
  readonly #cpu: Cpu;
  readonly #levels: readonly LevelCells[];
  readonly #hcr: number;
  readonly #hpfar: number;
  readonly #features: ReadonlySet<string>;
  /** Whether a return to AArch32 state is carried out now. Unless somebody says so, it is not. */
  entersAArch32: () => boolean = () => false;

  /** `features` as `featuresOf` in models.ts gives them. */
  constructor(cpu: Cpu, features: ReadonlySet<string>) {
    this.#cpu = cpu;
    this.#features = features;
    this.#levels = [1, 1, 2].map((el) => ({
      esr: cpu.cell(`esr_el${el}`),
      elr: cpu.cell(`elr_el${el}`),
      spsr: cpu.cell(`spsr_el${el}`),
      far: cpu.cell(`far_el${el}`),
      vbar: cpu.cell(`vbar_el${el}`),
      sctlr: cpu.cell(`sctlr_el${el}`),
    }));
    this.#hcr = cpu.cell('hcr_el2');
    this.#hpfar = cpu.cell('hpfar_el2');
  }

  /**
   * The level that takes `exception` now: the one it asks for, or the current one, and from EL0 EL1 or EL2 by HCR_EL2.TGE;
   * EL2 also for external aborts under HCR_EL2.TEA.
   */
  targetOf(exception: ArchException): number {
    const el = this.#cpu.el;
    if (exception.targetEl !== undefined) return Math.max(exception.targetEl, el);
    if (isExternalAbort(exception) && this.#trapsExternalAborts) return 2;
    if (el !== 0) return el;
    return this.#hcrHas(TGE) ? 2 : 1;
  }

  get #trapsExternalAborts(): boolean {
    return this.#features.has('ras') && (this.#cpu.cells[this.#hcr]! & TEA) !== 0n;
  }

  /** Takes `exception`: syndrome, return state, PSTATE and PC are set as on entry to its vector. */
  take(exception: ArchException): void {
    const cpu = this.#cpu;
    const from = cpu.el;
    const to = this.targetOf(exception);
    const level = this.#levels[to]!;
    const returnAddress = BigInt.asUintN(64, cpu.pc + BigInt(exception.returnOffset));
    const vector = cpu.cells[level.vbar]! + BigInt(this.#vectorOffset(exception, from, to));
    const esr = this.#writeSyndrome(exception, from, to);
    const aarch32 = cpu.words[2 * AARCH32]!;
    cpu.write(level.spsr, BigInt(aarch32 === 0 ? readPstate(cpu) : (aarch32 | cpu.words[2 * SS]!) >>> 0));
    cpu.write(level.elr, returnAddress);
    if (aarch32 !== 0) cpu.write(AARCH32, 0n);
    this.#enterPstate(to);
    cpu.cells[PC] = vector;
    cpu.journal?.exception({ kind: exception.kind, from, to, esr, elr: returnAddress, vector });
    cpu.contextChanged();
  }

  #hcrHas(bit: number): boolean {
    return (this.#cpu.words[2 * this.#hcr]! & bit) !== 0;
  }

  #vectorOffset(exception: ArchException, from: number, to: number): number {
    const byKind = VECTOR_BY_KIND[exception.kind];
    if (from !== to) return (this.#isBelowAArch32(from, to) ? FROM_LOWER_AARCH32 : FROM_LOWER_LEVEL) + byKind;
    return (this.#cpu.words[2 * SPSEL]! === 1 ? FROM_SAME_LEVEL : FROM_SP_EL0) + byKind;
  }

  /** Whether the level just below `to` is AArch32. That of EL1 need not be in use: EL0 may be AArch32 under an AArch64 EL1. */
  #isBelowAArch32(from: number, to: number): boolean {
    return this.#cpu.words[2 * AARCH32] !== 0 && (from === to - 1 || !this.#hcrHas(RW));
  }

  /** Writes ESR, FAR and HPFAR as far as the exception has them (AArch64.ReportException). Interrupts have no syndrome. */
  #writeSyndrome(exception: ArchException, from: number, to: number): bigint | undefined {
    if (exception.kind === 'irq' || exception.kind === 'fiq') return undefined;
    const cpu = this.#cpu;
    const level = this.#levels[to]!;
    const ec = pairedClasses.has(exception.ec) && from === to ? exception.ec + 1 : exception.ec;
    const esr = (BigInt(ec) << 26n) | (exception.isShort ? 0n : ESR_IL) | BigInt(exception.iss);
    cpu.write(level.esr, esr);
    if (exception.far !== undefined) cpu.write(level.far, exception.far);
    // HPFAR_EL2.FIPA, bits 39:4, holds bits 47:12 of the address.
    if (exception.ipa !== undefined) cpu.write(this.#hpfar, ((exception.ipa >> 12n) << 4n) & 0xff_ffff_fff0n);
    return esr;
  }

  #enterPstate(to: number): void {
    const cpu = this.#cpu;
    const sctlr = cpu.cells[this.#levels[to]!.sctlr]!;
    selectLevel(cpu, to, 1);
    writePstateField(cpu, DAIF, DAIF_MASK);
    writePstateField(cpu, SS, 0);
    writePstateField(cpu, IL, 0);
    if (this.#features.has('pan') && to === 1 && (Number(sctlr & 0xffff_ffffn) & SPAN) === 0) {
      writePstateField(cpu, PAN, PSTATE_BITS.pan);
    }
    if (this.#features.has('uao')) writePstateField(cpu, UAO, 0);
    if (this.#features.has('ssbs')) writePstateField(cpu, SSBS, (sctlr & DSSBS) !== 0n ? PSTATE_BITS.ssbs : 0);
  }

  /**
   * Carries out ERET at EL1 or EL2: PSTATE from SPSR_ELx, PC from ELR_ELx, the exclusive monitor opened, the event register
   * set. An illegal return leaves level and stack pointer as they are and sets PSTATE.IL. Throws NotModelled where the
   * return is to AArch32 state.
   */
  return(branchTo: (address: bigint) => void): void {
    const cpu = this.#cpu;
    const from = cpu.el;
    const level = this.#levels[from]!;
    const spsr = cpu.words[2 * level.spsr]!;
    const elr = cpu.cells[level.elr]!;
    const legal = this.#isLegalReturn(spsr, from);
    const toAArch32 = legal && (spsr & PSTATE_BITS.aarch32) !== 0;
    if (toAArch32 && !this.entersAArch32()) {
      throw new NotModelled(
        `AArch32 code, which this exception return leads to (SPSR_EL${from} 0x${spsr.toString(16)}): ` +
          "a scenario has to say which exit the guest makes instead (key 'guest.exits')",
      );
    }
    const ss = softwareStepAfterReturn(cpu, spsr, legal ? levelIn(spsr) : from) ? PSTATE_BITS.ss : 0;
    if (toAArch32) this.#enterAArch32(spsr);
    else if (legal) this.#returnPstate(spsr);
    else writePstateField(cpu, IL, PSTATE_BITS.il);
    writePstateField(cpu, SS, ss);
    writePstateField(cpu, NZCV, (spsr & NZCV_MASK) >>> 0);
    writePstateField(cpu, DAIF, spsr & (toAArch32 ? AIF_MASK : DAIF_MASK));
    if (this.#features.has('pan')) writePstateField(cpu, PAN, spsr & PSTATE_BITS.pan);
    writeIfChanged(cpu, EXCLUSIVE_SIZE, 0n);
    writeIfChanged(cpu, EVENT, 1n);
    branchTo(elr);
    cpu.journal?.exception({ kind: 'return', from, to: cpu.el, esr: undefined, elr, vector: undefined });
    cpu.contextChanged();
  }

  /** AArch32 state is kept as a whole but for SS; the level and the interrupt masks are also where AArch64 state has them. */
  #enterAArch32(spsr: number): void {
    const cpu = this.#cpu;
    selectLevel(cpu, levelIn(spsr), 0);
    cpu.write(AARCH32, BigInt((spsr & ~PSTATE_BITS.ss) >>> 0));
    writePstateField(cpu, IL, spsr & PSTATE_BITS.il);
  }

  #returnPstate(spsr: number): void {
    const cpu = this.#cpu;
    selectLevel(cpu, (spsr >>> 2) & 3, spsr & 1);
    writePstateField(cpu, IL, spsr & PSTATE_BITS.il);
    if (this.#features.has('uao')) writePstateField(cpu, UAO, spsr & PSTATE_BITS.uao);
    if (this.#features.has('ssbs')) writePstateField(cpu, SSBS, spsr & PSTATE_BITS.ssbs);
  }

  /** Whether SPSR_ELx names a state that an ERET at level `from` may enter. HCR_EL2.RW decides the width of EL1 and EL0. */
  #isLegalReturn(spsr: number, from: number): boolean {
    if ((spsr & PSTATE_BITS.aarch32) !== 0) return this.#isLegalAArch32Return(spsr & 0xf, from);
    const to = (spsr >>> 2) & 3;
    if ((spsr & 2) !== 0 || to > from) return false;
    if (to === 2) return true;
    if (!this.#hcrHas(RW)) return false;
    return to === 1 ? !this.#hcrHas(TGE) : (spsr & 1) === 0;
  }

  /** EL0 may be AArch32 under an AArch64 EL1; EL1 itself only as HCR_EL2.RW says, and EL2 never. */
  #isLegalAArch32Return(mode: number, from: number): boolean {
    if (mode === MODE_USER) return true;
    return from === 2 && PRIVILEGED_MODES.has(mode) && !this.#hcrHas(RW) && !this.#hcrHas(TGE);
  }
}

/** SPSR.M[3:0] of AArch32 modes: User; FIQ, IRQ, Supervisor, Abort, Undefined and System. */
const MODE_USER = 0x0;
const PRIVILEGED_MODES: ReadonlySet<number> = new Set([0x1, 0x2, 0x3, 0x7, 0xb, 0xf]);

/** A, I and F. What is D in AArch64 is E, the endianness, in AArch32. */
const AIF_MASK = 0x1c0;

/** The exception level that SPSR_ELx.M names: in AArch32 state 0 for User mode and 1 for all others. */
function levelIn(spsr: number): number {
  if ((spsr & PSTATE_BITS.aarch32) === 0) return (spsr >>> 2) & 3;
  return (spsr & 0xf) === MODE_USER ? 0 : 1;
}

function writeIfChanged(cpu: Cpu, id: number, value: bigint): void {
  if (cpu.cells[id] !== value) cpu.write(id, value);
}
