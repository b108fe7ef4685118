/**
 * Records of 32-bit words, one behind the other in the order in which they were added: for what is looked up in each step.
 * The same as objects and lists are a dozen places in memory, and a world switch has enough instructions to push each
 * other's out of the caches between two uses; to fetch them again took most of a step's time.
 */

/** Words, more than most runs fill: with another array what uses the old one is optimized anew. */
const FIRST_ROOM = 65536;

export class WordRecords {
  #words = new Int32Array(FIRST_ROOM);
  #end = 0;

  /** All records. Another array after an `add`. */
  get words(): Int32Array {
    return this.#words;
  }

  /** Appends a record; returns where it begins. */
  add(record: readonly number[]): number {
    const start = this.#end;
    this.#end += record.length;
    if (this.#end > this.#words.length) {
      const larger = new Int32Array(2 * this.#end);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words.set(record, start);
    return start;
  }
}
