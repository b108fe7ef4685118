/** What every bench prints with: one row for each speed, beside a peer or a second way measured in the same run. */
import { performance } from 'node:perf_hooks';

/** Whether few rounds are wanted, as in continuous integration. */
export const short = process.argv.includes('--short');

/** How often something of some milliseconds is measured. */
export const rounds = short ? 3 : 15;

/** The time of one run of `body`, in milliseconds. */
export function timeOf(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

/** The median of `count` runs of `body`, in milliseconds. */
export function median(count: number, body: () => void): number {
  return middle(Array.from({ length: count }, () => timeOf(body)));
}

/** The median of `values`; of two in the middle, the higher. */
export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** The least of `values`: what a busy machine disturbs least. */
export function fastest(values: readonly number[]): number {
  return Math.min(...values);
}

/**
 * The highest of what each of `speeds` returns in `count` rounds, in which they are measured in turn: what else the machine
 * has to do then slows all of them alike, and the highest is what it disturbed least.
 */
export function inTurn(count: number, speeds: readonly (() => number)[]): number[] {
  const best = speeds.map(() => 0);
  for (let round = 0; round < count; round++) {
    speeds.forEach((speed, n) => {
      best[n] = Math.max(best[n]!, speed());
    });
  }
  return best;
}

/** Prints `value` beside that of its peer, and how many times the peer's it is. */
export function row(what: string, value: number, unit: string, peer: string, peerValue: number): void {
  const number = (n: number) => n.toLocaleString('en', { maximumFractionDigits: n < 100 ? 1 : 0 });
  const ratio = (value / peerValue).toFixed(2);
  console.log(
    `${what.padEnd(44)} ${number(value).padStart(12)} ${unit.padEnd(8)} ${peer.padEnd(30)} ${number(peerValue).padStart(12)}  x${ratio}`,
  );
}
