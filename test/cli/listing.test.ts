/** The listing of `as --listing`; words and addresses are those of GNU as and objdump for the same sources. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listingLines } from '../../sim/cli/listing.ts';
import { assemble } from '../gas/program.ts';

const listing = (text: string) => [...listingLines(assemble(text))];

test('each section lists address, word, line and source text', () => {
  assert.equal(listing('f:\tnop\n\tret\n\t.data\n\t.hword 1, 2\n'), [
    'section .text',
    '00000000  d503201f            t.s:1  f:\tnop',
    '00000004  d65f03c0            t.s:2  ret',
    'section .data',
    '00000000  01000200            t.s:4  .hword 1, 2',
  ]);
});

test('what a macro emitted shows its use, then the macros from the outermost in and the line of the body', () => {
  const text = '.macro inner r\n\tmov \\r, #1\n.endm\n.macro outer\n\tinner x2\n.endm\n\touter\n';
  assert.equal(listing(text), [
    'section .text',
    '00000000  d2800022            t.s:7  outer  [outer > inner t.s:2  mov \\r, #1]',
  ]);
});

test('an entry of a literal pool is told from the ldr that first asked for it', () => {
  const text = '\tldr x0, =0x123456789\n\tldr x1, =there\n\tldr x2, =0x123456789\n\tnop\n\t.ltorg\n';
  assert.equal(listing(text), [
    'section .text',
    '00000000  58000080            t.s:1  ldr x0, =0x123456789',
    '00000004  580000a1            t.s:2  ldr x1, =there',
    '00000008  58000042            t.s:3  ldr x2, =0x123456789',
    '0000000c  d503201f            t.s:4  nop',
    '00000010  8967452301000000    t.s:1  ldr x0, =0x123456789',
    '00000018  0000000000000000    t.s:2  ldr x1, =there',
  ]);
});

test('of long data the first eight bytes are shown', () => {
  assert.equal(
    listing('\t.data\n\t.ascii "0123456789"\n')[1],
    '00000000  3031323334353637..  t.s:2  .ascii "0123456789"',
  );
});

test.run();
