/** Spoilt inputs: real text changed by tokens and lines, text of nothing but words, and bytes; all shrink. */
import * as fc from 'fast-check';

/** One change of a text; what `at`, `other` and `count` mean depends on the kind, taken modulo what there is. */
export interface Mutation {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly other: number;
  readonly count: number;
}

const kinds = [
  'delete',
  'double',
  'swap',
  'replace',
  'insert',
  'word',
  'line again',
  'join lines',
  'splice',
  'cut off',
  'nest',
  'odd character',
  'number',
] as const;

/** Characters that scanners get wrong. */
const ODD = [
  '\0',
  '\r',
  '\f',
  '\\',
  '"',
  "'",
  '\u00e9',
  '\ufeff',
  '\u2028',
  '#',
  '/*',
  '//',
  '\\@',
  '\\()',
  '$',
  '`',
  '\x7f',
];

/** Numbers at the edges of what fits somewhere. */
const NUMBERS = [
  '0',
  '-1',
  '255',
  '4096',
  '65536',
  '99999',
  '0x7fffffff',
  '0xffffffff',
  '4294967296',
  '0x7fffffffffffffff',
  '0xffffffffffffffff',
  '-0x8000000000000000',
  '99999999999999999999999999999999999999',
  '0b2',
  '08',
  '1e400',
  '0x',
];

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.nat(1 << 20),
  other: fc.nat(1 << 20),
  count: fc.nat(40),
});

/** Words, numbers, strings, line ends, blanks and single characters. */
function tokensOf(text: string): string[] {
  return text.match(/\n|[ \t]+|[.\w$\\@]+|"[^"\n]*"|[\s\S]/gu) ?? [];
}

/** `text` after the changes; `words` are what a fragment put in is chosen from, `nests` pairs of an opening and an end. */
export function spoil(
  text: string,
  mutations: readonly Mutation[],
  words: readonly string[],
  nests: readonly (readonly [string, string])[],
): string {
  let tokens = tokensOf(text);
  for (const change of mutations) tokens = changed(tokens, change, words, nests);
  return tokens.join('');
}

function changed(
  tokens: readonly string[],
  { kind, at: place, other, count }: Mutation,
  words: readonly string[],
  nests: readonly (readonly [string, string])[],
): string[] {
  const size = tokens.length;
  if (size === 0) return [words[other % words.length]!];
  const at = place % size;
  const put = (remove: number, ...items: string[]) => tokens.toSpliced(at, remove, ...items);
  switch (kind) {
    case 'delete':
      return put(1 + (count % 8));
    case 'double':
      return put(0, ...tokens.slice(at, at + 1 + (count % 8)));
    case 'swap': {
      const [a, b] = [tokens[at]!, tokens[other % size]!];
      return tokens.map((token, i) => (i === at ? b : i === other % size ? a : token));
    }
    case 'replace':
      return put(1, tokens[other % size]!);
    case 'insert':
      return put(0, tokens[other % size]!);
    case 'word':
      return put(count % 2, words[other % words.length]!);
    case 'line again': {
      const from = tokens.lastIndexOf('\n', at) + 1;
      const end = tokens.indexOf('\n', at);
      const line = tokens.slice(from, end < 0 ? size : end + 1);
      return tokens.toSpliced(from, 0, ...Array.from({ length: 1 + (count % 10) }, () => line).flat());
    }
    case 'join lines': {
      const end = tokens.indexOf('\n', at);
      return end < 0 ? [...tokens] : tokens.toSpliced(end, 1);
    }
    case 'splice':
      return put(0, '\\\n');
    case 'cut off':
      return tokens.slice(0, at);
    case 'nest': {
      const [open, close] = nests[other % nests.length]!;
      // Now and then far deeper than any stack of ours would stand.
      const depth = count > 36 ? 3000 : 1 + count;
      return put(1, open.repeat(depth), tokens[at]!, count % 3 === 0 ? '' : close.repeat(depth));
    }
    case 'odd character':
      return put(count % 2, ODD[other % ODD.length]!);
    case 'number':
      return put(1, NUMBERS[other % NUMBERS.length]!);
  }
}
