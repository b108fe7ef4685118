/** What is named on the command line, a scenario or an ELF file, made ready to run. */
import { isElf } from '../../asm/elf/read.ts';
import type { FileReader } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { modelNames } from '../core/models.ts';
import { type BareMetalMachine, bareMetalMachine } from '../scenario/bare-metal.ts';
import { BareMetalRun, DEFAULT_STEPS } from '../scenario/bare-metal-run.ts';
import type { BoardOptions } from '../scenario/board.ts';
import { KernelBuilds } from '../scenario/kernel-builds.ts';
import { type LoadedScenario, loadScenario } from '../scenario/load.ts';
import { type ScenarioMachine, scenarioMachine } from '../scenario/ready.ts';
import { ScenarioRun } from '../scenario/run.ts';
import { type Recorded, type Run, recorded } from '../scenario/runnable.ts';
import { printDiagnostics, UsageError } from './exit.ts';
import { defaultScenario, fixturesFolder } from './paths.ts';
import { checkRunnableOptions, countOption, type RunnableOptions, type ScenarioOptions } from './scenario-options.ts';

/**
 * The machine of the scenario at `path` (the default one where it is left out), or of one that was loaded. Prints warnings.
 * Throws SourceError or SourceErrors.
 */
export function openScenario(scenario: string | LoadedScenario | undefined, options: ScenarioOptions): ScenarioMachine {
  const files = new NodeFiles();
  checkRunnableOptions('scenario', options);
  const loaded = typeof scenario === 'object' ? scenario : loadScenario(scenario ?? defaultScenario(), files, options);
  const machine = scenarioMachine(loaded, buildsOf(options, files));
  printDiagnostics(machine.warnings);
  return machine;
}

/** What scenarios are built with under these options. */
export function buildsOf({ kernel, hyp, sources }: ScenarioOptions, files: FileReader): KernelBuilds {
  return new KernelBuilds({ files, fixtures: fixturesFolder(), kernel, hyp, sources });
}

const MIB = 1024 * 1024;
const MAX_RAM = 2047;
const MAX_STEPS = 2 ** 40;

/**
 * The run of the ELF file or scenario at `path`, with its steps kept, and which of them it is; what a program sends goes to
 * `send`. Throws as openElf and openScenario do.
 */
export function openRecorded(
  path: string | undefined,
  options: RunnableOptions,
  send: BoardOptions['send'],
): { readonly isElf: boolean; readonly run: Run<Recorded> } {
  const elf = openElf(path, options, send);
  if (elf !== undefined) return { isElf: true, run: new BareMetalRun(recorded(elf.machine), elf.limit) };
  return { isElf: false, run: new ScenarioRun(recorded(openScenario(path, options))) };
}

/** A bare-metal program on its board, and the most steps that it is to make. */
export interface OpenElf {
  readonly machine: BareMetalMachine;
  readonly limit: number;
}

/**
 * The ELF file at `path` in its board's RAM; undefined where the file is none, which its first bytes tell. What the program sends
 * goes to `send`. Throws SourceError, and UsageError for options that make no board.
 */
export function openElf(
  path: string | undefined,
  options: RunnableOptions,
  send: BoardOptions['send'],
): OpenElf | undefined {
  const files = new NodeFiles();
  const bytes = path === undefined ? undefined : files.read(path);
  if (path === undefined || bytes === undefined || !isElf(bytes)) return undefined;
  checkRunnableOptions('ELF file', options);
  const { cpu, gic } = options;
  if (cpu !== undefined && !modelNames.includes(cpu)) {
    throw new UsageError(`--cpu is one of ${modelNames.join(', ')}, not '${cpu}'`);
  }
  const ram = (countOption('ram', options.ram, MAX_RAM) ?? 0) * MIB || undefined;
  const limit = countOption('steps', options.steps, MAX_STEPS) ?? DEFAULT_STEPS;
  return { machine: bareMetalMachine(path, { files, cpu, gic, ram, send }), limit };
}
