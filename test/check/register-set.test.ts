/** Registers compared with what they held: each difference is told once, wherever in 64 bits it is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RegisterSet } from '../../sim/check/register-set.ts';
import { readyWith } from '../scenario/world-switch.ts';

const HIGH = 1n << 40n;
const registers = [
  { cell: 'x19', group: 'general', path: 'arch.ctxt.gp_regs.regs.regs[19]' },
  { cell: 'v3.d1', group: 'fp', path: 'arch.ctxt.gp_regs.fp_regs.vregs[3]' },
  { cell: 'dbgbvr2_el1', group: 'debug', path: 'arch.debug_ptr->dbg_bvr[2]' },
] as const;

const ready = readyWith();
const set = new RegisterSet(ready, registers, 'vcpu');

function differences(compare: (differs: (n: number, was: bigint, is: bigint) => void) => void): string[] {
  const told: string[] = [];
  compare((n, was, is) => told.push(`${set.list[n]!.cell} ${was.toString(16)} ${is.toString(16)}`));
  return told;
}

test('cells', () => {
  const { cpu } = ready.machine;
  registers.forEach(({ cell }, n) => {
    const id = cpu.registers.find(cell)!;
    for (const [was, is] of [
      [HIGH, 2n * HIGH],
      [1n, 2n],
      [1n, 2n * HIGH],
    ] as const) {
      cpu.cells[id] = was;
      set.keepCells();
      assert.equal(
        differences((differs) => set.compareCells(differs)),
        [],
      );
      cpu.cells[id] = is;
      assert.equal(
        differences((differs) => set.compareCells(differs)),
        [`${registers[n]!.cell} ${was.toString(16)} ${is.toString(16)}`],
      );
    }
  });
});

test('fields, of a vector register the half that is its own', () => {
  registers.forEach(({ cell, path }) => {
    const field = `vcpu.${path}`;
    const shift = cell.endsWith('.d1') ? 64n : 0n;
    for (const [was, is] of [
      [HIGH, 2n * HIGH],
      [1n, 2n],
      [1n, 2n * HIGH],
    ] as const) {
      ready.typed.write(field, was << shift);
      set.keepFields();
      assert.equal(
        differences((differs) => set.compareFields(differs)),
        [],
      );
      ready.typed.write(field, is << shift);
      assert.equal(
        differences((differs) => set.compareFields(differs)),
        [`${cell} ${was.toString(16)} ${is.toString(16)}`],
      );
    }
  });
  assert.is(set.fieldOf(0), 'vcpu.arch.ctxt.gp_regs.regs.regs[19]');
});

test.run();
