/** Runs of which no step is kept, most of them made in one go, against recordings of the same. */
import { suite } from 'uvu';
import { scenarioMachine } from '../../sim/scenario/ready.ts';
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

test.run();
