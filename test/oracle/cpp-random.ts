/** Random programs of macros that name each other, with `#`, `##`, variable arguments and uses of every kind. */
import type { Program } from './cpp-corpus.ts';

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

const NAMES = ['A', 'B', 'C', 'D', 'F', 'G', 'H', 'K'];
const PARAMETERS = ['x', 'y', 'z'];
const TOKENS = ['a', '1', '+', '-', '.', '<', ',', '(', ')', '"s"', "'c'", '=', '#', '/', '2.5', '_', ':', '&', '\\'];

/** `count` programs made from `seed`. */
export function randomPrograms(count: number, seed: number): Program[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => ({ name: `random ${i}`, text: new Writer(random).program() }));
}

class Writer {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  program(): string {
    const lines = [...this.#times(6, () => this.#definition()), ...this.#times(6, () => this.#line())];
    if (this.#chance(0.3)) lines.splice(4, 0, `#undef ${this.#pick(NAMES)}`, this.#definition());
    return `${lines.join('\n')}\n`;
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }

  #chance(likelihood: number): boolean {
    return this.#random() < likelihood;
  }

  #times<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + Math.floor(this.#random() * most) }, make);
  }

  #space(): string {
    return this.#chance(0.5) ? ' ' : '';
  }

  #definition(): string {
    const name = this.#pick(NAMES);
    if (this.#chance(0.35)) return `#define ${name} ${this.#body([], false)}`;
    const parameters = PARAMETERS.slice(0, Math.floor(this.#random() * 4));
    const variadic = this.#chance(0.3);
    const named = variadic && parameters.length > 0 && this.#chance(0.4);
    const list = [...parameters];
    if (named) list[list.length - 1] += '...';
    else if (variadic) list.push('...');
    const names = variadic && !named ? [...parameters, '__VA_ARGS__'] : parameters;
    return `#define ${name}(${list.join(',')}) ${this.#body(names, variadic)}`;
  }

  #body(parameters: readonly string[], variadic: boolean): string {
    let body = '';
    for (const _ of this.#times(5, () => 0)) {
      body += this.#space() + this.#bodyItem(parameters, variadic);
      if (this.#chance(0.25)) body += `${this.#space()}##${this.#space()}${this.#bodyItem(parameters, variadic)}`;
    }
    return body;
  }

  #bodyItem(parameters: readonly string[], variadic: boolean): string {
    if (parameters.length > 0 && this.#chance(0.45)) {
      const hash = this.#chance(0.25) ? `#${this.#space()}` : '';
      return hash + this.#pick(parameters);
    }
    if (variadic && this.#chance(0.12)) return `__VA_OPT__(${this.#bodyItem(parameters, false)})`;
    return this.#chance(0.55) ? this.#use(1) : this.#pick(TOKENS.filter((token) => token !== '#'));
  }

  /** A macro's name, most often with arguments. */
  #use(depth: number): string {
    const name = this.#pick(NAMES);
    if (this.#chance(0.35)) return name;
    const args = this.#chance(0.15) ? [''] : this.#times(3, () => this.#argument(depth));
    return `${name}${this.#space()}(${args.join(',')})`;
  }

  #argument(depth: number): string {
    if (this.#chance(0.15)) return this.#space();
    const items = this.#times(3, () => (depth < 3 && this.#chance(0.5) ? this.#use(depth + 1) : this.#argumentToken()));
    return items.map((item) => this.#space() + item).join('') + this.#space();
  }

  #argumentToken(): string {
    if (this.#chance(0.1)) return `(${this.#pick(NAMES)},${this.#pick(NAMES)})`;
    return this.#pick(TOKENS.filter((token) => token !== ',' && token !== '(' && token !== ')'));
  }

  #line(): string {
    return this.#times(4, () => (this.#chance(0.75) ? this.#use(0) : this.#pick(TOKENS)))
      .map((item) => this.#space() + item)
      .join('');
  }
}
