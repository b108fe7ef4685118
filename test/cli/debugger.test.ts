import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { Debugger } from '../../sim/cli/debugger.ts';
import { prepareBareMetal } from '../../sim/scenario/bare-metal.ts';
import { BareMetalRun } from '../../sim/scenario/bare-metal-run.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { program } from '../scenario/elf-program.ts';
import { readyWith } from '../scenario/world-switch.ts';

/** A prompt at the beginning of the default scenario. */
function prompt(): { debug: Debugger; run: ScenarioRun; say: (line: string) => string } {
  const run = new ScenarioRun(readyWith());
  const debug = new Debugger(run);
  return { debug, run, say: (line) => debug.execute(line).join('\n') };
}

test('s shows what a step changed and what comes next; back undoes it', () => {
  const { debug, run, say } = prompt();
  const start = debug.here();
  const argument = run.ready.vm.vcpu.toString(16);
  assert.match(say('s'), new RegExp(`^    x1: 0x0{16} -> 0x${argument}\n +1  EL1 .*host_start\\+0x4, host\\.S:`));
  assert.is(say('p x1'), `x1 = 0x${argument}  (in vcpu.kvm)`);
  assert.equal(debug.execute('back'), start);
  assert.match(say('p x1'), /^x1 = 0x0{16}$/);
  assert.match(say('back'), /^this is the beginning/);
});

test('a breakpoint holds at the hyp address of a symbol, and c stops there each time it is reached', () => {
  const { say } = prompt();
  assert.match(say('b __save_debug'), /^breakpoint 1 at __save_debug \(__save_debug\+0x0, hyp\.S:\d+\)$/);
  assert.match(say('c'), /^breakpoint 1, __save_debug\n.*EL2 .*mrs x26, id_aa64dfr0_el1/);
  assert.match(
    say('where'),
    /^#0 {2}EL2 {2}__save_debug.*\n#1 {2}EL2 {2}__kvm_vcpu_run.*\n#2 {2}EL2 {2}el1_sync.*\n#3 {2}EL1 {2}kvm_call_hyp.*\n#4 {2}EL1 {2}host_start/,
  );
  assert.match(say('c'), /^breakpoint 1, __save_debug/);
  assert.match(say('where'), /^#0 {2}EL2 {2}__save_debug.*\n#1 {2}EL2 {2}__kvm_vcpu_return/);
  assert.match(say('c'), /^the run has ended after \d+ steps: the host has control again$/);
  assert.match(say('rc'), /^breakpoint 1, __save_debug/);
  assert.is(say('b'), '1  __save_debug');
  assert.is(say('d 1'), '');
  assert.is(say('b'), 'no breakpoints');
});

test('n goes over a call, finish out of a routine', () => {
  const { say } = prompt();
  say('b __kvm_vcpu_run');
  say('c');
  say('d 1');
  let line = '';
  while (!/ bl /.test(line)) line = say('n');
  const call = /EL2 {2}0x([0-9a-f]{16})/.exec(line)![1]!;
  assert.match(say('n'), new RegExp(`EL2  0x${(BigInt(`0x${call}`) + 4n).toString(16).padStart(16, '0')}`));
  say('b __restore_sysregs');
  say('c');
  say('d 2');
  assert.match(say('finish'), /EL2 .* __kvm_vcpu_run\+/);
});

test('p shows a whole struct and follows pointers; who finds the step that wrote a field', () => {
  const { say } = prompt();
  say('c');
  assert.match(say('p vcpu.arch.debug_ptr->dbg_bcr[3]'), /= 0x0{11}301e6$/);
  assert.match(say('p vcpu.arch.fault'), /esr_el2 = 0x5a000007\n.*far_el2 = .*\n.*hpfar_el2 = /);
  const found = say('who vcpu.arch.vcpu_debug_state.dbg_bcr[3]');
  assert.match(found, /^step \d+: str x\d+, \[x4, #24\]\n.*dbg_bcr\[3\]: .* -> 0x0{11}301e6$/);
  assert.match(say('x/2 vcpu.arch.debug_flags'), /: 0x0{16} {2}vcpu\.arch\.debug_flags\n.*vcpu\.arch\.debug_ptr$/);
  assert.match(say('x __kvm_vcpu_run'), /^0x[0-9a-f]+: 0x[0-9a-f]{16}/m, 'a symbol');
  say(`goto ${/^step (\d+)/.exec(found)![1]}`);
  assert.match(say('where'), /^#0 {2}EL2 {2}__save_debug/);
});

test('p and who take a register by each of its names, and sp for the stack pointer in use', () => {
  const lines = ['mov x1, #0x1234', 'mov sp, x1', 'msr spsel, #0', 'mov x30, #-1', 'add sp, x1, #4', 'nop'];
  const ready = prepareBareMetal('a.elf', { files: new MemoryFiles({ 'a.elf': program(...lines) }) });
  const debug = new Debugger(new BareMetalRun(ready));
  const say = (line: string) => debug.execute(line).join('\n');
  say('s 2');
  assert.is(say('p sp'), 'sp = 0x0000000000001234');
  say('s 3');
  assert.is(say('p SP'), 'SP = 0x0000000000001238');
  assert.is(say('p sp_el2'), 'sp_el2 = 0x0000000000001234');
  assert.match(say('who sp'), /^step 4: /);
  assert.match(say('who sp_el2'), /^step 1: /);
  assert.is(say('p w30'), 'w30 = 0x00000000ffffffff');
  assert.is(say('p lr'), 'lr = 0xffffffffffffffff');
  for (const name of ['lr', 'w30', 'X30']) assert.match(say(`who ${name}`), /^step 3: /, name);
});

test('l shows the source around, with the line of the macro body', () => {
  const { say } = prompt();
  say('b __save_debug');
  say('c');
  assert.match(
    say('l'),
    /hyp\.S:\d+\n(.|\n)*> +\d+ {2}\tcount_missing_debug_regs\n(.|\n)*in macro count_missing_debug_regs, .*: mrs\tx26, id_aa64dfr0_el1$/,
  );
});

test('register sets are shown by name', () => {
  const { say } = prompt();
  assert.match(say('regs'), /^x0 +0x[0-9a-f]{16} {3}x1 /);
  assert.match(say('regs el2'), /hcr_el2 +0x/);
  assert.match(say('regs debug'), /dbgbcr5_el1 +0x/);
  assert.match(say('regs wrong'), /^error: no register set 'wrong': one of general, /);
});

test('what is wrong is one line, and changes nothing', () => {
  const { debug, say } = prompt();
  const here = debug.here();
  for (const line of [
    'frobnicate',
    'b nowhere',
    'b hyp.S:1',
    'p vcpu.arch.nothing',
    'p',
    's x',
    'goto -1',
    'd 9',
    'x/0 x0',
    'x 0x10',
  ]) {
    assert.match(say(line), /^error: [^\n]+$/, line);
  }
  assert.equal(debug.here(), here);
  assert.match(say('goto 100000000'), /^error: the run has \d+ steps$/);
});

test('an empty line repeats the last movement, and a comment does nothing', () => {
  const { run, say } = prompt();
  say('s');
  say('');
  assert.is(run.ready.recording.position, 2);
  say('# s');
  say('where');
  say('');
  assert.is(run.ready.recording.position, 2);
});

test('help lists every command, and q ends', () => {
  const { debug, say } = prompt();
  assert.match(say('help'), /^s \[N\] (.|\n)*finish(.|\n)*back \[N\](.|\n)*An empty line repeats/);
  assert.not.ok(debug.finished);
  say('q');
  assert.ok(debug.finished);
});

test.run();
