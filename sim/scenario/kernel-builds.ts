/**
 * What is built from sources, once for each set of them: scenarios that are prepared with the same KernelBuilds share the
 * kernel's headers, its objects and its images. A file that changes meanwhile is not read again.
 */
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import type { Image } from '../../asm/link/image.ts';
import { type LinkOptions, link } from '../../asm/link/link.ts';
import type { Diagnostic } from '../../asm/source/diagnostics.ts';
import { besideFile, type FileReader } from '../../asm/source/files.ts';
import { assembleBeside, assembleKernel, type KernelOffsets, readKernel } from './kernel-build.ts';
import { fixtureSources, folderSources, type KernelSources, withHypFolder } from './kernel-sources.ts';
import { treeSources } from './kernel-tree.ts';
import type { LoadedScenario } from './load.ts';
import { placedAt } from './values.ts';

export interface BuildOptions {
  readonly files: FileReader;
  /** hypstep's own fixtures folder. */
  readonly fixtures: string;
  /** --kernel: takes headers and hyp sources from this tree instead of what the scenario names. */
  readonly kernel?: string;
  /** --sources: takes those that come with hypstep instead of what the scenario names. */
  readonly sources?: 'before' | 'after';
  /** --hyp: takes the hyp sources from this folder instead of the scenario's or the tree's. */
  readonly hyp?: string;
}

/** What one world switch is built from, and into. */
export interface KernelBuild {
  readonly sources: KernelSources;
  readonly offsets: KernelOffsets;
  /** The objects of the world switch. Throws SourceErrors where it cannot be assembled. */
  readonly hypObjects: () => readonly ObjectFile[];
  /** The world switch linked with the object of the host's code. */
  readonly kernelImage: (host: string, options: LinkOptions) => Image;
  /** The guest's code linked at `base`. */
  readonly guestImage: (path: string, base: bigint) => Image;
}

export class KernelBuilds {
  readonly files: FileReader;
  readonly #options: BuildOptions;
  readonly #sources = new Map<string, KernelSources>();
  readonly #offsets: Map<string, KernelOffsets>;
  readonly #builds = new Map<string, KernelBuild>();

  /** `others` has read headers that these builds use as they are; its files say the same of them. */
  constructor(options: BuildOptions, others?: KernelBuilds) {
    this.#options = options;
    this.files = options.files;
    this.#offsets = others === undefined ? new Map() : others.#offsets;
  }

  /** Whether the sources are those that each scenario names: no option names others. */
  get areOfScenario(): boolean {
    const { kernel, sources, hyp } = this.#options;
    return kernel === undefined && sources === undefined && hyp === undefined;
  }

  /** What the user should know of the sources read up to now. */
  get warnings(): readonly Diagnostic[] {
    return [...this.#offsets.values()].flatMap(({ warnings }) => warnings);
  }

  /**
   * The build of the sources that the options name, or else the scenario. Throws SourceError or SourceErrors on any fault of
   * the kernel's headers.
   */
  of(loaded: LoadedScenario): KernelBuild {
    const sources = this.#sourcesOf(loaded);
    return once(this.#builds, keyOf(sources), () => this.#build(sources));
  }

  #build(sources: KernelSources): KernelBuild {
    const { files } = this;
    const { offsets: unit, builtOffsets } = sources;
    const offsets = once(this.#offsets, keyOf({ unit, builtOffsets }), () => readKernel(sources, files));
    let hyp: readonly ObjectFile[] | undefined;
    const hypObjects = () => {
      hyp ??= assembleKernel(sources, files, offsets);
      return hyp;
    };
    const hosts = new Map<string, ObjectFile>();
    const images = new Map<string, Image>();
    const objectBeside = (path: string) => assembleBeside(path, sources, files, offsets);
    return {
      sources,
      offsets,
      hypObjects,
      kernelImage: (host, options) =>
        once(images, keyOf({ host, ...options, alternatives: [...(options.alternatives ?? [])] }), () =>
          link([...hypObjects(), once(hosts, host, () => objectBeside(host))], options),
        ),
      // A guest's object is not kept: few are linked twice, and with it goes all that the assembler knew.
      guestImage: (path, base) => once(images, keyOf({ path, base }), () => link([objectBeside(path)], { base })),
    };
  }

  #sourcesOf(loaded: LoadedScenario): KernelSources {
    const { kernel, hyp, sources = loaded.scenario.sources } = this.#options;
    const folder = typeof sources === 'string' || kernel !== undefined ? undefined : besideFile(loaded.path, '.');
    return once(this.#sources, keyOf({ kernel, sources, folder }), () => {
      const found = kernel === undefined ? this.#scenarioSources(loaded, sources) : treeSources(kernel, this.files);
      return hyp === undefined ? found : withHypFolder(found, hyp, this.files);
    });
  }

  #scenarioSources(loaded: LoadedScenario, sources: LoadedScenario['scenario']['sources']): KernelSources {
    const { files } = this;
    if (typeof sources === 'string') return fixtureSources(this.#options.fixtures, sources, files);
    const beside = (path: string) => besideFile(loaded.path, path);
    const { kernel } = sources;
    if (kernel !== undefined) {
      return placedAt(
        () => treeSources(beside(kernel), files),
        () => loaded.placeOf('sources', 'kernel'),
      );
    }
    const { hyp, include, offsets } = sources;
    return folderSources({ hyp: beside(hyp), include: include.map(beside), offsets: beside(offsets) }, files);
  }
}

/** The value kept under `key`, made where there is none; what `make` throws is not kept. */
function once<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
}

function keyOf(value: object): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner));
}
