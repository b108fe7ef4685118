/**
 * Reads a scenario file: YAML 1.2 (https://yaml.org/spec/1.2.2/) checked against the schema. Every fault is told with
 * the file, line and column of the key or value at fault.
 */
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { decodeText, type FileReader } from '../../asm/source/files.ts';
import { type Place, SourceFile } from '../../asm/source/source-file.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

/** A scenario, and where each of its keys stands in its file. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** Path of the file, as it was given; paths inside the scenario are relative to its folder. */
  readonly path: string;
  /** The place of the value at `keys` (for example ['vcpu', 'arch.debug_flags']), or of the nearest key above it. */
  placeOf(...keys: readonly PropertyKey[]): Place;
}

/** Reads and checks the scenario at `path`. Throws SourceError or SourceErrors on a file that is not one. */
export function loadScenario(path: string, files: FileReader): LoadedScenario {
  const bytes = files.read(path);
  if (bytes === undefined) throw new SourceError(`no scenario file '${path}'`);
  return parseScenario(path, decodeText(bytes));
}

/** Checks scenario text at hand; `path` is its name in diagnostics. */
export function parseScenario(path: string, text: string): LoadedScenario {
  const file = new SourceFile(path, text);
  const document = parseDocument(text, {
    intAsBigInt: true,
    lineCounter: new LineCounter(),
    prettyErrors: false,
  });
  const diagnostics = new Diagnostics();
  for (const error of document.errors) diagnostics.error(error.message, { file, offset: error.pos[0] });
  diagnostics.throwIfErrors();

  const placeOf = (...keys: readonly PropertyKey[]): Place => ({
    file,
    offset: offsetOf(document, keys),
  });
  const checked = scenarioSchema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (!checked.success) {
    for (const issue of checked.error.issues) report(issue, placeOf, document, diagnostics);
    diagnostics.throwIfErrors();
  }
  return { scenario: checked.data!, path, placeOf };
}

type Issue = z.core.$ZodIssue;

function report(
  issue: Issue,
  placeOf: (...keys: readonly PropertyKey[]) => Place,
  document: Document,
  diagnostics: Diagnostics,
): void {
  // Of a value that may be of several kinds, the faults inside the kind that was meant say more than that none fits.
  const meant = issue.code === 'invalid_union' ? issue.errors.find((inner) => inner.some(isInside)) : undefined;
  if (meant !== undefined) {
    for (const inner of meant)
      report({ ...inner, path: [...issue.path, ...inner.path] }, placeOf, document, diagnostics);
    return;
  }
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path);
    for (const key of issue.keys) {
      const hint = known.length > 0 ? `; known here: ${known.join(', ')}` : '';
      const place = {
        ...placeOf(...issue.path, key),
        offset: keyOffset(document, [...issue.path, key]),
      };
      diagnostics.error(`unknown key '${key}'${hint}`, place);
    }
    return;
  }
  const where = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  diagnostics.error(`${where}${messageOf(issue)}`, placeOf(...issue.path));
}

function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.includes('received undefined')) return 'this key is required';
  return issue.message.replace(/^Invalid input: /, '').replace(/received bigint$/, 'received an integer');
}

/** The keys that the schema knows at `path`, for the hint in "unknown key". */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = scenarioSchema;
  for (const key of path) {
    const inner = unwrapped(schema) as
      | { shape?: Record<PropertyKey, unknown>; def?: { element?: unknown } }
      | undefined;
    schema = typeof key === 'number' ? inner?.def?.element : inner?.shape?.[key];
  }
  const shape = unwrapped(schema)?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

interface Wrapper {
  readonly shape?: object;
  readonly def?: { readonly innerType?: unknown; readonly in?: unknown; readonly options?: readonly unknown[] };
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

function keyOffset(document: Document, path: readonly PropertyKey[]): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return 0;
  const pair = parent.items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)));
  return isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
}

/** The offset of the node at `path`, or of the nearest node above it that the file has. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}
