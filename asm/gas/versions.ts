/** .symver: versioned names of symbols (Using as, ".symver"). */
import type { Assembler } from './assembler.ts';
import { copyAttributes } from './define.ts';
import type { Evaluator } from './evaluate.ts';
import { GasSymbol } from './symbol.ts';

/** A symbol defined here gets an alias of the versioned name; one that is not is renamed to it. */
export function renameVersions(asm: Assembler, evaluator: Evaluator): void {
  for (const { symbol, name, after, statement } of asm.versions) {
    const defined = evaluator.symbol(symbol)?.section.kind !== 'undefined';
    if (!defined) {
      if (/@@(?!@)/.test(name) && !name.includes('@@@'))
        asm.diagnostics.error(
          `'${name}' names a default version of a symbol that is not defined here`,
          statement.place(),
        );
      symbol.name = name.replace('@@@', '@');
      continue;
    }
    if (name.includes('@@@')) {
      symbol.name = name.replace('@@@', '@@');
      continue;
    }
    const alias = new GasSymbol(name, symbol.section, symbol.frag, symbol.value);
    copyAttributes(alias, symbol);
    alias.binding = symbol.binding;
    alias.type = symbol.type;
    alias.visibility = symbol.visibility;
    asm.symbols.add(alias);
    if (after === 'local') symbol.binding = 'local';
    else if (after === 'hidden') symbol.visibility = 2;
    else if (after === 'remove' && !symbol.usedInRelocation) symbol.removed = true;
  }
}
