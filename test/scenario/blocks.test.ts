/** Runs recorded many steps at a time, beside the same runs recorded one step at a time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { prepareBareMetal } from '../../sim/scenario/bare-metal.ts';
import { BareMetalRun } from '../../sim/scenario/bare-metal-run.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { type Run, runToEnd } from '../../sim/scenario/runnable.ts';
import { program } from './elf-program.ts';
import { readyWith } from './world-switch.ts';

/** Runs one to its end in one go and the other step by step; both have made the same steps in the same cycles. */
function assertSame(inBlocks: Run, stepByStep: Run): void {
  runToEnd(inBlocks);
  while (stepByStep.advance());
  const [a, b] = [inBlocks.ready.recording, stepByStep.ready.recording];
  assert.is(a.length, b.length);
  for (let n = 0; n < a.length; n++) {
    assert.is(a.operationAt(n)?.pa, b.operationAt(n)?.pa, `step ${n}`);
    assert.is(a.completionAt(n), b.completionAt(n), `step ${n}`);
    assert.equal(a.exceptionAt(n), b.exceptionAt(n), `step ${n}`);
  }
  assert.equal(inBlocks.ready.machine.cpu.cells, stepByStep.ready.machine.cpu.cells);
  assert.is(inBlocks.endingText, stepByStep.endingText);
}

const events = {
  'at a step': '{ step: 100 }',
  'at a cycle': '{ cycle: 700 }',
  'at the second arrival at a symbol': '{ symbol: guest_start, occurrence: 2 }',
};

for (const [when, at] of Object.entries(events)) {
  test(`a scenario with several entries and an interrupt ${when} is the same in blocks and step by step`, () => {
    const scenario = `
name: blocks
host: { code: ../guests/host.S }
guest: { code: ../guests/guest-round-trip.S }
vcpu: { arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM, arch.debug_flags: KVM_ARM64_DEBUG_DIRTY }
entries: 3
events: [ { raise: irq, at: ${at} } ]
`;
    const [inBlocks, stepByStep] = [new ScenarioRun(readyWith({ scenario })), new ScenarioRun(readyWith({ scenario }))];
    assertSame(inBlocks, stepByStep);
    assert.equal(inBlocks.exits, stepByStep.exits);
    assert.equal(inBlocks.interventions, stepByStep.interventions);
  });
}

test('the step limit of a scenario holds in blocks', () => {
  const scenario = `
name: blocks
host: { code: ../guests/host.S }
guest: { code: ../guests/guest-round-trip.S }
steps: 333
`;
  const run = new ScenarioRun(readyWith({ scenario }));
  assert.equal(run.finish(), { kind: 'limit', steps: 333 });
  assert.is(run.ready.recording.length, 333);
});

const waits = {
  'waits for a timer by WFI': [
    ...['mov x0, #5000', 'msr cnthp_tval_el2, x0', 'mov x0, #1', 'msr cnthp_ctl_el2, x0'],
    ...['wfi', 'mov x1, #3', 'sub x1, x1, #1', 'cbnz x1, .+-4', 'b .+0'],
  ],
  'takes the event and then waits by WFE': ['sevl', 'wfe', 'mov x1, #1', 'wfe', 'b .+-4'],
  'falls into vectors where nothing is': ['mov x0, #0x1000', 'msr vbar_el2, x0', 'nop', 'svc #0'],
  'turns the machine off': ['mov x0, #0x18', 'nop', 'hlt #0xf000', 'nop'],
};

for (const [what, lines] of Object.entries(waits)) {
  test(`a bare-metal program that ${what} is the same in blocks and step by step`, () => {
    const run = () => {
      const files = new MemoryFiles({ 'a.elf': program(...lines) });
      return new BareMetalRun(prepareBareMetal('a.elf', { files, ram: 1 << 21 }), 100_000);
    };
    const [inBlocks, stepByStep] = [run(), run()];
    assertSame(inBlocks, stepByStep);
    assert.is.not(inBlocks.ending!.kind, 'limit');
  });
}

test.run();
