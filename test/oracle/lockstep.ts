/**
 * Runs one program in qemu-system-aarch64, which logs its registers before every instruction (`-singlestep -d cpu,nochain`),
 * and in a Machine, step by step, and compares X0 to X30, SP, PC and PSTATE.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instruction } from '../../asm/a64/decode.ts';
import type { Encoding } from '../../asm/a64/encoding.ts';
import { disassemble } from '../../asm/a64/print.ts';
import { genericRegisterName, systemRegisterByEncoding } from '../../asm/a64/sysregs.ts';
import { readPstate } from '../../sim/core/pstate.ts';
import { NZCV, PC } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { excusedBits } from './qemu-deviations.ts';

export interface QemuRun {
  /** What is loaded, where, and where it starts; QEMU's `virt` has its device tree at the start of RAM. */
  readonly image: Uint8Array;
  readonly base: bigint;
  readonly cpu: string;
  /** More of `-M virt,...`: `gic-version=3`. */
  readonly machine?: string;
}

/** Mebibytes of RAM that QEMU has. */
export const RAM_MIB = 256;

/** What QEMU's log shows of one instruction, before it is executed. */
export interface LoggedState {
  /** X0 to X30, SP, PC. */
  readonly registers: BigUint64Array;
  readonly pstate: number;
}

const SP = 31;
const PC_INDEX = 32;
const TIMEOUT_SECONDS = 90;

/** Runs QEMU to the end of the image (a semihosting exit); returns the log's path. Throws where QEMU fails. */
export function runQemu({ image, base, cpu, machine }: QemuRun, folder: string): string {
  const path = join(folder, 'image.bin');
  writeFileSync(path, image);
  const address = `0x${base.toString(16)}`;
  const load = [
    ...['-device', `loader,file=${path},addr=${address},force-raw=on`],
    ...['-device', `loader,addr=${address},cpu-num=0`],
  ];
  const { log, status } = logQemu([...qemuArguments(cpu, machine), ...load], folder);
  if (status !== 0) throw new Error(`qemu-system-aarch64 ended with status ${status}`);
  return log;
}

/** The arguments for a `virt` machine with EL2 and semihosting, and nothing on it that a test does not ask for. */
export function qemuArguments(cpu: string, machine?: string, mebibytes = RAM_MIB): string[] {
  return [
    ...['-M', `virt,virtualization=on${machine === undefined ? '' : `,${machine}`}`, '-cpu', cpu, '-m', `${mebibytes}`],
    ...['-nic', 'none', '-display', 'none', '-serial', 'none', '-monitor', 'none', '-semihosting'],
  ];
}

/** Runs QEMU with `args` to the program's end: the log's path and the exit status. Throws where it does not end. */
export function logQemu(args: readonly string[], folder: string): { log: string; status: number | null } {
  const log = join(folder, 'qemu.log');
  const result = spawnSync('qemu-system-aarch64', [...args, '-singlestep', '-d', 'cpu,nochain', '-D', log], {
    encoding: 'utf8',
    timeout: TIMEOUT_SECONDS * 1000,
  });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT')
    throw new Error(`the program does not end within ${TIMEOUT_SECONDS} seconds: SYS_EXIT of semihosting ends it`);
  if (result.error !== undefined) throw result.error;
  // What the program itself sends by semihosting goes there, too.
  if (/^qemu-system-aarch64: /m.test(result.stderr)) throw new Error(result.stderr);
  return { log, status: result.status };
}

/** Where a register's sixteen digits stand in a record: all records have one shape. */
interface RecordShape {
  readonly length: number;
  readonly registers: readonly number[];
  readonly pstate: number;
}

function shapeOf(text: string): RecordShape {
  const length = text.indexOf('\n', text.indexOf('PSTATE=')) + 1;
  const at = (name: string) => text.indexOf(`${name}=`) + name.length + 1;
  const names = [...Array(31).keys()].map((n) => `X${String(n).padStart(2, '0')}`);
  return { length, registers: [...names, 'SP', 'PC'].map(at), pstate: at('PSTATE') };
}

const CHUNK = 1 << 22;

/** The records of a log, in order. One object serves all of them. */
export function* readLog(path: string): Generator<LoggedState> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK);
    const state = { registers: new BigUint64Array(33), pstate: 0 };
    const halves = new Uint32Array(state.registers.buffer);
    let shape: RecordShape | undefined;
    let kept = 0;
    for (;;) {
      const read = readSync(file, buffer, kept, CHUNK - kept, null);
      const end = kept + read;
      shape ??= shapeOf(buffer.toString('latin1', 0, Math.min(end, 2000)));
      let at = 0;
      for (; at + shape.length <= end; at += shape.length) {
        readRecord(buffer, at, shape, halves);
        state.pstate = hexAt(buffer, at + shape.pstate);
        yield state;
      }
      if (read === 0) return;
      buffer.copy(buffer, 0, at, end);
      kept = end - at;
    }
  } finally {
    closeSync(file);
  }
}

function readRecord(buffer: Buffer, at: number, shape: RecordShape, halves: Uint32Array): void {
  shape.registers.forEach((offset, i) => {
    halves[2 * i + 1] = hexAt(buffer, at + offset);
    halves[2 * i] = hexAt(buffer, at + offset + 8);
  });
}

/** Eight hexadecimal digits. */
function hexAt(buffer: Buffer, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const digit = buffer[at + i]!;
    value = (value << 4) | (digit < 0x3a ? digit - 0x30 : digit - 0x57);
  }
  return value >>> 0;
}

/** What hypstep and QEMU disagree about, as text. */
export interface Difference {
  readonly step: number;
  readonly text: string;
  /** The instruction behind which they differ, as it is shown, and how often it was come to. */
  readonly last?: { readonly text: string; readonly visits: number };
}

/** What a whole log agreed with. */
export interface Agreement {
  readonly steps: number;
  /** Of all instructions that were executed, completed or not. */
  readonly encodings: ReadonlySet<Encoding>;
  /** Registers of which QEMU has read something wrong (qemu-deviations.ts). */
  readonly excused: ReadonlySet<string>;
  /** The address of the last instruction, which was not executed, and how often it was come to. */
  readonly end: { readonly pc: bigint; readonly visits: number };
}

const SHOWN = 10;

/**
 * Whose time it is: the machine's own, or QEMU's, so that the machine's counter reads what QEMU's does, and a timer's
 * interrupt comes where QEMU's comes.
 */
export type Time = 'own' | 'qemu';

/** What to show of the instruction at a virtual address. */
export type Describe = (machine: Machine, pc: bigint) => string;

/** Steps `machine` along the log. Returns the first difference, or the number of instructions that agreed. */
export function compareWithLog(machine: Machine, log: string): Difference | number {
  const result = followLog(machine, log, describe);
  return 'text' in result ? result : result.steps;
}

/**
 * Steps `machine` along the log to the last instruction in it, which is not executed. Returns the first difference, or what
 * agreed.
 *
 * QEMU logs nothing for an interrupt, a debug exception or a failed fetch, which come before an instruction: the machine may
 * make a step more than the log has. On an exception QEMU 7.2 clears the condition flags, which AArch64.TakeException
 * leaves alone; so they are cleared here. Of the registers that it gets wrong (qemu-deviations.ts) the machine reads what
 * QEMU reads.
 */
export function followLog(machine: Machine, log: string, show: Describe, time: Time = 'own'): Difference | Agreement {
  const { cpu } = machine;
  machine.countsCycles = time === 'own';
  const { cells } = cpu;
  cpu.journal = {
    cell: () => {},
    memory: () => {},
    exception: ({ kind }) => {
      if (kind !== 'return') cells[NZCV] = 0n;
    },
  };
  const recent: string[] = [];
  const visits = new Map<bigint, number>();
  const encodings = new Set<Encoding>();
  const excused = new Set<string>();
  let lastPc = 0n;
  let steps = 0;
  for (const state of readLog(log)) {
    if (steps > 0) {
      if (isRepeated(machine, state)) continue;
      const operation = machine.next();
      machine.step();
      if (operation !== undefined) {
        encodings.add(operation.instruction.encoding);
        readAsQemu(machine, operation.instruction, state, { excused, time });
      }
    }
    const found = differences(machine, state);
    if (found.length > 0 && !isAgreedAfterException(machine, state, time)) {
      const last = { text: recent.at(-1) ?? '', visits: visits.get(lastPc) ?? 0 };
      return { step: steps, text: [...recent, ...found].join('\n'), last };
    }
    const pc = cells[PC]!;
    lastPc = pc;
    visits.set(pc, (visits.get(pc) ?? 0) + 1);
    recent.push(show(machine, pc));
    if (recent.length > SHOWN) recent.shift();
    steps++;
  }
  cpu.journal = undefined;
  return { steps, encodings, excused, end: { pc: cells[PC]!, visits: visits.get(cells[PC]!) ?? 0 } };
}

/**
 * Whether nothing has happened since the last record: QEMU logs an instruction also where a request to stop (cpu_exit) puts it
 * off, and then once more. A branch to itself looks the same, and leaves everything as it was, too.
 */
function isRepeated(machine: Machine, state: LoggedState): boolean {
  return machine.cpu.cells[PC] === state.registers[PC_INDEX] && differences(machine, state).length === 0;
}

/** Offset of an IRQ's vector in each group of four (D1.3.1). */
const IRQ_VECTOR = 0x80n;

/** Whether one step of the machine, in which it executes nothing, leads to where QEMU is. */
function isAgreedAfterException(machine: Machine, state: LoggedState, time: Time): boolean {
  const isInterrupt = (state.registers[PC_INDEX]! & 0x1ffn) === IRQ_VECTOR;
  if (time === 'qemu' && isInterrupt) passTime(machine, machine.timer.nextEvent - machine.cpu.clock.cycles);
  return machine.step() === undefined && differences(machine, state).length === 0;
}

/** A machine of 1 GHz with QEMU's counter, of 62.5 MHz. */
const CYCLES_PER_TICK = 16;

/** Lets so many cycles pass, if that is a number, as it is not up to an event that never comes. */
function passTime(machine: Machine, cycles: number): void {
  if (!Number.isFinite(cycles)) return;
  machine.cpu.clock.cycles += cycles;
  machine.timer.update();
}

/** What an MRS of a counter or of a register that QEMU does not read right leaves, is what it leaves there, in `next`. */
function readAsQemu(
  machine: Machine,
  { encoding, word }: Instruction,
  next: LoggedState,
  { excused, time }: { excused: Set<string>; time: Time },
): void {
  const { cells } = machine.cpu;
  const rt = word & 31;
  if (encoding.name !== 'MRS' || rt === 31 || cells[rt] === next.registers[rt]) return;
  const name = nameOf((word >>> 5) & 0xffff);
  const [ours, theirs] = [cells[rt]!, next.registers[rt]!];
  if (time === 'qemu' && /^cnt[pv]ct_el0$/.test(name)) {
    passTime(machine, Number(BigInt.asIntN(64, theirs - ours)) * CYCLES_PER_TICK);
  } else {
    const fixed = machine.systemRegisters.named(name)?.row.fixed ?? 0n;
    if (((ours ^ theirs) & ~excusedBits(name, ours, fixed)) !== 0n) return;
    excused.add(name);
  }
  cells[rt] = theirs;
}

function nameOf(code: number): string {
  return systemRegisterByEncoding(code)?.name ?? genericRegisterName(code);
}

function differences(machine: Machine, { registers, pstate }: LoggedState): string[] {
  const { cpu } = machine;
  const { cells } = cpu;
  const found: string[] = [];
  const check = (name: string, ours: bigint, theirs: bigint) => {
    if (ours !== theirs) found.push(`${name} is 0x${ours.toString(16)}, in QEMU 0x${theirs.toString(16)}`);
  };
  for (let n = 0; n < 31; n++) if (cells[n] !== registers[n]) check(`x${n}`, cells[n]!, registers[n]!);
  if (cells[cpu.sp] !== registers[SP]) check('sp', cells[cpu.sp]!, registers[SP]!);
  if (cells[PC] !== registers[PC_INDEX]) check('pc', cells[PC]!, registers[PC_INDEX]!);
  const ours = readPstate(cpu);
  if (ours !== pstate) check('pstate', BigInt(ours), BigInt(pstate));
  return found;
}

/** The instruction at virtual address `pc`. */
export function describe(machine: Machine, pc: bigint): string {
  const pa = physicalAddress(machine, pc);
  if (pa === undefined) return `0x${pc.toString(16)}: no RAM`;
  const word = machine.physical.read32(pa);
  return `0x${pc.toString(16)}: ${word.toString(16).padStart(8, '0')}  ${disassemble(word, { address: pc })}`;
}

/** The physical address that a fetch from `pc` reaches; undefined where it faults. */
export function physicalAddress({ memory, physical }: Machine, pc: bigint): bigint | undefined {
  const offset = memory.peekFetchOffset(Number(pc & 0xffff_ffffn), Number(pc >> 32n));
  return offset < 0 ? undefined : BigInt(physical.base + offset);
}
