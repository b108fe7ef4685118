/** `hypstep step`: a prompt at which a world switch is gone through, forwards and backwards. */
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type ScenarioOptions, withScenarioOptions } from './scenario-options.ts';

const PROMPT = '(hypstep) ';

export function defineStep(program: Command): void {
  const command = program
    .command('step')
    .summary('step through a scenario, forwards and backwards')
    .description(
      'Step through a scenario at a prompt. Commands may also come from a pipe, one a line; `help` at the prompt lists ' +
        'them. A line that begins with # is a comment.',
    )
    .argument('[scenario]', 'a scenario file (default: a round trip from host to guest and back)');
  withScenarioOptions(command).action(async (path: string | undefined, options: ScenarioOptions) => {
    const { openScenario } = await import('./session.ts');
    const { ScenarioRun } = await import('../scenario/run.ts');
    const { Debugger } = await import('./debugger.ts');
    const stepper = new Debugger(new ScenarioRun(openScenario(path, options)));
    await converse(stepper);
  });
}

interface Stepper {
  readonly finished: boolean;
  here(): string[];
  execute(line: string): string[];
}

/** Reads commands to the end of input or `q`. With a terminal there is a prompt; in a pipe each command is echoed. */
async function converse(stepper: Stepper): Promise<void> {
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
    show(stepper.execute(line));
    if (stepper.finished) break;
    if (terminal) input.prompt();
  }
  input.close();
}
