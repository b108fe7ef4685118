/**
 * boot-state.h: the state of a ready machine as macros and numbers for fixtures/guests/boot.S. Its registers come from the
 * machine's own tables, so that a register that a core gains is set too.
 */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { readPstate } from '../core/pstate.ts';
import { PC, SP_EL2, V0, X0 } from '../core/registers.ts';
import type { SystemRegister } from '../core/system-registers.ts';
import { timerInterrupts } from '../devices/generic-timer.ts';
import type { Effect } from '../recording/step.ts';
import { MAINTENANCE } from './board.ts';
import { LIST_REGISTERS } from './machines.ts';
import { GICC, GICD, GICH, GICR } from './memory-map.ts';
import type { ReadyMachine } from './ready.ts';

/** What the simulator changes in the host's place after one exit. */
export interface HostWork {
  readonly effects: readonly Effect[];
  /** It has EL2 flush the TLBs. */
  readonly flushesTlb: boolean;
  readonly isFollowedByEntry: boolean;
}

/**
 * Registers that are not set by writing what they read: views of another register, those that go with the return to
 * EL1, what boot.S sets last, the core's own, the counter and debug channel of which a run takes nothing, and those with which
 * boot_interrupts lets interrupts through.
 */
const unset = new Set([
  ...['nzcv', 'daif', 'spsel', 'pan', 'uao', 'ssbs', 'elr_el2', 'spsr_el2', 'sctlr_el2'],
  ...['cntp_tval_el0', 'cntv_tval_el0', 'cnthp_tval_el2', 'cnthv_tval_el2', 'cntfrq_el0'],
  ...['pmcntenclr_el0', 'pmovsclr_el0', 'pmintenclr_el1', 'pmxevtyper_el0', 'pmxevcntr_el0', 'pmccntr_el0'],
  ...['dbgdtr_el0', 'osdtrrx_el1', 'osdtrtx_el1', 'dbgclaimset_el1', 'dbgclaimclr_el1', 'dbgprcr_el1', 'osdlr_el1'],
  ...['oseccr_el1', 'icc_pmr_el1', 'icc_igrpen1_el1'],
]);

/** The text of boot-state.h. */
export function bootState(ready: ReadyMachine, work: readonly HostWork[]): string {
  const { machine, kernel, memory } = ready;
  const { cells } = machine.cpu;
  const number = (name: string) => cells[machine.cpu.cell(name)]!;
  const general = Array.from({ length: 31 }, (_, n) => cells[X0 + n]!);
  const vectors = Array.from({ length: 64 }, (_, n) => cells[V0 + n]!);
  const hostReturn = memory.physicalAddress(kernel.symbol('host_return')!.address)!;
  return [
    `#define BOOT_PC ${hex(cells[PC]!)}`,
    `#define BOOT_PSTATE ${hex(BigInt(readPstate(machine.cpu)))}`,
    `#define BOOT_SP_EL2 ${hex(cells[SP_EL2]!)}`,
    `#define BOOT_SCTLR_EL2 ${hex(number('sctlr_el2'))}`,
    `#define BOOT_RETURN_WORD ${hex(BigInt(machine.physical.read32(hostReturn)))}`,
    ...macro('boot_system_registers', systemRegisters(ready)),
    ...macro('boot_interrupts', ready.machine.gicV3 === undefined ? interruptsV2() : interruptsV3()),
    ...macro('boot_devices', virtualInterface(ready)),
    ...macro('boot_vector_values', quads(vectors)),
    ...macro('boot_general_values', quads(general)),
    ...macro('boot_entries', entries(ready, work)),
    '',
  ].join('\n');
}

function macro(name: string, lines: readonly string[]): string[] {
  return [`.macro ${name}`, ...lines.map((line) => `\t${line}`), '.endm'];
}

function quads(values: readonly bigint[]): string[] {
  return values.map((value) => `.quad ${hex(value)}`);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function systemRegisters({ machine }: ReadyMachine): string[] {
  const { systemRegisters, cpu } = machine;
  const all = [...systemRegisters.all].filter(isSet);
  // What lets the GIC's registers be accessed comes first, what lets breakpoints fire last.
  const order = ({ name }: SystemRegister) =>
    name.startsWith('icc_sre') ? 0 : /^(dbg[bw]cr|mdscr)/.test(name) ? 2 : 1;
  const sorted = all.toSorted((a, b) => order(a) - order(b));
  const lines = sorted.map(({ name, id }) => `set_register ${name}, ${hex(cpu.cells[id]!)}`);
  // OSLAR_EL1.OSLK is read as OSLSR_EL1.OSLK.
  const isLocked = (cpu.cells[cpu.cell('oslsr_el1')]! & 2n) !== 0n;
  return [...lines, `set_register oslar_el1, ${isLocked ? 1 : 0}`, 'isb'];
}

function isSet({ name, row }: SystemRegister): boolean {
  const isReadWrite = row.readableFrom !== undefined && row.writableFrom !== undefined;
  return isReadWrite && row.mask !== 0n && !unset.has(name);
}

/** The interrupts that a scenario's machine has of its own: the virtual timer's and the virtual interface's. */
const INTERRUPTS = (1n << BigInt(timerInterrupts.cntv)) | (1n << BigInt(MAINTENANCE));
const ANY_PRIORITY = 0xffn;

/** Has a GICv2 send them (IHI 0048B: 4.3 GICD_CTLR, GICD_ISENABLER0; 4.4 GICC_PMR, GICC_CTLR). */
function interruptsV2(): string[] {
  return [setWord(GICD + 0x100n, INTERRUPTS), setWord(GICD, 1n), setWord(GICC + 0x4n, ANY_PRIORITY), setWord(GICC, 1n)];
}

/**
 * Has a GICv3 send them, as Group 1, which are IRQs (IHI 0069, 12.9 GICD_CTLR.EnableGrp1; 12.11 GICR_WAKER,
 * GICR_IGROUPR0, GICR_ISENABLER0, in the second frame).
 */
function interruptsV3(): string[] {
  const frame = GICR + 0x1_0000n;
  return [
    setWord(GICR + 0x14n, 0n),
    setWord(frame + 0x80n, 0xffff_ffffn),
    setWord(frame + 0x100n, INTERRUPTS),
    setWord(GICD, 2n),
    'set_register icc_sre_el2, 0xf',
    'isb',
    `set_register icc_pmr_el1, ${hex(ANY_PRIORITY)}`,
    'set_register icc_igrpen1_el1, 1',
  ];
}

function setWord(address: bigint, value: bigint): string {
  return `set_word ${hex(address)}, ${hex(value)}`;
}

/** A GICv2's virtual interface control registers (IHI 0048B, 5.3). */
function virtualInterface({ machine }: ReadyMachine): string[] {
  const { gicV2, cpu } = machine;
  if (gicV2 === undefined) return [];
  const set = (offset: bigint, name: string) => setWord(GICH + offset, cpu.cells[cpu.cell(name)]!);
  const lists = Array.from({ length: LIST_REGISTERS }, (_, n) => set(0x100n + 4n * BigInt(n), `gich_lr${n}`));
  return [set(0x8n, 'gich_vmcr'), set(0xf0n, 'gich_apr'), ...lists, set(0n, 'gich_hcr')];
}

/** For each exit: what was changed, then on to host_start, if at all. X2 counts the returns; X0 to X3 are on the stack. */
function entries(ready: ReadyMachine, work: readonly HostWork[]): string[] {
  return work.flatMap(({ effects, flushesTlb, isFollowedByEntry }, n) => [
    `mov x0, #${n + 1}`,
    'sub x0, x0, x2',
    `cbnz x0, .Lafter_exit_${n + 1}`,
    ...effects.flatMap((effect) => (effect.kind === 'memory' ? store(ready, effect) : [])),
    ...(flushesTlb ? ['call_hyp boot_flush_tlb'] : []),
    ...(isFollowedByEntry ? enter(effects) : ['b .Lafter_last_exit']),
    '.ltorg',
    `.Lafter_exit_${n + 1}:`,
  ]);
}

function enter(effects: readonly Effect[]): string[] {
  return [
    'ldp x2, x3, [sp, #16]',
    'ldp x0, x1, [sp], #32',
    ...effects.flatMap((effect) => (effect.kind === 'register' ? general(effect.name, effect.new) : [])),
    'b host_start',
  ];
}

function store({ memory }: ReadyMachine, effect: Effect & { kind: 'memory' }): string[] {
  const mnemonics: Readonly<Record<number, string>> = { 1: 'strb w0', 2: 'strh w0', 4: 'str w0', 8: 'str x0' };
  return [
    `ldr x1, =${hex(memory.kernelAddress(effect.pa))}`,
    `ldr x0, =${hex(effect.new)}`,
    `${mnemonics[effect.size]}, [x1]`,
  ];
}

function general(name: string, value: bigint): string[] {
  if (/^x\d+$/.test(name)) return [`ldr ${name}, =${hex(value)}`];
  throw new SourceError(`the host changes ${name} between two entries, which a bare-metal image cannot`);
}
