/**
 * What is loaded where: symbols, source lines and struct fields by physical address. Kernel, hyp and guest code reach
 * the same memory under different virtual addresses, so physical addresses are what names are kept by.
 */
import type { Image, SymbolPlace } from '../../asm/link/image.ts';
import type { Place } from '../../asm/source/source-file.ts';
import type { TypedMemory } from '../memory/typed.ts';
import { type Annotations, symbolText } from '../recording/annotations.ts';

/** Says that a symbol which a scenario names is not there. */
export function noSymbolText(name: string): string {
  return `neither host, hyp nor guest code defines a symbol '${name}'`;
}

export interface Loaded {
  readonly image: Image;
  /** What to add to an address of the image to get the physical address, modulo 2^64. */
  readonly displacement: bigint;
}

export class CodeMap implements Annotations {
  readonly #typed: TypedMemory;
  readonly #resolve: (address: bigint) => bigint | undefined;
  readonly #loaded: Loaded[] = [];

  /** `resolve` gives the physical address behind a kernel or hyp address. */
  constructor(typed: TypedMemory, resolve: (address: bigint) => bigint | undefined) {
    this.#typed = typed;
    this.#resolve = resolve;
  }

  /** What was loaded, in that order. */
  get images(): readonly Loaded[] {
    return this.#loaded;
  }

  /** Tells that `image` is in memory, `displacement` bytes above its own addresses (modulo 2^64). */
  add(image: Image, displacement: bigint): void {
    this.#loaded.push({ image, displacement });
  }

  symbolAt(pa: bigint): SymbolPlace | undefined {
    return this.#firstAt(pa, (image, address) => image.symbolAt(address));
  }

  /** The line as traces tell it, without the folders of its file. */
  lineAt(pa: bigint): { file: string; line: number } | undefined {
    const found = this.sourceAt(pa);
    return found && { file: found.file.slice(found.file.lastIndexOf('/') + 1), line: found.line };
  }

  /** The line with its file's whole path. */
  sourceAt(pa: bigint): { file: string; line: number } | undefined {
    return this.#firstAt(pa, (image, address) => image.lineAt(address));
  }

  /** Where the instruction at `pa` was written, with the macros that led there; undefined for code from elsewhere. */
  originAt(pa: bigint): Place | undefined {
    return this.#firstAt(pa, (image, address) => image.originAt(address))?.place;
  }

  codeAt(va: bigint): string | undefined {
    const pa = this.#resolve(va);
    const symbol = pa === undefined ? undefined : this.symbolAt(pa);
    return symbol && `<${symbolText(symbol)}>`;
  }

  /** A name for the code at `pa`: symbol and offset, and the line. */
  nameOf(pa: bigint): string {
    const symbol = this.symbolAt(pa);
    const line = this.lineAt(pa);
    const name = symbol === undefined ? `0x${pa.toString(16)}` : symbolText(symbol);
    return line === undefined ? name : `${name}, ${line.file}:${line.line}`;
  }

  fieldAt(pa: bigint, size: number): string | undefined {
    return this.#typed.fieldAt(pa, size);
  }

  /** Physical address of the symbol called `name`, or undefined. */
  symbol(name: string): bigint | undefined {
    for (const { image, displacement } of this.#loaded) {
      const symbol = image.symbol(name);
      if (symbol !== undefined) return BigInt.asUintN(64, symbol.address + displacement);
    }
    return undefined;
  }

  /** Physical addresses of the first instructions of line `line` (from 1) of the file whose path ends in `file`. */
  line(file: string, line: number): bigint[] {
    return this.#loaded.flatMap(({ image, displacement }) =>
      image.addressesOf(file, line).map((address) => BigInt.asUintN(64, address + displacement)),
    );
  }

  #firstAt<T>(pa: bigint, look: (image: Image, address: bigint) => T | undefined): T | undefined {
    for (const { image, displacement } of this.#loaded) {
      const found = look(image, BigInt.asUintN(64, pa - displacement));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
