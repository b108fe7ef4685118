/** What the Cortex-A53 model needs to know of an instruction, worked out once from its row of the table and its fields. */
import { fieldOf, type Instruction } from '../../asm/a64/decode.ts';
import type { DirectedRegister } from '../../asm/a64/form.ts';
import { WordView } from '../../asm/a64/operands/word-view.ts';
import type { TimingClass } from '../../asm/a64/timing-class.ts';
import { NZCV, SINK, V0, ZERO } from '../core/registers.ts';
import { CURRENT_SP, type Operation } from '../exec/operation.ts';
import { branchDistance, conditionOf } from './branch-outcome.ts';
import { CLASSES, type ClassRow, EXCEPTIONS_TO_CLASSES, MEMORY, STAGE, type Unit } from './cortex-a53-table.ts';
import type { BranchKind } from './front-end.ts';
import { AS_ADDRESS, placeOf } from './scoreboard.ts';

/** An operand: its place on the scoreboard, and how many cycles after issue it is needed. */
interface Operand {
  readonly place: number;
  readonly stage: number;
  readonly isAddress: boolean;
}

/** A register that is loaded: where it goes, and what says when it is there. */
export interface Loaded {
  readonly place: number;
  /** The last byte, counted from the first of the access, that must be there. */
  readonly lastByte: number;
  /** A whole 64-bit general register. */
  readonly isPointer: boolean;
  /** Cycles beyond those of its position. */
  readonly extra: number;
}

/** An instruction worked out. Every one has all members, whatever it is: the model reads them in its innermost loop. */
export interface A53Operation {
  /** Cycles to the result, before what a load's position or the operands' size adds. */
  readonly latency: number;
  /** Index into UNITS, or -1. */
  readonly unit: number;
  /** Cycles for which the unit is taken. */
  readonly busy: number;
  /** Cycles for which nothing else is issued. */
  readonly holds: number;
  /** May be the second of two instructions issued together. */
  readonly isSecond: boolean;
  /** Nothing is issued beside it. */
  readonly isAlone: boolean;
  readonly drains: boolean;
  readonly refetches: boolean;
  readonly branch: BranchKind;
  /** For a conditional branch to the next instruction: whether it is taken, from the cells before it. */
  readonly condition: ((before: Uint32Array) => boolean) | undefined;
  /** Operands, each twice: its place on the scoreboard, for an address that AS_ADDRESS; how many cycles after issue it is needed. */
  readonly operands: readonly number[];
  /** Places of results: those there after the latency, those of write-back, and those loaded. */
  readonly computed: readonly number[];
  readonly writtenBack: readonly number[];
  readonly loaded: readonly Loaded[];
  /** Neither bytes nor operands have a say in how long it takes: no access, no factors. */
  readonly isFixed: boolean;
  readonly access: 'none' | 'load' | 'store';
  /** Bytes the instruction loads or stores. */
  readonly bytes: number;
  /** Loads vector registers. */
  readonly isVectorLoad: boolean;
  /** Cells of the two factors of a 64-bit multiplication, or of dividend and divisor; undefined for other instructions. */
  readonly factors: readonly [number, number] | undefined;
  readonly division: 'none' | 'signed' | 'unsigned';
  /** Divides or multiplies 64-bit registers. */
  readonly isWide: boolean;
}

/** All units, in the order of their indices. */
export const UNITS: readonly Unit[] = ['shifter', 'multiplier', 'divider', 'memory', 'branch', 'vector'];

const branchKinds: Partial<Record<TimingClass, BranchKind>> = {
  branch: 'direct',
  'branch-register': 'jump-register',
  call: 'call',
  'call-register': 'call-register',
  return: 'return',
};

/** What was worked out, by instruction: it depends on nothing else. */
const prepared = new WeakMap<Instruction, A53Operation>();

/** What the model has to know of `operation`. */
export function prepareOperation(operation: Operation): A53Operation {
  let known = prepared.get(operation.instruction);
  if (known === undefined) {
    known = workOut(operation);
    prepared.set(operation.instruction, known);
  }
  return known;
}

function workOut(operation: Operation): A53Operation {
  const { instruction } = operation;
  const { timing } = instruction.encoding;
  const row = rowOf(instruction);
  const shape = row.unit === 'memory' ? accessShape(operation) : undefined;
  const access = accessOf(timing);
  const bytes = shape?.bytes ?? 0;
  const factors = factorsOf(instruction);
  const isWideLoad = access === 'load' && bytes > MEMORY.loadAloneBytes.value;
  return {
    latency: row.result,
    unit: row.unit === undefined ? -1 : UNITS.indexOf(row.unit),
    busy: row.busy ?? 1,
    holds: row.holds ?? 1,
    isSecond: (row.pairing ?? 'either') === 'either' && !isWideLoad,
    isAlone: row.pairing === 'alone',
    drains: row.drains ?? false,
    refetches: row.refetches ?? false,
    branch: branchOf(instruction),
    condition: isConditional(timing) && branchDistance(instruction) === 4 ? conditionOf(instruction) : undefined,
    operands: operandsOf(operation, row, shape),
    ...resultsOf(operation, shape),
    isFixed: access === 'none' && factors === undefined,
    access,
    bytes,
    isVectorLoad: timing.startsWith('vector-load'),
    factors,
    division: timing !== 'divide' ? 'none' : instruction.encoding.name === 'SDIV' ? 'signed' : 'unsigned',
    isWide: isWide(instruction),
  };
}

function branchOf(instruction: Instruction): BranchKind {
  const { timing } = instruction.encoding;
  if (!isConditional(timing)) return branchKinds[timing] ?? 'none';
  return branchDistance(instruction) < 0 ? 'conditional-backward' : 'conditional-forward';
}

function isConditional(timing: TimingClass): boolean {
  return timing === 'branch-conditional' || timing === 'branch-compare';
}

/** The row of the instruction's class, with what differs for this instruction. */
function rowOf(instruction: Instruction): ClassRow {
  const { encoding } = instruction;
  const row = {
    ...CLASSES[encoding.timing],
    ...EXCEPTIONS_TO_CLASSES[encoding.name],
  };
  // A register shifted by nothing does not go through the shifter.
  const isShifted = !encoding.fields.has('imm6') || fieldOf(instruction, 'imm6') !== 0;
  return {
    ...row,
    pairing: isVectorQ(instruction, row) ? 'first' : row.pairing,
    stageOf: isShifted ? row.stageOf : undefined,
  };
}

/** A 128-bit operation of the vector unit: issued from the first place of a pair (gcc cortex-a53.md, cortex_a53_advsimd_alu_q). */
function isVectorQ(instruction: Instruction, row: ClassRow): boolean {
  return row.unit === 'vector' && instruction.encoding.fields.has('Q') && fieldOf(instruction, 'Q') === 1;
}

/** How a load or store touches memory. */
interface AccessShape {
  readonly bytes: number;
  /** Bytes of each register in memory. */
  readonly each: number;
  readonly isVector: boolean;
  readonly isPair: boolean;
}

function accessShape({ instruction, access }: Operation): AccessShape {
  const { encoding } = instruction;
  const bytes = access?.size ?? 0;
  const isPair = [...secondFields].some((field) => encoding.registers.some((register) => register.field === field));
  const list = encoding.registers.find((register) => register.bank === 'v' && register.count !== undefined);
  const registers = list === undefined ? (isPair ? 2 : 1) : vectorNumbers(instruction, list).length;
  return {
    bytes,
    each: bytes / registers,
    isVector: encoding.timing.startsWith('vector-'),
    isPair,
  };
}

/** Fields of base and index registers, and of the second register of a pair, in loads and stores. */
const addressFields: ReadonlySet<string> = new Set(['Rn', 'Rm', 'Xn']);
const secondFields: ReadonlySet<string> = new Set(['Rt2', 'Xt2']);

function accessOf(timing: TimingClass): 'none' | 'load' | 'store' {
  if (CLASSES[timing].unit !== 'memory') return 'none';
  return timing.includes('store') ? 'store' : 'load';
}

/** Operands named by fields, each at its stage; then what only the operation's own list has: flags, implicit registers. */
function operandsOf(operation: Operation, row: ClassRow, shape: AccessShape | undefined): number[] {
  const { instruction } = operation;
  const operands = new Map<number, Operand>();
  const add = (cell: number, stage: number, isAddress: boolean) => {
    const place = placeOf(cell);
    const known = operands.get(place);
    if (known === undefined || stage < known.stage) operands.set(place, { place, stage, isAddress });
  };
  for (const register of instruction.encoding.registers) {
    if (!register.read) continue;
    const isAddress = shape !== undefined && addressFields.has(register.field);
    const position = secondFields.has(register.field) ? 1 : 0;
    for (const [index, cells] of cellsOf(instruction, register).entries()) {
      const stage = isAddress ? STAGE.address : dataStage(row, register.field, shape, position + index);
      for (const cell of cells) add(cell, stage, isAddress);
    }
  }
  for (const cell of operation.reads) {
    if (cell !== ZERO && !operands.has(placeOf(cell))) add(cell, cell === NZCV ? flagStage(row) : row.stage, false);
  }
  return [...operands.values()].flatMap(({ place, stage, isAddress }) => [place + (isAddress ? AS_ADDRESS : 0), stage]);
}

/** The stage of an operand that is no address; `index` counts the registers of a store. */
function dataStage(row: ClassRow, field: string, shape: AccessShape | undefined, index: number): number {
  if (shape === undefined) return row.stageOf?.[field] ?? row.stage;
  const first = shape.isVector ? MEMORY.vectorDataStage.value : STAGE.late;
  return first + Math.floor((index * shape.each) / MEMORY.storeUnitBytes.value);
}

function flagStage(row: ClassRow): number {
  return row.unit === 'branch' ? STAGE.late : STAGE.plain;
}

function resultsOf(
  operation: Operation,
  shape: AccessShape | undefined,
): Pick<A53Operation, 'computed' | 'writtenBack' | 'loaded'> {
  const { instruction } = operation;
  const results = new Map<number, 'computed' | 'written back' | Loaded>();
  const isLoad = accessOf(instruction.encoding.timing) === 'load';
  for (const register of instruction.encoding.registers) {
    if (!register.written) continue;
    const isData = isLoad && shape !== undefined && !addressFields.has(register.field);
    const position = secondFields.has(register.field) ? 1 : 0;
    for (const [index, cells] of cellsOf(instruction, register).entries()) {
      for (const cell of cells) {
        const place = placeOf(cell);
        const kind = register.writeback ? 'written back' : 'computed';
        results.set(place, isData ? loaded(place, shape, position + index) : kind);
      }
    }
  }
  for (const cell of operation.writes) {
    const place = placeOf(cell);
    if (cell !== SINK && !results.has(place)) results.set(place, 'computed');
  }
  const placesOf = (kind: string) => [...results].filter(([, result]) => result === kind).map(([place]) => place);
  return {
    computed: placesOf('computed'),
    writtenBack: placesOf('written back'),
    loaded: [...results.values()].filter((result) => typeof result === 'object'),
  };
}

/** Registers of less than 8 bytes in a pair come together, as one 8-byte access. */
function loaded(place: number, shape: AccessShape, index: number): Loaded {
  const unit = MEMORY.loadUnitBytes.value;
  const lastByte = Math.min(shape.bytes, Math.max((index + 1) * shape.each, unit)) - 1;
  const isPointer = !shape.isVector && shape.each === unit;
  const extra = shape.isVector && shape.isPair && index === 0 ? MEMORY.vectorPairFirst.value : 0;
  return { place, lastByte, isPointer, extra };
}

/** The cells of each register that `register` stands for; none for the zero register. */
function cellsOf(instruction: Instruction, register: DirectedRegister): number[][] {
  if (register.bank === 'v') return vectorNumbers(instruction, register).map((n) => [V0 + 2 * n, V0 + 2 * n + 1]);
  const number = fieldOf(instruction, register.field);
  if (number === 31) return register.bank === 'sp' ? [[CURRENT_SP]] : [];
  return [[number]];
}

function vectorNumbers(instruction: Instruction, register: DirectedRegister): number[] {
  const first = fieldOf(instruction, register.field);
  const count = register.count?.(new WordView(instruction.encoding, instruction.word)) ?? 1;
  return Array.from({ length: count }, (_, index) => (first + index) % 32);
}

/** The cells of the factors of a 64-bit multiplication, or of dividend and divisor. */
function factorsOf(instruction: Instruction): readonly [number, number] | undefined {
  const timing = instruction.encoding.timing;
  if (timing !== 'divide' && !(timing === 'multiply' && isWide(instruction))) return undefined;
  const cell = (field: string) => {
    const number = fieldOf(instruction, field);
    return number === 31 ? ZERO : number;
  };
  return [cell('Rn'), cell('Rm')];
}

function isWide({ encoding, word }: Instruction): boolean {
  return encoding.wide !== undefined && (word & encoding.wide.mask) >>> 0 === encoding.wide.value;
}
