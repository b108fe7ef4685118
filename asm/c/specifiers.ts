/** Declaration specifiers (C11 6.7.1 to 6.7.5, with `typeof`, `__auto_type` and attributes among them). */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import type { Alignments, Attribute } from './attributes.ts';
import { checkedAlignment, parseAttributes, startsAttribute } from './attributes.ts';
import { parseTypeName } from './declarators.ts';
import { parseEnum } from './enums.ts';
import { parseConditional, parseExpression } from './expressions.ts';
import { fold, integerConstant } from './fold.ts';
import { type Keyword, SPECIFIER_KEYWORDS } from './keywords.ts';
import { alignOf } from './layout.ts';
import type { Parser } from './parser.ts';
import { parseRecord } from './records.ts';
import { typeText } from './type-text.ts';
import type { CType, FloatType } from './types.ts';
import {
  bfloat16Type,
  boolType,
  charType,
  doubleType,
  float16Type,
  float32Type,
  float32xType,
  float64Type,
  float64xType,
  float128Type,
  floatType,
  fp16Type,
  int128Type,
  intType,
  longDoubleType,
  longLongType,
  longType,
  once,
  type Qualifiers,
  qualify,
  shortType,
  signedCharType,
  unsignedCharType,
  unsignedInt128Type,
  unsignedIntType,
  unsignedLongLongType,
  unsignedLongType,
  unsignedShortType,
  voidType,
} from './types.ts';

export interface Specifiers {
  readonly type: CType;
  /** The storage class written: typedef, extern, static, auto or register. */
  readonly storage: Token | undefined;
  readonly inline: boolean;
  /** `__auto_type`: the type is that of the initialiser. */
  readonly auto: boolean;
  readonly attributes: readonly Attribute[];
  /** From `_Alignas`. */
  readonly aligned: Alignments;
}

/** declaration-specifiers. Throws SourceError where there is no type or the words do not go together. */
export function parseSpecifiers(p: Parser): Specifiers {
  const reading = new Reading(p);
  for (;;) {
    const token = p.current;
    if (token.kind !== 'identifier') {
      if (!startsAttribute(p)) break;
      reading.keyword('attribute');
      continue;
    }
    const keyword = SPECIFIER_KEYWORDS.get(token.text);
    if (keyword !== undefined) reading.keyword(keyword);
    else if (reading.hasType) break;
    else {
      const entity = p.scope.find(token.text);
      if (entity?.kind !== 'typedef') break;
      p.advance();
      reading.type = entity.type;
    }
  }
  return reading.finish();
}

/** The words of the basic types, as digits (of two bits) of a number that says which stood how often. */
const WORDS = {
  void: 1,
  bool: 1 << 2,
  char: 1 << 4,
  short: 1 << 6,
  int: 1 << 8,
  long: 1 << 10,
  float: 1 << 12,
  double: 1 << 14,
  signed: 1 << 16,
  unsigned: 1 << 18,
  int128: 1 << 20,
} as const;

const { char, short, int, long, float, double, signed, unsigned, int128 } = WORDS;

/** The sets of words that name a type (C11 6.7.2, 2). */
const BASIC_TYPES: ReadonlyMap<number, CType> = new Map<number, CType>([
  [WORDS.void, voidType],
  [WORDS.bool, boolType],
  [char, charType],
  [signed + char, signedCharType],
  [unsigned + char, unsignedCharType],
  [short, shortType],
  [short + int, shortType],
  [signed + short, shortType],
  [signed + short + int, shortType],
  [unsigned + short, unsignedShortType],
  [unsigned + short + int, unsignedShortType],
  [int, intType],
  [signed, intType],
  [signed + int, intType],
  [unsigned, unsignedIntType],
  [unsigned + int, unsignedIntType],
  [long, longType],
  [long + int, longType],
  [signed + long, longType],
  [signed + long + int, longType],
  [unsigned + long, unsignedLongType],
  [unsigned + long + int, unsignedLongType],
  [long + long, longLongType],
  [long + long + int, longLongType],
  [signed + long + long, longLongType],
  [signed + long + long + int, longLongType],
  [unsigned + long + long, unsignedLongLongType],
  [unsigned + long + long + int, unsignedLongLongType],
  [int128, int128Type],
  [signed + int128, int128Type],
  [unsigned + int128, unsignedInt128Type],
  [float, floatType],
  [double, doubleType],
  [long + double, longDoubleType],
]);

const NAMED_FLOATS: ReadonlyMap<string, FloatType> = new Map(
  [float16Type, fp16Type, bfloat16Type, float32Type, float64Type, float128Type, float32xType, float64xType].map(
    (type) => [type.name, type],
  ),
);

const NO_TYPE = 'these words together name no type';

/** The specifiers of one declaration while they are read. */
class Reading {
  readonly #p: Parser;
  readonly #first: Token;
  /** A type that is no basic type. */
  type: CType | undefined;
  #words = 0;
  #complex = false;
  #storage: Token | undefined;
  #inline = false;
  #auto = false;
  #qualifiers: Partial<Qualifiers> = {};
  #attributes: readonly Attribute[] = [];
  #aligned: Alignments = [];

  constructor(p: Parser) {
    this.#p = p;
    this.#first = p.current;
  }

  get hasType(): boolean {
    return this.type !== undefined || this.#words !== 0 || this.#complex;
  }

  /** Takes in the keyword at the current token. */
  keyword(keyword: Keyword): void {
    const p = this.#p;
    switch (keyword) {
      case 'typedef':
      case 'extern':
      case 'static':
      case 'auto':
      case 'register':
        this.#setStorage(p.advance());
        break;
      case 'const':
      case 'volatile':
      case 'restrict':
        p.advance();
        this.#qualifiers = { ...this.#qualifiers, [keyword]: true };
        break;
      case 'atomic':
        this.#atomic();
        break;
      case 'inline':
        p.advance();
        this.#inline = true;
        break;
      case 'thread':
      case 'noreturn':
      case 'extension':
        p.advance();
        break;
      case 'attribute':
        this.#attributes = parseAttributes(p, this.#attributes);
        break;
      case 'alignas':
        this.#aligned = [...this.#aligned, parseAlignas(p)];
        break;
      case 'static assert':
        throw p.unexpected('a type');
      case 'complex':
        p.advance();
        this.#complex = true;
        break;
      case 'struct':
      case 'union':
        this.#setType(parseRecord(p));
        break;
      case 'enum':
        this.#setType(parseEnum(p));
        break;
      case 'typeof':
        this.#setType(parseTypeof(p));
        break;
      case 'named float':
        this.#setType(NAMED_FLOATS.get(p.advance().text)!);
        break;
      case 'auto type':
        p.advance();
        this.#auto = true;
        this.#setType(intType);
        break;
      default:
        this.#word(p.advance(), WORDS[keyword]);
    }
  }

  finish(): Specifiers {
    return {
      type: qualify(this.#finalType(), this.#qualifiers),
      storage: this.#storage,
      inline: this.#inline,
      auto: this.#auto,
      attributes: this.#attributes,
      aligned: this.#aligned,
    };
  }

  #setStorage(token: Token): void {
    if (this.#storage !== undefined) {
      throw new SourceError(`'${token.text}' and '${this.#storage.text}' do not go together`, token);
    }
    this.#storage = token;
  }

  #setType(type: CType): void {
    if (this.hasType) throw new SourceError('two types in one declaration', this.#first);
    this.type = type;
  }

  #word(token: Token, word: number): void {
    if (this.type !== undefined) throw new SourceError(`'${token.text}' does not go with another type`, token);
    // No word may stand more than twice, and a digit has no room for more than three.
    if ((this.#words & (3 * word)) >= 2 * word) throw new SourceError(NO_TYPE, this.#first);
    this.#words += word;
  }

  /** `_Atomic` alone is a qualifier, `_Atomic(type)` a type (C11 6.7.2.4). */
  #atomic(): void {
    const p = this.#p;
    p.advance();
    if (!p.is('(')) {
      this.#qualifiers = { ...this.#qualifiers, atomic: true };
      return;
    }
    p.advance();
    this.#setType(qualify(parseTypeName(p), { atomic: true }));
    p.expect(')', 'after the type name');
  }

  #finalType(): CType {
    if (this.type !== undefined) return this.#complex ? this.#complexOf(this.type) : this.type;
    if (this.#words === 0) return this.#complex ? this.#complexOf(doubleType) : this.#implicitInt();
    const type = BASIC_TYPES.get(this.#words);
    if (type === undefined) throw new SourceError(NO_TYPE, this.#first);
    return this.#complex ? this.#complexOf(type) : type;
  }

  #complexOf(type: CType): CType {
    if (type.kind === 'float' || type.kind === 'integer') return { kind: 'complex', part: type };
    throw new SourceError(`'_Complex' does not go with '${typeText(type)}'`, this.#first);
  }

  /** GNU C reads a declaration without a type as one of int; a name that is no type is the likelier fault. */
  #implicitInt(): CType {
    const p = this.#p;
    const token = p.current;
    const bare = this.#first === token;
    if (token.kind === 'identifier') {
      const next = p.peek();
      if (next.kind === 'identifier' || next.text === '*' || (bare && !IMPLICIT.has(next.text))) {
        throw new SourceError(`'${token.text}' is not a type`, token);
      }
      if (bare) p.unit.diagnostics.warning(`'${token.text}' has no type and is taken for an int`, token);
    } else if (bare) throw p.unexpected('a declaration');
    return intType;
  }
}

/** What may follow the name of a declaration without specifiers. */
const IMPLICIT: ReadonlySet<string> = new Set([';', '=', ',', '[', '(']);

/** `_Alignas ( type-name | constant-expression )` (C11 6.7.5) */
function parseAlignas(p: Parser): () => number {
  const at = p.advance();
  p.expect('(', "after '_Alignas'");
  let align: () => number;
  if (p.startsDeclaration(p.current)) {
    const type = parseTypeName(p);
    align = once(() => alignOf(type, at));
  } else {
    const expr = parseConditional(p);
    align = once(() => checkedAlignment(integerConstant(expr, "the argument of '_Alignas'"), at));
  }
  p.expect(')', "after the argument of '_Alignas'");
  return align;
}

/** `typeof ( expression | type-name )` */
function parseTypeof(p: Parser): CType {
  const at = p.advance();
  p.expect('(', `after '${at.text}'`);
  const type = p.startsDeclaration(p.current) ? parseTypeName(p) : typeofExpression(p);
  p.expect(')', `after the operand of '${at.text}'`);
  return type;
}

function typeofExpression(p: Parser): CType {
  const typed = fold(parseExpression(p));
  if (typed.bitWidth !== undefined) throw new SourceError("'typeof' does not apply to a bit-field", typed.at);
  return typed.type;
}
