/**
 * Spellings of preprocessing tokens, each known by one small number for the whole process.
 *
 * A macro table is then an array, "is it this punctuator?" an integer comparison, and a header that is read again
 * makes no new strings.
 */

const ids = new Map<string, number>();

/** The spelling of each number. Element 0 belongs to tokens without a spelling (padding, end of input). */
export const spellings: string[] = [''];

/** The number of `text`; a new one where it was not met before. */
export function intern(text: string): number {
  const known = ids.get(text);
  if (known !== undefined) return known;
  const id = spellings.length;
  // A slice would keep the whole header it was cut from alive.
  const own = text.length > 12 ? unsliced(text) : text;
  spellings.push(own);
  ids.set(own, id);
  return id;
}

function unsliced(text: string): string {
  return ` ${text}`.slice(1);
}

// Punctuators (C11 6.4.6), and those which GNU C and C23 add: `::`.
export const OPEN_SQUARE = intern('[');
export const CLOSE_SQUARE = intern(']');
export const OPEN_PAREN = intern('(');
export const CLOSE_PAREN = intern(')');
export const OPEN_BRACE = intern('{');
export const CLOSE_BRACE = intern('}');
export const DOT = intern('.');
export const ARROW = intern('->');
export const INCREMENT = intern('++');
export const DECREMENT = intern('--');
export const AND = intern('&');
export const MULTIPLY = intern('*');
export const PLUS = intern('+');
export const MINUS = intern('-');
export const COMPLEMENT = intern('~');
export const NOT = intern('!');
export const DIVIDE = intern('/');
export const MODULO = intern('%');
export const SHIFT_LEFT = intern('<<');
export const SHIFT_RIGHT = intern('>>');
export const LESS = intern('<');
export const GREATER = intern('>');
export const LESS_EQUAL = intern('<=');
export const GREATER_EQUAL = intern('>=');
export const EQUAL = intern('==');
export const NOT_EQUAL = intern('!=');
export const XOR = intern('^');
export const OR = intern('|');
export const AND_AND = intern('&&');
export const OR_OR = intern('||');
export const QUESTION = intern('?');
export const COLON = intern(':');
export const SCOPE = intern('::');
export const SEMICOLON = intern(';');
export const ELLIPSIS = intern('...');
export const ASSIGN = intern('=');
export const COMMA = intern(',');
export const HASH = intern('#');
export const PASTE = intern('##');
const ASSIGNMENTS = ['*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|='].map(intern);
/** Every punctuator has a number up to this one. */
export const LAST_PUNCTUATOR = ASSIGNMENTS[ASSIGNMENTS.length - 1]!;

/** Digraphs (C11 6.4.6 paragraph 3): the spelling's number, and that of the punctuator it stands for. */
export const DIGRAPHS: ReadonlyMap<number, number> = new Map([
  [intern('<:'), OPEN_SQUARE],
  [intern(':>'), CLOSE_SQUARE],
  [intern('<%'), OPEN_BRACE],
  [intern('%>'), CLOSE_BRACE],
  [intern('%:'), HASH],
  [intern('%:%:'), PASTE],
]);
/** Digraphs have the numbers from after LAST_PUNCTUATOR up to this one. */
export const LAST_DIGRAPH = intern('%:%:');

/** For a character that is a punctuator by itself, the number of that spelling; else 0. */
export const ONE_CHARACTER: Uint8Array = new Uint8Array(128);
for (let id = 1; id <= LAST_PUNCTUATOR; id++)
  if (spellings[id]!.length === 1) ONE_CHARACTER[spellings[id]!.charCodeAt(0)] = id;

/** The same for characters that begin no longer punctuator, and are one in every language. */
export const ALWAYS_ALONE: Uint8Array = new Uint8Array(128);
for (const c of '()[]{},;?~') ALWAYS_ALONE[c.charCodeAt(0)] = ONE_CHARACTER[c.charCodeAt(0)]!;

// Names that mean something to the preprocessor itself.
export const DEFINED = intern('defined');
export const VA_ARGS = intern('__VA_ARGS__');
export const VA_OPT = intern('__VA_OPT__');
export const HAS_INCLUDE = intern('__has_include');
export const HAS_INCLUDE_NEXT = intern('__has_include_next');
