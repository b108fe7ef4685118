/** Runs of which no step is kept, most of them made in one go, against recordings of the same. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Judgement, judgeRun, reportRun } from '../../sim/check/report.ts';
import { type ReadyMachine, scenarioMachine } from '../../sim/scenario/ready.ts';
import { recorded, unrecorded } from '../../sim/scenario/runnable.ts';
import { catalogue } from './catalogue.ts';
import { assertSameRun, sampleOf } from './same-run.ts';
import { builds } from './world-switch.ts';

const test = suite('runs without a recording');

for (const name of catalogue) {
  test(`${name} is the same with no step kept`, () => {
    for (const loaded of sampleOf(name)) {
      assertSameRun(unrecorded(scenarioMachine(loaded, builds)), recorded(scenarioMachine(loaded, builds)));
    }
  });
}

for (const name of catalogue) {
  test(`${name} is judged as it is reported`, () => {
    for (const loaded of sampleOf(name)) {
      const { phases, ...reported } = reportRun(unrecorded(scenarioMachine(loaded, builds)));
      const judged = judgeRun(unrecorded(scenarioMachine(loaded, builds)));
      const plain = ({ steps, cycles, failures, contract }: Judgement<ReadyMachine>) => {
        return { steps, cycles, failures, contract };
      };
      assert.equal(plain(judged), plain(reported));
      assert.is(
        judged.steps,
        phases.reduce((sum, { times, all }) => sum + times * all.steps, 0),
      );
    }
  });
}

test('what is expected of routines is looked at where it is only judged', () => {
  const expect = { phases: ['no_such_routine'], absent: ['__kvm_vcpu_run'], times: { el1_sync: 7 } };
  const [loaded] = sampleOf('hvc');
  const { scenario } = loaded!;
  for (const key of ['phases', 'absent', 'times'] as const) {
    const asked = { ...scenario, expect: { ...scenario.expect, [key]: expect[key] } };
    const { failures } = judgeRun(unrecorded(scenarioMachine({ ...loaded!, scenario: asked }, builds)));
    assert.is(failures.length, 1, key);
    assert.match(failures[0]!, /entered/);
  }
});

test.run();
