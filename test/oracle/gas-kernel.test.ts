/**
 * Whole kernel files against gcc: every .S file of the trees named by HYPSTEP_KERNEL_TREES (separated by colons), which
 * are configured and prepared, gives the same object.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareKernel } from './kernel-assembly.ts';
import { withKernelTrees } from './tools.ts';

const test = suite('kernel sources assemble to the same objects');

withKernelTrees(test, ['aarch64-linux-gnu-gcc', 'sh'], 'every .S file', (tree) => {
  const results = compareKernel(tree);
  assert.ok(results.length > 10);
  const different = results.filter(({ outcome }) => outcome === 'different');
  assert.equal(different, []);
  console.log(
    `${tree}: ${results.filter(({ outcome }) => outcome === 'identical').length} of ${results.length} identical`,
  );
});

test.run();
