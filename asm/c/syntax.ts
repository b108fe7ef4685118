/** What the parser makes of expressions, and of the statements of a statement expression. */
import type { Token } from '../cpp/token.ts';
import type { Entity } from './scope.ts';
import type { CType } from './types.ts';

export type UnaryOperator = '+' | '-' | '~' | '!' | '*' | '&' | '++' | '--' | '__real__' | '__imag__';

export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<'
  | '>'
  | '<='
  | '>='
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||'
  | ',';

/** `at` is the token an error about the expression points to. */
export type Expr =
  | { readonly op: 'number'; readonly at: Token }
  | { readonly op: 'character'; readonly at: Token }
  | {
      readonly op: 'string';
      readonly at: Token;
      readonly tokens: readonly Token[];
    }
  /** `entity` is undefined for a name that is not declared; a call of it may still be a built-in function. */
  | {
      readonly op: 'name';
      readonly at: Token;
      readonly entity: Entity | undefined;
    }
  /** `__func__` and its kin: an array of char of unknown length. */
  | { readonly op: 'function name'; readonly at: Token }
  | {
      readonly op: 'unary';
      readonly at: Token;
      readonly operator: UnaryOperator;
      readonly operand: Expr;
    }
  | { readonly op: 'step'; readonly at: Token; readonly operand: Expr }
  | {
      readonly op: 'binary';
      readonly at: Token;
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  | {
      readonly op: 'assign';
      readonly at: Token;
      readonly left: Expr;
      readonly right: Expr;
    }
  /** `then` is undefined in GNU C's `a ?: b`. */
  | {
      readonly op: 'conditional';
      readonly at: Token;
      readonly test: Expr;
      readonly then: Expr | undefined;
      readonly otherwise: Expr;
    }
  | {
      readonly op: 'cast';
      readonly at: Token;
      readonly type: CType;
      readonly operand: Expr;
    }
  | {
      readonly op: 'compound literal';
      readonly at: Token;
      readonly type: CType;
    }
  | {
      readonly op: 'member';
      readonly at: Token;
      readonly operand: Expr;
      readonly name: string;
      readonly arrow: boolean;
    }
  | {
      readonly op: 'index';
      readonly at: Token;
      readonly operand: Expr;
      readonly index: Expr;
    }
  | {
      readonly op: 'call';
      readonly at: Token;
      readonly callee: Expr;
      readonly args: readonly Expr[];
    }
  | {
      readonly op: 'measure';
      readonly at: Token;
      readonly what: 'size' | 'align';
      readonly of: CType | Expr;
    }
  | {
      readonly op: 'offsetof';
      readonly at: Token;
      readonly type: CType;
      readonly steps: readonly OffsetStep[];
    }
  | {
      readonly op: 'compatible';
      readonly at: Token;
      readonly left: CType;
      readonly right: CType;
    }
  | {
      readonly op: 'choose';
      readonly at: Token;
      readonly test: Expr;
      readonly then: Expr;
      readonly otherwise: Expr;
    }
  | {
      readonly op: 'generic';
      readonly at: Token;
      readonly control: Expr;
      readonly choices: readonly GenericChoice[];
    }
  | { readonly op: 'va_arg'; readonly at: Token; readonly type: CType }
  | { readonly op: 'label'; readonly at: Token }
  | { readonly op: 'statements'; readonly at: Token; readonly body: Block };

/** A step of the member designator of offsetof. */
export type OffsetStep = { readonly at: Token; readonly member: string } | { readonly at: Token; readonly index: Expr };

/** `type` is undefined for `default`. */
export interface GenericChoice {
  readonly type: CType | undefined;
  readonly value: Expr;
}

/** The statements of a statement expression, as far as its value may depend on them. */
export interface Block {
  /** The expression statements; declarations live in the scope that the expressions were read in. */
  readonly statements: readonly Expr[];
  /** Whether the last statement is an expression, whose value is the block's. */
  readonly endsInValue: boolean;
  /** A statement that is neither a declaration nor an expression: the value is then no constant. */
  readonly control: Token | undefined;
}
