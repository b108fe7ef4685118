/**
 * A guest's trapped MSR, MRS and system instructions, and MCR, MRC, MCRR and MRRC of CP14 and CP15: the register is looked
 * up, the access done for the guest, the instruction skipped. What KVM does not know is UNDEFINED for the guest.
 */
import { coprocessorAccess, coprocessorPairAccess, type RegisterAccess, systemRegisterAccess } from '../exit-class.ts';
import { injectUndefined } from '../inject.ts';
import { skipInstruction } from '../skip-instruction.ts';
import type { Vcpu } from '../vcpu-state.ts';
import { readRegister, writeRegister } from './access.ts';
import type { RowIndex, SysRegRow } from './row.ts';
import { index14, index14Pair, index15, index15Pair } from './table32.ts';
import { index64 } from './table64.ts';

const LOW = 0xffff_ffffn;

export function handleSystemRegister(vcpu: Vcpu): void {
  const access = systemRegisterAccess(vcpu.esr);
  emulate(vcpu, access, index64.find(access));
}

export function handleCp14(vcpu: Vcpu): void {
  handleCoprocessor(vcpu, index14);
}

export function handleCp15(vcpu: Vcpu): void {
  handleCoprocessor(vcpu, index15);
}

export function handleCp14Pair(vcpu: Vcpu): void {
  handlePair(vcpu, index14Pair);
}

export function handleCp15Pair(vcpu: Vcpu): void {
  handlePair(vcpu, index15Pair);
}

function handleCoprocessor(vcpu: Vcpu, index: RowIndex): void {
  const access = coprocessorAccess(vcpu.esr);
  emulate(vcpu, access, index.find(access));
}

function handlePair(vcpu: Vcpu, index: RowIndex): void {
  const access = coprocessorPairAccess(vcpu.esr);
  emulate(vcpu, access, index.find(access));
}

function emulate(vcpu: Vcpu, access: RegisterAccess, row: SysRegRow | undefined): void {
  if (row !== undefined && (access.isWrite ? writeFor(vcpu, access, row) : readFor(vcpu, access, row))) {
    skipInstruction(vcpu);
  } else {
    injectUndefined(vcpu);
  }
}

function readFor(vcpu: Vcpu, { rt, rt2 }: RegisterAccess, row: SysRegRow): boolean {
  const value = readRegister(vcpu, row);
  if (value === undefined) return false;
  vcpu.setGeneral(rt, rt2 === undefined ? value : value & LOW);
  if (rt2 !== undefined) vcpu.setGeneral(rt2, value >> 32n);
  return true;
}

function writeFor(vcpu: Vcpu, { rt, rt2 }: RegisterAccess, row: SysRegRow): boolean {
  const low = vcpu.general(rt);
  return writeRegister(vcpu, row, rt2 === undefined ? low : (vcpu.general(rt2) << 32n) | (low & LOW));
}
