/** Images: what is where, and by which name and line it is known. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { Image } from '../../asm/link/image.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { link } from '../../asm/link/link.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { assemble } from '../gas/program.ts';

const SOURCE = `	.macro pair
	nop
	ret
	.endm
	.text
	.global f
	.type f, %function
f:	nop
inner:	nop
	.global same
same:
also:	pair
	.data
value:	.quad f
`;

function image(): Image {
  return link([assemble(SOURCE)], { base: 0x1000n });
}

test('a symbol is found by name, and the nearest one by address', () => {
  const it = image();
  assert.is(it.symbol('f')?.address, 0x1000n);
  assert.equal(it.symbolAt(0x1000n), { name: 'f', offset: 0, size: 4 });
  assert.equal(it.symbolAt(0x1006n), { name: 'inner', offset: 2, size: 4 });
  assert.equal(it.symbolAt(0x100cn), { name: 'same', offset: 4, size: 8 }, 'a global name goes before a local one');
  assert.is(it.symbolAt(0xfffn), undefined);
  assert.is(it.symbolAt(0x9000n), undefined);
});

test('a symbol names nothing beyond its segment', () => {
  const it = link([assemble('f:\tnop\n.data\n.balign 64\n.quad 0\nvalue:\t.quad 1\n')], { base: 0x1000n });
  assert.equal(it.symbolAt(0x1000n), { name: 'f', offset: 0, size: 4 });
  assert.is(it.symbolAt(0x1040n), undefined, 'before the first symbol of its segment');
  assert.equal(it.symbolAt(0x1048n), { name: 'value', offset: 0, size: 8 });
});

test('mapping symbols and temporary labels name no address', () => {
  const it = link([assemble('.Lx:\tnop\nf:\tb .Lx\n')], { base: 0x1000n });
  assert.is(it.symbolAt(0x1000n), undefined);
  assert.equal(it.symbolAt(0x1004n), { name: 'f', offset: 0, size: 4 }, 'up to the end of the segment');
});

test('lines lead to addresses and back; a line of a macro has those of its uses', () => {
  const it = image();
  assert.equal(it.lineAt(0x1004n), { file: 't.s', line: 9 });
  assert.equal(it.lineAt(0x100cn), { file: 't.s', line: 12 });
  assert.is(it.lineAt(0x1010n), undefined);
  assert.equal(it.addressesOf('t.s', 12), [0x1008n]);
  assert.equal(it.addressesOf('t.s', 3), [0x100cn]);
  assert.equal(it.addressesOf('other.s', 12), []);
  assert.equal(it.addressesOf('.s', 12), [], 'only whole parts of a path count');
});

test('what is at an address knows its statement', () => {
  const origin = image().originAt(0x100cn)!;
  assert.is(origin.kind, 'instruction');
  assert.is(positionOf(origin.place).line, 3);
  assert.is(origin.place.use?.name, 'pair');
});

test('an executable becomes an image: segments, entry, zeros behind the contents', () => {
  const bytes = executable();
  const it = imageFromElf(readElf(bytes, 'x.elf'));
  assert.is(it.entry, 0x4000n);
  assert.equal(
    it.segments.map(({ address, bytes: content, writable, executable: runs }) => [
      address,
      content.length,
      writable,
      runs,
    ]),
    [[0x4000n, 16, true, true]],
  );
  assert.equal([...it.segments[0]!.bytes], [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('a relocatable file is no image', () => {
  const file = readElf(writeObject(assemble('\tnop\n')), 'x.o');
  assert.throws(() => imageFromElf(file), /x\.o: not an executable file/);
});

/** ELF header and one program header (System V ABI, "Program Header"): 8 bytes of contents in 16 of memory. */
function executable(): Uint8Array {
  const bytes = new Uint8Array(0x80);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 183, true);
  view.setBigUint64(24, 0x4000n, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  view.setUint32(68, 7, true);
  view.setBigUint64(72, 0x78n, true);
  view.setBigUint64(80, 0x4000n, true);
  view.setBigUint64(88, 0x4000n, true);
  view.setBigUint64(96, 8n, true);
  view.setBigUint64(104, 16n, true);
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 0x78);
  return bytes;
}

test('an empty image is one', () => {
  const it = new Image({ segments: [], symbols: [], lines: [], origins: [] });
  assert.is(it.base, 0n);
  assert.is(it.end, 0n);
  assert.is(it.symbolAt(0n), undefined);
});

test.run();
