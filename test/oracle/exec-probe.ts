/**
 * Bare-metal programs that try one instruction after the other and write down what came of each: the value in X0, and the
 * syndrome where an exception was taken. The same image runs in QEMU and in a Machine.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PC } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { word } from '../exec/processor.ts';

/** Where images are loaded and results written, in the 256 MB of RAM from 0x40000000 on. */
export const IMAGE = 0x4020_0000n;
const RESULTS = 0x4800_0000n;
/** Parameters of semihosting calls, and the name of the console. */
const PARAMETERS = 0x47ff_f000n;

/** What came of one probe. */
export interface ProbeResult {
  readonly value: bigint;
  /** ESR_ELx, with the level that took the exception in bits 37:36; 0 where none was taken. */
  readonly syndrome: bigint;
}

const BYTES_OF_RESULT = 16;
const EXIT = 1024;
const VECTORS = 2048;
const START = 4096;

/** Writes an image: a start at EL2, probes at one level, an end. */
export class ProbeImage {
  readonly #words: number[] = [];
  #probes = 0;

  /** Code at `el`; `setUp` are lines for EL2, before it is left. */
  constructor(el: 0 | 1 | 2, setUp: readonly string[] = []) {
    this.lines(`adr x0, .+${VECTORS}`, 'msr vbar_el2, x0', 'msr vbar_el1, x0');
    this.constant(20, RESULTS);
    this.constant(0, 0x8000_0000n);
    this.lines('mov x23, #0', 'msr hcr_el2, x0', 'mov x0, #0x33ff', 'msr cptr_el2, x0', ...setUp);
    this.lines(`b .+${START - 4 * this.#words.length}`);
    this.#padTo(EXIT);
    this.#exit();
    this.#padTo(VECTORS);
    for (let vector = 0; vector < 16; vector++) this.#vector(VECTORS + 128 * vector);
    this.#padTo(START);
    const spsr = { 0: 0x3c0, 1: 0x3c5, 2: 0x3c9 }[el];
    this.lines(`mov x0, #${spsr}`, 'msr spsr_el2, x0', 'adr x0, .+12', 'msr elr_el2, x0', 'eret');
  }

  lines(...lines: string[]): void {
    for (const line of lines) this.#words.push(word(line));
  }

  /** Xn = value. */
  constant(n: number, value: bigint): void {
    this.lines(`movz x${n}, #${value & 0xffffn}`);
    for (let hw = 1n; hw < 4n; hw++) {
      const part = (value >> (16n * hw)) & 0xffffn;
      if (part !== 0n) this.lines(`movk x${n}, #${part}, lsl #${16n * hw}`);
    }
  }

  /** Tries the instruction `code` and writes down the result. X0 holds 0x5a5a before it. */
  probe(code: number): void {
    this.lines('mov x0, #0x5a5a');
    this.#words.push(code);
    this.lines('stp x0, x23, [x20], #16', 'mov x23, #0');
    this.#probes++;
  }

  /** Executes the instruction `code` without writing anything down. */
  execute(code: number): void {
    this.#words.push(code);
    this.lines('mov x23, #0');
  }

  /** The results of the probes in `machine`. */
  runIn(machine: Machine): ProbeResult[] {
    const { cpu } = machine;
    let ended = false;
    let calls = 0;
    machine.semihosting = () => {
      ended = ++calls === 2;
    };
    machine.physical.writeBytes(IMAGE, this.#finished());
    cpu.cells[PC] = IMAGE;
    const limit = 100 * this.#words.length;
    for (let steps = 0; !ended; steps++) {
      if (steps > limit) throw new Error(`the probes did not end within ${limit} steps`);
      machine.step();
    }
    return results(machine.physical.readBytes(RESULTS, this.#probes * BYTES_OF_RESULT));
  }

  /** The results of the probes in QEMU. */
  runInQemu(cpu: string, options: string, folder: string): ProbeResult[] {
    const path = join(folder, 'probes.bin');
    writeFileSync(path, this.#finished());
    const address = `0x${IMAGE.toString(16)}`;
    const run = spawnSync(
      'qemu-system-aarch64',
      [
        ...['-M', `virt,virtualization=on${options}`, '-cpu', cpu, '-m', '256', '-nic', 'none', '-display', 'none'],
        ...['-serial', 'none', '-monitor', 'none', '-semihosting'],
        ...['-device', `loader,file=${path},addr=${address},force-raw=on`],
        ...['-device', `loader,addr=${address},cpu-num=0`],
      ],
      { timeout: 120_000, maxBuffer: 1 << 28 },
    );
    if (run.error !== undefined) throw run.error;
    if (run.stdout.length === 0) throw new Error(`QEMU wrote no results: status ${run.status}, ${run.stderr}`);
    return results(run.stdout);
  }

  #finished(): Uint8Array {
    return new Uint8Array(Uint32Array.from([...this.#words, word('brk #0x7fff'), word('b .+0')]).buffer);
  }

  #padTo(offset: number): void {
    if (4 * this.#words.length > offset) throw new Error(`the code before offset ${offset} is too long`);
    while (4 * this.#words.length < offset) this.lines('nop');
  }

  /** SYS_OPEN of the console ":tt" for writing, SYS_WRITE of everything from RESULTS to X20, SYS_EXIT. */
  #exit(): void {
    this.constant(1, PARAMETERS);
    this.constant(2, 0x74743an);
    this.lines('str x2, [x1, #24]', 'add x3, x1, #24', 'mov x4, #4', 'mov x5, #3');
    this.lines('stp x3, x4, [x1]', 'str x5, [x1, #16]', 'mov x0, #1', 'hlt #0xf000');
    this.constant(1, PARAMETERS);
    this.constant(6, RESULTS);
    this.lines('sub x7, x20, x6', 'stp x0, x6, [x1]', 'str x7, [x1, #16]', 'mov x0, #5', 'hlt #0xf000');
    this.constant(2, 0x20026n);
    this.lines('stp x2, xzr, [x1]', 'mov x0, #0x18', 'hlt #0xf000', 'b .+0');
  }

  /** A handler for either level: X23 gets the syndrome and the level, and the instruction is skipped; BRK leads to the end. */
  #vector(offset: number): void {
    this.lines('mrs x1, currentel', 'cmp x1, #8', 'b.eq .+24');
    this.lines('mrs x23, esr_el1', 'mrs x2, elr_el1', 'add x2, x2, #4', 'msr elr_el1, x2', 'b .+20');
    this.lines('mrs x23, esr_el2', 'mrs x2, elr_el2', 'add x2, x2, #4', 'msr elr_el2, x2');
    this.lines('lsr x3, x23, #26', 'cmp x3, #0x3c');
    this.lines(`b.eq .+${EXIT - 4 * this.#words.length}`);
    this.lines('orr x23, x23, x1, lsl #34', 'eret');
    this.#padTo(offset + 128);
  }
}

function results(bytes: Uint8Array): ProbeResult[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / BYTES_OF_RESULT }, (_, i) => ({
    value: view.getBigUint64(i * BYTES_OF_RESULT, true),
    syndrome: view.getBigUint64(i * BYTES_OF_RESULT + 8, true),
  }));
}
