/** Operands that are known late: what is handed back for them, and how their values are put in. Words of GNU as 2.40. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFixup, type FixupKind } from '../../asm/a64/assemble.ts';
import { assembleLine } from './lines.ts';

const test = suite('a64 fixups');

const kinds: readonly (readonly [line: string, kind: FixupKind, operator?: string])[] = [
  ['b foo', 'branch26'],
  ['bl foo', 'call26'],
  ['b.ne foo', 'branch19'],
  ['cbz x0, foo', 'branch19'],
  ['tbz x0, #1, foo', 'branch14'],
  ['ldr x0, foo', 'literal19'],
  ['ldr q0, foo', 'literal19'],
  ['prfm pldl1keep, foo', 'literal19'],
  ['adr x0, foo', 'adr21'],
  ['adrp x0, foo', 'adrp21'],
  ['adrp x0, :got:foo', 'adrp21', 'got'],
  ['add x0, x1, foo', 'add-imm12'],
  ['add x0, x1, #:lo12:foo', 'add-imm12', 'lo12'],
  ['cmp x0, foo', 'add-imm12'],
  ['ldr x0, [x1, foo]', 'ldst-imm12'],
  ['ldr x0, [x1, :lo12:foo]', 'ldst-imm12', 'lo12'],
  ['ldr x0, [x1, :got_lo12:foo]', 'ldst-imm12', 'got_lo12'],
  ['ldr x0, [x1], foo', 'ldst-imm9'],
  ['ldp x0, x1, [x2, foo]', 'ldst-imm7'],
  ['movz x0, foo', 'move-wide16'],
  ['movz x0, #:abs_g2:foo', 'move-wide16', 'abs_g2'],
  ['mov x0, foo', 'mov-immediate'],
  ['and x0, x1, foo', 'logical-imm'],
  ['svc foo', 'exception16'],
  ['udf foo', 'undefined16'],
];

test('a symbol is handed back with its kind and its relocation operator', () => {
  for (const [line, kind, operator] of kinds) {
    const { fixup } = assembleLine(line);
    assert.is(fixup?.kind, kind, line);
    assert.is(fixup?.operator, operator, line);
    assert.is(fixup?.symbolic, 'foo', line);
  }
});

test('a relocation operator for 16 bits selects the shift', () => {
  assert.is(assembleLine('movk x0, #:abs_g1_nc:foo').word, 0xf2a00000);
  assert.is(assembleLine('movz x0, #:abs_g3:foo').word, 0xd2e00000);
});

test('a constant behind an operator that only the linker applies is handed back as it is', () => {
  assert.equal(assembleLine('add x0, x1, :lo12:0x1234').fixup, {
    kind: 'add-imm12',
    symbolic: 0x1234n,
    operator: 'lo12',
  });
  assert.equal(assembleLine('adrp x0, 0x1000').fixup, { kind: 'adrp21', symbolic: 0x1000n });
});

const late: readonly (readonly [line: string, value: bigint, word: number, what: string])[] = [
  ['add x0, x1, v', 0x1000n, 0x91400420, 'a multiple of 4096 is shifted'],
  ['add x0, x1, v', -4n, 0xd1001020, 'ADD of a negative number is SUB'],
  ['cmp x0, v', -1n, 0xb100041f, 'CMP of a negative number is CMN'],
  ['ldr x0, [x1, v]', 4096n, 0xf9480020, 'an offset is scaled'],
  ['ldr x0, [x1, v]', -8n, 0xf85f8020, 'a negative offset is unscaled'],
  ['ldr w0, [x1, v]', 3n, 0xb8403020, 'an odd offset is unscaled'],
  ['str q0, [x1, v]', 32n, 0x3d800820, 'the scale is that of the register'],
  ['mov x0, v', 16n, 0xd2800200, 'MOV is MOVZ'],
  ['mov w0, v', -8n, 0x128000e0, 'MOV is MOVN'],
  ['mov x0, v', 0x5555555555555555n, 0xb200f3e0, 'MOV is ORR'],
  ['movz x2, :abs_g1_s:v', -5n, 0x92a00002, 'a signed operator turns MOVZ into MOVN'],
  ['b v', -4n, 0x17ffffff, 'a branch back'],
  ['adrp x0, v', 0x1000n, 0xb0000000, 'a page on'],
];

test('a late value gives the word GNU as gives', () => {
  for (const [line, value, expected, what] of late) {
    const { word, fixup } = assembleLine(line);
    assert.is(encodeFixup(word, fixup!.kind, value, fixup!.operator).toString(16), expected.toString(16), what);
  }
});

const wrong: readonly (readonly [line: string, value: bigint, message: string])[] = [
  ['b v', 2n, 'branch target is not 4-byte aligned (distance 2)'],
  ['b v', 0x8000000n, 'branch target distance 134217728 out of range -134217728 to 134217724'],
  ['tbz x0, #1, v', 0x8000n, 'branch target distance 32768 out of range -32768 to 32764'],
  ['ldr x0, v', 0x100000n, 'literal distance 1048576 out of range -1048576 to 1048572'],
  ['adr x0, v', 0x100000n, 'address distance 1048576 out of range -1048576 to 1048575'],
  ['adrp x0, v', 0x1001n, 'page distance 4097 is not a multiple of 4096'],
  ['add x0, x1, v', 4097n, 'immediate 4097 out of range 0 to 4095 (or a multiple of 4096 up to 16773120)'],
  ['ldr x0, [x1, v]', 257n, 'offset 257 is neither a multiple of 8 nor in -256 to 255'],
  ['ldr x0, [x1, v]!', 256n, 'offset 256 out of range -256 to 255'],
  ['ldp x0, x1, [x2, v]', 4n, 'offset 4 is not a multiple of 8'],
  ['mov x0, v', 0x123456789n, 'immediate 0x123456789 cannot be moved by a single instruction'],
  ['and x0, x1, v', 0n, 'immediate 0x0 is not a bitmask (one run of ones, rotated, repeated)'],
  ['movz x0, v', 65536n, 'immediate 65536 out of range 0 to 65535'],
  ['movz x0, :abs_g0:v', 65536n, ':abs_g0: of 65536 out of range 0 to 65535'],
];

test('a late value out of range is told like an early one', () => {
  for (const [line, value, message] of wrong) {
    const { word, fixup } = assembleLine(line);
    let told = 'no error';
    try {
      encodeFixup(word, fixup!.kind, value, fixup!.operator);
    } catch (error) {
      told = (error as Error).message;
    }
    assert.is(told, message, line);
  }
});

test.run();
