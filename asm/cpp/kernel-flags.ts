/**
 * What a configured arm64 Linux tree passes to gcc for one of its sources: include path, macros, files included first
 * and the flags that change predefined macros.
 *
 * The facts are those of the trees' Makefile, arch/arm64/Makefile, scripts/Makefile.lib and the Makefiles of the
 * folders named below, of Linux 4.4 and 6.1; the version at which one was changed for the other is given with it.
 */
import { SourceError } from '../source/diagnostics.ts';
import { decodeText, type FileReader, joinPath } from '../source/files.ts';
import type { Language } from './scanner.ts';

export interface KernelTree {
  readonly files: FileReader;
  /** The folder of the tree; '' where paths in it are used as they are. */
  readonly path: string;
  /** The folder of the compiler's own headers: trees before 5.16 take <stdarg.h> from there. */
  readonly compilerHeaders?: string;
}

/** The part of PreprocessorOptions that a tree decides. */
export interface KernelFlags {
  readonly includeDirs: readonly string[];
  readonly systemDirs: readonly string[];
  readonly defines: readonly string[];
  readonly includes: readonly string[];
  readonly flags: readonly string[];
  readonly bigEndian: boolean;
}

/** A Linux version as one number that can be compared: 4.4 is 4004. */
export type KernelVersion = number;

/** One fact: what is passed, and when. */
interface FlagRow {
  /** The first version that does so, and the first one that does not any more. */
  readonly since?: KernelVersion;
  readonly until?: KernelVersion;
  readonly language?: Language;
  /** A configuration option that must be on; with `!` before it, off. */
  readonly config?: string;
  /** What the path of the source in the tree must begin with. */
  readonly under?: string;
  readonly includeDirs?: readonly string[];
  readonly defines?: readonly string[];
  readonly includes?: readonly string[];
  readonly flags?: readonly string[];
}

const HYP = 'arch/arm64/kvm/hyp/';

const ROWS: readonly FlagRow[] = [
  {
    until: 4010,
    includeDirs: [
      './arch/arm64/include',
      'arch/arm64/include/generated/uapi',
      'arch/arm64/include/generated',
      'include',
      './arch/arm64/include/uapi',
      'arch/arm64/include/generated/uapi',
      './include/uapi',
      'include/generated/uapi',
    ],
  },
  {
    since: 4010,
    includeDirs: [
      './arch/arm64/include',
      './arch/arm64/include/generated',
      './include',
      './arch/arm64/include/uapi',
      './arch/arm64/include/generated/uapi',
      './include/uapi',
      './include/generated/uapi',
    ],
  },
  { since: 5013, includes: ['./include/linux/compiler-version.h'] },
  { includes: ['./include/linux/kconfig.h'] },
  { since: 4015, language: 'c', includes: ['./include/linux/compiler_types.h'] },
  { defines: ['__KERNEL__'] },
  { language: 'assembler', defines: ['__ASSEMBLY__'] },
  { since: 4003, until: 5006, defines: ['CONFIG_AS_LSE=1'] },
  { until: 5000, defines: ['CC_HAVE_ASM_GOTO'] },
  { since: 5000, config: '!CONFIG_KASAN', defines: ['KASAN_SHADOW_SCALE_SHIFT='] },
  { since: 5000, config: 'CONFIG_KASAN_GENERIC', defines: ['KASAN_SHADOW_SCALE_SHIFT=3'] },
  { since: 5000, config: 'CONFIG_KASAN_SW_TAGS', defines: ['KASAN_SHADOW_SCALE_SHIFT=4'] },
  { since: 5004, language: 'c', defines: ['CONFIG_CC_HAS_K_CONSTRAINT=1'] },
  { since: 5010, language: 'c', config: 'CONFIG_AS_HAS_ARMV8_5', defines: ['ARM64_ASM_ARCH="armv8.5-a"'] },
  { until: 5008, under: 'arch/arm64/kernel/head.S', defines: ['TEXT_OFFSET=0x00080000'] },
  { since: 5007, under: HYP, includeDirs: ['./arch/arm64/kvm/hyp/include'] },
  { since: 5007, under: `${HYP}nvhe/`, defines: ['__KVM_NVHE_HYPERVISOR__', '__DISABLE_EXPORTS'] },
  { since: 5007, under: `${HYP}vhe/`, defines: ['__KVM_VHE_HYPERVISOR__'] },
  { flags: ['-fno-PIE'] },
  { since: 5004, flags: ['-fmacro-prefix-map=./='] },
  { since: 5007, flags: ['-fno-asynchronous-unwind-tables', '-fno-unwind-tables'] },
  { until: 5018, language: 'c', flags: ['-std=gnu89'] },
  { since: 5018, language: 'c', flags: ['-std=gnu11'] },
  { since: 5000, language: 'c', flags: ['-fshort-wchar'] },
  { language: 'c', flags: ['-mgeneral-regs-only'] },
  { language: 'c', config: '!CONFIG_CC_OPTIMIZE_FOR_SIZE', flags: ['-O2'] },
  { language: 'c', config: 'CONFIG_CC_OPTIMIZE_FOR_SIZE', flags: ['-Os'] },
  { language: 'c', config: 'CONFIG_ARM64_BTI_KERNEL', flags: ['-mbranch-protection=pac-ret+leaf+bti'] },
  {
    language: 'c',
    config: 'CONFIG_ARM64_PTR_AUTH_KERNEL',
    flags: ['-mbranch-protection=pac-ret+leaf'],
  },
  { language: 'c', config: 'CONFIG_STACKPROTECTOR_STRONG', flags: ['-fstack-protector-strong'] },
  { language: 'c', config: 'CONFIG_CC_STACKPROTECTOR_STRONG', flags: ['-fstack-protector-strong'] },
];

/**
 * What the tree passes for `source`, a path in the tree such as 'arch/arm64/kvm/hyp.S'. Throws SourceError where the
 * folder is no tree configured for arm64: without a Makefile that tells a version, or without
 * include/generated/autoconf.h, or with one that another architecture's configuration made.
 */
export function kernelFlags(tree: KernelTree, source: string, language: Language): KernelFlags {
  const version = kernelVersion(tree);
  const config = kernelConfiguration(tree);
  const rows = ROWS.filter((row) => applies(row, version, config, source, language));
  const inTree = (path: string): string => (tree.path === '' ? path : joinPath(tree.path, path.replace('./', '')));
  const old = version < 5016 && tree.compilerHeaders !== undefined;
  return {
    includeDirs: rows.flatMap((row) => row.includeDirs ?? []).map(inTree),
    systemDirs: old ? [tree.compilerHeaders!] : [],
    defines: [...rows.flatMap((row) => row.defines ?? []), ...(language === 'c' ? nameDefines(source, version) : [])],
    includes: rows.flatMap((row) => row.includes ?? []).map(inTree),
    flags: rows.flatMap((row) => row.flags ?? []),
    bigEndian: config.has('CONFIG_CPU_BIG_ENDIAN'),
  };
}

/** The version that the tree's Makefile tells. Throws SourceError where it tells none. */
export function kernelVersion(tree: KernelTree): KernelVersion {
  const path = joinPath(tree.path, 'Makefile');
  const text = textOf(tree.files, path);
  if (text === undefined) throw new SourceError(`${tree.path} is no Linux tree: it has no Makefile`);
  const major = /^VERSION\s*=\s*(\d+)/m.exec(text)?.[1];
  const minor = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(text)?.[1];
  if (major === undefined || minor === undefined)
    throw new SourceError(`${tree.path} is no Linux tree: its Makefile sets no VERSION and PATCHLEVEL`);
  return Number(major) * 1000 + Number(minor);
}

/** A version as people write it: 4.4. */
export function versionText(version: KernelVersion): string {
  return `${Math.floor(version / 1000)}.${version % 1000}`;
}

function textOf(files: FileReader, path: string): string | undefined {
  const bytes = files.read(path);
  return bytes && decodeText(bytes);
}

/** The options that are on. Throws SourceError where the tree has no configuration for arm64. */
export function kernelConfiguration(tree: KernelTree): ReadonlySet<string> {
  const text = textOf(tree.files, joinPath(tree.path, 'include/generated/autoconf.h'));
  const remedy = 'run `make ARCH=arm64 defconfig prepare` in it';
  if (text === undefined)
    throw new SourceError(`${tree.path} is not configured: it has no include/generated/autoconf.h; ${remedy}`);
  const options = new Set(Array.from(text.matchAll(/^#define (CONFIG_\w+) 1$/gm), (match) => match[1]!));
  if (options.has('CONFIG_ARM64')) return options;
  throw new SourceError(`${tree.path} is configured for another architecture than arm64; ${remedy}`);
}

function applies(
  row: FlagRow,
  version: KernelVersion,
  config: ReadonlySet<string>,
  source: string,
  language: Language,
): boolean {
  if (row.since !== undefined && version < row.since) return false;
  if (row.until !== undefined && version >= row.until) return false;
  if (row.language !== undefined && row.language !== language) return false;
  if (row.under !== undefined && !source.startsWith(row.under)) return false;
  if (row.config === undefined) return true;
  return row.config.startsWith('!') ? !config.has(row.config.slice(1)) : config.has(row.config);
}

/** The macros that name the object a C source is compiled for (scripts/Makefile.lib). */
function nameDefines(source: string, version: KernelVersion): string[] {
  const base = source.slice(source.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  const name = base.replace(/[-,]/g, '_');
  if (version < 5002)
    return ['KBUILD_STR(s)=#s', `KBUILD_BASENAME=KBUILD_STR(${name})`, `KBUILD_MODNAME=KBUILD_STR(${name})`];
  return [
    `KBUILD_MODFILE="${source.replace(/\.\w+$/, '')}"`,
    `KBUILD_BASENAME="${name}"`,
    `KBUILD_MODNAME="${name}"`,
    `__KBUILD_MODNAME=kmod_${name}`,
  ];
}
