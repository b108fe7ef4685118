/**
 * The Performance Monitors Extension (Arm ARM D13, D17.5): the cycle counter, and event counters that count cycles
 * (event 0x011) or software increments (0x000). Counters count while they are enabled and their filter lets the current
 * level through; a counter that runs is brought up to date when anything that decides about it changes, or is read.
 */
import type { Cpu } from './cpu.ts';
import { type CpuModel, featuresOf } from './models.ts';
import {
  type RegisterBehaviour,
  type RowDetails,
  readOnly,
  readWrite,
  type SystemRegisterRow,
  writeOnly,
} from './system-register.ts';
import {
  PMU_CYCLE_COUNTER,
  PMU_EN,
  PMU_EVENT_COUNTER,
  PMU_SELECTOR,
  PMU_SOFTWARE_INCREMENT,
  TPM,
  TPMCR,
} from './traps.ts';

/** The cycle counter's number in PMCNTENSET_EL0 and its kin. */
const CYCLE = 31;
const CPU_CYCLES = 0x011n;
const SW_INCR = 0x000n;
/** PMEVTYPER<n>_EL0.evtCount. */
const EVENT = 0xffffn;
/** PMCR_EL0 */
const E = 1n << 0n;
const P = 1n << 1n;
const C = 1n << 2n;
const D = 1n << 3n;
/** The cycle counter stands still, too, where MDCR_EL2.HPMD forbids counting. */
const DP = 1n << 5n;
const LC = 1n << 6n;
/** E, D, X, DP, LC are kept. */
const PMCR = 0x79n;
const N_SHIFT = 11n;
const N_MASK = 0x1fn << N_SHIFT;
/** Filters of PMEVTYPER<n>_EL0 and PMCCFILTR_EL0: EL1 and EL0 excluded, EL2 included. */
const FILTER_EL1 = 1n << 31n;
const FILTER_EL0 = 1n << 30n;
const COUNT_EL2 = 1n << 27n;
const FILTERS = FILTER_EL1 | FILTER_EL0 | COUNT_EL2;
/** MDCR_EL2 */
const HPMN = 0x1fn;
const HPME = 1n << 7n;
/** Counters that are not EL2's do not count there (FEAT_PMUv3p1; elsewhere the bit reads 0). */
const HPMD = 1n << 17n;
const WORD = 0xffff_ffffn;
/** PMCR_EL0.D makes the cycle counter count every 64th cycle. */
const DIVIDER = 64n;

type ReadAndWrite = Required<Pick<RegisterBehaviour, 'read' | 'write'>>;

interface Counter {
  readonly number: number;
  readonly value: number;
  readonly type: number;
}

export class PerformanceMonitors {
  readonly #cpu: Cpu;
  readonly #model: CpuModel;
  readonly #counters: readonly Counter[];
  readonly #controls: number;
  readonly #enables: number;
  readonly #overflows: number;
  readonly #mdcr: number;
  /** The time, in cycles, up to which running counters are counted. */
  readonly #since: number;
  /** One bit for each counter that has run since then. Follows from the registers as they were. */
  #running = 0;

  constructor(cpu: Cpu, model: CpuModel) {
    this.#cpu = cpu;
    this.#model = model;
    this.#controls = cpu.cell('pmcr_el0');
    this.#enables = cpu.cell('pmcntenset_el0');
    this.#overflows = cpu.cell('pmovsset_el0');
    this.#mdcr = cpu.cell('mdcr_el2');
    this.#since = cpu.cell('pmu.since');
    const numbers = [...Array(Number((model.values.pmcr_el0! & N_MASK) >> N_SHIFT)).keys()];
    this.#counters = [
      ...numbers.map((number) => ({
        number,
        value: cpu.cell(`pmevcntr${number}_el0`),
        type: cpu.cell(`pmevtyper${number}_el0`),
      })),
      { number: CYCLE, value: cpu.cell('pmccntr_el0'), type: cpu.cell('pmccfiltr_el0') },
    ];
    cpu.onContextChange(() => this.#follow());
    cpu.onRefresh(() => {
      this.#running = this.#runningNow();
    });
  }

  get #eventCounters(): number {
    return this.#counters.length - 1;
  }

  /** How many event counters the current level may use: EL2 all, the others those below MDCR_EL2.HPMN. */
  get #accessible(): number {
    if (this.#cpu.el === 2) return this.#eventCounters;
    return Math.min(Number(this.#cpu.cells[this.#mdcr]! & HPMN), this.#eventCounters);
  }

  /** The bits of PMCNTENSET_EL0 and its kin that the current level sees. */
  get #visible(): bigint {
    return (1n << BigInt(CYCLE)) | ((1n << BigInt(this.#accessible)) - 1n);
  }

  /** Whether the counter counts its event at the current level (J1, AArch64.CountEvents). */
  #isCounting({ number, type }: Counter): boolean {
    const { cells, el } = this.#cpu;
    if (((cells[this.#enables]! >> BigInt(number)) & 1n) === 0n) return false;
    const mdcr = cells[this.#mdcr]!;
    const controls = cells[this.#controls]!;
    const ofEl2 = number !== CYCLE && number >= Number(mdcr & HPMN);
    if ((ofEl2 ? mdcr & HPME : controls & E) === 0n) return false;
    const filter = cells[type]!;
    if (el < 2) return (filter & (el === 1 ? FILTER_EL1 : FILTER_EL0)) === 0n;
    const isForbidden = !ofEl2 && (mdcr & HPMD) !== 0n && (number !== CYCLE || (controls & DP) !== 0n);
    return !isForbidden && (filter & COUNT_EL2) !== 0n;
  }

  #isRunning(counter: Counter): boolean {
    return (
      this.#isCounting(counter) && (counter.number === CYCLE || (this.#cpu.cells[counter.type]! & EVENT) === CPU_CYCLES)
    );
  }

  #runningNow(): number {
    let running = 0;
    for (const counter of this.#counters) if (this.#isRunning(counter)) running |= 1 << counter.number;
    return running;
  }

  get #now(): bigint {
    return BigInt(Math.floor(this.#cpu.now));
  }

  /** Heeds a change of level, filter or enable from elsewhere. */
  #follow(): void {
    // Nothing enabled and nothing running: the common case, met at every exception.
    if (this.#running === 0 && this.#cpu.cells[this.#enables] === 0n) return;
    const running = this.#runningNow();
    if (running === this.#running) return;
    this.#count();
    this.#setRunning(running);
  }

  #setRunning(running: number): void {
    if (this.#running === 0 && running !== 0) this.#cpu.write(this.#since, this.#now);
    this.#running = running;
  }

  /** Brings the counters that have run up to date. */
  #count(): void {
    const cpu = this.#cpu;
    const before = cpu.cells[this.#since]!;
    const now = this.#now;
    if (this.#running === 0 || before === now) return;
    cpu.write(this.#since, now);
    for (const counter of this.#counters) {
      if (((this.#running >>> counter.number) & 1) === 1) this.#add(counter, this.#ticks(counter, before, now));
    }
  }

  #ticks({ number }: Counter, before: bigint, now: bigint): bigint {
    const controls = this.#cpu.cells[this.#controls]!;
    const divided = number === CYCLE && (controls & (D | LC)) === D;
    return divided ? now / DIVIDER - before / DIVIDER : now - before;
  }

  /** Adds to a counter; an event counter has 32 bits, and the cycle counter overflows at 64 or, without LC, 32. */
  #add({ number, value }: Counter, ticks: bigint): void {
    const cpu = this.#cpu;
    const old = cpu.cells[value]!;
    const width = number === CYCLE && (cpu.cells[this.#controls]! & LC) !== 0n ? 64 : 32;
    if (BigInt.asUintN(width, old) + ticks >= 1n << BigInt(width)) {
      cpu.write(this.#overflows, cpu.cells[this.#overflows]! | (1n << BigInt(number)));
    }
    cpu.write(value, BigInt.asUintN(number === CYCLE ? 64 : 32, old + ticks));
  }

  /** A register whose write may start or stop counters. */
  #controlling(cell: number, details: { read?: () => bigint; write: (value: bigint) => bigint }): ReadAndWrite {
    const cpu = this.#cpu;
    return {
      read: () => {
        this.#count();
        return details.read?.() ?? cpu.cells[cell]!;
      },
      write: (value) => {
        this.#count();
        cpu.write(cell, details.write(value));
        this.#setRunning(this.#runningNow());
      },
    };
  }

  /** The rows of the registers. */
  rows(): SystemRegisterRow[] {
    const everything = featuresOf(this.#model).has('vhe') ? 0xffffn : 0x3ffn;
    const common = [PMU_EN, TPM];
    const counterRows = this.#counters.slice(0, -1).flatMap((counter) => {
      const { number } = counter;
      return [
        readWrite(`pmevcntr${number}_el0`, 0, {
          mask: WORD,
          traps: [...PMU_EVENT_COUNTER, TPM],
          behaviour: () => this.#value(counter),
        }),
        readWrite(`pmevtyper${number}_el0`, 0, {
          mask: everything | FILTERS,
          traps: common,
          behaviour: () => this.#type(counter, everything | FILTERS),
        }),
      ];
    });
    const cycleCounter = this.#counters.at(-1)!;
    return [
      readWrite('pmcr_el0', 0, { traps: [PMU_EN, TPM, TPMCR], behaviour: () => this.#control() }),
      ...this.#bitRows('pmcntenset_el0', 'pmcntenclr_el0', 0, { traps: common }),
      ...this.#bitRows('pmovsset_el0', 'pmovsclr_el0', 0, { traps: common }),
      ...this.#bitRows('pmintenset_el1', 'pmintenclr_el1', 1, { traps: [TPM] }),
      writeOnly('pmswinc_el0', 0, {
        traps: [PMU_SOFTWARE_INCREMENT, TPM],
        behaviour: () => ({ write: (value) => this.#increment(value) }),
      }),
      readWrite('pmselr_el0', 0, { mask: 0x1fn, traps: [PMU_SELECTOR, TPM] }),
      readOnly('pmceid0_el0', 0, { mask: 0n, fixed: this.#model.values.pmceid0_el0 ?? 0n, traps: common }),
      readOnly('pmceid1_el0', 0, { mask: 0n, fixed: this.#model.values.pmceid1_el0 ?? 0n, traps: common }),
      readWrite('pmccntr_el0', 0, { traps: [...PMU_CYCLE_COUNTER, TPM], behaviour: () => this.#value(cycleCounter) }),
      readWrite('pmccfiltr_el0', 0, {
        mask: FILTERS,
        traps: common,
        behaviour: () => this.#type(cycleCounter, FILTERS),
      }),
      readWrite('pmxevtyper_el0', 0, {
        mask: everything | FILTERS,
        traps: common,
        behaviour: () => this.#selectedType(everything | FILTERS),
      }),
      readWrite('pmxevcntr_el0', 0, { traps: [...PMU_EVENT_COUNTER, TPM], behaviour: () => this.#selectedValue() }),
      { ...readWrite('pmuserenr_el0', 0, { mask: 0xfn, traps: [TPM] }), writableFrom: 1 },
      ...counterRows,
    ];
  }

  /** PMCR_EL0: N is as the current level sees it; P and C reset counters and read 0. */
  #control(): ReadAndWrite {
    const { cells } = this.#cpu;
    const fixed = this.#model.values.pmcr_el0! & ~N_MASK;
    return this.#controlling(this.#controls, {
      read: () => fixed | (BigInt(this.#accessible) << N_SHIFT) | (cells[this.#controls]! & PMCR),
      write: (value) => {
        const zeroed = this.#counters.filter(({ number }) =>
          number === CYCLE ? (value & C) !== 0n : (value & P) !== 0n && number < this.#accessible,
        );
        for (const counter of zeroed) this.#cpu.write(counter.value, 0n);
        return value & PMCR;
      },
    });
  }

  /** A register of one bit a counter, with one name that sets bits and one that clears them. */
  #bitRows(setName: string, clearName: string, el: number, details: RowDetails): SystemRegisterRow[] {
    const { cells } = this.#cpu;
    const cell = this.#cpu.cell(setName);
    const read = () => cells[cell]! & this.#visible;
    const set = (value: bigint) => cells[cell]! | (value & this.#visible);
    const clear = (value: bigint) => cells[cell]! & ~(value & this.#visible);
    const row = (name: string, write: (value: bigint) => bigint) =>
      readWrite(name, el, { ...details, cell: setName, behaviour: () => this.#controlling(cell, { read, write }) });
    return [row(setName, set), row(clearName, clear)];
  }

  #value(counter: Counter): ReadAndWrite {
    const isHidden = () => counter.number !== CYCLE && counter.number >= this.#accessible;
    const width = counter.number === CYCLE ? 64 : 32;
    return this.#controlling(counter.value, {
      read: () => (isHidden() ? 0n : this.#cpu.cells[counter.value]!),
      write: (value) => (isHidden() ? this.#cpu.cells[counter.value]! : BigInt.asUintN(width, value)),
    });
  }

  #type(counter: Counter, mask: bigint): ReadAndWrite {
    const isHidden = () => counter.number !== CYCLE && counter.number >= this.#accessible;
    return this.#controlling(counter.type, {
      read: () => (isHidden() ? 0n : this.#cpu.cells[counter.type]!),
      write: (value) => (isHidden() ? this.#cpu.cells[counter.type]! : value & mask),
    });
  }

  /** The counter PMSELR_EL0.SEL names, or undefined. */
  #selected(): Counter | undefined {
    const selector = Number(this.#cpu.cells[this.#cpu.cell('pmselr_el0')]!);
    return this.#counters.find(({ number }) => number === selector);
  }

  #selectedType(mask: bigint): RegisterBehaviour {
    return {
      read: () => {
        const counter = this.#selected();
        return counter === undefined ? 0n : this.#type(counter, mask).read();
      },
      write: (value) => {
        const counter = this.#selected();
        if (counter !== undefined) this.#type(counter, counter.number === CYCLE ? FILTERS : mask).write(value);
      },
    };
  }

  /** The cycle counter is not reached this way. */
  #selectedValue(): RegisterBehaviour {
    const chosen = () => {
      const counter = this.#selected();
      return counter === undefined || counter.number === CYCLE ? undefined : this.#value(counter);
    };
    return { read: () => chosen()?.read() ?? 0n, write: (value) => chosen()?.write(value) };
  }

  /** PMSWINC_EL0: one more in each counter of software increments. */
  #increment(value: bigint): void {
    const { cells } = this.#cpu;
    for (const counter of this.#counters.slice(0, this.#accessible)) {
      const isNamed = ((value >> BigInt(counter.number)) & 1n) === 1n;
      const isIncrement = (cells[counter.type]! & EVENT) === SW_INCR;
      if (isNamed && isIncrement && this.#isCounting(counter)) this.#add(counter, 1n);
    }
  }
}
