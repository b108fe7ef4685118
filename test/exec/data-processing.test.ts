/** Data processing: results and flags by the Arm ARM's descriptions (C6.2), on values where they go wrong. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Processor, type Registers } from './processor.ts';

const MAX = 0xffff_ffff_ffff_ffffn;
const MIN_SIGNED = 1n << 63n;

/** A case: the line, registers before, registers after, and the flags after where they matter. */
type Case = readonly [line: string, before: Registers, after: Registers, flags?: string];

function check(name: string, cases: readonly Case[]): void {
  const tests = suite(name);
  for (const [line, before, after, flags] of cases) {
    tests(line, () => {
      const processor = new Processor();
      processor.write(before);
      processor.execute(line);
      for (const [register, value] of Object.entries(after)) {
        assert.is(processor.read(register), BigInt.asUintN(64, BigInt(value)), register);
      }
      if (flags !== undefined) assert.is(processor.flags, flags);
    });
  }
  tests.run();
}

check('addition and subtraction', [
  ['add x0, x1, #0xfff', { x1: MAX }, { x0: 0xffe }],
  ['add w0, w1, #1, lsl #12', { x1: 0xffff_ffff_ffff_ffffn }, { x0: 0xfff }],
  ['sub x0, x1, #1', { x1: 0 }, { x0: MAX }],
  ['sub w0, w1, #1', { x1: 0 }, { x0: 0xffff_ffffn }],
  ['add sp, sp, #16', { sp: 0x1000 }, { sp: 0x1010 }],
  ['adds x0, x1, x2', { x1: MAX, x2: 1 }, { x0: 0 }, 'nZCv'],
  ['adds x0, x1, x2', { x1: MIN_SIGNED - 1n, x2: 1 }, { x0: MIN_SIGNED }, 'NzcV'],
  ['adds w0, w1, w2', { x1: 0x7fff_ffff, x2: 1 }, { x0: 0x8000_0000n }, 'NzcV'],
  ['subs x0, x1, x2', { x1: 5, x2: 5 }, { x0: 0 }, 'nZCv'],
  ['subs x0, x1, x2', { x1: 0, x2: 1 }, { x0: MAX }, 'Nzcv'],
  ['subs x0, x1, x2', { x1: MIN_SIGNED, x2: 1 }, { x0: MIN_SIGNED - 1n }, 'nzCV'],
  ['cmp x1, #5', { x1: 4 }, { x1: 4 }, 'Nzcv'],
  ['cmn w1, #1', { x1: 0xffff_ffffn }, {}, 'nZCv'],
  ['add x0, x1, x2, asr #4', { x1: 1, x2: MIN_SIGNED }, { x0: 0xf800_0000_0000_0001n }],
  ['sub w0, w1, w2, lsr #31', { x1: 1, x2: 0x8000_0000n }, { x0: 0 }],
  ['add x0, x1, w2, sxtb #2', { x1: 8, x2: 0xff }, { x0: 4 }],
  ['add x0, x1, w2, uxth #4', { x1: 0, x2: 0x1_8000n }, { x0: 0x8_0000 }],
  ['adds x0, sp, x2', { sp: 0x10, x2: -16 }, { x0: 0 }, 'nZCv'],
  ['adc x0, x1, x2', { x1: 1, x2: 2, nzcv: 0x2000_0000n }, { x0: 4 }, 'nzCv'],
  ['sbcs x0, x1, x2', { x1: 1, x2: 1, nzcv: 0 }, { x0: MAX }, 'Nzcv'],
  ['neg w0, w1', { x1: 1 }, { x0: 0xffff_ffffn }],
]);

check('logic', [
  ['and x0, x1, #0xff00ff00ff00ff00', { x1: MAX }, { x0: 0xff00_ff00_ff00_ff00n }],
  ['orr w0, w1, #0x80000000', { x1: MAX }, { x0: 0xffff_ffffn }],
  ['eor x0, x1, x2, ror #8', { x1: 0, x2: 1 }, { x0: 1n << 56n }],
  ['bic x0, x1, x2', { x1: 0xff, x2: 0xf }, { x0: 0xf0 }],
  ['orn w0, w1, w2', { x1: 0, x2: 0 }, { x0: 0xffff_ffffn }],
  ['eon x0, x1, x2', { x1: 1, x2: 1 }, { x0: MAX }],
  ['ands x0, x1, x2', { x1: MIN_SIGNED, x2: MAX, nzcv: 0xf000_0000n }, { x0: MIN_SIGNED }, 'Nzcv'],
  ['tst w1, #1', { x1: 0xffff_fffen }, {}, 'nZcv'],
  ['bics w0, w1, w2', { x1: MAX, x2: 0x7fff_ffff }, { x0: 0x8000_0000n }, 'Nzcv'],
  ['mov x0, x1', { x1: MAX }, { x0: MAX }],
  ['mov w0, w1', { x1: MAX }, { x0: 0xffff_ffffn }],
  ['mov sp, x1', { x1: 0x1230 }, { sp: 0x1230 }],
  ['and sp, x1, #0xfffffffffffffff0', { x1: 0x123f }, { sp: 0x1230 }],
]);

check('moves and addresses', [
  ['movz x0, #0x1234, lsl #48', { x0: MAX }, { x0: 0x1234n << 48n }],
  ['movn w0, #0', { x0: 0 }, { x0: 0xffff_ffffn }],
  ['movk x0, #0, lsl #16', { x0: MAX }, { x0: 0xffff_ffff_0000_ffffn }],
  ['movk w0, #1', { x0: MAX }, { x0: 0xffff_0001n }],
  ['adr x0, .+-4', { pc: 0x4000_0010n }, { x0: 0x4000_000cn }],
  ['adrp x0, .+0x2000', { pc: 0x4000_0010n }, { x0: 0x4000_2000n }],
]);

check('bitfields', [
  ['ubfx x0, x1, #60, #4', { x1: MAX }, { x0: 0xf }],
  ['sbfx x0, x1, #4, #4', { x1: 0x80 }, { x0: -8 }],
  ['ubfiz x0, x1, #8, #4', { x1: 0x1f }, { x0: 0xf00 }],
  ['sbfiz x0, x1, #8, #4', { x1: 8 }, { x0: -0x800 }],
  ['sbfx w0, w1, #31, #1', { x1: 0x8000_0000n }, { x0: 0xffff_ffffn }],
  ['sbfiz w0, w1, #4, #1', { x1: 1 }, { x0: 0xffff_fff0n }],
  ['ubfiz w0, w1, #31, #1', { x1: 3 }, { x0: 0x8000_0000n }],
  ['bfi x0, x1, #4, #8', { x0: MAX, x1: 0 }, { x0: 0xffff_ffff_ffff_f00fn }],
  ['bfi w0, w1, #4, #8', { x0: MAX, x1: 0 }, { x0: 0xffff_f00fn }],
  ['bfxil x0, x1, #4, #4', { x0: 0xf0, x1: 0x5a }, { x0: 0xf5 }],
  ['lsl x0, x1, #63', { x1: 3 }, { x0: MIN_SIGNED }],
  ['asr w0, w1, #31', { x1: 0x8000_0000n }, { x0: 0xffff_ffffn }],
  ['extr x0, x1, x2, #4', { x1: 0xf, x2: 0 }, { x0: 0xfn << 60n }],
  ['ror w0, w1, #0', { x1: 0x1234_5678 }, { x0: 0x1234_5678 }],
  ['sxtw x0, w1', { x1: 0x8000_0000n }, { x0: 0xffff_ffff_8000_0000n }],
  ['uxtb w0, w1', { x1: MAX }, { x0: 0xff }],
]);

check('shifts, reversals and counts', [
  ['lsl x0, x1, x2', { x1: 1, x2: 64 + 63 }, { x0: MIN_SIGNED }],
  ['lsr w0, w1, w2', { x1: MAX, x2: 33 }, { x0: 0x7fff_ffff }],
  ['asr x0, x1, x2', { x1: MIN_SIGNED, x2: 63 }, { x0: MAX }],
  ['ror w0, w1, w2', { x1: 1, x2: 1 }, { x0: 0x8000_0000n }],
  ['ror x0, x1, x2', { x1: 3, x2: 64 }, { x0: 3 }],
  ['rbit x0, x1', { x1: 1 }, { x0: MIN_SIGNED }],
  ['rbit w0, w1', { x1: 2 }, { x0: 0x4000_0000 }],
  ['rev x0, x1', { x1: 0x0102_0304_0506_0708n }, { x0: 0x0807_0605_0403_0201n }],
  ['rev w0, w1', { x1: 0x0102_0304_0506_0708n }, { x0: 0x0807_0605 }],
  ['rev16 x0, x1', { x1: 0x0102_0304_0506_0708n }, { x0: 0x0201_0403_0605_0807n }],
  ['rev32 x0, x1', { x1: 0x0102_0304_0506_0708n }, { x0: 0x0403_0201_0807_0605n }],
  ['clz x0, x1', { x1: 0 }, { x0: 64 }],
  ['clz w0, w1', { x1: 1n << 32n }, { x0: 32 }],
  ['cls x0, x1', { x1: MAX }, { x0: 63 }],
  ['cls w0, w1', { x1: 0x4000_0000 }, { x0: 0 }],
  ['cls x0, x1', { x1: 0x7fff_ffff }, { x0: 32 }],
]);

check('multiplication, division and checksums', [
  ['madd x0, x1, x2, x3', { x1: MAX, x2: MAX, x3: 1 }, { x0: 2 }],
  ['msub w0, w1, w2, w3', { x1: 3, x2: 5, x3: 1 }, { x0: 0xffff_fff2n }],
  ['smull x0, w1, w2', { x1: 0xffff_ffffn, x2: 2 }, { x0: -2 }],
  ['umull x0, w1, w2', { x1: 0xffff_ffffn, x2: 2 }, { x0: 0x1_ffff_fffen }],
  ['smulh x0, x1, x2', { x1: MAX, x2: MAX }, { x0: 0 }],
  ['umulh x0, x1, x2', { x1: MAX, x2: MAX }, { x0: MAX - 1n }],
  ['sdiv x0, x1, x2', { x1: MIN_SIGNED, x2: MAX }, { x0: MIN_SIGNED }],
  ['sdiv w0, w1, w2', { x1: 0xffff_fff9n, x2: 2 }, { x0: 0xffff_fffdn }],
  ['udiv x0, x1, x2', { x1: 7, x2: 0 }, { x0: 0 }],
  // The check values of "123456789", a byte at a time from the 8-byte prefix (CRC RevEng catalogue, CRC-32 and CRC-32C).
  ['crc32b w0, w1, w2', { x1: 0xffff_ffffn ^ 0x9ae0_daafn, x2: 0x39 }, { x0: 0xffff_ffffn ^ 0xcbf4_3926n }],
]);

check('conditions', [
  ['csel x0, x1, x2, eq', { x1: 1, x2: 2, nzcv: 0x4000_0000n }, { x0: 1 }],
  ['csinc w0, w1, w2, eq', { x1: 1, x2: 0xffff_ffffn, nzcv: 0 }, { x0: 0 }],
  ['csinv x0, x1, x2, hi', { x1: 1, x2: 0, nzcv: 0x6000_0000n }, { x0: MAX }],
  ['csneg x0, x1, x2, lt', { x1: 1, x2: 5, nzcv: 0x9000_0000n }, { x0: -5 }],
  ['ccmp x1, #3, #10, ne', { x1: 3, nzcv: 0 }, {}, 'nZCv'],
  ['ccmp x1, #3, #10, ne', { x1: 3, nzcv: 0x4000_0000n }, {}, 'NzCv'],
  ['ccmn w1, w2, #0, al', { x1: 0xffff_ffffn, x2: 1 }, {}, 'nZCv'],
]);
