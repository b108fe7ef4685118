/** `hypstep test`: scenarios as regression tests, each with its expectations and a golden trace. */
import type { Command } from 'commander';
import { kindAt, ownPath } from './paths.ts';
import { type ScenarioOptions, withScenarioOptions } from './scenario-options.ts';

interface TestOptions extends ScenarioOptions {
  readonly update?: boolean;
  readonly json?: boolean;
}

export function defineTest(program: Command): void {
  const command = program
    .command('test')
    .summary('check scenarios against their expectations and golden traces')
    .description(
      "Run scenarios, check what they expect, and compare each one's trace with its golden one, golden/NAME.txt beside " +
        'the folder of the scenario, where it has one. Prints a table, then the differences; the exit status is 1 where ' +
        'there are any. With --sources or --kernel only what they expect is checked: a golden trace is of the sources ' +
        'that its scenario names.',
    )
    .argument('[paths...]', "scenario files, or folders of them (default: hypstep's own)")
    .option('--update', 'write golden traces anew instead of comparing: those there are, and of each scenario named')
    .option('--json', 'print the table and the failures as JSON');
  withScenarioOptions(command).action(async (paths: string[], options: TestOptions) => {
    const { runMany, scenarioFiles } = await import('./many.ts');
    const named = paths.length > 0 ? paths : [ownPath('fixtures', 'scenarios')];
    const own = options.kernel === undefined && options.sources === undefined;
    const update = named.filter((path) => kindAt(path) === 'other');
    await runMany(scenarioFiles(named), options, options.update ? { update } : own ? 'compare' : 'none');
  });
}
