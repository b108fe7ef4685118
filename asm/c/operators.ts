/** The unary, binary and conditional operators on typed operands (C11 6.5.3 to 6.5.17, with GNU C's extensions). */
import { SourceError } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import type { Constant } from './arithmetic.ts';
import {
  AddressConstant,
  commonInteger,
  convert,
  floatOperation,
  integerOf,
  integerOperation,
  NotConstant,
  promote,
  shift,
} from './arithmetic.ts';
import { sizeOf } from './layout.ts';
import type { BinaryOperator, UnaryOperator } from './syntax.ts';
import { typeText } from './type-text.ts';
import { decay, effect, isNullPointer, type Typed, unknown, value } from './typed.ts';
import type { CType, FloatType, IntegerType, PointerType } from './types.ts';
import { bare, intType, pointerDifferenceType, pointerTo, qualifiersOf, qualify, voidType } from './types.ts';

/** `operator operand`. */
export function unary(operator: UnaryOperator, operand: Typed, at: Place): Typed {
  switch (operator) {
    case '&':
      return addressOf(operand, at);
    case '*':
      return dereference(decay(operand), at);
    case '++':
    case '--':
      return effect(operand.type, at, `'${operator}' changes an object; that is no constant expression`);
    case '__real__':
    case '__imag__':
      return complexPart(operator, operand, at);
    case '!':
      return value(intType, at, () => negated(truth(decay(operand))));
    default:
      return arithmeticUnary(operator, decay(operand), at);
  }
}

/** `left operator right`. */
export function binary(operator: BinaryOperator, leftRaw: Typed, rightRaw: Typed, at: Place): Typed {
  const right = decay(rightRaw);
  if (operator === ',') return sequence(leftRaw, right, at);
  const left = decay(leftRaw);
  switch (operator) {
    case '&&':
    case '||':
      return logical(operator, left, right, at);
    case '<<':
    case '>>':
      return shifted(operator, left, right, at);
  }
  const comparing = COMPARISONS.has(operator);
  const a = bare(left.type);
  const b = bare(right.type);
  if (a.kind === 'pointer' || b.kind === 'pointer') {
    return comparing ? comparePointers(operator, left, right, at) : pointerArithmetic(operator, left, right, at);
  }
  const type = commonType(left, right, operator, at);
  const result = comparing && bare(type).kind !== 'vector' ? intType : type;
  return value(result, at, () => arithmetic(operator, left, right, type, at));
}

/** `test ? then : otherwise`; `then` undefined is GNU C's `test ?: otherwise`. */
export function conditional(testRaw: Typed, thenRaw: Typed | undefined, otherwiseRaw: Typed, at: Place): Typed {
  const test = decay(testRaw);
  const then = thenRaw === undefined ? test : decay(thenRaw);
  const otherwise = decay(otherwiseRaw);
  const type = conditionalType(then, otherwise, at);
  return value(type, at, () => {
    const chosen = truth(test);
    if (chosen instanceof NotConstant) return chosen;
    const branch = chosen === 1n ? then : otherwise;
    return convert(branch.constant(), branch.type, type, at);
  });
}

/** 1n or 0n, or why the truth of `typed` is not known. */
export function truth(typed: Typed): Constant {
  const constant = typed.constant();
  if (constant instanceof NotConstant) return constant;
  if (constant instanceof AddressConstant) return 1n;
  return constant === 0n || constant === 0 ? 0n : 1n;
}

const COMPARISONS: ReadonlySet<string> = new Set(['<', '>', '<=', '>=', '==', '!=']);

function negated(constant: Constant): Constant {
  if (constant instanceof NotConstant) return constant;
  return constant === 0n ? 1n : 0n;
}

function addressOf(operand: Typed, at: Place): Typed {
  if (operand.bitWidth !== undefined) throw new SourceError('a bit-field has no address', at);
  if (operand.address === undefined) throw new SourceError("'&' needs an object or a function", at);
  return { type: pointerTo(operand.type), at, constant: operand.address };
}

function dereference(pointer: Typed, at: Place): Typed {
  const type = bare(pointer.type);
  if (type.kind !== 'pointer') throw new SourceError(`'*' needs a pointer, not '${typeText(pointer.type)}'`, at);
  return object(type.to, at, () => pointer.constant());
}

/** An lvalue at `address`, whose value is read from memory and so is no constant. */
export function object(type: CType, at: Place, address: () => Constant): Typed {
  return {
    type,
    at,
    constant: () => new NotConstant('a value in memory is no constant', at),
    address,
  };
}

function complexPart(operator: string, operand: Typed, at: Place): Typed {
  const type = bare(operand.type);
  if (type.kind === 'complex') return unknown(type.part, at, 'a part of a complex number is not evaluated');
  if (operator === '__real__') return operand;
  return value(operand.type, at, () => convert(0n, intType, operand.type, at));
}

function arithmeticUnary(operator: string, operand: Typed, at: Place): Typed {
  const type = bare(operand.type);
  if (type.kind === 'vector' || type.kind === 'complex') {
    return unknown(type, at, 'an operation on a vector or complex number is not evaluated');
  }
  if (type.kind === 'float' && operator !== '~') {
    return value(type, at, () => {
      const constant = operand.constant();
      return typeof constant === 'number' && operator === '-' ? -constant : constant;
    });
  }
  const integer = integerOf(type);
  if (integer === undefined) throw wrongOperand(operator, operand, at);
  const promoted = promote(integer, operand.bitWidth);
  return value(promoted, at, () => {
    const constant = convert(operand.constant(), integer, promoted, at);
    if (operator === '+' || constant instanceof NotConstant) return constant;
    if (typeof constant !== 'bigint') return new NotConstant('arithmetic on an address is no integer constant', at);
    return convert(operator === '-' ? -constant : ~constant, promoted, promoted, at);
  });
}

function wrongOperand(operator: string, operand: Typed, at: Place): SourceError {
  return new SourceError(`'${operator}' does not apply to '${typeText(operand.type)}'`, at);
}

function sequence(left: Typed, right: Typed, at: Place): Typed {
  return value(right.type, at, () => {
    const first = left.constant();
    return first instanceof NotConstant && first.effect ? first : right.constant();
  });
}

function logical(operator: '&&' | '||', left: Typed, right: Typed, at: Place): Typed {
  return value(intType, at, () => {
    const first = truth(left);
    if (first instanceof NotConstant || first === (operator === '&&' ? 0n : 1n)) return first;
    return truth(right);
  });
}

function shifted(operator: '<<' | '>>', left: Typed, right: Typed, at: Place): Typed {
  const type = integerOf(left.type);
  const count = integerOf(right.type);
  if (type === undefined || count === undefined) {
    if (bare(left.type).kind === 'vector') return unknown(left.type, at, 'an operation on a vector is not evaluated');
    throw wrongOperand(operator, type === undefined ? left : right, at);
  }
  const promoted = promote(type, left.bitWidth);
  return value(promoted, at, () => {
    const a = convert(left.constant(), type, promoted, at);
    const b = right.constant();
    if (a instanceof NotConstant) return a;
    if (b instanceof NotConstant) return b;
    if (typeof a !== 'bigint' || typeof b !== 'bigint') return new NotConstant('a shifted address is no constant', at);
    return shift(operator, a, b, promoted, at);
  });
}

/** The usual arithmetic conversions (C11 6.3.1.8). */
function commonType(left: Typed, right: Typed, operator: string, at: Place): CType {
  const a = bare(left.type);
  const b = bare(right.type);
  if (a.kind === 'vector') return a;
  if (b.kind === 'vector') return b;
  if (a.kind === 'complex' || b.kind === 'complex') return commonComplex(a, b, left, right, operator, at);
  if (a.kind === 'float' && b.kind === 'float') return a.rank >= b.rank ? arithmeticFloat(a) : arithmeticFloat(b);
  const x = integerOf(a);
  const y = integerOf(b);
  if (a.kind === 'float' && y !== undefined) return arithmeticFloat(a);
  if (b.kind === 'float' && x !== undefined) return arithmeticFloat(b);
  if (x === undefined) throw wrongOperand(operator, left, at);
  if (y === undefined) throw wrongOperand(operator, right, at);
  return commonInteger(promote(x, left.bitWidth), promote(y, right.bitWidth));
}

/** `__fp16` is a storage format: arithmetic is done in float (Arm C Language Extensions, "Half-precision"). */
function arithmeticFloat(type: FloatType): FloatType {
  return type.name === '__fp16' ? { ...type, name: 'float', size: 4, rank: 1 } : type;
}

function commonComplex(a: CType, b: CType, left: Typed, right: Typed, operator: string, at: Place): CType {
  const x = a.kind === 'complex' ? a.part : a;
  const y = b.kind === 'complex' ? b.part : b;
  const part = commonType({ ...left, type: x }, { ...right, type: y }, operator, at);
  return { kind: 'complex', part: part as FloatType | IntegerType };
}

function arithmetic(operator: BinaryOperator, left: Typed, right: Typed, type: CType, at: Place): Constant {
  const common = bare(type);
  const a = convert(left.constant(), left.type, common, at);
  const b = convert(right.constant(), right.type, common, at);
  if (a instanceof NotConstant) return a;
  if (b instanceof NotConstant) return b;
  if (common.kind === 'integer' && typeof a === 'bigint' && typeof b === 'bigint') {
    return integerOperation(operator, a, b, common, at);
  }
  if (common.kind === 'float' && typeof a === 'number' && typeof b === 'number') {
    return floatOperation(operator, a, b, common, at);
  }
  return addressArithmetic(operator, a, b, at);
}

/** An address cast to an integer may still be moved, and two in one object compared. */
function addressArithmetic(operator: BinaryOperator, a: Constant, b: Constant, at: Place): Constant {
  if (a instanceof AddressConstant && typeof b === 'bigint') {
    if (operator === '+') return new AddressConstant(a.base, a.offset + b);
    if (operator === '-') return new AddressConstant(a.base, a.offset - b);
  }
  if (b instanceof AddressConstant && typeof a === 'bigint' && operator === '+') {
    return new AddressConstant(b.base, b.offset + a);
  }
  if (a instanceof AddressConstant && b instanceof AddressConstant && a.base === b.base) {
    return integerOperation(operator, a.offset, b.offset, pointerDifferenceType, at);
  }
  return new NotConstant('this arithmetic on an address is no constant', at);
}

function comparePointers(operator: BinaryOperator, left: Typed, right: Typed, at: Place): Typed {
  return value(intType, at, () => {
    const a = left.constant();
    const b = right.constant();
    if (a instanceof NotConstant) return a;
    if (b instanceof NotConstant) return b;
    if (typeof a === 'bigint' && typeof b === 'bigint') {
      const unsigned = (n: bigint) => BigInt.asUintN(64, n);
      return integerOperation(operator, unsigned(a), unsigned(b), intType, at);
    }
    // No object is at address 0.
    if (a === 0n || b === 0n) {
      if (operator === '==') return 0n;
      if (operator === '!=') return 1n;
    }
    return addressArithmetic(operator, a, b, at);
  });
}

/** Bytes that one step of a pointer moves; void and functions count as bytes in GNU C. */
function stepOf(pointer: PointerType, at: Place): bigint {
  return BigInt(sizeOf(pointer.to, at));
}

function pointerArithmetic(operator: BinaryOperator, left: Typed, right: Typed, at: Place): Typed {
  const a = bare(left.type);
  const b = bare(right.type);
  if (a.kind === 'pointer' && b.kind === 'pointer') {
    if (operator !== '-') throw wrongOperand(operator, left, at);
    return value(pointerDifferenceType, at, () => {
      const bytes = distance(left.constant(), right.constant(), at);
      const step = stepOf(a, at);
      if (typeof bytes !== 'bigint') return bytes;
      return step === 0n ? new NotConstant('the elements pointed to have no size', at) : bytes / step;
    });
  }
  const [pointer, index] = a.kind === 'pointer' ? [left, right] : [right, left];
  const type = bare(pointer.type) as PointerType;
  const moves = operator === '+' || (operator === '-' && pointer === left);
  if (!moves) throw wrongOperand(operator, pointer, at);
  if (integerOf(index.type) === undefined) throw wrongOperand(operator, index, at);
  return value(pointer.type, at, () => {
    const from = pointer.constant();
    const by = index.constant();
    if (by instanceof NotConstant) return by;
    if (from instanceof NotConstant) return from;
    if (typeof by !== 'bigint') return new NotConstant('this arithmetic on an address is no constant', at);
    const bytes = by * stepOf(type, at);
    return convert(moved(from, operator === '-' ? -bytes : bytes), pointer.type, pointer.type, at);
  });
}

/** Bytes from `b` to `a`, known where both are numbers or lie in one object. */
function distance(a: Constant, b: Constant, at: Place): Constant {
  if (a instanceof NotConstant) return a;
  if (b instanceof NotConstant) return b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return BigInt.asIntN(64, a - b);
  return addressArithmetic('-', a, b, at);
}

/** `from` moved by `bytes`. */
export function moved(from: Constant, bytes: bigint): Constant {
  if (typeof from === 'bigint') return from + bytes;
  return from instanceof AddressConstant ? new AddressConstant(from.base, from.offset + bytes) : from;
}

function conditionalType(then: Typed, otherwise: Typed, at: Place): CType {
  const a = bare(then.type);
  const b = bare(otherwise.type);
  if (a.kind === 'void' || b.kind === 'void') return voidType;
  if (a.kind === 'pointer' || b.kind === 'pointer') {
    if (b.kind !== 'pointer' || isNullPointer(otherwise)) return a.kind === 'pointer' ? then.type : otherwise.type;
    if (a.kind !== 'pointer' || isNullPointer(then)) return otherwise.type;
    const target = bare(a.to).kind === 'void' ? a.to : bare(b.to).kind === 'void' ? b.to : a.to;
    const x = qualifiersOf(a.to);
    const y = qualifiersOf(b.to);
    return pointerTo(
      qualify(target, {
        const: x.const || y.const,
        volatile: x.volatile || y.volatile,
        restrict: false,
        atomic: false,
      }),
    );
  }
  if (a.kind === 'record' || b.kind === 'record') {
    if (a === b) return then.type;
    throw new SourceError(`'${typeText(then.type)}' and '${typeText(otherwise.type)}' have no common type`, at);
  }
  return commonType(then, otherwise, '?:', at);
}
