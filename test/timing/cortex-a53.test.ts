import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Recording } from '../../sim/recording/recording.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { DATA, DEVICE, machineWith } from '../recording/el2-machine.ts';

/** Cycles of issue of the program's steps, less that of the first; x20 holds the address of memory. */
function issueCycles(source: string, steps: number): number[] {
  const { machine } = machineWith(source);
  machine.cpu.cells[20] = DATA;
  const recording = new Recording(machine, new CortexA53());
  for (let n = 0; n < steps; n++) recording.step();
  const first = recording.cycleAt(0);
  return Array.from({ length: steps }, (_, n) => recording.cycleAt(n) - first);
}

test('independent additions are issued in pairs', () => {
  assert.equal(issueCycles('add x0, x1, x2; add x3, x4, x5; add x6, x7, x8; add x9, x10, x11', 4), [0, 0, 1, 1]);
});

test('an addition waits one cycle for another, two for what it shifts', () => {
  assert.equal(issueCycles('add x0, x1, x2; add x3, x0, x2', 2), [0, 1]);
  assert.equal(issueCycles('add x0, x1, x2; add x3, x2, x0, lsl #4', 2), [0, 2]);
});

test('a sum can be stored in the cycle in which it is added up, and be an address three cycles later', () => {
  assert.equal(issueCycles('add x0, x1, x2; str x0, [x20]', 2), [0, 0]);
  assert.equal(issueCycles('add x0, x20, x2; ldr x1, [x0]', 2), [0, 3]);
});

test('a loaded value is there for an addition after two cycles, and for a store after one', () => {
  assert.equal(issueCycles('ldr x0, [x20]; add x1, x0, x0', 2), [0, 2]);
  assert.equal(issueCycles('ldr x0, [x20]; str x0, [x20, #64]', 2), [0, 1]);
});

test('two loads are not issued together, nor a load and a store', () => {
  assert.equal(issueCycles('ldr x0, [x20]; ldr x1, [x20, #8]', 2), [0, 1]);
  assert.equal(issueCycles('ldr x0, [x20]; str x1, [x20, #64]', 2), [0, 1]);
});

test('a barrier is issued alone, and an access to a system register holds what follows', () => {
  assert.equal(issueCycles('dsb sy; add x0, x1, x2; add x3, x4, x5', 3), [0, 1, 1]);
  assert.equal(issueCycles('mrs x0, tpidr_el2; add x1, x2, x3', 2), [0, 5]);
});

test('a barrier waits for the last of all results, whatever was issued after what has it', () => {
  const [, waited] = issueCycles('udiv x0, x1, x2; dsb sy', 2);
  assert.ok(waited! > 2);
  assert.equal(issueCycles('udiv x0, x1, x2; add x3, x4, x5; dsb sy', 3), [0, 0, waited]);
});

test('two multiplications are not issued together', () => {
  assert.equal(issueCycles('mul w0, w1, w2; mul w3, w4, w5', 2), [0, 1]);
});

test('a compare and the branch on it go together, and the flags are no obstacle to a second branch but the branch is', () => {
  assert.equal(issueCycles('cmp x0, #1; b.eq .+4; b.eq .+4', 3), [0, 0, 1]);
});

test('a pair of 64-bit registers takes two cycles to load, one to store', () => {
  assert.equal(issueCycles('ldp x0, x1, [x20]; ldp x2, x3, [x20, #16]; ldp x4, x5, [x20, #32]', 3), [0, 2, 4]);
  assert.equal(issueCycles('stp x0, x1, [x20]; stp x2, x3, [x20, #16]; stp x4, x5, [x20, #32]', 3), [0, 1, 2]);
});

test('a load that crosses 8 bytes takes a cycle more, a store only where it crosses a cache line', () => {
  assert.equal(issueCycles('ldur x0, [x20, #1]; ldr x1, [x20]; ldr x2, [x20]', 3), [0, 2, 3]);
  assert.equal(issueCycles('stur x0, [x20, #1]; str x1, [x20]; str x2, [x20]', 3), [0, 1, 2]);
  assert.equal(issueCycles('stur x0, [x20, #60]; str x1, [x20]; str x2, [x20]', 3), [0, 2, 3]);
});

test('a load waits for a store to the same bytes, and for no other store', () => {
  assert.equal(issueCycles('str x0, [x20]; ldr x1, [x20]', 2), [0, 3]);
  assert.equal(issueCycles('str x0, [x20]; ldr x1, [x20, #8]', 2), [0, 1]);
});

test('an address that is written back can be used again in the next cycle', () => {
  assert.equal(issueCycles('str x0, [x20], #8; str x1, [x20], #8; str x2, [x20], #8', 3), [0, 1, 2]);
});

test('64-bit multiplication depends on the size of its factors', () => {
  assert.equal(issueCycles('mov x0, #2; mul x1, x0, x0; add x2, x1, x1', 3), [0, 1, 4]);
  assert.equal(issueCycles('mov x0, #-2; mul x1, x0, x0; add x2, x1, x1', 3), [0, 1, 5]);
});

test('division takes longer for a quotient of more bits', () => {
  const cyclesFor = (dividend: string) => {
    const cycles = issueCycles(`mov x0, ${dividend}; mov x1, #1; udiv x2, x0, x1; add x3, x2, x2`, 4);
    return cycles[3]! - cycles[2]!;
  };
  assert.is(cyclesFor('#1'), 2);
  assert.is(cyclesFor('#-1'), 2 + 16);
});

test('a branch that is taken costs three cycles from its fetch to that of its target', () => {
  assert.equal(issueCycles('b .+8; nop; nop', 2), [0, 3]);
});

test('the same branch taken again and again costs no bubble', () => {
  const cycles = issueCycles('mov x0, #100; .balign 8; nop; nop; 1: subs x0, x0, #1; b.ne 1b', 103);
  assert.is(cycles[102]! - cycles[100]!, 1);
});

test('a conditional branch that turns out otherwise than predicted costs eight cycles', () => {
  assert.equal(issueCycles('cmp x0, x0; b.eq .+8; nop; nop', 3), [0, 0, 8]);
});

test('calls nested eight deep return as predicted; the ninth level does not', () => {
  const nest = (levels: number) => {
    const routines = Array.from(
      { length: levels },
      (_, n) => `.balign 64; r${n}: mov x${n}, x30; ${n + 1 < levels ? `bl r${n + 1}` : 'nop'}; ret x${n}`,
    );
    const source = `bl r0; b .+4; ${routines.join('; ')}`;
    const steps = 1 + 3 * levels;
    const cycles = issueCycles(source, steps + 1);
    return cycles[steps]! - cycles[steps - 1]!;
  };
  assert.is(nest(8), 3);
  assert.is(nest(9), 8);
});

test('a branch through a register is learnt: it costs eight cycles once, and five from then on', () => {
  const cycles = issueCycles('adr x0, 1f; mov x1, #3; 2: br x0; nop; .balign 64; 1: subs x1, x1, #1; b.ne 2b', 8);
  // Steps 2, 5: BR; 3, 6: its target.
  assert.is(cycles[3]! - cycles[2]!, 8);
  assert.is(cycles[6]! - cycles[5]!, 5);
});

test('reads and writes of system registers are issued alone', () => {
  const [read, after] = issueCycles('mrs x0, esr_el2; nop', 2) as [number, number];
  assert.ok(after - read >= 1);
  const [write, afterWrite] = issueCycles('msr esr_el2, x0; nop', 2) as [number, number];
  assert.ok(afterWrite - write > after - read);
});

test('ISB waits for what is before it, and what follows is fetched anew', () => {
  const cycles = issueCycles('ldr x0, [x20]; isb; nop', 3);
  assert.equal(cycles, [0, 4, 13]);
});

test('an exception costs its entry, and the handler begins after it', () => {
  const cycles = issueCycles(
    'adr x0, vectors; msr vbar_el2, x0; isb; svc #0; .balign 2048; vectors: .skip 512; nop',
    5,
  );
  assert.is(cycles[4]! - cycles[3]!, 20);
});

test('a device takes long to load from, less long to store to, and holds everything else up', () => {
  const { machine } = machineWith('ldr w0, [x20]; add x1, x2, x3; str w0, [x20]; add x1, x2, x3');
  machine.physical.addDevice({ name: 'device', base: DEVICE, size: 4096, read: () => 7n, write: () => {} });
  machine.cpu.cells[20] = DEVICE;
  const recording = new Recording(machine, new CortexA53());
  for (let n = 0; n < 4; n++) recording.step();
  const distance = (step: number) => recording.cycleAt(step + 1) - recording.cycleAt(step);
  assert.ok(distance(0) > 200, `load ${distance(0)}`);
  assert.ok(distance(2) > 5 && distance(2) < 20, `store ${distance(2)}`);
  assert.is(recording.stepAt(0).load, undefined);
  assert.equal(recording.stepAt(2).effects, []);
});

test('cycles never go back, and after a reset the same program takes the same cycles', () => {
  const source = 'mov x0, #50; 1: ldr x1, [x20]; add x2, x2, x1; str x2, [x20, #8]; subs x0, x0, #1; b.ne 1b';
  const { machine } = machineWith(source);
  machine.cpu.cells[20] = DATA;
  const timing = new CortexA53();
  const cyclesOf = (recording: Recording) => {
    for (let n = 0; n < 240; n++) recording.step();
    return Array.from({ length: 240 }, (_, n) => recording.cycleAt(n));
  };
  const first = cyclesOf(new Recording(machine, timing));
  assert.ok(first.every((cycle, n) => n === 0 || cycle >= first[n - 1]!));
  const again = machineWith(source).machine;
  again.cpu.cells[20] = DATA;
  assert.equal(cyclesOf(new Recording(again, timing)), first);
});

test.run();
