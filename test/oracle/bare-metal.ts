/**
 * A bare-metal ELF file in QEMU and on the board of `hypstep run FILE.elf`: the same after every instruction, and the same
 * state at the end. At the end are compared V0 to V31, FPCR, FPSR, every system register that QEMU's gdb stub tells, the
 * registers of a GICv2's virtual interface, and all of RAM.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { disassemble } from '../../asm/a64/print.ts';
import { readElf } from '../../asm/elf/read.ts';
import type { Image } from '../../asm/link/image.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { prepareBareMetal } from '../../sim/scenario/bare-metal.ts';
import { type Agreement, type Difference, followLog, logQemu, physicalAddress, qemuArguments } from './lockstep.ts';
import { excusedBits, isUncompared, stubNames } from './qemu-deviations.ts';
import { QemuStub } from './qemu-stub.ts';

export interface BareMetalRun {
  readonly elf: Uint8Array;
  readonly cpu: string;
  readonly gic: 'v2' | 'v3';
  /** Mebibytes of RAM. */
  readonly ram: number;
  /**
   * QEMU's time goes by instructions (-icount) and is that of both, so that a timer's interrupt comes at one and the same
   * instruction in every run.
   */
  readonly timed?: boolean;
}

/** What is the same in both. */
export interface Identical {
  readonly steps: number;
  /** What was compared at the end: system registers by name, and bytes of RAM. */
  readonly systemRegisters: readonly string[];
  readonly bytes: number;
  /** Registers of which QEMU has read something else, as qemu-deviations.ts says. */
  readonly excused: ReadonlySet<string>;
}

const RAM_BASE = 0x4000_0000n;
const GICH = 0x0803_0000n;
/** Registers of GICH that a read leaves as they are: HCR, VTR, VMCR, MISR, EISR, ELRSR, APR, LR0 to LR3 (IHI 0048B, 5.3). */
const gichOffsets = [0x0, 0x4, 0x8, 0x10, 0x20, 0x30, 0xf0, 0x100, 0x104, 0x108, 0x10c];

/** QEMU takes a nanosecond for each instruction, and none for waiting. */
const COUNTED = ['-icount', 'shift=0,sleep=off'];

/** Runs the file in both, with `folder` for what lies between; the first difference, or what was compared. */
export async function compareBareMetal(run: BareMetalRun, folder: string): Promise<Difference | Identical> {
  const path = join(folder, 'program.elf');
  writeFileSync(path, run.elf);
  const image = imageFromElf(readElf(run.elf, 'the program'));
  const { cpu, gic, timed } = run;
  const { machine } = prepareBareMetal(path, { files: new NodeFiles(), cpu, gic, ram: run.ram << 20 });
  const options = gic === 'v3' ? 'gic-version=3' : undefined;
  const args = [...qemuArguments(cpu, options, run.ram), ...(timed ? COUNTED : []), '-kernel', path];
  const { log } = logQemu(args, folder);
  const result = followLog(machine, log, (_, pc) => describe(machine, image, pc), timed ? 'qemu' : 'own');
  if ('text' in result) return result;
  const stub = new QemuStub(args);
  try {
    return await compareEnd(machine, stub, result, run, folder);
  } finally {
    stub.stop();
  }
}

/** The instruction at `pc`, with its symbol and line where the file has them; symbols are at physical addresses there. */
function describe(machine: Machine, image: Image, pc: bigint): string {
  const pa = physicalAddress(machine, pc);
  if (pa === undefined) return `0x${pc.toString(16)}: no RAM`;
  const word = machine.physical.read32(pa);
  const text = `0x${pc.toString(16)}: ${word.toString(16).padStart(8, '0')}  ${disassemble(word, { address: pc })}`;
  const symbol = image.symbolAt(pa) ?? image.symbolAt(pc);
  const line = image.lineAt(pa) ?? image.lineAt(pc);
  const place = symbol === undefined ? '' : `${symbol.name}+0x${symbol.offset.toString(16)}`;
  return [text, place, line === undefined ? '' : `${line.file}:${line.line}`].filter((part) => part !== '').join('  ');
}

async function compareEnd(
  machine: Machine,
  stub: QemuStub,
  { steps, end, excused }: Agreement,
  { gic, ram }: BareMetalRun,
  folder: string,
): Promise<Difference | Identical> {
  await stub.runTo(end.pc, end.visits);
  const found: string[] = [];
  const check = (name: string, ours: bigint, theirs: bigint) => {
    if (ours !== theirs) found.push(`${name} is 0x${ours.toString(16)}, in QEMU 0x${theirs.toString(16)}`);
  };
  const systemRegisters: string[] = [];
  for (const register of await stub.registers()) {
    const ours = ownValue(machine, register.name);
    if (ours === undefined) continue;
    check(ours.name, ours.value | ours.ignored, (await stub.read(register)) | ours.ignored);
    if (ours.isSystem) systemRegisters.push(ours.name);
  }
  if (gic === 'v2') {
    for (const offset of gichOffsets) {
      const address = GICH + BigInt(offset);
      const ours = machine.physical.deviceAt(Number(address))!.read(offset, 4);
      check(`GICH+0x${offset.toString(16)}`, ours, await stub.word(address));
    }
  }
  const bytes = ram << 20;
  const theirs = await stub.memory(RAM_BASE, bytes, folder);
  found.push(...memoryDifferences(machine.physical.readBytes(RAM_BASE, bytes), theirs));
  if (found.length > 0) return { step: steps, text: ['at the end', ...found].join('\n') };
  return { steps, systemRegisters, bytes, excused };
}

const ALL = 0xffff_ffff_ffff_ffffn;

/** Our value of what the stub calls `name`; undefined for what we lack or what cannot be compared. */
function ownValue({ cpu, systemRegisters }: Machine, name: string) {
  if (/^x\d+$/.test(name) || name === 'pc')
    return { name, value: cpu.cells[cpu.cell(name)]!, ignored: 0n, isSystem: false };
  if (/^v\d+$/.test(name)) {
    const value = cpu.cells[cpu.cell(`${name}.d0`)]! | (cpu.cells[cpu.cell(`${name}.d1`)]! << 64n);
    return { name, value, ignored: 0n, isSystem: false };
  }
  const register = systemRegisters.named(stubNames[name] ?? name);
  if (register === undefined || isUncompared(register.name)) return undefined;
  if (register.row.readableFrom === undefined) return undefined;
  // The stub has of the stack pointer in use what was saved when another was last in use; SP is compared step by step.
  const isInUse = register.id === cpu.sp;
  const value = register.read();
  const ignored = isInUse ? ALL : excusedBits(register.name, value, register.row.fixed);
  return { name: register.name, value, ignored, isSystem: true };
}

/** The device tree's first word, big-endian, then its size (Devicetree Specification, "Flattened Devicetree Format"). */
const FDT_MAGIC = 0xd00dfeed;

/** Bytes at the start of RAM where QEMU puts a device tree, if the program leaves room for one. */
function deviceTreeSize(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(0) === FDT_MAGIC ? view.getUint32(4) : 0;
}

/** The first few 8-byte words of RAM that differ; of a device tree those that the program wrote over. */
function memoryDifferences(ours: Uint8Array, theirs: Uint8Array): string[] {
  const found: string[] = [];
  if (Buffer.compare(ours, theirs) === 0) return found;
  const [a, b] = [ours, theirs].map((bytes) => new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8));
  const tree = deviceTreeSize(theirs) / 8;
  for (let i = 0; i < a!.length && found.length < 8; i++) {
    if (a![i] === b![i] || (i < tree && a![i] === 0n)) continue;
    const address = RAM_BASE + BigInt(8 * i);
    found.push(`memory at 0x${address.toString(16)} is 0x${a![i]!.toString(16)}, in QEMU 0x${b![i]!.toString(16)}`);
  }
  return found;
}
