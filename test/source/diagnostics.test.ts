import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Diagnostics, diagnosticsOf, formatDiagnostic, SourceErrors } from '../../asm/source/diagnostics.ts';
import { type MacroUse, outermost, type Place, SourceFile } from '../../asm/source/source-file.ts';

test('a place is told by line and column, both from 1', () => {
  const file = new SourceFile('a.S', 'one\n  two\n');
  assert.equal(file.position(0), { name: 'a.S', line: 1, column: 1 });
  assert.equal(file.position(6), { name: 'a.S', line: 2, column: 3 });
});

test('a line marker renames the lines after it and only those', () => {
  const file = new SourceFile('a.S', 'x\n# 40 "b.S"\ny\nz\n');
  file.rename(2, 40, 'b.S');
  assert.equal(file.position(0), { name: 'a.S', line: 1, column: 1 });
  assert.equal(file.position(file.text.indexOf('z')), {
    name: 'b.S',
    line: 41,
    column: 1,
  });
});

test('of several line markers the last before a line names it', () => {
  const file = new SourceFile('a.S', 'x\n'.repeat(100));
  for (let line = 1; line < 100; line += 2) file.rename(line, line * 10, `${line}.S`);
  assert.equal(file.position(0), { name: 'a.S', line: 1, column: 1 });
  assert.equal(file.position(2), { name: '1.S', line: 10, column: 1 });
  assert.equal(file.position(4), { name: '1.S', line: 11, column: 1 });
  assert.equal(file.position(6), { name: '3.S', line: 30, column: 1 });
  assert.equal(file.position(198), { name: '99.S', line: 990, column: 1 });
});

test('a diagnostic shows its line with a caret, the macro uses and the includes, innermost first', () => {
  const top = new SourceFile('hyp.S', '#include "m.h"\n\tsave\n');
  const header = new SourceFile('m.h', '.macro save\n\tbogus x0\n.endm\n', {
    file: top,
    offset: 0,
  });
  const use: MacroUse = {
    name: 'save',
    kind: 'macro',
    at: { file: top, offset: 16 },
  };
  const place: Place = {
    file: header,
    offset: header.text.indexOf('bogus'),
    use,
  };
  const text = formatDiagnostic({
    severity: 'error',
    message: "unknown instruction 'bogus'",
    place,
  });
  assert.is(
    text,
    [
      "m.h:2:2: error: unknown instruction 'bogus'",
      '  2 | \tbogus x0',
      '    | \t^',
      "hyp.S:2:2: note: in expansion of macro 'save'",
    ].join('\n'),
  );
  assert.is(outermost(place).file, top);
  const plain = formatDiagnostic({
    severity: 'error',
    message: 'm',
    place: { file: header, offset: 0 },
  });
  assert.match(plain, /\nhyp\.S:1:1: note: included from here$/);
});

test('control characters of a file that is no text are not sent to the terminal', () => {
  const file = new SourceFile('a.S', '\tnop \x1b[2J\x9b\n');
  const text = formatDiagnostic({ severity: 'error', message: "found '\x1b'", place: { file, offset: 5 } });
  assert.is(text, "a.S:1:6: error: found '\ufffd'\n  1 | \tnop \ufffd[2J\ufffd\n    | \t    ^");
});

test('a chain of ten thousand macro uses is shortened', () => {
  const file = new SourceFile('a.S', 'again\n');
  let place: Place = { file, offset: 0 };
  for (let i = 0; i < 10_000; i++)
    place = {
      file,
      offset: 0,
      use: { name: 'again', kind: 'macro', at: place },
    };
  const lines = formatDiagnostic({
    severity: 'error',
    message: 'too deep',
    place,
  }).split('\n');
  assert.ok(lines.length < 20);
  assert.match(lines.join('\n'), /9992 more of the chain left out/);
});

test('collected errors are thrown together, and the limit ends a flood', () => {
  const some = new Diagnostics(3);
  some.warning('w');
  some.throwIfErrors();
  some.error('one');
  some.error('two');
  assert.throws(
    () => some.throwIfErrors(),
    (error: unknown) => diagnosticsOf(error)?.length === 3,
  );
  assert.throws(
    () => some.error('three'),
    (error: unknown) => error instanceof SourceErrors,
  );
});

test.run();
