/** Types as pahole 1.24 writes them from the DWARF data that GCC 12 makes, odd spacing included. */
import { sizeOf } from './layout.ts';
import type { ArrayType, BareType, CType, EnumType, FunctionType, QualifiedType, VectorType } from './types.ts';
import { bare } from './types.ts';

/** The outermost layer of a type as DWARF nests it: one qualifier at a time. */
export type Layer =
  | { readonly kind: 'const' | 'volatile' | 'restrict' | '_Atomic'; readonly inner: CType }
  | { readonly kind: 'typedef'; readonly name: string; readonly inner: CType }
  | Exclude<BareType, ArrayType>
  | ArrayType;

/** The outermost layer of `type`. Of several qualifiers const is the innermost. */
export function layerOf(type: CType): Layer {
  if (type.kind === 'typedef') return { kind: 'typedef', name: type.name, inner: type.type };
  if (type.kind !== 'qualified') return type;
  const inner = type.type;
  if (inner.kind === 'qualified') return layerOf(merged(type, inner));
  const qualifier = outermost(type);
  const array = bare(inner);
  // A qualified array loses the name that a typedef gave it.
  if (qualifier !== undefined && array.kind === 'array') return { kind: dwarfName(qualifier), inner: array };
  if (qualifier === undefined || qualifiedAlready(inner, qualifier)) return layerOf(without(type, qualifier));
  return { kind: dwarfName(qualifier), inner: without(type, qualifier) };
}

type QualifierName = 'atomic' | 'restrict' | 'volatile' | 'const';

function dwarfName(qualifier: QualifierName): 'const' | 'volatile' | 'restrict' | '_Atomic' {
  return qualifier === 'atomic' ? '_Atomic' : qualifier;
}

function outermost(type: QualifiedType): QualifierName | undefined {
  if (type.atomic) return 'atomic';
  if (type.restrict) return 'restrict';
  if (type.volatile) return 'volatile';
  return type.const ? 'const' : undefined;
}

/** A typedef that has the qualifier already is not qualified once more. */
function qualifiedAlready(type: CType, qualifier: QualifierName): boolean {
  for (let at = type; at.kind === 'typedef' || at.kind === 'qualified'; at = at.type) {
    if (at.kind === 'qualified' && at[qualifier]) return true;
  }
  return false;
}

function without(type: QualifiedType, qualifier: QualifierName | undefined): CType {
  const left: QualifiedType = {
    kind: 'qualified',
    type: type.type,
    const: type.const && qualifier !== 'const',
    volatile: type.volatile && qualifier !== 'volatile',
    restrict: type.restrict && qualifier !== 'restrict',
    atomic: type.atomic && qualifier !== 'atomic',
    align: 0,
  };
  return outermost(left) === undefined ? type.type : left;
}

function merged(a: QualifiedType, b: QualifiedType): QualifiedType {
  return {
    kind: 'qualified',
    type: b.type,
    const: a.const || b.const,
    volatile: a.volatile || b.volatile,
    restrict: a.restrict || b.restrict,
    atomic: a.atomic || b.atomic,
    align: 0,
  };
}

/** The name of a type that is not written out. */
export function typeName(type: CType): string {
  const layer = layerOf(type);
  switch (layer.kind) {
    case 'void':
      return 'void';
    case 'integer':
    case 'float':
    case 'typedef':
      return layer.name;
    case 'complex':
      return `complex ${layer.part.name}`;
    case 'const':
    case 'volatile':
    case '_Atomic':
      return `${layer.kind} ${typeName(layer.inner)} `;
    case 'restrict':
      return `${typeName(layer.inner)} restrict `;
    case 'pointer':
      return pointerName(layer.to);
    case 'array':
    case 'vector':
      return typeName(layer.element);
    case 'function':
      return functionText(layer, '', false, 0);
    case 'record':
      return `${layer.union ? 'union' : 'struct'} ${layer.tag ?? ''}`;
    case 'enum':
      return `enum ${layer.tag ?? ''}`;
  }
}

function pointerName(to: CType): string {
  const layer = layerOf(to);
  if (layer.kind === 'const' && layerOf(layer.inner).kind === 'pointer') return `${typeName(layer.inner)} const *`;
  return `${typeName(to)} *`;
}

/** `text` filled up with spaces to `width` columns; a negative width counts as its amount, as in C's printf. */
export function padded(text: string, width: number): string {
  return text.padEnd(Math.abs(width));
}

/** A function or, with `pointer`, a pointer to one, called `name`; its result is padded to `width`. */
export function functionText(type: FunctionType, name: string, pointer: boolean, width: number): string {
  const result = padded(typeName(type.result), width);
  return `${result} (${pointer ? '*' : ''}${name})${parametersText(type)}`;
}

function parametersText(type: FunctionType): string {
  const list = (type.parameters ?? []).map((parameter) => {
    const layer = layerOf(parameter);
    const target = layer.kind === 'pointer' ? layerOf(layer.to) : undefined;
    return target?.kind === 'function' ? functionText(target, '', true, 0) : typeName(parameter);
  });
  if (list.length === 0) return '(void)';
  return `(${list.join(', ')}${type.variadic ? ', ...' : ''})`;
}

/** The element type and the lengths of `type` and of the arrays inside it; 0 stands for no length. */
export function dimensions(type: ArrayType): { element: CType; lengths: number[] } {
  const lengths: number[] = [];
  let element: CType = type;
  for (let at: BareType = type; at.kind === 'array'; at = bare(element)) {
    lengths.push(at.length ?? 0);
    element = at.element;
  }
  return { element, lengths };
}

export function vectorSuffix(type: VectorType): string {
  return ` __attribute__ ((__vector_size__ (${sizeOf(type)})))`;
}

/** An enum with its enumerators, up to its '}' and what follows it. */
export function enumText(type: EnumType, indent: number): string {
  const tabs = '\t'.repeat(indent);
  const rows = type.enumerators ?? [];
  const head = type.tag === undefined ? 'enum' : `enum ${type.tag}`;
  if (rows.length === 0) return head;
  const width = Math.max(...rows.map((row) => row.name.length));
  const lines = rows.map((row) => `${tabs}\t${row.name.padEnd(width)} = ${row.value},`);
  const packed = type.integer.size === 4 ? '' : ' __attribute__((__packed__))';
  return `${head} {\n${lines.join('\n')}\n${tabs}}${packed}`;
}
