/**
 * Tokens as text: the spacing of gcc -E (GNU cppinternals, "Token Spacing"), one line for each line of the source that
 * has tokens, and what a macro's arguments took from further lines joined to its first.
 */
import type { MappedText, Place, SourceFile } from '../source/source-file.ts';
import { mustBeApart } from './avoid-paste.ts';
import { NEWLINE, RETURN } from './characters.ts';
import { isPadding, joinPadding } from './padding.ts';
import { PASSED_LINE, type PpToken } from './pp-token.ts';
import type { Run } from './run.ts';
import { HASH } from './spelling.ts';

export interface PrintOptions {
  /** Print `# line "file"` markers, as gcc does without -P. */
  readonly lineMarkers?: boolean;
}

/** How many empty lines are printed rather than a line marker. */
const EMPTY_LINES = 8;

export class Printer {
  readonly #run: Run;
  readonly #markers: boolean;
  readonly #starts: number[] = [];
  readonly #tokens: PpToken[] = [];
  #text = '';
  /** The current line holds something. */
  #printed = false;
  #previous: PpToken | undefined;
  #padding: PpToken | undefined;
  #padded = false;
  #inPassed = false;
  #line = 1;
  #file: SourceFile | undefined;
  #name = '';

  constructor(run: Run, options: PrintOptions) {
    this.#run = run;
    this.#markers = options.lineMarkers === true;
  }

  /** Prints all tokens of the run. */
  print(): MappedText {
    this.#run.reader.onLine = (token) => this.#startLine(token);
    this.#run.onPragmaOperator = () => this.#breakLine();
    for (;;) {
      const token = this.#run.next();
      if (token.kind === 'end') break;
      if (isPadding(token)) {
        this.#padded = true;
        this.#padding = joinPadding(this.#padding, token);
      } else this.#token(token);
    }
    if (this.#printed) this.#text += '\n';
    return new PrintedText(this.#text, this.#starts, this.#tokens);
  }

  #token(token: PpToken): void {
    const passed = (token.flags & PASSED_LINE) !== 0;
    if (passed ? token.startsLine : this.#inPassed) this.#startPassed(token);
    this.#inPassed = passed;
    if (this.#padded) {
      const previous = this.#previous;
      const apart = previous === undefined ? token.id === HASH : mustBeApart(previous, token);
      if ((this.#padding ?? token).spaced || apart) this.#text += ' ';
    } else if (token.spaced) this.#text += ' ';
    this.#padded = false;
    this.#padding = undefined;
    this.#previous = token;
    this.#put(token);
  }

  #put(token: PpToken): void {
    this.#starts.push(this.#text.length);
    this.#tokens.push(token);
    this.#text += token.text;
    this.#printed = true;
  }

  #endLine(): void {
    if (!this.#printed) return;
    this.#text += '\n';
    this.#line++;
    this.#printed = false;
  }

  #startLine(token: PpToken): void {
    this.#endLine();
    if (this.#markers) this.#goTo(token);
    this.#previous = undefined;
    this.#padding = undefined;
    // The token keeps its column; its own white space is the last space of it.
    const column = bytesBefore(token);
    if (column > 1) this.#text += ' '.repeat(column - 1);
    this.#printed = true;
  }

  #breakLine(): void {
    this.#endLine();
    this.#previous = undefined;
  }

  /** A line that is passed on stands alone. */
  #startPassed(token: PpToken): void {
    this.#breakLine();
    if (this.#markers) this.#goTo(token);
    this.#padded = false;
  }

  /** Empty lines, or a marker, so that the next line is told as that of `place`. */
  #goTo(place: Place): void {
    const { name, line } = place.file.position(place.offset);
    if (name === this.#name && place.file === this.#file && line >= this.#line && line < this.#line + EMPTY_LINES) {
      this.#text += '\n'.repeat(line - this.#line);
    } else {
      const quoted = name.replace(/["\\]/g, '\\$&');
      this.#text += `# ${line} "${quoted}"${this.#moveFlag(place.file)}\n`;
    }
    this.#line = line;
    this.#name = name;
    this.#file = place.file;
  }

  /** 1 where a file is entered, 2 where it is returned to (GNU cpp manual, "Preprocessor Output"). */
  #moveFlag(file: SourceFile): string {
    if (this.#file === undefined || file === this.#file) return '';
    for (let outer = this.#file.includedFrom?.file; outer !== undefined; outer = outer.includedFrom?.file)
      if (outer === file) return ' 2';
    return ' 1';
  }
}

/** How many bytes, in UTF-8, stand before `token` in its line: gcc's columns count bytes. */
function bytesBefore(token: PpToken): number {
  const text = token.file.text;
  let count = 0;
  for (let i = token.offset - 1; i >= 0; i--) {
    const c = text.charCodeAt(i);
    if (c === NEWLINE || c === RETURN) break;
    // A surrogate is half of a character of four bytes.
    count += c < 0x80 ? 1 : c < 0x800 || (c >= 0xd800 && c < 0xe000) ? 2 : 3;
  }
  return count;
}

/** Printed tokens: an offset in one belongs to that token's place, one between two to the first. */
class PrintedText implements MappedText {
  readonly text: string;
  readonly #starts: readonly number[];
  readonly #tokens: readonly PpToken[];

  constructor(text: string, starts: readonly number[], tokens: readonly PpToken[]) {
    this.text = text;
    this.#starts = starts;
    this.#tokens = tokens;
  }

  place(offset: number): Place {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    const token = this.#tokens[low];
    if (token === undefined) throw new RangeError('no text, no place');
    const inside = Math.max(offset - starts[low]!, 0);
    // A token made by # or ##, or spelt over a line splice, is not found in the source as it stands here.
    const spelt = token.file.text.startsWith(token.text, token.offset);
    const delta = spelt ? Math.min(inside, token.text.length) : 0;
    return { file: token.file, offset: token.offset + delta, use: token.use };
  }
}
