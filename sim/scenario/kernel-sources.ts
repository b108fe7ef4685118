/**
 * Where a world switch, its headers and its asm-offsets.c are, and what is passed for each file: the one value from which
 * everything is read and assembled, whether the sources come with hypstep, from folders, or from a kernel tree.
 */
import type { KernelFlags } from '../../asm/cpp/kernel-flags.ts';
import { type FileReader, joinPath } from '../../asm/source/files.ts';

/** A source file and what the preprocessor is told for it. */
export interface SourceUnit {
  readonly path: string;
  readonly flags: KernelFlags;
}

/** What is needed to know the kernel's types and constants. */
export interface KernelHeaders {
  /** The asm-offsets.c. */
  readonly offsets: SourceUnit;
  /** The asm-offsets.h that a build has left, where there is one: it is compared, and never used. */
  readonly builtOffsets?: string;
}

export interface KernelSources extends KernelHeaders {
  /** What they are called in a table: `after`, a folder, or a tree with its version. */
  readonly label: string;
  /** The folder with hyp.S. */
  readonly hyp: string;
  /** What the world switch is made of, in the order in which it is linked. */
  readonly hypUnits: readonly SourceUnit[];
  /** What is passed for assembly sources that are not the kernel's: the host's and the guest's code. */
  readonly hostFlags: KernelFlags;
  /** The paths under which #include looks for the header that is made from asm-offsets.c. */
  readonly offsetsHeaders: readonly string[];
}

/** What a world switch is made of, in the order it is linked; kernels before 3.17 have all of it in the first. */
const HYP_FILES = ['hyp.S', 'vgic-v2-switch.S', 'vgic-v3-switch.S'];

/** The include folder that exists only in memory, with the generated asm-offsets.h. */
const GENERATED = '<generated>';

/** The sources of one of the two world switches that come with hypstep, below its `fixtures` folder. */
export function fixtureSources(fixtures: string, variant: 'before' | 'after', files: FileReader): KernelSources {
  const include = joinPath(fixtures, 'include');
  const sources = folderSources(
    {
      hyp: joinPath(fixtures, `hyp/${variant}`),
      include: [joinPath(include, variant), joinPath(include, 'common'), joinPath(include, 'common/uapi')],
      offsets: joinPath(include, `${variant}/asm-offsets.c`),
    },
    files,
  );
  return { ...sources, label: variant };
}

/** Folders that a scenario names one by one. */
export interface SourceFolders {
  /** Folder with hyp.S and its friends. */
  readonly hyp: string;
  /** Include folders, in the order they are searched. */
  readonly include: readonly string[];
  /** The asm-offsets.c. */
  readonly offsets: string;
}

/** Sources of which only the folders are known. */
export function folderSources({ hyp, include, offsets }: SourceFolders, files: FileReader): KernelSources {
  const plain: KernelFlags = {
    includeDirs: [...include, GENERATED],
    systemDirs: [],
    defines: ['__KERNEL__'],
    includes: [],
    flags: [],
    bigEndian: false,
  };
  const hostFlags = { ...plain, defines: ['__KERNEL__', '__ASSEMBLY__'] };
  return {
    label: hyp,
    hyp,
    hypUnits: hypPaths(hyp, files).map((path) => ({ path, flags: hostFlags })),
    offsets: { path: offsets, flags: plain },
    hostFlags,
    offsetsHeaders: [joinPath(GENERATED, 'asm/asm-offsets.h'), joinPath(GENERATED, 'generated/asm-offsets.h')],
  };
}

/** The same sources with the world switch of another folder. */
export function withHypFolder(sources: KernelSources, hyp: string, files: FileReader): KernelSources {
  const hypUnits = hypPaths(hyp, files).map((path) => ({ path, flags: sources.hostFlags }));
  return { ...sources, label: hyp, hyp, hypUnits };
}

/** The files of a world switch that the folder `hyp` has; hyp.S in any case, so that its absence is told as such. */
export function hypPaths(hyp: string, files: FileReader): string[] {
  const [main, ...others] = HYP_FILES.map((name) => joinPath(hyp, name));
  return [main!, ...others.filter((path) => files.read(path) !== undefined)];
}
