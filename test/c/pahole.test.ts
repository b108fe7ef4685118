/** Listings of types: what pahole 1.24 prints for the same declarations compiled by aarch64-linux-gnu-gcc 12 -g. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diffLayouts, printLayout, printLayoutDiff } from '../../asm/c/pahole.ts';
import { LISTING, MEMBERS } from './pahole-members.ts';
import { parse } from './parse-text.ts';

const test = suite('listings of types');

function listing(text: string, name: string): string {
  return printLayout(parse(text).typeNamed(name)!, name);
}

test('holes, padding, bit-fields and cache lines are told', () => {
  assert.is(
    listing(
      'struct bf { unsigned a:3; unsigned b:29; unsigned long c:33; char d; unsigned e:1; char big[60]; void *p; };',
      'struct bf',
    ),
    `struct bf {
	unsigned int               a:3;                  /*     0: 0  4 */
	unsigned int               b:29;                 /*     0: 3  4 */

	/* XXX 4 bytes hole, try to pack */

	long unsigned int          c:33;                 /*     8: 0  8 */

	/* XXX 7 bits hole, try to pack */
	/* Bitfield combined with next fields */

	char                       d;                    /*    13     1 */

	/* Bitfield combined with previous fields */

	unsigned int               e:1;                  /*    12:16  4 */

	/* XXX 7 bits hole, try to pack */
	/* Bitfield combined with next fields */

	char                       big[60];              /*    15    60 */

	/* XXX 5 bytes hole, try to pack */

	/* --- cacheline 1 boundary (64 bytes) was 16 bytes ago --- */
	void *                     p;                    /*    80     8 */

	/* size: 88, cachelines: 2, members: 7 */
	/* sum members: 69, holes: 2, sum holes: 9 */
	/* sum bitfield members: 66 bits, bit holes: 2, sum bit holes: 14 bits */
	/* last cacheline: 24 bytes */
};
`,
  );
});

test('records without a tag are written out, alignments and packing told', () => {
  assert.is(
    listing(
      `struct alin { int a; struct { int b; } __attribute__((aligned(32))) in;
       struct { char q; int r; } __attribute__((packed)) ip; union { int t; enum { XX, YYYYY } e; }; };`,
      'struct alin',
    ),
    `struct alin {
	int                        a;                    /*     0     4 */

	/* XXX 28 bytes hole, try to pack */

	struct {
		int                b;                    /*    32     4 */
	} __attribute__((__aligned__(32))) in __attribute__((__aligned__(32)));           /*    32    32 */

	/* XXX last struct has 28 bytes of padding */

	/* --- cacheline 1 boundary (64 bytes) --- */
	struct {
		char               q;                    /*    64     1 */
		int                r;                    /*    65     4 */
	} __attribute__((__packed__)) ip;                /*    64     5 */

	/* XXX 3 bytes hole, try to pack */

	union {
		int                t;                    /*    72     4 */
		enum {
			XX    = 0,
			YYYYY = 1,
		} e;                                     /*    72     4 */
	};                                               /*    72     4 */

	/* size: 96, cachelines: 2, members: 4 */
	/* sum members: 45, holes: 2, sum holes: 31 */
	/* padding: 20 */
	/* paddings: 1, sum paddings: 28 */
	/* forced alignments: 1, forced holes: 1, sum forced holes: 28 */
	/* last cacheline: 32 bytes */
} __attribute__((__aligned__(32)));
`,
  );
});

test('members of every kind of type', () => {
  assert.is(listing(MEMBERS, 'struct members'), LISTING);
});

test('unions, enums and typedefs have their own forms', () => {
  const text = `
union uu { int a; long b[3]; };
enum en { A1, BBBB = 3 };
typedef struct { int a; } anon_t;
typedef int (*fn_t)(int, char *);
typedef unsigned long arr_t[3];
typedef struct tagged { int x; } tagged_t;`;
  assert.is(
    listing(text, 'union uu'),
    `union uu {
	int                        a;                  /*     0     4 */
	long int                   b[3];               /*     0    24 */
};
`,
  );
  assert.is(listing(text, 'enum en'), 'enum en {\n\tA1   = 0,\n\tBBBB = 3,\n};\n');
  assert.match(listing(text, 'anon_t'), /^typedef struct \{\n(.*\n)+\} anon_t;\n$/);
  assert.is(listing(text, 'fn_t'), 'typedef int (*fn_t)(int, char *);\n');
  assert.is(listing(text, 'arr_t'), 'typedef long unsigned int          arr_t[3];\n');
  assert.is(listing(text, 'tagged_t'), 'typedef struct tagged tagged_t;\n');
});

test('an incomplete type and a scalar have no listing', () => {
  assert.throws(() => listing('struct s;', 'struct s'), /incomplete/);
  assert.throws(() => listing('', 'int'), /is no struct, union, enum or typedef/);
});

test('a difference tells what was added, removed, moved and changed', () => {
  const before = parse(
    'struct in { int a; long b; }; struct s { int x; int gone; struct in in; char c[4]; unsigned f : 3; };',
  );
  const after = parse(
    'struct in { int a; int n; long b; }; struct s { int x; void *added; struct in in; char c[8]; unsigned f : 4; };',
  );
  const diff = diffLayouts(before.typeNamed('struct s')!, after.typeNamed('struct s')!);
  assert.is(
    printLayoutDiff(diff, 'struct s'),
    `struct s: 32 -> 48 bytes
+ added  8             (8)       void *added
~ in     8 -> 16       (16)      struct in in
+ in.n   20            (4)       int n
~ c      24 -> 32      (4 -> 8)  char c[4] -> char c[8]
~ f      28:0 -> 40:0  (4)       unsigned int f : 3 -> unsigned int f : 4
- gone   4             (4)       int gone
`,
  );
});

test('a struct that moves as a whole is one change', () => {
  const before = parse('struct in { int a; long b; }; struct s { struct in in; };');
  const after = parse('struct in { int a; long b; }; struct s { long first; struct in in; };');
  const { changes } = diffLayouts(before.typeNamed('struct s')!, after.typeNamed('struct s')!);
  assert.equal(
    changes.map((change) => change.path),
    ['first', 'in'],
  );
});

test('the same layout has no difference', () => {
  const text = 'struct s { int a; struct { char b; unsigned c : 3; } d[2]; };';
  const diff = diffLayouts(parse(text).typeNamed('struct s')!, parse(text).typeNamed('struct s')!);
  assert.is(printLayoutDiff(diff, 'struct s'), 'struct s: 12 bytes\n');
});

test.run();
