/**
 * Whether FP and SIMD instructions and registers may be used where the PE is (Arm ARM, J1 pseudocode
 * AArch64.CheckFPAdvSIMDEnabled): CPACR_EL1.FPEN, then CPTR_EL2.TFP.
 */
import type { Cpu } from './cpu.ts';
import { EC, trap, undefinedInstruction } from './exceptions.ts';

const FPEN_SHIFT = 20;
const TFP = 1 << 10;
const TGE = 1 << 27;
/** ISS of a trap that was not conditional: CV is 1 and COND is always. */
const UNCONDITIONAL = 0x1e0_0000;

/** A function that throws the trap to be taken where FP and SIMD are not enabled. */
export function fpAccessCheck(cpu: Cpu): () => void {
  const { words } = cpu;
  const cpacr = 2 * cpu.cell('cpacr_el1');
  const cptr = 2 * cpu.cell('cptr_el2');
  const hcr = 2 * cpu.cell('hcr_el2');
  return () => {
    const el = cpu.el;
    if (el < 2) {
      const fpen = (words[cpacr]! >>> FPEN_SHIFT) & 3;
      const enabled = fpen === 3 || (fpen === 1 && el === 1);
      // A trap that HCR_EL2.TGE moves from EL1 to EL2 is reported there as of unknown reason.
      if (!enabled && (words[hcr]! & TGE) !== 0) throw undefinedInstruction();
      if (!enabled) throw trap(EC.fpAccess, UNCONDITIONAL, 1);
    }
    if ((words[cptr]! & TFP) !== 0) throw trap(EC.fpAccess, UNCONDITIONAL, 2);
  };
}
