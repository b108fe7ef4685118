/** A scenario, with each combination of its matrix, run to its end and judged: one row of the table of many scenarios. */
import { diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import type { FileReader } from '../../asm/source/files.ts';
import { NotModelled } from '../core/exceptions.ts';
import type { KernelBuilds } from '../scenario/kernel-builds.ts';
import { type Choice, type LoadedScenario, loadCombinations } from '../scenario/load.ts';
import { reusedMachines } from '../scenario/machines.ts';
import { DoesNotApply } from '../scenario/needs.ts';
import { type ReadyMachine, scenarioMachine } from '../scenario/ready.ts';
import { recorded, reusedSteps } from '../scenario/runnable.ts';
import { type Judgement, judgeRun, type RunReport, reportRun } from './report.ts';

/** Plain data: it passes between threads as it is. Sums are over the runs of all combinations. */
export interface Verdict {
  readonly path: string;
  /** The scenario's name; its path where the file could not be read. */
  readonly name: string;
  /** Machine and world switch of each run, equal ones once: `cortex-a53, GICv2, after`. */
  readonly on: readonly string[];
  /** Combinations that were run. */
  readonly runs: number;
  /** Times that the host entered a guest and got control again. */
  readonly exits: number;
  readonly steps: number;
  readonly cycles: number;
  /** A line or more each, with the combination where there is one. */
  readonly failures: readonly string[];
  /** Why the scenario does not apply to this kernel; undefined where at least one combination was run. */
  readonly inapplicable?: string;
}

/** What else is checked of a run, whose steps are kept for it: further failures. */
export type Check = (report: RunReport) => readonly string[];

/** Judges one scenario after the other. */
export class Judge {
  readonly #files: FileReader;
  readonly #builds: KernelBuilds;
  readonly #machineFor = reusedMachines();
  readonly #ready = reusedSteps();

  constructor(files: FileReader, builds: KernelBuilds) {
    this.#files = files;
    this.#builds = builds;
  }

  /**
   * Runs the scenario at `path`, with each combination that `choice` names. A fault of its files, and what is not modelled,
   * is among its failures; nothing is thrown. A report that `check` is given is good only until it returns.
   */
  judge(path: string, check?: Check, choice?: Choice): Verdict {
    const sum = { path, name: path, runs: 0, exits: 0, steps: 0, cycles: 0 };
    const on = new Set<string>();
    const failures: string[] = [];
    let inapplicable: string | undefined;
    try {
      for (const loaded of loadCombinations(path, this.#files, choice)) {
        sum.name = loaded.scenario.name;
        const report = this.#reportOf(loaded, failures, check);
        if (report instanceof DoesNotApply) {
          inapplicable ??= report.reason;
        } else if (report !== undefined) {
          on.add(placeOfRun(report));
          sum.exits += report.run.exits.length;
          sum.steps += report.steps;
          sum.cycles += report.cycles;
        }
        if (!(report instanceof DoesNotApply)) sum.runs++;
      }
    } catch (error) {
      failures.push(...faultLines(error));
    }
    return {
      ...sum,
      on: [...on],
      failures,
      inapplicable: sum.runs === 0 && failures.length === 0 ? inapplicable : undefined,
    };
  }

  #reportOf(
    loaded: LoadedScenario,
    failures: string[],
    check: Check | undefined,
  ): Judgement<ReadyMachine> | DoesNotApply | undefined {
    const { combination } = loaded;
    const tell = (line: string) => failures.push(combination === undefined ? line : `with ${combination}: ${line}`);
    try {
      const machine = scenarioMachine(loaded, this.#builds, this.#machineFor);
      if (check === undefined) {
        const judgement = judgeRun(this.#ready(machine));
        for (const line of judgement.failures) tell(line);
        return judgement;
      }
      const report = reportRun(recorded(machine));
      for (const line of [...report.failures, ...check(report)]) tell(line);
      return report;
    } catch (error) {
      if (error instanceof DoesNotApply) return error;
      for (const line of faultLines(error)) tell(line);
      return undefined;
    }
  }
}

/** One verdict of those on the shares of one scenario, in their order. */
export function joinVerdicts(shares: readonly [Verdict, ...Verdict[]]): Verdict {
  const sum = (of: (share: Verdict) => number) => shares.reduce((total, share) => total + of(share), 0);
  const runs = sum((share) => share.runs);
  return {
    ...shares[0],
    on: [...new Set(shares.flatMap(({ on }) => on))],
    runs,
    exits: sum(({ exits }) => exits),
    steps: sum(({ steps }) => steps),
    cycles: sum(({ cycles }) => cycles),
    // A fault of the file itself is told by each.
    failures: [...new Set(shares.flatMap(({ failures }) => failures))],
    inapplicable: runs === 0 ? shares[0].inapplicable : undefined,
  };
}

/** The lines of a fault that is the user's, or of what is not modelled. Throws any other again. */
function faultLines(error: unknown): string[] {
  if (error instanceof NotModelled) return [error.message];
  const diagnostics = diagnosticsOf(error);
  if (diagnostics === undefined) throw error;
  return diagnostics.map(formatDiagnostic);
}

function placeOfRun({ run }: Judgement<ReadyMachine>): string {
  const { scenario, sources } = run.ready;
  const { cpu, gic } = scenario.machine;
  return `${cpu}, GIC${gic}, ${sources.label}`;
}
