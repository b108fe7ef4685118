/**
 * `npm run oracle:qemu -- FILE.elf`: runs a bare-metal program in QEMU and in hypstep and prints `identical: N steps`, or
 * the first difference with the ten steps before it. The program ends by semihosting SYS_EXIT.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SourceError } from '../../asm/source/diagnostics.ts';
import { modelNames } from '../../sim/core/models.ts';
import { compareBareMetal } from './bare-metal.ts';
import { RAM_MIB } from './lockstep.ts';
import { inTempFolder } from './tools.ts';

const USAGE = 'usage: npm run oracle:qemu -- FILE.elf [--cpu cortex-a53] [--gic v2|v3] [--ram MIB]';
/** What -M virt may have at most before its devices go elsewhere, and QEMU's `virt` needs for its device tree. */
const [LEAST_RAM, MOST_RAM] = [8, 2048];

class UsageError extends Error {}

interface Arguments {
  readonly file: string;
  readonly cpu: string;
  readonly gic: 'v2' | 'v3';
  readonly ram: number;
}

function parse(): Arguments {
  const string = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      cpu: { ...string, default: 'cortex-a53' },
      gic: { ...string, default: 'v2' },
      ram: { ...string, default: `${RAM_MIB}` },
    },
  });
  const [file, ...more] = positionals;
  const { cpu, gic } = values;
  const ram = Number(values.ram);
  if (file === undefined || more.length > 0) throw new UsageError('one file is wanted');
  if (!modelNames.includes(cpu)) throw new UsageError(`--cpu is one of ${modelNames.join(', ')}, not '${cpu}'`);
  if (gic !== 'v2' && gic !== 'v3') throw new UsageError(`--gic is v2 or v3, not '${gic}'`);
  if (!Number.isInteger(ram) || ram < LEAST_RAM || ram > MOST_RAM)
    throw new UsageError(`--ram takes ${LEAST_RAM} to ${MOST_RAM} mebibytes, not '${values.ram}'`);
  return { file, cpu, gic, ram };
}

/** The exit status: 0 where both agree, 1 where not or where the file cannot be run, 2 for a wrong command line. */
async function main(): Promise<number> {
  try {
    const { file, ...options } = parse();
    if (!existsSync(file)) throw new SourceError(`there is no file '${file}'`);
    const elf = readFileSync(file);
    const result = await inTempFolder((folder) => compareBareMetal({ elf, ...options }, folder));
    if ('text' in result) {
      console.log(`differs after ${result.step} steps\n${result.text}`);
      return 1;
    }
    const { steps, systemRegisters, bytes } = result;
    console.log(`identical: ${steps} steps`);
    console.log(`at the end: V0 to V31, ${systemRegisters.length} system registers, ${bytes >> 20} MiB of RAM`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError || (error instanceof TypeError && 'code' in error)) {
      console.error(`error: ${error.message}\n${USAGE}`);
      return 2;
    }
    console.error(`error: ${(error as Error).message}`);
    return 1;
  }
}

process.exitCode = await main();
