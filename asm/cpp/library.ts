/**
 * Lexed files kept for the life of the process, so that a header is lexed once however often it is read.
 *
 * A file is known by its language and path; text that has changed replaces what was kept.
 */
import { decodeText } from '../source/files.ts';
import { LexedFile } from './lexed-file.ts';
import type { Language } from './scanner.ts';

interface Kept {
  bytes: Uint8Array;
  readonly lexed: LexedFile;
}

const kept: Record<Language, Map<string, Kept>> = { c: new Map(), assembler: new Map() };

/** The file at `path`, whose content is `bytes`, lexed. */
export function lexedBytes(path: string, bytes: Uint8Array, language: Language): LexedFile {
  const known = kept[language].get(path);
  if (known !== undefined && sameBytes(known.bytes, bytes)) {
    known.bytes = bytes;
    return known.lexed;
  }
  const lexed = new LexedFile(decodeText(bytes), language);
  kept[language].set(path, { bytes, lexed });
  return lexed;
}

const texts: Record<Language, Map<string, LexedFile>> = { c: new Map(), assembler: new Map() };

/** The text `text` under the name `name`, lexed. */
export function lexedText(name: string, text: string, language: Language): LexedFile {
  const known = texts[language].get(name);
  if (known !== undefined && known.source === text) return known;
  const lexed = new LexedFile(text, language);
  texts[language].set(name, lexed);
  return lexed;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
