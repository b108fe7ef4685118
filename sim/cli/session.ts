/** A scenario named on the command line, made ready to run. */
import { NodeFiles } from '../../asm/source/node-files.ts';
import { loadScenario } from '../scenario/load.ts';
import { prepareScenario, type ReadyMachine } from '../scenario/ready.ts';
import { printDiagnostics } from './exit.ts';
import { defaultScenario, fixturesFolder } from './paths.ts';
import type { ScenarioOptions } from './scenario-options.ts';

/**
 * The machine of the scenario at `path` (the default one where it is left out). Prints warnings. Throws SourceError or
 * SourceErrors.
 */
export function openScenario(path: string | undefined, options: ScenarioOptions): ReadyMachine {
  const files = new NodeFiles();
  const loaded = loadScenario(path ?? defaultScenario(), files);
  const ready = prepareScenario(loaded, {
    files,
    fixtures: fixturesFolder(),
    kernel: options.kernel,
    hyp: options.hyp,
  });
  printDiagnostics(ready.warnings);
  return ready;
}
