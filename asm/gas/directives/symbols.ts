/** Attributes of symbols (Using as, ".global", ".type", ".size", ".comm", ".weakref", ".symver"). */
import { STO_AARCH64_VARIANT_PCS, STV } from '../../elf/constants.ts';
import type { Assembler } from '../assembler.ts';
import type { Cursor } from '../cursor.ts';
import { type AssignmentKind, assignSymbol, renewed } from '../define.ts';
import { symbolPlus } from '../expression.ts';
import { COMMON, NO_FRAG, UNDEFINED } from '../frag.ts';
import type { GasSymbol, SymbolType } from '../symbol.ts';
import type { Directive } from './directive.ts';

/** A list of symbols. */
function eachSymbol(apply: (symbol: GasSymbol) => void): Directive {
  return (asm, cursor) => {
    do {
      const symbol = asm.symbol(cursor.expectName());
      asm.symbols.keep(symbol);
      apply(symbol);
    } while (cursor.accept(',') && !cursor.atEnd());
    cursor.expectEnd();
  };
}

function visibility(value: number): Directive {
  return eachSymbol((symbol) => {
    symbol.visibility = value;
  });
}

/** .set name, expression */
function assignment(kind: AssignmentKind): Directive {
  return (asm, cursor) => {
    const name = cursor.expectName();
    cursor.expect(',', `after '${name}'`);
    assignSymbol(asm, cursor, name, kind);
    cursor.expectEnd();
  };
}

const TYPES: Readonly<Record<string, SymbolType>> = {
  function: 'function',
  STT_FUNC: 'function',
  2: 'function',
  object: 'object',
  STT_OBJECT: 'object',
  1: 'object',
  tls_object: 'tls',
  STT_TLS: 'tls',
  6: 'tls',
  notype: 'notype',
  STT_NOTYPE: 'notype',
  0: 'notype',
  gnu_indirect_function: 'ifunc',
  STT_GNU_IFUNC: 'ifunc',
  10: 'ifunc',
  gnu_unique_object: 'unique',
};

/** `.type name, @function`, with `%`, `#`, quotes or nothing in place of the `@`. */
const type: Directive = (asm, cursor) => {
  const symbol = asm.symbol(cursor.expectName());
  cursor.accept(',');
  cursor.skipSpace();
  const match = /^[#@%"]?([\w$.]+)"?/.exec(cursor.rest());
  if (match === null) throw cursor.fault('expected the type of the symbol');
  const word = match[1]!;
  const start = cursor.at;
  cursor.at += match[0].length;
  cursor.expectEnd();
  if (/^(common|STT_COMMON|5)$/.test(word)) {
    makeCommon(asm, symbol, cursor);
    return;
  }
  const given = TYPES[word];
  if (given === undefined) throw cursor.fault(`unknown symbol type '${word}'`, start);
  if (symbol.section === COMMON && given !== 'object') throw cursor.fault('the type of a common symbol cannot change');
  if (given !== 'notype' && symbol.type !== 'notype' && symbol.type !== given && !widens(symbol.type, given))
    asm.warn(`symbol '${symbol.name}' has a type already`);
  symbol.type = given;
  if (given === 'unique') symbol.binding = symbol.binding === 'local' ? 'global' : symbol.binding;
};

/** Object to TLS object and the like add to what was said, and do not contradict it. */
function widens(from: SymbolType, to: SymbolType): boolean {
  return (from === 'object' && (to === 'tls' || to === 'unique')) || (from === 'function' && to === 'ifunc');
}

function makeCommon(asm: Assembler, symbol: GasSymbol, cursor: Cursor): void {
  let target = symbol;
  if (target.section !== COMMON) {
    if (target.isDefinedOrEquated && !target.volatile) throw cursor.fault(`symbol '${target.name}' is already defined`);
    if (target.volatile) target = renewed(asm, target);
    target.define(COMMON, NO_FRAG, 0);
    target.setBinding('global');
  }
  target.type = 'object';
}

/** .size name, expression: evaluated in the end. */
const size: Directive = (asm, cursor) => {
  const name = cursor.expectName();
  cursor.expect(',', `after '${name}' in .size`);
  const value = asm.expression(cursor);
  if (value.op === 'absent') throw cursor.fault('expected the size of the symbol');
  cursor.expectEnd();
  const symbol = asm.symbol(name);
  symbol.size = value.op === 'constant' ? value.number : value;
  symbol.sizedBy = asm.statement;
};

/** .comm name, size, alignment; the alignment in bytes. */
const common: Directive = (asm, cursor) => {
  const request = commonRequest(asm, cursor);
  if (request === undefined) return;
  const { symbol } = request;
  if (cursor.accept(',')) readCommonAlignment(asm, cursor, request);
  cursor.expectEnd();
  if (symbol.saidLocal && !request.named) allotInBss(asm, symbol, request.size, powerOf(request.alignment, cursor));
  else {
    symbol.define(COMMON, NO_FRAG, 0);
    symbol.size = request.size;
    symbol.alignment = request.alignment;
    symbol.setBinding('global');
  }
  symbol.type = symbol.type === 'tls' ? 'tls' : 'object';
};

interface CommonRequest {
  readonly symbol: GasSymbol;
  readonly size: bigint;
  /** In bytes, or 0. */
  alignment: bigint;
  /** The segment was named: `.comm x, 4, "bss"`. */
  named: boolean;
}

function readCommonAlignment(asm: Assembler, cursor: Cursor, request: CommonRequest): void {
  if (cursor.peek() === 0x22) {
    const segment = cursor.expectString();
    if (!/^\.?(bss|data)$/.test(segment)) throw cursor.fault(`unknown segment '${segment}' for a common symbol`);
    request.named = true;
    return;
  }
  if (cursor.atEnd()) throw cursor.fault('expected an alignment after the size');
  request.alignment = asm.absolute(cursor);
  if (request.alignment < 0n) {
    asm.warn('a negative alignment is taken as 0');
    request.alignment = 0n;
  }
}

function commonRequest(asm: Assembler, cursor: Cursor): CommonRequest | undefined {
  const name = cursor.expectName();
  cursor.accept(',');
  const start = cursor.at;
  const expression = asm.expression(cursor);
  if (expression.op === 'absent') throw cursor.fault(`expected the size of '${name}'`);
  const value = asm.absoluteOrUndefined(expression);
  if (value === undefined) throw cursor.fault('the size is not known here', start);
  if (value < 0n) {
    asm.warn(`size ${value} is out of range: '${name}' is left as it was`);
    cursor.at = cursor.end;
    return undefined;
  }
  let symbol = asm.symbol(name);
  if (symbol.isDefinedOrEquated && symbol.section !== COMMON) {
    if (!symbol.volatile) throw cursor.fault(`symbol '${name}' is already defined`, start);
    symbol = renewed(asm, symbol);
    symbol.define(UNDEFINED, NO_FRAG, 0);
  }
  if (symbol.section === COMMON && symbol.size !== 0n && symbol.size !== value) {
    asm.warn(`the size of '${name}' stays ${symbol.size}`);
    return { symbol, size: symbol.size as bigint, alignment: 0n, named: false };
  }
  return { symbol, size: value, alignment: 0n, named: false };
}

function powerOf(alignment: bigint, cursor: Cursor): number {
  if (alignment === 0n) return 0;
  const power = alignment.toString(2).length - 1;
  if (1n << BigInt(power) !== alignment) throw cursor.fault(`alignment ${alignment} is not a power of two`);
  return power;
}

/** Room in subsection 1 of .bss. */
function allotInBss(asm: Assembler, symbol: GasSymbol, size: bigint, power: number): void {
  const { output } = asm;
  const { section, subsection } = output;
  const bss = output.find('.bss')!;
  output.enter(bss, 1);
  if (power > 0) {
    bss.recordAlignment(power);
    output.align(power, new Uint8Array(1), 0);
  }
  symbol.define(bss, output.frag, output.offset);
  symbol.size = size;
  output.close({ kind: 'org', target: symbol, offset: size, fill: 0 });
  output.enter(section, subsection.number);
}

/** .lcomm name, size */
const localCommon: Directive = (asm, cursor) => {
  const request = commonRequest(asm, cursor);
  if (request === undefined) return;
  cursor.expectEnd();
  allotInBss(asm, request.symbol, request.size, implicitAlignment(request.size));
  request.symbol.type = 'object';
};

/** Room of 8 bytes or more is aligned to 8, and so on down. */
function implicitAlignment(size: bigint): number {
  if (size >= 8n) return 3;
  return size >= 4n ? 2 : size >= 2n ? 1 : 0;
}

/** .weakref alias, target */
const weakref: Directive = (asm, cursor) => {
  const name = cursor.expectName();
  let alias = asm.symbol(name);
  if (alias.isDefinedOrEquated) {
    if (!alias.volatile) throw cursor.fault(`symbol '${name}' is already defined`);
    alias = renewed(asm, alias);
  }
  cursor.expect(',', `after '${name}'`);
  const targetName = cursor.expectName();
  cursor.expectEnd();
  const isNew = !asm.symbols.has(targetName);
  const target = asm.symbol(targetName);
  if (isNew) {
    target.weakrefTarget = true;
    target.setBinding('weak');
  }
  for (let at: GasSymbol | undefined = target; at !== undefined; at = at.weakrefTo)
    if (at === alias) throw cursor.fault(`.weakref of '${name}' to '${targetName}' would go round in a circle`);
  alias.section = UNDEFINED;
  alias.value = symbolPlus(target);
  alias.weakrefTo = target;
};

/** .symver name, name@version: the versioned name becomes an alias, or the name where `name` is not defined here. */
const symver: Directive = (asm, cursor) => {
  const name = cursor.expectName();
  cursor.expect(',', `after '${name}'`);
  const start = cursor.at;
  const match = /^[^,\s]+/.exec(cursor.rest());
  const versioned = match?.[0] ?? '';
  cursor.at += versioned.length;
  if (!versioned.includes('@')) throw cursor.fault(`expected a version behind '@' in '${versioned}'`, start);
  let visibilityWord: string | undefined;
  if (cursor.accept(',')) {
    visibilityWord = cursor.expectName("'local', 'hidden' or 'remove'");
    if (!/^(local|hidden|remove)$/.test(visibilityWord))
      throw cursor.fault(`expected 'local', 'hidden' or 'remove', found '${visibilityWord}'`);
  }
  cursor.expectEnd();
  asm.versions.push({
    symbol: asm.symbol(name),
    name: versioned,
    after: visibilityWord,
    statement: asm.statement,
  });
};

const variantPcs: Directive = (asm, cursor) => {
  asm.symbol(cursor.expectName()).other |= STO_AARCH64_VARIANT_PCS;
  cursor.expectEnd();
};

export const SYMBOL_DIRECTIVES: Readonly<Record<string, Directive>> = {
  global: eachSymbol((symbol) => symbol.setBinding('global')),
  globl: eachSymbol((symbol) => symbol.setBinding('global')),
  xdef: eachSymbol((symbol) => symbol.setBinding('global')),
  weak: eachSymbol((symbol) => symbol.setBinding('weak')),
  local: eachSymbol((symbol) => {
    if (symbol.binding === 'global') symbol.binding = 'local';
    symbol.saidLocal = true;
  }),
  hidden: visibility(STV.HIDDEN),
  protected: visibility(STV.PROTECTED),
  internal: visibility(STV.INTERNAL),
  set: assignment('variable'),
  equ: assignment('variable'),
  equiv: assignment('once'),
  eqv: assignment('deferred'),
  type,
  size,
  comm: common,
  common,
  'common.s': common,
  xcom: common,
  tls_common: (asm, cursor, name) => {
    const start = cursor.at;
    common(asm, cursor, name);
    const symbol = asm.symbols.find(/^[\w.$]+/.exec(cursor.text.slice(start))?.[0] ?? '');
    if (symbol !== undefined) symbol.type = 'tls';
  },
  lcomm: localCommon,
  weakref,
  symver,
  variant_pcs: variantPcs,
};
