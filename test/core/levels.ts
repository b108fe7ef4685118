/** A processor at some exception level, for tests of exceptions. */
import { cpuModel } from '../../sim/core/models.ts';
import { Processor } from '../exec/processor.ts';

export const EL1_VECTORS = 0x4001_1000n;
export const EL2_VECTORS = 0x4001_2000n;
/** HCR_EL2 */
export const TGE = 1n << 27n;
export const RW = 1n << 31n;

/** A processor at `el` with vector bases and HCR_EL2 set. */
export function at(el: 0 | 1 | 2, hcr = RW, model = cpuModel('cortex-a57')): Processor {
  const processor = new Processor({ model });
  processor.write({ vbar_el1: EL1_VECTORS, vbar_el2: EL2_VECTORS, hcr_el2: hcr });
  processor.enter(el);
  return processor;
}
