/** What is left to fill in once all symbols have their values. */
import type { FixupKind } from '../a64/assemble.ts';
import type { RelocationKind } from '../elf/relocations.ts';
import { type Expression, symbolPlus } from './expression.ts';
import type { Frag } from './frag.ts';
import type { Statement } from './statement.ts';
import { expressionSymbol, type GasSymbol } from './symbol.ts';

export type Patch =
  /** A datum of `size` bytes. */
  | { readonly kind: 'data' }
  /** The field of an instruction that a relocation can fill; `forced`: it is always left to the linker. */
  | {
      readonly kind: 'field';
      readonly relocation: RelocationKind;
      readonly forced: boolean;
    }
  /** An immediate no relocation exists for: it must be known in the end. */
  | { readonly kind: 'immediate'; readonly fixup: FixupKind };

export interface Fixup {
  readonly frag: Frag;
  /** Offset into the fragment. */
  readonly where: number;
  /** In bytes. */
  readonly size: number;
  /** The value is add - sub + offset. */
  readonly add: GasSymbol | undefined;
  readonly sub: GasSymbol | undefined;
  readonly offset: bigint;
  readonly pcRelative: boolean;
  readonly patch: Patch;
  readonly statement: Statement;
}

/** `expression` in the form of a fixup: at most a difference of two symbols and a number. */
export function fixupTerms(expression: Expression): Pick<Fixup, 'add' | 'sub' | 'offset'> {
  const { op, add, sub, number } = expression;
  const offset = BigInt.asIntN(64, number);
  if (op === 'constant' || op === 'absent') return { add: undefined, sub: undefined, offset };
  if (op === 'symbol') return { add, sub: undefined, offset };
  if (op === '-') return { add, sub, offset };
  if (op === 'negate') return { add: undefined, sub: add, offset };
  const whole = symbolPlus(expressionSymbol(expression));
  return { add: whole.add, sub: undefined, offset: 0n };
}
