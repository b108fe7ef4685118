/**
 * What hypstep knows of the kernel it runs: the C types and the constants of the headers it was given. Nothing about a
 * kernel version is written down here; what a header does not say is a diagnostic.
 */

import type { TranslationUnit } from '../../asm/c/parse.ts';
import { resolvePath } from '../../asm/c/path.ts';
import type { CType } from '../../asm/c/types.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';

export class KernelFacts {
  readonly #unit: TranslationUnit;
  readonly #macro: (name: string) => bigint | undefined;
  readonly #origin: string;

  /**
   * `unit` is the parsed asm-offsets.c with all it includes, `macro` evaluates one of its macros as an integer, and
   * `origin` names the headers in diagnostics.
   */
  constructor(unit: TranslationUnit, macro: (name: string) => bigint | undefined, origin: string) {
    this.#unit = unit;
    this.#macro = macro;
    this.#origin = origin;
  }

  /** The type called `name`, such as 'struct kvm_vcpu'. Throws SourceError where the headers have none. */
  type(name: string): CType {
    const type = this.#unit.typeNamed(name);
    if (type === undefined) throw new SourceError(`${this.#origin} declares no '${name}'`);
    return type;
  }

  hasField(type: string, path: string): boolean {
    try {
      resolvePath(this.type(type), path);
      return true;
    } catch (error) {
      if (error instanceof SourceError) return false;
      throw error;
    }
  }

  /** The value of an enumerator or of an integer macro. Throws SourceError where the headers have neither. */
  constant(name: string): bigint {
    const value = this.#find(name);
    if (value === undefined) throw new SourceError(`${this.#origin} defines no integer constant '${name}'`);
    return value;
  }

  hasConstant(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Evaluates an integer expression over the headers' constants, to 64 bits. */
  #find(name: string): bigint | undefined {
    return this.#unit.constant(name) ?? this.#macro(name);
  }
}
