/** The speed of asm/, cold and warm, beside gcc doing the same: hyp.S to an object, asm-offsets.c to its offsets. */
import { join } from 'node:path';
import { COMPILER_HEADERS } from '../../asm/cpp/compiler-headers.ts';
import { writeObject } from '../../asm/elf/write.ts';
import { assembleFile, offsetsText } from '../../sim/cli/front-end.ts';
import { parseGccFlags } from '../../sim/cli/gcc-flags.ts';
import { inTempFolder, runTool } from '../oracle/tools.ts';
import { benchCommand, type CommandLine, hypstep, nodeAlone, type Peer } from './commands.ts';
import { type BenchSource, type BenchSources, fixtureSources, kernelTrees, treeSources } from './front-end-sources.ts';
import { fastest, middle, rounds, row, timeOf } from './table.ts';

const GCC = 'aarch64-linux-gnu-gcc';

/** Of the fixtures; where kernel trees are named, of those. */
export function benchAssembling(): void {
  inTempFolder((folder) => {
    const trees = kernelTrees();
    for (const sources of trees.length > 0 ? trees.map(treeSources) : [fixtureSources(folder)])
      benchSources(sources, folder);
  });
}

function benchSources({ title, assembly, offsets }: BenchSources, folder: string): void {
  console.log(title);
  const object = ['-o', join(folder, 'object.o')];
  const assembler = benchCommand(`hypstep as ${assembly.name}, cold`, hypstep('as', ...assembly.words, ...object), {
    'node -e 0': nodeAlone,
    ...gcc(['-c', ...object], assembly),
  });
  const asFlags = parseGccFlags(assembly.words);
  benchWarm(`as ${assembly.name}, warm`, assembler, () => writeObject(assembleFile(asFlags.rest[0]!, asFlags)));
  const compiler = benchCommand(`hypstep offsets ${offsets.name}, cold`, hypstep('offsets', ...offsets.words), {
    'node -e 0': nodeAlone,
    ...gcc(['-S', '-w', '-o', join(folder, 'offsets.s')], offsets),
  });
  const offsetsFlags = parseGccFlags(offsets.words);
  benchWarm(`offsets ${offsets.name}, warm`, compiler, () => offsetsText(offsetsFlags.rest[0]!, offsetsFlags));
}

/** gcc as a peer, where it is installed. */
function gcc(mode: readonly string[], { words }: BenchSource): Record<string, CommandLine> {
  try {
    const headers = runTool(GCC, ['-print-file-name=include']).stdout.trim();
    const own = words.map((word) => (word === COMPILER_HEADERS ? headers : word));
    return { [`${GCC} ${mode[0]}`]: [GCC, ...mode, ...own] };
  } catch {
    return {};
  }
}

/** In this process, with the files read and after as many rounds as V8 takes to optimize what is used. */
function benchWarm(what: string, peer: Peer, body: () => void): void {
  for (let n = 0; n < rounds; n++) body();
  const times = Array.from({ length: rounds }, () => timeOf(body));
  row(what, middle(times), 'ms', peer.name, peer.time);
  console.log(`  fastest of ${rounds}: ${fastest(times).toFixed(1)}`);
}
