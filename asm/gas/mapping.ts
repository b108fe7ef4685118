/**
 * Mapping symbols: `$x` where code begins, `$d` where data begin (ELF for the Arm 64-bit Architecture, 5.5.4). Where GNU
 * as places them decides what its objects' symbol tables hold, so the rules here are its rules.
 */
import { SHF } from '../elf/constants.ts';
import { constant } from './expression.ts';
import type { Frag, GasSection, MapState, Subsection } from './frag.ts';
import { GasSymbol, type SymbolTable } from './symbol.ts';

export function isCode(section: GasSection): boolean {
  return (section.flags & SHF.EXECINSTR) !== 0;
}

/** Notes that instructions (or data) follow at the end of `subsection`. */
export function enterState(
  symbols: SymbolTable,
  section: GasSection,
  subsection: Subsection,
  state: Exclude<MapState, 'none'>,
): void {
  if (section.kind !== 'normal') return;
  if (state === 'code') section.recordAlignment(2);
  if (section.mapState === state) return;
  if (section.mapState === 'none') {
    // Data in a data section need no mark until code has been there.
    if (state === 'data' && !isCode(section)) return;
    const { first } = section.subsections[0]!;
    if (state === 'code' && (subsection.last !== first || first.size > 0))
      addMappingSymbol(symbols, section, first, 0, 'data');
  }
  switchState(symbols, section, subsection.last, state);
}

/** Notes the state at the end of `frag` before a part of unknown size: it is marked even in data sections. */
export function switchState(
  symbols: SymbolTable,
  section: GasSection,
  frag: Frag,
  state: Exclude<MapState, 'none'>,
): void {
  if (section.kind !== 'normal' || section.mapState === state) return;
  section.mapState = state;
  addMappingSymbol(symbols, section, frag, frag.size, state);
}

function addMappingSymbol(
  symbols: SymbolTable,
  section: GasSection,
  frag: Frag,
  offset: number,
  state: Exclude<MapState, 'none'>,
): void {
  const symbol = new GasSymbol(state === 'code' ? '$x' : '$d', section, frag, constant(BigInt(offset)));
  symbols.append(symbol);
  if (offset === 0) {
    if (frag.firstMap !== undefined) frag.firstMap.removed = true;
    frag.firstMap = symbol;
  }
  if (frag.lastMap !== undefined && frag.lastMap.offset === offset) frag.lastMap.removed = true;
  frag.lastMap = symbol;
}

/** Code padding that does not begin on a word boundary begins with `bytes` zeros, which are data. */
export function markPaddingData(symbols: SymbolTable, section: GasSection, frag: Frag, bytes: number): void {
  if (frag.lastMap !== undefined && frag.lastMap.offset === frag.size) {
    frag.lastMap.removed = true;
    if (frag.size === 0) frag.firstMap = undefined;
    frag.lastMap = undefined;
  }
  addMappingSymbol(symbols, section, frag, frag.size, 'data');
  addMappingSymbol(symbols, section, frag, frag.size + bytes, 'code');
}

/** Takes out the mapping symbols at the end of fragments where nothing follows, or another one does. */
export function dropIdleMappingSymbols(section: GasSection): void {
  let frag = section.subsections[0]?.first;
  for (; frag?.next !== undefined; frag = frag.next) {
    const symbol = frag.lastMap;
    if (symbol === undefined || frag.address + symbol.offset < frag.next.address) continue;
    let next: Frag | undefined = frag.next;
    while (next !== undefined) {
      if (next.firstMap !== undefined || next.next === undefined) {
        symbol.removed = true;
        break;
      }
      if (next.address !== next.next.address) break;
      next = next.next;
    }
  }
}
