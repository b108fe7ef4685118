/** Array lengths that an initialiser gives, as aarch64-linux-gnu-gcc 12 counts them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bare } from '../../asm/c/types.ts';
import { parse } from './parse-text.ts';

const test = suite('arrays completed by initialisers');

const LENGTHS: readonly (readonly [length: number, declaration: string])[] = [
  [3, 'int a[] = { 1, 2, 3 };'],
  [4, 'char a[] = "abc";'],
  [5, 'char a[] = { "abcd" };'],
  [7, 'int a[] = { [5] = 1, 2 };'],
  [8, 'int a[] = { [2 ... 7] = 0 };'],
  [3, 'struct p { int x, y; } a[] = { 1, 2, 3, 4, 5 };'],
  [2, 'struct p { int x, y; } a[] = { {1, 2}, {3} };'],
  [4, 'struct p { int x, y; } a[] = { [3].y = 1 };'],
  [2, 'int a[][2] = { 1, 2, 3 };'],
  [2, 'char a[][4] = { "abc", "d" };'],
  [2, 'int a[] = { 1, (2 + 3), };'],
  [3, 'unsigned short a[] = u"ab";'],
  [4, 'unsigned a[] = U"xyz";'],
  [6, 'char a[] = "a" "b" "\\x41\\n\\0";'],
  [2, 'struct { int k; char s[4]; } a[] = { 1, "abc", 2, "x" };'],
  [3, 'union { int i; long l; } a[] = { 1, 2, 3 };'],
  [2, 'int b[2]; int *a[] = { &b[0], (int *)0 };'],
  [2, 'struct p { int x, y; } q; struct p a[] = { 1, 2, 3, 4 };'],
];

for (const [length, declaration] of LENGTHS) {
  test(`${length} elements: ${declaration}`, () => {
    const type = bare(parse(declaration).typeOf('a')!);
    assert.is(type.kind === 'array' && type.length, length);
  });
}

test('a compound literal is completed too', () => {
  assert.is(parse('').evaluate('sizeof((int[]){1, 2, 3, 4})'), 16n);
});

test('a struct value fills its element whole', () => {
  const unit = parse(
    'struct p { int x, y; } f(void); void g(void) { } enum { N = sizeof((struct p[]){ f(), 1, 2 }) };',
  );
  assert.is(unit.constant('N'), 16n);
});

test('a later declaration with a length completes an earlier one without', () => {
  const type = bare(parse('extern int a[]; int a[4]; extern int a[];').typeOf('a')!);
  assert.is(type.kind === 'array' && type.length, 4);
});

test.run();
