/**
 * Spoilt input at every door gives a diagnostic or a result: never another exception, never a run without an end. With
 * HYPSTEP_FUZZ_RUNS=N instead of 20,000 runs, with HYPSTEP_SEED from another seed.
 */
import { Script } from 'node:vm';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Door, doors } from './doors.ts';

const test = suite('spoilt input');

const ALL_RUNS = 20_000;
const runs = Number(process.env.HYPSTEP_FUZZ_RUNS ?? ALL_RUNS);
const seed = Number(process.env.HYPSTEP_SEED ?? 2024);
/** One run takes milliseconds; what a limit of ours stops, like a million rounds of .rept, about a second. */
const TIME_LIMIT = 20_000;

/** Calls a function and ends it, be it in the middle of a loop, after a time in milliseconds. */
const call = new Script('hypstepFuzzRun()');

function enterInTime(door: Door, input: string | Uint8Array): void {
  (globalThis as { hypstepFuzzRun?: () => void }).hypstepFuzzRun = () => door.enter(input);
  call.runInThisContext({ timeout: TIME_LIMIT });
}

function shown(input: string | Uint8Array): string {
  return typeof input === 'string' ? JSON.stringify(input) : `bytes ${Buffer.from(input).toString('base64')}`;
}

for (const door of doors) {
  const numRuns = Math.max(1, Math.round((runs * door.share) / ALL_RUNS));
  test(`${door.name}: ${numRuns} of them`, () => {
    let slowest = 0;
    let slow = '';
    const property = fc.property(door.inputs, (input) => {
      const start = performance.now();
      try {
        enterInTime(door, input);
      } catch (error) {
        throw new Error(`${(error as Error).stack}\nof the input ${shown(input).slice(0, 4000)}`);
      }
      const time = performance.now() - start;
      if (time > slowest) [slowest, slow] = [time, shown(input)];
    });
    const start = performance.now();
    const result = fc.check(property, { numRuns, seed, interruptAfterTimeLimit: undefined });
    if (process.env.HYPSTEP_FUZZ_TIMES !== undefined)
      console.log(
        `${door.name}: ${Math.round(performance.now() - start)} ms, the slowest ${Math.round(slowest)} ms\n  ${slow.slice(0, 600)}`,
      );
    assert.not(result.failed, `seed ${seed}: ${(result.errorInstance as Error | undefined)?.message}`);
  });
}

test('the shares of the doors add up', () => {
  assert.is(
    doors.reduce((sum, { share }) => sum + share, 0),
    ALL_RUNS,
  );
});

test.run();
