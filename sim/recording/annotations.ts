/**
 * Names for what a recording holds as addresses. Names are kept by physical address: kernel, hyp and guest code reach the
 * same memory under different virtual ones.
 */

export interface Annotations {
  /**
   * The symbol that `pa` lies in, how many bytes into it, and how many it has, where that is known; undefined where no symbol
   * covers it.
   */
  symbolAt(pa: bigint): { readonly name: string; readonly offset: number; readonly size?: number } | undefined;
  /** The source line of the instruction at `pa`. */
  lineAt(pa: bigint): { readonly file: string; readonly line: number } | undefined;
  /** The path of the struct member that the `size` bytes at `pa` are, or are part of: `vcpu.arch.debug_flags`. */
  fieldAt(pa: bigint, size: number): string | undefined;
  /** A name for code at virtual address `va` of the kernel or of EL2; undefined for any other value. */
  codeAt?(va: bigint): string | undefined;
}

/** Knows no names. */
export const NO_ANNOTATIONS: Annotations = {
  symbolAt: () => undefined,
  lineAt: () => undefined,
  fieldAt: () => undefined,
};

/** A symbol and offset as traces write them: `__kvm_vcpu_run+0x10`. */
export function symbolText(symbol: { readonly name: string; readonly offset: number }): string {
  return `${symbol.name}+0x${symbol.offset.toString(16)}`;
}
