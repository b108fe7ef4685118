/** Runs on a machine that others were made on before, after its reset, against the same runs on new machines. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadedScenario } from '../../sim/scenario/load.ts';
import { newMachine, reusedMachines } from '../../sim/scenario/machines.ts';
import { scenarioMachine } from '../../sim/scenario/ready.ts';
import { reusedSteps, unrecorded } from '../../sim/scenario/runnable.ts';
import { catalogue, scenariosOf } from './catalogue.ts';
import { assertSameRun, cells, sampleOf } from './same-run.ts';
import { builds } from './world-switch.ts';

const test = suite('reused machines');

const machineFor = reusedMachines();
const ready = reusedSteps();

function assertSame(loaded: LoadedScenario): void {
  const fresh = unrecorded(scenarioMachine(loaded, builds));
  const again = ready(scenarioMachine(loaded, builds, machineFor));
  assertSameRun(again, fresh);
}

// Twice, so that each comes after every other: the first time round most meet a machine that decodes something new.
for (const round of ['first', 'second']) {
  for (const name of catalogue) {
    test(`${name} is the same on a reused machine, ${round} time`, () => {
      for (const loaded of sampleOf(name)) assertSame(loaded);
    });
  }
}

test('one machine serves all numbers of breakpoints and watchpoints, and none of another core', () => {
  const [{ scenario }] = scenariosOf('round-trip') as [LoadedScenario];
  const keys = scenario.machine;
  const machines = reusedMachines();
  const first = machines(keys);
  for (const counts of [{ breakpoints: 1, watchpoints: 16 }, { breakpoints: 16, watchpoints: 1 }, {}]) {
    const machine = machines({ ...keys, ...counts });
    assert.is(machine, first);
    assert.equal(cells(machine), cells(newMachine({ ...keys, ...counts })));
    assert.equal(machine.model, newMachine({ ...keys, ...counts }).model);
  }
  const others = [{ cpu: 'cortex-a57' }, { gic: 'v3' }, { ram: 8 }] as const;
  for (const other of others) {
    const machine = machines({ ...keys, ...other });
    assert.is.not(machine, first);
    assert.equal(cells(machine), cells(newMachine({ ...keys, ...other })));
  }
  const large = { ...keys, ram: 512 };
  assert.is.not(machines(large), machines(large), 'much RAM is not zeroed again and held');
  const { model } = newMachine({ ...keys, cpu: 'cortex-a57' });
  assert.throws(() => first.reset(model), /^the machine cannot become one with another core$/);
});

test.run();
