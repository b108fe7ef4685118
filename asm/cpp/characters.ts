/** Classes of characters in source text (C11 5.2.1, 6.4.2.1 and Annex D; 6.4.8 for numbers). */

export const NEWLINE = 10;
export const RETURN = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const DOLLAR = 36;
export const APOSTROPHE = 39;
export const SLASH = 47;
export const STAR = 42;
export const BACKSLASH = 92;

/** May begin an identifier. */
export const IDENTIFIER_START = 1;
/** May stand in an identifier after its first character, and in a number. */
export const IDENTIFIER_PART = 2;
export const DIGIT = 4;
/** White space that does not end a line. NUL counts as such, as in gcc. */
export const BLANK = 8;

/** The classes of each ASCII character, as a set of the bits above. */
export const CLASSES: Uint8Array = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(128);
  for (let c = 0; c < 128; c++) {
    const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
    const digit = c >= 48 && c <= 57;
    if (letter) table[c] = IDENTIFIER_START | IDENTIFIER_PART;
    if (digit) table[c] = DIGIT | IDENTIFIER_PART;
    if (c === 32 || c === 9 || c === 11 || c === 12 || c === 0) table[c] = BLANK;
  }
  return table;
}

/** C11 Annex D.1: ranges of characters allowed in identifiers, first and last of each. */
const ALLOWED: readonly number[] = [
  0xa8, 0xa8, 0xaa, 0xaa, 0xad, 0xad, 0xaf, 0xaf, 0xb2, 0xb5, 0xb7, 0xba, 0xbc, 0xbe, 0xc0, 0xd6, 0xd8, 0xf6, 0xf8,
  0xff, 0x100, 0x167f, 0x1681, 0x180d, 0x180f, 0x1fff, 0x200b, 0x200d, 0x202a, 0x202e, 0x203f, 0x2040, 0x2054, 0x2054,
  0x2060, 0x206f, 0x2070, 0x218f, 0x2460, 0x24ff, 0x2776, 0x2793, 0x2c00, 0x2dff, 0x2e80, 0x2fff, 0x3004, 0x3007,
  0x3021, 0x302f, 0x3031, 0x303f, 0x3040, 0xd7ff, 0xf900, 0xfd3d, 0xfd40, 0xfdcf, 0xfdf0, 0xfe44, 0xfe47, 0xfffd,
];

/** C11 Annex D.2: ranges not allowed as the first character. */
const NOT_FIRST: readonly number[] = [0x300, 0x36f, 0x1dc0, 0x1dff, 0x20d0, 0x20ff, 0xfe20, 0xfe2f];

function within(ranges: readonly number[], c: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (c >= ranges[i]! && c <= ranges[i + 1]!) return true;
  return false;
}

/** The code point `c`, not ASCII, may stand in an identifier. */
export function isExtendedPart(c: number): boolean {
  // Annex D.1 allows the planes 1 to 14 but for the last two code points of each.
  if (c >= 0x10000) return c <= 0xeffff && (c & 0xffff) <= 0xfffd;
  return within(ALLOWED, c);
}

/** The code point `c`, not ASCII, may begin an identifier. */
export function isExtendedStart(c: number): boolean {
  return isExtendedPart(c) && !within(NOT_FIRST, c);
}
