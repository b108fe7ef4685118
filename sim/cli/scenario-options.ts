/** The options that choose what run, trace, step and test run, and on what. */
import { type Command, Option } from 'commander';
import { UsageError } from './exit.ts';

export interface ScenarioOptions {
  readonly sources?: 'before' | 'after';
  readonly kernel?: string;
  readonly hyp?: string;
  /** Which combination of a matrix. */
  readonly with?: string;
}

/** Options of the board that an ELF file runs on; a scenario has its own machine. */
export interface BoardOptions {
  readonly cpu?: string;
  readonly gic?: 'v2' | 'v3';
  /** MiB. */
  readonly ram?: string;
  readonly steps?: string;
}

export type RunnableOptions = ScenarioOptions & BoardOptions;

/** Adds the options of scenarios to a command. */
export function withScenarioOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--sources <name>',
        "take hypstep's own world switch, before or after debug_ptr, instead of the scenario's",
      )
        .choices(['before', 'after'])
        .conflicts('kernel'),
    )
    .option('--kernel <tree>', 'take hyp.S, its friends and all headers from this Linux tree, configured for arm64')
    .option('--hyp <dir>', 'take hyp.S, vgic-v2-switch.S and vgic-v3-switch.S from this folder');
}

/** Adds the option that chooses among the combinations of a matrix. */
export function withCombinationOption(command: Command): Command {
  return command.option('--with <values>', "of a matrix, take these values: 'machine.breakpoints 3, machine.gic v3'");
}

/** Adds the options of scenarios and of ELF files. */
export function withRunnableOptions(command: Command): Command {
  return withCombinationOption(withScenarioOptions(command))
    .option('--cpu <name>', 'ELF file: the core, cortex-a53 (default), cortex-a57 or cortex-a72')
    .addOption(new Option('--gic <version>', 'ELF file: the interrupt controller (default: v2)').choices(['v2', 'v3']))
    .option('--ram <MiB>', 'ELF file: memory from 0x40000000 on (default: 128)')
    .option('--steps <n>', 'ELF file: the most steps (default: 10000000)');
}

/** Throws UsageError where an option was given that is not for what is run. */
export function checkRunnableOptions(kind: 'scenario' | 'ELF file', options: RunnableOptions): void {
  const wrong = kind === 'scenario' ? (['cpu', 'gic', 'ram', 'steps'] as const) : (['hyp', 'sources', 'with'] as const);
  const given = wrong.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const other = kind === 'scenario' ? 'an ELF file; a scenario says so itself' : 'a scenario';
  throw new UsageError(`--${given} is for ${other}`);
}

/** An option's positive integer up to `most`; undefined where it was not given. Throws UsageError. */
export function countOption(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new UsageError(`--${name} takes a number from 1 to ${most}, not '${text}'`);
}
