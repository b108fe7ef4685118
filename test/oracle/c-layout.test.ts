/** Layouts against GCC: sizes, alignments and offsets as constants in an object file, bit-fields as bits of objects. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { alignOf, sizeOf } from '../../asm/c/layout.ts';
import { parseTranslationUnit, type TranslationUnit } from '../../asm/c/parse.ts';
import { type Located, resolvePath } from '../../asm/c/path.ts';
import { preprocessSource } from '../../asm/cpp/preprocess.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';
import { type RandomRecord, RECORD_PRELUDE, randomRecords } from './c-random.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';
const OBJCOPY = 'aarch64-linux-gnu-objcopy';
const SEED = 20240607;
const COUNT = Math.round(300 * Number(process.env.HYPSTEP_ORACLE_SCALE ?? 1));

const test = suite('record layout');

function parse(text: string, bigEndian: boolean): TranslationUnit {
  const diagnostics = new Diagnostics();
  const options = { files: new MemoryFiles(), language: 'c', bigEndian, diagnostics } as const;
  const unit = parseTranslationUnit(preprocessSource(new SourceFile('random.c', text), options), {
    diagnostics,
    bigEndian,
  });
  diagnostics.throwIfErrors();
  return unit;
}

/** Sizes, alignments and offsets in one array; one object for each bit-field with all its bits set. */
function probes(records: readonly RandomRecord[]): string {
  const numbers: string[] = [];
  const objects: string[] = [];
  for (const { name, members, bitFields } of records) {
    numbers.push(`sizeof(${name})`, `_Alignof(${name})`);
    for (const member of members) numbers.push(`__builtin_offsetof(${name}, ${member})`);
    for (const field of bitFields) {
      const value = `__attribute__((section(".bits"), aligned(64))) = { .${field} = -1 };`;
      objects.push(`const ${name} o${objects.length} ${value}`);
    }
  }
  return `const unsigned long numbers[] __attribute__((section(".numbers"))) = {\n${numbers.join(',\n')}\n};\n${objects.join('\n')}\n`;
}

function compile(source: string, bigEndian: boolean): { numbers: Uint8Array; bits: Uint8Array } {
  return inTempFolder((folder) => {
    const path = (name: string) => join(folder, name);
    writeFileSync(path('a.c'), source);
    const flags = ['-w', '-O0', '-fno-toplevel-reorder', '-c', bigEndian ? '-mbig-endian' : '-mlittle-endian'];
    const compiled = runTool(GCC, [...flags, '-o', path('a.o'), path('a.c')]);
    assert.is(compiled.status, 0, compiled.stderr.slice(0, 2000));
    const section = (name: string) => {
      runTool(OBJCOPY, ['-O', 'binary', '-j', `.${name}`, path('a.o'), path(name)]);
      return new Uint8Array(readFileSync(path(name)));
    };
    return { numbers: section('numbers'), bits: section('bits') };
  });
}

/** The integer of `size` bytes at `offset`. */
function load(bytes: Uint8Array, offset: number, size: number, bigEndian: boolean): bigint {
  let value = 0n;
  for (let i = 0; i < size; i++) {
    value = (value << 8n) | BigInt(bytes[bigEndian ? offset + i : offset + size - 1 - i]!);
  }
  return value;
}

/** The bytes of an object of `size` bytes in which the bit-field at `field` alone is all ones. */
function withFieldSet(field: Located, size: number, bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  const { offset, bitOffset, bitWidth, unitSize } = field;
  let value = ((1n << BigInt(bitWidth!)) - 1n) << BigInt(bitOffset!);
  for (let i = 0; i < unitSize!; i++) {
    bytes[bigEndian ? offset + unitSize! - 1 - i : offset + i] = Number(value & 0xffn);
    value >>= 8n;
  }
  return bytes;
}

for (const bigEndian of [false, true]) {
  const endian = bigEndian ? 'big-endian' : 'little-endian';
  withTools(test, [GCC, OBJCOPY], `${COUNT} random records are laid out as GCC does, ${endian}`, () => {
    const records = randomRecords(SEED, COUNT);
    const declarations = RECORD_PRELUDE + records.map((record) => record.declaration).join('\n');
    const { numbers, bits } = compile(`${declarations}\n${probes(records)}`, bigEndian);
    const unit = parse(declarations, bigEndian);
    let next = 0;
    let object = 0;
    const number = () => Number(load(numbers, 8 * next++, 8, bigEndian));
    for (const record of records) {
      const type = unit.typeNamed(record.name)!;
      const told = (what: string) => `seed ${SEED}: ${what} of\n${record.declaration}`;
      const size = number();
      assert.is(sizeOf(type), size, told('size'));
      assert.is(alignOf(type), number(), told('alignment'));
      for (const member of record.members)
        assert.is(resolvePath(type, member).offset, number(), told(`offset of ${member}`));
      for (const field of record.bitFields) {
        const expected = bits.subarray(object, object + size);
        object += Math.ceil(size / 64) * 64;
        assert.equal(
          withFieldSet(resolvePath(type, field), size, bigEndian),
          expected.slice(),
          told(`bits of ${field}`),
        );
      }
    }
    assert.is(next, numbers.length / 8);
  });
}

test.run();
