import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { X0 } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { Recording } from '../../sim/recording/recording.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { assembleWords, DATA, loadWords, machineAtEl2 } from './el2-machine.ts';

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? '1');
/** Fixed, and printed by fast-check where a property fails. */
const options = { seed: 20150619, numRuns: Math.ceil(25 * scale) };

const register = fc.integer({ min: 0, max: 15 });
const offset = fc.integer({ min: 0, max: 120 });

/** Instructions that write registers, flags, memory (of every size and alignment), system registers, and branch. */
const instruction = fc.oneof(
  fc.tuple(register, register, register).map(([d, n, m]) => `add x${d}, x${n}, x${m}`),
  fc.tuple(register, register).map(([d, n]) => `subs w${d}, w${n}, #3`),
  fc.tuple(register, register).map(([d, n]) => `csel x${d}, x${n}, xzr, lo`),
  fc
    .tuple(fc.constantFrom('str', 'stur', 'ldr', 'ldur'), register, offset)
    .map(([op, t, at]) => `${op.slice(0, 2)}ur x${t}, [x20, #${at}]`),
  fc
    .tuple(fc.constantFrom('sturb', 'sturh', 'ldursb'), register, offset)
    .map(([op, t, at]) => `${op} w${t}, [x20, #${at}]`),
  fc
    .tuple(register, register, fc.integer({ min: 0, max: 15 }))
    .map(([a, b, at]) => `stp x${a}, x${b}, [x20, #${8 * at}]`),
  fc.tuple(register, fc.integer({ min: 0, max: 15 })).map(([t, at]) => `str q${t}, [x20, #${16 * at}]`),
  fc.tuple(register, fc.integer({ min: 0, max: 15 })).map(([t, at]) => `ldr q${t}, [x20, #${16 * at}]`),
  register.map((t) => `msr tpidr_el2, x${t}`),
  register.map((t) => `mrs x${t}, tpidr_el2`),
  register.map((t) => `sub sp, sp, x${t}`),
  fc.tuple(register, fc.integer({ min: 1, max: 4 })).map(([t, skip]) => `cbz x${t}, .+${4 * skip}`),
  fc.integer({ min: 1, max: 4 }).map((skip) => `b.mi .+${4 * skip}`),
  fc.constantFrom('hvc #7', 'svc #1', 'nop', 'blr x21'),
);

const LENGTH = 120;
const program = fc.array(instruction, { minLength: 20, maxLength: LENGTH });

/** The program, with nothing but NOPs after it and a return from every exception to the next instruction. */
function machineFor(lines: readonly string[]): Machine {
  const machine = machineAtEl2();
  const body = [...lines, ...Array.from({ length: 8 }, () => 'nop')];
  const source = `${body.join('\n')}
1: b 1b
callee: add x1, x1, #1
ret
.balign 2048
vectors: .skip 512
eret`;
  const { words, symbols } = assembleWords(source);
  loadWords(machine, words);
  const at = (name: string) => machine.cpu.pc + BigInt(symbols.find((symbol) => symbol.name === name)!.offset);
  const { cells } = machine.cpu;
  cells[X0 + 20] = DATA;
  cells[X0 + 21] = at('callee');
  cells[machine.cpu.cell('vbar_el2')] = at('vectors');
  machine.cpu.refresh();
  return machine;
}

/** All cells but those that only the machine itself looks at, and the memory the programs use. */
function stateOf(machine: Machine): string {
  const cells = Array.from({ length: machine.cpu.registers.count }, (_, id) => id)
    .filter((id) => !/^(scratch|access|zero|sink)/.test(machine.cpu.registers.nameOf(id)))
    .map((id) => machine.cpu.cells[id]!.toString(16));
  return `${cells.join(' ')} / ${[...machine.physical.readBytes(DATA, 512)].join(' ')}`;
}

function record(machine: Machine, steps: number): Recording {
  const recording = new Recording(machine, new CortexA53());
  for (let n = 0; n < steps; n++) recording.step();
  return recording;
}

test('seeking anywhere gives the state of a fresh run to there, and undoing all the initial one', () => {
  fc.assert(
    fc.property(program, fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (lines, places) => {
      const steps = lines.length + 20;
      const recording = record(machineFor(lines), steps);
      const fresh = machineFor(lines);
      const states = [stateOf(fresh)];
      const again = new Recording(fresh, new CortexA53());
      for (let n = 0; n < steps; n++) {
        again.step();
        states.push(stateOf(fresh));
      }
      for (const place of [...places.map((n) => n % (steps + 1)), steps, 0]) {
        recording.seek(place);
        assert.is(stateOf(recording.machine as Machine), states[place]);
      }
    }),
    options,
  );
});

test('going on after having gone back is the same as never having gone back', () => {
  fc.assert(
    fc.property(program, fc.nat(), (lines, place) => {
      const steps = lines.length + 20;
      const straight = record(machineFor(lines), steps);
      const half = Math.floor(steps / 2);
      const wandering = record(machineFor(lines), half);
      wandering.seek(place % (half + 1));
      wandering.seek(half);
      while (wandering.length < steps) wandering.step();
      assert.is(stateOf(wandering.machine as Machine), stateOf(straight.machine as Machine));
      assert.is(wandering.cycleAt(steps - 1), straight.cycleAt(steps - 1));
    }),
    options,
  );
});

test('the effects of each step lead from the state before it to the state after it', () => {
  fc.assert(
    fc.property(program, (lines) => {
      const recording = record(machineFor(lines), lines.length + 20);
      const { cpu, memory } = recording.machine;
      for (const { index, effects } of recording.steps()) {
        const before = recording.peek(index, () => cpu.cells.slice());
        const after = recording.peek(index + 1, () => cpu.cells.slice());
        for (const effect of effects) {
          if (effect.kind === 'register') {
            assert.is(before[effect.id], effect.old);
            assert.is(after[effect.id], effect.new);
          } else {
            assert.is(
              recording.peek(index, () => memory.physical.read(effect.pa, effect.size)),
              effect.old,
            );
            assert.is(
              recording.peek(index + 1, () => memory.physical.read(effect.pa, effect.size)),
              effect.new,
            );
          }
        }
      }
    }),
    { ...options, numRuns: Math.ceil(8 * scale) },
  );
});

test.run();
