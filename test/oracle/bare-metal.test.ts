/** The comparison of a bare-metal program with QEMU itself: what it says where both agree, and where they do not. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeExecutable } from '../../asm/elf/write-executable.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { assemble, section as sectionOf } from '../gas/program.ts';
import { compareBareMetal } from './bare-metal.ts';
import { isUncompared } from './qemu-deviations.ts';
import { inTempFolder, withTools } from './tools.ts';

const comparison = suite('a bare-metal program in lockstep with QEMU');

const AT = 0x4020_0000n;
const EXIT = `
	adr	x1, block
	mov	x0, #0x18
	hlt	#0xf000
	b	.
	.balign	8
block:
	.quad	0x20026, 0
`;

/** The file of a program in one section, without relocations. */
function programOf(lines: string): Uint8Array {
  const object = assemble(`\t.globl\t_start\n_start:\n${lines}${EXIT}`);
  const code = sectionOf(object, '.text');
  const placed = { ...code, address: AT };
  const symbols = object.symbols
    .filter(({ section }) => section === code)
    .map((symbol) => ({ ...symbol, value: AT + symbol.value, section: placed }));
  return writeExecutable({ ...object, sections: [placed], symbols, lines: [] }, AT);
}

function compare(lines: string) {
  const elf = programOf(lines);
  return inTempFolder((folder) => compareBareMetal({ elf, cpu: 'cortex-a53', gic: 'v2', ram: 16 }, folder));
}

withTools(
  comparison,
  ['qemu-system-aarch64'],
  'says how many steps agreed, and what was compared at the end',
  async () => {
    const result = await compare('\tmov\tx2, #5\nagain:\tsub\tx2, x2, #1\n\tcbnz\tx2, again\n');
    assert.ok('steps' in result, JSON.stringify(result));
    assert.is(result.steps, 1 + 2 * 5 + 3);
    const machine = new Machine({ model: cpuModel('cortex-a53'), ram: { base: 0x4000_0000n, size: 4096 } });
    const readable = [...machine.systemRegisters.all].filter(({ row }) => row.readableFrom !== undefined);
    const unlisted = readable.filter(({ name }) => !result.systemRegisters.includes(name) && !isUncompared(name));
    assert.equal(
      unlisted.map(({ name }) => name),
      [],
      'every readable register is compared, or listed with a reason',
    );
  },
);

withTools(
  comparison,
  ['qemu-system-aarch64'],
  'tells the first difference and the steps before it by symbol',
  async () => {
    const result = await compare('\tmov\tx2, #5\nhere:\tmrs\tx3, cntpct_el0\n\tnop\n');
    assert.ok('text' in result);
    const lines = result.text.split('\n');
    assert.is(result.step, 2);
    assert.match(lines[0]!, /0x40200000: d28000a2 {2}mov\tx2, #0x5.* _start\+0x0/);
    assert.match(lines[1]!, /mrs\tx3, cntpct_el0 {2}here\+0x0/);
    assert.match(lines[2]!, /^x3 is 0x[0-9a-f]+, in QEMU 0x[0-9a-f]+$/);
  },
);

withTools(comparison, ['qemu-system-aarch64'], 'finds what differs only at the end', async () => {
  // The counter, which no instruction reads, goes into CNTP_CVAL_EL0.
  const result = await compare('\tmsr\tcntp_tval_el0, xzr\n');
  assert.ok('text' in result);
  assert.is(result.step, 4);
  assert.match(result.text, /^at the end\ncntp_cval_el0 is 0x[0-9a-f]+, in QEMU 0x[0-9a-f]+$/);
});

comparison.run();
