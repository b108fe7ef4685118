/**
 * PSTATE as one word, in the layout of SPSR_ELx for an exception taken from AArch64 state
 * (Arm ARM D17.2, "SPSR_EL1"; J1, GetPSRFromPSTATE and SetPSTATEFromPSR).
 */
import type { Cpu } from './cpu.ts';
import { CURRENT_EL, DAIF, IL, NZCV, PAN, SPSEL, SS, SSBS, UAO } from './registers.ts';

/** Bits of SPSR_ELx. M[3:0] holds the exception level and the stack pointer selection, M[4] AArch32 state. */
export const PSTATE_BITS = {
  aarch32: 1 << 4,
  f: 1 << 6,
  i: 1 << 7,
  a: 1 << 8,
  d: 1 << 9,
  ssbs: 1 << 12,
  il: 1 << 20,
  ss: 1 << 21,
  pan: 1 << 22,
  uao: 1 << 23,
} as const;

/** Every interrupt mask: D, A, I and F. */
export const DAIF_MASK = 0x3c0;
export const NZCV_MASK = 0xf000_0000;

/** Each field lies in its cell where SPSR_ELx has it. */
const fields = [NZCV, DAIF, CURRENT_EL, SPSEL, PAN, UAO, SS, IL, SSBS] as const;

/** PSTATE in the layout of SPSR_ELx, as an unsigned 32-bit number. */
export function readPstate(cpu: Cpu): number {
  let value = 0;
  for (const field of fields) value |= cpu.words[2 * field]!;
  return value >>> 0;
}

/** Sets one PSTATE field, given at the place it has in SPSR_ELx. A field that holds the value already is left alone. */
export function writePstateField(cpu: Cpu, field: number, value: number): void {
  if (cpu.words[2 * field] !== value >>> 0) cpu.write(field, BigInt(value >>> 0));
}

/** Changes the exception level (0 to 2) and the stack pointer selection (0: SP_EL0, 1: SP_ELx). */
export function selectLevel(cpu: Cpu, el: number, spsel: number): void {
  writePstateField(cpu, CURRENT_EL, el << 2);
  writePstateField(cpu, SPSEL, spsel);
  cpu.selectStackPointer();
}
