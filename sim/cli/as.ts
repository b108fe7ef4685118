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
    .argument('<file>', 'the source, .S or .s; - for standard input')
    .argument('[flags...]', 'flags as for gcc and GNU as')
    .option('--listing', 'print address, word and source line of each instruction instead of making a file')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `${gccFlagsHelp}
  -o FILE                             the object file (default: the source's name with .o)
  -march=ARCH, -mcpu=CORE             instructions allowed, as armv8.1-a+crypto or cortex-a72
  -g                                  line numbers for debuggers
  -E, -P                              print the preprocessed text instead, with -P without line markers
  -x assembler-with-cpp               preprocess first, whatever the file is called
  -Wa,FLAG,...                        flags for the assembler
-c, -O, -f, -W and -std flags are taken and change nothing.`,
    )
    .action(async (_file: string, _flags: string[], options: { listing?: boolean }, command: Command) => {
      const flags = parseGccFlags(command.args);
      const [file, ...more] = flags.rest;
      if (file === undefined || more.length > 0) throw new UsageError('as takes one source file');
      const { assembleFile, preprocessedText } = await import('./front-end.ts');
      if (flags.preprocessOnly) {
        const text = preprocessedText(file, flags);
        const { printText, writeLines } = await import('./output.ts');
        if (flags.output === undefined || flags.output === '-') printText(text);
        else writeLines(flags.output, [text.replace(/\n$/, '')]);
        return;
      }
      const object = assembleFile(file, flags);
      if (options.listing) {
        const { listingLines } = await import('./listing.ts');
        const { printLines } = await import('./output.ts');
        printLines(listingLines(object));
        return;
      }
      const { writeObject } = await import('../../asm/elf/write.ts');
      const { writeBytes } = await import('./output.ts');
      writeBytes(flags.output ?? objectName(file), writeObject(object));
    });
}

/** As gcc and GNU as name what they make: the source's name with .o, in the working folder; a.out for standard input. */
function objectName(file: string): string {
  if (file === '-') return 'a.out';
  return file.slice(file.lastIndexOf('/') + 1).replace(/(\.[sS]|\.sx)?$/, '.o');
}
