/** Relocations applied to the placed sections (ELF for the Arm 64-bit Architecture, section 5.7). */

import { STT } from '../elf/constants.ts';
import type { ObjectFile, Relocation, Section } from '../elf/object-file.ts';
import {
  fieldSize,
  insertIntoWord,
  type RelocationKind,
  relocationFault,
  relocationKind,
  relocationText,
} from '../elf/relocations.ts';
import type { Diagnostics } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import type { InputSection, OutputSection } from './output-section.ts';
import type { SymbolResolver } from './symbols.ts';
import type { Tables } from './tables.ts';

/** The thread pointer points at a control block of this many bytes before the TLS block (AAELF64, 8.1). */
const THREAD_CONTROL_BLOCK = 16n;

export class Relocator {
  readonly #symbols: SymbolResolver;
  readonly #tables: Tables;
  readonly #diagnostics: Diagnostics;
  readonly #undefined = new Set<string>();
  /** Address and alignment of the TLS block. */
  readonly #tls: { readonly address: bigint; readonly alignment: bigint } | undefined;

  constructor(
    symbols: SymbolResolver,
    tables: Tables,
    tls: { readonly address: bigint; readonly alignment: bigint } | undefined,
    diagnostics: Diagnostics,
  ) {
    this.#symbols = symbols;
    this.#tables = tables;
    this.#tls = tls;
    this.#diagnostics = diagnostics;
  }

  section(output: OutputSection, input: InputSection): void {
    for (const relocation of input.section.relocations) this.#apply(output, input, relocation);
  }

  #apply(output: OutputSection, input: InputSection, relocation: Relocation): void {
    const kind = relocationKind(relocation.type);
    const where = () => ` at ${input.section.name}+0x${relocation.offset.toString(16)} of ${input.object.name}`;
    if (kind === undefined) {
      this.#error(`unknown relocation type ${relocation.type}${where()}`, relocation.place);
      return;
    }
    if (kind.field === 'none') return;
    if (relocation.offset + fieldSize(kind.field) > input.section.size) {
      this.#error(`${relocationText(kind.number)} outside its section${where()}`, relocation.place);
      return;
    }
    const target = this.#target(input.object, relocation);
    if (target === undefined) return;
    const place = input.address + BigInt(relocation.offset);
    const value = this.value(kind, target, relocation, place);
    if (value === undefined) {
      this.#error(`${relocationText(kind.number)} needs a dynamic linker${where()}`, relocation.place);
      return;
    }
    const fault = relocationFault(kind, checked(kind, value));
    if (fault !== undefined) {
      const name = symbolName(relocation);
      this.#error(`${relocationText(kind.number)} against '${name}'${where()}: ${fault}`, relocation.place);
      return;
    }
    store(kind, output.bytes, Number(place - output.address), value, input.object.bigEndian);
  }

  /** S + A; undefined, with a diagnostic for the first reference, where S is not defined. */
  #target(object: ObjectFile, relocation: Relocation): bigint | undefined {
    const { symbol, addend, place } = relocation;
    if (symbol === undefined) return addend;
    const address = this.#symbols.address(symbol) ?? this.#tables.address(symbol.name);
    if (address !== undefined) return address + addend;
    const name = symbolName(relocation);
    if (!this.#undefined.has(name)) this.#error(`undefined symbol '${name}', referred to in ${object.name}`, place);
    this.#undefined.add(name);
    return undefined;
  }

  /** The value of a relocation whose S + A is `target`; undefined where only a dynamic linker can give it. */
  value(kind: RelocationKind, target: bigint, relocation: Relocation, place: bigint): bigint | undefined {
    const page = (address: bigint) => address & ~0xfffn;
    switch (kind.operation) {
      case 'absolute':
        return signed(target);
      case 'relative':
        return signed(target - place);
      case 'page':
        return signed(page(target) - page(place));
      case 'thread-offset':
        return this.#threadOffset(target);
      case 'module-offset':
        return this.#tls === undefined ? undefined : target - this.#tls.address;
      case 'got-base-relative':
        return signed(target - this.#tables.base);
      case 'got-entry':
      case 'got-entry-relative':
      case 'got-entry-page':
      case 'got-entry-offset':
      case 'got-entry-page-offset':
        return entryValue(kind, this.#tables.entry(target, relocation.symbol?.name), this.#tables.base, place);
      case 'thread-entry':
      case 'thread-entry-relative':
      case 'thread-entry-page':
      case 'thread-entry-offset': {
        const offset = this.#threadOffset(target);
        if (offset === undefined) return undefined;
        return entryValue(kind, this.#tables.entry(offset, undefined), this.#tables.base, place);
      }
      default:
        return undefined;
    }
  }

  #threadOffset(target: bigint): bigint | undefined {
    const tls = this.#tls;
    if (tls === undefined) return undefined;
    const block = tls.alignment > THREAD_CONTROL_BLOCK ? tls.alignment : THREAD_CONTROL_BLOCK;
    return target - tls.address + block;
  }

  #error(message: string, place: Place | undefined): void {
    this.#diagnostics.error(message, place);
  }
}

function entryValue(kind: RelocationKind, entry: bigint, base: bigint, place: bigint): bigint {
  const form = kind.operation.replace(/^(got|thread)-entry-?/, '');
  if (form === 'relative') return entry - place;
  if (form === 'page') return (entry & ~0xfffn) - (place & ~0xfffn);
  if (form === 'offset') return entry - base;
  return form === 'page-offset' ? entry - (base & ~0xfffn) : entry;
}

function signed(address: bigint): bigint {
  return BigInt.asIntN(64, address);
}

/** Unsigned checks and data see the address as the unsigned number it is. */
function checked(kind: RelocationKind, value: bigint): bigint {
  return kind.check.startsWith('unsigned') ? BigInt.asUintN(64, value) : value;
}

/** Puts `value` into the field of a relocation. Instructions are little-endian whatever the data are. */
function store(kind: RelocationKind, bytes: Uint8Array, at: number, value: bigint, bigEndian: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind.field === 'data64') view.setBigUint64(at, BigInt.asUintN(64, value), !bigEndian);
  else if (kind.field === 'data32') view.setUint32(at, Number(BigInt.asUintN(32, value)), !bigEndian);
  else if (kind.field === 'data16') view.setUint16(at, Number(BigInt.asUintN(16, value)), !bigEndian);
  else view.setUint32(at, insertIntoWord(kind.field, view.getUint32(at, true), value), true);
}

function symbolName({ symbol }: Relocation): string {
  if (symbol === undefined) return '*ABS*';
  if (symbol.type !== STT.SECTION || typeof symbol.section === 'string') return symbol.name;
  return (symbol.section as Section).name ?? symbol.name;
}
