/** `hypstep offsets`: what Kbuild puts into include/generated/asm-offsets.h, from the C structs. */
import type { Command } from 'commander';
import { UsageError } from './exit.ts';
import { gccFlagsHelp, parseGccFlags } from './gcc-flags.ts';

export function defineOffsets(program: Command): void {
  program
    .command('offsets')
    .summary('print asm-offsets.h for an asm-offsets.c')
    .description(
      'Print asm-offsets.h for an asm-offsets.c, as Kbuild makes it. Without a file, or with `after` or `before`, for ' +
        'the world switch that comes with hypstep, with or without debug_ptr.',
    )
    .argument('[asm-offsets.c]', 'the C file with the DEFINEs (default: after)')
    .argument('[flags...]', 'flags as for gcc')
    .option('--kernel <tree>', "take the asm-offsets.c of this Linux tree, with the tree's own flags")
    .allowUnknownOption()
    .addHelpText('after', gccFlagsHelp)
    .action(async (_file: string | undefined, _flags: string[], options: { kernel?: string }, command: Command) => {
      const flags = parseGccFlags(command.args);
      const [file, ...more] = flags.rest;
      const unwanted = options.kernel === undefined ? more[0] : file;
      if (unwanted !== undefined) throw new UsageError(`one asm-offsets.c at a time; '${unwanted}' is one too many`);
      const { headersNamed, headersOffsetsText, offsetsText } = await import('./front-end.ts');
      const named = options.kernel ?? file ?? 'after';
      const isSet = options.kernel !== undefined || named === 'after' || named === 'before';
      process.stdout.write(isSet ? headersOffsetsText(headersNamed(named), flags) : offsetsText(named, flags));
    });
}
