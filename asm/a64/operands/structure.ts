/** The operands of LD1 to LD4, ST1 to ST4 and LD1R to LD4R: register lists, lanes, increments (Arm ARM C7.2). */
import type { Operand, RegisterOperand } from '../form.ts';
import { generalName, type Register } from '../registers.ts';
import type { Draft } from './draft.ts';
import { constantIn, takeConstant } from './immediate.ts';
import type { OperandReader } from './operand-reader.ts';
import { arrangementCodes, arrangementOf, putArrangement, sizeLetters } from './vector.ts';
import type { WordView } from './word-view.ts';

const list = /^\{<Vt>\.<T> x([1-4])\}( interleaved)?$/;
const lane = /^\{<Vt>\.([BHSD]) x([1-4])\}\[<index>\]$/;
const increment = /^#<([1-4]) (vectors|elements|B|H|S|D)>$/;

/**
 * Notations with a number in them: `{<Vt>.<T> x3}` a list of three vectors, `{<Vt>.H x2}[<index>]` a lane of two, `#<4 vectors>`
 * and `#<2 H>` the bytes they transfer. Undefined for any other notation.
 */
export function structureNotation(notation: string): Operand | undefined {
  const whole = list.exec(notation);
  if (whole !== null) return vectorList(Number(whole[1]), whole[2] !== undefined);
  const single = lane.exec(notation);
  if (single !== null) return laneList(Number(single[2]), single[1]!.toLowerCase() as 'b');
  const bytes = increment.exec(notation);
  if (bytes === null) return undefined;
  const count = Number(bytes[1]);
  if (bytes[2] === 'vectors') return transferSize(wholeVectors(count));
  const size = 'BHSD'.indexOf(bytes[2]!);
  return transferSize(elements(count, size < 0 ? undefined : size));
}

/** Bytes of `count` whole vectors: 16 each where Q is set, else 8. */
function wholeVectors(count: number) {
  return (of: WordView | Draft): number => count * (of.get('Q') === 1 ? 16 : 8);
}

/** Bytes of one element for each of `count` registers, of a size in the syntax or in the size field. */
function elements(count: number, size: number | undefined) {
  return (of: WordView | Draft): number => count << (size ?? of.get('size'));
}

interface RegisterList {
  readonly first: Register;
  /** What follows the closing brace, and where it begins. */
  readonly after: string;
  readonly afterOffset: number;
}

const LIST = 'a list of consecutive vector registers (% long)';

/** Takes `{v0.8b, v1.8b}` or `{v0.8b-v1.8b}`: `count` registers one after another, all of one arrangement. */
function takeList(
  reader: OperandReader,
  count: number,
  accepts: (arrangement: string) => boolean,
): RegisterList | undefined {
  const start = reader.offset;
  const found = reader.registerList(LIST, String(count));
  if (found === undefined) return undefined;
  const first = found.registers[0]!;
  const follows = found.registers.every(
    (register, i) => register.number === ((first.number + i) & 31) && register.arrangement === first.arrangement,
  );
  if (found.registers.length !== count || !follows || first.class !== 'v' || !accepts(first.arrangement)) {
    reader.expectedAt(start, LIST, String(count));
    return undefined;
  }
  return { first, after: found.after, afterOffset: found.afterOffset };
}

/** A list as objdump prints it: with a hyphen where it is longer than two and does not wrap round. */
function printList(first: number, count: number, arrangement: string): string {
  const last = (first + count - 1) & 31;
  if (count > 2 && last > first) return `{v${first}.${arrangement}-v${last}.${arrangement}}`;
  const names = Array.from({ length: count }, (_, i) => `v${(first + i) & 31}.${arrangement}`);
  return `{${names.join(', ')}}`;
}

function listRegisters(count: number, merged: boolean): RegisterOperand[] {
  return [{ field: 'Rt', bank: 'v', count: () => count, merged }];
}

/** `{ <Vt>.<T>, ... }`: fields Q, size. `.1D` where elements are not interleaved (LD1, ST1, LDnR). */
function vectorList(count: number, interleaved: boolean): Operand {
  const accepts = (arrangement: string) => arrangementCodes.has(arrangement) && !(interleaved && arrangement === '1d');
  return {
    registers: listRegisters(count, false),
    encode(reader, draft) {
      if (!reader.trailedBy('')) return false;
      const found = takeList(reader, count, accepts);
      if (found === undefined) return false;
      const { size, Q } = arrangementCodes.get(found.first.arrangement)!;
      putArrangement(draft, 'size:Q', size, Q);
      draft.set('Rt', found.first.number);
      return true;
    },
    print: (view) => printList(view.get('Rt'), count, arrangementOf(view, 'size:Q')),
  };
}

/**
 * `{ <Vt>.<Ts>, ... }[<index>]`: a lane of `count` registers, its number in the top bits of Q:S:size that the element size
 * leaves free.
 */
function laneList(count: number, letter: 'b' | 'h' | 's' | 'd'): Operand {
  const size = sizeLetters.indexOf(letter);
  return {
    registers: listRegisters(count, true),
    encode(reader, draft) {
      const found = takeList(reader, count, (arrangement) => arrangement === letter);
      if (found === undefined) return false;
      const index = reader.bracketedIndex(found.after, found.afterOffset);
      if (index === undefined) return false;
      const number = constantIn(reader, index, found.afterOffset, 0n, BigInt((16 >> size) - 1), 'element index');
      if (number === undefined) return false;
      putLane(draft, size, Number(number));
      draft.set('Rt', found.first.number);
      return true;
    },
    print(view) {
      const bits = (view.get('Q') << 3) | (view.get('S') << 2) | view.get('size');
      return `${printList(view.get('Rt'), count, letter)}[${bits >> size}]`;
    },
  };
}

function putLane(draft: Draft, size: number, number: number): void {
  // Of the bits the lane leaves free in `size`, 01 tells a doubleword from a word.
  const bits = (number << size) | (size === 3 ? 1 : 0);
  draft.set('Q', bits >> 3);
  draft.set('S', (bits >> 2) & 1);
  draft.set('size', bits & 3);
}

/** `<imm>` after a structure's address: the bytes it transfers, written Rm = 31. */
function transferSize(bytes: (of: WordView | Draft) => number): Operand {
  return {
    encode(reader, draft) {
      const offset = reader.offset;
      const expected = bytes(draft);
      const value = takeConstant(reader, 0n, 64n, 'post-increment');
      if (value === undefined) return false;
      if (Number(value) !== expected) return reader.failAt(offset, `post-increment ${value} must be ${expected}`);
      draft.set('Rm', 31);
      return true;
    },
    print: (view) => `#${bytes(view)}`,
  };
}

/** `<Xm>` after a structure's address: any register but XZR, which stands for the immediate form. */
export const structureIncrement: Operand = {
  registers: [{ field: 'Rm', bank: 'x' }],
  encode(reader, draft) {
    const register = reader.peekRegister();
    if (register?.class !== 'x' || register.number === 31) return reader.expected('a 64-bit general register');
    draft.set('Rm', register.number);
    reader.skip();
    return true;
  },
  print: (view) => generalName(view.get('Rm'), true),
};
