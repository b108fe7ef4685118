/** Runs on a machine that others were made on before, after its reset, against the same runs on new machines. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunReport, reportRun } from '../../sim/check/report.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import type { LoadedScenario } from '../../sim/scenario/load.ts';
import { newMachine, reusedMachines } from '../../sim/scenario/machines.ts';
import { type ReadyMachine, scenarioMachine } from '../../sim/scenario/ready.ts';
import { reusedSteps, unrecorded } from '../../sim/scenario/runnable.ts';
import { catalogue, scenariosOf } from './catalogue.ts';
import { builds } from './world-switch.ts';

const test = suite('reused machines');

/** Entries after which nothing new happens: the one scenario with more would take most of the time. */
const MOST_ENTRIES = 100;
/** Of a scenario's combinations one in so many is run. */
const STRIDE = 37;

const machineFor = reusedMachines();
const ready = reusedSteps();

function cells({ cpu }: Machine): Record<string, bigint> {
  const names = Array.from({ length: cpu.registers.count }, (_, id) => cpu.registers.nameOf(id));
  const held = names.map((name, id) => [name, cpu.cells[id]!] as const);
  // A reused machine has names for what only other scenarios ask for.
  return Object.fromEntries(held.filter(([, value]) => value !== 0n));
}

function outcome({ ending, contract, phases, steps, cycles, failures, run }: RunReport<ReadyMachine>) {
  return { ending, contract, phases, steps, cycles, failures, exits: run.exitRecords };
}

function assertSame(loaded: LoadedScenario): void {
  const fresh = unrecorded(scenarioMachine(loaded, builds));
  const again = ready(scenarioMachine(loaded, builds, machineFor));
  const [expected, actual] = [fresh, again].map((machine) => outcome(reportRun(machine)));
  assert.equal(actual, expected, loaded.combination);
  assert.equal(cells(again.machine), cells(fresh.machine), loaded.combination);
  assert.is(Buffer.compare(again.machine.physical.u8, fresh.machine.physical.u8), 0, 'RAM');
}

// Twice, so that each comes after every other: the first time round most meet a machine that decodes something new.
for (const round of ['first', 'second']) {
  for (const name of catalogue) {
    test(`${name} is the same on a reused machine, ${round} time`, () => {
      for (const [n, loaded] of scenariosOf(name).entries()) {
        if (n % STRIDE === 0 && loaded.scenario.entries <= MOST_ENTRIES) assertSame(loaded);
      }
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
