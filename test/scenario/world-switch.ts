/** Runs of the default scenario on changed copies of the world switch, for tests. */
import { readFileSync } from 'node:fs';
import { MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { type RunReport, reportRun } from '../../sim/check/report.ts';
import { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { loadScenario, parseScenario } from '../../sim/scenario/load.ts';
import { type RecordedMachine, type ScenarioMachine, scenarioMachine } from '../../sim/scenario/ready.ts';
import { recorded } from '../../sim/scenario/runnable.ts';

export const fixtures = new URL('../../fixtures', import.meta.url).pathname;
export const roundTrip = `${fixtures}/scenarios/round-trip.yaml`;

const files = new NodeFiles();

/** What is built from hypstep's own sources, once for all tests of a process. */
export const builds = new KernelBuilds({ files, fixtures });

/** Copies of the world switch, each in a folder of its own, and what was built from each. */
const copies = new MemoryFiles({}, files);
const buildsOfCopies = new Map<string, KernelBuilds>();

/** Builds of the world switch after the change, whose hyp.S has the given text. */
export function buildsOfCopy(hyp: string): KernelBuilds {
  const known = buildsOfCopies.get(hyp);
  if (known !== undefined) return known;
  const folder = `copy${buildsOfCopies.size}`;
  copies.set(`${folder}/hyp.S`, hyp);
  for (const name of ['vgic-v2-switch.S', 'vgic-v3-switch.S']) {
    copies.set(`${folder}/${name}`, files.read(`${fixtures}/hyp/after/${name}`)!);
  }
  const made = new KernelBuilds({ files: copies, fixtures, hyp: folder }, builds);
  buildsOfCopies.set(hyp, made);
  return made;
}

/** The text of hyp.S of one of the two world switches. */
export function hypSource(variant: 'after' | 'before' = 'after'): string {
  return readFileSync(`${fixtures}/hyp/${variant}/hyp.S`, 'utf8');
}

export interface Changes {
  /** The text of hyp.S in a copy of the folder. */
  readonly hyp?: string;
  /** The text of the scenario, in the place of round-trip.yaml. */
  readonly scenario?: string;
}

/** The machine of the default scenario, on a copy of the world switch whose hyp.S has the given text. */
export function machineWith({ hyp, scenario }: Changes = {}): ScenarioMachine {
  const loaded = scenario === undefined ? loadScenario(roundTrip, files) : parseScenario(roundTrip, scenario);
  return scenarioMachine(loaded, hyp === undefined ? builds : buildsOfCopy(hyp));
}

/** The same made ready, with its steps kept. */
export function readyWith(changes?: Changes): RecordedMachine {
  return recorded(machineWith(changes));
}

/** The report of a run of `readyWith(changes)`. */
export function runWith(changes: Changes = {}): RunReport {
  return reportRun(readyWith(changes));
}

/** `text` with its one occurrence of `old` replaced. Throws where there is none or more than one. */
export function withReplaced(text: string, old: string, replacement: string): string {
  const at = text.indexOf(old);
  if (at < 0 || text.indexOf(old, at + 1) >= 0) throw new Error(`not exactly one '${old}'`);
  return text.slice(0, at) + replacement + text.slice(at + old.length);
}
