/**
 * The grammar of expressions (C11 6.5, GCC manual "Extensions to the C Language Family"). Names are looked up while
 * an expression is read; nothing is evaluated.
 */
import type { Token } from '../cpp/token.ts';
import type { Parser } from './parser.ts';
import type { BinaryOperator, Expr, GenericChoice, OffsetStep, UnaryOperator } from './syntax.ts';
import type { CType } from './types.ts';

/** expression: assignment-expression { ',' assignment-expression } */
export function parseExpression(p: Parser): Expr {
  let left = parseAssignment(p);
  while (p.is(',')) {
    const at = p.advance();
    left = { op: 'binary', at, operator: ',', left, right: parseAssignment(p) };
  }
  return left;
}

const ASSIGNMENTS: ReadonlySet<string> = new Set(['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|=']);

/** assignment-expression: conditional-expression [ assignment-operator assignment-expression ] */
export function parseAssignment(p: Parser): Expr {
  return p.nested(() => {
    const left = parseConditional(p);
    if (p.current.kind !== 'punctuator' || !ASSIGNMENTS.has(p.current.text)) return left;
    const at = p.advance();
    return { op: 'assign', at, left, right: parseAssignment(p) };
  });
}

/** conditional-expression: binary [ '?' [ expression ] ':' conditional-expression ] */
export function parseConditional(p: Parser): Expr {
  const test = parseBinary(p, 1);
  if (!p.is('?')) return test;
  return p.nested(() => {
    const at = p.advance();
    const then = p.is(':') ? undefined : parseExpression(p);
    p.expect(':', "after the second operand of '?'");
    return {
      op: 'conditional',
      at,
      test,
      then,
      otherwise: parseConditional(p),
    };
  });
}

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['>', 7],
  ['<=', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);

/** The binary operators from multiplication to `||`; `least` is the loosest that belongs to this operand. */
function parseBinary(p: Parser, least: number): Expr {
  let left = parseCast(p);
  for (;;) {
    const precedence = p.current.kind === 'punctuator' ? PRECEDENCE.get(p.current.text) : undefined;
    if (precedence === undefined || precedence < least) return left;
    const at = p.advance();
    left = {
      op: 'binary',
      at,
      operator: at.text as BinaryOperator,
      left,
      right: parseBinary(p, precedence + 1),
    };
  }
}

/** cast-expression: '(' type-name ')' cast-expression | unary-expression */
function parseCast(p: Parser): Expr {
  if (!p.is('(') || !p.startsDeclaration(p.peek())) return parseUnary(p);
  return p.nested(() => {
    const at = p.advance();
    if (p.is('__extension__')) {
      // `(__extension__ ...)` holds an expression as often as a type.
      p.advance();
      if (!p.startsDeclaration(p.current)) return parsePostfix(p, parenthesised(p));
    }
    const type = p.unit.grammar.typeName(p);
    p.expect(')', 'after the type name');
    if (p.is('{')) return parsePostfix(p, compoundLiteral(p, type, at));
    return { op: 'cast', at, type, operand: parseCast(p) };
  });
}

const UNARY: ReadonlyMap<string, UnaryOperator> = new Map([
  ['+', '+'],
  ['-', '-'],
  ['~', '~'],
  ['!', '!'],
  ['*', '*'],
  ['&', '&'],
  ['++', '++'],
  ['--', '--'],
  ['__real__', '__real__'],
  ['__real', '__real__'],
  ['__imag__', '__imag__'],
  ['__imag', '__imag__'],
]);

const MEASURES: ReadonlyMap<string, 'size' | 'align'> = new Map([
  ['sizeof', 'size'],
  ['_Alignof', 'align'],
  ['__alignof__', 'align'],
  ['__alignof', 'align'],
]);

function parseUnary(p: Parser): Expr {
  const { kind, text } = p.current;
  if (kind === 'string' || kind === 'character' || kind === 'number') return parsePostfix(p, parsePrimary(p));
  if (kind === 'punctuator' && text === '&&') {
    const at = p.advance();
    if (p.advance().kind !== 'identifier') throw p.unexpected("a label after '&&'");
    return { op: 'label', at };
  }
  const operator = UNARY.get(text);
  if (operator !== undefined) {
    const at = p.advance();
    return p.nested(() => ({
      op: 'unary',
      at,
      operator,
      operand: parseCast(p),
    }));
  }
  const what = MEASURES.get(text);
  if (what !== undefined) return parseMeasure(p, what);
  if (text === '__extension__') {
    p.advance();
    return p.nested(() => parseCast(p));
  }
  return parsePostfix(p, parsePrimary(p));
}

/** sizeof and its kin: of a parenthesised type name or of a unary expression. */
function parseMeasure(p: Parser, what: 'size' | 'align'): Expr {
  const at = p.advance();
  if (!p.is('(') || !p.startsDeclaration(p.peek())) {
    return p.nested(() => ({ op: 'measure', at, what, of: parseUnary(p) }));
  }
  const open = p.advance();
  const type = p.unit.grammar.typeName(p);
  p.expect(')', 'after the type name');
  // `sizeof (int){1}` measures a compound literal.
  const of = p.is('{') ? parsePostfix(p, compoundLiteral(p, type, open)) : type;
  return { op: 'measure', at, what, of };
}

function compoundLiteral(p: Parser, type: CType, at: Token): Expr {
  return {
    op: 'compound literal',
    at,
    type: p.unit.grammar.initialised(p, type),
  };
}

function parsePostfix(p: Parser, primary: Expr): Expr {
  let operand = primary;
  for (;;) {
    if (p.current.kind !== 'punctuator') return operand;
    switch (p.current.text) {
      case '[': {
        const at = p.advance();
        const index = parseExpression(p);
        p.expect(']', 'after the index');
        operand = { op: 'index', at, operand, index };
        break;
      }
      case '(': {
        const at = p.advance();
        operand = { op: 'call', at, callee: operand, args: parseArguments(p) };
        break;
      }
      case '.':
      case '->': {
        const arrow = p.advance().text === '->';
        const at = p.advance();
        if (at.kind !== 'identifier') throw p.unexpected(`a member name after '${arrow ? '->' : '.'}'`);
        operand = { op: 'member', at, operand, name: at.text, arrow };
        break;
      }
      case '++':
      case '--':
        operand = { op: 'step', at: p.advance(), operand };
        break;
      default:
        return operand;
    }
  }
}

function parseArguments(p: Parser): Expr[] {
  const args: Expr[] = [];
  if (!p.is(')')) {
    do args.push(parseAssignment(p));
    while (p.accept(','));
  }
  p.expect(')', 'after the arguments');
  return args;
}

function parsePrimary(p: Parser): Expr {
  const at = p.current;
  switch (at.kind) {
    case 'number':
      return { op: 'number', at: p.advance() };
    case 'character':
      return { op: 'character', at: p.advance() };
    case 'string':
      return { op: 'string', at, tokens: parseStrings(p) };
    case 'identifier':
      return parseName(p);
    default:
      if (!p.is('(')) throw p.unexpected('an expression');
      p.advance();
      return parenthesised(p);
  }
}

/** One or more string literals side by side. */
export function parseStrings(p: Parser): Token[] {
  const tokens: Token[] = [];
  while (p.current.kind === 'string') tokens.push(p.advance());
  return tokens;
}

/** The rest of a parenthesised expression, behind its '('. */
function parenthesised(p: Parser): Expr {
  return p.nested(() => {
    let inner: Expr;
    if (p.is('{')) {
      const at = p.current;
      inner = { op: 'statements', at, body: p.unit.grammar.block(p) };
    } else inner = parseExpression(p);
    p.expect(')', 'after the expression');
    return inner;
  });
}

function parseName(p: Parser): Expr {
  const special = SPECIAL_FORMS.get(p.current.text);
  if (special !== undefined) return special(p);
  const at = p.advance();
  return { op: 'name', at, entity: p.scope.find(at.text) };
}

/** Names that stand for no object and have a syntax of their own. */
const SPECIAL_FORMS: ReadonlyMap<string, (p: Parser) => Expr> = new Map([
  ['__func__', functionName],
  ['__FUNCTION__', functionName],
  ['__PRETTY_FUNCTION__', functionName],
  ['__builtin_offsetof', parseOffsetof],
  ['__builtin_types_compatible_p', parseCompatible],
  ['__builtin_choose_expr', parseChoose],
  ['__builtin_va_arg', parseVaArg],
  ['_Generic', parseGeneric],
]);

function functionName(p: Parser): Expr {
  return { op: 'function name', at: p.advance() };
}

/** `__builtin_offsetof ( type-name , member-designator )` */
function parseOffsetof(p: Parser): Expr {
  const at = p.advance();
  p.expect('(', `after '${at.text}'`);
  const type = p.unit.grammar.typeName(p);
  p.expect(',', 'after the type name');
  const steps: OffsetStep[] = [memberStep(p)];
  while (!p.is(')')) {
    if (p.accept('.')) steps.push(memberStep(p));
    else {
      const open = p.expect('[', "or '.' or ')' after the member");
      steps.push({ at: open, index: parseExpression(p) });
      p.expect(']', 'after the index');
    }
  }
  p.advance();
  return { op: 'offsetof', at, type, steps };
}

function memberStep(p: Parser): OffsetStep {
  const at = p.current;
  if (at.kind !== 'identifier') throw p.unexpected('a member name');
  p.advance();
  return { at, member: at.text };
}

/** `__builtin_types_compatible_p ( type-name , type-name )` */
function parseCompatible(p: Parser): Expr {
  const at = p.advance();
  p.expect('(', `after '${at.text}'`);
  const left = p.unit.grammar.typeName(p);
  p.expect(',', 'after the type name');
  const right = p.unit.grammar.typeName(p);
  p.expect(')', 'after the type name');
  return { op: 'compatible', at, left, right };
}

/** `__builtin_choose_expr ( constant , expression , expression )` */
function parseChoose(p: Parser): Expr {
  const at = p.advance();
  p.expect('(', `after '${at.text}'`);
  const test = parseAssignment(p);
  p.expect(',', 'after the first argument');
  const then = parseAssignment(p);
  p.expect(',', 'after the second argument');
  const otherwise = parseAssignment(p);
  p.expect(')', 'after the third argument');
  return { op: 'choose', at, test, then, otherwise };
}

/** `__builtin_va_arg ( expression , type-name )` */
function parseVaArg(p: Parser): Expr {
  const at = p.advance();
  p.expect('(', `after '${at.text}'`);
  parseAssignment(p);
  p.expect(',', 'after the argument list');
  const type = p.unit.grammar.typeName(p);
  p.expect(')', 'after the type name');
  return { op: 'va_arg', at, type };
}

/** `_Generic ( expression , { type-name | default } : expression ... )` (C11 6.5.1.1) */
function parseGeneric(p: Parser): Expr {
  const at = p.advance();
  p.expect('(', "after '_Generic'");
  const control = parseAssignment(p);
  const choices: GenericChoice[] = [];
  while (p.accept(',')) {
    const type = p.accept('default') ? undefined : p.unit.grammar.typeName(p);
    p.expect(':', 'after the type of an association');
    choices.push({ type, value: parseAssignment(p) });
  }
  p.expect(')', 'after the associations');
  return { op: 'generic', at, control, choices };
}
