/** What a recorder relies on: a step changes no cell but those its operation lists and those it reports to the journal. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { disassemble } from '../../asm/a64/print.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { ACCESS_ADDRESS, EXCLUSIVE_ADDRESS, PC, SINK } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { CURRENT_SP } from '../../sim/exec/operation.ts';
import { CODE, makePrograms } from '../oracle/exec-programs.ts';
import { Random } from '../oracle/memory-tables.ts';

const SEED = 4711;

const effects = suite('effects of a step');

/** Cells that are no state: writes to the zero register, and what an instruction holds while it executes. */
function isState(cell: number): boolean {
  return cell !== SINK && cell !== PC && !(cell >= ACCESS_ADDRESS && cell < EXCLUSIVE_ADDRESS);
}

effects('are the cells its operation lists and those the journal is told of', () => {
  const model = cpuModel('neoverse-n1');
  const machine = new Machine({ model, ram: { base: 0x4000_0000n, size: 256 << 20 } });
  const { cpu } = machine;
  const { cells } = cpu;
  const image = makePrograms({
    random: new Random(SEED),
    features: machine.features,
    mmu: true,
    programs: 6,
    length: 200,
  });
  machine.physical.writeBytes(CODE, image);
  cells[PC] = CODE;
  let ended = false;
  machine.semihosting = () => {
    ended = true;
  };
  const reported = new Set<number>();
  cpu.journal = { cell: (id) => reported.add(id), memory: () => {}, exception: () => {} };
  const count = cpu.registers.count;
  while (!ended) {
    const before = cells.slice(0, count);
    const sp = cpu.sp;
    const pc = cpu.pc;
    reported.clear();
    const operation = machine.step();
    const listed = new Set(operation?.writes.map((cell) => (cell === CURRENT_SP ? sp : cell)));
    for (let cell = 0; cell < count; cell++) {
      if (cells[cell] === before[cell] || !isState(cell) || listed.has(cell) || reported.has(cell)) continue;
      const text = disassemble(machine.physical.read32(pc));
      assert.unreachable(`${cpu.registers.nameOf(cell)} was changed by ${text} (seed ${SEED})`);
    }
  }
  assert.ok(cpu.clock.cycles > 1200);
});

effects.run();
