/**
 * The disassembler against GNU objdump: what both print of the assembler's corpus, of C with data among the code, of the
 * fixtures and of kernel trees, relocatable and linked, of both byte orders, is the same byte for byte.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { type DumpOptions, dumpLines } from '../../asm/objdump/disassemble.ts';
import { Diagnostics, diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { assembleSwitch, variants } from './fixtures-build.ts';
import { makeKernelObjects } from './kernel-assembly.ts';
import { inTempFolder, runTool, withKernelTrees, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';
const OBJDUMP = 'aarch64-linux-gnu-objdump';
const CORPUS = new URL('gas-corpus/', import.meta.url).pathname;

const test = suite('objdump and GNU objdump print the same');

/** An instruction outside the table: its name is told, and nothing more. */
const OUTSIDE = /\t\.inst\t0x[\da-f]{8} ; not supported: \S+$/;

const modes: readonly (readonly [flags: string, options: DumpOptions])[] = [
  ['-d', { disassemble: 'code' }],
  ['-dr', { disassemble: 'code', relocations: true }],
  ['-D', { disassemble: 'all' }],
  ['-r', { relocations: true }],
  ['-dz --no-show-raw-insn', { disassemble: 'code', showZeros: true, hideWords: true }],
  ['-dr -j .data -j .text', { disassemble: 'code', relocations: true, sections: ['.data', '.text'] }],
];

/** Files that GNU objdump takes for no AArch64 file, for an unknown type of section; and section groups, shown by -D. */
function isAgreed(theirs: readonly string[]): boolean {
  return !/aarch64$/.test(theirs[1]!) || theirs.includes('Disassembly of section .group:');
}

/** What differs between the two dumps of the files at `paths`, the first line of each file. */
function differences(folder: string, paths: readonly string[], [flags, options]: (typeof modes)[number]): string[] {
  const { stdout } = runTool(OBJDUMP, [...flags.split(' '), ...paths], undefined, folder);
  const theirs = stdout.split('\n');
  const found: string[] = [];
  let at = 0;
  for (const path of paths) {
    const file = readElf(readFileSync(join(folder, path)), path);
    const next = theirs.findIndex((line, i) => i > at + 1 && /^\S+: {5}file format /.test(line));
    const expected = theirs.slice(at, next < 0 ? -1 : next - 1);
    at = next < 0 ? at : next - 1;
    const ours = [...dumpLines(file, path, options)];
    const line = Array.from({ length: Math.max(ours.length, expected.length) }).findIndex(
      (_, i) => ours[i] !== expected[i] && !(OUTSIDE.test(ours[i] ?? '') && expected[i] !== undefined),
    );
    if (line >= 0 && !isAgreed(expected))
      found.push(`${path} ${flags}: line ${line + 1}\n  ours:   ${ours[line]}\n  GNU's:  ${expected[line]}`);
  }
  return found;
}

function compareAll(folder: string, paths: readonly string[], chosen: typeof modes): void {
  const found = chosen.flatMap((mode) => differences(folder, paths, mode));
  assert.is(found.length, 0, `${found.length} differ\n${found.slice(0, 10).join('\n')}`);
}

/** Compares the dumps of the files that `make` leaves in a folder, in each mode. */
function compare(least: number, make: (folder: string) => void): void {
  inTempFolder((folder) => {
    make(folder);
    const paths = readdirSync(folder)
      .filter((name) => /\.(o|elf)$/.test(name))
      .sort();
    assert.ok(paths.length >= least, `only ${paths.length} files were made`);
    compareAll(folder, paths, modes);
  });
}

function shell(lines: readonly string[], cwd: string): void {
  const { status, stderr } = runTool('sh', ['-es'], lines.join('\n'), cwd);
  assert.is(status, 0, stderr);
}

/** A program of the corpus as our assembler makes it, which gas.test.ts holds equal to GNU as's; undefined for errors. */
function assembled(program: string, bigEndian: boolean): Uint8Array | undefined {
  const text = readFileSync(join(CORPUS, program), 'utf8');
  const march = /^\/\/ options: .*-march=(\S+)/.exec(text)?.[1];
  const [diagnostics, files] = [new Diagnostics(), new NodeFiles()];
  const options = { file: program, diagnostics, files, includeDirs: [CORPUS], bigEndian, march };
  try {
    return writeObject(assembleText(wholeFile(new SourceFile(program, text)), options));
  } catch (error) {
    if (diagnosticsOf(error) === undefined) throw error;
    return undefined;
  }
}

withTools(test, [OBJDUMP], 'of every program of the corpus, little- and big-endian', () => {
  compare(400, (folder) => {
    for (const program of readdirSync(CORPUS).filter((name) => name.endsWith('.s')))
      for (const bigEndian of [false, true]) {
        const object = assembled(program, bigEndian);
        if (object !== undefined) writeFileSync(join(folder, `${program}${bigEndian ? '-eb' : ''}.o`), object);
      }
  });
});

/** Symbols and data where they are hard to show. */
const AWKWARD = `
	.text
f:	nop
	.type f, %function
	.word 1
g:	.word 2
	.type g, %function
	ret
	.type o, %object
o:	.word 5, 6, 7, 8
	.ascii "hi there"
	.byte 1
p:	.byte 2
r:	.short 3
	.byte 7
	.ascii "abc"
	.byte 9
s:	.balign 4
	ret
	.byte 1, 2
t:	.byte 1, 2
	.balign 4
	.reloc ., R_AARCH64_NONE, absent
	adrp x0, global
	add x0, x0, :lo12:global
	ldr x1, =absent + 4
	ldr x2, =0x123456789
	bl elsewhere
	b.eq global
	tbz x3, #5, f
	.type alias, %object
	.globl alias, global, weak
	.weak weak
weak:
alias:
odd.o:
.Ldot:
z:	.zero 40
	.zero 3
	.size z, 16
	ret
	.zero 12
	.inst 0, 0, 0xd503201f, 0, 0
	.section .other, "ax"
	b global
elsewhere:
	.global elsewhere
	.inst 0xffffffff
	adr x0, elsewhere + 1
	.section .other.unnamed, "ax"
	nop
	cbz x0, . + 8
	ret
	.section .partial, "ax"
	.byte 1
	.section .bss
	.zero 8
	.data
	.word 0
global:	.word 5, 0, 0
	.asciz "text"
	.equ absolute, 0x10
	.globl absolute
`;

const DATA_IN_TEXT = `
typedef unsigned long u64;
__attribute__((section(".text"))) const char name[] = "a name in the code";
__attribute__((section(".text"))) const u64 zeros[9] = { 1 };
static u64 seen; u64 shared[4]; extern u64 absent(u64);
double scale(double x) { return x * 3.14159 + 1e-300; }
u64 pick(int which) {
	switch (which) {
	case 0: return 17; case 1: return absent(3); case 2: return seen++; case 3: return shared[1];
	case 4: return (u64)name; case 5: return zeros[which]; case 6: return seen / 10;
	}
	asm volatile("b 1f; .word 0x12345678, 0; .quad 0; 1: mrs %0, sctlr_el1; hvc #0" : "=r"(seen));
	return 0x123456789abcdefUL;
}
__attribute__((cold)) int rare(int x) { return x / 7; }
void _start(void) { pick(rare(2)); for (;;) asm volatile("wfi"); }
u64 absent(u64 x) { return x ^ zeros[0]; }
`;

withTools(test, [GCC, OBJDUMP, 'sh'], 'of symbols and data in awkward places, stripped and linked, too', () => {
  compare(18, (folder) => {
    writeFileSync(join(folder, 'awkward.s'), AWKWARD);
    writeFileSync(join(folder, 'data.c'), DATA_IN_TEXT);
    const lines = ['', '-mbig-endian'].flatMap((order, i) => [
      `${GCC} ${order} -c awkward.s -o awkward${i}.o`,
      ...['-O0', '-O2', '-Os -fPIC', '-O2 -g -ffunction-sections -march=armv8.5-a'].map(
        (flags, j) => `${GCC} ${order} ${flags} -w -c data.c -o data${i}${j}.o`,
      ),
      `${GCC} ${order} -nostdlib -static awkward${i}.o data${i}1.o -Wl,--defsym=absent2=0 -Wl,--unresolved-symbols=ignore-all -o both${i}.elf`,
      `${GCC} ${order} -nostdlib -static -Wl,--emit-relocs -Wl,-Ttext=0xffffffc000080000 data${i}0.o -o high${i}.elf`,
      `${GCC} ${order} -nostdlib -shared -Wl,-Bsymbolic data${i}2.o -o shared${i}.elf`,
      `aarch64-linux-gnu-strip -g awkward${i}.o -o awkward-g${i}.o`,
      `aarch64-linux-gnu-strip both${i}.elf -o stripped${i}.elf`,
    ]);
    shell(lines, folder);
  });
});

withTools(test, [GCC, OBJDUMP, 'sh'], 'of the world switches that come with hypstep', () => {
  inTempFolder((folder) => {
    for (const variant of variants) {
      const objects = assembleSwitch(variant, folder);
      compareAll(
        folder,
        objects.map((path) => path.slice(folder.length + 1)),
        modes,
      );
    }
  });
});

withKernelTrees(test, [GCC, OBJDUMP], 'the objects of its .S files', (tree) => {
  inTempFolder((folder) => {
    const objects = makeKernelObjects(tree, folder);
    assert.ok(objects.length > 10);
    compareAll(folder, objects, modes);
  });
});

test.run();
