/** Relocations given by .reloc. */
import { SHF } from '../elf/constants.ts';
import type { Assembler } from './assembler.ts';
import { Evaluator } from './evaluate.ts';
import { ABSOLUTE } from './frag.ts';
import type { PendingRelocation } from './resolve.ts';

/** The relocations of all .reloc directives. */
export function requestedRelocations(asm: Assembler): PendingRelocation[] {
  const evaluator = new Evaluator(true);
  const made: PendingRelocation[] = [];
  for (const { offset, relocation, value, statement } of asm.relocations) {
    const at = evaluator.symbol(offset);
    if (at === undefined || at.section.kind !== 'normal') {
      asm.diagnostics.error('the offset of .reloc is not in a section', statement.place());
      continue;
    }
    const target = value === undefined || value.op === 'absent' ? undefined : evaluator.expression(value);
    if (value !== undefined && value.op !== 'absent' && target === undefined) {
      asm.diagnostics.error(evaluator.problem, statement.place());
      continue;
    }
    let symbol = target?.symbol;
    let addend = target?.number ?? 0n;
    if (symbol !== undefined) {
      const own = evaluator.symbol(symbol)?.number ?? 0n;
      const { section } = target!;
      const local = symbol.temporary && section.kind === 'normal';
      const kept = (section.flags & SHF.MERGE && addend !== own) || section.flags & SHF.TLS;
      if (local && !kept) symbol = section.symbol;
      else addend -= own;
      symbol.usedInRelocation = true;
      asm.symbols.keep(symbol);
    }
    if (target?.section === ABSOLUTE) symbol = undefined;
    made.push({
      section: at.section,
      offset: Number(at.number),
      relocation,
      symbol,
      addend,
      statement,
    });
  }
  return made;
}
