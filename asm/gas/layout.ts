/**
 * Layout: gives every fragment its offset in its section, growing parts of unknown size until nothing moves.
 */

import { sleb128, uleb128 } from '../elf/leb128.ts';
import type { Diagnostics } from '../source/diagnostics.ts';
import { Evaluator } from './evaluate.ts';
import { ABSOLUTE, type Frag, type GasSection } from './frag.ts';
import { markPaddingData } from './mapping.ts';
import type { SymbolTable } from './symbol.ts';

/** A section may not grow beyond this many bytes. */
export const SECTION_SIZE_LIMIT = 1024 * 1024 * 1024;
/** Nor may all sections with contents come to more, in bytes. */
const OBJECT_SIZE_LIMIT = SECTION_SIZE_LIMIT;
/** Rounds without a stable layout before it is given up. */
const ROUND_LIMIT = 200;

/** Lays out all sections. Faults go to `diagnostics`; a faulty part gets no room. */
export function layOut(sections: readonly GasSection[], symbols: SymbolTable, diagnostics: Diagnostics): void {
  for (const section of sections) chainSubsections(section);
  for (let round = 0; round < ROUND_LIMIT; round++) {
    const evaluator = new Evaluator(true);
    let moved = false;
    for (const section of sections) if (placeFrags(section, evaluator)) moved = true;
    if (!moved) {
      for (const section of sections) freeze(section, symbols, diagnostics);
      checkTotal(sections, diagnostics);
      return;
    }
  }
  diagnostics.error(
    `no layout of the sections found in the limit of ${ROUND_LIMIT} rounds: sizes depend on one another`,
  );
  for (const section of sections) freeze(section, symbols, diagnostics);
}

function checkTotal(sections: readonly GasSection[], diagnostics: Diagnostics): void {
  const total = sections.reduce((sum, { bss, size }) => sum + (bss ? 0 : size), 0);
  if (total > OBJECT_SIZE_LIMIT && diagnostics.errorCount === 0)
    diagnostics.error(`the sections come to more than the limit of ${OBJECT_SIZE_LIMIT} bytes`);
}

/** Makes one chain of the fragments of all subsections, in the order of their numbers. */
function chainSubsections(section: GasSection): void {
  for (let i = 0; i + 1 < section.subsections.length; i++)
    section.subsections[i]!.last.next = section.subsections[i + 1]!.first;
}

/** Goes through the fragments once. Returns whether any moved or changed its size. */
function placeFrags(section: GasSection, evaluator: Evaluator): boolean {
  let address = 0;
  let moved = false;
  for (let frag = section.subsections[0]?.first; frag !== undefined; frag = frag.next) {
    if (frag.address !== address) moved = true;
    frag.address = address;
    const size = tailSize(frag, evaluator);
    if (size !== frag.tailSize) moved = true;
    frag.tailSize = size;
    address += frag.size + size;
  }
  section.size = address;
  return moved;
}

/** Bytes the part of unknown size takes at the present address; 0 where it has no valid size (yet). */
function tailSize(frag: Frag, evaluator: Evaluator): number {
  const { tail } = frag;
  const at = frag.address + frag.size;
  switch (tail.kind) {
    case 'fill':
      return tail.pattern.length * tail.count;
    case 'align':
      return paddingSize(at, tail.power, tail.limit);
    case 'org': {
      const target = tail.target === undefined ? 0n : evaluator.symbol(tail.target)?.number;
      return target === undefined ? 0 : inRange(Number(target + tail.offset) - at);
    }
    case 'space': {
      const count = evaluator.symbol(tail.count);
      return count?.section === ABSOLUTE ? inRange(Number(count.number)) : 0;
    }
    case 'leb128':
      return leb128Bytes(frag, evaluator).length;
  }
}

function inRange(size: number): number {
  return Math.min(Math.max(0, size), SECTION_SIZE_LIMIT);
}

function paddingSize(at: number, power: number, limit: number): number {
  const unit = 2 ** power;
  const padding = Math.min(Math.ceil(at / unit) * unit - at, SECTION_SIZE_LIMIT);
  return limit !== 0 && padding > limit ? 0 : padding;
}

function leb128Bytes(frag: Frag, evaluator: Evaluator): number[] {
  if (frag.tail.kind !== 'leb128') return [];
  const value = evaluator.symbol(frag.tail.value)?.number ?? 0n;
  return frag.tail.signed ? sleb128(value) : uleb128(BigInt.asUintN(64, value));
}

/** Turns the parts of unknown size into bytes. */
function freeze(section: GasSection, symbols: SymbolTable, diagnostics: Diagnostics): void {
  if (section.size > SECTION_SIZE_LIMIT) {
    diagnostics.error(`section '${section.name}' would be larger than the limit of ${SECTION_SIZE_LIMIT} bytes`);
    return;
  }
  const evaluator = new Evaluator(true);
  for (let frag = section.subsections[0]?.first; frag !== undefined; frag = frag.next) {
    const fault = tailFault(frag, evaluator);
    if (fault !== undefined) diagnostics.error(fault, frag.statement?.place());
    const { tail } = frag;
    if (tail.kind === 'align' && tail.code && frag.tailSize % 4 !== 0)
      markPaddingData(symbols, section, frag, frag.tailSize % 4);
  }
}

function tailFault(frag: Frag, evaluator: Evaluator): string | undefined {
  const { tail } = frag;
  if (tail.kind === 'align' && !tail.code && frag.tailSize % tail.pattern.length !== 0)
    return `padding of ${frag.tailSize} bytes is not a multiple of the ${tail.pattern.length} bytes of the fill value`;
  if (tail.kind === 'org') {
    const target = tail.target === undefined ? 0n : evaluator.symbol(tail.target)?.number;
    if (target === undefined) return evaluator.problem;
    const to = target + tail.offset;
    if (to < BigInt(frag.address + frag.size)) return `.org to ${to} would move backwards`;
    if (to > BigInt(SECTION_SIZE_LIMIT)) return `.org beyond the limit of ${SECTION_SIZE_LIMIT} bytes`;
  }
  if (tail.kind === 'space') {
    const count = evaluator.symbol(tail.count);
    if (count === undefined) return evaluator.problem;
    if (count.section !== ABSOLUTE) return 'the size of this room is not a number';
    if (count.number > BigInt(SECTION_SIZE_LIMIT)) return `room of more than the limit of ${SECTION_SIZE_LIMIT} bytes`;
  }
  if (tail.kind === 'leb128') {
    const value = evaluator.symbol(tail.value);
    if (value === undefined) return evaluator.problem;
    if (value.section !== ABSOLUTE) return 'the value of a LEB128 number must be known';
  }
  return undefined;
}

const NOP = [0x1f, 0x20, 0x03, 0xd5];

/** The contents of a laid-out section. */
export function sectionBytes(section: GasSection): Uint8Array {
  if (section.bss) return new Uint8Array(0);
  const bytes = new Uint8Array(section.size);
  const evaluator = new Evaluator(true);
  for (let frag = section.subsections[0]?.first; frag !== undefined; frag = frag.next) {
    bytes.set(frag.bytes.subarray(0, frag.size), frag.address);
    const from = frag.address + frag.size;
    if (frag.tailSize > 0) fillTail(bytes.subarray(from, from + frag.tailSize), frag, evaluator);
  }
  return bytes;
}

function fillTail(bytes: Uint8Array, frag: Frag, evaluator: Evaluator): void {
  const { tail } = frag;
  switch (tail.kind) {
    case 'leb128':
      bytes.set(leb128Bytes(frag, evaluator));
      return;
    case 'org':
      bytes.fill(tail.fill);
      return;
    case 'align':
      if (tail.code) repeat(bytes.subarray(bytes.length % 4), NOP);
      else repeat(bytes, tail.pattern);
      return;
    default:
      repeat(bytes, tail.pattern);
  }
}

function repeat(bytes: Uint8Array, pattern: ArrayLike<number>): void {
  if (pattern.length === 1) {
    bytes.fill(pattern[0]!);
    return;
  }
  for (let i = 0; i < bytes.length; i++) bytes[i] = pattern[i % pattern.length]!;
}
