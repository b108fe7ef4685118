/**
 * Whole kernel files against gcc: every .S file of the trees named by HYPSTEP_KERNEL_TREES (separated by colons), which
 * are configured and prepared, gives the same object.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareKernel } from './kernel-assembly.ts';
import { withTools } from './tools.ts';

const test = suite('kernel sources assemble to the same objects');
const trees = (process.env.HYPSTEP_KERNEL_TREES ?? '').split(':').filter((tree) => tree !== '');

for (const tree of trees)
  withTools(test, ['aarch64-linux-gnu-gcc', 'sh'], tree, () => {
    const results = compareKernel(tree);
    assert.ok(results.length > 10);
    const different = results.filter(({ outcome }) => outcome === 'different');
    assert.equal(different, []);
  });

if (trees.length === 0) test.skip('no kernel tree: HYPSTEP_KERNEL_TREES is not set');

test.run();
