/**
 * The cores -mcpu= and .cpu name: the architecture of each and its extensions (Using as, "AArch64 Options"; the
 * extensions as GNU as 2.40 has them).
 */

const CPUS: Readonly<Record<string, string>> = {
  generic: 'armv8-a',
  ares: 'armv8.2-a+dotprod+fp16+profile+rcpc',
  'cortex-a34': 'armv8-a+crc',
  'cortex-a35': 'armv8-a+crc',
  'cortex-a510': 'armv9-a+bf16+i8mm+memtag+sve2-bitperm',
  'cortex-a53': 'armv8-a+crc',
  'cortex-a55': 'armv8.2-a+dotprod+fp16+rcpc',
  'cortex-a57': 'armv8-a+crc',
  'cortex-a65': 'armv8.2-a+dotprod+fp16+rcpc+ssbs',
  'cortex-a65ae': 'armv8.2-a+dotprod+fp16+rcpc+ssbs',
  'cortex-a710': 'armv9-a+bf16+i8mm+memtag+sve2-bitperm',
  'cortex-a72': 'armv8-a+crc',
  'cortex-a73': 'armv8-a+crc',
  'cortex-a75': 'armv8.2-a+dotprod+fp16+rcpc',
  'cortex-a76': 'armv8.2-a+dotprod+fp16+rcpc',
  'cortex-a76ae': 'armv8.2-a+dotprod+fp16+rcpc+ssbs',
  'cortex-a77': 'armv8.2-a+dotprod+fp16+rcpc+ssbs',
  'cortex-a78': 'armv8.2-a+dotprod+fp16+profile+rcpc+ssbs',
  'cortex-a78ae': 'armv8.2-a+dotprod+fp16+profile+rcpc+ssbs',
  'cortex-a78c': 'armv8.2-a+dotprod+flagm+fp16+pauth+profile+rcpc+ssbs',
  'cortex-r82': 'armv8-r',
  'cortex-x1': 'armv8.2-a+dotprod+fp16+profile+rcpc+ssbs',
  'cortex-x2': 'armv9-a+bf16+i8mm+memtag+sve2-bitperm',
  'exynos-m1': 'armv8-a+crc+crypto',
  falkor: 'armv8-a+crc+crypto+rdma',
  'neoverse-e1': 'armv8.2-a+dotprod+fp16+rcpc+ssbs',
  'neoverse-n1': 'armv8.2-a+dotprod+fp16+profile+rcpc',
  'neoverse-n2': 'armv8.5-a+bf16+fp16+i8mm+memtag+rng+sve+sve2+sve2-bitperm',
  'neoverse-v1': 'armv8.4-a+bf16+fp16+i8mm+profile+rng+ssbs+sve',
  qdf24xx: 'armv8-a+crc+crypto+rdma',
  saphira: 'armv8.4-a+crypto+profile',
  thunderx: 'armv8-a+crc+crypto',
  vulcan: 'armv8.1-a+crypto',
  'xgene-1': 'armv8-a',
  xgene1: 'armv8-a',
  xgene2: 'armv8-a+crc',
};

/** The architecture of a core in the form -march= takes, or undefined where the core is unknown. */
export function architectureOfCpu(name: string): string | undefined {
  return CPUS[name];
}
