/** The `hypstep` command: one file a command, each loaded only when it runs. */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { Command, CommanderError } from 'commander';
import { defineAs } from './as.ts';
import { CommandFailed, runToStatus, WRONG_USAGE } from './exit.ts';
import { defineImage } from './image.ts';
import { defineLayout } from './layout.ts';
import { defineObjdump } from './objdump.ts';
import { defineOffsets } from './offsets.ts';
import { ownPath } from './paths.ts';
import { defineRun } from './run.ts';
import { defineStep } from './step.ts';
import { defineTest } from './test.ts';
import { defineTrace } from './trace.ts';

function version(): string {
  const manifest = JSON.parse(readFileSync(ownPath('package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

const program = new Command('hypstep')
  .description("Assemble, run, step, trace and check KVM's arm64 world switch, instruction by instruction.")
  .version(version(), '-V, --version', 'print the version')
  .exitOverride()
  .showHelpAfterError('(hypstep --help, or hypstep COMMAND --help, lists what there is)')
  .addHelpText(
    'after',
    '\nWithout a scenario, run, trace and step take the default one: a round trip from host to guest and back.',
  );

for (const define of [
  defineRun,
  defineTrace,
  defineStep,
  defineTest,
  defineImage,
  defineAs,
  defineObjdump,
  defineOffsets,
  defineLayout,
])
  define(program);

async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the help, the version or its message by now; only the status is ours to set.
    if (error.exitCode !== 0) throw new CommandFailed(WRONG_USAGE);
  }
}

async function serve(): Promise<void> {
  const { serveJudging } = await import('./judges.ts');
  serveJudging();
}

if (isMainThread) {
  runToStatus(main).then((status) => {
    process.exitCode = status;
  });
} else {
  serve();
}
