/**
 * Golden traces: the text trace of a scenario as it was when somebody last looked at it and found it right. A run that
 * differs is shown as a unified diff.
 */
import { structuredPatch } from 'diff';

/** Lines of agreement shown around each difference. */
const CONTEXT = 2;
/** Differences are shown up to this many lines; a trace that took another path differs everywhere. */
const SHOWN = 60;
/** Past this many changed lines no smallest difference is looked for: the first one is what tells. */
const EFFORT = 400;

/**
 * The lines that differ between the golden trace and the actual one, as a unified diff with the given names, or
 * undefined where there is no difference. Both are whole texts, with a newline after each line.
 */
export function compareWithGolden(
  golden: string,
  actual: string,
  names: { golden: string; actual: string },
): string[] | undefined {
  if (golden === actual) return undefined;
  const patch = structuredPatch(names.golden, names.actual, golden, actual, undefined, undefined, {
    context: CONTEXT,
    maxEditLength: EFFORT,
  });
  const heading = [`--- ${names.golden}`, `+++ ${names.actual}`];
  if (patch === undefined) return [...heading, ...firstDifference(golden, actual)];
  const lines = patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
  if (lines.length <= SHOWN) return [...heading, ...lines];
  return [...heading, ...lines.slice(0, SHOWN), `(${lines.length - SHOWN} more lines of difference)`];
}

/** The first line that differs, with what stood there before, for texts too far apart to align. */
function firstDifference(golden: string, actual: string): string[] {
  const before = golden.split('\n');
  const after = actual.split('\n');
  let line = 0;
  while (before[line] === after[line]) line++;
  return [
    `@@ -${line + 1} +${line + 1} @@ from here on the traces differ throughout`,
    ...before.slice(Math.max(0, line - CONTEXT), line).map((text) => ` ${text}`),
    ...before.slice(line, line + CONTEXT + 1).map((text) => `-${text}`),
    ...after.slice(line, line + CONTEXT + 1).map((text) => `+${text}`),
  ];
}
