/** What the assembler puts into objects: contents, relocations, symbols, and where everything came from. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SHT, STB, STT, STV } from '../../asm/elf/constants.ts';
import { relocationText } from '../../asm/elf/relocations.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { assemble, section, symbol, words } from './program.ts';

function relocations(text: string, name = '.text'): string[] {
  const { relocations: list } = section(assemble(text), name);
  return list.map(({ offset, type, symbol: target, addend }) => {
    const of = target?.section;
    const named = target?.name || (typeof of === 'object' && 'name' in of ? of.name : '-');
    return `${offset.toString(16)} ${relocationText(type)} ${named}+${addend}`;
  });
}

// Encodings: Arm ARM C6.2 (NOP d503201f, RET d65f03c0); NOPs pad code (Using as, ".align").
test('alignment in code is padded with NOPs, after data with zeros up to a word', () => {
  assert.equal(words(assemble('\tret\n\t.align 4\n\tret\n')), [
    'd65f03c0',
    'd503201f',
    'd503201f',
    'd503201f',
    'd65f03c0',
  ]);
  assert.equal(words(assemble('\t.byte 1\n\tret\n')), ['00000001', 'd65f03c0']);
});

test('instructions are little-endian in big-endian objects, data are not', () => {
  const object = assemble('\tnop\n\t.word 0x01020304\n', { bigEndian: true });
  assert.equal([...section(object, '.text').data], [0x1f, 0x20, 0x03, 0xd5, 1, 2, 3, 4]);
});

test('equal literals share an entry of the pool', () => {
  const object = assemble('\tldr x0, =0x1122334455667788\n\tldr x1, =0x1122334455667788\n\tldr w2, =1\n');
  assert.is(section(object, '.text').size, 12 + 4 + 8);
});

test('a local symbol becomes its section in a relocation, a global one stays', () => {
  assert.equal(relocations('\t.global g\n\t.data\nl:\t.word 0\ng:\t.quad l, g\n', '.data'), [
    '4 R_AARCH64_ABS64 .data+0',
    'c R_AARCH64_ABS64 g+0',
  ]);
  assert.equal(relocations('\t.global g\ng:\tb g\nl:\tb l\n'), ['0 R_AARCH64_JUMP26 g+0']);
});

test('a distance to another section is a PREL relocation', () => {
  assert.equal(relocations('\t.word ext - .\n\t.quad ext - . + 8\n'), [
    '0 R_AARCH64_PREL32 ext+0',
    '4 R_AARCH64_PREL64 ext+8',
  ]);
});

test('mapping symbols stand where code and data begin', () => {
  const object = assemble('\tnop\n\t.word 1\n\tnop\n');
  const maps = object.symbols.filter(({ name }) => name.startsWith('$')).map(({ name, value }) => `${name} ${value}`);
  assert.equal(maps, ['$x 0', '$d 4', '$x 8']);
});

test('symbols have the binding, type, size and visibility that were said', () => {
  const object = assemble(
    '\t.global f\n\t.type f, %function\n\t.hidden f\nf:\tnop\n\tret\n\t.size f, . - f\n\t.weak w\n\tbl w\n\t.comm c, 24\n',
  );
  const { binding, type, visibility, size } = symbol(object, 'f');
  assert.equal(
    { binding, type, visibility, size },
    { binding: STB.GLOBAL, type: STT.FUNC, visibility: STV.HIDDEN, size: 8n },
  );
  assert.is(symbol(object, 'w').binding, STB.WEAK);
  assert.is(symbol(object, 'w').section, 'undefined');
  assert.is(symbol(object, 'c').section, 'common');
});

test('local symbols come before global ones', () => {
  const { symbols } = assemble('\t.global g\ng:\tnop\nl:\tnop\n');
  const firstGlobal = symbols.findIndex(({ binding }) => binding !== STB.LOCAL);
  assert.ok(symbols.slice(firstGlobal).every(({ binding }) => binding !== STB.LOCAL));
});

test('sections have the type, flags and group that were said', () => {
  const object = assemble('\t.section .a,"axG",%nobits,sig,comdat\n\t.space 8\n');
  assert.is(section(object, '.a').type, SHT.NOBITS);
  assert.is(section(object, '.a').size, 8);
  assert.is(section(object, '.a').data.length, 0);
  assert.is(object.groups[0]!.signature.name, 'sig');
  assert.ok(object.groups[0]!.comdat);
});

test('an instruction of a macro has the line of the use, and its innermost place in the origins', () => {
  const object = assemble('\t.macro m\n\tnop\n\tret\n\t.endm\n\n\tm\n\tnop\n');
  assert.equal(
    object.lines.map(({ offset, line, end }) => `${offset}:${line}${end ? ' end' : ''}`),
    ['0:6', '8:7', '12:7 end'],
  );
  const places = object.origins.map(
    ({ offset, place }) => `${offset}:${positionOf(place).line}:${place.use?.name ?? ''}`,
  );
  assert.equal(places, ['0:2:m', '4:3:m', '8:7:']);
});

test('data have origins too', () => {
  const [datum, room] = assemble('\t.word 1, 2\n\t.space 16\n').origins;
  assert.is(`${datum!.kind} ${datum!.offset} ${datum!.size}`, 'data 0 8');
  assert.is(`${room!.kind} ${room!.offset} ${room!.size}`, 'data 8 16');
});

test('.loc takes the place of the source in the line table', () => {
  const { lines } = assemble('\t.file 1 "a.c"\n\t.loc 1 7\n\tnop\n\tnop\n\t.loc 1 9\n\tnop\n');
  assert.equal(
    lines.map(({ offset, file, line }) => `${offset} ${file}:${line}`),
    ['0 a.c:7', '8 a.c:9', '12 a.c:9'],
  );
});

test('a program that is all ignored is an empty object', () => {
  const object = assemble('\t.if 0\n\tnonsense ( [\n\t.endif\n');
  assert.equal(
    object.sections.map(({ name, size }) => `${name} ${size}`),
    ['.text 0', '.data 0', '.bss 0'],
  );
});

test.run();
