/**
 * WebAssembly in its binary format, as far as translations need it (WebAssembly Core Specification 2.0, chapter 5 "Binary
 * Format"): integer instructions, structured control, and a module of one function on one imported memory.
 *
 * Operands stand before their instruction: the code of an expression is that of its parts, one after the other.
 */
import { sleb128, uleb128 } from '../../../asm/elf/leb128.ts';

/** Bytes, and pieces of code among them: joining pieces copies none. */
export type Code = readonly (number | Code)[];

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;

function unary(opcode: number): Unary {
  return (a) => [a, opcode];
}

function binary(opcode: number): Binary {
  return (a, b) => [a, b, opcode];
}

function unsigned(value: number): number[] {
  return uleb128(BigInt(value));
}

/**
 * The instructions of one integer type. Both types have them in the same order: comparisons from `compare` on, arithmetic
 * from `arithmetic` on.
 */
function integer(constant: number, bits: 32 | 64, compare: number, arithmetic: number, load: number, store: number) {
  return {
    bits,
    /** Any integer; the low `bits` bits of it count. */
    const: (value: bigint): Code => [constant, ...sleb128(BigInt.asIntN(bits, value))],
    eqz: unary(compare),
    eq: binary(compare + 1),
    ne: binary(compare + 2),
    ltS: binary(compare + 3),
    ltU: binary(compare + 4),
    geS: binary(compare + 9),
    geU: binary(compare + 10),
    clz: unary(arithmetic),
    add: binary(arithmetic + 3),
    sub: binary(arithmetic + 4),
    mul: binary(arithmetic + 5),
    divS: binary(arithmetic + 6),
    divU: binary(arithmetic + 7),
    and: binary(arithmetic + 10),
    or: binary(arithmetic + 11),
    xor: binary(arithmetic + 12),
    shl: binary(arithmetic + 13),
    shrS: binary(arithmetic + 14),
    shrU: binary(arithmetic + 15),
    rotl: binary(arithmetic + 16),
    rotr: binary(arithmetic + 17),
    /** The address is an i32; `offset` is added to it. */
    load: (address: Code, offset: number): Code => [address, load, 2, ...unsigned(offset)],
    store: (address: Code, value: Code, offset: number): Code => [address, value, store, 2, ...unsigned(offset)],
  };
}

export type Integer = ReturnType<typeof integer>;

export const i32: Integer = integer(0x41, 32, 0x45, 0x67, 0x28, 0x36);
export const i64: Integer = integer(0x42, 64, 0x50, 0x79, 0x29, 0x37);

export const wrap = unary(0xa7);
export const extendS = unary(0xac);
export const extendU = unary(0xad);

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, ...unsigned(local)];
export const tee = (local: number, value: Code): Code => [value, 0x22, ...unsigned(local)];
/** The first where `condition` (an i32) is not zero, else the second; both are evaluated. */
export const select = (first: Code, second: Code, condition: Code): Code => [first, second, condition, 0x1b];

const NO_RESULT = 0x40;
const END = 0x0b;

/** A branch to it goes on after it. */
export const block = (body: Code): Code => [0x02, NO_RESULT, body, END];
/** A branch to it begins it again. */
export const loop = (body: Code): Code => [0x03, NO_RESULT, body, END];
export const when = (condition: Code, then: Code): Code => [condition, 0x04, NO_RESULT, then, END];
/** A value of `type`: of only one of the expressions, as `condition` says. */
export const choose = ({ bits }: Integer, condition: Code, then: Code, otherwise: Code): Code => [
  ...[condition, 0x04, bits === 32 ? I32 : I64],
  ...[then, 0x05, otherwise, END],
];
/** A branch to the block or loop that encloses `depth` others (0: none) around the branch. */
export const branch = (depth: number): Code => [0x0c, ...unsigned(depth)];

const I32 = 0x7f;
const I64 = 0x7e;

/** Locals of the function beyond its parameters, which are numbered first: the i64 ones, then the i32 ones. */
export interface Locals {
  readonly i64: number;
  readonly i32: number;
}

/**
 * A module that imports the memory `state.cells` and exports the function `run`, which takes `parameters` numbers (i32), and
 * returns one.
 */
export function moduleOf(parameters: number, locals: Locals, body: Code): Uint8Array<ArrayBuffer> {
  const code = bytesOf([2, ...unsigned(locals.i64), I64, ...unsigned(locals.i32), I32, body, END]);
  const type = [0x60, ...vector(Array.from({ length: parameters }, () => [I32])), ...vector([[I32]])];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    // A memory of one page or more.
    ...section(2, [[...name('state'), ...name('cells'), 0x02, 0x00, 1]]),
    ...section(3, [[0]]),
    ...section(7, [[...name('run'), 0x00, 0]]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ]);
}

function bytesOf(code: Code, bytes: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === 'number') bytes.push(part);
    else bytesOf(part, bytes);
  }
  return bytes;
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return vector([...text].map((character) => [character.charCodeAt(0)]));
}
