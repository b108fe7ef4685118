/** Executable files written, and read again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ET, PF, SHF, SHT, STB, STT } from '../../asm/elf/constants.ts';
import { withDebugSections } from '../../asm/elf/dwarf-write.ts';
import type { ElfSymbol, ObjectFile, Section } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { writeExecutable } from '../../asm/elf/write-executable.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import { sampleObject } from '../elf/sample.ts';

function section(name: string, address: bigint, flags: number, data: number[], size = data.length): Section {
  const type = data.length === 0 ? SHT.NOBITS : SHT.PROGBITS;
  return {
    ...{ name, type, flags, entrySize: 0, alignment: 4, size, address },
    ...{ data: Uint8Array.from(data), relocations: [] },
  };
}

const code = section('.text', 0x4008_0010n, SHF.ALLOC | SHF.EXECINSTR, [0x1f, 0x20, 3, 0xd5, 0xc0, 3, 0x5f, 0xd6]);
const zeros = section('.bss', 0x4009_0000n, SHF.ALLOC | SHF.WRITE, [], 32);

function symbol(name: string, value: bigint, type: number, binding: number): ElfSymbol {
  return { name, value, size: 0n, binding, type, visibility: 0, other: 0, section: code };
}

const program: ObjectFile = {
  name: 'program',
  bigEndian: false,
  sections: [code, zeros],
  symbols: [symbol('', code.address, STT.SECTION, STB.LOCAL), symbol('_start', code.address, STT.FUNC, STB.GLOBAL)],
  groups: [],
  lines: [
    { section: code, offset: 0, file: 'a.S', line: 3 },
    { section: code, offset: 4, file: 'a.S', line: 7 },
    { section: code, offset: 8, file: 'a.S', line: 7, end: true },
  ],
  origins: [],
};

test('what is written is loaded where it belongs, with its symbols and lines', () => {
  const whole = withDebugSections(program, { source: 'a.S', directory: '', producer: 'test' });
  const file = readElf(writeExecutable(whole, code.address), 'program.elf');
  assert.is(file.type, ET.EXEC);
  const image = imageFromElf(file);
  assert.is(image.entry, code.address);
  assert.equal(image.segmentAt(0x4008_0014n)?.bytes, code.data);
  assert.equal(image.segmentAt(0x4009_0000n)?.bytes, new Uint8Array(32));
  assert.equal(image.symbolAt(0x4008_0014n), { name: '_start', offset: 4, size: 8 });
  assert.equal(image.lineAt(0x4008_0010n), { file: 'a.S', line: 3 });
  assert.equal(image.lineAt(0x4008_0014n), { file: 'a.S', line: 7 });
  assert.is(image.lineAt(0x4008_0018n), undefined);
});

// System V ABI, "Program Header": p_vaddr and p_offset are congruent modulo p_align.
test('segments keep their place in a page, and their permissions', () => {
  const { programHeaders } = readElf(writeExecutable(program, code.address), 'program.elf');
  for (const { offset, virtualAddress, alignment } of programHeaders)
    assert.is(BigInt(offset) % alignment, virtualAddress % alignment);
  assert.equal(
    programHeaders.map(({ flags, fileSize, memorySize }) => [flags, fileSize, Number(memorySize)]),
    [
      [PF.R | PF.X, 8, 8],
      [PF.R | PF.W, 0, 32],
    ],
  );
});

test('an object that is not linked is refused', () => {
  assert.throws(
    () => writeExecutable(sampleObject(false), 0n),
    (error: unknown) => error instanceof SourceError,
  );
});

test.run();
