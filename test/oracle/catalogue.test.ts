/**
 * The catalogue on whole kernel trees, unmodified: every scenario passes on each tree named by HYPSTEP_KERNEL_TREES that has a
 * world switch in assembly, or does not apply to it. Trees without one are the business of kernel-run.test.ts.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { runCatalogue } from '../scenario/catalogue.ts';
import { fixtures } from '../scenario/world-switch.ts';
import { withKernelTrees } from './tools.ts';

const test = suite("the catalogue on a kernel tree's own world switch");

withKernelTrees(test, [], 'every scenario that applies passes', (tree) => {
  if (!existsSync(join(tree, 'arch/arm64/kvm/hyp.S'))) return;
  const builds = new KernelBuilds({ files: new NodeFiles(), fixtures, kernel: tree });
  const { passed, inapplicable, failures } = runCatalogue(builds);
  assert.equal(failures, []);
  console.log(`${basename(tree)}: ${passed} passed, ${inapplicable} do not apply`);
});

test.run();
