import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Processor, type Registers } from './processor.ts';

const moves = suite('moves of SIMD&FP registers');

const V1 = { 'v1.d0': 0x1716_1514_1312_1110n, 'v1.d1': 0x1f1e_1d1c_1b1a_1918n };

for (const [line, registers] of [
  ['fmov d0, x1', { 'v0.d0': 0x8000_0000_0000_0001n, 'v0.d1': 0 }],
  ['fmov s0, w1', { 'v0.d0': 1, 'v0.d1': 0 }],
  ['fmov v0.d[1], x1', { 'v0.d0': -1, 'v0.d1': 0x8000_0000_0000_0001n }],
  ['fmov x0, v1.d[1]', { x0: V1['v1.d1'] }],
  ['fmov w0, s1', { x0: 0x1312_1110 }],
  ['fmov d0, d1', { 'v0.d0': V1['v1.d0'], 'v0.d1': 0 }],
  ['fmov d0, #1.0', { 'v0.d0': 0x3ff0_0000_0000_0000n, 'v0.d1': 0 }],
  ['fmov s0, #-0.125', { 'v0.d0': 0xbe00_0000n, 'v0.d1': 0 }],
  ['fmov v0.2d, #31.0', { 'v0.d0': 0x403f_0000_0000_0000n, 'v0.d1': 0x403f_0000_0000_0000n }],
  ['fmov v0.2s, #2.0', { 'v0.d0': 0x4000_0000_4000_0000n, 'v0.d1': 0 }],
  ['dup v0.16b, w1', { 'v0.d0': 0x0101_0101_0101_0101n, 'v0.d1': 0x0101_0101_0101_0101n }],
  ['dup v0.4h, v1.h[3]', { 'v0.d0': 0x1716_1716_1716_1716n, 'v0.d1': 0 }],
  ['mov h0, v1.h[7]', { 'v0.d0': 0x1f1e, 'v0.d1': 0 }],
  ['mov v0.s[1], w1', { 'v0.d0': 0x0000_0001_ffff_ffffn, 'v0.d1': -1 }],
  ['mov v0.b[15], v1.b[0]', { 'v0.d0': -1, 'v0.d1': 0x10ff_ffff_ffff_ffffn }],
  ['umov w0, v1.b[9]', { x0: 0x19 }],
  ['smov x0, v0.h[0]', { x0: -1 }],
  ['smov w0, v0.b[0]', { x0: 0xffff_ffffn }],
  ['mov v0.16b, v1.16b', V1],
  ['orr v0.8b, v1.8b, v0.8b', { 'v0.d0': -1, 'v0.d1': 0 }],
  ['movi v0.2d, #0', { 'v0.d0': 0, 'v0.d1': 0 }],
  ['movi v0.16b, #0xab', { 'v0.d0': 0xabab_abab_abab_ababn, 'v0.d1': 0xabab_abab_abab_ababn }],
  ['movi v0.4s, #1, lsl #24', { 'v0.d0': 0x0100_0000_0100_0000n, 'v0.d1': 0x0100_0000_0100_0000n }],
  ['movi v0.4h, #2, lsl #8', { 'v0.d0': 0x0200_0200_0200_0200n, 'v0.d1': 0 }],
  ['movi v0.2s, #3, msl #16', { 'v0.d0': 0x0003_ffff_0003_ffffn, 'v0.d1': 0 }],
  ['movi d0, #0xff00ff00ff00ff00', { 'v0.d0': 0xff00_ff00_ff00_ff00n, 'v0.d1': 0 }],
  ['mvni v0.2s, #0', { 'v0.d0': -1, 'v0.d1': 0 }],
  ['mvni v0.2s, #1, msl #8', { 'v0.d0': 0xffff_fe00_ffff_fe00n, 'v0.d1': 0 }],
] as const satisfies readonly (readonly [string, Registers])[]) {
  moves(line, () => {
    const processor = new Processor();
    processor.write({ x1: 0x8000_0000_0000_0001n, 'v0.d0': -1n, 'v0.d1': -1n, ...V1 });
    processor.execute(line);
    for (const [name, value] of Object.entries(registers)) {
      assert.is(processor.read(name), BigInt.asUintN(64, BigInt(value)), name);
    }
  });
}

moves('half precision is UNDEFINED without FEAT_FP16', () => {
  const processor = new Processor();
  processor.execute('fmov h0, w1');
  assert.is(processor.read('esr_el2'), 0x0200_0000n);
});

moves.run();
