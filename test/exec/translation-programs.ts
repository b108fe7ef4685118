/** Machines that execute one program in different ways, and random programs of what is translated. */
import { fieldsOf } from '../../asm/a64/compile.ts';
import { decode } from '../../asm/a64/decode.ts';
import { type Encoding, encodings } from '../../asm/a64/encoding.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { ACCESS_ADDRESS, EXCLUSIVE_ADDRESS, NZCV, PC, SINK, SP_EL2 } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { rules } from '../../sim/exec/translation/region.ts';
import type { Random } from '../oracle/memory-tables.ts';

export const RAM = 0x4000_0000n;
export const CODE = RAM + 0x1000n;
const RAM_SIZE = 1 << 20;

/**
 * One machine that is stepped, one that runs without translations, and one that translates all it can: neoverse-n1 at
 * EL2, MMU off, PC at CODE. `prepare` is called for each.
 */
export class ThreeWays {
  readonly stepped: Machine;
  readonly interpreted: Machine;
  readonly translated: Machine;

  constructor(prepare: (machine: Machine) => void = () => {}, ramBase: bigint = RAM) {
    const make = (translateAfter: number) => {
      const machine = new Machine({ model: cpuModel('neoverse-n1'), ram: { base: ramBase, size: RAM_SIZE } });
      machine.translateAfter = translateAfter;
      machine.cpu.cells[PC] = CODE;
      prepare(machine);
      machine.cpu.refresh();
      return machine;
    };
    this.stepped = make(Number.POSITIVE_INFINITY);
    this.interpreted = make(Number.POSITIVE_INFINITY);
    this.translated = make(1);
  }

  /** Does the same to each machine. */
  each(change: (machine: Machine) => void): void {
    for (const machine of [this.stepped, this.interpreted, this.translated]) {
      change(machine);
      machine.cpu.refresh();
    }
  }

  /** Makes `count` steps each way. Returns the first difference between the machines, or undefined. */
  differenceAfter(count: number): string | undefined {
    for (let n = 0; n < count; n++) this.stepped.step();
    for (const way of ['interpreted', 'translated'] as const) {
      const done = this[way].run(count);
      if (done !== count) return `${way}: ${done} steps of ${count}`;
      const difference = differenceOf(this.stepped, this[way]);
      if (difference !== undefined) return `${way}: ${difference}`;
    }
    return undefined;
  }
}

/** Puts `words` at `at`; what was decoded there before is dropped. */
export function put(machine: Machine, words: readonly number[], at: bigint = CODE): void {
  for (const [index, word] of words.entries()) machine.memory.poke(at + 4n * BigInt(index), 4, BigInt(word));
}

function differenceOf(expected: Machine, actual: Machine): string | undefined {
  const { cpu } = expected;
  if (cpu.clock.cycles !== actual.cpu.clock.cycles) {
    return `the clock is at ${actual.cpu.clock.cycles}, not ${cpu.clock.cycles}`;
  }
  // Halves, since what is compared most often is equal.
  for (let half = 0; half < 2 * cpu.registers.count; half++) {
    const cell = half >> 1;
    if (cpu.words[half] === actual.cpu.words[half] || !isState(cell)) continue;
    const [want, have] = [cpu.cells[cell]!, actual.cpu.cells[cell]!];
    return `${cpu.registers.nameOf(cell)} is 0x${have.toString(16)}, not 0x${want.toString(16)}`;
  }
  return undefined;
}

/** What an instruction holds while it executes, and what is written to the zero register, are no state. */
function isState(cell: number): boolean {
  return cell !== SINK && (cell < ACCESS_ADDRESS || cell >= EXCLUSIVE_ADDRESS);
}

/** Values whose neighbourhood is where arithmetic goes wrong. */
const corners = [0n, 0x7fn, 0x80n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, (1n << 63n) - 1n, 1n << 63n];

export function randomValue(random: Random): bigint {
  if (random.chance(40)) return BigInt.asUintN(64, random.pick(corners) + BigInt(random.below(3) - 1));
  return random.wide(random.pick([8, 16, 32, 33, 64]));
}

/** Registers that stay as `fillRegisters` left them, but for X30, which branches with link write: addresses of code. */
const FIRST_POINTER = 27;
const LAST_POINTER = 30;

/** Random registers and flags, and in the pointers addresses of the `length` words at CODE. */
export function fillRegisters(machine: Machine, random: Random, length: number): void {
  const { cells } = machine.cpu;
  // Some registers are equal: comparisons turn there.
  for (let n = 0; n < FIRST_POINTER; n++) cells[n] = n > 0 && random.chance(30) ? cells[n - 1]! : randomValue(random);
  for (let n = FIRST_POINTER; n <= LAST_POINTER; n++) cells[n] = CODE + 4n * BigInt(random.below(length));
  cells[SP_EL2] = randomValue(random);
  cells[NZCV] = BigInt(random.below(16)) << 28n;
  cells[PC] = CODE;
}

/** The encodings that have a rule, and are branches or are none. */
export function translatable(areBranches: boolean): readonly Encoding[] {
  return encodings.filter(({ name, feature }) => {
    if (feature !== undefined || !rules.has(name)) return false;
    const { distance, always } = rules.get(name)!;
    return areBranches === (distance !== undefined || always === true);
  });
}

/** A random word of `encoding` that leaves the pointers alone. */
export function randomWord(random: Random, encoding: Encoding): number {
  for (;;) {
    const word = (encoding.template | (random.bits() & ~encoding.mask)) >>> 0;
    const fields = decode(word)?.encoding === encoding ? fieldsOf(encoding, word) : undefined;
    if (fields === undefined || encoding.unpredictable?.(fields) !== undefined) continue;
    const writesPointer = encoding.fields.has('Rd') && fields.Rd >= FIRST_POINTER && fields.Rd <= LAST_POINTER;
    if (!writesPointer) return word;
  }
}

/** The field that holds the distance of a branch, by its width, at bit 5; that of B and BL at bit 0. */
const distanceFields = ['imm26', 'imm19', 'imm14'] as const;

/** A random branch by `encoding` that is instruction `index` of `length`: to one of them, or by way of a pointer. */
export function randomBranch(random: Random, encoding: Encoding, index: number, length: number): number {
  const word = randomWord(random, encoding);
  const name = distanceFields.find((field) => encoding.fields.has(field));
  if (name === undefined) {
    const pointer = FIRST_POINTER + random.below(LAST_POINTER - FIRST_POINTER + 1);
    return ((word & ~(31 << 5)) | (pointer << 5)) >>> 0;
  }
  // Loops are what is translated best: one branch in three goes back to the start.
  const to = random.chance(30) ? 0 : random.below(length);
  const shift = name === 'imm26' ? 0 : 5;
  const mask = (1 << Number(name.slice(3))) - 1;
  return ((word & ~(mask << shift)) | (((to - index) & mask) << shift)) >>> 0;
}
