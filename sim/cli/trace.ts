/** `hypstep trace`: every step of a scenario, as text for people or as JSON lines for programs. */
import type { Command } from 'commander';
import type { ReadyMachine } from '../scenario/ready.ts';
import { CommandFailed, UsageError } from './exit.ts';
import { type ScenarioOptions, withScenarioOptions } from './scenario-options.ts';

const formats = ['text', 'jsonl'];

interface TraceOptions extends ScenarioOptions {
  readonly format: string;
  readonly output?: string;
}

export function defineTrace(program: Command): void {
  const command = program
    .command('trace')
    .summary('print every step of a scenario')
    .description('Run a scenario and print every step: what was executed, where it comes from, and what it changed.')
    .argument('[scenario]', 'a scenario file (default: a round trip from host to guest and back)')
    .option('--format <format>', `one of ${formats.join(', ')}`, 'text')
    .option('-o, --output <file>', 'write to a file, which appears whole or not at all');
  withScenarioOptions(command).action(async (path: string | undefined, options: TraceOptions) => {
    if (!formats.includes(options.format)) {
      throw new UsageError(`--format is one of ${formats.join(', ')}, not '${options.format}'`);
    }
    const { openScenario } = await import('./session.ts');
    const { ScenarioRun } = await import('../scenario/run.ts');
    const { printLines, writeLines } = await import('./output.ts');
    const { Progress } = await import('./progress.ts');
    const ready = openScenario(path, options);
    const run = new ScenarioRun(ready);
    const progress = new Progress('steps');
    let fault: unknown;
    try {
      run.finish((steps) => progress.update(steps));
    } catch (error) {
      // What was recorded up to the fault is what the user needs to see.
      fault = error;
    }
    progress.end();
    const lines = await traceLines(ready, options.format);
    if (options.output === undefined) printLines(lines);
    else writeLines(options.output, lines);
    if (fault !== undefined) throw fault;
    if (run.ending?.kind !== 'done') {
      process.stderr.write(`hypstep: ${run.endingText}\n`);
      throw new CommandFailed();
    }
  });
}

async function traceLines(ready: ReadyMachine, format: string): Promise<Iterable<string>> {
  if (format === 'jsonl') {
    const { jsonLines } = await import('../formats/jsonl.ts');
    return jsonLines(ready.recording);
  }
  const { textLines } = await import('../formats/text.ts');
  return textLines(ready.recording);
}
