/** What names stand for, and where (C11 6.2.1 scopes, 6.2.3 name spaces). */
import type { Token } from '../cpp/token.ts';
import type { Expr } from './syntax.ts';
import type { CType, EnumType, RecordType } from './types.ts';

export type Entity = TypedefEntity | EnumeratorEntity | VariableEntity | FunctionEntity;

export interface TypedefEntity {
  readonly kind: 'typedef';
  readonly type: CType;
  readonly at: Token;
}

export interface EnumeratorEntity {
  readonly kind: 'enumerator';
  /** The type and value may throw SourceError when read. */
  readonly type: CType;
  readonly value: bigint;
  readonly at: Token;
}

export interface VariableEntity {
  readonly kind: 'variable';
  readonly name: string;
  readonly type: CType;
  readonly at: Token;
  /** Bytes asked for by `aligned` or `_Alignas`; 0 where nothing is asked. */
  readonly align: number;
  /** The initialiser of a variable of a statement expression, where it is one expression. */
  readonly initial?: Expr;
}

export interface FunctionEntity {
  readonly kind: 'function';
  readonly name: string;
  readonly type: CType;
  readonly at: Token;
}

/** A struct, union or enum tag. */
export interface TagEntity {
  readonly keyword: 'struct' | 'union' | 'enum';
  readonly type: RecordType | EnumType;
  readonly at: Token;
}

/** A scope of identifiers and tags (C11 6.2.1, 6.2.3); the file's scope has no parent. */
export class Scope {
  readonly parent: Scope | undefined;
  // Most scopes are those of parameter lists and declare no tag.
  #names: Map<string, Entity> | undefined;
  #tags: Map<string, TagEntity> | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  /** What is declared in this very scope. */
  get names(): Map<string, Entity> {
    this.#names ??= new Map();
    return this.#names;
  }

  get tags(): Map<string, TagEntity> {
    this.#tags ??= new Map();
    return this.#tags;
  }

  find(name: string): Entity | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const found = scope.#names?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  findTag(tag: string): TagEntity | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const found = scope.#tags?.get(tag);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
