import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithGolden } from '../../sim/check/golden.ts';

const names = { golden: 'golden/a.txt', actual: 'this run' };
const text = (lines: readonly (string | number)[]) => lines.map((line) => `${line}\n`).join('');
const numbers = [...Array(20).keys()];

test('equal traces have no difference', () => {
  assert.is(compareWithGolden('a\nb\n', 'a\nb\n', names), undefined);
});

test('a line taken out is shown with its neighbours', () => {
  const lines = compareWithGolden(text(numbers), text(numbers.filter((n) => n !== 10)), names);
  assert.equal(lines, ['--- golden/a.txt', '+++ this run', '@@ -9,5 +9,4 @@', ' 8', ' 9', '-10', ' 11', ' 12']);
});

test('traces that differ throughout show where that begins, without a search for the smallest difference', () => {
  const many = [...Array(5000).keys()];
  const lines = compareWithGolden(text(['same', ...many]), text(['same', ...many.map((n) => `x${n}`)]), names)!;
  assert.ok(lines.length < 20);
  assert.equal(lines.slice(2, 5), ['@@ -2 +2 @@ from here on the traces differ throughout', ' same', '-0']);
});

test.run();
