/** Macros and repetitions (Using as, ".macro", ".altmacro", ".rept", ".irp"). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { assemble, errorLines, errorsOf, textOf } from './program.ts';

test('the sum macro of the manual', () => {
  const text = `	.macro sum from=0, to=5
	.byte \\from
	.if \\to-\\from
	sum "(\\from+1)",\\to
	.endif
	.endm
	sum 0,5
`;
  assert.equal([...assemble(text).sections[0]!.data], [0, 1, 2, 3, 4, 5]);
});

test('the reserve_str macro of the manual: p1 has a value, p2 may be left out', () => {
  const text = `	.macro reserve_str p1=0 p2
	.ascii "[\\p1|\\p2]"
	.endm
	reserve_str a,b
	reserve_str ,b
	reserve_str p2=c
`;
  assert.is(textOf(assemble(text)), '[a|b][0|b][0|c]');
});

test('\\@ counts the macros expanded so far', () => {
  const text = '\t.macro m\n\t.byte \\@\n\t.endm\n\tm\n\tm\n\tm\n';
  assert.equal([...assemble(text).sections[0]!.data], [0, 1, 2]);
});

test('\\() ends the name of a parameter', () => {
  const text = '\t.macro opcode base length\n\t.ascii "\\base\\().\\length"\n\t.endm\n\topcode store l\n';
  assert.is(textOf(assemble(text)), 'store.l');
});

test('LOCAL names differ in every expansion under .altmacro', () => {
  const text = '\t.altmacro\n\t.macro m\n\tLOCAL l\nl:\tb l\n\t.endm\n\tm\n\tm\n';
  assert.is(assemble(text).sections[0]!.data.length, 8);
});

test('.irp and .irpc run through their values', () => {
  assert.is(textOf(assemble('\t.irp p, ab, "c d"\n\t.ascii "\\p;"\n\t.endr\n')), 'ab;c d;');
  assert.is(textOf(assemble('\t.irpc p, xyz\n\t.ascii "\\p;"\n\t.endr\n')), 'x;y;z;');
});

test('an error in a body tells the line of the body, then each use that led there', () => {
  const text = `	.macro inner r
	nop
	frob \\r
	.endm
	.macro outer
	inner x1
	.endm

	outer
`;
  assert.equal(errorsOf(text), [
    `t.s:3:2: error: unknown instruction 'frob'
  3 | 	frob \\r
    | 	^
t.s:6:2: note: in expansion of macro 'inner'
t.s:9:2: note: in expansion of macro 'outer'`,
  ]);
});

test('an error in a repetition says so', () => {
  assert.match(errorsOf('\t.rept 1\n\tfrob\n\t.endr\n')[0]!, /t\.s:1:2: note: in a round of \.rept/);
});

test('faults of definitions and uses', () => {
  const define = (formals: string) => `\t.macro m ${formals}\n\t.byte 1\n\t.endm\n`;
  const faults: readonly (readonly [string, string])[] = [
    [`${define('a:req')}\tm\n`, "t.s:4:2: error: macro 'm' needs a value for its parameter 'a'"],
    [`${define('a')}\tm 1, 2\n`, "t.s:4:7: error: too many arguments: macro 'm' takes 1"],
    [`${define('a')}\tm b=2\n`, "t.s:4:4: error: macro 'm' has no parameter 'b'"],
    [`${define('a, b')}\tm b=2, 1\n`, 't.s:4:9: error: a positional argument cannot follow a keyword argument'],
    [define('a:opt'), "t.s:1:11: error: expected 'req' or 'vararg' after 'a:', found 'opt'"],
    [define('a, a'), "t.s:1:14: error: a parameter 'a' exists already for macro 'm'"],
    [define('') + define(''), "t.s:4:9: error: macro 'm' is already defined"],
    ['\t.macro m\n\tnop\n', 't.s:1:2: error: .macro without .endm'],
    ['\t.rept 2\n\tnop\n', 't.s:1:2: error: .rept, .irp or .irpc without .endr'],
    ['\t.rept -1\n\tnop\n\t.endr\n', 't.s:1:2: error: .rept with the negative count -1'],
  ];
  for (const [text, message] of faults) assert.equal(errorLines(text), [message]);
});

test('limits are named: nesting, rounds, the size of all expansions', () => {
  assert.match(errorLines('\t.macro m\n\tm\n\t.endm\n\tm\n')[0]!, /nested deeper than the limit of 100$/);
  assert.match(errorLines('\t.rept 5000000\n\t.endr\n')[0]!, /more than the limit of 500000 rounds$/);
  const body = `${'\t.rept 1000\n'.repeat(3)}\tnop\n${'\t.endr\n'.repeat(3)}`;
  assert.match(errorLines(`\t.rept 500000\n${body}\t.endr\n`)[0]!, /more than the limit of 33554432 characters$/);
});

test('an endless recursion prints a short chain', () => {
  const [printed] = errorsOf('\t.macro m\n\tm\n\t.endm\n\tm\n');
  assert.ok(printed!.split('\n').length < 20);
});

test('.warning and .print go on, .error and .err do not stop the reading', () => {
  const diagnostics = new Diagnostics();
  assemble('\t.warning "careful"\n\t.print "hello"\n', { diagnostics });
  assert.equal(
    diagnostics.list.map(({ severity, message }) => `${severity}: ${message}`),
    ['warning: careful', 'note: hello'],
  );
  assert.equal(errorLines('\t.error "one"\n\t.err\n\tfrob\n'), [
    't.s:1:2: error: one',
    't.s:2:2: error: .err',
    "t.s:3:2: error: unknown instruction 'frob'",
  ]);
});

test.run();
