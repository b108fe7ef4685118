/** The keys of a schema, looked up by path: what is known at a place, and what a dotted key names. */
import { scenarioSchema } from './schema.ts';

interface Wrapper {
  readonly shape?: Readonly<Record<PropertyKey, unknown>>;
  readonly def?: {
    readonly type?: string;
    readonly innerType?: unknown;
    readonly in?: unknown;
    readonly element?: unknown;
    readonly options?: readonly unknown[];
  };
}

/** The keys that the schema knows at `path`; empty where any key may stand, or none. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = scenarioSchema;
  for (const key of path) {
    const inner = unwrapped(schema);
    schema = typeof key === 'number' ? inner?.def?.element : inner?.shape?.[key];
  }
  return Object.keys(unwrapped(schema)?.shape ?? {});
}

/**
 * The keys that a dotted key names: `machine.gic`, `events.0.at.step`, and `vcpu.arch.debug_flags`, of which all behind
 * `vcpu` is one. `unknown` is set where the schema has no such key, with those it has at that place.
 */
export function dottedKeys(dotted: string): { keys: PropertyKey[]; unknown?: readonly string[] } {
  const keys: PropertyKey[] = [];
  let schema: unknown = scenarioSchema;
  for (let rest = dotted; rest !== ''; ) {
    const inner = unwrapped(schema);
    if (inner?.def?.type === 'record') return { keys: [...keys, rest] };
    const [head = '', ...tail] = rest.split('.');
    const isIndex = inner?.def?.element !== undefined && /^\d+$/.test(head);
    schema = isIndex ? inner.def?.element : inner?.shape?.[head];
    if (schema === undefined) return { keys, unknown: Object.keys(inner?.shape ?? {}) };
    keys.push(isIndex ? Number(head) : head);
    rest = tail.join('.');
  }
  return { keys };
}

/** A schema without its default, prefault, optional or transforming wrapper; of a union, its option that has keys. */
function unwrapped(schema: unknown): Wrapper | undefined {
  let inner = schema as Wrapper | undefined;
  for (;;) {
    const { innerType, in: input, options } = inner?.def ?? {};
    const next = innerType ?? input ?? options?.find((option) => unwrapped(option)?.shape !== undefined);
    if (next === undefined) return inner;
    inner = next as Wrapper;
  }
}
