/** The speed of asm/: from text to objects. */
import { NodeFiles } from '../../asm/source/node-files.ts';
import { assembleKernel, fixturePaths, readKernel } from '../../sim/scenario/kernel-sources.ts';
import { fixtures } from '../scenario/world-switch.ts';
import { median, rounds, row } from './table.ts';

export function benchAssembling(): void {
  const files = new NodeFiles();
  const paths = fixturePaths(fixtures, 'after');
  const offsets = readKernel(paths, files);
  const headers = median(rounds, () => {
    readKernel(paths, files);
  });
  const warm = median(rounds, () => {
    assembleKernel(paths, files, offsets);
  });
  row('assemble hyp.S and vgic-v2, v3, warm', warm, 'ms', 'read headers, lay out offsets', headers);
}
