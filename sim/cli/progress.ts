/** A line of progress on a terminal, for work that takes longer than a moment; nothing in a pipe. */

/** Nothing is shown before this many milliseconds, so that short work leaves no flicker. */
const PATIENCE = 400;
/** Milliseconds between two updates. */
const INTERVAL = 100;

export class Progress {
  readonly #label: string;
  readonly #started = performance.now();
  readonly #shown: boolean;
  #last = 0;
  #width = 0;

  constructor(label: string) {
    this.#label = label;
    this.#shown = process.stderr.isTTY === true;
  }

  /** Shows that `done` of `total` units of work are done (`total` undefined: not known). */
  update(done: number, total?: number): void {
    if (!this.#shown) return;
    const at = performance.now();
    if (at - this.#started < PATIENCE || at - this.#last < INTERVAL) return;
    this.#last = at;
    const share = total === undefined ? done.toLocaleString('en') : `${Math.floor((100 * done) / total)} %`;
    const text = `${this.#label}: ${share}`;
    process.stderr.write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  /** Takes the line off the terminal. */
  end(): void {
    if (this.#width > 0) process.stderr.write(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}
