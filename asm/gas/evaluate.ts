/**
 * The value of an expression: while assembling, where only distances of known size count, and after layout, where
 * every label has its offset in its section.
 *
 * Which operands an operator takes follows GNU as (Using as, "Infix Operators"): differences and comparisons of labels
 * of one section, equality of anything, all else of absolute numbers only.
 */
import { type Expression, signed64 } from './expression.ts';
import { ABSOLUTE, type Frag, fixedDistance, type GasSection, NO_FRAG } from './frag.ts';
import { type BinaryOperator, compute } from './operators.ts';
import { type GasSymbol, shownName } from './symbol.ts';

export interface Value {
  readonly section: GasSection;
  /** The fragment `number` counts from; NO_FRAG where it counts from the section's start. */
  readonly frag: Frag;
  readonly number: bigint;
  /** The label or undefined symbol the value was reached through, if it is not absolute. */
  readonly symbol: GasSymbol | undefined;
}

/** Chains of symbols that stand for one another may be this long. */
const DEPTH_LIMIT = 2000;

export class Evaluator {
  /** Whether fragments have addresses. */
  readonly #laidOut: boolean;
  readonly #known = new Map<GasSymbol, Value | undefined>();
  #depth = 0;
  /** Why the last value asked for is undefined. */
  problem = '';

  constructor(laidOut: boolean) {
    this.#laidOut = laidOut;
  }

  /** The value, or undefined with `problem` set where it has none (yet). */
  expression(expression: Expression): Value | undefined {
    const { op, add, sub } = expression;
    if (op === 'constant' || op === 'absent') return absolute(signed64(expression));
    if (op === 'big') return this.#fail('a number of more than 64 bits is not allowed here');
    const left = this.symbol(add!);
    if (left === undefined) return undefined;
    const number = signed64(expression);
    if (op === 'symbol') return shifted(left, number);
    if (op === 'negate' || op === 'complement' || op === 'not') {
      const value = this.#unary(op, left);
      return value === undefined ? undefined : absolute(wrap(value + number));
    }
    const right = this.symbol(sub!);
    if (right === undefined) return undefined;
    const value = this.#binary(op, left, right);
    return value === undefined ? undefined : shifted(value, number);
  }

  symbol(symbol: GasSymbol): Value | undefined {
    if (!symbol.isEquated) {
      const { section } = symbol;
      const number = signed64(symbol.value);
      if (section === ABSOLUTE) return absolute(number);
      if (section.kind !== 'normal') return { section, frag: NO_FRAG, number: 0n, symbol };
      if (!this.#laidOut) return { section, frag: symbol.frag, number, symbol };
      return {
        section,
        frag: NO_FRAG,
        number: number + BigInt(symbol.frag.address),
        symbol,
      };
    }
    if (this.#known.has(symbol)) return this.#known.get(symbol);
    if (symbol.resolving) return this.#fail(`the definition of '${shownName(symbol)}' goes round in a circle`);
    if (this.#depth >= DEPTH_LIMIT) return this.#fail(`symbols defined by symbols beyond the limit of ${DEPTH_LIMIT}`);
    symbol.resolving = true;
    this.#depth++;
    const value = this.expression(symbol.value);
    this.#depth--;
    symbol.resolving = false;
    const named = value?.section.kind === 'normal' && !symbol.anonymous && symbol.weakrefTo === undefined;
    const result = named ? { ...value, symbol } : value;
    this.#known.set(symbol, result);
    return result;
  }

  #fail(problem: string): undefined {
    this.problem = problem;
    return undefined;
  }

  #unary(op: 'negate' | 'complement' | 'not', operand: Value): bigint | undefined {
    if (operand.section !== ABSOLUTE) {
      if (op === 'not' && this.#laidOut) return operand.number === 0n ? 1n : 0n;
      return this.#fail(`invalid operand (${operand.section.name} section) for '${UNARY_TEXT[op]}'`);
    }
    if (op === 'negate') return wrap(-operand.number);
    return op === 'complement' ? ~operand.number : operand.number === 0n ? 1n : 0n;
  }

  #binary(op: BinaryOperator, left: Value, right: Value): Value | undefined {
    const leftAbsolute = left.section === ABSOLUTE;
    const rightAbsolute = right.section === ABSOLUTE;
    if (op === '+' && rightAbsolute) return shifted(left, right.number);
    if (op === '+' && leftAbsolute) return shifted(right, left.number);
    if (op === '-' && rightAbsolute) return shifted(left, -right.number);
    if (leftAbsolute && rightAbsolute) return this.#constants(op, left.number, right.number);
    if (op === '==' || op === '<>') {
      const equal = this.#equal(left, right);
      return absolute(equal === (op === '==') ? -1n : 0n);
    }
    const distance = isOrdering(op) ? this.#distance(left, right) : undefined;
    if (distance !== undefined) return absolute(op === '-' ? distance : compute(op, distance, 0n));
    const same = this.#laidOut ? undefined : withNeutralOperand(op, left, right);
    if (same !== undefined) return same;
    return this.#fail(`invalid operands (${left.section.name} and ${right.section.name} sections) for '${op}'`);
  }

  #constants(op: BinaryOperator, a: bigint, b: bigint): Value | undefined {
    if ((op === '/' || op === '%') && b === 0n) return this.#fail('division by zero');
    const tooFar = (op === '<<' || op === '>>') && (b < 0n || b > 63n);
    return absolute(tooFar ? 0n : compute(op, a, b));
  }

  #equal(left: Value, right: Value): boolean {
    if (left.section !== right.section || left.number !== right.number || left.frag !== right.frag) return false;
    return left.section.kind !== 'undefined' || left.symbol === right.symbol;
  }

  /** left - right in bytes, for two places of one section. */
  #distance(left: Value, right: Value): bigint | undefined {
    if (left.section !== right.section) return undefined;
    if (left.section.kind !== 'normal' && left.symbol !== right.symbol) return undefined;
    const frags = fixedDistance(right.frag, left.frag);
    return frags === undefined ? undefined : wrap(left.number - right.number + BigInt(frags));
  }
}

const UNARY_TEXT = { negate: '-', complement: '~', not: '!' } as const;

function isOrdering(op: BinaryOperator): boolean {
  return op === '-' || op === '<' || op === '<=' || op === '>=' || op === '>';
}

/** `x | 0`, `x * 1` and the like, which leave a label what it is. */
function withNeutralOperand(op: BinaryOperator, left: Value, right: Value): Value | undefined {
  const neutral = op === '*' || op === '/' ? 1n : 0n;
  if (right.section === ABSOLUTE && right.number === neutral && /^(\||\^|<<|>>|\*|\/)$/.test(op)) return left;
  if (left.section === ABSOLUTE && left.number === neutral && /^(\||\^|\*)$/.test(op)) return right;
  const zero = (value: Value) => value.section === ABSOLUTE && value.number === 0n;
  return (zero(left) || zero(right)) && (op === '&' || op === '*') ? absolute(0n) : undefined;
}

function wrap(number: bigint): bigint {
  return BigInt.asIntN(64, number);
}

function absolute(number: bigint): Value {
  return { section: ABSOLUTE, frag: NO_FRAG, number, symbol: undefined };
}

function shifted(value: Value, by: bigint): Value {
  return by === 0n ? value : { ...value, number: wrap(value.number + by) };
}
