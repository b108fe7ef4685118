/**
 * What hypstep knows of the kernel it runs: the C types and the constants of the headers it was given. Nothing about a
 * kernel version is written down here; what a header does not say is a diagnostic.
 */
import type { TranslationUnit } from '../../asm/c/parse.ts';
import { resolveSteps } from '../../asm/c/path.ts';
import type { CType } from '../../asm/c/types.ts';
import { macroConstant, macroExpression, type Preprocessed } from '../../asm/cpp/preprocess.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';

/** An identifier, and no part of a number such as 0x1f or 1UL. */
const IDENTIFIER = /(?<![\w.])[A-Za-z_]\w*/g;

export class KernelFacts {
  readonly #unit: TranslationUnit;
  readonly #macros: Preprocessed;
  readonly #origin: string;
  // The host asks for the same few at every entry and exit.
  readonly #constants = new Map<string, bigint | undefined>();
  readonly #expressions = new Map<string, bigint>();
  readonly #fields = new Map<string, Map<string, boolean>>();

  /**
   * `unit` is the parsed asm-offsets.c with all it includes, `macros` what it was parsed from, read to its end, and `origin`
   * names the headers in diagnostics.
   */
  constructor(unit: TranslationUnit, macros: Preprocessed, origin: string) {
    this.#unit = unit;
    this.#macros = macros;
    this.#origin = origin;
  }

  /** The type called `name`, such as 'struct kvm_vcpu'. Throws SourceError where the headers have none. */
  type(name: string): CType {
    const type = this.#unit.typeNamed(name);
    if (type === undefined) throw new SourceError(`${this.#origin} declares no '${name}'`);
    return type;
  }

  /** Whether `path`, which may go through pointers, names something in `type`. */
  hasField(type: string, path: string): boolean {
    const ofType = this.#fields.get(type) ?? new Map<string, boolean>();
    this.#fields.set(type, ofType);
    const known = ofType.get(path) ?? this.#resolves(type, path);
    ofType.set(path, known);
    return known;
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

  /**
   * The value of a C integer expression over the headers' constants, to 64 bits. Throws SourceError for an identifier that
   * #if would take for 0, and for what is no expression.
   */
  expression(text: string): bigint {
    let value = this.#expressions.get(text);
    if (value === undefined) {
      value = this.#evaluate(text);
      this.#expressions.set(text, value);
    }
    return value;
  }

  #evaluate(text: string): bigint {
    const enumerators = text.replace(IDENTIFIER, (name) => {
      if (this.#find(name) === undefined)
        throw new SourceError(`'${text}': the kernel's headers define no integer constant '${name}'`);
      const value = this.#unit.constant(name);
      return value === undefined ? name : `(${value})`;
    });
    const value = macroExpression(this.#macros, enumerators);
    if (value === undefined) throw new SourceError(`'${text}' is no integer expression`);
    return BigInt.asUintN(64, value);
  }

  #find(name: string): bigint | undefined {
    const known = this.#constants.get(name);
    if (known !== undefined || this.#constants.has(name)) return known;
    const value = this.#unit.constant(name) ?? macroConstant(this.#macros, name);
    this.#constants.set(name, value);
    return value;
  }

  #resolves(type: string, path: string): boolean {
    try {
      resolveSteps(this.type(type), path);
      return true;
    } catch (error) {
      if (error instanceof SourceError) return false;
      throw error;
    }
  }
}
