/**
 * Loads and stores of structures, LD1 to LD4, ST1 to ST4 and LD1R to LD4R (Arm ARM C4.1.88, instructions in C7.2): every
 * element is an access of its own, in the order of memory.
 */
import type { Fields } from '../../asm/a64/table/row.ts';
import { ACCESS_ADDRESS, SCRATCH } from '../core/registers.ts';
import { baseAndOffset } from './addressing.ts';
import { makeLoad, makeStore } from './loads-stores.ts';
import { source } from './operands.ts';
import type { Access, Builder, Environment, Semantics, SemanticsTable } from './operation.ts';
import { vectorCell } from './simd-loads-stores.ts';

const BYTES_OF_VECTOR = 16;

/** One element in memory order: which byte of the register file it is. */
type Layout = readonly number[];

/** What a structure instruction moves. */
interface Structure {
  /** log2 of the bytes of an element. */
  readonly scale: number;
  /** The register-file byte of each element, in the order of memory. */
  readonly elements: Layout;
  /** The registers it touches. */
  readonly registers: readonly number[];
  /** How many bytes of a loaded register hold elements; what is above becomes zero. Undefined: only the lanes change. */
  readonly width: number | undefined;
}

function byteOf(register: number, lane: number, scale: number): number {
  return 8 * vectorCell(register) + (lane << scale);
}

/** `count` registers from `first`, round the end of the register file. */
function consecutive(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (first + i) % 32);
}

/** Registers of LD1 and ST1 by opcode; the other opcodes have as many registers as elements in a structure. */
const registersOfOpcode: Readonly<Record<number, number>> = { 7: 1, 10: 2, 6: 3, 2: 4 };

function multipleStructures({ Q, size, opcode, Rt }: Fields, structure: number): Structure {
  const width = Q === 1 ? BYTES_OF_VECTOR : 8;
  const lanes = width >> size;
  const count = structure === 1 ? registersOfOpcode[opcode]! : structure;
  const registers = consecutive(Rt, count);
  const elements: number[] = [];
  // LD1 fills one register after the other; the rest take lane by lane.
  for (let from = 0; from < count; from += structure) {
    for (let lane = 0; lane < lanes; lane++) {
      for (let s = 0; s < structure; s++) elements.push(byteOf(registers[from + s]!, lane, size));
    }
  }
  return { scale: size, elements, registers, width };
}

/** The lane that Q, S and size name, and the element size that opcode<2:1> and size name. */
function laneOf({ Q, S, size, opcode }: Fields): { scale: number; lane: number } {
  const index = (Q << 3) | (S << 2) | size;
  switch (opcode >> 1) {
    case 0:
      return { scale: 0, lane: index };
    case 1:
      return { scale: 1, lane: index >> 1 };
    default:
      return (size & 1) === 0 ? { scale: 2, lane: index >> 2 } : { scale: 3, lane: Q };
  }
}

function singleStructure(fields: Fields, structure: number): Structure {
  const { scale, lane } = laneOf(fields);
  const registers = consecutive(fields.Rt, structure);
  const elements = registers.map((register) => byteOf(register, lane, scale));
  return { scale, elements, registers, width: undefined };
}

/** LD<n>R: each element goes to all lanes of its register, so it is loaded to the first and copied. */
function replicated({ Q, size, Rt }: Fields, structure: number): Structure {
  const registers = consecutive(Rt, structure);
  const elements = registers.map((register) => byteOf(register, 0, size));
  return { scale: size, elements, registers, width: Q === 1 ? BYTES_OF_VECTOR : 8 };
}

/** The bytes of all cells: a little-endian host keeps lane n of a vector at byte n of its cells. */
function registerFile(on: Environment): Uint8Array {
  return new Uint8Array(on.cpu.cells.buffer);
}

/** The cell an element passes through, and the cell with its address. */
const ELEMENT = SCRATCH;
const ELEMENT_ADDRESS = SCRATCH + 1;

/** Loads all elements; registers change when the last load has not faulted. */
function loadElements(on: Environment, { scale, elements, registers, width }: Structure): () => void {
  const { cells } = on.cpu;
  const bytes = registerFile(on);
  const size = 1 << scale;
  const step = BigInt(size);
  const buffer = new Uint8Array(elements.length << scale);
  const load = makeLoad(on, scale, ELEMENT, ELEMENT_ADDRESS);
  return () => {
    cells[ELEMENT_ADDRESS] = cells[ACCESS_ADDRESS]!;
    for (let at = 0; at < buffer.length; at += size) {
      load();
      buffer.set(bytes.subarray(8 * ELEMENT, 8 * ELEMENT + size), at);
      cells[ELEMENT_ADDRESS]! += step;
    }
    if (width !== undefined) for (const t of registers) bytes.fill(0, byteOf(t, 0, 0), byteOf(t, BYTES_OF_VECTOR, 0));
    for (let n = 0; n < elements.length; n++) bytes.set(buffer.subarray(n * size, (n + 1) * size), elements[n]!);
  };
}

/** Stores all elements. None is stored where one of them would fault. */
function storeElements(on: Environment, { scale, elements }: Structure): () => void {
  const { memory } = on;
  const { cells, words } = on.cpu;
  const bytes = registerFile(on);
  const size = 1 << scale;
  const step = BigInt(size);
  const store = makeStore(on, scale, ELEMENT, ELEMENT_ADDRESS);
  return () => {
    memory.checkStore(words[2 * ACCESS_ADDRESS]!, words[2 * ACCESS_ADDRESS + 1]!, elements.length << scale);
    cells[ELEMENT_ADDRESS] = cells[ACCESS_ADDRESS]!;
    for (const element of elements) {
      bytes.copyWithin(8 * ELEMENT, element, element + size);
      store();
      cells[ELEMENT_ADDRESS]! += step;
    }
  };
}

/** Copies lane 0 of each register to its other lanes. */
function replicateLanes(on: Environment, { scale, registers, width }: Structure): () => void {
  const bytes = registerFile(on);
  const size = 1 << scale;
  return () => {
    for (const t of registers) {
      const first = byteOf(t, 0, 0);
      for (let at = size; at < width!; at += size) bytes.copyWithin(first + at, first, first + size);
    }
  };
}

/** The address form: the base, and for Post-index what is added to it: the bytes moved, or Rm. */
function withAddress(
  on: Environment,
  fields: Fields,
  postIndex: boolean,
  length: number,
  move: () => void,
): () => void {
  const { cpu, checkFp } = on;
  const { cells } = cpu;
  const { Rn, Rm } = fields;
  const { compute } = baseAndOffset(on, Rn, 0);
  const fixed = postIndex && Rm === 31;
  const increment = BigInt(length);
  const m = source(postIndex ? Rm : 31);
  return () => {
    checkFp();
    compute();
    move();
    if (postIndex) cells[Rn === 31 ? cpu.sp : Rn] = cells[ACCESS_ADDRESS]! + (fixed ? increment : cells[m]!);
  };
}

type StructureOf = (fields: Fields, structure: number) => Structure;

function bytesOf({ scale, elements }: Structure): number {
  return elements.length << scale;
}

function semantics(structureOf: StructureOf, count: number, load: boolean, postIndex: boolean): Semantics {
  const build: Builder = (fields, on) => {
    const structure = structureOf(fields, count);
    const move = load ? loadElements(on, structure) : storeElements(on, structure);
    if (structureOf !== replicated) return withAddress(on, fields, postIndex, bytesOf(structure), move);
    const replicate = replicateLanes(on, structure);
    return withAddress(on, fields, postIndex, bytesOf(structure), () => {
      move();
      replicate();
    });
  };
  const access = (fields: Fields): Access => ({
    kind: load ? 'load' : 'store',
    size: bytesOf(structureOf(fields, count)),
  });
  return { build, access };
}

function forms(name: string, structureOf: StructureOf, count: number, load: boolean): SemanticsTable {
  return {
    [`${name}/No offset`]: semantics(structureOf, count, load, false),
    [`${name}/Post-index`]: semantics(structureOf, count, load, true),
  };
}

const tables = [1, 2, 3, 4].flatMap((count) => [
  forms(`LD${count} (multiple structures)`, multipleStructures, count, true),
  forms(`ST${count} (multiple structures)`, multipleStructures, count, false),
  forms(`LD${count} (single structure)`, singleStructure, count, true),
  forms(`ST${count} (single structure)`, singleStructure, count, false),
  forms(`LD${count}R`, replicated, count, true),
]);

export const simdStructures: SemanticsTable = Object.assign({}, ...tables);
