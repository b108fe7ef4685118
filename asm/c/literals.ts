/** The values and types of constants and string literals (C11 6.4.4, 6.4.5, with GNU C's binary numbers and `\e`). */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import type { FloatType, IntegerType } from './types.ts';
import {
  char16Type,
  char32Type,
  charType,
  doubleType,
  float32Type,
  float64Type,
  float64xType,
  float128Type,
  floatType,
  int128Type,
  intType,
  longDoubleType,
  longLongType,
  longType,
  unsignedIntType,
  unsignedLongLongType,
  unsignedLongType,
  wcharType,
} from './types.ts';

export type NumberLiteral =
  | { readonly value: bigint; readonly type: IntegerType }
  | { readonly value: number; readonly type: FloatType };

/** A number token's value and type. Throws SourceError where it is not a number of C or too large for every type. */
export function numberLiteral(token: Token): NumberLiteral {
  const { text } = token;
  const integer = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlL]*)$/.exec(text);
  if (integer !== null) return integerLiteral(token, integer[1]!, integer[2]!.replace(/U/g, 'u'));
  const float =
    /^((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|0[xX][0-9a-fA-F.]+[pP][+-]?[0-9]+)([fFlLxX0-9]*)$/.exec(text);
  const type = float === null ? undefined : FLOAT_SUFFIXES.get(float[2]!.toLowerCase());
  if (float === null || type === undefined) throw new SourceError(`'${text}' is not a number`, token);
  const value = /^0[xX]/.test(float[1]!) ? hexadecimalFloat(float[1]!) : Number(float[1]);
  return { value: type === floatType ? Math.fround(value) : value, type };
}

const FLOAT_SUFFIXES: ReadonlyMap<string, FloatType> = new Map([
  ['', doubleType],
  ['f', floatType],
  ['l', longDoubleType],
  ['f32', float32Type],
  ['f64', float64Type],
  ['f128', float128Type],
  ['f64x', float64xType],
]);

/** The types an integer constant takes in turn, by suffix, for decimal and for other bases (C11 6.4.4.1, 5);
 * GCC reads a signed decimal constant that is too large for them as __int128. */
const INTEGER_TYPES: ReadonlyMap<string, readonly [decimal: IntegerType[], other: IntegerType[]]> = new Map([
  [
    '',
    [
      [intType, longType, int128Type],
      [intType, unsignedIntType, longType, unsignedLongType],
    ],
  ],
  [
    'u',
    [
      [unsignedIntType, unsignedLongType],
      [unsignedIntType, unsignedLongType],
    ],
  ],
  [
    'l',
    [
      [longType, int128Type],
      [longType, unsignedLongType],
    ],
  ],
  ['ul', [[unsignedLongType], [unsignedLongType]]],
  [
    'll',
    [
      [longLongType, int128Type],
      [longLongType, unsignedLongLongType],
    ],
  ],
  ['ull', [[unsignedLongLongType], [unsignedLongLongType]]],
]);

function integerLiteral(token: Token, digits: string, suffix: string): NumberLiteral {
  const ordered = suffix.endsWith('u') ? `u${suffix.slice(0, -1)}` : suffix;
  const types = ordered.includes('lL') || ordered.includes('Ll') ? undefined : INTEGER_TYPES.get(ordered.toLowerCase());
  if (types === undefined) throw new SourceError(`invalid suffix '${suffix}' on the number '${token.text}'`, token);
  const octal = /^0[0-7]+$/.test(digits);
  const value = BigInt(octal ? `0o${digits}` : digits);
  const decimal = digits[0] !== '0';
  for (const type of types[decimal ? 0 : 1]) {
    const bits = BigInt(type.size * 8 - (type.signed ? 1 : 0));
    if (value >> bits === 0n) return { value, type };
  }
  throw new SourceError(`the number '${token.text}' is too large for any integer type`, token);
}

function hexadecimalFloat(text: string): number {
  const [mantissa, exponent] = text.slice(2).toLowerCase().split('p') as [string, string];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  return Number.parseInt(whole + fraction || '0', 16) * 2 ** (Number(exponent) - 4 * fraction.length);
}

export interface StringLiteral {
  readonly element: IntegerType;
  /** The code units, without the terminating zero. */
  readonly units: readonly number[];
}

const PREFIXES: ReadonlyMap<string, IntegerType> = new Map([
  ['', charType],
  ['u8', charType],
  ['L', wcharType],
  ['u', char16Type],
  ['U', char32Type],
]);

/** What adjacent string literals make together (C11 5.1.1.2, phase 6). `tokens` holds at least one. */
export function stringLiteral(tokens: readonly Token[]): StringLiteral {
  let element: IntegerType = charType;
  for (const token of tokens) {
    const own = prefixType(token);
    if (own === charType) continue;
    if (element !== charType && element !== own) {
      throw new SourceError('string literals of different kinds stand side by side', token);
    }
    element = own;
  }
  const units: number[] = [];
  for (const token of tokens) addCodeUnits(token, element, units);
  return { element, units };
}

/** The text that plain string literals make together; each code unit is one character. */
export function stringText(tokens: readonly Token[]): string {
  return new TextDecoder().decode(new Uint8Array(stringLiteral(tokens).units));
}

/** A character constant's value and type (C11 6.4.4.4): several characters make an int as GCC packs them. */
export function characterLiteral(token: Token): {
  value: bigint;
  type: IntegerType;
} {
  const element = prefixType(token);
  const units: number[] = [];
  addCodeUnits(token, element, units);
  if (units.length === 0) throw new SourceError('a character constant needs a character', token);
  if (element !== charType) return { value: BigInt(units[units.length - 1]!), type: element };
  let value = 0;
  for (const unit of units) value = (value << 8) | unit;
  return { value: BigInt(value), type: intType };
}

function prefixType(token: Token): IntegerType {
  const quote = token.text.search(/["']/);
  return PREFIXES.get(token.text.slice(0, quote)) ?? charType;
}

const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['t', 9],
  ['\\', 92],
  ["'", 39],
  ['"', 34],
  ['?', 63],
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['r', 13],
  ['v', 11],
  ['e', 27],
  ['E', 27],
]);

/** Adds a literal's code units in `element`'s encoding, UTF-8, UTF-16 or UTF-32, to `units`. */
function addCodeUnits(token: Token, element: IntegerType, units: number[]): void {
  const { text } = token;
  const end = text.length - 1;
  let at = text.search(/["']/) + 1;
  while (at < end) {
    if (text[at] !== '\\') {
      const point = text.codePointAt(at)!;
      encode(point, element, units);
      at += point > 0xffff ? 2 : 1;
      continue;
    }
    const sequence = /^\\(?:x([0-9a-fA-F]+)|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^xuU0-7]))/.exec(
      text.slice(at, end),
    );
    if (sequence === null) throw new SourceError(`'${text}' has an escape sequence that is cut short`, token);
    const [whole, hex, octal, short, long, simple] = sequence;
    const universal = short ?? long;
    if (universal !== undefined) encode(Number.parseInt(universal, 16), element, units);
    else if (simple !== undefined) units.push(SIMPLE_ESCAPES.get(simple) ?? simple.charCodeAt(0));
    else
      units.push(
        escapedUnit(token, hex === undefined ? Number.parseInt(octal!, 8) : Number.parseInt(hex, 16), element),
      );
    at += whole.length;
  }
}

function escapedUnit(token: Token, value: number, element: IntegerType): number {
  if (value >= 2 ** (element.size * 8)) throw new SourceError('the escape sequence is out of range', token);
  return value;
}

function encode(point: number, element: IntegerType, units: number[]): void {
  if (point < 0x80) units.push(point);
  else if (element.size === 1) units.push(...new TextEncoder().encode(String.fromCodePoint(point)));
  else if (element.size === 2 && point > 0xffff) {
    units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
  } else units.push(point);
}
