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
import { type ContextGroup, cellOfField, vcpuRegisters } from '../kvm/context.ts';
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

/** A register with the number of its cell, and for the guest's borders the path of its field from the vcpu's name on. */
interface CheckedRegister {
  readonly cell: string;
  readonly id: number;
  readonly group: RegisterGroup;
  readonly path?: string;
}

type GuestRegister = CheckedRegister & { readonly group: ContextGroup; readonly path: string };

/** What some registers held at a border. */
interface Snapshot {
  readonly registers: readonly CheckedRegister[];
  /** In the order of `registers`. */
  readonly values: BigUint64Array;
}

export class SwitchContract {
  readonly #ready: ReadyMachine;
  readonly #host: readonly CheckedRegister[];
  /** The guest's registers, by the vcpu's name. */
  readonly #guests: ReadonlyMap<string, readonly GuestRegister[]>;
  readonly #lost: LostRegister[] = [];
  readonly #compared: { border: Border; group: RegisterGroup; count: number }[] = [];
  #atCall: Snapshot | undefined;
  #atExit: Snapshot | undefined;

  constructor(ready: ReadyMachine) {
    this.#ready = ready;
    const { breakpoints, watchpoints } = ready.scenario.machine;
    const context = vcpuRegisters(ready.facts, breakpoints, watchpoints);
    this.#guests = new Map(
      ready.vm.vcpus.map(({ name }) => [
        name,
        context.map(({ cell, group, path }) => ({ cell, group, id: this.#id(cell), path: `${name}.${path}` })),
      ]),
    );
    this.#host = [
      ...context.filter(({ cell, group }) => group !== 'aarch32' && isHostState(cell)),
      ...hypRegisters.map((cell) => ({ cell, group: 'hyp' as const })),
    ].map(({ cell, group }) => ({ cell, group, id: this.#id(cell) }));
  }

  /** What was found up to now. */
  get report(): ContractReport {
    return { lost: this.#lost, compared: this.#compared };
  }

  /** To be called after each step that took or returned from an exception. */
  onException(event: ExceptionEvent): void {
    if (event.to === 2 && event.from < 2) {
      if (this.#guestRuns()) this.#atExit = this.#snapshot(this.#switched());
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

  #guestEntered(): void {
    // A trap that EL2 handled by itself leaves the vcpu struct behind the guest's registers: nothing to compare with,
    // but what the guest had must still be there.
    const back = this.#atExit;
    if (back !== undefined) {
      this.#compareWithCells('vcpu to guest', back);
    } else {
      const { cells } = this.#ready.machine.cpu;
      for (const register of this.#switched()) {
        this.#compare('vcpu to guest', register, this.#field(register), cells[register.id]!);
      }
    }
    this.#atExit = undefined;
  }

  #hostReturned(): void {
    const exit = this.#atExit;
    exit?.registers.forEach((register, n) => {
      this.#compare('guest to vcpu', register, exit.values[n]!, this.#field(register));
    });
    this.#atExit = undefined;
    if (this.#atCall !== undefined) this.#compareWithCells('host to host', this.#atCall);
    this.#atCall = undefined;
  }

  #compareWithCells(border: Border, { registers, values }: Snapshot): void {
    const { cells } = this.#ready.machine.cpu;
    registers.forEach((register, n) => {
      this.#compare(border, register, values[n]!, cells[register.id]!);
    });
  }

  #compare(border: Border, { cell, group, path }: CheckedRegister, expected: bigint, actual: bigint): void {
    this.#counter(border, group).count++;
    if (expected === actual) return;
    this.#lost.push({ border, register: cell, group, expected, actual, field: path });
  }

  #counter(border: Border, group: RegisterGroup): { count: number } {
    const known = this.#compared.find((one) => one.group === group && one.border === border);
    if (known !== undefined) return known;
    const counter = { border, group, count: 0 };
    this.#compared.push(counter);
    return counter;
  }

  /** The guest's registers that are in the machine's own at this border, rather than kept in memory. */
  #switched(): readonly GuestRegister[] {
    const vcpu = this.#vcpuName;
    const fp = (this.#cell('cptr_el2') & CPTR_TFP) === 0n;
    const debug = (this.#ready.typed.read(`${vcpu}.arch.debug_flags`) & DEBUG_DIRTY) !== 0n;
    const aarch32 = (this.#cell('hcr_el2') & HCR_RW) === 0n;
    const moved: Record<ContextGroup, boolean> = { general: true, system: true, fp, debug, aarch32 };
    return this.#guests
      .get(vcpu)!
      .filter(({ group, cell }) => moved[group] && (group !== 'aarch32' || this.#isMoved32(cell, fp, debug)));
  }

  /** Of the 32-bit state, some goes with FP and with debug, and ThumbEE's only where the CPU has it (ID_PFR0_EL1.State3). */
  #isMoved32(cell: string, fp: boolean, debug: boolean): boolean {
    if (cell === 'fpexc32_el2') return fp;
    if (cell === 'dbgvcr32_el2') return debug;
    return !cell.startsWith('tee') || ((this.#cell('id_pfr0_el1') >> 12n) & 0xfn) === 1n;
  }

  #snapshot(registers: readonly CheckedRegister[]): Snapshot {
    const { cells } = this.#ready.machine.cpu;
    const values = new BigUint64Array(registers.length);
    for (let n = 0; n < values.length; n++) values[n] = cells[registers[n]!.id]!;
    return { registers, values };
  }

  #id(cell: string): number {
    return this.#ready.machine.cpu.registers.find(cell)!;
  }

  #cell(name: string): bigint {
    return this.#ready.machine.cpu.cells[this.#id(name)]!;
  }

  /** The vcpu that hyp code has in hand: TPIDR_EL2 points to it. */
  get #vcpuName(): string {
    const { vm, memory } = this.#ready;
    const pointer = this.#cell('tpidr_el2');
    return (vm.vcpus.find(({ address }) => memory.hypAddress(address) === pointer) ?? vm.vcpus[0]!).name;
  }

  #field({ cell, path }: CheckedRegister): bigint {
    return cellOfField(cell, this.#ready.typed.read(path!));
  }
}

function isHostState(cell: string): boolean {
  if (/^x\d+$/.test(cell)) return calleeSaved.has(cell);
  // The host's return state is in ELR_EL2 and SPSR_EL2 at both borders.
  return true;
}
