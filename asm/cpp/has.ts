/** What __has_attribute, __has_c_attribute and __has_builtin answer (GNU cpp manual, the sections of these names). */
import {
  ATOMIC_BUILTINS,
  GNU_ATTRIBUTES,
  LIBRARY_BUILTINS,
  PLAIN_BUILTINS,
  PREFIXED_BUILTINS,
  STANDARD_ATTRIBUTES,
} from './has-table.ts';

/** What can be asked: the name, and the scope before its `::` where there is one. */
export type HasOperator = (name: string, scope: string | undefined) => number;

/** The date of a standard attribute, 1 for a GNU one, or 0. */
export const hasAttribute: HasOperator = (name, scope) => {
  const plain = withoutUnderscores(name);
  if (scope === undefined && Object.hasOwn(STANDARD_ATTRIBUTES, plain)) return STANDARD_ATTRIBUTES[plain]!;
  return (scope === undefined || withoutUnderscores(scope) === 'gnu') && gnuAttributes().has(plain) ? 1 : 0;
};

/** The same where, as in `[[...]]`, a GNU attribute needs its scope. */
export const hasStandardAttribute: HasOperator = (name, scope) => {
  if (scope !== undefined) return hasAttribute(name, scope);
  const plain = withoutUnderscores(name);
  return Object.hasOwn(STANDARD_ATTRIBUTES, plain) ? STANDARD_ATTRIBUTES[plain]! : 0;
};

/** 1 for the name of a builtin function or operator, or 0. */
export const hasBuiltin: HasOperator = (name) => (builtins().has(name) ? 1 : 0);

/** `__name__` is another spelling of `name`. */
function withoutUnderscores(name: string): string {
  return name.length > 4 && name.startsWith('__') && name.endsWith('__') ? name.slice(2, -2) : name;
}

let attributeNames: ReadonlySet<string> | undefined;

function gnuAttributes(): ReadonlySet<string> {
  attributeNames ??= new Set(words(GNU_ATTRIBUTES));
  return attributeNames;
}

let builtinNames: ReadonlySet<string> | undefined;

function builtins(): ReadonlySet<string> {
  builtinNames ??= new Set([
    ...words(LIBRARY_BUILTINS),
    ...words(LIBRARY_BUILTINS).map((name) => `__builtin_${name}`),
    ...words(PLAIN_BUILTINS),
    ...words(PREFIXED_BUILTINS).map((name) => `__builtin_${name}`),
    ...words(ATOMIC_BUILTINS).map((name) => `__${name}`),
  ]);
  return builtinNames;
}

function words(list: string): string[] {
  return list.trim().split(/\s+/);
}
