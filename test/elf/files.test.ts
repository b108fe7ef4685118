/** Objects written and read again, and malformed files. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ET } from '../../asm/elf/constants.ts';
import { isElf, readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import { objectText } from '../oracle/object-text.ts';
import { sampleObject } from './sample.ts';

for (const bigEndian of [false, true])
  test(`a ${bigEndian ? 'big' : 'little'}-endian object survives writing and reading`, () => {
    const object = sampleObject(bigEndian);
    const file = readElf(writeObject(object), 'sample.o');
    assert.equal(objectText(file), objectText(object));
    assert.is(file.type, ET.REL);
    assert.is(file.bigEndian, bigEndian);
    assert.equal(
      file.lines.map(
        ({ section, offset, file: name, line, end }) => `${section.name}+${offset} ${name}:${line} ${end ?? false}`,
      ),
      object.lines.map(
        ({ section, offset, file: name, line, end }) => `${section.name}+${offset} ${name}:${line} ${end ?? false}`,
      ),
    );
  });

// System V ABI, "ELF Header": magic number, class, data encoding, version.
test('the header is that of an ELF64 relocatable file for AArch64', () => {
  const bytes = writeObject(sampleObject(false));
  assert.ok(isElf(bytes));
  assert.equal([...bytes.subarray(0, 8)], [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  assert.equal([...bytes.subarray(16, 20)], [1, 0, 183, 0]);
  const big = writeObject(sampleObject(true));
  assert.equal([...big.subarray(16, 20)], [0, 1, 0, 183]);
});

test('what is no ELF file for AArch64 is said with the byte offset', () => {
  const good = writeObject(sampleObject(false));
  const changed = (at: number, value: number) => {
    const bytes = good.slice();
    bytes[at] = value;
    return bytes;
  };
  const messageOf = (bytes: Uint8Array) => {
    try {
      readElf(bytes, 'x.o');
    } catch (error) {
      if (error instanceof SourceError) return error.message;
      throw error;
    }
    return 'accepted';
  };
  assert.is(messageOf(new Uint8Array(0)), 'x.o: not an ELF file (at byte offset 0x0)');
  assert.is(messageOf(changed(4, 1)), 'x.o: not a 64-bit ELF file (at byte offset 0x4)');
  assert.is(messageOf(changed(5, 7)), 'x.o: unknown byte order (at byte offset 0x5)');
  assert.is(messageOf(changed(18, 62)), 'x.o: machine 62 is not AArch64 (183) (at byte offset 0x12)');
  assert.match(
    messageOf(good.subarray(0, 70)),
    /the section header table of \d+ bytes lies beyond the end of the file/,
  );
});

/** Reads a file whole, the line table too. Only SourceError may come out. */
function readWhole(bytes: Uint8Array): 'read' | 'rejected' {
  try {
    readElf(bytes, 'x.o').lines.length;
    return 'read';
  } catch (error) {
    if (error instanceof SourceError && /^x\.o.*\(at byte offset 0x[0-9a-f]+\)$/.test(error.message)) return 'rejected';
    throw error;
  }
}

test('a file cut off anywhere is one diagnostic', () => {
  const good = writeObject(sampleObject(false));
  for (let length = 0; length < good.length; length += length < 128 ? 1 : 3)
    assert.is(readWhole(good.subarray(0, length)), 'rejected', `${length}`);
});

test('a file with any byte changed is read or rejected, never a crash', () => {
  const good = writeObject(sampleObject(false));
  let rejected = 0;
  for (let at = 0; at < good.length; at++)
    for (const value of [0x7f, 0xff]) {
      const bytes = good.slice();
      bytes[at] = bytes[at] === value ? 0 : value;
      if (readWhole(bytes) === 'rejected') rejected++;
    }
  assert.ok(rejected > 100);
});

test.run();
