/** A world switch from a Linux tree: here the fixtures laid out as one, in memory. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { type RunReport, reportRun } from '../../sim/check/report.ts';
import { loadScenario, parseScenario } from '../../sim/scenario/load.ts';
import { prepareScenario, type RecordedMachine } from '../../sim/scenario/ready.ts';
import { type TreeFiles, treeFiles } from './kernel-tree.ts';
import { fixtures, roundTrip, withReplaced } from './world-switch.ts';

const TREE = '/linux';
const under = new NodeFiles();

/** The default scenario on a tree of these files, or another's text. */
function ready(tree: TreeFiles, scenario?: string): RecordedMachine {
  const placed = Object.entries(tree).map(([path, text]) => [`${TREE}/${path}`, text]);
  const files = new MemoryFiles(Object.fromEntries(placed), under);
  const loaded = scenario === undefined ? loadScenario(roundTrip, under) : parseScenario(roundTrip, scenario);
  return prepareScenario(loaded, { files, fixtures, kernel: scenario === undefined ? TREE : undefined });
}

function run(tree: TreeFiles, scenario?: string): RunReport {
  return reportRun(ready(tree, scenario));
}

/** The one error that the tree gives. */
function refusal(tree: TreeFiles, scenario?: string): string {
  try {
    ready(tree, scenario);
  } catch (error) {
    const found = diagnosticsOf(error)?.filter(({ severity }) => severity === 'error');
    if (found?.length !== 1) throw error;
    return formatDiagnostic(found[0]!).split('\n')[0]!;
  }
  throw new Error('nothing was wrong');
}

const shortest = (more: string) =>
  [
    'name: s',
    'host: { code: ../guests/host.S }',
    'guest: { code: ../guests/guest-round-trip.S }',
    'vcpu: { arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM, arch.debug_flags: 1 }',
    more,
    '',
  ].join('\n');

for (const variant of ['after', 'before'] as const) {
  test(`the default scenario holds on a tree, ${variant} debug_ptr came`, () => {
    const report = run(treeFiles(variant));
    assert.equal(report.failures, []);
    assert.equal(report.run.exits, [1n]);
    assert.ok(report.run.ready.sources.hyp.startsWith(TREE));
  });
}

test('a scenario names its tree, and a fault of the tree is told at that key', () => {
  assert.equal(run(treeFiles(), shortest(`sources: { kernel: ${TREE} }`)).failures, []);
  const expected = /round-trip\.yaml:5:20: error: \/linux is no Linux tree: it has no Makefile$/;
  assert.match(refusal({}, shortest(`sources: { kernel: ${TREE} }`)), expected);
});

/** hyp.S as before 4.2: the functions of the GIC at hand are called through a table that the host fills in. */
function withTable(tree: TreeFiles): TreeFiles {
  const hyp = withReplaced(
    tree['arch/arm64/kvm/hyp.S']!,
    'alternative_if_not ARM64_HAS_SYSREG_GIC_CPUIF\n\tbl\t__\\direction\\()_vgic_v2_state\n' +
      'alternative_else\n\tbl\t__\\direction\\()_vgic_v3_state\nalternative_endif\n',
    '\tadr x24, __vgic_sr_vectors\n\t.ifc \\direction, save\n\tldr x24, [x24, #VGIC_SAVE_FN]\n' +
      '\t.else\n\tldr x24, [x24, #VGIC_RESTORE_FN]\n\t.endif\n\tkern_hyp_va x24\n\tblr x24\n',
  );
  const table = '\n\t.pushsection .hyp.text, "ax"\nENTRY(__vgic_sr_vectors)\n\t.skip 16\n\t.popsection\n';
  const host = tree['arch/arm64/include/asm/kvm_host.h']!;
  const members = 'struct vgic_sr_vectors {\n\tvoid *save_vgic;\n\tvoid *restore_vgic;\n};\n';
  const defines = ['SAVE', 'RESTORE'].map(
    (what) => `\tDEFINE(VGIC_${what}_FN, offsetof(struct vgic_sr_vectors, ${what.toLowerCase()}_vgic));\n`,
  );
  const offsets = tree['arch/arm64/kernel/asm-offsets.c']!;
  return {
    ...tree,
    'arch/arm64/kvm/hyp.S': hyp + table,
    'arch/arm64/include/asm/kvm_host.h': host.replace(/#endif[^#]*$/, `${members}#endif\n`),
    'arch/arm64/kernel/asm-offsets.c': offsets.replace(/(?=\n\treturn|\n\}\s*$)/, `\n${defines.join('')}`),
    'arch/arm64/include/asm/cpufeature.h': '#define ARM64_WORKAROUND_834220 7\n',
  };
}

for (const gic of ['v2', 'v3'] as const) {
  test(`a kernel that calls through __vgic_sr_vectors switches the GIC${gic} it is told of`, () => {
    const other = gic === 'v2' ? 'v3' : 'v2';
    const expect = `expect: { phases: [__save_vgic_${gic}_state], absent: [__save_vgic_${other}_state] }`;
    const scenario = shortest(`sources: { kernel: ${TREE} }\nmachine: { gic: ${gic} }\n${expect}`);
    assert.equal(run(withTable(treeFiles('before')), scenario).failures, []);
  });
}

test('hyp.S is assembled with the offsets of the structs as they are, and a stale asm-offsets.h is named', () => {
  const tree = treeFiles();
  const stale = '#define VCPU_DEBUG_FLAGS 8 /* x */\n#define VCPU_NOTHING 16 /* x */\n';
  const machine = ready({ ...tree, 'include/generated/asm-offsets.h': stale });
  const [warning, ...more] = machine.warnings.map((one) => formatDiagnostic(one).split('\n')[0]!);
  assert.equal(more, []);
  assert.match(warning!, /^\/linux\/include\/generated\/asm-offsets\.h:1:1: warning: older than the tree's structs/);
  assert.match(warning!, /; and \d+ more$/);
  assert.equal(reportRun(machine).failures, []);
  assert.equal(ready(tree).warnings, []);
});

test('a tree that cannot be used is refused with one message', () => {
  const without = (tree: TreeFiles, path: string) =>
    Object.fromEntries(Object.entries(tree).filter(([p]) => p !== path));
  const tree = treeFiles();
  const recent = { ...without(tree, 'arch/arm64/kvm/hyp.S'), Makefile: 'VERSION = 6\nPATCHLEVEL = 1\n' };
  assert.match(refusal(recent), /\/linux is Linux 6\.1, which has no arch\/arm64\/kvm\/hyp\.S: since 4\.5 .* in C$/);
  assert.match(
    refusal(without(tree, 'include/generated/autoconf.h')),
    /\/linux is not configured: .*defconfig prepare/,
  );
  const unvirtual = { ...tree, 'include/generated/autoconf.h': '#define CONFIG_ARM64 1\n' };
  assert.match(refusal(unvirtual), /\/linux is configured without KVM: CONFIG_KVM_ARM_HOST is off$/);
  assert.match(
    refusal(without(tree, 'arch/arm64/include/asm/kvm_host.h')),
    /^\/linux\/include\/linux\/kvm_host\.h:\d+:\d+: (fatal )?error: .*asm\/kvm_host\.h/,
  );
  assert.match(refusal(without(tree, 'arch/arm64/kernel/asm-offsets.c')), /asm-offsets\.c: no such file$/);
  const hyp = withReplaced(tree['arch/arm64/kvm/hyp.S']!, 'mrs\tx21, mdccint_el1', 'mrs\tx21, mdccint_el4');
  assert.match(
    refusal({ ...tree, 'arch/arm64/kvm/hyp.S': hyp }),
    /^\/linux\/arch\/arm64\/kvm\/hyp\.S:\d+:\d+: error: /,
  );
  const scenario = shortest(`sources: { kernel: ${TREE} }\nmachine: { features: [ARM64_NO_SUCH] }`);
  assert.match(refusal(tree, scenario), /round-trip\.yaml:6:23: error: .*no integer constant 'ARM64_NO_SUCH'/);
});

test.run();
