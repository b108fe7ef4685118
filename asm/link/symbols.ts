/** Symbol resolution across objects (System V ABI, "Symbol Table": binding and precedence). */
import { STB, STT } from '../elf/constants.ts';
import type { ElfSymbol, ObjectFile, Section } from '../elf/object-file.ts';
import type { Diagnostics } from '../source/diagnostics.ts';
import type { ImageSymbol } from './image.ts';
import type { LinkOptions } from './options.ts';
import type { InputSection, OutputSection } from './output-section.ts';

interface Definition {
  readonly object: ObjectFile | undefined;
  readonly symbol: ElfSymbol | undefined;
  readonly address: bigint;
  readonly weak: boolean;
}

export class SymbolResolver {
  readonly #sections = new Map<Section, InputSection>();
  readonly #global = new Map<string, Definition>();
  readonly #objects: readonly ObjectFile[];

  constructor(
    objects: readonly ObjectFile[],
    outputs: readonly OutputSection[],
    options: LinkOptions,
    diagnostics: Diagnostics,
  ) {
    this.#objects = objects;
    for (const output of outputs) for (const input of output.inputs) this.#sections.set(input.section, input);
    for (const object of objects) this.#define(object, diagnostics);
    this.#defineBounds(outputs);
    for (const [name, address] of Object.entries(options.symbols ?? {}))
      if (!this.#global.has(name))
        this.#global.set(name, {
          object: undefined,
          symbol: undefined,
          address,
          weak: false,
        });
  }

  #define(object: ObjectFile, diagnostics: Diagnostics): void {
    for (const symbol of object.symbols) {
      if (symbol.binding === STB.LOCAL) continue;
      const address = this.#ownAddress(symbol);
      if (address === undefined) continue;
      const weak = symbol.binding === STB.WEAK;
      const other = this.#global.get(symbol.name);
      if (other === undefined || (other.weak && !weak))
        this.#global.set(symbol.name, { object, symbol, address, weak });
      else if (!other.weak && !weak)
        diagnostics.error(`symbol '${symbol.name}' is defined in ${other.object?.name} and in ${object.name}`);
    }
  }

  /** `__start_name` and `__stop_name` for sections whose name is a C identifier, as GNU ld provides them. */
  #defineBounds(outputs: readonly OutputSection[]): void {
    for (const { name, address, size } of outputs) {
      if (!/^[A-Za-z_]\w*$/.test(name)) continue;
      const define = (symbol: string, at: bigint) => {
        if (!this.#global.has(symbol))
          this.#global.set(symbol, {
            object: undefined,
            symbol: undefined,
            address: at,
            weak: false,
          });
      };
      define(`__start_${name}`, address);
      define(`__stop_${name}`, address + BigInt(size));
    }
  }

  /** The address of a symbol defined in its own object; undefined where it is not, or its section was left out. */
  #ownAddress(symbol: ElfSymbol): bigint | undefined {
    const { section, value } = symbol;
    if (section === 'absolute') return value;
    if (typeof section === 'string' || 'members' in section) return undefined;
    const input = this.#sections.get(section);
    if (input === undefined) return undefined;
    return input.address + value;
  }

  inputOf(section: Section): InputSection | undefined {
    return this.#sections.get(section);
  }

  /** The address `symbol` of an object stands for: 0 for a weak one that nothing defines; undefined where it is missing. */
  address(symbol: ElfSymbol): bigint | undefined {
    if (symbol.binding === STB.LOCAL) return this.#ownAddress(symbol);
    const definition = this.#global.get(symbol.name);
    if (definition !== undefined) return definition.address;
    return symbol.binding === STB.WEAK ? 0n : undefined;
  }

  named(name: string): bigint | undefined {
    return this.#global.get(name)?.address;
  }

  /** The symbols of the image: definitions of all objects, and the fixed ones. */
  list(): ImageSymbol[] {
    const symbols: ImageSymbol[] = [];
    for (const object of this.#objects)
      for (const symbol of object.symbols) {
        if (symbol.type === STT.SECTION || symbol.type === STT.FILE || symbol.name === '') continue;
        if (symbol.binding !== STB.LOCAL && this.#global.get(symbol.name)?.symbol !== symbol) continue;
        const address = this.#ownAddress(symbol);
        if (address !== undefined) symbols.push(imageSymbol(symbol, address));
      }
    for (const [name, { symbol, address }] of this.#global)
      if (symbol === undefined)
        symbols.push({
          name,
          address,
          size: 0n,
          binding: 'global',
          type: 'none',
        });
    return symbols;
  }
}

/** `symbol` as an image tells it. */
export function imageSymbol(symbol: ElfSymbol, address: bigint): ImageSymbol {
  const { name, size } = symbol;
  const binding = symbol.binding === STB.LOCAL ? 'local' : symbol.binding === STB.WEAK ? 'weak' : 'global';
  const type = symbol.type === STT.FUNC ? 'function' : symbol.type === STT.OBJECT ? 'object' : 'none';
  return { name, address, size, binding, type };
}
