/** Symbols while they are assembled, and the table that finds them by name. */
import { constant, type Expression } from './expression.ts';
import { ABSOLUTE, EXPRESSION, type Frag, type GasSection, NO_FRAG, UNDEFINED } from './frag.ts';
import type { Statement } from './statement.ts';

export type Binding = 'local' | 'global' | 'weak';
export type SymbolType = 'notype' | 'object' | 'function' | 'tls' | 'ifunc' | 'unique' | 'section' | 'file';

export class GasSymbol {
  name: string;
  section: GasSection;
  frag: Frag;
  /** A constant for labels: the offset from the start of `frag`; anything else makes this an equated symbol. */
  value: Expression;
  binding: Binding = 'local';
  type: SymbolType = 'notype';
  visibility = 0;
  other = 0;
  size: bigint | Expression = 0n;
  /** The statements that gave the value and the size, for messages. */
  assignedBy: Statement | undefined;
  sizedBy: Statement | undefined;
  /** .local was said: .comm then allots room in .bss. */
  saidLocal = false;
  /** In bytes, for common symbols. */
  alignment = 0n;
  /** Set by .set and `=`: may be given another value; earlier uses keep the old one. */
  volatile = false;
  /** Set by .eqv and `==`: the expression is evaluated where the symbol is used. */
  deferred = false;
  /** For the symbol of an expression, once it has been looked into: whether a deferred symbol is in it. */
  holdsDeferred: boolean | undefined;
  /** The target of a .weakref by this name. */
  weakrefTo: GasSymbol | undefined;
  /** Known only as the target of a .weakref: it is weak unless it is also used by its own name. */
  weakrefTarget = false;
  used = false;
  usedInRelocation = false;
  /** Left out of the symbol table, like .L names; until a relocation needs it. */
  readonly temporary: boolean;
  /** Names an unnamed expression or place; its name is never shown in the symbol table. */
  readonly anonymous: boolean;
  /** Taken out of the symbol table again. */
  removed = false;
  /** Guards against definitions in a circle. */
  resolving = false;
  /** Position in the table's list, or -1. */
  listIndex = -1;

  constructor(name: string, section: GasSection, frag: Frag, value: Expression, anonymous = false) {
    this.name = name;
    this.section = section;
    this.frag = frag;
    this.value = value;
    this.anonymous = anonymous;
    this.temporary = anonymous || isTemporaryName(name);
  }

  get isDefined(): boolean {
    return this.section !== UNDEFINED;
  }

  /** Whether it stands for an expression with a symbol. */
  get isEquated(): boolean {
    return this.value.op !== 'constant';
  }

  get isDefinedOrEquated(): boolean {
    return this.isDefined || this.isEquated;
  }

  setBinding(binding: Binding): void {
    // .weak overrides .global, whichever comes first.
    if (binding === 'global' && this.binding === 'weak') return;
    this.binding = binding;
  }

  /** Gives a label its place. */
  define(section: GasSection, frag: Frag, offset: number): void {
    this.section = section;
    this.frag = frag;
    this.value = constant(BigInt(offset));
  }

  /** Offset from the start of its fragment, for a label. */
  get offset(): number {
    return Number(this.value.number);
  }
}

/** Names that ELF assemblers keep out of the symbol table. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.L') || name.startsWith('..') || name.startsWith('_.L_');
}

/** Stands in the names of numeric labels, which no source can write. */
const NUMERIC_MARK = '\u0002';

/** Whether `name` is that of a numeric label. */
export function isNumericName(name: string): boolean {
  return name.includes(NUMERIC_MARK);
}

/** A symbol for an expression that has no name. */
export function expressionSymbol(expression: Expression): GasSymbol {
  if (expression.op === 'symbol' && expression.number === 0n) return expression.add!;
  const section = expression.op === 'constant' ? ABSOLUTE : EXPRESSION;
  return new GasSymbol('', section, NO_FRAG, expression, true);
}

/** A symbol without a name for a place in a section. */
export function placeSymbol(section: GasSection, frag: Frag, offset: number): GasSymbol {
  return new GasSymbol('.', section, frag, constant(BigInt(offset)), true);
}

export class SymbolTable {
  readonly #byName = new Map<string, GasSymbol>();
  /** In the order in which they came to be, as the object file lists them. */
  readonly list: GasSymbol[] = [];
  /** How often each numeric label has been defined. */
  readonly #instances = new Map<number, number>();

  /** The symbol called `name`. Being named takes from the target of a .weakref that it is weak. */
  find(name: string): GasSymbol | undefined {
    const found = this.#byName.get(name);
    if (found?.weakrefTarget) {
      found.weakrefTarget = false;
      if (found.binding === 'weak') found.binding = 'local';
    }
    return found;
  }

  /** Whether `name` is known, which is no use of it. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  findOrMake(name: string): GasSymbol {
    const found = this.find(name);
    if (found !== undefined) return found;
    return this.add(new GasSymbol(name, UNDEFINED, NO_FRAG, constant(0n)));
  }

  /** Enters `symbol` under its name, in front of an older one; at the end of the list unless its name is temporary. */
  add(symbol: GasSymbol): GasSymbol {
    this.#byName.set(symbol.name, symbol);
    if (!symbol.temporary) this.append(symbol);
    return symbol;
  }

  /** Sees to it that a symbol of temporary name is in the list: something needs it in the object. */
  keep(symbol: GasSymbol): void {
    if (symbol.listIndex < 0 && !symbol.anonymous) this.append(symbol);
  }

  /** Puts `copy` in the place of `symbol`, under its name and in the list; expressions keep the old one. */
  replace(symbol: GasSymbol, copy: GasSymbol): void {
    this.#byName.set(copy.name, copy);
    if (symbol.listIndex < 0) return;
    copy.listIndex = symbol.listIndex;
    this.list[symbol.listIndex] = copy;
    symbol.listIndex = -1;
  }

  /** Puts a symbol that no name finds at the end of the list: mapping symbols, literal pools. */
  append(symbol: GasSymbol): void {
    symbol.listIndex = this.list.length;
    this.list.push(symbol);
  }

  /** The name under which the numeric label `number` is defined next (Using as, "Local Symbol Names"). */
  newNumericName(number: number): string {
    const instance = (this.#instances.get(number) ?? 0) + 1;
    this.#instances.set(number, instance);
    return numericName(number, instance);
  }

  /** The symbol `1b` or `1f` means here; undefined for a backward reference with nothing behind it. */
  numericReference(number: number, direction: 'b' | 'f'): GasSymbol | undefined {
    const instance = this.#instances.get(number) ?? 0;
    if (direction === 'b') return instance === 0 ? undefined : this.find(numericName(number, instance));
    return this.findOrMake(numericName(number, instance + 1));
  }
}

function numericName(number: number, instance: number): string {
  return `.L${number}${NUMERIC_MARK}${instance}`;
}

/** How a symbol is called in messages: `1f` for a numeric label not defined. */
export function shownName(symbol: GasSymbol): string {
  const { name } = symbol;
  return isNumericName(name) ? `${name.slice(2, name.indexOf(NUMERIC_MARK))}f` : name;
}
