/**
 * The relocation operators (`:lo12:` and the like): which relocation each makes of which kind of instruction.
 *
 * Sources: Using as, "AArch64 Relocations"; ELF for the Arm 64-bit Architecture, 5.7; for the names GNU as 2.40 has
 * beyond those, its behaviour.
 */
import { accessScale } from '../a64/access-size.ts';
import type { FixupKind } from '../a64/assemble.ts';
import { type RelocationKind, type RelocationName, relocationNamed } from '../elf/relocations.ts';

/** The instructions an operator can stand in. */
type Slot = 'adr21' | 'adrp21' | 'literal19' | 'move-wide16' | 'add-imm12' | 'ldst-imm12';

/** `LDST#_...`: the number of bits accessed takes the place of `#`. */
const OPERATORS: Readonly<Record<string, Partial<Record<Slot, string>>>> = {
  lo12: { 'add-imm12': 'ADD_ABS_LO12_NC', 'ldst-imm12': 'LDST#_ABS_LO12_NC' },
  pg_hi21: { adrp21: 'ADR_PREL_PG_HI21' },
  pg_hi21_nc: { adrp21: 'ADR_PREL_PG_HI21_NC' },
  abs_g0: { 'move-wide16': 'MOVW_UABS_G0' },
  abs_g0_s: { 'move-wide16': 'MOVW_SABS_G0' },
  abs_g0_nc: { 'move-wide16': 'MOVW_UABS_G0_NC' },
  abs_g1: { 'move-wide16': 'MOVW_UABS_G1' },
  abs_g1_s: { 'move-wide16': 'MOVW_SABS_G1' },
  abs_g1_nc: { 'move-wide16': 'MOVW_UABS_G1_NC' },
  abs_g2: { 'move-wide16': 'MOVW_UABS_G2' },
  abs_g2_s: { 'move-wide16': 'MOVW_SABS_G2' },
  abs_g2_nc: { 'move-wide16': 'MOVW_UABS_G2_NC' },
  abs_g3: { 'move-wide16': 'MOVW_UABS_G3' },
  prel_g0: { 'move-wide16': 'MOVW_PREL_G0' },
  prel_g0_nc: { 'move-wide16': 'MOVW_PREL_G0_NC' },
  prel_g1: { 'move-wide16': 'MOVW_PREL_G1' },
  prel_g1_nc: { 'move-wide16': 'MOVW_PREL_G1_NC' },
  prel_g2: { 'move-wide16': 'MOVW_PREL_G2' },
  prel_g2_nc: { 'move-wide16': 'MOVW_PREL_G2_NC' },
  prel_g3: { 'move-wide16': 'MOVW_PREL_G3' },
  got: { adrp21: 'ADR_GOT_PAGE', literal19: 'GOT_LD_PREL19' },
  got_lo12: { 'ldst-imm12': 'LD64_GOT_LO12_NC' },
  gotoff_g0_nc: { 'move-wide16': 'MOVW_GOTOFF_G0_NC' },
  gotoff_g1: { 'move-wide16': 'MOVW_GOTOFF_G1' },
  gotoff_lo15: { 'ldst-imm12': 'LD64_GOTOFF_LO15' },
  gotpage_lo15: { 'ldst-imm12': 'LD64_GOTPAGE_LO15' },
  gottprel: {
    adrp21: 'TLSIE_ADR_GOTTPREL_PAGE21',
    literal19: 'TLSIE_LD_GOTTPREL_PREL19',
  },
  gottprel_lo12: { 'ldst-imm12': 'TLSIE_LD64_GOTTPREL_LO12_NC' },
  gottprel_g0_nc: { 'move-wide16': 'TLSIE_MOVW_GOTTPREL_G0_NC' },
  gottprel_g1: { 'move-wide16': 'TLSIE_MOVW_GOTTPREL_G1' },
  tlsgd: { adr21: 'TLSGD_ADR_PREL21', adrp21: 'TLSGD_ADR_PAGE21' },
  tlsgd_lo12: { 'add-imm12': 'TLSGD_ADD_LO12_NC' },
  tlsgd_g0_nc: { 'move-wide16': 'TLSGD_MOVW_G0_NC' },
  tlsgd_g1: { 'move-wide16': 'TLSGD_MOVW_G1' },
  tlsdesc: {
    adr21: 'TLSDESC_ADR_PREL21',
    adrp21: 'TLSDESC_ADR_PAGE21',
    literal19: 'TLSDESC_LD_PREL19',
  },
  tlsdesc_lo12: {
    'add-imm12': 'TLSDESC_ADD_LO12',
    'ldst-imm12': 'TLSDESC_LD64_LO12',
  },
  tlsdesc_off_g0_nc: { 'move-wide16': 'TLSDESC_OFF_G0_NC' },
  tlsdesc_off_g1: { 'move-wide16': 'TLSDESC_OFF_G1' },
  tlsldm: { adr21: 'TLSLD_ADR_PREL21', adrp21: 'TLSLD_ADR_PAGE21' },
  tlsldm_lo12_nc: { 'add-imm12': 'TLSLD_ADD_LO12_NC' },
  dtprel_lo12: {
    'add-imm12': 'TLSLD_ADD_DTPREL_LO12',
    'ldst-imm12': 'TLSLD_LDST#_DTPREL_LO12',
  },
  dtprel_lo12_nc: {
    'add-imm12': 'TLSLD_ADD_DTPREL_LO12_NC',
    'ldst-imm12': 'TLSLD_LDST#_DTPREL_LO12_NC',
  },
  dtprel_hi12: { 'add-imm12': 'TLSLD_ADD_DTPREL_HI12' },
  dtprel_g0: { 'move-wide16': 'TLSLD_MOVW_DTPREL_G0' },
  dtprel_g0_nc: { 'move-wide16': 'TLSLD_MOVW_DTPREL_G0_NC' },
  dtprel_g1: { 'move-wide16': 'TLSLD_MOVW_DTPREL_G1' },
  dtprel_g1_nc: { 'move-wide16': 'TLSLD_MOVW_DTPREL_G1_NC' },
  dtprel_g2: { 'move-wide16': 'TLSLD_MOVW_DTPREL_G2' },
  tprel: { 'add-imm12': 'TLSLE_ADD_TPREL_LO12' },
  tprel_lo12: {
    'add-imm12': 'TLSLE_ADD_TPREL_LO12',
    'ldst-imm12': 'TLSLE_LDST#_TPREL_LO12',
  },
  tprel_lo12_nc: {
    'add-imm12': 'TLSLE_ADD_TPREL_LO12_NC',
    'ldst-imm12': 'TLSLE_LDST#_TPREL_LO12_NC',
  },
  tprel_hi12: { 'add-imm12': 'TLSLE_ADD_TPREL_HI12' },
  tprel_g0: { 'move-wide16': 'TLSLE_MOVW_TPREL_G0' },
  tprel_g0_nc: { 'move-wide16': 'TLSLE_MOVW_TPREL_G0_NC' },
  tprel_g1: { 'move-wide16': 'TLSLE_MOVW_TPREL_G1' },
  tprel_g1_nc: { 'move-wide16': 'TLSLE_MOVW_TPREL_G1_NC' },
  tprel_g2: { 'move-wide16': 'TLSLE_MOVW_TPREL_G2' },
};

/** The relocation of instructions with an address and no operator; the other kinds of fixup have none. */
const PLAIN: Partial<Record<FixupKind, RelocationName>> = {
  branch26: 'JUMP26',
  call26: 'CALL26',
  branch19: 'CONDBR19',
  branch14: 'TSTBR14',
  literal19: 'LD_PREL_LO19',
  adr21: 'ADR_PREL_LO21',
  adrp21: 'ADR_PREL_PG_HI21',
};

/**
 * The relocation for a fixup of the instruction `word`: undefined for an immediate that has none, a message where the operator
 * cannot stand there.
 */
export function relocationFor(
  kind: FixupKind,
  operator: string | undefined,
  word: number,
): RelocationKind | string | undefined {
  if (operator === undefined) {
    const plain = PLAIN[kind];
    return plain === undefined ? undefined : relocationNamed(plain);
  }
  const row = OPERATORS[operator.toLowerCase()];
  if (row === undefined) return `unknown relocation operator ':${operator}:'`;
  const name = row[kind as Slot];
  if (name === undefined) return `the relocation operator ':${operator}:' is not allowed on this instruction`;
  if (!name.includes('#')) return relocationNamed(name as RelocationName);
  const scale = accessScale(word);
  // The TLS forms for 16 bytes are not known to the assembler.
  if (scale > 3 && !name.includes('ABS')) return `the relocation operator ':${operator}:' is not allowed on 16 bytes`;
  return relocationNamed(name.replace('#', String(8 << scale)) as RelocationName);
}

/** Relocations the assembler can carry out itself where it knows the value; all others are the linker's. */
export function isForced(relocation: RelocationKind): boolean {
  return !/^(LD_PREL_LO19|ADR_PREL_LO21|CONDBR19|TSTBR14|JUMP26|CALL26|MOVW_[USPG]\w*|NONE)$/.test(relocation.name);
}

/** Whether the relocation's value counts from the instruction. */
export function isPcRelative(relocation: RelocationKind): boolean {
  return /relative$|page$/.test(relocation.operation) && relocation.operation !== 'got-base-relative';
}
