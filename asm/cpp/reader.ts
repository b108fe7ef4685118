/**
 * The files being read: one on top of another, each at its place, with its open conditionals.
 *
 * `next` gives the tokens of the topmost file, runs the directives it meets, and goes on with the including file at
 * an end of file (C11 6.10, translation phase 4).
 */
import { SourceFile } from '../source/source-file.ts';
import { KIND_MASK, type LexedFile, SPACED, SPELLING_SHIFT, STARTS_LINE } from './lexed-file.ts';
import type { Part } from './parts.ts';
import { meaningOf, PpToken, withSpace } from './pp-token.ts';
import { KINDS } from './scanner.ts';
import { spellings } from './spelling.ts';

/** An open #if, #ifdef or #ifndef. */
export interface Conditional {
  /** The directive that opened it. */
  readonly opened: Part;
  /** One of its groups has been read, or none may be: it stands in a group that is left out. */
  taken: boolean;
  elseSeen: Part | undefined;
  /** The macro that would guard the whole file, if this is the first thing in it; else 0. */
  guard: number;
}

/** One file being read. */
export class Reading {
  readonly lexed: LexedFile;
  readonly file: SourceFile;
  /** Its place in the search path: where #include_next goes on from. */
  readonly searchIndex: number;
  /** Warnings about it are of no use to the user. */
  system: boolean;
  /** How many files include it; line markers can change it. */
  level: number;
  readonly outer: Reading | undefined;
  readonly conditionals: Conditional[] = [];
  /** The files that line markers have entered others from. */
  readonly entered: string[] = [];
  part: Part | undefined = undefined;
  index = 0;
  to = 0;

  constructor(
    lexed: LexedFile,
    file: SourceFile,
    searchIndex: number,
    system: boolean,
    level: number,
    outer: Reading | undefined,
  ) {
    this.lexed = lexed;
    this.file = file;
    this.searchIndex = searchIndex;
    this.system = system;
    this.level = level;
    this.outer = outer;
  }
}

const NOWHERE = new SourceFile('', '');

/** The end of the input, of a directive's line, or of a file in which a macro's arguments are being read. */
export const END = new PpToken('end', '', NOWHERE, 0, undefined, false, false, 0, 0);

export class Reader {
  reading: Reading | undefined = undefined;
  /** While a macro's `(` is looked for: 1; while its arguments are read: 2. */
  parsingArguments: 0 | 1 | 2 = 0;
  inDirective = false;
  /** Called with the first token of each line that is not among a macro's arguments. */
  onLine: ((token: PpToken) => void) | undefined = undefined;
  /** Runs the directive `part` of the topmost file. */
  onDirective: (part: Part) => void = () => {};
  /** Told of what lexing had to complain about in `part`. */
  onProblems: (part: Part) => void = () => {};
  /** Told of each file at its end. */
  onFileEnd: (reading: Reading) => void = () => {};
  #pushedBack: PpToken | undefined = undefined;

  /** Starts to read `reading`; the file read so far waits. */
  open(reading: Reading): void {
    this.reading = reading;
  }

  /** Gives `token` back, so that it comes next. */
  pushBack(token: PpToken): void {
    this.#pushedBack = token;
  }

  /** The next token before macro replacement; END as that says. */
  next(): PpToken {
    const back = this.#pushedBack;
    if (back !== undefined) {
      this.#pushedBack = undefined;
      if (back.startsLine && this.parsingArguments === 0 && this.onLine !== undefined) this.onLine(back);
      return back;
    }
    for (;;) {
      const reading = this.reading;
      if (reading === undefined) return END;
      if (reading.index < reading.to) return this.#token(reading);
      if (this.inDirective || !this.#advance(reading)) return END;
    }
  }

  #token(reading: Reading): PpToken {
    const index = reading.index++;
    const word = reading.lexed.words[index]!;
    const id = word >> SPELLING_SHIFT;
    const token = new PpToken(
      KINDS[word & KIND_MASK]!,
      spellings[id]!,
      reading.file,
      reading.lexed.offsets[index]!,
      undefined,
      (word & SPACED) !== 0,
      (word & STARTS_LINE) !== 0,
      meaningOf(id),
      0,
    );
    if (!token.startsLine) return token;
    // The end of a line among a macro's arguments is white space (C11 6.10.3 paragraph 10).
    if (this.parsingArguments === 2) return withSpace(token, true);
    if (this.parsingArguments === 0 && this.onLine !== undefined) this.onLine(token);
    return token;
  }

  /** Goes to the next part that has tokens, running directives. Returns false where there is no way on. */
  #advance(reading: Reading): boolean {
    const part = reading.part === undefined ? reading.lexed.first : reading.lexed.skip(reading.part);
    if (part.kind === 'text') {
      reading.part = part;
      reading.lexed.lex(part);
      reading.index = part.from;
      reading.to = part.to;
      if (part.problems !== undefined) this.onProblems(part);
      return true;
    }
    if (part.kind === 'end') {
      // A macro's arguments do not go on after the end of a file.
      if (this.parsingArguments !== 0) return false;
      reading.part = part;
      this.onFileEnd(reading);
      this.reading = reading.outer;
      return this.reading !== undefined;
    }
    // Between a macro's name and its `(` no directive may come: the name then stands for itself.
    if (this.parsingArguments === 1) return false;
    reading.part = part;
    this.onDirective(part);
    return true;
  }

  /** The tokens of the rest of a directive's line, as they are spelt. */
  restOfLine(): PpToken[] {
    const tokens: PpToken[] = [];
    for (let token = this.next(); token !== END; token = this.next()) tokens.push(token);
    return tokens;
  }
}
