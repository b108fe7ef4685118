/** Enums (C11 6.7.2.2, with GNU C's attributes and its enumerators wider than int). */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import { commonInteger, integerOf } from './arithmetic.ts';
import { hasAttribute, parseAttributes, reshaped } from './attributes.ts';
import { parseConditional } from './expressions.ts';
import { fold, integerConstant } from './fold.ts';
import { noteAt } from './notes.ts';
import type { Parser } from './parser.ts';
import type { EnumeratorEntity } from './scope.ts';
import type { Expr } from './syntax.ts';
import { findTag, redefinition } from './tags.ts';
import { typeText } from './type-text.ts';
import type { CType, Enumerator, EnumType, IntegerType } from './types.ts';
import {
  bare,
  int128Type,
  intType,
  longType,
  shortType,
  signedCharType,
  unsignedCharType,
  unsignedInt128Type,
  unsignedIntType,
  unsignedLongType,
  unsignedShortType,
} from './types.ts';

/** enum-specifier; the current token is `enum`. */
export function parseEnum(p: Parser): EnumType {
  p.advance();
  const before = parseAttributes(p);
  const tag = p.current.kind === 'identifier' ? p.advance() : undefined;
  if (tag === undefined && !p.is('{')) throw p.unexpected("a tag or '{' after 'enum'");
  const define = p.is('{');
  const found = tag === undefined ? undefined : (findTag(p, 'enum', tag, define)?.type as Enumeration | undefined);
  const type = found ?? new Enumeration(tag?.text, tag ?? p.current);
  if (found === undefined && tag !== undefined) p.scope.tags.set(tag.text, { keyword: 'enum', type, at: tag });
  if (!define) return type;
  if (type.enumerators !== undefined) throw redefinition(type, tag!);
  type.place = tag ?? p.current;
  parseEnumerators(p, type);
  const attributes = parseAttributes(p, before);
  const mode = attributes.find((attribute) => attribute.name === 'mode');
  const width = mode === undefined ? undefined : (bare(reshaped(intType, [mode])) as IntegerType).size * 8;
  type.finish(hasAttribute(attributes, 'packed'), width);
  return type;
}

/** '{' enumerator { ',' enumerator } [ ',' ] '}' */
function parseEnumerators(p: Parser, type: Enumeration): void {
  const open = p.advance();
  do {
    if (p.is('}')) break;
    const at = p.current;
    if (at.kind === 'end') throw p.unclosed(open);
    if (at.kind !== 'identifier') throw p.unexpected('the name of an enumerator');
    p.advance();
    parseAttributes(p);
    const expr = p.accept('=') ? parseConditional(p) : undefined;
    declareEnumerator(p, type.add(at, expr));
  } while (p.accept(','));
  if (p.current.kind === 'end') throw p.unclosed(open);
  p.expect('}', 'after the enumerators');
}

function declareEnumerator(p: Parser, enumerator: EnumConstant): void {
  const known = p.scope.names.get(enumerator.name);
  if (known !== undefined) {
    const note = noteAt('first declared here', known.at);
    throw new SourceError(`'${enumerator.name}' is declared a second time`, enumerator.at, [note]);
  }
  p.scope.names.set(enumerator.name, enumerator);
}

/** One enumerator: both what its name stands for and a row of its enum. */
class EnumConstant implements EnumeratorEntity, Enumerator {
  readonly kind = 'enumerator';
  readonly at: Token;
  readonly expr: Expr | undefined;
  readonly #enum: Enumeration;
  readonly #index: number;

  constructor(at: Token, expr: Expr | undefined, type: Enumeration, index: number) {
    this.at = at;
    this.expr = expr;
    this.#enum = type;
    this.#index = index;
  }

  get name(): string {
    return this.at.text;
  }

  get place(): Place {
    return this.at;
  }

  get value(): bigint {
    return this.#enum.evaluated(this.#index).value;
  }

  get type(): CType {
    return this.#enum.evaluated(this.#index).type;
  }
}

interface EnumValue {
  readonly value: bigint;
  readonly type: IntegerType;
}

class Enumeration implements EnumType {
  readonly kind = 'enum';
  readonly tag: string | undefined;
  place: Place;
  readonly #members: EnumConstant[] = [];
  #complete = false;
  /** Values in order, as far as they were asked for; types as they are while the enum is being declared. */
  readonly #values: EnumValue[] = [];
  #packed = false;
  #modeBits: number | undefined;
  #integer: IntegerType | undefined;

  constructor(tag: string | undefined, place: Place) {
    this.tag = tag;
    this.place = place;
  }

  get enumerators(): readonly Enumerator[] | undefined {
    return this.#complete ? this.#members : undefined;
  }

  add(at: Token, expr: Expr | undefined): EnumConstant {
    const enumerator = new EnumConstant(at, expr, this, this.#members.length);
    this.#members.push(enumerator);
    return enumerator;
  }

  finish(packed: boolean, modeBits: number | undefined): void {
    this.#complete = true;
    this.#packed = packed;
    this.#modeBits = modeBits;
  }

  /** The value and type of an enumerator: int where it fits, else the type of the enum (GCC's extension). */
  evaluated(index: number): EnumValue {
    this.#evaluateTo(index);
    const { value, type } = this.#values[index]!;
    return type === intType || !this.#complete ? { value, type } : { value, type: this.integer };
  }

  get integer(): IntegerType {
    if (this.#integer !== undefined) return this.#integer;
    if (!this.#complete) throw new SourceError(`'${typeText(this)}' is incomplete`, this.place);
    this.#evaluateTo(this.#members.length - 1);
    let least = 0n;
    let most = 0n;
    for (const { value } of this.#values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    this.#integer = enumInteger(least, most, this.#packed, this.#modeBits);
    return this.#integer;
  }

  #evaluateTo(index: number): void {
    while (this.#values.length <= index) {
      const at = this.#values.length;
      const { expr, name, at: place } = this.#members[at]!;
      this.#values.push(expr === undefined ? successor(this.#values[at - 1], place) : explicitValue(expr, name));
    }
  }
}

function explicitValue(expr: Expr, name: string): EnumValue {
  const value = integerConstant(expr, `the value of the enumerator '${name}'`);
  const own = integerOf(fold(expr).type)!;
  return {
    value,
    type: fitsInt(value) ? intType : commonInteger(own.rank < intType.rank ? intType : own, intType),
  };
}

/** One more than the last value, which must fit the type that has. */
function successor(last: EnumValue | undefined, place: Token): EnumValue {
  if (last === undefined) return { value: 0n, type: intType };
  const value = last.value + 1n;
  const bits = BigInt(last.type.size * 8 - (last.type.signed ? 1 : 0));
  if (value >> bits === 0n || value <= 0n) return { value, type: fitsInt(value) ? intType : last.type };
  throw new SourceError(`the value of the enumerator '${place.text}', ${value}, overflows '${last.type.name}'`, place);
}

function fitsInt(value: bigint): boolean {
  return BigInt.asIntN(32, value) === value;
}

const BY_SIZE: readonly (readonly [signed: IntegerType, unsigned: IntegerType])[] = [
  [signedCharType, unsignedCharType],
  [shortType, unsignedShortType],
  [intType, unsignedIntType],
  [longType, unsignedLongType],
  [int128Type, unsignedInt128Type],
];

/** The integer type of an enum: (unsigned) int, the next that holds all values, or with `packed` the smallest. */
function enumInteger(least: bigint, most: bigint, packed: boolean, modeBits: number | undefined): IntegerType {
  const signed = least < 0n;
  const bits = Math.max(signed ? (-least - 1n).toString(2).length + 1 : 0, most.toString(2).length + (signed ? 1 : 0));
  const wanted = modeBits ?? (packed ? bits : Math.max(bits, 32));
  const row = BY_SIZE.find(([type]) => type.size * 8 >= wanted) ?? BY_SIZE[BY_SIZE.length - 1]!;
  return row[signed ? 0 : 1];
}
