/** Line-table rows given by .file and .loc (Using as, ".loc"), in place of those of the assembler source itself. */
import type { Frag, GasSection } from './frag.ts';

export interface LocRow {
  readonly section: GasSection;
  readonly frag: Frag;
  readonly offset: number;
  readonly file: string;
  readonly line: number;
}

export class DebugLines {
  readonly #files = new Map<number, string>();
  readonly rows: LocRow[] = [];
  #pending: { readonly file: string; readonly line: number } | undefined;

  name(number: number, file: string): void {
    this.#files.set(number, file);
  }

  fileNamed(number: number): string | undefined {
    return this.#files.get(number);
  }

  /** The next instruction is from `line` of `file`. */
  locate(file: string, line: number): void {
    this.#pending = { file, line };
  }

  /** An instruction is put out at `offset` of `frag`. */
  instruction(section: GasSection, frag: Frag, offset: number): void {
    if (this.#pending === undefined) return;
    this.rows.push({ section, frag, offset, ...this.#pending });
    this.#pending = undefined;
  }
}
