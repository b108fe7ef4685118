/**
 * The Generic Timer of one processing element: the physical and virtual counters, and the timers of EL1 (physical and
 * virtual) and EL2 (Arm ARM D12 "The Generic Timer in AArch64 state", D17.11).
 */
import type { Cpu } from '../core/cpu.ts';
import type { CpuModel } from '../core/models.ts';
import { featuresOf } from '../core/models.ts';
import type { TrapControl } from '../core/system-register.ts';
import { type RegisterBehaviour, readOnly, readWrite, type SystemRegisterRow } from '../core/system-register.ts';
import { EL0_FREQUENCY, EL0PCTEN, EL0PTEN, EL0VCTEN, EL0VTEN, EL1PCEN, EL1PCTEN } from '../core/traps.ts';
import type { InterruptOutput } from './device.ts';

// Bits of CNTx_CTL; the first two can be written.
const ENABLE = 1 << 0;
const IMASK = 1 << 1;
const ISTATUS = 1n << 2n;
const CONTROL_BITS = BigInt(ENABLE | IMASK);
const WORD = 0xffff_ffffn;
/** CNTHCTL_EL2 (HCR_EL2.E2H = 0): EL1PCTEN, EL1PCEN, EVNTEN, EVNTDIR, EVNTI. */
const CNTHCTL = 0xffn;
/** CNTKCTL_EL1: EL0PCTEN, EL0VCTEN, EVNTEN, EVNTDIR, EVNTI, EL0VTEN, EL0PTEN. */
const CNTKCTL = 0x3ffn;

export type TimerName = 'cntp' | 'cntv' | 'cnthp' | 'cnthv';

/** The private peripheral interrupt each timer asserts (Server Base System Architecture, "PPI assignments"). */
export const timerInterrupts: Readonly<Record<TimerName, number>> = { cntp: 30, cntv: 27, cnthp: 26, cnthv: 28 };

interface Timer {
  readonly name: TimerName;
  readonly control: number;
  readonly compare: number;
  /** Whether it counts by the virtual counter. */
  readonly isVirtual: boolean;
}

export interface TimerOptions {
  /** CNTFRQ_EL0 after reset, in Hz: what firmware would have put there. */
  readonly frequency: number;
  /** How many cycles of the core one tick of the counter takes. */
  readonly cyclesPerTick: number;
}

/** A counter of 62.5 MHz beside a core of 1 GHz. */
const defaults: TimerOptions = { frequency: 62_500_000, cyclesPerTick: 16 };

export class GenericTimer {
  readonly #cpu: Cpu;
  readonly #cyclesPerTick: number;
  readonly #frequency: number;
  readonly #offset: number;
  readonly #timers: readonly Timer[];
  readonly #outputs = new Map<TimerName, InterruptOutput>();

  constructor(cpu: Cpu, model: CpuModel, options: Partial<TimerOptions> = {}) {
    this.#cpu = cpu;
    this.#cyclesPerTick = options.cyclesPerTick ?? defaults.cyclesPerTick;
    this.#frequency = options.frequency ?? defaults.frequency;
    this.#offset = cpu.cell('cntvoff_el2');
    const names: TimerName[] = featuresOf(model).has('vhe')
      ? ['cntp', 'cntv', 'cnthp', 'cnthv']
      : ['cntp', 'cntv', 'cnthp'];
    this.#timers = names.map((name) => ({
      name,
      control: cpu.cell(`${name}_ctl_${levelOf(name)}`),
      compare: cpu.cell(`${name}_cval_${levelOf(name)}`),
      isVirtual: name === 'cntv',
    }));
  }

  /** Told that `nextEvent` may have changed. */
  rescheduled: () => void = () => {};

  /** Has `output` told of the timer's interrupt. */
  connect(name: TimerName, output: InterruptOutput): void {
    this.#outputs.set(name, output);
  }

  /** Ends what `connect` began, for all timers. */
  disconnect(): void {
    this.#outputs.clear();
  }

  /** CNTPCT_EL0: ticks since the clock was zero. */
  get physicalCount(): bigint {
    return BigInt(Math.floor(this.#cpu.now / this.#cyclesPerTick));
  }

  /** CNTVCT_EL0. */
  get virtualCount(): bigint {
    return BigInt.asUintN(64, this.physicalCount - this.#cpu.cells[this.#offset]!);
  }

  /** Puts all outputs to what the timers say at this time. To be called when `nextEvent` has come. */
  update(): void {
    this.#setOutputs();
    this.rescheduled();
  }

  #setOutputs(): void {
    for (const timer of this.#timers) {
      const isMasked = (this.#cpu.words[2 * timer.control]! & IMASK) !== 0;
      this.#outputs.get(timer.name)?.(!isMasked && this.#isConditionMet(timer));
    }
  }

  /** The time, in cycles, at which the next output may rise; Infinity where none will. */
  get nextEvent(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const timer of this.#timers) {
      const control = this.#cpu.words[2 * timer.control]! & (ENABLE | IMASK);
      if (control !== ENABLE || this.#isConditionMet(timer)) continue;
      const ticks = BigInt.asUintN(64, this.#cpu.cells[timer.compare]! - this.#count(timer)) + this.physicalCount;
      next = Math.min(next, Number(ticks) * this.#cyclesPerTick);
    }
    return next;
  }

  /** The rows of the timer's registers. */
  rows(): SystemRegisterRow[] {
    return [
      {
        ...readWrite('cntfrq_el0', 0, { mask: WORD, reset: BigInt(this.#frequency), traps: [EL0_FREQUENCY] }),
        writableFrom: 2,
      },
      readOnly('cntpct_el0', 0, { traps: [EL0PCTEN, EL1PCTEN], behaviour: () => ({ read: () => this.physicalCount }) }),
      readOnly('cntvct_el0', 0, { traps: [EL0VCTEN], behaviour: () => ({ read: () => this.virtualCount }) }),
      readWrite('cntkctl_el1', 1, { mask: CNTKCTL }),
      readWrite('cnthctl_el2', 2, { mask: CNTHCTL, reset: 3n }),
      readWrite('cntvoff_el2', 2, { behaviour: (cpu) => this.#plain(cpu, 'cntvoff_el2') }),
      ...this.#timers.flatMap((timer) => this.#timerRows(timer)),
    ];
  }

  #timerRows(timer: Timer): SystemRegisterRow[] {
    const { name } = timer;
    const level = levelOf(name);
    const el = level === 'el0' ? 0 : 2;
    const traps = accessTraps[name];
    return [
      readWrite(`${name}_tval_${level}`, el, { traps, behaviour: () => this.#timerValue(timer) }),
      readWrite(`${name}_ctl_${level}`, el, { mask: CONTROL_BITS, traps, behaviour: () => this.#control(timer) }),
      readWrite(`${name}_cval_${level}`, el, { traps, behaviour: (cpu) => this.#plain(cpu, `${name}_cval_${level}`) }),
    ];
  }

  /** A register whose value decides about interrupts. */
  #plain(cpu: Cpu, name: string): RegisterBehaviour {
    const cell = cpu.cell(name);
    return {
      write: (value) => {
        cpu.write(cell, value);
        this.update();
      },
    };
  }

  /** CNTx_CTL: ISTATUS tells whether the condition is met. */
  #control(timer: Timer): RegisterBehaviour {
    const cpu = this.#cpu;
    return {
      read: () => cpu.cells[timer.control]! | (this.#isConditionMet(timer) ? ISTATUS : 0n),
      write: (value) => {
        cpu.write(timer.control, value & CONTROL_BITS);
        this.update();
      },
    };
  }

  /** CNTx_TVAL: the low 32 bits of what is left to CNTx_CVAL; a write is a signed distance from now. */
  #timerValue(timer: Timer): RegisterBehaviour {
    const cpu = this.#cpu;
    return {
      read: () => (cpu.cells[timer.compare]! - this.#count(timer)) & WORD,
      write: (value) => {
        cpu.write(timer.compare, BigInt.asUintN(64, this.#count(timer) + BigInt.asIntN(32, value)));
        this.update();
      },
    };
  }

  #count(timer: Timer): bigint {
    return timer.isVirtual ? this.virtualCount : this.physicalCount;
  }

  #isConditionMet(timer: Timer): boolean {
    const { cells, words } = this.#cpu;
    return (words[2 * timer.control]! & ENABLE) !== 0 && this.#count(timer) >= cells[timer.compare]!;
  }
}

function levelOf(name: TimerName): 'el0' | 'el2' {
  return name === 'cntp' || name === 'cntv' ? 'el0' : 'el2';
}

const accessTraps: Readonly<Record<TimerName, readonly TrapControl[]>> = {
  cntp: [EL0PTEN, EL1PCEN],
  cntv: [EL0VTEN],
  cnthp: [],
  cnthv: [],
};
