/** What a user can get wrong: one `file:line:column: error:` line each, with the chain, status 1 and no stack trace. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTempFolder } from '../oracle/tools.ts';
import { hypstep } from './hypstep.ts';

/** The lines that `words` print to standard error, in a folder with `files`; the run must fail as a user's fault does. */
function faultLines(files: Readonly<Record<string, string>>, words: readonly string[]): string[] {
  return inTempFolder((folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { status, stderr } = hypstep(words, { cwd: folder });
    assert.is(status, 1, stderr);
    assert.not.match(stderr, /\n\s+at /, 'no stack trace');
    assert.not.match(stderr, /internal error/);
    const errors = stderr.split('\n').filter((line) => /error:/.test(line));
    assert.is(errors.length, 1, stderr);
    return stderr.trimEnd().split('\n');
  });
}

const inMacro = (body: string) => ({
  'a.S': '#include "m.h"\n\tsave x0\n',
  'm.h': `.macro save reg\n\t${body}\n.endm\n`,
});

const sources: readonly [what: string, files: Readonly<Record<string, string>>, error: RegExp, chain?: RegExp][] = [
  ['a syntax error', { 'a.S': '\tmov x0, [x1\n' }, /^a\.S:1:\d+: error: /],
  ['an unknown instruction', { 'a.S': '\tnop\n\tbogus x0\n' }, /^a\.S:2:2: error: .*'bogus'/],
  [
    'an unknown instruction in a macro',
    inMacro('bogus \\reg'),
    /^m\.h:2:2: error: .*'bogus'/,
    /^a\.S:2:2: note: in expansion of macro 'save'/,
  ],
  ['an unknown system register', { 'a.S': '\tmrs x0, dbgbcr16_el1\n' }, /^a\.S:1:\d+: error: .*'dbgbcr16_el1'/],
  ['an immediate out of range', { 'a.S': '\tadd x0, x1, #4097\n' }, /^a\.S:1:\d+: error: .*4097/],
  [
    'a missing include',
    { 'a.S': '#include "m.h"\n', 'm.h': '\n#include "gone.h"\n' },
    /^m\.h:2:\d+: error: .*gone\.h/,
    /^a\.S:1:\d+: note: included from here/,
  ],
  [
    'a missing macro argument',
    { 'a.S': '#define TWO(a, b) a b\n\tTWO(nop)\n' },
    /^a\.S:2:\d+: error: .*'?TWO'?.* 2 arguments/,
  ],
  [
    'a missing argument of an assembler macro',
    { 'a.S': '.macro save reg:req\n\tmov \\reg, x0\n.endm\n\tsave\n' },
    /^a\.S:4:\d+: error: .*reg/,
  ],
  [
    'endless macro recursion',
    { 'a.S': '.macro again\n\tagain\n.endm\n\tagain\n' },
    /^a\.S:\d+:\d+: error: .*(nest|deep)/,
    /note: in expansion of macro 'again'/,
  ],
];

for (const [what, files, error, chain] of sources) {
  test(`${what} is one error with its place`, () => {
    const lines = faultLines(files, ['as', 'a.S', '-o', 'a.o']);
    assert.match(lines[0]!, error);
    if (chain !== undefined)
      assert.ok(
        lines.some((line) => chain.test(line)),
        lines.join('\n'),
      );
  });
}

test('an unknown scenario key is one error with its place', () => {
  const text = 'name: x\nhost: { code: h.S }\nguest: { code: g.S }\nmachine:\n  breakpoint: 3\n';
  const lines = faultLines({ 's.yaml': text }, ['run', 's.yaml']);
  assert.match(lines[0]!, /^s\.yaml:5:3: error: unknown key 'breakpoint'/);
});

test('a scenario path that names no field is one error with its place and what there is', () => {
  const text = 'name: x\nhost: { code: h.S }\nguest: { code: g.S }\nvcpu:\n  arch.debug_flag: 3\n';
  const code =
    '\t.globl host_start, host_return, host_done, panic, host_vectors, guest_start\nhost_start:\nhost_return:\nhost_done:\npanic:\nhost_vectors:\nguest_start: nop\n';
  const lines = faultLines({ 's.yaml': text, 'h.S': code, 'g.S': code }, ['run', 's.yaml']);
  assert.match(lines[0]!, /^s\.yaml:5:\d+: error: .*debug_flag.*debug_flags/);
});

test('a guest whose vectors hold no code is told with where it goes round, below a table that can be read', () => {
  const host = new URL('../../fixtures/guests/host.S', import.meta.url).pathname;
  const keys = ['name: x', 'steps: 100000', `host: { code: ${host} }`, 'guest: { code: g.S }'];
  const start = '\t.text\n\t.globl guest_start\nguest_start:\n\tadr x0, vectors\n\tmsr vbar_el1, x0\n\t.inst 0\n';
  inTempFolder((folder) => {
    writeFileSync(
      join(folder, 's.yaml'),
      [...keys, 'vcpu: { arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM }', ''].join('\n'),
    );
    writeFileSync(join(folder, 'g.S'), `${start}\t.balign 2048\nvectors:\t.space 0x800\n`);
    const { status, stdout } = hypstep(['run', 's.yaml'], { cwd: folder });
    assert.is(status, 1);
    assert.match(stdout, /did not end within 100000 steps.* went round in the guest at vectors\+0x200,/);
    assert.match(stdout, /^ +\(what it called is left out\)$/m);
    assert.ok(stdout.split('\n').every((line) => line.length < 250));
  });
});

test('a file that is not there is one error', () => {
  assert.match(faultLines({}, ['run', 'gone.yaml'])[0]!, /error: no scenario file 'gone\.yaml'/);
  assert.match(faultLines({}, ['as', 'gone.S'])[0]!, /error: .*gone\.S/);
  // The file of a line cannot be a folder.
  assert.match(faultLines({ 'a.yaml': '' }, ['run', 'a.yaml/b'])[0]!, /error: no scenario file 'a\.yaml\/b'/);
  const { status, stderr } = hypstep(['test', 'package.json/b']);
  assert.is(status, 2);
  assert.match(stderr, /^hypstep: error: there is no 'package\.json\/b'$/m);
});

test('a wrong command line is status 2 and says where help is', () => {
  for (const words of [['no-such-command'], ['run', '--no-such-option'], ['trace', '--format', 'gif'], ['as']]) {
    const { status, stderr } = hypstep(words);
    assert.is(status, 2, words.join(' '));
    assert.match(stderr, /error: /);
  }
});

test('--help and --version are status 0, for each command too', () => {
  assert.match(hypstep(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
  for (const command of [[], ['run'], ['trace'], ['step'], ['test'], ['as'], ['offsets'], ['layout']]) {
    const { status, stdout } = hypstep([...command, '--help']);
    assert.is(status, 0);
    assert.match(stdout, /Usage: hypstep/);
  }
});

test.run();
