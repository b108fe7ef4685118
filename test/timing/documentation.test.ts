import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as table from '../../sim/timing/cortex-a53-table.ts';
import type { Source } from '../../sim/timing/source.ts';
import { figureTables } from './figure-tables.ts';
import { measurements } from './silicon-cortex-a53.ts';

const page = new URL('../../docs/timing.md', import.meta.url);
const START = '<!-- figures -->\n';
const END = '\n<!-- end of figures -->';

function allSources(value: unknown): Source[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('kind' in value) return [value as Source];
  return Object.values(value).flatMap(allSources);
}

test('every figure has a source, and those that are measured name a row of the measurements', () => {
  for (const [name, row] of Object.entries(table.CLASSES)) assert.ok(row.sources.length > 0, name);
  const sources = allSources([
    table.CLASSES,
    table.EXCEPTIONS_TO_CLASSES,
    table.MULTIPLY64,
    table.MEMORY,
    table.FRONT_END,
  ]);
  assert.ok(sources.length > 80);
  for (const source of sources) {
    if (source.kind !== 'measured') continue;
    const row = measurements.get(source.section)?.find(({ instruction }) => instruction === source.instruction);
    assert.ok(row, `no measured row ${source.section} / ${source.instruction}`);
  }
});

test('docs/timing.md has every figure of the model, with its source (HYPSTEP_UPDATE=1 writes them anew)', () => {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(START) + START.length;
  const end = text.indexOf(END);
  assert.ok(start >= START.length && end >= start - 1, 'the markers are there');
  if (process.env.HYPSTEP_UPDATE === '1') writeFileSync(page, text.slice(0, start) + figureTables() + text.slice(end));
  else assert.fixture(text.slice(start, end), figureTables());
});

test.run();
