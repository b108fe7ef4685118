/** The end of assembly: what is left over is put out, sections are laid out, and fixups become bytes or relocations. */
import { SHF } from '../elf/constants.ts';
import type { ObjectFile } from '../elf/object-file.ts';
import type { Assembler } from './assembler.ts';
import type { GasSection } from './frag.ts';
import { layOut } from './layout.ts';
import { isCode } from './mapping.ts';
import { ObjectBuilder } from './object-builder.ts';
import { dumpAllPools } from './pools.ts';
import { requestedRelocations } from './requested-relocations.ts';
import { type PendingRelocation, Resolver } from './resolve.ts';

/** The object file of what `asm` has read. Throws SourceErrors where a stage finds faults: later ones need it sound. */
export function finish(asm: Assembler): ObjectFile {
  dumpAllPools(asm);
  asm.output.statement = undefined;
  for (const { symbol } of asm.output.sections) asm.symbols.keep(symbol);
  for (const section of asm.output.sections) closeSubsections(asm, section);
  layOut(asm.output.sections, asm.symbols, asm.diagnostics);
  asm.diagnostics.throwIfErrors();
  const resolver = new Resolver(asm.symbols, asm.diagnostics, asm.bigEndian);
  for (const section of asm.output.sections) resolver.section(section);
  asm.diagnostics.throwIfErrors();
  const relocations = mergedByOffset(resolver.relocations, requestedRelocations(asm));
  return new ObjectBuilder(asm).object(relocations);
}

/** Relocations in the order of the fixups; those asked for by .reloc come before the first one behind their place. */
function mergedByOffset(
  made: readonly PendingRelocation[],
  requested: readonly PendingRelocation[],
): PendingRelocation[] {
  if (requested.length === 0) return [...made];
  const left = [...requested];
  const merged: PendingRelocation[] = [];
  for (const relocation of made) {
    for (let i = 0; i < left.length; ) {
      const other = left[i]!;
      if (other.section !== relocation.section) i++;
      else if (other.offset < relocation.offset) merged.push(...left.splice(i, 1));
      else break;
    }
    merged.push(relocation);
  }
  return [...merged, ...left];
}

/** GNU as ends each subsection with an alignment: to nothing, or of a merged section to its entries. */
function closeSubsections(asm: Assembler, section: GasSection): void {
  for (const { number } of section.subsections) {
    asm.output.enter(section, number);
    let power = 0;
    if (section.flags & SHF.MERGE && section.entrySize > 0) while (section.entrySize % 2 ** (power + 1) === 0) power++;
    asm.output.align(power, isCode(section) ? undefined : new Uint8Array(1), 0);
  }
}
