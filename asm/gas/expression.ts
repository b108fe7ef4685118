/** Expressions as they are kept until their value is known. */
import type { BinaryOperator, UnaryOperator } from './operators.ts';
import type { GasSymbol } from './symbol.ts';

export interface Expression {
  /**
   * 'absent': nothing was written. 'constant': `number`. 'big': `number`, which needs more than 64 bits. 'symbol':
   * `add` + `number`. Otherwise the operator on `add` (and `sub`), plus `number`.
   */
  readonly op: 'absent' | 'constant' | 'big' | 'symbol' | UnaryOperator | BinaryOperator;
  readonly add: GasSymbol | undefined;
  readonly sub: GasSymbol | undefined;
  /** Except for 'big', within 65 bits signed: 64 bits, and whether they are meant as negative. */
  readonly number: bigint;
  /** Not written with a minus: decides how a constant is extended beyond 64 bits. */
  readonly unsigned: boolean;
}

export function constant(number: bigint, unsigned = true): Expression {
  return { op: 'constant', add: undefined, sub: undefined, number, unsigned };
}

export function symbolPlus(symbol: GasSymbol, number = 0n): Expression {
  return { op: 'symbol', add: symbol, sub: undefined, number, unsigned: true };
}

/** The value of a constant as a signed 64-bit number. */
export function signed64(expression: Expression): bigint {
  return BigInt.asIntN(64, expression.number);
}
