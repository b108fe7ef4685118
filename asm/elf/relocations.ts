/**
 * The AArch64 ELF relocations: number, name, how the value is computed, where it is put, and what is checked.
 *
 * Source: "ELF for the Arm 64-bit Architecture (AArch64)", 2023Q3, section 5.7 (relocation codes and operations).
 * P is the place relocated, S the symbol's address, A the addend.
 */

/** How the value of a relocation is computed. */
export type RelocationOperation =
  | 'none'
  /** S + A */
  | 'absolute'
  /** S + A - P */
  | 'relative'
  /** Page(S + A) - Page(P), pages of 4 KiB */
  | 'page'
  /** S + A - GOT */
  | 'got-base-relative'
  /** G: the address of the symbol's entry in the global offset table */
  | 'got-entry'
  /** G - P */
  | 'got-entry-relative'
  /** Page(G) - Page(P) */
  | 'got-entry-page'
  /** G - GOT */
  | 'got-entry-offset'
  /** G - Page(GOT) */
  | 'got-entry-page-offset'
  /** TPREL(S + A): the offset from the thread pointer */
  | 'thread-offset'
  /** DTPREL(S + A): the offset into the module's TLS block */
  | 'module-offset'
  /** The address of a table entry that holds TPREL(S + A), and the same forms of it as for G */
  | 'thread-entry'
  | 'thread-entry-relative'
  | 'thread-entry-page'
  | 'thread-entry-offset'
  /** Needs a dynamic linker's TLS descriptors or module table */
  | 'tls-dynamic'
  /** Made by a static linker for a dynamic one */
  | 'dynamic';

/** Where the value goes. */
export type RelocationField =
  | 'none'
  | 'data16'
  | 'data32'
  | 'data64'
  /** Bits 23:5, value / 4 */
  | 'literal19'
  | 'branch19'
  /** Bits 18:5, value / 4 */
  | 'branch14'
  /** Bits 25:0, value / 4 */
  | 'branch26'
  /** Bits 30:29 and 23:5 */
  | 'adr21'
  /** The same, value / 4096 */
  | 'adrp21'
  /** Bits 21:10, the low 12 bits of the value */
  | 'imm12'
  /** Bits 21:10, bits 23:12 of the value */
  | 'imm12-high'
  /** Bits 21:10, bits 11:n of the value */
  | 'ldst0'
  | 'ldst1'
  | 'ldst2'
  | 'ldst3'
  | 'ldst4'
  /** Bits 21:10, bits 14:3 of the value */
  | 'ldst-lo15'
  /** Bits 20:5, 16 bits of the value from bit 16 * n */
  | 'movw0'
  | 'movw1'
  | 'movw2'
  | 'movw3'
  /** The same; the sign of the value makes the instruction MOVN or MOVZ */
  | 'movnz0'
  | 'movnz1'
  | 'movnz2';

/** Bits the value must fit in: signed, unsigned, or in either way. */
export type RelocationCheck = 'none' | `signed${number}` | `unsigned${number}` | `either${number}`;

const ROWS = [
  [0, 'NONE', 'none', 'none', 'none'],
  [257, 'ABS64', 'absolute', 'data64', 'none'],
  [258, 'ABS32', 'absolute', 'data32', 'either32'],
  [259, 'ABS16', 'absolute', 'data16', 'either16'],
  [260, 'PREL64', 'relative', 'data64', 'none'],
  [261, 'PREL32', 'relative', 'data32', 'either32'],
  [262, 'PREL16', 'relative', 'data16', 'either16'],
  [263, 'MOVW_UABS_G0', 'absolute', 'movw0', 'unsigned16'],
  [264, 'MOVW_UABS_G0_NC', 'absolute', 'movw0', 'none'],
  [265, 'MOVW_UABS_G1', 'absolute', 'movw1', 'unsigned32'],
  [266, 'MOVW_UABS_G1_NC', 'absolute', 'movw1', 'none'],
  [267, 'MOVW_UABS_G2', 'absolute', 'movw2', 'unsigned48'],
  [268, 'MOVW_UABS_G2_NC', 'absolute', 'movw2', 'none'],
  [269, 'MOVW_UABS_G3', 'absolute', 'movw3', 'none'],
  [270, 'MOVW_SABS_G0', 'absolute', 'movnz0', 'signed17'],
  [271, 'MOVW_SABS_G1', 'absolute', 'movnz1', 'signed33'],
  [272, 'MOVW_SABS_G2', 'absolute', 'movnz2', 'signed49'],
  [273, 'LD_PREL_LO19', 'relative', 'literal19', 'signed21'],
  [274, 'ADR_PREL_LO21', 'relative', 'adr21', 'signed21'],
  [275, 'ADR_PREL_PG_HI21', 'page', 'adrp21', 'signed33'],
  [276, 'ADR_PREL_PG_HI21_NC', 'page', 'adrp21', 'none'],
  [277, 'ADD_ABS_LO12_NC', 'absolute', 'imm12', 'none'],
  [278, 'LDST8_ABS_LO12_NC', 'absolute', 'ldst0', 'none'],
  [279, 'TSTBR14', 'relative', 'branch14', 'signed16'],
  [280, 'CONDBR19', 'relative', 'branch19', 'signed21'],
  [282, 'JUMP26', 'relative', 'branch26', 'signed28'],
  [283, 'CALL26', 'relative', 'branch26', 'signed28'],
  [284, 'LDST16_ABS_LO12_NC', 'absolute', 'ldst1', 'none'],
  [285, 'LDST32_ABS_LO12_NC', 'absolute', 'ldst2', 'none'],
  [286, 'LDST64_ABS_LO12_NC', 'absolute', 'ldst3', 'none'],
  [287, 'MOVW_PREL_G0', 'relative', 'movnz0', 'signed17'],
  [288, 'MOVW_PREL_G0_NC', 'relative', 'movw0', 'none'],
  [289, 'MOVW_PREL_G1', 'relative', 'movnz1', 'signed33'],
  [290, 'MOVW_PREL_G1_NC', 'relative', 'movw1', 'none'],
  [291, 'MOVW_PREL_G2', 'relative', 'movnz2', 'signed49'],
  [292, 'MOVW_PREL_G2_NC', 'relative', 'movw2', 'none'],
  [293, 'MOVW_PREL_G3', 'relative', 'movw3', 'none'],
  [299, 'LDST128_ABS_LO12_NC', 'absolute', 'ldst4', 'none'],
  [300, 'MOVW_GOTOFF_G0', 'got-entry-offset', 'movnz0', 'signed17'],
  [301, 'MOVW_GOTOFF_G0_NC', 'got-entry-offset', 'movw0', 'none'],
  [302, 'MOVW_GOTOFF_G1', 'got-entry-offset', 'movnz1', 'signed33'],
  [303, 'MOVW_GOTOFF_G1_NC', 'got-entry-offset', 'movw1', 'none'],
  [304, 'MOVW_GOTOFF_G2', 'got-entry-offset', 'movnz2', 'signed49'],
  [305, 'MOVW_GOTOFF_G2_NC', 'got-entry-offset', 'movw2', 'none'],
  [306, 'MOVW_GOTOFF_G3', 'got-entry-offset', 'movw3', 'none'],
  [307, 'GOTREL64', 'got-base-relative', 'data64', 'none'],
  [308, 'GOTREL32', 'got-base-relative', 'data32', 'signed32'],
  [309, 'GOT_LD_PREL19', 'got-entry-relative', 'literal19', 'signed21'],
  [310, 'LD64_GOTOFF_LO15', 'got-entry-offset', 'ldst-lo15', 'unsigned15'],
  [311, 'ADR_GOT_PAGE', 'got-entry-page', 'adrp21', 'signed33'],
  [312, 'LD64_GOT_LO12_NC', 'got-entry', 'ldst3', 'none'],
  [313, 'LD64_GOTPAGE_LO15', 'got-entry-page-offset', 'ldst-lo15', 'unsigned15'],
  [314, 'PLT32', 'relative', 'data32', 'signed32'],
  [315, 'GOTPCREL32', 'got-entry-relative', 'data32', 'signed32'],
  [512, 'TLSGD_ADR_PREL21', 'tls-dynamic', 'adr21', 'none'],
  [513, 'TLSGD_ADR_PAGE21', 'tls-dynamic', 'adrp21', 'none'],
  [514, 'TLSGD_ADD_LO12_NC', 'tls-dynamic', 'imm12', 'none'],
  [515, 'TLSGD_MOVW_G1', 'tls-dynamic', 'movw1', 'none'],
  [516, 'TLSGD_MOVW_G0_NC', 'tls-dynamic', 'movw0', 'none'],
  [517, 'TLSLD_ADR_PREL21', 'tls-dynamic', 'adr21', 'none'],
  [518, 'TLSLD_ADR_PAGE21', 'tls-dynamic', 'adrp21', 'none'],
  [519, 'TLSLD_ADD_LO12_NC', 'tls-dynamic', 'imm12', 'none'],
  [520, 'TLSLD_MOVW_G1', 'tls-dynamic', 'movw1', 'none'],
  [521, 'TLSLD_MOVW_G0_NC', 'tls-dynamic', 'movw0', 'none'],
  [522, 'TLSLD_LD_PREL19', 'tls-dynamic', 'literal19', 'none'],
  [523, 'TLSLD_MOVW_DTPREL_G2', 'module-offset', 'movw2', 'unsigned48'],
  [524, 'TLSLD_MOVW_DTPREL_G1', 'module-offset', 'movw1', 'unsigned32'],
  [525, 'TLSLD_MOVW_DTPREL_G1_NC', 'module-offset', 'movw1', 'none'],
  [526, 'TLSLD_MOVW_DTPREL_G0', 'module-offset', 'movw0', 'unsigned16'],
  [527, 'TLSLD_MOVW_DTPREL_G0_NC', 'module-offset', 'movw0', 'none'],
  [528, 'TLSLD_ADD_DTPREL_HI12', 'module-offset', 'imm12-high', 'unsigned24'],
  [529, 'TLSLD_ADD_DTPREL_LO12', 'module-offset', 'imm12', 'unsigned12'],
  [530, 'TLSLD_ADD_DTPREL_LO12_NC', 'module-offset', 'imm12', 'none'],
  [531, 'TLSLD_LDST8_DTPREL_LO12', 'module-offset', 'ldst0', 'unsigned12'],
  [532, 'TLSLD_LDST8_DTPREL_LO12_NC', 'module-offset', 'ldst0', 'none'],
  [533, 'TLSLD_LDST16_DTPREL_LO12', 'module-offset', 'ldst1', 'unsigned12'],
  [534, 'TLSLD_LDST16_DTPREL_LO12_NC', 'module-offset', 'ldst1', 'none'],
  [535, 'TLSLD_LDST32_DTPREL_LO12', 'module-offset', 'ldst2', 'unsigned12'],
  [536, 'TLSLD_LDST32_DTPREL_LO12_NC', 'module-offset', 'ldst2', 'none'],
  [537, 'TLSLD_LDST64_DTPREL_LO12', 'module-offset', 'ldst3', 'unsigned12'],
  [538, 'TLSLD_LDST64_DTPREL_LO12_NC', 'module-offset', 'ldst3', 'none'],
  [539, 'TLSIE_MOVW_GOTTPREL_G1', 'thread-entry-offset', 'movw1', 'none'],
  [540, 'TLSIE_MOVW_GOTTPREL_G0_NC', 'thread-entry-offset', 'movw0', 'none'],
  [541, 'TLSIE_ADR_GOTTPREL_PAGE21', 'thread-entry-page', 'adrp21', 'signed33'],
  [542, 'TLSIE_LD64_GOTTPREL_LO12_NC', 'thread-entry', 'ldst3', 'none'],
  [543, 'TLSIE_LD_GOTTPREL_PREL19', 'thread-entry-relative', 'literal19', 'signed21'],
  [544, 'TLSLE_MOVW_TPREL_G2', 'thread-offset', 'movw2', 'unsigned48'],
  [545, 'TLSLE_MOVW_TPREL_G1', 'thread-offset', 'movw1', 'unsigned32'],
  [546, 'TLSLE_MOVW_TPREL_G1_NC', 'thread-offset', 'movw1', 'none'],
  [547, 'TLSLE_MOVW_TPREL_G0', 'thread-offset', 'movw0', 'unsigned16'],
  [548, 'TLSLE_MOVW_TPREL_G0_NC', 'thread-offset', 'movw0', 'none'],
  [549, 'TLSLE_ADD_TPREL_HI12', 'thread-offset', 'imm12-high', 'unsigned24'],
  [550, 'TLSLE_ADD_TPREL_LO12', 'thread-offset', 'imm12', 'unsigned12'],
  [551, 'TLSLE_ADD_TPREL_LO12_NC', 'thread-offset', 'imm12', 'none'],
  [552, 'TLSLE_LDST8_TPREL_LO12', 'thread-offset', 'ldst0', 'unsigned12'],
  [553, 'TLSLE_LDST8_TPREL_LO12_NC', 'thread-offset', 'ldst0', 'none'],
  [554, 'TLSLE_LDST16_TPREL_LO12', 'thread-offset', 'ldst1', 'unsigned12'],
  [555, 'TLSLE_LDST16_TPREL_LO12_NC', 'thread-offset', 'ldst1', 'none'],
  [556, 'TLSLE_LDST32_TPREL_LO12', 'thread-offset', 'ldst2', 'unsigned12'],
  [557, 'TLSLE_LDST32_TPREL_LO12_NC', 'thread-offset', 'ldst2', 'none'],
  [558, 'TLSLE_LDST64_TPREL_LO12', 'thread-offset', 'ldst3', 'unsigned12'],
  [559, 'TLSLE_LDST64_TPREL_LO12_NC', 'thread-offset', 'ldst3', 'none'],
  [560, 'TLSDESC_LD_PREL19', 'tls-dynamic', 'literal19', 'none'],
  [561, 'TLSDESC_ADR_PREL21', 'tls-dynamic', 'adr21', 'none'],
  [562, 'TLSDESC_ADR_PAGE21', 'tls-dynamic', 'adrp21', 'none'],
  [563, 'TLSDESC_LD64_LO12', 'tls-dynamic', 'ldst3', 'none'],
  [564, 'TLSDESC_ADD_LO12', 'tls-dynamic', 'imm12', 'none'],
  [565, 'TLSDESC_OFF_G1', 'tls-dynamic', 'movw1', 'none'],
  [566, 'TLSDESC_OFF_G0_NC', 'tls-dynamic', 'movw0', 'none'],
  [567, 'TLSDESC_LDR', 'tls-dynamic', 'none', 'none'],
  [568, 'TLSDESC_ADD', 'tls-dynamic', 'none', 'none'],
  [569, 'TLSDESC_CALL', 'tls-dynamic', 'none', 'none'],
  [570, 'TLSLE_LDST128_TPREL_LO12', 'thread-offset', 'ldst4', 'unsigned12'],
  [571, 'TLSLE_LDST128_TPREL_LO12_NC', 'thread-offset', 'ldst4', 'none'],
  [572, 'TLSLD_LDST128_DTPREL_LO12', 'module-offset', 'ldst4', 'unsigned12'],
  [573, 'TLSLD_LDST128_DTPREL_LO12_NC', 'module-offset', 'ldst4', 'none'],
  [1024, 'COPY', 'dynamic', 'data64', 'none'],
  [1025, 'GLOB_DAT', 'dynamic', 'data64', 'none'],
  [1026, 'JUMP_SLOT', 'dynamic', 'data64', 'none'],
  [1027, 'RELATIVE', 'dynamic', 'data64', 'none'],
  [1028, 'TLS_DTPMOD', 'dynamic', 'data64', 'none'],
  [1029, 'TLS_DTPREL', 'dynamic', 'data64', 'none'],
  [1030, 'TLS_TPREL', 'dynamic', 'data64', 'none'],
  [1031, 'TLSDESC', 'dynamic', 'data64', 'none'],
  [1032, 'IRELATIVE', 'dynamic', 'data64', 'none'],
] as const satisfies readonly (readonly [number, string, RelocationOperation, RelocationField, RelocationCheck])[];

/** Names without the R_AARCH64_ prefix. */
export type RelocationName = (typeof ROWS)[number][1];

export interface RelocationKind {
  readonly number: number;
  readonly name: RelocationName;
  readonly operation: RelocationOperation;
  readonly field: RelocationField;
  readonly check: RelocationCheck;
}

const BY_NUMBER = new Map<number, RelocationKind>();
const BY_NAME = new Map<string, RelocationKind>();
for (const [number, name, operation, field, check] of ROWS) {
  const kind: RelocationKind = { number, name, operation, field, check };
  BY_NUMBER.set(number, kind);
  BY_NAME.set(name, kind);
}

/** The relocation with that number, or undefined where the architecture has none. */
export function relocationKind(number: number): RelocationKind | undefined {
  return BY_NUMBER.get(number);
}

/** The relocation called `name`, without its R_AARCH64_ prefix. */
export function relocationNamed(name: RelocationName): RelocationKind {
  return BY_NAME.get(name)!;
}

/** The relocation called `name` with its prefix, as .reloc takes it; undefined where there is none. */
export function findRelocation(name: string): RelocationKind | undefined {
  const upper = name.toUpperCase();
  return upper.startsWith('R_AARCH64_') ? BY_NAME.get(upper.slice('R_AARCH64_'.length)) : undefined;
}

/** R_AARCH64_... for a number, or the number itself where it is unknown. */
export function relocationText(number: number): string {
  const kind = BY_NUMBER.get(number);
  return kind === undefined ? `relocation ${number}` : `R_AARCH64_${kind.name}`;
}

/** Bytes the field of a relocation takes up. */
export function fieldSize(field: RelocationField): number {
  if (field === 'none') return 0;
  if (field === 'data64') return 8;
  return field === 'data16' ? 2 : 4;
}

/** Why `value` cannot be stored by `kind`, or undefined where it can. */
export function relocationFault(kind: RelocationKind, value: bigint): string | undefined {
  const check = /^(signed|unsigned|either)(\d+)$/.exec(kind.check);
  if (check !== null) {
    const bits = BigInt(check[2]!);
    const low = check[1] === 'unsigned' ? 0n : -(1n << (bits - 1n));
    const high = check[1] === 'signed' ? 1n << (bits - 1n) : 1n << bits;
    if (value < low || value >= high) return `value ${hex(value)} does not fit in ${bits} bits`;
  }
  const unit = alignmentOf(kind.field);
  if (value % unit !== 0n) return `value ${hex(value)} is not a multiple of ${unit}`;
  return undefined;
}

/** Puts `value` into an instruction word; the bits outside the field stay. The caller has asked relocationFault. */
export function insertIntoWord(field: RelocationField, word: number, value: bigint): number {
  switch (field) {
    case 'branch26':
      return replaceBits(word, 0, 26, value >> 2n);
    case 'literal19':
    case 'branch19':
      return replaceBits(word, 5, 19, value >> 2n);
    case 'branch14':
      return replaceBits(word, 5, 14, value >> 2n);
    case 'adr21':
      return insertAdr(word, value);
    case 'adrp21':
      return insertAdr(word, value >> 12n);
    case 'imm12':
      return replaceBits(word, 10, 12, value);
    case 'imm12-high':
      return replaceBits(word, 10, 12, value >> 12n);
    case 'ldst0':
    case 'ldst1':
    case 'ldst2':
    case 'ldst3':
    case 'ldst4':
      return replaceBits(word, 10, 12, (value & 0xfffn) >> BigInt(digitOf(field)));
    case 'ldst-lo15':
      return replaceBits(word, 10, 12, value >> 3n);
    case 'movw0':
    case 'movw1':
    case 'movw2':
    case 'movw3':
      return replaceBits(word, 5, 16, value >> BigInt(16 * digitOf(field)));
    case 'movnz0':
    case 'movnz1':
    case 'movnz2':
      return insertSignedMove(word, value, digitOf(field));
    default:
      return word;
  }
}

function insertAdr(word: number, value: bigint): number {
  return replaceBits(replaceBits(word, 29, 2, value), 5, 19, value >> 2n);
}

/** MOVZ has opc 10 and MOVN opc 00 in bits 30:29 (Arm ARM C4.1.86, "Move wide (immediate)"). */
function insertSignedMove(word: number, value: bigint, group: number): number {
  const negative = value < 0n;
  const opcode = replaceBits(word, 29, 2, negative ? 0n : 2n);
  return replaceBits(opcode, 5, 16, (negative ? ~value : value) >> BigInt(16 * group));
}

function replaceBits(word: number, low: number, width: number, value: bigint): number {
  const mask = 2 ** width - 1;
  const field = Number(BigInt.asUintN(width, value));
  return ((word & ~(mask << low)) | (field << low)) >>> 0;
}

function alignmentOf(field: RelocationField): bigint {
  if (field.startsWith('branch') || field === 'literal19') return 4n;
  if (field === 'ldst-lo15') return 8n;
  return field.startsWith('ldst') ? 1n << BigInt(digitOf(field)) : 1n;
}

function digitOf(field: RelocationField): number {
  return field.charCodeAt(field.length - 1) - 0x30;
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
