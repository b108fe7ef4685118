/** Packed immediates, by the counts and pseudocode of the Arm ARM. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decodeBitmask,
  decodeByteMask,
  decodeFloat8,
  encodeAddImmediate,
  encodeBitmask,
  encodeByteMask,
  encodeFloat8,
  encodeMoveWide,
  inRegister,
} from '../../asm/a64/immediates.ts';

const test = suite('a64 immediates');

/** Every value that the fields of a bitmask immediate can stand for. */
function allBitmasks(wide: boolean): Set<bigint> {
  const values = new Set<bigint>();
  for (let bits = 0; bits < 1 << 13; bits++) {
    const value = decodeBitmask({ N: bits >> 12, immr: (bits >> 6) & 63, imms: bits & 63 }, wide);
    if (value !== undefined) values.add(value);
  }
  return values;
}

test('there are 5334 bitmask immediates of 64 bits and 1302 of 32 bits, and each is found again', () => {
  const wide = allBitmasks(true);
  const narrow = allBitmasks(false);
  // One run of ones, 1 to size - 1 long, at each rotation: the sum of size * (size - 1) over 2, 4, ... 64.
  assert.is(wide.size, 5334);
  assert.is(narrow.size, 1302);
  for (const value of wide) assert.is(decodeBitmask(encodeBitmask(value, true)!, true), value);
  for (const value of narrow) assert.is(decodeBitmask(encodeBitmask(value, false)!, false), value);
});

test('what is no run of ones is no bitmask', () => {
  for (const value of [0n, 0xffff_ffff_ffff_ffffn, 5n, 0x123456n, 0x00ff_00ff_00ff_01ffn]) {
    assert.is(encodeBitmask(value, true), undefined, value.toString(16));
  }
});

test('add takes 12 bits, or 12 bits shifted by 12', () => {
  assert.equal(encodeAddImmediate(4095n), { sh: 0, imm12: 4095 });
  assert.equal(encodeAddImmediate(4096n), { sh: 1, imm12: 1 });
  assert.equal(encodeAddImmediate(0xfff000n), { sh: 1, imm12: 4095 });
  assert.is(encodeAddImmediate(4097n), undefined);
  assert.is(encodeAddImmediate(0x1000000n), undefined);
});

test('a wide move takes one of four halfwords, of two in a 32-bit register', () => {
  assert.equal(encodeMoveWide(0x1234_0000_0000n, true), { hw: 2, imm16: 0x1234 });
  assert.is(encodeMoveWide(0x1_0001n, true), undefined);
  assert.equal(encodeMoveWide(0xffff_0000n, false), { hw: 1, imm16: 0xffff });
});

test('a 32-bit register takes a constant with its upper half all zeros or all ones', () => {
  assert.is(inRegister(-1n, false), 0xffff_ffffn);
  assert.is(inRegister(0xffff_ffff_8000_0000n, false), 0x8000_0000n);
  assert.is(inRegister(0x1_0000_0000n, false), undefined);
  assert.is(inRegister(-1n, true), 0xffff_ffff_ffff_ffffn);
  assert.is(inRegister(1n << 64n, true), undefined);
});

test('an 8-bit float is VFPExpandImm: 1.0 is 0x70, from 0.125 to 31', () => {
  assert.is(decodeFloat8(0x70), 1);
  assert.is(decodeFloat8(0x00), 2);
  assert.is(decodeFloat8(0x40), 0.125);
  assert.is(decodeFloat8(0x3f), 31);
  assert.is(decodeFloat8(0xf0), -1);
  for (let imm8 = 0; imm8 < 256; imm8++) assert.is(encodeFloat8(decodeFloat8(imm8)), imm8);
  assert.is(encodeFloat8(0), undefined);
});

test('a byte mask has a bit for each byte', () => {
  assert.is(decodeByteMask(0b1010_0001), 0xff00_ff00_0000_00ffn);
  assert.is(encodeByteMask(0xff00_ff00_0000_00ffn), 0b1010_0001);
  assert.is(encodeByteMask(0x01n), undefined);
});

test.run();
