/** `hypstep run`: a scenario run to its end, as a table of the routines it went through and what came back. */
import type { Command } from 'commander';
import { CommandFailed } from './exit.ts';
import { type ScenarioOptions, withScenarioOptions } from './scenario-options.ts';

interface RunOptions extends ScenarioOptions {
  readonly json?: boolean;
}

export function defineRun(program: Command): void {
  const command = program
    .command('run')
    .summary('run a scenario and say what came back')
    .description(
      'Run a scenario to its end. Prints the routines entered, in order and nested by call, with instructions and ' +
        'cycles; the exit code returned to the host; and whether every register of host and guest came back. The exit ' +
        "status is 1 where one did not, where the hyp code faulted, or where one of the scenario's expectations fails.",
    )
    .argument('[scenario]', 'a scenario file (default: a round trip from host to guest and back)')
    .option('--json', 'print the same as JSON');
  withScenarioOptions(command).action(async (path: string | undefined, options: RunOptions) => {
    const { openScenario } = await import('./session.ts');
    const { reportRun } = await import('../check/report.ts');
    const { printLines } = await import('./output.ts');
    const { Progress } = await import('./progress.ts');
    const { reportData, reportLines } = await import('./report-views.ts');
    const ready = openScenario(path, options);
    const progress = new Progress('steps');
    const report = reportRun(ready, (steps) => progress.update(steps));
    progress.end();
    printLines(options.json ? [JSON.stringify(reportData(ready, report), undefined, 2)] : reportLines(ready, report));
    if (report.failures.length > 0) throw new CommandFailed();
  });
}
