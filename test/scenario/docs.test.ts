/** docs/scenarios.md lists every key of the schema with its meaning: the schema is the single source. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioSchema } from '../../sim/scenario/schema.ts';

interface Schema {
  readonly description?: string;
  readonly shape?: Record<string, Schema>;
  readonly def: {
    readonly innerType?: Schema;
    readonly in?: Schema;
    readonly element?: Schema;
    readonly options?: readonly Schema[];
    readonly defaultValue?: unknown;
  };
}

/** `| key | meaning |` for each key below `schema`, in the order of the schema. */
function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.shape ?? {}).flatMap(([name, value]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const inner = [value, ...(value.def.options ?? [])].map(unwrapped);
    return [`| \`${key}\` | ${value.description}${defaultText(value)} |`, ...inner.flatMap((one) => rows(one, key))];
  });
}

function unwrapped(schema: Schema): Schema {
  let inner = schema;
  for (let next = stepInwards(inner); next !== undefined; next = stepInwards(inner)) inner = next;
  return inner;
}

/** What a default, a list, a transformation or a union with one object among its options holds. */
function stepInwards({ def }: Schema): Schema | undefined {
  return def.innerType ?? def.element ?? def.in ?? def.options?.find((option) => unwrapped(option).shape !== undefined);
}

function defaultText(schema: Schema): string {
  const { defaultValue } = schema.def;
  if (defaultValue === undefined || (typeof defaultValue === 'object' && defaultValue !== null)) return '';
  const text = typeof defaultValue === 'bigint' ? `0x${defaultValue.toString(16)}` : String(defaultValue);
  return ` (default: ${text})`;
}

const keys = [...new Set(rows(scenarioSchema as unknown as Schema, ''))];
const documented = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');

test('every key of the schema says what it means', () => {
  assert.ok(keys.length > 25);
  assert.equal(
    keys.filter((row) => row.includes('undefined')),
    [],
  );
});

test('docs/scenarios.md lists the keys as the schema has them', () => {
  const table = documented.split('\n').filter((line) => line.startsWith('| `'));
  assert.is(table.join('\n'), keys.join('\n'));
});

test.run();
