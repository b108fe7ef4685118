/** Many scenarios run and judged: the table, then the failures. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../check/verdict.ts';
import { CommandFailed, UsageError } from './exit.ts';
import type { GoldenUse } from './golden-file.ts';
import { judgeAll } from './judges.ts';
import { printLines } from './output.ts';
import { kindAt } from './paths.ts';
import { Progress } from './progress.ts';
import { checkRunnableOptions, type RunnableOptions } from './scenario-options.ts';

export interface ManyOptions extends RunnableOptions {
  readonly json?: boolean;
}

/** The scenario files that `paths` name, folders by what is in them. Throws UsageError where there is none. */
export function scenarioFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const kind = kindAt(path);
    if (kind === undefined) throw new UsageError(`there is no '${path}'`);
    if (kind === 'other') return [path];
    const found = readdirSync(path)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(path, name));
    if (found.length === 0) throw new UsageError(`no scenario (*.yaml) in the folder '${path}'`);
    return found;
  });
}

/** Runs the scenarios and prints what came of them. Throws CommandFailed where one has failed. */
export async function runMany(paths: readonly string[], options: ManyOptions, golden: GoldenUse): Promise<void> {
  checkRunnableOptions('scenario', options);
  const progress = new Progress('scenarios');
  const { verdicts, warnings } = await judgeAll(paths, { options, golden }, (done, of) => progress.update(done, of));
  progress.end();
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  printLines(options.json ? [JSON.stringify(verdicts.map(verdictData), undefined, 2)] : verdictLines(verdicts));
  if (verdicts.some(({ failures }) => failures.length > 0)) throw new CommandFailed();
}

/** The table, a line for each scenario; then the failures of each that has any; then how many there were of each kind. */
export function* verdictLines(verdicts: readonly Verdict[]): Generator<string> {
  const width = Math.max(8, ...verdicts.map(({ name }) => name.length));
  const onWidth = Math.max(2, ...verdicts.map(({ on }) => onText(on).length));
  const columns = (...values: readonly (string | number)[]) =>
    values.map((value) => String(value).padStart(10)).join('');
  yield `${'scenario'.padEnd(width)}  ${'on'.padEnd(onWidth)}${columns('runs', 'exits', 'steps', 'cycles')}  result`;
  for (const verdict of verdicts) {
    const { name, on, runs, exits, steps, cycles } = verdict;
    yield `${name.padEnd(width)}  ${onText(on).padEnd(onWidth)}${columns(runs, exits, steps, cycles)}  ${resultText(verdict)}`;
  }
  for (const { name, path, failures } of verdicts) {
    if (failures.length === 0) continue;
    yield '';
    yield `${name} (${path})`;
    for (const failure of failures.slice(0, SHOWN)) yield failure.replace(/^/gm, '    ');
    if (failures.length > SHOWN) yield `    (${failures.length - SHOWN} more)`;
  }
  const failed = verdicts.filter(({ failures }) => failures.length > 0).length;
  const inapplicable = verdicts.filter((verdict) => verdict.inapplicable !== undefined).length;
  const rest = inapplicable === 0 ? '' : `, ${inapplicable} not applicable`;
  yield '';
  yield `${verdicts.length - failed - inapplicable} passed, ${failed} failed${rest}`;
}

/** Failures of one scenario shown before the rest is counted. */
const SHOWN = 20;

/** The first place of several, and how many more there are. */
function onText([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (+${others.length})`;
}

function resultText({ failures, inapplicable }: Verdict): string {
  if (failures.length > 0) return `FAILED (${failures.length})`;
  return inapplicable === undefined ? 'passed' : `does not apply: ${inapplicable}`;
}

function verdictData(verdict: Verdict): object {
  const { path, name, on, runs, exits, steps, cycles, failures, inapplicable } = verdict;
  const applies = inapplicable === undefined;
  const shared = { path, scenario: name, applies, passed: applies && failures.length === 0 };
  return applies
    ? { ...shared, on: on.join('; '), runs, exits, steps, cycles, failures }
    : { ...shared, reason: inapplicable };
}
