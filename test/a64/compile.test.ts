/** How rows of the table are read: their notation, and that a faulty row is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileRow } from '../../asm/a64/compile.ts';
import { splitOperands } from '../../asm/a64/operands/operand-text.ts';
import type { Row } from '../../asm/a64/table/row.ts';

const test = suite('a64 rows');

/** ADC as the manual draws it, with some of it changed. */
function row(changed: Partial<Row>): Row {
  return {
    name: 'ADC',
    bits: 'sf op=0 S=0 11010000 Rm:5 000000 Rn:5 Rd:5',
    syntax: 'ADC <Rd>, <Rn>, <Rm>',
    timing: 'alu-carry',
    ...changed,
  };
}

test('bits are laid out from bit 31 down', () => {
  const { mask, value, fields, wide } = compileRow(row({}));
  assert.is(mask, 0x7fe0fc00);
  assert.is(value, 0x1a000000);
  assert.equal([...fields.keys()], ['sf', 'op', 'S', 'Rm', 'Rn', 'Rd']);
  assert.equal(fields.get('Rm'), { lsb: 16, width: 5 });
  assert.equal(wide, { mask: 0x80000000, value: 0x80000000 });
});

test('bits in parentheses are put into words and not looked at in them', () => {
  const { mask, value, template } = compileRow(
    row({ bits: 'sf op=0 S=0 11010000 Rm=(11111) 000000 Rn:5 Rd:5', syntax: 'ADC <Rd>, <Rn>' }),
  );
  assert.is(mask, 0x7fe0fc00);
  assert.is(value, 0x1a000000);
  assert.is(template, 0x1a1f0000);
});

test('a syntax is cut into operands at the longest notations known', () => {
  const { forms } = compileRow(row({ bits: '1 1010101 00000000 imm16:16', syntax: 'UDF #<imm16> undefined' }));
  assert.is(forms[0]!.operands.length, 1);
  assert.is(forms[0]!.mnemonic, 'udf');
});

const faulty: readonly (readonly [changed: Partial<Row>, message: RegExp])[] = [
  [{ bits: 'sf op=0 S=0 11010000 Rm:5 000000 Rn:5 Rd:4' }, /do not add up to 32/],
  [{ bits: 'sf op=0 S=0 11010000 Rm:5 000000 Rn:5 Rd:6' }, /do not add up to 32/],
  [{ bits: 'sf op=2 S=0 11010000 Rm:5 000000 Rn:5 Rd:5' }, /unreadable bits 'op=2'/],
  [{ bits: 'sf op=0 S=0 11010000 Rm:5 000000 Rm:5 Rd:5' }, /two fields Rm/],
  [{ syntax: 'ADC <Rd>, <Rn>, <nonsense>' }, /no operand kind for '<nonsense>'/],
  [{ syntax: [{ syntax: 'ADC <Rd>', where: 'op=1' }] }, /contradicts the bits/],
  [{ syntax: [{ syntax: 'ADC <Rd>', where: 'Ra=1' }] }, /no field for 'Ra=1'/],
  [{ syntax: [{ syntax: 'ADC <Rd>', where: 'Rm=111111' }] }, /too long/],
];

test('a row that contradicts itself is refused', () => {
  for (const [changed, message] of faulty) assert.throws(() => compileRow(row(changed)).forms, message);
});

const cuts: readonly (readonly [text: string, pieces: readonly string[]])[] = [
  ['', []],
  ['  ', []],
  ['x0, x1', ['x0', 'x1']],
  ['x0 ,\t[x1, #8]! ', ['x0', '[x1, #8]!']],
  ['{v0.8b, v1.8b}[1], [x0], #2', ['{v0.8b, v1.8b}[1]', '[x0]', '#2']],
  ["w0, #','", ['w0', "#','"]],
  ["w0, #'\\'', x1", ['w0', "#'\\''", 'x1']],
  ["w0, #'[, x1", ['w0', "#'[", 'x1']],
  ['x0, #(1, 2), x1', ['x0', '#(1, 2)', 'x1']],
  ['x0, "a,\\",b"', ['x0', '"a,\\",b"']],
  ['x0,', ['x0', '']],
];

test('operands are cut at commas outside brackets and quotes', () => {
  for (const [text, pieces] of cuts) {
    assert.equal(
      splitOperands(text).map(({ start, end }) => text.slice(start, end)),
      [...pieces],
      text,
    );
  }
});

test.run();
