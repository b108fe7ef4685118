/** Faults: one diagnostic each, with its place; the assembler goes on with the next statement. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { assemble, errorLines, errorsOf } from './program.ts';

const FAULTS: readonly (readonly [program: string, message: string])[] = [
  ['\tfrob x0\n', "1:2: error: unknown instruction 'frob'"],
  ['\t.frob 1\n', "1:2: error: unknown directive '.frob'"],
  ['\t.byte 1 2\n', "1:10: error: unexpected '2' at the end of the statement"],
  ['\t.byte (1\n', "1:10: error: expected ')' in the expression"],
  ['\t.byte @\n', "1:8: error: expected an expression, found '@'"],
  ['a:\tnop\na:\tnop\n', "2:1: error: symbol 'a' is already defined"],
  ['\tb 1b\n', "1:4: error: no label '1:' before this backward reference"],
  ['\tb 1f\n', "1:2: error: the local label '1f' is not defined"],
  ['\tmov x0, #nowhere\n', "1:2: error: the undefined symbol 'nowhere' is used as an immediate"],
  ['\t.balign 6\n', '1:11: error: alignment 6 is not a power of two'],
  ['\tnop\n\tnop\n\t.org 4\n', '3:2: error: .org to 4 would move backwards'],
  ['\t.data\nd:\t.word 1\n\t.text\n\t.org d\n', "4:8: error: the address is in section '.data', not in '.text'"],
  ['\t.space nowhere\n', '1:2: error: the size of this room is not a number'],
  ['\t.uleb128 nowhere\n', '1:2: error: the value of a LEB128 number must be known'],
  ['\t.byte nowhere\n', '1:2: error: no relocation exists for one byte'],
  ['\t.octa nowhere\n', '1:2: error: a datum of 16 bytes cannot be relocated'],
  ['\t.float 1e99\n', '1:9: error: the floating-point number 1e99 is too large'],
  [
    '\t.section .a, "aq"\n',
    "1:15: error: unknown section flag 'q': one of a, e, o, w, x, M, S, G, T, R, ? or a number was expected",
  ],
  ['\t.section .a, "a", @funny\n', "1:18: error: unknown section type 'funny'"],
  ['\t.section .a,"a"\n\t.section .a,"aw"\n', "2:18: error: section '.a' was given other flags before"],
  ['\t.bss\n\t.byte 1\n', "2:2: error: data other than zero cannot be put into section '.bss'"],
  ['\t.bss\n\tnop\n', "2:2: error: an instruction cannot be put into section '.bss'"],
  ['\t.struct 0\n\tnop\n', '2:2: error: an instruction cannot be put into the absolute section'],
  ['\t.if nowhere\n\t.endif\n', '1:6: error: the value of this expression is not known here'],
  ['\t.else\n', '1:2: error: .else without .if'],
  ['\t.endif\n', '1:2: error: .endif without .if'],
  ['\t.if 1\n\tnop\n', '1:2: error: .if without .endif'],
  ['\t.type a, %funny\n', "1:11: error: unknown symbol type 'funny'"],
  ['a:\t.size a, nowhere\n', "1:1: error: the .size of 'a' is not a number"],
  ['\tadd x0, x0, :frob:a\n', "1:2: error: unknown relocation operator ':frob:'"],
  ['\tadd x0, x0, :abs_g0:a\n', "1:2: error: the relocation operator ':abs_g0:' is not allowed on this instruction"],
  ['\ttbz x0, #1, a\n\t.space 0x10000\na:\n', '1:2: error: value 0x10004 does not fit in 16 bits'],
  ['\tldadd x0, x1, [x2]\n', "1:2: error: 'ldadd' needs 'lse', which the selected architecture does not have"],
  ['\t.arch armv99\n', "1:8: error: unknown architecture 'armv99'"],
  ['\t.include "no.inc"\n', "1:2: error: cannot read the included file 'no.inc'"],
  ['\t.incbin "no.bin"\n', "1:10: error: cannot read the file 'no.bin'"],
  ['\t.reloc 0, R_AARCH64_NO\n', "1:24: error: unknown relocation 'R_AARCH64_NO'"],
  ['\t.unreq foo\n', "1:9: error: there is no register alias 'foo'"],
  ['\t.abort\n', '1:2: error: .abort'],
];

for (const [program, message] of FAULTS)
  test(`${JSON.stringify(program.trim())} is one error with its place`, () => {
    assert.equal(errorLines(program), [`t.s:${message}`]);
  });

test('every fault of a source is told', () => {
  assert.is(errorLines('\tfrob\n\tnop\n\t.frob\n\tadd x0\n').length, 3);
});

test('a fault in an included file names the file and where it was included', () => {
  const [printed] = errorsOf('\tnop\n\t.include "a.inc"\n', { others: { 'a.inc': '\tnop\n\tfrob\n' } });
  assert.is(
    printed,
    "a.inc:2:2: error: unknown instruction 'frob'\n  2 | \tfrob\n    | \t^\nt.s:2:2: note: included from here",
  );
});

test('files that include themselves end at a named limit', () => {
  const others = { 'a.inc': '\t.include "a.inc"\n' };
  assert.match(errorLines('\t.include "a.inc"\n', { others })[0]!, /deeper than the limit of 200$/);
});

test('sizes beyond reason are errors, not endless work', () => {
  assert.match(errorLines('\t.byte 1\n\t.align 50\n\tnop\n')[0]!, /larger than the limit of 1073741824 bytes/);
  assert.match(errorLines('\t.space 0x7fffffffffffffff\n')[0]!, /more than the limit of 268435456 bytes/);
  assert.match(errorLines('\t.fill 0x7fffffff, 8, 1\n')[0]!, /more than the limit of 268435456 bytes/);
  assert.match(errorLines('\t.org 0x7fffffffffff\n')[0]!, /beyond the limit of 1073741824 bytes/);
});

const PIECES = [
  '.macro m a b:vararg\n \\a \\b \\@\n.endm\n',
  '.rept 3\n',
  '.endr\n',
  '.irp x, 1, 2\n',
  '.if 1\n',
  '.else\n',
  '.endif\n',
  'm 1, 2\n',
  '.set s, s + 1\n',
  's = . - l\n',
  'l: b l\n',
  '1: b 1b\n',
  'ldr x0, =0x123456789\n',
  'adrp x0, l\n',
  '.quad l, s, 1f - .\n',
  '.section .x,"aG",@progbits,g,comdat\n',
  '.pushsection .y,"aMS",@progbits,1\n',
  '.popsection\n',
  '.previous\n',
  '.subsection 2\n',
  '.align 3\n',
  '.org . + 4\n',
  '.uleb128 s - l\n',
  '.asciz "text"\n',
  '.comm c, 8, 8\n',
  '.global l\n',
  '.weak s\n',
  '.type l, %function\n',
  '.size l, . - l\n',
  '.altmacro\n',
  '.byte ',
  '"',
  '(',
  ',',
  '\\',
  ';',
  '#',
  '/*',
];

test('random sources give an object or diagnostics, and nothing else', () => {
  const source = fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
        { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
      ),
      {
        maxLength: 25,
      },
    )
    .map((pieces) => pieces.join(''));
  const property = fc.property(source, (text) => {
    try {
      const object = assemble(text, { debug: true });
      readElf(writeObject(object));
      return object.origins.length >= 0;
    } catch (error) {
      const found = diagnosticsOf(error);
      if (found === undefined) throw error;
      return found.map(formatDiagnostic).every((printed) => printed.length > 0);
    }
  });
  fc.assert(property, { seed: 20, numRuns: Number(process.env.HYPSTEP_FUZZ_RUNS ?? 400) });
});

test('nested repetitions of nothing are ended by the limit of expansions', () => {
  const program = `${'\t.rept 2\n'.repeat(40)}${'\t.endr\n'.repeat(40)}`;
  assert.match(errorLines(program)[0]!, /more than the limit of 100000 expansions of macros and repetitions$/);
});

test('long repetitions over and over are ended by the limit of statements', () => {
  const program = '\t.rept 20000\n\tnop\n\t.endr\n'.repeat(30);
  assert.match(errorLines(program)[0]!, /more than the limit of 500000 statements from macros and repetitions$/);
  const others = { 'a.inc': '\t.rept 20000\n\tnop\n\t.endr\n\t.include "a.inc"\n' };
  assert.match(errorLines('\t.include "a.inc"\n', { others })[0]!, /limit of 500000 statements/);
});

test('sections that together are too large are ended by the limit of the object', () => {
  const program = ['a', 'b', 'c', 'd', 'e'].map((name) => `\t.section .${name}, "a"\n\t.skip 0xf000000\n`).join('');
  assert.match(errorLines(program)[0]!, /the sections come to more than the limit of 1073741824 bytes$/);
});

test.run();
