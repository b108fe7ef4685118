import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode } from '../../asm/a64/decode.ts';
import { PC, X0 } from '../../sim/core/registers.ts';
import { makeOperation } from '../../sim/exec/instruction-set.ts';
import { CODE, Processor, type Registers, word } from './processor.ts';

const branches = suite('branches');

/** The distance, in bytes, that the PC has moved after `line`. */
function distance(line: string, registers: Registers = {}): bigint {
  const processor = new Processor();
  processor.write({ pc: CODE + 0x100n, ...registers });
  processor.execute(line);
  return BigInt.asIntN(64, processor.read('pc') - CODE - 0x100n);
}

for (const [line, registers, expected] of [
  ['b .+16', {}, 16n],
  ['b .+-16', {}, -16n],
  ['bl .+8', {}, 8n],
  ['cbz x1, .+8', { x1: 0 }, 8n],
  ['cbz x1, .+8', { x1: 1n << 32n }, 4n],
  ['cbz w1, .+8', { x1: 1n << 32n }, 8n],
  ['cbnz x1, .+8', { x1: 0 }, 4n],
  ['tbz x1, #40, .+8', { x1: 1n << 40n }, 4n],
  ['tbnz w1, #31, .+-8', { x1: 1n << 31n }, -8n],
  ['br x1', { x1: CODE + 0x140n }, 0x40n],
  ['ret', { lr: CODE }, -0x100n],
] as const satisfies readonly (readonly [string, Registers, bigint])[]) {
  branches(`${line} moves the PC by ${expected}`, () => assert.is(distance(line, registers), expected));
}

branches('a condition holds as the flags say', () => {
  const holding: Record<string, string> = {
    eq: 'nZcv',
    cs: 'nzCv',
    mi: 'Nzcv',
    vs: 'nzcV',
    hi: 'nzCv',
    ge: 'NzcV',
    gt: 'NzcV',
  };
  const opposite: Record<string, string> = { eq: 'ne', cs: 'cc', mi: 'pl', vs: 'vc', hi: 'ls', ge: 'lt', gt: 'le' };
  for (const [condition, flags] of Object.entries(holding)) {
    for (const [name, taken] of [
      [condition, true],
      [opposite[condition]!, false],
    ] as const) {
      const processor = new Processor();
      processor.flags = flags;
      processor.execute(`b.${name} .+8`);
      assert.is(processor.read('pc') - CODE, taken ? 8n : 4n, `b.${name} with ${flags}`);
    }
  }
});

branches('BL and BLR leave the address of the next instruction in the link register', () => {
  const processor = new Processor();
  processor.execute('bl .+8');
  assert.is(processor.read('lr'), CODE + 4n);
  // The link register may itself say where to go.
  processor.write({ pc: CODE, lr: CODE + 0x40n });
  processor.execute('blr lr');
  assert.is(processor.read('pc'), CODE + 0x40n);
  assert.is(processor.read('lr'), CODE + 4n);
});

branches('the PC is one number of 64 bits, wherever it moves', () => {
  const { machine } = new Processor();
  const { cells } = machine.cpu;
  const after = (pc: bigint, line: string) => {
    cells[PC] = pc;
    makeOperation(decode(word(line))!, 0, 0, machine).execute();
    return [cells[PC], cells[X0 + 30]];
  };
  const last = 0x1_ffff_fffcn;
  cells[X0 + 30] = 0n;
  assert.equal(after(last, 'b .+8'), [0x2_0000_0004n, 0n]);
  assert.equal(after(0x2_0000_0000n, 'b .+-4'), [last, 0n]);
  assert.equal(after(last, 'cbnz xzr, .+-64'), [0x2_0000_0000n, 0n]);
  assert.equal(after(0xffff_ffff_ffff_fffcn, 'b .+8'), [4n, 0n]);
  assert.equal(after(0n, 'b .+-4'), [0xffff_ffff_ffff_fffcn, 0n]);
  assert.equal(after(last, 'bl .+-8'), [0x1_ffff_fff4n, 0x2_0000_0000n]);
  assert.equal(after(0xffff_ffff_ffff_fffcn, 'bl .+12'), [8n, 0n]);
});

branches('a tagged target loses its tag where TCR_ELx.TBI says so', () => {
  const target = (el: 1 | 2, registers: Registers) => {
    const processor = new Processor();
    processor.enter(el);
    processor.write(registers);
    processor.execute('br x1');
    return processor.read('pc');
  };
  const tagged = 0x5a00_0000_4000_0040n;
  assert.is(target(1, { x1: tagged, tcr_el1: 0 }), tagged);
  assert.is(target(1, { x1: 0xff80_0000_4000_0040n, tcr_el1: 1n << 38n }), 0xff80_0000_4000_0040n);
  assert.is(target(2, { x1: 0xff80_0000_4000_0040n, tcr_el2: 1n << 20n }), 0x0080_0000_4000_0040n);
  assert.is(target(1, { x1: tagged, tcr_el1: 1n << 37n }), 0x4000_0040n);
  assert.is(target(1, { x1: 0x00ff_0000_0000_0040n, tcr_el1: 1n << 38n }), 0xffff_0000_0000_0040n);
  assert.is(target(2, { x1: tagged, tcr_el2: 1n << 20n }), 0x4000_0040n);
  assert.is(target(2, { x1: 0xffff_0000_0000_0040n, tcr_el2: 1n << 20n }), 0x00ff_0000_0000_0040n);
});

branches.run();
