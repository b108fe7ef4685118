/** The scrubber: what is left of comments and white space (Using as, "Preprocessing", "Whitespace", "Comments"). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scrub } from '../../asm/gas/scrub.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { positionOf, SourceFile, wholeFile } from '../../asm/source/source-file.ts';

function scrubbed(text: string): string {
  return scrub(wholeFile(new SourceFile('t.s', text)), new Diagnostics()).text;
}

test('comments count as one space or as the end of the line', () => {
  assert.is(scrubbed('\tadd x0, x1 // sum\n'), ' add x0,x1\n');
  assert.is(scrubbed('\tadd/* a */x0\n'), ' add x0\n');
  assert.is(scrubbed('# whole line\n\tnop\n'), '\n nop\n');
  assert.is(scrubbed('\tmov x0, #1\n'), ' mov x0,#1\n');
});

test('white space stays behind the mnemonic and between names, and nowhere else', () => {
  assert.is(scrubbed('\tfoo   a  b , c + d\n'), ' foo a b,c+d\n');
  assert.is(scrubbed('lab  :  nop\n'), 'lab:nop\n');
  assert.is(scrubbed('name = 5\n'), 'name =5\n');
  assert.is(scrubbed('\tm \\a \\b\n'), ' m \\a \\b\n');
});

test('strings are left alone', () => {
  assert.is(scrubbed('\t.ascii "a  // b", "c"\n'), ' .ascii "a  // b","c"\n');
  assert.is(scrubbed('\t.ascii "\\"  ;"\n'), ' .ascii "\\"  ;"\n');
});

test('character constants become numbers', () => {
  assert.is(scrubbed("\t.byte 'a, 'b', '\\n', ' '\n"), ' .byte 97,98,10,32\n');
});

test('a last line without its newline gets one', () => {
  assert.is(scrubbed('\tnop'), ' nop\n');
  assert.is(scrubbed(''), '');
});

test('an unterminated comment or string is an error where it begins', () => {
  for (const [text, message] of [
    ['\tnop\n/* never closed', 'unterminated comment: a closing */ was expected'],
    ['\tnop\n\t.ascii "abc', 'unterminated string: a closing " was expected'],
  ] as const) {
    const diagnostics = new Diagnostics();
    scrub(wholeFile(new SourceFile('t.s', text)), diagnostics);
    assert.is(diagnostics.list[0]?.message, message);
    assert.is(positionOf(diagnostics.list[0]!.place!).line, 2);
  }
});

test('every character knows the place it came from', () => {
  const text = scrub(wholeFile(new SourceFile('t.s', '/* a\nb */\tadd  x0,\tx1\n')), new Diagnostics());
  const at = (word: string) => {
    const { line, column } = positionOf(text.place(text.text.indexOf(word)));
    return `${line}:${column}`;
  };
  assert.is(at('add'), '2:6');
  assert.is(at('x0'), '2:11');
  assert.is(at('x1'), '2:15');
});

test('line markers rename the lines behind them', () => {
  const text = scrub(
    wholeFile(new SourceFile('t.i', '# 7 "real.S" 1\n\tnop\n# 3 "a.h" 2\n\tret\n')),
    new Diagnostics(),
  );
  const at = (word: string) => {
    const { name, line } = positionOf(text.place(text.text.indexOf(word)));
    return `${name}:${line}`;
  };
  assert.is(at('nop'), 'real.S:7');
  assert.is(at('ret'), 'a.h:3');
});

test.run();
