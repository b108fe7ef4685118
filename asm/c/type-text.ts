/** Types as C spells them (C11 6.7.7 type names, 6.7.6 declarators): for diagnostics and listings. */
import type { ArrayType, CType, FunctionType, QualifiedType } from './types.ts';

/** The type name of `type`, such as `struct kvm_vcpu *` or `int (*)(char)`. Evaluates nothing that may throw. */
export function typeText(type: CType): string {
  return declarationText(type, '');
}

/** The declaration of `name` with `type`, such as `int (*name)(char)`; without a name the type name. */
export function declarationText(type: CType, name: string): string {
  switch (type.kind) {
    case 'void':
      return join('void', name);
    case 'integer':
    case 'float':
    case 'typedef':
      return join(type.name, name);
    case 'complex':
      return join(`_Complex ${type.part.name}`, name);
    case 'vector':
      return join(`__vector(${type.size}) ${typeText(type.element)}`, name);
    case 'record':
      return join(`${type.union ? 'union' : 'struct'} ${type.tag ?? '<anonymous>'}`, name);
    case 'enum':
      return join(`enum ${type.tag ?? '<anonymous>'}`, name);
    case 'pointer': {
      const to = type.to.kind;
      return declarationText(type.to, to === 'array' || to === 'function' ? `(*${name})` : `*${name}`);
    }
    case 'array':
      return declarationText(type.element, `${name}[${lengthText(type)}]`);
    case 'function':
      return declarationText(type.result, `${name}(${parametersText(type)})`);
    case 'qualified':
      return qualifiedText(type, name);
  }
}

function join(specifier: string, name: string): string {
  if (name === '') return specifier;
  return name.startsWith('[') ? specifier + name : `${specifier} ${name}`;
}

function lengthText(type: ArrayType): string {
  try {
    return `${type.length ?? ''}`;
  } catch {
    // The length has a diagnostic of its own; the text of the type must not raise it a second time.
    return '?';
  }
}

function parametersText(type: FunctionType): string {
  if (type.parameters === undefined) return '';
  const list = type.parameters.map(typeText);
  if (type.variadic) list.push('...');
  return list.length === 0 ? 'void' : list.join(', ');
}

function qualifiedText(type: QualifiedType, name: string): string {
  const words: string[] = [];
  if (type.const) words.push('const');
  if (type.volatile) words.push('volatile');
  if (type.restrict) words.push('restrict');
  if (type.atomic) words.push('_Atomic');
  if (words.length === 0) return declarationText(type.type, name);
  const text = words.join(' ');
  // The qualifiers of a pointer stand behind its star; all others stand before the specifier.
  if (type.type.kind === 'pointer') return declarationText(type.type, name === '' ? text : `${text} ${name}`);
  return `${text} ${declarationText(type.type, name)}`;
}
