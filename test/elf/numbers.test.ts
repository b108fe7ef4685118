/** LEB128 numbers and the fields of relocations, against the examples of their documents. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ByteReader } from '../../asm/elf/byte-reader.ts';
import { sleb128, uleb128 } from '../../asm/elf/leb128.ts';
import {
  findRelocation,
  insertIntoWord,
  relocationFault,
  relocationNamed,
  relocationText,
} from '../../asm/elf/relocations.ts';

// DWARF 5, tables 7.7 and 7.8.
const UNSIGNED: readonly (readonly [bigint, readonly number[]])[] = [
  [2n, [2]],
  [127n, [127]],
  [128n, [0x80, 1]],
  [129n, [0x81, 1]],
  [12857n, [0xb9, 0x64]],
];
const SIGNED: readonly (readonly [bigint, readonly number[]])[] = [
  [2n, [2]],
  [-2n, [0x7e]],
  [127n, [0xff, 0]],
  [-127n, [0x81, 0x7f]],
  [128n, [0x80, 1]],
  [-128n, [0x80, 0x7f]],
  [129n, [0x81, 1]],
  [-129n, [0xff, 0x7e]],
];

test('LEB128 as the tables of the DWARF standard', () => {
  const reader = (bytes: readonly number[]) => new ByteReader('x', Uint8Array.from(bytes), false);
  for (const [value, bytes] of UNSIGNED) {
    assert.equal(uleb128(value), bytes);
    assert.is(reader(bytes).uleb(), value);
  }
  for (const [value, bytes] of SIGNED) {
    assert.equal(sleb128(value), bytes);
    assert.is(reader(bytes).sleb(), value);
  }
});

// AAELF64 5.7: field, range checked, and the instruction as the Arm ARM C6.2 encodes it.
test('values go where the relocation says', () => {
  const insert = (name: Parameters<typeof relocationNamed>[0], word: number, value: bigint) =>
    insertIntoWord(relocationNamed(name).field, word, value).toString(16);
  assert.is(insert('CALL26', 0x94000000, 8n), '94000002');
  assert.is(insert('JUMP26', 0x14000000, -4n), '17ffffff');
  assert.is(insert('CONDBR19', 0x54000000, -8n), '54ffffc0');
  assert.is(insert('TSTBR14', 0x36000000, 0x40n), '36000200');
  assert.is(insert('LD_PREL_LO19', 0x58000000, 0x20n), '58000100');
  assert.is(insert('ADR_PREL_LO21', 0x10000000, 5n), '30000020');
  assert.is(insert('ADR_PREL_PG_HI21', 0x90000000, 0x3000n), 'f0000000');
  assert.is(insert('ADD_ABS_LO12_NC', 0x91000000, 0x12345n), '910d1400');
  assert.is(insert('LDST64_ABS_LO12_NC', 0xf9400000, 0x12348n), 'f941a400');
  assert.is(insert('MOVW_UABS_G1', 0xd2a00000, 0x12345678n), 'd2a24680');
  assert.is(insert('MOVW_SABS_G0', 0xd2800000, -2n), '92800020', 'a negative value makes it MOVN of the inverse');
  assert.is(insert('MOVW_SABS_G0', 0x92800000, 2n), 'd2800040', 'a positive one MOVZ');
});

test('what does not fit or is not aligned is said', () => {
  const fault = (name: Parameters<typeof relocationNamed>[0], value: bigint) =>
    relocationFault(relocationNamed(name), value);
  assert.is(fault('CALL26', 0x7fffffcn), undefined);
  assert.is(fault('CALL26', 0x8000000n), 'value 0x8000000 does not fit in 28 bits');
  assert.is(fault('CALL26', 2n), 'value 0x2 is not a multiple of 4');
  assert.is(fault('ABS32', 0xffffffffn), undefined);
  assert.is(fault('ABS32', -0x80000000n), undefined);
  assert.is(fault('ABS32', 0x100000000n), 'value 0x100000000 does not fit in 32 bits');
  assert.is(fault('MOVW_UABS_G0', -1n), 'value -0x1 does not fit in 16 bits');
  assert.is(fault('MOVW_UABS_G0_NC', -1n), undefined);
  assert.is(fault('LDST64_ABS_LO12_NC', 4n), 'value 0x4 is not a multiple of 8');
});

test('relocations are known by name and by number', () => {
  assert.is(findRelocation('R_AARCH64_ABS64')?.number, 257);
  assert.is(findRelocation('ABS64'), undefined);
  assert.is(relocationText(283), 'R_AARCH64_CALL26');
  assert.is(relocationText(9999), 'relocation 9999');
});

test.run();
