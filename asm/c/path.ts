/**
 * Typed paths: from `arch.vcpu_debug_state.dbg_bcr[3]` to an offset and a type, and from an offset back to a path.
 *
 * A path is a row of member names joined by '.', with `[n]` for an element of an array; the names of anonymous
 * structs and unions are left out, as in C. Where a path goes through a pointer (`->`, or `[n]` on a pointer) only
 * memory can tell the way: `resolveSteps` gives such a path in parts.
 */
import { SourceError } from '../source/diagnostics.ts';
import { type Field, fieldsOf, findField, sizeOf } from './layout.ts';
import { noteAt } from './notes.ts';
import { typeText } from './type-text.ts';
import type { CType, RecordType } from './types.ts';
import { bare } from './types.ts';

/** An object inside another: where it is and what it is. */
export interface Located {
  /** Bytes from the start of the outer object; of a bit-field, of its storage unit. */
  readonly offset: number;
  readonly type: CType;
  /** Only of a bit-field, as in Field of layout.ts. */
  readonly bitOffset?: number;
  readonly bitWidth?: number;
  readonly unitSize?: number;
}

/**
 * What `path` names inside an object of `type`; the empty path is the object itself. Throws SourceError where a member
 * is missing (telling which there are), an index is past the end of its array, or a pointer would have to be followed.
 */
export function resolvePath(type: CType, path: string): Located {
  const steps = resolveSteps(type, path);
  if (steps.length === 1) return steps[0]!;
  throw new SourceError(`the path '${path}' goes through a pointer, so it has no fixed offset`);
}

/**
 * As resolvePath, of a path that may go through pointers: one part for each object that it visits. All parts but the
 * last are pointers; the offset of the next part counts from where the pointer points.
 */
export function resolveSteps(type: CType, path: string): readonly Located[] {
  const parts: Located[] = [];
  let here: Located = { offset: 0, type };
  for (const step of stepsOf(path)) {
    const target = bare(here.type);
    const follows = target.kind === 'pointer' && (step.kind === '->' || step.kind === '[');
    if (target.kind === 'pointer' && follows) {
      parts.push(here);
      here = { offset: 0, type: target.to };
    } else if (step.kind === '->') {
      throw new SourceError(`'->' in the path '${path}' needs a pointer, not '${typeText(here.type)}'`);
    }
    here = step.kind === '[' ? elementOf(here, step.index, path, follows) : memberOf(here, step.name, path);
  }
  return [...parts, here];
}

type Step = { readonly kind: '.' | '->'; readonly name: string } | { readonly kind: '['; readonly index: number };

const STEP = /(\.|->)?([A-Za-z_$][A-Za-z0-9_$]*)|\[(0[xX][0-9a-fA-F]+|[0-9]+)\]/y;

function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  const pattern = new RegExp(STEP);
  while (pattern.lastIndex < path.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(path);
    const [, mark, name, index] = found ?? [];
    if (found === null || (name !== undefined && (mark === undefined) !== (at === 0))) {
      throw new SourceError(`'${path}' is not a path: expected a member or an index at '${path.slice(at)}'`);
    }
    if (index !== undefined) steps.push({ kind: '[', index: Number(index) });
    else steps.push({ kind: mark === '->' ? '->' : '.', name: name! });
  }
  return steps;
}

function elementOf(here: Located, index: number, path: string, followed: boolean): Located {
  if (followed) return { offset: index * sizeOf(here.type), type: here.type };
  const array = bare(here.type);
  if (array.kind !== 'array') {
    throw new SourceError(`'[${index}]' in the path '${path}' needs an array, not '${typeText(here.type)}'`);
  }
  if (array.length !== undefined && index >= array.length) {
    throw new SourceError(`'[${index}]' in the path '${path}' is past the end: there are ${array.length} elements`);
  }
  return {
    offset: here.offset + index * sizeOf(array.element),
    type: array.element,
  };
}

/** How many members a message lists. */
const NAMES_SHOWN = 40;

function memberOf(here: Located, name: string, path: string): Located {
  const record = bare(here.type);
  if (record.kind === 'pointer') {
    throw new SourceError(`'.${name}' in the path '${path}' is reached through a pointer: write '->${name}'`);
  }
  if (record.kind !== 'record') {
    throw new SourceError(`'${name}' in the path '${path}' needs a struct or union, not '${typeText(here.type)}'`);
  }
  const found = findField(record, name);
  if (found === undefined) {
    const names = memberNames(record);
    const shown = names.slice(0, NAMES_SHOWN).join(', ');
    const left = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
    const note = noteAt('declared here', record.place);
    throw new SourceError(
      `'${typeText(record)}' has no member '${name}' (in the path '${path}'); it has ${shown || 'none'}${left}`,
      undefined,
      [note],
    );
  }
  const { type, bitOffset, bitWidth, unitSize } = found.field;
  const offset = here.offset + found.offset;
  return bitWidth === undefined ? { offset, type } : { offset, type, bitOffset, bitWidth, unitSize };
}

function memberNames(record: RecordType): string[] {
  return fieldsOf(record).flatMap((field) => {
    if (field.name !== '') return [field.name];
    const inner = bare(field.type);
    return inner.kind === 'record' ? memberNames(inner) : [];
  });
}

/**
 * The path of what lies at byte `offset` of an object of `type`, or undefined past its end.
 *
 * `size` is the number of bytes of the access. Where it spans several fields, the first and the last are named:
 * `regs[19]..[20]`, `esr_el2..far_el2` (what both paths begin with is written once). An access that begins inside a
 * field is told as `far_el2+4`. Bytes between fields are `arch.<padding after mdcr_el2>`. Of the members of a union
 * the first that has the byte is named. Throws SourceError where `type` has no size.
 */
export function describeOffset(type: CType, offset: number, size = 1): string | undefined {
  const whole = sizeOf(type);
  if (offset < 0 || offset >= whole) return undefined;
  const first = leafAt(type, offset, 'first');
  const last = leafAt(type, Math.min(offset + Math.max(size, 1), whole) - 1, 'last');
  const from = first.start === offset || first.padding ? first.path : `${first.path}+${offset - first.start}`;
  return first.path === last.path ? from : `${from}..${withoutCommon(first.path, last.path)}`;
}

/** The names of all bytes of one type, each worked out once: for traces, which name the same fields again and again. */
export class OffsetNames {
  readonly #type: CType;
  /** By size of the access, then by offset. */
  readonly #known = new Map<number, Map<number, string | undefined>>();

  constructor(type: CType) {
    this.#type = type;
  }

  /** As describeOffset. */
  at(offset: number, size = 1): string | undefined {
    let row = this.#known.get(size);
    if (row === undefined) {
      row = new Map();
      this.#known.set(size, row);
    }
    if (!row.has(offset)) row.set(offset, describeOffset(this.#type, offset, size));
    return row.get(offset);
  }
}

interface Leaf {
  readonly path: string;
  /** Bytes from the start of the outermost object. */
  readonly start: number;
  readonly padding: boolean;
}

/** The scalar, or the padding, that holds byte `offset`; of bit-fields that share the byte the first or the last. */
function leafAt(type: CType, offset: number, which: 'first' | 'last'): Leaf {
  const at = bare(type);
  if (at.kind === 'array') {
    const size = sizeOf(at.element);
    const index = Math.floor(offset / size);
    const inner = leafAt(at.element, offset - index * size, which);
    return {
      ...inner,
      path: `[${index}]${dotted(inner.path)}`,
      start: inner.start + index * size,
    };
  }
  return at.kind === 'record' ? fieldAt(at, offset, which) : { path: '', start: 0, padding: false };
}

function dotted(path: string): string {
  return path === '' || path.startsWith('[') ? path : `.${path}`;
}

function fieldAt(record: RecordType, offset: number, which: 'first' | 'last'): Leaf {
  const spans = spansOf(record);
  if (record.union) return unionFieldAt(spans, offset, which);
  // Bit-fields that share a byte overlap, but neither begin nor end before their predecessor does.
  const index =
    which === 'first'
      ? countWhile(spans, (span) => span.end <= offset)
      : countWhile(spans, (span) => span.start <= offset) - 1;
  const span = spans[index];
  return span !== undefined && covers(span, offset) ? insideField(span, offset, which) : paddingAfter(spans, offset);
}

/** The first member that has the byte and has no padding there. */
function unionFieldAt(spans: readonly Span[], offset: number, which: 'first' | 'last'): Leaf {
  let padding: Leaf | undefined;
  for (const span of spans) {
    if (!covers(span, offset)) continue;
    const leaf = insideField(span, offset, which);
    if (!leaf.padding) return leaf;
    padding ??= leaf;
  }
  return padding ?? paddingAfter(spans, offset);
}

function covers(span: Span, offset: number): boolean {
  return offset >= span.start && offset < span.end;
}

function insideField(span: Span, offset: number, which: 'first' | 'last'): Leaf {
  const { field, start } = span;
  if (field.bitWidth !== undefined) return { path: field.name, start, padding: false };
  const inner = leafAt(field.type, offset - start, which);
  const path = field.name === '' ? inner.path : field.name + dotted(inner.path);
  return { ...inner, path, start: inner.start + start };
}

function paddingAfter(spans: readonly Span[], offset: number): Leaf {
  let before: Span | undefined;
  for (const span of spans) {
    if (span.end <= offset && (before === undefined || span.end >= before.end)) before = span;
  }
  const name = before === undefined ? '' : lastName(before.field);
  return {
    path: name === '' ? '<padding>' : `<padding after ${name}>`,
    start: before?.end ?? 0,
    padding: true,
  };
}

/** The name of `field`; of an anonymous member that of its last named member. */
function lastName(field: Field): string {
  const inner = bare(field.type);
  if (field.name !== '' || inner.kind !== 'record') return field.name;
  const fields = fieldsOf(inner);
  return fields.length === 0 ? '' : lastName(fields[fields.length - 1]!);
}

/** The bytes [start, end) that a field has a part in. */
interface Span {
  readonly field: Field;
  readonly start: number;
  readonly end: number;
}

const spanTables = new WeakMap<RecordType, readonly Span[]>();

/** The fields that have any bytes, in the order of their places; those of a union in the order of the source. */
function spansOf(record: RecordType): readonly Span[] {
  const known = spanTables.get(record);
  if (known !== undefined) return known;
  const spans: Span[] = [];
  for (const field of fieldsOf(record)) {
    const { bitWidth, layoutBit = 0, offset } = field;
    const start = bitWidth === undefined ? offset : Math.floor(layoutBit / 8);
    const end = bitWidth === undefined ? offset + fieldSize(field.type) : Math.ceil((layoutBit + bitWidth) / 8);
    if (end > start) spans.push({ field, start, end });
  }
  spanTables.set(record, spans);
  return spans;
}

/** Bytes a member takes; a flexible array member takes none. */
function fieldSize(type: CType): number {
  const at = bare(type);
  return at.kind === 'array' && at.length === undefined ? 0 : sizeOf(type);
}

/** How many spans from the first on meet `test`, which none meets after one that does not. */
function countWhile(spans: readonly Span[], test: (span: Span) => boolean): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(spans[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `last` without the names it shares with `first`. */
function withoutCommon(first: string, last: string): string {
  let cut = 0;
  for (let i = 0; i < last.length && first[i] === last[i]; i++) {
    const next = last[i + 1];
    if (last[i] === '.') cut = i + 1;
    else if (next === '[') cut = i + 1;
  }
  return last.slice(cut);
}
