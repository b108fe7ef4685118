import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Phase } from '../../sim/recording/phases.ts';
import { hypSource, roundTrip, runWith, withReplaced } from './world-switch.ts';

function names(phases: readonly Phase[]): string[] {
  return phases.flatMap((phase) => [phase.name, ...names(phase.children)]);
}

test('the round trip comes back with every register of host and guest', () => {
  const report = runWith();
  assert.equal(report.failures, []);
  assert.equal(report.run.exits, [1n]);
  assert.equal(report.contract.lost, []);
  for (const group of ['general', 'system', 'debug', 'fp', 'hyp']) {
    assert.ok(report.contract.compared.some((one) => one.border === 'host to host' && one.group === group));
  }
});

test('the phases name each routine in the order it was entered, nested by call', () => {
  const report = runWith();
  const entered = names(report.phases);
  for (const name of ['__save_debug', '__restore_debug', 'el1_sync', '__kvm_vcpu_return', 'switch_to_guest_fpsimd']) {
    assert.ok(entered.includes(name), name);
  }
  const [host] = report.phases;
  assert.is(host!.name, 'host_start');
  const hyp = host!.children[0]!.children;
  assert.equal(
    hyp.map(({ name }) => name),
    ['__kvm_hyp_vector', 'el1_sync'],
  );
  assert.is(hyp[1]!.children[0]!.name, '__kvm_vcpu_run');
  const steps = report.phases.reduce((sum, phase) => sum + phase.all.steps, 0);
  assert.is(steps, report.steps);
});

test('before/ comes back too, with the debug registers in sys_regs[]', () => {
  const report = runWith({
    scenario: [
      'name: before',
      'sources: before',
      'host: { code: ../guests/host.S }',
      'guest: { code: ../guests/guest-round-trip.S }',
      'vcpu: { arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM, arch.debug_flags: 1 }',
      'expect:',
      '  exits: [ARM_EXCEPTION_TRAP]',
      '  guest: { dbgbcr3_el1: 0x301e6, x30: 0x475545535400001e, v3.d1: 0x4755455354000203 }',
      '  fields: { "vcpu.arch.ctxt.sys_regs[26]": 0x301e6 }',
      '',
    ].join('\n'),
  });
  assert.equal(report.failures, []);
});

test('a guest register that is not as expected is told with the field that keeps it', () => {
  const scenario = (name: string) =>
    withReplaced(readFileSync(roundTrip, 'utf8'), '    dbgbcr3_el1: 0x301e6\n', `    ${name}: 5\n`);
  const [failure, ...more] = runWith({ scenario: scenario('DBGBCR3_EL1') }).failures;
  assert.equal(more, []);
  assert.match(
    failure!,
    /round-trip\.yaml:\d+:\d+: DBGBCR3_EL1 \(vcpu\.arch\.debug_ptr->dbg_bcr\[3\]\) is 0x301e6, expected 0x5$/,
  );
  assert.throws(() => runWith({ scenario: scenario('dbgbcr9_el1') }), /keeps no register called 'dbgbcr9_el1'/);
});

test('a forgotten kern_hyp_va is an EL2 data abort at its line, and the panic path runs', () => {
  const hyp = withReplaced(
    hypSource(),
    '\tldr\tx3, [x0, #VCPU_DEBUG_PTR]\n\tkern_hyp_va x3\n\tbl\t__restore_debug\n',
    '\tldr\tx3, [x0, #VCPU_DEBUG_PTR]\n\tbl\t__restore_debug\n',
  );
  const report = runWith({ hyp });
  assert.is(report.ending.kind, 'panic');
  const line = hyp.slice(0, hyp.indexOf('restore_debug dbgbcr')).split('\n').length;
  assert.match(
    report.failures[0]!,
    new RegExp(
      `^copy\\d+/hyp\\.S:${line}:\\d+: error: EL2 data abort, translation fault of level 0 reading at 0xffffffc0`,
    ),
  );
  assert.match(report.failures[0]!, /note: in macro 'restore_debug'/);
  const texts = names(report.phases);
  assert.ok(texts.includes('__kvm_hyp_panic'));
});

test('DEBUG_BCR and DEBUG_BVR exchanged in __save_debug alone is debug state lost, by name', () => {
  const source = hypSource();
  const at = source.indexOf('__save_debug:');
  const end = source.indexOf('__restore_debug:', at);
  const swapped = source
    .slice(at, end)
    .replace(/DEBUG_BCR|DEBUG_BVR/g, (name) => (name === 'DEBUG_BCR' ? 'DEBUG_BVR' : 'DEBUG_BCR'));
  const report = runWith({ hyp: source.slice(0, at) + swapped + source.slice(end) });
  const lost = report.contract.lost.filter(({ border }) => border === 'host to host').map(({ register }) => register);
  assert.ok(lost.includes('dbgbcr0_el1') && lost.includes('dbgbvr5_el1'), lost.join());
  assert.ok(
    lost.every((name) => /^dbgb[cv]r\d+_el1$/.test(name)),
    lost.join(),
  );
  assert.ok(report.contract.lost.some(({ field }) => field === 'vcpu.arch.debug_ptr->dbg_bcr[0]'));
});

test.run();
