/**
 * Whether a branch was taken. The next address tells, except for a conditional branch to the very next instruction: there
 * the condition has to be looked at.
 */
import { fieldOf, type Instruction } from '../../asm/a64/decode.ts';
import { labelDistance } from '../../asm/a64/operands/label.ts';
import { WordView } from '../../asm/a64/operands/word-view.ts';
import { NZCV, ZERO } from '../core/registers.ts';
import { conditionTable } from '../exec/flags.ts';

/** The distance in bytes that a conditional branch goes, if it is taken. */
export function branchDistance({ encoding, word }: Instruction): number {
  return Number(labelDistance(new WordView(encoding, word)));
}

/** Tells from the cells before the step, as 32-bit halves, whether the conditional branch `instruction` is taken. */
export function conditionOf(instruction: Instruction): (before: Uint32Array) => boolean {
  const { encoding } = instruction;
  if (encoding.timing === 'branch-conditional') {
    const table = conditionTable(fieldOf(instruction, 'cond'));
    return (before) => ((table >>> (before[2 * NZCV]! >>> 28)) & 1) === 1;
  }
  const low = 2 * cellOf(fieldOf(instruction, 'Rt'));
  const onNonzero = fieldOf(instruction, 'op') === 1;
  const [lowMask, highMask] = testedBits(instruction);
  return (before) => (((before[low]! & lowMask) | (before[low + 1]! & highMask)) !== 0) === onNonzero;
}

/** The bits that CBZ, CBNZ, TBZ or TBNZ looks at, by halves. */
function testedBits(instruction: Instruction): readonly [number, number] {
  const { fields } = instruction.encoding;
  if (!fields.has('b40')) return [-1, fieldOf(instruction, 'sf') === 1 ? -1 : 0];
  const bit = 1 << fieldOf(instruction, 'b40');
  return fieldOf(instruction, 'b5') === 1 ? [0, bit] : [bit, 0];
}

function cellOf(register: number): number {
  return register === 31 ? ZERO : register;
}
