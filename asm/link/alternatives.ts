/**
 * Linux's boot-time patching: `.altinstructions` tells which instructions to replace, by which, on CPUs with which feature.
 *
 * Each record is {s32 original; s32 replacement; u16 feature; u8 originalSize; u8 replacementSize}, the first two counted from
 * themselves (Linux 4.4 arch/arm64/include/asm/alternative.h to 6.1 alternative-macros.h; the rules of patching:
 * arch/arm64/kernel/alternative.c). A record without replacement names a callback instead.
 */
import type { Diagnostics } from '../source/diagnostics.ts';
import type { AlternativeCallback } from './options.ts';
import type { OutputSection } from './output-section.ts';

const RECORD_SIZE = 12;
/** Since Linux 5.18 the feature's top bit says that the record names a callback. */
const CALLBACK_BIT = 0x8000;

interface Alternative {
  readonly original: bigint;
  readonly replacement: bigint;
  readonly feature: number;
  /** In bytes. */
  readonly originalSize: number;
  readonly replacementSize: number;
}

export interface AlternativeContext {
  readonly outputs: readonly OutputSection[];
  readonly features: ReadonlySet<number>;
  readonly callback: AlternativeCallback | undefined;
  readonly bigEndian: boolean;
  readonly diagnostics: Diagnostics;
  /** The name of the symbol at an address. */
  nameAt(address: bigint): string | undefined;
}

/** Patches the linked sections for the features asked for, in the order of the records. */
export function applyAlternatives(context: AlternativeContext): void {
  for (const output of context.outputs) {
    if (output.name !== '.altinstructions') continue;
    if (output.size % RECORD_SIZE !== 0)
      context.diagnostics.error(
        `.altinstructions of ${output.size} bytes is not a table of ${RECORD_SIZE}-byte records`,
      );
    for (let at = 0; at + RECORD_SIZE <= output.size; at += RECORD_SIZE) {
      const record = readRecord(output, at, context.bigEndian);
      if (context.features.has(record.feature & ~CALLBACK_BIT)) patch(record, context);
    }
  }
}

function readRecord(output: OutputSection, at: number, bigEndian: boolean): Alternative {
  const view = new DataView(output.bytes.buffer, output.bytes.byteOffset, output.bytes.byteLength);
  const address = output.address + BigInt(at);
  return {
    original: address + BigInt(view.getInt32(at, !bigEndian)),
    replacement: address + 4n + BigInt(view.getInt32(at + 4, !bigEndian)),
    feature: view.getUint16(at + 8, !bigEndian),
    originalSize: view.getUint8(at + 10),
    replacementSize: view.getUint8(at + 11),
  };
}

function patch(record: Alternative, context: AlternativeContext): void {
  const original = window(context.outputs, record.original, record.originalSize);
  if (original === undefined) {
    context.diagnostics.error(`.altinstructions names code at 0x${record.original.toString(16)}, where there is none`);
    return;
  }
  if (record.replacementSize === 0 && record.originalSize > 0) {
    callBack(record, original, context);
    return;
  }
  const replacement = window(context.outputs, record.replacement, record.replacementSize);
  if (replacement === undefined || record.replacementSize !== record.originalSize) {
    context.diagnostics.error(
      `the alternative for 0x${record.original.toString(16)} has ${record.replacementSize} bytes in place of ${record.originalSize}`,
    );
    return;
  }
  for (let at = 0; at < record.originalSize; at += 4) {
    const moved = moveInstruction(replacement.getUint32(at, true), record, BigInt(at));
    if (moved === undefined)
      context.diagnostics.error(
        `the alternative for 0x${(record.original + BigInt(at)).toString(16)} holds an address that cannot be moved there`,
      );
    else original.setUint32(at, moved, true);
  }
}

function callBack(record: Alternative, original: DataView, context: AlternativeContext): void {
  const words = new Uint32Array(record.originalSize / 4);
  for (let i = 0; i < words.length; i++) words[i] = original.getUint32(i * 4, true);
  const name = context.nameAt(record.replacement) ?? `0x${record.replacement.toString(16)}`;
  const made = context.callback?.(name, words, record.original, record.feature & ~CALLBACK_BIT);
  made?.forEach((word, i) => {
    if (i < words.length) original.setUint32(i * 4, word, true);
  });
}

/** The bytes at an address, where a section holds them all. */
function window(outputs: readonly OutputSection[], address: bigint, size: number): DataView | undefined {
  for (const output of outputs) {
    const offset = address - output.address;
    if (offset < 0n || offset + BigInt(size) > BigInt(output.size)) continue;
    return new DataView(output.bytes.buffer, output.bytes.byteOffset + Number(offset), size);
  }
  return undefined;
}

/** Immediate branches: where the distance is, and its width (Arm ARM C4.1.93). */
const BRANCHES = [
  /** B, BL */
  { mask: 0x7c000000, value: 0x14000000, low: 0, width: 26 },
  /** B.cond */
  { mask: 0xff000000, value: 0x54000000, low: 5, width: 19 },
  /** CBZ, CBNZ */
  { mask: 0x7e000000, value: 0x34000000, low: 5, width: 19 },
  /** TBZ, TBNZ */
  { mask: 0x7e000000, value: 0x36000000, low: 5, width: 14 },
] as const;

/**
 * The instruction at `offset` of the replacement, to be put at the same offset of the original: a branch that leaves the
 * replacement and an ADRP get a new distance. Undefined where the new distance does not fit, and for other uses of the address.
 */
function moveInstruction(word: number, record: Alternative, offset: bigint): number | undefined {
  const from = record.replacement + offset;
  const to = record.original + offset;
  for (const { mask, value, low, width } of BRANCHES) {
    if ((word & mask) >>> 0 !== value) continue;
    const target = from + signedField(word, low, width) * 4n;
    const inside = target >= record.replacement && target <= record.replacement + BigInt(record.replacementSize);
    return inside ? word : withField(word, low, width, (target - to) / 4n);
  }
  if ((word & 0x9f000000) >>> 0 === 0x90000000) return moveAdrp(word, from, to);
  const literal = (word & 0x3b000000) === 0x18000000;
  const adr = (word & 0x9f000000) >>> 0 === 0x10000000;
  return literal || adr ? undefined : word;
}

function moveAdrp(word: number, from: bigint, to: bigint): number | undefined {
  const pages = (signedField(word, 5, 19) << 2n) | BigInt((word >>> 29) & 3);
  const moved = pages + (from >> 12n) - (to >> 12n);
  const high = withField(word, 5, 19, moved >> 2n);
  return high === undefined ? undefined : ((high & ~(3 << 29)) | (Number(moved & 3n) << 29)) >>> 0;
}

function signedField(word: number, low: number, width: number): bigint {
  return BigInt.asIntN(width, BigInt(word >>> low));
}

function withField(word: number, low: number, width: number, value: bigint): number | undefined {
  if (BigInt.asIntN(width, value) !== value) return undefined;
  const mask = (2 ** width - 1) * 2 ** low;
  return ((word & ~mask) | Number(BigInt.asUintN(width, value) << BigInt(low))) >>> 0;
}
