/**
 * Registers of exception handling and the special-purpose registers that show PSTATE (Arm ARM, D17.2 and C5.2).
 */
import type { Cpu } from '../cpu.ts';
import { undefinedInstruction } from '../exceptions.ts';
import { type CpuModel, featuresOf } from '../models.ts';
import { DAIF_MASK, NZCV_MASK, PSTATE_BITS } from '../pstate.ts';
import { FIQ, IRQ, SERROR, SPSEL, VFIQ, VIRQ } from '../registers.ts';
import { type RegisterBehaviour, readOnly, readWrite, type SystemRegisterRow } from '../system-register.ts';
import { TERR, UMA, VIRTUAL_MEMORY } from '../traps.ts';

const WORD = 0xffff_ffffn;
const VECTOR_BASE = 0xffff_ffff_ffff_f800n;
/** HPFAR_EL2.FIPA holds bits 47:12 of an intermediate physical address. */
const HPFAR = 0xff_ffff_fff0n;
/** FPEXC32_EL2: EN; bits 10:8 read 1 in Armv8. */
const FPEXC32 = 0x4000_0000n;
const FPEXC32_RES1 = 0x700n;
const IFSR32 = 0x163fn;

/** The rows of `model`. */
export function exceptionRegisters(model: CpuModel): SystemRegisterRow[] {
  const features = featuresOf(model);
  // SPSR_ELx: the bits of AArch32 state too; 23 and 22 are UAO and PAN.
  let spsr = 0xfe3f_ffffn;
  if (features.has('pan')) spsr |= BigInt(PSTATE_BITS.pan);
  if (features.has('uao')) spsr |= BigInt(PSTATE_BITS.uao);
  return [
    readWrite('spsr_el1', 1, { mask: spsr }),
    readWrite('elr_el1', 1),
    readWrite('sp_el0', 1, { behaviour: onlyWhileAnotherIsSelected }),
    readWrite('sp_el1', 2),
    readWrite('afsr0_el1', 1, { mask: 0n, traps: VIRTUAL_MEMORY }),
    readWrite('afsr1_el1', 1, { mask: 0n, traps: VIRTUAL_MEMORY }),
    readWrite('esr_el1', 1, { mask: WORD, traps: VIRTUAL_MEMORY }),
    readWrite('far_el1', 1, { traps: VIRTUAL_MEMORY }),
    readWrite('vbar_el1', 1, { mask: VECTOR_BASE }),
    readOnly('isr_el1', 1, { behaviour: interruptStatus }),

    readWrite('spsr_el2', 2, { mask: spsr }),
    readWrite('elr_el2', 2),
    readWrite('spsr_irq', 2, { mask: WORD }),
    readWrite('spsr_abt', 2, { mask: WORD }),
    readWrite('spsr_und', 2, { mask: WORD }),
    readWrite('spsr_fiq', 2, { mask: WORD }),
    readWrite('ifsr32_el2', 2, { mask: IFSR32 }),
    readWrite('fpexc32_el2', 2, { mask: FPEXC32, fixed: FPEXC32_RES1, floatingPoint: true }),
    readWrite('afsr0_el2', 2, { mask: 0n }),
    readWrite('afsr1_el2', 2, { mask: 0n }),
    readWrite('esr_el2', 2, { mask: WORD }),
    readWrite('far_el2', 2),
    readWrite('hpfar_el2', 2, { mask: HPFAR }),
    readWrite('vbar_el2', 2, { mask: VECTOR_BASE }),
    readOnly('rvbar_el2', 2, { mask: 0n }),

    readWrite('nzcv', 0, { mask: BigInt(NZCV_MASK) }),
    readWrite('daif', 0, { mask: BigInt(DAIF_MASK), traps: [UMA], context: 'all' }),
    readOnly('currentel', 1),
    readWrite('spsel', 1, { mask: 1n, behaviour: selectsStackPointer }),
    readWrite('fpcr', 0, { mask: FPCR | (features.has('fp16') ? 1n << 19n : 0n), floatingPoint: true }),
    readWrite('fpsr', 0, { mask: FPSR, floatingPoint: true }),
    ...(features.has('pan') ? [readWrite('pan', 1, { mask: BigInt(PSTATE_BITS.pan), context: 'all' })] : []),
    ...(features.has('uao') ? [readWrite('uao', 1, { mask: BigInt(PSTATE_BITS.uao), context: 'all' })] : []),
    ...(features.has('ssbs2') ? [readWrite('ssbs', 0, { mask: BigInt(PSTATE_BITS.ssbs) })] : []),
    ...(features.has('ras') ? reliabilityRegisters() : []),
  ];
}

/** FPCR: AHP, DN, FZ, RMode, Stride and Len (which AArch64 keeps for AArch32). */
const FPCR = 0x07f7_0000n;
/** FPSR: the AArch32 flags N, Z, C, V, then QC, IDC, IXC, UFC, OFC, DZC and IOC. */
const FPSR = 0xf800_009fn;

/** SP_EL0 by name is UNDEFINED while it is the current stack pointer. */
function onlyWhileAnotherIsSelected(cpu: Cpu): RegisterBehaviour {
  const cell = cpu.cell('sp_el0');
  const check = () => {
    if (cpu.words[2 * SPSEL] === 0) throw undefinedInstruction();
  };
  return {
    read: () => {
      check();
      return cpu.cells[cell]!;
    },
    write: (value) => {
      check();
      cpu.write(cell, value);
    },
  };
}

function selectsStackPointer(cpu: Cpu): RegisterBehaviour {
  return {
    write: (value) => {
      cpu.write(SPSEL, value & 1n);
      cpu.selectStackPointer();
    },
  };
}

const HCR = { fmo: 1n << 3n, imo: 1n << 4n, amo: 1n << 5n, vf: 1n << 6n, vi: 1n << 7n, vse: 1n << 8n } as const;
const ISR = { f: 1n << 6n, i: 1n << 7n, a: 1n << 8n } as const;

/** ISR_EL1: what is pending; at EL1 the virtual interrupt where HCR_EL2 routes the physical one to EL2. */
function interruptStatus(cpu: Cpu): RegisterBehaviour {
  const hcrCell = cpu.cell('hcr_el2');
  return {
    read: () => {
      const hcr = cpu.cells[hcrCell]!;
      const status = (route: bigint, virtual: boolean, physical: number, bit: bigint) => {
        const isVirtual = cpu.el === 1 && (hcr & route) !== 0n;
        return (isVirtual ? virtual : cpu.cells[physical] !== 0n) ? bit : 0n;
      };
      const virtualIrq = (hcr & HCR.vi) !== 0n || cpu.cells[VIRQ] !== 0n;
      const virtualFiq = (hcr & HCR.vf) !== 0n || cpu.cells[VFIQ] !== 0n;
      return (
        status(HCR.imo, virtualIrq, IRQ, ISR.i) |
        status(HCR.fmo, virtualFiq, FIQ, ISR.f) |
        status(HCR.amo, (hcr & HCR.vse) !== 0n, SERROR, ISR.a)
      );
    },
  };
}

/** RAS: no error records (ERRIDR_EL1.NUM is 0), the deferred error registers, and the virtual SError's syndrome. */
function reliabilityRegisters(): SystemRegisterRow[] {
  const DISR = 0x81ff_ffffn;
  return [
    readOnly('erridr_el1', 1, { mask: 0n, traps: [TERR] }),
    readWrite('disr_el1', 1, { mask: DISR, behaviour: virtualDeferredError }),
    readWrite('vdisr_el2', 2, { mask: DISR }),
    readWrite('vsesr_el2', 2, { mask: 0x1ff_ffffn }),
  ];
}

/** At EL1 under HCR_EL2.AMO the name DISR_EL1 is VDISR_EL2. */
function virtualDeferredError(cpu: Cpu): RegisterBehaviour {
  const hcr = cpu.cell('hcr_el2');
  const own = cpu.cell('disr_el1');
  const virtual = cpu.cell('vdisr_el2');
  const current = () => (cpu.el === 1 && (cpu.cells[hcr]! & HCR.amo) !== 0n ? virtual : own);
  return { read: () => cpu.cells[current()]!, write: (value) => cpu.write(current(), value) };
}
