/**
 * `npm run oracle:qemu -- FILE.elf`: runs a bare-metal program in QEMU and in hypstep and prints `identical: N steps`, or
 * the first difference with the ten steps before it. The program ends by semihosting SYS_EXIT. With `--timed` QEMU's time goes
 * by instructions and is that of both, for a program that looks at the time or has a timer's interrupts.
 *
 * `npm run oracle:qemu -- --kernel TREE`: the same for the world switch of a Linux tree configured for arm64, in each of the
 * scenarios that the tests run.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { diagnosticsOf, formatDiagnostic, SourceError } from '../../asm/source/diagnostics.ts';
import { modelNames } from '../../sim/core/models.ts';
import { type BareMetalRun, compareBareMetal } from './bare-metal.ts';
import { RAM_MIB } from './lockstep.ts';
import { inTempFolder } from './tools.ts';
import { imageOf, SCENARIO_RAM, variations } from './world-switch-variations.ts';

const USAGE = `usage: npm run oracle:qemu -- FILE.elf [--cpu cortex-a53] [--gic v2|v3] [--ram MIB] [--timed]
       npm run oracle:qemu -- --kernel TREE`;
/** What -M virt may have at most before its devices go elsewhere, and QEMU's `virt` needs for its device tree. */
const [LEAST_RAM, MOST_RAM] = [8, 2048];

class UsageError extends Error {}

interface Arguments {
  /** One of the two. */
  readonly file: string | undefined;
  readonly kernel: string | undefined;
  readonly cpu: string;
  readonly gic: 'v2' | 'v3';
  readonly ram: number;
  readonly timed: boolean;
}

function parse(): Arguments {
  const string = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      kernel: string,
      cpu: { ...string, default: 'cortex-a53' },
      gic: { ...string, default: 'v2' },
      ram: { ...string, default: `${RAM_MIB}` },
      timed: { type: 'boolean', default: false },
    },
  });
  const [file, ...more] = positionals;
  const { cpu, gic, kernel, timed } = values;
  const ram = Number(values.ram);
  if ((file === undefined) === (kernel === undefined) || more.length > 0)
    throw new UsageError('one file is wanted, or a tree');
  if (!modelNames.includes(cpu)) throw new UsageError(`--cpu is one of ${modelNames.join(', ')}, not '${cpu}'`);
  if (gic !== 'v2' && gic !== 'v3') throw new UsageError(`--gic is v2 or v3, not '${gic}'`);
  if (!Number.isInteger(ram) || ram < LEAST_RAM || ram > MOST_RAM)
    throw new UsageError(`--ram takes ${LEAST_RAM} to ${MOST_RAM} mebibytes, not '${values.ram}'`);
  return { file, kernel, cpu, gic, ram, timed };
}

/** Runs one file in both, and says what came of it. Returns whether they agree. */
async function compareOne(run: BareMetalRun): Promise<boolean> {
  const result = await inTempFolder((folder) => compareBareMetal(run, folder));
  if ('text' in result) {
    console.log(`differs after ${result.step} steps\n${result.text}`);
    return false;
  }
  const { steps, systemRegisters, bytes, excused } = result;
  console.log(`identical: ${steps} steps`);
  if (excused.size > 0) console.log(`but for what QEMU reads from ${[...excused].join(', ')} (qemu-deviations.ts)`);
  console.log(`at the end: V0 to V31, ${systemRegisters.length} system registers, ${bytes >> 20} MiB of RAM`);
  return true;
}

async function compareKernel(tree: string, cpu: string): Promise<boolean> {
  let agree = true;
  for (const variation of variations) {
    console.log(`${variation.name}:`);
    const elf = imageOf(variation, JSON.stringify({ kernel: resolve(tree) }));
    agree = (await compareOne({ elf, cpu, gic: variation.gic, ram: SCENARIO_RAM })) && agree;
  }
  return agree;
}

/** The exit status: 0 where both agree, 1 where not or where the file cannot be run, 2 for a wrong command line. */
async function main(): Promise<number> {
  try {
    const { file, kernel, ...options } = parse();
    if (kernel !== undefined) return (await compareKernel(kernel, options.cpu)) ? 0 : 1;
    if (!existsSync(file!)) throw new SourceError(`there is no file '${file}'`);
    return (await compareOne({ elf: readFileSync(file!), ...options })) ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError || (error instanceof TypeError && 'code' in error)) {
      console.error(`error: ${error.message}\n${USAGE}`);
      return 2;
    }
    console.error(diagnosticsOf(error)?.map(formatDiagnostic).join('\n') ?? `error: ${(error as Error).message}`);
    return 1;
  }
}

process.exitCode = await main();
