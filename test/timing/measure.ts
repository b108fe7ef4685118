/** Runs microbenchmarks on a machine and measures them with a timing model. */
import { decode } from '../../asm/a64/decode.ts';
import type { Cpu } from '../../sim/core/cpu.ts';
import { ACCESS_ADDRESS, FIRST_FREE, PC, X0 } from '../../sim/core/registers.ts';
import { makeOperation } from '../../sim/exec/instruction-set.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import type { Operation } from '../../sim/exec/operation.ts';
import { Recording } from '../../sim/recording/recording.ts';
import { emptyTimedStep, type TimedStep, type TimingModel } from '../../sim/timing/model.ts';
import { assembleWords, CODE, DATA, loadWords, machineAtEl2 } from '../recording/el2-machine.ts';
import {
  type Body,
  latency as chains,
  type Measurement,
  type Microbenchmark,
  numbers,
  type Pattern,
  type Place,
  parallel,
  type Setting,
} from './microbenchmarks.ts';

/** Cycles for one copy, and copies a cycle; undefined where the microbenchmark does not measure it. */
export interface Measured {
  readonly latency: number | undefined;
  readonly throughput: number | undefined;
}

const PAGE = 4096n;
/** Where memory that is not aligned to a page begins: past a page of its own. */
const MEMORY = DATA + PAGE;
const MEMORY_WORDS = 512;
/** How often a program is gone through; the last round counts. Loops teach the branch predictor in those before. */
const ROUNDS = 3;
const LOOP_ROUNDS = 6;
/** X29 counts the rounds of a loop. */
const COUNTER = X0 + 29;
/** x27 where it is no register of the file: see `conditional` in microbenchmarks.ts. */
const X27 = X0 + 27;
const GROUP_SIZES = [1, 8];
/** A body names at most this many places from its own on. */
const BODY_PLACES = 2;
/** Of the programs that are written out: x27 is no register of theirs. */
const LOOP_PLACES = 24;

/** The register file: x18 is left out, since some systems keep it for themselves. */
const file: readonly Place[] = [...Array(18).keys(), ...[...Array(9).keys()].map((n) => n + 19)].map((x, v) => ({
  x: `x${x}`,
  w: `w${x}`,
  v: `v${v}`,
  q: `q${v}`,
  d: `d${v}`,
  s: `s${v}`,
}));

export class Laboratory {
  readonly #machine: Machine = machineAtEl2();
  readonly #timing: TimingModel;
  readonly #assembled = new Map<string, readonly Operation[]>();

  constructor(timing: TimingModel) {
    this.#timing = timing;
  }

  measure({ setting, latency, throughput, sweep, loop }: Microbenchmark): Measured {
    if (loop !== undefined) {
      const cycles = this.#loop(setting, loop.text, loop.before ?? '');
      return { latency: cycles, throughput: 1 / cycles };
    }
    return {
      latency: latency && this.#fastest(setting, latency) - this.#overhead(latency.less),
      throughput: sweep ? this.#bestGroup(setting, sweep) : throughput && 1 / this.#fastest(setting, throughput),
    };
  }

  #overhead(body: Body | undefined): number {
    return body === undefined ? 0 : this.#fastest(numbers, { body, patterns: chains });
  }

  /** Cycles for one copy, with the pattern that takes the fewest. */
  #fastest(setting: Setting, { body, patterns }: Measurement): number {
    return Math.min(...patterns.map((pattern) => this.#run(setting, expand(body, pattern), pattern)));
  }

  /** Instructions a cycle of `body`, in groups that begin with `leader`: those of the best group size. */
  #bestGroup(setting: Setting, { leader, body }: { readonly leader: Body; readonly body: Body }): number {
    return Math.max(
      ...GROUP_SIZES.map((size) => {
        const group: Body = (d, s) => [leader(d, s), ...Array.from({ length: size }, () => body(d, s))].join('; ');
        return size / this.#fastest(setting, { body: group, patterns: parallel });
      }),
    );
  }

  /** Cycles for one of `copies`, gone through ROUNDS times; the last round counts. */
  #run(setting: Setting, copies: readonly string[], pattern: Pattern): number {
    this.#assembleMissing(copies);
    const operations = copies.flatMap((copy) => this.#assembled.get(copy)!);
    const stepper = new Stepper(this.#machine, this.#timing);
    this.#prepare(setting, pattern.places);
    stepper.begin();
    let start = 0;
    for (let round = 0; round < ROUNDS; round++) {
      start = stepper.cycle;
      for (const operation of operations) stepper.step(operation);
    }
    return (stepper.cycle - start) / copies.length;
  }

  #assembleMissing(copies: readonly string[]): void {
    const missing = [...new Set(copies)].filter((copy) => !this.#assembled.has(copy));
    if (missing.length === 0) return;
    const { words } = assembleWords(`${missing.join('\n')}\n`);
    let at = 0;
    for (const copy of missing) {
      const count = copy.split(';').length;
      const decoded = [...words.subarray(at, at + count)].map((word) => decode(word)!);
      this.#assembled.set(
        copy,
        decoded.map((instruction, number) => makeOperation(instruction, number, 0, this.#machine)),
      );
      at += count;
    }
  }

  /** Cycles for one of 144 copies of `text`. */
  #loop(setting: Setting, text: string, before: string): number {
    const source = `${before}\n.balign 128\nloop: .rept 144\n${text}\n.endr\nsubs x29, x29, #1; b.ne loop\n`;
    const { words, symbols } = assembleWords(source);
    const loop = symbols.find((symbol) => symbol.name === 'loop')!.offset;
    return this.#measureLoop(setting, words, loop, 144);
  }

  /** Cycles from the beginning of the loop at `loop` in `words` to its next, less than first round, by `copies`. */
  #measureLoop(setting: Setting, words: Uint32Array, loop: number, copies: number): number {
    const machine = this.#machine;
    const { cpu, physical } = machine;
    this.#prepare(setting, LOOP_PLACES);
    loadWords(machine, words);
    const end = CODE + BigInt(words.byteLength);
    cpu.cells[PC] = CODE;
    cpu.cells[COUNTER] = BigInt(LOOP_ROUNDS);
    cpu.refresh();
    const recording = new Recording(machine, this.#timing);
    while (cpu.cells[PC] !== end) {
      recording.step();
      if (recording.lastException !== undefined)
        throw new Error(`exception in ${recording.stepAt(recording.length - 1).text}`);
    }
    const start = Number(CODE) - physical.base + loop;
    const rounds: number[] = [];
    for (
      let step: number | undefined = 0;
      step !== undefined;
      step = recording.nextStep(({ pa }) => pa === start, step + 1)
    ) {
      if (recording.operationAt(step)!.pa === start) rounds.push(recording.cycleAt(step));
    }
    return (rounds.at(-1)! - rounds.at(-2)!) / copies;
  }

  #prepare(setting: Setting, places: number): void {
    const { cpu, physical } = this.#machine;
    const address = MEMORY + BigInt(setting.align ?? 0);
    const given = (value: bigint | 'memory') => (value === 'memory' ? address : value);
    for (let register = 0; register <= 30; register++) cpu.cells[X0 + register] = 0n;
    cpu.cells[X27] = 1n;
    const general = file.slice(0, places).map(({ x }) => X0 + Number(x.slice(1)));
    for (const cell of general) cpu.cells[cell] = given(setting.seed);
    cpu.cells[X0] = setting.first ?? given(setting.seed);
    cpu.cells[X0 + 28] = given(setting.constant);
    for (let n = 0; n < MEMORY_WORDS; n++) {
      physical.write64(address + 8n * BigInt(n), setting.memory === 'pointers' ? address : 0n);
    }
  }
}

/** Executes straight-line operations one after the other as if they lay at CODE and after, and times them. */
class Stepper {
  readonly #cpu: Cpu;
  readonly #timing: TimingModel;
  readonly #numbers = new Map<Operation, number>();
  readonly #before: Uint32Array;
  readonly #step: TimedStep;
  #pc = 0;

  constructor(machine: Machine, timing: TimingModel) {
    this.#cpu = machine.cpu;
    this.#timing = timing;
    this.#before = new Uint32Array(2 * FIRST_FREE);
    this.#step = emptyTimedStep(this.#before);
  }

  /** The cycle in which the last instruction was issued. */
  get cycle(): number {
    return this.#timing.issuedAt;
  }

  begin(): void {
    this.#before.set(this.#cpu.words.subarray(0, this.#before.length));
    this.#pc = Number(CODE);
    this.#timing.reset(0);
  }

  step(operation: Operation): void {
    const { cells, words } = this.#cpu;
    const step = this.#step;
    cells[PC] = BigInt(this.#pc);
    operation.execute();
    step.operation = this.#numberOf(operation);
    step.pc = this.#pc;
    step.nextPc = this.#pc + 4;
    step.address = words[2 * ACCESS_ADDRESS]!;
    this.#timing.issue(step);
    this.#pc += 4;
    for (const cell of operation.writes) {
      this.#before[2 * cell] = words[2 * cell]!;
      this.#before[2 * cell + 1] = words[2 * cell + 1]!;
    }
  }

  #numberOf(operation: Operation): number {
    const known = this.#numbers.get(operation);
    if (known !== undefined) return known;
    const number = this.#timing.prepare(operation);
    this.#numbers.set(operation, number);
    return number;
  }
}

/** The copies of `body` that `pattern` says, in order. */
function expand(body: Body, pattern: Pattern): string[] {
  const written = new Map<number, string>();
  const copies: string[] = [];
  const from = (index: number) =>
    Array.from({ length: BODY_PLACES }, (_, n) => file[((index % pattern.places) + n) % pattern.places]!);
  const write = (base: number) => {
    const text = body(from(base + pattern.offset), from(base));
    written.set(base, text);
    return text;
  };
  const visit = (level: number, base: number) => {
    const at = pattern.copies[level];
    if (at === undefined) copies.push(written.get(base) ?? write(base));
    else for (let n = 0; n < at.count; n++) visit(level + 1, base + n * at.pitch);
  };
  visit(0, 0);
  return copies;
}
