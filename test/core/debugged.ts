/** A processor whose debug exceptions are enabled, for tests of breakpoints, watchpoints and software step. */
import { CODE, Processor, type ProcessorOptions, type Registers } from '../exec/processor.ts';
import { EL1_VECTORS, EL2_VECTORS, RW } from './levels.ts';

/** MDSCR_EL1 */
export const MDE = 1n << 15n;
export const KDE = 1n << 13n;
export const SS = 1n;
/** MDCR_EL2.TDE */
export const TDE = 1n << 8n;
/** SPSR_ELx.SS */
export const STEPPED = 1n << 21n;
/** DBGBCR: enabled, all four bytes, EL1 and EL0. */
export const BREAKPOINT = 0x1e7n;
/** DBGWCR: enabled, stores, all bytes, EL1 and EL0. */
export const WATCHPOINT = 0x1ff7n;

/** A processor at EL1 with debug open: the OS lock unlocked, PSTATE.D clear. */
export function debugged(registers: Registers, options: ProcessorOptions = {}): Processor {
  const processor = new Processor(options);
  openDebug(processor, registers);
  return processor;
}

/** Puts `processor` at EL1 with debug open. */
export function openDebug(processor: Processor, registers: Registers): void {
  processor.write({
    vbar_el1: EL1_VECTORS,
    vbar_el2: EL2_VECTORS,
    hcr_el2: RW,
    oslsr_el1: 8,
    daif: 0x1c0,
    mdscr_el1: MDE | KDE,
    ...registers,
  });
  processor.enter(1);
}

/** Whether `line`, executed at `el`, ends in a debug exception, with debug exceptions enabled at every level. */
export function firesAt(el: 0 | 1 | 2, line: string, registers: Registers): boolean {
  const processor = debugged({ mdcr_el2: TDE, ...registers });
  processor.enter(el);
  processor.execute(line);
  return processor.read('pc') !== CODE + 4n;
}
