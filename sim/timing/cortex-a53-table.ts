/**
 * The figures of the Cortex-A53 model, each with its source. cortex-a53.ts holds the rules that use them; docs/timing.md
 * tells how the figures were read out of the measurements.
 *
 * Time is counted in cycles from the cycle in which an instruction is issued. A result is there `result` cycles after its
 * producer's issue; an operand is needed `stage` cycles after its consumer's. A consumer therefore follows its producer
 * after `result - stage` cycles: 1 from one addition to the next, 0 from an addition to the store of its sum, 3 from an
 * addition to an address.
 *
 * "measured" rows are those of insn_bench_aarch64's table for a Raspberry Pi 3, by section and first column.
 */
import type { TimingClass } from '../../asm/a64/timing-class.ts';
import { estimate, gcc, llvm, measured, type Source, trm } from './source.ts';

/** A figure, in cycles unless its name says otherwise, and where it comes from. */
export interface Figure {
  readonly value: number;
  readonly source: Source;
}

/** The stages at which operands are needed. */
export const STAGE = {
  /** Base and index registers of an address. */
  address: 0,
  /** An operand that goes through the shifter, and the factors of a multiplication. */
  shifted: 1,
  /** An operand of an addition or a logical operation. */
  plain: 2,
  /** The data of a store, the addend of a multiply-add, what a branch tests. */
  late: 3,
} as const;

/** Units of which there is one; two instructions that need the same one are not issued together. */
export type Unit = 'shifter' | 'multiplier' | 'divider' | 'memory' | 'branch' | 'vector';

/**
 * Which place in a pair of instructions issued together an instruction may take: either, the first only, or none because
 * it is issued alone.
 */
export type Pairing = 'either' | 'first' | 'alone';

export interface ClassRow {
  /** Cycles from issue to the result, where nothing else says it. */
  readonly result: number;
  /** The stage at which operands are needed. */
  readonly stage: number;
  /** The stage of operands in certain fields of the word, where it is another. */
  readonly stageOf?: Readonly<Record<string, number>>;
  readonly unit?: Unit;
  /** Cycles for which the unit is taken. Left out: 1. */
  readonly busy?: number;
  readonly pairing?: Pairing;
  /** Cycles for which nothing else is issued, its own included. Left out: 1. */
  readonly holds?: number;
  /** Waits until all results of earlier instructions are there. */
  readonly drains?: boolean;
  /** After it, fetching starts anew. */
  readonly refetches?: boolean;
  readonly sources: readonly Source[];
}

const alu = { result: 3, stage: STAGE.plain };
const shift = { result: 3, stage: STAGE.shifted };
const early = { result: 2, stage: STAGE.shifted };
const load = { result: 4, stage: STAGE.address, unit: 'memory' } as const;
const store = { result: 1, stage: STAGE.address, unit: 'memory' } as const;
const branch = { result: 2, stage: STAGE.late, unit: 'branch' } as const;
const vector = { result: 1, stage: STAGE.address, unit: 'vector' } as const;
const notInThisCore = estimate('Cortex-A53 does not have it; timed like its nearest relative');

/**
 * The cost of one access to a system register, read out of the one published breakdown of a KVM/ARM world switch: Dall and
 * others, "ARM Virtualization: Performance and Architectural Implications" (ISCA 2016), Table III, on an X-Gene: 22 EL1
 * registers saved in 230 cycles and restored in 511, 31 general registers in 152 and 184. Less the stores and loads, which
 * the general registers show to cost 152 / 31 and 184 / 31 cycles a register: 230 / 22 - 5 and 511 / 22 - 6.
 */
const systemReadBasis = estimate('ISCA 2016 (Dall and others), Table III: 230 cycles / 22 registers - 152 / 31');
const systemWriteBasis = estimate('ISCA 2016 (Dall and others), Table III: 511 cycles / 22 registers - 184 / 31');

const multiply32 = measured('Scalar integer multiply and multiply-accumulate', 'smull');
const accumulate = gcc('bypass 1 from cortex_a53_mul to an accumulator');

export const CLASSES: Readonly<Record<TimingClass, ClassRow>> = {
  alu: {
    ...alu,
    sources: [
      measured('Scalar integer add, sub, and neg', 'add (reg)'),
      gcc('cortex_a53_alu', '3 to an address, 0 to store data'),
    ],
  },
  'alu-shifted': {
    ...alu,
    stageOf: { Rm: STAGE.shifted },
    sources: [measured('Scalar integer add, sub, and neg', 'add (reg<<17)')],
  },
  'alu-extended': {
    ...alu,
    stageOf: { Rm: STAGE.shifted },
    sources: [gcc('cortex_a53_alu_shift', 'alu_ext')],
  },
  'alu-flags': {
    ...alu,
    sources: [measured('Scalar integer add, sub, and neg', 'adds (imm)')],
  },
  'alu-carry': {
    ...alu,
    sources: [measured('Scalar integer add, sub, and neg', 'adc')],
  },
  'alu-variable-shift': {
    ...early,
    unit: 'shifter',
    sources: [measured('Scalar shift and bit manipulation', 'lsl (reg) / lslv'), gcc('cortex_a53_shift_reg')],
  },
  address: {
    ...early,
    sources: [measured('Scalar integer add, sub, and neg', 'adr'), gcc('cortex_a53_shift', 'adr')],
  },
  'move-wide': {
    ...early,
    sources: [measured('Scalar nop and move', 'mov / movz (imm; 0x1ffc)'), gcc('cortex_a53_shift', 'mov_imm')],
  },
  logical: {
    ...alu,
    sources: [measured('Scalar bitwise logic', 'and (mask imm)')],
  },
  'logical-shifted': {
    ...alu,
    stageOf: { Rm: STAGE.shifted },
    sources: [measured('Scalar bitwise logic', 'orr (reg<<2)')],
  },
  bitfield: {
    ...shift,
    sources: [measured('Scalar shift and bit manipulation', 'ubfm')],
  },
  extract: {
    ...shift,
    sources: [measured('Scalar shift and bit manipulation', 'extr (imm; >>17)')],
  },
  'bit-reverse': {
    ...shift,
    sources: [measured('Scalar shift and bit manipulation', 'rev (rev64)')],
  },
  'count-leading': {
    ...alu,
    sources: [measured('Scalar shift and bit manipulation', 'cls')],
  },
  conditional: {
    ...alu,
    sources: [measured('Scalar conditional arithmetic', 'csinc (eq)')],
  },
  multiply: {
    result: 4,
    stage: STAGE.shifted,
    stageOf: { Ra: STAGE.late },
    unit: 'multiplier',
    sources: [multiply32, gcc('cortex_a53_mul', 'of 32 bits; 64 bits: MULTIPLY64'), accumulate],
  },
  'multiply-long': {
    result: 4,
    stage: STAGE.shifted,
    stageOf: { Ra: STAGE.late },
    unit: 'multiplier',
    sources: [multiply32, accumulate],
  },
  'multiply-high': {
    result: 7,
    stage: STAGE.shifted,
    unit: 'multiplier',
    busy: 4,
    sources: [measured('Scalar integer multiply and multiply-accumulate', 'smulh')],
  },
  divide: {
    result: 4,
    stage: STAGE.shifted,
    unit: 'divider',
    busy: 3,
    sources: [measured('Scalar integer divide', 'udiv', 'a quotient of one bit; more bits: DIVIDE')],
  },
  crc: { ...shift, sources: [gcc('cortex_a53_alu_shift', 'crc')] },
  pauth: { ...shift, result: 5, sources: [notInThisCore] },
  tag: { ...alu, sources: [notInThisCore] },
  load: {
    ...load,
    sources: [measured('Scalar load', 'ldr (imm; ofs = 0)'), gcc('cortex_a53_load1')],
  },
  'load-narrow': {
    ...load,
    sources: [measured('Scalar load', 'ldrb (reg)'), gcc('cortex_a53_load1')],
  },
  'load-literal': {
    ...load,
    sources: [measured('Scalar load', 'ldr (literal)')],
  },
  'load-pair': {
    ...load,
    sources: [measured('Scalar load', 'ldp (x; ofs = 0; 1st elem)')],
  },
  'load-acquire': { ...load, sources: [gcc('cortex_a53_load1', 'load_acq')] },
  'load-exclusive': {
    ...load,
    sources: [estimate('as a load; the monitor costs nothing while one core runs')],
  },
  'load-tag': { ...load, sources: [notInThisCore] },
  store: {
    ...store,
    sources: [measured('Scalar store (throughput)', 'str (imm; ofs = 0)')],
  },
  'store-pair': {
    ...store,
    sources: [gcc('cortex_a53_store2', 'one cycle for 16 bytes')],
  },
  'store-release': {
    ...store,
    sources: [gcc('cortex_a53_store1', 'store_rel')],
  },
  'store-exclusive': {
    ...store,
    result: 4,
    sources: [estimate('as a store; the status register is there when a loaded value would be')],
  },
  'store-tag': { ...store, sources: [notInThisCore] },
  atomic: { ...load, holds: 2, sources: [notInThisCore] },
  prefetch: {
    ...load,
    sources: [estimate('takes the place of a load in the pipeline')],
  },
  'vector-load': {
    ...load,
    result: 3,
    sources: [measured('Vector load', 'ldr.q (imm; ofs = 16)'), gcc('cortex_a53_f_load_64')],
  },
  'vector-load-pair': {
    ...load,
    result: 3,
    sources: [measured('Vector load', 'ldp.q (ofs = 0; 2nd elem)')],
  },
  'vector-load-structure': {
    ...load,
    result: 3,
    sources: [gcc('cortex_a53_f_load_many', 'LD1; the rearrangement of LD2 to LD4 is not counted')],
  },
  'vector-store': {
    ...store,
    sources: [measured('Vector store (throughput)', 'str.q (imm; ofs = 0)')],
  },
  'vector-store-pair': {
    ...store,
    sources: [measured('Vector store (throughput)', 'stp.q (ofs = 0)')],
  },
  'vector-store-structure': {
    ...store,
    sources: [llvm('A53WriteVST1 to A53WriteVST3', '16 bytes a cycle')],
  },
  'vector-move': {
    ...vector,
    sources: [measured('Scalar nop and move', 'mov (v.b -> v.b)')],
  },
  'vector-from-general': {
    ...vector,
    result: 2,
    stage: STAGE.late,
    sources: [gcc('cortex_a53_r2f', 'FMOV; INS and DUP below')],
  },
  'vector-to-general': {
    ...vector,
    result: 4,
    sources: [gcc('cortex_a53_f2r', 'FMOV; UMOV and SMOV below')],
  },
  'vector-immediate': {
    ...vector,
    result: 2,
    sources: [gcc('cortex_a53_fconst')],
  },
  branch: {
    ...branch,
    sources: [measured('Branch', 'b (pc+4) // add (chain)')],
  },
  'branch-conditional': {
    ...branch,
    sources: [
      measured('Branch', 'adds -> b.eq (pc+4; not taken)'),
      gcc('bypass 0 from cortex_a53_alu to cortex_a53_branch'),
    ],
  },
  'branch-compare': {
    ...branch,
    sources: [measured('Branch', 'tbz (pc+4; not taken)')],
  },
  'branch-register': {
    ...branch,
    sources: [measured('Branch', 'adr -> br (pc+4) // add x 2 (chain)')],
  },
  call: { ...branch, sources: [measured('Branch', 'bl-ret')] },
  'call-register': { ...branch, sources: [measured('Branch', 'blr-ret')] },
  return: { ...branch, sources: [measured('Branch', 'bl-ret')] },
  exception: {
    result: 1,
    stage: STAGE.address,
    pairing: 'alone',
    sources: [estimate('the instruction itself costs nothing beside its exception (EXCEPTION.entry)')],
  },
  'exception-return': {
    result: 1,
    stage: STAGE.address,
    pairing: 'alone',
    drains: true,
    refetches: true,
    sources: [
      trm('6.4.2 Program flow prediction', 'exception returns are not predicted'),
      estimate('waits for all before it'),
    ],
  },
  'system-read': {
    result: 5,
    stage: STAGE.address,
    pairing: 'alone',
    holds: 5,
    sources: [systemReadBasis],
  },
  'system-write': {
    result: 17,
    stage: STAGE.shifted,
    pairing: 'alone',
    holds: 17,
    sources: [systemWriteBasis],
  },
  'system-operation': {
    result: 17,
    stage: STAGE.address,
    pairing: 'alone',
    holds: 17,
    sources: [estimate('TLBI, IC, DC, AT: as a write of a system register')],
  },
  barrier: {
    result: 1,
    stage: STAGE.address,
    pairing: 'alone',
    drains: true,
    sources: [estimate('waits for all before it; caches and other cores, which it would wait for, are not modelled')],
  },
  hint: {
    result: 1,
    stage: STAGE.address,
    sources: [measured('Scalar nop and move', 'nop')],
  },
  undefined: {
    result: 1,
    stage: STAGE.address,
    pairing: 'alone',
    sources: [estimate('costs nothing beside its exception (EXCEPTION.entry)')],
  },
};

const fromGeneralLane = {
  result: 4,
  stage: STAGE.shifted,
  sources: [gcc('cortex_a53_r2f_cvt', 'neon_from_gp')],
};
const toGeneralLane = {
  result: 5,
  sources: [gcc('cortex_a53_f2r_cvt', 'neon_to_gp')],
};

/** In what instructions differ from the rest of their class, by the title of their section in the Arm ARM. */
export const EXCEPTIONS_TO_CLASSES: Readonly<Record<string, Partial<ClassRow>>> = {
  'INS (general)': fromGeneralLane,
  'DUP (general)': fromGeneralLane,
  UMOV: toGeneralLane,
  SMOV: toGeneralLane,
  ISB: {
    refetches: true,
    sources: [estimate('waits for all before it, and what follows is fetched anew (Arm ARM C6.2, ISB)')],
  },
};

const multiplication = (row: string, note?: string) =>
  measured('Scalar integer multiply and multiply-accumulate', row, note);

/** MADD and MSUB of 64-bit registers: cycles to the result, and for which the multiplier is taken. */
export const MULTIPLY64 = {
  /** Both factors fit into 32 bits: what `mul` (1 x 1) and `msub` (0 x 0) were measured with. */
  narrow: {
    result: 5,
    busy: 2,
    sources: [multiplication('mul'), multiplication('msub')],
  },
  /** One does not: `mneg` (-1 x -1) and `madd` (of its own ever growing result). */
  wide: {
    result: 6,
    busy: 3,
    sources: [multiplication('mneg'), multiplication('madd')],
  },
} as const;

/** SDIV and UDIV: cycles beyond those of a quotient of one bit. */
export const DIVIDE = {
  quotientBitsPerCycle: {
    value: 4,
    source: estimate('an early-ending divider of radix 16: 11 cycles for 32 bits of quotient, 19 for 64'),
  },
} as const satisfies Record<string, Figure>;

/** Loads and stores. */
export const MEMORY = {
  /** A loaded 64-bit register, aligned to 8 bytes, is there this early as an address. */
  pointerResult: {
    value: 3,
    source: measured('Scalar load', 'ldr (imm; ofs = 0)'),
  },
  /** A load takes one cycle for each unit of this many bytes that it touches. */
  loadUnitBytes: {
    value: 8,
    source: measured('Scalar load', 'ldp (x; ofs = 0; 2nd elem; unaligned)', '3 units, 0.33 a cycle'),
  },
  /** A load of more bytes than this is not issued beside the instruction before it. */
  loadAloneBytes: {
    value: 8,
    source: gcc('cortex_a53_load2, cortex_a53_f_load_many', 'cortex_a53_single_issue'),
  },
  /** A store takes one cycle for each of this many bytes ... */
  storeUnitBytes: {
    value: 16,
    source: measured('Vector store (throughput)', 'stp.q (ofs = 0)'),
  },
  /** ... and one for each further cache line. */
  lineBytes: {
    value: 64,
    source: measured('Scalar store (throughput)', 'str (imm; post, ofs = 0; cross-cache)'),
  },
  /** The first register of a vector pair is there one cycle later than its position asks. */
  vectorPairFirst: {
    value: 1,
    source: measured('Vector load', 'ldp.q (ofs = 0; 1st elem)'),
  },
  /** The data of a vector store is needed this early. */
  vectorDataStage: {
    value: 2,
    source: measured('Vector store-to-load', 'str.q -> ldr.q (ofs = 0 -> ofs = 0)'),
  },
  /** An address written back is there for the next address ... */
  writebackToAddress: {
    value: 1,
    source: llvm('WriteAdr', 'no latency of its own'),
  },
  /** ... and, less the stage of the operand, for anything else. */
  writebackResult: {
    value: 3,
    source: measured('Scalar load', 'ldr (ptr fwd.; imm; pre, ofs = 16)'),
  },
  /** Cycles from a store to a load of the 8 bytes in which the stored data ends ... */
  storeToLoadOfEnd: {
    value: 3,
    source: measured('Scalar store-to-load', 'stur -> ldur (ofs = 1 -> ofs = 1)'),
  },
  /** ... and to a load of other 8 bytes that it wrote; a vector load's data then still comes as if it had waited for 3. */
  storeToLoad: {
    value: 2,
    source: measured('Scalar store-to-load', 'stur -> ldr (ofs = 1 -> ofs = 1)'),
  },
  /** A load from a device holds the pipeline this long. */
  deviceLoad: {
    value: 290,
    source: estimate(
      'ISCA 2016 (Dall and others), Table III: VGIC registers saved in 3250 cycles / 11 loads - 152 / 31',
    ),
  },
  /** A store to a device. */
  deviceStore: {
    value: 11,
    source: estimate(
      'ISCA 2016 (Dall and others), Table III: VGIC registers restored in 181 cycles / 11 stores - 184 / 31',
    ),
  },
} as const satisfies Record<string, Figure>;

/** The front end: cycles between the fetch of a branch and the fetch of its target, and its tables. */
export const FRONT_END = {
  /** Instructions are fetched by aligned pairs, one pair a cycle, and no further than the first branch of a pair. */
  pairBytes: {
    value: 8,
    source: measured('Branch', 'bl-ret // add x 3 (chain)'),
  },
  /** Fetching runs ahead of issue by at most this many instructions. */
  queue: {
    value: 8,
    source: estimate('the size of the instruction queue is not published'),
  },
  /** A branch that goes where its word says, and a return to where the return stack says. */
  taken: { value: 3, source: measured('Branch', 'b (pc+4) // add (chain)') },
  /** The same branch taken again with no other in between: the branch target instruction cache has what follows it. */
  takenAgain: {
    value: 1,
    source: trm('2.1.1 Instruction Fetch Unit', 'single entry, eliminates the branch shadow'),
  },
  /** BR or BLR to an address that the target address cache knows. */
  indirect: { value: 5, source: measured('Branch', 'blr-ret', '8.04 less 3 for the return') },
  /** From the issue of a branch that was predicted wrongly to the issue of what follows it. */
  mispredicted: {
    value: 8,
    source: measured('Branch', 'tbz (pc+4; full random)', 'half of them predicted: (1 + 3) / 4 + 8 / 2'),
  },
  /** Entries of 2 bits of the global pattern history table; unused ones predict backward branches taken (estimate). */
  historyEntries: { value: 3072, source: trm('2.1.1 Instruction Fetch Unit') },
  /** Bits of branch history that select one, together with the address. */
  historyBits: {
    value: 8,
    source: estimate('the length of the history is not published'),
  },
  /** Entries of the target address cache for BR and BLR. */
  targetEntries: { value: 256, source: trm('2.1.1 Instruction Fetch Unit') },
  /** Entries of the return stack. */
  returnEntries: { value: 8, source: trm('2.1.1 Instruction Fetch Unit') },
} as const satisfies Record<string, Figure>;

/** Exceptions. */
export const EXCEPTION = {
  /** From the issue of the instruction that takes an exception to the fetch of its vector. */
  entry: {
    value: 20,
    source: estimate(
      "ASPLOS 2014 (Dall and Nieh), Table 3: 27 cycles for a trap on Cortex-A15, less that core's 15 cycles to refill, and 8 to refill this one",
    ),
  },
  /** After an exception return or a context synchronisation, from the last result before it to the issue of what follows. */
  refetch: {
    value: 8,
    source: estimate('the pipeline is refilled as after a wrongly predicted branch'),
  },
} as const satisfies Record<string, Figure>;
