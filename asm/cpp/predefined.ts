/** The macros that stand before any source is read, as text of #define lines. */
import { ASSEMBLER_MACROS, FLAG_MACROS, type FlagMacros, PREDEFINED } from './predefined-table.ts';
import type { Language } from './scanner.ts';

const texts = new Map<string, string>();

/**
 * The predefined macros for `language` under gcc's `flags`, as lines of #define. Flags that change no macro are passed
 * over.
 */
export function predefinedText(language: Language, flags: readonly string[]): string {
  const key = [language, ...flags].join(' ');
  let text = texts.get(key);
  if (text === undefined) {
    text = makeText(language, flags);
    texts.set(key, text);
  }
  return text;
}

function makeText(language: Language, flags: readonly string[]): string {
  const macros = new Map<string, string>();
  for (const line of PREDEFINED.trim().split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) macros.set(line, '');
    else macros.set(line.slice(0, space), line.slice(space + 1));
  }
  for (const row of FLAG_MACROS) if (counts(row, language, flags)) apply(macros, row);
  if (language === 'assembler') apply(macros, ASSEMBLER_MACROS);
  let text = '';
  for (const [name, value] of macros) text += `#define ${name} ${value}\n`;
  return text;
}

function counts(row: FlagMacros, language: Language, flags: readonly string[]): boolean {
  if (row.language !== undefined && row.language !== language) return false;
  if (row.beside !== undefined && !flags.includes(row.beside)) return false;
  return row.flags.some((flag) => flags.includes(flag));
}

function apply(macros: Map<string, string>, row: FlagMacros): void {
  for (const name of row.removes ?? []) macros.delete(name);
  for (const [name, value] of Object.entries(row.sets ?? {})) macros.set(name, value);
}
