/** GNU C's built-in functions that have a constant value (GCC manual, "Other Built-in Functions Provided by GCC"). */

import { SourceError } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import type { Constant } from './arithmetic.ts';
import { AddressConstant, convert, integerOf, NotConstant, wrap } from './arithmetic.ts';
import { stringLiteral } from './literals.ts';
import { decay, effect, type Typed, value } from './typed.ts';
import type { CType, IntegerType } from './types.ts';
import {
  bare,
  doubleType,
  floatType,
  intType,
  longLongType,
  longType,
  pointerTo,
  sizeType,
  unsignedInt128Type,
  unsignedIntType,
  unsignedLongLongType,
  unsignedLongType,
  unsignedShortType,
  voidType,
} from './types.ts';

/** Whether `name` is a built-in function that `callBuiltin` knows. */
export function isBuiltin(name: string): boolean {
  return BUILTINS.has(name);
}

/** The value of the built-in function `name` for `args`. Throws SourceError for a wrong number of arguments. */
export function callBuiltin(name: string, args: readonly Typed[], at: Place): Typed {
  const builtin = BUILTINS.get(name)!;
  if (args.length < builtin.arity) {
    throw new SourceError(`'${name}' takes ${builtin.arity} arguments, not ${args.length}`, at);
  }
  return builtin.call(args, at);
}

interface Builtin {
  readonly arity: number;
  call(args: readonly Typed[], at: Place): Typed;
}

/** A function of one integer of type `from`; `compute` gets its value and its width in bits. */
function ofInteger(
  from: IntegerType,
  result: IntegerType,
  compute: (n: bigint, bits: number) => bigint | undefined,
): Builtin {
  return {
    arity: 1,
    call: (args, at) =>
      value(result, at, () => {
        const n = convert(args[0]!.constant(), args[0]!.type, from, at);
        if (typeof n !== 'bigint') return n instanceof NotConstant ? n : new NotConstant('an address is no number', at);
        const computed = compute(n, from.size * 8);
        return computed ?? new NotConstant('the built-in function is undefined for 0', at);
      }),
  };
}

/** A function whose result is no constant; it may have an effect. */
function opaque(type: CType, arity: number): Builtin {
  return {
    arity,
    call: (_args, at) => effect(type, at, 'a function call is no constant expression'),
  };
}

function constantNumber(type: CType, number: number): Builtin {
  return { arity: 0, call: (_args, at) => value(type, at, () => number) };
}

/** `__builtin_constant_p`: 1 where the argument's value is known, as GCC has it for numbers and string literals. */
const constantP: Builtin = {
  arity: 1,
  call: ([arg], at) =>
    value(intType, at, () => {
      const constant = decay(arg!).constant();
      if (constant instanceof NotConstant) return 0n;
      if (constant instanceof AddressConstant) return 'op' in constant.base && constant.offset === 0n ? 1n : 0n;
      return 1n;
    }),
};

const expectBuiltin: Builtin = {
  arity: 2,
  call: ([arg], at) => value(longType, at, () => convert(decay(arg!).constant(), arg!.type, longType, at)),
};

const first: Builtin = { arity: 1, call: ([arg]) => decay(arg!) };

const stringLength: Builtin = {
  arity: 1,
  call: ([arg], at) =>
    value(sizeType, at, (): Constant => {
      const constant = decay(arg!).constant();
      if (constant instanceof AddressConstant && 'op' in constant.base && constant.base.op === 'string') {
        const units = [...stringLiteral(constant.base.tokens).units, 0];
        const end = units.indexOf(0, Number(constant.offset));
        if (constant.offset >= 0n && end >= 0) return BigInt(end) - constant.offset;
      }
      return new NotConstant('the length of a string is constant only for a string literal', at);
    }),
};

/** `__builtin_add_overflow_p` and its kin: whether the exact result does not fit the third argument's type. */
function overflows(compute: (a: bigint, b: bigint) => bigint): Builtin {
  return {
    arity: 3,
    call: ([left, right, model], at) =>
      value(intType, at, () => {
        const type = integerOf(model!.type);
        const a = left!.constant();
        const b = right!.constant();
        if (type === undefined || typeof a !== 'bigint' || typeof b !== 'bigint') {
          return new NotConstant('the overflow of these operands is not known', at);
        }
        const exact = compute(a, b);
        const fitted =
          model!.bitWidth === undefined ? wrap(exact, type) : wrap(exact, { ...type, size: model!.bitWidth / 8 });
        return fitted === exact ? 0n : 1n;
      }),
  };
}

/** The classes that `__builtin_classify_type` tells apart (GCC's typeclass.h). */
const classify: Builtin = {
  arity: 1,
  call: ([arg], at) =>
    value(intType, at, () => {
      const type = bare(decay(arg!).type);
      switch (type.kind) {
        case 'void':
          return 0n;
        case 'pointer':
          return 5n;
        case 'float':
          return 8n;
        case 'complex':
          return 9n;
        case 'record':
          return type.union ? 13n : 12n;
        case 'vector':
          return 19n;
        default:
          return 1n;
      }
    }),
};

function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(2).length;
}

function ones(n: bigint): bigint {
  return BigInt(n.toString(2).replace(/0/g, '').length);
}

function trailingZeros(n: bigint): number {
  return bitLength(n & -n) - 1;
}

function reverseBytes(n: bigint, bits: number): bigint {
  let reversed = 0n;
  for (let i = 0; i < bits; i += 8) reversed = (reversed << 8n) | ((n >> BigInt(i)) & 0xffn);
  return reversed;
}

const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ...bitFunctions(),
  ['__builtin_bswap16', ofInteger(unsignedShortType, unsignedShortType, reverseBytes)],
  ['__builtin_bswap32', ofInteger(unsignedIntType, unsignedIntType, reverseBytes)],
  ['__builtin_bswap64', ofInteger(unsignedLongType, unsignedLongType, reverseBytes)],
  ['__builtin_bswap128', ofInteger(unsignedInt128Type, unsignedInt128Type, reverseBytes)],
  ['__builtin_abs', ofInteger(intType, intType, (n) => wrap(n < 0n ? -n : n, intType))],
  ['__builtin_labs', ofInteger(longType, longType, (n) => wrap(n < 0n ? -n : n, longType))],
  ['__builtin_llabs', ofInteger(longLongType, longLongType, (n) => wrap(n < 0n ? -n : n, longLongType))],
  ['__builtin_constant_p', constantP],
  ['__builtin_expect', expectBuiltin],
  ['__builtin_expect_with_probability', expectBuiltin],
  [
    '__builtin_assume_aligned',
    {
      arity: 2,
      call: ([arg]) => ({ ...decay(arg!), type: pointerTo(voidType) }),
    },
  ],
  ['__builtin_launder', first],
  ['__builtin_strlen', stringLength],
  ['__builtin_add_overflow_p', overflows((a, b) => a + b)],
  ['__builtin_sub_overflow_p', overflows((a, b) => a - b)],
  ['__builtin_mul_overflow_p', overflows((a, b) => a * b)],
  ['__builtin_classify_type', classify],
  ['__builtin_huge_val', constantNumber(doubleType, Number.POSITIVE_INFINITY)],
  ['__builtin_huge_valf', constantNumber(floatType, Number.POSITIVE_INFINITY)],
  ['__builtin_inf', constantNumber(doubleType, Number.POSITIVE_INFINITY)],
  ['__builtin_inff', constantNumber(floatType, Number.POSITIVE_INFINITY)],
  ['__builtin_nan', constantNumber(doubleType, Number.NaN)],
  ['__builtin_nanf', constantNumber(floatType, Number.NaN)],
  ...opaqueFunctions(),
]);

/** The bit-counting functions, each for int, long (`l`) and long long (`ll`). */
function bitFunctions(): [string, Builtin][] {
  const rows: [string, Builtin][] = [];
  const widths = [
    ['', unsignedIntType, intType],
    ['l', unsignedLongType, longType],
    ['ll', unsignedLongLongType, longLongType],
  ] as const;
  for (const [suffix, unsigned, signed] of widths) {
    const add = (name: string, from: IntegerType, compute: (n: bigint, bits: number) => number | undefined) => {
      const widened = (n: bigint, bits: number) => {
        const counted = compute(n, bits);
        return counted === undefined ? undefined : BigInt(counted);
      };
      rows.push([`__builtin_${name}${suffix}`, ofInteger(from, intType, widened)]);
    };
    add('clz', unsigned, (n, bits) => (n === 0n ? undefined : bits - bitLength(n)));
    add('ctz', unsigned, (n) => (n === 0n ? undefined : trailingZeros(n)));
    add('ffs', unsigned, (n) => (n === 0n ? 0 : trailingZeros(n) + 1));
    add('popcount', unsigned, (n) => Number(ones(n)));
    add('parity', unsigned, (n) => Number(ones(n) & 1n));
    add('clrsb', signed, (n, bits) => bits - 1 - bitLength(n < 0n ? ~n : n));
  }
  return rows;
}

/** Functions whose type is known but whose value is not: `typeof` and `sizeof` may still name them. */
function opaqueFunctions(): [string, Builtin][] {
  const pointer = pointerTo(voidType);
  const rows: [string, CType, number][] = [
    ['alloca', pointer, 1],
    ['frame_address', pointer, 1],
    ['return_address', pointer, 1],
    ['extract_return_addr', pointer, 1],
    ['memcpy', pointer, 3],
    ['memmove', pointer, 3],
    ['memset', pointer, 3],
    ['memcmp', intType, 3],
    ['strcmp', intType, 2],
    ['strncmp', intType, 3],
    ['object_size', sizeType, 2],
    ['dynamic_object_size', sizeType, 2],
    ['unreachable', voidType, 0],
    ['trap', voidType, 0],
    ['prefetch', voidType, 1],
    ['add_overflow', intType, 3],
    ['sub_overflow', intType, 3],
    ['mul_overflow', intType, 3],
    ['va_start', voidType, 2],
    ['va_end', voidType, 1],
    ['va_copy', voidType, 2],
  ];
  return rows.map(([name, type, arity]) => [`__builtin_${name}`, opaque(type, arity)]);
}
