/**
 * Reads a scenario file: YAML 1.2 (https://yaml.org/spec/1.2.2/) checked against the schema. Every fault is told with
 * the file, line and column of the key or value at fault.
 */
import { type Document, isMap, isNode, isPair, parseDocument } from 'yaml';
import type * as z from 'zod';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { decodeText, type FileReader } from '../../asm/source/files.ts';
import { type Place, SourceFile } from '../../asm/source/source-file.ts';
import {
  type Axis,
  axesOf,
  type Combination,
  combinationsOf,
  combinationsWith,
  combinationText,
  countOf,
  withCombination,
} from './matrix.ts';
import { type Scenario, scenarioSchema } from './schema.ts';
import { keysAt } from './schema-keys.ts';

/** A scenario, and where each of its keys stands in its file. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** Path of the file, as it was given; paths inside the scenario are relative to its folder. */
  readonly path: string;
  /** Of a scenario with a matrix, which combination this is: `machine.breakpoints 3, machine.watchpoints 16`. */
  readonly combination?: string;
  /** The place of the value at `keys` (for example ['vcpu', 'arch.debug_flags']), or of the nearest key above it. */
  placeOf(...keys: readonly PropertyKey[]): Place;
}

/**
 * Reads and checks the scenario at `path`; of one with a matrix, the first combination, or the first that `choice` names. Throws
 * SourceError or SourceErrors on a file that is not one.
 */
export function loadScenario(path: string, files: FileReader, choice?: Choice): LoadedScenario {
  return loadCombinations(path, files, choice)[0]!;
}

/** The YAML library's own words for it name a function to call instead. */
const TWO_DOCUMENTS = 'a scenario is one document, and here a second begins';

/** Every `of`th combination of a matrix, from number `part` (from 0) on. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** Which combinations of a matrix are meant. */
export interface Choice {
  /** Those with these values: `machine.breakpoints 3, machine.watchpoints 16`, or fewer keys. Left out: all. */
  readonly with?: string;
  /** Of those, a share. Left out: all. */
  readonly share?: Share;
}

/** As loadScenario, with every combination that `choice` names, at least one. */
export function loadCombinations(path: string, files: FileReader, choice?: Choice): LoadedScenario[] {
  const bytes = files.read(path);
  if (bytes === undefined) throw new SourceError(`no scenario file '${path}'`);
  return parseCombinations(path, decodeText(bytes), choice);
}

/** Checks scenario text at hand; `path` is its name in diagnostics. */
export function parseScenario(path: string, text: string): LoadedScenario {
  return parseCombinations(path, text)[0]!;
}

/** As parseScenario, with every combination that `choice` names. */
export function parseCombinations(path: string, text: string, choice: Choice = {}): LoadedScenario[] {
  const file = new SourceFile(path, text);
  const document = parseYaml(text);
  const diagnostics = new Diagnostics();
  for (const { code, message, pos } of document.errors) {
    diagnostics.error(code === 'MULTIPLE_DOCS' ? TWO_DOCUMENTS : message, { file, offset: pos[0] });
  }
  diagnostics.throwIfErrors();

  const plain = document.toJS({ maxAliasCount: 100 }) ?? {};
  const axes = axesOf(plain.matrix, (message, keys, at) => {
    const offset = at === 'key' ? keyOffset(document, keys) : offsetOf(document, keys);
    diagnostics.error(`${keys.map(String).join('.')}: ${message}`, { file, offset });
  });
  const combinations = chosenOf(axes, choice, path);
  const loaded = combinations.map((combination): LoadedScenario => {
    const placeOf = (...keys: readonly PropertyKey[]): Place => ({
      file,
      offset: offsetOf(document, placeInMatrix(keys, axes, combination, plain)),
    });
    const checked = scenarioSchema.safeParse(withCombination(plain, axes, combination));
    if (!checked.success) {
      for (const issue of checked.error.issues) report(issue, placeOf, document, diagnostics);
    }
    // What is wrong with one combination would be told of each.
    diagnostics.throwIfErrors();
    const text = axes.length === 0 ? undefined : combinationText(axes, combination);
    return { scenario: checked.data!, path, combination: text, placeOf };
  });
  return loaded;
}

/** Throws SourceError where no combination is named. */
function chosenOf(axes: readonly Axis[], { with: values, share }: Choice, path: string): Combination[] {
  try {
    const all = values === undefined ? combinationsOf(axes) : combinationsWith(axes, values);
    return share === undefined ? all : all.filter((_, n) => n % share.of === share.part);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SourceError(`${path}: no combination with '${values}': ${error.message}`);
  }
}

function parseYaml(text: string): Document.Parsed {
  return parseDocument(text, { intAsBigInt: true, prettyErrors: false });
}

/** How much there is to run. */
export interface Work {
  readonly combinations: number;
  /** Of each, or more: it is a guess. */
  readonly entries: number;
}

/** What the file at `path` tells of it at a glance; what is wrong with it, loading it tells. */
export function workOf(path: string, files: FileReader): Work {
  const bytes = files.read(path);
  const text = bytes === undefined ? '' : decodeText(bytes);
  const entries = /\bentries\s*:\s*(\d+)/.exec(text)?.[1];
  // To parse the file takes a hundred times as long, and few have one.
  const combinations = /\bmatrix\b/.test(text) ? countOf(axesOf(matrixIn(text), () => {})) : 1;
  return { combinations, entries: entries === undefined ? 1 : Math.max(1, Number(entries)) };
}

function matrixIn(text: string): unknown {
  const document = parseYaml(text);
  const plain: unknown = document.errors.length === 0 ? document.toJS({ maxAliasCount: 100 }) : undefined;
  return (plain as { readonly matrix?: unknown } | null | undefined)?.matrix;
}

/** Where the value at `keys` was written: in the matrix, where that gives it. */
function placeInMatrix(
  keys: readonly PropertyKey[],
  axes: readonly Axis[],
  combination: Combination,
  { matrix }: { readonly matrix?: Readonly<Record<string, unknown>> },
): readonly PropertyKey[] {
  const n = axes.findIndex((axis) => axis.keys.every((key, depth) => key === keys[depth]));
  if (n < 0) return keys;
  const { name, keys: varied } = axes[n]!;
  const isList = Array.isArray(matrix?.[name]);
  return ['matrix', name, ...(isList ? [combination[n]!, ...keys.slice(varied.length)] : [])];
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
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.map(String).join(', ')}`;
  if (issue.code !== 'invalid_type') return issue.message;
  const received = /received (\w+)$/.exec(issue.message)?.[1] ?? '';
  return `expected ${kindText(issue.expected)}, not ${kindText(received)}`;
}

/** A kind of value as the schema calls it, in YAML's words. */
function kindText(kind: string): string {
  return kindTexts.get(kind) ?? kind;
}

const kindTexts = new Map([
  ['object', 'a mapping'],
  ['record', 'a mapping'],
  ['array', 'a list'],
  ['string', 'text'],
  ['boolean', 'true or false'],
  ['bigint', 'an integer'],
  ['number', 'a number'],
  ['null', 'nothing'],
]);

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
