/** run, trace and step on a bare-metal ELF file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTempFolder } from '../oracle/tools.ts';
import { code, elfFile, PROGRAM, program } from '../scenario/elf-program.ts';
import { hypstep, type Outcome } from './hypstep.ts';

/** Runs `hypstep` with `words` in a folder that has `file` under the name prog. */
function on(file: Uint8Array, words: readonly string[], input?: string): Outcome {
  return inTempFolder((folder) => {
    writeFileSync(join(folder, 'prog'), file);
    return hypstep(words, { cwd: folder, input });
  });
}

/** Sends "ok\n" by the UART and ends with status 3. */
const hello = elfFile({
  segments: [
    {
      virtualAddress: PROGRAM,
      bytes: Uint8Array.from([
        ...code('mov x1, #0x09000000', 'mov w2, #111', 'str w2, [x1]', 'mov w2, #107', 'str w2, [x1]'),
        ...code('mov w2, #10', 'str w2, [x1]', 'adr x1, .+12', 'mov x0, #0x18', 'hlt #0xf000'),
        ...new Uint8Array(BigUint64Array.of(0x20026n, 3n).buffer),
      ]),
    },
  ],
  entry: PROGRAM,
});

test('run passes on what the program sends and its status, and tells the end on standard error', () => {
  const { status, stdout, stderr } = on(hello, ['run', 'prog']);
  assert.is(status, 3);
  assert.is(stdout, 'ok\n');
  assert.match(stderr, /^hypstep: the program has ended with status 3 after 10 steps \(SYS_EXIT\); \d+ cycles/);
});

test('run --json has the output in the data', () => {
  const data = JSON.parse(on(hello, ['run', '--json', '--cpu', 'cortex-a72', 'prog']).stdout);
  assert.equal(data.output, { stdout: 'ok\n', stderr: '' });
  assert.equal([data.ending, data.status, data.steps], ['exit', 3, 10]);
  assert.equal(data.machine, { cpu: 'cortex-a72', gic: 'v2' });
  assert.is(data.timing, 'cortex-a53');
});

test('trace keeps standard output for the trace', () => {
  const { stdout, stderr } = on(hello, ['trace', '--format', 'jsonl', 'prog']);
  assert.is(stdout.trimEnd().split('\n').length, 10);
  assert.is(JSON.parse(stdout.split('\n')[0]!).pc, '0x40080000');
  assert.match(stderr, /^ok\nhypstep: /);
});

test('step goes forwards and backwards through it', () => {
  const { stdout, status } = on(hello, ['step', 'prog'], 's 3\nback 2\nc\n');
  assert.is(status, 0);
  assert.match(stdout, /1 {2}EL2 {2}0x0000000040080004 {2}mov w2, #0x6f/);
  assert.match(stdout, /the program has ended with status 3 after 10 steps/);
});

test('the limit of steps is told in one line, with status 1', () => {
  const { status, stderr } = on(program('nop', 'b .+-4'), ['run', '--steps', '7', 'prog']);
  assert.is(status, 1);
  assert.match(stderr, /^hypstep: .*limit of 7 steps.*\n$/);
});

const usage: readonly [words: readonly string[], message: RegExp][] = [
  [['--ram', '0'], /--ram takes a number from 1 to 2047, not '0'/],
  [['--steps', 'many'], /--steps takes a number from 1/],
  [['--cpu', 'cortex-m0'], /--cpu is one of .*cortex-a72/],
  [['--gic', 'v5'], /--gic/],
  [['--hyp', '.'], /--hyp is for a scenario/],
];

for (const [words, message] of usage) {
  test(`run ${words.join(' ')} on an ELF file is wrong usage`, () => {
    const { status, stderr } = on(hello, ['run', ...words, 'prog']);
    assert.is(status, 2, stderr);
    assert.match(stderr, message);
  });
}

test('options of the board are refused for a scenario', () => {
  const { status, stderr } = hypstep(['run', '--ram', '64']);
  assert.is(status, 2);
  assert.match(stderr, /--ram is for an ELF file/);
});

test('a damaged ELF file is one error', () => {
  const { status, stderr } = on(hello.subarray(0, 130), ['run', 'prog']);
  assert.is(status, 1);
  assert.match(stderr, /^error: prog: a segment of 56 bytes lies beyond the end of the file.*\n$/);
});

test.run();
