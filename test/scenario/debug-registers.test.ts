/**
 * __save_debug and __restore_debug by themselves, on every machine there can be: 1 to 16 breakpoints with 1 to 16
 * watchpoints. Run at EL2 with the MMU off, where the image lies.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolvePath } from '../../asm/c/path.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { LR, PC } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { asWritten } from '../../sim/kvm/host-state.ts';
import { Recording } from '../../sim/recording/recording.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { readyWith } from './world-switch.ts';

const { kernel, facts } = readyWith();

const RAM = 0x40000000n;
const CONTEXT = RAM + 0x40000n;
/** The struct under test has guard bytes before and behind it. */
const GUARD = 256;
const STRUCT = RAM + 0x50000n + BigInt(GUARD);
const KINDS = ['dbgbcr', 'dbgbvr', 'dbgwcr', 'dbgwvr'] as const;
/** Order of the members of struct kvm_guest_debug_arch (Linux: uapi/asm/kvm.h); 16 registers of 8 bytes each. */
const ARRAY_BYTES = 16 * 8;
const STRUCT_BYTES = KINDS.length * ARRAY_BYTES;
const FILL = 0xa5;

function machineWith(breakpoints: number, watchpoints: number): Machine {
  const model = cpuModel('cortex-a53', { breakpoints, watchpoints });
  const machine = new Machine({ model, ram: { base: RAM, size: 0x60000 } });
  for (const { address, bytes } of kernel.segments) machine.physical.writeBytes(RAM + (address - kernel.base), bytes);
  return machine;
}

/** Runs a routine of hyp.S to its return; the recording of its steps. */
function callRoutine(machine: Machine, name: string): Recording {
  const { cells } = machine.cpu;
  const end = RAM + 0x5f000n;
  cells[PC] = RAM + (kernel.symbol(name)!.address - kernel.base);
  cells[LR] = end;
  cells[2] = CONTEXT;
  cells[3] = STRUCT;
  machine.cpu.refresh();
  const recording = new Recording(machine, new CortexA53());
  while (machine.cpu.pc !== end && recording.length < 1000) recording.step();
  assert.is(machine.cpu.pc, end, `${name} returns`);
  return recording;
}

/** The registers of a machine by their place in the struct: [name, offset in bytes]. */
function registersOf(breakpoints: number, watchpoints: number): [name: string, offset: number][] {
  return KINDS.flatMap((kind, k) =>
    [...Array(kind.startsWith('dbgb') ? breakpoints : watchpoints).keys()].map((n): [string, number] => [
      `${kind}${n}_el1`,
      k * ARRAY_BYTES + n * 8,
    ]),
  );
}

/** A value that register `name` can hold, with its breakpoint disabled; different for each. */
function valueFor(machine: Machine, name: string, offset: number): bigint {
  const wanted = 0x0101_0101_0101_0101n * BigInt(offset % 251) + BigInt(0x1_0000 * offset);
  return asWritten(machine, name, wanted & ~1n);
}

const pairs = [...Array(256).keys()].map((n): [number, number] => [1 + (n >> 4), 1 + (n & 15)]);

test('__save_debug stores exactly the implemented registers, and no other byte of the struct, for all 256 pairs', () => {
  for (const [breakpoints, watchpoints] of pairs) {
    const machine = machineWith(breakpoints, watchpoints);
    const { cpu, physical } = machine;
    const registers = registersOf(breakpoints, watchpoints);
    const expected = new Uint8Array(STRUCT_BYTES + 2 * GUARD).fill(FILL);
    const view = new DataView(expected.buffer);
    physical.writeBytes(STRUCT - BigInt(GUARD), expected);
    for (const [name, offset] of registers) {
      const value = valueFor(machine, name, offset);
      cpu.cells[cpu.cell(name)] = value;
      view.setBigUint64(GUARD + offset, value, true);
    }
    callRoutine(machine, '__save_debug');
    const found = physical.readBytes(STRUCT - BigInt(GUARD), expected.length);
    assert.equal(found, expected, `${breakpoints} breakpoints, ${watchpoints} watchpoints`);
  }
});

test('__restore_debug loads exactly the implemented registers, for all 256 pairs', () => {
  const path = `sys_regs[${facts.constant('MDCCINT_EL1')}]`;
  const mdccint = CONTEXT + BigInt(resolvePath(facts.type('struct kvm_cpu_context'), path).offset);
  for (const [breakpoints, watchpoints] of pairs) {
    const machine = machineWith(breakpoints, watchpoints);
    const { cpu, physical } = machine;
    const registers = registersOf(breakpoints, watchpoints);
    for (const [name, offset] of registers) {
      physical.write64(STRUCT + BigInt(offset), valueFor(machine, name, offset));
    }
    const recording = callRoutine(machine, '__restore_debug');
    const what = `${breakpoints} breakpoints, ${watchpoints} watchpoints`;
    for (const [name, offset] of registers) {
      assert.is(cpu.cells[cpu.cell(name)], valueFor(machine, name, offset), `${name}, ${what}`);
    }
    const loaded = [...recording.steps()].flatMap(({ load }) => (load === undefined ? [] : [load.pa]));
    const wanted = [...registers.map(([, offset]) => STRUCT + BigInt(offset)), mdccint];
    assert.equal(loaded.toSorted(), wanted.toSorted(), what);
  }
});

test.run();
