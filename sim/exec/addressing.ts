/**
 * Addresses of loads and stores (Arm ARM C1.3.3 "Load/Store addressing modes"): each form puts the address into the cell
 * ACCESS_ADDRESS, and after the access writes the base back where the form says so.
 */
import type { Cpu } from '../core/cpu.ts';
import { spAlignment } from '../core/exceptions.ts';
import { ACCESS_ADDRESS, PC } from '../core/registers.ts';
import { asRegister, extendedRegister } from './operands.ts';
import type { Environment } from './operation.ts';

export interface Addressing {
  /** Puts the address into ACCESS_ADDRESS. Throws the SP alignment fault. */
  readonly compute: () => void;
  readonly writeBack: (() => void) | undefined;
}

const SA = 1 << 3;
const SA0 = 1 << 4;

/** A function that throws where the stack pointer is to be aligned and is not (CheckSPAlignment). */
function stackPointerCheck(cpu: Cpu): () => void {
  const { words } = cpu;
  const sctlrEl1 = 2 * cpu.cell('sctlr_el1');
  const sctlrEl2 = 2 * cpu.cell('sctlr_el2');
  return () => {
    if ((words[2 * cpu.sp]! & 15) === 0) return;
    const { el } = cpu;
    const checked = el === 2 ? words[sctlrEl2]! & SA : words[sctlrEl1]! & (el === 0 ? SA0 : SA);
    if (checked !== 0) throw spAlignment();
  };
}

/** [<Xn|SP>{, #offset}] */
export function baseAndOffset(on: Environment, Rn: number, offset: number): Addressing {
  const { cpu } = on;
  const { cells } = cpu;
  const distance = asRegister(BigInt(offset));
  if (Rn !== 31) {
    return {
      compute: () => {
        cells[ACCESS_ADDRESS] = cells[Rn]! + distance;
      },
      writeBack: undefined,
    };
  }
  const check = stackPointerCheck(cpu);
  return {
    compute: () => {
      check();
      cells[ACCESS_ADDRESS] = cells[cpu.sp]! + distance;
    },
    writeBack: undefined,
  };
}

/** [<Xn|SP>, #offset]! */
export function preIndex(on: Environment, Rn: number, offset: number): Addressing {
  const { cpu } = on;
  const { cells } = cpu;
  return {
    compute: baseAndOffset(on, Rn, offset).compute,
    writeBack: () => {
      cells[Rn === 31 ? cpu.sp : Rn] = cells[ACCESS_ADDRESS]!;
    },
  };
}

/** [<Xn|SP>], #offset */
export function postIndex(on: Environment, Rn: number, offset: number): Addressing {
  const { cpu } = on;
  const { cells } = cpu;
  const distance = asRegister(BigInt(offset));
  return {
    compute: baseAndOffset(on, Rn, 0).compute,
    writeBack: () => {
      cells[Rn === 31 ? cpu.sp : Rn] = cells[ACCESS_ADDRESS]! + distance;
    },
  };
}

/** [<Xn|SP>, (<Wm>|<Xm>){, <extend> {#amount}}] */
export function registerOffset(
  on: Environment,
  fields: { readonly Rn: number; readonly Rm: number; readonly option: number },
  amount: number,
): Addressing {
  const { cells } = on.cpu;
  const base = baseAndOffset(on, fields.Rn, 0).compute;
  const { cell, prepare } = extendedRegister(on, fields.Rm, fields.option, amount);
  return {
    compute: () => {
      base();
      prepare?.();
      cells[ACCESS_ADDRESS] = cells[ACCESS_ADDRESS]! + cells[cell]!;
    },
    writeBack: undefined,
  };
}

/** A label: `offset` bytes from the instruction. */
export function literal(on: Environment, offset: number): Addressing {
  const { cells } = on.cpu;
  const distance = BigInt(offset);
  return {
    compute: () => {
      cells[ACCESS_ADDRESS] = cells[PC]! + distance;
    },
    writeBack: undefined,
  };
}

/** The closure of a load or store: address, access, write-back. */
export function access({ compute, writeBack }: Addressing, transfer: () => void): () => void {
  if (writeBack === undefined) {
    return () => {
      compute();
      transfer();
    };
  }
  return () => {
    compute();
    transfer();
    writeBack();
  };
}
