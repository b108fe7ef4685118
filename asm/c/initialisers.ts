/**
 * Initialisers (C11 6.7.9) as far as a type depends on them: the length of an array declared without one.
 */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import { LazyArray } from './declarators.ts';
import { parseAssignment, parseConditional } from './expressions.ts';
import { fold, integerConstant } from './fold.ts';
import { stringLiteral } from './literals.ts';
import type { Parser } from './parser.ts';
import type { Expr } from './syntax.ts';
import type { CType } from './types.ts';
import { bare } from './types.ts';

/** Steps over the initialiser at the current token, up to the ',' or ';' behind it; its tokens are added to `kept`. */
export function skipInitialiser(p: Parser, kept?: Token[]): void {
  while (p.current.kind !== 'end' && !p.is(',') && !p.is(';')) {
    if (p.is('{') || p.is('(') || p.is('[')) p.skipBrackets(kept);
    else {
      kept?.push(p.current);
      p.advance();
    }
  }
}

/**
 * `type` as the initialiser `tokens` completes it: an array declared `[]` gets its length, worked out when asked.
 * Every other type is returned as it is.
 */
export function completed(p: Parser, type: CType, tokens: readonly Token[], at: Token): CType {
  const array = bare(type);
  if (!(array instanceof LazyArray) || !array.open) return type;
  const { scope } = p;
  const { element, place } = array;
  return new LazyArray(element, place, false, () => lengthOf(p.over(tokens, at, scope), element));
}

/** `type` completed by the braced initialiser at the current token, which is stepped over. */
export function initialised(p: Parser, type: CType): CType {
  const at = p.current;
  const kept: Token[] = [];
  p.skipBrackets(kept);
  return completed(p, type, kept, at);
}

/** The number of elements of an array of `element` that the initialiser in `p` gives values to. */
function lengthOf(p: Parser, element: CType): number {
  if (p.current.kind === 'string') return stringLength(p);
  if (!p.is('{')) throw new SourceError('the initialiser of an array needs braces', p.current);
  if (p.peek().kind === 'string' && bare(element).kind === 'integer') {
    p.advance();
    return stringLength(p);
  }
  return countElements(p, element);
}

function stringLength(p: Parser): number {
  const tokens: Token[] = [];
  while (p.current.kind === 'string') tokens.push(p.advance());
  return stringLiteral(tokens).units.length + 1;
}

/** '{' [ designation ] initialiser ... '}': the largest index given a value, and one. */
function countElements(p: Parser, element: CType): number {
  p.advance();
  let index = 0;
  let length = 0;
  while (!p.is('}')) {
    if (p.is('[')) index = designatedIndex(p);
    initialise(p, element);
    index++;
    length = Math.max(length, index);
    if (!p.accept(',')) break;
  }
  p.expect('}', 'after the initialisers');
  return length;
}

/** '[' index [ '...' last ] ']' { further designator } [ '=' ]; the last index is the one that counts. */
function designatedIndex(p: Parser): number {
  p.advance();
  let expr = parseConditional(p);
  if (p.accept('...')) expr = parseConditional(p);
  p.expect(']', 'after the index');
  while (p.is('.') || p.is('[')) {
    if (p.accept('.')) p.advance();
    else p.skipBrackets();
  }
  p.accept('=');
  return Number(integerConstant(expr, 'the index of an initialiser'));
}

/**
 * Steps over the value of an object of `type`: braced, or as many expressions as its parts take where braces are
 * left out. `first` is the first expression, where it was read already.
 */
function initialise(p: Parser, type: CType, first?: Expr): void {
  if (first === undefined && p.is('{')) {
    p.skipBrackets();
    return;
  }
  const value = first ?? parseAssignment(p);
  const target = bare(type);
  if (target.kind === 'array') {
    if (value.op === 'string' && bare(target.element).kind === 'integer') return;
    fillParts(
      p,
      Array.from({ length: target.length ?? 0 }, () => target.element),
      value,
    );
  } else if (target.kind === 'record' && bare(fold(value).type) !== target) {
    const named = (target.members ?? []).filter((member) => member.name !== '' || member.bitWidth === undefined);
    const used = target.union ? named.slice(0, 1) : named;
    fillParts(
      p,
      used.map((member) => member.type),
      value,
    );
  }
}

/** The parts of an object whose braces are left out; `first` is the value of the first of them. */
function fillParts(p: Parser, parts: readonly CType[], first: Expr): void {
  for (let i = 0; i < parts.length; i++) {
    if (i === 0) initialise(p, parts[i]!, first);
    else {
      const next = p.peek();
      if (!p.is(',') || next.text === '}' || next.text === '.' || next.text === '[') return;
      p.advance();
      initialise(p, parts[i]!);
    }
  }
}
