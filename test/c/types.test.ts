/** Declarations of every shape, told back as C spells their types (C11 6.7.6 and 6.7.7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { typeText } from '../../asm/c/type-text.ts';
import { faultsOf, parse } from './parse-text.ts';

const test = suite('declarations');

const TYPES: readonly (readonly [type: string, declaration: string])[] = [
  ['int', 'x;'],
  ['long unsigned int', 'long int unsigned x;'],
  ['long long int', 'signed long long x;'],
  ['short unsigned int', 'int unsigned short x;'],
  ['_Complex double', '_Complex x;'],
  ['__int128 unsigned', 'unsigned __int128 x;'],
  ['const volatile int *restrict', 'int volatile const *restrict x;'],
  ['int *(*[3])(char, ...)', 'int *(*x[3])(char c, ...);'],
  ['int (*(*)(int))[5]', 'int (*(*x)(int a))[5];'],
  ['void (*(int, void (*)(int)))(int)', 'void (*x(int sig, void (*handler)(int)))(int);'],
  ['char *const *', 'char *const *x;'],
  ['int (void)', 'int x(void);'],
  ['int ()', 'int x();'],
  ['int ()', 'int x(a, b) int a; char *b; { return 0; }'],
  ['int (int *, char (*)(void))', 'int x(int a[static 10], char f(void));'],
  ['struct s[2][3]', 'struct s { int a; } x[2][3];'],
  ['t', 'typedef int t, *pt; t x;'],
  ['pt', 'typedef int t, *pt; pt x;'],
  ['t *', 'typedef int t; extern t *x, y;'],
  ['long int', 'typeof(1L + 2) x;'],
  ['const int', 'const int c; __typeof__(c) x;'],
  ['int[3]', 'int a[3]; typeof(a) x;'],
  ['int *', 'int a[3]; typeof(&a[0]) x;'],
  ['int *', 'int a[3]; __auto_type x = a;'],
  ['char', 'struct s { char c; } *p; typeof(p->c) x;'],
  ['enum e', 'enum e { A, B, } x;'],
  ['struct <anonymous>', 'struct { int a; } x;'],
  [
    'int',
    'extern __attribute__((weak)) int __attribute__((unused)) x __asm__("y") __attribute__((section(".z"), used));',
  ],
  ['int *', 'int *__attribute__((noderef, address_space(1))) x;'],
  ['int (*)(void)', 'int (__attribute__((cdecl)) *x)(void);'],
  [
    'void (int)',
    '__attribute__((format(printf, 1, 2))) static inline __attribute__((always_inline)) void x(int a) { }',
  ],
  ['int', '__extension__ extern __thread int x;'],
  ['_Atomic int *', '_Atomic(int) *x;'],
  ['_Atomic int', '_Atomic int x;'],
  ['__vector(16) int', 'int x __attribute__((__vector_size__(16)));'],
  ['__vector(16) int *', 'int *x __attribute__((vector_size(16)));'],
  ['int[1]', 'int x<:1:> = <% 1 %>;'],
  ['int', 'int f(int (x)); int x;'],
  ['int (t)', 'typedef int t; int x(t);'],
  ['int', 'asm("nop"); int x; __asm__ volatile (".globl y" : : );'],
  ['int', 'int f(void) { goto l; l: asm goto("" : : : : l); return ({ 1; }); } int x;'],
  ['int', 'static int f(void) { if (1) { return 1; } else { return 2; } } int x;'],
  ['int', ';;; int x;'],
  ['double', 'float __attribute__((mode(DF))) x;'],
  ['_Complex long double', '_Complex float x __attribute__((mode(TF)));'],
  ['__vector(8) char (void)', 'char x(void) __attribute__((vector_size(8)));'],
  ['__vector(8) char[3]', 'char x[3] __attribute__((vector_size(8)));'],
  ['void *', 'void *x __attribute__((mode(DI)));'],
  ['long int', 'typedef int word __attribute__((__mode__(__word__))); typeof((word)0 + 0) x;'],
  ['int', '[[gnu::unused]] int f([[maybe_unused]] int y); [[gnu::used]] int x [[gnu::aligned(16)]];'],
  ['int', 'typedef unsigned u32; struct s { u32 u32; u32 x; u32 : 3; const u32; int; }; int x, n(u32, int u32);'],
  [
    'int',
    'typedef unsigned u32; int f(u32 u32) { return u32; } void g(int (*u32)(void)), k(int u32, int y[u32]); int (x);',
  ],
  ['u32', 'typedef unsigned u32; u32 const volatile static y; long unsigned; extern u32 x;'],
];

for (const [type, declaration] of TYPES) {
  test(declaration, () => {
    assert.is(typeText(parse(declaration).typeOf('x')!), type);
  });
}

test('a tag in a parameter list is not the tag of the file', () => {
  const unit = parse('void f(struct s *p); struct s { int a; };');
  const type = unit.typeOf('f')!;
  const parameter = type.kind === 'function' ? type.parameters![0]! : undefined;
  assert.is.not(parameter?.kind === 'pointer' && parameter.to, unit.typeNamed('struct s'));
});

test('a type name that names nothing is undefined', () => {
  const unit = parse('struct s { int a; }; typedef int t;');
  for (const name of ['struct none', 'none', 'union none *', 'enum none']) {
    assert.is(unit.typeNamed(name), undefined);
  }
  assert.is(typeText(unit.typeNamed('const t *[3]')!), 'const t *[3]');
  assert.throws(() => unit.typeNamed('t t'), /expected the end of the type name/);
});

test('a local name hides a type of the file', () => {
  const unit = parse(`
typedef int t;
void f(void) { int t = 3; asm("->" : : "i"(sizeof(t))); { typedef long t; asm("->" : : "i"(sizeof(t))); } }`);
  assert.is(unit.assembly.length, 2);
});

test('a fault in a function body does not hide what follows', () => {
  const text = 'void f(void) { asm("x" : : "i"(1 2)); } foo x; int y; bar z;';
  assert.is(faultsOf(text).length, 3);
});

test('the limit of nesting is told', () => {
  assert.throws(() => parse(`int ${'*'.repeat(1000)}x;`), /limit of 256/);
  assert.throws(() => parse(`int x${'[1]'.repeat(1000)};`), /limit of 256/);
  assert.throws(() => parse(`int ${'('.repeat(1000)}x${')'.repeat(1000)};`), /limit of 256 levels/);
  assert.throws(() => parse(`${'struct {'.repeat(1000)}int x;${'} y;'.repeat(1000)}`), /limit of 256 levels/);
});

test.run();
