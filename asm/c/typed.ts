/** An expression's type and, once asked for, its constant value: what operators take and give. */
import type { Place } from '../source/source-file.ts';
import type { Constant } from './arithmetic.ts';
import { integerOf, NotConstant } from './arithmetic.ts';
import type { CType } from './types.ts';
import { bare, pointerTo } from './types.ts';

export interface Typed {
  readonly type: CType;
  readonly at: Place;
  /** The value; of an lvalue, the value read from it. Worked out at the first call; may throw SourceError. */
  constant(): Constant;
  /** Only of an lvalue and of a function: where it is. */
  readonly address?: () => Constant;
  /** Bits, of a bit-field. */
  readonly bitWidth?: number;
  /** The alignment of the object itself, bytes, where that may differ from its type's. */
  readonly align?: () => number;
  /** Of a cast to `void *`: whether it makes a null pointer constant (C11 6.3.2.3, 3). */
  readonly isNull?: () => boolean;
}

/** A value of `type` that is no lvalue. */
export function value(type: CType, at: Place, compute: () => Constant): Typed {
  let known: Constant | undefined;
  return {
    type,
    at,
    constant() {
      known ??= compute();
      return known;
    },
  };
}

/** A value of `type` that no constant expression can have; `reason` says why. */
export function unknown(type: CType, at: Place, reason: string): Typed {
  return { type, at, constant: () => new NotConstant(reason, at) };
}

/** As `unknown`, of an expression that may change something when it is evaluated. */
export function effect(type: CType, at: Place, reason: string): Typed {
  return { type, at, constant: () => new NotConstant(reason, at, true) };
}

/** The conversions of C11 6.3.2.1: an array becomes a pointer to its first element, a function a pointer to itself. */
export function decay(typed: Typed): Typed {
  const type = bare(typed.type);
  if (type.kind !== 'array' && type.kind !== 'function') return typed;
  const pointer = pointerTo(type.kind === 'array' ? type.element : type);
  const { address, at } = typed;
  if (address === undefined) return unknown(pointer, at, 'the address of a value is no constant');
  return { type: pointer, at, constant: address };
}

/** Whether `typed` is a null pointer constant: an integer constant 0, or such a one cast to `void *`. */
export function isNullPointer(typed: Typed): boolean {
  if (typed.isNull !== undefined) return typed.isNull();
  return integerOf(typed.type) !== undefined && typed.constant() === 0n;
}
