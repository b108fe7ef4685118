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

function compare(lines: string, timed = false) {
  const elf = programOf(lines);
  return inTempFolder((folder) => compareBareMetal({ elf, cpu: 'cortex-a53', gic: 'v2', ram: 16, timed }, folder));
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

withTools(
  comparison,
  ['qemu-system-aarch64'],
  'gives the counter the time of a QEMU that counts instructions',
  async () => {
    const count = `\tmrs\tx3, cntpct_el0\n${'\tnop\n'.repeat(40)}\tmrs\tx4, cntvct_el0\n\tsub\tx5, x4, x3\n`;
    assert.ok('text' in (await compare(count)));
    assert.ok('steps' in (await compare(count, true)));
  },
);

/** Table entries of programOf's memory, which is at AT. */
const TABLES = `
begin:
.macro table target
	.quad	0x40200000 + (\\target - begin) + 3
.endm
.macro no_entries count
	.fill	\\count, 8, 0
.endm
`;

/** 39 bits from level 1 on, both stages; stage 2 maps nothing, but has tables down to level 3. The walk begins in the first page. */
const walkThatFaults = `
	adr	x0, stage2
	msr	vttbr_el2, x0
	ldr	x0, =0x80020059
	msr	vtcr_el2, x0
	adr	x0, begin
	msr	ttbr0_el1, x0
	mov	x0, #25
	msr	tcr_el1, x0
	ldr	x0, =0x30d00801
	msr	sctlr_el1, x0
	ldr	x0, =0x80000001
	msr	hcr_el2, x0
	isb
	mov	x0, #0
	at	s1e1r, x0
	mrs	x1, par_el1
	b	end
	.ltorg
	.balign	4096
stage2:
	no_entries 1
	table	level2
	no_entries 510
level2:
	no_entries 1
	table	level3
	no_entries 510
level3:
	no_entries 512
end:
`;

withTools(
  comparison,
  ['qemu-system-aarch64'],
  'shows that QEMU gives a stage 2 fault the level of the stage 1 walk (PAR_EL1.FST; AArch64.S2Walk)',
  async () => {
    const result = await compare(`${TABLES}${walkThatFaults}`);
    assert.ok('text' in result);
    // F, S and PTW are set, and bit 11, which is RES1: a translation fault of level 3, where the walk is at level 1.
    assert.match(result.text, /mrs\tx1, par_el1.*\nx1 is 0xb0f, in QEMU 0xb0b$/);
  },
);

/** Loads into X5 from 0x80000000, where EL2's tables have nothing. */
const loadThatFaults = `
	adr	x0, level1
	msr	ttbr0_el2, x0
	ldr	x0, =0x80800019
	msr	tcr_el2, x0
	mov	x0, #0xff
	msr	mair_el2, x0
	adr	x0, vectors
	msr	vbar_el2, x0
	ldr	x0, =0x30c50831
	msr	sctlr_el2, x0
	isb
	mov	x0, #0x80000000
	ldr	x5, [x0]
	.ltorg
	.balign	4096
level1:
	no_entries 1
	.quad	0x40000701
	no_entries 510
	.balign	2048
vectors:
	.space	0x200
	mrs	x1, esr_el2
	mov	x1, #0
`;

withTools(
  comparison,
  ['qemu-system-aarch64'],
  'excuses that QEMU describes a load that faults at stage 1 of EL2, which only stage 2 faults do (ESR_EL2.ISV)',
  async () => {
    const result = await compare(`${TABLES}${loadThatFaults}`);
    assert.ok('steps' in result, JSON.stringify(result));
    assert.ok(result.excused.has('esr_el2'));
  },
);

comparison.run();
