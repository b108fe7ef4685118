/** The linker: placement, symbols across objects, and faults with the place of the reference. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import type { Image } from '../../asm/link/image.ts';
import { type LinkOptions, link } from '../../asm/link/link.ts';
import { diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { assemble } from '../gas/program.ts';

function object(text: string, name = 't.s'): ObjectFile {
  return assemble(text, { file: name });
}

function places(image: Image): string[] {
  return image.segments.map(({ section, address, bytes }) => `${section} ${address.toString(16)}+${bytes.length}`);
}

function errorsOf(objects: readonly ObjectFile[], options: LinkOptions = {}): string[] {
  try {
    link(objects, options);
  } catch (error) {
    const found = diagnosticsOf(error);
    if (found !== undefined) return found.map((one) => formatDiagnostic(one).split('\n')[0]!);
    throw error;
  }
  throw new Error('no error');
}

const quad = (image: Image, section: string, at = 0) => {
  const { bytes } = image.segments.find((segment) => segment.section === section)!;
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
};

test('sections of one name join, code goes before data, zeros come last', () => {
  const one = object('\t.data\n\t.quad 1\n\t.text\n\tnop\n\t.bss\n\t.space 4\n');
  const two = object('\t.text\n\tret\n\t.section .rodata\n\t.byte 1\n\t.data\n\t.quad 2\n');
  assert.equal(places(link([one, two], { base: 0x1000n })), [
    '.text 1000+8',
    '.rodata 1008+1',
    '.data 1009+16',
    '.bss 1019+4',
  ]);
});

test('alignment is kept between the parts', () => {
  const one = object('\t.text\n\tnop\n');
  const two = object('\t.text\n\t.balign 16\n\tnop\n');
  assert.equal(places(link([one, two], { base: 0x1004n })), ['.text 1010+20']);
});

test('sections go where they are placed, in the order of the rules', () => {
  const it = link(
    [object('\tnop\n\t.section .hyp.text, "ax"\n\tret\n\t.section .hyp.idmap, "ax"\n\tret\n\t.data\n\t.quad 1\n')],
    {
      base: 0x100n,
      placement: [
        { section: '.data', address: 0x9000n },
        { section: '.hyp.*', address: 0x5000n, alignment: 64 },
      ],
    },
  );
  assert.equal(places(it), ['.text 100+4', '.hyp.text 5000+4', '.hyp.idmap 5040+4', '.data 9000+8']);
});

test('sections kept apart are segments of their own', () => {
  const it = link([object('\tnop\n'), object('\tret\n')], { apart: ['.text'] });
  assert.equal(places(it), ['.text 0+4', '.text 4+4']);
});

test('sections that overlap are an error', () => {
  const one = object('\t.space 64\n\t.data\n\t.quad 1\n');
  assert.equal(
    errorsOf([one], {
      placement: [
        { section: '.text', address: 0n },
        { section: '.data', address: 32n },
      ],
    }),
    ["error: section '.data' at 0x20 overlaps section '.text', which ends at 0x40"],
  );
});

test('a strong definition goes before a weak one, a weak undefined symbol is 0', () => {
  const one = object('\t.weak f\nf:\tnop\n\t.data\n\t.quad f, nowhere\n\t.weak nowhere\n');
  const two = object('\t.global f\nf:\tret\n');
  const it = link([one, two], { base: 0x1000n });
  assert.is(quad(it, '.data'), 0x1004n);
  assert.is(quad(it, '.data', 8), 0n);
});

test('local symbols of one name stay apart', () => {
  const it = link([object('l:\t.quad l\n'), object('l:\t.quad l\n')], { base: 0x1000n });
  assert.is(quad(it, '.text'), 0x1000n);
  assert.is(quad(it, '.text', 8), 0x1008n);
});

test('common symbols of one name share the largest room', () => {
  const it = link([object('\t.comm c, 8, 8\n\t.data\n\t.quad c\n'), object('\t.comm c, 32, 16\n')], { base: 0x1000n });
  const bss = it.segments.find(({ section }) => section === '.bss')!;
  assert.is(bss.bytes.length, 32);
  assert.is(quad(it, '.data'), bss.address);
  assert.is(bss.address % 16n, 0n);
});

test('of COMDAT groups of one name the first is taken', () => {
  const text = '\t.section .x, "aG", %progbits, g, comdat\n\t.global g\ng:\t.quad 1\n';
  assert.equal(places(link([object(text), object(text)])), ['.x 0+8']);
});

test('__start_ and __stop_ tell where a section begins and ends', () => {
  const it = link([object('\t.section table, "a"\n\t.quad 1, 2\n\t.data\n\t.quad __start_table, __stop_table\n')], {
    base: 0x100n,
  });
  assert.is(quad(it, '.data'), 0x100n);
  assert.is(quad(it, '.data', 8), 0x110n);
});

test('an undefined symbol is one diagnostic, at its first reference', () => {
  const one = object('\tnop\n\tbl nowhere\n\tbl nowhere\n', 'one.s');
  const two = object('\t.quad nowhere, elsewhere\n', 'two.s');
  assert.equal(errorsOf([one, two]), [
    "t.s:2:2: error: undefined symbol 'nowhere', referred to in one.s",
    "t.s:1:2: error: undefined symbol 'elsewhere', referred to in two.s",
  ]);
});

test('a symbol defined twice names both objects', () => {
  const text = '\t.global f\nf:\tnop\n';
  assert.equal(errorsOf([object(text, 'one.s'), object(text, 'two.s')]), [
    "error: symbol 'f' is defined in one.s and in two.s",
  ]);
});

test('a value that does not fit is told with relocation, symbol and place', () => {
  const far = object('\tb target\n\t.data\n\t.global target\ntarget:\t.quad 1\n');
  assert.equal(errorsOf([far], { base: 0n, placement: [{ section: '.data', address: 0x100000000n }] }), [
    "t.s:1:2: error: R_AARCH64_JUMP26 against 'target' at .text+0x0 of t.s: value 0x100000000 does not fit in 28 bits",
  ]);
});

test('objects of different byte order do not link', () => {
  assert.equal(errorsOf([object('\tnop\n', 'a.s'), assemble('\tnop\n', { file: 'b.s', bigEndian: true })]), [
    'error: b.s has another byte order than a.s',
  ]);
});

test('the entry is the symbol asked for', () => {
  assert.is(link([object('\tnop\n\t.global go\ngo:\tret\n')], { base: 0x100n, entry: 'go' }).entry, 0x104n);
  assert.equal(errorsOf([object('\tnop\n')], { entry: 'go' }), ["error: the entry symbol 'go' is not defined"]);
});

test('the global offset table holds the addresses its users ask for', () => {
  const it = link(
    [
      object(`\tadrp x0, :got:value
	ldr x0, [x0, :got_lo12:value]
	ldr x1, :got:other
	.data
	.global value, other
value:	.quad 1
other:	.quad 2
`),
    ],
    { base: 0x400000n },
  );
  assert.is(quad(it, '.got'), it.symbol('value')!.address);
  assert.is(quad(it, '.got', 8), it.symbol('other')!.address);
});

test.run();
