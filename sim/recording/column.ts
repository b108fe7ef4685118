/** Typed arrays that grow at the end, as the columns of a log do. */

type TypedArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Elements of a column when it is made. */
const FIRST_CAPACITY = 1 << 14;

/** One column. `array` is longer than what is used of it, and is another object after `grow`. */
export class Column<T extends TypedArray> {
  array: T;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T, capacity = FIRST_CAPACITY) {
    this.#make = make;
    this.array = make(capacity);
  }

  /** Makes room for element `index`, at least doubling: n elements cost O(n) copies in all. */
  grow(index: number): void {
    const old = this.array;
    this.array = this.#make(Math.max(2 * old.length, index + 1));
    this.array.set(old as never);
  }

  /** Bytes of `count` elements. */
  bytes(count: number): number {
    return count * this.array.BYTES_PER_ELEMENT;
  }
}

/** A column of small numbers, one byte each; the few that do not fit are kept aside. */
export class ByteColumn {
  readonly #column = new Column((length) => new Uint8Array(length));
  readonly #large = new Map<number, number>();

  /** Sets the elements from `index` on to `a`, `b` and `c`, none of them negative. */
  setThree(index: number, a: number, b: number, c: number): void {
    if (index + 2 >= this.#column.array.length) this.#column.grow(index + 2);
    const bytes = this.#column.array;
    if (a < LARGE && b < LARGE && c < LARGE) {
      bytes[index] = a;
      bytes[index + 1] = b;
      bytes[index + 2] = c;
    } else {
      for (const [place, value] of [a, b, c].entries()) this.#set(index + place, value);
    }
  }

  get(index: number): number {
    const value = this.#column.array[index]!;
    return value < LARGE ? value : this.#large.get(index)!;
  }

  /** Forgets the values from `index` on. */
  truncate(index: number): void {
    for (const key of this.#large.keys()) if (key >= index) this.#large.delete(key);
  }

  /** Bytes of `count` elements. */
  bytes(count: number): number {
    return count + this.#large.size * MAP_ENTRY_BYTES;
  }

  #set(index: number, value: number): void {
    this.#column.array[index] = Math.min(value, LARGE);
    if (value >= LARGE) this.#large.set(index, value);
  }
}

/** Stands for "kept aside". */
const LARGE = 255;
/** What an entry of a Map costs, about. */
const MAP_ENTRY_BYTES = 40;
