/** One statement of scrubbed text, and how statements are told apart. */
import type { MappedText, Place } from '../source/source-file.ts';

export class Statement {
  readonly source: MappedText;
  /** Offsets into the text of `source`; the end is that of the last character before the separator. */
  readonly start: number;
  readonly end: number;

  constructor(source: MappedText, start: number, end: number) {
    this.source = source;
    this.start = start;
    this.end = end;
  }

  /** The innermost place of its first character, or of `offset`. */
  place(offset = this.start): Place {
    const { text } = this.source;
    let at = offset;
    if (offset === this.start) while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++;
    return this.source.place(Math.min(at, Math.max(0, text.length - 1)));
  }
}

/**
 * Offset of the newline or semicolon that ends the statement beginning at `from`, or the end of the text. A separator in
 * a string does not count; a newline always does.
 */
export function statementEnd(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x0a) return at;
    if (c === 0x3b && !quoted) return at;
    if (c === 0x22) quoted = !quoted;
    else if (c === 0x5c) at++;
  }
  return text.length;
}
