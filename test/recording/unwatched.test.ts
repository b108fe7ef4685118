/** Steps made in one go where nobody watches, against a recording of the same. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NotModelled } from '../../sim/core/exceptions.ts';
import { IRQ, PC, X0 } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import type { Annotations } from '../../sim/recording/annotations.ts';
import { type Phase, PhaseGatherer, phasesOf } from '../../sim/recording/phases.ts';
import { Recording } from '../../sim/recording/recording.ts';
import type { Unwatched } from '../../sim/recording/stepper.ts';
import { TimedSteps } from '../../sim/recording/timed-steps.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import {
  annotationsOf,
  assembleWords,
  CODE,
  DATA,
  DEVICE,
  loadWords,
  machineAtEl2,
  smallTables,
} from './el2-machine.ts';

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? '1');
const options = { seed: 20150707, numRuns: Math.ceil(40 * scale) };

/** Physical IRQs are taken to EL2. */
const HCR_IMO = 1n << 4n;

/** A device whose registers hold what was written last, at DEVICE. */
function addDevice(machine: Machine): void {
  let value = 0n;
  machine.physical.addDevice({
    name: 'latch',
    base: DEVICE,
    size: 0x1000,
    read: () => value,
    write: (_offset, _size, written) => {
      value = written;
    },
  });
}

interface Program {
  readonly machine: Machine;
  /** Names `callee` and `vectors`, and what is between and before them. */
  readonly annotations: Annotations;
}

/**
 * A machine with the program at its PC, a device, the EL2 timer's interrupt connected, and vectors from which every exception
 * returns: to the next instruction where `skips`.
 */
function programOf(lines: readonly string[]): Program {
  const machine = machineAtEl2();
  addDevice(machine);
  const source = `${lines.join('\n')}
1: b 1b
callee: add x1, x1, #1
ret
.balign 2048
vectors:
.skip 0x200
mrs x23, elr_el2; add x23, x23, #4; msr elr_el2, x23; eret
.balign 128
mov x24, #2; msr cnthp_ctl_el2, x24; add x25, x25, #1; eret`;
  const { words, symbols } = assembleWords(source);
  loadWords(machine, words);
  const { cells } = machine.cpu;
  const at = (name: string) => machine.cpu.pc + BigInt(symbols.find((symbol) => symbol.name === name)!.offset);
  cells[X0 + 20] = DATA;
  cells[X0 + 21] = at('callee');
  cells[X0 + 22] = DEVICE;
  cells[machine.cpu.cell('vbar_el2')] = at('vectors');
  cells[machine.cpu.cell('hcr_el2')]! |= HCR_IMO;
  machine.timer.connect('cnthp', (asserted) => machine.cpu.setLine(IRQ, asserted));
  machine.cpu.refresh();
  return { machine, annotations: annotationsOf(symbols, CODE + BigInt(words.byteLength)) };
}

/** What was told of the steps that nobody had to watch, and of the others, in their order. */
interface Told {
  readonly index: number;
  readonly word: number | undefined;
  readonly cycle: number;
  readonly exception: string | undefined;
}

interface Unrecorded {
  readonly steps: TimedSteps;
  readonly told: readonly Told[];
  /** Numbers of the steps of which `until` was told. */
  readonly watched: readonly number[];
  readonly phases: readonly Phase[];
}

/** Makes `count` steps, as many as can be in one go: `until` is told of those that lead to one of the `stops`. */
function unwatched({ machine, annotations }: Program, count: number, stops: readonly number[]): Unrecorded {
  const steps = new TimedSteps(machine, new CortexA53());
  const gatherer = new PhaseGatherer(machine, annotations);
  const told: Told[] = [];
  const watched: number[] = [];
  const watch: Unwatched = {
    watchesAll: () => false,
    stops,
    passed: (index, stretch, length, cycles) => {
      gatherer.onSteps(index, stretch, length, cycles);
      for (let n = 0; n < length; n++) {
        const { word } = stretch.operations[n]!.instruction;
        told.push({ index: index + n, word, cycle: cycles[n]!, exception: undefined });
      }
    },
  };
  steps.run(
    count,
    (event, operation) => {
      const [index, cycle] = [steps.length - 1, machine.cpu.clock.cycles];
      gatherer.onStep(index, operation, event, cycle);
      told.push({ index, word: operation?.instruction.word, cycle, exception: event?.kind });
      watched.push(index);
      return false;
    },
    watch,
  );
  return { steps, told, watched, phases: gatherer.finish(steps.completedAt) };
}

function recorded(machine: Machine, count: number): { recording: Recording; told: Told[] } {
  const recording = new Recording(machine, new CortexA53());
  recording.run(count);
  const told = Array.from({ length: count }, (_, index) => ({
    index,
    word: recording.operationAt(index)?.instruction.word,
    cycle: recording.cycleAt(index),
    exception: recording.exceptionAt(index)?.kind,
  }));
  return { recording, told };
}

/**
 * `count` steps of the program, made in one go and recorded, tell and leave the same; each that leads to one of the words of
 * the program whose numbers are `stops` is watched.
 */
function assertSame(lines: readonly string[], count: number, stops: readonly number[] = []): Machine {
  return assertSameOf(() => programOf(lines), count, stops);
}

/** The same for a program that `make` makes. */
function assertSameOf(make: () => Program, count: number, stops: readonly number[] = []): Machine {
  const [program, { machine: other, annotations }] = [make(), make()];
  const { machine: one } = program;
  const places = stops.map((word) => Number(CODE) + 4 * word);
  const made = unwatched(program, count, places);
  const { recording, told } = recorded(other, count);
  assert.equal(made.told, told);
  assert.equal(made.phases, phasesOf(recording, annotations));
  const leadsToStop = (index: number) => places.includes(one.physical.base + recording.operationAt(index + 1)!.pa);
  const hasNext = (index: number) => index + 1 < count && recording.operationAt(index + 1) !== undefined;
  const unseen = told.filter(({ index }) => hasNext(index) && leadsToStop(index) && !made.watched.includes(index));
  assert.equal(unseen, []);
  assert.equal([made.steps.length, made.steps.issuedAt], [count, recording.issuedAt]);
  assert.is(made.steps.completedAt, recording.completedAt);
  assert.equal(made.steps.lastException?.kind, recording.lastException?.kind);
  assert.equal(one.lastAccess, other.lastAccess);
  assert.equal(one.cpu.cells, other.cpu.cells);
  assert.is(Buffer.compare(one.physical.u8, other.physical.u8), 0, 'RAM');
  return one;
}

const register = fc.integer({ min: 0, max: 15 });
const offset = fc.integer({ min: 0, max: 15 });
const instruction = fc.oneof(
  fc.tuple(register, register, register).map(([d, n, m]) => `add x${d}, x${n}, x${m}`),
  fc.tuple(register, register, register).map(([d, n, m]) => `udiv x${d}, x${n}, x${m}`),
  fc.tuple(register, register, register).map(([d, n, m]) => `sdiv w${d}, w${n}, w${m}`),
  fc.tuple(register, register, register).map(([d, n, m]) => `mul x${d}, x${n}, x${m}`),
  fc.tuple(register, register).map(([d, n]) => `subs x${d}, x${n}, #3`),
  fc.tuple(fc.constantFrom('stur', 'ldur'), register, offset).map(([op, t, at]) => `${op} x${t}, [x20, #${at}]`),
  fc.tuple(register, register, offset).map(([a, b, at]) => `stp x${a}, x${b}, [x20, #${8 * at}]`),
  fc.tuple(register, offset).map(([t, at]) => `ldr q${t}, [x20, #${16 * at}]`),
  fc.tuple(fc.constantFrom('ldr', 'str'), register).map(([op, t]) => `${op} w${t}, [x22, #4]`),
  fc
    .tuple(register, fc.constantFrom('tpidr_el2', 'sctlr_el1', 'ttbr0_el1', 'mair_el1', 'contextidr_el1', 'spsr_el1'))
    .map(([t, name]) => `msr ${name}, x${t}`),
  register.map((t) => `mrs x${t}, cntpct_el0`),
  fc.integer({ min: 0, max: 40 }).map((ticks) => `mov x26, #${ticks}; msr cnthp_tval_el2, x26`),
  fc.constantFrom(
    'mov x27, #1; msr cnthp_ctl_el2, x27',
    'msr daifclr, #2',
    'msr daifset, #2',
    'isb',
    'dsb sy',
    'tlbi alle2',
    'hvc #7',
    'udf #1',
    // Unallocated.
    '.inst 0x02000000',
    'ldr x0, [x28]',
    'stur x0, [x28, #61]',
    'blr x21',
    'bl callee',
    'adr x19, .+16; br x19; nop; nop',
    'b .+8',
    'mov x19, #3; sub x19, x19, #1; cbnz x19, .-4',
    'msr spsel, #0; add sp, x20, #0; str x3, [sp, #8]; msr spsel, #1',
  ),
  fc.tuple(register, fc.integer({ min: 1, max: 4 })).map(([t, skip]) => `cbz x${t}, .+${4 * skip}`),
  fc.tuple(register, fc.integer({ min: 1, max: 4 })).map(([t, skip]) => `tbnz x${t}, #1, .+${4 * skip}`),
  fc
    .tuple(fc.constantFrom('eq', 'lt', 'hi'), fc.integer({ min: 1, max: 4 }))
    .map(([c, skip]) => `b.${c} .+${4 * skip}`),
);

test('random programs with divisions, devices, faults and the timer take the same steps in the same cycles', () => {
  const program = fc.array(instruction, { minLength: 20, maxLength: 200 });
  fc.assert(
    fc.property(program, fc.array(fc.nat(60), { maxLength: 3 }), (lines, stops) => {
      assertSame(lines, 2 * lines.length, stops);
    }),
    options,
  );
});

test('the counter, read in the middle of straight-line code, tells the time of the instruction', () => {
  const nops = Array.from({ length: 40 }, () => 'mrs x2, tpidr_el2');
  const lines = ['mrs x0, cntpct_el0', ...nops, 'mrs x1, cntpct_el0', ...nops];
  const { cpu } = assertSame(lines, lines.length);
  assert.ok(cpu.cells[X0 + 1]! > cpu.cells[X0]!, 'the clock did not stand still');
});

test("the timer's interrupt is taken in the middle of straight-line code, whenever it was armed", () => {
  const nops = Array.from({ length: 200 }, () => 'mrs x2, tpidr_el2');
  const arm = ['mov x0, #3', 'msr cnthp_tval_el2, x0', 'mov x0, #1', 'msr cnthp_ctl_el2, x0'];
  for (const before of [
    [...arm, 'msr daifclr, #2'],
    ['msr daifclr, #2', ...arm],
  ]) {
    const { cpu } = assertSame([...before, ...nops], 150);
    assert.is(cpu.cells[X0 + 25], 1n);
  }
});

test('code that writes to the code behind it finds what it wrote', () => {
  const lines = ['adr x0, 1f', 'ldr w1, 2f', 'str w1, [x0]', '1: mov x2, #1', 'b 3f', '2: mov x2, #2', '3: nop'];
  const { cpu } = assertSame(lines, 6);
  assert.is(cpu.cells[X0 + 2], 2n);
});

/**
 * Three pages of code that lie apart in RAM and follow each other at virtual addresses, the last from 2^32 on: it begins in the
 * first, goes through the second to its end, where `last` is, and from the third back into the second.
 */
function acrossPages(last: string): Program {
  const machine = machineAtEl2();
  const tables = smallTables(machine);
  const pages = { callee: 0x5000, low: 0, high: 0x3000 };
  const place = (offset: number, lines: readonly string[]) => {
    for (const [n, word] of assembleWords(lines.join('\n')).words.entries()) {
      machine.memory.poke(CODE + BigInt(offset + 4 * n), 4, BigInt(word));
    }
  };
  place(pages.callee, ['add x2, x2, #1', 'ret']);
  place(pages.callee + 0xff8, ['add x4, x4, #1', 'add x4, x4, #1']);
  place(pages.low, ['b .+0xff0']);
  place(pages.low + 0xff0, ['add x1, x1, #1', 'nop', 'add x1, x1, #1', last]);
  place(pages.high, ['add x3, x3, #1', 'cbz xzr, .-12']);
  for (const [n, offset] of Object.values(pages).entries()) {
    tables.map(0xffff_e000n + 0x1000n * BigInt(n), CODE + BigInt(offset), 0x1000n, {}, true);
  }
  machine.cpu.cells[PC] = 0xffff_eff8n;
  machine.cpu.refresh();
  const symbols = Object.entries(pages).map(([name, offset]) => ({ name, offset }));
  symbols.sort((a, b) => a.offset - b.offset);
  return { machine, annotations: annotationsOf(symbols, CODE + 0x6000n) };
}

test('code goes on over pages that lie apart, and over an address of 2^32', () => {
  for (const last of ['nop', 'bl .-0x1ffc']) {
    const { cpu } = assertSameOf(() => acrossPages(last), 60);
    assert.is(cpu.cells[X0 + 4], 2n);
    assert.ok(cpu.cells[X0 + 3]! > 5n, last);
    assert.is(cpu.cells[X0 + 2]! > 5n, last !== 'nop');
  }
});

test('a branch to the next instruction is timed by what its condition was, not by what it is later', () => {
  const flip = ['mov x0, #0', 'cbz x0, .+4', 'mov x0, #1', 'cmp x0, #1', 'b.ne .+4', 'cmp x0, #2'];
  assertSame(['mov x9, #20', ...flip, 'sub x9, x9, #1', 'cbnz x9, .-28'], 150);
});

test('what an SMC asked of firmware may have changed anything', () => {
  const { machine } = programOf(['nop', 'smc #0', 'nop']);
  machine.firmware = () => {};
  assert.is(machine.runStretch(10, 1, []), 2);
});

test('where the machine cannot go on, the steps before are made and timed', () => {
  const lines = ['add x0, x0, #1', 'mrs x1, tpidr_el2', '.inst 0x1e602800', 'nop'];
  const { machine } = programOf(lines);
  const steps = new TimedSteps(machine, new CortexA53());
  const watch: Unwatched = { watchesAll: () => false, stops: [], passed: () => {} };
  assert.throws(
    () => steps.run(10, undefined, watch),
    (error: unknown) => error instanceof NotModelled,
  );
  assert.is(steps.length, 2);
  const { recording } = recorded(programOf(lines).machine, 2);
  assert.is(steps.timing.issuedAt, recording.issuedAt);
});

test('no two steps are further apart than the model says', () => {
  const { longestStep } = new CortexA53();
  const loads = ['ldr x0, [x22]', 'ldp x1, x2, [x22, #16]', 'dsb sy', 'ldr x0, [x22]', 'isb', 'udiv x3, x4, x5', 'isb'];
  const { told } = recorded(programOf(loads).machine, loads.length);
  const gaps = told.slice(1).map(({ cycle }, n) => cycle - told[n]!.cycle);
  assert.ok(Math.max(...gaps) > 290 && Math.max(...gaps) <= longestStep, gaps.join(' '));
});

test.run();
