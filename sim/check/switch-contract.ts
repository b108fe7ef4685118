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
import { type ContextGroup, type ContextRegister, cellOfField, vcpuRegisters } from '../kvm/context.ts';
import type { ReadyMachine } from '../scenario/ready.ts';

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
];
/** A call may trash the rest (AAPCS64, 6.1.1 "General-purpose registers"). */
const calleeSaved = new Set([...Array(12).keys()].map((n) => `x${n + 19}`));
const CPTR_TFP = 1n << 10n;
const HCR_RW = 1n << 31n;
const DEBUG_DIRTY = 1n;

type Snapshot = Map<string, bigint>;

export class SwitchContract {
  readonly #ready: ReadyMachine;
  readonly #context: readonly ContextRegister[];
  readonly #host: readonly { cell: string; group: RegisterGroup }[];
  readonly #lost: LostRegister[] = [];
  readonly #compared = new Map<string, { border: Border; group: RegisterGroup; count: number }>();
  #atCall: Snapshot | undefined;
  #atExit: { registers: readonly ContextRegister[]; values: Snapshot } | undefined;

  constructor(ready: ReadyMachine) {
    this.#ready = ready;
    const { breakpoints, watchpoints } = ready.scenario.machine;
    this.#context = vcpuRegisters(ready.facts, breakpoints, watchpoints);
    this.#host = [
      ...this.#context.filter(({ cell, group }) => group !== 'aarch32' && isHostState(cell)),
      ...hypRegisters.map((cell) => ({ cell, group: 'hyp' as const })),
    ];
  }

  /** What was found up to now. */
  get report(): ContractReport {
    return { lost: this.#lost, compared: [...this.#compared.values()] };
  }

  /** To be called after each step that took or returned from an exception. */
  onException(event: ExceptionEvent): void {
    if (event.to === 2 && event.from < 2) {
      if (this.#guestRuns()) this.#guestLeft();
      else if (event.kind === 'sync') this.#atCall ??= this.#snapshot(this.#host);
    } else if (event.kind === 'return' && event.from === 2 && event.to < 2) {
      if (this.#guestRuns()) this.#guestEntered();
      else this.#hostReturned();
    }
  }

  /** VTTBR_EL2 is 0 exactly while the host runs; the guest's borders are crossed with it set. */
  #guestRuns(): boolean {
    return this.#cell('vttbr_el2') !== 0n;
  }

  #guestLeft(): void {
    const registers = this.#switched();
    this.#atExit = { registers, values: this.#snapshot(registers) };
  }

  #guestEntered(): void {
    // A trap that EL2 handled by itself leaves the vcpu struct behind the guest's registers: nothing to compare with,
    // but what the guest had must still be there.
    const back = this.#atExit;
    for (const register of back === undefined ? this.#switched() : back.registers) {
      const expected = back === undefined ? this.#field(register) : back.values.get(register.cell)!;
      this.#compare('vcpu to guest', register, expected, this.#cell(register.cell), this.#pathOf(register));
    }
    this.#atExit = undefined;
  }

  #hostReturned(): void {
    const exit = this.#atExit;
    for (const register of exit?.registers ?? []) {
      const expected = exit!.values.get(register.cell)!;
      this.#compare('guest to vcpu', register, expected, this.#field(register), this.#pathOf(register));
    }
    this.#atExit = undefined;
    for (const [cell, expected] of this.#atCall ?? []) {
      const group = this.#host.find((one) => one.cell === cell)!.group;
      this.#compare('host to host', { cell, group }, expected, this.#cell(cell));
    }
    this.#atCall = undefined;
  }

  #compare(
    border: Border,
    register: { cell: string; group: RegisterGroup },
    expected: bigint,
    actual: bigint,
    field?: string,
  ): void {
    const key = `${border} ${register.group}`;
    const compared = this.#compared.get(key);
    if (compared === undefined) this.#compared.set(key, { border, group: register.group, count: 1 });
    else compared.count++;
    if (expected === actual) return;
    this.#lost.push({ border, register: register.cell, group: register.group, expected, actual, field });
  }

  /** The guest's registers that are in the machine's own at this border, rather than kept in memory. */
  #switched(): readonly ContextRegister[] {
    const fp = (this.#cell('cptr_el2') & CPTR_TFP) === 0n;
    const debug = (this.#ready.typed.read(`${this.#vcpuName}.arch.debug_flags`) & DEBUG_DIRTY) !== 0n;
    const aarch32 = (this.#cell('hcr_el2') & HCR_RW) === 0n;
    const moved: Record<ContextGroup, boolean> = { general: true, system: true, fp, debug, aarch32 };
    return this.#context.filter(({ group, cell }) => moved[group] && (this.#aarch32Condition(cell, fp, debug) ?? true));
  }

  /** Of the 32-bit state, some goes with FP and with debug, and ThumbEE's only where the CPU has it (ID_PFR0_EL1.State3). */
  #aarch32Condition(cell: string, fp: boolean, debug: boolean): boolean | undefined {
    if (cell === 'fpexc32_el2') return fp;
    if (cell === 'dbgvcr32_el2') return debug;
    if (cell.startsWith('tee')) return ((this.#cell('id_pfr0_el1') >> 12n) & 0xfn) === 1n;
    return undefined;
  }

  #snapshot(registers: readonly { cell: string }[]): Snapshot {
    return new Map(registers.map(({ cell }) => [cell, this.#cell(cell)]));
  }

  #cell(name: string): bigint {
    const { cpu } = this.#ready.machine;
    return cpu.cells[cpu.registers.find(name)!]!;
  }

  /** The vcpu that hyp code has in hand: TPIDR_EL2 points to it. */
  get #vcpuName(): string {
    const { vm, memory } = this.#ready;
    const pointer = this.#cell('tpidr_el2');
    return (vm.vcpus.find(({ address }) => memory.hypAddress(address) === pointer) ?? vm.vcpus[0]!).name;
  }

  #pathOf({ path }: ContextRegister): string {
    return `${this.#vcpuName}.${path}`;
  }

  #field(register: ContextRegister): bigint {
    return cellOfField(register.cell, this.#ready.typed.read(this.#pathOf(register)));
  }
}

function isHostState(cell: string): boolean {
  if (/^x\d+$/.test(cell)) return calleeSaved.has(cell);
  // The host's return state is in ELR_EL2 and SPSR_EL2 at both borders.
  return true;
}
