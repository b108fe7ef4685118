/**
 * Constant expressions (C11 6.6) and the types of expressions, as wide as GCC folds them: address constants, the
 * null-pointer form of offsetof, statement expressions over constant variables, GNU C's built-in functions.
 *
 * `fold` finds the type at once and the value only when asked, so that `typeof` needs no layout and an operand that
 * is not evaluated may be no constant.
 */
import { SourceError } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import type { Constant } from './arithmetic.ts';
import { AddressConstant, convert, integerOf, NotConstant } from './arithmetic.ts';
import { callBuiltin, isBuiltin } from './builtins.ts';
import { compatible } from './compatible.ts';
import { alignOf, findField, sizeOf } from './layout.ts';
import { characterLiteral, numberLiteral, stringLiteral } from './literals.ts';
import { noteAt } from './notes.ts';
import { binary, conditional, moved, object, unary } from './operators.ts';
import type { Expr, OffsetStep } from './syntax.ts';
import { typeText } from './type-text.ts';
import { decay, effect, isNullPointer, type Typed, unknown, value } from './typed.ts';
import type { CType, Member, RecordType } from './types.ts';
import { arrayOf, bare, charType, intType, pointerTo, qualifiersOf, qualify, sizeType, voidType } from './types.ts';

/** Calls of `fold` inside each other: a deeper expression is refused rather than exhaust the stack. */
const DEPTH_LIMIT = 1000;
let depth = 0;

/** The type of `expr`, and its value when asked. Throws SourceError where an operator does not fit its operands. */
export function fold(expr: Expr): Typed {
  if (depth >= DEPTH_LIMIT) {
    throw new SourceError(`the expression is nested deeper than the limit of ${DEPTH_LIMIT} operators`, expr.at);
  }
  depth++;
  try {
    return foldOne(expr);
  } finally {
    depth--;
  }
}

/**
 * The value of the integer constant expression `expr`. Throws SourceError where it is none; `what` begins the
 * message, as in "the width of bit-field 'x'".
 */
export function integerConstant(expr: Expr, what: string): bigint {
  const typed = decay(fold(expr));
  const constant = typed.constant();
  if (typeof constant === 'bigint' && integerOf(typed.type) !== undefined) return constant;
  if (constant instanceof NotConstant) {
    const note = noteAt(constant.reason, constant.at);
    throw new SourceError(`${what} is not an integer constant`, expr.at, [note]);
  }
  throw new SourceError(`${what} is not an integer constant`, expr.at);
}

function foldOne(expr: Expr): Typed {
  switch (expr.op) {
    case 'number':
    case 'character':
      return literal(expr);
    case 'string':
      return string(expr);
    case 'name':
      return name(expr);
    case 'function name':
      return object(
        arrayOf(qualify(charType, { const: true }), undefined),
        expr.at,
        () => new AddressConstant(expr, 0n),
      );
    case 'unary':
      return unary(expr.operator, fold(expr.operand), expr.at);
    case 'step':
      return effect(fold(expr.operand).type, expr.at, 'this changes an object; that is no constant expression');
    case 'binary':
      return binary(expr.operator, fold(expr.left), fold(expr.right), expr.at);
    case 'assign':
      return effect(fold(expr.left).type, expr.at, 'an assignment is no constant expression');
    case 'conditional': {
      const then = expr.then === undefined ? undefined : fold(expr.then);
      return conditional(fold(expr.test), then, fold(expr.otherwise), expr.at);
    }
    case 'cast':
      return cast(expr.type, decay(fold(expr.operand)), expr.at);
    case 'compound literal':
      return object(expr.type, expr.at, () => new NotConstant('a compound literal is no constant', expr.at));
    case 'member':
      return member(expr);
    case 'index':
      return index(expr);
    case 'call':
      return call(expr);
    case 'measure':
      return measure(expr);
    case 'offsetof':
      return value(sizeType, expr.at, () => offsetOf(expr.type, expr.steps, expr.at));
    case 'compatible':
      return value(intType, expr.at, () => (compatible(expr.left, expr.right) ? 1n : 0n));
    case 'choose':
      return fold(
        integerConstant(expr.test, "the first argument of '__builtin_choose_expr'") ? expr.then : expr.otherwise,
      );
    case 'generic':
      return generic(expr);
    case 'va_arg':
      return effect(expr.type, expr.at, 'an argument of a call is no constant');
    case 'label':
      return unknown(pointerTo(voidType), expr.at, 'the address of a label is no constant');
    case 'statements':
      return statements(expr);
  }
}

type Of<Op extends Expr['op']> = Extract<Expr, { op: Op }>;

function literal(expr: Of<'number'> | Of<'character'>): Typed {
  const { value: number, type } = expr.op === 'number' ? numberLiteral(expr.at) : characterLiteral(expr.at);
  return value(type, expr.at, () => number);
}

function string(expr: Of<'string'>): Typed {
  const { element, units } = stringLiteral(expr.tokens);
  return object(arrayOf(element, units.length + 1), expr.at, () => new AddressConstant(expr, 0n));
}

function name(expr: Of<'name'>): Typed {
  const { entity, at } = expr;
  switch (entity?.kind) {
    case undefined:
      throw new SourceError(`'${at.text}' is not declared`, at);
    case 'typedef':
      throw new SourceError(`'${at.text}' is a type, not a value`, at);
    case 'enumerator':
      return value(entity.type, at, () => entity.value);
    case 'function':
      return {
        type: entity.type,
        at,
        constant: () => new AddressConstant(entity, 0n),
        address: () => new AddressConstant(entity, 0n),
      };
    case 'variable': {
      const { initial } = entity;
      const constant = (): Constant => {
        if (initial === undefined) {
          return new NotConstant(`the value of the variable '${entity.name}' is no constant`, at);
        }
        const from = decay(fold(initial));
        return convert(from.constant(), from.type, entity.type, at);
      };
      const align = () => Math.max(entity.align, alignOf(entity.type, at));
      return {
        type: entity.type,
        at,
        constant,
        address: () => new AddressConstant(entity, 0n),
        align,
      };
    }
  }
}

function cast(type: CType, operand: Typed, at: Place): Typed {
  const to = bare(type);
  if (to.kind === 'void') {
    return {
      type: voidType,
      at,
      constant() {
        const constant = operand.constant();
        const changes = constant instanceof NotConstant && constant.effect;
        return changes ? constant : new NotConstant('an expression of type void has no value', at);
      },
    };
  }
  const from = bare(operand.type);
  if (to.kind === 'array' || to.kind === 'function' || (from.kind === 'record' && from !== to && !isUnion(to))) {
    throw new SourceError(`a value of type '${typeText(operand.type)}' cannot be cast to '${typeText(type)}'`, at);
  }
  const typed = value(type, at, () => convert(operand.constant(), operand.type, to, at));
  const toVoidPointer = to.kind === 'pointer' && to.to.kind === 'void';
  return toVoidPointer
    ? { ...typed, isNull: () => isNullPointer(operand) }
    : { ...typed, isNull: () => nullInteger(typed) };
}

function nullInteger(typed: Typed): boolean {
  return integerOf(typed.type) !== undefined && typed.constant() === 0n;
}

function isUnion(type: CType): boolean {
  return type.kind === 'record' && type.union;
}

/** The member called `name`, searched through anonymous members. */
function findMember(record: RecordType, name: string, at: Place): Member | undefined {
  if (record.members === undefined) {
    const note = noteAt('declared here, without its members', record.place);
    throw new SourceError(`'${typeText(record)}' is incomplete, its member '${name}' is not known`, at, [note]);
  }
  for (const member of record.members) {
    if (member.name === name) return member;
    if (member.name !== '') continue;
    const inner = bare(member.type);
    const found = inner.kind === 'record' ? findMember(inner, name, at) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function memberOf(record: RecordType, name: string, at: Place): Member {
  const found = findMember(record, name, at);
  if (found !== undefined) return found;
  const note = noteAt('declared here', record.place);
  throw new SourceError(`'${typeText(record)}' has no member named '${name}'`, at, [note]);
}

function member(expr: Of<'member'>): Typed {
  const operand = decay(fold(expr.operand));
  const { at } = expr;
  const outer = bare(operand.type);
  const holder = !expr.arrow ? operand.type : outer.kind === 'pointer' ? outer.to : undefined;
  const record = holder === undefined ? undefined : bare(holder);
  if (holder === undefined || record?.kind !== 'record') {
    const wanted = expr.arrow ? 'a pointer to a struct or union' : 'a struct or union';
    throw new SourceError(`'${expr.arrow ? '->' : '.'}' needs ${wanted}, not '${typeText(operand.type)}'`, at);
  }
  const found = memberOf(record, expr.name, at);
  const type = qualify(found.type, qualifiersOf(holder));
  const from = expr.arrow ? () => operand.constant() : operand.address;
  const address = from && (() => moved(from(), BigInt(findField(record, expr.name, at)!.offset)));
  const align = () => findField(record, expr.name, at)!.field.align;
  const constant = () => new NotConstant(`the value of the member '${expr.name}' is no constant`, at);
  return { type, at, constant, address, bitWidth: found.bitWidth, align };
}

function index(expr: Of<'index'>): Typed {
  const operand = fold(expr.operand);
  const { at } = expr;
  const vector = bare(operand.type);
  if (vector.kind === 'vector') return unknown(vector.element, at, 'an element of a vector is no constant');
  return unary('*', binary('+', operand, fold(expr.index), at), at);
}

function call(expr: Of<'call'>): Typed {
  const { callee, at } = expr;
  if (callee.op === 'name' && isBuiltin(callee.at.text)) return callBuiltin(callee.at.text, expr.args.map(fold), at);
  if (callee.op === 'name' && callee.entity === undefined) {
    throw new SourceError(`the function '${callee.at.text}' is not declared`, callee.at);
  }
  const pointer = bare(decay(fold(callee)).type);
  const type = pointer.kind === 'pointer' ? bare(pointer.to) : pointer;
  if (type.kind !== 'function') throw new SourceError('what is called is not a function', callee.at);
  return effect(type.result, at, 'a function call is no constant expression');
}

function measure(expr: Of<'measure'>): Typed {
  const { of, at, what } = expr;
  if ('kind' in of) return value(sizeType, at, () => BigInt(what === 'size' ? sizeOf(of, at) : alignOf(of, at)));
  const operand = fold(of);
  if (operand.bitWidth !== undefined) throw new SourceError(`a bit-field has no ${what} in bytes`, at);
  return value(sizeType, at, () => {
    if (what === 'size') return BigInt(sizeOf(operand.type, at));
    return BigInt(operand.align?.() ?? alignOf(operand.type, at));
  });
}

function offsetOf(type: CType, steps: readonly OffsetStep[], at: Place): Constant {
  let offset = 0n;
  let current = type;
  for (const step of steps) {
    const holder = bare(current);
    if ('member' in step) {
      if (holder.kind !== 'record') {
        throw new SourceError(`'${typeText(current)}' has no members, so no '${step.member}'`, step.at);
      }
      const found = memberOf(holder, step.member, step.at);
      if (found.bitWidth !== undefined) throw new SourceError(`the bit-field '${step.member}' has no offset`, step.at);
      offset += BigInt(findField(holder, step.member, at)!.offset);
      current = found.type;
    } else {
      if (holder.kind !== 'array') throw new SourceError(`'${typeText(current)}' is not an array`, step.at);
      const count = fold(step.index).constant();
      if (count instanceof NotConstant) return count;
      if (typeof count !== 'bigint') return new NotConstant('the index is not an integer constant', step.at);
      offset += count * BigInt(sizeOf(holder.element, at));
      current = holder.element;
    }
  }
  return BigInt.asUintN(64, offset);
}

function generic(expr: Of<'generic'>): Typed {
  const control = decay(fold(expr.control)).type;
  const chosen =
    expr.choices.find((choice) => choice.type !== undefined && compatible(choice.type, control)) ??
    expr.choices.find((choice) => choice.type === undefined);
  if (chosen !== undefined) return fold(chosen.value);
  throw new SourceError(`'_Generic' has no association for '${typeText(control)}'`, expr.at);
}

function statements(expr: Of<'statements'>): Typed {
  const { body, at } = expr;
  const folded = body.statements.map(fold);
  const last = body.endsInValue ? decay(folded[folded.length - 1]!) : undefined;
  return value(last?.type ?? voidType, at, () => {
    if (body.control !== undefined) {
      return new NotConstant(`a '${body.control.text}' statement is no part of a constant`, body.control, true);
    }
    for (const statement of folded) {
      if (statement === folded[folded.length - 1]) break;
      const constant = statement.constant();
      if (constant instanceof NotConstant && constant.effect) return constant;
    }
    return last === undefined ? new NotConstant('the statements have no value', at) : last.constant();
  });
}
