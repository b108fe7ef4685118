/**
 * A type written as `pahole -C` of dwarves 1.24 writes it: members with offset and size in bytes, holes, padding, the
 * boundaries of 64-byte cache lines, and the sums. Different on purpose: the lines in which pahole reports that its own
 * sums do not add up are left out; `_Atomic`, which it cannot read, is written as a qualifier; array bounds and names
 * that it loses behind volatile and const are written; a union that only a typedef names is written out.
 */
import { SourceError } from '../source/diagnostics.ts';
import { alignOf, hasOwnAlign, sizeOf } from './layout.ts';
import { findHoles, type Holes, PackedStructs, type Row, rowsOf, shownSize } from './pahole-holes.ts';
import { dimensions, enumText, functionText, layerOf, padded, typeName, vectorSuffix } from './pahole-types.ts';
import type { ArrayType, CType, RecordType } from './types.ts';
import { bare, POINTER_SIZE } from './types.ts';

export { diffLayouts, printLayoutDiff } from './layout-diff.ts';

/** Bytes of a cache line. */
const CACHE_LINE = 64;
/** Columns of the type and of the name of a member, at the outermost level. */
const TYPE_WIDTH = 26;
const NAME_WIDTH = 23;
/** A union's names have less room. */
const UNION_NAME_WIDTH = 21;

/**
 * The listing of `type`, whole lines. `name` is the type name that was asked for, such as `struct kvm_vcpu` or
 * `pt_regs_t`. Throws SourceError where the type is incomplete.
 */
export function printLayout(type: CType, name: string): string {
  return `${topLevel(type, name)};\n`;
}

function topLevel(type: CType, name: string): string {
  const layer = layerOf(type);
  const union = layer.kind === 'record' && layer.union;
  const context = outermostContext(union ? UNION_NAME_WIDTH : NAME_WIDTH);
  if (layer.kind === 'record') {
    sizeOf(layer);
    return layer.union ? unionText(layer, context, undefined) : structText(layer, context, undefined, true);
  }
  if (layer.kind === 'enum') return enumText(layer, 0);
  if (layer.kind !== 'typedef') throw new SourceError(`'${name}' is no struct, union, enum or typedef`);
  return typedefText(layer.name, layer.inner);
}

function typedefText(name: string, type: CType): string {
  const target = layerOf(type);
  const union = target.kind === 'record' && target.union;
  const context = outermostContext(union ? UNION_NAME_WIDTH : NAME_WIDTH);
  if (target.kind === 'record' && target.tag === undefined) {
    const text = union ? unionText(target, context, name) : structText(target, context, name, true);
    return `typedef ${text}`;
  }
  if (target.kind === 'enum' && target.tag === undefined) return `typedef ${enumText(target, 0)} ${name}`;
  if (target.kind === 'array') return `typedef ${arrayText(target, name, context)}`;
  const pointed = target.kind === 'pointer' ? layerOf(target.to) : undefined;
  if (pointed?.kind === 'function') return `typedef ${functionText(pointed, name, true, 0)}`;
  if (target.kind === 'function') return `typedef ${functionText(target, name, false, 0)}`;
  return `typedef ${typeName(type)} ${name}`;
}

/** What the text of a member depends on besides the member. */
interface Context {
  readonly indent: number;
  readonly typeWidth: number;
  readonly nameWidth: number;
  /** Bytes from the start of the outermost type to the record the member is in. */
  readonly base: number;
  /** The cache line that was last written about. */
  readonly line: { current: number };
  readonly packed: PackedStructs;
  readonly inUnion: boolean;
  readonly firstMember: boolean;
  readonly lastMember: boolean;
  /** A const stands before the type: then a struct that is written out has its sums too. */
  readonly isConst: boolean;
}

function outermostContext(nameWidth: number): Context {
  return {
    indent: 0,
    typeWidth: TYPE_WIDTH,
    nameWidth,
    base: 0,
    line: { current: 0 },
    packed: new PackedStructs(),
    inUnion: false,
    firstMember: false,
    lastMember: false,
    isConst: false,
  };
}

function tabs(indent: number): string {
  return '\t'.repeat(indent);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A union, up to its '}' and the name behind it. */
function unionText(record: RecordType, context: Context, suffix: string | undefined): string {
  const { line } = context;
  context.packed.enterUnion(record);
  const inner: Context = { ...context, indent: context.indent + 1, inUnion: true };
  const before = line.current;
  let text = `union${record.tag === undefined ? '' : ` ${record.tag}`} {\n`;
  for (const row of rowsOf(record)) {
    text += `${tabs(inner.indent)}${memberText(row, inner, context.base)}\n`;
    // Every member begins in the same cache line.
    line.current = before;
  }
  return `${text}${tabs(context.indent)}}${suffix === undefined ? '' : ` ${suffix}`}`;
}

/** A struct, up to its '}' and what stands behind it. */
function structText(record: RecordType, context: Context, suffix: string | undefined, stats: boolean): string {
  const packed = context.packed.isPacked(record);
  const body = new StructBody(record, context);
  let text = `struct${record.tag === undefined ? '' : ` ${record.tag}`} {\n${body.text()}`;
  if (stats) text += body.statistics();
  text += `${tabs(context.indent)}}`;
  if (packed) text += ' __attribute__((__packed__))';
  if (suffix !== undefined) text += ` ${suffix}`;
  return hasOwnAlign(record) && !packed ? text + alignedText(alignOf(record)) : text;
}

function alignedText(align: number): string {
  return ` __attribute__((__aligned__(${align})))`;
}

/** The members of a struct with the remarks between them, and the sums over them. */
class StructBody {
  readonly #record: RecordType;
  readonly #context: Context;
  readonly #holes: Holes;
  #text = '';
  /** A remark was written; an empty line keeps it apart from the member that follows. */
  #remarked = false;
  #sums = { bytes: 0, bits: 0, holes: 0, bitHoles: 0, paddings: 0, paddingBytes: 0 };
  #forced = { count: 0, holes: 0, bytes: 0 };

  constructor(record: RecordType, context: Context) {
    this.#record = record;
    this.#context = { ...context, indent: context.indent + 1 };
    this.#holes = findHoles(record);
  }

  text(): string {
    const { rows, first } = this.#holes;
    if (first.bitHole > 0) this.#remarkBefore(`XXX ${plural(first.bitHole, 'bit')} hole, try to pack`);
    if (first.hole > 0) this.#remarkBefore(`XXX ${plural(first.hole, 'byte')} hole, try to pack`);
    this.#sums.holes += first.hole;
    this.#sums.bitHoles += first.bitHole;
    let size = 0;
    let last: Row | undefined;
    for (const [i, row] of rows.entries()) {
      this.#countForced(row, last === undefined ? first.hole : last.hole);
      if (last !== undefined && size !== 0) this.#between(last, row, size);
      this.#member(row, i === 0, i === rows.length - 1);
      const moved = last === undefined || size === 0 || last.offset !== row.offset;
      if (moved || (last!.width === 0 && row.width !== 0)) size = row.size;
      last = row;
    }
    if (last !== undefined) this.#forcedPadding(last);
    return this.#text;
  }

  /** The sums, each in a line of its own. */
  statistics(): string {
    const record = this.#record;
    const { padding, bitPadding, holes, bitHoles } = this.#holes;
    const sums = this.#sums;
    const size = sizeOf(record);
    const members = this.#holes.rows.length;
    const lines = Math.ceil(shownSize(record) / CACHE_LINE);
    const list = [`size: ${size}, cachelines: ${lines}, members: ${members}`];
    if (sums.holes > 0 || sums.bitHoles > 0) {
      const byteHoles = sums.holes > 0 ? `, holes: ${holes}, sum holes: ${sums.holes}` : '';
      if (sums.bytes > 0) list.push(`sum members: ${sums.bytes}${byteHoles}`);
      const inBits = `, bit holes: ${bitHoles}, sum bit holes: ${sums.bitHoles} bits`;
      const inBytes = ` (${Math.floor(sums.bits / 8)} bytes)`;
      if (sums.bits > 0) {
        list.push(`sum bitfield members: ${sums.bits} bits${sums.bitHoles > 0 ? inBits : inBytes}`);
      }
    }
    if (padding > 0) list.push(`padding: ${padding}`);
    if (sums.paddings > 0) list.push(`paddings: ${sums.paddings}, sum paddings: ${sums.paddingBytes}`);
    if (bitPadding > 0) list.push(`bit_padding: ${bitPadding} bits`);
    const forced = this.#forced;
    if (forced.count > 0) {
      const byHoles = forced.holes > 0 ? `, forced holes: ${forced.holes}, sum forced holes: ${forced.bytes}` : '';
      list.push(`forced alignments: ${forced.count}${byHoles}`);
    }
    const lastLine = (this.#context.base + size) % CACHE_LINE;
    if (lastLine !== 0) list.push(`last cacheline: ${lastLine} bytes`);
    return `\n${list.map((entry) => `${tabs(this.#context.indent)}/* ${entry} */\n`).join('')}`;
  }

  /** A remark in a line before a member; the first one after an empty line. */
  #remarkBefore(remark: string): void {
    if (!this.#remarked) this.#text += '\n';
    this.#remarked = true;
    this.#text += `${tabs(this.#context.indent)}/* ${remark} */\n`;
  }

  /** A remark behind a member, whose line is not ended yet. */
  #remarkBehind(remark: string): void {
    if (!this.#remarked) this.#text += '\n';
    this.#remarked = true;
    this.#text += `\n${tabs(this.#context.indent)}/* ${remark} */`;
  }

  #countForced(row: Row, holeBefore: number): void {
    if (!row.field.ownAlign) return;
    this.#forced.count++;
    if (holeBefore === 0) return;
    this.#forced.holes++;
    this.#forced.bytes += holeBefore;
  }

  /** What stands between `last`, of `size` bytes, and `row` where bit-fields meet. */
  #between(last: Row, row: Row, size: number): void {
    const indent = tabs(this.#context.indent);
    if (last.bitHole !== 0 && row.width !== 0) {
      const moved = last.offset !== row.offset;
      if (moved) this.#text += `\n${indent}/* Force alignment to the next boundary: */\n`;
      this.#text += `${indent}${typedText(row.field.type, '', this.#context)}:${moved ? 0 : last.bitHole};\n`;
    }
    const entersUnit = row.offset === last.offset && last.width === 0 && row.width !== 0;
    if (row.offset < last.offset || entersUnit) this.#remarkBefore('Bitfield combined with previous fields');
    else if (row.offset > last.offset && row.offset - last.offset < size) {
      this.#remarkBefore('Bitfield combined with next fields');
    }
  }

  #member(row: Row, first: boolean, last: boolean): void {
    if (this.#remarked) this.#text += '\n';
    this.#remarked = false;
    const { indent, base } = this.#context;
    const context = { ...this.#context, firstMember: first, lastMember: last };
    this.#text += tabs(indent) + memberText(row, context, base + row.offset);
    const type = layerOf(row.field.type);
    const padding = type.kind === 'record' && !type.union ? findHoles(type).padding : 0;
    if (padding > 0) {
      this.#sums.paddings++;
      this.#sums.paddingBytes += padding;
      this.#remarkBehind(`XXX last struct has ${plural(padding, 'byte')} of padding`);
    }
    if (row.bitHole !== 0) this.#remarkBehind(`XXX ${plural(row.bitHole, 'bit')} hole, try to pack`);
    if (row.hole > 0) this.#remarkBehind(`XXX ${plural(row.hole, 'byte')} hole, try to pack`);
    this.#text += '\n';
    this.#sums.bitHoles += row.bitHole;
    this.#sums.holes += row.hole;
    if (row.width !== 0) this.#sums.bits += row.width;
    else this.#sums.bytes += row.size;
  }

  /** Padding longer than a pointer is spelt out as bit-fields of the last member's type. */
  #forcedPadding(last: Row): void {
    const { padding } = this.#holes;
    const { size } = last;
    const whole = size > 0 && Number.isInteger(Math.log2(size));
    if (padding <= POINTER_SIZE || !whole || hasOwnAlign(this.#record)) return;
    const indent = tabs(this.#context.indent);
    this.#text += `\n${indent}/* Force padding: */\n`;
    for (let added = 0; added < padding; added += size) {
      this.#text += `${indent}${typedText(last.field.type, '', this.#context)}:${size * 8};\n`;
    }
  }
}

/** A member's line, from its type on; `offset` is its place in the outermost type. */
function memberText(row: Row, context: Context, offset: number): string {
  const { field, width, size } = row;
  const boundary = cacheLineText(offset, context);
  const inner = { ...context, base: offset };
  const layer = layerOf(field.type);
  const tagged = layer.kind === 'record' || layer.kind === 'enum';
  const inline = tagged && layer.tag === undefined;
  let text: string;
  if (!inline) text = typedText(field.type, tagged ? '' : field.name, inner) + (tagged ? field.name : '');
  else {
    text = layer.kind === 'enum' ? enumText(layer, context.indent) : inlineText(layer, undefined, inner);
    if (field.name !== '') text += ` ${field.name}`;
  }
  if (width !== 0) text += `:${width}`;
  const aligned = field.ownAlign ? alignedText(field.align) : '';
  text += `${aligned};`;
  let room = context.typeWidth + context.nameWidth;
  if (inline) {
    room -= aligned.length + (field.name === '' ? -1 : field.name.length) + 3;
    if (layer.kind === 'record' && !layer.union && context.packed.isPacked(layer)) room -= PACKED_WIDTH;
    room = Math.abs(room);
  } else room -= text.length;
  const bits = width === 0 ? '' : `:${`${row.bit - row.offset * 8}`.padStart(2)}`;
  const sizeText = `${size}`.padStart(width === 0 ? 5 : 2);
  return `${boundary}${text}${' '.repeat(Math.max(1, room))}/* ${`${offset}`.padStart(5)}${bits} ${sizeText} */`;
}

/** Columns that the attribute behind a packed struct's '}' takes, a space included. */
const PACKED_WIDTH = ' __attribute__((__packed__))'.length;

/** The remark that a cache line begins here or has begun since the last member; '' in the same line. */
function cacheLineText(offset: number, context: Context): string {
  const line = Math.floor(offset / CACHE_LINE);
  if (line <= context.line.current) return '';
  context.line.current = line;
  const past = offset % CACHE_LINE;
  const ago = past === 0 ? '' : ` was ${plural(past, 'byte')} ago`;
  return `/* --- cacheline ${line} boundary (${offset - past} bytes)${ago} --- */\n${tabs(context.indent)}`;
}

/** `name` declared with `type`; a struct, union or enum without a tag is written out. */
function typedText(type: CType, name: string, context: Context): string {
  const { typeWidth } = context;
  const layer = layerOf(type);
  switch (layer.kind) {
    case 'const':
      return `const ${typedText(layer.inner, name, { ...context, typeWidth: typeWidth - 6, isConst: true })}`;
    case 'volatile':
      if (bare(layer.inner).kind !== 'array') break;
      return `volatile ${typedText(layer.inner, name, { ...context, typeWidth: typeWidth - 9 })}`;
    case 'array':
      return arrayText(layer, name, context);
    case 'vector':
      return typedText(layer.element, name, context) + vectorSuffix(layer);
    case 'function':
      return functionText(layer, name, false, typeWidth);
    case 'record':
      return layer.tag === undefined
        ? inlineText(layer, context.isConst && name === '' ? undefined : name, context)
        : `${layer.union ? 'union' : 'struct'} ${padded(layer.tag, typeWidth - (layer.union ? 6 : 7))} ${name}`;
    case 'enum':
      if (layer.tag !== undefined) return `enum ${padded(layer.tag, typeWidth - 5)} ${name}`;
      return `${enumText(layer, context.indent)} ${name}`;
    case 'pointer': {
      const to = layerOf(layer.to);
      if (to.kind === 'function') return functionText(to, name, true, typeWidth);
      const untagged = (to.kind === 'record' || to.kind === 'enum') && to.tag === undefined;
      // What a pointer points to has offsets of its own.
      if (untagged) return typedText(layer.to, `* ${name}`, { ...context, typeWidth: typeWidth - 8, base: 0 });
    }
  }
  return `${padded(typeName(type), typeWidth)} ${name}`;
}

/** A struct or union without a tag, with `suffix`, if given, behind its '}'. */
function inlineText(record: RecordType, suffix: string | undefined, context: Context): string {
  const inner = { ...context, typeWidth: context.typeWidth - 8, isConst: false };
  return record.union ? unionText(record, inner, suffix) : structText(record, inner, suffix, context.isConst);
}

function arrayText(type: ArrayType, name: string, context: Context): string {
  const { element, lengths } = dimensions(type);
  const layer = layerOf(element);
  const isConst = layer.kind === 'const';
  // GCC calls an array of const elements const once more; pahole takes one of the two away from an empty array.
  const plain = isConst && lengths[0] === 0 ? layer.inner : element;
  const doubled = isConst && direct(type) === element;
  const { lastMember, firstMember, inUnion } = context;
  const flexible = lastMember && !firstMember && !inUnion;
  const bounds = lengths.map((length) => (length === 0 && flexible ? '[]' : `[${length}]`));
  const inner = doubled ? { ...context, typeWidth: context.typeWidth - 6 } : context;
  return (doubled ? 'const ' : '') + typedText(plain, name, inner) + bounds.join('');
}

/** The element type of nested arrays that no typedef names on the way. */
function direct(type: ArrayType): CType {
  let element: CType = type;
  while (element.kind === 'array') element = element.element;
  return element;
}
