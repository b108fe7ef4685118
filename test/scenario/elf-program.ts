/** Small bare-metal ELF files, written by hand: a header, program headers, and what they load. */
import { assembleText } from '../../asm/gas/assemble.ts';
import { link } from '../../asm/link/link.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { word } from '../exec/processor.ts';

export interface TestSegment {
  readonly virtualAddress: bigint;
  /** Left out: the virtual address. */
  readonly physicalAddress?: bigint;
  readonly bytes: Uint8Array;
  /** Left out: as many bytes as there are. */
  readonly memorySize?: number;
}

export interface TestElf {
  readonly segments: readonly TestSegment[];
  readonly entry: bigint;
  /** e_type: 2 is an executable. */
  readonly type?: number;
  /** e_machine: 183 is AArch64. */
  readonly machine?: number;
}

/** Where programs of tests are loaded. */
export const PROGRAM = 0x4008_0000n;

const HEADER = 64;
const PROGRAM_HEADER = 56;

/** The bytes of the file (System V ABI, "ELF Header" and "Program Header"). */
export function elfFile({ segments, entry, type = 2, machine = 183 }: TestElf): Uint8Array {
  let offset = HEADER + PROGRAM_HEADER * segments.length;
  const size = segments.reduce((sum, { bytes }) => sum + bytes.length, offset);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, type, true);
  view.setUint16(18, machine, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, BigInt(HEADER), true);
  view.setUint16(52, HEADER, true);
  view.setUint16(54, PROGRAM_HEADER, true);
  view.setUint16(56, segments.length, true);
  segments.forEach(({ virtualAddress, physicalAddress = virtualAddress, bytes, memorySize = bytes.length }, n) => {
    const at = HEADER + n * PROGRAM_HEADER;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, 7, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, virtualAddress, true);
    view.setBigUint64(at + 24, physicalAddress, true);
    view.setBigUint64(at + 32, BigInt(bytes.length), true);
    view.setBigUint64(at + 40, BigInt(memorySize), true);
    view.setBigUint64(at + 48, 4096n, true);
    file.set(bytes, offset);
    offset += bytes.length;
  });
  return file;
}

/** The words of `lines` of assembly text. */
export function code(...lines: string[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(lines.map(word)).buffer);
}

/** A program of one segment that begins with its first line. */
export function program(...lines: string[]): Uint8Array {
  return elfFile({ segments: [{ virtualAddress: PROGRAM, bytes: code(...lines) }], entry: PROGRAM });
}

/** A program written in the assembler's language, with labels; it begins at PROGRAM, at `_start`. */
export function assembled(text: string): Uint8Array {
  const diagnostics = new Diagnostics();
  const source = wholeFile(new SourceFile('program.s', text));
  const object = assembleText(source, { file: 'program.s', files: new MemoryFiles(), diagnostics });
  diagnostics.throwIfErrors();
  const image = link([object], { base: PROGRAM });
  const segments = image.segments.map(({ address, bytes }) => ({ virtualAddress: address, bytes }));
  return elfFile({ segments, entry: image.symbol('_start')?.address ?? PROGRAM });
}
