/**
 * Which tokens must not be printed side by side: they would be read as other tokens (GNU cppinternals, "Token
 * Spacing").
 */
import type { PpToken } from './pp-token.ts';
import {
  AND,
  ARROW,
  ASSIGN,
  COLON,
  DIVIDE,
  DOT,
  GREATER,
  HASH,
  LESS,
  LESS_EQUAL,
  MINUS,
  MODULO,
  MULTIPLY,
  NOT,
  OR,
  PLUS,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  XOR,
} from './spelling.ts';

/** Punctuators that make another one with `=`. */
const BEFORE_EQUAL = new Set([
  ASSIGN,
  NOT,
  GREATER,
  LESS,
  PLUS,
  MINUS,
  MULTIPLY,
  DIVIDE,
  MODULO,
  AND,
  OR,
  XOR,
  SHIFT_RIGHT,
  SHIFT_LEFT,
]);

/** The first characters of punctuators that must not follow a punctuator closely. */
const NOT_AFTER: ReadonlyMap<number, string> = new Map([
  [GREATER, '>'],
  [LESS, '<%:'],
  [PLUS, '+'],
  [MINUS, '->'],
  [DIVIDE, '/*'],
  [MODULO, ':>'],
  [AND, '&'],
  [OR, '|'],
  [COLON, ':>'],
  [ARROW, '*'],
  [DOT, '.%'],
  [HASH, '#%'],
  [LESS_EQUAL, '>'],
]);

/** Whether gcc -E puts a space between `left` and `right` where padding lies between them. */
export function mustBeApart(left: PpToken, right: PpToken): boolean {
  const first = right.text[0]!;
  switch (left.kind) {
    case 'punctuator':
      if (right.kind === 'number') return left.id === DOT;
      if (right.kind !== 'punctuator') return false;
      return (first === '=' && BEFORE_EQUAL.has(left.id)) || (NOT_AFTER.get(left.id)?.includes(first) ?? false);
    case 'identifier':
      if (right.kind === 'number') return /^[\w$]+$/.test(right.text);
      return right.kind === 'identifier' || isPlainLiteral(right);
    case 'number':
      if (right.kind === 'punctuator') return first === '.' || first === '+' || first === '-';
      return right.kind === 'number' || right.kind === 'identifier' || (right.kind === 'character' && first === "'");
    case 'other':
      return left.text[0] === '\\' && right.kind === 'identifier';
    default:
      return false;
  }
}

function isPlainLiteral(token: PpToken): boolean {
  const first = token.text[0];
  return (token.kind === 'string' && first === '"') || (token.kind === 'character' && first === "'");
}
