/** The stack of open .if blocks. */
import type { Statement } from './statement.ts';

interface Block {
  /** Statements are passed over. */
  ignoring: boolean;
  /** No further branch of this block can be taken: one was, or the block lies in one that is passed over. */
  decided: boolean;
  elseSeen: boolean;
  /** How many expansions enclosed the .if. */
  readonly depth: number;
  readonly opened: Statement;
}

export class Conditionals {
  readonly #blocks: Block[] = [];

  get ignoring(): boolean {
    return this.#blocks.at(-1)?.ignoring ?? false;
  }

  open(taken: boolean, depth: number, opened: Statement): void {
    const decided = this.ignoring;
    this.#blocks.push({
      ignoring: decided || !taken,
      decided,
      elseSeen: false,
      depth,
      opened,
    });
  }

  /** Begins an .else. Returns what is wrong with it, if anything. */
  otherwise(): string | undefined {
    const block = this.#blocks.at(-1);
    if (block === undefined) return '.else without .if';
    if (block.elseSeen) return 'a second .else for one .if';
    block.elseSeen = true;
    block.ignoring = block.decided || !block.ignoring;
    return undefined;
  }

  /** Begins an .elseif; `condition` is asked only where it matters. Returns what is wrong with it, if anything. */
  elseIf(condition: () => boolean): string | undefined {
    const block = this.#blocks.at(-1);
    if (block === undefined) return '.elseif without .if';
    if (block.elseSeen) return '.elseif after .else';
    block.decided ||= !block.ignoring;
    block.ignoring = true;
    if (!block.decided) block.ignoring = !condition();
    return undefined;
  }

  /** Returns false where no block is open. */
  close(): boolean {
    return this.#blocks.pop() !== undefined;
  }

  /** Drops the blocks opened at `depth` expansions or deeper, and returns the outermost's .if. */
  dropFrom(depth: number): Statement | undefined {
    let dropped: Statement | undefined;
    while (this.#blocks.length > 0 && this.#blocks.at(-1)!.depth >= depth) dropped = this.#blocks.pop()!.opened;
    return dropped;
  }
}
