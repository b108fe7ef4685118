/**
 * The run of a scenario: the machine runs, and between two entries the host's C code, of which hypstep
 * has the part that matters, does its work.
 */
import type { Image } from '../../asm/link/image.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { ExceptionEvent } from '../core/journal.ts';
import { FIQ, IRQ, PC, SERROR, X0 } from '../core/registers.ts';
import type { Operation } from '../exec/operation.ts';
import type { ExitOutcome } from '../kvm/outcome.ts';
import { isPoweredOff } from '../kvm/psci.ts';
import { enterFromUser, finishExit, prepareEntry } from '../kvm/run-loop.ts';
import type { Vcpu } from '../kvm/vcpu-state.ts';
import { lowHalf } from '../memory/halves.ts';
import type { Unwatched } from '../recording/stepper.ts';
import { EventQueue } from './events.ts';
import type { ReadyMachine, RecordedMachine } from './ready.ts';
import { type Run, type RunObserver, runToEnd } from './runnable.ts';
import { StepLimit } from './step-limit.ts';
import { UserSpace } from './user-space.ts';

export type Ending =
  /** The host has had all its entries. */
  | { readonly kind: 'done' }
  /** The panic path has led the host to `panic`. */
  | { readonly kind: 'panic' }
  /** An exception took EL1's host code to its vectors, where it stays: nothing in it handles one. */
  | { readonly kind: 'stuck'; readonly symbol: string }
  | { readonly kind: 'limit'; readonly steps: number; readonly where: string };

/** An exception taken at EL2 from EL2 itself: hyp code has gone wrong. */
export interface HypFault {
  readonly event: ExceptionEvent;
  /** What was executed, if it came so far, and FAR_EL2 as the exception left it. */
  readonly operation: Operation | undefined;
  readonly far: bigint;
}

/** What an entry came back with. The fault registers are those of the last trap: an IRQ leaves them alone. */
export interface ExitRecord {
  readonly vcpu: number;
  readonly code: bigint;
  readonly esr: bigint;
  readonly far: bigint;
  readonly hpfar: bigint;
}

export class ScenarioRun<Ready extends ReadyMachine = RecordedMachine> implements Run<Ready> {
  readonly ready: Ready;
  /** What __kvm_vcpu_run returned, one for each entry that came back. */
  readonly exits: bigint[] = [];
  /** The same exits, with what the vcpu's struct says of each. */
  readonly exitRecords: ExitRecord[] = [];
  readonly hypFaults: HypFault[] = [];
  /** The steps in which the simulator changed something in the host's place, between two entries. */
  readonly interventions: number[] = [];
  readonly user: UserSpace;
  readonly events: EventQueue;
  /** KVM_RUN's error, where one ended the run. */
  error: string | undefined;
  /** The vcpu that runs, or ran last. */
  #vcpu: Vcpu;
  /** The vcpus for which KVM_RUN has come back to user space. */
  readonly #inUserSpace = new Set<Vcpu>();
  /** The physical interrupt lines that the scenario's events hold. */
  readonly #raised = new Set<number>();
  #timerAsserted = false;
  #maintenance = false;
  #ending: Ending | undefined;
  readonly #limit: StepLimit;
  readonly #observers: readonly RunObserver[];
  readonly #stepObservers: readonly Pick<Required<RunObserver>, 'onStep' | 'onSteps'>[];
  readonly #unwatched: Unwatched;
  readonly #hostStart: bigint;
  readonly #returns: bigint;
  readonly #done: bigint;
  readonly #panic: bigint;
  readonly #vectors: bigint;
  /** Low halves of the places where the simulator takes part: for a first look after each step. */
  readonly #stops: readonly number[];

  constructor(ready: Ready, observers: readonly RunObserver[] = []) {
    this.ready = ready;
    this.#limit = new StepLimit(ready, ready.scenario.steps, worldsOf(ready));
    this.#observers = observers;
    this.#stepObservers = observers.filter((one): one is Required<RunObserver> => one.onStep !== undefined);
    const { kernel, machine } = ready;
    this.#hostStart = machine.cpu.pc;
    this.#returns = kernelAddress(kernel, 'host_return');
    this.#done = kernelAddress(kernel, 'host_done');
    this.#panic = kernelAddress(kernel, 'panic');
    this.#vectors = kernelAddress(kernel, 'host_vectors');
    this.#stops = [this.#returns, this.#done, this.#panic].map(lowHalf);
    this.#vcpu = ready.vm.vcpus[0]!;
    this.user = new UserSpace(ready);
    this.events = new EventQueue(ready);
    this.#unwatched = this.#makeUnwatched();
    this.#connectInterrupts();
    this.user.beforeEntry(1);
    prepareEntry(this.#vcpu);
  }

  /** How the run ended; undefined while it has not. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get endingText(): string | undefined {
    return this.#ending && endingText(this.#ending, this.ready.steps.length);
  }

  get status(): number | undefined {
    return this.#ending && (this.#ending.kind === 'done' ? 0 : 1);
  }

  advance(limit = 1): boolean {
    if (this.#ending !== undefined) return false;
    const { steps, scenario } = this.ready;
    this.#limit.run(limit, this.#isLookedAt, this.#unwatched);
    this.#lookWhere(steps.lastException);
    if (this.#ending === undefined) this.#raiseEvents();
    if (this.#ending === undefined && this.#limit.isReached) {
      this.#ending = { kind: 'limit', steps: scenario.steps, where: this.#limit.whereText };
    }
    return true;
  }

  /** Runs to the end. */
  finish(progress?: (steps: number) => void): Ending {
    runToEnd(this, progress);
    return this.#ending!;
  }

  /** Notes the exception of a step, and says whether the simulator may have to take part after it. */
  readonly #isLookedAt = (event: ExceptionEvent | undefined, operation: Operation | undefined): boolean => {
    const { steps, machine } = this.ready;
    const observers = this.#stepObservers;
    for (let n = 0; n < observers.length; n++) {
      observers[n]!.onStep(steps.length - 1, operation, event, machine.cpu.clock.cycles);
    }
    if (event !== undefined) {
      this.#noteException(event, operation);
      if (event.to === 1 && event.vector !== undefined) return true;
    }
    return this.#stops.includes(machine.cpu.words[2 * PC]!) || this.events.mayBeDue();
  };

  /** Nothing is done in steps that lead to no place where the simulator takes part, while no event is awaited. */
  #makeUnwatched(): Unwatched {
    const observers = this.#stepObservers;
    return {
      watchesAll: () => this.events.areWaiting,
      stops: this.#stops,
      passed: (index, stretch, count, cycles) => {
        for (let n = 0; n < observers.length; n++) observers[n]!.onSteps(index, stretch, count, cycles);
      },
    };
  }

  #noteException(event: ExceptionEvent, operation: Operation | undefined): void {
    if (event.kind !== 'return' && event.from === 2 && event.to === 2) {
      const { cpu } = this.ready.machine;
      this.hypFaults.push({ event, operation, far: cpu.cells[cpu.cell('far_el2')]! });
    }
    for (const observer of this.#observers) observer.onException?.(event);
  }

  /** Looks whether the host's code has come to one of the places where the simulator takes part. */
  #lookWhere(event: ExceptionEvent | undefined): void {
    const { cpu } = this.ready.machine;
    if (cpu.el !== 1) return;
    const { pc } = cpu;
    const isVector = event?.to === 1 && event.vector !== undefined && (event.vector & ~0x7ffn) === this.#vectors;
    if (pc !== this.#returns && pc !== this.#done && pc !== this.#panic && !isVector) return;
    if (!this.#isHosts(pc)) return;
    if (pc === this.#returns) this.#entryReturned();
    else if (pc === this.#done) this.#ending = { kind: 'done' };
    else if (pc === this.#panic) this.#ending = { kind: 'panic' };
    else this.#ending = { kind: 'stuck', symbol: this.ready.kernel.symbolAt(pc)?.name ?? 'host_vectors' };
  }

  /** Whether the host's code is at `address`; a guest may have code of its own at the same virtual address. */
  #isHosts(address: bigint): boolean {
    const { machine, memory } = this.ready;
    return machine.memory.translate(address) === memory.physicalAddress(address);
  }

  /** kvm_arch_vcpu_ioctl_run's loop: the exit is handled, and while entries are left the host enters again. */
  #entryReturned(): void {
    const { steps, machine } = this.ready;
    const code = machine.cpu.cells[X0]!;
    this.exits.push(code);
    this.exitRecords.push(recordOf(this.#vcpu, code));
    this.interventions.push(steps.length);
    this.#intervene(() => {
      this.#takeInterrupts();
      const goesOn = this.#look(finishExit(this.#vcpu, code));
      if (goesOn && this.exits.length < this.ready.scenario.entries) this.#enterNext();
    });
  }

  /** A step in which the simulator does `change` in the host's place. */
  #intervene(change: () => void): void {
    const { steps } = this.ready;
    steps.intervene(change);
    for (const observer of this.#stepObservers) {
      observer.onStep(steps.length - 1, undefined, undefined, steps.issuedAt);
    }
  }

  /** Whether the host enters a guest again after `outcome`, as far as that decides it. */
  #look(outcome: ExitOutcome): boolean {
    if (outcome.kind === 'error') this.error = `KVM_RUN failed with -${outcome.code}: ${outcome.what}`;
    if (outcome.kind !== 'user') return outcome.kind === 'resume';
    this.#inUserSpace.add(this.#vcpu);
    this.user.returned(this.#vcpu, outcome.reason);
    return outcome.reason !== 'KVM_EXIT_SYSTEM_EVENT' && outcome.reason !== 'KVM_EXIT_INTERNAL_ERROR';
  }

  /** The next vcpu in turn that is not turned off enters its guest; where there is none the host is done. */
  #enterNext(): void {
    const { cpu } = this.ready.machine;
    this.user.beforeEntry(this.exits.length + 1);
    const { vcpus } = this.ready.vm;
    const inTurn = vcpus.map((_, n) => vcpus[(this.#vcpu.id + 1 + n) % vcpus.length]!);
    const next = inTurn.find((vcpu) => !isPoweredOff(vcpu));
    if (next === undefined) return;
    this.#vcpu = next;
    if (this.#inUserSpace.delete(next)) enterFromUser(next);
    prepareEntry(next);
    cpu.write(X0, next.address);
    cpu.write(PC, this.#hostStart);
  }

  /** The virtual timer's interrupt and that of the GIC's virtual interface are physical ones of the host. */
  #connectInterrupts(): void {
    const { machine } = this.ready;
    machine.timer.connect('cntv', (asserted) => {
      this.#timerAsserted = asserted;
      this.#setIrq();
    });
    const gic = machine.gicV2 ?? machine.gicV3;
    if (gic === undefined) return;
    gic.engine.maintenance = (asserted) => {
      this.#maintenance = asserted;
      this.#setIrq();
    };
  }

  #setIrq(): void {
    this.ready.machine.cpu.setLine(IRQ, this.#timerAsserted || this.#maintenance || this.#raised.has(IRQ));
  }

  #raiseEvents(): void {
    const due = this.events.due();
    if (due.length === 0) return;
    const { machine } = this.ready;
    this.#intervene(() => {
      for (const line of due) {
        this.#raised.add(line);
        machine.cpu.setLine(line, true);
      }
    });
  }

  /** The host has its interrupts on again: it takes what is pending, and the devices are content. */
  #takeInterrupts(): void {
    const { cpu } = this.ready.machine;
    this.#raised.clear();
    this.#setIrq();
    for (const line of [FIQ, SERROR]) cpu.setLine(line, false);
  }
}

function recordOf(vcpu: Vcpu, code: bigint): ExitRecord {
  const esr = vcpu.read('arch.fault.esr_el2');
  const far = vcpu.read('arch.fault.far_el2');
  return { vcpu: vcpu.id, code, esr, far, hpfar: vcpu.read('arch.fault.hpfar_el2') };
}

function kernelAddress(kernel: Image, symbol: string): bigint {
  const found = kernel.symbol(symbol);
  if (found === undefined) throw new SourceError(`the host's code defines no symbol '${symbol}', which the run needs`);
  return found.address;
}

/** Says who runs at an exception level, at a physical address or where nothing is. */
function worldsOf({ kernel, memory, machine, facts }: ReadyMachine) {
  const [base, end] = [kernel.base, kernel.end].map((address) => memory.physicalAddress(address)!);
  const { cpu } = machine;
  const isHost = (pa: bigint | undefined) =>
    pa === undefined ? (cpu.cells[cpu.cell('hcr_el2')]! & facts.constant('HCR_VM')) === 0n : pa >= base! && pa < end!;
  return (el: number, pa: bigint | undefined) => (el === 2 ? 'EL2' : isHost(pa) ? 'the host' : 'the guest');
}

function endingText(ending: Ending, steps: number): string {
  switch (ending.kind) {
    case 'done':
      return `the run has ended after ${steps} steps: the host has control again`;
    case 'panic':
      return `the run has ended after ${steps} steps: EL2 has panicked`;
    case 'stuck':
      return `the run has ended after ${steps} steps: the host took an exception it cannot handle, at ${ending.symbol}`;
    case 'limit':
      return `the run has been stopped at its limit of ${ending.steps} steps: ${ending.where}`;
  }
}
