/**
 * Immediates that are known only when sections are laid out: which kinds there are, and how a late value is put into a
 * word. A late value gives the word GNU as gives: an ADD of a negative number becomes SUB, a load whose offset cannot be
 * scaled becomes its unscaled twin.
 */
import { accessScale, pairScale } from './access-size.ts';
import { encodeAddImmediate, encodeBitmask, encodeMoveWide, inRegister, invert } from './immediates.ts';
import { OperandError } from './operand-error.ts';

export type FixupKind =
  /** B; a byte distance, as for all kinds down to adrp21. */
  | 'branch26'
  /** BL */
  | 'call26'
  /** B.cond, CBZ, CBNZ */
  | 'branch19'
  /** TBZ, TBNZ */
  | 'branch14'
  /** LDR, LDRSW, PRFM (literal) */
  | 'literal19'
  /** ADR */
  | 'adr21'
  /** ADRP; the distance between the two 4 KB pages, in bytes. */
  | 'adrp21'
  /** ADD, SUB and their flag-setting forms and aliases */
  | 'add-imm12'
  /** Loads and stores with an unsigned scaled offset; the value is in bytes, the word tells the access size. */
  | 'ldst-imm12'
  /** Loads and stores with a 9-bit signed offset in bytes: unscaled, unprivileged, pre- and post-indexed. */
  | 'ldst-imm9'
  /** Loads and stores of pairs; bytes, the word tells the scale. */
  | 'ldst-imm7'
  /** MOVZ, MOVN, MOVK */
  | 'move-wide16'
  /** MOV (immediate): the word becomes MOVZ, MOVN or ORR, whichever makes the value. */
  | 'mov-immediate'
  /** AND, ORR, EOR, ANDS (immediate) */
  | 'logical-imm'
  /** LDRAA, LDRAB; bytes */
  | 'ldst-imm10'
  /** STG and its kin, LDG; bytes */
  | 'ldst-tag9'
  /** SVC, HVC, SMC, BRK, HLT, DCPS1-3 */
  | 'exception16'
  /** UDF */
  | 'undefined16';

/** An immediate to be put in later. */
export interface Fixup {
  readonly kind: FixupKind;
  /** The symbolic value as the environment gave it, or a bigint for a constant that is still the linker's to relocate. */
  readonly symbolic: unknown;
  /** A relocation operator without its colons: `lo12`, `abs_g0_nc`. */
  readonly operator?: string;
}

function rangeError(what: string, value: bigint, low: bigint, high: bigint): OperandError {
  return new OperandError(`${what} ${value} out of range ${low} to ${high}`, undefined);
}

/** The low `bits` of a distance in units of 4 bytes; throws OperandError where it does not fit. */
function distance(value: bigint, bits: number, what: string): number {
  if ((value & 3n) !== 0n) throw new OperandError(`${what} is not 4-byte aligned (distance ${value})`, undefined);
  const limit = 1n << BigInt(bits + 1);
  if (value < -limit || value >= limit) throw rangeError(`${what} distance`, value, -limit, limit - 4n);
  return Number((value >> 2n) & ((1n << BigInt(bits)) - 1n));
}

function put(word: number, lsb: number, width: number, value: number): number {
  const mask = ((1 << width) - 1) << lsb;
  return ((word & ~mask) | ((value << lsb) & mask)) >>> 0;
}

function putAdr(word: number, imm21: bigint): number {
  return put(put(word, 29, 2, Number(imm21 & 3n)), 5, 19, Number((imm21 >> 2n) & 0x7ffffn));
}

function adr(word: number, value: bigint): number {
  if (value < -0x100000n || value > 0xfffffn) throw rangeError('address distance', value, -0x100000n, 0xfffffn);
  return putAdr(word, value);
}

function adrp(word: number, value: bigint): number {
  if ((value & 0xfffn) !== 0n) throw new OperandError(`page distance ${value} is not a multiple of 4096`, undefined);
  const limit = 0x100000000n;
  if (value < -limit || value >= limit) throw rangeError('page distance', value, -limit, limit - 0x1000n);
  return putAdr(word, value >> 12n);
}

/** Bit 30 of an add or subtract tells which of the two it is. */
const SUBTRACT = 0x4000_0000;

/** Puts `value` into the add or subtract immediate `word`; a negative one turns ADD into SUB and back. */
function addImmediate(word: number, value: bigint): number {
  const encoded = encodeAddImmediate(value < 0n ? -value : value);
  if (encoded === undefined) throw new OperandError(addRangeMessage(value), undefined);
  const op = (value < 0n ? (word ^ SUBTRACT) >>> 0 : word) >>> 0;
  return put(put(op, 22, 1, encoded.sh), 10, 12, encoded.imm12);
}

/** What is wrong with `value` as an add or subtract immediate. */
export function addRangeMessage(value: bigint): string {
  return `immediate ${value} out of range ${value < 0n ? '-4095' : '0'} to 4095 (or a multiple of 4096 up to 16773120)`;
}

/** The unscaled twin (LDUR for LDR) of a load or store with an unsigned offset differs in bit 24. */
const UNSIGNED_OFFSET = 0x0100_0000;

function loadStoreOffset(word: number, value: bigint): number {
  const scale = BigInt(accessScale(word));
  const scaled = value >> scale;
  if (value >= 0n && scaled << scale === value && scaled < 4096n) return put(word, 10, 12, Number(scaled));
  if (value >= -256n && value < 256n) {
    const unscaled = (word & ~UNSIGNED_OFFSET) >>> 0;
    return put(put(unscaled, 10, 12, 0), 12, 9, Number(value & 0x1ffn));
  }
  throw new OperandError(offsetMessage(value, scale), undefined);
}

/** What is wrong with `value` as an offset that is unsigned and scaled by `1 << scale` bytes, or unscaled and 9 bits. */
export function offsetMessage(value: bigint, scale: bigint): string {
  const size = 1n << scale;
  if (value >= 0n && value <= 4095n * size)
    return `offset ${value} is neither a multiple of ${size} nor in -256 to 255`;
  return `offset ${value} out of range 0 to ${4095n * size} (or -256 to 255 unscaled)`;
}

/** The low `bits` of `value / unit`; throws OperandError where that is no whole number or does not fit. */
function scaledOffset(value: bigint, bits: number, unit: bigint): number {
  if (value % unit !== 0n) throw new OperandError(`offset ${value} is not a multiple of ${unit}`, undefined);
  const limit = 1n << BigInt(bits - 1);
  const units = value / unit;
  if (units < -limit || units >= limit) throw rangeError('offset', value, -limit * unit, (limit - 1n) * unit);
  return Number(BigInt.asUintN(bits, units));
}

function authenticatedOffset(word: number, value: bigint): number {
  const units = scaledOffset(value, 10, 8n);
  return put(put(word, 22, 1, units >> 9), 12, 9, units & 0x1ff);
}

function pairOffset(word: number, value: bigint): number {
  return put(word, 15, 7, scaledOffset(value, 7, 1n << BigInt(pairScale(word))));
}

function moveImmediate(word: number, value: bigint): number {
  const wide = word >>> 31 === 1;
  const content = inRegister(value, wide);
  const destination = word & 0x1f;
  if (content === undefined) throw new OperandError(moveMessage(value), undefined);
  const moved = encodeMoveWide(content, wide);
  // Bits 30 and 29 tell MOVN (00) from MOVZ (10).
  if (moved !== undefined) return put(put(word, 21, 2, moved.hw), 5, 16, moved.imm16);
  const inverted = encodeMoveWide(invert(content, wide), wide);
  if (inverted !== undefined) return put(put(put(word, 29, 2, 0), 21, 2, inverted.hw), 5, 16, inverted.imm16);
  const mask = encodeBitmask(content, wide);
  if (mask === undefined) throw new OperandError(moveMessage(value), undefined);
  const orr = ((wide ? 0xb20003e0 : 0x320003e0) | destination) >>> 0;
  return put(put(put(orr, 22, 1, mask.N), 16, 6, mask.immr), 10, 6, mask.imms);
}

/** What is wrong with `value` as the source of a MOV. */
export function moveMessage(value: bigint): string {
  return `immediate ${hex(value)} cannot be moved by a single instruction`;
}

function logicalImmediate(word: number, value: bigint): number {
  const wide = word >>> 31 === 1;
  const content = inRegister(value, wide);
  const mask = content === undefined ? undefined : encodeBitmask(content, wide);
  if (mask === undefined) throw new OperandError(bitmaskMessage(value), undefined);
  return put(put(put(word, 22, 1, mask.N), 16, 6, mask.immr), 10, 6, mask.imms);
}

/** What is wrong with `value` as a bitmask immediate. */
export function bitmaskMessage(value: bigint): string {
  return `immediate ${hex(value)} is not a bitmask (one run of ones, rotated, repeated)`;
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function halfword(value: bigint): number {
  if (value < 0n || value > 0xffffn) throw rangeError('immediate', value, 0n, 0xffffn);
  return Number(value);
}

function immediate16(word: number, value: bigint): number {
  return put(word, 5, 16, halfword(value));
}

/** Which 16 bits a wide-move operator selects, or undefined where `operator` is none for wide moves. */
export function moveWideGroup(operator: string): number | undefined {
  const match = /(?:^|_)g([0-3])(?:_s|_nc)?$/.exec(operator);
  return match === null ? undefined : Number(match[1]);
}

/**
 * MOVZ, MOVN or MOVK of the 16 bits of `value` that `operator` selects (ELF for the Arm 64-bit Architecture, 5.7.5: `_s`
 * is signed and chooses between MOVZ and MOVN, `_nc` does not check for overflow).
 */
function moveWideGroupValue(word: number, value: bigint, operator: string): number {
  const group = moveWideGroup(operator);
  if (group === undefined) throw new OperandError(`:${operator}: is not an operator for a wide move`, undefined);
  const bits = BigInt(group * 16 + 16);
  const signed = operator.endsWith('_s') || operator.startsWith('prel_');
  const checked = !operator.endsWith('_nc');
  const low = signed ? -(1n << (bits - 1n)) : 0n;
  const high = signed ? 1n << (bits - 1n) : 1n << bits;
  const asUnsigned = signed ? value : BigInt.asUintN(64, value);
  if (checked && (asUnsigned < low || asUnsigned >= high)) throw rangeError(`:${operator}: of`, value, low, high - 1n);
  let selected = value >> (bits - 16n);
  let base = word;
  if (operator.endsWith('_s')) {
    // Bits 30 and 29 tell MOVN (00) from MOVZ (10).
    base = put(word, 29, 2, selected < 0n ? 0 : 2);
    if (selected < 0n) selected = ~selected;
  }
  return put(put(base, 21, 2, group), 5, 16, Number(selected & 0xffffn));
}

/**
 * `word` with a value put in that is known late: for pc-relative kinds the byte distance from the instruction. `operator` is
 * the wide-move operator to apply to `value`, where one was written; other operators are the caller's to apply. Throws
 * OperandError (without an offset) where the value is out of range or not aligned.
 */
export function encodeFixup(word: number, kind: FixupKind, value: bigint, operator?: string): number {
  return encodeSigned(word, kind, BigInt.asIntN(64, value), operator);
}

function encodeSigned(word: number, kind: FixupKind, value: bigint, operator: string | undefined): number {
  switch (kind) {
    case 'branch26':
      return put(word, 0, 26, distance(value, 26, 'branch target'));
    case 'call26':
      return put(word, 0, 26, distance(value, 26, 'call target'));
    case 'branch19':
      return put(word, 5, 19, distance(value, 19, 'branch target'));
    case 'branch14':
      return put(word, 5, 14, distance(value, 14, 'branch target'));
    case 'literal19':
      return put(word, 5, 19, distance(value, 19, 'literal'));
    case 'adr21':
      return adr(word, value);
    case 'adrp21':
      return adrp(word, value);
    case 'add-imm12':
      return addImmediate(word, value);
    case 'ldst-imm12':
      return loadStoreOffset(word, value);
    case 'ldst-imm9':
      return put(word, 12, 9, scaledOffset(value, 9, 1n));
    case 'ldst-imm7':
      return pairOffset(word, value);
    case 'move-wide16':
      if (operator !== undefined) return moveWideGroupValue(word, value, operator);
      return immediate16(word, value);
    case 'mov-immediate':
      return moveImmediate(word, value);
    case 'logical-imm':
      return logicalImmediate(word, value);
    case 'ldst-imm10':
      return authenticatedOffset(word, value);
    case 'ldst-tag9':
      return put(word, 12, 9, scaledOffset(value, 9, 16n));
    case 'exception16':
      return immediate16(word, value);
    case 'undefined16':
      return put(word, 0, 16, halfword(value));
  }
}
