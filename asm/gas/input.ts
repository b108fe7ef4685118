/** The texts being read: files, macro expansions and repetition blocks, each inside the one below it. */
import type { MacroUse, MappedText, Place } from '../source/source-file.ts';
import { Statement, statementEnd } from './statement.ts';

/** Expansions may nest this deep, as in GNU as (its --max-macro-nesting default). */
export const EXPANSION_DEPTH_LIMIT = 100;
/** Files may include one another this deep. */
export const INCLUDE_DEPTH_LIMIT = 200;
/** Characters that all expansions of one file may come to. */
export const EXPANSION_SIZE_LIMIT = 32 * 1024 * 1024;

/** How many expansions one file may make: nested repetitions of next to nothing never come to many characters. */
export const EXPANSION_COUNT_LIMIT = 100_000;

/** Statements that all expansions of one file may come to: those of a long repetition cost more than its characters. */
export const EXPANDED_STATEMENT_LIMIT = 500_000;

export type FrameKind = 'file' | 'macro' | 'repeat';

export interface Frame {
  readonly kind: FrameKind;
  readonly source: MappedText;
  /** Offset of the next statement. */
  at: number;
  /** Rounds still to come after this one. */
  rounds: number;
  /** How many expansions enclose a statement of this frame, itself included. */
  readonly depth: number;
}

export class Input {
  readonly #frames: Frame[] = [];
  #expanded = 0;
  #expansions = 0;
  #expandedStatements = 0;
  #includeDepth = 0;

  get top(): Frame | undefined {
    return this.#frames.at(-1);
  }

  /** How many macro expansions and repetition blocks are open. */
  get depth(): number {
    return this.top?.depth ?? 0;
  }

  /** Opens a file. Returns the message of the limit where files are nested too deep. */
  pushFile(source: MappedText): string | undefined {
    if (this.#includeDepth >= INCLUDE_DEPTH_LIMIT)
      return `files included deeper than the limit of ${INCLUDE_DEPTH_LIMIT}`;
    this.#includeDepth++;
    this.#frames.push({
      kind: 'file',
      source,
      at: 0,
      rounds: 0,
      depth: this.depth,
    });
    return undefined;
  }

  /** Opens an expansion, read `rounds` times. Returns the message of a limit that is passed. */
  pushExpansion(kind: 'macro' | 'repeat', source: MappedText, rounds = 1): string | undefined {
    if (this.depth > EXPANSION_DEPTH_LIMIT)
      return `macros and repetitions nested deeper than the limit of ${EXPANSION_DEPTH_LIMIT}`;
    this.#expanded += source.text.length * rounds;
    if (this.#expanded > EXPANSION_SIZE_LIMIT)
      return `expansions of more than the limit of ${EXPANSION_SIZE_LIMIT} characters`;
    if (++this.#expansions > EXPANSION_COUNT_LIMIT)
      return `more than the limit of ${EXPANSION_COUNT_LIMIT} expansions of macros and repetitions`;
    if (rounds > 0)
      this.#frames.push({
        kind,
        source,
        at: 0,
        rounds: rounds - 1,
        depth: this.depth + 1,
      });
    return undefined;
  }

  /** The message of the limit, once expansions have given too many statements. */
  get statementLimit(): string | undefined {
    if (this.#expandedStatements <= EXPANDED_STATEMENT_LIMIT) return undefined;
    return `more than the limit of ${EXPANDED_STATEMENT_LIMIT} statements from macros and repetitions`;
  }

  /** Leaves the innermost text. */
  pop(): Frame | undefined {
    const frame = this.#frames.pop();
    if (frame?.kind === 'file') this.#includeDepth--;
    return frame;
  }

  /** Leaves all texts. */
  clear(): void {
    this.#frames.length = 0;
  }

  /**
   * The next statement of the innermost text, an empty one left out; undefined at its end, where the caller pops it. A
   * further round of a repetition begins by itself.
   */
  nextStatement(): Statement | undefined {
    const frame = this.top!;
    const { text } = frame.source;
    for (;;) {
      while (frame.at < text.length) {
        const c = text.charCodeAt(frame.at);
        if (c !== 0x0a && c !== 0x20 && c !== 0x3b && c !== 0x09) break;
        frame.at++;
      }
      if (frame.at < text.length) break;
      if (frame.rounds === 0) return undefined;
      frame.rounds--;
      frame.at = 0;
    }
    const start = frame.at;
    const end = statementEnd(text, start);
    frame.at = end + 1;
    if (frame.depth > 0) this.#expandedStatements++;
    return new Statement(frame.source, start, end);
  }
}

/** A text that is told to come from one use of a macro, whatever expansion it came from itself. */
export class UsedText implements MappedText {
  readonly text: string;
  readonly #source: MappedText;
  readonly #use: MacroUse;

  constructor(source: MappedText, use: MacroUse) {
    this.text = source.text;
    this.#source = source;
    this.#use = use;
  }

  place(offset: number): Place {
    const { file, offset: at } = this.#source.place(offset);
    return { file, offset: at, use: this.#use };
  }
}
