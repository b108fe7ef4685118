import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeBytes, writeLines } from '../../sim/cli/output.ts';
import { inTempFolder } from '../oracle/tools.ts';

test('lines are written with a newline each, however many there are', () => {
  inTempFolder((folder) => {
    const path = join(folder, 'trace.txt');
    const lines = [...Array(50_000).keys()].map(String);
    writeLines(path, lines);
    assert.is(readFileSync(path, 'utf8'), lines.map((line) => `${line}\n`).join(''));
  });
});

test('a file that fails half way leaves the old one as it was, and nothing beside it', () => {
  inTempFolder((folder) => {
    const path = join(folder, 'trace.txt');
    writeFileSync(path, 'old');
    function* lines() {
      for (let n = 0; n < 100_000; n++) yield 'new';
      throw new Error('the run failed');
    }
    assert.throws(() => writeLines(path, lines()), /the run failed/);
    assert.is(readFileSync(path, 'utf8'), 'old');
    assert.equal(readdirSync(folder), ['trace.txt']);
  });
});

test('a folder that is not there is one clear message', () => {
  inTempFolder((folder) => {
    assert.throws(
      () => writeBytes(join(folder, 'no', 'x.o'), new Uint8Array(1)),
      /cannot write '.*no\/x\.o': there is no such folder/,
    );
  });
});

test.run();
