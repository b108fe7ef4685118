/** The asm-offsets.h that a build has left in a tree, held against the one made from its headers as they are now. */
import type { AsmOffsetsEntry } from '../../asm/c/asm-offsets.ts';
import type { Diagnostic } from '../../asm/source/diagnostics.ts';
import { decodeText, type FileReader } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';

/** How many names a warning tells one by one. */
const NAMES_SHOWN = 6;

/**
 * A warning that names what differs, at the first line of the file at `path` that does; undefined where nothing differs or
 * there is no such file.
 */
export function staleOffsets(
  path: string,
  entries: readonly AsmOffsetsEntry[],
  files: FileReader,
): Diagnostic | undefined {
  const bytes = files.read(path);
  if (bytes === undefined) return undefined;
  const file = new SourceFile(path, decodeText(bytes));
  const built = new Map<string, { value: string; offset: number }>();
  for (const match of file.text.matchAll(/^#define (\w+) (-?\d+)/gm)) {
    built.set(match[1]!, { value: match[2]!, offset: match.index });
  }
  const differences: string[] = [];
  let offset: number | undefined;
  for (const entry of entries) {
    if (entry.kind !== 'offset') continue;
    const found = built.get(entry.name);
    built.delete(entry.name);
    if (found?.value === String(entry.value)) continue;
    offset ??= found?.offset;
    differences.push(`${entry.name} is ${entry.value}, here ${found?.value ?? 'missing'}`);
  }
  for (const [name, one] of built) {
    offset ??= one.offset;
    differences.push(`${name} is gone`);
  }
  if (differences.length === 0) return undefined;
  const shown = differences.slice(0, NAMES_SHOWN).join('; ');
  const more = differences.length > NAMES_SHOWN ? `; and ${differences.length - NAMES_SHOWN} more` : '';
  return {
    severity: 'warning',
    message: `older than the tree's structs, and not used: ${shown}${more}`,
    place: { file, offset: offset ?? 0 },
  };
}
