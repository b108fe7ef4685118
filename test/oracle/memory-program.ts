/**
 * A bare-metal program for QEMU's virt machine that builds nothing itself: at EL2 it works through a list in memory that
 * says which registers to set, which addresses to translate with AT, and which accesses to make at EL1 or EL0, and hands
 * the results back in a file. The list is made here, entry by entry.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './tools.ts';

/** Where things are in the RAM of the virt machine. */
export const LAYOUT = {
  ram: 0x4000_0000,
  ramSize: 256 << 20,
  code: 0x4020_0000,
  /** Pages of code, vectors and stubs. */
  codePages: 4,
  list: 0x4040_0000,
  tables: 0x4100_0000,
  results: 0x4c00_0000,
  /** Data that accesses may read and overwrite. */
  scratch: 0x4e00_0000,
  scratchSize: 2 << 20,
} as const;

export const listRegisters = [
  ...['sctlr_el2', 'tcr_el2', 'ttbr0_el2', 'mair_el2', 'hcr_el2', 'vtcr_el2', 'vttbr_el2'],
  ...['sctlr_el1', 'tcr_el1', 'ttbr0_el1', 'ttbr1_el1', 'mair_el1'],
] as const;

export const atNames = [
  ...['s1e1r', 's1e1w', 's1e0r', 's1e0w', 's1e2r', 's1e2w'],
  ...['s12e1r', 's12e1w', 's12e0r', 's12e0w'],
] as const;

export const idRegisters = ['id_aa64mmfr0_el1', 'id_aa64mmfr1_el1'] as const;

/** What the program can do at EL1 and EL0: up to three instructions, with the address in X1, a result in X0. */
export const stubs = {
  ldr: ['ldr x0, [x1]'],
  str: ['str x1, [x1]'],
  ldrb: ['ldrb w0, [x1]'],
  strb: ['strb w1, [x1]'],
  br: ['br x1'],
  // These are for EL1 alone.
  ldtr: ['ldtr x0, [x1]'],
  sttr: ['sttr x1, [x1]'],
  at: ['at s1e1w, x1', 'isb', 'mrs x0, par_el1'],
} as const;

export type StubName = keyof typeof stubs;

const stubNames = Object.keys(stubs) as StubName[];

/** One access at EL1 or EL0: its six results. */
export interface AccessResult {
  readonly esrEl2: bigint;
  readonly farEl2: bigint;
  readonly hpfarEl2: bigint;
  readonly esrEl1: bigint;
  readonly farEl1: bigint;
  readonly x0: bigint;
}

/** Opcodes of the list, in the order of the program's table. */
const OPCODES = { end: 0, tlbi: 1, run: 2 } as const;
const FIRST_REGISTER = 3;
const FIRST_AT = FIRST_REGISTER + listRegisters.length;
const FIRST_ID = FIRST_AT + atNames.length;

/** Builds the list. Each entry is 16 bytes: opcode, operand. */
export class WorkList {
  readonly #words: bigint[] = [];

  set(register: (typeof listRegisters)[number], value: bigint): void {
    this.#words.push(BigInt(FIRST_REGISTER + listRegisters.indexOf(register)), value);
  }

  /** One result: PAR_EL1. */
  at(name: (typeof atNames)[number], va: bigint): void {
    this.#words.push(BigInt(FIRST_AT + atNames.indexOf(name)), va);
  }

  /** One result: the register. */
  readId(name: (typeof idRegisters)[number]): void {
    this.#words.push(BigInt(FIRST_ID + idRegisters.indexOf(name)), 0n);
  }

  /** TLBI ALLE1 and ALLE2. */
  tlbi(): void {
    this.#words.push(BigInt(OPCODES.tlbi), 0n);
  }

  /** Six results. `spsr` selects EL and PSTATE; `el` picks the stub that ends in HVC or SVC. */
  run(stub: StubName, el: 0 | 1, spsr: bigint, va: bigint): void {
    this.#words.push(BigInt(OPCODES.run), va, spsr, BigInt(2 * stubNames.indexOf(stub) + el));
  }

  /** The list as bytes, with its end. */
  bytes(): Uint8Array {
    return new Uint8Array(BigUint64Array.from([...this.#words, BigInt(OPCODES.end), 0n]).buffer);
  }
}

function source(): string {
  const slot = (...lines: string[]) => ['.balign 16', ...lines];
  const vectors = (name: string, entry: (offset: number) => string) => [
    '.balign 0x800',
    `${name}:`,
    ...[...Array(16).keys()].flatMap((n) => ['.balign 0x80', entry(0x80 * n)]),
  ];
  return [
    '.arch armv8-a',
    '.globl _start',
    '_start:',
    `ldr x19, =${LAYOUT.list}`,
    `ldr x20, =${LAYOUT.results}`,
    'adr x0, vectors_el2',
    'msr vbar_el2, x0',
    'adr x0, vectors_el1',
    'msr vbar_el1, x0',
    'isb',
    'next: ldp x0, x1, [x19], #16',
    'adr x2, operations',
    'add x2, x2, x0, lsl #4',
    'br x2',
    ...slot('operations: b finish'),
    ...slot('b tlbi_all'),
    ...slot('b run'),
    ...listRegisters.flatMap((name) => slot(`msr ${name}, x1`, 'isb', 'b next')),
    ...atNames.flatMap((name) => slot(`at ${name}, x1`, 'isb', 'mrs x0, par_el1', 'b store')),
    ...idRegisters.flatMap((name) => slot(`mrs x0, ${name}`, 'b store')),
    'store: str x0, [x20], #8',
    'b next',
    'tlbi_all: tlbi alle1',
    'tlbi alle2',
    'dsb sy',
    'isb',
    'b next',
    'run: ldp x2, x3, [x19], #16',
    'msr spsr_el2, x2',
    'adr x2, stubs',
    'add x2, x2, x3, lsl #4',
    'msr elr_el2, x2',
    'mov x0, #0',
    'isb',
    'eret',
    'lower_sync: mrs x2, esr_el2',
    'mrs x3, far_el2',
    'mrs x4, hpfar_el2',
    'mrs x5, esr_el1',
    'mrs x6, far_el1',
    'stp x2, x3, [x20], #16',
    'stp x4, x5, [x20], #16',
    'stp x6, x0, [x20], #16',
    'b next',
    // Results go to a file by semihosting: SYS_OPEN (mode 5: "wb"), SYS_WRITE, SYS_CLOSE, SYS_EXIT.
    `finish: ldr x21, =${LAYOUT.results}`,
    'ldr x22, =block',
    'adr x1, filename',
    'mov x2, #5',
    'mov x3, #11',
    'stp x1, x2, [x22]',
    'str x3, [x22, #16]',
    'mov w0, #1',
    'mov x1, x22',
    'hlt #0xf000',
    'mov x23, x0',
    'sub x3, x20, x21',
    'stp x23, x21, [x22]',
    'str x3, [x22, #16]',
    'mov w0, #5',
    'mov x1, x22',
    'hlt #0xf000',
    'str x23, [x22]',
    'mov w0, #2',
    'mov x1, x22',
    'hlt #0xf000',
    'unexpected: ldr x22, =block',
    'ldr x2, =0x20026',
    'stp x2, xzr, [x22]',
    'mov w0, #0x18',
    'mov x1, x22',
    'hlt #0xf000',
    'filename: .asciz "results.bin"',
    '.balign 16',
    'block: .skip 32',
    '.ltorg',
    ...vectors('vectors_el1', () => 'hvc #1'),
    ...vectors('vectors_el2', (offset) => (offset === 0x400 ? 'b lower_sync' : 'b unexpected')),
    '.balign 16',
    'stubs:',
    ...stubNames.flatMap((name) => [...slot(...stubs[name], 'svc #0'), ...slot(...stubs[name], 'hvc #0')]),
    '',
  ].join('\n');
}

/**
 * Runs the program on `cpu` with `list` and with `memory` (bytes by address) loaded; returns its results. Throws Error
 * where a tool or the program fails.
 */
export function runProgram(
  folder: string,
  cpu: string,
  list: WorkList,
  memory: Map<number, Uint8Array>,
): BigUint64Array {
  const path = (name: string) => join(folder, name);
  const check = (tool: string, ...args: string[]) => {
    const { status, stderr } = runTool(tool, args, undefined, folder);
    if (status !== 0) throw new Error(`${tool}: status ${status}: ${stderr}`);
  };
  writeFileSync(path('program.s'), source());
  check('aarch64-linux-gnu-as', '-o', 'program.o', 'program.s');
  check('aarch64-linux-gnu-ld', `-Ttext=0x${LAYOUT.code.toString(16)}`, '-N', '-o', 'program.elf', 'program.o');
  const loaders = ['-device', 'loader,file=program.elf,cpu-num=0'];
  for (const [address, bytes] of [...memory, [LAYOUT.list, list.bytes()] as const]) {
    const name = `memory-${address.toString(16)}.bin`;
    writeFileSync(path(name), bytes);
    loaders.push('-device', `loader,file=${name},addr=${address},force-raw=on`);
  }
  const machine = ['-M', 'virt,virtualization=on', '-cpu', cpu, '-nic', 'none', '-m', `${LAYOUT.ramSize >> 20}`];
  const quiet = [
    '-display',
    'none',
    '-serial',
    'none',
    '-monitor',
    'none',
    '-semihosting-config',
    'enable=on,target=native',
  ];
  check('timeout', '120', 'qemu-system-aarch64', ...machine, ...quiet, ...loaders);
  const bytes = readFileSync(path('results.bin'));
  return new BigUint64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
