/** Static assertions, at file scope, in blocks and among members. */
import { SourceError } from '../source/diagnostics.ts';
import { parseAssignment, parseStrings } from './expressions.ts';
import { integerConstant } from './fold.ts';
import { stringText } from './literals.ts';
import type { Parser } from './parser.ts';

/** `_Static_assert ( constant-expression [ , string-literal ] ) ;` (C11 6.7.10, the message optional as in C2x) */
export function parseStaticAssert(p: Parser): void {
  const at = p.advance();
  p.expect('(', "after '_Static_assert'");
  const test = parseAssignment(p);
  const message = p.accept(',') ? parseStrings(p) : [];
  p.expect(')', 'after the assertion');
  p.expect(';', 'after the assertion');
  if (integerConstant(test, 'the assertion') !== 0n) return;
  throw new SourceError(`static assertion failed${message.length === 0 ? '' : `: "${stringText(message)}"`}`, at);
}
