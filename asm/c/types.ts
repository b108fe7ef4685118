/**
 * The types of C as GNU C has them on arm64: data model LP64, sizes and alignments of the fundamental types from
 * "Procedure Call Standard for the Arm 64-bit Architecture" (AAPCS64, 2023Q3), section 5.1, plain char unsigned.
 *
 * A type is built while its declaration is read; whatever needs a constant expression (array lengths, bit-field
 * widths, alignments, enumerator values) is worked out when first asked for. Asking may throw SourceError.
 */
import type { Place } from '../source/source-file.ts';

/** What differs between targets. */
export interface Target {
  readonly bigEndian: boolean;
}

export type CType =
  | VoidType
  | IntegerType
  | FloatType
  | ComplexType
  | VectorType
  | PointerType
  | ArrayType
  | RecordType
  | EnumType
  | FunctionType
  | TypedefType
  | QualifiedType;

/** CType without the names and qualifiers around it. */
export type BareType = Exclude<CType, TypedefType | QualifiedType>;

export interface VoidType {
  readonly kind: 'void';
}

export interface IntegerType {
  readonly kind: 'integer';
  readonly name: string;
  /** Bytes; the alignment is the same. */
  readonly size: number;
  readonly signed: boolean;
  /** Integer conversion rank (C11 6.3.1.1): 0 for _Bool, 1 char, 2 short, 3 int, 4 long, 5 long long, 6 __int128. */
  readonly rank: number;
}

export interface FloatType {
  readonly kind: 'float';
  readonly name: string;
  /** Bytes; the alignment is the same. */
  readonly size: number;
  readonly rank: number;
}

/** _Complex: two parts, one after the other. */
export interface ComplexType {
  readonly kind: 'complex';
  readonly part: FloatType | IntegerType;
}

/** `__attribute__((vector_size(n)))`. */
export interface VectorType {
  readonly kind: 'vector';
  readonly element: CType;
  /** Bytes of the whole vector, a power of two. */
  readonly size: number;
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly to: CType;
}

export interface ArrayType {
  readonly kind: 'array';
  readonly element: CType;
  /** Undefined for `[]`. May throw SourceError (not a constant, negative, too large). */
  readonly length: number | undefined;
  /** Where it is declared. */
  readonly place?: Place;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly result: CType;
  /** Undefined where there is no prototype: `int f()`. */
  readonly parameters: readonly CType[] | undefined;
  readonly variadic: boolean;
}

/** A struct or a union. Its members are there once its `}` was read. */
export interface RecordType {
  readonly kind: 'record';
  readonly union: boolean;
  /** Undefined where the source gives none. */
  readonly tag: string | undefined;
  /** Where its members are declared, or where it was first named. */
  readonly place: Place;
  /** In the order of the source; undefined while incomplete. Unnamed bit-fields are among them. */
  readonly members: readonly Member[] | undefined;
  readonly packed: boolean;
  /** `__attribute__((transparent_union))`: matters to calls only, not to the layout. */
  readonly transparent: boolean;
  /** Bytes asked for with `__attribute__((aligned(n)))`; 0 where nothing is asked. */
  readonly minimumAlign: number;
  /** The limit of `#pragma pack(n)` in force at its `}`, bytes; 0 is none. */
  readonly packLimit: number;
  readonly target: Target;
}

export interface Member {
  /** '' for an unnamed bit-field and for an anonymous struct or union, whose members are found through it. */
  readonly name: string;
  readonly type: CType;
  readonly place: Place;
  /** Bits; undefined for a member that is no bit-field. */
  readonly bitWidth: number | undefined;
  readonly packed: boolean;
  /** Bytes asked for with `__attribute__((aligned(n)))` or `_Alignas`; 0 where nothing is asked. */
  readonly align: number;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly tag: string | undefined;
  readonly place: Place;
  readonly enumerators: readonly Enumerator[] | undefined;
  /** The integer type it is compatible with. Throws SourceError while incomplete. */
  readonly integer: IntegerType;
}

export interface Enumerator {
  readonly name: string;
  readonly place: Place;
  readonly value: bigint;
  readonly type: CType;
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly type: CType;
  readonly place?: Place;
}

/** Qualifiers, or an alignment of its own (`typedef int t __attribute__((aligned(16)))`), around a type. */
export interface QualifiedType {
  readonly kind: 'qualified';
  readonly type: CType;
  readonly const: boolean;
  readonly volatile: boolean;
  readonly restrict: boolean;
  readonly atomic: boolean;
  /** Bytes; replaces the alignment of `type`, also downwards. 0 where it stays. */
  readonly align: number;
}

const integer = (name: string, size: number, signed: boolean, rank: number): IntegerType => ({
  kind: 'integer',
  name,
  size,
  signed,
  rank,
});

const float = (name: string, size: number, rank: number): FloatType => ({
  kind: 'float',
  name,
  size,
  rank,
});

export const voidType: VoidType = { kind: 'void' };
export const boolType = integer('_Bool', 1, false, 0);
export const charType = integer('char', 1, false, 1);
export const signedCharType = integer('signed char', 1, true, 1);
export const unsignedCharType = integer('unsigned char', 1, false, 1);
export const shortType = integer('short int', 2, true, 2);
export const unsignedShortType = integer('short unsigned int', 2, false, 2);
export const intType = integer('int', 4, true, 3);
export const unsignedIntType = integer('unsigned int', 4, false, 3);
export const longType = integer('long int', 8, true, 4);
export const unsignedLongType = integer('long unsigned int', 8, false, 4);
export const longLongType = integer('long long int', 8, true, 5);
export const unsignedLongLongType = integer('long long unsigned int', 8, false, 5);
export const int128Type = integer('__int128', 16, true, 6);
export const unsignedInt128Type = integer('__int128 unsigned', 16, false, 6);

export const float16Type = float('_Float16', 2, 0);
export const fp16Type = float('__fp16', 2, 0);
export const bfloat16Type = float('__bf16', 2, 0);
export const floatType = float('float', 4, 1);
export const float32Type = float('_Float32', 4, 2);
export const float32xType = float('_Float32x', 8, 3);
export const doubleType = float('double', 8, 4);
export const float64Type = float('_Float64', 8, 5);
export const float64xType = float('_Float64x', 16, 6);
export const longDoubleType = float('long double', 16, 7);
export const float128Type = float('_Float128', 16, 8);

export const sizeType = unsignedLongType;
export const pointerDifferenceType = longType;
/** wchar_t is unsigned int, char16_t unsigned short, char32_t unsigned int (AAPCS64, 10.1.1 "Arithmetic types"). */
export const wcharType = unsignedIntType;
export const char16Type = unsignedShortType;
export const char32Type = unsignedIntType;

/** Bytes of a pointer, and its alignment. */
export const POINTER_SIZE = 8;
/** Bytes that `__attribute__((aligned))` without a number asks for: the largest alignment of a fundamental type. */
export const BIGGEST_ALIGNMENT = 16;

export function pointerTo(type: CType): PointerType {
  return { kind: 'pointer', to: type };
}

export function arrayOf(element: CType, length: number | undefined): ArrayType {
  return { kind: 'array', element, length };
}

/** `type` without typedef names, qualifiers and alignments around it. */
export function bare(type: CType): BareType {
  let at = type;
  while (at.kind === 'typedef' || at.kind === 'qualified') at = at.type;
  return at;
}

export interface Qualifiers {
  readonly const: boolean;
  readonly volatile: boolean;
  readonly restrict: boolean;
  readonly atomic: boolean;
}

/** `type` with the qualifiers of `more` added; `type` itself where there are none. */
export function qualify(type: CType, more: Partial<Qualifiers>): CType {
  if (!more.const && !more.volatile && !more.restrict && !more.atomic) return type;
  return {
    kind: 'qualified',
    type,
    const: more.const ?? false,
    volatile: more.volatile ?? false,
    restrict: more.restrict ?? false,
    atomic: more.atomic ?? false,
    align: 0,
  };
}

/** All qualifiers around `type`, those inside typedefs too. */
export function qualifiersOf(type: CType): Qualifiers {
  const found = {
    const: false,
    volatile: false,
    restrict: false,
    atomic: false,
  };
  for (let at = type; at.kind === 'typedef' || at.kind === 'qualified'; at = at.type) {
    if (at.kind !== 'qualified') continue;
    found.const ||= at.const;
    found.volatile ||= at.volatile;
    found.restrict ||= at.restrict;
    found.atomic ||= at.atomic;
  }
  return found;
}

/** Calls `compute` once, at the first read; a throw is not kept. */
export function once<T>(compute: () => T): () => T {
  let pending: (() => T) | undefined = compute;
  let value: T | undefined;
  return () => {
    if (pending !== undefined) {
      value = pending();
      pending = undefined;
    }
    return value as T;
  };
}
