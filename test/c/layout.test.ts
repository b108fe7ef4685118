/** Record layout. Sizes and alignments are those that aarch64-linux-gnu-gcc 12 gives the same declarations. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { alignOf, fieldsOf, findField, sizeOf } from '../../asm/c/layout.ts';
import type { CType, RecordType } from '../../asm/c/types.ts';
import { bare } from '../../asm/c/types.ts';
import { faultsOf, parse } from './parse-text.ts';

const test = suite('record layout');

const DECLARATIONS = `
struct zero_int { char a; int : 0; char b; };
struct zero_long { char a; long : 0; };
struct containers { int a : 3; long b : 40; int c : 10; };
struct mixed { char a : 7; short b : 9; int c : 17; };
struct packed_bits { int a : 20; int b : 20; } __attribute__((packed));
struct packed { char c; long l; } __attribute__((packed));
struct packed_member { char c; long l __attribute__((packed, aligned(2))); };
struct aligned { char c; } __attribute__((aligned));
struct anonymous { char c; struct { int i; union { long l; char d[9]; }; }; };
struct flexible { int n; long flex[]; };
struct zero_length { int n; char z[0]; };
struct empty {};
union odd { char c[5]; short s; };
typedef int a16 __attribute__((aligned(16)));
struct aligned_type { char c; a16 i; };
typedef long l2 __attribute__((aligned(2)));
struct loose_type { char c; l2 i; };
struct wide { char c; __int128 i; };
struct floats { char c; long double d; _Complex float f; };
struct small_bits { _Bool b : 1; unsigned char c : 3; enum e { A, B } e : 2; };
struct atomic { char c; _Atomic struct { int x, y; } a; };
typedef char v8 __attribute__((vector_size(8)));
typedef int v32 __attribute__((vector_size(32)));
struct vector8 { char c; v8 v; };
struct vector32 { char c; v32 v; };
#pragma pack(push, 2)
struct pragma_pack { char c; long l; int b : 3; };
#pragma pack(pop)
struct alignas { char c; _Alignas(8) char d; _Alignas(double) int i; };
enum negative { E1 = -1, E2 = 1 };
enum unsigned_int { E3 = 0xffffffff };
enum long_enum { E4 = 0x100000000 };
enum __attribute__((packed)) packed_enum { E5 = 200 };
enum signed_long { E6 = -1, E7 = 0xffffffff };
typedef unsigned hi __attribute__((mode(HI)));
typedef int ti __attribute__((mode(TI)));
struct list { __builtin_va_list ap; char c; };
struct straddle { unsigned long a : 64; unsigned b : 1; } __attribute__((packed));
struct unnamed { char a; unsigned long : 5; char b; };
struct aligned_bits { unsigned int a : 16; a16 b : 5; a16 c : 5; };
`;

const SIZES: readonly (readonly [type: string, size: number, align: number])[] = [
  ['struct zero_int', 8, 4],
  ['struct zero_long', 8, 8],
  ['struct containers', 8, 8],
  ['struct mixed', 8, 4],
  ['struct packed_bits', 5, 1],
  ['struct packed', 9, 1],
  ['struct packed_member', 10, 2],
  ['struct aligned', 16, 16],
  ['struct anonymous', 32, 8],
  ['struct flexible', 8, 8],
  ['struct zero_length', 4, 4],
  ['struct empty', 0, 1],
  ['union odd', 6, 2],
  ['struct aligned_type', 32, 16],
  ['struct loose_type', 10, 2],
  ['struct wide', 32, 16],
  ['struct floats', 48, 16],
  ['struct small_bits', 4, 4],
  ['struct atomic', 16, 8],
  ['struct vector8', 16, 8],
  ['struct vector32', 48, 16],
  ['struct pragma_pack', 12, 2],
  ['struct alignas', 24, 8],
  ['enum negative', 4, 4],
  ['enum unsigned_int', 4, 4],
  ['enum long_enum', 8, 8],
  ['enum packed_enum', 1, 1],
  ['enum signed_long', 8, 8],
  ['hi', 2, 2],
  ['ti', 16, 16],
  ['struct list', 40, 8],
  ['struct straddle', 9, 1],
  ['struct unnamed', 8, 8],
  ['struct aligned_bits', 48, 16],
  ['char', 1, 1],
  ['void *', 8, 8],
  ['float', 4, 4],
  ['_Float16', 2, 2],
  ['__fp16', 2, 2],
  ['_Complex long double', 32, 16],
  ['void', 1, 1],
  ['int (void)', 1, 4],
  ['int[3][4]', 48, 4],
  ['a16', 4, 16],
  ['_Atomic short', 2, 2],
];

for (const [name, size, align] of SIZES) {
  test(`${name} takes ${size} bytes, aligned to ${align}`, () => {
    const type = parse(DECLARATIONS).typeNamed(name)!;
    assert.is(sizeOf(type), size);
    assert.is(alignOf(type), align);
  });
}

function record(type: CType | undefined): RecordType {
  return bare(type!) as RecordType;
}

test('fields come in the order of the source, unnamed bit-fields left out', () => {
  const unit = parse('struct s { char a; int : 3; struct { int b; }; int c : 2; };');
  assert.equal(
    fieldsOf(record(unit.typeNamed('struct s'))).map((field) => [field.name, field.offset]),
    [
      ['a', 0],
      ['', 4],
      ['c', 8],
    ],
  );
});

test('a member of an anonymous member is found with its offset from the outside', () => {
  const unit = parse('struct s { long a; union { int b; struct { short c, d; }; }; };');
  assert.is(findField(record(unit.typeNamed('struct s')), 'd')?.offset, 10);
});

test('a bit-field is a shift in its storage unit, counted from the other end on a big-endian target', () => {
  const text = 'struct s { unsigned a : 3; unsigned b : 7; };';
  const place = (bigEndian: boolean) => {
    const { offset, unitSize, bitOffset, bitWidth } = findField(
      record(parse(text, { bigEndian }).typeNamed('struct s')),
      'b',
    )!.field;
    return { offset, unitSize, bitOffset, bitWidth };
  };
  assert.equal(place(false), { offset: 0, unitSize: 4, bitOffset: 3, bitWidth: 7 });
  assert.equal(place(true), { offset: 0, unitSize: 4, bitOffset: 22, bitWidth: 7 });
});

test('a storage unit does not reach past the end of a packed record', () => {
  const unit = parse('struct s { unsigned a : 3; } __attribute__((packed));');
  const { unitSize, bitOffset } = fieldsOf(record(unit.typeNamed('struct s')))[0]!;
  assert.equal([unitSize, bitOffset], [1, 0]);
});

test('a bit-field that straddles its containers has a storage unit of its own', () => {
  const unit = parse('struct s { char a : 4; unsigned long b : 64; } __attribute__((packed));');
  const { offset, unitSize, bitOffset } = fieldsOf(record(unit.typeNamed('struct s')))[1]!;
  assert.equal([offset, unitSize, bitOffset], [0, 9, 4]);
});

test('a faulty record that is never asked for does no harm', () => {
  const unit = parse('struct bad { int x[-1]; }; struct good { int y; struct bad *b; };');
  assert.is(sizeOf(unit.typeNamed('struct good')!), 16);
  assert.throws(() => sizeOf(unit.typeNamed('struct bad')!), /is negative/);
});

test('the size of a record that needs its own size is refused', () => {
  const unit = parse('extern struct s x; struct s { char a[sizeof(x) + 1]; };');
  assert.throws(() => sizeOf(unit.typeNamed('struct s')!), /incomplete/);
});

test('an object larger than the limit is refused with the limit', () => {
  const unit = parse('struct s { char a[0x1000000000000]; char b[0x1000000000000]; char c; };');
  assert.throws(() => sizeOf(unit.typeNamed('struct s')!), /562949953421312 bytes/);
});

test('#pragma pack is pushed, popped by label, and reset', () => {
  const unit = parse(`
#pragma pack(push, here, 1)
#pragma pack(push, 4)
struct a { char c; long l; };
#pragma pack(pop, here)
struct b { char c; long l; };
#pragma pack(2)
struct c { char c; long l; };
#pragma pack()
struct d { char c; long l; };
_Pragma("pack(1)") struct e { char c; long l; };
`);
  const sizes = ['a', 'b', 'c', 'd', 'e'].map((tag) => sizeOf(unit.typeNamed(`struct ${tag}`)!));
  assert.equal(sizes, [12, 16, 10, 16, 9]);
});

test('faults of #pragma pack are told', () => {
  const at = (pragma: string) => faultsOf(`#pragma pack${pragma}\nint x;`);
  assert.match(
    at('(3)')[0]!,
    /^t\.c:1:\d+: error: the alignment of '#pragma pack' must be 0, 1, 2, 4, 8 or 16, not '3'$/,
  );
  assert.match(at(' 1')[0]!, /expected '\(' and '\)'/);
  assert.equal(at('(pop)'), []);
  assert.equal(at('ed(1)'), []);
});

test.run();
