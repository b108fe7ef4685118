/** A recording with names for everything, for the tests of formats. */
import { X0 } from '../../sim/core/registers.ts';
import type { Annotations } from '../../sim/recording/annotations.ts';
import { Recording } from '../../sim/recording/recording.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { CODE, DATA, machineWith } from '../recording/el2-machine.ts';

/** Where the struct lies that the annotations know: `vcpu.flags` (4 bytes), and `vcpu.entry` (8 bytes) at offset 8. */
export const STRUCT = DATA + 0x100n;

/** `source` run for `steps` steps; x20 holds the address of memory without names, x21 that of the struct. */
export function trace(source: string, steps: number): Recording {
  const { machine, annotations } = machineWith(source);
  machine.cpu.cells[X0 + 20] = DATA;
  machine.cpu.cells[X0 + 21] = STRUCT;
  const recording = new Recording(machine, new CortexA53());
  const fields: Annotations['fieldAt'] = (pa) => {
    if (pa >= STRUCT && pa < STRUCT + 4n) return 'vcpu.flags';
    return pa >= STRUCT + 8n && pa < STRUCT + 16n ? 'vcpu.entry' : undefined;
  };
  const lineAt: Annotations['lineAt'] = (pa) =>
    annotations.symbolAt(pa) && { file: 'hyp.S', line: 100 + Number(pa - CODE) / 4 };
  recording.annotations = { ...annotations, fieldAt: fields, lineAt };
  for (let n = 0; n < steps; n++) recording.step();
  return recording;
}
