/**
 * Numbers of the ELF format that the rest of the room names.
 *
 * Sources: System V ABI, "Object Files" (gABI 4.1 with the later additions), and "ELF for the Arm 64-bit Architecture
 * (AArch64)", 2023Q3, sections 5.2 to 5.6.
 */

/** Section types (sh_type). */
export const SHT = {
  NULL: 0,
  PROGBITS: 1,
  SYMTAB: 2,
  STRTAB: 3,
  RELA: 4,
  HASH: 5,
  DYNAMIC: 6,
  NOTE: 7,
  NOBITS: 8,
  REL: 9,
  DYNSYM: 11,
  INIT_ARRAY: 14,
  FINI_ARRAY: 15,
  PREINIT_ARRAY: 16,
  GROUP: 17,
  SYMTAB_SHNDX: 18,
  LOPROC: 0x70000000,
} as const;

/** Section flags (sh_flags). */
export const SHF = {
  WRITE: 0x1,
  ALLOC: 0x2,
  EXECINSTR: 0x4,
  MERGE: 0x10,
  STRINGS: 0x20,
  INFO_LINK: 0x40,
  LINK_ORDER: 0x80,
  GROUP: 0x200,
  TLS: 0x400,
  COMPRESSED: 0x800,
  GNU_RETAIN: 0x200000,
  GNU_MBIND: 0x1000000,
  MASKOS: 0x0ff00000,
  MASKPROC: 0xf0000000,
  EXCLUDE: 0x80000000,
} as const;

/** Special section indices (st_shndx). */
export const SHN = {
  UNDEF: 0,
  LORESERVE: 0xff00,
  ABS: 0xfff1,
  COMMON: 0xfff2,
  XINDEX: 0xffff,
} as const;

/** Symbol bindings. */
export const STB = { LOCAL: 0, GLOBAL: 1, WEAK: 2, GNU_UNIQUE: 10 } as const;

/** Symbol types. */
export const STT = {
  NOTYPE: 0,
  OBJECT: 1,
  FUNC: 2,
  SECTION: 3,
  FILE: 4,
  COMMON: 5,
  TLS: 6,
  GNU_IFUNC: 10,
} as const;

/** Symbol visibilities (the low two bits of st_other). */
export const STV = {
  DEFAULT: 0,
  INTERNAL: 1,
  HIDDEN: 2,
  PROTECTED: 3,
} as const;

/** st_other: the symbol may follow a variant procedure call standard (AAELF64 section 5.5.1). */
export const STO_AARCH64_VARIANT_PCS = 0x80;

/** File types (e_type). */
export const ET = { NONE: 0, REL: 1, EXEC: 2, DYN: 3, CORE: 4 } as const;

/** Program header types and flags. */
export const PT = {
  NULL: 0,
  LOAD: 1,
  DYNAMIC: 2,
  INTERP: 3,
  NOTE: 4,
  PHDR: 6,
  TLS: 7,
} as const;
export const PF = { X: 1, W: 2, R: 4 } as const;

export const EM_AARCH64 = 183;
export const ELFOSABI = { NONE: 0, GNU: 3 } as const;
/** First word of the contents of an SHT_GROUP section: the group is COMDAT. */
export const GRP_COMDAT = 1;
