/** Immediate operands: plain fields, and the packed immediates of data processing (Arm ARM C6.1.1). */
import { bitmaskMessage, encodeFixup, type FixupKind } from '../fixup.ts';
import type { Operand } from '../form.ts';
import { decodeBitmask, encodeBitmask, inRegister, invert } from '../immediates.ts';
import { OperandError } from '../operand-error.ts';
import type { Draft } from './draft.ts';
import type { Immediate, OperandReader } from './operand-reader.ts';
import type { WordView } from './word-view.ts';

/** The constant that `immediate` is; undefined, with the reason noted, where it is symbolic or out of range. */
export function constantIn(
  reader: OperandReader,
  immediate: Immediate,
  offset: number,
  low: bigint,
  high: bigint,
  what: string,
): bigint | undefined {
  const value = constantOf(reader, immediate, offset, what);
  if (value === undefined) return undefined;
  if (value < low || value > high) {
    reader.failAt(offset, `${what} ${value} out of range ${low} to ${high}`);
    return undefined;
  }
  return value;
}

/** The constant that `immediate` is, signed; undefined, with the reason noted, where it is symbolic. */
export function constantOf(
  reader: OperandReader,
  immediate: Immediate,
  offset: number,
  what: string,
): bigint | undefined {
  if (immediate.operator !== undefined) {
    reader.failAt(offset, `relocation operator :${immediate.operator}: is not allowed in this ${what}`);
    return undefined;
  }
  if ('symbolic' in immediate.value) {
    reader.failAt(offset, `${what} must be a constant`);
    return undefined;
  }
  return signed64(reader, immediate.value.constant, offset, what);
}

/** `value` as the 64-bit two's complement number it is to the assembler: 2^64 - 8 is -8. */
function signed64(reader: OperandReader, value: bigint, offset: number, what: string): bigint | undefined {
  const signed = BigInt.asIntN(64, value);
  if (value === signed || value === BigInt.asUintN(64, value)) return signed;
  reader.failAt(offset, `${what} ${value} does not fit in 64 bits`);
  return undefined;
}

/** Takes an immediate that must be a constant from `low` to `high`. */
export function takeConstant(reader: OperandReader, low: bigint, high: bigint, what: string): bigint | undefined {
  const offset = reader.offset;
  const immediate = reader.immediate(`${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`);
  return immediate === undefined ? undefined : constantIn(reader, immediate, offset, low, high, what);
}

/** Puts a value that is not known yet, or that a relocation operator stands before, into the draft as a fixup. */
export function deferImmediate(draft: Draft, kind: FixupKind, immediate: Immediate): true {
  const { value, operator } = immediate;
  const symbolic = 'symbolic' in value ? value.symbolic : value.constant;
  draft.fixup = operator === undefined ? { kind, symbolic } : { kind, symbolic, operator };
  return true;
}

/** Whether a value is known only later, and no relocation operator (which not every operand takes) stands before it. */
export function isLate({ value, operator }: Immediate): boolean {
  return 'symbolic' in value && operator === undefined;
}

/** How a field's number is printed: `#12`, `#0xc`. */
export type Radix = 'decimal' | 'hexadecimal';

export function printNumber(value: number | bigint, radix: Radix): string {
  return radix === 'decimal' ? `#${value}` : `#0x${value.toString(16)}`;
}

export interface FieldImmediate {
  readonly field: string;
  readonly radix: Radix;
  /** What messages call it. */
  readonly what?: string;
  /** log2 of the unit in which the field counts. */
  readonly scale?: number;
  /** The greatest value, where it is less than the field can hold; may depend on the register width. */
  readonly high?: (draft: Draft) => number;
}

/** `#<field>`: an unsigned constant. */
export function fieldImmediate({ field, radix, what = 'immediate', scale = 0, high }: FieldImmediate): Operand {
  return {
    encode(reader, draft) {
      const offset = reader.offset;
      const most = high?.(draft) ?? ((1 << draft.encoding.fields.get(field)!.width) - 1) << scale;
      const value = takeConstant(reader, 0n, BigInt(most), what);
      if (value === undefined) return false;
      const unit = 1 << scale;
      if (Number(value) % unit !== 0) return reader.failAt(offset, `${what} ${value} is not a multiple of ${unit}`);
      draft.set(field, Number(value) >> scale);
      return true;
    },
    print: (view) => printNumber(view.get(field) << scale, radix),
  };
}

/** `{#<field>}`: as fieldImmediate; left out, it is `preset`. */
export function optionalField(of: FieldImmediate, preset: number): Operand {
  const plain = fieldImmediate(of);
  return {
    encode(reader, draft) {
      if (!reader.done) return plain.encode(reader, draft);
      draft.set(of.field, preset);
      return true;
    },
    print: (view) => (view.get(of.field) === preset ? undefined : plain.print(view)),
  };
}

/** `#<shift>`, `#<lsb>`, ...: at most 31 for 32-bit registers, 63 for 64-bit ones. */
export function bitPosition(field: string, what: string): Operand {
  return fieldImmediate({ field, radix: 'decimal', what, high: (draft) => (draft.wide ? 63 : 31) });
}

/** `#<imm>{, <shift>}` of add and subtract: fields sh, imm12. */
export const addImmediate: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const immediate = reader.immediate('an immediate');
    if (immediate === undefined) return false;
    const shift = readShift12(reader);
    if (shift === undefined) return false;
    const { value, operator } = immediate;
    if (operator !== undefined && (draft.get('op') === 1 || draft.get('S') === 1)) {
      return reader.failAt(offset, `relocation operator :${operator}: is allowed in add alone`);
    }
    if (operator !== undefined || 'symbolic' in value) {
      if (shift === 12 || operator === 'tprel_hi12') draft.set('sh', 1);
      return deferImmediate(draft, 'add-imm12', immediate);
    }
    const constant = constantOf(reader, immediate, offset, 'immediate');
    if (constant === undefined) return false;
    if (shift === 'none') return fixNow(reader, draft, 'add-imm12', constant, offset);
    if (constant < -4095n || constant > 4095n) {
      return reader.failAt(offset, `immediate ${constant} out of range 0 to 4095`);
    }
    if (!fixNow(reader, draft, 'add-imm12', constant, offset)) return false;
    draft.set('sh', shift === 12 ? 1 : 0);
    return true;
  },
  print(view) {
    const text = printNumber(view.get('imm12'), 'hexadecimal');
    return view.get('sh') === 1 ? `${text}, lsl #12` : text;
  },
};

function readShift12(reader: OperandReader): 0 | 12 | 'none' | undefined {
  if (reader.done) return 'none';
  const offset = reader.offset;
  const shift = reader.modifier(['lsl']);
  if (shift?.amount === undefined) {
    reader.expected('lsl #0 or lsl #12');
    return undefined;
  }
  const amount = constantIn(reader, shift.amount, offset, 0n, 12n, 'shift amount');
  if (amount === undefined) return undefined;
  if (amount === 0n) return 0;
  if (amount === 12n) return 12;
  reader.failAt(offset, `shift amount ${amount} must be 0 or 12`);
  return undefined;
}

/** Puts a constant in by the rule for late values; its complaint becomes this operand's. */
export function fixNow(
  reader: OperandReader,
  draft: Draft,
  kind: FixupKind,
  value: bigint,
  offset: number,
  operator?: string,
): boolean {
  try {
    draft.word = encodeFixup(draft.word, kind, value, operator);
    return true;
  } catch (error) {
    if (error instanceof OperandError) return reader.failAt(offset, error.message);
    throw error;
  }
}

/** `#<imm>` of the logical instructions: fields N, immr, imms. */
export const bitmaskImmediate: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const immediate = reader.immediate('an immediate');
    if (immediate === undefined) return false;
    if (isLate(immediate)) return deferImmediate(draft, 'logical-imm', immediate);
    const value = constantOf(reader, immediate, offset, 'immediate');
    if (value === undefined) return false;
    return putBitmask(reader, draft, value, offset);
  },
  print: (view) => `#0x${bitmaskOf(view).toString(16)}`,
};

/** Puts `value` into N, immr and imms; notes why where it is no bitmask. */
export function putBitmask(reader: OperandReader, draft: Draft, value: bigint, offset: number): boolean {
  const wide = draft.wide === true;
  const content = inRegister(value, wide);
  const mask = content === undefined ? undefined : encodeBitmask(content, wide);
  if (mask === undefined) return reader.failAt(offset, bitmaskMessage(value));
  draft.set('N', mask.N);
  draft.set('immr', mask.immr);
  draft.set('imms', mask.imms);
  return true;
}

/** The value of N, immr and imms. */
export function bitmaskOf(view: WordView): bigint {
  const fields = { N: view.get('N'), immr: view.get('immr'), imms: view.get('imms') };
  return decodeBitmask(fields, view.wide)!;
}

/** The immediate of SVC, HVC, SMC, BRK, HLT, DCPS: field imm16. */
export const exceptionImmediate: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const immediate = reader.immediate('an immediate');
    if (immediate === undefined) return false;
    if (isLate(immediate)) return deferImmediate(draft, 'exception16', immediate);
    const value = constantIn(reader, immediate, offset, 0n, 0xffffn, 'immediate');
    if (value === undefined) return false;
    draft.set('imm16', Number(value));
    return true;
  },
  print: (view) => printNumber(view.get('imm16'), 'hexadecimal'),
};

/** The immediate of UDF: field imm16, at the bottom of the word. */
export const undefinedImmediate: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const immediate = reader.immediate('an immediate');
    if (immediate === undefined) return false;
    if (isLate(immediate)) return deferImmediate(draft, 'undefined16', immediate);
    const value = constantIn(reader, immediate, offset, 0n, 0xffffn, 'immediate');
    if (value === undefined) return false;
    draft.set('imm16', Number(value));
    return true;
  },
  print: (view) => printNumber(view.get('imm16'), 'decimal'),
};

/** `{#<imm>}` of DCPS1 to DCPS3. */
export const optionalException: Operand = {
  encode(reader, draft) {
    return reader.done || exceptionImmediate.encode(reader, draft);
  },
  print: (view) => (view.get('imm16') === 0 ? undefined : exceptionImmediate.print(view)),
};

/** `#<imm>` of BIC (immediate): the inverse of an AND's bitmask. */
export const invertedBitmask: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const immediate = reader.immediate('an immediate');
    const value = immediate === undefined ? undefined : constantOf(reader, immediate, offset, 'immediate');
    if (value === undefined) return false;
    const content = inRegister(value, draft.wide === true);
    if (content === undefined) return reader.failAt(offset, bitmaskMessage(value));
    return putBitmask(reader, draft, invert(content, draft.wide === true), offset);
  },
  print: (view) => `#0x${invert(bitmaskOf(view), view.wide).toString(16)}`,
};

/** `#<imm>` of TBZ and TBNZ: the bit number, its bit 5 in b5 and the rest in b40. */
export const testedBit: Operand = {
  encode(reader, draft) {
    const value = takeConstant(reader, 0n, draft.wide ? 63n : 31n, 'bit number');
    if (value === undefined) return false;
    draft.set('b5', Number(value) >> 5);
    draft.set('b40', Number(value) & 31);
    return true;
  },
  print: (view) => `#${(view.get('b5') << 5) | view.get('b40')}`,
};
