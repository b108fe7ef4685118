/** The one adaptor between the assembler's FileReader and Node's file system. */
import { readFileSync } from 'node:fs';
import type { FileReader } from './files.ts';

/** Reads files by path, relative to the working directory; each file is read once for the life of the reader. */
export class NodeFiles implements FileReader {
  readonly #cache = new Map<string, Uint8Array | undefined>();

  read(path: string): Uint8Array | undefined {
    if (this.#cache.has(path)) return this.#cache.get(path);
    let bytes: Uint8Array | undefined;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      // Absent, or a folder, or not readable: to an include search these are all "not here".
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
    this.#cache.set(path, bytes);
    return bytes;
  }
}
