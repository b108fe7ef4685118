/** An object with something of everything: made by hand, so that it does not depend on the assembler. */
import { SHF, SHT, STB, STT } from '../../asm/elf/constants.ts';
import { withDebugSections } from '../../asm/elf/dwarf-write.ts';
import type { ElfSymbol, LineRow, ObjectFile, Section, SectionGroup } from '../../asm/elf/object-file.ts';
import { relocationNamed } from '../../asm/elf/relocations.ts';

function section(name: string, type: number, flags: number, data: number[], more: Partial<Section> = {}): Section {
  return {
    name,
    type,
    flags,
    entrySize: 0,
    alignment: 4,
    size: data.length,
    data: Uint8Array.from(data),
    address: 0n,
    relocations: [],
    ...more,
  };
}

function symbol(
  name: string,
  binding: number,
  type: number,
  place: ElfSymbol['section'],
  more: Partial<ElfSymbol> = {},
): ElfSymbol {
  return { name, value: 0n, size: 0n, binding, type, visibility: 0, other: 0, section: place, ...more };
}

/** A section of code with relocations, one that is merged, one without contents, a group, symbols of every binding. */
export function sampleObject(bigEndian: boolean): ObjectFile {
  const external = symbol('external', STB.GLOBAL, STT.NOTYPE, 'undefined');
  const code = section(
    '.text',
    SHT.PROGBITS,
    SHF.ALLOC | SHF.EXECINSTR,
    [0x1f, 0x20, 3, 0xd5, 0, 0, 0, 0x94, 0xc0, 3, 0x5f, 0xd6],
    {
      relocations: [{ offset: 4, type: relocationNamed('CALL26').number, symbol: external, addend: -8n }],
    },
  );
  const strings = section('.rodata.str', SHT.PROGBITS, SHF.ALLOC | SHF.MERGE | SHF.STRINGS, [0x61, 0], {
    entrySize: 1,
    alignment: 1,
  });
  const zeros = section('.bss', SHT.NOBITS, SHF.ALLOC | SHF.WRITE, [], { size: 64, alignment: 16 });
  const member = section('.member', SHT.PROGBITS, SHF.ALLOC | SHF.GROUP, [1, 2, 3, 4]);
  const linked = section('.meta', SHT.PROGBITS, SHF.ALLOC | SHF.LINK_ORDER, [0, 0, 0, 0, 0, 0, 0, 0], {
    linkedTo: code,
    relocations: [{ offset: 0, type: relocationNamed('ABS64').number, symbol: undefined, addend: 16n }],
  });
  const signature = symbol('signature', STB.LOCAL, STT.NOTYPE, code);
  const group: SectionGroup = { signature, comdat: true, members: [member] };
  const symbols = [
    symbol('', STB.LOCAL, STT.SECTION, code),
    symbol('file.s', STB.LOCAL, STT.FILE, 'absolute'),
    signature,
    symbol('global', STB.GLOBAL, STT.FUNC, code, { value: 4n, size: 8n, visibility: 2 }),
    symbol('weak', STB.WEAK, STT.OBJECT, zeros, { value: 16n, other: 0x80 }),
    symbol('common', STB.GLOBAL, STT.OBJECT, 'common', { value: 8n, size: 24n }),
    external,
  ];
  const row = (offset: number, file: string, line: number, end?: boolean): LineRow =>
    end ? { section: code, offset, file, line, end } : { section: code, offset, file, line };
  // Lines that go far forward, back, and to another file in a folder.
  const lines = [row(0, 'main.S', 3), row(4, 'dir/inc.h', 1000), row(8, 'main.S', 2), row(12, 'main.S', 2, true)];
  return withDebugSections(
    {
      name: 'sample.s',
      bigEndian,
      sections: [code, strings, zeros, member, linked],
      symbols,
      groups: [group],
      lines,
      origins: [],
    },
    { source: 'main.S', directory: '/src', producer: 'test' },
  );
}
