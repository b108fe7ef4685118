/** The text that the assembler reads, and where each of its characters comes from. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printPreprocessed } from '../../asm/cpp/preprocess.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { assemblerText } from './run.ts';

/** Where the text's first occurrence of `piece` comes from. */
function placeOf(text: ReturnType<typeof assemblerText>, piece: string): string {
  const place = text.place(text.text.indexOf(piece));
  const { name, line, column } = positionOf(place);
  return `${name}:${line}:${column}${place.use === undefined ? '' : ` ${place.use.name}`}`;
}

test('comments vanish, # comments, apostrophes and operands with # stay', () => {
  const { text } = assemblerText("#define N 4\n\tmov x0, #N + 0 // n\n# it's N\n\t/* c */ add x0, x0, #'a' + N\n");
  assert.is(text, "\n mov x0, #4 + 0\n# it's N\n         add x0, x0, #'a' + 4\n".slice(1));
});

test('every offset leads to its place, inside tokens too', () => {
  const text = assemblerText(
    '#include "m.h"\n\tsave REG, 16\n\tlabel: b label\n',
    {},
    { 'm.h': '\n#define REG x19\nhere\n' },
  );
  assert.is(placeOf(text, 'here'), 'm.h:3:1');
  assert.is(placeOf(text, 'ere'), 'm.h:3:2');
  assert.is(placeOf(text, 'save'), 't.S:2:2');
  assert.is(placeOf(text, 'x19'), 'm.h:2:13 REG');
  assert.is(placeOf(text, '9, 16'), 'm.h:2:15 REG');
  assert.is(placeOf(text, '16'), 't.S:2:12');
  assert.is(placeOf(text, 'abel'), 't.S:3:3');
});

test('the place of a use outside all macros is where its outermost name stands', () => {
  const text = assemblerText('#define A B\n#define B b0\n\tx A\n');
  const place = text.place(text.text.indexOf('b0'));
  assert.is(place.use!.name, 'B');
  assert.is(place.use!.at.use!.name, 'A');
  assert.equal(positionOf(place.use!.at.use!.at), { name: 't.S', line: 3, column: 4 });
});

test('a macro call over several lines is one line, and the lines after it keep their places', () => {
  const text = assemblerText('#define pair(a, b) stp a, b\n\tpair(x0,\n\t  x1)\n\tret\n');
  assert.is(text.text, ' stp x0, x1\n ret\n');
  assert.is(placeOf(text, 'x1'), 't.S:3:4');
  assert.is(placeOf(text, 'ret'), 't.S:4:2');
});

test('a token made by ## is found at its left half', () => {
  const text = assemblerText('#define reg(n) x ## n\n\tmov reg(3), 1\n');
  assert.is(placeOf(text, 'x3'), 't.S:2:6 reg'.replace('2:6', '1:16'));
  assert.is(placeOf(text, '3, 1'), 't.S:1:16 reg');
});

test('line markers let a reader of the printed text find its lines', () => {
  const files = new MemoryFiles({ 't.c': 'a\n#include "h.h"\n\n\nb\n\n\n\n\n\n\n\n\n\n\nc\n', 'h.h': 'h\n' });
  const text = printPreprocessed(
    't.c',
    { files, language: 'c', diagnostics: new Diagnostics() },
    { lineMarkers: true },
  );
  assert.is(text, '# 1 "t.c"\na\n# 1 "h.h" 1\nh\n# 5 "t.c" 2\nb\n# 16 "t.c"\nc\n');
});

test.run();
