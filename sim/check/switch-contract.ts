/**
 * The contract of a world switch, checked at every border it crosses:
 *
 * - what the host had when it called __kvm_vcpu_run is there again when the call returns;
 * - what the vcpu struct says is in the registers when the guest is entered;
 * - what the guest had in its registers when it left is in the vcpu struct when the host has control again.
 *
 * Which registers belong to which side comes from KVM's structs (sim/kvm/context.ts); which of them a given switch has
 * to move (FP, debug, 32-bit state) from the state at the border itself.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import { type ContextGroup, type ContextRegister, vcpuRegisters } from '../kvm/context.ts';
import type { Vcpu } from '../kvm/vcpu-state.ts';
import type { ReadyMachine } from '../scenario/ready.ts';
import { type Differs, RegisterSet } from './register-set.ts';

export type Border = 'host to host' | 'vcpu to guest' | 'guest to vcpu';
/** `hyp`: EL2's own controls, as the host left them. */
export type RegisterGroup = ContextGroup | 'hyp';

/** A register that did not come across. */
export interface LostRegister {
  readonly border: Border;
  readonly register: string;
  readonly group: RegisterGroup;
  readonly expected: bigint;
  readonly actual: bigint;
  /** The field of the vcpu that holds (or should hold) it, for the guest's borders. */
  readonly field?: string;
}

/** How many registers of a kind were compared at a border, over the whole run. */
export interface Compared {
  readonly border: Border;
  readonly group: RegisterGroup;
  readonly count: number;
}

export interface ContractReport {
  readonly lost: readonly LostRegister[];
  readonly compared: readonly Compared[];
}

/** EL2's own state that the host finds again: traps off, stage 2 off, the stack where it was. */
const hypRegisters = [
  ...['hcr_el2', 'cptr_el2', 'hstr_el2', 'mdcr_el2', 'vttbr_el2', 'vbar_el2', 'sp_el2', 'cntvoff_el2', 'cnthctl_el2'],
].map((cell) => ({ cell, group: 'hyp' as const }));
/** X19 to X30 are callee-saved; a call may trash these (AAPCS64, 6.1.1 "General-purpose registers"). */
const callerSaved = new Set([...Array(19).keys()].map((n) => `x${n}`));
const CPTR_TFP = 1n << 10n;
const HCR_RW = 1n << 31n;
const DEBUG_DIRTY = 1n;

export class SwitchContract {
  readonly #ready: ReadyMachine;
  readonly #host: RegisterSet<RegisterGroup>;
  /** The guest's registers. */
  readonly #guest: readonly ContextRegister[];
  /** Those of them that a switch moves, by vcpu and by what decides it (see #switched). */
  readonly #moved = new Map<Vcpu, (RegisterSet<RegisterGroup> | undefined)[]>();
  /** Cells that are looked at on every border. */
  readonly #vttbr: number;
  readonly #cptr: number;
  readonly #hcr: number;
  readonly #tpidr: number;
  readonly #lost: LostRegister[] = [];
  /** How many times the registers of a set were compared at a border, in the order in which they were first. */
  readonly #compared: { border: Border; registers: RegisterSet<RegisterGroup>; times: number }[] = [];
  /** The host has called __kvm_vcpu_run; #host keeps what it had then. */
  #isInCall = false;
  /** What was the guest's when it was left, which these keep; undefined before and after. */
  #atExit: RegisterSet<RegisterGroup> | undefined;

  constructor(ready: ReadyMachine) {
    this.#ready = ready;
    const { cpu } = ready.machine;
    this.#vttbr = cpu.cell('vttbr_el2');
    this.#cptr = cpu.cell('cptr_el2');
    this.#hcr = cpu.cell('hcr_el2');
    this.#tpidr = cpu.cell('tpidr_el2');
    const { breakpoints, watchpoints } = ready.scenario.machine;
    this.#guest = vcpuRegisters(ready.facts, breakpoints, watchpoints);
    const host = this.#guest.filter(({ cell, group }) => group !== 'aarch32' && isHostState(cell));
    this.#host = new RegisterSet<RegisterGroup>(ready, [...host, ...hypRegisters]);
  }

  /** What was found up to now. */
  get report(): ContractReport {
    const compared: { border: Border; group: RegisterGroup; count: number }[] = [];
    for (const { border, registers, times } of this.#compared) {
      for (const [group, count] of registers.counts) {
        const known = compared.find((one) => one.group === group && one.border === border);
        if (known === undefined) compared.push({ border, group, count: times * count });
        else known.count += times * count;
      }
    }
    return { lost: this.#lost, compared };
  }

  /** To be called after each step that took or returned from an exception. */
  onException(event: ExceptionEvent): void {
    if (event.to === 2 && event.from < 2) {
      if (this.#guestRuns()) this.#guestLeft();
      else if (event.kind === 'sync' && !this.#isInCall) this.#hostCalled();
    } else if (event.kind === 'return' && event.from === 2 && event.to < 2) {
      if (this.#guestRuns()) this.#guestEntered();
      else this.#hostReturned();
    }
  }

  /** VTTBR_EL2 is 0 exactly while the host runs; the guest's borders are crossed with it set. */
  #guestRuns(): boolean {
    return this.#cell(this.#vttbr) !== 0n;
  }

  #hostCalled(): void {
    this.#isInCall = true;
    this.#host.keepCells();
  }

  #guestEntered(): void {
    // A trap that EL2 handled by itself leaves the vcpu struct behind the guest's registers: nothing to compare with,
    // but what the guest had must still be there.
    const registers = this.#atExit ?? this.#switched();
    if (this.#atExit === undefined) registers.keepFields();
    registers.compareCells(this.#border('vcpu to guest', registers));
    this.#atExit = undefined;
  }

  #guestLeft(): void {
    this.#atExit = this.#switched();
    this.#atExit.keepCells();
  }

  #hostReturned(): void {
    const exit = this.#atExit;
    if (exit !== undefined) exit.compareFields(this.#border('guest to vcpu', exit));
    this.#atExit = undefined;
    if (this.#isInCall) this.#host.compareCells(this.#border('host to host', this.#host));
    this.#isInCall = false;
  }

  /** Counts the registers that are now compared at a border; what it returns is told of those that are lost. */
  #border(border: Border, registers: RegisterSet<RegisterGroup>): Differs {
    const compared = this.#compared.find((one) => one.registers === registers && one.border === border);
    if (compared === undefined) this.#compared.push({ border, registers, times: 1 });
    else compared.times++;
    return (n, expected, actual) => {
      const { cell, group } = registers.list[n]!;
      this.#lost.push({ border, register: cell, group, expected, actual, field: registers.fieldOf(n) });
    };
  }

  /** The guest's registers that are in the machine's own at this border, rather than kept in memory. */
  #switched(): RegisterSet<RegisterGroup> {
    const vcpu = this.#vcpu;
    const fp = (this.#cell(this.#cptr) & CPTR_TFP) === 0n;
    const debug = (vcpu.read('arch.debug_flags') & DEBUG_DIRTY) !== 0n;
    const aarch32 = (this.#cell(this.#hcr) & HCR_RW) === 0n;
    const ofVcpu = this.#moved.get(vcpu) ?? [];
    this.#moved.set(vcpu, ofVcpu);
    const decided = (fp ? 1 : 0) | (debug ? 2 : 0) | (aarch32 ? 4 : 0);
    const known = ofVcpu[decided];
    if (known !== undefined) return known;
    const moves: Record<ContextGroup, boolean> = { general: true, system: true, fp, debug, aarch32 };
    const moved = this.#guest.filter(
      ({ group, cell }) => moves[group] && (group !== 'aarch32' || this.#isMoved32(cell, fp, debug)),
    );
    const registers = new RegisterSet<RegisterGroup>(this.#ready, moved, vcpu.name);
    ofVcpu[decided] = registers;
    return registers;
  }

  /** Of the 32-bit state, some goes with FP and with debug, and ThumbEE's only where the CPU has it (ID_PFR0_EL1.State3). */
  #isMoved32(cell: string, fp: boolean, debug: boolean): boolean {
    if (cell === 'fpexc32_el2') return fp;
    if (cell === 'dbgvcr32_el2') return debug;
    return !cell.startsWith('tee') || ((this.#named('id_pfr0_el1') >> 12n) & 0xfn) === 1n;
  }

  #cell(id: number): bigint {
    return this.#ready.machine.cpu.cells[id]!;
  }

  #named(name: string): bigint {
    return this.#cell(this.#ready.machine.cpu.cell(name));
  }

  /** The vcpu that hyp code has in hand: TPIDR_EL2 points to it. */
  get #vcpu(): Vcpu {
    const { vm, memory } = this.#ready;
    const pointer = this.#cell(this.#tpidr);
    return vm.vcpus.find(({ address }) => memory.hypAddress(address) === pointer) ?? vm.vcpus[0]!;
  }
}

/** The host's return state is in ELR_EL2 and SPSR_EL2 at both borders. */
function isHostState(cell: string): boolean {
  return !callerSaved.has(cell);
}
