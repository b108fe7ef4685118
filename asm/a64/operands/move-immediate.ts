/** The immediates of MOVZ, MOVN, MOVK and of the MOV aliases (Arm ARM C6.2, "MOV (wide immediate)" and its neighbours). */
import { moveMessage, moveWideGroup } from '../fixup.ts';
import type { Operand } from '../form.ts';
import { encodeBitmask, encodeMoveWide, inRegister, invert, isMoveWide } from '../immediates.ts';
import type { Draft } from './draft.ts';
import {
  bitmaskOf,
  constantIn,
  constantOf,
  deferImmediate,
  fixNow,
  isLate,
  printNumber,
  putBitmask,
} from './immediate.ts';
import type { Immediate, OperandReader } from './operand-reader.ts';
import type { WordView } from './word-view.ts';

/** `#<imm16>{, LSL #<shift>}` of MOVZ, MOVN, MOVK: fields hw, imm16. */
export const wideImmediate: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const immediate = reader.immediate('an immediate');
    if (immediate === undefined) return false;
    if (immediate.operator !== undefined) return wideOperator(reader, draft, immediate, offset);
    const shift = reader.done ? 0 : readWideShift(reader, draft);
    if (shift === undefined) return false;
    draft.set('hw', shift / 16);
    if ('symbolic' in immediate.value) return deferImmediate(draft, 'move-wide16', immediate);
    const value = constantIn(reader, immediate, offset, 0n, 0xffffn, 'immediate');
    if (value === undefined) return false;
    draft.set('imm16', Number(value));
    return true;
  },
  print(view) {
    const shift = view.get('hw') * 16;
    const text = printNumber(view.get('imm16'), 'hexadecimal');
    return shift === 0 ? text : `${text}, lsl #${shift}`;
  },
};

function readWideShift(reader: OperandReader, draft: Draft): number | undefined {
  const offset = reader.offset;
  const shift = reader.modifier(['lsl']);
  if (shift?.amount === undefined) {
    reader.expected('lsl and an amount');
    return undefined;
  }
  const amount = constantIn(reader, shift.amount, offset, 0n, draft.wide ? 48n : 16n, 'shift amount');
  if (amount === undefined) return undefined;
  if (amount % 16n === 0n) return Number(amount);
  reader.failAt(offset, `shift amount ${amount} is not a multiple of 16`);
  return undefined;
}

const KEEP = 3;

/** MOVK keeps its opcode: an operator that chooses between MOVZ and MOVN, or checks the upper bits, makes no sense there. */
const notForMovk = /_s$|^(prel|tprel|dtprel|tlsgd)_g\d$/;

function wideOperator(reader: OperandReader, draft: Draft, immediate: Immediate, offset: number): boolean {
  const operator = immediate.operator!;
  const group = moveWideGroup(operator);
  if (group === undefined) return reader.failAt(offset, `unknown relocation operator :${operator}: for a wide move`);
  if (group > 1 && !draft.wide) return reader.failAt(offset, `:${operator}: needs a 64-bit register`);
  if (draft.get('opc') === KEEP && notForMovk.test(operator)) {
    return reader.failAt(offset, `:${operator}: is not allowed in movk`);
  }
  draft.set('hw', group);
  if ('symbolic' in immediate.value || !operator.startsWith('abs_')) {
    return deferImmediate(draft, 'move-wide16', immediate);
  }
  return fixNow(reader, draft, 'move-wide16', immediate.value.constant, offset, operator);
}

/** Where objdump begins the comment after a moved immediate, in digits of the immediate. */
const COMMENT_COLUMN = 20;

/** A moved immediate; the comment tells it signed, in the register's width. */
function printMoved(view: WordView, value: bigint): string {
  const digits = value.toString(16);
  const gap = ' '.repeat(COMMENT_COLUMN - digits.length);
  view.comment = `${gap}\t// #${BigInt.asIntN(view.wide ? 64 : 32, value)}`;
  return `#0x${digits}`;
}

/** The immediate of MOV (wide immediate): any value one MOVZ makes. A value known late may become MOVN or ORR too. */
export const movedWide: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const immediate = reader.immediate('an immediate');
    if (immediate === undefined) return false;
    if (isLate(immediate)) return deferImmediate(draft, 'mov-immediate', immediate);
    const value = constantOf(reader, immediate, offset, 'immediate');
    return value !== undefined && putMoved(reader, draft, value, offset, false);
  },
  print: (view) => printMoved(view, BigInt(view.get('imm16')) << BigInt(view.get('hw') * 16)),
};

/** The immediate of MOV (inverted wide immediate): any value one MOVN makes and no MOVZ. */
export const movedInverted: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const value = takeMoved(reader);
    if (value === undefined) return false;
    const content = inRegister(value, draft.wide === true);
    if (content !== undefined && encodeMoveWide(content, draft.wide === true) !== undefined) {
      return reader.failAt(offset, moveMessage(value));
    }
    return putMoved(reader, draft, value, offset, true);
  },
  print: (view) => printMoved(view, invert(BigInt(view.get('imm16')) << BigInt(view.get('hw') * 16), view.wide)),
};

function takeMoved(reader: OperandReader): bigint | undefined {
  const offset = reader.offset;
  const immediate = reader.immediate('an immediate');
  return immediate === undefined ? undefined : constantOf(reader, immediate, offset, 'immediate');
}

function putMoved(reader: OperandReader, draft: Draft, value: bigint, offset: number, inverted: boolean): boolean {
  const wide = draft.wide === true;
  const content = inRegister(value, wide);
  const moved = content === undefined ? undefined : encodeMoveWide(inverted ? invert(content, wide) : content, wide);
  if (moved === undefined) return reader.failAt(offset, moveMessage(value));
  draft.set('hw', moved.hw);
  draft.set('imm16', moved.imm16);
  return true;
}

/** The immediate of MOV (bitmask immediate): a bitmask that neither MOVZ nor MOVN makes, unless the target is SP. */
export const movedBitmask: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const value = takeMoved(reader);
    if (value === undefined) return false;
    const content = inRegister(value, draft.wide === true);
    const mask = content === undefined ? undefined : encodeBitmask(content, draft.wide === true);
    if (mask === undefined) return reader.failAt(offset, moveMessage(value));
    if (draft.get('Rd') !== 31 && isMoveWide(content!, draft.wide === true))
      return reader.failAt(offset, moveMessage(value));
    return putBitmask(reader, draft, value, offset);
  },
  print: (view) => printMoved(view, bitmaskOf(view)),
};
