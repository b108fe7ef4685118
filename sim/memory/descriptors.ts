/**
 * Translation table descriptors of VMSAv8-64 with the 4 KB granule: Arm ARM (DDI 0487), D8.3 "Translation table
 * descriptor formats". A descriptor is held as two 32-bit halves; a field of the upper half is named by its bit there.
 */

/** Bits 1:0. A block has 0b01 at levels 1 and 2; a table 0b11 at levels 0 to 2, a page 0b11 at level 3. */
export const DESCRIPTOR_BLOCK = 0b01;
export const DESCRIPTOR_TABLE = 0b11;
export const DESCRIPTOR_PAGE = 0b11;

/** Lower attributes, bits 11:2, of blocks and pages. */
export const LEAF_LOW = {
  attrIndxShift: 2,
  /** Stage 2 MemAttr[3:0]. */
  memAttrShift: 2,
  /** AP[2:1]: bit 0 of the field lets EL0 in, bit 1 makes the region read-only. Stage 2: S2AP[1:0], write and read. */
  apShift: 6,
  /** AP[2], the upper bit of that field: read-only. Stage 2: S2AP[1], writable. */
  ap2: 1 << 7,
  shShift: 8,
  af: 1 << 10,
  ng: 1 << 11,
} as const;

/** Upper attributes, bits 63:50, of blocks and pages, in the upper half. */
export const LEAF_HIGH = {
  /** DBM, bit 51. */
  dbm: 1 << 19,
  /** PXN, bit 53; XN[0] at stage 2. */
  pxn: 1 << 21,
  /** UXN, XN where one privilege level uses the regime, XN[1] at stage 2: bit 54. */
  uxn: 1 << 22,
} as const;

/** Attributes of a stage 1 table descriptor (D8.3), bits 63:59, in the upper half. */
export const TABLE_HIGH = {
  pxnTable: 1 << 27,
  uxnTable: 1 << 28,
  /** APTable[0], bit 61: no access from EL0 below here. */
  apTableNoEl0: 1 << 29,
  /** APTable[1], bit 62: no writes below here. */
  apTableReadOnly: 1 << 30,
  all: 0b1111 << 27,
} as const;

/** log2 of the bytes that one entry of a table at `level` covers. */
export function entrySizeLog2(level: number): number {
  return 12 + 9 * (3 - level);
}

const ENTRY_SIZES = [0, 1, 2, 3].map((level) => 2 ** entrySizeLog2(level));

/** Bytes that one entry of a table at `level`, 0 to 3, covers. */
export function entrySize(level: number): number {
  return ENTRY_SIZES[level]!;
}

/** Bits 47:12 of a descriptor, as an address: a table's, a page's, or a block's with its low bits not yet cut off. */
export function addressField(low: number, high: number): number {
  return (high & 0xffff) * 2 ** 32 + ((low & 0xffff_f000) >>> 0);
}

/** Fields of a valid stage 1 block or page descriptor, with what its tables took away already taken away. */
export interface Stage1Leaf {
  /** Level of the descriptor, 1 to 3. */
  readonly level: number;
  /** Where the block or page begins, in the output address space (IPA or PA). */
  readonly base: number;
  /** AP[2:1], after APTable. */
  readonly ap: number;
  readonly pxn: boolean;
  /** UXN, or XN in a regime of one privilege level. */
  readonly uxn: boolean;
  readonly notGlobal: boolean;
  /** The MAIR_ELx byte that AttrIndx selects. */
  readonly attributes: number;
  readonly shareability: number;
}

/** Fields of a valid stage 2 block or page descriptor. */
export interface Stage2Leaf {
  readonly level: number;
  readonly base: number;
  readonly readable: boolean;
  readonly writable: boolean;
  /** EL1, EL0 may not execute. */
  readonly el1Xn: boolean;
  readonly el0Xn: boolean;
  /** Attributes as a MAIR_ELx byte (see memory-attributes.ts). */
  readonly attributes: number;
  readonly shareability: number;
}
