/** What every part of the grammar shares while a translation unit is read. */
import type { Token } from '../cpp/token.ts';
import type { Diagnostics } from '../source/diagnostics.ts';
import { diagnosticsOf, SourceError } from '../source/diagnostics.ts';
import { SPECIFIER_KEYWORDS } from './keywords.ts';
import { PragmaPack } from './pragma-pack.ts';
import { TokenReader, type TokenSource, tokensOf } from './reader.ts';
import type { Scope } from './scope.ts';
import type { Specifiers } from './specifiers.ts';
import type { Block } from './syntax.ts';
import type { CType, Target } from './types.ts';

/** Declarators, struct bodies, parentheses and blocks inside each other; GCC's own limit for brackets is as large. */
const NESTING_LIMIT = 256;

/** The rules that others call from below: C's grammar goes round, the imports of its files must not. */
export interface Grammar {
  typeName(p: Parser): CType;
  specifiers(p: Parser): Specifiers;
  /** The inside of `({ ... })`, both braces included. */
  block(p: Parser): Block;
  /** `type` with the length that the braced initialiser at the current token gives it; steps over the braces. */
  initialised(p: Parser, type: CType): CType;
}

/** What a parser of some tokens has in common with the parser of the whole unit. */
export interface Unit {
  readonly grammar: Grammar;
  readonly diagnostics: Diagnostics;
  readonly target: Target;
  readonly pack: PragmaPack;
}

export class Parser extends TokenReader {
  readonly unit: Unit;
  scope: Scope;
  #nesting = 0;

  constructor(source: TokenSource, unit: Unit, scope: Scope) {
    super(source, (line) => unit.pack.read(line));
    this.unit = unit;
    this.scope = scope;
  }

  /** Calls `read` one level further in; a level too deep is a SourceError. */
  nested<T>(read: () => T): T {
    if (this.#nesting >= NESTING_LIMIT) {
      throw new SourceError(`nested deeper than the limit of ${NESTING_LIMIT} levels`, this.current);
    }
    this.#nesting++;
    try {
      return read();
    } finally {
      this.#nesting--;
    }
  }

  /** Calls `read` in a scope of its own. */
  scoped<T>(scope: Scope, read: () => T): T {
    const outer = this.scope;
    this.scope = scope;
    try {
      return read();
    } finally {
      this.scope = outer;
    }
  }

  /** A parser of tokens that were kept, in the scope they were kept in. */
  over(tokens: readonly Token[], fallback: Token, scope = this.scope): Parser {
    return new Parser(tokensOf(tokens, fallback), this.unit, scope);
  }

  /** Whether `token` begins a declaration or a type name here. */
  startsDeclaration(token: Token): boolean {
    if (token.kind !== 'identifier') return false;
    return SPECIFIER_KEYWORDS.has(token.text) || this.scope.find(token.text)?.kind === 'typedef';
  }

  /** Reports `error` where it is a fault of the input; throws anything else on. */
  report(error: unknown): void {
    const found = error instanceof SourceError ? diagnosticsOf(error) : undefined;
    if (found === undefined) throw error;
    for (const diagnostic of found) this.unit.diagnostics.add(diagnostic);
  }
}

/** A unit with nothing read yet. */
export function newUnit(grammar: Grammar, diagnostics: Diagnostics, target: Target): Unit {
  return { grammar, diagnostics, target, pack: new PragmaPack(diagnostics) };
}
