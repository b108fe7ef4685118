/** Text put together from pieces of another text, knowing for every character where it came from. */
import type { MappedText, Place } from '../source/source-file.ts';

/**
 * Collects pieces copied from a source, in any order, and text put in at a given offset of it. Neighbouring copies are
 * joined, so that the cost goes with the number of breaks, not of characters.
 */
export class TextBuilder {
  readonly #source: MappedText;
  readonly #parts: string[] = [];
  /** Offset in the result at which each run begins, and the source offset it begins with. */
  readonly #runStarts: number[] = [];
  readonly #runSources: number[] = [];
  /** 1 where a run is copied character by character, 0 where all of it comes from one offset. */
  readonly #runSteps: number[] = [];
  #length = 0;
  /** The copy not yet cut out of the source. */
  #from = 0;
  #to = 0;

  constructor(source: MappedText) {
    this.#source = source;
  }

  /** Length so far, in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  copy(from: number, to: number): void {
    if (from >= to) return;
    if (from === this.#to && this.#to > this.#from) this.#to = to;
    else {
      this.#flush();
      this.#run(from, 1);
      this.#from = from;
      this.#to = to;
    }
    this.#length += to - from;
  }

  /** Adds `text`, told to come from `offset` of the source. */
  insert(text: string, offset: number): void {
    if (text === '') return;
    this.#flush();
    this.#run(offset, 0);
    this.#parts.push(text);
    this.#length += text.length;
  }

  finish(): MappedText {
    this.#flush();
    return new RunText(this.#parts.join(''), this.#source, this.#runStarts, this.#runSources, this.#runSteps);
  }

  #run(source: number, step: number): void {
    this.#runStarts.push(this.#length);
    this.#runSources.push(source);
    this.#runSteps.push(step);
  }

  #flush(): void {
    if (this.#to > this.#from) this.#parts.push(this.#source.text.slice(this.#from, this.#to));
    this.#from = this.#to = 0;
  }
}

// Classes, for a deeply nested repetition makes hundreds of thousands of these, and a closure each costs more.

/** The part of a text from offset `from` to `to`. */
export class TextPart implements MappedText {
  readonly text: string;
  readonly #source: MappedText;
  readonly #from: number;

  constructor(source: MappedText, from: number, to: number) {
    this.text = source.text.slice(from, to);
    this.#source = source;
    this.#from = from;
  }

  place(offset: number): Place {
    return this.#source.place(this.#from + offset);
  }
}

/** Texts one after the other. */
export class JoinedText implements MappedText {
  readonly text: string;
  readonly #texts: readonly MappedText[];
  readonly #starts: number[] = [];

  constructor(texts: readonly MappedText[]) {
    let text = '';
    for (const part of texts) {
      this.#starts.push(text.length);
      text += part.text;
    }
    this.text = text;
    this.#texts = texts;
  }

  place(offset: number): Place {
    const index = Math.max(0, lastAtOrBefore(this.#starts, offset));
    return this.#texts[index]!.place(offset - this.#starts[index]!);
  }
}

/** Index of the last of the ascending `starts` that is not above `offset`; 0 where all are above, -1 where there is none. */
function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  if (high === 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low;
}

class RunText implements MappedText {
  readonly text: string;
  readonly #source: MappedText;
  readonly #starts: readonly number[];
  readonly #sources: readonly number[];
  readonly #steps: readonly number[];

  constructor(
    text: string,
    source: MappedText,
    starts: readonly number[],
    sources: readonly number[],
    steps: readonly number[],
  ) {
    this.text = text;
    this.#source = source;
    this.#starts = starts;
    this.#sources = sources;
    this.#steps = steps;
  }

  place(offset: number): Place {
    const run = lastAtOrBefore(this.#starts, offset);
    if (run < 0) return this.#source.place(0);
    return this.#source.place(this.#sources[run]! + this.#steps[run]! * (offset - this.#starts[run]!));
  }
}
