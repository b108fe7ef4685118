/** `hypstep test`: scenarios as regression tests, each with its expectations and a golden trace. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { RunReport } from '../check/report.ts';
import { CommandFailed, UsageError } from './exit.ts';
import { ownPath } from './paths.ts';
import { type ScenarioOptions, withScenarioOptions } from './scenario-options.ts';

interface TestOptions extends ScenarioOptions {
  readonly update?: boolean;
}

export function defineTest(program: Command): void {
  const command = program
    .command('test')
    .summary('check scenarios against their expectations and golden traces')
    .description(
      "Run scenarios, check what they expect, and compare each one's trace with its golden one, golden/NAME.txt beside " +
        'the folder of the scenario, where it has one. Differences are printed and the exit status is 1.',
    )
    .argument('[paths...]', "scenario files, or folders of them (default: hypstep's own)")
    .option('--update', 'write the golden traces anew instead of comparing');
  withScenarioOptions(command).action(async (paths: string[], options: TestOptions) => {
    const scenarios = (paths.length > 0 ? paths : [ownPath('fixtures', 'scenarios')]).flatMap(scenarioFiles);
    let failed = 0;
    for (const path of scenarios) {
      const { failures, note } = await testScenario(path, options);
      const remark = note === undefined ? '' : ` (${note})`;
      process.stdout.write(`${failures.length === 0 ? 'ok    ' : 'FAILED'}  ${path}${remark}\n`);
      for (const failure of failures) process.stdout.write(`${failure.replace(/^/gm, '    ')}\n`);
      if (failures.length > 0) failed++;
    }
    process.stdout.write(`${scenarios.length - failed} passed, ${failed} failed\n`);
    if (failed > 0) throw new CommandFailed();
  });
}

function scenarioFiles(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`there is no '${path}'`);
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name));
  if (found.length === 0) throw new UsageError(`no scenario (*.yaml) in the folder '${path}'`);
  return found;
}

/** Where the golden trace of the scenario at `path` is: folder/scenarios/NAME.yaml has folder/golden/NAME.txt. */
function goldenPath(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '.txt');
  return join(dirname(path), '..', 'golden', name);
}

interface Outcome {
  /** Unmet expectations, and how the trace differs from the golden one. */
  readonly failures: readonly string[];
  /** What was not compared, or not run. */
  readonly note?: string;
}

async function testScenario(path: string, options: TestOptions): Promise<Outcome> {
  const { openScenario } = await import('./session.ts');
  const { reportRun } = await import('../check/report.ts');
  const { compareWithGolden } = await import('../check/golden.ts');
  const { writeLines } = await import('./output.ts');
  const { DoesNotApply } = await import('../scenario/needs.ts');
  let report: RunReport;
  try {
    report = reportRun(openScenario(path, options));
  } catch (error) {
    if (error instanceof DoesNotApply) return { failures: [], note: `does not apply: ${error.reason}` };
    throw error;
  }
  const { failures } = report;
  const trace = await goldenLines(report);
  const golden = goldenPath(path);
  if (options.update) {
    if (failures.length > 0) return { failures: [...failures, `${golden} is left as it is: the run has failed`] };
    mkdirSync(dirname(golden), { recursive: true });
    writeLines(golden, trace);
    return { failures: [] };
  }
  if (!existsSync(golden)) return { failures, note: 'no golden trace' };
  const actual = trace.map((line) => `${line}\n`).join('');
  const names = { golden, actual: 'this run' };
  const difference = compareWithGolden(readFileSync(golden, 'utf8'), actual, names);
  return { failures: difference === undefined ? failures : [...failures, difference.join('\n')] };
}

async function goldenLines(report: RunReport): Promise<string[]> {
  const { textLines } = await import('../formats/text.ts');
  return [...textLines(report.run.ready.recording, { stable: true })];
}
