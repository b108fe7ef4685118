/**
 * Some registers of a machine, read all at once: out of its cells, or out of the fields of KVM's structs that keep them;
 * and compared with what was read before. Values are kept as halves, low one first: to compare ten thousand switches that
 * way makes nothing.
 */
import { cellOfField } from '../kvm/context.ts';
import { lowHalf } from '../memory/halves.ts';
import type { TypedObject } from '../memory/typed.ts';
import type { ReadyMachine } from '../scenario/ready.ts';

/** Stands for a field that has no fixed place, or is not stored as the cell is. */
const BY_PATH = -1;

/** Told of register number `n` of a list: its value was `was`, and is `is`. */
export type Differs = (n: number, was: bigint, is: bigint) => void;

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
  readonly #fieldsOfOwner: TypedObject | undefined;
  readonly #ids: Uint32Array;
  /** What was kept, and what was read last, both as halves. */
  readonly #kept: Uint32Array;
  readonly #read: Uint32Array;
  /** Per register, the number of its field's low half among the words of RAM, or BY_PATH; worked out when first read. */
  #words: Int32Array | undefined;

  /** `owner` is the name of the object that paths begin in. */
  constructor(ready: ReadyMachine, list: readonly ListedRegister<Group>[], owner?: string) {
    this.list = list;
    this.#ready = ready;
    this.#owner = owner;
    this.#fieldsOfOwner = owner === undefined ? undefined : ready.typed.object(owner);
    this.#ids = Uint32Array.from(list, ({ cell }) => ready.machine.cpu.registers.find(cell)!);
    this.#kept = new Uint32Array(2 * list.length);
    this.#read = new Uint32Array(2 * list.length);
    for (const { group } of list) this.counts.set(group, (this.counts.get(group) ?? 0) + 1);
  }

  /** The whole path of register `n`'s field, where it has one. */
  fieldOf(n: number): string | undefined {
    const { path } = this.list[n]!;
    return path && this.#owner && `${this.#owner}.${path}`;
  }

  /** Keeps what the registers hold. */
  keepCells(): void {
    const { words } = this.#ready.machine.cpu;
    const ids = this.#ids;
    const kept = this.#kept;
    for (let n = 0; n < ids.length; n++) {
      const low = 2 * ids[n]!;
      kept[2 * n] = words[low]!;
      kept[2 * n + 1] = words[low + 1]!;
    }
  }

  /** Keeps what their fields hold. Throws SourceError where a pointer on the way leads nowhere. */
  keepFields(): void {
    this.#fields(this.#kept);
  }

  /** Tells `differs` of each register that does not hold what was kept. */
  compareCells(differs: Differs): void {
    const { words } = this.#ready.machine.cpu;
    const ids = this.#ids;
    const kept = this.#kept;
    for (let n = 0; n < ids.length; n++) {
      const low = 2 * ids[n]!;
      if (kept[2 * n] === words[low] && kept[2 * n + 1] === words[low + 1]) continue;
      differs(n, valueAt(kept, n), valueAt(words, ids[n]!));
    }
  }

  /** Tells `differs` of each register whose field does not hold what was kept. Throws as keepFields. */
  compareFields(differs: Differs): void {
    const kept = this.#kept;
    const read = this.#read;
    this.#fields(read);
    for (let half = 0; half < read.length; half++) {
      if (kept[half] === read[half]) continue;
      const n = half >>> 1;
      differs(n, valueAt(kept, n), valueAt(read, n));
      half |= 1;
    }
  }

  #fields(values: Uint32Array): void {
    const { u32 } = this.#ready.machine.physical;
    this.#words ??= Int32Array.from(this.list, (_, n) => this.#wordOf(n));
    for (let n = 0; n < this.list.length; n++) {
      const word = this.#words[n]!;
      if (word === BY_PATH) {
        this.#readByPath(n, values);
      } else {
        values[2 * n] = u32[word]!;
        values[2 * n + 1] = u32[word + 1]!;
      }
    }
  }

  /** Fields behind a pointer move, and those of another size or byte order are not what the cell is. */
  #wordOf(n: number): number {
    const { cell, path } = this.list[n]!;
    if (path === undefined || path.includes('->')) return BY_PATH;
    const { pa, size, bigEndian } = this.#fieldsOfOwner!.resolve(path);
    const offset = Number(pa) - this.#ready.machine.physical.base + (cell.endsWith('.d1') ? 8 : 0);
    return bigEndian || size < 8 || offset % 4 !== 0 ? BY_PATH : offset / 4;
  }

  #readByPath(n: number, values: Uint32Array): void {
    const { cell, path } = this.list[n]!;
    const value = cellOfField(cell, this.#fieldsOfOwner!.read(path!));
    values[2 * n] = lowHalf(value);
    values[2 * n + 1] = Number(value >> 32n);
  }
}

/** The value number `n` of some as halves. */
function valueAt(values: Uint32Array, n: number): bigint {
  return (BigInt(values[2 * n + 1]!) << 32n) | BigInt(values[2 * n]!);
}
