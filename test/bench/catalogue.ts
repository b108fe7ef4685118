/**
 * The whole catalogue of scenarios, judged on all processors, beside the same on one: how much a second one brings, which
 * on a machine whose processors share a core is little.
 */
import { benchCommand, hypstep } from './commands.ts';

const scenarios = new URL('../../fixtures/scenarios', import.meta.url).pathname;

export function benchCatalogue(): void {
  const all = hypstep('run', scenarios);
  benchCommand('hypstep run fixtures/scenarios, the catalogue', all, {
    'on one processor': ['taskset', '--cpu-list', '0', ...all],
  });
}
