/** The token stream that the C front end reads. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { preprocess, preprocessSource } from '../../asm/cpp/preprocess.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { outermost, positionOf, SourceFile } from '../../asm/source/source-file.ts';
import { all, constantAfter, stream, tokens, words } from './run.ts';

test('tokens have the kinds of C11 6.4', () => {
  const kinds = tokens(`a 1.5e+3 "s" L'c' ->* \` é`).map(({ kind, text }) => `${kind} ${text}`);
  assert.equal(kinds, [
    'identifier a',
    'number 1.5e+3',
    'string "s"',
    "character L'c'",
    'punctuator ->',
    'punctuator *',
    'other `',
    'identifier é',
  ]);
});

test('a token knows the white space before it and whether it begins a line', () => {
  const list = tokens('a b/**/c\n  d+e \\\n f').map(({ text, spaced, startsLine }) => [text, spaced, startsLine]);
  assert.equal(list, [
    ['a', false, true],
    ['b', true, false],
    ['c', true, false],
    ['d', true, true],
    ['+', false, false],
    ['e', false, false],
    ['f', true, false],
  ]);
});

test('after the last token comes the end, again and again', () => {
  const from = stream('a');
  assert.is(from.next().text, 'a');
  assert.is(from.next().kind, 'end');
  assert.is(from.next().kind, 'end');
});

test('a token from a macro stands where the definition spells it, and its use leads to where it was used', () => {
  const list = tokens('#define inner 1 + x\n#define outer(a) a inner\ny outer(z);\n');
  const told = list.map((token) => {
    const { line, column } = positionOf(token);
    const uses: string[] = [];
    for (let use = token.use; use !== undefined; use = use.at.use) uses.push(use.name);
    return `${token.text} ${line}:${column} ${uses.join(' ')}`.trim();
  });
  assert.equal(told, ['y 3:1', 'z 3:9', '1 1:15 inner outer', '+ 1:17 inner outer', 'x 1:19 inner outer', '; 3:11']);
  assert.equal(positionOf(outermost(list[3]!)), { name: 't.c', line: 3, column: 3 });
});

test('a token of an included file knows its file and who included that', () => {
  const [first, second] = tokens('#include "a.h"\nx', {}, { 'a.h': '\ny' });
  assert.is(first!.file.name, 'a.h');
  assert.equal(positionOf(first!), { name: 'a.h', line: 2, column: 1 });
  assert.equal(positionOf(first!.file.includedFrom!), { name: 't.c', line: 1, column: 1 });
  assert.is(second!.file.name, 't.c');
});

test("a #pragma that is not the preprocessor's comes as the tokens of its line", () => {
  const list = tokens('int\n#pragma pack(push, 1)\n#pragma once\na _Pragma("pack(pop)") b;');
  assert.is(list.map(({ text }) => text).join(' '), 'int # pragma pack ( push , 1 ) a # pragma pack ( pop ) b ;');
  const starts = list.filter(({ startsLine }) => startsLine).map(({ text }) => text);
  assert.equal(starts, ['int', '#', 'a', '#', 'b']);
});

test('-D as gcc takes it: a name is 1, a value may be empty, a macro may have parameters', () => {
  const defines = ['A', 'B=2', 'C=', 'D(x)=<x>', 'E=a=b'];
  assert.is(words('A B C D(3) E F', { defines, undefines: ['B'] }), '1 B < 3 > a = b F');
});

test('-include files come first and see the macros of -D', () => {
  const files = { 'p.h': '#define P A\nP', 'q.h': 'P A' };
  assert.is(words('end', { defines: ['A=1'], includes: ['p.h', 'q.h'] }, files), '1 1 1 end');
});

test('__DATE__ and __TIME__ tell the time that is given', () => {
  const now = new Date(2015, 6, 8, 9, 5, 3);
  assert.is(words('__DATE__ __TIME__', { now }), '"Jul  8 2015" "09:05:03"');
});

test('-fmacro-prefix-map changes __FILE__', () => {
  const flags = ['-fmacro-prefix-map=./='];
  assert.is(
    words('#include "d/a.h"\n__FILE__', { flags, includeDirs: ['./i'] }, { './i/d/a.h': '__FILE__' }),
    '"i/d/a.h" "t.c"',
  );
});

test('text at hand is preprocessed like a file', () => {
  const files = new MemoryFiles({ 'd/a.h': 'A' });
  const source = new SourceFile('d/t.c', '#define A 1\n#include "a.h"\n');
  const list = all(preprocessSource(source, { files, language: 'c', diagnostics: new Diagnostics() }));
  assert.equal(
    list.map(({ text }) => text),
    ['1'],
  );
});

test('a header that has changed is read as it is', () => {
  const files = new MemoryFiles({ 't.c': '#include "a.h"\n', 'a.h': 'old' });
  const run = () => all(preprocess('t.c', { files, language: 'c', diagnostics: new Diagnostics() })).map((t) => t.text);
  assert.equal(run(), ['old']);
  files.set('a.h', 'new');
  assert.equal(run(), ['new']);
  files.set('a.h', 'new');
  assert.equal(run(), ['new']);
});

test('two runs that take turns do not disturb each other', () => {
  const text = '#define f(x) x f\n#define g f(1)(2) g\ng g g\n';
  const alone = words(text).split(' ');
  const first = stream(text);
  const second = stream(text);
  const got: string[] = [];
  for (let i = 0; i < alone.length; i++) {
    got.push(first.next().text);
    assert.is(second.next().text, alone[i]);
  }
  assert.equal(got, alone);
});

test('a guarded header is opened again only when its guard is gone', () => {
  const files = { 'g.h': '#ifndef G\n#define G\ng\n#endif\n' };
  assert.is(words('#include "g.h"\n#include "g.h"\n#undef G\n#include "g.h"', {}, files), 'g g');
  assert.is(words('#define G\n#include "g.h"\n', {}, files), '');
});

test('a macro that stands after a run has the value of its #if expression', () => {
  const text =
    '#define A (1 << 4)\n#define B A + defined(A)\n#define S "x"\n#define F(x) x\n#define E\n#undef A\n#define A 3\n';
  assert.is(constantAfter(text, 'A'), 3n);
  assert.is(constantAfter(text, 'B'), 4n);
  assert.is(constantAfter('#define M 0xffffffffffffffff\n', 'M'), 0xffffffffffffffffn);
  assert.is(constantAfter('#define M -1\n', 'M'), -1n);
  for (const name of ['S', 'F', 'E', 'NONE', '__FILE__']) assert.is(constantAfter(text, name), undefined, name);
});

test.run();
