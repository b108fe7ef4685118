import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { textLines } from '../../sim/formats/text.ts';
import { trace } from './traced-program.ts';

const PROGRAM = `start: mov w1, #5
str w1, [x21]
str x1, [x20, #8]
bl next
next: hvc #1`;

const textOf = (source: string, steps: number) => [...textLines(trace(source, steps))];
const stableOf = (source: string, steps: number) => [...textLines(trace(source, steps), { stable: true })];

test('a step is one line: step, cycle, level, address, word, text, symbol, source line, and what it wrote', () => {
  assert.equal(textOf(PROGRAM, 3), [
    '      0        0 EL2 0000000040010000 528000a1 mov w1, #0x5                             start+0x0                        hyp.S:100            x1: 0x0 -> 0x5',
    '      1        0 EL2 0000000040010004 b90002a1 str w1, [x21]                            start+0x4                        hyp.S:101            vcpu.flags: 0x00000000 -> 0x00000005',
    '      2        1 EL2 0000000040010008 f9000681 str x1, [x20, #8]                        start+0x8                        hyp.S:102            [0x40100008]: 0x0 -> 0x5',
  ]);
});

test('an exception is a line of its own under the step that took it', () => {
  const lines = textOf(PROGRAM, 5);
  assert.is(lines.length, 6);
  assert.is(lines[5], '        sync exception from EL2 to EL2, ESR_EL2 0x5a000001, ELR_EL2 0x40010014, vector 0x200');
});

test('a step without an instruction says so', () => {
  assert.match(textOf(PROGRAM, 6)[6]!, / EL2 0000000000000200 -------- \(no instruction\) /);
  const recording = trace('nop', 1);
  recording.intervene(() => recording.machine.cpu.write(1, 7n));
  assert.match([...textLines(recording)][1]!, /\(changed by the simulator\) +x1: 0x0 -> 0x7$/);
});

test('no line ends in a space', () => {
  for (const line of [...textOf('nop; hvc #0', 3), ...stableOf('nop; hvc #0', 3)]) assert.is(line, line.trimEnd());
});

test('the stable form tells the level, the routine, the text and new values; addresses by name', () => {
  assert.equal(stableOf(PROGRAM, 5), [
    'EL2 start                        mov w1, #0x5                             x1 = 0x5',
    'EL2 start                        str w1, [x21]                            vcpu.flags = 0x00000005',
    'EL2 start                        str x1, [x20, #8]                        [page 1+0x8] = 0x5',
    'EL2 start                        bl <next>                                x30 = <start>',
    'EL2 next                         hvc #0x1                                 esr_el2 = 0x5a000001; spsr_el2 = 0x3c9; elr_el2 = <next>',
    '    sync exception from EL2 to EL2, ESR_EL2 0x5a000001, vector 0x200',
  ]);
});

/** Stores an address of code, one of typed data and one of other data, and branches over a loop. */
const withExtra = (extra: string, before: string) => `${before}
start: adr x2, next
stp x2, x21, [x20, #8]
mov x4, x20
${extra}
cbz x4, next
adr x5, start
b next
before: nop
next: str x5, [x21, #8]
1: b 1b
`;

test('code that moves leaves the stable form alone', () => {
  const plain = stableOf(`b start; nop; ${withExtra('', '')}`, 8);
  const moved = stableOf(`b start; nop; nop; ${withExtra('', 'other: nop; nop; nop; ret')}`, 8);
  assert.equal(moved.slice(1), plain.slice(1));
  assert.ok(plain.some((line) => line.includes('[page 1+0x10] = <vcpu.flags>')));
  assert.ok(plain.some((line) => line.includes('vcpu.entry = <start>')));
});

test('an instruction added to a routine shows as one line, and as nothing else', () => {
  const without = stableOf(withExtra('', ''), 8);
  const withOne = stableOf(withExtra('add x6, x6, #1', ''), 9);
  const added = withOne.filter((line) => line.includes('add x6'));
  assert.is(added.length, 1);
  assert.equal(
    withOne.filter((line) => !line.includes('add x6')),
    without,
  );
});

test('memory that belongs to a symbol is told by it and the distance from its start', () => {
  const lines = stableOf('start: adr x1, table; str x1, [x1, #8]; b .; .balign 8; table: .skip 32', 2);
  assert.match(lines[1]!, /\[table\+0x8\] = <table>$/);
});

test('a number that only looks like an address is left as it is', () => {
  const lines = stableOf(
    'start: mov x1, #0x40200000; sub x2, x20, #16; str x1, [x20]; mov x1, x20; add x3, x20, #0x1000',
    5,
  );
  assert.match(lines[0]!, /x1 = 0x40200000$/);
  assert.match(lines[1]!, /x2 = 0x400ffff0$/);
  // From here on the page has a number; its end is where an empty stack would point.
  assert.match(lines[3]!, /x1 = <page 1\+0x0>$/);
  assert.match(lines[4]!, /x3 = <page 1\+0x1000>$/);
});

test('a lost write shows in the steps that depend on it', () => {
  const source = (body: string) => `start: ${body}\nstr x1, [x21, #8]\nb .`;
  const good = stableOf(source('mov x1, #7'), 3);
  const bad = stableOf(source('nop'), 3);
  assert.ok(good.some((line) => line.endsWith('vcpu.entry = 0x7')));
  assert.ok(bad.some((line) => line.endsWith('vcpu.entry = 0x0')));
});

test.run();
