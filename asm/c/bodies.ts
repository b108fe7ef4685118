/**
 * Function bodies and statement expressions. The body of an inline function is passed over; in any other the
 * declarations and the inline assembly are read, the rest is passed over. A statement expression is read whole.
 */

import type { Token } from '../cpp/token.ts';
import { hasAttribute } from './attributes.ts';
import { type FunctionStart, parseDeclaration } from './declarations.ts';
import { parseExpression } from './expressions.ts';
import type { AsmStatement } from './inline-asm.ts';
import { parseAsm, skipAsm } from './inline-asm.ts';
import { isAsmKeyword } from './keywords.ts';
import type { Parser } from './parser.ts';
import { Scope } from './scope.ts';
import type { Block, Expr } from './syntax.ts';

/**
 * The body of the function that `start` begins; the current token is its '{'. The inline assembly of a function that
 * is emitted (neither inline, nor static without the attribute used) is added to `found`.
 */
export function parseBody(p: Parser, start: FunctionStart, found: AsmStatement[]): void {
  const { specifiers, attributes } = start;
  const unused = specifiers.storage?.text === 'static' && !hasAttribute(attributes, 'used');
  if (specifiers.inline || unused) {
    p.skipBrackets();
    return;
  }
  const body: Token[] = [];
  p.skipBrackets(body);
  if (!body.some((token) => token.kind === 'identifier' && isAsmKeyword(token.text))) return;
  try {
    readBody(p.over(body, body[0]!, new Scope(start.scope)), found);
  } catch (error) {
    // The body is behind us; what follows it is read as if nothing had been wrong.
    p.report(error);
  }
}

/** Reads all statements: after ';', '{' or '}' a declaration may stand, inline assembly anywhere. */
function readBody(p: Parser, found: AsmStatement[]): void {
  let startsStatement = true;
  const outer: Scope[] = [];
  while (p.current.kind !== 'end') {
    if (p.current.kind === 'identifier' && isAsmKeyword(p.current.text)) {
      found.push(parseAsm(p));
      startsStatement = false;
    } else if (startsStatement && p.startsDeclaration(p.current)) {
      parseDeclaration(p, false);
    } else {
      const token = p.advance();
      startsStatement = token.kind === 'punctuator' && (token.text === ';' || token.text === '{' || token.text === '}');
      if (token.kind !== 'punctuator') continue;
      if (token.text === '{') {
        outer.push(p.scope);
        p.scope = new Scope(p.scope);
      } else if (token.text === '}') p.scope = outer.pop() ?? p.scope;
    }
  }
}

/** '{' { declaration | statement } '}' of a statement expression. */
export function parseBlock(p: Parser): Block {
  const open = p.advance();
  const statements: Expr[] = [];
  let endsInValue = false;
  let control: Token | undefined;
  p.scoped(new Scope(p.scope), () => {
    while (!p.is('}')) {
      if (p.current.kind === 'end') throw p.unclosed(open);
      endsInValue = false;
      if (p.startsDeclaration(p.current)) parseDeclaration(p, true);
      else if (startsControl(p)) {
        control ??= p.current;
        skipControl(p);
      } else if (!p.accept(';')) {
        statements.push(parseExpression(p));
        p.expect(';', 'after the expression');
        endsInValue = true;
      }
    }
  });
  p.advance();
  return { statements, endsInValue, control };
}

const CONTROL: ReadonlySet<string> = new Set([
  'if',
  'else',
  'for',
  'while',
  'do',
  'switch',
  'case',
  'default',
  'goto',
  'break',
  'continue',
  'return',
  '__label__',
]);

function startsControl(p: Parser): boolean {
  if (p.is('{')) return true;
  if (p.current.kind !== 'identifier') return false;
  return CONTROL.has(p.current.text) || isAsmKeyword(p.current.text) || p.peek().text === ':';
}

/** Steps over one statement that is no expression: a block, a `do` to its ';', and anything else to a ';' or '}'. */
function skipControl(p: Parser): void {
  if (isAsmKeyword(p.current.text)) {
    skipAsm(p);
    return;
  }
  const doStatement = p.is('do');
  for (;;) {
    if (p.is('{')) {
      p.skipBrackets();
      if (!doStatement && !p.is('else')) return;
    } else if (p.is('(') || p.is('[')) p.skipBrackets();
    else if (p.is('}') || p.current.kind === 'end') return;
    else if (p.advance().text === ';') return;
  }
}
