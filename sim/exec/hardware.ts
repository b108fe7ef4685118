/**
 * What a machine is made of: a processing element's state and units, RAM, the timer and the GIC's virtual interface, put
 * together by the processor's model.
 */
import { Cpu } from '../core/cpu.ts';
import { DebugUnit } from '../core/debug-unit.ts';
import { ExceptionUnit } from '../core/exception-entry.ts';
import type { ArchException } from '../core/exceptions.ts';
import { fpAccessCheck } from '../core/fp-access.ts';
import { InterruptUnit } from '../core/interrupts.ts';
import { type CpuModel, featuresOf, hasGicRegisters } from '../core/models.ts';
import { PerformanceMonitors } from '../core/performance-monitors.ts';
import { DAIF_MASK } from '../core/pstate.ts';
import { controlRegisters } from '../core/register-table/control.ts';
import { debugRegisters } from '../core/register-table/debug.ts';
import { exceptionRegisters } from '../core/register-table/exceptions.ts';
import { identificationRegisters } from '../core/register-table/identification.ts';
import { CURRENT_EL, DAIF, RegisterMap, SPSEL } from '../core/registers.ts';
import { SystemRegisters } from '../core/system-registers.ts';
import { GenericTimer, type TimerOptions } from '../devices/generic-timer.ts';
import { GicV2VirtualInterface } from '../devices/gic-v2.ts';
import { GicV3CpuInterface } from '../devices/gic-v3.ts';
import { Memory } from '../memory/memory.ts';
import { PhysicalMemory } from '../memory/physical.ts';
import type { Environment } from './operation.ts';

export interface MachineOptions {
  readonly model: CpuModel;
  /** Where RAM is, and how many bytes of it; both multiples of 4 KB. */
  readonly ram: { readonly base: bigint; readonly size: number };
  /** List registers of the GIC's virtual interface; left out: 4. */
  readonly listRegisters?: number;
  /** Where a GICv2's virtual interface control registers (GICH) and virtual CPU interface (GICV) are, if it has them. */
  readonly gicV2?: { readonly control: bigint; readonly cpuInterface: bigint };
  readonly timer?: Partial<TimerOptions>;
  /** Whether code may be translated, which only runs that nobody watches do; what that takes, each machine takes. Default true. */
  readonly translates?: boolean;
}

/** What happens in AArch32 state. */
export interface Aarch32Stand {
  /** Whether `leave` would give an exception. */
  readonly hasExit: boolean;
  leave(): ArchException | undefined;
}

export class Hardware implements Environment {
  readonly cpu: Cpu;
  readonly physical: PhysicalMemory;
  readonly memory: Memory;
  readonly systemRegisters: SystemRegisters;
  readonly exceptions: ExceptionUnit;
  readonly interrupts: InterruptUnit;
  readonly debug: DebugUnit;
  readonly features: ReadonlySet<string>;
  readonly checkFp: () => void;
  readonly timer: GenericTimer;
  /** The GIC's virtual interface: that of GICv2 where `gicV2` was given, that of GICv3 where the model has its registers. */
  readonly gicV2: GicV2VirtualInterface | undefined;
  readonly gicV3: GicV3CpuInterface | undefined;
  semihosting: (() => void) | undefined;
  firmware: (() => void) | undefined;
  /**
   * Stands in for AArch32 code, which is not executed: changes registers by Cpu.write, and returns the exception that ends
   * the guest's time in AArch32 state; undefined where there is none. Without it AArch32 state is not entered.
   */
  aarch32: Aarch32Stand | undefined;
  #model: CpuModel;
  /** The registers as they were when this was made. */
  readonly #atReset: BigUint64Array;

  constructor({ model, ram, listRegisters, gicV2, timer, translates }: MachineOptions) {
    this.#model = model;
    this.cpu = new Cpu(new RegisterMap(), translates);
    this.features = featuresOf(model);
    this.physical = new PhysicalMemory(ram.base, ram.size);
    this.systemRegisters = new SystemRegisters(this.cpu, model);
    this.systemRegisters.add(identificationRegisters(model));
    this.systemRegisters.add(controlRegisters(model));
    this.systemRegisters.add(exceptionRegisters(model));
    this.systemRegisters.add(debugRegisters());
    this.systemRegisters.add(new PerformanceMonitors(this.cpu, model).rows());
    this.timer = new GenericTimer(this.cpu, model, timer);
    this.systemRegisters.add(this.timer.rows());
    this.gicV3 = hasGicRegisters(model) ? new GicV3CpuInterface(this.cpu, listRegisters) : undefined;
    if (this.gicV3 !== undefined) this.systemRegisters.add(this.gicV3.rows());
    this.gicV2 = gicV2 === undefined ? undefined : this.#addGicV2(gicV2, listRegisters);
    this.exceptions = new ExceptionUnit(this.cpu, this.features);
    this.exceptions.entersAArch32 = () => this.aarch32?.hasExit ?? false;
    this.interrupts = new InterruptUnit(this.cpu);
    this.debug = new DebugUnit(this.cpu, model);
    this.checkFp = fpAccessCheck(this.cpu);
    this.#resetPstate();
    this.memory = new Memory(this.cpu, this.physical);
    this.#atReset = this.cpu.cells.slice();
  }

  get model(): CpuModel {
    return this.#model;
  }

  /**
   * Makes everything what it was in the beginning: registers, RAM, TLB and time. Semihosting, firmware, what stands for
   * AArch32 code and whoever interrupts were told to are not connected any more; devices that others have added stay as they
   * are. `model` may be another one with other numbers of breakpoints and watchpoints. Throws RangeError where it
   * differs in more.
   */
  reset(model = this.#model): void {
    const differing = firstDifference(model, this.#model);
    if (differing !== undefined) throw new RangeError(`the machine cannot become one with another ${differing}`);
    const { cpu } = this;
    this.#model = model;
    this.semihosting = undefined;
    this.firmware = undefined;
    this.aarch32 = undefined;
    this.timer.disconnect();
    this.gicV2?.engine.disconnect();
    this.gicV3?.engine.disconnect();
    cpu.journal = undefined;
    cpu.catchUp = undefined;
    cpu.clock.cycles = 0;
    cpu.cells.set(this.#atReset);
    cpu.cells[cpu.cell('id_aa64dfr0_el1')] = model.values.id_aa64dfr0_el1!;
    this.physical.clear();
    cpu.refresh();
  }

  /** The cell of the register called `name`, in lower case; undefined where the processor has none. */
  cellNamed(name: string): number | undefined {
    return this.systemRegisters.lacks(name) ? undefined : this.cpu.registers.find(name);
  }

  #addGicV2(
    { control, cpuInterface }: NonNullable<MachineOptions['gicV2']>,
    listRegisters: number | undefined,
  ): GicV2VirtualInterface {
    const gic = new GicV2VirtualInterface(this.cpu, listRegisters);
    this.physical.addDevice(gic.control(control));
    this.physical.addDevice(gic.cpuInterface(cpuInterface));
    return gic;
  }

  /** PSTATE after a reset into EL2 (AArch64.TakeReset): EL2h, all interrupts masked. */
  #resetPstate(): void {
    const { cells } = this.cpu;
    cells[CURRENT_EL] = 2n << 2n;
    cells[SPSEL] = 1n;
    cells[DAIF] = BigInt(DAIF_MASK);
  }
}

/** What is different in two models besides their numbers of breakpoints and watchpoints; undefined for nothing. */
function firstDifference(one: CpuModel, other: CpuModel): string | undefined {
  if (one.name !== other.name) return 'core';
  const { id_aa64dfr0_el1: _, ...rest } = one.values;
  return Object.keys(rest).find((register) => other.values[register] !== rest[register]);
}
