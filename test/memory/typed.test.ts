/** Memory by C paths: places, values, pointers, byte order, names of addresses, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTranslationUnit } from '../../asm/c/parse.ts';
import { preprocessSource } from '../../asm/cpp/preprocess.ts';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';
import { TypedMemory } from '../../sim/memory/typed.ts';
import { Bench, RAM } from './test-bench.ts';

const source = `
typedef unsigned int u32; typedef unsigned long u64; typedef u32 u32x8 __attribute__((vector_size(32)));
struct regs { u64 regs[4]; u32 flags; unsigned char tail; };
struct debug { u64 bcr[16]; };
struct vcpu {
  struct regs ctxt;
  u32 low : 4, high : 28;
  struct debug *debug_ptr;
  struct debug own;
  __int128 wide;
  struct vcpu *next;
  struct { u64 inner; };
};
`;

function typesOf(bigEndian: boolean) {
  const diagnostics = new Diagnostics();
  const options = { files: new MemoryFiles(), language: 'c', bigEndian, diagnostics } as const;
  return parseTranslationUnit(preprocessSource(new SourceFile('vcpu.c', source), options), { diagnostics, bigEndian });
}

/** Pointers lead from kernel addresses to RAM, as in a linear map. */
const KERNEL = 0xffff_0000_0000_0000n;

function make(bigEndian = false) {
  const bench = new Bench();
  const follow = (address: bigint) => (address >= KERNEL ? address - KERNEL : undefined);
  const typed = new TypedMemory(bench.memory, follow);
  typed.add({ name: 'vcpu', pa: RAM + 0x100n, type: typesOf(bigEndian).typeNamed('struct vcpu')!, bigEndian });
  return { bench, typed };
}

const VCPU = RAM + 0x100n;
/** Offsets in struct vcpu, by AAPCS64. */
const OFFSET = { flags: 32n, bits: 40n, debugPtr: 48n, own: 56n, wide: 192n, next: 208n, inner: 216n };

test('a path is a place with a size and a type', () => {
  const { typed } = make();
  const place = (path: string) => {
    const { pa, size } = typed.resolve(path);
    return [pa - VCPU, size];
  };
  assert.equal(place('vcpu'), [0n, 224]);
  assert.equal(place('vcpu.ctxt.regs[3]'), [24n, 8]);
  assert.equal(place('vcpu.ctxt.flags'), [OFFSET.flags, 4]);
  assert.equal(place('vcpu.ctxt.tail'), [36n, 1]);
  assert.equal(place('vcpu.own.bcr[2]'), [OFFSET.own + 16n, 8]);
  assert.equal(place('vcpu.wide'), [OFFSET.wide, 16]);
  assert.equal(place('vcpu.inner'), [OFFSET.inner, 8]);
});

test('values are read and written in the byte order of the object', () => {
  for (const bigEndian of [false, true]) {
    const { bench, typed } = make(bigEndian);
    const bytes = (pa: bigint, size: number) => {
      const found = [...bench.physical.readBytes(pa, size)];
      return bigEndian ? found : found.reverse();
    };
    typed.write('vcpu.ctxt.regs[1]', 0x0102_0304_0506_0708n);
    assert.equal(bytes(VCPU + 8n, 8), [1, 2, 3, 4, 5, 6, 7, 8]);
    typed.write('vcpu.ctxt.flags', 0x1_1122_3344n);
    assert.equal(bytes(VCPU + OFFSET.flags, 4), [0x11, 0x22, 0x33, 0x44]);
    assert.is(typed.read('vcpu.ctxt.tail'), 0n);
    typed.write('vcpu.wide', 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10n);
    assert.equal(
      bytes(VCPU + OFFSET.wide, 16),
      [...Array(16).keys()].map((n) => n + 1),
    );
    assert.is(typed.read('vcpu.wide'), 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10n);
    assert.is(typed.read('vcpu.ctxt.flags'), 0x1122_3344n);
  }
});

test('objects of one type may have different byte orders', () => {
  const { bench, typed } = make();
  const type = typesOf(false).typeNamed('struct regs')!;
  typed.add({ name: 'host', pa: RAM + 0x400n, type });
  typed.add({ name: 'guest', pa: RAM + 0x400n, type, bigEndian: true });
  bench.physical.write(RAM + 0x408n, 8, 0x0102_0304_0506_0708n);
  assert.is(typed.read('host.regs[1]'), 0x0102_0304_0506_0708n);
  assert.is(typed.read('guest.regs[1]'), 0x0807_0605_0403_0201n);
});

test('a bit-field leaves its neighbours alone', () => {
  for (const bigEndian of [false, true]) {
    const { bench, typed } = make(bigEndian);
    typed.write('vcpu.low', 0xfn);
    typed.write('vcpu.high', 0x0abc_def1n);
    typed.write('vcpu.low', 0x15n);
    assert.is(typed.read('vcpu.low'), 5n);
    assert.is(typed.read('vcpu.high'), 0x0abc_def1n);
    const unit = [...bench.physical.readBytes(VCPU + OFFSET.bits, 4)];
    // The first bit-field has the lowest bits of a little-endian unit, the highest of a big-endian one (AAPCS64, 5.9).
    assert.equal(unit, bigEndian ? [0x5a, 0xbc, 0xde, 0xf1] : [0x15, 0xef, 0xcd, 0xab]);
  }
});

test('pointers are followed through memory', () => {
  const { bench, typed } = make();
  typed.write('vcpu.own.bcr[2]', 0x77n);
  typed.write('vcpu.debug_ptr', KERNEL + VCPU + OFFSET.own);
  typed.write('vcpu.next', KERNEL + VCPU);
  assert.is(typed.read('vcpu.debug_ptr->bcr[2]'), 0x77n);
  assert.is(typed.read('vcpu.next->next->debug_ptr->bcr[2]'), 0x77n);
  assert.is(typed.resolve('vcpu.debug_ptr->bcr[2]').pa, VCPU + OFFSET.own + 16n);
  // Each from where the one before leads.
  typed.write('vcpu.next', KERNEL + RAM + 0x800n);
  bench.physical.write64(RAM + 0x800n + OFFSET.debugPtr, KERNEL + RAM + 0x600n);
  bench.physical.write64(RAM + 0x610n, 0x99n);
  assert.is(typed.read('vcpu.next->debug_ptr->bcr[2]'), 0x99n);
  typed.write('vcpu.next', KERNEL + VCPU);
  typed.write('vcpu.next->debug_ptr->bcr[0]', 5n);
  assert.is(bench.physical.read64(VCPU + OFFSET.own), 5n);
});

test('writes are journalled', () => {
  const { bench, typed } = make();
  const log: string[] = [];
  bench.cpu.journal = {
    cell: () => {},
    exception: () => {},
    memory: (_lo, _hi, offset, size) => log.push(`${BigInt(bench.physical.base + offset) - VCPU} ${size}`),
  };
  typed.write('vcpu.ctxt.flags', 1n);
  typed.write('vcpu.wide', 1n);
  assert.equal(log, ['32 4', '192 8', '200 8']);
});

test('an address has the name of the field there, of the object added last', () => {
  const { typed } = make();
  assert.is(typed.fieldAt(VCPU + 8n, 8), 'vcpu.ctxt.regs[1]');
  assert.is(typed.fieldAt(VCPU + 12n, 4), 'vcpu.ctxt.regs[1]+4');
  assert.is(typed.fieldAt(VCPU + 8n, 16), 'vcpu.ctxt.regs[1]..[2]');
  assert.is(typed.fieldAt(VCPU + 37n, 1), 'vcpu.ctxt.<padding after tail>');
  assert.is(typed.fieldAt(VCPU + 224n, 8), undefined);
  assert.is(typed.fieldAt(VCPU - 1n, 8), undefined);
  const unit = typesOf(false);
  typed.add({ name: 'debug', pa: VCPU + OFFSET.own, type: unit.typeNamed('struct debug')! });
  typed.add({ name: 'count', pa: RAM, type: unit.typeNamed('u64')! });
  typed.add({ name: 'table', pa: RAM + 8n, type: unit.typeNamed('u32 [4]')! });
  assert.is(typed.fieldAt(VCPU + OFFSET.own + 8n, 8), 'debug.bcr[1]');
  assert.is(typed.fieldAt(RAM, 8), 'count');
  assert.is(typed.fieldAt(RAM + 4n, 4), 'count+4');
  assert.is(typed.fieldAt(RAM + 12n, 4), 'table[1]');
  assert.is(typed.resolve('table[2]').pa, RAM + 16n);
  assert.is(typed.read('count'), 0n);
  assert.equal(
    typed.regions.map(({ name }) => name),
    ['vcpu', 'debug', 'count', 'table'],
  );
});

test('a path that leads nowhere is one diagnostic that says where', () => {
  const { typed } = make();
  const fails = (path: string, pattern: RegExp) => {
    assert.throws(
      () => typed.read(path),
      (error: Error) => error instanceof SourceError && pattern.test(error.message),
      `${path} should fail as ${pattern}`,
    );
  };
  fails('cpu.ctxt', /'cpu\.ctxt' begins with no known object; there are vcpu/);
  fails('', /begins with no known object/);
  fails('vcpu.context', /has no member 'context'/);
  fails('vcpu.ctxt.regs[4]', /'\[4\]' .* is past the end: there are 4/);
  fails('vcpu.debug_ptr.bcr', /is reached through a pointer/);
  fails('vcpu.ctxt', /'vcpu\.ctxt' is of type 'struct regs' and has no single value/);
  fails('vcpu.own.bcr', /has no single value/);
  fails('vcpu.debug_ptr->bcr[0]', /vcpu\.debug_ptr is 0x0, which leads nowhere/);
  typed.add({ name: 'sets', pa: RAM + 0x400n, type: typesOf(false).typeNamed('struct regs [2]')! });
  typed.add({ name: 'vector', pa: RAM + 0x600n, type: typesOf(false).typeNamed('u32x8')! });
  fails('vector', /^'vector' has 32 bytes, too many for one value/);
  fails('sets', /^'sets' is of type 'struct regs\[2\]' and has no single value/);
  fails('sets[1]', /^'sets\[1\]' is of type 'struct regs' and has no single value/);
  typed.write('vcpu.debug_ptr', KERNEL + 0x1000n);
  fails('vcpu.debug_ptr->bcr[0]', /is at physical address 0x1000, where there is no RAM/);
  assert.throws(
    () => typed.add({ name: 'vcpu', pa: RAM, type: typed.resolve('vcpu').type }),
    /names an object already/,
  );
});

test.run();
