/** Listings against pahole, which reads the DWARF data that GCC makes of the same declarations. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { printLayout } from '../../asm/c/pahole.ts';
import { MEMBERS } from '../c/pahole-members.ts';
import { parse } from '../c/parse-text.ts';
import { type RandomRecord, RECORD_PRELUDE, randomRecords } from './c-random.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const GCC = 'aarch64-linux-gnu-gcc';
const SEED = 8128;
const COUNT = Math.round(100 * Number(process.env.HYPSTEP_ORACLE_SCALE ?? 1));

const test = suite('listings of types, by pahole');

/** What pahole prints for every struct and union with a tag, by `struct tag`. */
function listings(source: string): Map<string, string> {
  return inTempFolder((folder) => {
    writeFileSync(join(folder, 'a.c'), source);
    const flags = ['-g', '-w', '-fno-eliminate-unused-debug-types', '-c', '-o', 'a.o', 'a.c'];
    const compiled = runTool(GCC, flags, undefined, folder);
    assert.is(compiled.status, 0, compiled.stderr.slice(0, 2000));
    const printed = runTool('pahole', ['a.o'], undefined, folder).stdout;
    const found = new Map<string, string>();
    for (const [listing, name] of printed.matchAll(/^((?:struct|union) \w+) \{\n[\s\S]*?^\}.*;\n/gm)) {
      // Where pahole's own sums do not add up, it says so in a line of its own.
      found.set(name!, listing.replace(/\n\t\/\* BRAIN FART ALERT.*\n/, ''));
    }
    return found;
  });
}

function compare(source: string, names: readonly string[]): void {
  const expected = listings(source);
  const unit = parse(source);
  for (const name of names) assert.is(printLayout(unit.typeNamed(name)!, name), expected.get(name), name);
}

withTools(test, [GCC, 'pahole'], 'members of every kind of type', () => {
  const tags = ['node', 'members', 'forced', 'flexible', 'one', 'empty'];
  compare(
    MEMBERS,
    tags.map((tag) => `struct ${tag}`),
  );
});

withTools(test, [GCC, 'pahole'], `${COUNT} random records`, () => {
  // pahole cannot read _Atomic, misplaces bit-fields of a type aligned to less than its size, and once it takes a
  // struct for packed does so in every other struct. For a bit-field with an alignment of its own GCC's DWARF data
  // tell now what was asked for, now what the bit-field came to have.
  const readable = ({ declaration }: RandomRecord) =>
    !/_Atomic|packed|pragma| s\d+ m|loose_long m?\d* :|: \d+ __attribute__/.test(declaration);
  const records = randomRecords(SEED, 6 * COUNT).filter(readable);
  assert.ok(records.length > COUNT);
  compare(
    RECORD_PRELUDE + records.map((record) => record.declaration).join('\n'),
    records.map((record) => record.name),
  );
});

test.run();
