/** The 8-bit immediates of FMOV, MOVI and MVNI (Arm ARM C7.2; shared pseudocode VFPExpandImm, AdvSIMDExpandImm). */
import type { Operand } from '../form.ts';
import { decodeByteMask, decodeFloat8, encodeByteMask, encodeFloat8 } from '../immediates.ts';
import type { Draft } from './draft.ts';
import { constantIn, takeConstant } from './immediate.ts';
import type { WordView } from './word-view.ts';

/** The number a floating-point literal stands for: decimal, or the bits of a single-precision number in hexadecimal. */
function parseFloatLiteral(text: string): number | undefined {
  if (/^[-+]?0x[0-9a-f]{1,8}$/i.test(text)) {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, Number.parseInt(text.replace(/^[-+]/, ''), 16));
    return view.getFloat32(0);
  }
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return undefined;
  return Number(text);
}

/** C's `%.18e`, exact for the numbers an 8-bit immediate can stand for. */
function exponentForm(value: number): string {
  const [mantissa, exponent] = value.toExponential(18).split('e') as [string, string];
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

function imm8Of(view: WordView): number {
  return view.encoding.fields.has('imm8') ? view.get('imm8') : (view.get('abc') << 5) | view.get('defgh');
}

function putImm8(draft: Draft, imm8: number): void {
  if (draft.has('imm8')) draft.set('imm8', imm8);
  else {
    draft.set('abc', imm8 >> 5);
    draft.set('defgh', imm8 & 31);
  }
}

/** `#<imm>` of FMOV (immediate): an 8-bit floating-point number. */
export const floatImmediate: Operand = {
  encode(reader, draft) {
    const text = reader.peekText();
    const value = text === undefined ? undefined : parseFloatLiteral(text);
    if (value === undefined) return reader.expected('a floating-point number');
    const imm8 = encodeFloat8(value);
    if (imm8 === undefined) {
      return reader.fail(
        `floating-point number ${text} is not n/16 times a power of two from 2^-3 to 2^4, 16 <= n <= 31`,
      );
    }
    putImm8(draft, imm8);
    reader.skip();
    return true;
  },
  print: (view) => `#${exponentForm(decodeFloat8(imm8Of(view)))}`,
};

/** `#<imm8>{, LSL #<amount>}` of MOVI and MVNI; `amounts` by the value of cmode's amount bits, `lsb` of cmode. */
function shiftedImm8(name: 'lsl' | 'msl' | undefined, amounts: readonly number[], lsb: number): Operand {
  return {
    encode(reader, draft) {
      const value = takeConstant(reader, -128n, 255n, 'immediate');
      if (value === undefined) return false;
      putImm8(draft, Number(value & 0xffn));
      if (reader.done) return name !== 'msl' || reader.expected('msl #8 or msl #16');
      if (name === undefined) return reader.fail('unexpected operand');
      const offset = reader.offset;
      const shift = reader.modifier([name]);
      if (shift?.amount === undefined) return reader.expected(`${name} and an amount`);
      const amount = constantIn(reader, shift.amount, offset, 0n, 24n, 'shift amount');
      if (amount === undefined) return false;
      const code = amounts.indexOf(Number(amount));
      if (code < 0) return reader.failAt(offset, `shift amount ${amount} must be one of ${amounts.join(', ')}`);
      const clear = draft.get('cmode') & ~((amounts.length - 1) << lsb);
      draft.set('cmode', clear | (code << lsb));
      return true;
    },
    print(view) {
      const amount = amounts[(view.get('cmode') >> lsb) & (amounts.length - 1)]!;
      const text = `#0x${imm8Of(view).toString(16)}`;
      return name === undefined || (amount === 0 && name === 'lsl') ? text : `${text}, ${name} #${amount}`;
    },
  };
}

/** `#<imm>` of 64-bit MOVI: every byte 0x00 or 0xff. */
const byteMask: Operand = {
  encode(reader, draft) {
    const offset = reader.offset;
    const value = takeConstant(reader, -(1n << 63n), (1n << 64n) - 1n, 'immediate');
    if (value === undefined) return false;
    const imm8 = encodeByteMask(BigInt.asUintN(64, value));
    if (imm8 === undefined) return reader.failAt(offset, 'every byte of the immediate must be 0x00 or 0xff');
    putImm8(draft, imm8);
    return true;
  },
  print: (view) => `#0x${decodeByteMask(imm8Of(view)).toString(16)}`,
};

/** Immediates by their notation in the table. */
export const vectorImmediates: Readonly<Record<string, Operand>> = {
  '#<fimm>': floatImmediate,
  '#<imm8>': shiftedImm8(undefined, [0], 0),
  '#<imm8>{, LSL #<0|8>}': shiftedImm8('lsl', [0, 8], 1),
  '#<imm8>{, LSL #<0|8|16|24>}': shiftedImm8('lsl', [0, 8, 16, 24], 1),
  '#<imm8>, MSL #<8|16>': shiftedImm8('msl', [8, 16], 0),
  '#<imm64>': byteMask,
};
