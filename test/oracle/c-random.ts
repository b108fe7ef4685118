/** Random C declarations and constant expressions, from a seed: what the oracle tests of asm/c feed to both sides. */

/** A generator of random numbers that a seed determines (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to `end`, which is left out. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  /** Whether something of probability `p` happens. */
  chance(p: number): boolean {
    return this.below(1 << 20) < p * (1 << 20);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** A struct or union with a tag, and the paths of its members that offsetof can take. */
export interface RandomRecord {
  /** `struct s12`. */
  readonly name: string;
  readonly declaration: string;
  /** Members that are no bit-fields, those of nested records too. */
  readonly members: readonly string[];
  /** Bit-fields of the record itself and of nested ones. */
  readonly bitFields: readonly string[];
}

const SCALARS = [
  'char',
  'signed char',
  'unsigned char',
  '_Bool',
  'short',
  'unsigned short',
  'int',
  'unsigned int',
  'long',
  'unsigned long',
  'long long',
  'unsigned long long',
  '__int128',
  'unsigned __int128',
  'float',
  'double',
  'long double',
  'void *',
  'int (*%)(char)',
  'enum small',
  'enum wide',
  'enum tiny',
  '_Complex float',
  'aligned_int',
  'loose_long',
  'vector',
  '_Atomic long',
] as const;

const BIT_TYPES = [
  ['_Bool', 1],
  ['char', 8],
  ['signed char', 8],
  ['short', 16],
  ['unsigned short', 16],
  ['int', 32],
  ['unsigned int', 32],
  ['long', 64],
  ['unsigned long', 64],
  ['unsigned long long', 64],
  ['__int128', 128],
  ['enum small', 32],
  ['enum wide', 64],
  ['enum tiny', 8],
  ['aligned_int', 32],
  ['loose_long', 64],
] as const;

const ENUM_VALUES = [
  ...['0', '1', '-1', '127', '128', '255', '256', '-128', '-129', '32767', '65535', '65536', '-32769'],
  ...['0x7ffffff0', '0x7fffffff', '0x80000000', '0xffffffff', '0x100000000', '-0x80000000', '-0x80000001'],
] as const;

const LARGEST: ReadonlySet<string> = new Set([' = 0x7fffffff', ' = 0xffffffff', ' = -0x80000001']);

/** What the declarations of `randomRecords` are built on. */
export const RECORD_PRELUDE = `
enum small { SMALL_A, SMALL_B };
enum wide { WIDE_A = 0x100000000, WIDE_B };
enum tiny { TINY_A, TINY_B = 200 } __attribute__((packed));
typedef int aligned_int __attribute__((aligned(16)));
typedef long loose_long __attribute__((aligned(2)));
typedef int vector __attribute__((vector_size(8)));
`;

/** `count` records; later ones have earlier ones as members. */
export function randomRecords(seed: number, count: number): RandomRecord[] {
  const random = new Random(seed);
  const made: RandomRecord[] = [];
  for (let i = 0; i < count; i++) made.push(new RecordMaker(random, made, `s${i}`).make());
  return made;
}

class RecordMaker {
  readonly #random: Random;
  readonly #earlier: readonly RandomRecord[];
  readonly #tag: string;
  readonly #members: string[] = [];
  readonly #bitFields: string[] = [];
  #names = 0;
  /** A flexible array member may stand only at the end of the outermost struct. */
  #pragma = 0;

  constructor(random: Random, earlier: readonly RandomRecord[], tag: string) {
    this.#random = random;
    this.#earlier = earlier;
    this.#tag = tag;
  }

  make(): RandomRecord {
    const random = this.#random;
    const keyword = random.chance(0.2) ? 'union' : 'struct';
    if (random.chance(0.06)) this.#pragma = random.pick([1, 2, 4, 8]);
    const body = this.#body('', keyword, 0, true);
    let declaration = `${keyword} ${this.#attributes()}${this.#tag} ${body} ${this.#attributes()};`;
    if (this.#pragma > 0) declaration = `#pragma pack(push, ${this.#pragma})\n${declaration}\n#pragma pack(pop)`;
    return {
      name: `${keyword} ${this.#tag}`,
      declaration,
      members: this.#members,
      bitFields: this.#bitFields,
    };
  }

  #attributes(): string {
    const random = this.#random;
    const list: string[] = [];
    if (random.chance(0.12)) list.push('packed');
    if (random.chance(0.1))
      list.push(random.pick(['aligned', 'aligned(2)', 'aligned(8)', 'aligned(32)', 'aligned(64)']));
    return list.length === 0 ? '' : `__attribute__((${list.join(', ')})) `;
  }

  #body(prefix: string, keyword: string, depth: number, outermost: boolean): string {
    const random = this.#random;
    const count = random.below(depth === 0 ? 9 : 5) + (outermost ? 1 : 0);
    const lines: string[] = [];
    for (let i = 0; i < count; i++) lines.push(this.#member(prefix, depth));
    if (outermost && keyword === 'struct' && random.chance(0.06)) {
      const name = this.#name();
      lines.push(`  ${this.#plain('int')} ${this.#name()};`, `  ${random.pick(SCALARS.slice(0, 16))} ${name}[];`);
      this.#members.push(prefix + name);
    }
    return `{\n${lines.join('\n')}\n}`;
  }

  #name(): string {
    return `m${this.#names++}`;
  }

  #plain(type: string): string {
    return this.#random.chance(0.1) ? `const ${type}` : type;
  }

  #member(prefix: string, depth: number): string {
    const random = this.#random;
    const kind = random.below(20);
    if (kind < 7) return this.#bitField(prefix);
    if (kind < 9 && depth < 2) return this.#nested(prefix, depth);
    if (kind < 11 && this.#earlier.length > 0) return this.#recordMember(prefix);
    return this.#scalar(prefix);
  }

  /** An enum of its own, whose size follows from its values. */
  #enum(prefix: string): string {
    const random = this.#random;
    const name = this.#name();
    this.#members.push(prefix + name);
    let last = '';
    const rows = Array.from({ length: 1 + random.below(3) }, (_, i) => {
      // The value after the largest of its type is an error.
      last = LARGEST.has(last) || random.chance(0.7) ? ` = ${random.pick(ENUM_VALUES)}` : '';
      return `E_${this.#tag}_${name}_${i}${last}`;
    });
    const packed = random.chance(0.3) ? ' __attribute__((packed))' : '';
    return `  enum { ${rows.join(', ')} }${packed} ${name};`;
  }

  #scalar(prefix: string): string {
    const random = this.#random;
    if (random.chance(0.08)) return this.#enum(prefix);
    const type = random.pick(SCALARS);
    const name = this.#name();
    this.#members.push(prefix + name);
    let declarator: string = name;
    // Elements must not be aligned to more than their size.
    if (random.chance(0.25) && type !== 'aligned_int') {
      declarator += random.pick(['[3]', '[0]', '[7]', '[2][3]', '[sizeof(int) + 1]']);
      if (declarator.includes(']')) this.#members.push(`${prefix}${name}`);
    }
    const declaration = type.includes('%') ? type.replace('%', declarator) : `${this.#plain(type)} ${declarator}`;
    return `  ${declaration}${this.#memberAttributes()};`;
  }

  #memberAttributes(): string {
    const random = this.#random;
    const list: string[] = [];
    if (random.chance(0.08)) list.push('packed');
    if (random.chance(0.08))
      list.push(random.pick(['aligned', 'aligned(1)', 'aligned(4)', 'aligned(16)', 'aligned(32)']));
    return list.length === 0 ? '' : ` __attribute__((${list.join(', ')}))`;
  }

  #bitField(prefix: string): string {
    const random = this.#random;
    const [type, bits] = random.pick(BIT_TYPES);
    const form = random.below(10);
    if (form === 0) return `  ${type} : 0;`;
    const width = random.chance(0.2) ? bits : 1 + random.below(bits);
    if (form === 1) return `  ${type} : ${width};`;
    const name = this.#name();
    this.#bitFields.push(prefix + name);
    return `  ${type} ${name} : ${width}${this.#memberAttributes()};`;
  }

  #nested(prefix: string, depth: number): string {
    const random = this.#random;
    const keyword = random.pick(['struct', 'union']);
    if (random.chance(0.5)) {
      return `  ${keyword} ${this.#attributes()}${this.#body(prefix, keyword, depth + 1, false)} ${this.#attributes()};`;
    }
    const name = this.#name();
    this.#members.push(prefix + name);
    const body = this.#body(`${prefix}${name}.`, keyword, depth + 1, false);
    return `  ${keyword} ${body} ${this.#attributes()}${name}${this.#memberAttributes()};`;
  }

  #recordMember(prefix: string): string {
    const random = this.#random;
    // A record that ends in a flexible array is left out.
    const candidates = this.#earlier.filter((record) => !record.declaration.includes('[]'));
    const record = candidates.length === 0 ? undefined : random.pick(candidates);
    if (record === undefined) return this.#scalar(prefix);
    const name = this.#name();
    this.#members.push(prefix + name);
    const array = random.chance(0.2) ? '[2]' : '';
    return `  ${record.name} ${name}${array}${this.#memberAttributes()};`;
  }
}

const INTEGER_TYPES = [
  '_Bool',
  'char',
  'signed char',
  'short',
  'unsigned short',
  'int',
  'unsigned int',
  'long',
  'unsigned long',
  'long long',
  'unsigned long long',
  '__int128',
  'unsigned __int128',
  'enum small',
  'enum wide',
] as const;

const LITERALS = [
  '0',
  '1',
  '-1',
  '2',
  '7',
  '0x7f',
  '0x80u',
  '255',
  '0xffff',
  '0x7fffffff',
  '0x80000000',
  '0xffffffffu',
  '2147483648',
  '4294967296',
  '0x7fffffffffffffff',
  '0x8000000000000000',
  '0xffffffffffffffffUL',
  '9223372036854775808',
  '123456789',
  '0777',
  '0b1011',
  '3ULL',
  '5l',
  "'a'",
  "'\\xff'",
  "'\\377'",
  "'ab'",
  "L'x'",
  "u'\\xffff'",
  'SMALL_B',
  'WIDE_B',
  'TINY_B',
] as const;

/** A random integer constant expression that GCC takes in a static initialiser. */
export function randomExpression(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.1)) return random.pick(LITERALS);
  const e = () => randomExpression(random, depth - 1);
  const type = () => random.pick(INTEGER_TYPES);
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
      return `(${e()} ${random.pick(['+', '-', '*', '&', '|', '^'])} ${e()})`;
    case 3:
      return `(${e()} ${random.pick(['/', '%'])} (${e()} | 1))`;
    case 4:
      return `(${e()} ${random.pick(['<<', '>>'])} (${e()} & 31))`;
    case 5:
      return `(${e()} ${random.pick(['<', '>', '<=', '>=', '==', '!='])} ${e()})`;
    case 6:
      return `(${e()} ${random.pick(['&&', '||'])} ${e()})`;
    case 7:
      return `(${e()} ? ${e()} : ${e()})`;
    case 8:
      return `${random.pick(['-', '~', '!', '+'])} ${e()}`;
    case 9:
      return `((${type()})${e()})`;
    case 10:
      return random.pick([
        `sizeof(${type()})`,
        `sizeof(${e()})`,
        `_Alignof(${type()})`,
        `sizeof(char[${3 + random.below(5)}])`,
      ]);
    case 11:
      return builtinCall(random, e);
    case 12:
      return `_Generic(${e()}, int: 1, unsigned int: 2u, long: 3l, unsigned long: 4ul, default: 5)`;
    default:
      return `((int)((${e()}) * ${random.pick(['0.5', '1.25f', '3.0'])} > ${e()}))`;
  }
}

/** Calls of built-in functions; GCC takes no argument whose computation overflows, so there is no arithmetic in it. */
function builtinCall(random: Random, e: () => string): string {
  const bits = () => `(${random.pick(LITERALS)} ${random.pick(['&', '|', '^'])} ${random.pick(LITERALS)})`;
  switch (random.below(8)) {
    case 0:
      return `__builtin_${random.pick(['popcount', 'parity', 'ffs', 'clrsb'])}((int)${bits()})`;
    case 1:
      return `__builtin_${random.pick(['popcountl', 'ffsll', 'parityl', 'labs'])}(${bits()} >> 3)`;
    case 2:
      return `__builtin_${random.pick(['clz', 'ctz', 'clzl', 'ctzll'])}((unsigned)${bits()} | 1)`;
    case 3:
      return `__builtin_${random.pick(['bswap16', 'bswap32', 'bswap64'])}((unsigned short)${bits()})`;
    case 4:
      return `__builtin_choose_expr(${random.pick(['0', '1', 'sizeof(int) == 4', 'SMALL_A'])}, ${e()}, ${e()})`;
    case 5:
      return `__builtin_constant_p(${e()})`;
    case 6:
      return `__builtin_types_compatible_p(typeof(${e()}), ${random.pick(INTEGER_TYPES)})`;
    default:
      return `__builtin_expect(${bits()}, 1)`;
  }
}
