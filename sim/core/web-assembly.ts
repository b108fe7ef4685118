/**
 * The host's WebAssembly, as far as it is used here. Node and browsers have it, but neither the ECMAScript library of
 * TypeScript nor Node's types declare it.
 */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WebAssemblyNamespace {
  /** Memory of `initial` to `maximum` pages of 64 KB. Throws RangeError where the host has no room for it. */
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
  }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: Readonly<Record<string, Record<string, unknown>>>) => WasmInstance;
}

/** undefined where the host has none, as Node with --jitless. */
export function hostWebAssembly(): WebAssemblyNamespace | undefined {
  return (globalThis as { WebAssembly?: WebAssemblyNamespace }).WebAssembly;
}
