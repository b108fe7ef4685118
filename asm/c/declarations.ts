/** Declarations (C11 6.7), at file scope and in blocks, and function definitions (6.9). */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import type { Attribute } from './attributes.ts';
import { alignedType, alignments, parseAttributes, reshaped, strictest } from './attributes.ts';
import type { Declarator } from './declarators.ts';
import { LazyArray, parseDeclarator } from './declarators.ts';
import { parseAssignment } from './expressions.ts';
import { fold } from './fold.ts';
import { completed, skipInitialiser } from './initialisers.ts';
import { skipAsm } from './inline-asm.ts';
import { isAsmKeyword } from './keywords.ts';
import { noteAt } from './notes.ts';
import type { Parser } from './parser.ts';
import type { Scope, VariableEntity } from './scope.ts';
import { parseSpecifiers, type Specifiers } from './specifiers.ts';
import { parseStaticAssert } from './static-assert.ts';
import type { Expr } from './syntax.ts';
import { decay } from './typed.ts';
import type { CType } from './types.ts';
import { bare } from './types.ts';

/** A function whose body comes next: the current token is its '{'. */
export interface FunctionStart {
  readonly name: Token;
  readonly specifiers: Specifiers;
  readonly attributes: readonly Attribute[];
  /** The scope of its parameters. */
  readonly scope: Scope;
}

/**
 * One declaration. Returns the function that it begins to define, if it does; the body is left to the caller.
 * With `keepInitialisers` (in a statement expression) initialisers are read as the expressions they are.
 */
export function parseDeclaration(p: Parser, keepInitialisers: boolean): FunctionStart | undefined {
  while (p.is('__extension__')) p.advance();
  if (p.is('_Static_assert')) {
    parseStaticAssert(p);
    return undefined;
  }
  const specifiers = parseSpecifiers(p);
  if (p.accept(';')) return undefined;
  let attributes = specifiers.attributes;
  for (;;) {
    const declarator = parseDeclarator(p, specifiers.type, 'always');
    const start = functionStart(p, specifiers, declarator, attributes);
    if (start !== undefined) return start;
    parseInitDeclarator(p, specifiers, declarator, attributes, keepInitialisers);
    if (!p.accept(',')) break;
    attributes = parseAttributes(p, specifiers.attributes);
  }
  p.expect(';', 'after the declaration');
  return undefined;
}

/** The rest of a function's head, where `declarator` is followed by its body or by old-style declarations. */
function functionStart(
  p: Parser,
  specifiers: Specifiers,
  declarator: Declarator,
  attributes: readonly Attribute[],
): FunctionStart | undefined {
  const { name, parameters, type } = declarator;
  if (parameters === undefined || name === undefined || type.kind !== 'function') return undefined;
  if (parameters.oldStyle) {
    p.scoped(parameters.scope, () => {
      while (p.startsDeclaration(p.current)) parseDeclaration(p, false);
    });
  }
  if (!p.is('{')) return undefined;
  p.scope.names.set(name.text, {
    kind: 'function',
    name: name.text,
    type,
    at: name,
  });
  return { name, specifiers, attributes, scope: parameters.scope };
}

/** init-declarator behind its declarator: [ asm label ] [ attributes ] [ '=' initialiser ] */
function parseInitDeclarator(
  p: Parser,
  specifiers: Specifiers,
  declarator: Declarator,
  before: readonly Attribute[],
  keepInitialiser: boolean,
): void {
  if (p.current.kind === 'identifier' && isAsmKeyword(p.current.text)) skipAsm(p);
  const attributes = parseAttributes(p, before);
  const name = declarator.name!;
  const type = reshaped(declarator.type, attributes);
  if (specifiers.storage?.text === 'typedef') {
    declareTypedef(p, name, type, specifiers, attributes);
  } else if (bare(type).kind === 'function') {
    p.scope.names.set(name.text, {
      kind: 'function',
      name: name.text,
      type,
      at: name,
    });
  } else declareVariable(p, name, type, specifiers, attributes, keepInitialiser);
}

function declareTypedef(
  p: Parser,
  name: Token,
  type: CType,
  specifiers: Specifiers,
  attributes: readonly Attribute[],
): void {
  const aligned = alignedType(type, alignments(attributes));
  const known = p.scope.names.get(name.text);
  if (known !== undefined && (known.kind !== 'typedef' || bare(known.type).kind !== bare(type).kind)) {
    const note = noteAt('first declared here', known.at);
    throw new SourceError(`'${name.text}' is declared a second time, differently`, name, [note]);
  }
  if (specifiers.aligned.length > 0) throw new SourceError("'_Alignas' has no place in a typedef", name);
  const named = {
    kind: 'typedef',
    name: name.text,
    type: aligned,
    place: name,
  } as const;
  p.scope.names.set(name.text, { kind: 'typedef', type: named, at: name });
}

function declareVariable(
  p: Parser,
  name: Token,
  declared: CType,
  specifiers: Specifiers,
  attributes: readonly Attribute[],
  keepInitialiser: boolean,
): void {
  const aligned = [...alignments(attributes), ...specifiers.aligned];
  const known = p.scope.names.get(name.text);
  if (known !== undefined && known.kind !== 'variable') {
    const note = noteAt('first declared here', known.at);
    throw new SourceError(`'${name.text}' is declared a second time, differently`, name, [note]);
  }
  const { type, initial } = parseInitialiser(p, declared, specifiers, name, keepInitialiser);
  const kept = known !== undefined && isOpen(type) ? known.type : type;
  const entity: VariableEntity = {
    kind: 'variable',
    name: name.text,
    type: kept,
    at: name,
    initial,
    get align() {
      return strictest(aligned);
    },
  };
  p.scope.names.set(name.text, entity);
}

function isOpen(type: CType): boolean {
  const array = bare(type);
  return array instanceof LazyArray && array.open;
}

interface Initialised {
  readonly type: CType;
  readonly initial: Expr | undefined;
}

function parseInitialiser(p: Parser, declared: CType, specifiers: Specifiers, name: Token, keep: boolean): Initialised {
  if (!p.is('=')) return { type: declared, initial: undefined };
  const at = p.advance();
  if (specifiers.auto) {
    const initial = parseAssignment(p);
    return {
      type: decay(fold(initial)).type,
      initial: keep ? initial : undefined,
    };
  }
  if (keep && !p.is('{') && !isOpen(declared)) return { type: declared, initial: parseAssignment(p) };
  if (!isOpen(declared)) {
    skipInitialiser(p);
    return { type: declared, initial: undefined };
  }
  const tokens: Token[] = [];
  skipInitialiser(p, tokens);
  if (tokens.length === 0) throw new SourceError(`'${name.text}' has no initialiser behind '='`, at);
  return { type: completed(p, declared, tokens, at), initial: undefined };
}
