/** `hypstep step`: a prompt at which a world switch is gone through, forwards and backwards. */
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type RunnableOptions, withRunnableOptions } from './scenario-options.ts';

const PROMPT = '(hypstep) ';

export function defineStep(program: Command): void {
  const command = program
    .command('step')
    .summary('step through a scenario or a bare-metal ELF file, forwards and backwards')
    .description(
      'Step through a scenario or a bare-metal ELF file at a prompt. Commands may also come from a pipe, one a line; `help` at the prompt lists ' +
        'them. A line that begins with # is a comment.',
    )
    .argument('[file]', 'a scenario or an ELF file (default: a round trip from host to guest and back)');
  withRunnableOptions(command).action(async (path: string | undefined, options: RunnableOptions) => {
    const { openRecorded } = await import('./session.ts');
    const { ProgramOutput } = await import('./output.ts');
    const { Debugger } = await import('./debugger.ts');
    const output = new ProgramOutput();
    const { run } = openRecorded(path, options, output.send);
    await converse(new Debugger(run), () => output.flush());
  });
}

interface Stepper {
  readonly finished: boolean;
  here(): string[];
  execute(line: string): string[];
}

/** Reads commands to the end of input or `q`. With a terminal there is a prompt; in a pipe each command is echoed. */
async function converse(stepper: Stepper, flush: () => void): Promise<void> {
  const terminal = process.stdin.isTTY === true;
  const show = (lines: readonly string[]) => process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  const input = createInterface({
    input: process.stdin,
    output: terminal ? process.stdout : undefined,
    prompt: PROMPT,
  });
  show(stepper.here());
  if (terminal) input.prompt();
  for await (const line of input) {
    if (!terminal && line.trim() !== '') show([`${PROMPT}${line.trim()}`]);
    const lines = stepper.execute(line);
    flush();
    show(lines);
    if (stepper.finished) break;
    if (terminal) input.prompt();
  }
  input.close();
}
