/** The scenarios that come with hypstep, for tests that run all of them. */
import { readdirSync } from 'node:fs';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { reportRun } from '../../sim/check/report.ts';
import type { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { type LoadedScenario, loadCombinations } from '../../sim/scenario/load.ts';
import { DoesNotApply } from '../../sim/scenario/needs.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import { fixtures } from './world-switch.ts';

const files = new NodeFiles();

/** Names of the catalogue's files, without `.yaml`. */
export const catalogue: readonly string[] = readdirSync(`${fixtures}/scenarios`)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length))
  .sort();

/** The scenario of that name, with each combination of its matrix. */
export function scenariosOf(name: string): readonly LoadedScenario[] {
  return loadCombinations(`${fixtures}/scenarios/${name}.yaml`, files);
}

/** What is wrong with a run of the scenario, nothing where it passes; undefined where it does not apply. */
export function failuresOf(loaded: LoadedScenario, builds: KernelBuilds): readonly string[] | undefined {
  try {
    return reportRun(prepareScenario(loaded, builds)).failures;
  } catch (error) {
    if (error instanceof DoesNotApply) return undefined;
    throw error;
  }
}

export interface Tally {
  readonly passed: number;
  readonly inapplicable: number;
  /** A line for each failure, with the scenario's name. */
  readonly failures: readonly string[];
}

/** Runs the whole catalogue. */
export function runCatalogue(builds: KernelBuilds): Tally {
  const failures: string[] = [];
  let passed = 0;
  let inapplicable = 0;
  for (const name of catalogue) {
    for (const loaded of scenariosOf(name)) {
      const found = failuresOf(loaded, builds);
      if (found === undefined) inapplicable++;
      else if (found.length === 0) passed++;
      else failures.push(...found.map((line) => `${name} ${loaded.combination ?? ''}: ${line}`));
    }
  }
  return { passed, inapplicable, failures };
}
