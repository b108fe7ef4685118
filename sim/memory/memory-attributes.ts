/**
 * Memory types and cacheability, each kept as a MAIR_ELx attribute byte (Arm ARM DDI 0487, D17.2 "MAIR_EL1"), and
 * how those of two stages combine: D8.6 "Memory region attributes", the pseudocode's
 * S2CombineS1MemAttrs.
 */

/** Attribute bytes of what the MMU supplies itself. */
export const DEVICE_NGNRNE = 0x00;
export const NORMAL_NON_CACHEABLE = 0x44;
export const NORMAL_WRITE_BACK = 0xff;

/** SH[1:0] as descriptors and PAR_EL1 have it. */
export const NON_SHAREABLE = 0b00;
export const OUTER_SHAREABLE = 0b10;
export const INNER_SHAREABLE = 0b11;

const NIBBLE_NON_CACHEABLE = 0b0100;

export function isDevice(attributes: number): boolean {
  return (attributes & 0xf0) === 0;
}

/** The MAIR_ELx byte that means the same as MemAttr[3:0] of a stage 2 descriptor. */
export function stage2Attributes(memAttr: number): number {
  const outer = memAttr >>> 2;
  const inner = memAttr & 0b11;
  return outer === 0 ? inner << 2 : (stage2Nibble(outer) << 4) | stage2Nibble(inner);
}

/** 1 is non-cacheable, 2 write-through, 3 write-back; allocation hints are those of "read and write allocate". */
function stage2Nibble(cacheability: number): number {
  return cacheability === 1 ? NIBBLE_NON_CACHEABLE : (cacheability << 2) | 0b11;
}

/** The attributes of memory whose stage 1 says `stage1` and whose stage 2 says `stage2`. */
export function combineAttributes(stage1: number, stage2: number): number {
  if (isDevice(stage1) && isDevice(stage2)) return Math.min(stage1, stage2);
  if (isDevice(stage1)) return stage1;
  if (isDevice(stage2)) return stage2;
  return (combineNibbles(stage1 >>> 4, stage2 >>> 4) << 4) | combineNibbles(stage1 & 0xf, stage2 & 0xf);
}

/** The less cacheable of two; hints are stage 1's. */
function combineNibbles(stage1: number, stage2: number): number {
  if (stage1 === NIBBLE_NON_CACHEABLE || stage2 === NIBBLE_NON_CACHEABLE) return NIBBLE_NON_CACHEABLE;
  // 0b00xx and 0b10xx are write-through, 0b01xx and 0b11xx write-back; bit 3 is 0 where transient.
  const writeBack = stage1 & stage2 & 0b0100;
  return (stage1 & 0b1011) | writeBack;
}

/** The wider of two shareabilities. */
export function combineShareability(stage1: number, stage2: number): number {
  if (stage1 === OUTER_SHAREABLE || stage2 === OUTER_SHAREABLE) return OUTER_SHAREABLE;
  return stage1 === INNER_SHAREABLE || stage2 === INNER_SHAREABLE ? INNER_SHAREABLE : NON_SHAREABLE;
}

/** What shareability means with these attributes: Device and wholly non-cacheable memory are outer shareable. */
export function effectiveShareability(attributes: number, shareability: number): number {
  return isDevice(attributes) || attributes === NORMAL_NON_CACHEABLE ? OUTER_SHAREABLE : shareability;
}
