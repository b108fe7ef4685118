/** Constants and what operators do to them: C11 6.3 conversions, 6.5 operators, at the widths of arm64. */
import type { Place } from '../source/source-file.ts';
import type { FunctionEntity, VariableEntity } from './scope.ts';
import type { BinaryOperator, Expr } from './syntax.ts';
import type { BareType, CType, FloatType, IntegerType } from './types.ts';
import {
  bare,
  boolType,
  intType,
  unsignedInt128Type,
  unsignedIntType,
  unsignedLongLongType,
  unsignedLongType,
} from './types.ts';

/** A constant's value: an integer or null-based pointer, a floating number, an address, or why it has none. */
export type Constant = bigint | number | AddressConstant | NotConstant;

/** The address of an object or function, known only to the linker. */
export class AddressConstant {
  readonly base: VariableEntity | FunctionEntity | Expr;
  readonly offset: bigint;

  constructor(base: VariableEntity | FunctionEntity | Expr, offset: bigint) {
    this.base = base;
    this.offset = offset;
  }
}

/** Why an expression is no constant; `reason` is a whole message. */
export class NotConstant {
  readonly reason: string;
  readonly at: Place;
  /** Evaluating it may change something, so that not even its value may be left unused. */
  readonly effect: boolean;

  constructor(reason: string, at: Place, effect = false) {
    this.reason = reason;
    this.at = at;
    this.effect = effect;
  }
}

/** `value` reduced to the width of `type`, as a conversion to it does (C11 6.3.1.3; GNU C wraps signed types too). */
export function wrap(value: bigint, type: IntegerType): bigint {
  if (type === boolType) return value === 0n ? 0n : 1n;
  const bits = type.size * 8;
  return type.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** The integer type an enumerated type or an integer type computes as; undefined for all other types. */
export function integerOf(type: CType): IntegerType | undefined {
  const at = bare(type);
  if (at.kind === 'integer') return at;
  return at.kind === 'enum' ? at.integer : undefined;
}

/** The integer promotions (C11 6.3.1.1, 2); `bitWidth` is given for a bit-field. */
export function promote(type: IntegerType, bitWidth?: number): IntegerType {
  if (type.rank < intType.rank) return intType;
  if (bitWidth !== undefined && type.rank >= intType.rank && bitWidth < 32) return intType;
  return type;
}

const UNSIGNED: ReadonlyMap<number, IntegerType> = new Map([
  [3, unsignedIntType],
  [4, unsignedLongType],
  [5, unsignedLongLongType],
  [6, unsignedInt128Type],
]);

/** The common type of two promoted integer types (C11 6.3.1.8). */
export function commonInteger(a: IntegerType, b: IntegerType): IntegerType {
  if (a.signed === b.signed) return a.rank >= b.rank ? a : b;
  const [unsigned, signed] = a.signed ? [b, a] : [a, b];
  if (unsigned.rank >= signed.rank) return unsigned;
  return signed.size > unsigned.size ? signed : UNSIGNED.get(signed.rank)!;
}

/**
 * `constant` converted from type `from` to type `to` (C11 6.3). `at` is where an expression that is no constant any
 * more is told to be none.
 */
export function convert(constant: Constant, from: CType, to: CType, at: Place): Constant {
  if (constant instanceof NotConstant) return constant;
  const target = bare(to);
  const integer = integerOf(target);
  if (integer !== undefined) return toInteger(constant, integer, at);
  if (target.kind === 'pointer') {
    if (typeof constant === 'bigint') return BigInt.asUintN(64, constant);
    return typeof constant === 'number' ? new NotConstant('a floating value is no pointer', at) : constant;
  }
  if (target.kind === 'float') return toFloat(constant, bare(from), target, at);
  return new NotConstant('a value of this type is no constant of a kind that is evaluated', at);
}

function toInteger(constant: bigint | number | AddressConstant, to: IntegerType, at: Place): Constant {
  if (typeof constant === 'bigint') return wrap(constant, to);
  if (constant instanceof AddressConstant) {
    if (to === boolType) return 1n;
    return to.size === 8 ? constant : new NotConstant('an address converted to another width is no constant', at);
  }
  if (to === boolType) return constant === 0 ? 0n : 1n;
  if (Number.isNaN(constant)) return 0n;
  const bits = BigInt(to.size * 8);
  const least = to.signed ? -(1n << (bits - 1n)) : 0n;
  const most = (to.signed ? 1n << (bits - 1n) : 1n << bits) - 1n;
  // GCC takes the nearest value the type has where the number lies outside.
  if (constant <= Number(least)) return least;
  return constant >= Number(most) ? most : BigInt(Math.trunc(constant));
}

const NO_QUAD = 'arithmetic in a floating type wider than double is not evaluated';

function toFloat(constant: bigint | number | AddressConstant, from: BareType, to: FloatType, at: Place): Constant {
  if (constant instanceof AddressConstant || from.kind === 'pointer') {
    return new NotConstant('a pointer is no floating value', at);
  }
  const value = Number(constant);
  if (to.size === 8) return value;
  if (to.size === 4) return Math.fround(value);
  const exact = to.size === 16 && (typeof constant === 'number' || BigInt(value) === constant);
  return exact ? value : new NotConstant(NO_QUAD, at);
}

/** The result of `left operator right`, both converted to `type`; comparisons give 0 or 1. */
export function integerOperation(
  operator: BinaryOperator,
  left: bigint,
  right: bigint,
  type: IntegerType,
  at: Place,
): Constant {
  switch (operator) {
    case '*':
      return wrap(left * right, type);
    case '+':
      return wrap(left + right, type);
    case '-':
      return wrap(left - right, type);
    case '/':
    case '%':
      if (right === 0n) return new NotConstant('division by zero', at);
      return wrap(operator === '/' ? left / right : left % right, type);
    case '&':
      return wrap(left & right, type);
    case '^':
      return wrap(left ^ right, type);
    case '|':
      return wrap(left | right, type);
    default:
      return comparison(operator, left, right, at);
  }
}

/** `left` shifted; the result has the type of the promoted left operand (C11 6.5.7). */
export function shift(operator: '<<' | '>>', left: bigint, right: bigint, type: IntegerType, at: Place): Constant {
  if (right < 0n || right >= BigInt(type.size * 8)) {
    return new NotConstant(`a shift of a ${type.size * 8}-bit value by ${right} bits is undefined`, at);
  }
  return wrap(operator === '<<' ? left << right : left >> right, type);
}

/** The result of an operator on floating numbers of `type`. */
export function floatOperation(
  operator: BinaryOperator,
  left: number,
  right: number,
  type: FloatType,
  at: Place,
): Constant {
  const round = (value: number): Constant => {
    if (type.size === 8) return value;
    return type.size === 4 ? Math.fround(value) : new NotConstant(NO_QUAD, at);
  };
  switch (operator) {
    case '*':
      return round(left * right);
    case '/':
      return round(left / right);
    case '+':
      return round(left + right);
    case '-':
      return round(left - right);
    default:
      return comparison(operator, left, right, at);
  }
}

function comparison(operator: BinaryOperator, left: bigint | number, right: bigint | number, at: Place): Constant {
  switch (operator) {
    case '<':
      return left < right ? 1n : 0n;
    case '>':
      return left > right ? 1n : 0n;
    case '<=':
      return left <= right ? 1n : 0n;
    case '>=':
      return left >= right ? 1n : 0n;
    case '==':
      return left === right ? 1n : 0n;
    case '!=':
      return left !== right ? 1n : 0n;
    default:
      return new NotConstant(`'${operator}' does not apply to these operands`, at);
  }
}
