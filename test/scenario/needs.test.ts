/** What a scenario needs of the kernel, on the world switch before debug_ptr and after. */

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseScenario } from '../../sim/scenario/load.ts';
import { DoesNotApply } from '../../sim/scenario/needs.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import { builds, roundTrip } from './world-switch.ts';

/** Why the default scenario with these needs does not apply; undefined where it does. */
function reason(sources: 'before' | 'after', ...needs: string[]): string | undefined {
  const text = readFileSync(roundTrip, 'utf8').replace('sources: after', `sources: ${sources}`);
  try {
    prepareScenario(parseScenario(roundTrip, `${text}needs: ${JSON.stringify(needs)}\n`), builds);
    return undefined;
  } catch (error) {
    if (error instanceof DoesNotApply) return error.reason;
    throw error;
  }
}

test('a path of the vcpu, a constant of the headers and a symbol of the world switch are met', () => {
  assert.is(reason('after', 'vcpu.arch.debug_ptr->dbg_bcr[3]', 'kvm.arch.vttbr', 'HCR_RW', '__save_debug'), undefined);
});

test('what is missing is told, the first of several', () => {
  assert.is(reason('before', 'HCR_RW', 'vcpu.arch.debug_ptr', 'HCR_NO'), 'struct kvm_vcpu has no arch.debug_ptr');
  assert.is(
    reason('after', '__no_such_routine'),
    'neither a constant of the headers nor a symbol of the world switch is called __no_such_routine',
  );
});

test('a need of no known form is told with its place', () => {
  const text = `${readFileSync(roundTrip, 'utf8')}needs: [HCR_RW, arch.debug_ptr]\n`;
  assert.throws(
    () => parseScenario(roundTrip, text),
    /needs\.1: expected a path from vcpu or kvm, a constant of the headers, or a symbol of the world switch/,
  );
});

test('a path that names no field is told at its key before anything runs', () => {
  const text = readFileSync(roundTrip, 'utf8');
  const prepare = (changed: string) => prepareScenario(parseScenario(roundTrip, changed), builds);
  const expected = text.replace('vcpu.arch.debug_flags: 0', 'vcpu.arch.debug_flag: 0');
  assert.throws(() => prepare(expected), /debug_flag/);
  const before = `${text}before_entry: [{ entry: 5, fields: { vcpu.arch.no: 1 } }]\n`;
  assert.throws(() => prepare(before), /arch\.no/);
});

test.run();
