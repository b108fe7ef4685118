/** Constant expressions. Values are those of C11 6.5 and 6.6 at arm64's widths, and of GNU C where it says so. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from './parse-text.ts';

const test = suite('constant expressions');

const PRELUDE = `
typedef unsigned long u64;
struct s { int a; struct { char b[4]; long c[3]; } in[2]; unsigned bits : 5; union { short d; int e; }; };
enum { TEN = 10, BIG = 0x80000000, NEXT, NEGATIVE = -3 };
typedef int vector __attribute__((vector_size(16))); extern vector object_vector; extern __builtin_va_list list;
extern int array[10]; extern struct s object; int function(char);
`;

const VALUES: readonly (readonly [expression: string, value: bigint])[] = [
  ['1 + 2 * 3 - 4 / 2 % 2', 7n],
  ['-1 < 0u', 0n],
  ['-1 < 0L', 1n],
  ['(char)-1', 255n],
  ['(signed char)255', -1n],
  ['(_Bool)0.5', 1n],
  ['~0u', 0xffffffffn],
  ['1u - 2', 0xffffffffn],
  ['0x7fffffff + 1 > 0', 0n],
  ["'a'", 97n],
  ["'\\xff'", 255n],
  ["L'\\x80000000'", 0x80000000n],
  ["sizeof('a')", 4n],
  ['sizeof(2147483648)', 8n],
  ['sizeof(0x80000000)', 4n],
  ['sizeof(9223372036854775808)', 16n],
  ['-8 >> 1', -4n],
  ['-7 / 2', -3n],
  ['-7 % 2', -1n],
  ['1 ? 2 : 1 / 0', 2n],
  ['0 && 1 / 0', 0n],
  ['1 || 1 / 0', 1n],
  ['5 ?: 7', 5n],
  ['0 ?: 7', 7n],
  ['(1, 2)', 2n],
  ['(int)2.9 + (int)-2.9', 0n],
  ['(int)1e10', 2147483647n],
  ['(unsigned char)300', 44n],
  ['(int)(1.5f * 4)', 6n],
  ['TEN + NEGATIVE', 7n],
  ['NEXT', 0x80000001n],
  ['sizeof(NEXT)', 8n],
  ['sizeof(struct s)', 80n],
  ['sizeof object.in', 64n],
  ['sizeof(object.in[0].c) / sizeof(object.in[0].c[0])', 3n],
  ['__builtin_offsetof(struct s, in[1].c[2])', 64n],
  ['__builtin_offsetof(struct s, e)', 76n],
  ['(u64)&((struct s *)0)->in[1].c[2]', 64n],
  ['(char *)&((struct s *)0)->d - (char *)0', 76n],
  ['(long)&object.in[1] - (long)&object', 40n],
  ['&array[7] - &array[2]', 5n],
  ['&array[7] > &array[2]', 1n],
  ['(void *)0 == 0', 1n],
  ['&object != 0', 1n],
  ['_Alignof(struct s)', 8n],
  ['__alignof__(object.in[0].b)', 1n],
  ['sizeof(&array)', 8n],
  ['sizeof(*array)', 4n],
  ['sizeof(function(1))', 4n],
  ['sizeof("abc" "d")', 5n],
  ['sizeof(L"ab")', 12n],
  ['__builtin_constant_p(TEN)', 1n],
  ['__builtin_constant_p(array[0])', 0n],
  ['__builtin_constant_p("text")', 1n],
  ['__builtin_choose_expr(1, TEN, undeclared)', 10n],
  ['__builtin_types_compatible_p(u64, unsigned long)', 1n],
  ['__builtin_types_compatible_p(long, long long)', 0n],
  ['__builtin_types_compatible_p(const int, int)', 1n],
  ['__builtin_types_compatible_p(const int *, int *)', 0n],
  ['__builtin_types_compatible_p(int[], int[3])', 1n],
  ['__builtin_types_compatible_p(typeof(array), typeof(&array[0]))', 0n],
  ['__builtin_types_compatible_p(int (*)(char), typeof(&function))', 1n],
  ['__builtin_types_compatible_p(typeof(1 ? (void *)0 : (int *)1), int *)', 1n],
  ['__builtin_types_compatible_p(typeof(1 ? (void *)1 : (int *)1), void *)', 1n],
  ['sizeof(int) == sizeof(*(8 ? ((void *)((long)(TEN) * 0l)) : (int *)8))', 1n],
  ['sizeof(int) == sizeof(*(8 ? ((void *)((long)(array[0]) * 0l)) : (int *)8))', 0n],
  ['_Generic(1L, int: 1, long: 2, default: 3)', 2n],
  ['_Generic(array, int *: 1, default: 2)', 1n],
  ['_Generic((const int)1, int: 1, default: 2)', 1n],
  ['__builtin_clz(1) + __builtin_ctzl(8) + __builtin_ffsll(4)', 37n],
  ['__builtin_popcountl(-1L) + __builtin_parity(7)', 65n],
  ['__builtin_bswap32(0x11223344)', 0x44332211n],
  ['__builtin_expect(TEN > 3, 1)', 1n],
  ['__builtin_strlen("hello")', 5n],
  ['__builtin_add_overflow_p(2147483647, 1, 0)', 1n],
  ['__builtin_mul_overflow_p(1 << 20, 1 << 20, 0L)', 0n],
  ['({ int a = TEN; int b = 4; a > b ? a : b; })', 10n],
  ['({ typeof(TEN) _x = TEN; typeof(3u) _y = 3u; (void)(&_x == (int *)&_y); _x < _y ? _x : _y; })', 3n],
  ['({ struct inner { char c; long l; }; sizeof(struct inner); })', 16n],
  ['({ __auto_type a = 3UL; sizeof(a); })', 8n],
  ['sizeof(({ if (0) ; 1L; }))', 8n],
  ['sizeof(typeof(({ int a[3]; a; })))', 8n],
  ['((unsigned __int128)1 << 100) >> 98', 4n],
  ['sizeof((short)1 + (short)1)', 4n],
  ['sizeof(1 ? (char)1 : 2LL)', 8n],
  ['sizeof(int[sizeof(long)])', 32n],
  ['sizeof(void) + sizeof(function)', 2n],
  ['!&function', 0n],
  ['__extension__ 3', 3n],
  ['sizeof(int (*)[3])', 8n],
  ['(int){ 3 } ? 1 : 2, 4', 4n],
  ['(_Bool)(0.0 / 0.0)', 1n],
  ['(unsigned char)-1.5', 0n],
  ['(int)(float)16777217', 16777216n],
  ['1.5 < 2 && 2.0 == 2 && 3.0f != 3.5 && 2 >= 1.0 && -0.5 > -1 && 1 <= 1.5', 1n],
  ['(int)(0x1.8p3 / 4 - 1e0 + 2.5F)', 4n],
  ['(long)(void *)-1', -1n],
  ['(void *)8 > (void *)-8', 0n],
  ['(_Bool)&object', 1n],
  ['sizeof(1.0f + 1) + sizeof(1.0L) + sizeof((__fp16)1 + (__fp16)1)', 24n],
  ['sizeof(__real__ (_Complex float)1) + sizeof(1 + (_Complex double)2) + (int)__imag__ 3.0', 20n],
  ['sizeof((vector)object_vector + (vector)object_vector) + sizeof(-object_vector) + sizeof(object_vector[1])', 36n],
  ['sizeof(object_vector == object_vector) + sizeof(object_vector << 2)', 32n],
  ['__builtin_classify_type(1) + __builtin_classify_type(1.0) + __builtin_classify_type(array)', 14n],
  ['__builtin_classify_type(object) + __builtin_classify_type((_Complex int)1)', 21n],
  ['sizeof(__builtin_alloca(3)) + sizeof(__builtin_memcmp("a", "b", 1))', 12n],
  ['(int)__builtin_huge_val() == 2147483647', 1n],
  ['sizeof(*__builtin_assume_aligned(array, 16))', 1n],
  ['sizeof(__builtin_va_arg(list, short))', 2n],
  ["'\\u00e9' == 0xc3a9 && '\\e' == 27 && '\\101' == 65", 1n],
  ['sizeof(U"\\U0001F600") + sizeof(u"\\U0001F600")', 14n],
  ['sizeof(&&label) + sizeof(__func__[0])', 9n],
];

for (const [expression, value] of VALUES) {
  test(`${expression} is ${value}`, () => {
    assert.is(parse(PRELUDE).evaluate(expression), value);
  });
}

const REFUSED: readonly (readonly [expression: string, why: RegExp])[] = [
  ['array[0]', /not an integer constant/],
  ['function(1)', /not an integer constant/],
  ['1 / 0', /not an integer constant/],
  ['1 << 32', /not an integer constant/],
  ['(long)&object', /not an integer constant/],
  ['1.5', /not an integer constant/],
  ['TEN = 3', /not an integer constant/],
  ['({ int a = 1; a++; a; })', /not an integer constant/],
  ['({ int a = 1; if (a) a = 2; a; })', /not an integer constant/],
  ['({ int a; a; })', /not an integer constant/],
  ['(function(1), 2)', /not an integer constant/],
  ['(int)1.5L * 2.5L > 1', /not an integer constant/],
  ['(char)&object', /not an integer constant/],
  ['(int)&object == 3', /not an integer constant/],
  ['&object.a < &array[2]', /not an integer constant/],
  ['object_vector', /not an integer constant/],
  ['(struct s *)1.0 == 0', /pointer|constant/],
  ['(struct s)3', /cannot be cast|constant/],
  ['object ? 1 : 2', /not an integer constant/],
  ['1 ? object : 3', /have no common type/],
  ["''", /needs a character|constant/],
  ["'\\xfff'", /out of range/],
  ['sizeof(u"a" U"b")', /different kinds/],
  ['__builtin_clz(0)', /not an integer constant/],
  ['__builtin_strlen(array)', /not an integer constant/],
  ['array + 1.5 == 0', /does not apply/],
  ['array * 2', /does not apply/],
  ['undeclared + 1', /'undeclared' is not declared/],
  ['u64 + 1', /expected|type/],
];

for (const [expression, why] of REFUSED) {
  test(`${expression} is refused`, () => {
    assert.throws(() => parse(PRELUDE).evaluate(expression), why);
  });
}

test('why an expression is no constant is a note at its place', () => {
  try {
    parse('int n; struct s { int a[1 + n]; };').evaluate('sizeof(struct s)');
    assert.unreachable();
  } catch (error) {
    const { diagnostic } = error as { diagnostic: { notes: { message: string }[] } };
    assert.is(diagnostic.notes[0]!.message, "the value of the variable 'n' is no constant");
  }
});

test('an expression nested deeper than the limit is refused with the limit', () => {
  assert.throws(() => parse('').evaluate(`${'('.repeat(5000)}1${')'.repeat(5000)}`), /limit of 256 levels/);
  assert.throws(() => parse('').evaluate(`1${'+1'.repeat(20000)}`), /limit of 1000 operators/);
});

test.run();
