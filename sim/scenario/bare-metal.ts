/** A bare-metal ELF file loaded into a board, ready to run from its entry point. */
import { ET, PT } from '../../asm/elf/constants.ts';
import type { ElfFile, ProgramHeader } from '../../asm/elf/object-file.ts';
import { readElf } from '../../asm/elf/read.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { FileReader } from '../../asm/source/files.ts';
import { PC } from '../core/registers.ts';
import type { Machine } from '../exec/machine.ts';
import { TypedMemory } from '../memory/typed.ts';
import { Board, type BoardOptions } from './board.ts';
import { CodeMap } from './code-map.ts';
import { RAM_BASE } from './memory-map.ts';
import { type NamedMachine, type Recorded, type Runnable, recorded } from './runnable.ts';

/** A board with a program in its RAM. */
export interface BareMetalMachine extends NamedMachine {
  readonly board: Board;
  /** The program's file, as it was named. */
  readonly path: string;
}

export type BareMetal = BareMetalMachine & Runnable;
export type RecordedBareMetal = BareMetalMachine & Recorded;

export interface BareMetalOptions extends Partial<BoardOptions> {
  readonly files: FileReader;
}

const MIB = 1024 * 1024;
/** As QEMU's virt machine has them where nothing is said. */
export const DEFAULT_RAM = 128 * MIB;
export const DEFAULT_CPU = 'cortex-a53';

/**
 * Loads the executable at `path` by the physical addresses of its segments, and sets the PC to its entry point. All other
 * state is that of a reset into EL2. Its steps are kept. Throws SourceError for a file that cannot be read, is no executable for AArch64, is
 * cut short, or has segments outside RAM; RangeError as Board does.
 */
export function prepareBareMetal(path: string, options: BareMetalOptions): RecordedBareMetal {
  return recorded(bareMetalMachine(path, options));
}

/** The same, for `recorded` or `unrecorded` to make it ready. */
export function bareMetalMachine(path: string, options: BareMetalOptions): BareMetalMachine {
  const { files } = options;
  const bytes = files.read(path);
  if (bytes === undefined) throw new SourceError(`no file '${path}'`);
  const file = readElf(bytes, path);
  const segments = segmentsOf(file);
  const board = new Board({
    cpu: options.cpu ?? DEFAULT_CPU,
    ram: options.ram ?? DEFAULT_RAM,
    gic: options.gic ?? 'v2',
    send: options.send ?? (() => {}),
    commandLine: options.commandLine ?? path,
  });
  const { machine } = board;
  for (const segment of segments) load(file, segment, machine);
  board.heap = { ...board.heap, begin: endOf(segments) };
  machine.cpu.cells[PC] = physicalEntry(file, segments);
  machine.cpu.refresh();

  const resolve = (address: bigint) => physicalAddress(machine, address);
  const typed = new TypedMemory(machine.memory, resolve);
  const code = new CodeMap(typed, resolve);
  const image = imageFromElf(file);
  // Most often there is one distance between physical and virtual addresses: none.
  const displacements = segments.map((segment) => segment.physicalAddress - segment.virtualAddress);
  for (const displacement of new Set(displacements)) code.add(image, displacement);
  return { board, path, machine, code, typed, memory: { resolve }, files };
}

/** What is to be loaded. Throws SourceError where there is nothing, or where the file is of another kind. */
function segmentsOf(file: ElfFile): ProgramHeader[] {
  if (file.type === ET.REL) throw new SourceError(`${file.name}: a relocatable file: it is to be linked first`);
  if (file.type !== ET.EXEC && file.type !== ET.DYN) throw new SourceError(`${file.name}: not an executable file`);
  if (file.bigEndian) throw new SourceError(`${file.name}: a big-endian program; the board starts little-endian`);
  const segments = file.programHeaders.filter(({ type, memorySize }) => type === PT.LOAD && memorySize > 0n);
  if (segments.length === 0) throw new SourceError(`${file.name}: no segment to load`);
  return segments;
}

function load(file: ElfFile, segment: ProgramHeader, machine: Machine): void {
  const { physicalAddress: pa, memorySize, data } = segment;
  const { base, size } = machine.physical;
  const end = BigInt(base + size);
  if (pa < BigInt(base) || pa + memorySize > end || BigInt(data.length) > memorySize) {
    const where = `${hex(pa)} to ${hex(pa + memorySize)}`;
    throw new SourceError(`${file.name}: a segment at ${where} is outside RAM, ${hex(RAM_BASE)} to ${hex(end)}`);
  }
  machine.physical.writeBytes(pa, data);
}

/** The first address behind all segments. */
function endOf(segments: readonly ProgramHeader[]): bigint {
  const ends = segments.map(({ physicalAddress: pa, memorySize }) => pa + memorySize);
  return ends.reduce((last, end) => (end > last ? end : last));
}

/** The entry point where its segment is loaded: the MMU is off. */
function physicalEntry({ entry }: ElfFile, segments: readonly ProgramHeader[]): bigint {
  const segment = segments.find(
    ({ virtualAddress, memorySize }) => entry >= virtualAddress && entry < virtualAddress + memorySize,
  );
  return segment === undefined ? entry : entry - segment.virtualAddress + segment.physicalAddress;
}

/** Where `address` leads as the core stands now; where it leads nowhere, as a physical address. */
function physicalAddress(machine: Machine, address: bigint): bigint | undefined {
  const pa = machine.memory.translate(address) ?? address;
  return machine.physical.hasRam(pa, 1) ? pa : undefined;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
