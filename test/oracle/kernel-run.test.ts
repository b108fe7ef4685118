/**
 * The world switch of whole kernel trees, unmodified: each tree named by HYPSTEP_KERNEL_TREES (separated by colons) that has
 * one in assembly runs the default scenario with both GICs; the others are refused by their version.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { reportRun } from '../../sim/check/report.ts';
import { hasDebugPointer } from '../../sim/kvm/context.ts';
import { parseScenario } from '../../sim/scenario/load.ts';
import { prepareScenario, type RecordedMachine } from '../../sim/scenario/ready.ts';
import { fixtures, roundTrip, withReplaced } from '../scenario/world-switch.ts';
import { withKernelTrees } from './tools.ts';

const test = suite("a kernel tree's own world switch");
const files = new NodeFiles();

function ready(kernel: string, gic: string): RecordedMachine {
  const scenario = withReplaced(readFileSync(roundTrip, 'utf8'), 'gic: v2', `gic: ${gic}`);
  const expected = withReplaced(scenario, ', __save_vgic_v3_state', '');
  return prepareScenario(parseScenario(roundTrip, expected), { files, fixtures, kernel });
}

withKernelTrees(test, [], 'the round trip comes back whole with each GIC, or the tree is refused', (tree) => {
  if (!existsSync(join(tree, 'arch/arm64/kvm/hyp.S'))) {
    assert.throws(() => ready(tree, 'v2'), /which has no arch\/arm64\/kvm\/hyp\.S/);
    return;
  }
  for (const gic of ['v2', 'v3']) roundTripOf(tree, gic);
});

function roundTripOf(tree: string, gic: string): void {
  const machine = ready(tree, gic);
  const report = reportRun(machine);
  assert.equal(report.failures, []);
  assert.equal(report.contract.lost, []);
  const { typed, facts } = machine;
  // Element 2 of the guest's breakpoint controls, through the pointer or where it was before there was one.
  const path = hasDebugPointer(facts)
    ? 'debug_ptr->dbg_bcr[2]'
    : `ctxt.sys_regs[${facts.constant('DBGBCR0_EL1') + 2n}]`;
  assert.is(typed.read(`vcpu.arch.${path}`), 0x201e6n);
  const preserved = report.contract.compared.reduce((sum, { count }) => sum + count, 0);
  const { steps, cycles } = report;
  console.log(`${basename(tree)}, GIC${gic}: ${steps} steps, ${cycles} cycles, ${preserved} registers preserved`);
}

test.run();
