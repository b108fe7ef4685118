/** `hypstep layout`: how a C type lies in memory. */
import type { Command } from 'commander';
import type { TranslationUnit } from '../../asm/c/parse.ts';
import { UsageError } from './exit.ts';
import { type GccFlags, gccFlagsHelp, parseGccFlags } from './gcc-flags.ts';
import { fixturesFolder } from './paths.ts';

export function defineLayout(program: Command): void {
  program
    .command('layout')
    .summary('print how a C type lies in memory')
    .description(
      "Print a type's members with their offsets and sizes in bytes, its holes and padding, as pahole does. The types are " +
        'those of the headers that come with hypstep, or of a C file given with --from.',
    )
    .argument('<type>', "the type, such as 'struct kvm_vcpu'")
    .argument('[flags...]', 'flags as for gcc, with --from')
    .option('--sources <variant>', 'headers with debug_ptr (after) or without (before)', 'after')
    .option('--from <file>', 'take the types of this C file')
    .option('--at <offset>', 'name the member at this offset, in bytes')
    .allowUnknownOption()
    .addHelpText('after', gccFlagsHelp)
    .action(async (typeName: string, _flags: string[], options: LayoutOptions, command: Command) => {
      const flags = parseGccFlags(command.args.slice(1));
      if (flags.rest.length > 0) throw new UsageError(`one type at a time; '${flags.rest[0]}' is one too many`);
      process.stdout.write(await layoutText(typeName, options, flags));
    });
}

interface LayoutOptions {
  readonly sources: string;
  readonly from?: string;
  readonly at?: string;
}

async function layoutText(typeName: string, options: LayoutOptions, flags: GccFlags): Promise<string> {
  const { kernelFlags, parseC, sourceFiles } = await import('./front-end.ts');
  const { fixtureSources } = await import('../scenario/kernel-sources.ts');
  const { printLayout } = await import('../../asm/c/pahole.ts');
  const { describeOffset } = await import('../../asm/c/path.ts');
  const { sizeOf } = await import('../../asm/c/layout.ts');
  const { SourceError } = await import('../../asm/source/diagnostics.ts');

  let file = options.from;
  let unit: TranslationUnit;
  if (file === undefined) {
    if (options.sources !== 'after' && options.sources !== 'before') {
      throw new UsageError(`--sources is after or before, not '${options.sources}'`);
    }
    const { offsets } = fixtureSources(fixturesFolder(), options.sources, sourceFiles);
    file = offsets.path;
    unit = parseC(file, kernelFlags(offsets, flags));
  } else unit = parseC(file, flags);
  const type = unit.typeNamed(typeName);
  if (type === undefined) throw new SourceError(`${file} declares no type '${typeName}'`);
  if (options.at === undefined) return printLayout(type, typeName);

  const offset = Number(options.at);
  if (!Number.isInteger(offset) || offset < 0)
    throw new UsageError(`--at takes an offset in bytes, not '${options.at}'`);
  const name = describeOffset(type, offset);
  if (name === undefined) throw new SourceError(`'${typeName}' has ${sizeOf(type)} bytes: there is none at ${offset}`);
  return `${name}\n`;
}
