/** `#pragma pack` (GCC manual, "Structure-Layout Pragmas"): a limit on the alignment of the members of records. */
import type { Token } from '../cpp/token.ts';
import type { Diagnostics } from '../source/diagnostics.ts';

interface Pushed {
  readonly limit: number;
  readonly label: string | undefined;
}

export class PragmaPack {
  /** Bytes; 0 where there is no limit. */
  limit = 0;
  readonly #pushed: Pushed[] = [];
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** Takes in a line of `#pragma`, without its '#'; all but pack has no effect. */
  read(line: readonly Token[]): void {
    const [directive, name, open, ...words] = line;
    if (directive?.text !== 'pragma' || name?.text !== 'pack') return;
    const close = words.pop();
    if (open?.text !== '(' || close?.text !== ')') {
      this.#diagnostics.error("expected '(' and ')' around what '#pragma pack' sets", name);
      return;
    }
    const [first, ...rest] = words.filter((word) => word.text !== ',');
    if (first === undefined) this.limit = 0;
    else if (first.text === 'push') this.#push(rest);
    else if (first.text === 'pop') this.#pop(first, rest[0]);
    else this.#set(first);
  }

  #push(rest: readonly Token[]): void {
    const label = rest[0]?.kind === 'identifier' ? rest[0].text : undefined;
    this.#pushed.push({ limit: this.limit, label });
    const value = rest[label === undefined ? 0 : 1];
    if (value !== undefined) this.#set(value);
  }

  #pop(at: Token, label: Token | undefined): void {
    for (;;) {
      const top = this.#pushed.pop();
      if (top === undefined) {
        this.#diagnostics.warning("'#pragma pack(pop)' without a matching push", at);
        return;
      }
      this.limit = top.limit;
      if (label === undefined || top.label === label.text) return;
    }
  }

  #set(word: Token): void {
    const value = Number(word.text);
    if ([0, 1, 2, 4, 8, 16].includes(value)) this.limit = value;
    else
      this.#diagnostics.error(`the alignment of '#pragma pack' must be 0, 1, 2, 4, 8 or 16, not '${word.text}'`, word);
  }
}
