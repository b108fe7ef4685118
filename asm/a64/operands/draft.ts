/** The word under construction while the operands of one form are read. */

import type { Fixup } from '../fixup.ts';
import type { Encoding, Form } from '../form.ts';
import { extract } from './word-view.ts';

export class Draft {
  encoding!: Encoding;
  word = 0;
  /** Whether registers written <R...> are 64 bits wide; undefined until the first of them is read. */
  wide: boolean | undefined;
  fixup: Fixup | undefined;
  readonly warnings: string[] = [];

  /** Starts on `form`. */
  begin(form: Form): void {
    const { encoding } = form;
    this.encoding = encoding;
    this.word = ((encoding.template & ~form.mask) | form.value) >>> 0;
    this.fixup = undefined;
    this.warnings.length = 0;
    const wide = encoding.wide;
    const known = wide !== undefined && (wide.mask & ~(encoding.mask | form.mask)) === 0;
    this.wide = known ? (this.word & wide.mask) >>> 0 === wide.value : undefined;
  }

  get(name: string): number {
    return extract(this.word, this.#field(name));
  }

  /** Puts `value` (its low bits) into the field `name`. */
  set(name: string, value: number): void {
    const { lsb, width } = this.#field(name);
    const mask = ((1 << width) - 1) << lsb;
    this.word = ((this.word & ~mask) | ((value << lsb) & mask)) >>> 0;
  }

  has(name: string): boolean {
    return this.encoding.fields.has(name);
  }

  /** Makes registers written <R...> 64 or 32 bits wide; false where an earlier operand made them the other. */
  setWide(wide: boolean): boolean {
    if (this.wide !== undefined) return this.wide === wide;
    const pattern = this.encoding.wide!;
    const bits = wide ? pattern.value : ~pattern.value & pattern.mask;
    this.word = ((this.word & ~pattern.mask) | bits) >>> 0;
    this.wide = wide;
    return true;
  }

  #field(name: string) {
    const field = this.encoding.fields.get(name);
    if (field === undefined) throw new Error(`${this.encoding.name} has no field ${name}`);
    return field;
  }
}
