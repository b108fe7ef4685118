/**
 * Self-hosted debug: when debug exceptions are enabled, which level takes them, and software step
 * (Arm ARM, D2 "AArch64 Self-hosted Debug"; J1, AArch64.GenerateDebugExceptions, DebugTarget, DebugExceptionReturnSS).
 */
import type { Cpu } from './cpu.ts';
import { PSTATE_BITS } from './pstate.ts';
import { DAIF } from './registers.ts';

const MDSCR_SS = 1 << 0;
const MDSCR_KDE = 1 << 13;
const MDCR_TDE = 1 << 8;
const HCR_TGE = 1 << 27;
const OSLSR_OSLK = 1 << 1;
const OSDLR_DLK = 1 << 0;
const DBGPRCR_CORENPDRQ = 1 << 0;

function has(cpu: Cpu, register: string, bit: number): boolean {
  return (cpu.words[2 * cpu.cell(register)]! & bit) !== 0;
}

/** The level that takes debug exceptions of the levels below it: 2 by MDCR_EL2.TDE or HCR_EL2.TGE, else 1. */
export function debugTarget(cpu: Cpu): number {
  return has(cpu, 'mdcr_el2', MDCR_TDE) || has(cpu, 'hcr_el2', HCR_TGE) ? 2 : 1;
}

/** The level a BRK at the current level goes to. */
export function softwareBreakpointTarget(cpu: Cpu): number {
  return Math.max(debugTarget(cpu), cpu.el);
}

/** Whether debug exceptions other than BRK would be generated at level `el` with the debug mask `d` (PSTATE.D or SPSR.D). */
export function debugExceptionsEnabledAt(cpu: Cpu, el: number, d: boolean): boolean {
  const doubleLock = has(cpu, 'osdlr_el1', OSDLR_DLK) && !has(cpu, 'dbgprcr_el1', DBGPRCR_CORENPDRQ);
  if (has(cpu, 'oslsr_el1', OSLSR_OSLK) || doubleLock) return false;
  const target = debugTarget(cpu);
  if (el === target) return has(cpu, 'mdscr_el1', MDSCR_KDE) && !d;
  return target > el;
}

/** The same for the current level and PSTATE.D. */
export function debugExceptionsEnabled(cpu: Cpu): boolean {
  return debugExceptionsEnabledAt(cpu, cpu.el, (cpu.words[2 * DAIF]! & PSTATE_BITS.d) !== 0);
}

/** PSTATE.SS after an exception return with `spsr` to level `to`. */
export function softwareStepAfterReturn(cpu: Cpu, spsr: number, to: number): boolean {
  if (!has(cpu, 'mdscr_el1', MDSCR_SS) || debugExceptionsEnabled(cpu)) return false;
  return debugExceptionsEnabledAt(cpu, to, (spsr & PSTATE_BITS.d) !== 0) && (spsr & PSTATE_BITS.ss) !== 0;
}
