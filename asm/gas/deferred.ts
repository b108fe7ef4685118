/**
 * Symbols defined by `==` and .eqv: their expression is evaluated where they are used, so each use gets a copy in which
 * `.` and the symbols are those of that place (Using as, ".eqv").
 */
import { constant } from './expression.ts';
import { EXPRESSION, NO_FRAG } from './frag.ts';
import { GasSymbol, type SymbolTable } from './symbol.ts';

/** `.` in an expression that is evaluated where its symbol is used. */
export const DOT = new GasSymbol('.', EXPRESSION, NO_FRAG, constant(0n), true);

/** What a use of a deferred symbol needs of the assembler. */
export interface UsePlace {
  readonly symbols: SymbolTable;
  /** A symbol for the present place. */
  placeHere(): GasSymbol;
}

/** Whether `symbol` is deferred, or stands for an expression with a deferred symbol in it. */
export function containsDeferred(symbol: GasSymbol): boolean {
  if (symbol.deferred || symbol === DOT) return true;
  if (symbol.section !== EXPRESSION) return false;
  if (symbol.holdsDeferred === undefined) {
    // Set first, so that a definition in a circle ends.
    symbol.holdsDeferred = false;
    const { add, sub } = symbol.value;
    symbol.holdsDeferred = (add !== undefined && containsDeferred(add)) || (sub !== undefined && containsDeferred(sub));
  }
  return symbol.holdsDeferred;
}

/** A copy of what `symbol` stands for at this place. */
export function withoutDeferred(symbol: GasSymbol, place: UsePlace): GasSymbol {
  return copy(symbol, symbol.deferred, place, new Map());
}

/** `within`: the symbol is part of a deferred expression, so a symbol that has been set again counts as it is by now. */
function copy(symbol: GasSymbol, within: boolean, place: UsePlace, made: Map<GasSymbol, GasSymbol>): GasSymbol {
  if (symbol === DOT) return place.placeHere();
  const deferred = within || symbol.deferred;
  if (!containsDeferred(symbol))
    return deferred && symbol.volatile ? (place.symbols.find(symbol.name) ?? symbol) : symbol;
  const known = made.get(symbol);
  if (known !== undefined) return known;
  if (!symbol.isEquated) return symbol;
  // A definition in a circle is left as it is, for the evaluation to tell.
  made.set(symbol, symbol);
  const { value } = symbol;
  const add = value.add === undefined ? undefined : copy(value.add, deferred, place, made);
  const sub = value.sub === undefined ? undefined : copy(value.sub, deferred, place, made);
  const result = new GasSymbol('', EXPRESSION, NO_FRAG, { ...value, add, sub }, true);
  made.set(symbol, result);
  return result;
}
