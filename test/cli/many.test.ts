/** run and test on more than one scenario: a table, then the failures. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hypstep } from './hypstep.ts';

const guests = new URL('../../fixtures/guests', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'hypstep-many-'));
test.after(() => rmSync(folder, { recursive: true }));

/** Writes a scenario with the round trip's host and guest and the given further keys; its path. */
function scenario(name: string, ...keys: readonly string[]): string {
  const path = join(folder, `${name}.yaml`);
  const code = [`host: { code: ${guests}/host.S }`, `guest: { code: ${guests}/guest-round-trip.S }`];
  const vcpu = 'vcpu: { arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM }';
  writeFileSync(path, [`name: ${name}`, ...code, vcpu, ...keys, ''].join('\n'));
  return path;
}

const good = scenario('good', 'expect: { exits: [ARM_EXCEPTION_TRAP] }');
const pairs = scenario('pairs', 'matrix: { machine.breakpoints: [1, 16], machine.watchpoints: [2, 9] }');
const pointer = scenario('pointer', 'needs: [vcpu.arch.debug_ptr]');

test('a table tells of each scenario what it ran on, its runs, exits, steps and cycles, and the result', () => {
  const { status, stdout } = hypstep(['run', good, pairs, pointer]);
  assert.is(status, 0, stdout);
  assert.match(stdout, /^scenario +on +runs +exits +steps +cycles +result\n/);
  assert.match(stdout, /^good +cortex-a53, GICv2, after +1 +1 +\d+ +\d+ +passed$/m);
  assert.match(stdout, /^pairs +cortex-a53, GICv2, after +4 +4 +\d+ +\d+ +passed$/m);
  assert.match(stdout, /\n3 passed, 0 failed\n$/);
});

test('runs on several machines are told by the first, and all of them as data', () => {
  const cores = scenario(
    'cores',
    'matrix: { machine.cpu: [cortex-a53, cortex-a57, cortex-a53], machine.gic: [v2, v3] }',
  );
  const { stdout } = hypstep(['run', cores, good]);
  assert.match(stdout, /^cores +cortex-a53, GICv2, after \(\+3\) +6 +6 /m);
  assert.match(stdout, /^good +cortex-a53, GICv2, after +1 +1 /m);
  const [first] = JSON.parse(hypstep(['run', cores, good, '--json']).stdout);
  const all = ['cortex-a53, GICv2', 'cortex-a53, GICv3', 'cortex-a57, GICv2', 'cortex-a57, GICv3'];
  assert.is(first.on, all.map((place) => `${place}, after`).join('; '));
});

test('a scenario that does not apply is told as such with the reason, alone or among others, and is no failure', () => {
  const many = hypstep(['run', good, pointer, '--sources', 'before']);
  assert.is(many.status, 0);
  assert.match(many.stdout, /^pointer .*does not apply: struct kvm_vcpu has no arch\.debug_ptr$/m);
  assert.match(many.stdout, /^good +cortex-a53, GICv2, before /m);
  assert.match(many.stdout, /\n1 passed, 0 failed, 1 not applicable\n$/);
  const alone = hypstep(['run', pointer, '--sources', 'before']);
  assert.is(alone.status, 0);
  assert.is(alone.stdout, `${pointer}: does not apply: struct kvm_vcpu has no arch.debug_ptr\n`);
});

test('failures stand below the table, with the combination of the matrix, and the exit status is 1', () => {
  const failing = scenario('failing', 'matrix: { machine.breakpoints: 1-2 }', 'expect: { absent: [__save_sysregs] }');
  const { status, stdout, stderr } = hypstep(['run', good, failing]);
  assert.is(status, 1);
  assert.is(stderr, '');
  assert.match(stdout, /^failing .* FAILED \(2\)$/m);
  assert.match(stdout, /^ {4}with machine\.breakpoints 2: .*failing\.yaml:6:20: __save_sysregs was entered$/m);
  assert.match(stdout, /\n1 passed, 1 failed\n$/);
});

test('exits that are not as many as expected are told by the names of their codes, equal ones once', () => {
  const trap = '1 \\(ARM_EXCEPTION_TRAP\\)';
  const outcome = (...keys: readonly string[]) => hypstep(['run', scenario('exits', ...keys), good]).stdout;
  const many = outcome('entries: 3', 'expect: { exits: [ARM_EXCEPTION_TRAP] }');
  assert.match(many, new RegExp(`exits\\.yaml:6:18: returned to the host: 3 times ${trap}; expected ${trap}$`, 'm'));
  const none = outcome('expect: { exits: [] }');
  assert.match(none, new RegExp(`: returned to the host: ${trap}; expected nothing$`, 'm'));
  const other = outcome('expect: { exits: [ARM_EXCEPTION_IRQ, 9] }');
  assert.match(other, new RegExp(`: returned to the host: ${trap}; expected 0 \\(ARM_EXCEPTION_IRQ\\), 9$`, 'm'));
});

test('a routine that nothing defines is no routine to be absent, unless another kernel than the scenario has it runs', () => {
  const typo = scenario('absent', 'expect: { absent: [__save_debugg], times: { __save_degub: 0 } }');
  const { status, stdout } = hypstep(['run', typo, good]);
  assert.is(status, 1);
  assert.match(stdout, /absent\.yaml:5:20: neither host, hyp nor guest code defines a symbol '__save_debugg'/);
  assert.match(stdout, /absent\.yaml:5:59: neither host, hyp nor guest code defines a symbol '__save_degub'/);
  assert.is(hypstep(['run', typo, good, '--sources', 'before']).status, 0);
});

test('exits that only a 32-bit guest has are refused of another', () => {
  const path = join(folder, 'exits.yaml');
  const guest = `guest: { code: ${guests}/guest-round-trip.S, exits: [{ esr: 0x4a000000 }] }`;
  writeFileSync(path, ['name: exits', `host: { code: ${guests}/host.S }`, guest, ''].join('\n'));
  const { status, stderr } = hypstep(['run', path]);
  assert.is(status, 1);
  assert.match(stderr, /exits\.yaml:3:\d+: error: guest\.exits: this key is for a 32-bit guest: 'aarch32: true'/);
});

test('a scenario that cannot be read or prepared is a failure with its place, and the others are run', () => {
  const path = scenario('typo', 'machines: {}');
  const { status, stdout } = hypstep(['run', path, good]);
  assert.is(status, 1);
  assert.match(stdout, /typo\.yaml:5:1: error: unknown key 'machines'; known here: name,/);
  assert.match(stdout, /\n1 passed, 1 failed\n$/);
});

test('--with takes some combinations of a matrix, one alone as a scenario without one', () => {
  const some = hypstep(['run', pairs, '--with', 'machine.watchpoints 9']);
  assert.match(some.stdout, /^pairs +cortex-a53, GICv2, after +2 +2 +\d+ +\d+ +passed$/m);
  const one = ['--with', 'machine.breakpoints 16, machine.watchpoints 9'];
  assert.match(hypstep(['run', pairs, ...one]).stdout, /preserved/);
  const looked = (words: readonly string[]) =>
    hypstep(['step', pairs, ...words], { input: 'p dbgwvr8_el1\np dbgbvr15_el1\nq\n' }).stdout;
  assert.match(looked(one), /dbgwvr8_el1 = 0x[\s\S]*dbgbvr15_el1 = 0x/);
  assert.not.match(looked(['--with', 'machine.watchpoints 2']), /dbgwvr8_el1 = 0x/);
});

test('--with is for one scenario, and names what its matrix has', () => {
  const several = hypstep(['run', pairs, good, '--with', 'machine.breakpoints 1']);
  assert.is(several.status, 2);
  assert.match(several.stderr, /--with is for one scenario/);
  const wrong = hypstep(['trace', pairs, '--with', 'machine.breakpoints 2']);
  assert.is(wrong.status, 1);
  assert.match(wrong.stderr, /no combination with 'machine\.breakpoints 2': machine\.breakpoints is one of 1, 16/);
});

test('--json tells the same as data', () => {
  const { status, stdout } = hypstep(['run', good, pointer, '--sources', 'before', '--json']);
  assert.is(status, 0);
  const [first, second] = JSON.parse(stdout);
  assert.is(first.passed, true);
  assert.is(first.runs, 1);
  assert.equal(second, {
    path: pointer,
    scenario: 'pointer',
    applies: false,
    passed: false,
    reason: 'struct kvm_vcpu has no arch.debug_ptr',
  });
});

test('step and trace of a scenario that does not apply say why', () => {
  const { status, stderr } = hypstep(['trace', pointer, '--sources', 'before']);
  assert.is(status, 1);
  assert.match(
    stderr,
    /pointer\.yaml:5:9: error: the scenario does not apply: struct kvm_vcpu has no arch\.debug_ptr\n/,
  );
});

test.run();
