/** `hypstep image`: a scenario as a bare-metal ELF file, for QEMU and its like. */
import type { Command } from 'commander';
import { fixturesFolder } from './paths.ts';
import { type ScenarioOptions, withCombinationOption, withScenarioOptions } from './scenario-options.ts';

interface ImageOptions extends ScenarioOptions {
  readonly output: string;
}

export function defineImage(program: Command): void {
  const command = program
    .command('image')
    .summary('make a scenario into a bare-metal ELF file')
    .description(
      'Make a scenario into an executable ELF file: the memory of its machine, and a boot program that is entered at EL2 ' +
        "and leads to the host's first instruction with every register as the scenario has it. It runs where hypstep is " +
        'not: qemu-system-aarch64 -M virt,virtualization=on -cpu cortex-a53 -nic none -nographic -semihosting -kernel ' +
        'FILE. The exit status there is 0 where the host has had all its entries, 1 after the panic path, 2 after an ' +
        'exception of the host.',
    )
    .argument('[scenario]', 'a scenario file (default: a round trip from host to guest and back)')
    .requiredOption('-o, --output <file>', 'the ELF file');
  withCombinationOption(withScenarioOptions(command)).action(
    async (path: string | undefined, options: ImageOptions) => {
      const { openScenario } = await import('./session.ts');
      const { bareMetalImage } = await import('../scenario/boot-image.ts');
      const { recorded } = await import('../scenario/runnable.ts');
      const { writeBytes } = await import('./output.ts');
      writeBytes(options.output, bareMetalImage(recorded(openScenario(path, options)), fixturesFolder()));
    },
  );
}
