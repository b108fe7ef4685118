/** `hypstep trace`: every step of a scenario, as text for people or as JSON lines for programs. */
import type { Command } from 'commander';
import type { Recorded } from '../scenario/runnable.ts';
import { CommandFailed, UsageError } from './exit.ts';
import { type RunnableOptions, withRunnableOptions } from './scenario-options.ts';

const formats = ['text', 'jsonl'];

interface TraceOptions extends RunnableOptions {
  readonly format: string;
  readonly output?: string;
}

export function defineTrace(program: Command): void {
  const command = program
    .command('trace')
    .summary('print every step of a scenario or a bare-metal ELF file')
    .description(
      'Run a scenario or a bare-metal ELF file and print every step: what was executed, where it comes from, and what ' +
        'it changed. What an ELF file itself sends goes to standard error.',
    )
    .argument('[file]', 'a scenario or an ELF file (default: a round trip from host to guest and back)')
    .option('--format <format>', `one of ${formats.join(', ')}`, 'text')
    .option('-o, --output <file>', 'write to a file, which appears whole or not at all');
  withRunnableOptions(command).action(async (path: string | undefined, options: TraceOptions) => {
    if (!formats.includes(options.format)) {
      throw new UsageError(`--format is one of ${formats.join(', ')}, not '${options.format}'`);
    }
    const { openRecorded } = await import('./session.ts');
    const { runToEnd } = await import('../scenario/runnable.ts');
    const { printLines, ProgramOutput, writeLines } = await import('./output.ts');
    const { Progress } = await import('./progress.ts');
    const output = new ProgramOutput({ toStderr: true });
    const { isElf, run } = openRecorded(path, options, output.send);
    const progress = new Progress('steps');
    let fault: unknown;
    try {
      runToEnd(run, (steps) => progress.update(steps));
    } catch (error) {
      // What was recorded up to the fault is what the user needs to see.
      fault = error;
    }
    progress.end();
    output.finish();
    const lines = await traceLines(run.ready, options.format);
    if (options.output === undefined) printLines(lines);
    else writeLines(options.output, lines);
    if (fault !== undefined) throw fault;
    if (isElf || run.status !== 0) process.stderr.write(`hypstep: ${run.endingText}\n`);
    if (run.status !== 0) throw new CommandFailed(run.status);
  });
}

async function traceLines(ready: Recorded, format: string): Promise<Iterable<string>> {
  if (format === 'jsonl') {
    const { jsonLines } = await import('../formats/jsonl.ts');
    return jsonLines(ready.recording);
  }
  const { textLines } = await import('../formats/text.ts');
  return textLines(ready.recording);
}
