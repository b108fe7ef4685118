/**
 * The linker: places the sections of objects, resolves their symbols, applies their relocations and, where asked, the
 * kernel's alternatives.
 */
import { SHF } from '../elf/constants.ts';
import type { ElfSymbol, ObjectFile, Section } from '../elf/object-file.ts';
import { Diagnostics, SourceError } from '../source/diagnostics.ts';
import { applyAlternatives } from './alternatives.ts';
import { commonSection } from './common-symbols.ts';
import { Image, type ImageLine, type ImageOrigin, type Segment } from './image.ts';
import type { LinkOptions } from './options.ts';
import { type OutputSection, placeSections } from './output-section.ts';
import { Relocator } from './relocate.ts';
import { SymbolResolver } from './symbols.ts';
import { Tables, tableSize } from './tables.ts';

export type {
  AlternativeCallback,
  LinkOptions,
  SectionPlacement,
} from './options.ts';

/**
 * The image of `objects`. Throws SourceErrors with every undefined or doubly defined symbol and every value that does not
 * fit its field, SourceError where sections overlap.
 */
export function link(objects: readonly ObjectFile[], options: LinkOptions = {}): Image {
  const bigEndian = objects[0]?.bigEndian ?? false;
  const mixed = objects.find((object) => object.bigEndian !== bigEndian);
  if (mixed !== undefined) throw new SourceError(`${mixed.name} has another byte order than ${objects[0]!.name}`);
  const diagnostics = new Diagnostics();
  const all = withMadeSections(objects, bigEndian);
  const outputs = placeSections(all, options);
  const symbols = new SymbolResolver(all, outputs, options, diagnostics);
  const tables = new Tables(
    outputs.find(({ name }) => name === '.got'),
    bigEndian,
  );
  const relocator = new Relocator(symbols, tables, threadBlock(outputs), diagnostics);
  for (const output of outputs) for (const input of output.inputs) relocator.section(output, input);
  diagnostics.throwIfErrors();

  const image = new Image({
    segments: outputs.map(segmentOf),
    symbols: symbols.list(),
    lines: linesOf(objects, symbols),
    origins: originsOf(objects, symbols),
    entry: entryOf(symbols, options, diagnostics),
  });
  if (options.alternatives !== undefined)
    applyAlternatives({
      outputs,
      features: options.alternatives,
      callback: options.alternativeCallback,
      bigEndian,
      diagnostics,
      nameAt: (address) => image.symbolAt(address)?.name,
    });
  diagnostics.throwIfErrors();
  return image;
}

/** The objects, and one more with the room for common symbols and the global offset table where they are needed. */
function withMadeSections(objects: readonly ObjectFile[], bigEndian: boolean): readonly ObjectFile[] {
  const sections: Section[] = [];
  const symbols: ElfSymbol[] = [];
  const common = commonSection(objects);
  if (common !== undefined) {
    sections.push(common.section);
    symbols.push(...common.symbols);
  }
  const got = tableSize(objects);
  if (got > 0) sections.push(madeSection('.got', got));
  if (sections.length === 0) return objects;
  return [
    ...objects,
    {
      name: 'linker',
      bigEndian,
      sections,
      symbols,
      groups: [],
      lines: [],
      origins: [],
    },
  ];
}

function madeSection(name: string, size: number): Section {
  return {
    name,
    type: 1,
    flags: SHF.ALLOC | SHF.WRITE,
    entrySize: 0,
    alignment: 8,
    size,
    data: new Uint8Array(size),
    address: 0n,
    relocations: [],
  };
}

/** Where the initial contents of thread-local storage lie, and their alignment in bytes. */
function threadBlock(outputs: readonly OutputSection[]): { address: bigint; alignment: bigint } | undefined {
  const inputs = outputs.flatMap((output) => output.inputs).filter(({ section }) => section.flags & SHF.TLS);
  if (inputs.length === 0) return undefined;
  const address = inputs.map((input) => input.address).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[0]!;
  return {
    address,
    alignment: BigInt(Math.max(...inputs.map(({ section }) => section.alignment))),
  };
}

function segmentOf(output: OutputSection): Segment {
  const flags = output.inputs.reduce((all, { section }) => all | section.flags, 0);
  return {
    address: output.address,
    bytes: output.bytes,
    section: output.name,
    writable: (flags & SHF.WRITE) !== 0,
    executable: (flags & SHF.EXECINSTR) !== 0,
  };
}

function entryOf(symbols: SymbolResolver, options: LinkOptions, diagnostics: Diagnostics): bigint | undefined {
  const entry = symbols.named(options.entry ?? '_start');
  if (entry === undefined && options.entry !== undefined)
    diagnostics.error(`the entry symbol '${options.entry}' is not defined`);
  return entry;
}

function linesOf(objects: readonly ObjectFile[], symbols: SymbolResolver): ImageLine[] {
  const lines: ImageLine[] = [];
  for (const object of objects)
    for (const { section, offset, file, line, end } of object.lines) {
      const input = symbols.inputOf(section);
      if (input !== undefined)
        lines.push({
          address: input.address + BigInt(offset),
          file,
          line,
          end: end ?? false,
        });
    }
  return lines;
}

function originsOf(objects: readonly ObjectFile[], symbols: SymbolResolver): ImageOrigin[] {
  const origins: ImageOrigin[] = [];
  for (const object of objects)
    for (const { section, offset, size, kind, place } of object.origins) {
      const input = symbols.inputOf(section);
      if (input !== undefined)
        origins.push({
          address: input.address + BigInt(offset),
          size,
          kind,
          place,
        });
    }
  return origins;
}
