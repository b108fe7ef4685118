/** Makes operations of decoded instructions: the semantics of every row of the instruction table, found by its name. */
import { fieldsOf } from '../../asm/a64/compile.ts';
import { type Instruction, operandRegisters } from '../../asm/a64/decode.ts';
import type { Encoding } from '../../asm/a64/encoding.ts';
import type { Fields } from '../../asm/a64/table/row.ts';
import type { TimingClass } from '../../asm/a64/timing-class.ts';
import { NZCV, V0 } from '../core/registers.ts';
import { atomics } from './atomics.ts';
import { branches } from './branches.ts';
import { dataProcessingImmediate } from './data-processing-immediate.ts';
import { dataProcessingRegister } from './data-processing-register.ts';
import { exceptionInstructions, notModelled, undefinedOperation } from './exception-instructions.ts';
import { exclusives } from './exclusives.ts';
import { hints } from './hints.ts';
import { loadsStores } from './loads-stores.ts';
import { multiplyDivide } from './multiply-divide.ts';
import {
  type Access,
  CURRENT_SP,
  type Environment,
  type Operation,
  type Semantics,
  type SemanticsTable,
} from './operation.ts';
import { simdLoadsStores } from './simd-loads-stores.ts';
import { simdMoves } from './simd-moves.ts';
import { simdStructures } from './simd-structures.ts';
import { systemInstructions } from './system-instructions.ts';
import { systemOperations } from './system-operations.ts';

const tables: readonly SemanticsTable[] = [
  dataProcessingImmediate,
  dataProcessingRegister,
  multiplyDivide,
  branches,
  exceptionInstructions,
  systemInstructions,
  systemOperations,
  hints,
  loadsStores,
  exclusives,
  atomics,
  simdLoadsStores,
  simdStructures,
  simdMoves,
];

const semanticsByName: ReadonlyMap<string, Semantics> = new Map(tables.flatMap((table) => Object.entries(table)));

/** The semantics of an encoding, or undefined where the simulator has none. */
export function semanticsOf({ name, variant }: Encoding): Semantics | undefined {
  return semanticsByName.get(`${name}/${variant}`) ?? semanticsByName.get(name);
}

/** What an instruction is to every machine. */
interface Blueprint {
  readonly semantics: Semantics | undefined;
  readonly fields: Fields;
  readonly writesPc: boolean;
  readonly isBranch: boolean;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly access: Access | undefined;
  readonly isTimedByOperands: boolean;
  readonly abortSyndrome: number;
}

const blueprints = new WeakMap<Instruction, Blueprint>();

/**
 * Operation `number` of a machine, that of `instruction` at RAM offset `pa`. An instruction of a feature the processor lacks is UNDEFINED when
 * executed; one it has but the simulator lacks stops with NotModelled.
 */
export function makeOperation(instruction: Instruction, number: number, pa: number, on: Environment): Operation {
  const { encoding } = instruction;
  if (encoding.feature !== undefined && !on.features.has(encoding.feature)) {
    return withoutEffect(instruction, number, pa, undefinedOperation);
  }
  let blueprint = blueprints.get(instruction);
  if (blueprint === undefined) {
    blueprint = blueprintOf(instruction);
    blueprints.set(instruction, blueprint);
  }
  const { semantics, fields, writesPc, isBranch, reads, writes, access, isTimedByOperands, abortSyndrome } = blueprint;
  if (semantics === undefined) {
    const hex = instruction.word.toString(16).padStart(8, '0');
    return withoutEffect(instruction, number, pa, notModelled(`${encoding.name} (0x${hex})`));
  }
  const execute = semantics.build(fields, on);
  const endsBlock = semantics.flow !== undefined;
  return {
    instruction,
    number,
    pa,
    execute,
    writesPc,
    isBranch,
    endsBlock,
    reads,
    writes,
    access,
    isTimedByOperands,
    abortSyndrome,
  };
}

function blueprintOf(instruction: Instruction): Blueprint {
  const { encoding, word } = instruction;
  const semantics = semanticsOf(encoding);
  const fields = fieldsOf(encoding, word);
  const { reads, writes } = operandRegisters(instruction);
  return {
    semantics,
    fields,
    writesPc: semantics?.flow === 'branch' || semantics?.flow === 'exception',
    isBranch: semantics?.flow === 'branch',
    reads: reads.flatMap(cellsOf),
    writes: writes.flatMap(cellsOf),
    access: semantics?.access?.(fields),
    isTimedByOperands: isTimedByOperands(encoding.timing, fields),
    abortSyndrome: semantics?.abortSyndrome?.(fields) ?? 0,
  };
}

/** Divisions, multiplications, and branches that lead to the next instruction whether they are taken or not. */
function isTimedByOperands(timing: TimingClass, { imm14, imm19 }: Fields): boolean {
  if (timing === 'branch-conditional' || timing === 'branch-compare') return imm14 === 1 || imm19 === 1;
  return timing === 'divide' || timing === 'multiply';
}

/** An operation that always throws. */
function withoutEffect(instruction: Instruction, number: number, pa: number, execute: () => void): Operation {
  return {
    instruction,
    number,
    pa,
    execute,
    writesPc: false,
    isBranch: false,
    endsBlock: true,
    reads: [],
    writes: [],
    access: undefined,
    isTimedByOperands: false,
    abortSyndrome: 0,
  };
}

/** How the instruction table numbers registers: 0 to 30 general, 31 the stack pointer, 32 to 63 vectors, 64 the flags. */
const TABLE_SP = 31;
const TABLE_V0 = 32;
const TABLE_NZCV = 64;

/** The cells of a register that an operand names. */
function cellsOf(register: number): number[] {
  if (register === TABLE_NZCV) return [NZCV];
  if (register === TABLE_SP) return [CURRENT_SP];
  if (register < TABLE_V0) return [register];
  const low = V0 + 2 * (register - TABLE_V0);
  return [low, low + 1];
}
