/** What a wrong instruction is told: the fault, what was expected, and the offset into its operands. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { environment, errorOf } from './lines.ts';

const test = suite('a64 errors');

const faults: Readonly<Record<string, readonly (readonly [line: string, error: string])[]>> = {
  mnemonics: [
    ['foo x0', "unknown-instruction: unknown instruction 'foo'"],
    ['b.xx .+8', "unknown-instruction: unknown instruction 'b.xx'"],
    ['fadd d0, d1, d2', "not-supported: instruction 'fadd' is not supported by hypstep"],
    ['ptrue p0.b', "not-supported: instruction 'ptrue' is not supported by hypstep"],
    ['add v0.4s, v1.4s, v2.4s', "not-supported: 'add' with these operands is not supported by hypstep"],
    ['ldr z0, [x0]', "not-supported: 'ldr' with these operands is not supported by hypstep"],
  ],
  'number of operands': [
    ['add x0', '2: expected a 64-bit general register or sp, found nothing'],
    ['nop x0', "0: unexpected 'x0'"],
    ['ic iallu, x0', "7: unexpected 'x0'"],
    ['tlbi vae1is', '6: expected a 64-bit general register, found nothing'],
    ['add x0,, x1', '3: expected a 64-bit general register or sp, found nothing'],
    ['csel x0, x1, x2', '10: expected a condition, found nothing'],
  ],
  registers: [
    ['add x0, w1, x2', "4: expected a 64-bit general register or sp, found 'w1'"],
    ['ldrb x0, [x1]', "0: expected a 32-bit general register, found 'x0'"],
    ['stxr x0, x1, [x2]', "0: expected a 32-bit general register, found 'x0'"],
    ['br sp', "0: expected a 64-bit general register, found 'sp'"],
    ['and x0, sp, #1', "4: expected a 64-bit general register, found 'sp'"],
    ['ldp x0, w1, [sp]', "4: expected a 64-bit general register, found 'w1'"],
    ['ldr x0, [xzr]', "5: expected a 64-bit base register or sp, found 'xzr'"],
    ['casp x1, x2, x4, x5, [x6]', '0: the first register of a pair must have an even number'],
    ['casp x0, x2, x4, x5, [x6]', '4: expected x1, the register after the first'],
    ['ldp q0, d1, [x0]', "4: expected a scalar register (q), found 'd1'"],
    ['fmov w0, d1', "4: expected a scalar register (h or s), found 'd1'"],
    ['mvni x0, #1', "0: expected a vector register with arrangement 4h, 8h, 2s or 4s, found 'x0'"],
    ['dup v0.2d, w1', "7: expected an element (v0.d[0]) or a 64-bit general register, found 'w1'"],
    ['umov w0, v0.d[1]', "4: expected an element (v0.b[0], v0.h[0], v0.s[0]), found 'v0.d[1]'"],
    ['mov v0.s[4], w1', '5: element index 4 out of range 0 to 3'],
    ['ld2 {v0.8b}, [x0]', "0: expected a list of consecutive vector registers (2 long), found '{v0.8b}'"],
    [
      'ld1 {v0.8b, v2.8b}, [x0]',
      "0: expected a list of consecutive vector registers (1, 2, 3 or 4 long), found '{v0.8b, v2.8b}'",
    ],
  ],
  immediates: [
    ['add x0, x1, #4097', '8: immediate 4097 out of range 0 to 4095 (or a multiple of 4096 up to 16773120)'],
    ['add x0, x1, #4096, lsl #12', '8: immediate 4096 out of range 0 to 4095'],
    ['add x0, x1, #1, lsl #3', '12: shift amount 3 must be 0 or 12'],
    ['and x0, x1, #0', '8: immediate 0x0 is not a bitmask (one run of ones, rotated, repeated)'],
    ['mov x0, #0x123456789', '4: immediate 0x123456789 cannot be moved by a single instruction'],
    ['movz x0, #65536', '4: immediate 65536 out of range 0 to 65535'],
    ['movz w0, #1, lsl #32', '8: shift amount 32 out of range 0 to 16'],
    ['movz x0, #1, lsl #8', '8: shift amount 8 is not a multiple of 16'],
    ['lsl w0, w1, #32', '8: shift amount 32 out of range 0 to 31'],
    ['add x0, x1, x2, lsl #64', '12: shift amount 64 out of range 0 to 63'],
    ['add x0, sp, x1, lsl #5', '12: shift amount 5 out of range 0 to 4'],
    ['ubfx x0, x1, #60, #5', '13: width 5 out of range 1 to 4'],
    ['extr w0, w1, w2, #32', '12: lsb 32 out of range 0 to 31'],
    ['tbz w0, #32, .+8', '4: bit number 32 out of range 0 to 31'],
    ['ccmp x0, #32, #0, eq', '4: immediate 32 out of range 0 to 31'],
    ['ccmp x0, x1, #16, eq', '8: nzcv 16 out of range 0 to 15'],
    ['hvc #65536', '0: immediate 65536 out of range 0 to 65535'],
    ['cset x0, al', "4: condition 'al' has no inverse"],
    ['ubfx x0, x1, #size, #1', '8: lsb must be a constant'],
    ['addg x0, x1, #17, #3', '8: immediate 17 is not a multiple of 16'],
    ['movi d0, #1', '4: every byte of the immediate must be 0x00 or 0xff'],
    ['movi v0.4s, #1, lsl #4', '11: shift amount 4 must be one of 0, 8, 16, 24'],
    ['fmov d0, #1.1', '4: floating-point number 1.1 is not n/16 times a power of two from 2^-3 to 2^4, 16 <= n <= 31'],
    ['add x0, x1, #0x1ffffffffffffffff', '8: immediate 36893488147419103231 does not fit in 64 bits'],
  ],
  'relocation operators': [
    ['sub x0, x1, :lo12:foo', '8: relocation operator :lo12: is allowed in add alone'],
    ['and x0, x1, :lo12:foo', '8: relocation operator :lo12: is not allowed in this immediate'],
    ['ldur x0, [x1, :lo12:foo]', '9: relocation operator :lo12: is not allowed in this address'],
    ['b :lo12:foo', '0: relocation operator :lo12: is not allowed in a branch'],
    ['movz x0, :lo12:foo', '4: unknown relocation operator :lo12: for a wide move'],
    ['movk x0, #:abs_g1_s:foo', '4: :abs_g1_s: is not allowed in movk'],
    ['movz w0, #:abs_g2:foo', '4: :abs_g2: needs a 64-bit register'],
    ['movz x0, #:abs_g0:0x10000', '4: :abs_g0: of 65536 out of range 0 to 65535'],
    ['add x0, x1, #:lo12', "9: relocation operator without its closing ':'"],
  ],
  addresses: [
    ['ldr x0, [x1, #32768]', '9: offset 32768 out of range 0 to 32760 (or -256 to 255 unscaled)'],
    ['ldr w0, [x1, #257]', '9: offset 257 is neither a multiple of 4 nor in -256 to 255'],
    ['ldr x0, [x1, #-257]!', '9: offset -257 out of range -256 to 255'],
    ['ldr x0, [x1]!', '7: expected an offset, found nothing'],
    ['ldxr x0, [x1, #8]', '9: offset 8 must be 0'],
    ['ldxr x0, [x1]!', "8: unexpected '!'"],
    ['ldp x0, x1, [x2, #512]', '13: offset 512 out of range -512 to 504'],
    ['ldp x0, x1, [x2, #4]', '13: offset 4 is not a multiple of 8'],
    ['ldraa x0, [x1, #4]', '9: offset 4 is not a multiple of 8'],
    ['stg x0, [x1, #8]', '9: offset 8 is not a multiple of 16'],
    ['ldr x0, [x1, x2, lsl #2]', '13: shift amount 2 must be 0 or 3 for this access size'],
    ['ldr x0, [x1, x2, lsl]', "13: 'lsl' needs an amount"],
    ['ldr x0, [x1, w2]', '11: expected uxtw or sxtw, found nothing'],
    ['ldr x0, [x1', "4: '[' is not closed"],
    ['ldr x0, x1]', '6: unexpected text after a label'],
    ['ld1r {v0.4s}, [x1], #8', '15: post-increment 8 must be 4'],
    ['b 17', '0: branch target is not 4-byte aligned (distance 17)'],
  ],
  'system operands': [
    ['mrs x0, xyz', "4: unknown system register 'xyz'"],
    ['msr xyz, x0', "0: unknown system register 'xyz'"],
    ['mrs x0, s0_0_c0_c0_0', "4: system register 's0_0_c0_c0_0': op0 must be 1, 2 or 3"],
    ['msr spsel, #2', '7: immediate 2 out of range 0 to 1'],
    ['dsb foo', "0: unknown barrier option 'foo'"],
    ['dmb #16', '0: barrier option 16 out of range 0 to 15'],
    ['isb ish', "0: 'ish' is no barrier option of isb"],
    ['dc foo, x0', "0: unknown data cache operation 'foo'"],
    ['tlbi foo', "0: unknown TLB operation 'foo'"],
    ['at foo, x0', "0: unknown address translation operation 'foo'"],
    ['prfm foo, [x0]', "0: unknown prefetch operation 'foo'"],
    ['bti x', "0: expected c, j or jc, found 'x'"],
    ['psb', '0: expected csync, found nothing'],
    ['sys #0, c16, c0, #0', "4: expected c0 to c15, found 'c16'"],
  ],
};

for (const [name, lines] of Object.entries(faults)) {
  test(name, () => {
    for (const [line, error] of lines) assert.is(errorOf(line), error, line);
  });
}

test('brackets nested without end are one error', () => {
  const depth = 100_000;
  assert.match(errorOf(`ldr x0, ${'['.repeat(depth)}`), /is not closed/);
  assert.match(errorOf(`ldr x0, ${'['.repeat(depth)}${']'.repeat(depth)}`), /expected a 64-bit base register or sp/);
});

test('what the selected architecture lacks is said so', () => {
  const old = { ...environment, allows: () => false };
  assert.is(
    errorOf('ldadd x0, x1, [x2]', old),
    "not-supported: 'ldadd' needs 'lse', which the selected architecture does not have",
  );
  assert.is(
    errorOf('mrs x0, apiakeylo_el1', old),
    "4: system register 'apiakeylo_el1' needs 'v8.3', which the selected architecture does not have",
  );
  assert.is(
    errorOf('msr pan, #1', old),
    "0: PSTATE field 'pan' needs 'pan', which the selected architecture does not have",
  );
  assert.is(errorOf('dc cvap, x0', old), "0: 'cvap' needs 'v8.2', which the selected architecture does not have");
  assert.is(errorOf('add x0, x1, x2', old), 'no error');
});

test.run();
