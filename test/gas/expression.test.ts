/** Expressions (Using as, "Infix Operators": highest *, /, %, <<, >>; then |, &, ^, !; then +, -, comparisons; && and ||). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assemble, errorLines, quads, section } from './program.ts';

function value(expression: string, before = ''): bigint {
  return quads(assemble(`${before}\n\t.quad ${expression}\n`))[0]!;
}

test('operators bind as the manual says', () => {
  assert.is(value('1 + 2 * 3'), 7n);
  assert.is(value('2 + 3 | 4'), 9n, '| binds tighter than +');
  assert.is(value('1 << 2 + 1'), 5n, '<< binds tighter than +');
  assert.is(value('1 + 1 == 2'), -1n);
  assert.is(value('2 | 1 && 0'), 0n);
  assert.is(value('1 || 0 && 0'), 1n);
  assert.is(value('100 - 10 - 1'), 89n);
});

test('a comparison is -1 or 0, a logical operator 1 or 0', () => {
  assert.equal(
    ['1 < 2', '2 < 1', '3 >= 3', '1 <> 2', '1 != 1', '5 && 7', '0 || 0'].map((e) => value(e)),
    [-1n, 0n, -1n, -1n, 0n, 1n, 0n],
  );
});

test('shifts are logical, and all is 64 bits wide', () => {
  assert.is(value('-1 >> 60'), 15n);
  assert.is(value('0x7fffffffffffffff + 1'), -(1n << 63n));
});

test('unary operators', () => {
  assert.equal(
    ['-5', '~0', '!0', '!7', '- -3', '-~1'].map((e) => value(e)),
    [-5n, -1n, 1n, 0n, 3n, 2n],
  );
});

test('numbers in every radix', () => {
  assert.equal(
    ['0x1F', '0b101', '017', '10', "'a"].map((e) => value(e)),
    [31n, 5n, 15n, 10n, 97n],
  );
});

test('a distance inside a section is a number, even across an alignment that comes later', () => {
  const object = assemble('a:\tnop\n\t.align 4\nb:\t.quad b - a\n');
  assert.is(section(object, '.text').relocations.length, 0);
  assert.is(section(object, '.text').data[16], 16);
});

test('.eqv is evaluated at each use', () => {
  assert.equal(quads(assemble('\t.set n, 1\n\t.eqv twice, n * 2\n\t.quad twice\n\t.set n, 5\n\t.quad twice\n')), [
    2n,
    10n,
  ]);
});

test('.set takes the value of the moment', () => {
  assert.equal(quads(assemble('\t.set n, 1\n\t.set m, n\n\t.set n, 2\n\t.quad m, n\n')), [1n, 2n]);
});

test('definitions in a circle and values that cannot be computed are errors with their place', () => {
  assert.equal(errorLines('\t.set a, b\n\t.set b, a\n\t.quad a\n'), [
    "t.s:3:2: error: the definition of 'a' goes round in a circle",
  ]);
  assert.is(errorLines('\t.set a, b\n\t.set b, a\n').length, 1);
  assert.equal(errorLines('a:\t.quad a * 2\n'), [
    "t.s:1:1: error: invalid operands (.text and *ABS* sections) for '*'",
  ]);
  assert.equal(errorLines('\t.data\nd:\t.word 1\n\t.section .x, "a"\ne:\t.word 1\n\t.text\n\t.word d - e\n'), [
    't.s:6:2: error: cannot compute d - e across sections',
  ]);
});

test('definitions that double at every step take no time', () => {
  const steps = Array.from({ length: 60 }, (_, i) => `\t.set a${i + 1}, a${i} + a${i}`);
  const object = assemble(`${steps.join('\n')}\n\t.quad a60\n\t.set a0, 1\n`);
  assert.is(quads(object)[0], 1n << 60n);
});

test('nesting has a limit that is named', () => {
  assert.match(
    errorLines(`\t.quad ${'('.repeat(500)}1${')'.repeat(500)}\n`)[0]!,
    /nested deeper than the limit of 400/,
  );
});

test.run();
