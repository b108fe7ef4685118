/** `hypstep as`: an assembly source to an ELF64 relocatable file, or to a listing. */
import type { Command } from 'commander';
import { UsageError } from './exit.ts';
import { gccFlagsHelp, parseGccFlags } from './gcc-flags.ts';

export function defineAs(program: Command): void {
  program
    .command('as')
    .summary('assemble a source file')
    .description(
      'Assemble an A64 source file in the language of GNU as. A .S file goes through the C preprocessor first. The ' +
        'result is an ELF64 relocatable file, like that of `aarch64-linux-gnu-gcc -c`.',
    )
    .argument('<file>', 'the source, .S or .s')
    .argument('[flags...]', 'flags as for gcc and GNU as')
    .option('--listing', 'print address, word and source line of each instruction instead of making a file')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `${gccFlagsHelp}
  -o FILE                             the object file (default: the source's name with .o)
  -march=ARCH                         instructions allowed, as armv8.1-a+crypto
  -g                                  line numbers for debuggers`,
    )
    .action(async (_file: string, _flags: string[], options: { listing?: boolean }, command: Command) => {
      const flags = parseGccFlags(command.args);
      const [file, ...more] = flags.rest;
      if (file === undefined || more.length > 0) throw new UsageError('as takes one source file');
      const { assembleFile } = await import('./front-end.ts');
      const object = assembleFile(file, flags);
      if (options.listing) {
        const { listingLines } = await import('./listing.ts');
        const { printLines } = await import('./output.ts');
        printLines(listingLines(object));
        return;
      }
      const { writeObject } = await import('../../asm/elf/write.ts');
      const { writeBytes } = await import('./output.ts');
      const base = file.slice(file.lastIndexOf('/') + 1);
      writeBytes(flags.output ?? base.replace(/(\.[sS]|\.sx)?$/, '.o'), writeObject(object));
    });
}
