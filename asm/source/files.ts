/**
 * How the assembler reaches files. The rooms know only this interface, so that they run in a browser too;
 * node-files.ts is the adaptor for a real file system.
 */

export interface FileReader {
  /** The bytes of the file at `path`, or undefined where there is no such readable file. */
  read(path: string): Uint8Array | undefined;
}

/** Files held in memory: for tests, for sources made on the fly, and laid over a real tree. */
export class MemoryFiles implements FileReader {
  readonly #files = new Map<string, Uint8Array>();
  readonly #under: FileReader | undefined;

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, under?: FileReader) {
    for (const [path, content] of Object.entries(files)) this.set(path, content);
    this.#under = under;
  }

  set(path: string, content: string | Uint8Array): void {
    this.#files.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }

  read(path: string): Uint8Array | undefined {
    return this.#files.get(path) ?? this.#under?.read(path);
  }
}

/** The text of a file: UTF-8, a byte that is not valid UTF-8 read as Latin-1 so that no offset is lost. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('latin1');

/** `path` taken relative to the folder of `from`, in the plain POSIX way; an absolute path is itself. */
export function besideFile(from: string, path: string): string {
  if (path.startsWith('/')) return path;
  const slash = from.lastIndexOf('/');
  return slash < 0 ? path : `${from.slice(0, slash + 1)}${path}`;
}

/** `folder` and `path` joined by one slash. */
export function joinPath(folder: string, path: string): string {
  if (path.startsWith('/') || folder === '') return path;
  return folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`;
}
