/** Ways to write an instruction that a disassembler does not print: optional parts, other names, other cases. Words of GNU as 2.40. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assembleLine } from './lines.ts';

const test = suite('a64 spellings');

const spellings: readonly (readonly [line: string, word: number])[] = [
  ['add x0,x1,#-4', 0xd1001020],
  ['cmp x0, #-5', 0xb100141f],
  ['adds w0, w1, #0x1000', 0x31400420],
  ['sub x0, x1, 8', 0xd1002020],
  ['ADD SP, SP, #16', 0x910043ff],
  ['mov w0, #-1', 0x12800000],
  ['mov w0, #0xfffffffffffffff0', 0x128001e0],
  ['mov x0, x1, lsl #3', 0xaa010fe0],
  ['and w0, w1, #-16', 0x121c6c20],
  ['bic x0, x1, #0xff', 0x9278dc20],
  ['uxtw x0, w1', 0x2a0103e0],
  ['uxtb x3, w4', 0x53001c83],
  ['ldr w0, [x1, #255]', 0xb84ff020],
  ['str x0, [x1, #-8]', 0xf81f8020],
  ['prfm pldl1keep, [x0, #-8]', 0xf89f8000],
  ['ldr x0, [lr, #8]', 0xf94007c0],
  ['str fp, [sp]', 0xf90003fd],
  ['ldr x0, [ x1 , #8 ]', 0xf9400420],
  ['ldr x0, [x1, 0xfffffffffffffff8]', 0xf85f8020],
  ['ldxr x0, [x1, #0]', 0xc85f7c20],
  ['swp x0, x1, [x2, #0]', 0xf8208041],
  ['ldp x0, x1, [sp, #-16] !', 0xa9ff07e0],
  ['add x0, sp, w2', 0x8b2243e0],
  ['add x0, x1, x2, uxtw', 0x8b224020],
  ['cset x0, hs', 0x9a9f37e0],
  ['csel x0, x1, x2, lo', 0x9a823020],
  ['ccmp x0, 5, 0, eq', 0xfa450800],
  ['dsb #11', 0xd5033b9f],
  ['isb 15', 0xd5033fdf],
  ['hint #20', 0xd503229f],
  ['ret lr', 0xd65f03c0],
  ['tbz x0, #3, .+8', 0x36180040],
  ['movz x0, #:abs_g1:0x12345678', 0xd2a24680],
  ['movz x2, :abs_g2_s:-5', 0x92c00002],
  ['movz x2, :abs_g2_s:0x80000002', 0xd2c00002],
  ['movk x0, #:abs_g0_nc:0x12345678', 0xf28acf00],
  ['ld1 {v0.8b - v3.8b}, [x0]', 0x0c402000],
  ['ld1 { V30.2D, V31.2D, V0.2D }, [SP], #48', 0x4cdf6ffe],
  ['mov v0.2d[1], x1', 0x4e181c20],
  ['ins v0.b[3], w1', 0x4e071c20],
  ['umov x0, v1.d[0]', 0x4e083c20],
  ['fmov s0, #0x3f800000', 0x1e2e1000],
  ['fmov d0, 1', 0x1e6e1000],
  ['movi v0.16b, #-1', 0x4f07e7e0],
  ['movi v0.4s, #1, lsl #0', 0x4f000420],
  ['mrs x0, S3_0_C1_C0_0', 0xd5381000],
  ['mrs x0, SCTLR_EL1', 0xd5381000],
  ['msr s1_0_c7_c8_0, x0', 0xd5087800],
  ['mrs x0, spsr_svc', 0xd5384000],
  ['IC IALLUIS', 0xd508711f],
  ['rev64 x0, x1', 0xdac00c20],
  ['dgh', 0xd50320df],
  ['sys #0, c7, c5, #0', 0xd508751f],
  ['orr v0.16b, v1.16b, v1.16b', 0x4ea11c20],
];

for (const [line, word] of spellings) {
  test(line, () => {
    assert.is(assembleLine(line).word.toString(16), word.toString(16));
  });
}

test('a .req alias stands for a register, with an arrangement where it is a vector', () => {
  assert.is(assembleLine('ldr x1, [vcpu, #8]').word, assembleLine('ldr x1, [x0, #8]').word);
  assert.is(assembleLine('mov tmp.16b, v1.16b').word, assembleLine('mov v3.16b, v1.16b').word);
});

test('a label may be called like a register', () => {
  assert.is(assembleLine('b s1').fixup?.symbolic, 's1');
});

test('an instruction that is CONSTRAINED UNPREDICTABLE by its registers is assembled with a warning', () => {
  const warned: readonly (readonly [line: string, warning: string])[] = [
    ['ldr x0, [x0], #8', 'unpredictable: the register transferred is also the base written back'],
    ['ldp x0, x0, [x1]', 'unpredictable: both registers loaded are the same'],
    ['stp x0, x1, [x1, #16]!', 'unpredictable: a register transferred is also the base written back'],
    ['stxr w0, x0, [x1]', 'unpredictable: the status register is also stored'],
    ['stlxr w1, x0, [x1]', 'unpredictable: the status register is also the base'],
    ['msr midr_el1, x0', "'midr_el1' is read-only"],
    ['mrs x0, oslar_el1', "'oslar_el1' is write-only"],
    ['mrs x0, spsr_svc', "'spsr_svc' is a former name of 'spsr_el1'"],
  ];
  for (const [line, warning] of warned) assert.equal(assembleLine(line).warnings, [warning], line);
  assert.is(assembleLine('ldr x0, [sp], #8').warnings, undefined);
  assert.is(assembleLine('str xzr, [sp, #-16]!').warnings, undefined);
});

test.run();
