/**
 * `hypstep as` against `gcc -c`: with the same flags the same sections, relocations and symbols; and what gdb shows of the
 * lines of both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readElf } from '../../asm/elf/read.ts';
import { hypstep } from '../cli/hypstep.ts';
import { difference, objectText } from './object-text.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';
const GDB = 'gdb-multiarch';
const test = suite('hypstep as and gcc -c');

const FILES: Readonly<Record<string, string>> = {
  'a.S': `#include "own.h"
#ifndef VALUE
#define VALUE 1
#endif
#ifdef __AARCH64EB__
	.word 0xeb
#endif
	.macro bump reg, by=VALUE
	add \\reg, \\reg, #\\by
	.endm
	.text
	.globl start, kept
	.type start, %function
start:	mov x0, #FROM_OWN
	bump x0
	bump x1, 3
	ldr x2, =0x1234567890
	adrp x3, data
	add x3, x3, :lo12:data
	bl outside
	cbz x0, start
	ret
	.size start, . - start
	.hidden kept
	.weak maybe
	.data
data:	.quad VALUE, start
kept:	.word . - data
#ifdef LSE
	.section .text.lse, "ax"
	ldadd x0, x1, [x2]
#endif
	.ident "made"
`,
  'plain.s': '\t.text\nf:\tnop\n\tcrc32w w0, w1, w2\n\t.section .rodata, "a"\n\t.asciz "text"\n',
  'own.h': '#define FROM_OWN 7\n',
  'pre.h': '#define VALUE 5\n',
};

const FLAGS: readonly string[] = [
  'a.S',
  '-c a.S',
  '-DVALUE=9 a.S',
  '-D VALUE=9 -U VALUE a.S',
  '-include pre.h a.S',
  '-mbig-endian a.S',
  '-mbig-endian -mlittle-endian -g a.S',
  '-nostdinc -I. -O2 -Wall -std=gnu11 -fno-pic a.S',
  '-DLSE -march=armv8.1-a a.S',
  '-DLSE -Wa,-march=armv8.1-a a.S',
  '-DLSE -mcpu=cortex-a76 a.S',
  '-march=armv8-a+crc plain.s',
  '-mcpu=cortex-a53 plain.s',
  '-x assembler-with-cpp a.S',
  '-x assembler -march=armv8-a+crc plain.s',
  '-g a.S',
];

/** Flags with which both must fail. */
const WRONG: readonly string[] = [
  '-DLSE a.S',
  'plain.s -march=armv8-a',
  '-march=armv99 a.S',
  '-I nowhere missing.S',
  '-include missing.h a.S',
];

function withFiles(body: (folder: string) => void): void {
  inTempFolder((folder) => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    body(folder);
  });
}

withTools(test, [GCC], `${FLAGS.length} lists of flags: the same object`, () => {
  withFiles((folder) => {
    for (const flags of FLAGS) {
      const words = flags.split(' ');
      const theirs = runTool(GCC, ['-c', ...words, '-o', 'gcc.o'], undefined, folder);
      assert.is(theirs.status, 0, `${flags}: ${theirs.stderr}`);
      const ours = hypstep(['as', ...words, '-o', 'own.o'], { cwd: folder });
      assert.is(ours.status, 0, `${flags}: ${ours.stderr}`);
      const text = (name: string) => objectText(readElf(readFileSync(join(folder, name)), name));
      const unequal = difference(text('own.o'), text('gcc.o'));
      assert.is(unequal, undefined, `${flags}\n${unequal}`);
    }
  });
});

withTools(test, [GCC], 'flags that gcc must refuse with these sources, hypstep does', () => {
  withFiles((folder) => {
    for (const flags of WRONG) {
      const words = flags.split(' ');
      assert.is.not(runTool(GCC, ['-c', ...words, '-o', 'x.o'], undefined, folder).status, 0, flags);
      const { status, stderr } = hypstep(['as', ...words, '-o', 'x.o'], { cwd: folder });
      assert.ok(status === 1 || status === 2, flags);
      assert.match(stderr, /error: /, flags);
    }
  });
});

withTools(test, [GCC], 'standard input, and -E', () => {
  withFiles((folder) => {
    const input = FILES['a.S']!;
    const words = ['-x', 'assembler-with-cpp', '-'];
    assert.is(hypstep(['as', ...words, '-o', 'own.o'], { cwd: folder, input }).status, 0);
    assert.is(runTool(GCC, ['-c', ...words, '-o', 'gcc.o'], input, folder).status, 0);
    const text = (name: string) => objectText(readElf(readFileSync(join(folder, name)), name));
    assert.is(difference(text('own.o'), text('gcc.o')), undefined);
    const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
    const theirs = runTool(GCC, ['-E', '-P', 'a.S'], undefined, folder).stdout;
    assert.equal(lines(hypstep(['as', '-E', '-P', 'a.S'], { cwd: folder }).stdout), lines(theirs));
  });
});

withTools(test, [GCC, GDB], 'gdb tells of our -g objects the lines it tells of gcc’s', () => {
  withFiles((folder) => {
    assert.is(runTool(GCC, ['-c', '-g', 'a.S', '-o', 'gcc.o'], undefined, folder).status, 0);
    assert.is(hypstep(['as', '-g', 'a.S', '-o', 'own.o'], { cwd: folder }).status, 0);
    const commands = [...Array.from({ length: 12 }, (_, i) => `info line *${4 * i}`), 'list *8', 'info source'].slice(
      0,
      13,
    );
    const shown = (name: string) =>
      runTool(GDB, ['-batch', '-nx', ...commands.flatMap((command) => ['-ex', command]), name], undefined, folder)
        .stdout;
    const theirs = shown('gcc.o');
    assert.match(theirs, /Line 15 of "a\.S" starts at address 0x4 <start\+4>/);
    assert.is(shown('own.o'), theirs);
  });
});

test.run();
