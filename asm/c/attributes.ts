/**
 * `__attribute__((...))` and `[[gnu::...]]` (GCC manual, "Attribute Syntax"; C2x 6.7.12). Kept are the attributes that bear on the size, alignment
 * or meaning of a declaration; every other one is passed over.
 */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import { parseAssignment } from './expressions.ts';
import { integerConstant } from './fold.ts';
import { sizeOf } from './layout.ts';
import type { Parser } from './parser.ts';
import type { Expr } from './syntax.ts';
import { typeText } from './type-text.ts';
import type { CType, FloatType, IntegerType } from './types.ts';
import {
  BIGGEST_ALIGNMENT,
  bare,
  doubleType,
  floatType,
  int128Type,
  intType,
  longDoubleType,
  longType,
  once,
  qualifiersOf,
  qualify,
  shortType,
  signedCharType,
  unsignedCharType,
  unsignedInt128Type,
  unsignedIntType,
  unsignedLongType,
  unsignedShortType,
} from './types.ts';

export interface Attribute {
  readonly name: Effective;
  readonly at: Token;
  /** The argument of aligned, vector_size and scalar_storage_order. */
  readonly argument?: Expr;
  /** The argument of mode. */
  readonly mode?: Token;
}

type Effective =
  | 'aligned'
  | 'packed'
  | 'mode'
  | 'vector_size'
  | 'transparent_union'
  | 'scalar_storage_order'
  | 'used'
  | 'gnu_inline';

const NAMES: readonly Effective[] = [
  'aligned',
  'packed',
  'mode',
  'vector_size',
  'transparent_union',
  'scalar_storage_order',
  'used',
  'gnu_inline',
];

/** By both spellings: `aligned` and `__aligned__`. */
const EFFECTIVE: ReadonlyMap<string, Effective> = new Map(
  NAMES.flatMap((name) => [[name, name] as const, [`__${name}__`, name] as const]),
);

const NONE: readonly Attribute[] = [];

/** The attributes at the current token, if any; `before`, given, comes first in the list. */
export function parseAttributes(p: Parser, before: readonly Attribute[] = NONE): readonly Attribute[] {
  let found = before;
  while (startsAttribute(p)) {
    const close = p.advance().text === '[' ? ']' : ')';
    const open = close === ']' ? '[' : '(';
    if (open === '(') p.expect('(', "after '__attribute__'");
    p.expect(open, "after '__attribute__'");
    do {
      const attribute = parseAttribute(p, close);
      if (attribute !== undefined) found = [...found, attribute];
    } while (p.accept(','));
    p.expect(close, 'after the attributes');
    p.expect(close, 'after the attributes');
  }
  return found;
}

/** Whether attributes begin at the current token, in either syntax. */
export function startsAttribute(p: Parser): boolean {
  if (p.is('[')) return p.peek().text === '[';
  return p.is('__attribute__') || p.is('__attribute');
}

/** attribute: nothing | [ prefix '::' ] name [ '(' arguments ')' ]; any word may be a name, a keyword too. */
function parseAttribute(p: Parser, close: string): Attribute | undefined {
  if (p.is(',') || p.is(close)) return undefined;
  let at = attributeName(p);
  let known = close === ')';
  if (p.is('::') || p.is(':')) {
    known = at.text === 'gnu' || at.text === '__gnu__';
    if (p.advance().text === ':') p.expect(':', 'after the prefix of the attribute');
    at = attributeName(p);
  }
  const effective = known ? EFFECTIVE.get(at.text) : undefined;
  if (effective === undefined) {
    if (p.is('(')) p.skipBrackets();
    return undefined;
  }
  if (!p.accept('(')) return { name: effective, at };
  if (effective === 'mode') {
    const mode = p.advance();
    p.expect(')', 'after the mode');
    return { name: effective, at, mode };
  }
  const argument = p.is(')') ? undefined : parseAssignment(p);
  p.expect(')', 'after the argument of the attribute');
  return { name: effective, at, argument };
}

function attributeName(p: Parser): Token {
  if (p.current.kind !== 'identifier') throw p.unexpected('the name of an attribute');
  return p.advance();
}

export function hasAttribute(attributes: readonly Attribute[], name: Effective): boolean {
  return attributes.some((attribute) => attribute.name === name);
}

/** Alignments asked for by attributes and by `_Alignas`, each worked out when asked; bytes, 0 for "no effect". */
export type Alignments = readonly (() => number)[];

/** What the aligned attributes among `attributes` ask for, in their order. */
export function alignments(attributes: readonly Attribute[]): Alignments {
  return attributes.filter((attribute) => attribute.name === 'aligned').map(alignment);
}

function alignment(attribute: Attribute): () => number {
  const { argument, at } = attribute;
  if (argument === undefined) return () => BIGGEST_ALIGNMENT;
  return once(() => checkedAlignment(integerConstant(argument, "the argument of 'aligned'"), at));
}

/** The largest alignment GCC takes: 2^28 bytes, the limit of the object file format's sections in its back end. */
const MAXIMUM_ALIGNMENT = 2n ** 28n;

/** `value` as an alignment in bytes. Throws SourceError where it is no power of two or too large. */
export function checkedAlignment(value: bigint, at: Token): number {
  if (value < 0n || (value & (value - 1n)) !== 0n) {
    throw new SourceError(`an alignment of ${value} is no positive power of two`, at);
  }
  if (value > MAXIMUM_ALIGNMENT) {
    throw new SourceError(`an alignment of ${value} is above the limit of ${MAXIMUM_ALIGNMENT} bytes`, at);
  }
  return Number(value);
}

/** The strictest of `list`: what several alignments of one object or member come to; 0 where there is none. */
export function strictest(list: Alignments): number {
  let most = 0;
  for (const get of list) most = Math.max(most, get());
  return most;
}

/** The last that has an effect: what several alignments of one type come to; 0 where there is none. */
export function lastOf(list: Alignments): number {
  for (let i = list.length - 1; i >= 0; i--) {
    const align = list[i]!();
    if (align !== 0) return align;
  }
  return 0;
}

/** `type` with an alignment of its own; `type` itself where `list` is empty. */
export function alignedType(type: CType, list: Alignments): CType {
  if (list.length === 0) return type;
  const align = once(() => lastOf(list));
  return {
    kind: 'qualified',
    type,
    const: false,
    volatile: false,
    restrict: false,
    atomic: false,
    get align() {
      return align();
    },
  };
}

/** `type` as mode and vector_size change it. */
export function reshaped(type: CType, attributes: readonly Attribute[]): CType {
  let result = type;
  for (const attribute of attributes) {
    if (attribute.name === 'mode') result = withMode(result, attribute.mode ?? attribute.at);
    else if (attribute.name === 'vector_size') result = inVector(result, attribute);
  }
  return result;
}

type ModeRow = readonly [signed: IntegerType, unsigned: IntegerType];

/** Machine modes (GCC Internals, "Machine Modes"); word and pointer are 64 bits wide. */
const INTEGER_MODES: ReadonlyMap<string, ModeRow> = new Map([
  ['QI', [signedCharType, unsignedCharType]],
  ['byte', [signedCharType, unsignedCharType]],
  ['HI', [shortType, unsignedShortType]],
  ['SI', [intType, unsignedIntType]],
  ['DI', [longType, unsignedLongType]],
  ['word', [longType, unsignedLongType]],
  ['pointer', [longType, unsignedLongType]],
  ['unwind_word', [longType, unsignedLongType]],
  ['libgcc_cmp_return', [intType, unsignedIntType]],
  ['libgcc_shift_count', [intType, unsignedIntType]],
  ['TI', [int128Type, unsignedInt128Type]],
]);

const FLOAT_MODES: ReadonlyMap<string, FloatType> = new Map([
  ['SF', floatType],
  ['DF', doubleType],
  ['TF', longDoubleType],
]);

function withMode(type: CType, mode: Token): CType {
  const name = mode.text.replace(/^__(.*)__$/, '$1');
  const from = bare(type);
  const row = INTEGER_MODES.get(name);
  if (row !== undefined && from.kind === 'integer') return qualify(row[from.signed ? 0 : 1], qualifiersOf(type));
  const float = FLOAT_MODES.get(name);
  if (float !== undefined && from.kind === 'float') return qualify(float, qualifiersOf(type));
  if (float !== undefined && from.kind === 'complex') return { kind: 'complex', part: float };
  if (from.kind === 'pointer' && (name === 'DI' || name === 'pointer' || name === 'word')) return type;
  throw new SourceError(`the mode '${mode.text}' does not apply to '${typeText(type)}'`, mode);
}

/** A vector of the innermost type that `type` points to, is an array of, or returns. */
function inVector(type: CType, attribute: Attribute): CType {
  const from = bare(type);
  switch (from.kind) {
    case 'pointer':
      return { ...from, to: inVector(from.to, attribute) };
    case 'array':
      return {
        kind: 'array',
        element: inVector(from.element, attribute),
        get length() {
          return from.length;
        },
      };
    case 'function':
      return { ...from, result: inVector(from.result, attribute) };
    case 'integer':
    case 'float': {
      const { argument, at } = attribute;
      if (argument === undefined) throw new SourceError("'vector_size' needs the size of the vector", at);
      const size = once(() => vectorSize(integerConstant(argument, "the argument of 'vector_size'"), from, at));
      return {
        kind: 'vector',
        element: from,
        get size() {
          return size();
        },
      };
    }
    default:
      throw new SourceError(`'vector_size' does not apply to '${typeText(type)}'`, attribute.at);
  }
}

function vectorSize(bytes: bigint, element: CType, at: Token): number {
  const count = bytes / BigInt(sizeOf(element));
  if (bytes <= 0n || bytes % BigInt(sizeOf(element)) !== 0n || (count & (count - 1n)) !== 0n || bytes > 1n << 30n) {
    throw new SourceError(`a vector of ${bytes} bytes is no power of two of its elements`, at);
  }
  return Number(bytes);
}
