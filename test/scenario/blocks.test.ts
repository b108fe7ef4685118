/** Runs recorded many steps at a time, beside the same runs recorded one step at a time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { PhaseGatherer, phasesOf } from '../../sim/recording/phases.ts';
import { type BareMetalMachine, bareMetalMachine } from '../../sim/scenario/bare-metal.ts';
import { BareMetalRun } from '../../sim/scenario/bare-metal-run.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { type Recorded, type Run, recorded, runToEnd, unrecorded } from '../../sim/scenario/runnable.ts';
import { program } from './elf-program.ts';
import { machineWith, readyWith } from './world-switch.ts';

/** Runs one to its end in one go and the other step by step; both have made the same steps in the same cycles. */
function assertSame(inBlocks: Run<Recorded>, stepByStep: Run<Recorded>): void {
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

/** Runs both to their ends: what can be said of a run whose steps are not kept is what its recording says. */
function assertSameEnd(kept: Run<Recorded>, unkept: Run): void {
  runToEnd(kept);
  runToEnd(unkept);
  const [a, b] = [kept.ready.recording, unkept.ready.steps];
  assert.equal([b.length, b.issuedAt, b.completedAt], [a.length, a.issuedAt, a.completedAt]);
  assert.is(b.lastOperation?.pa, a.lastOperation?.pa);
  assert.equal(b.lastException, a.lastException);
  assert.equal(unkept.ready.machine.cpu.cells, kept.ready.machine.cpu.cells);
  assert.equal(unkept.ready.machine.physical.u8, kept.ready.machine.physical.u8);
  assert.is(unkept.endingText, kept.endingText);
}

const events = {
  'at a step': '{ step: 100 }',
  'at a cycle': '{ cycle: 700 }',
  'at the second arrival at a symbol': '{ symbol: guest_start, occurrence: 2 }',
};

const withEvent = (at: string) => `
name: blocks
host: { code: ../guests/host.S }
guest: { code: ../guests/guest-round-trip.S }
vcpu: { arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM, arch.debug_flags: KVM_ARM64_DEBUG_DIRTY }
entries: 3
events: [ { raise: irq, at: ${at} } ]
`;

for (const [when, at] of Object.entries(events)) {
  test(`a scenario with several entries and an interrupt ${when} is the same in blocks and step by step`, () => {
    const scenario = withEvent(at);
    const [inBlocks, stepByStep] = [new ScenarioRun(readyWith({ scenario })), new ScenarioRun(readyWith({ scenario }))];
    assertSame(inBlocks, stepByStep);
    assert.equal(inBlocks.exits, stepByStep.exits);
    assert.equal(inBlocks.interventions, stepByStep.interventions);
  });

  test(`a scenario with several entries and an interrupt ${when} ends the same whether its steps are kept or not`, () => {
    const scenario = withEvent(at);
    const kept = new ScenarioRun(readyWith({ scenario }));
    const unkept = new ScenarioRun(unrecorded(machineWith({ scenario })));
    assertSameEnd(kept, unkept);
    assert.equal(unkept.exitRecords, kept.exitRecords);
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
  assert.is(run.finish().kind, 'limit');
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

function boardWith(lines: readonly string[]): BareMetalMachine {
  const files = new MemoryFiles({ 'a.elf': program(...lines) });
  return bareMetalMachine('a.elf', { files, ram: 1 << 21 });
}

for (const [what, lines] of Object.entries(waits)) {
  test(`a bare-metal program that ${what} is the same in blocks and step by step`, () => {
    const [inBlocks, stepByStep] = [boardWith(lines), boardWith(lines)].map(
      (machine) => new BareMetalRun(recorded(machine), 100_000),
    ) as [BareMetalRun, BareMetalRun];
    assertSame(inBlocks, stepByStep);
    assert.is.not(inBlocks.ending!.kind, 'limit');
  });

  test(`a bare-metal program that ${what} ends the same whether its steps are kept or not`, () => {
    const kept = new BareMetalRun(recorded(boardWith(lines)), 100_000);
    assertSameEnd(kept, new BareMetalRun(unrecorded(boardWith(lines)), 100_000));
  });

  test(`the phases of a bare-metal program that ${what} are those of its recording`, () => {
    const kept = new BareMetalRun(recorded(boardWith(lines)), 100_000);
    kept.finish();
    const ready = unrecorded(boardWith(lines));
    const gatherer = new PhaseGatherer(ready.machine, ready.code);
    new BareMetalRun(ready, 100_000, gatherer).finish();
    const { recording, code } = kept.ready;
    assert.equal(gatherer.finish(ready.steps.completedAt), phasesOf(recording, code));
  });
}

test.run();
