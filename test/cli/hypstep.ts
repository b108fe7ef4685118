/** The installed program, run as a user runs it. `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const program = new URL('../../dist/load.cjs', import.meta.url).pathname;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `hypstep` with `words`, in folder `cwd`, `input` on its standard input. */
export function hypstep(words: readonly string[], { cwd, input = '' }: { cwd?: string; input?: string } = {}): Outcome {
  if (!existsSync(program)) throw new Error('hypstep is not built: npm run build');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}
