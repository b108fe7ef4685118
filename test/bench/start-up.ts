/** What a user waits for at the shell: whole commands, each in a process of its own, beside Node doing nothing. */
import { spawnSync } from 'node:child_process';
import { median, rounds, row } from './table.ts';

const program = new URL('../../dist/load.cjs', import.meta.url).pathname;

function command(file: string, ...words: string[]): void {
  const { error, status } = spawnSync(file, words, { stdio: 'ignore' });
  if (error !== undefined || status !== 0) throw error ?? new Error(`${file} ${words.join(' ')}: status ${status}`);
}

export function benchStartUp(): void {
  const node = median(rounds, () => command(process.execPath, '-e', '0'));
  row(
    'hypstep run, cold, the default scenario',
    median(rounds, () => command(process.execPath, program, 'run')),
    'ms',
    'node -e 0',
    node,
  );
  row(
    'hypstep --version, cold',
    median(rounds, () => command(process.execPath, program, '--version')),
    'ms',
    'node -e 0',
    node,
  );
}
