/** How objects are to be linked. */

export interface LinkOptions {
  /** Address of the first section that has no address of its own; behind those that have one where left out. */
  readonly base?: bigint;
  /**
   * Sections to be placed first, in this order. Sections that no rule names follow: code, then read-only data, then
   * writable data, then data that begin as zero, each kind in the order in which the objects bring them.
   */
  readonly placement?: readonly SectionPlacement[];
  /** Names of sections whose parts from several objects become segments of their own. */
  readonly apart?: readonly string[];
  /** Symbols with a fixed value, for names that no object defines. */
  readonly symbols?: Readonly<Record<string, bigint>>;
  /** CPU features (capability numbers) for which `.altinstructions` are applied; none are where it is left out. */
  readonly alternatives?: ReadonlySet<number>;
  /** What alternatives that name a callback are patched by; without one they stay as they are. */
  readonly alternativeCallback?: AlternativeCallback;
  /** The symbol at which execution begins; `_start` where left out and defined. */
  readonly entry?: string;
}

export interface SectionPlacement {
  /** A name, or the beginning of one and `*`. */
  readonly section: string;
  /** Virtual address; behind the section before it where left out. */
  readonly address?: bigint;
  /** At least this alignment, in bytes. */
  readonly alignment?: number;
}

/**
 * The words to put in the place of `original`, which is at `address`; `callback` is the name of the function the kernel would
 * call, or its address. Undefined leaves them.
 */
export type AlternativeCallback = (
  callback: string,
  original: Uint32Array,
  address: bigint,
  feature: number,
) => Uint32Array | undefined;
