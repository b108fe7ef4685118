/** What a machine still knows after code was written over, and after its reset. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { PC, SP_EL0, SP_EL2, SPSEL, X0 } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { MAIR, tcrEl2 } from '../../sim/memory/page-tables.ts';
import { BREAKPOINT, openDebug, WATCHPOINT } from '../core/debugged.ts';
import { CODE, DATA, Processor, RAM, RAM_SIZE } from './processor.ts';

/** A stage 1 block descriptor (D8.3): valid, accessed, inner shareable, AttrIndx 0. */
const BLOCK = 0x701n;
/** DBGBCR.BT: unlinked, CONTEXTIDR_EL1. */
const MATCHES_CONTEXT = 0b0010n << 20n;

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
  assert.ok(isZero(machine));
  assert.is(machine.cpu.clock.cycles, 0);
});

reset('no way to write to RAM leaves anything behind', () => {
  const processor = new Processor();
  const { machine } = processor;
  const { physical, memory } = machine;
  const stores = [
    ...['strb w1, [x0]', 'strh w1, [x0]', 'str w1, [x0]', 'str x1, [x0]', 'str q1, [x0]', 'stp x1, x1, [x0]'],
    ...['stp q1, q1, [x0]', 'st4 {v1.16b-v4.16b}, [x0]', 'stxr w2, x1, [x0]', 'stlr x1, [x0]', 'dc zva, x0'],
  ];
  const places = [0x1000n, 0x1ffcn, 0x2000n];
  for (const store of stores) {
    for (const place of places) {
      const isCrossing = place % 0x1000n !== 0n;
      if (isCrossing && /st4|stxr|stlr|dc/.test(store)) continue;
      // Twice: the second may find the page known.
      processor.write({ pc: CODE, x0: DATA + place, x1: 0x1122_3344_5566_7788n });
      processor.execute('fmov d1, x1', isCrossing ? 'nop' : 'ldxr x3, [x0]', store, store);
      machine.reset();
      assert.ok(isZero(machine), `${store} at ${place}`);
    }
  }
  const address = DATA + 0x1ffcn;
  const writes = [
    () => physical.writeBytes(address, new Uint8Array(8).fill(1)),
    () => physical.write(address, 8, 1n << 60n),
    () => physical.write32(address + 2n, 0x1_0001),
    () => physical.write64(address, 1n << 60n),
    () => memory.poke(address, 8, 1n << 60n),
  ];
  for (const write of writes) {
    write();
    assert.not.ok(isZero(machine));
    machine.reset();
    assert.ok(isZero(machine), `${write}`);
  }
});

reset('what follows from registers follows from those after the reset', () => {
  const processor = new Processor();
  const { machine } = processor;
  const { cpu, memory, physical } = machine;
  processor.load(['nop'], RAM);
  const tables = DATA + 0x1000n;
  // A block of 1 GB at 0, which is where RAM is; then the MMU is on.
  physical.write64(tables, RAM | BLOCK);
  const registers = { ttbr0_el2: tables, tcr_el2: tcrEl2(39, 40), mair_el2: MAIR, sctlr_el2: 0x30c5_0831n };
  for (const [name, value] of Object.entries(registers)) cpu.cells[cpu.cell(name)] = value;
  cpu.cells[SPSEL] = 0n;
  cpu.cells[PC] = 0n;
  cpu.refresh();
  machine.step();
  assert.is(cpu.sp, SP_EL0);
  assert.is(memory.translate(0n), RAM);
  machine.reset();
  assert.is(cpu.sp, SP_EL2);
  assert.is(memory.translate(0n), 0n);
  assert.is(memory.peekFetchOffset(0, 0), -1);
});

reset('breakpoints and watchpoints that only the model of the reset has match, contexts too', () => {
  const processor = new Processor({ model: cpuModel('cortex-a57', { breakpoints: 1, watchpoints: 1 }) });
  const { machine } = processor;
  const six = cpuModel('cortex-a57');
  machine.reset(six);
  // Of six breakpoints the last two match a context.
  openDebug(processor, { pc: CODE, contextidr_el1: 7, dbgbvr4_el1: 7, dbgbcr4_el1: BREAKPOINT | MATCHES_CONTEXT });
  processor.execute('nop');
  assert.is(processor.read('elr_el1'), CODE);
  machine.reset(six);
  openDebug(processor, { pc: CODE, x1: DATA, dbgwvr3_el1: DATA, dbgwcr3_el1: WATCHPOINT });
  processor.execute('str x0, [x1]');
  assert.is(processor.read('far_el1'), DATA);
});

reset('time is its own again, and the last access forgotten', () => {
  const processor = new Processor();
  const { machine } = processor;
  machine.countsCycles = false;
  processor.write({ x0: DATA });
  processor.execute('str x1, [x0]');
  assert.is(machine.lastAccess?.size, 8);
  machine.reset();
  assert.is(machine.lastAccess, undefined);
  processor.write({ pc: CODE });
  processor.execute('nop', 'nop');
  assert.is(machine.cpu.clock.cycles, 2);
});

reset('nothing is connected to it any more', () => {
  for (const gic of ['v2', 'v3'] as const) {
    const machine = machineWithGic(gic);
    const { cpu } = machine;
    const { engine } = (machine.gicV2 ?? machine.gicV3)!;
    const told: string[] = [];
    const tell = (what: string) => () => {
      told.push(what);
    };
    machine.semihosting = tell('semihosting');
    machine.firmware = tell('firmware');
    machine.aarch32 = { hasExit: true, leave: () => undefined };
    machine.timer.connect('cntv', tell('timer'));
    engine.maintenance = tell('maintenance');
    engine.deactivate = tell('deactivate');
    cpu.journal = { cell: tell('cell'), memory: tell('memory'), exception: tell('exception') };
    machine.reset();
    machine.timer.update();
    engine.update();
    engine.maintenance(true);
    engine.deactivate(27);
    cpu.write(X0, 1n);
    const { semihosting, firmware, aarch32 } = machine;
    assert.equal(
      { semihosting, firmware, aarch32 },
      { semihosting: undefined, firmware: undefined, aarch32: undefined },
    );
    assert.equal(told, [], gic);
  }
});

reset('a machine becomes no other than one with other numbers of breakpoints and watchpoints', () => {
  const machine = machineWithGic('v2');
  assert.throws(
    () => machine.reset(cpuModel('cortex-a53', { gic: 'v3' })),
    /^the machine cannot become one with another id_\w+$/,
  );
  assert.throws(() => machine.reset(cpuModel('cortex-a57')), /^the machine cannot become one with another core$/);
  machine.reset(cpuModel('cortex-a53', { breakpoints: 1, watchpoints: 16 }));
});

function isZero({ physical }: Machine): boolean {
  return physical.u64.every((word) => word === 0n);
}

function machineWithGic(gic: 'v2' | 'v3'): Machine {
  return new Machine({
    model: cpuModel('cortex-a53', { gic }),
    ram: { base: RAM, size: RAM_SIZE },
    gicV2: gic === 'v2' ? { control: 0x0803_0000n, cpuInterface: 0x0804_0000n } : undefined,
  });
}

reset.run();
