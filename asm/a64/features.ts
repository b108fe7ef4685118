/**
 * The architecture versions and extensions an instruction or system register may need, and which `-march=` names
 * have them. Names are those of GNU as (manual, "AArch64 Extensions"); what each name holds was measured with
 * GNU as 2.40 by trying every gated instruction and register.
 */

/**
 * What an encoding or a register name needs. `v8.x` and `v9` stand for things that belong to an architecture version as a
 * whole and that no extension name of GNU as brings by itself.
 */
export type Feature =
  | 'base'
  | 'fp'
  | 'simd'
  | 'crc'
  | 'lse'
  | 'pan'
  | 'lor'
  | 'ras'
  | 'fp16'
  | 'pauth'
  | 'rcpc'
  | 'flagm'
  | 'sb'
  | 'ssbs'
  | 'predres'
  | 'rng'
  | 'memtag'
  | 'profile'
  | 'sve'
  | 'sme'
  | 'aes'
  | 'sha2'
  | 'sha3'
  | 'sm4'
  | 'rdma'
  | 'dotprod'
  | 'fp16fml'
  | 'compnum'
  | 'bf16'
  | 'i8mm'
  | 'cssc'
  | 'ls64'
  | 'hbc'
  | 'tme'
  | 'mops'
  | 'v8.1'
  | 'v8.2'
  | 'v8.3'
  | 'v8.4'
  | 'v8.5'
  | 'v8.6'
  | 'v8.7'
  | 'v8.8'
  | 'v8-r';

const addedBy: readonly (readonly [architecture: string, features: readonly Feature[]])[] = [
  ['armv8-a', ['base', 'fp', 'simd']],
  ['armv8.1-a', ['v8.1', 'crc', 'lse', 'pan', 'lor', 'rdma']],
  ['armv8.2-a', ['v8.2', 'ras']],
  ['armv8.3-a', ['v8.3', 'pauth', 'rcpc', 'compnum']],
  ['armv8.4-a', ['v8.4', 'flagm', 'dotprod']],
  ['armv8.5-a', ['v8.5', 'sb', 'ssbs', 'predres']],
  ['armv8.6-a', ['v8.6', 'bf16', 'i8mm']],
  ['armv8.7-a', ['v8.7', 'ls64']],
  ['armv8.8-a', ['v8.8', 'mops', 'hbc']],
];

/** Version 9 architectures: the 8.x version each is built on (Arm ARM, A1.7), with SVE beside it. */
const version9: ReadonlyMap<string, string> = new Map([
  ['armv9-a', 'armv8.5-a'],
  ['armv9.1-a', 'armv8.6-a'],
  ['armv9.2-a', 'armv8.7-a'],
  ['armv9.3-a', 'armv8.8-a'],
]);

const extensions: ReadonlyMap<string, readonly Feature[]> = new Map<string, readonly Feature[]>([
  ['fp', ['fp']],
  ['simd', ['fp', 'simd']],
  ['crypto', ['fp', 'simd', 'aes', 'sha2']],
  ['aes', ['fp', 'simd', 'aes']],
  ['sha2', ['fp', 'simd', 'sha2']],
  ['sha3', ['fp', 'simd', 'sha2', 'sha3']],
  ['sm4', ['fp', 'simd', 'sm4']],
  ['dotprod', ['fp', 'simd', 'dotprod']],
  ['rdma', ['fp', 'simd', 'rdma']],
  ['compnum', ['fp', 'simd', 'fp16', 'compnum']],
  ['bf16', ['fp', 'simd', 'bf16']],
  ['i8mm', ['fp', 'simd', 'i8mm']],
  ['fp16fml', ['fp', 'simd', 'fp16', 'fp16fml']],
  ['fp16', ['fp', 'fp16']],
  ['crc', ['crc']],
  ['lse', ['lse']],
  ['lor', ['lor']],
  ['pan', ['pan']],
  ['pauth', ['pauth']],
  ['ras', ['ras']],
  ['rcpc', ['rcpc']],
  ['flagm', ['flagm']],
  ['rng', ['rng']],
  ['sb', ['sb']],
  ['ssbs', ['ssbs']],
  ['predres', ['predres']],
  ['memtag', ['memtag']],
  ['profile', ['profile']],
  ['sve', ['fp', 'simd', 'fp16', 'sve']],
  ['sve2', ['fp', 'simd', 'fp16', 'sve']],
  ['sve2-aes', ['fp', 'simd', 'fp16', 'sve']],
  ['sve2-bitperm', ['fp', 'simd', 'fp16', 'sve']],
  ['sve2-sha3', ['fp', 'simd', 'fp16', 'sve']],
  ['sve2-sm4', ['fp', 'simd', 'fp16', 'sve']],
  ['f32mm', ['fp', 'simd', 'fp16', 'sve']],
  ['f64mm', ['fp', 'simd', 'fp16', 'sve']],
  ['sme', ['fp', 'simd', 'fp16', 'sve', 'sme']],
  ['sme-f64', ['fp', 'simd', 'fp16', 'sve', 'sme']],
  ['sme-i64', ['fp', 'simd', 'fp16', 'sve', 'sme']],
  ['tme', ['tme']],
  ['ls64', ['ls64']],
  ['mops', ['mops']],
  ['hbc', ['hbc']],
  ['cssc', ['cssc']],
]);

/**
 * The features that `-march=name` (or `.arch name`, without `+` modifiers) allows, or undefined where there is no such
 * architecture.
 */
export function featuresOfArchitecture(name: string): readonly Feature[] | undefined {
  const wanted = name.toLowerCase();
  if (wanted === 'armv8-r') {
    return [...featuresOfArchitecture('armv8.4-a')!, 'v8-r'];
  }
  const base = version9.get(wanted);
  if (base !== undefined) return [...featuresOfArchitecture(base)!, 'fp16', 'sve'];
  const last = addedBy.findIndex(([architecture]) => architecture === wanted);
  if (last < 0) return undefined;
  return addedBy.slice(0, last + 1).flatMap(([, features]) => features);
}

/** The features that `+name` (or `.arch_extension name`) adds, or undefined where there is no such extension. */
export function featuresOfExtension(name: string): readonly Feature[] | undefined {
  return extensions.get(name.toLowerCase());
}
