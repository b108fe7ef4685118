/** Which instructions are allowed: -march=, .arch, .cpu and .arch_extension (Using as, "AArch64 Options"). */
import { type Feature, featuresOfArchitecture, featuresOfExtension } from '../a64/features.ts';
import { architectureOfCpu } from './cpus.ts';

export class ArchitectureState {
  /** Undefined: everything is allowed (`.arch all`). */
  #features: Set<Feature> | undefined;
  /** Why the -march= given cannot be used. */
  readonly fault: string | undefined;

  /** `march` as after -march=; armv8-a where it is left out. */
  constructor(march = 'armv8-a') {
    this.fault = this.setArchitecture(march);
  }

  allows(feature: Feature): boolean {
    return this.#features === undefined || feature === 'base' || this.#features.has(feature);
  }

  /** `armv8.2-a+crypto+nolse`. Returns what is wrong with it, if anything. */
  setArchitecture(text: string): string | undefined {
    const [name, ...modifiers] = text.split('+');
    if (name!.trim().toLowerCase() === 'all') {
      this.#features = undefined;
      return undefined;
    }
    const features = featuresOfArchitecture(name!.trim());
    if (features === undefined) return `unknown architecture '${name!.trim()}'`;
    return this.#set(new Set(features), modifiers);
  }

  setCpu(text: string): string | undefined {
    const [name, ...modifiers] = text.split('+');
    const cpu = name!.trim().toLowerCase();
    if (cpu === 'all') {
      this.#features = undefined;
      return undefined;
    }
    const core = architectureOfCpu(cpu);
    if (core === undefined) return `unknown cpu '${name!.trim()}'`;
    const [architecture, ...built] = core.split('+');
    return this.#set(new Set(featuresOfArchitecture(architecture!)!), [...built, ...modifiers]);
  }

  /** `crypto` or `nocrypto`. */
  extend(text: string): string | undefined {
    if (this.#features === undefined) return knownExtension(text) ? undefined : unknownExtension(text);
    return this.#set(new Set(this.#features), [text]);
  }

  #set(features: Set<Feature>, modifiers: readonly string[]): string | undefined {
    for (const modifier of modifiers) {
      const name = modifier.trim().toLowerCase();
      const added = featuresOfExtension(name);
      const removed = added === undefined && name.startsWith('no') ? featuresOfExtension(name.slice(2)) : undefined;
      if (added === undefined && removed === undefined) return unknownExtension(modifier);
      for (const feature of added ?? []) features.add(feature);
      // An extension may stand for others it needs; taking it away leaves those.
      const last = removed?.at(-1);
      if (last !== undefined) features.delete(last);
    }
    this.#features = features;
    return undefined;
  }
}

function knownExtension(text: string): boolean {
  const name = text.trim().toLowerCase();
  return (
    featuresOfExtension(name) !== undefined ||
    (name.startsWith('no') && featuresOfExtension(name.slice(2)) !== undefined)
  );
}

function unknownExtension(text: string): string {
  return `unknown architecture extension '${text.trim()}'`;
}
