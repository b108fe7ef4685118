/** Every scenario of the catalogue holds on the world switch with debug_ptr, and on the one without where it applies. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { catalogue, failuresOf, scenariosOf } from './catalogue.ts';
import { fixtures } from './world-switch.ts';

const test = suite('the catalogue');
/** Every combination of a matrix where the oracles are required, as in .ci/run; elsewhere one in seventeen. */
const stride = process.env.HYPSTEP_ORACLES === 'required' ? 1 : 17;

test('each scenario says what happens', () => {
  assert.ok(catalogue.length > 20);
  for (const name of catalogue) assert.ok((scenariosOf(name)[0]!.scenario.description ?? '').length > 100, name);
});

for (const sources of ['after', 'before'] as const) {
  const builds = new KernelBuilds({ files: new NodeFiles(), fixtures, sources });
  for (const name of catalogue) {
    test(`${name} (${sources})`, () => {
      for (const [n, loaded] of scenariosOf(name).entries()) {
        if (n % stride !== 0) continue;
        const failures = failuresOf(loaded, builds);
        if (failures === undefined) assert.is(sources, 'before', 'every scenario applies to the switch with debug_ptr');
        else assert.equal(failures, [], loaded.combination);
      }
    });
  }
}

test.run();
