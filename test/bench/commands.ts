/** Whole commands, each in a process of its own: what a user waits for at the shell. */
import { spawnSync } from 'node:child_process';
import { fastest, middle, rounds, row, timeOf } from './table.ts';

export type CommandLine = readonly [file: string, ...words: string[]];

export interface Peer {
  readonly name: string;
  /** In milliseconds, the median. */
  readonly time: number;
}

const program = new URL('../../dist/load.cjs', import.meta.url).pathname;

/** The command line of `hypstep WORDS...`, as `npm run build` made it. */
export function hypstep(...words: string[]): CommandLine {
  return [process.execPath, program, ...words];
}

/** Node doing nothing. */
export const nodeAlone: CommandLine = [process.execPath, '-e', '0'];

/** Runs a command to its end. Throws Error where it cannot be started or fails. */
function run([file, ...words]: CommandLine): void {
  const { error, status } = spawnSync(file, words, { stdio: 'ignore' });
  if (error !== undefined || status !== 0) throw error ?? new Error(`${file} ${words.join(' ')}: status ${status}`);
}

/**
 * Prints the time of `command` beside that of each of its `peers`, by name. They take turns, so that a busy machine is
 * busy for all of them; the rows tell medians. Returns the last peer.
 */
export function benchCommand(what: string, command: CommandLine, peers: Readonly<Record<string, CommandLine>>): Peer {
  const contestants: readonly (readonly [string, CommandLine])[] = [['', command], ...Object.entries(peers)];
  const times = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    contestants.forEach(([, line], n) => {
      times[n]!.push(timeOf(() => run(line)));
    });
  }
  const results = contestants.map(([name], n): Peer => ({ name, time: middle(times[n]!) }));
  const [own, ...others] = results;
  others.forEach(({ name, time }, n) => {
    row(n === 0 ? what : '', own!.time, 'ms', name, time);
  });
  const bests = contestants.map(([name], n) => `${name} ${fastest(times[n]!).toFixed(0)}`.trim());
  console.log(`  fastest of ${rounds}: ${bests.join(', ')}`);
  return results.at(-1)!;
}
