/**
 * Breakpoints, watchpoints and software step of self-hosted debug (Arm ARM D2.8, D2.10, D2.11; J1 pseudocode
 * AArch64.BreakpointMatch, AArch64.WatchpointMatch, AArch64.StateMatch).
 */
import type { Cpu } from './cpu.ts';
import { debugExceptionsEnabled, debugTarget } from './debug-exceptions.ts';
import { ArchException, EC } from './exceptions.ts';
import {
  type CpuModel,
  type DebugRegisterCounts,
  debugRegisterCountsIn,
  featuresOf,
  MOST_COMPARATORS,
} from './models.ts';
import { SS } from './registers.ts';

const MDSCR_SS = 1 << 0;
const MDSCR_MDE = 1 << 15;
/** The fault status code of every debug exception. */
const DEBUG_STATUS = 0b100010;
const WNR = 1 << 6;
/** It was a cache maintenance instruction. */
const CM = 1 << 8;
const STEP_ISV = 1 << 24;
const STEP_EX = 1 << 6;
/** Bits of a virtual address that are compared: those that a 48-bit address has, and the sign. */
const ADDRESS_BITS = 49n;
/** VTCR_EL2.VS, which reads 0 where VMIDs have 8 bits. */
const VTCR_VS = 1 << 19;

/** DBGBCR.BT, but for its lowest bit, which tells a linked one; the last three came with FEAT_VHE. */
const MATCHES_ADDRESS = 0b0000;
const MATCHES_CONTEXT = 0b0010;
const MATCHES_VMID = 0b1000;
const MATCHES_CONTEXT_AND_VMID = 0b1010;
const MATCHES_CONTEXT_EL1 = 0b0110;
const MATCHES_CONTEXT_EL2 = 0b1100;
const MATCHES_BOTH_CONTEXTS = 0b1110;

/** A breakpoint or watchpoint: the cells of its value and control registers. */
interface Comparator {
  readonly value: number;
  readonly control: number;
}

interface AllComparators {
  readonly breakpoints: readonly Comparator[];
  readonly watchpoints: readonly Comparator[];
}

/** What a watchpoint asks about an access besides its bytes. */
export interface WatchedAccess {
  /** 'read' for a load; 'invalidate' for DC IVAC, which counts as a store as all others do. */
  readonly kind: string;
  /** The level whose privilege it has: 0 for LDTR and STTR at EL1, else the current one. */
  readonly el: number;
}

/** The fields that breakpoints and watchpoints share, by their places in DBGBCR and DBGWCR. */
function field(control: number, lsb: number, width: number): number {
  return (control >>> lsb) & ((1 << width) - 1);
}

export class DebugUnit {
  readonly #cpu: Cpu;
  // Follow from ID_AA64DFR0_EL1, see #count.
  #breakpoints: readonly Comparator[] = [];
  #watchpoints: readonly Comparator[] = [];
  /** Of the breakpoints, the last so many can match a context. */
  #contextAware = 0;
  readonly #mdscr: number;
  readonly #contextId: number;
  readonly #vttbr: number;
  readonly #vtcr: number;
  /** CONTEXTIDR_EL2, where the PE has FEAT_VHE. */
  readonly #contextIdEl2: number | undefined;
  /** What software step knows of the last instruction: 1 it was stepped, 3 and was a load-exclusive. */
  readonly #stepped: number;

  constructor(cpu: Cpu, model: CpuModel) {
    const comparators = (letter: string) =>
      Array.from({ length: MOST_COMPARATORS }, (_, n) => ({
        value: cpu.cell(`dbg${letter}vr${n}_el1`),
        control: cpu.cell(`dbg${letter}cr${n}_el1`),
      }));
    this.#cpu = cpu;
    const all = { breakpoints: comparators('b'), watchpoints: comparators('w') };
    const identification = cpu.cell('id_aa64dfr0_el1');
    cpu.onRefresh(() => this.#count(all, debugRegisterCountsIn(cpu.words[2 * identification]!)));
    this.#mdscr = cpu.cell('mdscr_el1');
    this.#contextId = cpu.cell('contextidr_el1');
    this.#vttbr = cpu.cell('vttbr_el2');
    this.#vtcr = cpu.cell('vtcr_el2');
    this.#contextIdEl2 = featuresOf(model).has('vhe') ? cpu.cell('contextidr_el2') : undefined;
    this.#stepped = cpu.cell('softwarestep.stepped');
  }

  /** Uses as many of `all` as there are. */
  #count(all: AllComparators, { breakpoints, watchpoints, contextAware }: DebugRegisterCounts): void {
    if (breakpoints !== this.#breakpoints.length) this.#breakpoints = all.breakpoints.slice(0, breakpoints);
    if (watchpoints !== this.#watchpoints.length) this.#watchpoints = all.watchpoints.slice(0, watchpoints);
    this.#contextAware = contextAware;
  }

  #isEnabled({ control }: Comparator): boolean {
    return (this.#cpu.words[2 * control]! & 1) !== 0;
  }

  get #monitorEnabled(): boolean {
    return (this.#cpu.words[2 * this.#mdscr]! & MDSCR_MDE) !== 0;
  }

  /** Whether any instruction could end in a debug exception other than BRK. */
  get isInUse(): boolean {
    return (
      this.usesStep ||
      this.usesWatchpoints ||
      (this.#monitorEnabled && this.#breakpoints.some((one) => this.#isEnabled(one)))
    );
  }

  /** Whether any access to memory could. */
  get usesWatchpoints(): boolean {
    return this.#monitorEnabled && this.#watchpoints.some((one) => this.#isEnabled(one));
  }

  /** MDSCR_EL1.SS. */
  get usesStep(): boolean {
    return (this.#cpu.words[2 * this.#mdscr]! & MDSCR_SS) !== 0;
  }

  /** Whether the PE steps: MDSCR_EL1.SS is set, and debug exceptions are enabled where it is. */
  get isStepping(): boolean {
    return this.usesStep && debugExceptionsEnabled(this.#cpu);
  }

  /** The software step exception that is to be taken before the next instruction, or undefined. */
  pendingStep(): ArchException | undefined {
    const cpu = this.#cpu;
    if (!this.isStepping || cpu.words[2 * SS] !== 0) return undefined;
    const stepped = cpu.words[2 * this.#stepped]!;
    const iss = DEBUG_STATUS | ((stepped & 1) !== 0 ? STEP_ISV : 0) | ((stepped & 2) !== 0 ? STEP_EX : 0);
    return new ArchException('sync', EC.softwareStep, iss, { targetEl: debugTarget(cpu) });
  }

  /** Whether the last thing that happened was an instruction that was stepped. */
  get hasStepped(): boolean {
    return this.#cpu.words[2 * this.#stepped] !== 0;
  }

  /** To be called when an instruction has been stepped: the next step is a software step exception. */
  stepped(isLoadExclusive: boolean): void {
    this.#cpu.write(SS, 0n);
    this.#cpu.write(this.#stepped, isLoadExclusive ? 3n : 1n);
  }

  /** To be called when an exception is taken: what was stepped before it does not matter any more. */
  forgetStep(): void {
    if (this.#cpu.words[2 * this.#stepped] !== 0) this.#cpu.write(this.#stepped, 0n);
  }

  /** The breakpoint exception of the instruction at the PC, or undefined. */
  breakpoint(): ArchException | undefined {
    if (!this.#monitorEnabled || !debugExceptionsEnabled(this.#cpu)) return undefined;
    const hit = this.#breakpoints.some((_, n) => this.#breakpointMatches(n));
    if (!hit) return undefined;
    // FAR_ELx becomes UNKNOWN (D17.2.40); 0 will do.
    return new ArchException('sync', EC.breakpoint, DEBUG_STATUS, { targetEl: debugTarget(this.#cpu), far: 0n });
  }

  /** Throws the watchpoint exception of an access, if there is one. The address is given by its halves. */
  checkAccess(lo: number, hi: number, size: number, access: WatchedAccess): void {
    if (!this.#monitorEnabled || !debugExceptionsEnabled(this.#cpu)) return;
    const address = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
    for (let byte = 0n; byte < BigInt(size); byte++) {
      const at = BigInt.asUintN(64, address + byte);
      if (!this.#watchpoints.some((one) => this.#watchpointMatches(one, at, access))) continue;
      const iss = DEBUG_STATUS | (access.kind === 'read' ? 0 : WNR) | (access.kind === 'invalidate' ? CM : 0);
      throw new ArchException('sync', EC.watchpoint, iss, { targetEl: debugTarget(this.#cpu), far: at });
    }
  }

  #breakpointMatches(n: number): boolean {
    const breakpoint = this.#breakpoints[n]!;
    const control = this.#cpu.words[2 * breakpoint.control]!;
    if (!this.#isEnabled(breakpoint)) return false;
    const linked = (field(control, 20, 4) & 1) === 1;
    const type = field(control, 20, 4) & ~1;
    // Linked, a context is no breakpoint of its own.
    if (linked && type !== MATCHES_ADDRESS) return false;
    if (!this.#stateMatches(control, field(control, 1, 2), linked, this.#cpu.el)) return false;
    return type === MATCHES_ADDRESS ? this.#addressMatches(breakpoint, control) : this.#contextMatches(n);
  }

  #addressMatches({ value }: Comparator, control: number): boolean {
    const cpu = this.#cpu;
    // BAS: the halfword the instruction begins with.
    if ((field(control, 5, 4) & 1) === 0) return false;
    return BigInt.asUintN(Number(ADDRESS_BITS), cpu.cells[value]! ^ cpu.pc) >> 2n === 0n;
  }

  /** Whether breakpoint `n` matches the context: CONTEXTIDR_EL1, VMID, CONTEXTIDR_EL2, or two of them. */
  #contextMatches(n: number): boolean {
    const { cells, words, el } = this.#cpu;
    const { value, control } = this.#breakpoints[n]!;
    if (n < this.#breakpoints.length - this.#contextAware) return false;
    const contextEl2 = this.#contextIdEl2;
    const isContext = el < 2 && BigInt.asUintN(32, cells[value]! ^ cells[this.#contextId]!) === 0n;
    const isVmid =
      el < 2 && BigInt.asUintN(this.#vmidBits, (cells[value]! >> 32n) ^ (cells[this.#vttbr]! >> 48n)) === 0n;
    const isContextEl2 = contextEl2 !== undefined && cells[value]! >> 32n === BigInt.asUintN(32, cells[contextEl2]!);
    switch (field(words[2 * control]!, 20, 4) & ~1) {
      case MATCHES_CONTEXT:
        return isContext;
      case MATCHES_VMID:
        return isVmid;
      case MATCHES_CONTEXT_AND_VMID:
        return isContext && isVmid;
      case MATCHES_CONTEXT_EL1:
        return contextEl2 !== undefined && isContext;
      case MATCHES_CONTEXT_EL2:
        return isContextEl2;
      case MATCHES_BOTH_CONTEXTS:
        return isContext && isContextEl2;
      default:
        return false;
    }
  }

  /** VTCR_EL2.VS makes VMIDs 16 bits long, where there are such. */
  get #vmidBits(): number {
    return (this.#cpu.words[2 * this.#vtcr]! & VTCR_VS) !== 0 ? 16 : 8;
  }

  /** Whether level `el` is one that SSC, HMC and PMC or PAC (`privilege`) name, and the linked context matches. */
  #stateMatches(control: number, privilege: number, linked: boolean, el: number): boolean {
    const hmc = field(control, 13, 1);
    const ssc = field(control, 14, 2);
    // The PE is Non-secure.
    if (ssc === 0b10 || (ssc === 0b11 && hmc === 0)) return false;
    const matches = el === 2 ? hmc === 1 : (privilege & (el === 1 ? 1 : 2)) !== 0;
    return matches && (!linked || this.#linkedContextMatches(field(control, 16, 4)));
  }

  #linkedContextMatches(n: number): boolean {
    const breakpoint = this.#breakpoints[n];
    if (breakpoint === undefined || !this.#isEnabled(breakpoint)) return false;
    const isLinkable = (field(this.#cpu.words[2 * breakpoint.control]!, 20, 4) & 1) === 1;
    return isLinkable && this.#contextMatches(n);
  }

  #watchpointMatches(watchpoint: Comparator, address: bigint, { kind, el }: WatchedAccess): boolean {
    const cpu = this.#cpu;
    const control = cpu.words[2 * watchpoint.control]!;
    if (!this.#isEnabled(watchpoint) || (field(control, 3, 2) & (kind === 'read' ? 1 : 2)) === 0) return false;
    if (!this.#stateMatches(control, field(control, 1, 2), field(control, 20, 1) === 1, el)) return false;
    const value = cpu.cells[watchpoint.value]!;
    // A word-aligned watchpoint selects among four bytes, a doubleword-aligned one among eight.
    const selectBits = (value & 4n) !== 0n ? 2n : 3n;
    const selected = (field(control, 5, 8) >> Number(address & ((1n << selectBits) - 1n))) & 1;
    const mask = BigInt(field(control, 24, 5));
    const ignored = mask > selectBits ? mask : selectBits;
    return selected === 1 && BigInt.asUintN(Number(ADDRESS_BITS), value ^ address) >> ignored === 0n;
  }
}
