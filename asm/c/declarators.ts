/** Declarators and type names (C11 6.7.6, 6.7.7): pointers, arrays and functions of any nesting. */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import type { Alignments, Attribute } from './attributes.ts';
import { alignedType, alignments, parseAttributes, reshaped, startsAttribute } from './attributes.ts';
import { parseExpression } from './expressions.ts';
import { integerConstant } from './fold.ts';
import { isAsmKeyword } from './keywords.ts';
import { MAXIMUM_SIZE } from './layout.ts';
import type { Parser } from './parser.ts';
import { Scope } from './scope.ts';
import type { Expr } from './syntax.ts';
import { typeText } from './type-text.ts';
import type { ArrayType, CType, Qualifiers } from './types.ts';
import { bare, pointerTo, qualify } from './types.ts';

export interface Declarator {
  /** Undefined in a type name and for a parameter without a name. */
  readonly name: Token | undefined;
  readonly type: CType;
  /** Of a function: what its parameters are called, for its body. */
  readonly parameters: ParameterList | undefined;
}

export interface ParameterList {
  readonly scope: Scope;
  /** The bare names of an old-style definition, whose declarations follow the declarator. */
  readonly oldStyle: boolean;
}

/** An array whose length is worked out when first asked for. */
export class LazyArray implements ArrayType {
  readonly kind = 'array';
  readonly element: CType;
  /** Written without a length: `[]`. */
  readonly open: boolean;
  readonly place: Place;
  #compute: (() => number | undefined) | undefined;
  #length: number | undefined;

  constructor(element: CType, place: Place, open: boolean, compute: () => number | undefined) {
    this.element = element;
    this.place = place;
    this.open = open;
    this.#compute = compute;
  }

  get length(): number | undefined {
    if (this.#compute !== undefined) {
      this.#length = this.#compute();
      this.#compute = undefined;
    }
    return this.#length;
  }
}

/** Far more than C11 5.2.4.1 asks for (12); a type nested deeper would exhaust the stack of whoever walks it. */
const DERIVATION_LIMIT = 256;

/** declarator: one with a name where `named` is 'always', without where 'never'. */
export function parseDeclarator(p: Parser, base: CType, named: 'always' | 'never' | 'maybe'): Declarator {
  const shape = parseShape(p, named);
  if (shape.modifiers.length > DERIVATION_LIMIT) {
    const what = 'more pointers, arrays and functions in one declarator than the limit of';
    throw new SourceError(`${what} ${DERIVATION_LIMIT}`, shape.name ?? p.current);
  }
  if (shape.name === undefined && named === 'always') throw p.unexpected('a name');
  let type = base;
  for (const modify of shape.modifiers) type = modify(type, shape.name);
  return { name: shape.name, type, parameters: shape.parameters };
}

/** type-name: specifier-qualifier-list [ abstract-declarator ] */
export function parseTypeName(p: Parser): CType {
  const specifiers = p.unit.grammar.specifiers(p);
  if (specifiers.storage !== undefined) {
    throw new SourceError(`'${specifiers.storage.text}' has no place in a type name`, specifiers.storage);
  }
  const { type } = parseDeclarator(p, specifiers.type, 'never');
  const attributes = parseAttributes(p, specifiers.attributes);
  return alignedType(reshaped(type, attributes), [...alignments(attributes), ...specifiers.aligned]);
}

/** Whether no object of `type` can be declared here. Array lengths are not looked at. */
export function isUnfinished(type: CType): boolean {
  const at = bare(type);
  switch (at.kind) {
    case 'array':
      return isUnfinished(at.element);
    case 'record':
      return at.members === undefined;
    case 'enum':
      return at.enumerators === undefined;
    default:
      return at.kind === 'void' || at.kind === 'function';
  }
}

type Modifier = (type: CType, name: Token | undefined) => CType;

/** What a declarator does to the type before it, step by step. */
interface Shape {
  readonly name: Token | undefined;
  readonly modifiers: readonly Modifier[];
  readonly parameters: ParameterList | undefined;
}

function parseShape(p: Parser, named: 'always' | 'never' | 'maybe'): Shape {
  const pointers: Modifier[] = [];
  // `int __attribute__((x)) *p` and `*__attribute__((x)) p`: attributes stand wherever qualifiers do.
  for (;;) {
    if (p.accept('*')) pointers.push(pointerModifier(p));
    else if (startsAttribute(p)) parseAttributes(p);
    else break;
  }
  let inner: Shape = { name: undefined, modifiers: [], parameters: undefined };
  if (p.is('(') && opensDeclarator(p, p.peek(), named)) {
    p.advance();
    inner = p.nested(() => parseShape(p, named));
    p.expect(')', 'after the declarator');
  } else if (named !== 'never' && p.current.kind === 'identifier' && !isAsmKeyword(p.current.text)) {
    inner = { ...inner, name: p.advance() };
  }
  return withSuffixes(p, pointers, inner);
}

/** Arrays and functions behind the name: the last one is applied first. */
function withSuffixes(p: Parser, pointers: Modifier[], inner: Shape): Shape {
  if (!startsSuffix(p)) return { ...inner, modifiers: [...pointers, ...inner.modifiers] };
  const suffixes: Modifier[] = [];
  let { parameters } = inner;
  do {
    if (p.is('[')) suffixes.push(arrayModifier(p));
    else {
      const list = parseParameters(p);
      if (suffixes.length === 0 && inner.modifiers.length === 0) parameters = list;
      suffixes.push(list.modify);
    }
  } while (startsSuffix(p));
  return {
    name: inner.name,
    modifiers: [...pointers, ...suffixes.reverse(), ...inner.modifiers],
    parameters,
  };
}

function startsSuffix(p: Parser): boolean {
  return p.is('(') || (p.is('[') && !startsAttribute(p));
}

/** Whether '(' begins a nested declarator and not a parameter list. */
function opensDeclarator(p: Parser, next: Token, named: 'always' | 'never' | 'maybe'): boolean {
  if (named === 'always') return true;
  if (next.kind === 'punctuator') return next.text === '*' || next.text === '(' || next.text === '[';
  if (next.text === '__attribute__' || next.text === '__attribute') return true;
  return named === 'maybe' && next.kind === 'identifier' && !p.startsDeclaration(next);
}

function pointerModifier(p: Parser): Modifier {
  const { qualifiers, attributes } = parseQualifiers(p);
  if (qualifiers === undefined && attributes.length === 0) return pointerTo;
  const aligned: Alignments = alignments(attributes);
  return (type) => alignedType(qualify(pointerTo(type), qualifiers ?? {}), aligned);
}

const QUALIFIERS: ReadonlyMap<string, keyof Qualifiers> = new Map([
  ['const', 'const'],
  ['__const', 'const'],
  ['__const__', 'const'],
  ['volatile', 'volatile'],
  ['__volatile', 'volatile'],
  ['__volatile__', 'volatile'],
  ['restrict', 'restrict'],
  ['__restrict', 'restrict'],
  ['__restrict__', 'restrict'],
  ['_Atomic', 'atomic'],
]);

function parseQualifiers(p: Parser): {
  qualifiers: Partial<Qualifiers> | undefined;
  attributes: readonly Attribute[];
} {
  let qualifiers: Partial<Qualifiers> | undefined;
  let attributes: readonly Attribute[] = [];
  while (p.current.kind === 'identifier') {
    const qualifier = QUALIFIERS.get(p.current.text);
    if (qualifier !== undefined) {
      qualifiers = { ...qualifiers, [qualifier]: true };
      p.advance();
    } else if (startsAttribute(p)) attributes = parseAttributes(p, attributes);
    else break;
  }
  return { qualifiers, attributes };
}

/** '[' [ static ] [ qualifiers ] [ assignment-expression | '*' ] ']' */
function arrayModifier(p: Parser): Modifier {
  const at = p.advance();
  parseQualifiers(p);
  p.accept('static');
  parseQualifiers(p);
  let length: Expr | undefined;
  // `[*]` is an array of unspecified length, in a prototype only.
  const unspecified = p.is('*') && p.peek().text === ']';
  if (unspecified) p.advance();
  else if (!p.is(']')) length = parseExpression(p);
  p.expect(']', 'after the length of the array');
  return (element, name) => {
    const what = name === undefined ? 'the array' : `the array '${name.text}'`;
    if (isUnfinished(element)) {
      throw new SourceError(`${what} has elements of the incomplete type '${typeText(element)}'`, name ?? at);
    }
    if (length === undefined) return new LazyArray(element, name ?? at, !unspecified, () => undefined);
    const expr = length;
    return new LazyArray(element, name ?? at, false, () =>
      checkedLength(integerConstant(expr, `the length of ${what}`), what, expr),
    );
  };
}

function checkedLength(length: bigint, what: string, expr: Expr): number {
  if (length < 0n) throw new SourceError(`the length of ${what} is negative: ${length}`, expr.at);
  if (length > BigInt(MAXIMUM_SIZE)) {
    throw new SourceError(`the length of ${what} is above the limit of ${MAXIMUM_SIZE}`, expr.at);
  }
  return Number(length);
}

interface ParsedParameters extends ParameterList {
  readonly modify: Modifier;
}

/** '(' [ parameter { ',' parameter } [ ',' '...' ] ] ')', or the names of an old-style definition. */
function parseParameters(p: Parser): ParsedParameters {
  p.advance();
  const scope = new Scope(p.scope);
  if (p.accept(')'))
    return {
      scope,
      oldStyle: false,
      modify: functionModifier(undefined, false),
    };
  if (p.is('void') && p.peek().text === ')') {
    p.advance();
    p.advance();
    return { scope, oldStyle: false, modify: functionModifier([], false) };
  }
  if (p.current.kind === 'identifier' && !p.startsDeclaration(p.current)) return oldStyleNames(p, scope);
  const types: CType[] = [];
  let variadic = false;
  p.scoped(scope, () => {
    do {
      if (p.accept('...')) {
        variadic = true;
        break;
      }
      types.push(p.nested(() => parseParameter(p, scope)));
    } while (p.accept(','));
  });
  p.expect(')', 'after the parameters');
  return { scope, oldStyle: false, modify: functionModifier(types, variadic) };
}

function oldStyleNames(p: Parser, scope: Scope): ParsedParameters {
  const first = p.current;
  do {
    if (p.current.kind !== 'identifier') throw p.unexpected('a parameter name');
    p.advance();
  } while (p.accept(','));
  if (!p.is(')')) throw new SourceError(`'${first.text}' is not a type`, first);
  p.advance();
  return { scope, oldStyle: true, modify: functionModifier(undefined, false) };
}

function functionModifier(parameters: readonly CType[] | undefined, variadic: boolean): Modifier {
  return (result, name) => {
    const { kind } = bare(result);
    if (kind === 'array' || kind === 'function') {
      throw new SourceError(`a function cannot return '${typeText(result)}'`, name);
    }
    return { kind: 'function', result, parameters, variadic };
  };
}

function parseParameter(p: Parser, scope: Scope): CType {
  const specifiers = p.unit.grammar.specifiers(p);
  const { name, type } = parseDeclarator(p, specifiers.type, 'maybe');
  const attributes = parseAttributes(p, specifiers.attributes);
  const adjusted = adjust(reshaped(type, attributes));
  if (name !== undefined) {
    scope.names.set(name.text, {
      kind: 'variable',
      name: name.text,
      type: adjusted,
      at: name,
      align: 0,
    });
  }
  return adjusted;
}

/** A parameter that is an array or a function is a pointer (C11 6.7.6.3, 7 and 8). */
function adjust(type: CType): CType {
  const at = bare(type);
  if (at.kind === 'array') return pointerTo(at.element);
  return at.kind === 'function' ? pointerTo(type) : type;
}
