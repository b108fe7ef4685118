/** What decoding tells beside the row: registers read and written, and what is not in the table. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classifyUnknown, decode, operandRegisters, outsideInstruction } from '../../asm/a64/decode.ts';
import { disassemble } from '../../asm/a64/print.ts';
import { assembleLine } from './lines.ts';

const test = suite('a64 decode');

const SP = 31;
const V = 32;
const NZCV = 64;

function registersOf(line: string): { reads: number[]; writes: number[] } {
  const { reads, writes } = operandRegisters(decode(assembleLine(line).word)!);
  const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
  return { reads: ascending(reads), writes: ascending(writes) };
}

const uses: readonly (readonly [line: string, reads: readonly number[], writes: readonly number[]])[] = [
  ['add x0, x1, x2', [1, 2], [0]],
  ['add sp, x1, #1', [1], [SP]],
  ['adds xzr, x1, x2', [1, 2], [NZCV]],
  ['cmp sp, #1', [SP], [NZCV]],
  ['mov x0, xzr', [], [0]],
  ['movz x0, #1', [], [0]],
  ['movk x0, #1', [0], [0]],
  ['bfi x0, x1, #3, #4', [0, 1], [0]],
  ['ubfx x0, x1, #3, #4', [1], [0]],
  ['adcs x0, x1, x2', [1, 2, NZCV], [0, NZCV]],
  ['csel x0, x1, x2, eq', [1, 2, NZCV], [0]],
  ['ccmp x0, x1, #0, eq', [0, 1, NZCV], [NZCV]],
  ['madd x0, x1, x2, x3', [1, 2, 3], [0]],
  ['umulh x0, x1, x2', [1, 2], [0]],
  ['b.eq .+8', [NZCV], []],
  ['bl .+8', [], [30]],
  ['blr x3', [3], [30]],
  ['ret', [30], []],
  ['paciasp', [30, SP], [30]],
  ['autia1716', [16, 17], [17]],
  ['pacia x0, sp', [0, SP], [0]],
  ['retaa', [30, SP], []],
  ['ldr x0, [x1, x2]', [1, 2], [0]],
  ['str x0, [sp, #-16]!', [0, SP], [SP]],
  ['ldp x0, x1, [x2], #16', [2], [0, 1, 2]],
  ['stp x0, xzr, [sp]', [0, SP], []],
  ['stxr w3, x0, [x1]', [0, 1], [3]],
  ['ldaxp x0, x1, [x2]', [2], [0, 1]],
  ['cas x0, x1, [x2]', [0, 1, 2], [0]],
  ['casp x0, x1, x2, x3, [x4]', [0, 1, 2, 3, 4], [0, 1]],
  ['ldadd x0, x1, [x2]', [0, 2], [1]],
  ['stadd x0, [x2]', [0, 2], []],
  ['mrs x0, esr_el2', [], [0]],
  ['msr esr_el2, x0', [0], []],
  ['prfm pldl1keep, [x3]', [3], []],
  ['ldg x0, [x1]', [0, 1], [0]],
  ['stgp x0, x1, [x2], #16', [0, 1, 2], [2]],
  ['rmif x0, #1, #2', [0, NZCV], [NZCV]],
  ['ldr q1, [x0]', [0], [V + 1]],
  ['stp d1, d2, [x0, #16]!', [0, V + 1, V + 2], [0]],
  ['ld2 {v31.8b, v0.8b}, [x0], x1', [0, 1], [0, V, V + 31]],
  ['ld1 {v0.8b}, [x0]', [0], [V]],
  ['ld1 {v30.8b, v31.8b, v0.8b}, [x0], #24', [0], [0, V, V + 30, V + 31]],
  ['st1 {v0.8b-v3.8b}, [x0]', [0, V, V + 1, V + 2, V + 3], []],
  ['st3 {v0.b-v2.b}[1], [x0], #3', [0, V, V + 1, V + 2], [0]],
  ['ld1 {v4.s}[1], [x0]', [0, V + 4], [V + 4]],
  ['ld1r {v4.4s}, [x0]', [0], [V + 4]],
  ['fmov x0, d1', [V + 1], [0]],
  ['fmov d1, x0', [0], [V + 1]],
  ['fmov v1.d[1], x0', [0, V + 1], [V + 1]],
  ['mov v1.s[2], w0', [0, V + 1], [V + 1]],
  ['dup v1.4s, w0', [0], [V + 1]],
  ['movi v1.4s, #1', [], [V + 1]],
  ['umov w0, v1.b[1]', [V + 1], [0]],
];

test('registers read and written', () => {
  for (const [line, reads, writes] of uses) {
    assert.equal(registersOf(line), { reads: [...reads], writes: [...writes] }, line);
  }
});

test('an unallocated word is no instruction', () => {
  // A shift of 33 in a 32-bit ADD; op0 = 0 in MRS; a reserved bitmask.
  for (const word of [0x0b028420, 0xd5200000, 0x9240fc00, 0xffffffff]) {
    assert.is(decode(word), undefined);
    assert.is(classifyUnknown(word), 'unallocated');
    assert.is(disassemble(word), `.inst\t0x${word.toString(16).padStart(8, '0')} ; undefined`);
  }
});

test('MSR to a PSTATE field of one bit with other bits in its immediate is printed as objdump prints it', () => {
  for (const [word, text] of [
    [0xd50041bf, 'msr\tspsel, #0x1'],
    [0xd50042bf, 'msr\ts0_0_c4_c2_5, xzr'],
    [0xd5034f3f, 'msr\ts0_3_c4_c15_1, xzr'],
  ] as const) {
    assert.is(decode(word)?.encoding.name, 'MSR (immediate)');
    assert.is(disassemble(word), text);
  }
});

test('an instruction that exists and is not in the table is told by name and feature', () => {
  const outside: readonly (readonly [word: number, mnemonic: string, feature: string])[] = [
    [0x1e622820, 'fadd', 'simd'],
    [0x4ea28420, 'add', 'simd'],
    [0x4e284820, 'aese', 'aes'],
    [0x04220020, 'adclb', 'sve'],
    [0x1d010440, 'cpyp', 'mops'],
    [0xd5031000, 'wfet', 'v8.7'],
  ];
  for (const [word, mnemonic, feature] of outside) {
    assert.is(decode(word), undefined);
    assert.is(classifyUnknown(word), 'not in the table');
    assert.match(disassemble(word), `; not supported: ${mnemonic}`);
    assert.equal(outsideInstruction(word), { mnemonic, feature, ...outsideInstruction(word) });
  }
});

test('a branch target is shown absolute with its name, absolute, or relative', () => {
  const word = 0x14000002;
  assert.is(disassemble(word), 'b\t.+0x8');
  assert.is(disassemble(word, { address: 0x1000n }), 'b\t0x1008');
  assert.is(disassemble(word, { address: 0x1000n, target: () => 'foo+0x8' }), 'b\t1008 <foo+0x8>');
  assert.is(disassemble(0x90000001, { address: 0x12345n }), 'adrp\tx1, 0x12000');
});

test('comments are objdump’s, and shown only where asked for', () => {
  assert.is(disassemble(0xd2800200), 'mov\tx0, #0x10');
  assert.is(disassemble(0xd2800200, { comments: true }), 'mov\tx0, #0x10                  \t// #16');
  assert.is(disassemble(0x54000042, { comments: true }), 'b.cs\t.+0x8  // b.hs, b.nlast');
  assert.is(disassemble(0x9a9f17e0, { comments: true }), 'cset\tx0, eq\t// eq = none');
});

test.run();
