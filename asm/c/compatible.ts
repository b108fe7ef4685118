/** Compatible types (C11 6.2.7), as `__builtin_types_compatible_p` and `_Generic` ask for them. */
import type { CType, FunctionType } from './types.ts';
import { bare, qualifiersOf } from './types.ts';

/** Whether `a` and `b` are compatible, the qualifiers of the outermost level left aside. */
export function compatible(a: CType, b: CType): boolean {
  const left = bare(a);
  const right = bare(b);
  if (left === right) return true;
  // An enumerated type is compatible with its integer type, but not with another enumerated type.
  if (left.kind === 'enum' && right.kind === 'integer') return left.enumerators !== undefined && left.integer === right;
  if (right.kind === 'enum' && left.kind === 'integer') return compatible(b, a);
  if (left.kind === 'pointer' && right.kind === 'pointer') return sameQualified(left.to, right.to);
  if (left.kind === 'array' && right.kind === 'array') {
    const known = left.length !== undefined && right.length !== undefined;
    return (!known || left.length === right.length) && sameQualified(left.element, right.element);
  }
  if (left.kind === 'function' && right.kind === 'function') return compatibleFunctions(left, right);
  if (left.kind === 'complex' && right.kind === 'complex') return left.part === right.part;
  if (left.kind === 'vector' && right.kind === 'vector') {
    return left.size === right.size && compatible(left.element, right.element);
  }
  return left.kind === 'void' && right.kind === 'void';
}

/** Compatible and qualified alike. */
function sameQualified(a: CType, b: CType): boolean {
  const left = qualifiersOf(a);
  const right = qualifiersOf(b);
  const alike =
    left.const === right.const &&
    left.volatile === right.volatile &&
    left.restrict === right.restrict &&
    left.atomic === right.atomic;
  return alike && compatible(a, b);
}

function compatibleFunctions(a: FunctionType, b: FunctionType): boolean {
  if (!compatible(a.result, b.result)) return false;
  if (a.parameters === undefined || b.parameters === undefined) return true;
  if (a.variadic !== b.variadic || a.parameters.length !== b.parameters.length) return false;
  return a.parameters.every((parameter, i) => compatible(parameter, b.parameters![i]!));
}
