/** Other names for registers: .req and .unreq (Using as, "AArch64 Directives"). */

export class RegisterAliases {
  readonly #registers = new Map<string, string>();

  get size(): number {
    return this.#registers.size;
  }

  /** The register `name` stands for, or undefined where it is no alias. */
  find(name: string): string | undefined {
    return this.#registers.get(name);
  }

  /**
   * Makes `name`, and its spellings in capitals and in small letters, stand for `register`. Returns false where the
   * name already stands for another one.
   */
  add(name: string, register: string): boolean {
    const present = this.#registers.get(name);
    if (present !== undefined) return present === register;
    for (const spelling of [name, name.toUpperCase(), name.toLowerCase()])
      if (!this.#registers.has(spelling)) this.#registers.set(spelling, register);
    return true;
  }

  /** Returns false where `name` is no alias. */
  remove(name: string): boolean {
    if (!this.#registers.delete(name)) return false;
    this.#registers.delete(name.toUpperCase());
    this.#registers.delete(name.toLowerCase());
    return true;
  }
}
