/** Golden traces as files: folder/scenarios/NAME.yaml has folder/golden/NAME.txt. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compareWithGolden } from '../check/golden.ts';
import type { RunReport } from '../check/report.ts';
import type { Check } from '../check/verdict.ts';
import { textLines } from '../formats/text.ts';
import { writeLines } from './output.ts';

/** What is done with golden traces: nothing, or comparing, or writing those there are and those of the files named. */
export type GoldenUse = 'none' | 'compare' | { readonly update: readonly string[] };

/** What is checked of the runs of the scenario at `path` beside its expectations; undefined for nothing. */
export function checkFor(path: string, golden: GoldenUse): Check | undefined {
  if (golden === 'compare') return goldenComparison(path);
  if (golden === 'none') return undefined;
  return golden.update.includes(path) || existsSync(goldenPath(path)) ? goldenUpdate(path) : undefined;
}

/** Compares each run of the scenario at `path` with its golden trace, where it has one. */
function goldenComparison(path: string): Check | undefined {
  const golden = goldenPath(path);
  if (!existsSync(golden)) return undefined;
  return (report) => {
    const actual = traceOf(report)
      .map((line) => `${line}\n`)
      .join('');
    const difference = compareWithGolden(readFileSync(golden, 'utf8'), actual, { golden, actual: 'this run' });
    return difference === undefined ? [] : [difference.join('\n')];
  };
}

/** Writes the golden trace of the scenario at `path`; not of a run that has failed, nor of one run of several. */
function goldenUpdate(path: string): Check {
  const golden = goldenPath(path);
  return (report) => {
    if (report.run.ready.loaded.combination !== undefined) return [];
    if (report.failures.length > 0) return [`${golden} is left as it is: the run has failed`];
    mkdirSync(dirname(golden), { recursive: true });
    writeLines(golden, traceOf(report));
    return [];
  };
}

function goldenPath(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '.txt');
  return join(dirname(path), '..', 'golden', name);
}

function traceOf({ run }: RunReport): string[] {
  return [...textLines(run.ready.recording, { stable: true })];
}
