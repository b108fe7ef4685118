import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../sim/cli/exit.ts';
import { parseGccFlags } from '../../sim/cli/gcc-flags.ts';

test('flags with a value take it joined or as the next word', () => {
  const flags = parseGccFlags(['-Ia', '-I', 'b', '-DX=1', '-D', 'Y', '-isystem', 's', '-include', 'k.h', '-iquoteq']);
  assert.equal(flags.includeDirs, ['a', 'b']);
  assert.equal(flags.defines, ['X=1', 'Y']);
  assert.equal(flags.systemDirs, ['s']);
  assert.equal(flags.includes, ['k.h']);
  assert.equal(flags.quoteDirs, ['q']);
});

test('the last word on byte order holds', () => {
  assert.is(parseGccFlags(['-EB']).bigEndian, true);
  assert.is(parseGccFlags(['-mbig-endian', '-EL']).bigEndian, false);
});

test('what a kernel build passes besides is accepted without effect', () => {
  const flags = parseGccFlags(
    '-Wp,-MD,x.d -nostdinc -fno-PIE -Wall -O2 -std=gnu89 -mgeneral-regs-only -c -gdwarf-4 -march=armv8.1-a -o x.o x.S'.split(
      ' ',
    ),
  );
  assert.equal(flags.rest, ['x.S']);
  assert.is(flags.output, 'x.o');
  assert.is(flags.march, 'armv8.1-a');
  assert.is(flags.debug, true);
});

test('an unknown flag and a missing value are faults of the command line', () => {
  assert.throws(
    () => parseGccFlags(['-Q']),
    (error: unknown) => error instanceof UsageError,
  );
  assert.throws(() => parseGccFlags(['x.S', '-I']), /-I needs a value/);
});

test.run();
