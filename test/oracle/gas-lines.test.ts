/** Line tables: rows of our objects against those GNU as -g makes, and what gdb shows of ours. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LineRow } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const AS = 'aarch64-linux-gnu-as';
const LD = 'aarch64-linux-gnu-ld';
const GDB = 'gdb-multiarch';
const test = suite('line tables');

const SOURCE = `	.macro twice r
	add \\r, \\r, #1
	add \\r, \\r, #1
	.endm
	.macro outer
	twice x3
	nop
	.endm
	.text
	.globl main
	.type main, %function
main:
	nop
	nop
	twice x0
	ldr x1, =0x1234567890
	outer
	.rept 2
	nop
	twice x4
	.endr
	ret
	.size main, . - main
	.section .other, "ax"
other:	b main
	.space 400
	nop
`;

function object(bigEndian = false): Uint8Array {
  const source = new SourceFile('lines.s', SOURCE);
  return writeObject(
    assembleText(wholeFile(source), {
      file: 'lines.s',
      diagnostics: new Diagnostics(),
      files: new MemoryFiles(),
      debug: true,
      directory: '/src',
      bigEndian,
    }),
  );
}

/** Section, offset and line of each row. */
function rowText({ section, offset, file, line, end }: LineRow): string {
  return `${section.name}+${offset} ${file}:${line}${end ? ' end' : ''}`;
}

withTools(
  test,
  [AS],
  'an instruction of a macro belongs to the line that uses the macro, one of a repetition to its own',
  () => {
    inTempFolder((folder) => {
      writeFileSync(join(folder, 'lines.s'), SOURCE);
      const gnu = runTool(AS, ['-g', 'lines.s', '-o', 'lines.o'], undefined, folder);
      assert.is(gnu.status, 0, gnu.stderr);
      const theirs = readElf(readFileSync(join(folder, 'lines.o')), 'lines.o').lines.map(rowText);
      assert.ok(theirs.length > 10);
      assert.equal(readElf(object(), 'ours').lines.map(rowText), theirs);
    });
  },
);

for (const bigEndian of [false, true])
  withTools(test, [LD, GDB], `gdb shows file and line of our ${bigEndian ? 'big' : 'little'}-endian objects`, () => {
    inTempFolder((folder) => {
      writeFileSync(join(folder, 'lines.o'), object(bigEndian));
      const emulation = bigEndian ? 'aarch64linuxb' : 'aarch64linux';
      const linked = runTool(
        LD,
        ['-m', emulation, '-e', 'main', '-Ttext=0x400000', 'lines.o', '-o', 'lines.elf'],
        undefined,
        folder,
      );
      assert.is(linked.status, 0, linked.stderr);
      const commands = ['info line main', 'info line *0x400008', 'info line other', 'info symbol 0x400004'];
      const { stdout } = runTool(
        GDB,
        ['-batch', '-nx', ...commands.flatMap((c) => ['-ex', c]), 'lines.elf'],
        undefined,
        folder,
      );
      const shown = stdout.trim().split('\n');
      assert.match(shown[0]!, /Line 13 of "lines.s" starts at address 0x400000 <main>/);
      assert.match(shown[1]!, /Line 15 of "lines.s" starts at address 0x400008 <main\+8> and ends at 0x400010/);
      assert.match(shown[2]!, /Line 25 of "lines.s"/);
      assert.match(shown[3]!, /main \+ 4 in section .text/);
    });
  });

const C_SOURCE = `int x = 3;
static int f(int a)
{
	return a + x;
}
int main(int c)
{
	int i;
	for (i = 0; i < c; i++)
		x = f(i);
	return x;
}
`;

for (const version of [2, 3, 4, 5])
  withTools(
    test,
    ['aarch64-linux-gnu-gcc', 'aarch64-linux-gnu-readelf'],
    `line tables of DWARF ${version} by gcc are read`,
    () => {
      inTempFolder((folder) => {
        writeFileSync(join(folder, 'prog.c'), C_SOURCE);
        const flags = [
          `-gdwarf-${version}`,
          '-gstrict-dwarf',
          '-gno-as-loc-support',
          '-O0',
          '-nostdlib',
          '-static',
          '-Wl,-e,main',
        ];
        const made = runTool('aarch64-linux-gnu-gcc', [...flags, 'prog.c', '-o', 'prog.elf'], undefined, folder);
        assert.is(made.status, 0, made.stderr);
        const { stdout } = runTool(
          'aarch64-linux-gnu-readelf',
          ['--debug-dump=decodedline', 'prog.elf'],
          undefined,
          folder,
        );
        const theirs = [...stdout.matchAll(/^prog\.c +(\d+) +(0x[0-9a-f]+)/gm)].map(([, line, at]) => `${at}:${line}`);
        const image = imageFromElf(readElf(readFileSync(join(folder, 'prog.elf')), 'prog.elf'));
        const ours = image.lines
          .filter(({ end }) => !end)
          .map(({ address, line }) => `0x${address.toString(16)}:${line}`);
        assert.ok(theirs.length > 5);
        assert.equal([...new Set(ours)].sort(), [...new Set(theirs)].sort());
        assert.is(image.lineAt(image.symbol('f')!.address)?.line, 3);
      });
    },
  );

test.run();
