/** String tables of ELF files (System V ABI, "String Table"): strings one after the other, each once. */
import { ByteWriter } from './byte-writer.ts';

export class StringTable {
  readonly #offsets = new Map<string, number>([['', 0]]);
  readonly #out = new ByteWriter();

  constructor() {
    this.#out.u8(0);
  }

  /** Offset of `text` in the table. */
  add(text: string): number {
    const found = this.#offsets.get(text);
    if (found !== undefined) return found;
    const offset = this.#out.length;
    this.#offsets.set(text, offset);
    this.#out.string(text);
    return offset;
  }

  bytes(): Uint8Array {
    return this.#out.finish();
  }
}
