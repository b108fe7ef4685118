/**
 * Columns of numbers that grow at the end, as those of a log do: in chunks of typed arrays, so that nothing is ever copied
 * and what is not used of the last chunk is all that is wasted.
 */

type TypedArray = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

const CHUNK_BITS = 14;
const CHUNK_LENGTH = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_LENGTH - 1;

export class Column<T extends TypedArray> {
  readonly #make: (length: number) => T;
  readonly #chunks: T[] = [];
  /** The chunk that the last appended element is in. */
  #last: T;

  /** `make` makes a typed array of the given length. */
  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#last = make(0);
  }

  /** Sets element `index`, the one after the last. */
  append(index: number, value: number): void {
    if ((index & CHUNK_MASK) === 0) this.#startChunk(index);
    this.#last[index & CHUNK_MASK] = value;
  }

  /** Sets elements `index` and `index` + 1, those after the last; `index` is even, as in every append to the column. */
  appendTwo(index: number, first: number, second: number): void {
    if ((index & CHUNK_MASK) === 0) this.#startChunk(index);
    const chunk = this.#last;
    chunk[index & CHUNK_MASK] = first;
    chunk[(index & CHUNK_MASK) + 1] = second;
  }

  get(index: number): number {
    return this.#chunks[index >>> CHUNK_BITS]![index & CHUNK_MASK]!;
  }

  set(index: number, value: number): void {
    this.#chunks[index >>> CHUNK_BITS]![index & CHUNK_MASK] = value;
  }

  /** Forgets the elements from `length` on. */
  truncate(length: number): void {
    this.#chunks.length = (length + CHUNK_MASK) >>> CHUNK_BITS;
    this.#last = this.#chunks.at(-1) ?? this.#last;
  }

  /** Bytes of `count` elements. */
  bytes(count: number): number {
    return count * this.#last.BYTES_PER_ELEMENT;
  }

  #startChunk(index: number): void {
    this.#last = this.#make(CHUNK_LENGTH);
    this.#chunks[index >>> CHUNK_BITS] = this.#last;
  }
}
