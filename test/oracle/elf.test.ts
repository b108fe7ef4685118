/** readElf against readelf, on the objects GNU as makes of gas-corpus/ and an executable of gcc; readelf on ours. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SHT } from '../../asm/elf/constants.ts';
import type { ElfFile, ElfSymbol } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { relocationText } from '../../asm/elf/relocations.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const AS = 'aarch64-linux-gnu-as';
const READELF = 'aarch64-linux-gnu-readelf';
const GCC = 'aarch64-linux-gnu-gcc';
const CORPUS = new URL('gas-corpus/', import.meta.url).pathname;
const test = suite('readElf and readelf agree');

/** The flag letters readelf prints, by bit (System V ABI, "Section Attribute Flags"; GNU's extensions). */
const FLAG_LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [0x1, 'W'],
  [0x2, 'A'],
  [0x4, 'X'],
  [0x10, 'M'],
  [0x20, 'S'],
  [0x40, 'I'],
  [0x80, 'L'],
  [0x100, 'O'],
  [0x200, 'G'],
  [0x400, 'T'],
];
const BINDINGS = ['LOCAL', 'GLOBAL', 'WEAK'];
const SYMBOL_TYPES = ['NOTYPE', 'OBJECT', 'FUNC', 'SECTION', 'FILE', 'COMMON', 'TLS'];
const VISIBILITIES = ['DEFAULT', 'INTERNAL', 'HIDDEN', 'PROTECTED'];

/** What both sides say of a file: one line for each section, symbol and relocation. */
interface Listing {
  readonly sections: string[];
  readonly symbols: string[];
  readonly relocations: string[];
}

/** readelf's tables of several files, by the name of the file. */
function listedThere(files: readonly string[], folder: string): Map<string, Listing> {
  const { stdout, stderr } = runTool(READELF, ['-W', '-S', '-s', '-r', ...files], undefined, folder);
  assert.is(stderr, '');
  const parts = files.length === 1 ? ['', files[0]!, stdout] : stdout.split(/^File: (.*)$/m);
  const listings = new Map<string, Listing>();
  for (let i = 1; i < parts.length; i += 2) listings.set(parts[i]!, parse(parts[i + 1]!));
  return listings;
}

function parse(text: string): Listing {
  const sections = [
    ...text.matchAll(
      /^ {2}\[ *\d+\] (.*?) +([A-Z_0-9+x]+|\S*: \S+) +([0-9a-f]{16}) [0-9a-f]{6,} ([0-9a-f]{6,}) ([0-9a-f]{2,}) +([A-Za-z]*) +\d+ +\d+ +(\d+)$/gm,
    ),
  ]
    .filter(([, name, type]) => name !== '' && !/^(SYMTAB|STRTAB|RELA|GROUP|SYMTAB SECTION INDICES)$/.test(type!))
    .map(
      ([, name, type, address, size, entry, flags, alignment]) =>
        `${name} ${type! in SHT ? type : ''} ${address} size ${size} entry ${entry} ${letters(flags!)} align ${Math.max(1, Number(alignment))}`,
    );
  const names = new Map(
    [...text.matchAll(/^ {2}\[ *(\d+)\] (.*?) +(?:[A-Z_0-9+x]+|\S*: \S+) +[0-9a-f]{16} /gm)].map(([, index, name]) => [
      index!,
      name!,
    ]),
  );
  const symbolTable = text.split("Symbol table '.symtab'")[1] ?? '';
  const symbols = [
    ...symbolTable.matchAll(
      /^ +[1-9]\d*: ([0-9a-f]{16}) +(\d+|0x[0-9a-f]+) (\S+) +(\S+) +(\S+) +(?:\[[^\]]*\] +)?(\S+) ?(.*)$/gm,
    ),
  ].map(
    ([, value, size, type, binding, visibility, index, name]) =>
      `${value} ${Number(size)} ${type} ${binding} ${visibility} ${names.get(index!) ?? index} ${name}`,
  );
  const relocations = [
    ...text.matchAll(
      /^([0-9a-f]{16}) +[0-9a-f]{16} (R_AARCH64_\S+) +(?:([0-9a-f]{16}|\S+\(\)) +(?:(\S+) )?)?([+-]?) ?([0-9a-f]+)$/gm,
    ),
  ].map(
    ([, offset, type, , name, sign, addend]) => `${offset} ${type} ${name ?? ''} ${sign === '-' ? '-' : ''}${addend}`,
  );
  return { sections, symbols, relocations };
}

/** Of the flags only those in the table: the others have no letter of their own in every version of readelf. */
function letters(flags: string): string {
  return FLAG_LETTERS.filter(([, letter]) => flags.includes(letter))
    .map(([, letter]) => letter)
    .join('');
}

function listedHere(file: ElfFile): Listing {
  const address = (value: bigint) => BigInt.asUintN(64, value).toString(16).padStart(16, '0');
  const sections = file.sections.map(
    ({ name, type, address: at, size, entrySize, flags, alignment }) =>
      `${name} ${typeName(type)} ${address(at)} size ${size.toString(16).padStart(6, '0')} entry ${entrySize
        .toString(16)
        .padStart(2, '0')} ${FLAG_LETTERS.filter(([bit]) => (flags & bit) !== 0)
        .map(([, letter]) => letter)
        .join('')} align ${alignment}`,
  );
  const symbols = file.symbols.map(
    (symbol) =>
      `${address(symbol.value)} ${symbol.size} ${SYMBOL_TYPES[symbol.type] ?? (symbol.type === 10 ? 'IFUNC' : symbol.type)} ${
        BINDINGS[symbol.binding] ?? (symbol.binding === 10 ? 'UNIQUE' : symbol.binding)
      } ${VISIBILITIES[symbol.visibility]} ${indexText(symbol)} ${symbolName(symbol)}`,
  );
  const relocations = file.sections.flatMap((section) =>
    section.relocations.map(
      ({ offset, type, symbol, addend }) =>
        `${address(BigInt(offset))} ${relocationText(type)} ${symbol === undefined ? '' : symbolName(symbol)} ${addend.toString(16)}`,
    ),
  );
  return { sections, symbols, relocations };
}

/** As readelf names it; empty for a type that has no name here. */
function typeName(type: number): string {
  return Object.entries(SHT).find(([, number]) => number === type)?.[0] ?? '';
}

function indexText({ section }: ElfSymbol): string {
  if (typeof section !== 'string') return 'members' in section ? '.group' : section.name;
  return { undefined: 'UND', absolute: 'ABS', common: 'COM' }[section];
}

function symbolName(symbol: ElfSymbol): string {
  return symbol.name === '' && typeof symbol.section !== 'string' ? indexText(symbol) : symbol.name;
}

function assertSame(name: string, here: Listing, there: Listing): void {
  assert.equal(here.sections, there.sections, name);
  assert.equal(here.symbols, there.symbols, name);
  assert.equal([...here.relocations].sort(), [...there.relocations].sort(), name);
}

/** Objects GNU as makes of the corpus, as file names in `folder`. */
function corpusObjects(folder: string): string[] {
  const programs = readdirSync(CORPUS).filter((file) => /^(?!error-).*\.s$/.test(file));
  const commands = programs.map((file) => {
    const options = /^\/\/ options: (.*)/.exec(readFileSync(join(CORPUS, file), 'utf8'))?.[1] ?? '';
    return `${AS} -g ${options} ${file} -o ${folder}/${file}.o 2>/dev/null || rm -f ${folder}/${file}.o`;
  });
  runTool('sh', ['-s'], commands.join('\n'), CORPUS);
  return readdirSync(folder).filter((file) => file.endsWith('.o'));
}

withTools(test, [AS, READELF], 'on what GNU as makes of the corpus, and on what writeObject makes of that', () => {
  inTempFolder((folder) => {
    const objects = corpusObjects(folder);
    assert.ok(objects.length > 100);
    const there = listedThere(objects, folder);
    for (const name of objects) {
      const file = readElf(readFileSync(join(folder, name)), name);
      assertSame(name, listedHere(file), there.get(name)!);
      writeFileSync(join(folder, `again-${name}`), writeObject(file));
    }
    const again = listedThere(
      objects.map((name) => `again-${name}`),
      folder,
    );
    for (const name of objects) assertSame(`again-${name}`, again.get(`again-${name}`)!, there.get(name)!);
  });
});

withTools(test, [GCC, READELF], 'on an executable of gcc with program headers', () => {
  inTempFolder((folder) => {
    const source = 'static int k[300]; int d = 4; _Thread_local int t; int main(void) { return k[d] + t; }';
    writeFileSync(join(folder, 'a.c'), source);
    const made = runTool(GCC, ['-g', '-nostdlib', '-static', '-Wl,-e,main', 'a.c', '-o', 'a.elf'], undefined, folder);
    assert.is(made.status, 0, made.stderr);
    const file = readElf(readFileSync(join(folder, 'a.elf')), 'a.elf');
    assertSame('a.elf', listedHere(file), listedThere(['a.elf'], folder).get('a.elf')!);
    const { stdout } = runTool(READELF, ['-W', '-l', 'a.elf'], undefined, folder);
    const loads = [
      ...stdout.matchAll(/^ {2}LOAD +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+)/gm),
    ].map(([, ...numbers]) => numbers.map((number) => BigInt(`0x${number}`)));
    assert.equal(
      file.programHeaders
        .filter(({ type }) => type === 1)
        .map((header) => [
          BigInt(header.offset),
          header.virtualAddress,
          BigInt(header.fileSize),
          BigInt(header.memorySize),
        ]),
      loads,
    );
    assert.is(file.entry, file.symbols.find(({ name }) => name === 'main')?.value);
    assert.ok(file.sections.some(({ type }) => type === SHT.NOBITS));
  });
});

test.run();
