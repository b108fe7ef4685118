/** Steps that are timed and not kept, against a recording of the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { X0 } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { Recording } from '../../sim/recording/recording.ts';
import type { Stepper } from '../../sim/recording/stepper.ts';
import { TimedSteps } from '../../sim/recording/timed-steps.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { DATA, machineWith, smallTables } from './el2-machine.ts';

/**
 * Has latencies by operands (divisions, a 64-bit product), by address (unaligned loads), and by the stack pointer in use, and
 * reads the cycle counter, which counts at EL2.
 */
const PROGRAM = `
  mov x1, #1 << 27; msr pmccfiltr_el0, x1; mov x1, #1 << 31; msr pmcntenset_el0, x1; mov x1, #1; msr pmcr_el0, x1
  mov x1, #-1; mov x2, #3; udiv x3, x1, x2; sdiv w4, w1, w2; mul x5, x3, x1; mul x6, x2, x2
  str x5, [x20]; ldur x7, [x20, #1]; ldp x8, x9, [x20], #16; add x10, x8, x9
  msr spsel, #0; add sp, x20, #0; ldr x11, [sp]; msr spsel, #1; str x11, [sp, #-16]!
  subs x12, x2, #3; b.eq 1f; nop; 1: cmp x12, #1; b.hi 1b; msr tpidr_el2, x1; mrs x13, tpidr_el2; mrs x14, pmccntr_el0
  svc #0
`;
const STEPS = PROGRAM.trim().split(/[;\n]\s*/).length - 1;

function machine(): Machine {
  const { machine } = machineWith(PROGRAM);
  machine.cpu.cells[X0 + 20] = DATA;
  return machine;
}

/** What `stepper` says of each step of the program, and the cycle counter as the program has read it. */
function times(stepper: Stepper, { cpu }: Machine) {
  const steps = Array.from({ length: STEPS }, () => {
    stepper.run(1);
    const { length, issuedAt, completedAt, lastOperation, lastException } = stepper;
    return { length, issuedAt, completedAt, word: lastOperation?.instruction.word, exception: lastException?.kind };
  });
  return { steps, counted: cpu.cells[X0 + 14]! };
}

test('each step is timed as a recording of it is', () => {
  const [one, other] = [machine(), machine()];
  const timed = times(new TimedSteps(one, new CortexA53()), one);
  assert.equal(timed, times(new Recording(other, new CortexA53()), other));
  assert.is(timed.steps.at(-1)!.exception, 'sync');
  assert.ok(timed.counted > 0n);
});

test('begun anew after a reset, they are timed as on a new machine', () => {
  const reused = machine();
  const steps = new TimedSteps(reused, new CortexA53());
  const first = times(steps, reused);
  const initial = machine();
  reused.reset();
  reused.physical.u8.set(initial.physical.u8);
  reused.cpu.cells.set(initial.cpu.cells);
  reused.cpu.refresh();
  steps.restart();
  assert.is(reused.countsCycles, false, 'the timing model does');
  const { length, issuedAt, completedAt, lastOperation, lastException } = steps;
  assert.equal([length, issuedAt, completedAt, lastOperation, lastException], [0, 0, 0, undefined, undefined]);
  assert.equal(times(steps, reused), first);
});

test('the TLB keeps no way back that nothing would go', () => {
  const { machine } = machineWith('ldr x1, [x20]; tlbi alle2; ldr x2, [x20]');
  const { cpu, memory } = machine;
  const tables = smallTables(machine);
  cpu.cells[X0 + 20] = DATA;
  cpu.refresh();
  const steps = new TimedSteps(machine, new CortexA53());
  const tlb = cpu.cell('tlb');
  steps.run(1);
  const before = cpu.cells[tlb]!;
  tables.map(DATA, DATA + 0x1000n, 0x1000n);
  assert.is(memory.translate(DATA), DATA, 'a stale translation');
  steps.run(1);
  cpu.cells[tlb] = before;
  cpu.refresh();
  assert.is(memory.translate(DATA), DATA + 0x1000n, 'it has not come back');
});

test.run();
