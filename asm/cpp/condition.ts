/**
 * #if expressions (C11 6.10.1, 6.6): integers of intmax_t and uintmax_t, which are 64 bits wide.
 */
import type { Place } from '../source/source-file.ts';
import { characterValue } from './character-constant.ts';
import type { PpToken } from './pp-token.ts';
import * as spelling from './spelling.ts';

/** A value of a #if expression: a signed one lies in -2^63 .. 2^63-1, an unsigned one in 0 .. 2^64-1. */
export interface ConditionValue {
  readonly value: bigint;
  readonly unsigned: boolean;
}

/** A fault in an expression. */
export class ConditionFault extends Error {
  readonly place: Place | undefined;

  constructor(message: string, place: Place | undefined) {
    super(message);
    this.place = place;
  }
}

export interface ConditionSource {
  /** The next token after macro replacement; one of kind `end` after the last. */
  next(): PpToken;
  /** Reads the operand of `defined` and tells whether it is. */
  defined(): boolean;
  warn(message: string, place: Place): void;
}

/** The deepest nesting of parentheses and operators. */
export const NESTING_LIMIT = 256;

/** The value of the expression that `source` gives, all of it. Throws ConditionFault. */
export function evaluateCondition(source: ConditionSource): ConditionValue {
  const evaluator = new Evaluator(source);
  return evaluator.run();
}

/** Binary operators and how tightly they bind (C11 6.5.5 to 6.5.14). */
const PRECEDENCE: ReadonlyMap<number, number> = new Map([
  [spelling.COMMA, 1],
  [spelling.QUESTION, 3],
  [spelling.OR_OR, 4],
  [spelling.AND_AND, 5],
  [spelling.OR, 6],
  [spelling.XOR, 7],
  [spelling.AND, 8],
  [spelling.EQUAL, 9],
  [spelling.NOT_EQUAL, 9],
  [spelling.LESS, 10],
  [spelling.GREATER, 10],
  [spelling.LESS_EQUAL, 10],
  [spelling.GREATER_EQUAL, 10],
  [spelling.SHIFT_LEFT, 11],
  [spelling.SHIFT_RIGHT, 11],
  [spelling.PLUS, 12],
  [spelling.MINUS, 12],
  [spelling.MULTIPLY, 13],
  [spelling.DIVIDE, 13],
  [spelling.MODULO, 13],
]);

const ZERO: ConditionValue = { value: 0n, unsigned: false };
const ONE: ConditionValue = { value: 1n, unsigned: false };

class Evaluator {
  readonly #source: ConditionSource;
  #token: PpToken;
  #previous: PpToken | undefined;
  #depth = 0;
  /** Above 0 in an operand that is not evaluated: it must be well formed only. */
  #unevaluated = 0;

  constructor(source: ConditionSource) {
    this.#source = source;
    this.#token = source.next();
  }

  run(): ConditionValue {
    if (this.#token.kind === 'end') throw new ConditionFault('#if with no expression', undefined);
    const value = this.#expression(1);
    const token = this.#token;
    if (token.kind === 'end') return value;
    if (token.id === spelling.CLOSE_PAREN) throw new ConditionFault("missing '(' in expression", token);
    if (token.id === spelling.COLON) throw new ConditionFault("':' without preceding '?'", token);
    if (token.kind === 'punctuator' && !canBegin(token))
      throw new ConditionFault(`token '${token.text}' is not valid in preprocessor expressions`, token);
    throw new ConditionFault(`missing binary operator before token '${token.text}'`, token);
  }

  #advance(): PpToken {
    const token = this.#token;
    this.#previous = token;
    this.#token = this.#source.next();
    return token;
  }

  /** unary-expression { binary-operator expression }, for operators that bind at least as tightly as `least`. */
  #expression(least: number): ConditionValue {
    if (++this.#depth > NESTING_LIMIT)
      throw new ConditionFault(`expression nested more than ${NESTING_LIMIT} deep, which is the limit`, this.#token);
    let left = this.#unary();
    for (;;) {
      const operator = this.#token;
      const precedence = PRECEDENCE.get(operator.id);
      if (precedence === undefined || precedence < least) break;
      this.#advance();
      if (operator.id === spelling.QUESTION) left = this.#conditional(left, operator);
      else if (operator.id === spelling.AND_AND || operator.id === spelling.OR_OR) left = this.#logical(left, operator);
      else left = this.#binary(operator, left, this.#expression(precedence + 1));
    }
    this.#depth--;
    return left;
  }

  #logical(left: ConditionValue, operator: PpToken): ConditionValue {
    const isAnd = operator.id === spelling.AND_AND;
    const decided = (left.value !== 0n) !== isAnd;
    if (decided) this.#unevaluated++;
    const right = this.#expression(isAnd ? 6 : 5);
    if (decided) this.#unevaluated--;
    return truth(decided ? !isAnd : right.value !== 0n);
  }

  #conditional(condition: ConditionValue, operator: PpToken): ConditionValue {
    const holds = condition.value !== 0n;
    if (!holds) this.#unevaluated++;
    const first = this.#expression(1);
    if (!holds) this.#unevaluated--;
    if (this.#token.id !== spelling.COLON) throw new ConditionFault("'?' without following ':'", operator);
    this.#advance();
    if (holds) this.#unevaluated++;
    const second = this.#expression(3);
    if (holds) this.#unevaluated--;
    return convert(holds ? first : second, first.unsigned || second.unsigned);
  }

  #unary(): ConditionValue {
    const operators: PpToken[] = [];
    while (isUnary(this.#token.id)) {
      operators.push(this.#advance());
      if (operators.length > NESTING_LIMIT)
        throw new ConditionFault(`expression nested more than ${NESTING_LIMIT} deep, which is the limit`, this.#token);
    }
    let value = this.#primary();
    for (let i = operators.length - 1; i >= 0; i--) value = applyUnary(operators[i]!.id, value);
    return value;
  }

  #primary(): ConditionValue {
    const token = this.#token;
    switch (token.kind) {
      case 'number':
        this.#advance();
        return numberValue(token, (message) => this.#warn(message, token));
      case 'character':
        this.#advance();
        return this.#character(token);
      case 'identifier':
        return this.#identifier(token);
      case 'punctuator':
        if (token.id === spelling.OPEN_PAREN) return this.#parenthesised();
    }
    return this.#noOperand(token);
  }

  #identifier(token: PpToken): ConditionValue {
    if (token.id === spelling.DEFINED) {
      const value = truth(this.#source.defined());
      this.#advance();
      return value;
    }
    this.#advance();
    if (this.#token.id === spelling.OPEN_PAREN)
      throw new ConditionFault(`function-like macro '${token.text}' is not defined`, token);
    return ZERO;
  }

  #parenthesised(): ConditionValue {
    const open = this.#advance();
    if (this.#token.id === spelling.CLOSE_PAREN)
      throw new ConditionFault("missing expression between '(' and ')'", open);
    const value = this.#expression(1);
    if (this.#token.id !== spelling.CLOSE_PAREN) {
      if (this.#token.kind === 'end') throw new ConditionFault("missing ')' in expression", open);
      throw new ConditionFault(`missing binary operator before token '${this.#token.text}'`, this.#token);
    }
    this.#advance();
    return value;
  }

  #character(token: PpToken): ConditionValue {
    const { value, unsigned, problem } = characterValue(token.text);
    if (problem?.fatal === true) throw new ConditionFault(problem.message, token);
    if (problem !== undefined) this.#warn(problem.message, token);
    return { value, unsigned };
  }

  /** Reports that `token` stands where an operand is missing. */
  #noOperand(token: PpToken): never {
    const before = this.#previous;
    if (token.kind === 'end') {
      const operator = before !== undefined && (PRECEDENCE.has(before.id) || isUnary(before.id));
      if (operator) throw new ConditionFault(`operator '${before.text}' has no right operand`, before);
      throw new ConditionFault('missing expression at end of line', before);
    }
    if (PRECEDENCE.has(token.id) && !isUnary(token.id))
      throw new ConditionFault(`operator '${token.text}' has no left operand`, token);
    if (token.id === spelling.CLOSE_PAREN) throw new ConditionFault("missing expression before ')'", token);
    throw new ConditionFault(`token '${token.text}' is not valid in preprocessor expressions`, token);
  }

  #warn(message: string, place: Place): void {
    if (this.#unevaluated === 0) this.#source.warn(message, place);
  }

  #binary(operator: PpToken, left: ConditionValue, right: ConditionValue): ConditionValue {
    const id = operator.id;
    if (id === spelling.COMMA) return right;
    if (id === spelling.SHIFT_LEFT || id === spelling.SHIFT_RIGHT)
      return shift(left, right, id === spelling.SHIFT_LEFT);
    const unsigned = left.unsigned || right.unsigned;
    const a = convert(left, unsigned).value;
    const b = convert(right, unsigned).value;
    switch (id) {
      case spelling.EQUAL:
        return truth(a === b);
      case spelling.NOT_EQUAL:
        return truth(a !== b);
      case spelling.LESS:
        return truth(a < b);
      case spelling.GREATER:
        return truth(a > b);
      case spelling.LESS_EQUAL:
        return truth(a <= b);
      case spelling.GREATER_EQUAL:
        return truth(a >= b);
      case spelling.DIVIDE:
      case spelling.MODULO:
        if (b === 0n) {
          if (this.#unevaluated > 0) return { value: 0n, unsigned };
          throw new ConditionFault('division by zero in #if', operator);
        }
        return wrap(id === spelling.DIVIDE ? a / b : a % b, unsigned);
      default:
        return wrap(arithmetic(id, a, b), unsigned);
    }
  }
}

function arithmetic(id: number, a: bigint, b: bigint): bigint {
  switch (id) {
    case spelling.OR:
      return a | b;
    case spelling.XOR:
      return a ^ b;
    case spelling.AND:
      return a & b;
    case spelling.PLUS:
      return a + b;
    case spelling.MINUS:
      return a - b;
    default:
      return a * b;
  }
}

/** A shift by a negative number goes the other way, as in gcc. */
function shift(left: ConditionValue, right: ConditionValue, toLeft: boolean): ConditionValue {
  const count = right.unsigned ? right.value : right.value < 0n ? -right.value : right.value;
  const goesLeft = right.unsigned || right.value >= 0n ? toLeft : !toLeft;
  if (goesLeft) return wrap(count >= 64n ? 0n : left.value << count, left.unsigned);
  return wrap(left.value >> (count >= 64n ? 64n : count), left.unsigned);
}

function isUnary(id: number): boolean {
  return id === spelling.PLUS || id === spelling.MINUS || id === spelling.NOT || id === spelling.COMPLEMENT;
}

function canBegin(token: PpToken): boolean {
  return token.id === spelling.OPEN_PAREN || token.id === spelling.NOT || token.id === spelling.COMPLEMENT;
}

function applyUnary(id: number, operand: ConditionValue): ConditionValue {
  switch (id) {
    case spelling.MINUS:
      return wrap(-operand.value, operand.unsigned);
    case spelling.COMPLEMENT:
      return wrap(~operand.value, operand.unsigned);
    case spelling.NOT:
      return truth(operand.value === 0n);
    default:
      return operand;
  }
}

function truth(holds: boolean): ConditionValue {
  return holds ? ONE : ZERO;
}

function wrap(value: bigint, unsigned: boolean): ConditionValue {
  return { value: unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value), unsigned };
}

function convert(value: ConditionValue, unsigned: boolean): ConditionValue {
  return value.unsigned === unsigned ? value : wrap(value.value, unsigned);
}

/** An integer constant (C11 6.4.4.1, with binary ones as in GNU C). */
function numberValue(token: PpToken, warn: (message: string) => void): ConditionValue {
  const parts = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)([uU]?(?:[lL]|ll|LL)?|(?:[lL]|ll|LL)[uU])$/.exec(token.text);
  if (parts === null) throw new ConditionFault(badNumber(token.text), token);
  const digits = parts[1]!;
  const octal = /^0[0-9]/.test(digits);
  if (octal && /[89]/.test(digits)) throw new ConditionFault(`invalid digit in octal constant '${token.text}'`, token);
  const exact = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  let unsigned = /[uU]/.test(parts[2]!);
  const value = BigInt.asUintN(64, exact);
  if (value !== exact) warn('integer constant is too large for its type');
  if (!unsigned && value >= 1n << 63n) {
    if (/^[1-9]/.test(digits)) warn('integer constant is so large that it is unsigned');
    unsigned = true;
  }
  return { value, unsigned };
}

function badNumber(text: string): string {
  if (/^(0[xX][0-9a-fA-F]*[.pP]|[0-9]*\.|[0-9]+[eE])/.test(text)) return 'floating constant in preprocessor expression';
  if (/[ij]/i.test(text) && /^[0-9]+[uUlLijIJ]*$/.test(text)) return 'imaginary number in preprocessor expression';
  return `invalid integer constant '${text}' in preprocessor expression`;
}
