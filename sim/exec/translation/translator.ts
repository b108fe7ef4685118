/**
 * The second way to execute: regions that run often become functions of WebAssembly, which the host compiles to its own
 * machine code. They act on the same cells as the interpreter, and between two instructions either can take over.
 */
import type { Cpu } from '../../core/cpu.ts';
import { hostWebAssembly } from '../../core/web-assembly.ts';
import { emitRegion, type Region, regionOf } from './region.ts';

/** A region ready to run. */
export interface Translation {
  /** Instructions of the region. A run needs a budget of as many steps. */
  readonly length: number;
  /**
   * Executes from its first instruction on, at the PC, while there is budget for one more pass, or up to where the region
   * ends. `sp` is the stack pointer's place in the cells, in bytes. Returns what is left of the budget.
   */
  readonly run: (budget: number, sp: number) => number;
}

/** The most instructions of a region, and the most bytes of a module: browsers compile larger ones only in the background. */
const MAX_INSTRUCTIONS = 96;
const MAX_BYTES = 4096;
/** Fewer are executed sooner than a function of WebAssembly is entered and left, unless they are a loop. */
const MIN_INSTRUCTIONS = 4;
/** A processor makes no more modules than this; the host keeps some 30 KB for each. */
const MAX_MODULES = 1000;

export class Translator {
  readonly #cpu: Cpu;
  readonly #features: ReadonlySet<string>;
  #modules = 0;

  constructor(cpu: Cpu, features: ReadonlySet<string>) {
    this.#cpu = cpu;
    this.#features = features;
  }

  /** The translation of the region that begins with the first of `words`, instructions up to the end of the page. */
  translate(words: Uint32Array): Translation | undefined {
    const { memory } = this.#cpu;
    const webAssembly = hostWebAssembly();
    if (memory === undefined || webAssembly === undefined || this.#modules === MAX_MODULES) return undefined;
    let region = regionOf(words, MAX_INSTRUCTIONS, this.#features);
    if (!isWorthwhile(region)) return undefined;
    let bytes = emitRegion(region);
    while (bytes.length > MAX_BYTES) {
      region = regionOf(words, region.instructions.length >> 1, this.#features);
      bytes = emitRegion(region);
    }
    this.#modules++;
    try {
      const { exports } = new webAssembly.Instance(new webAssembly.Module(bytes), { state: { cells: memory } });
      return { length: region.instructions.length, run: exports.run as Translation['run'] };
    } catch {
      // A page may be forbidden to compile anything (Content Security Policy), and memory for code may be short.
      this.#modules = MAX_MODULES;
      return undefined;
    }
  }
}

function isWorthwhile({ instructions, isLoop }: Region): boolean {
  return instructions.length >= MIN_INSTRUCTIONS || (isLoop && instructions.length > 0);
}
