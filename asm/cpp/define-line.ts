/**
 * A #define line of a lexed file. Most macros of a header are never used, so a line without anything unusual is known
 * by its macro's name alone until then.
 */
import type { SourceFile } from '../source/source-file.ts';
import type { LexedFile } from './lexed-file.ts';
import { type Definition, type ReadDefinition, readDefinition } from './macro.ts';
import type { Part } from './parts.ts';
import { meaningOf, PpToken } from './pp-token.ts';
import { spellings } from './spelling.ts';

export class DefineLine {
  /** The number of the macro's name; 0 where the line is faulty. */
  readonly id: number;
  readonly #lexed: LexedFile;
  readonly #part: Part;
  readonly #file: SourceFile;
  #read: ReadDefinition | undefined;

  /** The line `part` of `lexed`, in the reading of it that is `file`. */
  constructor(lexed: LexedFile, part: Part, file: SourceFile) {
    this.#lexed = lexed;
    this.#part = part;
    this.#file = file;
    const plain = lexed.plainDefinition(part);
    this.id = plain === 0 ? (this.read().definition?.id ?? 0) : plain;
  }

  /** What the line says, where that had to be read already. */
  get known(): ReadDefinition | undefined {
    return this.#read;
  }

  get definition(): Definition {
    return this.read().definition!;
  }

  /** What the line says. */
  read(): ReadDefinition {
    if (this.#read === undefined) {
      const line = this.#tokens();
      const end = line[line.length - 1] ?? { file: this.#file, offset: this.#part.start };
      this.#read = readDefinition(line, end, this.#lexed.language === 'c');
    }
    return this.#read;
  }

  #tokens(): PpToken[] {
    const lexed = this.#lexed;
    const part = this.#part;
    lexed.lex(part);
    const tokens: PpToken[] = [];
    for (let i = part.from; i < part.to; i++) {
      const id = lexed.spellingOf(i);
      const spaced = lexed.isSpaced(i);
      const offset = lexed.offsets[i]!;
      const kind = lexed.kindOf(i);
      tokens.push(new PpToken(kind, spellings[id]!, this.#file, offset, undefined, spaced, false, meaningOf(id), 0));
    }
    return tokens;
  }
}
