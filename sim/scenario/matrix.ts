/** The key `matrix`: one scenario for each combination of the values that it varies. */
import { MAX_COMBINATIONS, varied } from './schema/matrix.ts';
import { dottedKeys } from './schema-keys.ts';

/** A key that a matrix varies. */
export interface Axis {
  /** As it is written: `machine.breakpoints`. */
  readonly name: string;
  readonly keys: readonly PropertyKey[];
  readonly values: readonly unknown[];
}

/** One combination: of each axis the number of its value. */
export type Combination = readonly number[];

/** Told of a fault at `keys` of the scenario file; `key` where the key itself is at fault, not its value. */
export type Report = (message: string, keys: readonly PropertyKey[], at: 'key' | 'value') => void;

/** The axes of the plain value of the key `matrix`, in the order of the file. Faults go to `report`. */
export function axesOf(matrix: unknown, report: Report): Axis[] {
  if (matrix === undefined) return [];
  // Anything else is told by the schema.
  if (typeof matrix !== 'object' || matrix === null || Array.isArray(matrix)) return [];
  const axes = Object.entries(matrix).flatMap(([name, value]) => {
    const { keys, unknown } = dottedKeys(name);
    if (unknown !== undefined || keys[0] === 'matrix') {
      const hint = (unknown ?? []).length > 0 ? `; known there: ${unknown!.join(', ')}` : '';
      report(`a matrix varies keys of scenarios, and '${name}' is none${hint}`, ['matrix', name], 'key');
      return [];
    }
    const values = varied.safeParse(value);
    return values.success ? [{ name, keys, values: values.data }] : [];
  });
  const combinations = countOf(axes);
  if (combinations <= MAX_COMBINATIONS) return axes;
  report(`${combinations} combinations, which is more than the limit of ${MAX_COMBINATIONS}`, ['matrix'], 'key');
  return [];
}

/** How many combinations there are. */
export function countOf(axes: readonly Axis[]): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/** All combinations, the last axis varying fastest; one without any values where there are no axes. */
export function combinationsOf(axes: readonly Axis[]): Combination[] {
  return axes.reduce<Combination[]>(
    (before, { values }) => before.flatMap((one) => values.map((_, n) => [...one, n])),
    [[]],
  );
}

/** `machine.breakpoints 3, machine.watchpoints 16`. */
export function combinationText(axes: readonly Axis[], combination: Combination): string {
  return axes.map(({ name, values }, n) => `${name} ${valueText(values[combination[n]!])}`).join(', ');
}

/**
 * Those of all combinations that have the values in `text`, which names some or all of the axes as combinationText does.
 * Throws RangeError where it names no axis, or a value that an axis does not have.
 */
export function combinationsWith(axes: readonly Axis[], text: string): Combination[] {
  const wanted = text.split(/,\s+/).map((part) => wantedValue(axes, part.trim()));
  return combinationsOf(axes).filter((combination) => wanted.every(({ axis, value }) => combination[axis] === value));
}

/** The numbers of the axis and of its value in `machine.breakpoints 3`. */
function wantedValue(axes: readonly Axis[], part: string): { readonly axis: number; readonly value: number } {
  const axis = axes.findIndex(({ name }) => part.startsWith(`${name} `));
  const found = axes[axis];
  if (found === undefined) {
    const names = axes.map(({ name }) => name).join(', ');
    throw new RangeError(names === '' ? 'there is no matrix' : `'${part}' is none of ${names} with a value`);
  }
  const values = found.values.map(valueText);
  const value = values.indexOf(part.slice(found.name.length).trim());
  if (value < 0) throw new RangeError(`${found.name} is one of ${values.join(', ')}`);
  return { axis, value };
}

function valueText(value: unknown): string {
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner));
}

/** A copy of the plain scenario with the combination's values in their places. */
export function withCombination(plain: unknown, axes: readonly Axis[], combination: Combination): unknown {
  return axes.reduce((value, { keys, values }, n) => withValue(value, keys, values[combination[n]!]), plain);
}

function withValue(plain: unknown, [key, ...rest]: readonly PropertyKey[], value: unknown): unknown {
  if (key === undefined) return value;
  const before = plain !== null && typeof plain === 'object' ? plain : {};
  const inner = withValue((before as Record<PropertyKey, unknown>)[key], rest, value);
  if (Array.isArray(before)) return before.with(Number(key), inner);
  return { ...before, [key]: inner };
}
