/**
 * Some registers of a machine, read all at once: out of its cells, or out of the fields of KVM's structs that keep them.
 * Values come as halves, low one first, two for each register: to compare ten thousand switches that way takes no bigint.
 */
import { cellOfField } from '../kvm/context.ts';
import { lowHalf } from '../memory/halves.ts';
import type { ReadyMachine } from '../scenario/ready.ts';

/** Stands for a field that has no fixed place, or is not stored as the cell is. */
const BY_PATH = -1;

interface ListedRegister<Group> {
  /** Cell name (sim/core/registers.ts). */
  readonly cell: string;
  readonly group: Group;
  /** The path of its field in the object that keeps it; left out where only its cell is read. */
  readonly path?: string;
}

export class RegisterSet<Group> {
  readonly list: readonly ListedRegister<Group>[];
  /** How many registers there are of each group, in the order in which the groups begin. */
  readonly counts = new Map<Group, number>();
  readonly #ready: ReadyMachine;
  readonly #owner: string | undefined;
  readonly #ids: Uint32Array;
  /** Per register, the number of its field's low half among the words of RAM, or BY_PATH; worked out when first read. */
  #words: Int32Array | undefined;

  /** `owner` is the name of the object that paths begin in. */
  constructor(ready: ReadyMachine, list: readonly ListedRegister<Group>[], owner?: string) {
    this.list = list;
    this.#ready = ready;
    this.#owner = owner;
    this.#ids = Uint32Array.from(list, ({ cell }) => ready.machine.cpu.registers.find(cell)!);
    for (const { group } of list) this.counts.set(group, (this.counts.get(group) ?? 0) + 1);
  }

  /** The whole path of register `n`'s field, where it has one. */
  fieldOf(n: number): string | undefined {
    const { path } = this.list[n]!;
    return path && this.#owner && `${this.#owner}.${path}`;
  }

  /** What the registers hold. */
  cells(): Uint32Array {
    const { words } = this.#ready.machine.cpu;
    const values = new Uint32Array(2 * this.#ids.length);
    for (let n = 0; n < this.#ids.length; n++) {
      const id = this.#ids[n]!;
      values[2 * n] = words[2 * id]!;
      values[2 * n + 1] = words[2 * id + 1]!;
    }
    return values;
  }

  /** What their fields hold. Throws SourceError where a pointer on the way leads nowhere. */
  fields(): Uint32Array {
    const { u32 } = this.#ready.machine.physical;
    this.#words ??= Int32Array.from(this.list, (_, n) => this.#wordOf(n));
    const values = new Uint32Array(2 * this.list.length);
    for (let n = 0; n < this.list.length; n++) {
      const word = this.#words[n]!;
      if (word === BY_PATH) {
        this.#readByPath(n, values);
      } else {
        values[2 * n] = u32[word]!;
        values[2 * n + 1] = u32[word + 1]!;
      }
    }
    return values;
  }

  /** Fields behind a pointer move, and those of another size or byte order are not what the cell is. */
  #wordOf(n: number): number {
    const path = this.fieldOf(n);
    const { cell } = this.list[n]!;
    if (path === undefined || path.includes('->')) return BY_PATH;
    const { typed, machine } = this.#ready;
    const { pa, size, bigEndian } = typed.resolve(path);
    const offset = Number(pa) - machine.physical.base + (cell.endsWith('.d1') ? 8 : 0);
    return bigEndian || size < 8 || offset % 4 !== 0 ? BY_PATH : offset / 4;
  }

  #readByPath(n: number, values: Uint32Array): void {
    const value = cellOfField(this.list[n]!.cell, this.#ready.typed.read(this.fieldOf(n)!));
    values[2 * n] = lowHalf(value);
    values[2 * n + 1] = Number(value >> 32n);
  }
}

/** The value of register `n` in what a RegisterSet has read. */
export function valueAt(values: Uint32Array, n: number): bigint {
  return (BigInt(values[2 * n + 1]!) << 32n) | BigInt(values[2 * n]!);
}
