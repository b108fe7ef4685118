/** `hypstep offsets`: what Kbuild puts into include/generated/asm-offsets.h, from the C structs. */
import type { Command } from 'commander';
import { UsageError } from './exit.ts';
import { gccFlagsHelp, parseGccFlags } from './gcc-flags.ts';
import { fixturesFolder } from './paths.ts';

export function defineOffsets(program: Command): void {
  program
    .command('offsets')
    .summary('print asm-offsets.h for an asm-offsets.c')
    .description(
      'Print asm-offsets.h for an asm-offsets.c, as Kbuild makes it. Without a file, or with `after` or `before`, for ' +
        'the world switch that comes with hypstep, with or without debug_ptr.',
    )
    .argument('[asm-offsets.c]', 'the C file with the DEFINEs', 'after')
    .argument('[flags...]', 'flags as for gcc')
    .allowUnknownOption()
    .addHelpText('after', gccFlagsHelp)
    .action(async (_file: string, _flags: string[], _options: object, command: Command) => {
      const flags = parseGccFlags(command.args);
      const [file = 'after', ...more] = flags.rest;
      if (more.length > 0) throw new UsageError(`one asm-offsets.c at a time; '${more[0]}' is one too many`);
      const { kernelFlags, offsetsText, sourceFiles } = await import('./front-end.ts');
      const { fixtureSources } = await import('../scenario/kernel-sources.ts');
      if (file === 'after' || file === 'before') {
        const { offsets } = fixtureSources(fixturesFolder(), file, sourceFiles);
        process.stdout.write(offsetsText(offsets.path, kernelFlags(offsets, flags)));
      } else {
        process.stdout.write(offsetsText(file, flags));
      }
    });
}
