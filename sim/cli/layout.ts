/** `hypstep layout`: how a C type lies in memory, what lies at a byte of it, and what moved between two sets of headers. */
import type { Command } from 'commander';
import type { TranslationUnit } from '../../asm/c/parse.ts';
import type { CType } from '../../asm/c/types.ts';
import { UsageError } from './exit.ts';
import { type GccFlags, gccFlagsHelp, parseGccFlags } from './gcc-flags.ts';

interface LayoutOptions {
  readonly kernel?: string;
  readonly sources?: string;
  readonly from?: string;
  readonly at?: boolean;
  readonly diff?: boolean;
}

const forms = `
Forms:
  hypstep layout TYPE                 the whole type
  hypstep layout --at TYPE OFFSET     the member at a byte of it; also TYPE --at OFFSET
  hypstep layout --diff A B TYPE      what moved from A to B: \`before\`, \`after\`, or the folder of a Linux tree`;

export function defineLayout(program: Command): void {
  program
    .command('layout')
    .summary('print how a C type lies in memory')
    .description(
      "Print a type's members with their offsets and sizes in bytes, its holes and padding, as pahole does. The types are " +
        'those of the headers that come with hypstep, of a Linux tree, or of a C file.',
    )
    .argument('<words...>', "the type, such as 'struct kvm_vcpu', and flags as for gcc")
    .option('--kernel <tree>', 'take the types of this Linux tree, configured for arm64')
    .option('--sources <variant>', "hypstep's headers with debug_ptr (after, the default) or without (before)")
    .option('--from <file>', 'take the types of this C file')
    .option('--at', 'name the member at an offset, in bytes')
    .option('--diff', 'print what moved between two sets of headers')
    .allowUnknownOption()
    .addHelpText('after', `${forms}\n${gccFlagsHelp}`)
    .action(async (_words: string[], options: LayoutOptions, command: Command) => {
      const flags = parseGccFlags(command.args);
      process.stdout.write(options.diff ? await diffText(options, flags) : await layoutText(options, flags));
    });
}

async function layoutText(options: LayoutOptions, flags: GccFlags): Promise<string> {
  const [typeName, place] = wordsOf(flags, options.at ? ['a type', 'an offset'] : ['a type']);
  const { printLayout } = await import('../../asm/c/pahole.ts');
  const offset = options.at ? byteOffset(place!) : undefined;
  const { unit, origin } = await typesOf(options, flags);
  const type = await typeIn(unit, typeName!, origin);
  if (offset === undefined) return printLayout(type, typeName!);

  const { describeOffset } = await import('../../asm/c/path.ts');
  const { sizeOf } = await import('../../asm/c/layout.ts');
  const { SourceError } = await import('../../asm/source/diagnostics.ts');
  const name = describeOffset(type, offset);
  if (name === undefined) throw new SourceError(`'${typeName}' has ${sizeOf(type)} bytes: there is none at ${offset}`);
  return `${name}\n`;
}

async function diffText(options: LayoutOptions, flags: GccFlags): Promise<string> {
  const other = (['kernel', 'sources', 'from', 'at'] as const).find((name) => options[name] !== undefined);
  if (other !== undefined)
    throw new UsageError(`--diff names both sets of headers itself; --${other} does not go with it`);
  const [a, b, typeName] = wordsOf(flags, ['two sets of headers', 'two sets of headers', 'a type']);
  const { headersNamed, parseHeaders } = await import('./front-end.ts');
  const { diffLayouts, printLayoutDiff } = await import('../../asm/c/layout-diff.ts');
  const [before, after] = await Promise.all(
    [a!, b!].map((name) => typeIn(parseHeaders(headersNamed(name), flags), typeName!, name)),
  );
  return printLayoutDiff(diffLayouts(before!, after!), typeName!);
}

/** The words that are no flags; there must be one for each of `wanted`. */
function wordsOf({ rest }: GccFlags, wanted: readonly string[]): readonly string[] {
  const extra = rest[wanted.length];
  if (extra !== undefined) throw new UsageError(`'${extra}' is one word too many: layout takes ${listOf(wanted)} here`);
  if (rest.length < wanted.length) throw new UsageError(`layout takes ${listOf(wanted)} here`);
  return rest;
}

function listOf(words: readonly string[]): string {
  return [...new Set(words)].join(' and ');
}

function byteOffset(text: string): number {
  const offset = Number(text);
  if (text === '' || !Number.isInteger(offset) || offset < 0)
    throw new UsageError(`--at takes a type and an offset in bytes, not '${text}'`);
  return offset;
}

async function typesOf(options: LayoutOptions, flags: GccFlags): Promise<{ unit: TranslationUnit; origin: string }> {
  const { kernel, sources = 'after', from } = options;
  if ([kernel, options.sources, from].filter((one) => one !== undefined).length > 1)
    throw new UsageError('one of --kernel, --sources and --from');
  const { headersNamed, parseC, parseHeaders } = await import('./front-end.ts');
  if (from !== undefined) return { unit: parseC(from, flags), origin: from };
  if (kernel === undefined && sources !== 'after' && sources !== 'before')
    throw new UsageError(`--sources is after or before, not '${sources}'`);
  const headers = headersNamed(kernel ?? sources);
  return { unit: parseHeaders(headers, flags), origin: headers.offsets.path };
}

async function typeIn(unit: TranslationUnit, name: string, origin: string): Promise<CType> {
  const type = unit.typeNamed(name);
  if (type !== undefined) return type;
  const { SourceError } = await import('../../asm/source/diagnostics.ts');
  throw new SourceError(`${origin} declares no type '${name}'`);
}
