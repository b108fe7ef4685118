/** Breakpoints of the stepping prompt: places in the code, kept by physical address. */
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { CodeMap } from '../scenario/code-map.ts';
import type { Runnable } from '../scenario/runnable.ts';

export interface Breakpoint {
  readonly id: number;
  /** As it was given. */
  readonly place: string;
  readonly addresses: readonly bigint[];
}

export class Breakpoints {
  readonly #list: Breakpoint[] = [];
  #next = 1;

  get list(): readonly Breakpoint[] {
    return this.#list;
  }

  /** Sets one at `place`; throws SourceError where that names no code. */
  add(place: string, ready: Runnable): Breakpoint {
    const breakpoint = { id: this.#next, place, addresses: addressesOf(place, ready) };
    this.#next++;
    this.#list.push(breakpoint);
    return breakpoint;
  }

  /** Takes number `id` away; false where there is none. */
  remove(id: number): boolean {
    const index = this.#list.findIndex((one) => one.id === id);
    if (index >= 0) this.#list.splice(index, 1);
    return index >= 0;
  }

  /** The breakpoint at physical address `pa`, or undefined. */
  at(pa: bigint | undefined): Breakpoint | undefined {
    return pa === undefined ? undefined : this.#list.find((one) => one.addresses.includes(pa));
  }
}

/** Physical addresses of a symbol (`name` or `name+0x10`), a `file:line`, or an address as the code's world sees it. */
export function addressesOf(place: string, ready: Runnable): readonly bigint[] {
  const { code, memory } = ready;
  const line = /^(.+):(\d+)$/.exec(place);
  if (line !== null) return atLine(line[1]!, Number(line[2]), code);
  if (/^\*?0[xX][0-9a-fA-F]+$/.test(place)) {
    const address = BigInt(place.replace('*', ''));
    return [memory.resolve(address) ?? address];
  }
  const symbol = /^([A-Za-z_.$][\w.$]*)(?:\+(0[xX][0-9a-fA-F]+|\d+))?$/.exec(place);
  const pa = symbol === null ? undefined : code.symbol(symbol[1]!);
  if (pa === undefined) throw new SourceError(`no symbol, file:line or address '${place}'`);
  return [pa + BigInt(symbol![2] ?? 0)];
}

function atLine(file: string, line: number, code: CodeMap): readonly bigint[] {
  const found = code.line(file, line);
  if (found.length === 0) throw new SourceError(`no instruction comes from line ${line} of '${file}'`);
  return found;
}
