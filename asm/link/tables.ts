/** The global offset table, made of what the relocations ask for. */
import type { ObjectFile } from '../elf/object-file.ts';
import { relocationKind } from '../elf/relocations.ts';
import type { OutputSection } from './output-section.ts';

const ENTRY_SIZE = 8;

export class Tables {
  readonly #section: OutputSection | undefined;
  readonly #entries = new Map<bigint, number>();
  readonly #bigEndian: boolean;

  constructor(section: OutputSection | undefined, bigEndian: boolean) {
    this.#section = section;
    this.#bigEndian = bigEndian;
  }

  get base(): bigint {
    return this.#section?.address ?? 0n;
  }

  /** The address of a symbol that stands for a table. */
  address(name: string): bigint | undefined {
    return name === '_GLOBAL_OFFSET_TABLE_' ? this.base : undefined;
  }

  /** The address of the entry that holds `value`, made where there is none yet. */
  entry(value: bigint, _name: string | undefined): bigint {
    let index = this.#entries.get(value);
    if (index === undefined) {
      index = this.#entries.size;
      this.#entries.set(value, index);
      const { bytes } = this.#section!;
      new DataView(bytes.buffer).setBigUint64(index * ENTRY_SIZE, BigInt.asUintN(64, value), !this.#bigEndian);
    }
    return this.base + BigInt(index * ENTRY_SIZE);
  }
}

/** Bytes the table may take at most: an entry for each relocation that uses it. */
export function tableSize(objects: readonly ObjectFile[]): number {
  let count = 0;
  for (const { sections } of objects)
    for (const { relocations } of sections)
      for (const { type, symbol } of relocations) {
        const operation = relocationKind(type)?.operation ?? 'none';
        if (/^(got|thread)-entry|^got-base/.test(operation) || symbol?.name === '_GLOBAL_OFFSET_TABLE_') count++;
      }
  return count * ENTRY_SIZE;
}
