/** GCC rejects every source that asm/c is tested to reject, and its first error is on the same line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FAULTS } from '../c/faults.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';

const test = suite('faults in C declarations, by GCC');

/** The line of the first error in each of `sources`; undefined where there is none. One run of GCC for all. */
function firstErrors(sources: readonly string[]): (number | undefined)[] {
  return inTempFolder((folder) => {
    const names = sources.map((_, i) => `f${i}.c`);
    for (const [i, source] of sources.entries()) writeFileSync(join(folder, names[i]!), `${source}\n`);
    const { stderr } = runTool(GCC, ['-fsyntax-only', '-w', ...names], undefined, folder);
    return names.map((name) => {
      const found = new RegExp(`^${name.replace('.', '\\.')}:(\\d+):(?:\\d+:)? (?:fatal )?error:`, 'm').exec(stderr);
      return found === null ? undefined : Number(found[1]);
    });
  });
}

withTools(test, [GCC], `${FAULTS.length} faulty sources`, () => {
  const lines = firstErrors(FAULTS.map(([, , source]) => source));
  for (const [i, [line, says, source]] of FAULTS.entries()) {
    assert.is.not(lines[i], undefined, `GCC takes: ${source}`);
    // What is missing at the end of the input GCC reports at the last token.
    if (!says.includes('end of the input')) assert.is(lines[i], line, source);
  }
});

test.run();
