/** `hypstep objdump`: the instructions of an object or executable, as GNU objdump prints them. */
import type { Command } from 'commander';
import { UsageError } from './exit.ts';

interface Options {
  readonly disassemble?: boolean;
  readonly disassembleAll?: boolean;
  readonly reloc?: boolean;
  readonly disassembleZeroes?: boolean;
  readonly section?: readonly string[];
  /** False with --no-show-raw-insn. */
  readonly showRawInsn: boolean;
}

export function defineObjdump(program: Command): void {
  program
    .command('objdump')
    .summary('disassemble an object file')
    .description(
      'Print the instructions of AArch64 ELF files, relocatable or linked, as `aarch64-linux-gnu-objdump` does. Of SVE ' +
        'and of the SIMD arithmetic that hypstep leaves out only the name is told.',
    )
    .argument('<file...>', 'the ELF files')
    .option('-d, --disassemble', 'sections of instructions')
    .option('-D, --disassemble-all', 'every section, its data as if they were instructions')
    .option('-r, --reloc', 'relocations, beside the instructions or alone')
    .option('-z, --disassemble-zeroes', 'show runs of zeros instead of ...')
    .option('-j, --section <name>', 'only this section (repeat for more)', collect)
    .option('--no-show-raw-insn', 'leave out the column of words')
    .action(async (files: string[], options: Options) => {
      if (!options.disassemble && !options.disassembleAll && !options.reloc)
        throw new UsageError('objdump needs -d, -D or -r: what to show');
      const { dumpFiles } = await import('./dump-files.ts');
      dumpFiles(files, {
        disassemble: options.disassembleAll ? 'all' : options.disassemble ? 'code' : undefined,
        relocations: options.reloc,
        sections: options.section,
        hideWords: !options.showRawInsn,
        showZeros: options.disassembleZeroes,
      });
    });
}

function collect(name: string, names: readonly string[] = []): readonly string[] {
  return [...names, name];
}
