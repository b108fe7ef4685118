/**
 * Source files and places in them.
 *
 * A Place is what every token, statement and line-table row carries, so that any error can say
 * file:line:column and show the includes and macro uses that led there.
 */

/** A place in a source file: an offset into its text, and the macro use that put the text there, if any. */
export interface Place {
  readonly file: SourceFile;
  /** Offset into `file.text`, in UTF-16 units. */
  readonly offset: number;
  /** Set where the text at this place was produced by a macro or a repetition block. */
  readonly use?: MacroUse;
}

/** One use of a macro, or one round of a repetition block (.rept, .irp, .irpc). */
export interface MacroUse {
  readonly name: string;
  readonly kind: 'macro' | 'repeat';
  /** Where it was used; its own `use` leads further out. */
  readonly at: Place;
}

/** Line and column, both counted from 1; the column counts UTF-16 units. */
export interface Position {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** One reading of a file. A header included twice is two SourceFiles, each with its own `includedFrom`. */
export class SourceFile {
  readonly name: string;
  readonly text: string;
  readonly includedFrom: Place | undefined;
  #lineStarts: number[] | undefined;
  /** `#line` directives: from the line after `line`, positions are told as `name`:`presumed`. */
  readonly #renames: { line: number; presumed: number; name: string }[] = [];

  constructor(name: string, text: string, includedFrom?: Place) {
    this.name = name;
    this.text = text;
    this.includedFrom = includedFrom;
  }

  /** Offsets at which lines begin; element 0 is 0. */
  get lineStarts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }

  /** The physical line (from 1) that holds `offset`. */
  lineOf(offset: number): number {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** The text of a physical line (from 1), without its end of line. */
  lineText(line: number): string {
    const start = this.lineStarts[line - 1] ?? this.text.length;
    const end = this.lineStarts[line] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, '');
  }

  /**
   * Records a line marker (C11 6.10.4, or `# 7 "file"`): the line after physical line `line` is to be told as
   * line `presumed` of `name`. Markers come in the order of their lines.
   */
  rename(line: number, presumed: number, name: string): void {
    this.#renames.push({ line, presumed, name });
  }

  /** File name, line and column of `offset` as a diagnostic tells them (line markers applied). */
  position(offset: number): Position {
    const line = this.lineOf(offset);
    const column = offset - this.lineStarts[line - 1]! + 1;
    const mark = this.#renameBefore(line);
    if (mark !== undefined) return { name: mark.name, line: mark.presumed + (line - mark.line - 1), column };
    return { name: this.name, line, column };
  }

  /** The last marker on a line before `line`. A preprocessed file has thousands, and each instruction asks. */
  #renameBefore(line: number): { line: number; presumed: number; name: string } | undefined {
    let low = 0;
    let high = this.#renames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#renames[middle]!.line < line) low = middle + 1;
      else high = middle;
    }
    return this.#renames[low - 1];
  }
}

/** `place`'s position: file name, line and column. */
export function positionOf(place: Place): Position {
  return place.file.position(place.offset);
}

/** The place outside all macros from which `place` came: `place` itself where no macro is involved. */
export function outermost(place: Place): Place {
  let at = place;
  while (at.use !== undefined) at = at.use.at;
  return at;
}

/** Text in which every offset is known to come from some place: what one stage hands the next. */
export interface MappedText {
  readonly text: string;
  place(offset: number): Place;
}

/** `file`'s own text, unprocessed. */
export function wholeFile(file: SourceFile): MappedText {
  return { text: file.text, place: (offset) => ({ file, offset }) };
}
