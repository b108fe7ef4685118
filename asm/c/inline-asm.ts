/** Inline assembly (GCC manual, "How to Use Inline Assembly Language in C Code"): its template and its operands. */
import type { Token } from '../cpp/token.ts';
import { parseAssignment, parseStrings } from './expressions.ts';
import { stringText } from './literals.ts';
import type { Parser } from './parser.ts';
import type { Expr } from './syntax.ts';

export interface AsmStatement {
  readonly at: Token;
  /** The string literals of the template. */
  readonly template: readonly Token[];
  /** Whether it has operands: only then is '%' special in the template. */
  readonly extended: boolean;
  /** Outputs, then inputs, as the template numbers them. */
  readonly operands: readonly AsmOperand[];
}

export interface AsmOperand {
  /** The name it is given in brackets. */
  readonly name: string | undefined;
  readonly constraint: string;
  readonly value: Expr;
}

/** asm qualifiers '(' template [ ':' outputs [ ':' inputs [ ':' the rest ] ] ] ')'; the current token is `asm`. */
export function parseAsm(p: Parser): AsmStatement {
  const at = p.advance();
  while (p.current.kind === 'identifier') p.advance();
  p.expect('(', "after 'asm'");
  const template = parseStrings(p);
  if (template.length === 0) throw p.unexpected('a string literal');
  const operands: AsmOperand[] = [];
  const extended = p.is(':');
  for (let section = 0; section < 2 && p.is(':'); section++) {
    p.advance();
    parseOperands(p, operands);
  }
  // Clobbers and labels are not looked at.
  while (!p.is(')')) {
    if (p.current.kind === 'end') throw p.unexpected("')' after the assembly");
    if (p.is('[') || p.is('(')) p.skipBrackets();
    else p.advance();
  }
  p.advance();
  return { at, template, extended, operands };
}

/** [ operand { ',' operand } ] */
function parseOperands(p: Parser, operands: AsmOperand[]): void {
  if (p.is(':') || p.is(')')) return;
  do operands.push(parseOperand(p));
  while (p.accept(','));
}

/** [ '[' name ']' ] constraint '(' expression ')' */
function parseOperand(p: Parser): AsmOperand {
  let name: string | undefined;
  if (p.accept('[')) {
    name = p.advance().text;
    p.expect(']', 'after the name of the operand');
  }
  if (p.current.kind !== 'string') throw p.unexpected('the constraint of an operand');
  const constraint = stringText(parseStrings(p));
  p.expect('(', 'before the operand');
  const value = parseAssignment(p);
  p.expect(')', 'after the operand');
  return { name, constraint, value };
}

/** Steps over inline assembly; the current token is `asm`. */
export function skipAsm(p: Parser): void {
  p.advance();
  while (p.current.kind === 'identifier') p.advance();
  if (!p.is('(')) throw p.unexpected("'(' after 'asm'");
  p.skipBrackets();
}
