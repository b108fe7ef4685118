/**
 * boot-state.h: the state of a ready machine as macros and numbers for fixtures/guests/boot.S. Its registers come from the
 * machine's own tables, so that a register that a core gains is set too.
 */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { readPstate } from '../core/pstate.ts';
import { PC, SP_EL2, V0, X0 } from '../core/registers.ts';
import type { SystemRegister } from '../core/system-registers.ts';
import type { Effect } from '../recording/step.ts';
import { GICH, LIST_REGISTERS, type ReadyMachine } from './ready.ts';

/** What the simulator changes in the host's place before one entry. */
export type HostWork = readonly Effect[];

/**
 * Registers that are not set by writing what they read: views of another register, those that go with the return to
 * EL1, what boot.S sets last, the core's own, and the counter and debug channel of which a run takes nothing.
 */
const unset = new Set([
  ...['nzcv', 'daif', 'spsel', 'pan', 'uao', 'ssbs', 'elr_el2', 'spsr_el2', 'sctlr_el2'],
  ...['cntp_tval_el0', 'cntv_tval_el0', 'cnthp_tval_el2', 'cnthv_tval_el2', 'cntfrq_el0'],
  ...['pmcntenclr_el0', 'pmovsclr_el0', 'pmintenclr_el1', 'pmxevtyper_el0', 'pmxevcntr_el0', 'pmccntr_el0'],
  ...['dbgdtr_el0', 'osdtrrx_el1', 'osdtrtx_el1', 'dbgclaimset_el1', 'dbgclaimclr_el1', 'dbgprcr_el1', 'osdlr_el1'],
  ...['oseccr_el1'],
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

/** A GICv2's virtual interface control registers (IHI 0048B, 5.3). */
function virtualInterface({ machine }: ReadyMachine): string[] {
  const { gicV2, cpu } = machine;
  if (gicV2 === undefined) return [];
  const set = (offset: bigint, name: string) => `set_word ${hex(GICH + offset)}, ${hex(cpu.cells[cpu.cell(name)]!)}`;
  const lists = Array.from({ length: LIST_REGISTERS }, (_, n) => set(0x100n + 4n * BigInt(n), `gich_lr${n}`));
  return [set(0x8n, 'gich_vmcr'), set(0xf0n, 'gich_apr'), ...lists, set(0n, 'gich_hcr')];
}

/** For each further entry: what was changed, then on to host_start. X2 counts the returns; X0 to X3 are on the stack. */
function entries(ready: ReadyMachine, work: readonly HostWork[]): string[] {
  return work.flatMap((effects, n) => [
    `mov x0, #${n + 1}`,
    'sub x0, x0, x2',
    `cbnz x0, .Lentry_${n + 2}`,
    ...effects.flatMap((effect) => (effect.kind === 'memory' ? store(ready, effect) : [])),
    'ldp x2, x3, [sp, #16]',
    'ldp x0, x1, [sp], #32',
    ...effects.flatMap((effect) => (effect.kind === 'register' ? general(effect.name, effect.new) : [])),
    'b host_start',
    '.ltorg',
    `.Lentry_${n + 2}:`,
  ]);
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
