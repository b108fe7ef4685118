import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NotModelled } from '../../sim/core/exceptions.ts';
import { LR, PC, SP_EL2, X0 } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { Recording } from '../../sim/recording/recording.ts';
import type { Effect } from '../../sim/recording/step.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { assembleWords, CODE, DATA, machineWith, STACK_TOP, smallTables } from './el2-machine.ts';

function record(source: string, steps: number): Recording {
  const { machine, annotations } = machineWith(source);
  machine.cpu.cells[X0 + 20] = DATA;
  const recording = new Recording(machine, new CortexA53());
  recording.annotations = annotations;
  for (let n = 0; n < steps; n++) recording.step();
  return recording;
}

const text = (effect: Effect) =>
  effect.kind === 'register'
    ? `${effect.name} ${effect.old.toString(16)} ${effect.new.toString(16)}`
    : `${effect.pa.toString(16)}/${effect.size} ${effect.old.toString(16)} ${effect.new.toString(16)}`;

const effectsOf = (recording: Recording, index: number) => recording.stepAt(index).effects.map(text);

test('a step tells its instruction, its level and where it lies', () => {
  const recording = record('start: mov x1, #5', 1);
  const { index, el, pc, pa, text: disassembly, instruction, load, exception } = recording.stepAt(0);
  assert.equal(
    { index, el, pc, pa, disassembly },
    { index: 0, el: 2, pc: CODE, pa: CODE, disassembly: 'mov x1, #0x5' },
  );
  assert.is(instruction!.word, 0xd28000a1);
  assert.is(load, undefined);
  assert.is(exception, undefined);
});

test('registers, flags, the stack pointer in use and vector registers are effects with old and new value', () => {
  const recording = record('mov x1, #5; subs x1, x1, #5; sub sp, sp, #16; fmov d3, x20; msr tpidr_el2, x20', 5);
  assert.equal(effectsOf(recording, 0), ['x1 0 5']);
  assert.equal(effectsOf(recording, 1), ['x1 5 0', 'nzcv 0 60000000']);
  assert.equal(effectsOf(recording, 2), [`sp_el2 ${STACK_TOP.toString(16)} ${(STACK_TOP - 16n).toString(16)}`]);
  assert.equal(effectsOf(recording, 3), [`v3.d0 0 ${DATA.toString(16)}`, 'v3.d1 0 0']);
  assert.equal(effectsOf(recording, 4), [`tpidr_el2 0 ${DATA.toString(16)}`]);
});

test('a write of the value that was there is an effect, too', () => {
  assert.equal(effectsOf(record('mov x1, #5; mov x1, #5', 2), 1), ['x1 5 5']);
});

test('writes to the zero register are no effects, nor is the PC', () => {
  assert.equal(effectsOf(record('cmp xzr, xzr; b .+8', 2), 0), ['nzcv 0 60000000']);
  assert.equal(effectsOf(record('add xzr, x1, x2', 1), 0), []);
  assert.equal(effectsOf(record('b .+8', 1), 0), []);
});

test('a pair of registers is stored in two effects of 8 bytes, with physical addresses', () => {
  const recording = record('mov x1, #1; mov x2, #2; stp x1, x2, [x20, #8]', 3);
  const data = DATA.toString(16).slice(0, -2);
  assert.equal(effectsOf(recording, 2), [`${data}08/8 0 1`, `${data}10/8 0 2`]);
});

test('an unaligned store is told in aligned pieces', () => {
  const recording = record('mov x1, #-1; stur w1, [x20, #7]', 2);
  const pieces = recording
    .stepAt(1)
    .effects.map((effect) => effect.kind === 'memory' && [effect.pa - DATA, effect.size]);
  assert.equal(pieces, [
    [7n, 1],
    [8n, 2],
    [10n, 1],
  ]);
});

test('a step tells what it loaded, as one access', () => {
  const recording = record('ldp x1, x2, [x20, #16]', 1);
  assert.equal(recording.stepAt(0).load, { va: DATA + 16n, pa: DATA + 16n, size: 16 });
});

test('going back restores registers, memory, the PC and time; going forth again does the steps over', () => {
  const recording = record('mov x1, #7; str x1, [x20]; bl next; nop; next: mov x1, #8; str x1, [x20]; ret', 6);
  const { cpu, physical } = { ...recording.machine, physical: recording.machine.memory.physical };
  const state = () => [cpu.cells[X0 + 1], cpu.cells[LR], cpu.pc, physical.read64(DATA), cpu.clock.cycles];
  const atEnd = state();
  assert.equal(atEnd.slice(0, 4), [8n, CODE + 12n, CODE + 12n, 8n]);
  recording.seek(2);
  assert.equal(state(), [7n, 0n, CODE + 8n, 7n, recording.cycleAt(1)]);
  recording.seek(0);
  assert.equal(state(), [0n, 0n, CODE, 0n, 0]);
  recording.seek(6);
  assert.equal(state(), atEnd);
});

test('step() repeats a recorded step, and adds one only at the end', () => {
  const recording = record('mov x1, #1; mov x2, #2; mov x3, #3', 2);
  recording.seek(1);
  assert.is(recording.step(), false);
  assert.is(recording.position, 2);
  assert.is(recording.step(), true);
  assert.is(recording.length, 3);
});

test('looking at a step or at all steps leaves the machine where it is', () => {
  const recording = record('mov x1, #1; mov x1, #2; mov x1, #3', 3);
  recording.seek(2);
  assert.is(recording.stepAt(0).effects.length, 1);
  assert.is(recording.machine.cpu.cells[X0 + 1], 2n);
  for (const step of recording.steps()) if (step.index === 1) break;
  assert.is(recording.machine.cpu.cells[X0 + 1], 2n);
  assert.is(recording.position, 2);
});

test('an exception is kept with its step; its registers are effects', () => {
  const recording = record('hvc #5', 1);
  const { exception, effects } = recording.stepAt(0);
  assert.equal(
    { kind: exception!.kind, from: exception!.from, to: exception!.to, esr: exception!.esr },
    { kind: 'sync', from: 2, to: 2, esr: 0x5a000005n },
  );
  assert.ok(
    effects.some((effect) => effect.kind === 'register' && effect.name === 'elr_el2' && effect.new === CODE + 4n),
  );
  assert.is(recording.exceptionAt(0), exception);
  assert.is(recording.lastException, exception);
  assert.is(record('nop', 1).lastException, undefined);
});

test('a load that faults writes none of its registers', () => {
  const recording = record('mov x1, #16; ldp x2, x3, [x1]', 2);
  const step = recording.stepAt(1);
  assert.is(step.text, 'ldp x2, x3, [x1]');
  assert.is(step.exception!.kind, 'sync');
  assert.is(step.load, undefined);
  assert.not.ok(step.effects.some((effect) => effect.kind === 'register' && /^x[23]$/.test(effect.name)));
});

test('a step whose fetch fails has no instruction', () => {
  const recording = record('mov x1, #0x1000; br x1', 3);
  const { instruction, pa, text: disassembly, pc, exception } = recording.stepAt(2);
  assert.equal([instruction, pa, disassembly, pc], [undefined, undefined, '', 0x1000n]);
  assert.is(exception!.kind, 'sync');
});

test('an intervention is a step without an instruction, which is undone like any other', () => {
  const recording = record('nop; nop; nop', 1);
  const { cpu, memory } = recording.machine;
  recording.intervene(() => {
    cpu.write(X0 + 5, 42n);
    cpu.write(PC, CODE + 8n);
    memory.poke(DATA + 4n, 2, 0x1234n);
  });
  assert.equal(effectsOf(recording, 1), ['x5 0 2a', `${(DATA + 4n).toString(16)}/2 0 1234`]);
  recording.step();
  assert.is(recording.stepAt(2).pc, CODE + 8n);
  recording.seek(1);
  assert.equal([cpu.cells[X0 + 5], cpu.pc, memory.physical.read(DATA + 4n, 2)], [0n, CODE + 4n, 0n]);
});

test('a recording is changed only at its end, and a PC moved behind its back is noticed', () => {
  const recording = record('nop; nop; nop', 2);
  recording.seek(1);
  assert.throws(() => recording.intervene(() => {}), /only at its end/);
  recording.seek(2);
  recording.machine.cpu.cells[PC] = CODE;
  assert.throws(() => recording.step(), /behind the back/);
});

test('what follows a position can be forgotten, and another future recorded', () => {
  const recording = record('mov x1, #1; add x1, x1, #1; hvc #0', 3);
  recording.seek(1);
  recording.truncate();
  assert.is(recording.length, 1);
  assert.is(recording.exceptionAt(2), undefined);
  recording.intervene(() => recording.machine.cpu.write(X0 + 1, 10n));
  recording.step();
  assert.equal(effectsOf(recording, 2), ['x1 a b']);
  assert.ok(recording.cycleAt(2) >= recording.cycleAt(0));
  recording.seek(0);
  assert.is(recording.machine.cpu.cells[X0 + 1], 0n);
});

test('run() records what step() records, to the step at which it is told to end', () => {
  const source = 'mov x0, #40; 1: str x0, [sp, #-16]!; ldr x1, [sp], #16; sub x0, x0, #1; cbnz x0, 1b; svc #1';
  const byStep = record(source, 150);
  const byRun = record(source, 0);
  assert.is(
    byRun.run(150, () => byRun.length === 101),
    101,
  );
  assert.is(byRun.run(49), 49);
  assert.equal([...byRun.steps()], [...byStep.steps()]);
  byRun.seek(3);
  assert.throws(() => byRun.run(1), RangeError);
});

test('a step that cannot be ended leaves the state as it was, and the recording as long', () => {
  const recording = record('mov x1, #1; nop', 1);
  const { machine } = recording;
  const execute = machine.run;
  machine.run = () => {
    machine.cpu.cells[X0 + 1] = 99n;
    machine.cpu.write(SP_EL2, 77n);
    throw new NotModelled('the test');
  };
  assert.throws(
    () => recording.step(),
    (error: unknown) => error instanceof NotModelled,
  );
  assert.equal([machine.cpu.cells[X0 + 1], machine.cpu.cells[SP_EL2], recording.length], [1n, STACK_TOP, 1]);
  machine.run = execute;
  recording.step();
  assert.is(recording.stepAt(1).text, 'nop');
});

test('code that was overwritten is what is executed after the write is undone', () => {
  // The second run over `patched` executes `mov x1, #2`, which the first round stores over `mov x1, #1`.
  const source = `adr x2, patched; ldr w3, new; 1: patched: mov x1, #1; str w3, [x2]; b 1b; new: mov x1, #2`;
  const recording = record(source, 6);
  assert.is(recording.stepAt(2).text, 'mov x1, #0x1');
  assert.is(recording.stepAt(5).text, 'mov x1, #0x2');
  recording.seek(2);
  recording.truncate();
  recording.step();
  assert.is(recording.stepAt(2).text, 'mov x1, #0x1');
});

test('the last writer of a register and of memory is found', () => {
  const recording = record('mov x1, #1; str x1, [x20]; mov x1, #2; strb w1, [x20, #3]; mov x1, #3', 5);
  assert.is(recording.lastWriteOfCell(X0 + 1), 4);
  assert.is(recording.lastWriteOfCell(X0 + 1, 4), 2);
  assert.is(recording.lastWriteOfCell(X0 + 9), undefined);
  assert.is(recording.lastWriteOfMemory(DATA, 8), 3);
  assert.is(recording.lastWriteOfMemory(DATA, 8, 3), 1);
  assert.is(recording.lastWriteOfMemory(DATA + 4n, 4), 1);
  assert.is(recording.lastWriteOfMemory(DATA + 8n, 8), undefined);
});

test('the steps that touched a range of memory are found, by reading or by writing', () => {
  const recording = record('str x1, [x20]; ldr x2, [x20]; ldrb w3, [x20, #8]; ldp x4, x5, [x20, #8]', 4);
  assert.equal([...recording.touching(DATA, 8)], [0, 1]);
  assert.equal([...recording.touching(DATA, 8, 'read')], [1]);
  assert.equal([...recording.touching(DATA, 8, 'write')], [0]);
  assert.equal([...recording.touching(DATA + 16n, 8)], [3]);
});

test('a load is told where it went after the translation of its page has changed', () => {
  // The second load of the same address goes through a table entry that the program has changed to the next page.
  const recording = record('ldr x1, [x20]; str x3, [x2]; dsb sy; tlbi alle2; dsb sy; isb; ldr x1, [x20]', 0);
  const { cpu, memory } = recording.machine;
  const tables = smallTables(recording.machine as Machine);
  const { pa, value } = tables.find(DATA);
  cpu.cells[X0 + 2] = pa;
  cpu.cells[X0 + 3] = value + 0x1000n;
  cpu.refresh();
  for (let n = 0; n < 7; n++) recording.step();
  assert.equal([recording.stepAt(0).load!.pa, recording.stepAt(6).load!.pa], [DATA, DATA + 0x1000n]);
  assert.is(memory.translate(DATA), DATA + 0x1000n);
});

test('the next and the previous step at an instruction are found', () => {
  const recording = record('mov x1, #3; 1: sub x1, x1, #1; cbnz x1, 1b', 7);
  const at = (offset: number) => (operation: { pa: number }) =>
    operation.pa === Number(CODE) - recording.machine.memory.physical.base + offset;
  assert.is(recording.nextStep(at(4), 0), 1);
  assert.is(recording.nextStep(at(4), 2), 3);
  assert.is(recording.previousStep(at(4), 7), 5);
  assert.is(recording.nextStep(at(64), 0), undefined);
});

test('a position or step that is not there is a RangeError', () => {
  const recording = record('nop', 1);
  for (const index of [-1, 1, 0.5, Number.NaN])
    assert.throws(() => recording.stepAt(index), /not among the 1 recorded/);
  assert.throws(() => recording.seek(2), /not among/);
  assert.throws(() => [...recording.steps(0, 2)], /not among/);
});

test('long waits and steps with many effects do not fit the columns, and are kept all the same', () => {
  const recording = record('nop', 1);
  const { memory } = recording.machine;
  recording.intervene(() => {
    for (let n = 0; n < 1000; n++) memory.poke(DATA + 8n * BigInt(n), 8, BigInt(n + 1));
  });
  recording.step();
  assert.is(recording.stepAt(1).effects.length, 1000);
  recording.seek(0);
  assert.is(memory.physical.read64(DATA + 8n * 999n), 0n);
  recording.seek(3);
  assert.is(memory.physical.read64(DATA + 8n * 999n), 1000n);
});

test('cycles are the same read forwards and at random, over blocks of 64 steps', () => {
  const recording = record('mov x1, #1000; 1: ldr x2, [x20]; add x3, x2, x3; sub x1, x1, #1; cbnz x1, 1b', 1000);
  const forwards = [...recording.steps()].map(({ cycle }) => cycle);
  assert.equal(
    forwards,
    forwards.map((_, index) => recording.cycleAt(index)),
  );
  for (const [index, step] of [0, 63, 64, 65, 999].entries()) {
    assert.is(recording.stepAt(step).cycle, forwards[step], `${index}`);
    assert.is(recording.completionAt(step), recording.stepAt(step).completion);
  }
});

test('times and numbers of operations past 16 bits are told as they are', () => {
  const operations = 66_000;
  const recording = record(`.rept ${operations}; nop; .endr; b .`, operations);
  recording.passTime(recording.cycleAt(operations - 1) + 1_000_000);
  recording.step();
  assert.ok(recording.cycleAt(operations) - recording.cycleAt(operations - 1) >= 1_000_000);
  assert.equal(
    [65_534, 65_535, 65_536, operations].map((index) => recording.operationAt(index)?.pa),
    [65_534, 65_535, 65_536, operations].map((index) => recording.operationAt(0)!.pa + 4 * index),
  );
});

test('straight-line code takes about 24 bytes a step', () => {
  const source = `mov x1, #5000
1: stp x2, x3, [x20]; ldp x4, x5, [x20]; add x6, x4, x5; eor x2, x2, x6; mrs x7, elr_el2; str x7, [x20, #32]
   and x8, x7, #0xff; subs x1, x1, #1; b.ne 1b`;
  const recording = record(source, 20_000);
  const bytes = recording.memoryUsed / recording.length;
  assert.ok(bytes < 26, `${bytes.toFixed(1)} bytes a step`);
});

test('what was looked at of code, and not executed, is decoded anew after the step that wrote it is undone', () => {
  const { machine } = machineWith('str w1, [x2]; br x2');
  const [first, second] = assembleWords('mov x0, #1; mov x0, #2').words as unknown as [number, number];
  machine.memory.poke(DATA, 4, BigInt(first));
  machine.cpu.cells[1] = BigInt(second);
  machine.cpu.cells[2] = DATA;
  const recording = new Recording(machine, new CortexA53());
  recording.step();
  recording.step();
  assert.is(machine.next()?.instruction.word, second);
  recording.seek(0);
  machine.cpu.cells[PC] = DATA;
  machine.step();
  assert.is(machine.cpu.cells[0], 1n);
});

test.run();
