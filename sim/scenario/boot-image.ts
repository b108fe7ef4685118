/**
 * A scenario as a bare-metal ELF file: the RAM of the ready machine, and a boot program (fixtures/guests/boot.S) that takes
 * a processor from its reset into EL2 to the ready machine's state and on to host_start. It runs on QEMU's `-M virt,
 * virtualization=on` and on any machine with that memory map; where the scenario's run would end it ends by semihosting
 * SYS_EXIT: 0 at host_done, 1 at panic, 2 at an exception of the host.
 */
import { preprocessToText } from '../../asm/cpp/preprocess.ts';
import { SHF, SHT, STB, STT } from '../../asm/elf/constants.ts';
import { withDebugSections } from '../../asm/elf/dwarf-write.ts';
import type { ElfSymbol, LineRow, ObjectFile, Section } from '../../asm/elf/object-file.ts';
import { writeExecutable } from '../../asm/elf/write-executable.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import type { Image } from '../../asm/link/image.ts';
import { link } from '../../asm/link/link.ts';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { joinPath, MemoryFiles } from '../../asm/source/files.ts';
import type { Place } from '../../asm/source/source-file.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import { bootState, type HostWork } from './boot-state.ts';
import type { ReadyMachine, RecordedMachine } from './ready.ts';
import { ScenarioRun } from './run.ts';

/** Where the boot program lies: an offset into RAM, in the room below the kernel image that TEXT_OFFSET leaves. */
const BOOT_OFFSET = 0x1000n;
/** Bytes up to the kernel image. */
const BOOT_ROOM = 0x7f000;

/** Exception vectors in a table, and the bytes of each (Arm ARM D1.3.1). */
const VECTORS = 16;
const VECTOR_SIZE = 128n;

/**
 * The ELF file of `ready`, which has not run yet and cannot run afterwards. `fixtures` is hypstep's own fixtures folder. The
 * scenario is run here, so that the file can do what the simulator does in the host's place after each exit. Throws
 * SourceError where the scenario cannot be made into a file, and NotModelled.
 */
export function bareMetalImage(ready: RecordedMachine, fixtures: string): Uint8Array {
  refuseWhatIsScripted(ready);
  const work = hostWork(ready);
  const { memory, machine } = ready;
  const at = BigInt(machine.physical.base) + BOOT_OFFSET;
  const boot = bootImage(ready, fixtures, work, at);
  memory.mapIdentityForHyp(at, Number(boot.end - at));
  for (const { address, bytes } of boot.segments) machine.physical.writeBytes(address, bytes);
  ready.code.add(boot, 0n);
  patchHost(ready, boot, work);
  const object = asObject(ready);
  return writeExecutable(object, boot.entry!);
}

/** Some of a scenario happens outside the processor and its memory, where a file has nothing. */
function refuseWhatIsScripted({ scenario, loaded }: ReadyMachine): void {
  const refuse = (what: string, place: Place) => {
    throw new SourceError(`a bare-metal image cannot have ${what}`, place);
  };
  if (scenario.guest.aarch32) refuse('a 32-bit guest, whose code is not executed', loaded.placeOf('guest', 'aarch32'));
  if (scenario.events.length > 0) refuse('interrupts from outside', loaded.placeOf('events'));
}

/** Steps that the run may take before it is looked at. */
const STEPS = 0x10000;

/** What the host does after each exit. The machine is left before its first step. */
function hostWork(ready: RecordedMachine): HostWork[] {
  const { recording, vm } = ready;
  const run = new ScenarioRun(ready);
  // How often the TLBs had been flushed when the run began, and by the end of each exit.
  const flushes = [vm.guestMemory.flushes];
  while (run.advance(STEPS)) {
    if (run.interventions.length === flushes.length) flushes.push(vm.guestMemory.flushes);
  }
  const { kind } = run.ending!;
  if (kind === 'limit') throw new SourceError(`an image of it would not end: ${run.endingText}`);
  // Of a run that ends as it should the last return is followed by no entry.
  const entered = kind === 'done' ? run.interventions.length - 1 : run.interventions.length;
  const work = run.interventions.map((index, n) => ({
    effects: recording.stepAt(index).effects,
    flushesTlb: flushes[n] !== flushes[n + 1],
    isFollowedByEntry: n < entered,
  }));
  recording.seek(0);
  return work;
}

/** An instruction at least for each word the host changes. */
const BYTES_OF_EFFECT = 4;

function tooMuchWork(work: readonly HostWork[]): SourceError {
  return new SourceError(`what the host does after ${work.length} exits does not fit into the image, below the kernel`);
}

function bootImage(ready: ReadyMachine, fixtures: string, work: readonly HostWork[], at: bigint): Image {
  const effects = work.reduce((sum, one) => sum + one.effects.length, 0);
  if (effects * BYTES_OF_EFFECT > BOOT_ROOM) throw tooMuchWork(work);
  const file = joinPath(fixtures, 'guests/boot.S');
  const diagnostics = new Diagnostics();
  const files = new MemoryFiles({ '<generated>/boot-state.h': bootState(ready, work) }, ready.files);
  const includeDirs = ['<generated>'];
  const text = preprocessToText(file, { files, language: 'assembler', includeDirs, defines: [], diagnostics });
  diagnostics.throwIfErrors();
  const object = assembleText(text, { file, files, includeDirs, diagnostics });
  diagnostics.throwIfErrors();
  const symbols = { host_start: hostAddress(ready, 'host_start'), host_return: hostAddress(ready, 'host_return') };
  const image = link([object], { base: at, symbols });
  if (image.end - at > BigInt(BOOT_ROOM)) throw tooMuchWork(work);
  return image;
}

/** Physical address of a symbol of the host's code. */
function hostAddress({ kernel, memory }: ReadyMachine, name: string): bigint {
  const symbol = kernel.symbol(name);
  if (symbol === undefined) throw new SourceError(`the host's code defines no symbol '${name}', which the image needs`);
  return memory.physicalAddress(symbol.address)!;
}

/** Has the host go to the boot program where the scenario's run takes part in it or ends. */
function patchHost(ready: ReadyMachine, boot: Image, work: readonly HostWork[]): void {
  const branch = (from: bigint, to: string) => {
    const distance = Number(boot.symbol(to)!.address - from);
    ready.machine.physical.write32(from, (0x1400_0000 | ((distance >> 2) & 0x03ff_ffff)) >>> 0);
  };
  branch(hostAddress(ready, 'host_done'), 'boot_done');
  branch(hostAddress(ready, 'panic'), 'boot_panic');
  const vectors = hostAddress(ready, 'host_vectors');
  for (let n = 0; n < VECTORS; n++) branch(vectors + BigInt(n) * VECTOR_SIZE, 'boot_stuck');
  if (work.length > 0) branch(hostAddress(ready, 'host_return'), 'boot_return');
}

/** RAM as sections: those of the images that were loaded, and what else is not zero. */
function asObject(ready: ReadyMachine): ObjectFile {
  const sections: Section[] = [];
  const symbols: ElfSymbol[] = [];
  const lines: LineRow[] = [];
  for (const { image, displacement } of ready.code.images) {
    const start = sections.length;
    for (const { address, bytes, section, writable, executable } of image.segments) {
      if (bytes.length === 0) continue;
      const flags = SHF.ALLOC | (writable ? SHF.WRITE : 0) | (executable ? SHF.EXECINSTR : 0);
      sections.push(ramSection(ready, section, BigInt.asUintN(64, address + displacement), bytes.length, flags));
    }
    const own = sections.slice(start);
    symbols.push(...own.map(sectionSymbol), ...symbolsOf(image, displacement, own));
    lines.push(...linesOf(image, displacement, own));
  }
  sections.push(...remainingRam(ready, sections));
  sections.sort((a, b) => Number(a.address - b.address));
  const name = ready.scenario.name;
  const object = { name, bigEndian: false, sections, symbols, groups: [], lines, origins: [] };
  return withDebugSections(object, { source: name, directory: '', producer: 'hypstep' });
}

function ramSection(ready: ReadyMachine, name: string, address: bigint, size: number, flags: number): Section {
  return {
    name,
    type: SHT.PROGBITS,
    flags,
    entrySize: 0,
    alignment: 8,
    size,
    data: ready.machine.physical.readBytes(address, size),
    address,
    relocations: [],
  };
}

function sectionSymbol(section: Section): ElfSymbol {
  const { address } = section;
  return { ...LOCAL, name: '', value: address, type: STT.SECTION, section };
}

const LOCAL = { size: 0n, binding: STB.LOCAL, visibility: 0, other: 0 } as const;

function symbolsOf(image: Image, displacement: bigint, sections: readonly Section[]): ElfSymbol[] {
  const types = { none: STT.NOTYPE, object: STT.OBJECT, function: STT.FUNC } as const;
  const bindings = { local: STB.LOCAL, global: STB.GLOBAL, weak: STB.WEAK } as const;
  return image.symbols.flatMap(({ name, address, size, binding, type }) => {
    const value = BigInt.asUintN(64, address + displacement);
    const section = sectionAt(sections, value);
    if (section === undefined) return [];
    return [{ name, value, size, binding: bindings[binding], type: types[type], visibility: 0, other: 0, section }];
  });
}

function linesOf(image: Image, displacement: bigint, sections: readonly Section[]): LineRow[] {
  return image.lines.flatMap(({ address, file, line, end }) => {
    const at = BigInt.asUintN(64, address + displacement);
    // The row that ends a run stands behind its last byte.
    const section = sectionAt(sections, end ? at - 1n : at);
    return section === undefined ? [] : [{ section, offset: Number(at - section.address), file, line, end }];
  });
}

function sectionAt(sections: readonly Section[], address: bigint): Section | undefined {
  return sections.find((one) => address >= one.address && address < one.address + BigInt(one.size));
}

/** Pages with something in them, but for what `sections` hold. */
function remainingRam(ready: ReadyMachine, sections: readonly Section[]): Section[] {
  const { base, size } = ready.machine.physical;
  const found: Section[] = [];
  const taken = sections.toSorted((a, b) => Number(a.address - b.address));
  let at = BigInt(base);
  for (const { address, size: length } of taken) {
    found.push(...nonzeroRanges(ready, at, address));
    at = address + BigInt(length);
  }
  found.push(...nonzeroRanges(ready, at, BigInt(base + size)));
  return found;
}

/** The parts of RAM from `from` up to `to` that are not zero, in whole pages where there is room. */
function nonzeroRanges(ready: ReadyMachine, from: bigint, to: bigint): Section[] {
  const found: Section[] = [];
  const page = BigInt(PAGE_SIZE);
  let start: bigint | undefined;
  const close = (end: bigint) => {
    if (start !== undefined) found.push(ramSection(ready, '.ram', start, Number(end - start), SHF.ALLOC | SHF.WRITE));
    start = undefined;
  };
  for (let at = from; at < to; ) {
    const next = at - (at % page) + page < to ? at - (at % page) + page : to;
    const isZero = ready.machine.physical.readBytes(at, Number(next - at)).every((byte) => byte === 0);
    if (isZero) close(at);
    else start ??= at;
    at = next;
  }
  close(to);
  return found;
}
