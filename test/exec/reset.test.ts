/** What a machine still knows after code was written over, and after its reset. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { CODE, DATA, Processor } from './processor.ts';

const code = suite('decoded code');

code('an instruction that is written over is decoded anew, and the others of its page stay', () => {
  const processor = new Processor();
  const { machine } = processor;
  const at = (offset: bigint) => {
    processor.write({ pc: CODE + offset });
    return machine.next()!;
  };
  processor.load(['mov x0, #1', 'mov x0, #2', 'mov x0, #3']);
  const before = [at(0n), at(4n), at(8n)];
  processor.load(['mov x0, #5'], CODE + 4n);
  const after = [at(0n), at(4n), at(8n)];
  assert.is(after[0], before[0]);
  assert.is.not(after[1], before[1]);
  assert.is(after[2], before[2]);
  processor.write({ pc: CODE });
  processor.step(2);
  assert.is(processor.read('x0'), 5n);
});

code('what was decoded comes back with its word', () => {
  const processor = new Processor();
  const { machine } = processor;
  processor.load(['mov x0, #1']);
  const before = machine.next();
  processor.load(['mov x0, #1']);
  assert.is(machine.next(), before);
});

code('a breakpoint register that another model lacks is UNDEFINED to code that was decoded before', () => {
  const six = cpuModel('cortex-a57', { breakpoints: 6 });
  const two = cpuModel('cortex-a57', { breakpoints: 2 });
  const processor = new Processor({ model: six });
  const isUndefined = () => {
    processor.write({ pc: CODE, x0: 0x1234, vbar_el2: DATA });
    processor.execute('msr dbgbvr5_el1, x0');
    return processor.read('esr_el2') === 1n << 25n && processor.read('elr_el2') === CODE;
  };
  assert.not.ok(isUndefined());
  assert.is(processor.read('dbgbvr5_el1'), 0x1234n);
  processor.machine.reset(two);
  assert.ok(isUndefined());
  processor.machine.reset(six);
  assert.not.ok(isUndefined());
  assert.is(processor.read('dbgbvr5_el1'), 0x1234n);
});

code.run();

const reset = suite('reset');

reset('registers, RAM, TLB and time are those of a new machine', () => {
  const processor = new Processor();
  const { machine } = processor;
  const fresh = new Processor().machine;
  processor.write({ x0: DATA, x1: 7 });
  processor.execute('str x1, [x0]', 'msr tpidr_el2, x1', 'msr mdscr_el1, x1', 'ldxr x3, [x0]', 'msr daifclr, #15');
  machine.reset();
  assert.equal(machine.cpu.cells.slice(35), fresh.cpu.cells.slice(35));
  assert.is(
    machine.physical.u8.some((byte) => byte !== 0),
    false,
  );
  assert.is(machine.cpu.clock.cycles, 0);
});

reset('nothing is connected to it any more', () => {
  const { machine } = new Processor();
  const told: string[] = [];
  machine.semihosting = () => told.push('semihosting');
  machine.firmware = () => told.push('firmware');
  machine.timer.connect('cntv', () => told.push('timer'));
  machine.reset();
  machine.timer.update();
  assert.is(machine.semihosting, undefined);
  assert.is(machine.firmware, undefined);
  assert.equal(told, []);
});

reset.run();
