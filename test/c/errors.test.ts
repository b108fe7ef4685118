/** Every fault is one diagnostic with its line, and the message names what is wrong. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FAULTS } from './faults.ts';
import { faultsOf } from './parse-text.ts';

const test = suite('faults in C declarations');

for (const [line, says, source] of FAULTS) {
  test(source, () => {
    const faults = faultsOf(source);
    assert.is(faults.length, 1, `not one fault but ${faults.length}: ${faults.join('\n')}`);
    assert.match(faults[0]!, new RegExp(`^t\\.c:${line}:\\d+: error: `));
    assert.ok(faults[0]!.includes(says), `'${faults[0]}' does not say '${says}'`);
  });
}

test.run();
