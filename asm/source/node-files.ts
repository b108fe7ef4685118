/** The one adaptor between the assembler's FileReader and Node's file system. */
import { readFileSync, statSync } from 'node:fs';
import type { FileReader } from './files.ts';

/** Reads files by path, relative to the working directory; each file is read once for the life of the reader. */
export class NodeFiles implements FileReader {
  readonly #cache = new Map<string, Uint8Array | undefined>();

  read(path: string): Uint8Array | undefined {
    if (this.#cache.has(path)) return this.#cache.get(path);
    const bytes = readRegular(path);
    this.#cache.set(path, bytes);
    return bytes;
  }
}

/**
 * Absent, a folder, not readable: to an include search these are all "not here". Asking first spares the common miss the
 * cost of an exception.
 */
function readRegular(path: string): Uint8Array | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined || found.isDirectory() ? undefined : readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
