/** What is told of runs that their step limit stops. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { type RunReport, reportRun } from '../../sim/check/report.ts';
import type { BuildOptions } from '../../sim/scenario/kernel-builds.ts';
import { type LoadedScenario, parseScenario } from '../../sim/scenario/load.ts';
import { prepareScenario, scenarioMachine } from '../../sim/scenario/ready.ts';
import { unrecorded } from '../../sim/scenario/runnable.ts';
import { fixtures, hypSource, runWith, withReplaced } from './world-switch.ts';

const STEPS = 3000;
const START = '\t.section .guest.text, "ax"\n\t.globl guest_start\nguest_start:\n';

/** A scenario with a guest and a host of these instructions. */
function scenario({ guest = 'nop', host = '', steps = STEPS, entries = 1 }): [LoadedScenario, BuildOptions] {
  const files = new MemoryFiles(
    {
      's/guest.S': `${START}${guest}\n`,
      's/host.S': `#include "host.h"\n\thost_code\n${host}\n\trun_vcpu\n\thost_end\n`,
    },
    new NodeFiles(),
  );
  for (const name of ['host.h', 'patterns.h', 'vectors.h']) {
    files.set(`s/${name}`, readFileSync(`${fixtures}/guests/${name}`));
  }
  const text = `name: test\nsteps: ${steps}\nentries: ${entries}\nhost: { code: host.S }\nguest: { code: guest.S }\n`;
  return [parseScenario('s/a.yaml', text), { files, fixtures }];
}

/** The report of a run of such a scenario. */
function run(of: Parameters<typeof scenario>[0]): RunReport {
  return reportRun(prepareScenario(...scenario(of)));
}

/** What is told behind the limit itself. */
function told({ failures }: { readonly failures: readonly string[] }, steps = STEPS): string {
  assert.is(failures.length, 1);
  const limit = `the run did not end within ${steps} steps, the scenario's limit (key 'steps'): `;
  assert.is(failures[0]!.slice(0, limit.length), limit);
  return failures[0]!.slice(limit.length);
}

const LOOP = '\tmov x0, #1\nagain:\n\tadd x0, x0, #1\n\tcbz x0, again\n\tb again\n';
const IN_LOOP = 'went round in the guest from again+0x0, guest.S:6, to again+0x8, guest.S:8';

test('a guest that goes round in a loop is told with the loop', () => {
  assert.is(told(run({ guest: LOOP })), `at least the last 1000 steps ${IN_LOOP}`);
});

test('of a short run it is told for how many steps it went round, whether steps are kept or not', () => {
  const report = run({ guest: LOOP, steps: 500 });
  const { recording } = report.run.ready;
  const before = recording.previousStep(({ instruction }) => instruction.encoding.name === 'MOVZ', recording.length)!;
  const expected = `the last ${499 - before} steps ${IN_LOOP}`;
  assert.is(told(report, 500), expected);
  assert.is(told(reportRun(unrecorded(scenarioMachine(...scenario({ guest: LOOP, steps: 500 })))), 500), expected);
});

test('a loop of the second entry is told, although the simulator took part shortly before', () => {
  const text = told(run({ guest: '\thvc #0\nagain:\n\tb again\n', steps: 1200, entries: 2 }), 1200);
  assert.match(text, /^the last [3-6]\d\d steps went round in the guest at again\+0x0, guest\.S:6$/);
});

test('a loop in code without symbol or line is told with its addresses', () => {
  // The guest copies B . behind its code, to where nothing was linked, and goes there.
  const guest = '\tadr x0, guest_start\n\tadd x0, x0, #0x1000\n\tmov w1, #0x14000000\n\tstr w1, [x0]\n\tbr x0\n';
  assert.match(told(run({ guest })), /^at least the last 1000 steps went round in the guest at 0x80001000$/);
});

test('a guest that takes one exception after the other, having no vectors, is told with where', () => {
  const guest = '\tldr x0, =0x123400000000\n\tmsr vbar_el1, x0\n\tisb\n\tsvc #0\n\t.ltorg\n';
  const expected = /^at least the last 1000 steps took one exception after the other, in the guest at 0x123400000200$/;
  assert.match(told(run({ guest })), expected);
});

test('a guest that is stopped before it goes round in anything is told with where it was', () => {
  const guest = `${'\tnop\n'.repeat(4000)}\thvc #0\n`;
  assert.match(told(run({ guest })), /^it was in the guest at guest_start\+0x[0-9a-f]+, guest\.S:\d+$/);
});

test('a host that does not come to its call is told as the host', () => {
  assert.is(
    told(run({ host: '\tb .' })),
    'at least the last 1000 steps went round in the host at host_start+0x0, host.S:3',
  );
});

test('a guest that EL2 sends back to the same fault for ever is told with both', () => {
  // The address of a fault on a table walk is looked up by the same walk: el1_trap goes back to the guest to try again.
  const check = '\ttbnz\tx1, #7, .Lread_fault';
  const hyp = hypSource()
    .split('\n')
    .filter((line) => !line.startsWith(check))
    .join('\n');
  const scenario = readFileSync(`${fixtures}/scenarios/table-walk.yaml`, 'utf8');
  const text = told(runWith({ hyp, scenario: withReplaced(scenario, 'steps: 20000', 'steps: 9000') }), 9000);
  assert.match(
    text,
    /^at least the last 1000 steps went round in .*EL2 from el1_sync\+0x0, hyp\.S:\d+, to __kvm_hyp_vector\+0x400, /,
  );
  assert.match(text, /in the guest at guest_start\+0x44, guest-table-walk\.S:17/);
});

test.run();
