/**
 * The parser of expressions. An expression whose value is known while it is read is folded at once.
 *
 * Source: Using as, "Expressions", and the behaviour of GNU as 2.40: arithmetic is on 64 bits, shifts are logical, a
 * comparison gives -1 or 0, `&&` and `||` give 1 or 0.
 */
import { type Cursor, hexDigit, isNameStart } from './cursor.ts';
import { constant, type Expression, signed64, symbolPlus } from './expression.ts';
import { fixedDistance } from './frag.ts';
import { type BinaryOperator, binaryOperator, compute, RANK, type UnaryOperator } from './operators.ts';
import { expressionSymbol, type GasSymbol } from './symbol.ts';

/**
 * 'normal': symbols by name, `.` fixed now. 'defer': for `==` and .eqv, symbols and `.` are those of the time of use.
 */
export type ExpressionMode = 'normal' | 'defer';

/** What the parser needs of the assembler. */
export interface ExpressionScope {
  /** The symbol called `name`, made where it is new. */
  symbol(name: string): GasSymbol;
  numericReference(number: number, direction: 'b' | 'f'): GasSymbol | undefined;
  /** `.`: a constant in the absolute section. */
  here(mode: ExpressionMode): Expression;
  /** `symbol`, or what it stands for now if it was defined by .eqv. */
  current(symbol: GasSymbol): GasSymbol;
  /** .sizeof.(name) and .startof.(name) */
  sectionProperty(property: 'sizeof' | 'startof', name: string): GasSymbol;
  warn(message: string): void;
}

const ABSENT: Expression = {
  op: 'absent',
  add: undefined,
  sub: undefined,
  number: 0n,
  unsigned: true,
};

/** Parentheses and unary operators may nest this deep. */
const DEPTH_LIMIT = 400;

/** Reads one expression at the cursor; 'absent' where none is written. Throws StatementError on bad syntax. */
export function parseExpression(cursor: Cursor, scope: ExpressionScope, mode: ExpressionMode = 'normal'): Expression {
  return new Parser(cursor, scope, mode).expression(0);
}

/** Reads one operand: a number, a symbol, an expression in parentheses, with unary operators before it. */
export function parseOperand(cursor: Cursor, scope: ExpressionScope): Expression {
  return new Parser(cursor, scope, 'normal').expression(RANK['*']);
}

class Parser {
  readonly #cursor: Cursor;
  readonly #scope: ExpressionScope;
  readonly #mode: ExpressionMode;
  #depth = 0;

  constructor(cursor: Cursor, scope: ExpressionScope, mode: ExpressionMode) {
    this.#cursor = cursor;
    this.#scope = scope;
    this.#mode = mode;
  }

  /** An operand followed by operators of a higher rank than `rank`. */
  expression(rank: number): Expression {
    let left = this.#operand();
    for (;;) {
      const operator = binaryOperator(this.#cursor);
      if (operator === undefined || RANK[operator.name] <= rank) return left;
      this.#cursor.at += operator.length;
      let right = this.expression(RANK[operator.name]);
      if (right.op === 'absent') {
        this.#scope.warn(`no operand after '${operator.name}': 0 is taken`);
        right = constant(0n);
      }
      if (left.op === 'absent') left = constant(0n);
      left = this.#withoutBig(left);
      right = this.#withoutBig(right);
      left = this.#combine(operator.name, left, right);
    }
  }

  #withoutBig(expression: Expression): Expression {
    if (expression.op !== 'big') return expression;
    this.#scope.warn('a number of more than 64 bits is taken as 0 in an expression');
    return constant(0n);
  }

  #combine(operator: BinaryOperator, left: Expression, right: Expression): Expression {
    if (this.#mode === 'defer' && (left.add?.deferred || right.add?.deferred)) return general(operator, left, right);
    return foldSum(operator, left, right) ?? this.#foldConstants(operator, left, right) ?? pair(operator, left, right);
  }

  #foldConstants(operator: BinaryOperator, left: Expression, right: Expression): Expression | undefined {
    if (left.op !== 'constant' || right.op !== 'constant') return undefined;
    const a = signed64(left);
    let b = signed64(right);
    if (b === 0n && (operator === '/' || operator === '%')) {
      this.#scope.warn('division by zero: 1 is taken as the divisor');
      b = 1n;
    }
    if ((operator === '<<' || operator === '>>') && (b < 0n || b > 63n)) {
      this.#scope.warn(`shift count out of range (${b} is not between 0 and 63)`);
      return { ...left, number: 0n };
    }
    return { ...left, number: compute(operator, a, b) };
  }

  #operand(): Expression {
    const cursor = this.#cursor;
    cursor.skipSpace();
    const c = cursor.peek();
    if (c >= 0x30 && c <= 0x39) return this.#finish(this.#number());
    switch (c) {
      case 0x28:
      case 0x5b:
        return this.#parenthesised(c === 0x28 ? ')' : ']');
      case 0x2d:
      case 0x2b:
      case 0x7e:
      case 0x21:
        return this.#finish(this.#unary(c));
      case 0x2e:
        if (!isNamePartAt(cursor, 1)) {
          cursor.at++;
          return this.#finish(this.#scope.here(this.#mode));
        }
        break;
      case 0x27:
        // The scrubber has turned character constants into numbers; this one came from a .include'd expression.
        cursor.at += 2;
        return this.#finish(constant(BigInt(cursor.text.charCodeAt(cursor.at - 1) & 0xff)));
      case 0x2c:
      case 0:
        return ABSENT;
    }
    if (isNameStart(c) || c === 0x22) return this.#finish(this.#named());
    throw cursor.fault(`expected an expression, found '${String.fromCodePoint(cursor.text.codePointAt(cursor.at)!)}'`);
  }

  /** White space after an operand is skipped; a symbol defined by .eqv is replaced by what it stands for. */
  #finish(expression: Expression): Expression {
    this.#cursor.skipSpace();
    const { add, sub } = expression;
    if (add === undefined) return expression;
    add.used = true;
    if (this.#mode === 'defer') return expression;
    const current = this.#scope.current(add);
    const currentSub = sub === undefined ? undefined : this.#scope.current(sub);
    return current === add && currentSub === sub ? expression : { ...expression, add: current, sub: currentSub };
  }

  #parenthesised(close: string): Expression {
    this.#nest();
    const cursor = this.#cursor;
    cursor.at++;
    const inner = this.expression(0);
    cursor.skipSpace();
    if (cursor.peek() !== close.charCodeAt(0)) throw cursor.fault(`expected '${close}' in the expression`);
    cursor.at++;
    cursor.skipSpace();
    this.#depth--;
    return inner;
  }

  #nest(): void {
    if (++this.#depth > DEPTH_LIMIT)
      throw this.#cursor.fault(`expression nested deeper than the limit of ${DEPTH_LIMIT}`);
  }

  #unary(c: number): Expression {
    this.#nest();
    const cursor = this.#cursor;
    cursor.at++;
    const inner = this.#operand();
    this.#depth--;
    if (inner.op === 'absent') throw cursor.fault(`expected an operand after '${String.fromCharCode(c)}'`);
    if (c === 0x2b) return inner;
    if (inner.op === 'constant' || inner.op === 'big') return unaryOfNumber(c, inner);
    const op: UnaryOperator = c === 0x2d ? 'negate' : c === 0x7e ? 'complement' : 'not';
    return {
      op,
      add: expressionSymbol(inner),
      sub: undefined,
      number: 0n,
      unsigned: true,
    };
  }

  #named(): Expression {
    const cursor = this.#cursor;
    const from = cursor.at;
    const name = cursor.name()!;
    const property = /^\.(sizeof|startof)\.$/i.exec(name);
    if (property !== null) {
      cursor.expect('(', `after '${name}'`);
      const section = cursor.expectName('a section name');
      cursor.expect(')', 'after the section name');
      return symbolPlus(this.#scope.sectionProperty(property[1]!.toLowerCase() as 'sizeof' | 'startof', section));
    }
    if (name === '') throw cursor.fault('expected a symbol name', from);
    const symbol = this.#scope.symbol(name);
    if (this.#mode === 'normal' && symbol.section.kind === 'absolute' && symbol.value.op === 'constant') {
      symbol.used = true;
      return constant(symbol.value.number);
    }
    return symbolPlus(symbol);
  }

  /** A number in one of the radixes, or a numeric label: `12`, `0x1f`, `0b101`, `017`, `1b`, `2f`. */
  #number(): Expression {
    const cursor = this.#cursor;
    const from = cursor.at;
    const { radix, skip } = radixAt(cursor);
    cursor.at += skip;
    const digits = cursor.at;
    let small = 0;
    for (let digit = hexDigit(cursor.peek()); digit >= 0 && digit < radix; digit = hexDigit(cursor.peek())) {
      small = small * radix + digit;
      cursor.at++;
    }
    if (digits === cursor.at && skip > 0) throw cursor.fault('expected digits after the radix prefix', from);
    const value = Number.isSafeInteger(small) ? BigInt(small) : wideNumber(cursor.text.slice(digits, cursor.at), radix);
    const c = cursor.peek();
    if (skip === 0 && (c === 0x62 || c === 0x66)) return this.#numericLabel(small, c === 0x62 ? 'b' : 'f', from);
    skipSuffix(cursor);
    if (isFloatAt(cursor, from)) throw cursor.fault('a floating-point number is not allowed here', from);
    if (value >= 1n << 64n)
      return {
        op: 'big',
        add: undefined,
        sub: undefined,
        number: value,
        unsigned: true,
      };
    return constant(value);
  }

  #numericLabel(number: number, direction: 'b' | 'f', from: number): Expression {
    this.#cursor.at++;
    const symbol = this.#scope.numericReference(number, direction);
    if (symbol === undefined) throw this.#cursor.fault(`no label '${number}:' before this backward reference`, from);
    return symbolPlus(symbol);
  }
}

function isNamePartAt(cursor: Cursor, ahead: number): boolean {
  const c = cursor.peekAt(ahead);
  return c !== 0 && (isNameStart(c) || (c >= 0x30 && c <= 0x39));
}

function isFloatAt(cursor: Cursor, from: number): boolean {
  const c = cursor.peek();
  return c === 0x2e && cursor.at > from && isNamePartAt(cursor, 1);
}

/** The radix a number at the cursor is in, and how many characters of prefix it has. */
function radixAt(cursor: Cursor): { radix: number; skip: number } {
  if (cursor.peek() !== 0x30) return { radix: 10, skip: 0 };
  const c = cursor.peekAt(1);
  if (c === 0x78 || c === 0x58) return { radix: 16, skip: 2 };
  // `0b` alone is the label 0 backwards.
  if ((c === 0x62 || c === 0x42) && (cursor.peekAt(2) === 0x30 || cursor.peekAt(2) === 0x31))
    return { radix: 2, skip: 2 };
  if (c >= 0x30 && c <= 0x37) return { radix: 8, skip: 0 };
  return { radix: 10, skip: 0 };
}

/** U, L, LL, UL and ULL after a number mean nothing. */
function skipSuffix(cursor: Cursor): void {
  if ((cursor.peek() | 0x20) === 0x75) cursor.at++;
  while ((cursor.peek() | 0x20) === 0x6c) cursor.at++;
}

function wideNumber(digits: string, radix: number): bigint {
  if (radix === 16) return BigInt(`0x${digits}`);
  if (radix === 2) return BigInt(`0b${digits}`);
  if (radix === 8) return BigInt(`0o${digits}`);
  return BigInt(digits);
}

function unaryOfNumber(c: number, inner: Expression): Expression {
  const number = inner.number;
  if (c === 0x21) return constant(number === 0n ? 1n : 0n);
  if (c === 0x2d)
    return {
      ...inner,
      number: inner.op === 'big' ? -number : wrap65(-number),
      unsigned: false,
    };
  return { ...inner, number: inner.op === 'big' ? ~number : wrap65(~number) };
}

function wrap65(number: bigint): bigint {
  return BigInt.asIntN(65, number);
}

/** Sums and differences in which at most one symbol is left. */
function foldSum(operator: BinaryOperator, left: Expression, right: Expression): Expression | undefined {
  if (operator === '+') {
    if (right.op === 'constant') return { ...left, number: wrap65(left.number + right.number) };
    if (left.op === 'constant') return { ...right, number: wrap65(left.number + right.number) };
    return undefined;
  }
  if (operator !== '-') return undefined;
  if (right.op === 'constant') return { ...left, number: wrap65(left.number - right.number) };
  if (left.op !== 'symbol' || right.op !== 'symbol') return undefined;
  const distance = knownDistance(right.add!, left.add!);
  return distance === undefined ? undefined : constant(wrap65(left.number - right.number + distance));
}

/** Bytes from `from` to `to` where both are labels of one section and nothing of unknown size lies between. */
function knownDistance(from: GasSymbol, to: GasSymbol): bigint | undefined {
  if (from === to) return 0n;
  if (from.section !== to.section || from.section.kind !== 'normal') return undefined;
  if (from.isEquated || to.isEquated || from.type === 'ifunc' || to.type === 'ifunc') return undefined;
  const distance = fixedDistance(from.frag, to.frag);
  return distance === undefined ? undefined : BigInt(distance) + to.value.number - from.value.number;
}

/** Two symbols under an operator, without further wrapping where the form allows it. */
function pair(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  const sum = operator === '+' || operator === '-';
  if (left.op !== 'symbol' || right.op !== 'symbol' || (!sum && (left.number !== 0n || right.number !== 0n)))
    return general(operator, left, right);
  const number = operator === '-' ? left.number - right.number : left.number + right.number;
  return {
    op: operator,
    add: left.add,
    sub: right.add,
    number: wrap65(number),
    unsigned: left.unsigned,
  };
}

function general(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return {
    op: operator,
    add: expressionSymbol(left),
    sub: expressionSymbol(right),
    number: 0n,
    unsigned: true,
  };
}
