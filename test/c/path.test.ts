/** Typed paths, there and back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sizeOf } from '../../asm/c/layout.ts';
import { describeOffset, OffsetNames, resolvePath, resolveSteps } from '../../asm/c/path.ts';
import { parse } from './parse-text.ts';

const test = suite('typed paths');

const TEXT = `
typedef unsigned long u64;
typedef unsigned int u32;
struct regs { u64 regs[31]; u64 sp; u32 pstate; };
struct context { struct regs gp; union { u64 sys_regs[4]; u32 copro[8]; }; };
struct debug { u64 bcr[16]; u64 bvr[16]; };
struct vcpu {
  void *kvm;
  int cpu;
  struct { struct context ctxt; u32 flags : 3, level : 5; struct debug *debug_ptr; struct debug state; } arch;
  struct { char x; u64 y; } pairs[2];
  union { struct { char tag; u32 word; } small; u64 big; };
  char tail;
};
`;

const vcpu = parse(TEXT).typeNamed('struct vcpu')!;

const PLACES: readonly (readonly [path: string, offset: number])[] = [
  ['kvm', 0],
  ['cpu', 8],
  ['arch.ctxt.gp.regs[30]', 256],
  ['arch.ctxt.gp.pstate', 272],
  ['arch.ctxt.sys_regs[1]', 288],
  ['arch.debug_ptr', 320],
  ['arch.state.bvr[15]', 576],
  ['pairs[1].y', 608],
  ['small.word', 620],
  ['tail', 624],
];

for (const [path, offset] of PLACES) {
  test(`${path} is at ${offset}, and back`, () => {
    assert.is(resolvePath(vcpu, path).offset, offset);
    assert.is(describeOffset(vcpu, offset, sizeOf(resolvePath(vcpu, path).type)), path);
  });
}

test('a union is told by its first member, a later one by its path', () => {
  assert.is(resolvePath(vcpu, 'arch.ctxt.copro[3]').offset, 292);
  assert.is(describeOffset(vcpu, 292, 4), 'arch.ctxt.sys_regs[1]+4');
  assert.is(resolvePath(vcpu, 'big').offset, 616);
});

test('where the first member of a union has padding, the next one is told', () => {
  assert.is(describeOffset(vcpu, 617, 1), 'big+1');
});

test('a bit-field has its place in its storage unit', () => {
  const { offset, bitOffset, bitWidth, unitSize } = resolvePath(vcpu, 'arch.level');
  assert.equal({ offset, bitOffset, bitWidth, unitSize }, { offset: 312, bitOffset: 3, bitWidth: 5, unitSize: 4 });
});

test('bit-fields that share a byte are told from the first to the last', () => {
  assert.is(describeOffset(vcpu, 312, 1), 'arch.flags..level');
});

test('padding is told by the member before it', () => {
  assert.is(describeOffset(vcpu, 12, 4), '<padding after cpu>');
  assert.is(describeOffset(vcpu, 276, 4), 'arch.ctxt.gp.<padding after pstate>');
  assert.is(describeOffset(vcpu, 585, 7), 'pairs[0].<padding after x>');
  assert.is(describeOffset(vcpu, 630, 1), '<padding after tail>');
});

test('an access inside a field says how far', () => {
  assert.is(describeOffset(vcpu, 4, 4), 'kvm+4');
  assert.is(describeOffset(vcpu, 276 + 4 + 8 + 2, 1), 'arch.ctxt.sys_regs[1]+2');
});

test('an access to several fields names the first and the last', () => {
  assert.is(describeOffset(vcpu, 168, 16), 'arch.ctxt.gp.regs[19]..[20]');
  assert.is(describeOffset(vcpu, 264, 12), 'arch.ctxt.gp.sp..pstate');
  assert.is(describeOffset(vcpu, 320, 16), 'arch.debug_ptr..state.bcr[0]');
  assert.is(describeOffset(vcpu, 4, 8), 'kvm+4..cpu');
});

test('nothing is told past the end', () => {
  assert.is(describeOffset(vcpu, sizeOf(vcpu), 1), undefined);
  assert.is(describeOffset(vcpu, -1, 1), undefined);
});

test('every byte has a name, and every name that is no padding leads back to its byte', () => {
  for (let offset = 0; offset < sizeOf(vcpu); offset++) {
    const name = describeOffset(vcpu, offset)!;
    if (name.includes('<') || name.includes('..')) continue;
    const [, path, more] = /^(.*?)(?:\+(\d+))?$/.exec(name)!;
    assert.is(resolvePath(vcpu, path!).offset + Number(more ?? 0), offset, name);
  }
});

test('prepared names are the same', () => {
  const names = new OffsetNames(vcpu);
  for (const size of [1, 4, 8, 16]) {
    for (let offset = 0; offset <= sizeOf(vcpu); offset++) {
      assert.is(names.at(offset, size), describeOffset(vcpu, offset, size));
      assert.is(names.at(offset, size), describeOffset(vcpu, offset, size));
    }
  }
});

test('a path through pointers comes in parts', () => {
  const parts = resolveSteps(vcpu, 'arch.debug_ptr->bvr[2]');
  assert.equal(
    parts.map((part) => part.offset),
    [320, 144],
  );
  const elements = resolveSteps(vcpu, 'arch.debug_ptr[1].bcr[1]');
  assert.equal(
    elements.map((part) => part.offset),
    [320, 264],
  );
});

test('an empty path is the object, an array may be the root', () => {
  assert.equal(resolvePath(vcpu, '').offset, 0);
  const array = parse('struct p { int x, y; };').typeNamed('struct p[3]')!;
  assert.is(resolvePath(array, '[2].y').offset, 20);
  assert.is(describeOffset(array, 20, 4), '[2].y');
});

test('a flexible array member may be indexed beyond the struct', () => {
  const type = parse('struct f { int n; long items[]; };').typeNamed('struct f')!;
  assert.is(resolvePath(type, 'items[5]').offset, 48);
});

const REFUSED: readonly (readonly [path: string, why: RegExp])[] = [
  ['arch.foo', /has no member 'foo' .*it has ctxt, flags, level, debug_ptr, state/],
  ['arch.ctxt.foo', /it has gp, sys_regs, copro/],
  ['arch.state.bcr[16]', /past the end: there are 16 elements/],
  ['arch.debug_ptr.bcr', /reached through a pointer: write '->bcr'/],
  ['arch.debug_ptr->bcr', /goes through a pointer/],
  ['cpu->x', /'->' .* needs a pointer, not 'int'/],
  ['cpu.x', /needs a struct or union, not 'int'/],
  ['cpu[1]', /needs an array, not 'int'/],
  ['arch..x', /expected a member or an index at '\.\.x'/],
  ['.cpu', /expected a member or an index at '\.cpu'/],
  ['arch.ctxt.gp.regs[-1]', /expected a member or an index/],
  ['cpu cpu', /expected a member or an index/],
];

for (const [path, why] of REFUSED) {
  test(`${path} is refused`, () => {
    assert.throws(() => resolvePath(vcpu, path), why);
  });
}

test.run();
