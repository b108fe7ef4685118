/** The speed of asm/: from text to objects. */
import { NodeFiles } from '../../asm/source/node-files.ts';
import { assembleKernel, readKernel } from '../../sim/scenario/kernel-build.ts';
import { fixtureSources } from '../../sim/scenario/kernel-sources.ts';
import { fixtures } from '../scenario/world-switch.ts';
import { median, rounds, row } from './table.ts';

export function benchAssembling(): void {
  const files = new NodeFiles();
  const sources = fixtureSources(fixtures, 'after', files);
  const offsets = readKernel(sources, files);
  const headers = median(rounds, () => {
    readKernel(sources, files);
  });
  const warm = median(rounds, () => {
    assembleKernel(sources, files, offsets);
  });
  row('assemble hyp.S and vgic-v2, v3, warm', warm, 'ms', 'read headers, lay out offsets', headers);
}
