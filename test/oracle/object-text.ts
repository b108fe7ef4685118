/** An object file as lines of text, so that two can be compared and their difference read. */
import type { ElfSymbol, ObjectFile } from '../../asm/elf/object-file.ts';
import { relocationText } from '../../asm/elf/relocations.ts';

/** Sections of debug and unwind information, whose contents need not be those of GNU as. */
const UNCOMPARED = /^\.(debug_(line|info|abbrev|aranges|ranges|rnglists|str|line_str|frame)|eh_frame)$/;

/** Sections with contents and relocations, symbols in order, groups. */
export function objectText(object: ObjectFile): string[] {
  const lines: string[] = [];
  for (const section of object.sections) {
    if (UNCOMPARED.test(section.name)) continue;
    const { name, type, flags, size, alignment, entrySize, linkedTo } = section;
    lines.push(
      `section ${name} type ${type} flags ${flags.toString(16)} size ${size} align ${alignment} entry ${entrySize} link ${linkedTo?.name ?? '-'}`,
    );
    for (let at = 0; at < section.data.length; at += 16)
      lines.push(`${name}+${at.toString(16)}: ${hex(section.data.subarray(at, at + 16))}`);
    for (const { offset, type: kind, symbol, addend } of section.relocations)
      lines.push(
        `${name}+${offset.toString(16)}: ${relocationText(kind)} ${symbol === undefined ? '-' : symbolName(symbol)} ${addend}`,
      );
  }
  for (const symbol of object.symbols) if (!isUncompared(symbol)) lines.push(symbolText(symbol));
  for (const { signature, comdat, members } of object.groups)
    lines.push(`group ${signature.name} comdat ${comdat}: ${members.map(({ name }) => name).join(' ')}`);
  return lines;
}

function isUncompared({ section }: ElfSymbol): boolean {
  return typeof section !== 'string' && !('members' in section) && UNCOMPARED.test(section.name);
}

function symbolText(symbol: ElfSymbol): string {
  const { value, size, binding, type, visibility, other } = symbol;
  return `symbol ${symbolName(symbol)} = ${value} size ${size} binding ${binding} type ${type} visibility ${visibility} other ${other} in ${sectionName(symbol)}`;
}

function symbolName(symbol: ElfSymbol): string {
  return symbol.name === '' ? `[${sectionName(symbol)}]` : symbol.name;
}

function sectionName({ section }: ElfSymbol): string {
  if (typeof section === 'string') return section;
  return 'members' in section ? 'a group' : section.name;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The first lines in which two objects differ, or undefined where they do not. */
export function difference(ours: readonly string[], theirs: readonly string[]): string | undefined {
  const at = ours.findIndex((line, i) => line !== theirs[i]);
  if (at < 0 && ours.length === theirs.length) return undefined;
  const from = at < 0 ? ours.length : at;
  return `ours:   ${ours[from] ?? '(nothing)'}\nGNU's:  ${theirs[from] ?? '(nothing)'}`;
}
