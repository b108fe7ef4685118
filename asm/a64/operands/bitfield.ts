/** The shift, lsb and width operands of the aliases of SBFM, BFM, UBFM and EXTR (Arm ARM C6.2, "ASR (immediate)" to "UXTH"). */
import type { Operand } from '../form.ts';
import type { Draft } from './draft.ts';
import { takeConstant } from './immediate.ts';
import type { WordView } from './word-view.ts';

function sizeOf(of: Draft | WordView): number {
  return of.wide ? 64 : 32;
}

/** `#<shift>` of LSL (immediate): immr is -shift modulo the size, imms is size - 1 - shift. */
export const leftShift: Operand = {
  encode(reader, draft) {
    const size = sizeOf(draft);
    const shift = takeConstant(reader, 0n, BigInt(size - 1), 'shift amount');
    if (shift === undefined) return false;
    draft.set('immr', (size - Number(shift)) % size);
    draft.set('imms', size - 1 - Number(shift));
    return true;
  },
  print: (view) => `#${sizeOf(view) - 1 - view.get('imms')}`,
};

/** `#<shift>` of LSR and ASR (immediate): immr is the shift, imms is size - 1. */
export const rightShift: Operand = {
  encode(reader, draft) {
    const size = sizeOf(draft);
    const shift = takeConstant(reader, 0n, BigInt(size - 1), 'shift amount');
    if (shift === undefined) return false;
    draft.set('immr', Number(shift));
    draft.set('imms', size - 1);
    return true;
  },
  print: (view) => `#${view.get('immr')}`,
};

/** `#<lsb>, #<width>` of BFI, BFC, SBFIZ, UBFIZ: immr is -lsb modulo the size, imms is width - 1. */
export const insertedField: Operand = {
  encode(reader, draft) {
    const size = sizeOf(draft);
    const lsb = takeConstant(reader, 0n, BigInt(size - 1), 'lsb');
    if (lsb === undefined) return false;
    const width = takeConstant(reader, 1n, BigInt(size) - lsb, 'width');
    if (width === undefined) return false;
    draft.set('immr', (size - Number(lsb)) % size);
    draft.set('imms', Number(width) - 1);
    return true;
  },
  print(view) {
    const size = sizeOf(view);
    return `#${(size - view.get('immr')) % size}, #${view.get('imms') + 1}`;
  },
};

/** `#<lsb>, #<width>` of BFXIL, SBFX, UBFX: immr is lsb, imms is lsb + width - 1. */
export const extractedField: Operand = {
  encode(reader, draft) {
    const size = sizeOf(draft);
    const lsb = takeConstant(reader, 0n, BigInt(size - 1), 'lsb');
    if (lsb === undefined) return false;
    const width = takeConstant(reader, 1n, BigInt(size) - lsb, 'width');
    if (width === undefined) return false;
    draft.set('immr', Number(lsb));
    draft.set('imms', Number(lsb + width) - 1);
    return true;
  },
  print(view) {
    const lsb = view.get('immr');
    return `#${lsb}, #${view.get('imms') - lsb + 1}`;
  },
};
