/** Structs and unions (C11 6.7.2.1 and 6.7.2.3, with GNU C's attributes and extensions). */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import { integerOf } from './arithmetic.ts';
import type { Attribute } from './attributes.ts';
import { alignments, hasAttribute, lastOf, parseAttributes, reshaped, strictest } from './attributes.ts';
import { isUnfinished, parseDeclarator } from './declarators.ts';
import { parseConditional } from './expressions.ts';
import { integerConstant } from './fold.ts';
import { sizeOf } from './layout.ts';
import type { Parser } from './parser.ts';
import type { Specifiers } from './specifiers.ts';
import { parseStaticAssert } from './static-assert.ts';
import type { Expr } from './syntax.ts';
import { findTag, redefinition } from './tags.ts';
import { typeText } from './type-text.ts';
import type { CType, Member, RecordType, Target } from './types.ts';
import { bare, boolType, once } from './types.ts';

/** struct-or-union-specifier; the current token is `struct` or `union`. */
export function parseRecord(p: Parser): RecordType {
  const keyword = p.advance().text as 'struct' | 'union';
  const before = parseAttributes(p);
  const tag = p.current.kind === 'identifier' ? p.advance() : undefined;
  if (tag === undefined && !p.is('{')) throw p.unexpected(`a tag or '{' after '${keyword}'`);
  const define = p.is('{');
  const record =
    tag === undefined
      ? new DeclaredRecord(keyword, undefined, p.current, p.unit.target)
      : tagged(p, keyword, tag, define);
  if (!define) return record;
  if (record.defining || record.members !== undefined) throw redefinition(record, tag!);
  record.place = tag ?? p.current;
  record.defining = true;
  const members = p.nested(() => parseMembers(p));
  record.finish(members, parseAttributes(p, before), p.unit.pack.limit);
  return record;
}

class DeclaredRecord implements RecordType {
  readonly kind = 'record';
  readonly union: boolean;
  readonly tag: string | undefined;
  readonly target: Target;
  place: Place;
  members: readonly Member[] | undefined;
  packed = false;
  transparent = false;
  packLimit = 0;
  /** Its members are being read. */
  defining = false;
  #minimumAlign: () => number = () => 0;

  constructor(keyword: 'struct' | 'union', tag: string | undefined, place: Place, target: Target) {
    this.union = keyword === 'union';
    this.tag = tag;
    this.place = place;
    this.target = target;
  }

  get minimumAlign(): number {
    return this.#minimumAlign();
  }

  finish(members: readonly Member[], attributes: readonly Attribute[], packLimit: number): void {
    const order = attributes.find((attribute) => attribute.name === 'scalar_storage_order');
    if (order !== undefined) throw new SourceError("the attribute 'scalar_storage_order' is not supported", order.at);
    this.packed = hasAttribute(attributes, 'packed');
    this.transparent = hasAttribute(attributes, 'transparent_union');
    this.packLimit = packLimit;
    const aligned = alignments(attributes);
    if (aligned.length > 0) this.#minimumAlign = once(() => lastOf(aligned));
    this.members = members;
    this.defining = false;
  }
}

/** The record that `tag` names; made where there is none, and always of its own in a scope that defines it. */
function tagged(p: Parser, keyword: 'struct' | 'union', tag: Token, own: boolean): DeclaredRecord {
  const found = findTag(p, keyword, tag, own);
  if (found !== undefined) return found.type as DeclaredRecord;
  const made = new DeclaredRecord(keyword, tag.text, tag, p.unit.target);
  p.scope.tags.set(tag.text, { keyword, type: made, at: tag });
  return made;
}

/** '{' { member-declaration } '}'. A fault in one member is reported, and the others are read. */
function parseMembers(p: Parser): Member[] {
  const open = p.advance();
  const members: Member[] = [];
  while (!p.is('}')) {
    if (p.current.kind === 'end') throw p.unclosed(open);
    if (p.accept(';')) continue;
    try {
      if (p.is('_Static_assert')) parseStaticAssert(p);
      else parseMemberDeclaration(p, members);
    } catch (error) {
      p.report(error);
      p.skipStatement();
    }
  }
  p.advance();
  return members;
}

/** specifier-qualifier-list [ member-declarator { ',' member-declarator } ] ';' */
function parseMemberDeclaration(p: Parser, members: Member[]): void {
  const at = p.current;
  const specifiers = p.unit.grammar.specifiers(p);
  if (specifiers.storage !== undefined) {
    throw new SourceError(`a member cannot be '${specifiers.storage.text}'`, specifiers.storage);
  }
  if (p.is(';')) {
    p.advance();
    const type = bare(specifiers.type);
    // A record with a tag, or an enum, is declared here but makes no member.
    if (type.kind === 'record' && type.tag === undefined) members.push(newMember(specifiers, specifiers.type, at, ''));
    return;
  }
  do members.push(parseMember(p, specifiers));
  while (p.accept(','));
  // GNU C lets the ';' of the last member be left out.
  if (!p.is('}')) p.expect(';', 'after the member');
}

/** member-declarator: declarator | [ declarator ] ':' constant-expression */
function parseMember(p: Parser, specifiers: Specifiers): Member {
  const at = p.current;
  const before = parseAttributes(p, specifiers.attributes);
  const declared = p.is(':')
    ? { name: undefined, type: specifiers.type }
    : parseDeclarator(p, specifiers.type, 'always');
  const width = p.accept(':') ? parseConditional(p) : undefined;
  const attributes = parseAttributes(p, before);
  const type = reshaped(declared.type, attributes);
  const name = declared.name?.text ?? '';
  const place = declared.name ?? at;
  if (width === undefined) {
    const array = bare(type);
    if (array.kind === 'function' || isUnfinished(array.kind === 'array' ? array.element : type)) {
      throw new SourceError(`the member '${name}' has the incomplete type '${typeText(type)}'`, place);
    }
  }
  return newMember({ ...specifiers, attributes }, type, place, name, width);
}

function newMember(specifiers: Specifiers, type: CType, place: Token, name: string, width?: Expr): Member {
  const { attributes } = specifiers;
  const aligned = [...alignments(attributes), ...specifiers.aligned];
  const packed = hasAttribute(attributes, 'packed');
  if (width === undefined && aligned.length === 0) {
    return { name, type, place, bitWidth: undefined, packed, align: 0 };
  }
  const bitWidth = width === undefined ? undefined : once(() => checkedWidth(width, type, name));
  const align = once(() => strictest(aligned));
  return {
    name,
    type,
    place,
    packed,
    get bitWidth() {
      return bitWidth?.();
    },
    get align() {
      return align();
    },
  };
}

function checkedWidth(expr: Expr, type: CType, name: string): number {
  const what = name === '' ? 'an unnamed bit-field' : `the bit-field '${name}'`;
  const integer = integerOf(type);
  if (integer === undefined) throw new SourceError(`${what} has the type '${typeText(type)}', no integer`, expr.at);
  const width = integerConstant(expr, `the width of ${what}`);
  const most = integer === boolType ? 1 : sizeOf(type) * 8;
  if (width < 0n) throw new SourceError(`the width of ${what} is negative: ${width}`, expr.at);
  if (width > BigInt(most)) {
    throw new SourceError(`the width of ${what}, ${width}, is more than the ${most} bits of its type`, expr.at);
  }
  if (width === 0n && name !== '') throw new SourceError(`${what} has the width zero but a name`, expr.at);
  return Number(width);
}
