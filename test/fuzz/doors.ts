/** The doors where input from outside comes in, each with inputs to spoil. A door's fault is any error but a diagnosed one. */
import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { type AssemblerEnvironment, assemble, OperandError } from '../../asm/a64/assemble.ts';
import { encodings } from '../../asm/a64/encoding.ts';
import { disassemble } from '../../asm/a64/print.ts';
import { asmOffsets, printAsmOffsets } from '../../asm/c/asm-offsets.ts';
import { parseTranslationUnit } from '../../asm/c/parse.ts';
import { type PreprocessorOptions, preprocessSource, preprocessSourceToText } from '../../asm/cpp/preprocess.ts';
import { readElf } from '../../asm/elf/read.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { dumpLines } from '../../asm/objdump/disassemble.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { FAULTS } from '../c/faults.ts';
import { PROGRAMS } from '../oracle/cpp-corpus.ts';
import { mutation, spoil } from './mutations.ts';

export interface Door {
  readonly name: string;
  /** Runs of each twenty thousand. */
  readonly share: number;
  readonly inputs: fc.Arbitrary<string | Uint8Array>;
  /** Throws what a user must never see. */
  readonly enter: (input: string | Uint8Array) => void;
}

const fixtures = new URL('../../fixtures/', import.meta.url).pathname;
const corpus = new URL('../oracle/gas-corpus/', import.meta.url).pathname;
const read = (path: string) => readFileSync(path, 'utf8');

const gasPrograms = readdirSync(corpus)
  .filter((name) => name.endsWith('.s'))
  .map((name) => read(corpus + name));

/** Pieces of the world switch, of some thirty lines. */
const switchPieces = piecesOf(read(`${fixtures}hyp/after/hyp.S`), 30);

function piecesOf(text: string, size: number): string[] {
  const lines = text.split('\n');
  return Array.from({ length: Math.ceil(lines.length / size) }, (_, i) =>
    lines.slice(i * size, (i + 1) * size).join('\n'),
  );
}

/** Does `body`; what it diagnoses is well, and must be printable. */
function diagnosed(body: (diagnostics: Diagnostics) => void): void {
  const diagnostics = new Diagnostics();
  try {
    body(diagnostics);
  } catch (error) {
    const found = diagnosticsOf(error);
    if (found === undefined) throw error;
    for (const diagnostic of found) formatDiagnostic(diagnostic);
  }
  for (const diagnostic of diagnostics.list) formatDiagnostic(diagnostic);
}

/** Spoilt `sources`, a few of them bytes of chance or words in a row. */
function spoilt(
  sources: readonly string[],
  words: readonly string[],
  nests: readonly (readonly [string, string])[],
): fc.Arbitrary<string> {
  const changes = fc.array(mutation, { minLength: 1, maxLength: 6 });
  const changed = fc
    .tuple(fc.nat(sources.length - 1), changes)
    .map(([source, mutations]) => spoil(sources[source]!, mutations, words, nests));
  const babble = fc.array(fc.constantFrom(...words, ' ', '\n'), { maxLength: 60 }).map((list) => list.join(' '));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((list) => Buffer.from(list).toString('latin1'));
  return fc.oneof({ weight: 8, arbitrary: changed }, { weight: 1, arbitrary: babble }, { weight: 1, arbitrary: bytes });
}

const CPP_WORDS = [
  ...['#if', '#ifdef x', '#else', '#elif 1', '#endif', '#define', '#undef x', '#line 7 "x"', '#error', '#pragma once'],
  ...[
    '#include "main"',
    '#include "main"\n',
    '#include_next "main"',
    '#include <main>',
    '#define x x x',
    '#define f(a) f(f(a)) a##a #a',
  ],
  ...[
    '#define v(a...) a v(a)',
    '__VA_OPT__(a)',
    '__VA_ARGS__',
    '##',
    '#',
    'defined(x)',
    '__has_include("main")',
    '__COUNTER__',
  ],
  ...[
    '_Pragma("x")',
    'f(f(f(f(x))))',
    'x x x x x x',
    '(',
    ')',
    ',',
    "'",
    "'ab'",
    '1 / 0',
    '1 % 0',
    '? :',
    '<<',
    '__LINE__',
  ],
  ...[
    '#define A B B B B\n#define B C C C C\n#define C D D D D\n#define D E E E E\n#define E F F F F\n#define F G G G G\nA',
  ],
];
const CPP_NESTS = [
  ['(', ')'],
  ['#if 1\n', '#endif\n'],
  ['\n#if 1\n', '\n#endif\n'],
  ['f(', ')'],
  ['/*', '*/'],
  ['-', ''],
  ['1?', ':1'],
  ['defined ', ''],
] as const;

function cppOptions(language: PreprocessorOptions['language'], text: string, diagnostics: Diagnostics) {
  return { files: new MemoryFiles({ main: text, 'x.h': text }), language, diagnostics } as const;
}

const cppSources = [...PROGRAMS.map(({ text }) => text), ...switchPieces];

const assemblerCpp: Door = {
  name: 'the preprocessor, on assembler sources',
  share: 2500,
  inputs: spoilt(cppSources, CPP_WORDS, CPP_NESTS),
  enter: (input) => {
    const text = String(input);
    diagnosed((diagnostics) =>
      preprocessSourceToText(new SourceFile('main', text), cppOptions('assembler', text, diagnostics)),
    );
  },
};

const cCpp: Door = {
  name: 'the preprocessor, on C',
  share: 2500,
  inputs: spoilt(cppSources, CPP_WORDS, CPP_NESTS),
  enter: (input) => {
    const text = String(input);
    diagnosed((diagnostics) => {
      const tokens = preprocessSource(new SourceFile('main', text), cppOptions('c', text, diagnostics));
      while (tokens.next().kind !== 'end');
    });
  },
};

const GAS_WORDS = [
  ...[
    '.macro m a, b=1, c:vararg\n',
    '.macro m\n',
    'm\n',
    'm m, m\n',
    '.endm\n',
    '\\a',
    '\\@',
    '\\()',
    '.exitm\n',
    '.purgem m\n',
    '.altmacro\n',
  ],
  ...[
    '.rept 3\n',
    '.rept 2000\n',
    '.rept 20000\nnop\n.endr\n',
    '.rept -1\n',
    '.endr\n',
    '.irp a, 1, 2\n',
    '.irpc a, abc\n',
  ],
  ...[
    '.if 1\n',
    '.if m\n',
    '.ifdef m\n',
    '.ifc a, b\n',
    '.ifeqs "a", "b"\n',
    '.else\n',
    '.elseif 0\n',
    '.endif\n',
    '.include "main"\n',
    '.incbin "main"\n',
  ],
  ...[
    '.fill 0x7fffffff\n',
    '.fill 99999, 8, 1\n',
    '.skip 0x7fffffffffffffff\n',
    '.skip 300000000\n',
    '.space -1\n',
    '.org 0x7fffffff\n',
    '.org -1\n',
  ],
  ...[
    '.org . + 3000000\n',
    '.align 63\n',
    '.p2align 31, 1\n',
    '.balign 0x80000000\n',
    '.balignl 3\n',
    '.zero 1000000000000\n',
    '.dcb.b 999999\n',
  ],
  ...[
    '.set m, m + 1\n',
    '.set a, b\n.set b, a\n',
    '.equ ., 4\n',
    '. = . + 4\n',
    '1:\n',
    'b 1b\n',
    'b 1f\n',
    'b 999999999999f\n',
    '.word a - b\n',
    '.quad 1f - 1b\n',
  ],
  ...[
    '.uleb128 a - 1b\n',
    '.uleb128 0xffffffffffffffffffffff\n',
    '.sleb128 -1\n',
    '.pushsection .a, "ax"\n',
    '.popsection\n',
    '.previous\n',
    '.subsection 99999\n',
  ],
  ...[
    '.section .x, "axG", %progbits, g, comdat\n',
    '.section',
    '.type m, %function\n',
    '.size m, . - m\n',
    '.ltorg\n',
    'ldr x0, =m + 1\n',
    'ldr x0, =0x123456789\n',
  ],
  ...[
    'mov x0, #m\n',
    'add x0, x0, :lo12:m\n',
    'adrp x0, m\n',
    '.req x0\n',
    'm .req x1\n',
    '.arch armv8.9-a\n',
    '.inst m\n',
    '.loc 1 2\n',
    '.file 1 "a"\n',
    '.err\n',
    '.end\n',
  ],
  ...[
    '.float 1e999999\n',
    '.ascii "\\777\\',
    '.string8 "a"\n',
    '.reloc 0, R_AARCH64_NONE\n',
    '.cfi_startproc\n',
    '.struct 0\n',
    '.comm m, 999999999999\n',
    '.lcomm a, 8\n',
  ],
  ...[
    '.bss\n',
    '.data\n',
    '.text\n',
    '.quad ',
    '.macro r\nr\nr\n.endm\nr\n',
    '.macro q\n.macro q\\@\nq\n.endm\nq\n.endm\nq\n',
    '+',
    '-',
    '~',
    '(',
    ')',
    '<<',
    '*',
    '/',
    '%',
    ':lo12:',
  ],
  ...[
    '.macro d\n d2\n d2\n.endm\n.macro d2\n d3\n d3\n.endm\n.macro d3\n.rept 99\nnop\n.endr\n.endm\n.rept 99\nd\n.endr\n',
  ],
];
const GAS_NESTS = [
  ['.rept 2\n', '.endr\n'],
  ['\n.macro n\n', '\n.endm\n'],
  ['.if 1\n', '.endif\n'],
  ['(', ')'],
  ['-', ''],
  ['.irp p, 1\n', '.endr\n'],
  ['.pushsection .a\n', '.popsection\n'],
  ['<', '>'],
  ['{', '}'],
  ['1+', ''],
] as const;

const gas: Door = {
  name: "the assembler's language",
  share: 4500,
  inputs: spoilt([...gasPrograms, ...switchPieces], GAS_WORDS, GAS_NESTS),
  enter: (input) => {
    const text = String(input);
    diagnosed((diagnostics) => {
      const files = new MemoryFiles({ main: text, 'included.inc': text });
      const options = {
        file: 'main',
        files,
        diagnostics,
        debug: text.length % 2 === 0,
        bigEndian: text.length % 3 === 0,
      };
      readElf(writeObject(assembleText(wholeFile(new SourceFile('main', text)), options)));
    });
  },
};

const C_SOURCES = [
  ...FAULTS.map(([, , source]) => source),
  ...PROGRAMS.map(({ text }) => text).slice(0, 40),
  ...piecesOf(read(`${fixtures}include/after/asm/kvm_host.h`), 40),
  `typedef unsigned long u64; struct s { int a : 3; union { u64 b; char c[sizeof(u64)]; }; struct s *next; } __attribute__((packed));
enum e { A, B = sizeof(struct s), C = B << 2 }; static inline int f(struct s *p, int (*g)(void), ...) { return ({ 1; }) + g(); }
int table[] = { [2] = 1, 2 }, (*fp[3])(char c); typeof(table) other; _Static_assert(sizeof(int) == 4, "int");
#pragma pack(push, 1)
struct t { char c; _Alignas(8) long l; struct s in[2]; }; asm("nop" : : "i"(A)); int h(a, b) int a; char *b; { if (a) { asm("x"); } return 0; }
int n = __builtin_choose_expr(1, 2, 3) + _Generic(1, int: 1, default: 2) + __builtin_offsetof(struct t, in[1].b);`,
  `#define offsetof(t, m) __builtin_offsetof(t, m)
#define DEFINE(sym, val) asm volatile("\\n.ascii \\"->" #sym " %0 " #val "\\"" : : "i" (val))
struct k { char a; struct { long b[4]; int c : 5, d : 27; } e; };
int main(void) { DEFINE(K_B, offsetof(struct k, e.b[2])); DEFINE(K_SIZE, sizeof(struct k)); DEFINE(SHIFT, 1UL << 40); return 0; }`,
];
const C_WORDS = [
  ...[
    'struct',
    'union',
    'enum',
    'typedef',
    'int',
    'void',
    'long',
    '__int128',
    'char',
    'static',
    'extern',
    'inline',
    'sizeof',
    'typeof',
    '_Alignof',
    '_Generic',
  ],
  ...[
    '__attribute__((aligned(999999999)))',
    '__attribute__((packed))',
    '__attribute__((mode(TI)))',
    '__attribute__((vector_size(16)))',
    'asm("x" : : "i"(',
    'asm',
  ],
  ...[
    '[999999999999]',
    '[-1]',
    '[0x7fffffffffffffff]',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    ';',
    ',',
    '=',
    '*',
    '&',
    ':',
    '...',
    '? :',
    '({',
    '})',
    'struct s { struct s x; };',
  ],
  ...[
    '_Static_assert(',
    '#pragma pack(push, 16)\n',
    '#pragma pack(pop)\n',
    '__builtin_offsetof(struct s, a.b[',
    '1 / 0',
    '1 % 0',
    '-9223372036854775807 - 1',
    '1 << 200',
    '"s"',
    "'c'",
  ],
  ...[
    'int a[sizeof(int[sizeof(int[sizeof(int)])])];',
    'goto x;',
    'case 1:',
    'return',
    'while (',
    'do',
    'for (;;)',
    'x',
    'y',
    '1.5e400',
    '0x1p-5000',
    'L"x"',
  ],
];
const C_NESTS = [
  ['(', ')'],
  ['{', '}'],
  ['[', ']'],
  ['struct { ', ' x; }'],
  ['*', ''],
  ['!', ''],
  ['sizeof(', ')'],
  ['if (1) ', ''],
  ['int (', ')'],
  ['1?', ':1'],
  ['a.', ''],
  ['__attribute__((', '))'],
  ['({', '})'],
] as const;

const cFrontEnd: Door = {
  name: 'the C front end',
  share: 2500,
  inputs: spoilt(C_SOURCES, C_WORDS, C_NESTS),
  enter: (input) => {
    const text = String(input);
    diagnosed((diagnostics) => {
      const tokens = preprocessSource(new SourceFile('main', text), cppOptions('c', text, diagnostics));
      printAsmOffsets(asmOffsets(parseTranslationUnit(tokens, { diagnostics })));
    });
  },
};

/** Objects to spoil: with line tables, groups, relocations, both byte orders. */
const objects = gasPrograms.filter((_, i) => i % 12 === 0).flatMap((text, i) => assembledOrNone(text, i % 2 === 0));

function assembledOrNone(text: string, bigEndian: boolean): Uint8Array[] {
  const made: Uint8Array[] = [];
  diagnosed((diagnostics) => {
    const options = { file: 'main', files: new MemoryFiles(), diagnostics, bigEndian, debug: true };
    made.push(writeObject(assembleText(wholeFile(new SourceFile('main', text)), options)));
  });
  return made;
}

const byteChange = fc.record({
  at: fc.nat(1 << 16),
  value: fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff, 0x40, 0x18),
  count: fc.nat(8),
  late: fc.boolean(),
});
const spoiltObject = fc
  .tuple(fc.nat(objects.length - 1), fc.array(byteChange, { minLength: 1, maxLength: 6 }), fc.nat(20))
  .map(([which, changes, cut]) => {
    const bytes = Uint8Array.from(objects[which]!);
    // The headers at both ends hold the offsets and counts.
    for (const { at, value, count, late } of changes) {
      const from = late ? bytes.length - 1 - (at % Math.min(bytes.length, 1500)) : at % bytes.length;
      bytes.fill(value, from, from + 1 + count);
    }
    return cut === 0 ? bytes.subarray(0, (changes[0]!.at * 7) % bytes.length) : bytes;
  });

const elf: Door = {
  name: 'the ELF reader and the dump of what it read',
  share: 2500,
  inputs: fc.oneof({ weight: 9, arbitrary: spoiltObject }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) }),
  enter: (input) => {
    diagnosed(() => {
      const file = readElf(input as Uint8Array, 'x.o');
      void file.lines;
      let lines = 0;
      for (const _ of dumpLines(file, 'x.o', { disassemble: 'code', relocations: true })) if (++lines > 500) break;
    });
  },
};

const environment: AssemblerEnvironment = {
  parseExpression(text, offset) {
    const match = /^[-+]?(\d+|0x[\da-f]+)|^[a-z_.]\w*/i.exec(text.slice(offset));
    if (match === null) throw new OperandError('bad expression', offset);
    const end = offset + match[0].length;
    return match[1] === undefined
      ? { value: { symbolic: {} }, end }
      : { value: { constant: BigInt(match[1]) * (match[0].startsWith('-') ? -1n : 1n) }, end };
  },
  registerAlias: () => undefined,
  allows: () => true,
};

const mnemonics = [...new Set(encodings.flatMap((encoding) => [...encoding.mnemonics]))];
const OPERAND_WORDS = [
  ...[
    'x0',
    'w1',
    'sp',
    'wsp',
    'xzr',
    'v0.8b',
    'v31.2d',
    'v1.s[3]',
    '{v0.4s-v3.4s}',
    '{v0.b}[15]',
    'd5',
    'q9',
    '#0',
    '#-1',
    '#65536',
    '#1.5',
    '#-0.0',
  ],
  ...[
    '#0xffffffffffffffff',
    '#99999999999999999999',
    '[x0]',
    '[x0, #8]!',
    '[x0], #8',
    '[sp, x1, lsl #3]',
    '[x1, w2, uxtw]',
    'lsl #12',
    'sxtx #4',
    'eq',
    'al',
  ],
  ...[
    'sctlr_el1',
    's3_0_c1_c0_0',
    'civac',
    'vmalle1is',
    'ish',
    'pldl1keep',
    'daifset',
    'label',
    ':lo12:label',
    '[',
    ']',
    '{',
    '}',
    '!',
    ',',
    '#',
    '-',
    '[x0,',
    'csync',
    'c',
    'jc',
  ],
];
const operands = fc.oneof(
  fc.array(fc.constantFrom(...OPERAND_WORDS), { maxLength: 6 }).map((list) => list.join(', ')),
  fc.array(fc.constantFrom(...OPERAND_WORDS, ' ', ', '), { maxLength: 10 }).map((list) => list.join('')),
  fc.string({ maxLength: 20 }),
);

const a64: Door = {
  name: 'A64 mnemonics, operands and words',
  share: 5500,
  inputs: fc
    .tuple(fc.oneof(fc.constantFrom(...mnemonics), fc.string({ maxLength: 8 })), operands)
    .map(([mnemonic, text]) => `${mnemonic}\t${text}`),
  enter: (input) => {
    const [mnemonic = '', text = ''] = String(input).split('\t');
    try {
      const { word } = assemble(mnemonic, text, environment);
      disassemble(word, { comments: true });
    } catch (error) {
      if (!(error instanceof OperandError)) throw error;
    }
    let word = 0;
    for (let i = 0; i < text.length; i++) word = (Math.imul(word, 31) + text.charCodeAt(i)) >>> 0;
    disassemble(word, { address: 0x1000n, comments: true });
  },
};

export const doors: readonly Door[] = [assemblerCpp, cCpp, gas, cFrontEnd, elf, a64];
