/** The transcripts of README.md and docs/ are what the program prints. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hypstep } from './hypstep.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The blocks of a page that show what a command prints, each with its words and, of a prompt, what is typed there. */
function transcripts(page: string): { words: string[]; typed: string; shown: string }[] {
  const blocks = [...readFileSync(`${root}${page}`, 'utf8').matchAll(/^```\n([^`]*?)^```$/gm)].map(([, text]) => text!);
  return blocks.flatMap((block) => {
    const [, command, shown] = /^(?:\$ (npm start|hypstep .*)\n\n?)?([^$]*)$/.exec(block) ?? [];
    const typed = [...block.matchAll(/^\(hypstep\) (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
    if (shown === undefined || (command === undefined && typed === '')) return [];
    const line = command === 'npm start' ? 'hypstep run' : (command ?? 'hypstep step');
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    return [{ words: words.slice(1), typed, shown }];
  });
}

for (const [page, count] of [
  ['README.md', 1],
  ['docs/layout.md', 3],
  ['docs/stepping.md', 1],
  ['docs/kvm.md', 1],
] as const) {
  test(`the transcripts of ${page}`, () => {
    const found = transcripts(page);
    assert.is(found.length, count);
    for (const { words, typed, shown } of found) {
      const { stdout, stderr } = hypstep(words, { cwd: root, input: typed });
      assert.ok(stdout.includes(shown), `${words.join(' ')}:\n${stdout}${stderr}`);
    }
  });
}

test.run();
