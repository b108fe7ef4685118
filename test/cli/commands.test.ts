/** The commands from end to end, on what is installed. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTempFolder } from '../oracle/tools.ts';
import { treeFiles, writeTree } from '../scenario/kernel-tree.ts';
import { fixtures, roundTrip, withReplaced } from '../scenario/world-switch.ts';
import { hypstep } from './hypstep.ts';

/** Calls `body` with a copy of fixtures/hyp/after in which `change` was made to hyp.S. */
function withHyp(change: (text: string) => string, body: (folder: string) => void): void {
  inTempFolder((folder) => {
    const copy = join(folder, 'hyp');
    cpSync(`${fixtures}/hyp/after`, copy, { recursive: true });
    writeFileSync(join(copy, 'hyp.S'), change(readFileSync(join(copy, 'hyp.S'), 'utf8')));
    body(copy);
  });
}

test('run prints the routines, the exit code and what was preserved, with status 0', () => {
  const { status, stdout, stderr } = hypstep(['run']);
  assert.is(status, 0, stderr);
  for (const name of ['__save_debug', '__restore_debug', 'el1_sync', '__kvm_vcpu_return']) assert.match(stdout, name);
  assert.match(stdout, 'returned to the host: 1 (ARM_EXCEPTION_TRAP)');
  for (const group of ['x19-x30, SP', 'EL1 system registers', 'debug registers']) {
    assert.match(stdout, new RegExp(`${group}.* preserved \\(\\d+\\)`));
  }
});

test('run --json gives the same as data', () => {
  const data = JSON.parse(hypstep(['run', '--json']).stdout);
  assert.is(data.passed, true);
  assert.equal(data.exits, ['0x1']);
  assert.is(data.phases[0].name, 'host_start');
  assert.is(
    data.phases.reduce((sum: number, phase: { all: { steps: number } }) => sum + phase.all.steps, 0),
    data.steps,
  );
  assert.equal(data.lost, []);
});

test('run --hyp takes the sources from another folder, and a fault in them is status 1', () => {
  const change = (text: string) =>
    withReplaced(text, '\tkern_hyp_va x3\n\tbl\t__restore_debug\n', '\tbl\t__restore_debug\n');
  withHyp(change, (folder) => {
    const { status, stdout, stderr } = hypstep(['run', '--hyp', folder]);
    assert.is(status, 1);
    assert.match(stdout + stderr, /hyp\.S:\d+:\d+: error: EL2 data abort/);
    const trace = hypstep(['trace', '--hyp', folder]);
    assert.is(trace.status, 1);
    assert.match(trace.stdout, /__kvm_hyp_panic\+0x0/);
  });
});

test('trace --format jsonl -o writes one object a step, with the keys of the public form', () => {
  inTempFolder((folder) => {
    const path = join(folder, 'trace.jsonl');
    assert.is(hypstep(['trace', '--format', 'jsonl', '-o', path]).status, 0);
    const steps = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.ok(steps.length > 1000);
    steps.forEach((step, n) => {
      assert.is(step.step, n);
    });
    const keys = ['step', 'cycle', 'el', 'pc', 'word', 'text', 'symbol', 'line', 'writes', 'exception'];
    for (const step of steps)
      assert.equal(
        Object.keys(step),
        keys.filter((key) => key in step),
      );
    const call = steps.find((step) => step.text.startsWith('hvc'));
    assert.is(call.exception.kind, 'sync');
    assert.is(call.exception.from, 1);
    assert.is(call.exception.to, 2);
    assert.is(call.exception.esr, '0x5a000000');
    const flags = steps.flatMap((step) => step.writes).find((write) => write.field === 'vcpu.arch.debug_flags');
    assert.is(flags.size, 8);
  });
});

test('step reads commands from a pipe and echoes them', () => {
  const { status, stdout } = hypstep(['step'], { input: 'b __save_debug\nc\np vcpu.arch.debug_flags\nq\n' });
  assert.is(status, 0);
  assert.match(stdout, /\(hypstep\) c\nbreakpoint 1, __save_debug\n/);
  assert.match(stdout, /vcpu\.arch\.debug_flags = 0x0{15}1\n/);
});

test('test passes, and fails with the lines that differ where hyp.S has lost an instruction', () => {
  const passed = hypstep(['test', roundTrip]);
  assert.is(passed.status, 0, passed.stdout);
  assert.match(passed.stdout, /^\d+ passed, 0 failed$/m);
  withHyp(
    (text) => withReplaced(text, "\tmrs\tx21, mdccint_el1\t// the debug channel's\n", ''),
    (folder) => {
      const { status, stdout } = hypstep(['test', roundTrip, '--hyp', folder]);
      assert.is(status, 1);
      assert.match(stdout, /^ +-EL2 +__save_debug +mrs x21, mdccint_el1/m);
    },
  );
});

test('test takes a scenario without a golden trace, and says of one why it does not apply to a tree', () => {
  const both = `${fixtures}/scenarios/guest-debug-both.yaml`;
  assert.match(hypstep(['test', both]).stdout, /passed\n\n1 passed, 0 failed\n$/);
  inTempFolder((folder) => {
    writeTree(folder, treeFiles('before'));
    const { status, stdout } = hypstep(['test', both, '--kernel', folder]);
    assert.is(status, 0);
    assert.match(stdout, /does not apply: struct kvm_vcpu has no arch\.external_debug_state$/m);
    assert.match(stdout, /\n0 passed, 0 failed, 1 not applicable\n$/);
  });
});

test('offsets prints both sets of offsets, which differ as the change says', () => {
  const value = (text: string, name: string) => new RegExp(`#define ${name} (\\d+) `).exec(text)?.[1];
  const [after, before] = [hypstep(['offsets']).stdout, hypstep(['offsets', 'before']).stdout];
  assert.is(value(after, 'DEBUG_WVR'), '384');
  assert.is(value(before, 'DEBUG_WVR'), undefined);
  assert.is(value(before, 'VCPU_DEBUG_PTR'), undefined);
  // 64 slots of 8 bytes went from sys_regs[].
  assert.is(Number(value(before, 'VCPU_DEBUG_FLAGS')) - Number(value(after, 'VCPU_DEBUG_FLAGS')), 512);
});

test('layout prints a struct, and names the byte at an offset, whichever of the two comes first', () => {
  assert.match(hypstep(['layout', 'struct kvm_vcpu']).stdout, /^struct kvm_vcpu \{\n/);
  assert.is(hypstep(['layout', 'struct kvm_guest_debug_arch', '--at', '392']).stdout, 'dbg_wvr[1]\n');
  assert.is(hypstep(['layout', '--at', 'struct kvm_guest_debug_arch', '392']).stdout, 'dbg_wvr[1]\n');
  assert.match(
    hypstep(['layout', '--at', 'struct kvm_guest_debug_arch', '512']).stderr,
    /has 512 bytes: there is none/,
  );
  assert.is(hypstep(['layout', 'struct nothing']).status, 1);
  for (const words of [['--at', 'struct kvm_vcpu'], ['struct kvm_vcpu', '--at', 'x'], ['--diff', 'after', 'int'], []])
    assert.is(hypstep(['layout', ...words]).status, 2, words.join(' '));
});

test('layout --diff prints what moved between two sets of headers', () => {
  const lines = hypstep(['layout', '--diff', 'before', 'after', 'struct kvm_vcpu']).stdout.split('\n');
  assert.is(lines[0], 'struct kvm_vcpu: 2816 -> 3840 bytes');
  assert.ok(lines.some((line) => /^\+ arch\.debug_ptr .*struct kvm_guest_debug_arch \*debug_ptr$/.test(line)));
  assert.ok(lines.some((line) => /^~ arch\.ctxt\.sys_regs .*u64 sys_regs\[94\] -> u64 sys_regs\[30\]$/.test(line)));
  assert.match(hypstep(['layout', '--diff', 'after', 'gone', 'struct kvm']).stderr, /gone is no Linux tree/);
});

test('--kernel takes a tree in run, test, offsets and layout, and a stale asm-offsets.h is a warning', () => {
  inTempFolder((folder) => {
    const tree = join(folder, 'linux');
    writeTree(tree, treeFiles());
    const { status, stdout, stderr } = hypstep(['run', '--kernel', 'linux'], { cwd: folder });
    assert.is(status, 0, stdout + stderr);
    assert.match(stdout, /linux\/arch\/arm64\/kvm/);
    assert.is(hypstep(['test', roundTrip, '--kernel', tree]).status, 0);
    const made = hypstep(['offsets', '--kernel', tree]);
    assert.is(made.stderr, '');
    assert.is(made.stdout, hypstep(['offsets', 'after']).stdout);
    const at = hypstep(['layout', 'struct kvm_guest_debug_arch', '--at', '392', '--kernel', tree]);
    assert.is(at.stdout, 'dbg_wvr[1]\n');
    const stale = made.stdout.replace(/(DEBUG_WVR) 384/, '$1 392');
    writeTree(tree, { 'include/generated/asm-offsets.h': stale });
    const warned = hypstep(['offsets', '--kernel', tree]);
    assert.is(warned.stdout, made.stdout);
    assert.match(warned.stderr, /asm-offsets\.h:\d+:1: warning: .*: DEBUG_WVR is 384, here 392\n/);
    assert.match(hypstep(['run', '--kernel', tree]).stderr, /warning: .*DEBUG_WVR is 384, here 392\n/);
  });
});

test('as makes an object, or lists what each line emitted', () => {
  inTempFolder((folder) => {
    writeFileSync(join(folder, 'a.S'), '.macro two\n\tnop\n\tret\n.endm\n#define N 3\n\tmov x0, #N\n\ttwo\n');
    assert.is(hypstep(['as', 'a.S'], { cwd: folder }).status, 0);
    assert.equal([...readFileSync(join(folder, 'a.o')).subarray(0, 4)], [0x7f, 0x45, 0x4c, 0x46]);
    const { stdout } = hypstep(['as', '--listing', 'a.S'], { cwd: folder });
    assert.match(stdout, /^00000000 {2}d2800060 .* a\.S:6 {2}mov x0, #N$/m);
    assert.match(stdout, /^00000008 {2}d65f03c0 .* a\.S:7 {2}two {2}\[two a\.S:3 {2}ret\]$/m);
  });
});

test.run();
