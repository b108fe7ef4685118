/** The linker against GNU ld: random small programs at fixed addresses give the same bytes; executables become images. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import type { Image } from '../../asm/link/image.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { link } from '../../asm/link/link.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const LD = 'aarch64-linux-gnu-ld';
const SCALE = Number(process.env.HYPSTEP_ORACLE_SCALE ?? 1);
const SEED = 0x5eed;
const test = suite('the linker and GNU ld agree');

/** Addresses of the sections, far enough apart for page relocations to matter and near enough for branches. */
const PLACES = { '.text': 0x400000n, '.code': 0x480000n, '.rodata': 0x7f0000n, '.data': 0x900000n } as const;

const SCRIPT = `SECTIONS {
${Object.entries(PLACES)
  .map(([name, address]) => `  ${name} 0x${address.toString(16)} : { *(${name}) }`)
  .join('\n')}
  .bss 0xa00000 : { *(.bss) *(COMMON) }
  /DISCARD/ : { *(.comment) *(.note*) }
}
fixed = 0x123456;
`;

function object(name: string, text: string, bigEndian = false): ObjectFile {
  return assembleText(wholeFile(new SourceFile(name, text)), {
    file: name,
    diagnostics: new Diagnostics(),
    files: new MemoryFiles(),
    bigEndian,
  });
}

function linkHere(objects: readonly ObjectFile[]): Image {
  const placement = Object.entries(PLACES).map(([section, address]) => ({ section, address }));
  return link(objects, {
    placement: [...placement, { section: '.bss', address: 0xa00000n }],
    symbols: { fixed: 0x123456n },
    entry: 'g0_0',
  });
}

/** The same objects linked by GNU ld, as an image. */
function linkThere(folder: string, objects: readonly ObjectFile[], bigEndian = false): Image {
  writeFileSync(join(folder, 'script.ld'), SCRIPT);
  objects.forEach((one, i) => {
    writeFileSync(join(folder, `${i}.o`), writeObject(one));
  });
  const files = objects.map((_, i) => `${i}.o`);
  const emulation = bigEndian ? ['-m', 'aarch64linuxb'] : [];
  const result = runTool(
    LD,
    [...emulation, '-T', 'script.ld', '-e', 'g0_0', ...files, '-o', 'out.elf'],
    undefined,
    folder,
  );
  assert.is(result.status, 0, result.stderr);
  return imageFromElf(readElf(readFileSync(join(folder, 'out.elf')), 'out.elf'));
}

function compare(ours: Image, theirs: Image, what: string): void {
  for (const segment of ours.segments) {
    if (segment.section === '.bss') continue;
    const other = theirs.segments.find(({ section }) => section === segment.section);
    assert.ok(other, `${what}: GNU ld has no ${segment.section}`);
    assert.is(segment.address, other.address, `${what}: address of ${segment.section}`);
    const at = segment.bytes.findIndex((byte, i) => byte !== other.bytes[i]);
    assert.is(at, -1, `${what}: ${segment.section} differs at 0x${at.toString(16)}`);
    assert.is(segment.bytes.length, other.bytes.length, `${what}: size of ${segment.section}`);
  }
  assert.is(ours.entry, theirs.entry, `${what}: entry`);
}

/** Numbers from 0 to `below` - 1 by a linear congruential generator (Numerical Recipes). */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Statements that refer to a symbol, with `@` for its name. */
const REFERENCES = [
  'b @',
  'bl @',
  'bl @ + 8',
  'b.ne @',
  'cbz x1, @',
  'adr x2, @',
  'ldr x3, @',
  'adrp x4, @',
  'adrp x4, :pg_hi21_nc:@',
  'add x5, x5, :lo12:@',
  'ldrb w6, [x5, :lo12:@]',
  'ldr x7, =@',
  'movz x8, #:abs_g3:@',
  'movk x8, #:abs_g2_nc:@',
  'movk x8, #:abs_g1_nc:@',
  'movk x8, #:abs_g0_nc:@',
  'movz x8, #:abs_g1:@ + 4',
  'movn x8, #:abs_g2_s:@',
  'movz x9, #:prel_g1:@',
  'movk x9, #:prel_g0_nc:@',
];

const DATA = ['.quad @', '.quad @ + 16', '.word @ - .', '.quad @ - .', '.word @', '.hword 1, 2', '.byte 1, 2, 3'];

/** Object `number` of `count`: functions g<number>_<n> that refer to symbols of all objects. */
function program(next: (below: number) => number, number: number, count: number): string {
  const lines: string[] = [];
  const symbol = () => `g${next(count)}_${next(4)}`;
  for (let n = 0; n < 4; n++) {
    lines.push(n < 3 ? '\t.text' : '\t.section .code, "ax"', `\t.global g${number}_${n}`, `g${number}_${n}:`);
    for (let i = 0; i < 3 + next(8); i++) {
      if (next(3) === 0) lines.push('\tnop');
      else lines.push(`\t${REFERENCES[next(REFERENCES.length)]!.replace('@', symbol())}`);
    }
    if (next(3) === 0) lines.push('\t.align 4');
    lines.push('\tret', '\t.ltorg');
  }
  for (const section of ['.data', '.section .rodata'])
    for (let i = 0; i < next(6); i++)
      lines.push(`\t${section}`, '\t.align 3', `\t${DATA[next(DATA.length)]!.replace('@', symbol())}`);
  lines.push(
    `\t.comm shared${next(3)}, ${8 + 8 * next(4)}, 8`,
    '\t.data',
    '\t.quad fixed',
    '\t.weak nowhere',
    '\t.quad nowhere',
  );
  return `${lines.join('\n')}\n`;
}

for (const bigEndian of [false, true])
  withTools(test, [LD], `random ${bigEndian ? 'big' : 'little'}-endian programs link to the same bytes`, () => {
    const rounds = Math.ceil((bigEndian ? 5 : 15) * SCALE);
    inTempFolder((folder) => {
      for (let round = 0; round < rounds; round++) {
        const next = random(SEED + round);
        const count = 1 + next(4);
        const objects = Array.from({ length: count }, (_, i) => object(`${i}.s`, program(next, i, count), bigEndian));
        // ldr, b.ne and cbz reach 1 MiB only: all addresses lie within it.
        compare(linkHere(objects), linkThere(folder, objects, bigEndian), `seed ${SEED + round}`);
      }
    });
  });

withTools(test, [LD], 'thread-local offsets are those of GNU ld', () => {
  const text = `	.text
	.global g0_0
g0_0:	add x0, x0, :tprel_hi12:b
	add x0, x0, :tprel_lo12_nc:b
	ldr w1, [x0, :tprel_lo12:a]
	movz x2, #:tprel_g1:b
	movk x2, #:tprel_g0_nc:b
	.section .tdata, "awT"
	.align 5
	.global a, b
a:	.word 1
	.space 100
b:	.word 2
`;
  inTempFolder((folder) => {
    const one = object('tls.s', text);
    writeFileSync(join(folder, 'tls.o'), writeObject(one));
    const result = runTool(LD, ['-Ttext=0x400000', '-e', 'g0_0', 'tls.o', '-o', 'tls.elf'], undefined, folder);
    assert.is(result.status, 0, result.stderr);
    const theirs = imageFromElf(readElf(readFileSync(join(folder, 'tls.elf')), 'tls.elf'));
    const words = (image: Image) => [
      ...image.segments.find(({ section }) => section === '.text')!.bytes.subarray(0, 20),
    ];
    assert.equal(words(link([one], { base: 0x400000n })), words(theirs));
  });
});

test.run();
