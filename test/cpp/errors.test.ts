/** Each fault one complaint, at its place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printPreprocessed } from '../../asm/cpp/preprocess.ts';
import { Diagnostics, SourceErrors } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { complaints } from './run.ts';

/** Faulty text, and the one error it gives. */
const FAULTS: readonly (readonly [string, string])[] = [
  ['a\n#error no\tway "x" // c\nb', '2:1: error: #error no way "x"'],
  ['#include "no.h"\n#include "no2.h"', '1:10: error: no.h: no such file in the include path'],
  ['#if 1\n#if 2\n#endif\n', '1:1: error: unterminated #if'],
  ['#ifdef A\n#if (\n#endif\n', '1:1: error: unterminated #ifdef'],
  ['#else\n', '1:1: error: #else without #if'],
  ['x\n  #endif\n', '2:3: error: #endif without #if'],
  ['#if\n#endif', '1:1: error: #if with no expression'],
  ['#if 0\n#elif\n#endif', '2:1: error: #elif with no expression'],
  ['#if 4 / (2 - 2)\n#endif', '1:7: error: division by zero in #if'],
  ['#if (1 + 2\n#endif', "1:5: error: missing ')' in expression"],
  ['#if 1 +\n#endif', "1:7: error: operator '+' has no right operand"],
  ['#if 1 2\n#endif', "1:7: error: missing binary operator before token '2'"],
  ['#if f(1)\n#endif', "1:5: error: function-like macro 'f' is not defined"],
  ['#if 09\n#endif', "1:5: error: invalid digit in octal constant '09'"],
  ['#if "s"\n#endif', `1:5: error: token '"s"' is not valid in preprocessor expressions`],
  ['#if defined 3\n#endif', "1:13: error: operator 'defined' requires an identifier"],
  ['#if __has_include(x)\n#endif', "1:5: error: operator '__has_include' requires a header-name"],
  ['#define f(a a) x', "1:13: error: expected ',' or ')', found 'a'"],
  ['#define f(a,a) x', "1:13: error: duplicate macro parameter 'a'"],
  ['#define f(a x', "1:13: error: expected ',' or ')', found 'x'"],
  ['#define f(a) #x', "1:14: error: '#' is not followed by a macro parameter"],
  ['#define f(a) a ##', "1:14: error: '##' cannot appear at either end of a macro expansion"],
  ['#define defined', "1:9: error: 'defined' cannot be used as a macro name"],
  ['#undef 3', '1:8: error: macro names must be identifiers'],
  ['#define c(a, b) a##b\n c(+, x)', "2:4: error: pasting '+' and 'x' does not give a valid preprocessing token"],
  ['#define f(a) a\n f(1\n b', "2:2: error: unterminated argument list invoking macro 'f'"],
  ['a /* b\n\n', '1:3: error: unterminated comment'],
  ['#if 0\n/* b\n#endif\n', '2:1: error: unterminated comment'],
  ['#bogus x', '1:2: error: invalid preprocessing directive #bogus'],
  ['#line x', "1:7: error: 'x' after #line is not a positive integer"],
  ['#pragma GCC poison p\np', "2:1: error: attempt to use poisoned 'p'"],
  ['_Pragma(x)', '1:1: error: _Pragma takes a parenthesized string literal'],
];

for (const [text, expected] of FAULTS) {
  test(`${JSON.stringify(text)} gives one error`, () => {
    assert.equal(complaints(text), [`t.c:${expected}`]);
  });
}

test('too few and too many arguments show the definition', () => {
  assert.equal(complaints('#define F(a, b) a b\n x F(1)'), [
    "t.c:2:4: error: macro 'F' requires 2 arguments, but only 1 given",
    "t.c:1:9: note: macro 'F' defined here",
  ]);
  assert.equal(complaints('#define F(a) a\nF(1, 2)'), [
    "t.c:2:1: error: macro 'F' passed 2 arguments, but takes just 1",
    "t.c:1:9: note: macro 'F' defined here",
  ]);
});

test('#else after #else shows the first', () => {
  assert.equal(complaints('#if 1\n#else\n#else\n#endif'), [
    't.c:3:1: error: #else after #else',
    't.c:2:1: note: the #else is here',
  ]);
});

test('a redefinition that says something else is a warning; one that says the same is nothing', () => {
  assert.equal(complaints('#define A 1\n#define A  1 /* c */\n#define F(x) x + x\n#define F(x) x + x\n'), []);
  assert.equal(complaints('#define A 1\n#define A 2\n'), [
    "t.c:2:9: warning: 'A' redefined",
    't.c:1:9: note: this is the location of the previous definition',
  ]);
  for (const other of ['#define F(y) y + y', '#define F(x) x+ x', '#define F x + x', '#define F(x) x + x + x'])
    assert.is(complaints(`#define F(x) x + x\n${other}\n`).length, 2, other);
});

test('system headers are not warned about', () => {
  const files = { 's/a.h': '#define A 1\n#define A 2\n#endif x\n#warning w\n' };
  assert.equal(complaints('#include <a.h>\n', { systemDirs: ['s'] }, files), [
    's/a.h:3:1: error: #endif without #if',
    't.c:1:1: note: included from here',
    's/a.h:4:1: warning: #warning w',
    't.c:1:1: note: included from here',
  ]);
});

test('a fault in an included file shows the chain of includes', () => {
  const files = { 'a.h': '\n#include "b.h"\n', 'b.h': 'x\n#if\n#endif\n' };
  assert.equal(complaints('#include "a.h"\n', {}, files), [
    'b.h:2:1: error: #if with no expression',
    'a.h:2:1: note: included from here',
    't.c:1:1: note: included from here',
  ]);
});

test('a fault in a macro shows where that was used', () => {
  assert.equal(complaints('#define two(a, b) a b\n#define bad two(1)\n\nx bad\n'), [
    "t.c:2:13: error: macro 'two' requires 2 arguments, but only 1 given",
    "t.c:1:9: note: macro 'two' defined here",
    "t.c:4:3: note: in expansion of macro 'bad'",
  ]);
});

test('preprocessing goes on after an error, and ends at a missing file', () => {
  assert.is(complaints('#error a\n#if 1 +\n#endif\n#define f(\n#include "no.h"\n#error b\n').length, 4);
  const diagnostics = new Diagnostics();
  const files = new MemoryFiles({ 't.c': '#include "no.h"\n' });
  const run = () => printPreprocessed('t.c', { files, language: 'c', diagnostics });
  assert.throws(run, (error: unknown) => error instanceof SourceErrors);
});

test('a main file that is not there is a fault of its own', () => {
  const diagnostics = new Diagnostics();
  const run = () => printPreprocessed('no.c', { files: new MemoryFiles(), language: 'c', diagnostics });
  assert.throws(run, (error: unknown) => error instanceof SourceErrors);
  assert.is(diagnostics.list[0]!.message, 'no.c: no such file');
});

test('a file that includes itself for ever ends at the limit', () => {
  const [first] = complaints('#include "t.c"\n');
  assert.is(first, 't.c:1:10: error: #include nested more than 200 deep, which is the limit');
});

test('macros that double for ever end at the limit', () => {
  const lines = Array.from({ length: 64 }, (_, i) => `#define M${i} M${i + 1} M${i + 1}`);
  assert.equal(complaints(`${lines.join('\n')}\nM0\n`).slice(0, 1), [
    "t.c:65:1: error: macro 'M0' expands to more than 1048576 tokens, which is the limit",
  ]);
});

test("macro uses in each other's arguments end at the limit", () => {
  const nested = (depth: number) => `#define f(x) x\n${'f('.repeat(depth)}1${')'.repeat(depth)}\n`;
  assert.equal(complaints(nested(200)), []);
  assert.match(complaints(nested(2000))[0]!, /nested more than 200 deep in arguments, which is the limit$/);
});

test('a condition nested without end ends at the limit', () => {
  assert.match(complaints(`#if ${'('.repeat(5000)}1\n#endif`)[0]!, /nested more than 256 deep, which is the limit$/);
  assert.match(complaints(`#if ${'!'.repeat(5000)}1\n#endif`)[0]!, /nested more than 256 deep, which is the limit$/);
});

test('hundreds of thousands of lines, conditionals and macros in a row are no trouble', () => {
  const deep = 20_000;
  assert.equal(complaints(`${'#if 1\n'.repeat(deep)}x\n${'#endif\n'.repeat(deep)}`), []);
  assert.equal(complaints(`${'#if 0\n'.repeat(deep)}x\n${'#endif\n'.repeat(deep)}`), []);
  const chain = Array.from({ length: deep }, (_, i) => `#define C${i} C${i + 1}\n`).join('');
  assert.equal(complaints(`${chain}C0\n`), []);
  assert.equal(complaints(`#define X a\\\n${'+\\\n'.repeat(deep)}b\nX\n`), []);
});

test.run();
