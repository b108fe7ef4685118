/** What moved between two layouts of a type: members by their paths, with offset and size in both. */
import { type Field, fieldsOf, sizeOf } from './layout.ts';
import { declarationText } from './type-text.ts';
import type { CType, RecordType } from './types.ts';
import { bare } from './types.ts';

export interface LayoutDiff {
  /** Bytes. */
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  /** In the order of the members after the change; those that are gone stand behind the others of their record. */
  readonly changes: readonly LayoutChange[];
}

/**
 * A member that was added, removed, moved or changed its type. Of a struct that moved as a whole only the struct itself
 * is told, not each of its members.
 */
export interface LayoutChange {
  /** As in path.ts: `arch.debug_ptr`. */
  readonly path: string;
  /** Undefined where the member is not there. */
  readonly before: Extent | undefined;
  readonly after: Extent | undefined;
}

export interface Extent {
  /** Bytes from the start of the outermost type. */
  readonly offset: number;
  /** Bytes the member takes; of a bit-field those of its storage unit. */
  readonly size: number;
  /** Of a bit-field: bits from the start of the outermost type, and its width. */
  readonly bit?: number;
  readonly width?: number;
  /** The declaration as C writes it: `u64 dbg_bcr[16]`. */
  readonly declaration: string;
}

/** How the layout of `after` differs from that of `before`. Throws SourceError where either has no size. */
export function diffLayouts(before: CType, after: CType): LayoutDiff {
  const changes: LayoutChange[] = [];
  const a = bare(before);
  const b = bare(after);
  if (a.kind === 'record' && b.kind === 'record')
    compareRecords({ record: a, base: 0 }, { record: b, base: 0 }, '', changes);
  return { sizeBefore: sizeOf(before), sizeAfter: sizeOf(after), changes };
}

/** `diff` as text, a line for each change: `-` gone, `+` new, `~` changed; offset and size in bytes. */
export function printLayoutDiff(diff: LayoutDiff, name: string): string {
  const size = diff.sizeBefore === diff.sizeAfter ? `${diff.sizeAfter}` : `${diff.sizeBefore} -> ${diff.sizeAfter}`;
  const rows = diff.changes.map(({ path, before, after }) => {
    const mark = before === undefined ? '+' : after === undefined ? '-' : '~';
    const offsets = arrow(before && placeText(before), after && placeText(after));
    const sizes = arrow(before && `${before.size}`, after && `${after.size}`);
    const declarations = arrow(before?.declaration, after?.declaration);
    return [`${mark} ${path}`, offsets, `(${sizes})`, declarations] as const;
  });
  const width = (column: 0 | 1 | 2) => Math.max(0, ...rows.map((row) => row[column].length));
  const widths = [width(0), width(1), width(2)] as const;
  const lines = rows.map(
    ([path, offsets, sizes, declarations]) =>
      `${path.padEnd(widths[0])}  ${offsets.padEnd(widths[1])}  ${sizes.padEnd(widths[2])}  ${declarations}\n`,
  );
  return `${name}: ${size} bytes\n${lines.join('')}`;
}

function arrow(before: string | undefined, after: string | undefined): string {
  if (before === undefined || after === undefined || before === after) return after ?? before ?? '';
  return `${before} -> ${after}`;
}

function placeText(extent: Extent): string {
  return extent.width === undefined ? `${extent.offset}` : `${Math.floor(extent.bit! / 8)}:${extent.bit! % 8}`;
}

/** A record and where it begins in the outermost type. */
interface Side {
  readonly record: RecordType;
  readonly base: number;
}

function compareRecords(before: Side, after: Side, prefix: string, changes: LayoutChange[]): void {
  const old = new Map(membersOf(before).map((member) => [member.field.name, member]));
  for (const member of membersOf(after)) {
    const { name } = member.field;
    const earlier = old.get(name);
    old.delete(name);
    const path = prefix + name;
    if (earlier === undefined) changes.push({ path, before: undefined, after: extentOf(member) });
    else compareMembers(earlier, member, before.base - after.base, path, changes);
  }
  for (const [name, member] of old) changes.push({ path: prefix + name, before: extentOf(member), after: undefined });
}

/** A named member; those of anonymous members are taken for members of the record around them. */
interface NamedMember {
  readonly field: Field;
  /** Bytes from the start of the outermost type to the record that declares it. */
  readonly base: number;
}

function membersOf({ record, base }: Side): NamedMember[] {
  return fieldsOf(record).flatMap((field) => {
    if (field.name !== '') return [{ field, base }];
    const inner = bare(field.type);
    return inner.kind === 'record' ? membersOf({ record: inner, base: base + field.offset }) : [];
  });
}

/** `shift`: how far the record around them lay further behind before. */
function compareMembers(
  before: NamedMember,
  after: NamedMember,
  shift: number,
  path: string,
  changes: LayoutChange[],
): void {
  const old = extentOf(before);
  const now = extentOf(after);
  const a = bare(before.field.type);
  const b = bare(after.field.type);
  const nested = a.kind === 'record' && b.kind === 'record';
  const moved =
    old.offset - now.offset !== shift || (old.bit ?? 0) - (now.bit ?? 0) !== (old.bit === undefined ? 0 : shift * 8);
  const changed = old.size !== now.size || old.width !== now.width || (!nested && old.declaration !== now.declaration);
  if (moved || changed) changes.push({ path, before: old, after: now });
  if (nested) {
    compareRecords({ record: a, base: old.offset }, { record: b, base: now.offset }, `${path}.`, changes);
  }
}

function extentOf({ field, base }: NamedMember): Extent {
  const type = bare(field.type);
  const flexible = type.kind === 'array' && type.length === undefined;
  const size = flexible ? 0 : (field.unitSize ?? sizeOf(field.type));
  const declaration = declarationText(field.type, field.name);
  const extent = { offset: base + field.offset, size, declaration };
  if (field.layoutBit === undefined) return extent;
  return {
    ...extent,
    bit: base * 8 + field.layoutBit,
    width: field.bitWidth,
    declaration: `${declaration} : ${field.bitWidth}`,
  };
}
