/** Labels and assignments: how symbols get their values. */
import type { Assembler } from './assembler.ts';
import { type Cursor, StatementError } from './cursor.ts';
import { moveTo } from './directives/layout.ts';
import { constant, type Expression, symbolPlus } from './expression.ts';
import { parseExpression } from './expression-parser.ts';
import { ABSOLUTE, COMMON, EXPRESSION, NO_FRAG, UNDEFINED } from './frag.ts';
import { GasSymbol, shownName } from './symbol.ts';

/** Defines `name` at the current place. `offset` is where it is written, for messages. */
export function defineLabel(asm: Assembler, name: string, offset: number): GasSymbol {
  const { output } = asm;
  let symbol = asm.symbols.findOrMake(name);
  symbol.weakrefTo = undefined;
  if (symbol.isDefinedOrEquated && symbol.section !== COMMON) {
    const same = !symbol.isEquated && symbol.section === output.section && symbol.frag === output.frag;
    if (!symbol.volatile) {
      if (same && symbol.offset === output.offset) return symbol;
      throw new StatementError(`symbol '${shownName(symbol)}' is already defined`, offset);
    }
    symbol = renewed(asm, symbol);
  } else if (symbol.section === COMMON) {
    throw new StatementError(`symbol '${name}' is already defined as a common symbol`, offset);
  }
  symbol.define(output.section, output.frag, output.offset);
  return symbol;
}

/** A copy of `symbol` that takes its place under its name; expressions already read keep the old one. */
export function renewed(asm: Assembler, symbol: GasSymbol): GasSymbol {
  const copy = new GasSymbol(symbol.name, symbol.section, symbol.frag, symbol.value);
  copy.binding = symbol.binding;
  copy.type = symbol.type;
  copy.visibility = symbol.visibility;
  copy.other = symbol.other;
  copy.size = symbol.size;
  copy.saidLocal = symbol.saidLocal;
  copy.used = symbol.used;
  asm.symbols.replace(symbol, copy);
  return copy;
}

/**
 * 'variable': may be given another value later (.set, `=`). 'once': must be new (.equiv). 'deferred': must be new, and is
 * evaluated at each use (.eqv, `==`).
 */
export type AssignmentKind = 'variable' | 'once' | 'deferred';

/** Gives `name` the value of the expression at the cursor. `.` moves the location counter. */
export function assignSymbol(asm: Assembler, cursor: Cursor, name: string, kind: AssignmentKind): void {
  if (name === '.') {
    moveTo(asm, asm.expression(cursor), 0, cursor);
    return;
  }
  let symbol = asm.symbols.findOrMake(name);
  if (symbol.isDefinedOrEquated) {
    if (kind !== 'variable' || !symbol.volatile)
      throw new StatementError(`symbol '${shownName(symbol)}' is already defined`);
    symbol = renewed(asm, symbol);
  }
  if (kind === 'variable') symbol.volatile = true;
  if (kind === 'deferred') symbol.deferred = true;
  const start = cursor.at;
  const value = parseExpression(cursor, asm, symbol.deferred ? 'defer' : 'normal');
  if (value.op === 'absent') throw cursor.fault(`expected the value of '${name}'`, start);
  if (value.op === 'big') throw cursor.fault('a number of more than 64 bits is not allowed here', start);
  symbol.assignedBy = asm.statement;
  setValue(symbol, value);
}

function setValue(symbol: GasSymbol, value: Expression): void {
  if (value.op === 'constant') {
    place(symbol, ABSOLUTE, value);
    return;
  }
  if (value.op !== 'symbol') {
    place(symbol, EXPRESSION, value);
    return;
  }
  const target = value.add!;
  if (symbol === target && (symbol.isDefined || symbol.isEquated)) {
    symbol.value = {
      ...symbol.value,
      number: symbol.value.number + value.number,
    };
    return;
  }
  copyAttributes(symbol, target);
  if (!symbol.deferred && target.section !== UNDEFINED) {
    if (target.section === COMMON)
      throw new StatementError(`'${symbol.name}' cannot be equated to the common symbol '${target.name}'`);
    symbol.section = target.section;
    symbol.frag = target.frag;
    symbol.value = target.isEquated ? symbolPlus(target, value.number) : constant(target.value.number + value.number);
    return;
  }
  place(symbol, UNDEFINED, value);
}

function place(symbol: GasSymbol, section: GasSymbol['section'], value: Expression): void {
  symbol.section = section;
  symbol.frag = NO_FRAG;
  symbol.value = value;
}

/** An equated symbol takes over what kind of thing its target is. */
export function copyAttributes(symbol: GasSymbol, target: GasSymbol): void {
  if (target.type === 'function' || target.type === 'object' || target.type === 'ifunc') symbol.type = target.type;
  if (symbol.size === 0n) symbol.size = target.size;
  symbol.other = target.other;
}
