/** Where code and data came from: the line table, and the statement behind each instruction and datum. */
import type { LineRow, Origin, Section } from '../elf/object-file.ts';
import { type Place, positionOf } from '../source/source-file.ts';
import type { Assembler } from './assembler.ts';
import type { GasSection } from './frag.ts';

/** What each statement emitted, with its innermost place. */
export function originsOf(asm: Assembler, sections: ReadonlyMap<GasSection, Section>): Origin[] {
  return asm.output.emissions.map(({ section, frag, offset, size, kind, statement }) => ({
    section: sections.get(section)!,
    offset: frag.address + offset,
    size: size === 'tail' ? frag.tailSize : size,
    kind,
    place: statement.place(),
  }));
}

/** One row where the line changes; .loc, where it is used, takes the place of the source's own lines. */
export function linesOf(asm: Assembler, sections: ReadonlyMap<GasSection, Section>): LineRow[] {
  const rows = new Map<Section, LineRow[]>([...sections.values()].map((section) => [section, []]));
  const add = (gas: GasSection, offset: number, file: string, line: number) => {
    const section = sections.get(gas)!;
    rows.get(section)!.push({ section, offset, file, line });
  };
  const given = asm.debugLines.rows;
  for (const { section, frag, offset, file, line } of given) add(section, frag.address + offset, file, line);
  if (given.length === 0)
    for (const { section, frag, offset, kind, statement } of asm.output.emissions) {
      if (kind !== 'instruction') continue;
      const { name, line } = positionOf(linePlace(statement.place()));
      add(section, frag.address + offset, name, line);
    }
  return [...rows].flatMap(([section, list]) => completed(section, list));
}

/** The line an instruction belongs to: of a macro's, where the outermost macro was used; in a repetition, its own. */
function linePlace(place: Place): Place {
  let found = place;
  for (let at = place; at.use !== undefined; at = at.use.at) if (at.use.kind === 'macro') found = at.use.at;
  return found;
}

/** Rows in order, one for each change of line, and one for the end of the section. */
function completed(section: Section, rows: LineRow[]): LineRow[] {
  rows.sort((a, b) => a.offset - b.offset);
  const kept = rows.filter((row, i) => i === 0 || row.line !== rows[i - 1]!.line || row.file !== rows[i - 1]!.file);
  const last = kept.at(-1);
  if (last === undefined) return [];
  return [...kept, { ...last, offset: section.size, end: true }];
}
