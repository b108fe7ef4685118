/**
 * Literal pools: what `ldr x0, =value` loads from. Each subsection has one pool for each size of entry, put out by
 * .ltorg or at the end (Using as, "AArch64 Directives").
 */
import { constant, type Expression } from './expression.ts';
import { NO_FRAG, UNDEFINED } from './frag.ts';
import type { Statement } from './statement.ts';
import { GasSymbol } from './symbol.ts';

/** Entries one pool may hold, as in GNU as. */
export const POOL_LIMIT = 1024;

export interface LiteralEntry {
  readonly value: Expression;
  /** The `ldr` that first asked for it. */
  readonly statement: Statement;
}

export class LiteralPool {
  /** In bytes: 4, 8 or 16. */
  readonly entrySize: number;
  readonly entries: LiteralEntry[] = [];
  /** The start of the pool; its place is known when the pool is put out. */
  readonly symbol = new GasSymbol('', UNDEFINED, NO_FRAG, constant(0n), true);

  constructor(entrySize: number) {
    this.entrySize = entrySize;
  }

  /** Offset of the entry for `value` from the start of the pool; equal constants and equal addresses share one. */
  offsetOf(value: Expression, statement: Statement): number | undefined {
    let index = this.entries.findIndex((entry) => isSame(entry.value, value));
    if (index < 0) {
      if (this.entries.length >= POOL_LIMIT) return undefined;
      index = this.entries.push({ value, statement }) - 1;
    }
    return index * this.entrySize;
  }
}

function isSame(a: Expression, b: Expression): boolean {
  if (a.op !== b.op || a.number !== b.number) return false;
  if (a.op === 'constant') return a.unsigned === b.unsigned;
  return a.op === 'symbol' && a.add === b.add;
}
