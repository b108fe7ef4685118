/**
 * The operators of expressions: how they are written, how tight they bind, and what they compute (Using as, "Infix
 * Operators"; ranks and results as of GNU as 2.40).
 */
import type { Cursor } from './cursor.ts';

export type UnaryOperator = 'negate' | 'complement' | 'not';
export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '<<'
  | '>>'
  | '|'
  | '|~'
  | '^'
  | '&'
  | '+'
  | '-'
  | '=='
  | '<>'
  | '<'
  | '<='
  | '>='
  | '>'
  | '&&'
  | '||';

/** A larger rank binds tighter. */
export const RANK: Readonly<Record<BinaryOperator, number>> = {
  '*': 8,
  '/': 8,
  '%': 8,
  '<<': 8,
  '>>': 8,
  '|': 7,
  '|~': 7,
  '^': 7,
  '&': 7,
  '+': 5,
  '-': 5,
  '==': 4,
  '<>': 4,
  '<': 4,
  '<=': 4,
  '>=': 4,
  '>': 4,
  '&&': 3,
  '||': 2,
};

/** The operator at the cursor, and how many characters it has; undefined where there is none. */
export function binaryOperator(cursor: Cursor): { name: BinaryOperator; length: number } | undefined {
  const next = cursor.peekAt(1);
  switch (cursor.peek()) {
    case 0x2b:
      return { name: '+', length: 1 };
    case 0x2d:
      return { name: '-', length: 1 };
    case 0x2a:
      return { name: '*', length: 1 };
    case 0x2f:
      return { name: '/', length: 1 };
    case 0x25:
      return { name: '%', length: 1 };
    case 0x5e:
      return { name: '^', length: 1 };
    case 0x26:
      return next === 0x26 ? { name: '&&', length: 2 } : { name: '&', length: 1 };
    case 0x7c:
      return next === 0x7c ? { name: '||', length: 2 } : { name: '|', length: 1 };
    case 0x3d:
      return next === 0x3d ? { name: '==', length: 2 } : undefined;
    case 0x21:
      if (next === 0x3d) return { name: '<>', length: 2 };
      return next === 0x21 ? { name: '^', length: 2 } : { name: '|~', length: 1 };
    case 0x3c:
      if (next === 0x3c) return { name: '<<', length: 2 };
      if (next === 0x3e) return { name: '<>', length: 2 };
      return next === 0x3d ? { name: '<=', length: 2 } : { name: '<', length: 1 };
    case 0x3e:
      if (next === 0x3e) return { name: '>>', length: 2 };
      return next === 0x3d ? { name: '>=', length: 2 } : { name: '>', length: 1 };
    default:
      return undefined;
  }
}

/** `a operator b` on signed 64-bit numbers. The caller has seen to division by zero. */
export function compute(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '*':
      return BigInt.asIntN(64, a * b);
    case '/':
      return BigInt.asIntN(64, a / b);
    case '%':
      return a % b;
    case '<<':
      return BigInt.asIntN(64, a << (b & 63n));
    case '>>':
      return BigInt.asIntN(64, BigInt.asUintN(64, a) >> (b & 63n));
    case '|':
      return a | b;
    case '|~':
      return a | ~b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '+':
      return BigInt.asIntN(64, a + b);
    case '-':
      return BigInt.asIntN(64, a - b);
    case '&&':
      return a !== 0n && b !== 0n ? 1n : 0n;
    case '||':
      return a !== 0n || b !== 0n ? 1n : 0n;
    default:
      return compare(operator, a, b) ? -1n : 0n;
  }
}

function compare(operator: '==' | '<>' | '<' | '<=' | '>=' | '>', a: bigint, b: bigint): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '<>':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '>':
      return a > b;
  }
}
