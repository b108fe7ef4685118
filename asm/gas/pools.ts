/** `ldr x0, =value`: the value goes to a literal pool, and .ltorg puts the pools out. */
import { registerNamed } from '../a64/registers.ts';
import type { Assembler } from './assembler.ts';
import { Cursor, StatementError } from './cursor.ts';
import { emitNumber } from './directives/data.ts';
import { type Expression, symbolPlus } from './expression.ts';
import { parseExpression } from './expression-parser.ts';
import type { GasSection, Subsection } from './frag.ts';
import type { Environment } from './instruction.ts';
import { LiteralPool, POOL_LIMIT } from './literal-pool.ts';

/** A subsection that has had a pool. */
export interface PoolOwner {
  readonly section: GasSection;
  readonly subsection: Subsection;
}

/**
 * The operands with `=value` replaced by the place of its pool entry, which `environment` then knows; undefined where the
 * instruction has no such operand. `base` is the offset of the operands in the statement's text.
 */
export function literalOperand(
  asm: Assembler,
  mnemonic: string,
  operands: string,
  environment: Environment,
  base: number,
): { readonly operands: string } | undefined {
  if (mnemonic !== 'ldr' && mnemonic !== 'ldrsw') return undefined;
  const match = /^\s*([^,\s]+)\s*,\s*=/.exec(operands);
  if (match === null) return undefined;
  const written = match[1]!;
  const register = registerNamed((asm.aliases.find(written) ?? written).toLowerCase());
  const size = mnemonic === 'ldrsw' ? 4 : REGISTER_SIZE[register?.class ?? ''];
  if (size === undefined) return undefined;
  const cursor = new Cursor(operands, match[0].length);
  const value = parseExpression(cursor, environment);
  if (!cursor.atEnd()) throw new StatementError('unexpected text after the literal', base + cursor.at);
  if (value.op !== 'constant' && value.op !== 'big' && value.op !== 'symbol')
    throw new StatementError("expected a number or an address after '='", base + match[0].length);
  environment.keepSymbols(value);
  environment.standsFor(written.length + 1, poolEntry(asm, value, size));
  return { operands: `${written},.Lpool` };
}

const REGISTER_SIZE: Readonly<Record<string, number | undefined>> = {
  w: 4,
  s: 4,
  x: 8,
  d: 8,
  q: 16,
};

function poolEntry(asm: Assembler, value: Expression, size: number): Expression {
  const { section, subsection } = asm.output;
  let pool = subsection.pools.get(size);
  if (pool === undefined) {
    pool = new LiteralPool(size);
    subsection.pools.set(size, pool);
    asm.poolOwners.push({ section, subsection });
  }
  const offset = pool.offsetOf(value, asm.statement);
  if (offset === undefined) throw new StatementError(`more than the limit of ${POOL_LIMIT} entries in a literal pool`);
  return symbolPlus(pool.symbol, BigInt(offset));
}

/** Puts out the pools of the present subsection (.ltorg). */
export function dumpPools(asm: Assembler): void {
  const { output } = asm;
  if (output.section.kind !== 'normal') return;
  for (const power of [2, 3, 4]) {
    const pool = output.subsection.pools.get(1 << power);
    if (pool === undefined) continue;
    output.subsection.pools.delete(1 << power);
    output.align(power, new Uint8Array(1), 0);
    output.enterData();
    output.section.recordAlignment(power);
    pool.symbol.define(output.section, output.frag, output.offset);
    const { statement } = output;
    for (const entry of pool.entries) {
      output.statement = entry.statement;
      emitNumber(asm, entry.value, pool.entrySize);
    }
    output.statement = statement;
  }
}

/** Puts out all pools that are left at the end of the source. */
export function dumpAllPools(asm: Assembler): void {
  for (const { section, subsection } of asm.poolOwners.toReversed()) {
    asm.output.enter(section, subsection.number);
    dumpPools(asm);
  }
}
