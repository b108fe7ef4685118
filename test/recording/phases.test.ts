import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { X0 } from '../../sim/core/registers.ts';
import { type Phase, phasePath, phasesOf } from '../../sim/recording/phases.ts';
import { Recording } from '../../sim/recording/recording.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { CODE, DATA, machineWith } from './el2-machine.ts';

/** A recording up to, not including, the first step at the label `end` (or of `limit` steps). */
function record(source: string, limit = 500): Recording {
  const { machine, annotations } = machineWith(source);
  machine.cpu.cells[X0 + 20] = DATA;
  const recording = new Recording(machine, new CortexA53());
  recording.annotations = annotations;
  const atEnd = () => {
    const pa = machine.memory.translate(machine.cpu.pc);
    return pa !== undefined && annotations.symbolAt(pa)?.name === 'end';
  };
  while (recording.length < limit && !atEnd()) recording.step();
  return recording;
}

/** The tree as indented names. */
function outline(phases: readonly Phase[], depth = 0): string[] {
  return phases.flatMap(({ name, el, children }) => [
    `${'  '.repeat(depth)}${name} ${el}`,
    ...outline(children, depth + 1),
  ]);
}

const outlineOf = (recording: Recording) => outline(phasesOf(recording, recording.annotations));

test('a call is nested in its caller, which goes on afterwards as the same phase', () => {
  const source = 'start: nop; bl a; nop; bl b; b end; a: nop; ret; b: mov x1, x30; bl a; ret x1; end: nop';
  const recording = record(source);
  assert.equal(outlineOf(recording), ['start 2', '  a 2', '  b 2', '    a 2']);
});

test('steps and cycles are told for a routine alone and with what it called, and add up to the whole', () => {
  const recording = record('start: nop; bl a; b end; a: nop; nop; ret; end: nop');
  const [start] = phasesOf(recording, recording.annotations);
  assert.is(start!.own.steps, 3);
  assert.is(start!.all.steps, 6);
  assert.is(start!.children[0]!.own.steps, 3);
  assert.equal([start!.start, start!.end], [0, 6]);
  assert.equal([start!.children[0]!.start, start!.children[0]!.end], [2, 5]);
  assert.is(start!.own.cycles + start!.children[0]!.own.cycles, start!.all.cycles);
  assert.is(start!.all.cycles, recording.completionAt(5) - recording.cycleAt(0));
});

test('falling or branching into another symbol is a new phase beside the one before', () => {
  const recording = record('start: bl a; b end; a: nop; a2: nop; b a3; nop; a3: ret; end: nop');
  assert.equal(outlineOf(recording), ['start 2', '  a 2', '  a2 2', '  a3 2']);
});

test('a branch back into the symbol before is a phase of its own', () => {
  const recording = record('start: mov x1, #2; a: sub x1, x1, #1; b b; b: cbnz x1, a; b end; end: nop');
  assert.equal(outlineOf(recording), ['start 2', 'a 2', 'b 2', 'a 2', 'b 2']);
});

test('a computed branch inside a routine changes nothing', () => {
  const recording = record('start: adr x1, 1f; add x1, x1, #4; br x1; 1: nop; nop; b end; end: nop');
  assert.equal(outlineOf(recording), ['start 2']);
});

test('a return that skips callers closes all of them', () => {
  const recording = record('start: bl a; nop; b end; a: mov x9, x30; bl b; nop; b: bl c; nop; c: ret x9; end: nop');
  assert.equal(outlineOf(recording), ['start 2', '  a 2', '    b 2', '      c 2']);
  assert.is(phasesOf(recording, recording.annotations)[0]!.own.steps, 3);
});

test('a branch through a register back to the caller is a return', () => {
  const recording = record('start: bl a; b end; a: mov x9, x30; br x9; end: nop');
  assert.equal(outlineOf(recording), ['start 2', '  a 2']);
});

test('a return to where nobody called from is a phase beside', () => {
  const recording = record('start: adr x30, b; ret; b: nop; b end; end: nop');
  assert.equal(outlineOf(recording), ['start 2', 'b 2']);
});

test('recursion is as deep as it is', () => {
  const source = `start: mov x0, #3; bl a; b end
a: cbz x0, 1f; str x30, [x20], #8; sub x0, x0, #1; bl a; ldr x30, [x20, #-8]!; 1: ret
end: nop`;
  assert.equal(outlineOf(record(source)), ['start 2', '  a 2', '    a 2', '      a 2', '        a 2']);
});

test('calls return from any depth to the one that called', () => {
  // Each level calls b after the call of the next level has returned.
  const source = `start: mov x0, #100; bl a; bl b; b end
a: cbz x0, 1f; stp x0, x30, [x20], #16; sub x0, x0, #1; bl a; bl b; ldp x0, x30, [x20, #-16]!; 1: ret
b: ret
end: nop`;
  const recording = record(source, 2000);
  let children = phasesOf(recording, recording.annotations)[0]!.children;
  for (let depth = 0; depth <= 100; depth++) {
    const names = children.map(({ name }) => name);
    assert.equal(names, ['a', 'b'], `depth ${depth}`);
    children = children[0]!.children;
  }
  assert.equal(children, []);
});

/** How many phases lie in one another, along the last of each. */
function depthOf(phases: readonly Phase[]): number {
  let depth = 0;
  for (let at = phases.at(-1); at !== undefined; at = at.children.at(-1)) depth++;
  return depth;
}

test('exceptions without end nest 250 deep, and what is deeper counts as the deepest', () => {
  const source = `start: adr x0, vectors; msr vbar_el2, x0; b crash
.balign 2048
vectors: .space 0x200
crash: .inst 0`;
  const recording = record(source, 5000);
  const phases = phasesOf(recording, recording.annotations);
  assert.is(depthOf(phases), 251);
  assert.is(
    phases.reduce((sum, { all }) => sum + all.steps, 0),
    5000,
  );
  assert.is(phasePath(recording, recording.annotations, 5000).length, 251);
});

test('a guest that crashes without end, and calls its hypervisor from there, leaves the hypervisor where it was', () => {
  // 1500 times the guest's handler takes another exception.
  const nested = HYPERVISOR.replace(
    'mov x11, #7; hvc #2; mov x11, #8; hvc #3',
    'adr x0, el1_vectors; msr vbar_el1, x0; mov x11, #1500; .inst 0',
  ).replace(
    'end: nop',
    '.balign 2048\nel1_vectors: b again; .space 0x1fc\nagain: cbz x11, 1f; sub x11, x11, #1; .inst 0; 1: hvc #3\nend: nop',
  );
  const recording = record(nested, 10000);
  const names = outlineOf(recording);
  assert.ok(recording.length < 10000);
  assert.ok(names.includes('        vcpu_return 2'), names.filter((name) => !name.includes('again')).join('\n'));
});

test('code without symbols has a name that says so', () => {
  const { machine } = machineWith('bl .+8; b .; ret');
  const recording = new Recording(machine, new CortexA53());
  for (let n = 0; n < 3; n++) recording.step();
  assert.equal(outline(phasesOf(recording, recording.annotations)), ['(no symbol) 2', '  (no symbol) 2']);
});

/** A hypervisor in the manner of KVM's: HVC 1 enters the guest, the guest's HVC 3 ends it, its HVC 2 is handled. */
const HYPERVISOR = `
boot: adr x0, vectors; msr vbar_el2, x0; adr x1, host; msr elr_el2, x1; mov x2, #0x3c5; msr spsr_el2, x2; isb; eret
host: bl call_hyp; b end
call_hyp: str x30, [x20]; hvc #1; ldr x30, [x20]; ret
guest: mov x11, #7; hvc #2; mov x11, #8; hvc #3
.balign 2048
vectors: .rept 8; b .; .balign 128; .endr; b el1_sync
.balign 2048
el1_sync: mrs x3, esr_el2; and x3, x3, #0xff; cmp x3, #2; b.eq handle; b.hi vcpu_return
el1_hvc: bl vcpu_run; eret
vcpu_run: str x30, [x20, #8]; bl save; mrs x5, elr_el2; adr x4, guest; msr elr_el2, x4; eret
handle: eret
vcpu_return: bl save; msr elr_el2, x5; ldr x30, [x20, #8]; ret
save: ret
end: nop`;

test('a guest is nested in what entered it; what it never returns to stands beside', () => {
  assert.equal(outlineOf(record(HYPERVISOR)), [
    'boot 2',
    '  host 1',
    '    call_hyp 1',
    '      vectors 2',
    '      el1_sync 2',
    '      el1_hvc 2',
    '        vcpu_run 2',
    '          save 2',
    '          guest 1',
    '            vectors 2',
    '            el1_sync 2',
    '            handle 2',
    '        vectors 2',
    '        el1_sync 2',
    '        vcpu_return 2',
    '          save 2',
  ]);
});

test('the same switch ten times over does not nest deeper', () => {
  const again = HYPERVISOR.replace(
    'host: bl call_hyp; b end',
    'host: mov x19, #10; 1: bl call_hyp; sub x19, x19, #1; cbnz x19, 1b; b end',
  );
  const [boot] = phasesOf(record(again, 2000), record(again, 2000).annotations);
  const host = boot!.children[0]!;
  assert.is(
    host.children.reduce((sum, { times }) => sum + times, 0),
    10,
  );
  for (const call of host.children) assert.equal(outline(call.children), outline(host.children[0]!.children));
});

test('equal calls after one another are one phase that tells how many', () => {
  const source = `start: mov x1, #100; 1: bl a; sub x1, x1, #1; cbnz x1, 1b; b end
a: mov x9, x30; bl b; bl b; ret x9
b: cmp x1, #50; b.ne 2f; nop; 2: ret
end: nop`;
  const recording = record(source, 5000);
  const [start] = phasesOf(recording, recording.annotations);
  const calls = start!.children.map(({ name, times, own, all }) => [name, times, own.steps, all.steps]);
  const total = (pick: (phase: Phase) => number) =>
    start!.children.reduce((sum, phase) => sum + phase.times * pick(phase), 0);
  assert.ok(calls.length < 10, `${calls.length} phases`);
  assert.is(
    total(() => 1),
    100,
  );
  // The call in which x1 is 50 executes one instruction more in each of its calls.
  assert.equal(
    calls.filter(([, , , all]) => all !== 10).map(([, times, , all]) => [times, all]),
    [[1, 12]],
  );
  assert.is(start!.own.steps + total(({ all }) => all.steps), recording.length);
  assert.is(start!.all.steps, recording.length);
  assert.is(start!.all.cycles, recording.completionAt(recording.length - 1) - recording.cycleAt(0));
  start!.children.forEach((phase, n) => {
    const next = start!.children[n + 1];
    if (next !== undefined) assert.ok(phase.end <= next.start);
  });
});

test('a recording that ends inside a switch has its phases, too', () => {
  const whole = record(HYPERVISOR);
  for (let steps = 1; steps < whole.length; steps += 7) {
    const phases = phasesOf(record(HYPERVISOR, steps), whole.annotations);
    assert.is(
      phases.reduce((sum, phase) => sum + phase.all.steps, 0),
      steps,
    );
  }
});

test('the path to a position leads from the outermost routine to that of the next instruction', () => {
  const recording = record(HYPERVISOR);
  const pathAt = (position: number) => phasePath(recording, recording.annotations, position).map(({ name }) => name);
  const first = (name: string) => {
    const found = (phases: readonly Phase[]): Phase | undefined =>
      phases.map((phase) => (phase.name === name ? phase : found(phase.children))).find((phase) => phase !== undefined);
    return found(phasesOf(recording, recording.annotations))!.start;
  };
  assert.equal(pathAt(0), ['boot']);
  assert.equal(pathAt(first('save')), ['boot', 'host', 'call_hyp', 'el1_hvc', 'vcpu_run', 'save']);
  assert.equal(pathAt(first('guest')).at(-1), 'guest');
  recording.seek(first('guest'));
  assert.is(recording.machine.cpu.el, 1);
  assert.equal(pathAt(recording.length).at(-1), 'end');
});

test('at the end of a recording the path tells the routine that comes next', () => {
  const recording = record('start: bl a; b .; a: ret', 1);
  assert.equal(
    phasePath(recording, recording.annotations, 1).map(({ name }) => name),
    ['start', 'a'],
  );
  assert.is(recording.machine.cpu.pc, CODE + 8n);
});

test.run();
