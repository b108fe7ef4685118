/** Loops that machines and their peers run alike: two blocks of instructions, and what stands around them. */
import { PC } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { assembleWords, CODE, loadWords, machineAtEl2 } from '../recording/el2-machine.ts';

/** Arithmetic and logic on registers. */
export const INTEGER = `
  add x1, x1, #1
  eor x2, x2, x1
  add x3, x3, x2, lsl #3
  ror x4, x3, #7
  sub x5, x5, x4
  and x6, x5, #0xff00ff00ff00ff
  orr x7, x6, x1
  madd x8, x7, x1, x8
  adds x10, x10, x8
  csel x11, x10, x1, cs`;

/** What a world switch is made of: registers to and from memory, in pairs and through system registers. */
export const SWITCH = `
  stp x2, x3, [sp, #-16]!
  mrs x4, esr_el1
  mrs x5, tpidr_el0
  stp x4, x5, [sp, #-128]
  ldp x6, x7, [x9, #32]
  msr tpidr_el1, x6
  msr tpidr_el0, x7
  str x4, [x9, #64]
  ldr x8, [x9, #16]
  ldp x2, x3, [sp], #16`;

/** Instructions of one round of either block, with the two that count. */
export const ROUND = 12;

/** Instructions before the first round. */
const BEFORE = 4;

export interface Program {
  readonly words: Uint32Array;
  /** Instructions up to the end of the loop. */
  readonly steps: number;
  /** Bytes from the start to the end of the loop. */
  readonly end: number;
}

/** `rounds` (below 2^32) rounds of `block`, and an exit by semihosting (SYS_EXIT, ADP_Stopped_ApplicationExit). */
export function loop(block: string, rounds: number): Program {
  const { words } = assembleWords(`
  movz x20, #${rounds & 0xffff}
  movk x20, #${rounds >>> 16}, lsl #16
  adr x9, data
  mov sp, x9
1:${block}
  sub x20, x20, #1
  cbnz x20, 1b
  adr x1, reason
  mov x0, #0x18
  hlt #0xf000
  b .
  .balign 8
reason: .quad 0x20026, 0
  // Data lies on a page of its own: stores to a page of code make every simulator translate it anew.
  .balign 4096
  .skip 2048
data: .skip 128
`);
  return { words, steps: BEFORE + rounds * ROUND, end: 4 * (BEFORE + ROUND) };
}

/** A machine before the first instruction of `loop(block, ...)` with more rounds than any bench makes, at EL2. */
export function loopMachine(block: string, mmu: 'on' | 'off'): Machine {
  const machine = machineAtEl2();
  const { cpu } = machine;
  if (mmu === 'off') cpu.cells[cpu.cell('sctlr_el2')]! &= ~1n;
  loadWords(machine, loop(block, 0xffff_ffff).words);
  cpu.cells[PC] = CODE;
  cpu.refresh();
  return machine;
}
