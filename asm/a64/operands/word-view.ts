/** An instruction word seen through its encoding's fields, as operand kinds print it. */
import type { Encoding, Field } from '../form.ts';

export interface PrintOptions {
  /** The address of the instruction, in bytes; left out, branch targets are printed relative to it (`.+0x8`). */
  readonly address?: bigint;
  /** With a relocation of the instruction: what its branch distance or page is added to, instead of its address. */
  readonly relocated?: bigint;
  /** The name of an address (`foo`, `foo+0x8`), or undefined where it has none. */
  readonly target?: (address: bigint) => string | undefined;
  /** Adds the comments objdump prints after some instructions (`// #16`, `// b.hs`). */
  readonly comments?: boolean;
}

const noOptions: PrintOptions = {};

/** The value of a field of `word`. */
export function extract(word: number, field: Field): number {
  return (word >>> field.lsb) & (field.width === 32 ? -1 : (1 << field.width) - 1);
}

export class WordView {
  readonly encoding: Encoding;
  /** Unsigned 32 bit. */
  readonly word: number;
  readonly options: PrintOptions;
  /** What objdump puts after the instruction: a comment, with the white space before it. */
  comment: string | undefined;

  constructor(encoding: Encoding, word: number, options: PrintOptions = noOptions) {
    this.encoding = encoding;
    this.word = word;
    this.options = options;
    this.comment = undefined;
  }

  /** The value of the field `name`; a row without it is a fault of the table. */
  get(name: string): number {
    const field = this.encoding.fields.get(name);
    if (field === undefined) throw new Error(`${this.encoding.name} has no field ${name}`);
    return extract(this.word, field);
  }

  /** Whether registers written <R...> are 64 bits wide. */
  get wide(): boolean {
    const wide = this.encoding.wide;
    return wide !== undefined && (this.word & wide.mask) >>> 0 === wide.value;
  }
}
