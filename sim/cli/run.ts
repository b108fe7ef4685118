/**
 * `hypstep run`: a scenario run to its end, as a table of the routines it went through and what came back; or a bare-metal
 * program run to its end, with what it sends on standard output.
 */
import type { Command } from 'commander';
import type { LoadedScenario } from '../scenario/load.ts';
import { CommandFailed, UsageError } from './exit.ts';
import { type RunnableOptions, withRunnableOptions } from './scenario-options.ts';

interface RunOptions extends RunnableOptions {
  readonly json?: boolean;
}

export function defineRun(program: Command): void {
  const command = program
    .command('run')
    .summary('run a scenario or a bare-metal ELF file and say what came back')
    .description(
      'Run a scenario to its end. Prints the routines entered, in order and nested by call, with instructions and ' +
        'cycles; the exit code returned to the host; and whether every register of host and guest came back. The exit ' +
        "status is 1 where one did not, where the hyp code faulted, or where one of the scenario's expectations fails.\n\n" +
        'Or run a bare-metal ELF file from EL2 on a board. What it sends goes to standard output, how it ended to ' +
        'standard error, and its exit status is passed on.',
    )
    .argument(
      '[files...]',
      'scenarios, folders of them, or an ELF file (default: a round trip from host to guest and back)',
    )
    .option('--json', 'print the same as JSON');
  withRunnableOptions(command).action(async (paths: string[], options: RunOptions) => {
    const [path] = paths;
    if (paths.length < 2 && (await runElf(path, options))) return;
    const one = paths.length > 1 ? undefined : await onlyRun(path, options);
    if (one === undefined) {
      const { runMany, scenarioFiles } = await import('./many.ts');
      const files = scenarioFiles(paths);
      if (files.length > 1 && options.with !== undefined) throw new UsageError('--with is for one scenario');
      await runMany(files, options, 'none');
    } else {
      await runOne(one, options);
    }
  });
}

/** The scenario at `path`, or the default one; undefined where that is a folder, or has a matrix and so several runs. */
async function onlyRun(path: string | undefined, options: RunOptions): Promise<LoadedScenario | undefined> {
  const { loadCombinations } = await import('../scenario/load.ts');
  const { NodeFiles } = await import('../../asm/source/node-files.ts');
  const { defaultScenario, kindAt } = await import('./paths.ts');
  if (path !== undefined && kindAt(path) === 'folder') return undefined;
  const combinations = loadCombinations(path ?? defaultScenario(), new NodeFiles(), options);
  return combinations.length > 1 ? undefined : combinations[0];
}

async function runOne(loaded: LoadedScenario, options: RunOptions): Promise<void> {
  const { openScenario } = await import('./session.ts');
  const { unrecorded } = await import('../scenario/runnable.ts');
  const { reportRun } = await import('../check/report.ts');
  const { DoesNotApply } = await import('../scenario/needs.ts');
  const { printLines } = await import('./output.ts');
  const { Progress } = await import('./progress.ts');
  const { expectLongWork } = await import('./long-work.ts');
  const { reportData, reportLines } = await import('./report-views.ts');
  try {
    const ready = unrecorded(openScenario(loaded, options));
    const progress = new Progress('steps');
    const report = reportRun(ready, (steps) => {
      expectLongWork();
      progress.update(steps);
    });
    progress.end();
    printLines(options.json ? [JSON.stringify(reportData(ready, report), undefined, 2)] : reportLines(ready, report));
    if (report.failures.length > 0) throw new CommandFailed();
  } catch (error) {
    if (!(error instanceof DoesNotApply)) throw error;
    const { reason } = error;
    printLines([
      options.json
        ? JSON.stringify({ path: loaded.path, applies: false, reason })
        : `${loaded.path}: does not apply: ${reason}`,
    ]);
  }
}

/** Runs the ELF file at `path`. False where the file is none. */
async function runElf(path: string | undefined, options: RunOptions): Promise<boolean> {
  if (path === undefined) return false;
  const { openElf } = await import('./session.ts');
  const { BareMetalRun } = await import('../scenario/bare-metal-run.ts');
  const { unrecorded } = await import('../scenario/runnable.ts');
  const { PhaseGatherer } = await import('../recording/phases.ts');
  const { expectLongWork } = await import('./long-work.ts');
  const { KeptOutput, printLines, ProgramOutput } = await import('./output.ts');
  const { bareMetalData, endingSummary } = await import('./bare-metal-views.ts');
  const kept = new KeptOutput();
  const passed = new ProgramOutput();
  const elf = openElf(path, options, options.json ? kept.send : passed.send);
  if (elf === undefined) return false;
  if (options.json) {
    const ready = unrecorded(elf.machine);
    const gatherer = new PhaseGatherer(ready.machine, ready.code);
    const run = new BareMetalRun(ready, elf.limit, gatherer);
    run.finish(expectLongWork);
    const phases = gatherer.finish(ready.steps.completedAt);
    printLines([JSON.stringify(bareMetalData(run, phases, kept.texts), undefined, 2)]);
    if (run.status !== 0) throw new CommandFailed(run.status);
    return true;
  }
  const run = new BareMetalRun(unrecorded(elf.machine), elf.limit);
  try {
    run.finish(() => {
      expectLongWork();
      passed.flush();
    });
  } finally {
    passed.finish();
  }
  process.stderr.write(`hypstep: ${endingSummary(run)}\n`);
  if (run.status !== 0) throw new CommandFailed(run.status);
  return true;
}
