/** Compares two runs of one scenario in all that can be said of them: for ways to run that must make no difference. */
import * as assert from 'uvu/assert';
import { type RunReport, reportRun } from '../../sim/check/report.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import type { LoadedScenario } from '../../sim/scenario/load.ts';
import type { ReadyMachine } from '../../sim/scenario/ready.ts';
import { scenariosOf } from './catalogue.ts';

/** Entries after which nothing new happens: more of them would take most of the time. */
const MOST_ENTRIES = 100;
/** Of a scenario's combinations one in so many is run. */
const STRIDE = 37;

/** The scenario's combinations that are compared: some, with no more than MOST_ENTRIES entries, whatever they then miss. */
export function sampleOf(name: string): readonly LoadedScenario[] {
  return scenariosOf(name)
    .filter((_, n) => n % STRIDE === 0)
    .map((loaded) => {
      const { scenario } = loaded;
      return { ...loaded, scenario: { ...scenario, entries: Math.min(scenario.entries, MOST_ENTRIES) } };
    });
}

/** What the machine's cells hold, by name, where it is not zero. */
export function cells({ cpu }: Machine): Record<string, bigint> {
  const names = Array.from({ length: cpu.registers.count }, (_, id) => cpu.registers.nameOf(id));
  const held = names.map((name, id) => [name, cpu.cells[id]!] as const);
  // A reused machine has names for what only other scenarios ask for.
  return Object.fromEntries(held.filter(([, value]) => value !== 0n));
}

function outcome({ ending, contract, phases, steps, cycles, failures, run }: RunReport<ReadyMachine>) {
  return { ending, contract, phases, steps, cycles, failures, exits: run.exitRecords };
}

/** Runs both to the end, and tells where they differ. */
export function assertSameRun(actual: ReadyMachine, expected: ReadyMachine): void {
  const { combination } = expected.loaded;
  assert.equal(outcome(reportRun(actual)), outcome(reportRun(expected)), combination);
  assert.equal(cells(actual.machine), cells(expected.machine), combination);
  assert.is(Buffer.compare(actual.machine.physical.u8, expected.machine.physical.u8), 0, 'RAM');
}
