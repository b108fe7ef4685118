/**
 * A translation unit of GNU C (C11 6.9): all its declarations, ready to be asked for types and constants. Function
 * bodies and initialisers are passed over; layouts and constants are worked out when they are asked for, so that a
 * faulty type costs nothing until it is used, while a fault of syntax is reported.
 */
import { preprocessSource } from '../cpp/preprocess.ts';
import { Diagnostics } from '../source/diagnostics.ts';
import { MemoryFiles } from '../source/files.ts';
import { SourceFile } from '../source/source-file.ts';
import { parseBlock, parseBody } from './bodies.ts';
import { parseDeclaration } from './declarations.ts';
import { parseTypeName } from './declarators.ts';
import { parseExpression } from './expressions.ts';
import { integerConstant } from './fold.ts';
import { initialised } from './initialisers.ts';
import type { AsmStatement } from './inline-asm.ts';
import { parseAsm } from './inline-asm.ts';
import { isAsmKeyword } from './keywords.ts';
import { newUnit, Parser, type Unit } from './parser.ts';
import type { TokenSource } from './reader.ts';
import { Scope } from './scope.ts';
import { parseSpecifiers } from './specifiers.ts';
import type { CType, RecordType, Target } from './types.ts';
import { int128Type, intType, pointerTo, unsignedInt128Type, voidType } from './types.ts';

export interface ParseOptions {
  readonly diagnostics: Diagnostics;
  /** Matters only to where in its storage unit a bit-field lies. */
  readonly bigEndian?: boolean;
}

export interface TranslationUnit {
  readonly target: Target;
  /** The inline assembly at file scope and in the functions that are emitted, in the order of the source. */
  readonly assembly: readonly AsmStatement[];
  /**
   * The type that C's type name `name` means at the end of the unit, such as `struct kvm_vcpu`, `u64 *` or
   * `unsigned int`; undefined where it names nothing that is declared.
   */
  typeNamed(name: string): CType | undefined;
  /** The value of the enumerator `name`; undefined where there is none. Throws SourceError where it has no value. */
  constant(name: string): bigint | undefined;
  /** The type of the variable or function `name`; undefined where there is none. */
  typeOf(name: string): CType | undefined;
  /** The value of an integer constant expression over the names of the unit. Throws SourceError where it is none. */
  evaluate(expression: string): bigint;
  /** The names declared at file scope: of types, enumerators, variables and functions. */
  names(): Iterable<string>;
  /** The structs and unions with a tag that are declared whole at file scope. */
  records(): Iterable<RecordType>;
}

/**
 * Reads all declarations of `tokens`. Faults of syntax go to `options.diagnostics`, one each; what is asked of the
 * result afterwards throws SourceError.
 */
export function parseTranslationUnit(tokens: TokenSource, options: ParseOptions): TranslationUnit {
  const { diagnostics } = options;
  const target: Target = { bigEndian: options.bigEndian ?? false };
  const grammar = { typeName: parseTypeName, specifiers: parseSpecifiers, block: parseBlock, initialised };
  const unit = newUnit(grammar, diagnostics, target);
  const scope = new Scope();
  const p = new Parser(tokens, unit, scope);
  declareBuiltinTypes(p);
  const assembly: AsmStatement[] = [];
  while (p.current.kind !== 'end') {
    try {
      parseExternal(p, assembly);
    } catch (error) {
      p.report(error);
      recover(p);
    }
  }
  return new ParsedUnit(unit, scope, assembly);
}

/** external-declaration: a declaration, a function definition, or inline assembly. */
function parseExternal(p: Parser, assembly: AsmStatement[]): void {
  if (p.accept(';')) return;
  if (p.current.kind === 'identifier' && isAsmKeyword(p.current.text)) {
    assembly.push(parseAsm(p));
    p.expect(';', 'after the assembly');
    return;
  }
  const start = parseDeclaration(p, false);
  if (start !== undefined) parseBody(p, start, assembly);
}

/** After a fault: to the end of the declaration, be it a ';', or a '}' with or without a ';' behind it. */
function recover(p: Parser): void {
  p.skipStatement();
  if (p.accept('}')) p.accept(';');
}

/** The type names that GCC has without a declaration. */
function declareBuiltinTypes(p: Parser): void {
  const at = p.current;
  const declare = (name: string, type: CType) => {
    p.scope.names.set(name, { kind: 'typedef', type, at });
  };
  declare('__int128_t', int128Type);
  declare('__uint128_t', unsignedInt128Type);
  declare('__builtin_va_list', vaList(p));
}

/** va_list: three pointers and two offsets (AAPCS64 10.1.5 "Definition of va_list"). */
function vaList(p: Parser): CType {
  const at = p.current;
  const pointer = pointerTo(voidType);
  const members = [
    ['__stack', pointer],
    ['__gr_top', pointer],
    ['__vr_top', pointer],
    ['__gr_offs', intType],
    ['__vr_offs', intType],
  ] as const;
  return {
    kind: 'record',
    union: false,
    tag: '__va_list',
    place: at,
    members: members.map(([name, type]) => ({
      name,
      type,
      place: at,
      bitWidth: undefined,
      packed: false,
      align: 0,
    })),
    packed: false,
    transparent: false,
    minimumAlign: 0,
    packLimit: 0,
    target: p.unit.target,
  };
}

class ParsedUnit implements TranslationUnit {
  readonly assembly: readonly AsmStatement[];
  readonly #unit: Unit;
  readonly #scope: Scope;
  /** The type names that were asked for. */
  readonly #named = new Map<string, CType | undefined>();

  constructor(unit: Unit, scope: Scope, assembly: readonly AsmStatement[]) {
    this.#unit = unit;
    this.#scope = scope;
    this.assembly = assembly;
  }

  get target(): Target {
    return this.#unit.target;
  }

  typeNamed(name: string): CType | undefined {
    if (!this.#named.has(name)) this.#named.set(name, this.#parseTypeName(name));
    return this.#named.get(name);
  }

  #parseTypeName(name: string): CType | undefined {
    const p = this.#parserOf('<type name>', name);
    if (!p.startsDeclaration(p.current)) return undefined;
    const type = parseTypeName(p);
    if (p.current.kind !== 'end') throw p.unexpected('the end of the type name');
    return p.scope.tags.size > 0 ? undefined : type;
  }

  constant(name: string): bigint | undefined {
    const entity = this.#scope.names.get(name);
    return entity?.kind === 'enumerator' ? entity.value : undefined;
  }

  typeOf(name: string): CType | undefined {
    const entity = this.#scope.names.get(name);
    return entity?.kind === 'variable' || entity?.kind === 'function' ? entity.type : undefined;
  }

  evaluate(expression: string): bigint {
    const p = this.#parserOf('<expression>', expression);
    const expr = parseExpression(p);
    if (p.current.kind !== 'end') throw p.unexpected('the end of the expression');
    return integerConstant(expr, `'${expression}'`);
  }

  names(): Iterable<string> {
    return this.#scope.names.keys();
  }

  /** A parser of `text` in a scope of its own, which takes up the tags that the text declares. */
  #parserOf(name: string, text: string): Parser {
    const diagnostics = new Diagnostics();
    const tokens = preprocessSource(new SourceFile(name, text), {
      files: new MemoryFiles(),
      language: 'c',
      diagnostics,
    });
    return new Parser(tokens, { ...this.#unit, diagnostics }, new Scope(this.#scope));
  }

  *records(): Iterable<RecordType> {
    for (const { type } of this.#scope.tags.values()) {
      if (type.kind === 'record' && type.members !== undefined) yield type;
    }
  }
}
