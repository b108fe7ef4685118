/** Where #include looks for files (GNU cpp manual, "Search Path"). */
import { besideFile, type FileReader, joinPath } from '../source/files.ts';

export interface FoundFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its folder's index in the chain; -1 where it was found beside the including file. */
  readonly index: number;
  /** It comes from a system folder: warnings about it are of no use. */
  readonly system: boolean;
}

export interface SearchPath {
  readonly quoteDirs?: readonly string[];
  readonly includeDirs?: readonly string[];
  readonly systemDirs?: readonly string[];
}

export class IncludeSearch {
  readonly #files: FileReader;
  readonly #chain: { readonly dir: string; readonly system: boolean }[] = [];
  readonly #bracketStart: number;
  readonly #known = new Map<string, FoundFile | undefined>();

  constructor(files: FileReader, path: SearchPath) {
    this.#files = files;
    // A folder given twice counts where it stands first; one that is a system folder too counts as that.
    const system = new Set((path.systemDirs ?? []).map(plainFolder));
    const seen = new Set<string>();
    for (const dir of path.quoteDirs ?? []) if (isNew(seen, plainFolder(dir))) this.#chain.push({ dir, system: false });
    this.#bracketStart = this.#chain.length;
    seen.clear();
    for (const dir of path.includeDirs ?? [])
      if (!system.has(plainFolder(dir)) && isNew(seen, plainFolder(dir))) this.#chain.push({ dir, system: false });
    for (const dir of path.systemDirs ?? []) if (isNew(seen, plainFolder(dir))) this.#chain.push({ dir, system: true });
  }

  /**
   * The file that `name` stands for in an #include in the file `from` (a path), or undefined. `system` tells whether
   * `from` is a system header: a file beside it is one too.
   */
  find(name: string, angled: boolean, from: string, system: boolean): FoundFile | undefined {
    if (name.startsWith('/')) return this.#open(name, -1, false);
    if (!angled) {
      const beside = this.#open(besideFile(from, name), -1, system);
      if (beside !== undefined) return beside;
    }
    return this.#findFrom(name, angled ? this.#bracketStart : 0);
  }

  /** The file that `name` stands for in an #include_next in a file found at `index` of the chain. */
  findNext(name: string, index: number): FoundFile | undefined {
    if (name.startsWith('/')) return this.#open(name, -1, false);
    return this.#findFrom(name, index + 1);
  }

  #findFrom(name: string, start: number): FoundFile | undefined {
    const key = `${start} ${name}`;
    if (this.#known.has(key)) return this.#known.get(key);
    let found: FoundFile | undefined;
    for (let i = start; i < this.#chain.length && found === undefined; i++)
      found = this.#open(joinPath(this.#chain[i]!.dir, name), i, this.#chain[i]!.system);
    this.#known.set(key, found);
    return found;
  }

  #open(path: string, index: number, system: boolean): FoundFile | undefined {
    const bytes = this.#files.read(path);
    return bytes === undefined ? undefined : { path, bytes, index, system };
  }
}

function isNew(seen: Set<string>, folder: string): boolean {
  if (seen.has(folder)) return false;
  seen.add(folder);
  return true;
}

function plainFolder(dir: string): string {
  const plain = dir.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  return plain === '.' ? '' : plain;
}
