/** Constant expressions against GCC: value, width and signedness of each, from a static array in an object file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTranslationUnit } from '../../asm/c/parse.ts';
import { preprocessSource } from '../../asm/cpp/preprocess.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';
import { Random, RECORD_PRELUDE, randomExpression, randomRecords } from './c-random.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';
const OBJCOPY = 'aarch64-linux-gnu-objcopy';
const SEED = 4711;
const COUNT = Math.round(1000 * Number(process.env.HYPSTEP_ORACLE_SCALE ?? 1));

const test = suite('constant expressions');

/** The values, as unsigned 64-bit numbers, that GCC gives `expressions` after the declarations of `prelude`. */
function compiledValues(prelude: string, expressions: readonly string[]): bigint[] {
  return inTempFolder((folder) => {
    const path = (name: string) => join(folder, name);
    const array = `const unsigned long values[] __attribute__((section(".values"))) = {\n${expressions.join(',\n')}\n};\n`;
    writeFileSync(path('a.c'), `${prelude}\n${array}`);
    const compiled = runTool(GCC, ['-w', '-c', '-o', path('a.o'), path('a.c')]);
    assert.is(compiled.status, 0, compiled.stderr.slice(0, 2000));
    runTool(OBJCOPY, ['-O', 'binary', '-j', '.values', path('a.o'), path('values')]);
    const bytes = readFileSync(path('values'));
    return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readBigUInt64LE(8 * i));
  });
}

/** The same from asm/c: every expression is the value of an enumerator. */
function ownValues(prelude: string, expressions: readonly string[]): bigint[] {
  const text = `${prelude}\n${expressions.map((expression, i) => `enum { V${i} = ${expression} };`).join('\n')}`;
  const diagnostics = new Diagnostics();
  const options = { files: new MemoryFiles(), language: 'c', diagnostics } as const;
  const unit = parseTranslationUnit(preprocessSource(new SourceFile('values.c', text), options), { diagnostics });
  diagnostics.throwIfErrors();
  return expressions.map((_, i) => BigInt.asUintN(64, unit.constant(`V${i}`)!));
}

withTools(test, [GCC, OBJCOPY], `${COUNT} random expressions have GCC's value and type`, () => {
  const random = new Random(SEED);
  const expressions = Array.from({ length: COUNT }, () => randomExpression(random, 1 + random.below(4)));
  const probes = expressions.flatMap((e) => [
    `(unsigned long)(${e})`,
    `(unsigned long)((__int128)(${e}) >> 64)`,
    `sizeof(${e})`,
    `(typeof(${e}))-1 < 0`,
  ]);
  const expected = compiledValues(RECORD_PRELUDE, probes);
  const actual = ownValues(RECORD_PRELUDE, probes);
  probes.forEach((probe, i) => {
    assert.is(actual[i], expected[i], `seed ${SEED}: ${probe}`);
  });
});

withTools(test, [GCC, OBJCOPY], 'offsets in the null-pointer form, and differences of addresses', () => {
  const records = randomRecords(SEED, 60);
  const prelude = RECORD_PRELUDE + records.map((record) => record.declaration).join('\n');
  const expressions = records
    .flatMap(({ name, members }) =>
      members.flatMap((member) => [
        `(unsigned long)&((${name} *)0)->${member}`,
        `(unsigned long)((char *)&((${name} *)16)->${member} - (char *)16)`,
        `_Alignof(${name}) + sizeof(((${name} *)0)->${member.replace(/.*\[\]$/, member)}) * 0`,
        `__alignof__(((${name} *)0)->${member})`,
      ]),
    )
    .filter(
      (expression) =>
        !records.some((record) => record.declaration.includes('[]') && expression.includes(`(${record.name} *`)),
    );
  const expected = compiledValues(prelude, expressions);
  const actual = ownValues(prelude, expressions);
  expressions.forEach((expression, i) => {
    assert.is(actual[i], expected[i], `seed ${SEED}: ${expression}`);
  });
});

withTools(test, [GCC, OBJCOPY], 'enumerators have the value and type of GCC', () => {
  const records = randomRecords(SEED, 600);
  const prelude = RECORD_PRELUDE + records.map((record) => record.declaration).join('\n');
  const names = Array.from(prelude.matchAll(/\bE_\w+/g), ([name]) => name);
  assert.ok(names.length > 100);
  const expressions = names.flatMap((name) => [`(unsigned long)${name}`, `sizeof(${name})`, `(typeof(${name}))-1 < 0`]);
  const expected = compiledValues(prelude, expressions);
  const actual = ownValues(prelude, expressions);
  expressions.forEach((expression, i) => {
    assert.is(actual[i], expected[i], `seed ${SEED}: ${expression}`);
  });
});

test.run();
